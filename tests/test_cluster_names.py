"""Names of clusters: cleaned, carried from k to k, and the default where there is none."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journals import group, images

from core.clusters.cluster_names import GivenName, clean_name, default_name, names_of
from core.clusters.clustering import KMeansParams
from core.clusters.edits import Merge
from core.journal.recognition import Recogniser


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("cats", "cats"),
        ("  two\twords \n of it ", "two words of it"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("half \ud83d", "half"),
        ("gpj\u202egnp", "gpjgnp"),
        ("<b>猫</b> & 🐈‍⬛", "<b>猫</b> & 🐈‍⬛"),  # shown as text: nothing to escape here
        ("\n \x07", ""),
        ("", ""),
        ("x" * 81, "x" * 80),
        ("x" * 79 + " yz", "x" * 79),
    ],
)
def test_a_name_is_one_clean_line(given_name, kept):
    assert clean_name(given_name) == kept


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=120))
def test_a_clean_name_is_short_printable_and_stays_as_it_is(text):
    name = clean_name(text)
    assert len(name) <= 80
    assert clean_name(name) == name
    assert not any(unicodedata.category(one) in {"Cc", "Cs"} for one in name)
    name.encode()


TWO, THREE, FOUR = KMeansParams(2), KMeansParams(3), KMeansParams(4)
CLUSTERS = {
    TWO: np.array([0, 0, 0, 0, 0, 0, 1, 1]),
    THREE: np.array([0, 0, 0, 0, 2, 2, 1, 1]),  # the first cluster of two has lost a third
    FOUR: np.array([3, 3, 3, 0, 0, 2, 1, 2]),  # what is now 2 shares half with what was 2
}


def names(given, params):
    return names_of(given, params, CLUSTERS[params], CLUSTERS.__getitem__)


def test_clusters_without_a_name_go_by_their_number():
    assert names([GivenName(1, "cats", THREE)], THREE) == ("cluster 0", "cats", "cluster 2")
    assert default_name(7) == "cluster 7"


def test_a_name_goes_with_its_cluster_to_another_k():
    assert names([GivenName(0, "dogs", TWO)], THREE) == ("dogs", "cluster 1", "cluster 2")
    assert names([GivenName(2, "birds", THREE)], FOUR)[2] == "birds"


def test_a_name_stays_behind_where_its_cluster_cannot_be_recognised():
    # Of the two images of cluster 1 at k = 3 none is in a cluster 1 that was made by hand.
    edited = KMeansParams(3, edits=(Merge(2, 0),))
    clusters = CLUSTERS | {edited: np.array([1, 1, 0, 0, 0, 0, 0, 0])}
    given = [GivenName(1, "cats", THREE)]
    assert names_of(given, edited, clusters[edited], clusters.__getitem__)[1] == "cluster 1"


def test_the_name_that_was_given_nearest_counts():
    given = [GivenName(0, "animals", TWO), GivenName(0, "dogs", THREE)]
    assert [names(given, one)[0] for one in (TWO, THREE, FOUR)] == ["animals", "dogs", "dogs"]
    assert names([*given, GivenName(0, "", FOUR)], FOUR)[0] == "cluster 0"


def test_a_cluster_without_images_takes_no_name_from_elsewhere():
    emptied = KMeansParams(3, edits=(Merge(1, 0),))
    clusters = CLUSTERS | {emptied: np.array([0, 0, 0, 0, 2, 2, 0, 0])}
    found = names_of([GivenName(1, "cats", THREE)], emptied, clusters[emptied], clusters.get)
    assert found == ("cluster 0", "cluster 1", "cluster 2")


def test_of_names_for_one_cluster_the_latest_counts():
    given = [GivenName(0, "dogs", THREE), GivenName(1, "cats", THREE), GivenName(0, "", THREE)]
    assert names(given, THREE) == ("cluster 0", "cats", "cluster 2")
    assert names([*given, GivenName(0, "hounds", THREE)], THREE)[0] == "hounds"


def test_where_the_number_tells_nothing_the_images_do():
    """At k = 3 the images 4 and 5 were cluster 2; now 0 and 1 have changed their numbers."""
    portrait = group(CLUSTERS[THREE], cluster=2, params=THREE)
    given = [GivenName(2, "cats", THREE, portrait)]
    clusters = np.array([1, 1, 1, 1, 0, 0, 2, 2])
    recogniser = Recogniser(images(*range(8)), clusters)
    found = names_of(given, THREE, clusters, {}.__getitem__, recogniser)
    assert found == ("cats", "cluster 1", "cluster 2")


def test_a_cluster_that_was_swallowed_gives_no_name():
    portrait = group(CLUSTERS[THREE], cluster=2, params=THREE)
    given = [GivenName(2, "cats", THREE, portrait)]
    for clusters in ([0, 0, 0, 0, 0, 0, 1, 1], [0] * 8):
        recogniser = Recogniser(images(*range(8)), np.array(clusters))
        found = names_of(given, THREE, np.array(clusters), {}.__getitem__, recogniser)
        assert "cats" not in found


def test_a_name_given_here_goes_before_one_from_elsewhere():
    portrait = group(CLUSTERS[THREE], cluster=0, params=THREE)
    given = [GivenName(0, "here", FOUR), GivenName(0, "elsewhere", THREE, portrait)]
    recogniser = Recogniser(images(*range(8)), CLUSTERS[THREE])
    clusters_of = {FOUR: CLUSTERS[THREE]}.__getitem__
    found = names_of(given, THREE, CLUSTERS[THREE], clusters_of, recogniser)
    assert found[0] == "here"
    assert names_of(given[1:], THREE, CLUSTERS[THREE], clusters_of, recogniser)[0] == "elsewhere"

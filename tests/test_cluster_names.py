"""Names of clusters: cleaned, kept by number, and the default where there is none."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cluster_names import clean_name, default_name, names_of, rename
from core.errors import CoreError


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


def test_clusters_without_a_name_go_by_their_number():
    assert names_of({1: "cats"}, 3) == ("cluster 0", "cats", "cluster 2")
    assert default_name(7) == "cluster 7"


def test_renaming_leaves_the_others_and_the_input_alone():
    before = {0: "dogs", 1: "cats"}
    assert rename(before, 1, "kittens\n", 3) == {0: "dogs", 1: "kittens"}
    assert before == {0: "dogs", 1: "cats"}


def test_an_empty_name_restores_the_default():
    assert rename({0: "dogs", 1: "cats"}, 0, " \t", 3) == {1: "cats"}
    assert rename({}, 2, "", 3) == {}


@pytest.mark.parametrize("cluster", [-1, 3])
def test_only_clusters_that_are_there_have_names(cluster):
    with pytest.raises(CoreError, match=f"no cluster {cluster}: choose one from 0 to 2"):
        rename({}, cluster, "x", 3)

"""Clusters found again: after splits, merges and reshuffles, among more images and among fewer."""

import numpy as np
import pytest
from journals import group, images

from core.journal.recognition import GONE, Recogniser

BEFORE = [0] * 10 + [1] * 6


def find(portrait, labels, names=None):
    ids = images(*(range(len(labels)) if names is None else names))
    return Recogniser(ids, np.array(labels, dtype=np.int32)).find(portrait)


@pytest.mark.parametrize(
    ("labels", "home", "heir", "parts"),
    [
        pytest.param(BEFORE, 0, 0, {0}, id="nothing happened"),
        pytest.param([5] * 10 + [0] * 6, 5, 5, {5}, id="other numbers"),
        pytest.param([0] * 6 + [2] * 4 + [1] * 6, 0, 0, {0, 2}, id="split, the larger part"),
        pytest.param([0] * 5 + [2] * 5 + [1] * 6, 0, 0, {0, 2}, id="halves: that of the medoid"),
        pytest.param([2] * 5 + [0] * 5 + [1] * 6, 2, 2, {0, 2}, id="whatever its number"),
        pytest.param([0] * 3 + [2] * 3 + [3] * 4 + [1] * 6, 3, 3, {0, 2, 3}, id="three parts"),
        pytest.param([0] * 16, 0, 0, {0}, id="merged, the larger one"),
        pytest.param([0, 1] * 5 + [1, 0] * 3, 0, 0, {0, 1}, id="spread, most in both its own"),
        pytest.param([0] * 7 + [1] * 3 + [1] * 6, 0, 0, {0}, id="some went to the other"),
        pytest.param([1] * 7 + [0] * 3 + [1] * 6, 1, 1, {0, 1}, id="most went with the other"),
    ],
)
def test_a_cluster_is_where_most_of_its_images_are(labels, home, heir, parts):
    found = find(group(BEFORE, cluster=0), labels)
    assert (found.home, found.heir, set(found.parts)) == (home, heir, parts)


def test_who_was_swallowed_by_a_larger_one_has_a_home_and_no_heir():
    found = find(group(BEFORE, cluster=1), [0] * 16)
    assert (found.home, found.heir, found.parts) == (0, GONE, frozenset())
    assert found.shares.tolist() == [1]


def test_of_two_equal_ones_that_merged_neither_goes_on():
    for cluster in (0, 1):
        found = find(group([0] * 5 + [1] * 5, cluster=cluster), [0] * 10)
        assert (found.home, found.heir) == (0, GONE)


def test_who_was_scattered_among_others_is_gone():
    labels = [0] * 3 + [1] * 3 + [2] * 3 + [0] * 9 + [1] * 9 + [2] * 9
    found = find(group([0] * 9 + [1] * 27, cluster=0), labels)
    assert (found.home, found.parts) == (GONE, frozenset())
    expected = "its images are now in cluster 0 (33%), cluster 1 (33%), cluster 2 (33%)"
    assert found.explain() == expected


def test_images_that_were_added_count_neither_for_it_nor_against_it():
    names = [*range(16), *(f"new {one}" for one in range(100))]
    found = find(group(BEFORE, cluster=0), BEFORE + [0] * 100, names)
    assert (found.home, found.heir, set(found.parts)) == (0, 0, {0})


def test_a_few_images_that_are_left_are_enough_where_no_others_came_between():
    found = find(group(BEFORE, cluster=0), [2, 1, 1], names=[3, 10, 11])
    assert (found.home, found.heir) == (2, 2)


def test_a_few_images_among_many_others_are_not():
    found = find(group(BEFORE, cluster=0), [2, 2, 2], names=[3, 10, 11])
    assert (found.home, found.shares.tolist()) == (GONE, [0, 0, 0.1])


@pytest.mark.parametrize("names", [["x", "y", "z"], []])
def test_among_other_images_none_is_found(names):
    found = find(group(BEFORE, cluster=0), [0] * len(names), names)
    assert found.home == GONE
    assert found.explain() == "none of its images is here any more"


def test_clusters_that_are_empty_are_never_found():
    found = find(group(BEFORE, cluster=0), [4] * 10 + [7] * 6)
    assert found.home == 4
    assert found.shares.tolist() == [0, 0, 0, 0, 1, 0, 0, 0]


def test_a_single_image_is_found():
    assert find(group([0, 1], cluster=1), [1, 0]).home == 0
    assert find(group([0], cluster=0), [0]).heir == 0


@pytest.mark.parametrize("share", [0.3, 0.45, 0.55, 0.8])
def test_of_large_clusters_the_sample_tells_what_all_images_would(share):
    """Of 20,000 images that were in cluster 0 that share stayed, the others went to 1."""
    rng = np.random.default_rng(0)
    before = np.repeat([0, 1], [20_000, 30_000])
    after = np.where((before == 0) & (rng.random(50_000) < share), 0, 1)
    found = find(group(before, cluster=0), after)
    assert found.shares[0] == pytest.approx(share, abs=0.05)
    assert found.home == (0 if share > 0.5 else 1)
    assert 0 in found.parts  # nobody else came
    assert 1 not in found.parts  # others outnumber them there

"""Splits, merges and reshuffles that were put together on purpose."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.compare.changes import Kept, Merge, Part, Scattered, Split, find_changes, main_ways

# Ways of images from cluster to cluster, and how many took each.
Ways = dict[tuple[int, int], int]


def take(ways: Ways):
    """The clusters before and after of images that take these ways, in their order."""
    pairs = np.repeat(np.array(list(ways), dtype=np.int32), list(ways.values()), axis=0)
    return pairs[:, 0], pairs[:, 1]


def change(ways, **options):
    return find_changes(*take(ways), **options)


def kinds(changes):
    """Which kinds of changes there are."""
    names = ("splits", "merges", "kept", "dissolved", "gathered", "reshuffles")
    return {name for name in names if getattr(changes, name)}


def test_nothing_changed():
    changes = change({(0, 0): 5, (1, 1): 3})
    assert kinds(changes) == {"kept"}
    assert changes.kept == (Kept(0, 0, 5, 5, 5), Kept(1, 1, 3, 3, 3))
    assert (changes.n_images, changes.n_reshuffled) == (8, 0)


def test_a_clean_split():
    changes = change({(0, 0): 5, (1, 1): 40, (1, 2): 60})
    assert changes.splits == (Split(1, 100, (Part(2, 60), Part(1, 40))),)
    assert changes.splits[0].cleanness == 1
    assert changes.kept == (Kept(0, 0, 5, 5, 5),)
    assert kinds(changes) == {"splits", "kept"}


def test_a_split_in_many_is_a_split_and_no_churn():
    changes = change({(0, number): 10 for number in range(7)})
    assert len(changes.splits[0].parts) == 7
    assert kinds(changes) == {"splits"}


def test_what_did_not_go_into_the_parts_lowers_the_cleanness_and_is_reshuffled():
    changes = change({(0, 0): 50, (0, 2): 40, (0, 1): 10, (1, 1): 100, (1, 2): 5})
    assert changes.splits == (Split(0, 100, (Part(0, 50), Part(2, 40))),)
    assert (changes.splits[0].count, changes.splits[0].cleanness) == (90, 0.9)
    assert changes.kept == (Kept(1, 1, 105, 110, 100),)
    ways = [(one.before, one.after, one.count) for one in changes.reshuffles]
    assert ways == [(0, 1, 10), (1, 2, 5)]
    assert changes.n_reshuffled == 15


def test_a_merge():
    changes = change({(0, 0): 60, (1, 0): 38, (1, 2): 2, (2, 2): 70})
    assert changes.merges == (Merge((0, 1), 0, 100, 98),)
    assert changes.merges[0].share == 0.98
    assert changes.kept == (Kept(2, 2, 70, 72, 70),)
    assert [(one.before, one.after) for one in changes.reshuffles] == [(1, 2)]


def test_equal_clusters_merge_though_neither_is_the_majority():
    changes = change({(0, 0): 10, (1, 0): 10, (2, 0): 10})
    assert changes.merges == (Merge((0, 1, 2), 0, 30, 30),)
    assert kinds(changes) == {"merges"}


def test_a_cluster_that_gave_some_images_to_another_only_shrank():
    changes = change({(0, 0): 60, (0, 1): 40, (1, 1): 200})
    assert changes.kept == (Kept(0, 0, 100, 60, 60), Kept(1, 1, 200, 240, 200))
    assert changes.kept[0].share == 0.6
    assert kinds(changes) == {"kept", "reshuffles"}


def test_one_that_gave_most_of_its_images_to_another_split_and_did_not_merge():
    # A remnant of 40 goes on: cluster 0 lives, in two places.
    changes = change({(0, 0): 40, (0, 1): 60, (1, 1): 200})
    assert changes.splits == (Split(0, 100, (Part(1, 60, shared=True), Part(0, 40))),)
    assert changes.kept == (Kept(1, 1, 200, 260, 200),)
    assert kinds(changes) == {"splits", "kept"}


def test_a_new_cluster_of_many_origins_is_gathered_and_splits_nobody():
    changes = change({(0, 0): 90, (0, 3): 8, (1, 1): 90, (1, 3): 7, (2, 2): 90, (2, 3): 5})
    assert changes.gathered == (Scattered(3, 20, (Part(0, 8), Part(1, 7), Part(2, 5))),)
    assert kinds(changes) == {"kept", "gathered", "reshuffles"}
    assert changes.n_reshuffled == 20


def test_a_cluster_that_went_everywhere_is_dissolved_and_merges_with_nobody():
    changes = change({(0, 0): 90, (3, 0): 8, (1, 1): 90, (3, 1): 7, (2, 2): 90, (3, 2): 5})
    assert changes.dissolved == (Scattered(3, 20, (Part(0, 8), Part(1, 7), Part(2, 5))),)
    assert kinds(changes) == {"kept", "dissolved", "reshuffles"}


def test_a_tiny_cluster_from_two_sources_splits_neither():
    changes = change({(0, 0): 90, (0, 2): 1, (1, 1): 90, (1, 2): 1})
    assert changes.gathered == (Scattered(2, 2, (Part(0, 1), Part(1, 1))),)
    assert not changes.splits


def test_a_single_image_that_splits_off_is_a_split():
    changes = change({(0, 0): 90, (0, 1): 1})
    assert changes.splits == (Split(0, 91, (Part(0, 90), Part(1, 1))),)


def test_halves_that_join_two_others_are_dissolved_whichever_is_counted_first():
    changes = change({(0, 0): 50, (1, 1): 50, (2, 0): 10, (2, 1): 10})
    assert changes.dissolved == (Scattered(2, 20, (Part(0, 10), Part(1, 10))),)
    assert {(one.before, one.after) for one in changes.reshuffles} == {(2, 0), (2, 1)}


def test_each_others_largest_go_on_without_a_majority():
    ways = {(0, 0): 40, (0, 1): 30, (0, 2): 30, (1, 1): 200, (2, 2): 200, (1, 0): 30, (2, 0): 30}
    changes = change(ways)
    assert Kept(0, 0, 100, 100, 40) in changes.kept
    assert changes.n_reshuffled == 120


def test_who_stays_in_a_cluster_of_the_same_number_is_not_reshuffled():
    # Cluster 1 dissolved: the largest part of it, four of ten, is in a cluster of many origins.
    ways = {(0, 0): 90, (1, 0): 3, (1, 1): 4, (1, 2): 3, (2, 2): 90, (2, 1): 5, (0, 1): 5}
    changes = change(ways)
    assert [one.cluster for one in changes.dissolved] == [1]
    assert [one.cluster for one in changes.gathered] == [1]
    assert (1, 1) not in {(one.before, one.after) for one in changes.reshuffles}
    assert changes.n_reshuffled == 3 + 3 + 5 + 5


def test_reshuffled_rows_are_grouped_by_their_way_the_most_frequent_first():
    before = np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1], dtype=np.int32)
    after = np.array([0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1], dtype=np.int32)
    first, second = find_changes(before, after).reshuffles
    assert (first.before, first.after, first.count, first.rows.tolist()) == (1, 0, 2, [5, 10])
    assert (second.before, second.after, second.count, second.rows.tolist()) == (0, 1, 1, [2])


def test_copies_count_as_often_as_they_occur():
    before = np.array([0, 0, 1, 1, 1], dtype=np.int32)
    after = np.array([0, 1, 1, 1, 0], dtype=np.int32)
    changes = find_changes(before, after, weights=np.array([10, 2, 4, 4, 3]))
    assert changes.n_images == 23
    assert changes.kept == (Kept(0, 0, 12, 13, 10), Kept(1, 1, 11, 10, 8))
    assert [(one.count, one.rows.tolist()) for one in changes.reshuffles] == [(3, [4]), (2, [1])]


def test_empty_clusters_have_no_part_in_it():
    changes = change({(1, 3): 5, (4, 4): 5})  # 0, 2 and 3 are empty before, 0, 1 and 2 after
    assert changes.kept == (Kept(1, 3, 5, 5, 5), Kept(4, 4, 5, 5, 5))
    assert kinds(changes) == {"kept"}


@pytest.mark.parametrize("n", [0, 1])
def test_few_images(n):
    none = np.zeros(n, dtype=np.int32)
    changes = find_changes(none, none)
    assert changes.n_images == n
    assert kinds(changes) == ({"kept"} if n else set())


def test_huge_numbers_of_copies():
    before, after = np.array([0, 0], np.int32), np.array([0, 1], np.int32)
    (split,) = find_changes(before, after, weights=np.array([10**12, 10**12])).splits
    assert split.count == split.size == 2 * 10**12


def test_of_equally_large_ways_that_between_equal_numbers_goes_first():
    table = np.array([[30, 30, 30], [30, 30, 30], [30, 30, 30]])
    assert np.array_equal(main_ways(table), np.eye(3, dtype=bool))


def test_inputs_are_left_alone():
    before, after = take({(0, 0): 3, (0, 1): 2, (1, 1): 4})
    kept = before.copy(), after.copy()
    find_changes(before, after)
    assert np.array_equal((before, after), kept)


LABELS = arrays.arrays(np.int32, (2, 15), elements=st.integers(0, 4))


@settings(deadline=None)
@given(LABELS, st.booleans())
def test_by_the_definitions_way_by_way(labels, weighted):
    before, after = labels
    weights = np.arange(1, 16) if weighted else np.ones(15, dtype=int)
    changes = find_changes(before, after, weights=weights if weighted else None)
    table = np.array([[weights[(before == i) & (after == j)].sum() for j in range(5)]
                      for i in range(5)])  # fmt: skip
    main = {(i, j) for i, j in np.ndindex(5, 5) if is_main(table, i, j)}
    assert_fates(changes, table, main)
    reshuffled = {
        row
        for row, way in enumerate(zip(before.tolist(), after.tolist(), strict=True))
        if way not in main and way[0] != way[1]
    }
    found = np.concatenate([np.empty(0, int), *(one.rows for one in changes.reshuffles)])
    assert sorted(found.tolist()) == sorted(reshuffled)
    assert changes.n_reshuffled == sum(weights[list(reshuffled)])


def is_main(table, i, j):
    count, size, new_size = table[i, j], table[i].sum(), table[:, j].sum()
    from_i = min(range(5), key=lambda to: (-table[i, to], to != i, to))
    to_j = min(range(5), key=lambda start: (-table[start, j], start != j, start))
    mutual = count > 0 and (from_i, to_j) == (j, i)
    return count > size / 2 or count > new_size / 2 or mutual


def assert_fates(changes, table, main):
    """Each cluster before has one fate; each after it one origin, or parts of splits."""
    heirs = {i: [j for j in range(5) if (i, j) in main] for i in range(5) if table[i].sum()}
    alone = {i: to[0] for i, to in heirs.items() if len(to) == 1}
    assert [one.cluster for one in changes.splits] == [i for i, to in heirs.items() if len(to) > 1]
    for split in changes.splits:
        assert sorted(part.cluster for part in split.parts) == heirs[split.cluster]
        assert all(part.count == table[split.cluster, part.cluster] for part in split.parts)
        assert all(
            part.shared == any(part.cluster in heirs[i] for i in heirs if i != split.cluster)
            for part in split.parts
        )
    together = {j: [i for i in alone if alone[i] == j] for j in range(5)}
    assert [one.cluster for one in changes.merges] == [j for j in together if len(together[j]) > 1]
    assert all(list(one.sources) == together[one.cluster] for one in changes.merges)
    kept = sorted((together[j][0], j) for j in together if len(together[j]) == 1)
    assert [(one.before, one.after) for one in changes.kept] == kept
    assert [one.cluster for one in changes.dissolved] == [i for i, to in heirs.items() if not to]
    origins = {j for _, j in main}
    lost = [j for j in range(5) if table[:, j].sum() and j not in origins]
    assert [one.cluster for one in changes.gathered] == lost

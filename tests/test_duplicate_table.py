"""What is there more than once, group by group."""

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from core.export.duplicate_table import COLUMNS, group_duplicates, tabulate_duplicates
from core.images import ImageRecord, ImageSet
from core.review.duplicates import Duplicates

# A lies in two files; D, B and E are a chain of near-duplicates; C is there once.
IMAGES = ImageSet(
    "in",
    (
        ImageRecord("c.png", id="C"),
        ImageRecord("d.png", id="D"),
        ImageRecord("a.png", id="A"),
        ImageRecord("gone.png", problem="no such file"),
        ImageRecord("b.png", id="B"),
        ImageRecord("copy of a.png", id="A"),
        ImageRecord("e.png", id="E"),
    ),
)
FOUND = Duplicates(
    copies={2: ("a.png", "copy of a.png")},
    pairs=np.array([[1, 3], [3, 4]]),  # D-B, B-E
    distances=np.array([0.5, 0.125], np.float32),
    threshold=0.5,
)
NOTHING = Duplicates({}, np.empty((0, 2), np.int64), np.empty(0, np.float32), 0.0)


def test_each_file_that_is_not_alone_has_a_row():
    assert tabulate_duplicates(IMAGES, FOUND).to_numpy().tolist() == [
        [0, "d.png", "D", 1, "b.png", "0.5"],
        [0, "b.png", "B", 1, "e.png", "0.125"],
        [0, "e.png", "E", 1, "b.png", "0.125"],
        [1, "a.png", "A", 2, "", ""],
        [1, "copy of a.png", "A", 2, "", ""],
    ]


def test_copies_of_a_near_duplicate_belong_to_its_group():
    found = Duplicates(FOUND.copies, np.array([[0, 2]]), np.array([0.25], np.float32), 0.5)
    table = tabulate_duplicates(IMAGES, found)
    assert table["group"].tolist() == [0, 0, 0]
    assert table["path"].tolist() == ["c.png", "a.png", "copy of a.png"]
    assert table["copies"].tolist() == [1, 2, 2]
    assert table["nearest"].tolist() == ["a.png", "c.png", "c.png"]


def test_where_nothing_is_there_twice_the_table_is_empty():
    table = tabulate_duplicates(IMAGES, NOTHING)
    assert (len(table), tuple(table.columns)) == (0, COLUMNS)
    assert group_duplicates(NOTHING, 5).tolist() == [-1] * 5
    assert group_duplicates(NOTHING, 0).tolist() == []


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_what_pairs_hold_together(seed):
    generator = np.random.default_rng(seed)
    pairs = np.unique(np.sort(generator.integers(0, 60, (25, 2)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    found = Duplicates({7: ("x", "y")}, pairs, np.ones(len(pairs), np.float32), 1.0)
    groups = group_duplicates(found, 60)
    links = np.zeros((60, 60))
    links[pairs[:, 0], pairs[:, 1]] = 1
    _, expected = connected_components(links, directed=False)
    met = {7, *pairs.ravel().tolist()}
    assert set(np.flatnonzero(groups >= 0)) == met
    for one in met:
        for other in met:
            assert (groups[one] == groups[other]) == (expected[one] == expected[other])
    first = [int(np.flatnonzero(groups == number)[0]) for number in range(groups.max() + 1)]
    assert first == sorted(first)

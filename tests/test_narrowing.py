"""A set cut down to a selection: what is left is what was chosen, under new numbers."""

import numpy as np
import pytest

from core.export.decided import Decided, Review
from core.export.export_tables import Grouped
from core.export.narrowing import narrow
from core.images import ImageRecord, ImageSet
from core.review.fit import Fit

# Images A, B, C; a copy of A, and one that could not be read.
IMAGES = ImageSet(
    "in",
    (
        ImageRecord("a.png", id="A"),
        ImageRecord("bad.png", problem="no image"),
        ImageRecord("b.png", id="B"),
        ImageRecord("c.png", id="C"),
        ImageRecord("copy.png", id="A"),
    ),
)
FIT = Fit(*(np.array(one, np.float32) for one in ([1, 2, 3], [1, 0, 0], [4, 5, 6], [0.1, 0.2, 0.3],
          [[0], [1]])))  # fmt: skip
GROUPED = Grouped(
    np.array([0, 1, 2], np.int32),
    ("x", "y", "z"),
    FIT,
    np.array([[1, 1], [2, 2], [3, 3]], np.float32),
    np.array([0.5, 0.6, 0.7], np.float32),
    Review(
        np.array([0, 1, 1], np.int32),
        ("x", "y"),
        np.array([True, False, False]),
        {0: Decided("excluded"), 2: Decided("moved")},
        {"decisions": 2},
    ),
)


@pytest.mark.parametrize("rows", [[2, 0], [0, 2], [2, 0, 2]])
def test_what_was_chosen_is_left_with_its_copies(rows):
    images, grouped = narrow(IMAGES, GROUPED, np.array(rows))
    assert [one.path for one in images.records] == ["a.png", "c.png", "copy.png"]
    assert images.ids == ("A", "C")
    assert grouped.clusters.tolist() == [0, 2]
    assert grouped.names == ("x", "y", "z")
    assert grouped.fit.own.tolist() == [1, 3]
    assert grouped.fit.centroids.tolist() == [[0], [1]]
    assert grouped.coordinates.tolist() == [[1, 1], [3, 3]]
    assert grouped.review.found.tolist() == [0, 1]
    assert grouped.review.excluded.tolist() == [True, False]
    assert {row: one.decision for row, one in grouped.review.decided.items()} == {
        0: "excluded", 1: "moved",
    }  # fmt: skip


def test_nothing_is_changed_in_what_was_given():
    narrow(IMAGES, GROUPED, np.array([1]))
    assert GROUPED.clusters.tolist() == [0, 1, 2]
    assert len(IMAGES.records) == 5


def test_no_selection_leaves_nothing():
    images, grouped = narrow(IMAGES, GROUPED, np.array([], np.int64))
    assert (images.records, len(grouped.clusters)) == ((), 0)

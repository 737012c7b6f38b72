"""The map figure: what is drawn where, and in which style."""

import numpy as np
import pytest

from dashboard.figures import COLORS, Points, draw_map, style_of

POINTS = Points(
    coordinates=np.array([[0, 1], [2, 3], [4, 5]], dtype=np.float32),
    groups=np.array([1, 0, 1], dtype=np.int32),
    names=("cats", "dogs"),
    ids=("id-a", "id-b", "id-c"),
    texts=("a.jpg\ncluster 1", "b.jpg\ncluster 0", "<b>c</b>.jpg\ncluster 1"),
)


def _draw():
    return draw_map(POINTS, revision="r")


def test_each_group_is_a_trace_that_counts_its_images():
    assert [trace.name for trace in _draw().data] == ["cats (1)", "dogs (2)"]


def test_ids_travel_with_their_points():
    dogs = _draw().data[1]
    assert list(dogs.customdata) == ["id-a", "id-c"]
    assert list(dogs.x) == [0, 4]
    assert list(dogs.y) == [1, 5]


def test_names_cannot_inject_markup():
    assert _draw().data[1].text[1] == "&lt;b&gt;c&lt;/b&gt;.jpg<br>cluster 1"


def test_groups_beyond_the_colours_differ_by_symbol():
    styles = [style_of(group) for group in range(50)]
    assert len(set(styles)) == 50
    assert style_of(0).color == style_of(len(COLORS)).color


@pytest.mark.parametrize(("few", "many"), [(10, 1_000), (1_000, 100_000)])
def test_points_shrink_as_they_become_many(few, many):
    def size(count):
        points = Points(
            np.zeros((count, 2), np.float32), np.zeros(count, np.int32), ["a"], ["i"] * count,
            ["t"] * count,
        )  # fmt: skip
        return draw_map(points, revision="r").data[0].marker.size

    assert size(few) > size(many)

"""What goes to the map and what comes back: plain JSON, and only what fits these images."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest

from dashboard.scatter import Coloring, Drawn, Edges, Group, MapContent, Range, wire
from dashboard.scatter.choice import read_choice, read_zoom


def content(n_dimensions=2):
    return MapContent(
        n_images=10,
        n_dimensions=n_dimensions,
        ids="/ids",
        coordinates="/coordinates",
        clusters="/clusters",
        fit="/fit",
        names="/names",
        thumbnail="/thumbnail/{id}",
        plotly="/plotly.js",
    )


def given(*packed, **changes):
    """Rows 0, 3 and 9 of ten, unless something else is named."""
    text = base64.b64encode(bytes(packed or (0b00001001, 0b00000010))).decode()
    return {"bits": text, "ids": "/ids", "count": 3, "opened": None} | changes


def test_bits_become_rows():
    choice = read_choice(given(opened=3), content())
    assert choice.rows.tolist() == [0, 3, 9]
    assert choice.rows.dtype == np.int64
    assert choice.opened == 3


@pytest.mark.parametrize(
    "wrong",
    [
        given(ids="/others"),
        given(count=2),
        given(0b00001001, count=2),
        given(0b00001001, 0b00000100, 0, count=3),
        given(0b00001001, 0b00000100, count=3),
        given(bits="no base64!"),
        given(bits=None),
        given(opened=10),
        given(opened=-1),
        given(opened="3"),
        given(opened=True),
        {},
    ],
)
def test_what_does_not_fit_these_images_is_ignored(wrong):
    assert read_choice(wrong, content()) is None


def test_a_zoom_has_as_many_numbers_as_the_map_asks_for():
    assert read_zoom({"range": [0, 1, 2, 3.5]}, content()) == ((0.0, 1.0, 2.0, 3.5),)
    assert read_zoom({"range": None}, content()) == (None,)
    assert read_zoom({"range": list(range(9))}, content(3)) == (tuple(map(float, range(9))),)


@pytest.mark.parametrize("wrong", [[0, 1, 2], [0, 1, 2, "3"], [0, 1, 2, float("nan")], "0123"])
def test_another_zoom_is_ignored(wrong):
    assert read_zoom({"range": wrong}, content()) is None


def test_what_is_sent_is_json_even_where_it_came_from_numpy():
    groups = (Group("a", "#000000"), Group("b", "#ffffff", "diamond"))
    sent = [
        wire.describe_content(content()),
        wire.describe_coloring(Coloring("Cluster", "/groups", groups)),
        wire.describe_coloring(Coloring("Fit", "/fit", Range(np.float32(0), np.float32(1)))),
        wire.describe_edges(Edges(np.int64(1), (np.int64(2),))),
        wire.describe_rows([np.int64(5)]),
        wire.describe_zoom(tuple(np.zeros(4)), content()),
    ]
    assert json.loads(json.dumps(sent, allow_nan=False)) == sent


def test_which_rows_have_points_is_sent_where_not_all_have():
    sent = wire.describe_content(content())
    assert (sent["drawn"], sent["sample"]) == (None, None)
    some = replace(content(), drawn=Drawn("/drawn", "4 of 10 shown"))
    sent = wire.describe_content(some)
    assert (sent["drawn"], sent["sample"]) == ("/drawn", "4 of 10 shown")


def test_the_zoom_of_a_plane_means_nothing_in_space():
    assert wire.describe_zoom((0.0, 1.0, 0.0, 1.0), content(3)) is None


def test_a_map_has_two_or_three_dimensions():
    with pytest.raises(ValueError, match="2 or 3 dimensions, not 4"):
        content(4)

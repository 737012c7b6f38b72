"""The map of a report: where points lie, how they look, what they say."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from core.export.report_map import MOST_TITLED, SHAPES, draw_map, draw_symbol, lay_out
from core.palette import COLORS, SYMBOLS, Style, style_of

CORNERS = np.array([[0, 0], [4, 0], [4, 3], [0, 3]], np.float32)
CLUSTERS = np.array([0, 0, 1, 1], np.int32)
NAMES = ("roses", "<b>")
TITLES = ["a.png", "b.png", "<img onerror=x>", "d.png"]


class Elements(HTMLParser):
    """Every element with its attributes, and the text of titles."""

    def __init__(self, text):
        super().__init__()
        self.found, self.titles, self._open = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        self._open = tag

    def handle_data(self, data):
        if self._open == "title":
            self.titles.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def drawn(coordinates=CORNERS, clusters=CLUSTERS, names=NAMES, titles=TITLES):
    return Elements(draw_map(coordinates, clusters, names, titles, style_of))


def starts(element):
    """Where the points of a path lie."""
    return [(float(x), float(y)) for x, y in re.findall(r"M([\d.-]+) ([\d.-]+)", element["d"])]


def test_both_axes_have_one_scale_and_the_second_goes_upwards():
    places = lay_out(CORNERS).places
    width, height = places[1] - places[0], places[0] - places[3]
    np.testing.assert_allclose([width[1], height[0]], 0, atol=1e-9)
    assert width[0] / 4 == pytest.approx(height[1] / 3)
    assert height[1] > 0


@pytest.mark.parametrize(
    "coordinates", [CORNERS, CORNERS * 1e-3 + 5, CORNERS * [1, 50], CORNERS * [50, 1]]
)
def test_all_points_lie_in_the_picture_and_in_its_middle(coordinates):
    plane = lay_out(coordinates.astype(np.float32))
    assert (plane.places > 10).all()
    assert (plane.places < np.array([plane.width, plane.height]) - 10).all()
    middle = (plane.places.min(axis=0) + plane.places.max(axis=0)) / 2
    np.testing.assert_allclose(middle, [plane.width / 2, plane.height / 2])


@pytest.mark.parametrize("coordinates", [np.zeros((1, 2)), np.ones((3, 2)), CORNERS * [0, 1]])
def test_points_in_one_place_or_line_are_drawn(coordinates):
    plane = lay_out(coordinates.astype(np.float32))
    assert np.isfinite(plane.places).all()
    assert plane.height > 0


def test_of_a_map_in_space_the_first_two_axes_are_shown():
    space = np.column_stack([CORNERS, [9, 9, 9, 9]]).astype(np.float32)
    np.testing.assert_array_equal(lay_out(space).places, lay_out(CORNERS).places)


def test_each_cluster_is_a_link_to_its_card_in_its_colour():
    found = drawn()
    assert [link["href"] for link in found.all("a")] == ["#cluster-0", "#cluster-1"]
    assert [link["aria-label"] for link in found.all("a")] == ["roses: 2 images", "<b>: 2 images"]
    assert [group["fill"] for group in found.all("g")] == [COLORS[0], COLORS[1]]


def test_each_point_lies_where_its_image_does():
    points = [place for path in drawn().all("path") for place in starts(path)]
    np.testing.assert_allclose(points, lay_out(CORNERS).places, atol=0.051)


def test_each_point_says_its_name():
    titles = drawn().titles
    assert titles == [
        "roses: 2 images", "a.png", "b.png", "<b>: 2 images", "<img onerror=x>", "d.png",
    ]  # fmt: skip
    assert {tag for tag, _ in drawn().found} == {"svg", "a", "title", "g", "path", "text"}


def test_of_very_many_only_clusters_are_named():
    count = MOST_TITLED + 1
    coordinates = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    clusters = np.arange(count, dtype=np.int32) % 3
    found = drawn(coordinates, clusters, ("a", "b", "c"), ["secret.png"] * count)
    assert len(found.all("path")) == 3
    assert sum(len(starts(path)) for path in found.all("path")) == count
    assert not any("secret" in title for title in found.titles)


def test_numbers_without_images_are_left_out():
    found = drawn(clusters=np.array([0, 0, 2, 2], np.int32), names=("a", "b", "c"))
    assert [link["href"] for link in found.all("a")] == ["#cluster-0", "#cluster-2"]


def test_many_clusters_have_no_labels_on_the_map():
    many = np.arange(41, dtype=np.int32)
    coordinates = np.random.default_rng(0).normal(size=(41, 2)).astype(np.float32)
    names = [str(number) for number in many]
    assert drawn(coordinates, many, names, names).all("text") == []
    assert len(drawn(coordinates, many % 40, names, names).all("text")) == 40


def test_every_symbol_of_the_palette_has_a_shape_of_its_own():
    assert set(SYMBOLS) == set(SHAPES)
    assert len(set(SHAPES.values())) == len(SYMBOLS)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_symbol_is_drawn_around_its_point(symbol):
    """Followed by hand: the shapes are lines, and two arcs from one side to the other."""
    x = y = 0.0
    corners = []
    for command, given in re.findall(r"([mlhva])([^a-z]*)", SHAPES[symbol]):
        numbers = [float(one) for one in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", given)]
        step = {"h": [*numbers, 0], "v": [0, *numbers], "a": numbers[-2:]}.get(command, numbers)
        x, y = x + step[0], y + step[1]
        corners.append((x, y))
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    assert low[0] == pytest.approx(-high[0], abs=0.2)
    assert (np.abs([low[0], high[0]]) <= 5.5).all()
    assert (high - low)[0] >= 7


def test_an_unknown_symbol_is_a_circle():
    assert SHAPES["circle"] in draw_symbol(Style("#000000", "spiral"))

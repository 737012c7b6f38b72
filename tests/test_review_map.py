"""The honest map: who is listed in what order, what is said, and the page."""

import json

import numpy as np
import pytest
from test_page import components, fetch, folder, page, settle, shown_rows, texts  # noqa: F401

from core.review.map_trust import MapTrust
from dashboard.views.review_map import describe_place, list_misplaced

TRUST = MapTrust(
    np.array([0.5, 1, 0.25, 0.75], dtype=np.float32), np.ones(4, dtype=np.float32), 14, 4
)
MISPLACED = np.array([True, False, True, False])


def test_of_the_misplaced_the_least_trusted_comes_first():
    assert list_misplaced(MISPLACED, -TRUST.trust).tolist() == [2, 0]
    assert list_misplaced(np.zeros(4, bool), -TRUST.trust).tolist() == []


def test_only_a_misplaced_image_is_said_to_be_so():
    assert describe_place(1, TRUST, MISPLACED) == ["trust 1.000, continuity 1.000"]
    assert "on the map alone" in describe_place(2, TRUST, MISPLACED)[1]


@pytest.fixture
def honest(page, folder):  # noqa: F811
    return lambda **values: page(folder, view="review", review="Honest map", k=2, **values)


def test_the_page_says_how_far_the_map_can_be_trusted(honest):
    app = honest()
    text = texts(app).replace("\\", "")
    assert "Trustworthiness" in text
    assert "Continuity" in text
    assert components(app)["map"]["coloring"]["title"] == "on the map"


@pytest.mark.parametrize(("by", "title"), [("Trust", "trust"), ("Continuity", "continuity")])
def test_all_images_by_trust_or_continuity(honest, by, title):
    app = honest(map_trust=by)
    assert components(app)["map"]["coloring"]["title"] == title
    notes = [float(one) for one in json.loads(fetch(components(app)["gallery"]["notes"]))]
    assert notes == sorted(notes)
    assert sorted(shown_rows(app)) == list(range(6))


def test_the_map_may_stay_as_the_sidebar_asks(honest):
    app = honest(map_trust="As the sidebar asks", color="fit")
    assert components(app)["map"]["coloring"]["title"] == "fit"


def test_trust_is_a_colour_on_explore_too(page, folder):  # noqa: F811
    app = page(folder, k=2, color="map trust")
    coloring = components(app)["map"]["coloring"]
    assert (coloring["title"], coloring["range"][1]) == ("map trust", 1)

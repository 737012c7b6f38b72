"""The outliers of a page: their order, and few images."""

import json
from dataclasses import replace

import numpy as np
import pytest
from test_page import components, fetch, folder, page, rows_of, settle, shown_rows, texts  # noqa: F401

from dashboard.views.review_outliers import note_value


@pytest.mark.parametrize(
    ("value", "note"),
    [(0.25, "0.250"), (1, "1.00"), (123.4, "123"), (1234.5, "1,234"), (2e9, "2,000,000,000"),
     (0, "0.00"), (np.nan, "")],
)  # fmt: skip
def test_values_have_three_digits(value, note):
    assert note_value(value) == note


@pytest.fixture
def outliers(page, folder):  # noqa: F811
    def opened(source=folder, **values):
        return page(source, view="review", review="Outliers", **values)

    return opened


def notes_of(app):
    return [
        float(note.replace(",", ""))
        for note in json.loads(fetch(components(app)["gallery"]["notes"]))
    ]


def test_the_image_unlike_all_others_comes_first(outliers, tmp_path, save_image):
    for shade in range(16):  # as many as each has neighbours, and the green one
        save_image(tmp_path / "many" / f"red {shade}.png", (100 + 10 * shade, 0, 0))
    save_image(tmp_path / "many" / "green.png", (0, 255, 0))
    app = outliers(tmp_path / "many", k=2)
    assert shown_rows(app)[:1] == rows_of(tmp_path / "many", "green.png")
    assert notes_of(app) == sorted(notes_of(app), reverse=True)
    assert sorted(shown_rows(app)) == list(range(17))


def test_the_other_score_gives_its_own_order(outliers):
    app = outliers(k=2, outliers="Local outlier factor")
    assert notes_of(app) == sorted(notes_of(app), reverse=True)
    assert "about 1 within a group" in texts(app)


def test_a_selection_is_what_is_listed(outliers):
    app = outliers(k=2)
    app.session_state["desk"] = replace(app.session_state["desk"], rows=np.array([1, 4]))
    app = settle(app.run())
    assert sorted(shown_rows(app)) == [1, 4]
    assert "2 selected images" in texts(app)


def test_two_images_have_one_neighbour_each(outliers, tmp_path, save_image):
    for shade in (100, 200):
        save_image(tmp_path / "two" / f"{shade}.png", (shade, 0, 0))
    app = outliers(tmp_path / "two", k=2)
    assert "the 1st nearest image" in texts(app)
    assert notes_of(app)[0] == notes_of(app)[1] > 0

"""Labels under review: the table by hand, the order of the doubtful ones, and the page."""

from dataclasses import replace

import numpy as np
import pytest
from test_page import components, fetch, folder, page, settle, shown_rows, texts  # noqa: F401

from core.images import ImageRecord, ImageSet
from core.review.fit import Fit
from core.review.label_errors import LabelErrors
from dashboard.grouping import REVIEWED, Grouped
from dashboard.views.review_labels import note_suspicion
from dashboard.views.review_table import (
    NONE,
    OTHERS,
    choose_columns,
    head_rows,
    tabulate_labels,
)

# Cluster 0: dog dog cat; cluster 2: cat cat dog; cluster 4: emu, none, none. 1 and 3 are empty.
CLUSTERS = np.array([0, 0, 0, 2, 2, 2, 4, 4, 4], dtype=np.int32)
LABELS = ["dog", "dog", "cat", "cat", "cat", "dog", "emu", None, None]
NAMES = ("zero", "one", "two", "three", "four")
ONES = np.ones(9, dtype=np.float32)
GROUPED = Grouped(
    ImageSet("folder", tuple(ImageRecord(f"{i}.png", id=str(i)) for i in range(9))),
    CLUSTERS,
    Fit(ONES, np.zeros(9, np.int32), ONES, ONES, np.zeros((5, 1), np.float32)),
    NAMES,
)
ROWS = np.arange(9)


def table(grouped=GROUPED, rows=ROWS, labels=LABELS):
    return tabulate_labels(grouped, rows, labels)


def exclude(*rows):
    reviewed = np.zeros(9, np.uint8)
    reviewed[list(rows)] = REVIEWED.index("excluded")
    return replace(GROUPED, reviewed=reviewed)


def test_the_table_has_a_column_for_what_has_no_label():
    made = table()
    assert [(one.number, one.name, one.muted) for one in made.columns] == [
        (0, "dog", False),
        (1, "cat", False),
        (2, "emu", False),
        (NONE, "(no label)", True),
    ]
    assert made.counts.tolist() == [[2, 1, 0, 0], [1, 2, 0, 0], [0, 0, 1, 2]]
    assert [one.name for one in head_rows(made.confusion, NAMES)] == ["zero", "two", "four"]


def test_a_label_may_be_called_like_the_missing_one():
    made = table(labels=["(no label)", *LABELS[1:]])
    same = [one for one in made.columns if one.name == "(no label)"]
    assert [one.muted for one in same] == [False, True]


def test_a_cell_a_row_and_a_column_are_exactly_their_images():
    made = table()
    assert made.select(2, 1).tolist() == [3, 4]
    assert made.select(0, None).tolist() == [0, 1, 2]
    assert made.select(None, 0).tolist() == [0, 1, 5]
    assert made.select(4, NONE).tolist() == made.select(None, NONE).tolist() == [7, 8]


def test_what_is_selected_is_found_again():
    made = table()
    for way in [(2, 1), (0, None), (None, 0), (4, NONE)]:
        assert made.find(made.select(*way)) == way
    assert made.find(np.array([0, 3])) == made.find(np.empty(0, int)) == (None, None)


def test_who_is_excluded_is_not_counted_and_not_selected():
    made = table(exclude(0, 6))
    assert made.counts.tolist() == [[1, 1, 0], [1, 2, 0], [0, 0, 2]]
    assert made.select(0, None).tolist() == [1, 2]


def test_copies_are_counted_and_selected_once():
    rows = np.array([*range(9), 2, 2])
    made = table(rows=rows, labels=[*LABELS, "cat", "owl"])
    names = [one.name for one in made.columns]
    assert made.counts[0].tolist() == [
        {"dog": 2, "cat": 2, "owl": 1}.get(name, 0) for name in names
    ]
    assert made.select(0, names.index("cat")).tolist() == [2]
    assert made.select(0, names.index("owl")).tolist() == [2]


def test_of_very_many_labels_the_rarest_share_a_column():
    confusion = table().confusion
    many = replace(confusion, table=np.array([[5, 0, 1, 3, 2, 9]]), labels=tuple("abcdef"))
    many = replace(many, n_matched=1)
    assert choose_columns(many, most=6) == (0, 1, 2, 3, 4, 5)
    assert choose_columns(many, most=4) == (0, 5, 3)  # the matched one, then the most common


def test_the_shared_column_holds_and_selects_the_rest():
    made = replace(table(), shown=(0,))
    assert [(one.number, one.name) for one in made.columns] == [
        (0, "dog"),
        (OTHERS, "2 other labels"),
        (NONE, "(no label)"),
    ]
    assert made.counts.tolist() == [[2, 1, 0], [1, 2, 0], [0, 1, 2]]
    assert made.select(None, OTHERS).tolist() == [2, 3, 4, 6]
    assert made.find(np.array([3, 4])) == (2, OTHERS)


def test_a_doubtful_label_is_noted_with_the_other_one():
    shares = np.array([0.25, 1, np.nan, 0.5], dtype=np.float32)
    errors = LabelErrors(
        names=("cat", "dog"),
        given=np.array([0, 1, -1, 0]),
        suggested=np.array([1, -1, 0, 1]),
        given_share=shares,
        suggested_share=1 - shares,
        suspicion=np.array([0.75, 0, np.nan, 1], dtype=np.float32),
        contradictory=np.array([3]),
    )
    notes = [note_suspicion(row, errors) for row in range(4)]
    assert notes == ["cat → dog?", "dog", "(no label)", "cat and others"]


@pytest.fixture
def labels(page, folder):  # noqa: F811
    return lambda source=folder, **values: page(source, view="review", review="Labels", **values)


def test_the_page_shows_table_map_and_list(labels):
    app = labels(k=2)
    assert {"contingency", "map", "gallery"} <= components(app).keys()
    assert "100 % of the 6 labelled images" in texts(app).replace("\\", "")
    assert shown_rows(app) == []  # three reds and three blues: no label is doubtful


def test_an_image_in_the_wrong_folder_is_doubtful(labels, folder, save_image):  # noqa: F811
    for shade in (190, 210, 230, 250):
        save_image(folder / "red" / f"{shade}.png", (shade, 0, 0))
        save_image(folder / "blue" / f"{shade}.png", (0, 0, shade))
    save_image(folder / "red" / "wrong.png", (0, 0, 225))
    app = labels(k=2)
    paths = sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*.png"))
    assert shown_rows(app)[0] == paths.index("red/wrong.png")
    notes = fetch(components(app)["gallery"]["notes"]).decode()
    assert "red → blue?" in notes


def test_without_labels_it_says_where_they_come_from(labels, tmp_path, save_image):
    for shade in (10, 120, 250):
        save_image(tmp_path / "plain" / f"{shade}.png", (shade, 0, 0))
    app = labels(tmp_path / "plain", k=2)
    assert "have no labels" in app.info[0].value
    assert "column `label`" in texts(app)
    assert "contingency" not in components(app)


def test_with_folder_names_off_it_says_how_to_get_them(labels):
    app = labels(k=2, labels=False)
    assert "Switch on" in texts(app)

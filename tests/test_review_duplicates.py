"""Duplicates: who of a group stays, what the browser may answer, and the page."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from test_page import components, fetch, folder, page, settle, texts  # noqa: F401 - fixtures

from core.images import ImageRecord, ImageSet
from core.review.duplicates import Duplicates
from dashboard.duplicates import DuplicatesView, Group, read_stays, write_groups
from dashboard.duplicates.content import MOST_DRAWN, MOST_PATHS
from dashboard.views.review_duplicates import others
from dashboard.views.review_twins import describe_size, join_copies, join_near, largest

PLACES = np.array([0, 1, 2.5, 9], dtype=np.float32)
IMAGES = ImageSet(
    "folder",
    (
        ImageRecord("a.png", id="A", width=40, height=30),
        ImageRecord("b.png", id="B", width=4000, height=3000),
        ImageRecord("c.png", id="C", width=3000, height=4000),
        ImageRecord("d.png", id="D", width=100, height=10),
        ImageRecord("copy of a.png", id="A", width=40, height=30),
    ),
)
STUDY = SimpleNamespace(
    images=IMAGES, distances=lambda row, some: np.abs(PLACES[some] - PLACES[row])
)
FOUND = Duplicates({0: ("a.png", "copy of a.png")}, np.empty((0, 2), int), np.empty(0), 1.0)
VIEW = DuplicatesView("/groups", ((1, 0), (2, 5, 7)))


def test_the_largest_picture_comes_first_and_then_the_nearest_to_it():
    group = join_near(STUDY, np.array([0, 1, 2]), FOUND)
    assert group.rows == (1, 0, 2)  # 1 has as many pixels as 2, and comes before it
    assert group.notes == (
        ("4,000 x 3,000 pixels",),
        ("40 x 30 pixels", "1 away"),
        ("3,000 x 4,000 pixels", "1.5 away"),
    )
    assert group.title == "3 images"


def test_size_is_pixels_not_width():
    assert largest(STUDY, np.array([3, 0])) == 0
    assert describe_size(STUDY, 3) == "100 x 10 pixels"


def test_copies_are_one_image_with_its_files():
    group = join_copies(STUDY, np.array([0]), FOUND)
    assert (group.rows, group.paths) == ((0,), ("a.png", "copy of a.png"))
    assert group.title == "2 files"


def test_all_but_one_of_each_group_go():
    groups = tuple(Group("", rows, (("",),) * len(rows)) for rows in VIEW.rows)
    assert others(groups, [(0, 0), (1, 5)]).tolist() == [1, 2, 7]
    assert others(groups, []).tolist() == []


def test_the_browser_may_say_who_stays():
    assert read_stays([[0, 0], [1, 7]], VIEW) == [(0, 0), (1, 7)]


@pytest.mark.parametrize(
    "wrong",
    [[[0, 2]], [[2, 0]], [[0, 0], [1]], [[0, True]], [["0", 0]], [[0, 1.0]], [0], "00", None, {}],
)
def test_what_fits_no_group_is_ignored(wrong):
    assert read_stays(wrong, VIEW) == []


def test_of_many_images_and_files_the_first_are_sent():
    notes = (("",),) * MOST_DRAWN
    paths = tuple(f"{i}.png" for i in range(50))
    written = json.loads(write_groups([Group("many", tuple(range(200)), notes, paths)]))["groups"][
        0
    ]
    assert (len(written["rows"]), len(written["notes"])) == (200, MOST_DRAWN)
    assert (len(written["paths"]), written["n_paths"]) == (MOST_PATHS, 50)
    with pytest.raises(ValueError, match="1 notes: give one for each of 2 images"):
        Group("", (1, 2), (("",),))


@pytest.fixture
def twins(tmp_path):
    """Eight images of noise; one of them also twice as large, and as a copy."""
    target = tmp_path / "twins"
    target.mkdir()
    generator = np.random.default_rng(0)
    for number in range(8):
        blocks = generator.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        image = Image.fromarray(blocks).resize((96, 96), Image.Resampling.BICUBIC)
        image.save(target / f"{number}.png")
        if number == 3:
            image.resize((192, 192), Image.Resampling.BICUBIC).save(target / "3 large.png")
            (target / "copy, 3.png").write_bytes((target / "3.png").read_bytes())
    return target


@pytest.fixture
def duplicates(page):  # noqa: F811
    def opened(source, **values):
        return page(source, view="review", review="Duplicates", k=2, **values)

    return opened


def groups_of(app):
    return json.loads(fetch(components(app)["duplicates"]["groups"]))["groups"]


def test_the_larger_of_two_is_the_one_that_stays(duplicates, twins):
    app = duplicates(twins)
    assert "2 images in 1 group" in texts(app)
    rows = [
        sorted(path.name for path in twins.iterdir()).index(f"3{end}.png") for end in ("", " large")
    ]
    (group,) = groups_of(app)
    assert sorted(group["rows"]) == sorted(rows)
    assert [note[0] for note in group["notes"]] == ["192 x 192 pixels", "96 x 96 pixels"]


def test_copies_are_listed_with_their_paths(duplicates, twins):
    app = duplicates(twins, duplicates="Exact copies")
    (group,) = groups_of(app)
    assert sorted(group["paths"]) == ["3.png", "copy, 3.png"]
    assert "They are one image here" in texts(app)


def test_nothing_twice_is_said(duplicates, folder):  # noqa: F811
    assert "byte for byte" in duplicates(folder, duplicates="Exact copies").info[0].value


def test_the_slider_finds_more(duplicates, folder):  # noqa: F811
    app = duplicates(folder, near=0.05)
    assert "Move the slider" in app.info[0].value
    next(one for one in app.slider if one.key == "near").set_value(1.0)
    app = settle(app.run())
    assert sum(len(one["rows"]) for one in groups_of(app)) >= 2

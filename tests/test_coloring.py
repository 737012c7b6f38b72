"""What the colours of the map mean, for four images of which the last two are one file twice."""

import gzip
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st

from core.columns import CategoricalColumn, NumericColumn
from core.images import ImageRecord, ImageSet
from core.review.fit import Fit
from dashboard.coloring import color, color_misplaced, color_trust, offer_colors
from dashboard.grouping import Grouped
from dashboard.published import all_contents
from dashboard.scatter import Group, Range
from dashboard.styles import style_of

IMAGES = ImageSet(
    "folder",
    (
        ImageRecord("a.jpg", "dog", "A"),
        ImageRecord("b.jpg", None, "B"),
        ImageRecord("c.jpg", "cat", "C"),
        ImageRecord("copy of c.jpg", "dog", "C"),  # of copies the first counts
    ),
)
COLUMNS = {
    "year": NumericColumn("year", np.array([1999, np.nan, 2004], dtype=np.float32)),
    "camera": CategoricalColumn("camera", np.array([1, 0, 1], dtype=np.uint16), ("X", "Y")),
    "fit": NumericColumn("fit", np.array([7, 8, 9], dtype=np.float32)),
    "blank": NumericColumn("blank", np.full(3, np.nan, dtype=np.float32)),
}


@pytest.fixture(autouse=True)
def _fresh():
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def study_of(images=IMAGES):
    return SimpleNamespace(
        images=images,
        density=lambda: np.array([0.25, 0.5, 0.75], dtype=np.float32),
        columns=lambda: tuple(COLUMNS),
        column=COLUMNS.__getitem__,
    )


def grouped_of(images=IMAGES):
    n = len(images.ids)
    values = np.linspace(0, 1, n, dtype=np.float32)
    fit = Fit(values, np.zeros(n, np.int32), values, values, np.zeros((2, 1), np.float32))
    return Grouped(images, (np.arange(n) % 2).astype(np.int32), fit, ("even <b>", "odd"))


def colored(by, images=IMAGES):
    return color(study_of(images), grouped_of(images), by, made_of="test")


def read(coloring, dtype):
    content = all_contents().get(coloring.address.rpartition("/")[2])
    body = gzip.decompress(content.body) if content.gzipped else content.body
    return np.frombuffer(body, dtype)


def group_of_each(coloring):
    return [coloring.scale[number].name for number in read(coloring, "<u2")]


def test_a_study_offers_what_it_has():
    offered = ["cluster", "label", "fit", "density", "restlessness", "map trust", "review"]
    columns = ["column: year", "column: camera", "column: fit", "column: blank"]
    assert offer_colors(study_of()) == offered + columns
    plain = ImageSet("folder", (ImageRecord("a.jpg", None, "A"),))
    assert "label" not in offer_colors(study_of(plain))


def test_what_is_not_known_yet_offers_the_least():
    broken = ImageSet("folder", (ImageRecord("a.jpg", None, None, problem="damaged"),))
    assert offer_colors(None) == offer_colors(study_of(broken)) == ["cluster"]


def test_by_cluster_each_group_has_the_style_of_its_number():
    made = colored("cluster")
    assert made.title == "cluster"
    assert group_of_each(made) == ["even <b>", "odd", "even <b>"]
    style = style_of(1)
    assert made.scale[1] == Group("odd", style.color, style.symbol)


def test_by_label_what_has_none_is_a_group_of_its_own():
    made = colored("label")
    assert group_of_each(made) == ["dog", "(no label)", "cat"]
    assert [group.name for group in made.scale] == ["(no label)", "cat", "dog"]
    assert len({(group.color, group.symbol) for group in made.scale}) == 3


def test_by_fit_the_scale_is_the_same_for_every_set():
    made = colored("fit")
    assert read(made, "<f4").tolist() == [0, 0.5, 1]
    assert (made.title, made.scale) == ("fit", Range(0, 1))


def test_a_column_whose_cells_were_edited_is_drawn_anew(monkeypatch):
    assert read(colored("column: year"), "<f4")[0] == 1999
    edited = NumericColumn("year", np.array([2010, 2000, 2004], dtype=np.float32))
    monkeypatch.setitem(COLUMNS, "year", edited)
    assert read(colored("column: year"), "<f4").tolist() == [2010, 2000, 2004]


def test_by_density_the_scale_spans_what_there_is():
    made = colored("density")
    assert read(made, "<f4").tolist() == [0.25, 0.5, 0.75]
    assert (made.title, made.scale) == ("density", Range(0.25, 0.75))


def test_by_a_numeric_column_what_is_missing_stays_missing():
    made = colored("column: year")
    values = read(made, "<f4")
    assert values[[0, 2]].tolist() == [1999, 2004]
    assert np.isnan(values[1])
    assert (made.title, made.scale) == ("year", Range(1999, 2004))


def test_a_column_without_any_number_still_has_a_scale():
    assert colored("column: blank").scale == Range(0, 1)


def test_by_a_categorical_column():
    assert group_of_each(colored("column: camera")) == ["Y", "X", "Y"]


def test_a_column_called_like_another_choice_is_the_column():
    assert read(colored("column: fit"), "<f4").tolist() == [7, 8, 9]


@pytest.mark.parametrize("by", ["column: gone", "gone", ""])
def test_of_what_is_not_there_the_clusters_are_shown(by):
    assert colored(by) == colored("cluster")


def labelled(counts):
    """Images with these labels, each as often as its count says."""
    labels = [label for label, count in counts.items() for _ in range(count)]
    records = (ImageRecord(f"{i}.jpg", label, f"{i:064}") for i, label in enumerate(labels))
    return ImageSet("folder", tuple(records)), labels


def test_forty_labels_are_all_shown():
    images, labels = labelled({f"{number:02}": 1 for number in range(40)})
    assert group_of_each(colored("label", images)) == labels


def test_of_more_labels_the_rarest_share_a_group():
    counts = {f"{number:02}": 2 for number in range(45)} | {"00": 1, "20": 1}
    images, labels = labelled(counts)
    made = colored("label", images)
    # 39 of the 43 that occur twice keep a group; of equals those that come first by name.
    kept = [f"{number:02}" for number in range(45) if number not in {0, 20}][:39]
    assert [group.name for group in made.scale] == [*kept, "other labels"]
    expected = [label if label in kept else "other labels" for label in labels]
    assert group_of_each(made) == expected


def test_the_density_is_measured_even_where_it_means_nothing():
    study = study_of()
    study.density = lambda: np.full(3, np.nan, dtype=np.float32)
    assert color(study, grouped_of(), "density", made_of="test").scale == Range(0, 1)


def test_trust_is_shown_from_the_lowest_that_is_met():
    made = color_trust("trust", np.array([1, 0.75, 0.875], dtype=np.float32), made_of="test")
    assert (made.title, made.scale) == ("trust", Range(0.75, 1))
    assert read(made, "<f4").tolist() == [1, 0.75, 0.875]


@pytest.mark.parametrize("values", [[1, 1], []])
def test_a_faultless_map_is_not_stretched(values):
    made = color_trust("trust", np.array(values, dtype=np.float32), made_of=("test", len(values)))
    assert made.scale == Range(0.99, 1)


def test_who_is_misplaced_stands_out():
    made = color_misplaced(np.array([False, True, False]), made_of="test")
    assert group_of_each(made) == ["in its place", "misplaced", "in its place"]
    assert made.scale[0].color != made.scale[1].color

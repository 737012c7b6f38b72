"""Everything known of each image as a table, read back from each of its formats."""

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from core import __version__
from core.export.decided import Decided, Review
from core.export.export_tables import METADATA_KEY, TABLES, Grouped, choose_rows, tabulate_images
from core.images import ImageRecord, ImageSet
from core.review.fit import Fit

# Three images, the first of them twice, and a row that could not be read.
IMAGES = ImageSet(
    "list.csv",
    (
        ImageRecord("a, b.png", id="A"),
        ImageRecord("gone.png", problem="no such file"),
        ImageRecord("=b.png", id="B"),
        ImageRecord("copy of a.png", id="A"),
        ImageRecord('new\nline "🌹".png', id="C"),
    ),
)
TABLE = pd.DataFrame({"ImageID": ["1", "2", "003", "4", "5"], "note": ["", "x", "-1", "+x", "é"]})
FIT = Fit(
    own=np.array([1, 1, 1], np.float32),
    rivals=np.array([1, 0, -1], np.int32),
    rival=np.array([2, 4, np.nan], np.float32),
    fit=np.array([0.1, 0.75, np.nan], np.float32),
    centroids=np.zeros((2, 1), np.float32),
)
GROUPED = Grouped(
    clusters=np.array([0, 1, 1], np.int32),
    names=("cluster 0", "=roses, red"),
    fit=FIT,
    coordinates=np.array([[0.5, -1], [0.1, 3], [-0.3, 1e-7]], np.float32),
    stability=np.array([1, 0.5, 0.3], np.float32),
)
MADE_BY = {"source": "Çà", "seed": 42}
OWN = ["path", "id", "cluster", "cluster_name", "fit", "rival", "stability", "x", "y"]
# By hand: one row a record, None where there is nothing to say.
ROWS = [
    ["1", "", "a, b.png", "A", 0, "cluster 0", 0.1, 1, 1.0, 0.5, -1.0],
    ["2", "x", "gone.png", "", None, "", None, None, None, None, None],
    ["003", "-1", "=b.png", "B", 1, "=roses, red", 0.75, 0, 0.5, 0.1, 3.0],
    ["4", "+x", "copy of a.png", "A", 0, "cluster 0", 0.1, 1, 1.0, 0.5, -1.0],
    ["5", "é", 'new\nline "🌹".png', "C", 1, "=roses, red", None, None, 0.3, -0.3, 1e-7],
]


# Image A was moved by hand from cluster 1 to 0, B was excluded, C only tagged.
REVIEWED = Grouped(
    clusters=np.array([0, 1, 1], np.int32),
    names=GROUPED.names,
    fit=FIT,
    review=Review(
        found=np.array([1, 1, 1], np.int32),
        found_names=GROUPED.names,
        excluded=np.array([False, True, False]),
        decided={
            0: Decided("moved", "=ada", "2026-01-01T00:00:00.000+00:00"),
            1: Decided("excluded", "bob", "2026-01-02T00:00:00.000+00:00", ("odd",)),
            2: Decided("", "bob", "2026-01-03T00:00:00.000+00:00", ("=1+1", "@x, y")),
        },
        facts={"decisions": 4},
    ),
)
REVIEW_COLUMNS = ["cluster_found", "reviewed", "reviewed_by", "reviewed_at", "tags"]
JANUARY = [f"2026-01-0{day}T00:00:00.000+00:00" for day in (1, 2, 3)]
REVIEW_ROWS = [
    [0, "cluster 0", 1, "moved", "=ada", JANUARY[0], "", 0.1, 1],
    [None, "", None, "", "", "", "", None, None],
    [None, "", 1, "excluded", "bob", JANUARY[1], "odd", None, None],
    [0, "cluster 0", 1, "moved", "=ada", JANUARY[0], "", 0.1, 1],
    [1, "=roses, red", 1, "", "bob", JANUARY[2], "=1+1; @x, y", None, None],
]


@pytest.fixture
def table():
    return tabulate_images(TABLE, IMAGES, GROUPED)


def plain(table):
    """All cells as Python's own; single precision as short as it can be said."""
    return [
        [None if pd.isna(cell) else float(f"{cell:.6g}") if isinstance(cell, float) else cell
         for cell in row]
        for row in table.astype(object).to_numpy().tolist()
    ]  # fmt: skip


def test_a_row_an_image_with_all_that_is_known(table):
    assert list(table.columns) == ["ImageID", "note", *OWN]
    assert plain(table) == ROWS
    assert list(TABLE.columns) == ["ImageID", "note"]


def test_a_selection_brings_its_copies_and_nothing_else():
    table = tabulate_images(TABLE, IMAGES, GROUPED, rows=np.array([2, 0]))
    assert plain(table) == [ROWS[0], ROWS[3], ROWS[4]]


def test_an_empty_selection_is_an_empty_table_of_the_same_columns(table):
    empty = tabulate_images(TABLE, IMAGES, GROUPED, rows=np.array([], np.int64))
    assert (len(empty), list(empty.columns)) == (0, list(table.columns))
    for write in TABLES.values():
        assert write(empty, MADE_BY)


def test_what_is_not_known_has_no_column():
    bare = Grouped(GROUPED.clusters, GROUPED.names, FIT)
    assert list(tabulate_images(TABLE, IMAGES, bare).columns)[2:] == OWN[:6]


def test_a_map_in_space_has_a_third_column():
    space = Grouped(GROUPED.clusters, GROUPED.names, FIT, np.zeros((3, 3), np.float32))
    assert list(tabulate_images(TABLE, IMAGES, space).columns)[-3:] == ["x", "y", "z"]


def test_the_columns_of_the_source_keep_their_names():
    own = pd.DataFrame({"path": [one.path for one in IMAGES.records], "id": "7", "X": "1"})
    found = tabulate_images(own, IMAGES, GROUPED)
    assert list(found.columns) == [
        "path", "id", "X", "groupsight_id", *OWN[2:-2], "groupsight_x", "y",
    ]  # fmt: skip
    assert found["id"].eq("7").all()


def test_a_column_called_path_that_holds_something_else_is_not_taken_for_ours():
    found = tabulate_images(TABLE.rename(columns={"note": "path"}), IMAGES, GROUPED)
    assert list(found["groupsight_path"]) == [one.path for one in IMAGES.records]


def test_csv_comes_back(table):
    header, *rows = csv.reader(io.StringIO(TABLES["csv"](table, MADE_BY).decode(), newline=""))
    assert header == ["ImageID", "note", *OWN]
    defused = {"=b.png": "'=b.png", "=roses, red": "'=roses, red", "+x": "'+x"}
    for row, expected in zip(rows, ROWS, strict=True):
        for cell, value in zip(row, expected, strict=True):
            if isinstance(value, float):
                assert float(cell) == value
            else:
                assert cell == ("" if value is None else defused.get(value, str(value)))


def test_json_comes_back_with_what_made_it(table):
    found = json.loads(TABLES["json"](table, MADE_BY))
    assert found["made_by"] == {"groupsight": __version__, **MADE_BY}
    names = ["ImageID", "note", *OWN]
    assert found["images"] == [dict(zip(names, row, strict=True)) for row in ROWS]


def test_parquet_comes_back_with_what_made_it(table, tmp_path):
    file = tmp_path / "out.parquet"
    file.write_bytes(TABLES["parquet"](table, MADE_BY))
    found = pd.read_parquet(file)
    assert list(found.columns) == ["ImageID", "note", *OWN]
    assert plain(found) == ROWS
    assert str(parquet.read_schema(file).field("cluster").type) == "int32"
    metadata = parquet.read_schema(file).metadata
    assert json.loads(metadata[METADATA_KEY]) == {"groupsight": __version__, **MADE_BY}


@pytest.mark.parametrize("write", TABLES.values(), ids=TABLES)
def test_the_same_table_gives_the_same_bytes(table, write):
    again = tabulate_images(TABLE, IMAGES, GROUPED)
    assert write(table, MADE_BY) == write(again, MADE_BY)


def test_chosen_rows_are_named_by_record_and_by_distinct_image():
    assert choose_rows(IMAGES, None) == [(0, 0), (1, -1), (2, 1), (3, 0), (4, 2)]
    assert choose_rows(IMAGES, np.array([1])) == [(2, 1)]


@pytest.fixture
def reviewed():
    return tabulate_images(TABLE, IMAGES, REVIEWED)


def test_decisions_have_columns_and_who_was_excluded_keeps_the_row(reviewed):
    assert list(reviewed.columns) == [
        "ImageID", "note", "path", "id", "cluster", "cluster_name", *REVIEW_COLUMNS, "fit", "rival",
    ]  # fmt: skip
    assert [row[4:] for row in plain(reviewed)] == REVIEW_ROWS
    assert [row[2] for row in plain(reviewed)] == [row[2] for row in ROWS]


def test_decisions_come_back_from_json_and_parquet(reviewed, tmp_path):
    file = tmp_path / "out.parquet"
    file.write_bytes(TABLES["parquet"](reviewed, MADE_BY))
    assert [row[4:] for row in plain(pd.read_parquet(file))] == REVIEW_ROWS
    images = json.loads(TABLES["json"](reviewed, MADE_BY))["images"]
    assert [list(image.values())[4:] for image in images] == REVIEW_ROWS


def test_authors_and_tags_are_defused_in_csv(reviewed):
    rows = list(csv.DictReader(io.StringIO(TABLES["csv"](reviewed, MADE_BY).decode(), newline="")))
    assert rows[0]["reviewed_by"] == "'=ada"
    assert rows[4]["tags"] == "'=1+1;' @x, y"
    assert [row["cluster"] for row in rows] == ["0", "", "", "0", "1"]
    assert [row["cluster_found"] for row in rows] == ["1", "", "1", "1", "1"]


def test_a_selection_has_its_decisions(reviewed):
    chosen = tabulate_images(TABLE, IMAGES, REVIEWED, rows=np.array([1]))
    assert plain(chosen) == [plain(reviewed)[2]]

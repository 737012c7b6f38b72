"""What is taken away: the source's own columns, the cluster beside them, and what made it."""

import csv
import io
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import __version__
from core.clusters.clustering import Clustering
from core.errors import CoreError
from core.export.export import (
    as_csv,
    as_making,
    free_name,
    refuse_csv,
    tabulate_clusters,
    tabulate_map,
    tabulate_sizes,
    write_csv,
)
from core.export.formulas import restore
from core.images import ImageRecord, ImageSet
from core.projection import Projection

# Two images, one of them twice, and a row that could not be read.
IMAGES = ImageSet(
    "folder",
    (
        ImageRecord("a.png", id="A"),
        ImageRecord("gone.png", problem="no such file"),
        ImageRecord("b.png", id="B"),
        ImageRecord("copy of a.png", id="A"),
    ),
)
CLUSTERING = Clustering(
    labels=np.array([1, 0, 1], np.int32),
    distances=np.zeros(3, np.float32),
    medoids=np.array([1, 0]),
    inertia=0.0,
)
PATHS = pd.DataFrame({"path": [record.path for record in IMAGES.records]})
TABLE = pd.DataFrame({"path": ["a.png", "b,c.png"], "label": ["1", ""]})
TEXT = 'path,label\na.png,1\n"b,c.png",\n'


def with_columns(*names):
    return PATHS.assign(**dict.fromkeys(names, "own"))


def test_each_row_gets_its_cluster_and_an_unreadable_one_none():
    table = tabulate_clusters(PATHS, IMAGES, CLUSTERING)
    assert table.to_dict("list") == {
        "path": ["a.png", "gone.png", "b.png", "copy of a.png"],
        "label": ["1", "", "0", "1"],
    }


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ((), "label"),
        (("cluster",), "label"),
        (("label",), "cluster"),
        (("Label",), "cluster"),
        ((" LABEL ",), "cluster"),
        (("label", "Cluster"), "groupsight_cluster"),
    ],
)
def test_the_cluster_takes_a_name_that_is_free(own, name):
    table = tabulate_clusters(with_columns(*own), IMAGES, CLUSTERING)
    assert list(table.columns) == ["path", *own, name]
    assert table[list(own)].eq("own").all(axis=None)
    assert list(table[name]) == ["1", "", "0", "1"]


def test_an_export_can_be_exported_again():
    taken = ("label", "cluster", "groupsight_cluster")
    table = tabulate_clusters(with_columns(*taken), IMAGES, CLUSTERING)
    assert list(table.columns[:4]) == ["path", *taken]
    assert list(table.iloc[:, 4]) == ["1", "", "0", "1"]


def test_the_table_of_the_source_is_not_changed():
    table = with_columns("note")
    tabulate_clusters(table, IMAGES, CLUSTERING)
    assert list(table.columns) == ["path", "note"]


def test_copies_lie_on_one_point_of_the_map_and_unreadable_rows_nowhere():
    projection = Projection(np.array([[0.5, -1], [2, 3]], np.float32), "by hand")
    assert tabulate_map(IMAGES, projection).to_numpy().tolist() == [
        ["a.png", "0.5", "-1.0"],
        ["gone.png", "", ""],
        ["b.png", "2.0", "3.0"],
        ["copy of a.png", "0.5", "-1.0"],
    ]


def test_a_map_in_space_has_a_third_column():
    projection = Projection(np.array([[0.5, -1, 4], [2, 3, 0.25]], np.float32), "by hand")
    table = tabulate_map(IMAGES, projection)
    assert list(table.columns) == ["path", "x", "y", "z"]
    assert table.to_numpy().tolist() == [
        ["a.png", "0.5", "-1.0", "4.0"],
        ["gone.png", "", "", ""],
        ["b.png", "2.0", "3.0", "0.25"],
        ["copy of a.png", "0.5", "-1.0", "4.0"],
    ]


def test_sizes_count_rows():
    table = tabulate_sizes(CLUSTERING.sizes)
    assert table.to_dict("list") == {"cluster": [0, 1], "images": [1, 2]}


def test_a_file_gets_what_made_it_beside_it(tmp_path):
    write_csv(TABLE, str(tmp_path / "out.csv"), {"source": "Çà", "seed": 42})
    assert (tmp_path / "out.csv").read_bytes() == TEXT.encode()
    text = (tmp_path / "out.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"groupsight": __version__, "source": "Çà", "seed": 42}
    assert "Çà" in text
    assert len(list(tmp_path.iterdir())) == 2


def test_an_older_table_of_groupsight_gives_way(tmp_path):
    write_csv(pd.concat([TABLE] * 10), str(tmp_path / "out.csv"), {})
    write_csv(TABLE, str(tmp_path / "out.csv"), {})
    assert (tmp_path / "out.csv").read_text() == TEXT


def test_a_table_of_something_else_never_gives_way(tmp_path):
    own = tmp_path / "labels.csv"
    own.write_text("image,label\na.png,cat\n")
    with pytest.raises(
        CoreError, match=r"labels\.csv: it is there already and Groupsight has not written it"
    ):
        refuse_csv(str(own))
    with pytest.raises(CoreError, match="has not written it, name another"):
        write_csv(TABLE, str(own), {})
    assert own.read_text() == "image,label\na.png,cat\n"
    assert list(tmp_path.iterdir()) == [own]


def test_a_file_that_was_made_to_be_written_to_is(tmp_path):
    (tmp_path / "out.csv").touch()
    write_csv(TABLE, str(tmp_path / "out.csv"), {})
    assert (tmp_path / "out.csv").read_text() == TEXT


@pytest.mark.parametrize("own", ['{"cats": 1}', '["groupsight"]', "no JSON", "\ud800"])
def test_a_json_of_something_else_never_gives_way(tmp_path, own):
    beside = tmp_path / "labels.json"
    beside.write_text(own, errors="surrogatepass")
    before = beside.read_bytes()
    with pytest.raises(
        CoreError, match=r"labels\.json.*Groupsight has not written it, name another"
    ):
        write_csv(TABLE, str(tmp_path / "labels.csv"), {})
    assert beside.read_bytes() == before
    assert list(tmp_path.iterdir()) == [beside]


def test_an_older_json_that_says_what_made_a_table_gives_way(tmp_path):
    for seed in (1, 2):
        write_csv(TABLE, str(tmp_path / "out.csv"), {"seed": seed})
    assert json.loads((tmp_path / "out.json").read_text())["seed"] == 2


@pytest.mark.parametrize("read", ["out.csv", "out.json"])
def test_what_is_read_is_never_written(tmp_path, monkeypatch, read):
    monkeypatch.chdir(tmp_path)
    (tmp_path / read).write_bytes(as_making({}))
    with pytest.raises(CoreError, match=f"cannot write {read}: it would replace .*name another"):
        refuse_csv("out.csv", ["digits", tmp_path / read])
    refuse_csv("other.csv", ["digits", tmp_path / read])
    refuse_csv("-", ["digits", tmp_path / read])


def test_what_is_no_utf_8_is_escaped_as_json_has_it():
    made = as_making({"weights": "Ça/caf\udce9.pth"})
    assert rb'/caf\udce9.pth"' in made
    assert json.loads(made)["weights"] == "Ça/caf\udce9.pth"


def test_a_pipe_stays_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(
        CoreError, match=r"pipe\.csv': it is no plain file\. Name one, or - for std"
    ):
        refuse_csv(str(tmp_path / "pipe.csv"))
    assert (tmp_path / "pipe.csv").is_fifo()


@pytest.mark.parametrize("target", ["/dev/null", "/dev/stdout", "/dev/fd/1"])
def test_a_device_stays_a_device(target):
    with pytest.raises(CoreError, match=f"cannot write '{target}': it is no plain file"):
        refuse_csv(target)


def test_stdout_that_goes_into_a_file_is_no_file_of_its_own(tmp_path):
    code = "from core.export.export import refuse_csv; refuse_csv('/dev/stdout')"
    line, root = [sys.executable, "-c", code], Path(__file__).parents[1]
    with (tmp_path / "out.txt").open("wb") as out:
        told = subprocess.run(line, cwd=root, check=False, stdout=out, stderr=subprocess.PIPE)
    assert b"it is no plain file. Name one, or - for stdout" in told.stderr


def test_a_dash_is_stdout_and_nothing_else(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_csv(TABLE, "-", {"seed": 42})
    assert capsys.readouterr() == (TEXT, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "target",
    [
        "missing/out.csv",
        "folder",
        "file/out.csv",
        "",
        "x" * 300 + ".csv",
    ],
)
def test_what_cannot_be_written_is_an_error_that_leaves_nothing(tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(CoreError, match="cannot write"):
        write_csv(TABLE, target, {})
    assert {path.name for path in tmp_path.rglob("*")} == {"folder", "file"}


def test_the_facts_never_replace_the_table(tmp_path):
    target = tmp_path / "out.json"
    with suppress(CoreError):
        write_csv(TABLE, str(target), {})
    assert not target.exists() or target.read_text() == TEXT


HOSTILE = pd.DataFrame(
    {"=note": ['=HYPERLINK("x")', "a\r=1", "a;=1", "-1", "plain"], "x": [-1, 2, 3, 4, 5]}
)


def test_text_that_a_spreadsheet_would_run_is_defused_and_numbers_are_not():
    rows = list(csv.reader(io.StringIO(as_csv(HOSTILE).decode(), newline="")))
    assert rows == [
        ["'=note", "x"],
        ['\'=HYPERLINK("x")', "-1"],
        ["a\r'=1", "2"],
        ["a;'=1", "3"],
        ["-1", "4"],
        ["plain", "5"],
    ]


def test_a_line_break_in_a_cell_begins_no_row():
    table = pd.DataFrame({"a": ["x\ry", "x\ny", "x\r\ny"], "b": ["1", "2", "3"]})
    assert as_csv(table) == b'a,b\n"x\ry",1\n"x\ny",2\n"x\r\ny",3\n'


def test_the_original_stays_recoverable(tmp_path):
    write_csv(HOSTILE, str(tmp_path / "out.csv"), {})
    with (tmp_path / "out.csv").open(newline="") as lines:
        header, *rows = csv.reader(lines)
    assert [restore(name) for name in header] == ["=note", "x"]
    assert [restore(row[0]) for row in rows] == HOSTILE["=note"].tolist()


@pytest.mark.parametrize("taken", ["out.csv", "out.json"])
def test_what_is_there_stays_where_that_is_asked_for(tmp_path, taken):
    (tmp_path / taken).write_text("old")
    with pytest.raises(CoreError, match=f"{taken}: it is there already"):
        write_csv(TABLE, str(tmp_path / "out.csv"), {}, replace=False)
    assert [path.name for path in tmp_path.iterdir()] == [taken]
    assert (tmp_path / taken).read_text() == "old"


def test_where_the_making_cannot_be_written_the_table_is_not_either(tmp_path):
    (tmp_path / "out.json").mkdir()
    with pytest.raises(CoreError, match="cannot write"):
        write_csv(TABLE, str(tmp_path / "out.csv"), {})
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_free_name_is_the_first_that_no_column_has():
    assert free_name(["path"], "id") == "id"
    assert free_name(["ID "], "id") == "groupsight_id"
    assert free_name(["id", "groupsight_id"], "id") == "groupsight_id_2"

"""`export` and `duplicates` as a user runs them."""

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from core import cli
from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.journal.deciding import Deciding
from core.recipe import StudyParams
from core.study import open_study

COLORS = {"=a, b": (200, 0, 0), "b": (230, 20, 0), "c": (0, 0, 200), "🌹": (0, 30, 230)}
QUICK = ["--weights", "embedded", "--device", "cpu", "--precision", "fp32"]
FORMATS = ("folders", "zip", "csv", "parquet", "json", "html")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Two red and two blue images, and a copy of a red one."""
    folder = tmp_path_factory.mktemp("photos")
    for name, color in COLORS.items():
        Image.new("RGB", (40, 30), color).save(folder / f"{name}.png")
    shutil.copy(folder / "b.png", folder / "b copy.png")
    return folder


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory):
    """One cache for all: features that one command extracted are there for the next."""
    return tmp_path_factory.mktemp("cache") / "cache.sqlite"


@pytest.fixture
def run(shared_cache):
    """Run a command in this process."""

    def invoke(*arguments):
        line = [*map(str, arguments), *QUICK, "--cache", str(shared_cache)]
        return CliRunner().invoke(cli.app, line)

    return invoke


@pytest.fixture
def export(run, photos):
    """Export the photos in two clusters."""

    def call(target, to, *more, source=photos):
        return run("export", source, target, "--k", 2, "--to", to, *more)

    return call


@pytest.fixture
def decide(shared_cache, photos):
    """Lets somebody decide about the photos, named by their path; undone at the end."""
    undone = []

    def call(act):
        with Cache(shared_cache) as cache:
            options = {"weights": "embedded", "device": "cpu", "precision": "fp32"}
            study = open_study(StudyParams(str(photos), **options), cache)
            study.extract()
            rows = {one.path: study.images.index[one.id] for one in study.images.readable}
            deciding = Deciding(study, author="=ada 🌹")
            act(deciding, rows, deciding.state.seq)
            undone.append(deciding)

    yield call
    with Cache(shared_cache) as cache:
        for _ in undone:
            study = open_study(StudyParams(str(photos), weights="embedded"), cache)
            deciding = Deciding(study, author="=ada 🌹")
            deciding.undo(seen=deciding.state.seq)


def exclude_c(deciding, rows, seen):
    deciding.exclude([rows["c.png"]], seen=seen)


def move_b(deciding, rows, seen):
    deciding.move(KMeansParams(2), [rows["b.png"]], to=None, seen=seen)


def names_in(folder):
    return {path.name for path in Path(folder).rglob("*") if path.is_file()} - {"making.json"}


EXPECTED = {"_=a, b.png", "b.png", "b copy.png", "c.png", "🌹.png"}


@pytest.mark.parametrize("link", ["copy", "hard", "sym"])
def test_folders(export, tmp_path, photos, link):
    result = export(tmp_path / "out", "folders", "--link", link)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "5 images in 2 folders" in result.stderr
    groups = {
        frozenset(names_in(folder)) for folder in (tmp_path / "out").iterdir() if folder.is_dir()
    }
    assert groups == {
        frozenset({"_=a, b.png", "b.png", "b copy.png"}),
        frozenset({"c.png", "🌹.png"}),
    }
    assert (tmp_path / "out").joinpath("making.json").is_file()
    assert {path.name for path in photos.iterdir()} == {f"{n}.png" for n in [*COLORS, "b copy"]}


def test_zip(export, tmp_path):
    assert export(tmp_path / "out.zip", "zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "out.zip") as found:
        assert {name.rpartition("/")[2] for name in found.namelist()} == EXPECTED | {"making.json"}
        assert json.loads(found.read("making.json"))["n_clusters"] == 2


def test_tables_say_the_same(export, tmp_path):
    for to in ("csv", "parquet", "json"):
        assert export(tmp_path / to / f"out.{to}", to).exit_code == 1  # there is no such folder
        (tmp_path / to).mkdir()
        assert export(tmp_path / to / f"out.{to}", to).exit_code == 0
    with (tmp_path / "csv" / "out.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    parquet = pd.read_parquet(tmp_path / "parquet" / "out.parquet")
    whole = json.loads((tmp_path / "json" / "out.json").read_bytes())
    assert rows[0]["path"] == "'=a, b.png"
    assert list(parquet["path"]) == [image["path"] for image in whole["images"]]
    assert list(rows[0]) == list(parquet.columns) == list(whole["images"][0])
    assert [int(row["cluster"]) for row in rows] == parquet["cluster"].tolist()
    made_by = json.loads((tmp_path / "csv" / "out.json").read_bytes())
    assert made_by == whole["made_by"]
    assert (made_by["n_clusters"], made_by["seed"]) == (2, 42)


@pytest.mark.parametrize("to", ["csv", "json"])
def test_a_dash_is_stdout(export, to):
    result = export("-", to)
    assert result.exit_code == 0
    assert "🌹.png" in result.stdout


def test_report(export, tmp_path):
    assert export(tmp_path / "out.html", "html").exit_code == 0
    text = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "K-Means k 2, seed 42" in text
    assert "=a, b.png" in text


@pytest.mark.parametrize("to", ["folders", "csv"])
def test_a_tilde_that_the_shell_left_is_ones_own_folder(export, tmp_path, monkeypatch, to):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert export(f"~/out.{to}", to).exit_code == 0
    assert (tmp_path / f"out.{to}").exists()


@pytest.mark.parametrize("to", FORMATS)
def test_what_is_there_is_refused_before_the_work_and_stays(run, photos, tmp_path, to, monkeypatch):
    monkeypatch.setattr(cli.export, "extract_missing", lambda _: pytest.fail("worked"))
    target = tmp_path / f"out.{to}"
    target.write_text("mine")
    result = run("export", photos, target, "--to", to)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "there already" in result.stderr or "is a file: name a folder" in result.stderr
    assert target.read_text() == "mine"


@pytest.mark.parametrize("to", ["folders", "zip", "parquet", "html"])
def test_what_is_no_text_does_not_go_to_stdout(export, to):
    result = export("-", to)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"--to {to} cannot go to stdout" in result.stderr


def test_folders_in_the_source_are_refused(export, photos):
    result = export(photos / "sorted", "folders")
    assert result.exit_code == 1
    assert "name a folder outside it" in result.stderr
    assert not (photos / "sorted").exists()


def test_a_link_goes_with_folders_only(export, tmp_path):
    result = export(tmp_path / "out.zip", "zip", "--link", "sym")
    assert result.exit_code == 1
    assert "--link sym goes with --to folders" in result.stderr


def test_a_format_that_is_none_is_wrong_usage(export, tmp_path):
    assert export(tmp_path / "out", "pdf").exit_code == 2


def test_duplicates_lists_copies_as_one_group(run, photos, tmp_path):
    result = run("duplicates", photos, "--csv", tmp_path / "out.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    with (tmp_path / "out.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    copies = [row for row in rows if row["copies"] == "2"]
    assert [row["path"] for row in copies] == ["b copy.png", "b.png"]
    assert len({(row["group"], row["id"]) for row in copies}) == 1
    assert "2 with copies" in result.stderr
    assert (tmp_path / "out.json").is_file()


def test_duplicates_without_a_file_go_to_stdout(run, photos):
    rows = list(csv.DictReader(io.StringIO(run("duplicates", photos).stdout)))
    assert {"b.png", "b copy.png"} <= {row["path"] for row in rows}


def rows_of(result):
    return {row["path"]: row for row in csv.DictReader(io.StringIO(result.stdout))}


def test_decisions_are_applied_unless_told_otherwise(export, decide):
    before = export("-", "csv")
    assert "clusters:" not in before.stderr
    decide(move_b)
    decide(exclude_c)
    corrected, found = export("-", "csv"), export("-", "csv", "--found")
    assert "clusters: as people corrected them" in corrected.stderr
    assert "decisions were left out" in found.stderr
    assert found.stdout == before.stdout
    rows = rows_of(corrected)
    assert rows["b.png"]["cluster"] == rows["b copy.png"]["cluster"] not in {"0", "1"}
    assert rows["b.png"]["cluster_found"] == rows_of(before)["b.png"]["cluster"]
    assert (rows["c.png"]["cluster"], rows["c.png"]["reviewed"]) == ("", "excluded")
    assert rows["c.png"]["reviewed_by"] == "'=ada 🌹"


def test_corrected_folders_and_what_was_excluded(export, decide, tmp_path):
    decide(move_b)
    decide(exclude_c)
    result = export(tmp_path / "out", "folders")
    assert "4 images in 3 folders" in result.stderr
    assert "left out, since they were excluded: 1 image" in result.stderr
    groups = [names_in(folder) for folder in (tmp_path / "out").iterdir() if folder.is_dir()]
    assert {"b.png", "b copy.png"} in groups
    assert "c.png" not in names_in(tmp_path / "out")
    assert export(tmp_path / "all.zip", "zip", "--keep-excluded").exit_code == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as found:
        assert "excluded/c.png" in found.namelist()
        making = json.loads(found.read("making.json"))
    assert (making["decisions"], making["decided_by"]) == (2, "=ada 🌹")
    assert export(tmp_path / "found", "folders", "--found").exit_code == 0
    assert names_in(tmp_path / "found") == EXPECTED


def test_a_report_says_the_corrections(export, decide, tmp_path):
    decide(move_b)
    assert export(tmp_path / "out.html", "html").exit_code == 0
    text = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "<h2>Corrections</h2>" in text
    assert "=ada 🌹" in text


def test_to_be_corrected_there_must_be_decisions(export):
    result = export("-", "csv", "--corrected")
    assert result.exit_code == 0
    assert "since nothing was decided" in result.stderr


def test_what_is_excluded_goes_into_folders_only(export, tmp_path):
    result = export(tmp_path / "out.csv", "csv", "--keep-excluded")
    assert result.exit_code == 1
    assert "--keep-excluded goes with --to folders or zip" in result.stderr

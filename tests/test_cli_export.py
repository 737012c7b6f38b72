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

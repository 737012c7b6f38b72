"""The command `journal`: what was decided as CSV, and decisions taken over from elsewhere."""

import csv
import io
import json
import os
import shutil

import pytest
from PIL import Image
from typer.testing import CliRunner

from core import cli
from core.cache import Cache
from core.journal.decisions import Decision, Kind
from core.journal.journal import Journal
from core.journal.journal_file import journal_path
from core.pictures.scan import scan
from core.sources import open_source

QUICK = ["--weights", "embedded", "--device", "cpu", "--precision", "fp32"]


@pytest.fixture
def photos(tmp_path):
    for name, color in {"a, b": (200, 0, 0), "=c": (0, 0, 200)}.items():
        (tmp_path / "photos").mkdir(exist_ok=True)
        Image.new("RGB", (40, 30), color).save(tmp_path / "photos" / f"{name}.png")
    return tmp_path / "photos"


@pytest.fixture
def run(tmp_path):
    def invoke(*arguments, cache="cache.sqlite"):
        line = ["journal", *map(str, arguments), *QUICK, "--cache", str(tmp_path / cache)]
        return CliRunner().invoke(cli.app, line)

    return invoke


def decide(photos, cache, *texts, author="ada", path="=c.png"):
    """Give an image these tags; its journal."""
    source = open_source(str(photos))
    with Cache(cache) as opened:
        records = scan(source, opened).records
    ids = [record.id for record in records]
    (image,) = (record.id for record in records if record.path == path)
    journal = Journal(journal_path(cache), source.name, ids)
    for text in texts:
        journal.append([Decision(Kind.TAG, image, text=text)], author=author)
    return journal


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_without_decisions_there_is_a_head_and_no_file(run, photos, tmp_path):
    result = run(photos)
    assert result.exit_code == 0
    assert rows_of(result.stdout) == []
    assert result.stdout.startswith("seq,time,author,kind,image,path,")
    assert "0 rows; 0 images decided" in result.stderr
    assert not journal_path(tmp_path / "cache.sqlite").exists()


def test_every_decision_is_a_row_on_stdout(run, photos, tmp_path):
    journal = decide(photos, tmp_path / "cache.sqlite", "odd", "=1+1")
    journal.append([Decision(Kind.EXCLUDE, journal.rows[0].decision.image)])
    result = run(photos)
    assert result.exit_code == 0
    told = [
        (row["author"], row["kind"], row["path"], row["text"]) for row in rows_of(result.stdout)
    ]
    assert told.pop() == ("", "exclude", "'=c.png", "")
    assert told == [("ada", "tag", "'=c.png", "odd"), ("ada", "tag", "'=c.png", "'=1+1")]
    assert "3 rows by ada, nobody named; 1 images decided" in result.stderr


def test_a_file_gets_what_made_it_beside_it(run, photos, tmp_path):
    decide(photos, tmp_path / "cache.sqlite", "odd")
    result = run(photos, "--csv", tmp_path / "out.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert len(rows_of((tmp_path / "out.csv").read_text())) == 1
    made_by = json.loads((tmp_path / "out.json").read_text())
    assert made_by["source"] == str(photos)
    assert made_by["journal"] == str(journal_path(tmp_path / "cache.sqlite"))


def test_a_journal_that_is_replayed_elsewhere_is_the_same(run, photos, tmp_path):
    first = decide(photos, tmp_path / "cache.sqlite", "odd", "dark")
    first.undo(author="ada")
    run(photos, "--csv", tmp_path / "out.csv")
    elsewhere = shutil.copytree(photos, tmp_path / "copy")
    result = run(elsewhere, "--replay", tmp_path / "out.csv", cache="other.sqlite")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 rows added, 0 known, 0 refused" in result.stderr
    second = decide(elsewhere, tmp_path / "other.sqlite")
    assert second.state == first.state
    again = run(elsewhere, "--replay", tmp_path / "out.csv", "--csv", "-", cache="other.sqlite")
    assert "0 rows added, 3 known, 0 refused" in again.stderr
    assert len(rows_of(again.stdout)) == 3


def test_a_journal_may_lie_in_ones_own_folder(run, photos, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    decide(photos, tmp_path / "cache.sqlite", "odd")
    run(photos, "--csv=~/out.csv")
    result = run(photos, "--replay=~/out.csv", cache="other.sqlite")
    assert "1 rows added, 0 known, 0 refused" in result.stderr


def test_what_contradicts_is_listed(run, photos, tmp_path):
    decide(photos, tmp_path / "cache.sqlite", "odd")
    run(photos, "--csv", tmp_path / "out.csv")
    decide(photos, tmp_path / "other.sqlite", "odd", author="bob")
    result = run(photos, "--replay", tmp_path / "out.csv", cache="other.sqlite")
    assert result.exit_code == 0
    assert "0 rows added, 0 known, 1 refused" in result.stderr
    assert "refused: =c.png tagged 'odd' by ada at " in result.stderr
    assert ": here tagged 'odd' by bob at " in result.stderr


def test_a_file_beside_a_cache_whose_name_is_no_utf_8_says_so(run, photos, tmp_path):
    result = run(photos, "--csv", tmp_path / "out.csv", cache=os.fsdecode(b"caf\xe9.sqlite"))
    assert result.exit_code == 0
    made_by = json.loads((tmp_path / "out.json").read_text())
    assert made_by["journal"] == rf"{tmp_path}/caf\xe9.decisions.sqlite"


def test_a_row_that_comes_twice_is_added_once(run, photos, tmp_path):
    decide(photos, tmp_path / "cache.sqlite", "odd", "dark")
    run(photos, "--csv", tmp_path / "out.csv")
    head, *rows = (tmp_path / "out.csv").read_text().splitlines(keepends=True)
    (tmp_path / "both.csv").write_text("".join([head, *rows, *rows]))
    result = run(photos, "--replay", tmp_path / "both.csv", cache="other.sqlite")
    assert result.exit_code == 0, result.output
    assert "2 rows added, 0 known, 0 refused" in result.stderr


def test_a_journal_that_is_read_is_not_written_over(run, photos, tmp_path):
    decide(photos, tmp_path / "cache.sqlite", "odd")
    run(photos, "--csv", tmp_path / "out.csv")
    result = run(photos, "--replay", tmp_path / "out.csv", "--csv", tmp_path / "out.csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "out.csv: it would replace" in result.stderr


@pytest.mark.parametrize("content", ["path,label\na,b\n", None])
def test_what_is_no_journal_is_refused_and_nothing_is_written(run, photos, tmp_path, content):
    if content:
        (tmp_path / "other.csv").write_text(content)
    result = run(photos, "--replay", tmp_path / "other.csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("groupsight: ")
    assert not journal_path(tmp_path / "cache.sqlite").exists()

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cache import Cache
from core.cli import app


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "cache.sqlite"
    with Cache(made) as cache:
        cache.remember_features("f", {"A": np.zeros(1000, np.float32)}, {})
        cache.remember_result("r", {}, {"a": np.arange(3)})
    return made


def run(*arguments, **more):
    return CliRunner().invoke(app, ["cache", *map(str, arguments)], **more)


def test_info_says_how_much_there_is_and_where_decisions_lie(path):
    lines = dict(line.split(": ", 1) for line in run("info", "--cache", path).stdout.splitlines())
    assert lines["features"] == "1 in 1 ways"
    assert lines["results"] == "1"
    assert lines["decisions"] == f"none yet (in {path.with_name('cache.decisions.sqlite')})"


def test_verify_says_what_is_damaged_and_fails(path):
    assert run("verify", "--cache", path).exit_code == 0
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE features SET vector = CAST(x'01' || substr(vector, 2) AS BLOB)")
    answer = run("verify", "--cache", path)
    assert answer.exit_code == 1
    assert answer.stdout == "features: f A is not as it was written\n"
    assert "1 problems" in answer.stderr


def test_clear_asks_first_and_leaves_decisions_alone(path):
    decisions = path.with_name("cache.decisions.sqlite")
    decisions.write_bytes(b"what people decided")
    assert run("clear", "--cache", path, input="n\n").exit_code == 1
    assert "features: 1 in" in run("info", "--cache", path).stdout
    assert run("clear", "features", "--yes", "--cache", path).exit_code == 0
    shown = run("info", "--cache", path).stdout
    assert "features: 0 in" in shown
    assert "results: 1" in shown
    assert decisions.read_bytes() == b"what people decided"


def test_the_files_of_the_search_are_told_and_cleared_with_the_results(path):
    folder = path.with_name("cache.search")
    assert f"search: 0 bytes in {folder}\n" in run("info", "--cache", path).stdout
    (folder / "key" / "index").mkdir(parents=True)
    (folder / "key" / "values.npy").write_bytes(bytes(3_000_000))
    (folder / "key" / "index" / "part").write_bytes(bytes(400_000))
    assert f"search: 3.4 MB in {folder}\n" in run("info", "--cache", path).stdout
    kept = run("clear", "pictures", "--yes", "--cache", path)
    assert "3.4 MB" not in kept.stderr
    assert folder.exists()
    gone = run("clear", "results", "--yes", "--cache", path)
    assert "3.4 MB given back" in gone.stderr
    assert not folder.exists()


@pytest.mark.parametrize("command", ["info", "verify", "clear"])
def test_no_cache_is_made_where_there_is_none(tmp_path, command):
    missing = tmp_path / "missing.sqlite"
    answer = run(command, "--cache", missing)
    assert answer.exit_code == 1
    assert f"there is no cache at {missing}" in answer.stderr.replace("\n", "")
    assert not missing.exists()


def test_an_unknown_kind_is_one_line(path):
    answer = run("clear", "labels", "--yes", "--cache", path)
    assert answer.exit_code == 1
    assert "nothing called 'labels'" in answer.stderr

"""`extract --out`: what it says, what it writes, and every way to be refused."""

import sys

import pytest
from seeded import png
from typer.testing import CliRunner

from core import cli
from core.commands import extract
from core.engines import ray_engine
from core.shards.shards import Shards

QUICK = ["--weights", "embedded", "--device", "cpu", "--precision", "fp32"]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "1.png").write_bytes(png(1))
    for number in (2, 3):
        (folder / f"{number}.png").write_bytes(b"no image")
    return folder


def run(*arguments):
    return CliRunner().invoke(cli.app, ["extract", *map(str, arguments), *QUICK])


def test_shards_are_written_and_what_could_not_be_read_is_told(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(extract, "_TOLD", 1)
    out = tmp_path / "out"
    first = run(photos, "--out", out, "--shard-size", 2)
    assert (first.exit_code, first.stdout) == (0, "")
    assert f"3 images in 2 shards, 2 of them new, 2 unreadable: {out}" in first.stderr
    assert f"unreadable: {photos}/2.png: not an image" in first.stderr
    assert "and 1 more: see the column `problem`" in first.stderr
    assert (Shards(str(out)).n_rows, Shards(str(out)).n_readable) == (3, 1)
    second = run(photos, "--out", out)
    assert "3 images in 2 shards, 0 of them new, 2 unreadable" in second.stderr


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--engine", "ray"], "--engine ray writes shards: add --out"),
        (["--shard-size", "9"], "--shard-size 9 goes with --out"),
        (["--workers", "2", "--out", "x"], "--workers goes with --engine ray"),
        (["--num-gpus", "1"], "--num-gpus goes with --engine ray"),
        (["--out", "x", "--engine", "ray", "--workers", "two"], "'two' workers: write a number"),
        (["--out", "x", "--engine", "ray", "--workers", "3-1"], "3 to 1 workers"),
        (["--out", "x", "--engine", "ray", "--num-cpus", "0"], "at least 1 core"),
        (["--out", "x", "--jpeg-decoder", "cuda"], "decoded by the CPU, and asked for is cuda"),
        (["--jpeg-decoder", "cuda"], "decoded by cuda where the network runs on cpu"),
        (["--out", "nowhere://x"], "nowhere://x is no address that can be opened"),
    ],
)
def test_what_cannot_be_is_refused(photos, options, reason, monkeypatch):
    monkeypatch.setattr(ray_engine, "_import_ray", lambda: None)
    result = run(photos, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    [line] = result.stderr.splitlines()
    assert line.startswith("groupsight: ")
    assert reason in line


def test_where_ray_is_absent_its_install_command_is_told(photos, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    result = run(photos, "--engine", "ray", "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "groupsight: --engine ray needs Ray, which is not installed: "
        "pip install -r requirements-ray.txt\n"
    )
    assert not (tmp_path / "out").exists()

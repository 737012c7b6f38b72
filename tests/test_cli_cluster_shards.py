"""`cluster-shards`: what it says, and what it refuses."""

import re
import sys

import numpy as np
import pytest
from sharded import write_values
from typer.testing import CliRunner

from core import cli


def run(*arguments):
    return CliRunner().invoke(cli.app, ["cluster-shards", *map(str, arguments)])


@pytest.fixture
def out(tmp_path):
    """Two pairs of images far apart and one that cannot be read, in three shards."""
    values = np.array([[0, 0], [0, 2], [50, 0], [50, 2], [9, 9]], dtype=np.float32)
    write_values(tmp_path, values, 2, broken=(4,))
    return tmp_path


def test_sizes_go_to_stdout_and_the_measures_are_told(out):
    asked = ("--k", 2, "--normalize", "none")
    first = run(f"parquet:{out}", *asked)
    assert (first.exit_code, sorted(first.stdout.splitlines())) == (
        0,
        ["0,2", "1,2", "cluster,images"],
    )
    # Each is 1 from its centroid, 2 from the other of its pair, 50 and 50.04 from the others.
    assert "inertia: 4\nsilhouette: 0.96\n" in first.stderr
    made = f"newly labelled, 1 unreadable: {out}/clusters-k2-seed42-none"
    assert f"5 images in 3 shards, 3 of them {made}" in first.stderr
    assert f"5 images in 3 shards, 0 of them {made}" in run(out, *asked).stderr


def test_of_a_sample_the_error_is_told(out):
    told = run(out, "--k", 1, "--sample", 3).stderr
    assert re.search(r"estimated from the sample: \S+ ± \S+ \(3 of 4 images\)", told)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--k", "0"], "k = 0 with a sample of 100,000: choose k from 1"),
        (["--k", "5"], "k = 5 is more than the 4 images"),
        (["--seed", "-1"], "a seed of -1: choose it between 0 and 4294967295"),
        (["--seed", "4294967296"], "a seed of 4294967296: choose it between 0 and"),
        (["--rounds", "-1"], "-1 rounds over all images: give 0 or more"),
        (["--normalize", "l3"], "no normalisation named 'l3': choose one of l2, none"),
        (["--workers", "2"], "--workers goes with --engine ray"),
    ],
)
def test_what_cannot_be_is_refused(out, options, reason):
    result = run(out, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    [line] = result.stderr.splitlines()
    assert line.startswith("groupsight: ")
    assert reason in line


def test_a_folder_without_shards_is_refused(tmp_path):
    assert "holds no groupsight.json: it is empty, or not there" in run(tmp_path).stderr


def test_where_ray_is_absent_its_install_command_is_told(out, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert "pip install -r requirements-ray.txt" in run(out, "--engine", "ray").stderr
    assert not list(out.glob("clusters*"))

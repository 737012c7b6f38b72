"""The command line: what goes to stdout, to files and to stderr, and every way to be refused."""

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

import core
from core import cache, cli
from core.commands import options
from core.errors import CoreError
from core.measures.sweep import Sweep
from core.network.pretrained import find_weights

COLORS = {
    "a": (200, 0, 0),
    "b": (230, 20, 0),
    "c": (0, 0, 200),
    "d": (0, 30, 230),
    "e": (0, 0, 250),
}
QUICK = ["--weights", "embedded", "--device", "cpu", "--precision", "fp32"]
ROOT = Path(core.__file__).parent.parent


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Two red and three blue images."""
    folder = tmp_path_factory.mktemp("photos")
    for name, color in COLORS.items():
        Image.new("RGB", (40, 30), color).save(folder / f"{name}.png")
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


def run_alone(*arguments):
    """Run a command as a user does."""
    line = [sys.executable, "-W", "error", "-m", "core", *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def groups_of(rows, column):
    """The names that share a cluster, without regard to its number."""
    clusters = {row[column] for row in rows}
    found = [{Path(row["path"]).stem for row in rows if row[column] == one} for one in clusters]
    return sorted(found, key=min)


def cut_short(path, color):
    Image.new("RGB", (200, 200), color).save(path, quality=95)
    path.write_bytes(path.read_bytes()[:-300])


# What the commands give.


def test_extract_says_what_it_did_on_stderr(photos, tmp_path):
    line = ["extract", str(photos), *QUICK, "--cache", str(tmp_path / "own.sqlite")]
    first, second = (CliRunner().invoke(cli.app, line) for _ in range(2))
    assert (first.exit_code, first.stdout) == (0, "")
    assert "weights: embedded (67d99a16)" in first.stderr
    assert "5 images, 5 distinct, 5 newly extracted, 0 unreadable" in first.stderr
    assert "5 images, 5 distinct, 0 newly extracted, 0 unreadable" in second.stderr


def test_cluster_prints_the_sizes(run, photos):
    result = run("cluster", photos, "--k", 2)
    assert result.exit_code == 0
    assert {row["cluster"] for row in rows_of(result.stdout)} == {"0", "1"}
    assert sorted(row["images"] for row in rows_of(result.stdout)) == ["2", "3"]


def test_cluster_writes_a_row_an_image_and_what_made_it(run, photos, tmp_path):
    result = run("cluster", photos, "--k", 2, "--seed", 7, "--csv", tmp_path / "out.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    rows = rows_of((tmp_path / "out.csv").read_text())
    assert list(rows[0]) == ["path", "ImageID", "label"]
    assert [(row["path"], row["ImageID"]) for row in rows] == [(f"{n}.png", n) for n in COLORS]
    assert groups_of(rows, "label") == [{"a", "b"}, {"c", "d", "e"}]
    made_by = json.loads((tmp_path / "out.json").read_text())
    assert made_by["weights"] == "embedded (67d99a16)"
    assert made_by["weights_sha256"] == find_weights("embedded").sha256
    assert (made_by["n_clusters"], made_by["seed"]) == (2, 7)


def test_labels_of_subfolders_stay_beside_the_cluster(run, photos, tmp_path):
    for name in COLORS:
        (tmp_path / "in" / ("warm" if name in "ab" else "cold")).mkdir(parents=True, exist_ok=True)
    for name in COLORS:
        target = tmp_path / "in" / ("warm" if name in "ab" else "cold") / f"{name}.png"
        target.write_bytes((photos / f"{name}.png").read_bytes())
    rows = rows_of(run("cluster", tmp_path / "in", "--k", 2, "--csv", "-").stdout)
    assert list(rows[0]) == ["path", "ImageID", "label", "cluster"]
    assert {row["path"]: row["label"] for row in rows}["warm/a.png"] == "warm"
    assert groups_of(rows, "cluster") == [{"a", "b"}, {"c", "d", "e"}]


def test_a_submission_gets_its_column_filled(run, photos, tmp_path):
    manifest = tmp_path / "sample_submission.csv"
    for name in COLORS:
        with Image.open(photos / f"{name}.png") as image:
            (tmp_path / "images").mkdir(exist_ok=True)
            image.save(tmp_path / "images" / f"{name}.jpg")
    manifest.write_text("ImageID\n" + "".join(f"{name}\n" for name in reversed(COLORS)))
    result = run("cluster", manifest, "--images", tmp_path / "images", "--k", 2, "--csv", "-")
    rows = rows_of(result.stdout)
    assert list(rows[0]) == ["ImageID", "label"]
    assert [row["ImageID"] for row in rows] == ["e", "d", "c", "b", "a"]
    e, d, c, b, a = (row["label"] for row in rows)
    assert e == d == c != b == a


def test_project_writes_a_place_for_each_image(run, photos):
    result = run("project", photos, "--n-neighbors", 3)
    rows = rows_of(result.stdout)
    assert list(rows[0]) == ["path", "x", "y"]
    assert [row["path"] for row in rows] == [f"{name}.png" for name in COLORS]
    assert len({(float(row["x"]), float(row["y"])) for row in rows}) == 5


def test_project_writes_a_third_coordinate_where_it_is_asked_for(run, photos, tmp_path):
    target = tmp_path / "map.csv"
    result = run("project", photos, "--n-neighbors", 3, "--dimensions", 3, "--csv", target)
    assert (result.exit_code, result.stdout) == (0, "")
    rows = rows_of(target.read_text())
    assert list(rows[0]) == ["path", "x", "y", "z"]
    assert len({float(row["z"]) for row in rows}) == 5
    assert "3-D" in json.loads((tmp_path / "map.json").read_text())["map"]


def test_a_map_of_four_dimensions_is_refused(run, photos):
    result = run("project", photos, "--dimensions", 4)
    reason = "a map of 4 dimensions: choose 2 or 3"
    assert_refused(result.exit_code, result.stdout, result.stderr, reason)


def test_an_unreadable_image_keeps_its_row_and_its_reason_is_told(run, photos, tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.png").write_bytes((photos / f"{name}.png").read_bytes())
    cut_short(tmp_path / "bad.jpg", "green")
    result = run("cluster", tmp_path, "--k", 2, "--csv", "-")
    rows = {row["path"]: row["label"] for row in rows_of(result.stdout)}
    assert list(rows) == ["a.png", "b.png", "bad.jpg", "c.png"]
    assert rows["bad.jpg"] == ""
    assert rows["a.png"] == rows["b.png"] != rows["c.png"]
    assert "unreadable: bad.jpg: damaged" in result.stderr


def test_info_tells_what_a_source_holds(run, tmp_path, save_image):
    save_image(tmp_path / "one" / "a.png")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "copy.png").write_bytes((tmp_path / "one" / "a.png").read_bytes())
    (tmp_path / "notes.txt").write_text("no image")
    cut_short(tmp_path / "one" / "bad.jpg", "grey")  # that no other test has met
    result = run("info", tmp_path)
    expected = {"images: 3", "distinct: 1", "unreadable: 1", "other files: 1", "labels: 2"}
    assert expected | {"extracted: 0"} <= set(result.stdout.splitlines())
    assert "unreadable: one/bad.jpg: damaged" in result.stdout


def test_stdout_holds_the_data_alone(photos, shared_cache):
    command = ["cluster", photos, "--k", 2, "--csv", "-", *QUICK, "--cache", shared_cache]
    result = run_alone(*command)
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "path,ImageID,label"
    assert [line.rpartition(",")[0] for line in lines[1:]] == [f"{n}.png,{n}" for n in COLORS]


# What is refused: exit code 1 and one line that says why.


def assert_refused(code, stdout, stderr, reason):
    assert (code, stdout) == (1, "")
    [line] = stderr.splitlines()
    assert line.startswith("groupsight: ")
    assert reason in line


def test_a_folder_that_is_not_there_is_refused(run, tmp_path):
    result = run("cluster", tmp_path / "nowhere")
    assert_refused(result.exit_code, result.stdout, result.stderr, "no such folder or CSV file")


@pytest.mark.parametrize(("files", "reason"), [([], "it is empty"), (["a.txt"], "1 other files")])
def test_a_folder_without_images_is_refused(run, tmp_path, files, reason):
    for name in files:
        (tmp_path / name).write_text("no image")
    result = run("cluster", tmp_path)
    assert_refused(result.exit_code, result.stdout, result.stderr, f"{tmp_path}: {reason}")


def test_a_table_that_names_no_images_is_refused(run, tmp_path):
    (tmp_path / "table.csv").write_text("name,price\na,1\n")
    result = run("cluster", tmp_path / "table.csv")
    assert_refused(result.exit_code, result.stdout, result.stderr, "no column that names images")


def test_more_clusters_than_images_are_refused(photos, shared_cache):
    result = run_alone("cluster", photos, "--k", 6, *QUICK, "--cache", shared_cache)
    reason = "k = 6 is more than the 5 images"
    assert_refused(result.returncode, result.stdout, result.stderr, reason)


def test_more_clusters_than_images_that_differ_are_refused(run, tmp_path, save_image):
    for name in ("one.png", "same.png"):
        save_image(tmp_path / name)
    result = run("cluster", tmp_path, "--k", 2)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1].startswith("groupsight: k = 2 is more than the 1 images")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--k", "0"], "k = 0: choose at least 1"),
        (["--layer", "conv9"], "no layer named 'conv9'"),
        (["--layer", "fc1"], "embedded have no fc1"),
        (["--grid", "3"], "no grid of 3"),
        (["--transform", "vgg"], "no transform named 'vgg'"),
        (["--normalize", "l1"], "no normalisation named 'l1'"),
        (["--batch-size", "0"], "batch size of 0"),
    ],
)
def test_what_there_is_none_of_is_refused(run, photos, options, reason):
    result = run("cluster", photos, *options)
    assert_refused(result.exit_code, result.stdout, result.stderr, reason)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--seed", "-1"], id="seed"),
        pytest.param(["--size", "0"], id="size"),
        pytest.param(["--grid", "0"], id="grid"),
    ],
)
def test_numbers_out_of_range_are_refused(run, photos, options):
    result = run("cluster", photos, *options)
    assert_refused(result.exit_code, result.stdout, result.stderr, options[1])


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_a_device_that_is_not_there_is_refused(photos, shared_cache):
    line = ["extract", str(photos), "--device", "cuda", "--weights", "embedded"]
    result = CliRunner().invoke(cli.app, [*line, "--cache", str(shared_cache)])
    assert_refused(result.exit_code, result.stdout, result.stderr, "no cuda device")


def test_a_cache_that_cannot_be_used_is_refused(photos, tmp_path):
    (tmp_path / "text").write_text("this is no database, however one looks at it")
    line = ["extract", str(photos), *QUICK, "--cache", str(tmp_path / "text")]
    result = CliRunner().invoke(cli.app, line)
    assert_refused(result.exit_code, result.stdout, result.stderr, "cannot use")


def test_a_full_disk_stops_with_one_sentence(photos, tmp_path, monkeypatch):
    def refuse(*_):
        raise sqlite3.OperationalError("database or disk is full")

    line = ["extract", str(photos), *QUICK, "--cache", str(tmp_path / "own.sqlite")]
    with monkeypatch.context() as disk:
        disk.setattr(cache, "_write_images", refuse)
        result = CliRunner().invoke(cli.app, line)
    assert_refused(result.exit_code, result.stdout, result.stderr, "database or disk is full")
    assert CliRunner().invoke(cli.app, line).exit_code == 0


@pytest.mark.parametrize("kept", ["own.csv", "mine.json"])
@pytest.mark.parametrize("command", ["cluster", "project", "review", "duplicates"])
def test_what_a_table_would_go_over_is_said_before_any_work(run, photos, tmp_path, command, kept):
    (tmp_path / "own.csv").write_text(f"path\n{photos / 'a.png'}\n")
    (tmp_path / "mine.json").write_text('{"cats": 1}')
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    target = (tmp_path / kept).with_suffix(".csv")
    result = run(command, tmp_path / "own.csv", "--csv", target)
    reason = f"cannot write {tmp_path / kept}"
    assert_refused(result.exit_code, result.stdout, result.stderr, reason)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_a_table_that_cannot_be_written_is_refused_before_any_work(run, photos, tmp_path):
    result = run("cluster", photos, "--k", 2, "--csv", tmp_path / "no" / "out.csv")
    reason = f"cannot write {tmp_path / 'no' / 'out.csv'}: there is no folder"
    assert_refused(result.exit_code, result.stdout, result.stderr, reason)


def test_a_tilde_that_the_shell_left_is_ones_own_folder(photos, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    shutil.copytree(photos, tmp_path / "in")
    (tmp_path / "list.csv").write_text("ImageID\na.png\nc.png\n")
    line = ["cluster", "~/list.csv", "--images=~/in", "--k", "2", "--csv=~/out.csv", *QUICK]
    result = CliRunner().invoke(cli.app, [*line, "--cache=~/own.sqlite"])
    assert result.exit_code == 0
    assert [row["ImageID"] for row in rows_of((tmp_path / "out.csv").read_text())] == [
        "a.png",
        "c.png",
    ]
    assert (tmp_path / "own.sqlite").is_file()
    nobody = CliRunner().invoke(cli.app, [*line, "--cache=~nobody-here/own.sqlite"])
    assert nobody.exit_code == 2
    assert "'~nobody-here/own.sqlite'" in " ".join(nobody.stderr.replace("│", " ").split())


def test_an_interruption_says_that_nothing_is_lost(run, photos, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(options, "open_study", interrupt)
    result = run("extract", photos)
    assert result.exit_code == 130
    assert result.stderr == "groupsight: stopped; what is done is kept\n"


@pytest.mark.parametrize(
    ("command", "reason"),
    [(["search", "--like"], "no such image"), (["cluster", "--weights"], "no such weights")],
)
def test_the_home_of_nobody_is_refused(photos, shared_cache, command, reason):
    line = [command[0], str(photos), command[1], "~nobody-of-that-name/x"]
    result = CliRunner().invoke(cli.app, [*line, "--cache", str(shared_cache)])
    reason += ": '~nobody-of-that-name/x' ("
    assert_refused(result.exit_code, result.stdout, result.stderr, reason)


def test_an_image_whose_name_is_no_utf_8_is_searched_for(run, photos, tmp_path):
    image = shutil.copy(photos / "a.png", tmp_path / os.fsdecode(b"caf\xe9.png"))
    assert run("search", photos, "--like", image, "--csv", tmp_path / "like.csv").exit_code == 0
    made_by = json.loads((tmp_path / "like.json").read_text())
    assert made_by["like"] == rf"{tmp_path}/caf\xe9.png"


def test_a_row_is_no_file_unless_there_is_one(run, photos, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "1").mkdir()
    assert rows_of(run("search", photos, "--like", 1).stdout)[0]["path"] == "b.png"
    shutil.copy(photos / "e.png", tmp_path / "2")
    assert rows_of(run("search", photos, "--like", 2).stdout)[0]["path"] == "e.png"


# Bad usage: exit code 2.


@pytest.mark.parametrize(
    "line",
    [
        ["cluster"],
        ["group", "photos"],
        ["cluster", "photos", "--colour", "red"],
        ["cluster", "photos", "--k", "many"],
        ["cluster", "photos", "--reduce", "x"],
        ["cluster", "photos", "--reduce", "0"],
    ],
)
def test_bad_usage_has_an_exit_code_of_its_own(line):
    result = CliRunner().invoke(cli.app, line)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage:" in result.stderr


def test_bad_usage_is_told_to_the_shell():
    result = run_alone("cluster", "photos", "--reduce", "x")
    assert (result.returncode, result.stdout) == (2, "")
    assert "'x' is neither none nor a number from 1" in result.stderr


def test_reduce_takes_none(run, photos, tmp_path):
    run("cluster", photos, "--k", 2, "--reduce", "none", "--csv", tmp_path / "out.csv")
    assert json.loads((tmp_path / "out.json").read_text())["reduce"] == "none"


# Comparing values of k.


def test_sweep_writes_one_row_a_k_and_says_what_they_mean(run, photos):
    done = run("sweep", photos, "--k", "2-4", "--seeds", 2)
    assert done.exit_code == 0, done.output
    rows = rows_of(done.stdout)
    assert [row["k"] for row in rows] == ["2", "3", "4"]
    assert float(rows[0]["silhouette"]) > float(rows[1]["silhouette"])  # two colours
    assert float(rows[0]["inertia"]) > float(rows[1]["inertia"]) > float(rows[2]["inertia"])
    assert {row["stability_n_pairs"] for row in rows} == {"1"}
    assert "2" in done.stderr


def test_sweep_ends_where_the_images_do_and_takes_one_k(run, photos):
    assert [row["k"] for row in rows_of(run("sweep", photos, "--k", "4-9").stdout)] == ["4", "5"]
    assert [row["k"] for row in rows_of(run("sweep", photos, "--k", "3").stdout)] == ["3"]


def test_sweep_says_beside_its_file_what_made_it(run, photos, tmp_path):
    assert run("sweep", photos, "--k", "2-3", "--csv", tmp_path / "sweep.csv").exit_code == 0
    made = json.loads((tmp_path / "sweep.json").read_text())
    assert made["seeds"] == 3
    assert made["layer"].startswith("conv5")


def test_compare_follows_each_image(run, photos):
    done = run("compare", photos, "--k", 2, "--k", 3, "--seeds", 1)
    assert done.exit_code == 0, done.output
    rows = rows_of(done.stdout)
    assert groups_of(rows, "cluster_k2") == [{"a", "b"}, {"c", "d", "e"}]
    assert len(groups_of(rows, "cluster_k3")) == 3
    assert {row["moved"] for row in rows} == {"no"}  # who splits off with his group stays with it
    assert all(0 <= float(row["stability"]) <= 1 for row in rows)
    assert "split" in done.stderr
    assert "adjusted Rand index" in done.stderr


def test_compare_leaves_the_cells_of_the_unreadable_empty(run, photos, tmp_path):
    folder = tmp_path / "some"
    shutil.copytree(photos, folder)
    (folder / "z.png").write_bytes(b"")
    rows = rows_of(run("compare", folder, "--k", 2, "--k", 3).stdout)
    assert list(rows[-1].values()) == ["z.png", "", "", "", ""]


def test_a_sweep_that_something_else_stops_is_no_shorter_sweep(run, photos, monkeypatch):
    measure = Sweep.measure

    def stop(sweep, k):
        if k > 2:
            raise CoreError("the disk is full: make room")
        return measure(sweep, k)

    monkeypatch.setattr(Sweep, "measure", stop)
    done = run("sweep", photos, "--k", "2-4")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "groupsight: the disk is full: make room"


@pytest.fixture
def twins(tmp_path, save_image):
    """Two images, one of them in two files."""
    for name, color, level in (("a", "red", 0), ("b", "red", 9), ("c", "blue", 9)):
        save_image(tmp_path / "twins" / f"{name}.png", color, compress_level=level)
    return tmp_path / "twins"


def test_other_files_of_the_same_pixels_are_compared_up_to_the_images_that_differ(run, twins):
    made_by = twins.parent / "moved.json"
    done = run("compare", twins, "--k", 1, "--k", 2, "--csv", made_by.with_suffix(".csv"))
    assert done.exit_code == 0, done.output
    assert json.loads(made_by.read_text())["stability"] == "over k = 2 to 2, 3 seeds each"


def test_other_files_of_the_same_pixels_are_reviewed(run, twins):
    rows = rows_of(run("review", twins, "--k", 2).stdout)
    assert {row["path"]: float(row["restlessness"]) for row in rows} == {
        "a.png": 0.5, "b.png": 0.5, "c.png": 1
    }  # fmt: skip
    (twins / "c.png").unlink()
    assert {row["restlessness"] for row in rows_of(run("review", twins, "--k", 1).stdout)} == {""}


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["sweep", "--k", "2:4"], 2, "'2:4' is no range: write 2-20"),
        (["sweep", "--k", "6-9"], 1, "5 images that differ are too few for k = 6"),
        (["sweep", "--k", "1-9"], 1, "choose a range within 2 to 100"),
        (["compare", "--k", "2"], 1, "1 values of k: name two, such as --k 5 --k 8"),
        (["compare", "--k", "3", "--k", "3"], 1, "k = 3 twice: name two that differ, such as"),
        (["compare", "--k", "2", "--k", "6"], 1, "k = 6 is more than the 5 images that differ"),
        (["compare"], 2, "Missing option '--k'"),
    ],
)
def test_what_cannot_be_compared_is_refused(run, photos, arguments, code, reason):
    done = run(arguments[0], photos, *arguments[1:])
    assert done.exit_code == code
    assert reason in " ".join(done.stderr.replace("│", " ").split())


def test_review_lists_the_worst_first_with_reasons(run, photos):
    rows = rows_of(run("review", photos, "--k", 2, "--seeds", 1).stdout)
    assert len(rows) == 5
    combined = [float(row["combined"]) for row in rows]
    assert combined == sorted(combined, reverse=True)
    assert {row["cluster"] + row["rival"] for row in rows} == {"01", "10"}
    assert all(row["reasons"] for row in rows)
    assert {row["label"] for row in rows} == {""}


def test_review_can_be_cut_short_and_ordered_by_one_score(run, photos):
    done = run("review", photos, "--k", 2, "--top", 2, "--by", "margin", "--seeds", 0)
    rows = rows_of(done.stdout)
    assert len(rows) == 2
    assert float(rows[0]["margin"]) >= float(rows[1]["margin"])
    assert rows[0]["restlessness"] == ""
    assert "no-such" in run("review", photos, "--by", "no-such").stderr


def test_limits_of_images_are_given_by_option_or_environment_and_hold_for_one_run(
    run, tmp_path, save_image, monkeypatch
):
    save_image(tmp_path / "a.png", (1, 2, 3), size=(41, 31))
    refused = "unreadable: a.png: 41 x 31 pixels, over the limit of 1,270: raise it with --max-p"
    assert refused in run("info", tmp_path, "--max-pixels", "1270").stdout
    assert "unreadable: 0\n" in run("info", tmp_path).stdout  # looked at again
    save_image(tmp_path / "b.png", (3, 2, 1), size=(41, 31))
    monkeypatch.setenv("GROUPSIGHT_MAX_FILE_SIZE", "50")
    assert "over the limit of 50 bytes: raise it with --max-f" in run("info", tmp_path).stdout


def test_what_is_no_limit_is_refused_with_an_example(run, photos):
    done = run("info", photos, "--max-pixels", "many")
    assert done.exit_code == 1
    assert "'many' is no number of pixels: write 200000000, 200MP, or 0" in done.stderr


def test_the_log_says_where_a_refusal_arose_only_if_asked(tmp_path):
    line = ["info", "nowhere", "--cache", str(tmp_path / "c.sqlite")]
    asked = CliRunner().invoke(cli.app, ["--log-level", "debug", *line])
    assert asked.exit_code == 1
    assert "groupsight: no such folder or CSV file: 'nowhere'" in asked.stderr
    assert "DEBUG core.commands.options: where this arose\nTraceback" in asked.stderr
    unasked = CliRunner().invoke(cli.app, line)
    assert "groupsight: no such folder or CSV file: 'nowhere'" in unasked.stderr
    assert "Traceback" not in unasked.stderr

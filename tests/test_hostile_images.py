"""A folder of hostile files, from the files to the clusters: none lost, no one in."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from hostile import KINDS, NAMES, make_hostile
from hostile_bytes import FORMATS
from hostile_images import Outcome, Report, study_hostile, tabulate

from core.sources.base import as_text

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="there are no such files elsewhere")
pytestmark = [linux_only, pytest.mark.timeout(560)]
REASON = re.compile(r"[a-zA-Z0-9][^\n\t]{8,250}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("hostile") / "images"
    make_hostile(made)
    return made


@pytest.fixture(scope="module")
def files(folder):
    """The paths that were there before anything happened to them, by kind."""
    return {kind.name: paths_below(folder / kind.name, folder) for kind in KINDS}


@pytest.fixture(scope="module")
def report(folder, files):
    return study_hostile(folder)


def paths_below(here, folder):
    links_to_folders = {here / "circle"}
    return {
        as_text((Path(root) / name).relative_to(folder))
        for root, folders, names in os.walk(here)
        for name in [*names, *folders]
        if Path(root) / name not in links_to_folders
    }


def test_it_is_as_hostile_as_it_says(files):
    assert len(files["cut at every tenth byte"]) > 50 * len(FORMATS)
    assert len(files["hostile names"]) == len(NAMES)
    assert max(len(os.fsencode(name)) for name in NAMES) == 255
    assert all(files.values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_images_are_clustered_and_all_else_is_listed_with_a_reason(kind, report, files):
    if kind.name == "no permission" and os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may read every file, and setpriv is not there to take that from it")
    outcome = next(one for one in report.outcomes if one.kind == kind)
    read, listed = (files[kind.name], set()) if kind.is_read else (set(), files[kind.name])
    assert (set(outcome.read), set(outcome.listed)) == (read, listed)
    odd = {path: said for path, said in outcome.listed.items() if not REASON.fullmatch(said)}
    assert odd == {}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("bombs/bits.png", "30000 x 30000 pixels, over the limit of 125,000,000: raise it with"),
        ("bombs/icon.ico", "900,000,000 pixels, over the limit of 125,000,000: raise it with"),
        ("bombs/scans.jpg", "a JPEG of 5,009 scans"),
        ("links, pipes, devices/pipe.png", "not a regular file"),
        ("links, pipes, devices/zeros.png", "lies outside of the folders that may be opened"),
        ("links, pipes, devices/outside.png", "lies outside of the folders that may be opened"),
        ("links, pipes, devices/itself.png", "cannot be read: Too many levels of symbolic links"),
        ("links, pipes, devices/nothing.png", "no such file: "),
        ("text, HTML, SVG, ZIP, EPS/svg.jpg", "an SVG drawing"),
        ("text, HTML, SVG, ZIP, EPS/eps.png", "not an image: begins with b'%!PS-Adobe"),
        ("vanish or change meanwhile/vanishes.png", "no such file: "),
        ("vanish or change meanwhile/changes.png", "changed while it was being read: scan again"),
        ("vanish or change meanwhile/becomes a pipe.png", "not a regular file"),
    ],
)
def test_the_reason_names_what_is_wrong(path, reason, report):
    told = {path: said for one in report.outcomes for path, said in one.listed.items()}
    assert told[path].startswith(reason)


def test_memory_stays_below_two_gigabytes(report):
    assert 10**8 < report.peak < 2 * 10**9


def test_the_table_has_a_line_a_kind():
    outcomes = (Outcome(KINDS[0], ("a.png",), {}), Outcome(KINDS[1], (), {"b": "x", "c": "y"}))
    assert tabulate(Report(outcomes, 1_230_000_000)).splitlines() == [
        "| files | read | listed with a reason |",
        "|---|---|---|",
        "| good images | 1 | 0 |",
        "| cut at every tenth byte | 0 | 2 |",
        "",
        "peak memory: 1.23 GB",
    ]

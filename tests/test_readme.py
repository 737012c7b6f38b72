"""What the README promises exists: its commands, their options, its files."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer

from core.cli import app

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [
    line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.split("\n")
]
COMMANDS = typer.main.get_command(app).commands


def options_of(command):
    return {option for one in COMMANDS[command].params for option in one.opts}


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("python -m core")])
def test_every_command_is_known_with_its_options(line):
    command, *words = shlex.split(line)[3:]
    assert {word for word in words if word.startswith("--")} <= options_of(command)


def test_every_command_is_shown():
    assert {line.split()[3] for line in LINES if line.startswith("python -m core")} == set(COMMANDS)


def test_the_table_of_options_is_complete():
    shown = set(re.findall(r"^\| `(--[a-z-]+)` \|", TEXT, re.MULTILINE))
    assert shown == {one for one in options_of("info") if one.startswith("--")} - {"--labels"}


@pytest.mark.parametrize("line", sorted({line for line in LINES if line.startswith("make")}))
def test_every_make_target_is_there(line):
    target = line.split()[1]
    made = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False)
    assert made.returncode == 0


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#:]+)\)", TEXT))
def test_every_file_it_links_to_is_there(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("package", "left_out"),
    # What every other module leans on.
    [("core", {"errors.py", "progress.py"}), ("dashboard", set())],
)
def test_every_module_and_folder_has_a_place_on_its_map(package, left_out):
    rows = "".join(re.findall(rf"^\| `{package}/.*$", TEXT, re.MULTILINE))
    folders = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    assert folders <= set(re.findall(rf"`(?:{package}/)?([a-z_]+)/`", rows))
    names = {path.name for path in (ROOT / package).glob("[a-z]*.py")}
    assert names - set(re.findall(r"[a-z_]+\.py", rows)) == left_out

"""Each optional extra is the same wherever it is written."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["faiss", "ray"])
def test_the_extra_and_its_file_ask_for_the_same(name):
    lines = (ROOT / f"requirements-{name}.txt").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [line for line in lines if line and not line.startswith("#")]
    assert asked == project["optional-dependencies"][name]

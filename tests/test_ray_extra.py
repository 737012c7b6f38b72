"""The optional extra is the same wherever it is written."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_extra_and_its_file_ask_for_the_same():
    lines = (ROOT / "requirements-ray.txt").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [line for line in lines if line and not line.startswith("#")]
    assert asked == project["optional-dependencies"]["ray"]

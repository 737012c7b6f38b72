"""The lowest versions, read from requirements.txt for the environment that tests them."""

import re
from pathlib import Path

import pytest
from lowest import hold_at_lowest

ROOT = Path(__file__).parents[1]


def test_each_lower_bound_becomes_the_version():
    text = "# What is needed.\n\nnumpy>=2.0\numap-learn>=0.5.9.post2\n"
    assert hold_at_lowest(text) == ["numpy==2.0", "umap-learn==0.5.9.post2"]


@pytest.mark.parametrize("line", ["numpy", "numpy==2.0", "numpy>=2.0,<3", "numpy>=two"])
def test_what_is_no_lower_bound_is_refused(line):
    with pytest.raises(ValueError, match=f"{re.escape(repr(line))} .* write name>=version"):
        hold_at_lowest(line)


def test_every_dependency_has_a_lower_bound_and_a_line_in_the_documentation():
    held = hold_at_lowest((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    told = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for one in held:
        name, _, version = one.partition("==")
        assert f"| {name} | {version} |" in told, one

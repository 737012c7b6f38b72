"""No file that is read can run code: neither pickles nor what is as good as one."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(
    path for name in ("core", "dashboard", "tools") for path in (ROOT / name).rglob("*.py")
)
MODULES = {
    "pickle",
    "cPickle",
    "_pickle",
    "cloudpickle",
    "dill",
    "joblib",
    "marshal",
    "shelve",
    "yaml",
}
CALLS = {"eval", "exec", "compile", "__import__", "read_pickle", "to_pickle"}
BY_KEYWORD = {"torch.load": ("weights_only", True), "np.load": ("allow_pickle", False)}
"""Calls that are safe only where a keyword says so."""
EXCEPTIONS = {
    "core/engines/ray_engine.py": "tasks go from one process of a run to another, as all of Ray's",
    "tools/training/checkpoint.py": "only names the error that a damaged file raises",
}
"""Modules that may import `pickle`, and why: neither reads a file by it."""


def find_dangers(source):
    """What in a module could run code from a file: line numbers and names."""
    return [
        (node.lineno, name) for node in ast.walk(ast.parse(source)) for name in _dangers_of(node)
    ]


def _dangers_of(node):
    if isinstance(node, ast.Import):
        return [one.name for one in node.names if one.name.partition(".")[0] in MODULES]
    if isinstance(node, ast.ImportFrom):
        return [node.module] if (node.module or "").partition(".")[0] in MODULES else []
    if not isinstance(node, ast.Call):
        return []
    name = ast.unparse(node.func).replace("numpy.", "np.")
    given = {one.arg: getattr(one.value, "value", None) for one in node.keywords}
    needs = BY_KEYWORD.get(name)
    if needs and given.get(needs[0]) is not needs[1]:
        return [name]
    is_own = name in CALLS or name.rpartition(".")[2] in {"read_pickle", "to_pickle"}
    return [name] if is_own or given.get("allow_pickle") is True else []


def test_there_are_files_to_look_at():
    assert len(FILES) > 200


@pytest.mark.parametrize("folder", ["core", "dashboard", "tools"])
def test_no_module_runs_code_from_a_file(folder):
    found = {
        str(path.relative_to(ROOT)): dangers
        for path in FILES
        if path.is_relative_to(ROOT / folder)
        and str(path.relative_to(ROOT)) not in EXCEPTIONS
        and (dangers := find_dangers(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle", "from pickle import loads", "import joblib", "from yaml import load",
        "torch.load(file)", "torch.load(file, weights_only=False)", "np.load(file)",
        "numpy.load(file, allow_pickle=True)", "np.fromfile(file, allow_pickle=True)",
        "eval(text)", "exec(text)", "pandas.read_pickle(file)",
    ],
)  # fmt: skip
def test_each_danger_is_seen(source):
    assert find_dangers(source)


@pytest.mark.parametrize(
    "source",
    ["torch.load(file, weights_only=True)", "np.load(file, allow_pickle=False)", "model.eval()",
     "import pickled_cucumbers", "re.compile(text)"],
)  # fmt: skip
def test_what_is_harmless_is_not(source):
    assert not find_dangers(source)

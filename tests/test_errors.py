"""What every error that a user may see has to say; and the choice among names."""

import ast
import re
from pathlib import Path

import pytest

from core.errors import CoreError, check_choice, check_seed

ROOT = Path(__file__).parents[1]
ACTS = re.compile(
    r"\b(add|allow|begin|choose|clear|copy|delete|export|extract|give|go on|install|leave|look|make"
    r"|move|name|open|put|rename|save|see|select|search|start|take|try|update|write)\b",
    re.IGNORECASE,
)
"""What a user can do about it: the words are listed so that a new one is chosen, not slipped in."""
RAISED = {"CoreError", "TooManyClusters"}
NAMELESS = {
    "no folder is named: give its whole path, such as /home/ada/sorted",
    "the digits come with scikit-learn, which is not there: install it",
}
"""Nothing was given whose value could be said."""
RELAYED = {
    "the cache {} {}",
    "cannot use {} as the cache: it {}",
    "--engine ray needs Ray, which is not installed: {}",
}
"""What `core.caching.failures` and an extra's command say in full; their own tests read them."""


def constants():
    """Texts of core under a name, which errors may be made of."""
    found = {}
    for file in sources("core"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                found[ast.unparse(node.targets[0])] = node.value.value
    return found


def sources(*folders):
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def texts():
    """Place and text of each error, with {} where a value goes."""
    known = constants()
    for file in sources("core", "dashboard"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED:
                yield f"{file.relative_to(ROOT)}:{node.lineno}", as_text(node.args[0], known)


def as_text(node, known):
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
    if isinstance(node, ast.Constant):
        return node.value
    # What another line or function has put into words is held by the tests of that.
    return known.get(node.id, "{}") if isinstance(node, ast.Name) else "{}"


def relays(text):
    """Only says where another error arose, whose text it repeats."""
    return set(text) <= set("{}: ") or text in RELAYED


def faults(text):
    """What an error's text lacks."""
    if relays(text):
        return []
    found = []
    if not ACTS.search(text):
        found.append("says nothing that one can do")
    if text not in NAMELESS and not re.search(r"\{\}|\d", text):
        found.append("names no value")
    if not re.search(r"[\w}>)'\"]$", text):
        found.append("does not end like a sentence without its full stop")
    return found


def test_every_error_names_a_value_and_what_to_do():
    found = {place: (text, faults(text)) for place, text in texts()}
    assert len(found) > 100  # else they are not found any more
    assert {place: one for place, one in found.items() if one[1]} == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("k = {} is more than the {} images", ["says nothing that one can do"]),
        ("some images are damaged: open them again", ["names no value"]),
        ("no such file: {}, name another:", ["does not end like a sentence without its full stop"]),
        ("k = {}: choose at least 1", []),
        ("{}: {}", []),
    ],
)
def test_what_an_error_lacks_is_noticed(text, said):
    assert faults(text) == said


def test_a_name_that_is_not_known_is_refused_with_those_that_are():
    check_choice("metric", "cosine", ("cosine", "euclidean"))
    with pytest.raises(CoreError) as refused:
        check_choice("metric", "manhattan", ("cosine", "euclidean"))
    assert str(refused.value) == "no metric named 'manhattan': choose one of cosine, euclidean"


def test_a_seed_fits_in_32_bits():
    for seed in (0, 4294967295):
        check_seed(seed)
    for seed in (-1, 4294967296):
        with pytest.raises(CoreError) as refused:
            check_seed(seed)
        assert str(refused.value) == f"a seed of {seed}: choose it between 0 and 4294967295"

"""Print requirements.txt with each direct dependency held at its lowest version, for pip."""

import re
from pathlib import Path

_REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"
_BOUND = re.compile(r"(?P<name>[A-Za-z0-9._-]+)>=(?P<version>[0-9][0-9a-z.]*)")


def hold_at_lowest(requirements: str) -> list[str]:
    """`name==version` for each `name>=version`, line by line.

    Raises:
        ValueError: a line is neither a comment nor a lower bound.
    """
    lines = [line.strip() for line in requirements.splitlines()]
    return [_hold(line) for line in lines if line and not line.startswith("#")]


def _hold(line: str) -> str:
    bound = _BOUND.fullmatch(line)
    if bound is None:
        raise ValueError(f"{line!r} in requirements.txt is no lower bound: write name>=version")
    return f"{bound['name']}=={bound['version']}"


if __name__ == "__main__":
    print("\n".join(hold_at_lowest(_REQUIREMENTS.read_text(encoding="utf-8"))))

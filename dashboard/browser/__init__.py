"""What the components share in the browser: here their scripts, as they lie on the disk."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Modules:
    """All scripts by their path below `dashboard`, and one hash over them, for their address."""

    texts: dict[str, str]
    revision: str


@cache
def all_modules() -> Modules:
    """The scripts of the components, read once."""
    root = Path(__file__).parents[1]
    files = sorted(root.glob("*/*.js"))
    texts = {file.relative_to(root).as_posix(): file.read_text("utf-8") for file in files}
    return Modules(texts, hashlib.sha256(repr(texts).encode()).hexdigest()[:16])

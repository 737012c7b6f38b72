"""What a person does to clusters after K-Means: split one, merge two."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import CoreError

MOST_PARTS = 20


@dataclass(frozen=True, slots=True)
class Split:
    """K-Means inside one cluster. Its largest part keeps the number."""

    cluster: int
    parts: int = 2

    def __post_init__(self) -> None:
        _require_number(self.cluster)
        if not 2 <= self.parts <= MOST_PARTS:  # noqa: PLR2004 - one part would be no split
            raise CoreError(f"a split into {self.parts} parts: choose from 2 to {MOST_PARTS}")

    def __str__(self) -> str:
        return f"split-{self.cluster}-{self.parts}"

    def describe(self) -> str:
        """In words."""
        return f"cluster {self.cluster} split into {self.parts}"


@dataclass(frozen=True, slots=True)
class Merge:
    """All images of one cluster go into another, whose number they bear from then on."""

    cluster: int
    into: int

    def __post_init__(self) -> None:
        _require_number(self.cluster)
        _require_number(self.into)
        if self.cluster == self.into:
            raise CoreError(f"cluster {self.cluster} cannot be merged with itself: name another")

    def __str__(self) -> str:
        return f"merge-{self.cluster}-{self.into}"

    def describe(self) -> str:
        """In words."""
        return f"cluster {self.cluster} merged into {self.into}"


Edit = Split | Merge
_SPELLING = re.compile(r"(split|merge)-(\d{1,6})-(\d{1,6})")
_KINDS: dict[str, type[Split] | type[Merge]] = {"split": Split, "merge": Merge}


def _require_number(cluster: int) -> None:
    if cluster < 0:
        raise CoreError(f"no cluster {cluster}: name one by its number, from 0")


def write_edits(edits: Sequence[Edit]) -> str:
    """As a link and the command line spell them: `split-3-2,merge-7-1`."""
    return ",".join(str(edit) for edit in edits)


def read_edits(text: str) -> tuple[Edit, ...]:
    """The edits in a text as `write_edits` makes it.

    Raises:
        CoreError: a part of it is no edit.
    """
    return tuple(_read(part.strip()) for part in text.split(",") if part.strip())


def _read(text: str) -> Edit:
    found = _SPELLING.fullmatch(text)
    if found is None:
        raise CoreError(
            f"{text!r} changes no cluster: write split-3-2 (cluster 3 into 2 parts) "
            "or merge-7-1 (cluster 7 into cluster 1)"
        )
    return _KINDS[found[1]](int(found[2]), int(found[3]))

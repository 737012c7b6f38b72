"""What clusters are called: by their number, until a person gives them a name."""

import unicodedata
from collections.abc import Mapping

from core.errors import CoreError

LONGEST = 80
"""Characters of a name."""

_DROPPED = {"Cc", "Cs"}
"""Control characters, and halves of characters, which cannot be written as UTF-8."""
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""These turn the direction of the text around a name as well."""


def default_name(cluster: int) -> str:
    """The name of a cluster that nobody has named."""
    return f"cluster {cluster}"


def clean_name(text: str) -> str:
    """On one line, without control characters, at most 80 characters; it may be empty then."""
    line = " ".join(text.split())
    kept = (one for one in line if unicodedata.category(one) not in _DROPPED and one not in _TURNS)
    return " ".join("".join(kept).split())[:LONGEST].strip()


def names_of(given: Mapping[int, str], n_clusters: int) -> tuple[str, ...]:
    """The name of each cluster: the given one, else the default."""
    return tuple(given.get(cluster) or default_name(cluster) for cluster in range(n_clusters))


def rename(given: Mapping[int, str], cluster: int, name: str, n_clusters: int) -> dict[int, str]:
    """The given names after one more was given; an empty name restores the default.

    Raises:
        CoreError: there is no such cluster.
    """
    if not 0 <= cluster < n_clusters:
        raise CoreError(f"no cluster {cluster}: choose one from 0 to {n_clusters - 1}")
    others = {number: kept for number, kept in given.items() if number != cluster}
    cleaned = clean_name(name)
    return {**others, cluster: cleaned} if cleaned else others

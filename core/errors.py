"""The errors of core: one sentence each, with the value, the expectation and what to do."""

from collections.abc import Collection

SEEDS = 2**32
"""From 0 on: those of NumPy and scikit-learn."""


class CoreError(Exception):
    """Something the user can act on. Its text is shown as it is, on the console and in the page."""


def check_choice(kind: str, value: str, known: Collection[str]) -> None:
    """Refuse a name that is not among the known ones.

    Raises:
        CoreError: it names the value and what can be chosen.
    """
    if value not in known:
        raise CoreError(f"no {kind} named {value!r}: choose one of {', '.join(known)}")


def check_seed(seed: int) -> None:
    """Refuse a number that cannot be a seed.

    Raises:
        CoreError: it names the value and what can be chosen.
    """
    if not 0 <= seed < SEEDS:
        raise CoreError(f"a seed of {seed}: choose it between 0 and {SEEDS - 1}")


class Cancelled(Exception):  # noqa: N818 - a wish that was granted, not an error
    """The work was stopped on request. What was finished is in the cache."""

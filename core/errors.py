"""The errors of core: one sentence each, with the value, the expectation and what to do."""

from collections.abc import Collection


class CoreError(Exception):
    """Something the user can act on. Its text is shown as it is, on the console and in the page."""


def check_choice(kind: str, value: str, known: Collection[str]) -> None:
    """Refuse a name that is not among the known ones.

    Raises:
        CoreError: it names the value and what can be chosen.
    """
    if value not in known:
        raise CoreError(f"no {kind} named {value!r}: choose one of {', '.join(known)}")


class Cancelled(Exception):  # noqa: N818 - a wish that was granted, not an error
    """The work was stopped on request. What was finished is in the cache."""

"""What came of each fault, and the table of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """How Groupsight stood one kind of fault.

    Attributes:
        name: by which `--only` repeats it.
        fault: what was done to it, in words.
        tries: how often.
        losses: what was found wrong, a sentence each; empty where nothing was.
        note: what else is to be known, such as how many of the tries hit a transaction.
    """

    name: str
    fault: str
    tries: int
    losses: tuple[str, ...]
    note: str = ""


def tabulate(outcomes: Sequence[Outcome], *, tries: int, seed: int) -> str:
    """The table, in Markdown: a row for each fault, with the command that repeats it."""
    lines = ["| fault | tries | lost | of note | command |", "|---|---|---|---|---|"]
    for one in outcomes:
        command = f"`python tools/torture.py --only {one.name} --tries {tries} --seed {seed}`"
        lines.append(f"| {one.fault} | {one.tries} | {_lost(one)} | {one.note} | {command} |")
    return "\n".join(lines)


def _lost(outcome: Outcome) -> str:
    losses = outcome.losses
    if not losses:
        return "nothing"
    more = f"; and {len(losses) - _SHOWN} more" if len(losses) > _SHOWN else ""
    return "; ".join(losses[:_SHOWN]) + more

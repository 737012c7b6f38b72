"""The tables of a report: what people have decided, what was left out, and what made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.export.markup import Markup, count, element, join
from core.export.report_pictures import Pictures
from core.images import ImageRecord

MOST_PROBLEMS = 200
MOST_CORRECTIONS = 1_000
_HEAD = ("image", "", "decision", "from", "to", "by", "when")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person has decided about an image: all as it is to be read.

    Attributes:
        row: of the image among the distinct ones.
        decision: such as "moved".
        before: what its cluster was called.
        after: what the cluster is called in which it is now; empty where it is in none.
        author: who.
        time: when.
    """

    row: int
    decision: str
    before: str = ""
    after: str = ""
    author: str = ""
    time: str = ""


def draw_corrections(
    corrections: Sequence[Correction], names: Sequence[str], pictures: Pictures
) -> Markup:
    """A line a decision, with its image, at most 1,000 of them.

    `names` are the paths of the distinct images.
    """
    head = element("tr", *(element("th", name, scope="col") for name in _HEAD))
    lines = [
        _line(
            pictures.draw(one.row), names[one.row], one.decision, one.before, one.after,
            one.author, one.time,
        )
        for one in corrections[:MOST_CORRECTIONS]
    ]  # fmt: skip
    if len(corrections) > MOST_CORRECTIONS:
        lines.append(_line("", f"and {len(corrections) - MOST_CORRECTIONS:,} more"))
    return _panel(element("table", head, *lines))


def draw_problems(problems: Sequence[ImageRecord]) -> Markup:
    """The images that could not be read, each with its reason; folded up."""
    lines = [_line(one.path, one.problem or "") for one in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        lines.append(_line(f"and {len(problems) - MOST_PROBLEMS:,} more", ""))
    title = element("summary", f"{count(len(problems), 'image')} could not be read")
    return _panel(element("details", title, element("table", *lines)))


def draw_making(making: Mapping[str, Any]) -> Markup:
    """What made the report: a line for each of its facts that there is."""
    lines = [
        element("tr", element("th", name.replace("_", " "), scope="row"), element("td", str(value)))
        for name, value in making.items()
        if value not in {None, ""}
    ]
    return _panel(element("table", *lines, class_="making"))


def _line(*cells: str) -> Markup:
    return element("tr", join(element("td", cell) for cell in cells))


def _panel(inside: Markup) -> Markup:
    return element("div", inside, class_="panel")

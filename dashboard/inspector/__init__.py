"""The inspector component: one image large, what is known of it, and its nearest neighbours."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from dashboard.browser.answers import read_number
from dashboard.browser.component import ELEMENTS, declare
from dashboard.browser.hearing import Hearing
from dashboard.gallery.images import ImageContents

__all__ = ["Fact", "OpenImage", "show_inspector"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what is known of an image.

    Attributes:
        name: what it is, such as "Cluster".
        text: how it is for this image.
        color: a CSS colour shown before the text, or None.
        copies: whether a button copies the text, as one wants for a path.
    """

    name: str
    text: str
    color: str | None = None
    copies: bool = False


@dataclass(frozen=True, slots=True)
class OpenImage:
    """The image that is shown large.

    Attributes:
        row: its row.
        title: its name.
        full: address of a whole image, with `{id}` in place of the id.
        facts: what is known of it.
        neighbors: rows of its nearest neighbours, the nearest first.
        distances: how far each of them is, in feature space.
        order: address of the rows through which one goes back and forth (u32), or None.
        edges: whether the neighbours are drawn on the map.
    """

    row: int
    title: str
    full: str
    facts: tuple[Fact, ...] = ()
    neighbors: tuple[int, ...] = ()
    distances: tuple[float, ...] = ()
    order: str | None = None
    edges: bool = False

    def __post_init__(self) -> None:
        """Refuse what the browser could only draw wrongly."""
        if len(self.neighbors) != len(self.distances):
            counts = f"{len(self.neighbors)} neighbors and {len(self.distances)} distances"
            raise ValueError(f"{counts}: give a distance for each neighbor")
        if not all(math.isfinite(distance) for distance in self.distances):
            raise ValueError("distances hold NaN or infinity: leave such neighbors out")


_component = declare("inspector/inspector.js", styles=(ELEMENTS, "inspector/inspector.css"))


def show_inspector(
    opened: OpenImage,
    images: ImageContents,
    *,
    key: str,
    on_open: Callable[[int | None], None],
    on_edges: Callable[[bool], None],
) -> None:
    """Draw the inspector.

    Args:
        opened: the image and what is known of it.
        images: where the browser finds neighbours and their names.
        key: of the component.
        on_open: gets the row of the image to open instead; None closes the inspector.
        on_edges: gets whether the neighbours are to be drawn on the map.
    """
    hearing = Hearing(key, of=images.ids)

    def opens() -> None:
        answer = hearing.answer("opened")
        row = read_number(answer.get("row"), images.count)
        if "row" in answer and (row is not None or answer["row"] is None):
            on_open(row)

    def draws() -> None:
        drawn = hearing.answer("edges").get("drawn")
        if isinstance(drawn, bool):
            on_edges(drawn)

    data = {
        "images": images.as_data(),
        **_as_data(opened),
    }
    _component(data=data, key=key, on_opened_change=opens, on_edges_change=draws)


def _as_data(opened: OpenImage) -> dict[str, Any]:
    """Plain JSON; distances to three digits, as they are shown."""
    return {
        "row": int(opened.row),
        "title": opened.title,
        "full": opened.full,
        "facts": [asdict(fact) for fact in opened.facts],
        "neighbors": [int(row) for row in opened.neighbors],
        "distances": [f"{distance:.3g}" for distance in opened.distances],
        "order": opened.order,
        "edges": opened.edges,
    }

"""The gallery component: thumbnails in an order, of which only those in view exist in the page."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.browser.answers import read_rows
from dashboard.browser.component import ELEMENTS, declare
from dashboard.browser.hearing import Hearing
from dashboard.gallery.images import ImageContents

__all__ = ["Action", "GalleryView", "ImageContents", "MarkAction", "show_gallery"]

Action = str
"""What is to be done with the marked images, by the name of a `MarkAction`."""


@dataclass(frozen=True, slots=True)
class MarkAction:
    """A button for the marked images.

    Attributes:
        name: what `on_mark` calls it.
        label: what stands on it.
        hint: what it does, in a sentence.
    """

    name: Action
    label: str
    hint: str = ""


KEEP_OR_REMOVE = (MarkAction("keep", "Keep only these"), MarkAction("remove", "Remove these"))


@dataclass(frozen=True, slots=True)
class GalleryView:
    """What the gallery shows.

    Attributes:
        order: address of the rows in their order, u32.
        opened: the row that is open elsewhere; it stands out and is scrolled to when it changes.
        height: of the scrolled part in pixels; fewer where there is less to see.
        follow: whether to scroll to the image that the pointer is over on the map.
        empty: what to say where the order is empty.
        actions: what can be done with the marked images.
        notes: address of a JSON list of texts, one for each place of the order: they stand below
            the pictures instead of the names; None shows the names.
        excluded: address of a bit set of the rows that are drawn grey; None where there are none.
    """

    order: str
    opened: int | None = None
    height: int = 480
    follow: bool = False
    empty: str = "No images here."
    actions: tuple[MarkAction, ...] = KEEP_OR_REMOVE
    notes: str | None = None
    excluded: str | None = None


_component = declare("gallery/gallery.js", styles=(ELEMENTS, "gallery/gallery.css"))


def show_gallery(
    view: GalleryView,
    images: ImageContents,
    *,
    key: str,
    on_open: Callable[[int], None],
    on_mark: Callable[[NDArray[np.int64], Action], None],
) -> None:
    """Draw the gallery.

    Args:
        view: what it shows.
        images: what there is to be shown.
        key: of the component.
        on_open: gets the row of an image that is to be opened.
        on_mark: gets the marked rows, ascending, and what is to be done with them.
    """
    hearing = Hearing(key, of=images.ids)
    names = [one.name for one in view.actions]

    def marked() -> None:
        answer = hearing.answer("marked")
        rows, action = read_rows(answer.get("rows"), images.count), answer.get("action")
        if rows is not None and rows.size and action in names:
            on_mark(rows, action)

    data = {
        "images": images.as_data(),
        "order": view.order,
        "open": view.opened,
        "height": view.height,
        "follow": view.follow,
        "empty": view.empty,
        "actions": [asdict(one) for one in view.actions],
        "notes": view.notes,
        "excluded": view.excluded,
    }
    _component(
        data=data,
        key=key,
        on_opened_change=hearing.number("opened", "row", images.count, on_open),
        on_marked_change=marked,
    )

"""The duplicates component: groups of images that are all but the same, and which of them stays."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.browser.answers import read_number
from dashboard.browser.component import ELEMENTS, declare
from dashboard.browser.hearing import Hearing
from dashboard.duplicates.content import MOST_DRAWN, Group, write_groups
from dashboard.gallery.images import ImageContents

__all__ = ["MOST_DRAWN", "DuplicatesView", "Group", "Stay", "show_duplicate_groups", "write_groups"]

Stay = tuple[int, int]
"""A group, and the row of the image in it that stays."""


@dataclass(frozen=True, slots=True)
class DuplicatesView:
    """What the component shows.

    Attributes:
        groups: address of the JSON that `write_groups` makes.
        rows: of each group; answers about others are ignored.
        excluded: address of a bit set of the rows that were excluded, or None.
        opened: the row that is open elsewhere, or None.
    """

    groups: str
    rows: tuple[tuple[int, ...], ...]
    excluded: str | None = None
    opened: int | None = None


_component = declare("duplicates/duplicates.js", styles=(ELEMENTS, "duplicates/duplicates.css"))


def show_duplicate_groups(
    view: DuplicatesView,
    images: ImageContents,
    *,
    key: str,
    on_stay: Callable[[list[Stay]], None],
    on_return: Callable[[int], None],
    on_select: Callable[[int], None],
    on_open: Callable[[int], None],
) -> None:
    """Draw the groups.

    Args:
        view: what is shown.
        images: where the browser finds thumbnails and names.
        key: of the component.
        on_stay: gets groups of which only one image is to stay, and which.
        on_return: gets a group all of whose images are to be included again.
        on_select: gets a group whose images are to be selected.
        on_open: gets the row of an image that is to be opened.
    """
    hearing, n_groups = Hearing(key, of=view.groups), len(view.rows)

    def stayed() -> None:
        stays = read_stays(hearing.answer("stayed").get("stays"), view)
        if stays:
            on_stay(stays)

    data = {
        "images": images.as_data(),
        "groups": view.groups,
        "excluded": view.excluded,
        "open": view.opened,
    }
    _component(
        data=data,
        key=key,
        on_stayed_change=stayed,
        on_returned_change=hearing.number("returned", "group", n_groups, on_return),
        on_selected_change=hearing.number("selected", "group", n_groups, on_select),
        on_opened_change=hearing.number("opened", "row", images.count, on_open),
    )


def read_stays(given: Any, view: DuplicatesView) -> list[Stay]:
    """Groups and who stays of each, as the browser says; nothing where one of them is wrong.

    Args:
        given: a list of pairs: a group, and a row of it.
        view: what is shown.
    """
    if not isinstance(given, list):
        return []
    stays: list[Stay] = []
    for one in given:
        if not (isinstance(one, list) and len(one) == 2):  # noqa: PLR2004 - a pair
            return []
        group = read_number(one[0], len(view.rows))
        if group is None or type(one[1]) is not int or one[1] not in view.rows[group]:
            return []
        stays.append((group, one[1]))
    return stays

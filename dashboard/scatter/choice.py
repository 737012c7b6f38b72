"""What the browser tells of the map, checked: a page that shows other images may still talk."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.browser.answers import read_number, read_rows
from dashboard.scatter.content import ZOOM_NUMBERS, MapContent, Zoom


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user did on the map: the rows that are selected now, and the one to open, if any."""

    rows: NDArray[np.int64]
    opened: int | None


def read_choice(given: Mapping[str, Any], content: MapContent) -> Choice | None:
    """What was chosen; None where it does not fit these images.

    Args:
        given: `bits` (a set of rows in base64, row i being bit i, least significant first), `ids`
            (the address of the ids that the browser shows), `count`, `opened`.
        content: what is shown.
    """
    if given.get("ids") != content.ids:
        return None
    rows = read_rows(given.get("bits"), content.n_images)
    row = given.get("opened")
    opened = read_number(row, content.n_images)
    if rows is None or len(rows) != given.get("count") or (opened is None and row is not None):
        return None
    return Choice(rows, opened)


def read_zoom(given: Mapping[str, Any], content: MapContent) -> tuple[Zoom | None] | None:
    """The zoom in a tuple, as it may itself be None; None where it does not fit these images."""
    numbers = given.get("range")
    if numbers is None:
        return (None,)
    if not isinstance(numbers, list) or len(numbers) != ZOOM_NUMBERS[content.n_dimensions]:
        return None
    if not all(type(one) in {int, float} and math.isfinite(one) for one in numbers):
        return None
    return (tuple(float(one) for one in numbers),)

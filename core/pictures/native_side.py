"""How large the images of a source are as a rule: known before any of them is decoded."""

from collections.abc import Iterator, Sequence
from statistics import median_low

import numpy as np

from core.images import ImageRecord
from core.pictures.opening import ImageProblem, open_head
from core.sources import Source

_LOOKED_AT = 32


def measure_side(source: Source, records: Sequence[ImageRecord] = ()) -> int | None:
    """The median of the longer sides of some images, in pixels; None where none can be read.

    They are spread evenly over the source, so that the same source gives the same.

    Args:
        source: whose images.
        records: those of all its entries, with the sizes of the images that were decoded before,
            which are not read again; or nothing.
    """
    last = len(source.entries) - 1
    places = np.unique(np.linspace(0, last, _LOOKED_AT).round().astype(int)).tolist()
    sides = list(_sides(source, records, places if last >= 0 else []))
    return median_low(sides) if sides else None


def _sides(source: Source, records: Sequence[ImageRecord], places: list[int]) -> Iterator[int]:
    for place in places:
        known = max(records[place].width, records[place].height) if records else 0
        try:
            yield known or max(open_head(source.read(place)).size)
        except ImageProblem:  # it is listed with its reason; others say how large they are
            continue

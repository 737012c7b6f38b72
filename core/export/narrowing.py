"""A set of images cut down to a selection: the same records, clusters and places, numbered anew."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.export.export_tables import Grouped, choose_rows
from core.images import ImageSet
from core.review.fit import Fit


def narrow(images: ImageSet, grouped: Grouped, rows: NDArray[np.int64]) -> tuple[ImageSet, Grouped]:
    """The set and what is known of it for some distinct images; their copies come with them.

    Clusters keep their numbers, also those of which no image was chosen.

    Args:
        images: the set, of n distinct images.
        grouped: what is known of them.
        rows: which of them, in any order.
    """
    kept = np.unique(rows)
    records = tuple(images.records[position] for position, _ in choose_rows(images, kept))
    fit = grouped.fit
    few = Fit(fit.own[kept], fit.rivals[kept], fit.rival[kept], fit.fit[kept], fit.centroids)
    made = replace(
        grouped,
        clusters=grouped.clusters[kept],
        fit=few,
        coordinates=None if grouped.coordinates is None else grouped.coordinates[kept],
        stability=None if grouped.stability is None else grouped.stability[kept],
        review=None if grouped.review is None else grouped.review.narrow(kept),
    )
    return ImageSet(images.source, records), made

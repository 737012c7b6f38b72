"""How densely the images lie around each one, from its nearest neighbours."""

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Neighbors


def measure_density(neighbors: Neighbors) -> NDArray[np.float32]:
    """Density of each image, 0 to 1: 0.5 in the middle of the set, 1 among its equals, (n,).

    With r the mean distance of an image to its neighbours, itself left out (the weight of
    F. Angiulli and C. Pizzuti, "Fast Outlier Detection in High Dimensional Spaces", PKDD 2002,
    divided by their number), and m the median of all r, it is m / (m + r): an image whose
    neighbours are twice as far as usual has 1/3, one with all neighbours at distance 0 has 1.
    The order is that of the nearest-neighbour estimate of a density (D. Loftsgaarden and
    C. Quesenberry, 1965), without its power of d, which no colour scale can show at 256
    dimensions. Comparable within one set only. One image alone has NaN.
    """
    distances = neighbors.distances[:, 1:]  # (n, k - 1)
    if distances.shape[1] == 0:
        return np.full(len(distances), np.nan, dtype=np.float32)
    mean = distances.mean(axis=1, dtype=np.float64)  # (n,)
    median = np.median(mean)
    density: NDArray[np.float64] = np.divide(
        median, median + mean, out=np.ones_like(mean), where=mean > 0
    )
    return density.astype(np.float32)

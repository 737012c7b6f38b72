"""How good a clustering is, estimated from a sample of its images, with the error of doing so.

For sets of which memory holds a sample alone: `core.clusters.streaming`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.measures.silhouette import Silhouettes

_GROUPS = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sample says of all images.

    Attributes:
        value: the estimate.
        error: its standard error, with s the standard deviation in the sample:
            s / sqrt(n_sampled) * sqrt(1 - n_sampled / n_images) (W. Cochran, Sampling Techniques,
            1977, theorem 2.2), times n_images for a sum. Two of them either way hold the true
            value about 19 times in 20.
        n_sampled: how many images it was taken of.
        n_images: how many there are.
    """

    value: float
    error: float
    n_sampled: int
    n_images: int

    def describe(self) -> str:
        """In words, with the range that holds the true value about 19 times in 20."""
        if self.error == 0:
            return f"{self.value:.4g}"
        some = f"{self.n_sampled:,} of {self.n_images:,} images"
        return f"{self.value:.4g} ± {2 * self.error:.2g} ({some})"


@dataclass(frozen=True, slots=True)
class SampledMeasures:
    """The measures of a clustering that can be taken of a sample.

    Attributes:
        inertia: the sum of the squared distances of all images to their centroids.
        silhouette: the mean silhouette; each image is scored against the whole sample, which
            stands for all, so that its error is found by random groups: the standard deviation of
            the silhouettes of ten parts of the sample, each by itself, divided by the root of ten
            (K. Wolter, Introduction to Variance Estimation, 2007, section 2.2). None for one
            cluster, or where no two images differ.
    """

    inertia: Estimate
    silhouette: Estimate | None


def measure_sample(
    values: NDArray[np.float32],
    labels: NDArray[np.integer[Any]],
    distances: NDArray[np.float32],
    *,
    n_images: int,
    seed: int = 42,
) -> SampledMeasures:
    """The measures of a random sample of s of `n_images` images.

    Args:
        values: their features, (s, d).
        labels: the cluster of each, (s,).
        distances: of each to its centroid, (s,).
        n_images: how many there are in all.
        seed: chooses the images whose silhouette is taken.

    Raises:
        ValueError: there are more images in the sample than in all, or none.
    """
    if not 0 < len(values) <= n_images:
        raise ValueError(f"a sample of {len(values)} of {n_images} images: give 1 to all of them")
    squares = np.square(distances, dtype=np.float64)
    mean = _estimate(squares, n_images)
    inertia = Estimate(mean.value * n_images, mean.error * n_images, len(squares), n_images)
    return SampledMeasures(inertia, _silhouette(values, labels, n_images, seed))


def _silhouette(
    values: NDArray[np.float32], labels: NDArray[np.integer[Any]], n_images: int, seed: int
) -> Estimate | None:
    found = Silhouettes(values, seed=seed).measure(labels)
    if found is None:
        return None
    order = np.random.default_rng(seed).permutation(len(values))
    parts = (np.sort(part) for part in np.array_split(order, _GROUPS))
    scored = (Silhouettes(values[part], seed=seed).measure(labels[part]) for part in parts)
    means = [one.mean for one in scored if one is not None]
    # In a few images a part may have one cluster only, and says nothing.
    spread = float(np.std(means, ddof=1)) if len(means) == _GROUPS else 1.0
    error = spread * ((1 - len(values) / n_images) / _GROUPS) ** 0.5
    # Of a large sample not every image is scored, which is an error of its own.
    return Estimate(found.mean, float(np.hypot(error, found.error)), len(values), n_images)


def _estimate(sample: NDArray[np.floating[Any]], n_images: int) -> Estimate:
    """The mean over all, from a sample."""
    count = len(sample)
    left_out = 1 - count / n_images
    spread = float(sample.std(ddof=1, dtype=np.float64)) if count > 1 else 0.0
    error = spread * (left_out / count) ** 0.5
    return Estimate(float(sample.mean(dtype=np.float64)), error, count, n_images)

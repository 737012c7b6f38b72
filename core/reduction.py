"""Features made comparable and fewer: L2 normalisation, then PCA."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError, check_choice

_POWER = 2
"""Rounds of the randomised solver; scikit-learn's own 7 cost more than they keep."""
NORMALIZATIONS = ("l2", "none")


@dataclass(frozen=True, slots=True)
class ReductionParams:
    """How features are prepared for everything that compares them.

    Attributes:
        normalize: `l2` divides each image's features by their Euclidean length, `none` does not.
        n_components: how many principal components are kept; None keeps the features as they are.
        seed: for the randomised solver that scikit-learn takes for wide data.
    """

    normalize: str = "l2"
    n_components: int | None = 256
    seed: int = 42

    def __post_init__(self) -> None:
        check_choice("normalisation", self.normalize, NORMALIZATIONS)
        if self.n_components is not None and self.n_components < 1:
            raise CoreError(f"cannot reduce to {self.n_components} values: give none or at least 1")


@dataclass(frozen=True, slots=True)
class Reduction:
    """Prepared features, float32 (n, n_kept), and which share of their variance was kept."""

    values: NDArray[np.float32]
    explained_variance: float = 1.0
    is_reduced: bool = False

    def describe(self) -> str:
        """In words, for display and for exports."""
        if not self.is_reduced:
            return "none"
        return f"PCA to {self.values.shape[1]} ({self.explained_variance:.1%} of the variance)"


def reduce_features(features: NDArray[np.float32], params: ReductionParams) -> Reduction:
    """Normalise the features (n, n_features), then keep their principal components.

    PCA is left out where it would drop nothing: with no more features than components. It cannot
    keep more components than there are images.
    """
    values = normalize_rows(features) if params.normalize == "l2" else features
    wanted = params.n_components
    if wanted is None or values.shape[1] <= wanted or len(values) < 2:  # noqa: PLR2004
        return Reduction(values)
    from sklearn.decomposition import PCA  # noqa: PLC0415 - slow to import

    n_components = min(wanted, len(values))
    pca = PCA(n_components, iterated_power=_POWER, random_state=params.seed)
    with np.errstate(invalid="ignore"):  # identical images have no variance: 0 / 0
        reduced = pca.fit_transform(values)
    kept = float(np.sum(pca.explained_variance_ratio_))
    share = kept if np.isfinite(kept) else 1.0
    return Reduction(reduced[_first_equals(values)], share, is_reduced=True)


def _first_equals(values: NDArray[np.float32]) -> list[int]:
    """For each row the first that equals it: a matrix product may round equal rows differently."""
    first: dict[bytes, int] = {}
    return [first.setdefault(row.tobytes(), position) for position, row in enumerate(values)]


def normalize_rows(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row divided by its Euclidean length; a row of zeros stays one."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    divisors = np.where(lengths == 0, np.float32(1), lengths)
    return np.divide(features, divisors, dtype=np.float32)

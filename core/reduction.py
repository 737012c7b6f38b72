"""Features made comparable and fewer: L2 normalisation, then PCA."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError, check_choice
from core.randomized_pca import PrincipalComponents, find_components

_WIDE = 1000
"""Of narrower features scikit-learn finds the components exactly and as fast."""
_FEW = 0.8
"""Of all components. More of them are as well found exactly."""
NORMALIZATIONS = ("l2", "none")
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class ReductionParams:
    """How features are prepared for everything that compares them.

    Attributes:
        normalize: `l2` divides each image's features by their Euclidean length, `none` does not.
        n_components: how many principal components are kept; None keeps the features as they are.
        seed: for the randomised solver that is taken for wide features.
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
    """Prepared features, and all it takes to prepare those of a new image in the same way.

    Attributes:
        values: one row for each image, float32 (n, n_kept).
        explained_variance: which share of the features' variance was kept.
        is_reduced: whether there was a PCA.
        normalize: how features are normalised before the PCA.
        mean: what is subtracted before the PCA, float32 (n_features,); None without one.
        components: its directions, float32 (n_kept, n_features); None without one.
    """

    values: NDArray[np.float32]
    explained_variance: float = 1.0
    is_reduced: bool = False
    normalize: str = "none"
    mean: NDArray[np.float32] | None = None
    components: NDArray[np.float32] | None = None

    def describe(self) -> str:
        """In words, for display and for exports."""
        if not self.is_reduced:
            return "none"
        return f"PCA to {self.values.shape[1]} ({self.explained_variance:.1%} of the variance)"

    def apply(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Prepare features (m, n_features) as those of the set were: float32 (m, n_kept).

        Features that are in the set get the values of their row, within float32 rounding.

        Raises:
            CoreError: an image has another number of features than those of the set.
        """
        directions = self.values if self.components is None else self.components
        if features.shape[1] != directions.shape[1]:
            found, expected = features.shape[1], directions.shape[1]
            raise CoreError(
                f"{found} features an image, those of the set have {expected}: open both again"
            )
        values = _normalized(features, self.normalize)
        if self.mean is None or self.components is None:
            return values
        return _turn(values, self.mean, self.components)


def reduce_features(features: NDArray[np.float32], params: ReductionParams) -> Reduction:
    """Normalise the features (n, n_features), then keep their principal components.

    PCA is left out where it would drop nothing: with no more features than components. It cannot
    keep more components than there are images.
    """
    values = _normalized(features, params.normalize)
    wanted = params.n_components
    if wanted is None or values.shape[1] <= wanted or len(values) < 2:  # noqa: PLR2004
        return Reduction(values, normalize=params.normalize)
    found = _find_components(values, min(wanted, len(values)), params.seed)
    coordinates = found.coordinates[_first_equals(values)]
    return Reduction(
        coordinates,
        found.share,
        is_reduced=True,
        normalize=params.normalize,
        mean=found.mean,
        components=found.components,
    )


def _find_components(values: NDArray[np.float32], count: int, seed: int) -> PrincipalComponents:
    if values.shape[1] > _WIDE and count < _FEW * min(values.shape):
        return find_components(values, count, seed=seed)
    from sklearn.decomposition import PCA  # noqa: PLC0415 - slow to import

    pca = PCA(count, random_state=seed)
    with np.errstate(invalid="ignore"):  # identical images have no variance: 0 / 0
        pca.fit(values)
    share = float(np.sum(pca.explained_variance_ratio_))
    mean, components = pca.mean_.astype(np.float32), pca.components_.astype(np.float32)
    # Not the product that the solver gives: where it is a randomised one that has not converged,
    # a new image could not be laid beside its own copy.
    turned = _turn(values, mean, components)
    return PrincipalComponents(mean, components, turned, share if np.isfinite(share) else 1.0)


def _normalized(features: NDArray[np.float32], normalize: str) -> NDArray[np.float32]:
    return normalize_rows(features) if normalize == "l2" else features


def _turn(
    values: NDArray[np.float32], mean: NDArray[np.float32], components: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Coordinates (n, n_kept) along the components, some rows at a time: centring copies them."""
    turned = np.empty((len(values), len(components)), dtype=np.float32)
    for start in range(0, len(values), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        np.matmul(values[rows] - mean, components.T, out=turned[rows])
    return turned


def _first_equals(values: NDArray[np.float32]) -> NDArray[np.intp]:
    """For each row the first that equals it: a matrix product may round equal rows differently."""
    words = np.ascontiguousarray(values).view(np.uint32)
    sums = words.sum(axis=1, dtype=np.uint64)  # (n,): exact, so those of equal rows are equal
    _, place, count = np.unique(sums, return_inverse=True, return_counts=True)
    first, seen = np.arange(len(values)), dict[bytes, int]()
    for row in np.flatnonzero(count[place] > 1).tolist():
        first[row] = seen.setdefault(values[row].tobytes(), row)
    return first


def normalize_rows(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row divided by its Euclidean length; a row of zeros stays one."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    divisors = np.where(lengths == 0, np.float32(1), lengths)
    return np.divide(features, divisors, dtype=np.float32)

"""UMAP: a map on which images that resemble each other lie together.

L. McInnes, J. Healy and J. Melville, "UMAP: Uniform Manifold Approximation and Projection for
Dimension Reduction", arXiv:1802.03426: the graph and the start by umap-learn, the rest by
`core.layout`.
"""

import threading
import warnings
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError, check_choice
from core.neighbors import METRICS, Neighbors

DIMENSIONS = (2, 3)
SMALLEST = 5
"""Fewer images have no neighbourhood structure that UMAP could show."""
SAMPLE_ABOVE = 50_000
"""Images up to which all are laid out from the start; of more see `core.sampled_projection`."""
SAMPLE = 25_000
"""Images that are then laid out from the start."""
ROUNDS = 200
"""In which all are moved then."""

_FEW, _ROUNDS_OF_FEW, _ROUNDS_OF_MANY = 10_000, 500, 200
"""Rounds from the start, as umap-learn has them."""

# numba's fallback threading layer aborts the process when two threads enter it at once.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class UMAPParams:
    """UMAP's own parameters under its own names; `seed` is its `random_state`."""

    n_neighbors: int = 15
    min_dist: float = 0.1
    metric: str = "euclidean"
    seed: int = 42
    n_components: int = 2

    def __post_init__(self) -> None:
        if self.n_components not in DIMENSIONS:
            raise CoreError(f"a map of {self.n_components} dimensions: choose 2 or 3")
        if self.n_neighbors < 2:  # noqa: PLR2004
            raise CoreError(f"n_neighbors = {self.n_neighbors}: UMAP needs at least 2, choose more")
        if not 0 <= self.min_dist <= 1:
            raise CoreError(f"min_dist = {self.min_dist}: choose it between 0 and 1")
        check_choice("metric", self.metric, METRICS)


@dataclass(frozen=True, slots=True)
class Projection:
    """The map: coordinates float32 (n, n_components), and in words how they were made."""

    coordinates: NDArray[np.float32]
    method: str


def neighbors_needed(n_images: int, params: UMAPParams) -> int:
    """How many neighbours, the image itself among them, UMAP will be given."""
    return min(params.n_neighbors, n_images - 1)


def project(
    values: NDArray[np.float32], neighbors: Neighbors | None, params: UMAPParams
) -> Projection:
    """Lay out the rows of `values` (n, d) by their exact nearest neighbours.

    Fewer than 5 images are laid out by PCA, and `neighbors` is not needed for them.

    Raises:
        CoreError: there is no image at all, or `neighbors` is missing.
    """
    if len(values) == 0:
        raise CoreError("there are 0 images to lay out: name some that can be read")
    if len(values) < SMALLEST:
        few = _lay_out_few(values, params.n_components)
        return Projection(few, f"PCA, since {len(values)} images are few for UMAP")
    if neighbors is None:
        raise CoreError(f"the map of {len(values)} images needs their neighbours: give them")
    return Projection(_fit_umap(values, neighbors, params), _describe(len(values), params))


def settle(
    values: NDArray[np.float32],
    neighbors: Neighbors,
    params: UMAPParams,
    *,
    places: NDArray[np.float32],
    rounds: int,
) -> Projection:
    """Move images that have places (n, n_components) by some of UMAP's rounds, by their neighbours.

    For 5 images or more.
    """
    moved = _fit_umap(values, neighbors, params, rounds=rounds, places=places)
    return Projection(moved, _describe(len(values), params))


def _describe(n_images: int, params: UMAPParams) -> str:
    """In words."""
    n_neighbors, asked = neighbors_needed(n_images, params), params.n_neighbors
    fewer = "" if n_neighbors == asked else f" ({asked} asked, {n_images} images)"
    method = f"UMAP on exact neighbours, n_neighbors {n_neighbors}{fewer}"
    if params.n_components != 2:  # noqa: PLR2004
        method = f"{method}, {params.n_components}-D"
    settings = f"min_dist {params.min_dist:g}, {params.metric}, seed {params.seed}"
    return f"{method}, {settings}"


def warm_up() -> None:
    """Lay out a few points, so that what UMAP compiles in each process is compiled beforehand."""
    values = np.random.default_rng(0).normal(size=(32, 4)).astype(np.float32)
    distances = np.linalg.norm(values[:, None] - values, axis=2)  # (32, 32)
    nearest = distances.argsort(axis=1)[:, :10]  # (32, 10)
    neighbors = Neighbors(nearest, np.take_along_axis(distances, nearest, axis=1))
    project(values, neighbors, UMAPParams(n_neighbors=10))


def _fit_umap(
    values: NDArray[np.float32],
    neighbors: Neighbors,
    params: UMAPParams,
    *,
    rounds: int | None = None,
    places: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """umap-learn's graph, and its start where there are no places, laid out by our rounds."""
    from core.layout import LayoutParams, lay_out  # noqa: PLC0415 - brings torch and numba

    reducer, start = _begin(values, neighbors, params, places)
    rounds = rounds or (_ROUNDS_OF_FEW if len(values) <= _FEW else _ROUNDS_OF_MANY)
    how = LayoutParams(reducer._a, reducer._b, rounds, params.seed)
    return lay_out(start, reducer.graph_, how)


def _begin(
    values: NDArray[np.float32],
    neighbors: Neighbors,
    params: UMAPParams,
    places: NDArray[np.float32] | None,
) -> tuple[Any, NDArray[np.float32]]:
    """umap-learn's own object, which knows the graph, and where it would start from."""
    n_neighbors = neighbors_needed(len(values), params)
    with _one_at_a_time, warnings.catch_warnings():
        # Its parametric variant, which is not used, asks for TensorFlow on import.
        warnings.filterwarnings("ignore", message="Tensorflow", category=ImportWarning)
        # A precomputed graph has no index for transforming further images; none is wanted.
        warnings.filterwarnings("ignore", message=".*knn_search_index")
        # A graph in several parts is laid out part by part: umap-learn says so, and does it.
        warnings.filterwarnings("ignore", module="umap.spectral")
        warnings.filterwarnings("ignore", module="sklearn.manifold")
        reducer = _import_umap().UMAP(
            n_neighbors=n_neighbors,
            min_dist=params.min_dist,
            n_components=params.n_components,
            metric=params.metric,
            random_state=params.seed,
            n_jobs=1,  # what a seed demands; said aloud, umap-learn does not warn
            n_epochs=0,
            init="spectral" if places is None else places,
            precomputed_knn=(
                # Of one memory layout, or numba compiles for each anew.
                np.ascontiguousarray(neighbors.indices[:, :n_neighbors]),
                np.ascontiguousarray(neighbors.distances[:, :n_neighbors]),
            ),
        )
        return reducer, reducer.fit_transform(values)


@cache
def _import_umap() -> Any:
    """umap-learn, told to keep on disk what it else compiles anew in each process, for seconds.

    What finds approximate neighbours is left uncompiled, which would take half a minute of the
    first import on a machine: ours are exact, and nothing calls it.
    """
    from core.machine_code import compiled_when_called  # noqa: PLC0415 - brings numba

    with compiled_when_called():
        import umap  # noqa: PLC0415 - takes seconds to import

    for function in (umap.umap_.smooth_knn_dist, umap.umap_.compute_membership_strengths):
        with suppress(AttributeError, RuntimeError):  # nowhere to keep it
            function.enable_caching()
    return umap


def _lay_out_few(values: NDArray[np.float32], n_components: int) -> NDArray[np.float32]:
    """The first principal components by singular values; missing ones are 0."""
    centred = values - values.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)  # (n, r), (r,)
    coordinates = np.zeros((len(values), n_components), dtype=np.float32)
    found = min(n_components, len(singular))
    coordinates[:, :found] = (left * singular)[:, :found]
    return coordinates

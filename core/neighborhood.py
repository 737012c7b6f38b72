"""The neighbours of the images of a study, and their maps, which are made of them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Neighbors
from core.projection import (
    ROUNDS,
    SAMPLE,
    SAMPLE_ABOVE,
    SMALLEST,
    Projection,
    UMAPParams,
    neighbors_needed,
    project,
)
from core.results import Result, Results
from core.versions import version


class Neighborhood(Results):
    """Where the distinct images lie: beside which others, and on the map."""

    def project(self, params: UMAPParams) -> Projection:
        """The map of the distinct images, in the order of `images.ids`."""

        def find(k: int) -> Neighbors:
            return self.neighbors(k, params.metric)

        return self._map(
            self.images.ids, params, lambda: self._project(self.reduction.values, params, find)
        )

    def project_some(self, rows: NDArray[np.int64], params: UMAPParams) -> Projection:
        """The map of some distinct images by themselves, in the order of `rows`."""
        ids = [self.images.ids[row] for row in rows.tolist()]
        values = self.reduction.values[rows]  # (len(rows), d)

        def find(k: int) -> Neighbors:
            return self._search_neighbors(values, k, params.metric)

        return self._map(ids, params, lambda: self._project(values, params, find))

    def _map(
        self, ids: Sequence[str], params: UMAPParams, compute: Callable[[], Result]
    ) -> Projection:
        parts = {"ids": self._digest(ids), "umap": version("umap-learn"), **asdict(params)}
        if len(ids) > SAMPLE_ABOVE:
            parts |= {"sample": SAMPLE, "rounds": ROUNDS}
        facts, arrays = self.cached("umap", parts, compute)
        return Projection(arrays["coordinates"], facts["method"])

    def _project(
        self, values: NDArray[np.float32], params: UMAPParams, find: Callable[[int], Neighbors]
    ) -> Result:
        """`find` gives as many neighbours as are needed; a few images are laid out without."""
        neighbors = None
        if len(values) >= SMALLEST:
            neighbors = find(neighbors_needed(len(values), params))
        if neighbors is None or len(values) <= SAMPLE_ABOVE:
            made = project(values, neighbors, params)
        else:
            made = self._project_by_sample(values, neighbors, params)
        return {"method": made.method}, {"coordinates": made.coordinates}

    def _project_by_sample(
        self, values: NDArray[np.float32], neighbors: Neighbors, params: UMAPParams
    ) -> Projection:
        from core.sampled_projection import project_by_sample  # noqa: PLC0415 - brings torch

        def find(some: NDArray[np.float32]) -> Neighbors:
            return self._search_neighbors(some, params.n_neighbors, params.metric)

        return project_by_sample(
            values, neighbors, params, find,
            sample=SAMPLE, rounds=ROUNDS, device=self._torch_device,
        )  # fmt: skip

    def neighbors(self, k: int, metric: str = "euclidean") -> Neighbors:
        """The k nearest of each distinct image, itself first, in the order of `images.ids`."""
        parts = {"ids": self._digest(self.images.ids), "k": k, "metric": metric}
        _, arrays = self.cached("neighbors", parts, lambda: self._find_neighbors(k, metric))
        return Neighbors(arrays["indices"], arrays["distances"])

    def _find_neighbors(self, k: int, metric: str) -> Result:
        found = self._search_neighbors(self.reduction.values, k, metric)
        return {}, {"indices": found.indices, "distances": found.distances}

    def _search_neighbors(self, values: NDArray[np.float32], k: int, metric: str) -> Neighbors:
        from core.neighbor_search import find_neighbors  # noqa: PLC0415 - brings torch

        return find_neighbors(values, k=k, metric=metric, device=self._torch_device)

    @property
    def _torch_device(self) -> str:
        return "cuda" if self.recipe.device.kind == "cuda" else "cpu"

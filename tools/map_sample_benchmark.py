"""Ways to lay out many images by a sample of them, on the 1,797 digits: what each way keeps.

    python tools/map_sample_benchmark.py

Trustworthiness at 15 neighbours (J. Venna and S. Kaski, 2001), and the share of the 15 nearest on
the map that are among the 15 nearest in truth.
"""

import time
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness

from core.neighbor_search import find_neighbors
from core.neighbors import Neighbors
from core.placing import place
from core.projection import UMAPParams, project, settle

_SHARE = 4
_NEAREST = 15
_PARAMS = UMAPParams()
Values = NDArray[np.float32]


def main() -> None:
    """Lay out the digits in each way and print a line of each."""
    values = load_digits().data.astype(np.float32)
    count = len(values)
    rows = np.random.default_rng(0).choice(count, count // _SHARE, replace=False)
    rows.sort()
    neighbors, some = find_neighbors(values, k=_NEAREST), values[rows]
    laid = project(some, find_neighbors(some, k=_NEAREST), _PARAMS).coordinates

    def placed(n_nearest: int) -> Values:
        places = place(values, some, laid, n_nearest=n_nearest)
        places[rows] = laid
        return places

    def settled(rounds: int) -> Values:
        made = settle(values, neighbors, _PARAMS, places=placed(3), rounds=rounds)
        return made.coordinates

    ways: dict[str, Callable[[], Values]] = {
        "UMAP of all from the start": lambda: project(values, neighbors, _PARAMS).coordinates,
        "sample, placed, 200 rounds over all": lambda: settled(200),
        "sample, placed, 50 rounds over all": lambda: settled(50),
        "sample, placed, 20 rounds over all": lambda: settled(20),
        "sample, each other image on its nearest": lambda: placed(1),
        "sample, between its 3 nearest": lambda: placed(3),
        "sample, between its 15 nearest": lambda: placed(15),
        "sample, umap-learn's transform": lambda: _transform(values, rows),
    }
    for name, way in ways.items():
        began = time.perf_counter()
        places = way()
        spent = time.perf_counter() - began
        trust = trustworthiness(values, places, n_neighbors=_NEAREST)
        print(f"{name:<42}trust {trust:.3f}  kept {_kept(places, neighbors):.3f}  {spent:.1f} s")


def _transform(values: Values, rows: NDArray[np.int64]) -> Values:
    """The plain way: fit to the sample, transform the others."""
    import umap  # noqa: PLC0415 - slow to import

    reducer = umap.UMAP(random_state=_PARAMS.seed, n_jobs=1).fit(values[rows])
    others = np.setdiff1d(np.arange(len(values)), rows)
    places = np.empty((len(values), 2), dtype=np.float32)
    places[rows], places[others] = reducer.embedding_, reducer.transform(values[others])
    return places


def _kept(places: Values, neighbors: Neighbors) -> float:
    on_map = find_neighbors(places, k=_NEAREST).indices[:, 1:]
    true = neighbors.indices[:, 1:]
    return float((on_map[:, :, None] == true[:, None, :]).any(axis=2).mean())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()

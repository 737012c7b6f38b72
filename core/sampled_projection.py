"""The map of very many images: a sample laid out, the others placed, then all moved together.

A layout of all from the start takes UMAP longer; docs/scale.md has what each way keeps of the
neighbours, and the command that measures it.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Neighbors
from core.placing import place
from core.projection import ROUNDS, SAMPLE, Projection, UMAPParams, project, settle

Values = NDArray[np.float32]
Find = Callable[[Values], Neighbors]


def project_by_sample(
    values: Values,
    neighbors: Neighbors,
    params: UMAPParams,
    find: Find,
    *,
    sample: int = SAMPLE,
    rounds: int = ROUNDS,
    device: str = "cpu",
) -> Projection:
    """Lay out a sample of the rows of `values` (n, d), place the others, and settle all.

    Args:
        values: of all images.
        neighbors: of all among all, exact.
        params: UMAP's, of the sample's layout and of the rounds over all.
        find: gives the neighbours of some rows among themselves.
        sample: how many rows are laid out, drawn by the seed.
        rounds: in which all move then.
        device: where the nearest of the sample are found.
    """
    rows = np.random.default_rng(params.seed).choice(len(values), sample, replace=False)
    rows.sort()
    some = values[rows]  # (s, d)
    laid = project(some, find(some), params).coordinates  # (s, c)
    places = place(values, some, laid, metric=params.metric, device=device)  # (n, c)
    places[rows] = laid
    made = settle(values, neighbors, params, places=places, rounds=rounds)
    return replace(made, method=f"{made.method}, {_describe(sample, len(values), rounds)}")


def _describe(sample: int, n_images: int, rounds: int) -> str:
    return (
        f"laid out by a sample of {sample:,} of {n_images:,}, the others placed between their "
        f"nearest of these, then {rounds} rounds over all"
    )

"""The principal components of wide data, without looking at all directions.

The randomised subspace iteration of N. Halko, P. Martinsson and J. Tropp, "Finding Structure with
Randomness", SIAM Review 53, 2011, algorithm 4.4, with the directions orthonormal in every round.
At the end the components are sought in the space of the directions: so the coordinates are true
projections, and those of a new image agree with them whether or not the iteration has converged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_ROUNDS = 2
_SPARE = 64
"""Directions beyond those wanted: they cost less than a further round, and keep as much."""


@dataclass(frozen=True, slots=True)
class PrincipalComponents:
    """Of the rows of a matrix (n, d).

    Attributes:
        mean: of the rows, float32 (d,).
        components: orthonormal, that with the largest variance first, float32 (n_components, d).
        coordinates: of the rows along them, float32 (n, n_components).
        share: of the variance that they keep.
    """

    mean: Matrix
    components: Matrix
    coordinates: Matrix
    share: float


def find_components(values: Matrix, n_components: int, *, seed: int) -> PrincipalComponents:
    """The principal components of the rows of `values` (n, d), fewer than n and d."""
    mean = values.mean(axis=0)
    centred = values - mean
    n_tried = min(n_components + _SPARE, *values.shape)
    generator = np.random.default_rng(seed)
    directions = generator.standard_normal((values.shape[1], n_tried), dtype=np.float32)
    for _ in range(_ROUNDS):
        directions = np.linalg.qr(centred.T @ (centred @ directions))[0]  # (d, n_tried)
    along = centred @ directions  # (n, n_tried)
    squares, turn = np.linalg.eigh((along.T @ along).astype(np.float64))
    kept = turn[:, ::-1][:, :n_components].astype(np.float32)
    components = np.ascontiguousarray((directions @ kept).T)
    total = float(np.vdot(centred, centred))
    share = float(squares[::-1][:n_components].sum()) / total if total else 1.0
    return PrincipalComponents(mean, components, along @ kept, min(share, 1.0))

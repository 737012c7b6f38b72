"""Where K-Means starts: k-means++, drawn once for every k.

D. Arthur and S. Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007, with
several candidates for each centre, of which the best is taken, as in scikit-learn. The draws are
scikit-learn's for the same seed. There the number of candidates is 2 + floor(ln k), so that all k
with the same number begin with the same centres: those for k = 20 hold those for k = 8 … 19.
"""

import threading
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


class Seeding:
    """The first centres in the rows of one matrix (n, d), for any k. Threads may share it."""

    def __init__(self, values: Matrix, *, seed: int) -> None:
        self.values = values
        self.seed = seed
        self._squares = np.einsum("nd,nd->n", values, values)  # (n,)
        self._chains: dict[int, _Chain] = {}
        self._lock = threading.Lock()

    @cached_property
    def n_distinct(self) -> int:
        """How many rows differ from each other."""
        return len({(row + 0).tobytes() for row in self.values})  # -0 + 0 is 0

    def choose(self, n_clusters: int) -> Matrix:
        """The centres (n_clusters, d) with which K-Means begins."""
        n_candidates = 2 + int(np.log(n_clusters))
        with self._lock:
            if n_candidates not in self._chains:
                self._chains[n_candidates] = _Chain(
                    self.values, self._squares, n_candidates, np.random.RandomState(self.seed)
                )
            rows = self._chains[n_candidates].extend(n_clusters)
        return self.values[rows]


class _Chain:
    """Centres drawn one after the other, as many as were asked for."""

    def __init__(
        self,
        values: Matrix,
        squares: NDArray[np.float32],
        n_candidates: int,
        random: np.random.RandomState,
    ) -> None:
        self.values = values
        self.squares = squares
        self.n_candidates = n_candidates
        self.random = random
        weights = np.ones(len(values), dtype=values.dtype)
        self.rows = [int(random.choice(len(values), p=weights / weights.sum()))]
        self.closest = self._distances(np.array(self.rows))[0]  # (n,): squared, to any centre

    def extend(self, count: int) -> list[int]:
        """The first `count` rows, drawn where they are not yet."""
        while len(self.rows) < count:
            self._draw()
        return self.rows[:count]

    def _draw(self) -> None:
        reach = np.cumsum(self.closest, dtype=np.float64)  # (n,)
        drawn = self.random.uniform(size=self.n_candidates) * reach[-1]
        candidates = np.minimum(np.searchsorted(reach, drawn), len(reach) - 1)  # (c,)
        closest = np.minimum(self.closest, self._distances(candidates))  # (c, n)
        best = int(closest.sum(axis=1, dtype=np.float64).argmin())
        self.rows.append(int(candidates[best]))
        self.closest = closest[best]

    def _distances(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Squared Euclidean distances of all rows to some of them, (len(rows), n)."""
        products = self.values[rows] @ self.values.T  # (c, n)
        distances = self.squares[rows, None] + self.squares - 2 * products  # (c, n)
        distances[np.arange(len(rows)), rows] = 0  # rounding must not draw a centre twice
        return np.maximum(distances, 0, dtype=np.float32)

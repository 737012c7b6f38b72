"""UMAP's layout: images move in rounds, pulled by their neighbours and pushed by random others.

The stochastic gradient descent of L. McInnes, J. Healy and J. Melville, arXiv:1802.03426, section
3.2, with the forces and the draws of umap-learn. There a draw moves two images at once, and the
next one starts from there, which only one thread can do in the same order each time. Here an image
is moved by its own draws, from where all others were after the round before: so the map is the same
for any number of threads, and these share the images. What is drawn in one round does not see what
else it moves, and would go too far together: the pace begins at a quarter of umap-learn's.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from core.layout_kernels import N_RANDOM, Edges, Floats, Forces, Room, move

_PACE = 0.25
_TASKS = 4  # per thread, so that one which the system interrupts does not hold up the others


@dataclass(frozen=True, slots=True)
class LayoutParams:
    """How images attract each other, and for how long.

    Attributes:
        a: of the curve 1 / (1 + a d^2b), which stands for how near is near on the map.
        b: its exponent.
        rounds: each image moves once in each, ever less.
        seed: for the random images that push.
    """

    a: float
    b: float
    rounds: int
    seed: int


def lay_out(start: Floats, graph: Any, params: LayoutParams, *, threads: int = 0) -> Floats:
    """The map after all rounds, float32 (n, c).

    Args:
        start: where the images are before the first, (n, c), some ten units wide.
        graph: how much each is a neighbour of each other, a symmetric sparse matrix (n, n).
        params: the curve, the rounds and the seed.
        threads: how many share the work; 0: as many as torch takes.
    """
    threads = threads or torch.get_num_threads()
    edges = _edges(graph, params.rounds)
    maps = np.array(start.T, np.float32, order="C"), np.empty(start.T.shape, np.float32)  # (c, n)
    parts = [(rows, _room(edges, len(maps[0]))) for rows in _share(edges, threads * _TASKS)]
    with ThreadPoolExecutor(threads, thread_name_prefix="layout") as pool:
        for number in range(params.rounds):
            turn = number, np.uint32(params.seed)
            how = edges, _forces(params, number)
            tasks = [pool.submit(move, maps, rows, how, turn, room) for rows, room in parts]
            for task in tasks:
                task.result()
            maps = maps[1], maps[0]
    return np.ascontiguousarray(maps[0].T)


def _forces(params: LayoutParams, number: int) -> Forces:
    """In this round: images move ever less."""
    pace = _PACE * (1 - number / params.rounds)
    return np.float32(params.a), np.float32(params.b), np.float32(pace)


def _edges(graph: Any, rounds: int) -> Edges:
    """Those drawn at least once; the strongest in every round."""
    matrix = graph.tocsr(copy=True)
    matrix.sum_duplicates()
    strongest = matrix.data.max(initial=0)
    matrix.data[matrix.data * rounds < strongest] = 0
    matrix.eliminate_zeros()
    rates = (matrix.data / strongest).astype(np.float32)
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.uint32), rates


def _share(edges: Edges, count: int) -> list[tuple[int, int]]:
    """Rows in runs with about as many edges each."""
    starts = edges[0]
    bounds = np.searchsorted(starts, np.linspace(0, starts[-1], count + 1)).tolist()
    bounds[0], bounds[-1] = 0, len(starts) - 1
    return [(first, last) for first, last in pairwise(bounds) if first < last]


def _room(edges: Edges, n_axes: int) -> Room:
    most = int(np.diff(edges[0]).max(initial=0)) * N_RANDOM
    return (
        np.empty(most, np.uint32),
        np.empty((n_axes, most), np.float32),
        np.empty(most, np.float32),
    )

"""Lloyd's iteration of K-Means by torch, for devices that scikit-learn does not use.

S. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28, 1982.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

_BLOCK_VALUES = 1 << 26
"""Distances held at once: 256 MB of float32."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Centroids (k, d) and the cluster of each row (n,)."""

    centroids: NDArray[np.float32]
    labels: NDArray[np.int32]


@torch.inference_mode()
def fit(
    values: NDArray[np.float32],
    centers: NDArray[np.float32],
    *,
    device: str,
    tolerance: float = 1e-4,
    max_iter: int = 300,
) -> Fitted:
    """Move the centres (k, d) to the means of their rows of `values` (n, d) until they rest.

    They rest when no row changes its cluster, or when the squared lengths of their moves sum to
    no more than `tolerance` times the mean variance of a column, as in scikit-learn.
    """
    points = torch.from_numpy(np.ascontiguousarray(values)).to(device)  # (n, d)
    centroids = torch.from_numpy(np.ascontiguousarray(centers)).to(device)  # (k, d)
    still = tolerance * float(points.var(0, correction=0).mean())
    labels, distances = _assign(points, centroids)
    for _ in range(max_iter):
        moved = _means(points, labels, distances, len(centroids))
        shift = float((moved - centroids).square().sum())
        centroids, before = moved, labels
        labels, distances = _assign(points, centroids)
        if shift <= still or torch.equal(labels, before):
            break
    return Fitted(centroids.cpu().numpy(), labels.int().cpu().numpy())


def _assign(points: torch.Tensor, centroids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """For each row the nearest centroid, the lowest of equals, and its squared distance, (n,)."""
    squares = centroids.square().sum(1)  # (k,)
    blocks = []
    for block in torch.split(points, max(1, _BLOCK_VALUES // len(centroids))):
        near = torch.addmm(squares, block, centroids.T, alpha=-2)  # (b, k)
        values, labels = near.min(1)
        blocks.append((labels, values + block.square().sum(1)))
    return torch.cat([one[0] for one in blocks]), torch.cat([one[1] for one in blocks])


def _means(
    points: torch.Tensor, labels: torch.Tensor, distances: torch.Tensor, n_clusters: int
) -> torch.Tensor:
    """The mean row of each cluster, (k, d); an empty one begins anew at the farthest row."""
    counts = torch.bincount(labels, minlength=n_clusters)  # (k,)
    # A product with the memberships adds up in a fixed order, which `index_add_` does not.
    members = torch.nn.functional.one_hot(labels, n_clusters).to(points.dtype)  # (n, k)
    means = (members.T @ points) / counts.clamp(min=1)[:, None]  # (k, d)
    empty = (counts == 0).nonzero().flatten()
    means[empty] = points[distances.topk(len(empty)).indices]
    return means

"""Clusters against labels: how many images of each label lie in each cluster, and which."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.alignment import NO_MATCH, match_clusters
from core.compare.contingency import contingency, count_clusters
from core.review.label_codes import NO_LABEL, LabelCodes, encode_labels


@dataclass(frozen=True, slots=True)
class Confusion:
    """The confusion matrix, its rows and columns so ordered that what belongs together meets.

    Clusters and labels are matched one to one so that as many images as possible lie in matched
    cells (the Hungarian method, see `core.compare.alignment`). These are the first `n_matched`
    cells of the diagonal, in the order of their clusters' numbers; what has no match follows.

    Attributes:
        table: images of cluster `clusters[i]` with label `labels[j]`, copies counted, int64 (k, c).
        clusters: the number of each row's cluster, int32 (k,); those that hold images.
        labels: of each column, (c,).
        n_matched: how many clusters have a label of their own.
        unlabelled: the images of each row's cluster that have no label, int64 (k,).
    """

    table: NDArray[np.int64]
    clusters: NDArray[np.int32]
    labels: tuple[str, ...]
    n_matched: int
    unlabelled: NDArray[np.int64]

    @property
    def purity(self) -> float:
        """The share of the labelled images that have the most common label of their cluster.

        See `core.measures.label_agreement`; NaN where no image has a label.
        """
        return self._share(int(self.table.max(axis=1, initial=0).sum()))

    @property
    def accuracy(self) -> float:
        """The share of the labelled images that lie in matched cells.

        The accuracy of W. Xu, X. Liu and Y. Gong, "Document Clustering Based on Non-negative
        Matrix Factorization", SIGIR 2003, section 5.2; NaN where no image has a label.
        """
        return self._share(int(np.diagonal(self.table)[: self.n_matched].sum()))

    def _share(self, count: int) -> float:
        total = int(self.table.sum())
        return count / total if total else float("nan")


def measure_confusion(
    clusters: NDArray[np.int32], rows: NDArray[np.int64], labels: Sequence[str | None]
) -> Confusion:
    """The confusion matrix of clusters and labels; without columns where no image has a label.

    Args:
        clusters: the cluster of each distinct image, (n,).
        rows: for every image, copies included, its row among the distinct ones, (m,).
        labels: for every image, copies included, its label or None.
    """
    encoded = encode_labels(labels)
    table = _count(clusters, rows, encoded)  # (all numbers, c)
    sizes = np.bincount(clusters[rows], minlength=len(table))
    held = np.flatnonzero(sizes)
    matches = match_clusters(table[held])  # (c,): where in `held`, or -1
    matched = np.argsort(np.where(matches == NO_MATCH, len(held), matches), kind="stable")
    partners = matches[matches != NO_MATCH]
    others = np.setdiff1d(np.arange(len(held)), partners)
    order = held[np.concatenate([np.sort(partners), others])]
    return Confusion(
        table=table[np.ix_(order, matched)],
        clusters=order.astype(np.int32),
        labels=tuple(encoded.names[place] for place in matched),
        n_matched=len(partners),
        unlabelled=sizes[order] - table[order].sum(axis=1),
    )


def select_labels(
    clusters: NDArray[np.int32],
    rows: NDArray[np.int64],
    labels: Sequence[str | None],
    *,
    wanted: Collection[str | None],
    cluster: int | None = None,
) -> NDArray[np.int64]:
    """The distinct images that have a copy with one of some labels, ascending.

    Args:
        clusters: as for `measure_confusion`.
        rows: likewise.
        labels: likewise.
        wanted: the labels; None among them: those without.
        cluster: only those of this cluster; None: of all.
    """
    chosen = np.array([one in wanted for one in labels], dtype=bool)  # (m,)
    if cluster is not None:
        chosen &= clusters[rows] == cluster
    return np.unique(rows[chosen])


def disagree_with_cluster(
    clusters: NDArray[np.int32], rows: NDArray[np.int64], labels: Sequence[str | None]
) -> NDArray[np.float32] | None:
    """How far each distinct image's label is from being that of its cluster, 0 to 1, float32 (n,).

    1 - (images of its cluster with its label) / (those with the cluster's most common one): 0 for
    the most common label, near 1 for one that is alone among many. Of copies with different labels
    the worst counts. NaN for images without a label; None where no image has one.

    Args:
        clusters: as for `measure_confusion`.
        rows: likewise.
        labels: likewise.
    """
    encoded = encode_labels(labels)
    if not encoded.names:
        return None
    table = _count(clusters, rows, encoded)
    known = encoded.codes != NO_LABEL  # (m,)
    own = clusters[rows[known]]
    share = table[own, encoded.codes[known]] / table.max(axis=1)[own]
    worst = np.full(len(clusters), np.nan, dtype=np.float32)
    np.fmax.at(worst, rows[known], (1 - share).astype(np.float32))
    return worst


def _count(
    clusters: NDArray[np.int32], rows: NDArray[np.int64], encoded: LabelCodes
) -> NDArray[np.int64]:
    known = encoded.codes != NO_LABEL
    shape = count_clusters(clusters), len(encoded.names)
    return contingency(clusters[rows[known]], encoded.codes[known], shape)

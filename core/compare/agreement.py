"""How far two clusterings of the same images agree, from their contingency table (k_a, k_b)."""

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.int64]


def adjusted_rand(table: Table) -> float:
    """The adjusted Rand index: 1 for the same groups, 0 on the average for chance, or below.

    L. Hubert and P. Arabie, "Comparing Partitions", Journal of Classification 2, 1985, equation 5.
    Pairs are counted in whole numbers of any size. Two clusterings that put no pair apart, or none
    together, are the same groups.
    """
    together, before, after = (
        _count_pairs(sizes) for sizes in (table, table.sum(axis=1), table.sum(axis=0))
    )
    if together == before == after:
        return 1.0
    pairs = _count_pairs(table.sum(keepdims=True))
    # (together - expected) / (mean of before and after - expected), times 2 * pairs
    return 2 * (together * pairs - before * after) / ((before + after) * pairs - 2 * before * after)


def normalized_mutual_information(table: Table) -> float:
    """Mutual information divided by the mean of the two entropies, 0 to 1; 1 for the same groups.

    A. Strehl and J. Ghosh, "Cluster Ensembles", Journal of Machine Learning Research 3, 2002, with
    the arithmetic mean, as scikit-learn has it. 1 where both have one cluster only.
    """
    total = entropy(table.sum(axis=1)) + entropy(table.sum(axis=0))
    return min(1.0, 2 * mutual_information(table) / total) if total else 1.0


def mutual_information(table: Table) -> float:
    """What each of the two tells of the other, in bits; rounding must not take it below 0."""
    counts, before, after = _cells(table)
    ratios = counts * table.sum() / (before * after)
    return max(0.0, float((counts * np.log2(ratios)).sum() / max(1, counts.sum())))


def variation_of_information(table: Table) -> float:
    """What one clustering leaves unknown of the other, both ways, in bits: 0 for the same groups.

    H(A|B) + H(B|A): M. Meilă, "Comparing Clusterings: an Information Based Distance", Journal of
    Multivariate Analysis 98, 2007. A metric; at most log2 of the number of images.
    """
    counts, before, after = _cells(table)
    lost = np.log2(before / counts) + np.log2(after / counts)  # each at least 0: no cancellation
    return float((counts * lost).sum() / max(1, counts.sum()))


def relative_variation(table: Table) -> float:
    """The variation of information divided by the joint entropy H(A, B), 0 to 1.

    0 for the same groups, 1 where neither tells anything of the other. Still a metric, and
    comparable between numbers of clusters (N. X. Vinh, J. Epps and J. Bailey, "Information
    Theoretic Measures for Clusterings Comparison", Journal of Machine Learning Research 11, 2010).
    0 where both have one cluster only.
    """
    joint = entropy(table.ravel())
    return min(variation_of_information(table) / joint, 1.0) if joint else 0.0


def _count_pairs(sizes: NDArray[np.int64]) -> int:
    """Pairs within groups of these sizes: n^4 of a million images is beyond int64."""
    return sum(size * (size - 1) // 2 for size in sizes.ravel().tolist())


def entropy(sizes: NDArray[np.int64]) -> float:
    """Of groups of these sizes, in bits; 0 where all is in one."""
    counts = sizes[sizes > 0]
    return float((counts * np.log2(counts.sum() / counts)).sum() / max(1, counts.sum()))


def _cells(
    table: Table,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The counts of the cells that are not empty, and the sizes of their clusters, (m,) each."""
    rows, columns = np.nonzero(table)
    return table[rows, columns], table.sum(axis=1)[rows], table.sum(axis=0)[columns]

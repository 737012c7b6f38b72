"""Agreement of clusters and labels: by hand, pair by pair, and against scikit-learn."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from core.measures.label_agreement import measure_agreement

A = np.array([0, 0, 0, 1, 1, 1, 2, 2])

labels_of_two = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 5), min_size=n, max_size=n)] * 2)
)


def pair_by_pair(a, b):
    """The adjusted Rand index from its definition, over all pairs of images."""
    pairs = list(combinations(range(len(a)), 2))
    in_a = sum(a[i] == a[j] for i, j in pairs)
    in_b = sum(b[i] == b[j] for i, j in pairs)
    both = sum(a[i] == a[j] and b[i] == b[j] for i, j in pairs)
    expected = in_a * in_b / len(pairs)
    return (both - expected) / ((in_a + in_b) / 2 - expected)


def test_agreement_with_labels_by_hand():
    # Two clusters of two: one pure, one of both labels.
    made = measure_agreement(np.array([0, 0, 1, 1]), ["cat", "cat", "cat", "dog"])
    of_clusters, of_labels = np.log(2), -(3 / 4 * np.log(3 / 4) + 1 / 4 * np.log(1 / 4))
    shared = of_labels - np.log(2) / 2  # half of the images are in the mixed cluster
    assert made.purity == 3 / 4
    assert made.homogeneity == pytest.approx(shared / of_labels)
    assert made.completeness == pytest.approx(shared / of_clusters)
    assert made.nmi == pytest.approx(2 * shared / (of_labels + of_clusters))
    assert made.ari == pytest.approx(pair_by_pair([0, 0, 1, 1], [0, 0, 0, 1]))


@given(labels_of_two)
def test_agreement_is_that_of_scikit_learn(two):
    clusters, numbers = np.array(two[0]), two[1]
    names = [None if number == 5 else f"label {number}" for number in numbers]
    made = measure_agreement(clusters, names)
    known = [row for row, name in enumerate(names) if name is not None]
    if not known:
        assert made is None
        return
    found = clusters[known].tolist()
    truth = [numbers[row] for row in known]
    table = metrics.cluster.contingency_matrix(truth, found)
    assert made.purity == pytest.approx(table.max(axis=0).sum() / table.sum())
    theirs = metrics.homogeneity_completeness_v_measure(truth, found)
    assert (made.homogeneity, made.completeness, made.nmi) == pytest.approx(theirs, abs=1e-9)


def test_perfect_agreement():
    made = measure_agreement(np.array([2, 2, 0, 0]), ["a", "a", "b", "b"])
    assert (made.ari, made.nmi, made.purity, made.homogeneity, made.completeness) == (1,) * 5


def test_without_labels_there_is_none():
    assert measure_agreement(A, [None] * 8) is None


def test_another_number_of_labels_is_refused():
    with pytest.raises(ValueError, match="2 labels for 8 images"):
        measure_agreement(A, ["a", None])

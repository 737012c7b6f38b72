"""The words of a card, for every number of neighbours and every side of a border."""

import numpy as np
import pytest

from core.compare.restlessness import Restlessness
from core.neighbor_search import find_neighbors
from core.neighbors import Neighbors
from core.review.confusion import measure_confusion
from core.review.fit import find_centroids, measure_fit
from core.review.label_errors import find_label_errors
from core.review.misfit import find_silhouettes, measure_misfit
from core.review.misfit_words import describe_label, describe_misfit, describe_suspicion

NAMES = ("cluster 0", "Cats", "cluster 2", "cluster 3")


def describe(values, clusters, row=0, *, neighbors=None, restlessness=None):
    values = np.array(values, dtype=np.float32)[:, None]
    clusters = np.array(clusters, dtype=np.int32)
    fit = measure_fit(values, clusters, find_centroids(values, clusters, np.ones(len(values))))
    neighbors = neighbors or find_neighbors(values, k=15)
    misfit = measure_misfit(
        fit, clusters, neighbors, find_silhouettes(values, clusters, fit), restlessness=restlessness
    )
    return describe_misfit(
        row, misfit=misfit, fit=fit, clusters=clusters, neighbors=neighbors, names=NAMES
    )


def of_neighbors(*others):
    """The clause on an image of cluster 0 whose neighbours are in these clusters."""
    count = len(others) + 1
    indices = np.arange(count) + np.zeros((count, 1), dtype=np.int64)
    neighbors = Neighbors(indices, np.zeros((count, count), dtype=np.float32))
    return describe(range(count), [0, *others], neighbors=neighbors)[0]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ((3, 3, 0, 3, 3), "four of its five neighbours are in cluster 3"),
        ((0, 0, 0, 0, 1), "one of its five neighbours is in Cats"),
        ((3, 1, 0, 3, 1), "two of its five neighbours are in Cats, two in cluster 3"),
        (
            (3, 1, 2, 3, 3),
            "three of its five neighbours are in cluster 3, one in Cats, one in cluster 2",
        ),
        ((0, 0, 0, 0, 0), "all five of its neighbours are in its own cluster"),
        ((2, 2, 2, 2, 2), "all five of its neighbours are in cluster 2"),
        ((3, 3, 3), "all three of its neighbours are in cluster 3"),
        ((0, 0), "both of its neighbours are in its own cluster"),
        ((3, 0), "one of its two neighbours is in cluster 3"),
        ((3,), "its only neighbour is in cluster 3"),
        ((0, 0, 0, 0, 0, 3, 3, 3), "all five of its neighbours are in its own cluster"),
    ],
)
def test_where_the_five_neighbours_are(others, said):
    assert of_neighbors(*others) == said


def of_margin(own, rival):
    """The clause on an image `own` from its own centroid, and `rival` from that of Cats."""
    return describe([0, -2 * own, rival], [0, 0, 1])[1]


@pytest.mark.parametrize(
    ("own", "rival", "said"),
    [
        (1, 2, "50 % nearer to the centre of its own cluster than to that of Cats"),
        (2.9, 4, "27 % nearer to the centre of its own cluster than to that of Cats"),
        (2, 1, "50 % nearer to the centre of Cats than to that of its own cluster"),
        (199, 200, "as near to the centre of Cats as to that of its own cluster"),
        (200, 199, "as near to the centre of Cats as to that of its own cluster"),
        (98, 100, "2 % nearer to the centre of its own cluster than to that of Cats"),
        (0, 5, "100 % nearer to the centre of its own cluster than to that of Cats"),
    ],
)
def test_where_the_centres_are(own, rival, said):
    assert of_margin(own, rival) == said


def test_all_clauses_of_a_card():
    restlessness = Restlessness(np.array([0.6, 1, 1, 1], np.float32), 0.2, 57)
    assert describe([0, 2, -1, -3], [0, 0, 1, 1], restlessness=restlessness) == [
        "two of its three neighbours are in Cats",
        "50 % nearer to the centre of its own cluster than to that of Cats",
        "silhouette 0.00",
        "in 40 % of the clusterings its companions are elsewhere",
    ]


def test_a_silhouette_below_zero_and_a_simplified_one(monkeypatch):
    assert describe([0, 4, -1, -2], [0, 0, 1, 1])[2] == "silhouette \N{MINUS SIGN}0.62"
    monkeypatch.setattr("core.review.misfit.EXACT_UP_TO", 3)
    assert describe([0, 2, -2, -4], [0, 0, 1, 1])[2] == "simplified silhouette 0.67"


@pytest.mark.parametrize(
    ("stability", "said"),
    [
        (1, "its companions are with it in every clustering"),
        (0.71, "in 29 % of the clusterings its companions are elsewhere"),
        (0.999, "in under 1 % of the clusterings its companions are elsewhere"),
        (0.001, "in 99 % of the clusterings its companions are elsewhere"),
        (0, "in 100 % of the clusterings its companions are elsewhere"),
    ],
)
def test_how_restless_it_is(stability, said):
    restlessness = Restlessness(np.full(4, stability, np.float32), 0.2, 57)
    assert describe([0, 2, -1, -3], [0, 0, 1, 1], restlessness=restlessness)[-1] == said


def test_what_is_undefined_is_not_said():
    assert describe([0, 1], [0, 0]) == ["its only neighbour is in its own cluster"]
    assert describe([0], [0]) == []


CLUSTERS = np.array([1, 1, 1, 1, 1, 3], dtype=np.int32)
LABELS = ["dog", "dog", "cat", "emu", None, "cat"]


@pytest.mark.parametrize(
    ("label", "cluster", "said"),
    [
        ("cat", 1, "that of 1 of 4 labelled images in Cats; the most common is dog (2)"),
        ("dog", 1, "the most common one: that of 2 of 4 labelled images in Cats"),
        ("cat", 3, "the most common one: that of 1 of 1 labelled images in cluster 3"),
    ],
)
def test_how_common_its_label_is(label, cluster, said):
    confusion = measure_confusion(CLUSTERS, np.arange(6), LABELS)
    assert describe_label(label, cluster, confusion, NAMES) == f"its label, {label}, is {said}"


def test_what_the_neighbours_say_of_its_label():
    values = np.array([[0], [1], [-2], [4], [0.5]], dtype=np.float32)
    neighbors = find_neighbors(values, k=4)
    errors = find_label_errors(neighbors, np.arange(5), ["dog", "cat", "dog", "dog", None])
    vote = "the vote of its neighbours, the nearer the weightier: "
    assert describe_suspicion(0, errors) == f"{vote}33 % for dog, 66 % for cat"  # 1/2 to 1
    assert describe_suspicion(4, errors) == f"{vote}54 % for dog"  # 2.4 of 4.4
    alone = find_label_errors(neighbors, np.array([0, 0, 1, 2, 3, 4]), ["a", "b", *[None] * 4])
    assert describe_suspicion(0, alone) == "its copies have different labels"
    assert describe_suspicion(1, alone) == f"{vote}100 % for a"
    other = find_label_errors(neighbors, np.arange(5), ["a", *["b"] * 4])
    assert describe_suspicion(0, other) == f"{vote}0 % for a, 100 % for b"
    none = find_label_errors(neighbors, np.arange(5), ["a", *[None] * 4])
    assert describe_suspicion(0, none) == ""

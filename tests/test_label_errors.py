"""The vote of the neighbours on labels: by hand, against scikit-learn, on planted errors."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from core.neighbor_search import find_neighbors
from core.neighbors import Neighbors
from core.review import label_errors as label_errors_module
from core.review.label_errors import find_label_errors


def find(positions, labels, *, k=15, rows=None):
    values = np.asarray(positions, dtype=np.float32)
    values = values[:, None] if values.ndim == 1 else values
    rows = np.arange(len(values)) if rows is None else np.array(rows)
    return find_label_errors(find_neighbors(values, k=k), rows, labels)


def named(found, codes):
    return [found.names[code] if code >= 0 else None for code in codes]


def test_the_nearer_a_neighbour_the_more_it_weighs():
    # 0 is at 1 from a cat, at 2 and 4 from dogs: 1 against 1/2 + 1/4.
    found = find([0, 1, -2, 4], ["dog", "cat", "dog", "dog"])
    assert found.given_share[0] == pytest.approx(3 / 7)
    assert found.suggested_share[0] == pytest.approx(4 / 7)
    assert found.suspicion[0] == pytest.approx(4 / 7)
    assert named(found, found.suggested)[0] == "cat"
    assert found.suspicion.dtype == found.given_share.dtype == np.float32


def test_the_suggested_label_is_the_strongest_of_the_others_and_the_nearest_among_equals():
    found = find([0, 1, 2, -2, 1000], ["a", "b", "c", "c", "a"], k=4)
    assert named(found, found.suggested)[0] == "b"  # 1 against 1/2 + 1/2
    assert found.suggested_share[0] == pytest.approx(1 / 2)
    found = find([0, 1, 2, -1.99, 1000], ["a", "b", "c", "c", "a"], k=4)
    assert named(found, found.suggested)[0] == "c"


def test_suspicion_is_by_how_much_another_label_has_more():
    # Of an own label, b and c, at equal distances: 2 to 1 to 1, and 1 to 3 to 0.
    found = find([0, 1, -1, 1, -1], ["a", "a", "a", "b", "c"], k=5)
    assert found.suspicion[0] == pytest.approx((1 + 1 / 4 - 2 / 4) / 2)
    found = find([0, 1, -1, 1, -1], ["a", "a", "b", "b", "b"], k=5)
    assert found.suspicion[0] == pytest.approx((1 + 3 / 4 - 1 / 4) / 2)


def test_a_tie_is_no_suspicion_and_agreement_suggests_nothing():
    found = find([0, 1, -1], ["a", "a", "b"])
    assert found.suspicion[0] == 0.5
    assert 0 not in found.suspects
    found = find([0, 1, -1], ["a", "a", "a"])
    assert named(found, found.suggested) == [None] * 3
    assert (found.suspicion.tolist(), found.suspects.tolist()) == ([0] * 3, [])


def test_suspects_are_those_that_another_label_outvotes_the_worst_first():
    found = find([0, 1, 2, 3.5, 20, 21, 22, 23.5], ["a", "a", "b", "a", "c", "c", "c", "a"], k=4)
    assert found.suspects.tolist() == [2, 7]
    assert found.suspicion[[2, 7]].tolist() == [1, 1]
    assert named(found, found.suggested[[2, 7]]) == ["a", "c"]


def test_copies_with_different_labels_are_suspect():
    found = find([0, 1, 2, 3], ["a", "a", "a", "a", "b", "a"], k=3, rows=[0, 1, 2, 3, 1, 2])
    assert found.contradictory.tolist() == [1]
    assert found.suspicion.tolist() == [0, 1, 0, 0]
    assert named(found, found.given) == ["a"] * 4  # of copies the first counts


def test_a_copy_without_a_label_contradicts_nothing():
    found = find([0, 1], [None, "a", "a"], rows=[0, 0, 1])
    assert found.contradictory.tolist() == []
    assert named(found, found.given) == ["a", "a"]


def test_images_without_a_label_have_no_vote_and_are_not_suspect():
    found = find([0, 1, 2, 3], ["a", None, None, "b"])
    assert named(found, found.suggested) == ["b", "a", "b", "a"]
    assert np.isnan(found.suspicion).tolist() == [False, True, True, False]
    assert found.suspects.tolist() == [0, 3]


def test_neighbours_at_no_distance_decide_alone():
    found = find([0, 0, 0.001, 0.001, 0.001], ["a", "b", "a", "a", "a"])
    assert found.given_share[0] == 0
    assert (named(found, found.suggested)[0], found.suggested_share[0]) == ("b", 1)


def test_a_tiny_distance_is_no_division_by_zero():
    found = find([0, 1e-44, 1], ["a", "b", "a"])
    assert found.suspicion[0] == 1


@pytest.mark.parametrize(("n", "labels"), [(1, ["a"]), (3, [None] * 3), (3, ["a", None, None])])
def test_who_has_no_labelled_neighbour_has_no_suspicion(n, labels):
    found = find(range(n), labels)
    assert np.isnan(found.suspicion[0])
    assert found.suspects.tolist() == []


def test_no_image():
    none = Neighbors(np.empty((0, 0), np.int64), np.empty((0, 0), np.float32))
    found = find_label_errors(none, np.empty(0, np.int64), [])
    assert (found.names, found.suspects.tolist()) == ((), [])


def test_the_vote_is_that_of_scikit_learn(monkeypatch):
    monkeypatch.setattr(label_errors_module, "_BLOCK_ROWS", 7)
    generator = np.random.default_rng(0)
    values = generator.normal(size=(60, 3)).astype(np.float32)
    labels = generator.choice(["a", "b", "c", "d"], 60)
    found = find(values, labels.tolist())
    for row in range(60):
        others = np.delete(np.arange(60), row)
        vote = KNeighborsClassifier(14, weights="distance").fit(values[others], labels[others])
        shares = dict(zip(vote.classes_, vote.predict_proba(values[[row]])[0], strict=True))
        own = shares.pop(labels[row], 0)
        assert found.given_share[row] == pytest.approx(own, abs=1e-5)
        assert found.suggested_share[row] == pytest.approx(max(shares.values()), abs=1e-5)


def test_planted_errors_are_the_first():
    generator = np.random.default_rng(0)
    values = np.repeat(np.eye(3, 8) * 30, 50, axis=0) + generator.normal(size=(150, 8))
    labels = np.repeat(["a", "b", "c"], 50)
    wrong = np.arange(0, 150, 15)
    labels[wrong] = np.roll(labels, 50)[wrong]
    found = find(values, labels.tolist())
    assert set(found.suspects.tolist()) == set(wrong.tolist())
    assert named(found, found.suggested[wrong]) == np.repeat(["a", "b", "c"], 50)[wrong].tolist()

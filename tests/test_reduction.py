"""L2 normalisation and PCA, by hand and against numpy's singular values."""

import numpy as np
import pytest

from core.errors import CoreError
from core.randomized_pca import find_components
from core.reduction import ReductionParams, normalize_rows, reduce_features

LINE = np.array([[0, 0, 0], [1, 2, 2], [2, 4, 4], [3, 6, 6]], dtype=np.float32)
"""Four points on a line through space, 3 apart: the length of (1, 2, 2)."""


def reduce(features, n_components, normalize="none"):
    return reduce_features(
        np.asarray(features, np.float32), ReductionParams(normalize, n_components)
    )


def random_features(n, n_features):
    return np.random.default_rng(0).normal(size=(n, n_features)).astype(np.float32)


def test_rows_are_divided_by_their_length():
    features = np.array([[3, 4], [0, -2], [5, 12]], dtype=np.float32)
    expected = [[0.6, 0.8], [0, -1], [5 / 13, 12 / 13]]
    np.testing.assert_allclose(normalize_rows(features), expected, rtol=1e-6)


def test_a_row_of_zeros_stays_one():
    features = np.array([[0, 0], [3, 4]], dtype=np.float32)
    assert normalize_rows(features)[0].tolist() == [0, 0]


def test_normalised_rows_stay_in_single_precision_and_the_input_as_it_was():
    features = np.array([[3, 4]], dtype=np.float32)
    assert normalize_rows(features).dtype == np.float32
    assert features.tolist() == [[3, 4]]


def test_l2_is_applied_before_pca():
    made = reduce([[3, 4], [30, 40], [0, 1]], None, "l2")
    np.testing.assert_allclose(made.values, [[0.6, 0.8], [0.6, 0.8], [0, 1]], rtol=1e-6)


def test_none_leaves_the_features_as_they_are():
    made = reduce(LINE, None)
    assert np.array_equal(made.values, LINE)
    assert (made.explained_variance, made.is_reduced) == (1.0, False)


def test_points_on_a_line_lose_nothing_with_one_component():
    made = reduce(LINE, 1)
    assert made.is_reduced
    assert made.explained_variance == pytest.approx(1.0)
    steps = np.diff(made.values[:, 0])
    np.testing.assert_allclose(np.abs(steps), 3, rtol=1e-5)
    assert abs(steps.sum()) == pytest.approx(9, rel=1e-5)  # all in one direction


@pytest.mark.parametrize("n_components", [1, 2, 4])
def test_pca_is_that_of_the_singular_values(n_components):
    features = random_features(12, 5)
    made = reduce(features, n_components)
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    expected = (left * singular)[:, :n_components]
    np.testing.assert_allclose(np.abs(made.values), np.abs(expected), atol=1e-5)
    share = (singular[:n_components] ** 2).sum() / (singular**2).sum()
    assert made.explained_variance == pytest.approx(share, rel=1e-5)


def test_the_components_keep_the_distances_that_they_explain():
    features = random_features(6, 40)  # 6 points span 5 dimensions
    kept = reduce(features, 5).values
    for a, b in [(0, 1), (2, 5)]:
        expected = np.linalg.norm(features[a] - features[b])
        assert np.linalg.norm(kept[a] - kept[b]) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("n_components", [3, 256])
def test_nothing_is_reduced_where_nothing_would_be_dropped(n_components):
    made = reduce(LINE, n_components)
    assert np.array_equal(made.values, LINE)
    assert not made.is_reduced


def test_fewer_images_than_components_keep_as_many_as_there_are_images():
    made = reduce(random_features(4, 10), 8)
    assert made.values.shape == (4, 4)
    assert made.explained_variance == pytest.approx(1.0)


def test_one_image_is_left_as_it_is():
    made = reduce([[1, 2, 3]], 2)
    assert made.values.tolist() == [[1, 2, 3]]
    assert not made.is_reduced


def test_identical_images_lose_nothing():
    made = reduce(np.ones((4, 5)), 2)
    assert made.explained_variance == 1.0
    np.testing.assert_allclose(made.values, np.zeros((4, 2)), atol=1e-6)


def test_the_same_seed_gives_the_same_components():
    features = random_features(600, 550)  # wide enough for the randomised solver
    params = ReductionParams("none", 4, seed=3)
    first, second = (reduce_features(features, params).values for _ in range(2))
    assert np.array_equal(first, second)


@pytest.fixture
def wide(monkeypatch):
    """Features of which the components are found by the randomised solver."""
    monkeypatch.setattr("core.reduction._WIDE", 30)
    return random_features(60, 40)


def test_wide_features_go_through_the_randomised_solver(monkeypatch, wide):
    seen = []
    monkeypatch.setattr(
        "core.reduction.find_components",
        lambda *given, seed: seen.append(seed) or find_components(*given, seed=seed),
    )
    for n_components in (4, 31, 32):  # from 0.8 of all 40 on they are found exactly
        reduce_features(wide, ReductionParams("none", n_components, seed=n_components))
    assert seen == [4, 31]


def test_equal_wide_features_stay_equal(wide):
    values = reduce(np.concatenate([wide, wide[::-1]]), 6).values
    assert np.array_equal(values[:60], values[60:][::-1])


def test_a_new_image_is_laid_beside_its_copy_by_the_randomised_solver_too(wide):
    made = reduce(wide, 4)
    np.testing.assert_allclose(made.apply(wide[:5]), made.values[:5], atol=1e-5)


def test_features_of_the_same_values_in_another_order_are_not_equal():
    features = np.array([[1, 2, 3], [3, 2, 1], [1, 2, 3], [2, 1, 3]], dtype=np.float32)
    values = reduce(features, 2).values
    assert np.array_equal(values[0], values[2])
    assert len(np.unique(values.round(4), axis=0)) == 3


def test_reduced_features_stay_in_single_precision():
    assert reduce(LINE, 1).values.dtype == np.float32


def test_an_unknown_normalisation_is_refused_with_the_known_ones():
    with pytest.raises(CoreError, match="'l1': choose one of l2, none"):
        ReductionParams("l1")


@pytest.mark.parametrize("n_components", [0, -3])
def test_at_least_one_component_is_kept(n_components):
    with pytest.raises(CoreError, match=f"cannot reduce to {n_components} values"):
        ReductionParams("l2", n_components)


def test_a_reduction_says_in_words_what_it_kept():
    line = np.array([[0, 0, 0], [1, 1, 0], [2, 2, 0], [3, 3, 0]], dtype=np.float32)
    params = ReductionParams(normalize="none", n_components=1)
    assert reduce_features(line, params).describe() == "PCA to 1 (100.0% of the variance)"
    assert reduce_features(line[:, :1], params).describe() == "none"


@pytest.mark.parametrize("normalize", ["l2", "none"])
@pytest.mark.parametrize("n_components", [None, 4, 30])
def test_features_of_the_set_get_the_values_of_their_row(normalize, n_components):
    features = random_features(40, 30)
    made = reduce(features, n_components, normalize)
    np.testing.assert_allclose(made.apply(features), made.values, atol=1e-5)
    for row in (0, 39):  # one alone, as a search has it
        np.testing.assert_allclose(made.apply(features[[row]])[0], made.values[row], atol=1e-5)


def test_the_randomised_solver_lays_a_new_image_beside_its_copy_too():
    features = random_features(600, 550)  # a flat spectrum, on which it does not converge
    made = reduce(features, 4)
    np.testing.assert_allclose(made.apply(features[:5]), made.values[:5], atol=1e-4)


def test_a_new_image_is_centred_by_the_mean_of_the_set_and_turned_like_it():
    made = reduce(LINE, 1)  # points at 0, 3, 6 and 9 along the line, 4.5 in the middle
    new = np.array([[4, 8, 8], [1.5, 3, 3], [2, -1, 0]], dtype=np.float32)
    direction = np.sign(made.values[3, 0] - made.values[0, 0])
    # The last lies at a right angle to the line, seen from its beginning.
    np.testing.assert_allclose(made.apply(new)[:, 0] * direction, [7.5, 0, -4.5], atol=1e-5)


def test_a_new_image_is_normalised_like_the_set():
    made = reduce([[3, 4], [0, 1]], None, "l2")
    np.testing.assert_allclose(made.apply(np.array([[0, -7]], np.float32)), [[0, -1]])


def test_what_prepares_new_images_is_kept_in_single_precision():
    made = reduce(random_features(12, 5), 2)
    assert (made.mean.shape, made.components.shape) == ((5,), (2, 5))
    assert made.mean.dtype == made.components.dtype == np.float32
    assert made.apply(random_features(3, 5)).dtype == np.float32


@pytest.mark.parametrize("n_components", [None, 2])
def test_features_of_another_layer_are_refused(n_components):
    made = reduce(random_features(12, 5), n_components)
    with pytest.raises(CoreError, match="3 features an image, those of the set have 5"):
        made.apply(LINE)


def test_many_rows_are_turned_block_by_block(monkeypatch):
    features = random_features(50, 6)
    whole = reduce(features, 3).values
    monkeypatch.setattr("core.reduction._ROWS_AT_ONCE", 7)
    np.testing.assert_allclose(reduce(features, 3).values, whole, atol=1e-6)


def test_equal_features_stay_equal_in_every_block(monkeypatch):
    monkeypatch.setattr("core.reduction._ROWS_AT_ONCE", 5)
    features = np.tile(random_features(7, 40), (3, 1))
    values = reduce(features, 6).values
    assert np.array_equal(values[:7], values[7:14])
    assert np.array_equal(values[:7], values[14:])

"""Components against numpy's singular values, in double precision."""

import numpy as np
import pytest

from core.randomized_pca import find_components


def decaying(n=300, d=400, seed=0):
    """Features whose variance falls off as that of images' does, around a mean that is not 0."""
    generator = np.random.default_rng(seed)
    axes = np.linalg.qr(generator.normal(size=(d, d)))[0]
    spread = 1 / np.arange(1, d + 1)
    return (generator.normal(size=(n, d)) * spread @ axes + 3).astype(np.float32)


def exact(values):
    """Components (r, d), coordinates (n, r) and the share of each."""
    centred = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    left, singular, components = np.linalg.svd(centred, full_matrices=False)
    return components, left * singular, singular**2 / (singular**2).sum()


def test_the_first_components_are_those_of_the_singular_values():
    values = decaying()
    made, (components, coordinates, _) = find_components(values, 8, seed=1), exact(values)
    signs = np.sign((made.components * components[:8]).sum(1))
    np.testing.assert_allclose(made.components * signs[:, None], components[:8], atol=2e-3)
    np.testing.assert_allclose(made.coordinates * signs, coordinates[:, :8], atol=2e-3)


@pytest.mark.parametrize("n_components", [1, 20, 100])
def test_almost_as_much_variance_is_kept_as_can_be(n_components):
    values = decaying()
    possible = exact(values)[2][:n_components].sum()
    share = find_components(values, n_components, seed=1).share
    assert possible * 0.999 <= share <= possible * 1.00001


def test_the_share_is_that_of_the_coordinates():
    values = decaying()
    made = find_components(values, 20, seed=1)
    centred = values.astype(np.float64) - values.mean(axis=0)
    assert made.share == pytest.approx((made.coordinates**2).sum() / (centred**2).sum(), rel=1e-4)


@pytest.mark.parametrize("spectrum", ["decaying", "flat"])
def test_coordinates_are_projections_even_where_nothing_has_converged(spectrum):
    values = decaying()
    if spectrum == "flat":
        values = np.random.default_rng(2).normal(size=(300, 400)).astype(np.float32)
    made = find_components(values, 10, seed=1)
    np.testing.assert_allclose(made.components @ made.components.T, np.eye(10), atol=1e-5)
    expected = (values - made.mean) @ made.components.T
    np.testing.assert_allclose(made.coordinates, expected, atol=1e-4)


def test_all_there_is_is_found_where_that_is_less_than_was_wanted():
    line = np.outer(np.arange(50), np.ones(60)).astype(np.float32)
    made = find_components(line, 5, seed=1)
    assert made.share == pytest.approx(1)
    np.testing.assert_allclose(np.abs(np.diff(made.coordinates[:, 0])), np.sqrt(60), rtol=1e-4)
    np.testing.assert_allclose(made.coordinates[:, 1:], 0, atol=1e-3)


def test_identical_rows_have_no_variance_and_lose_none():
    made = find_components(np.full((30, 40), 7, np.float32), 3, seed=1)
    assert made.share == 1
    assert np.array_equal(made.coordinates, np.zeros((30, 3)))


def test_the_seed_decides():
    values = np.random.default_rng(2).normal(size=(300, 400)).astype(np.float32)
    first, again, other = (find_components(values, 10, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.components, again.components)
    assert not np.allclose(np.abs(first.components), np.abs(other.components), atol=1e-3)


def test_everything_is_in_single_precision_and_the_input_left_alone():
    values = decaying()
    before = values.copy()
    made = find_components(values, 4, seed=1)
    assert {made.mean.dtype, made.components.dtype, made.coordinates.dtype} == {np.dtype("f4")}
    assert (made.mean.shape, made.components.shape, made.coordinates.shape) == (
        (400,), (4, 400), (300, 4),
    )  # fmt: skip
    assert np.array_equal(values, before)

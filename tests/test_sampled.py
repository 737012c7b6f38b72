"""Measures from a sample: right for all images within the error that they state."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from core.measures import silhouette
from core.measures.sampled import Estimate, measure_sample

GENERATOR = np.random.default_rng(0)
OWN = GENERATOR.integers(0, 3, 2_000).astype(np.int32)
CENTRES = 6 * np.eye(3, dtype=np.float32)
VALUES = (CENTRES[OWN] + GENERATOR.normal(size=(2_000, 3))).astype(np.float32)
APART = np.linalg.norm(VALUES - CENTRES[OWN], axis=1).astype(np.float32)


def measured(rows, **more):
    return measure_sample(VALUES[rows], OWN[rows], APART[rows], n_images=2_000, **more)


def test_of_all_images_it_is_exact():
    made = measured(slice(None))
    assert made.inertia.value == pytest.approx(np.square(APART, dtype=float).sum())
    assert made.silhouette.value == pytest.approx(silhouette_score(VALUES, OWN), abs=1e-4)
    assert (made.inertia.error, made.silhouette.error) == (0, 0)


def test_of_a_sample_the_truth_lies_within_two_errors_19_times_in_20():
    inertia, silhouette = np.square(APART, dtype=float).sum(), silhouette_score(VALUES, OWN)
    made = [
        measured(np.random.default_rng(seed).choice(2_000, 200, replace=False))
        for seed in range(60)
    ]
    near = [abs(one.inertia.value - inertia) <= 2 * one.inertia.error for one in made]
    assert np.mean(near) > 0.85
    near = [abs(one.silhouette.value - silhouette) <= 2 * one.silhouette.error for one in made]
    assert np.mean(near) > 0.85


def test_a_silhouette_of_which_not_all_images_are_scored_has_that_error_too(monkeypatch):
    monkeypatch.setattr(silhouette, "EXACT_UP_TO", 1_000)
    monkeypatch.setattr(silhouette, "SAMPLE", 500)
    scored = silhouette.Silhouettes(VALUES, seed=42).measure(OWN)
    assert scored.n_scored == 500
    assert measured(slice(None)).silhouette.error == pytest.approx(scored.error)


def test_the_error_is_cochrans():
    rows = np.arange(0, 2_000, 5)
    squares = np.square(APART[rows], dtype=float)
    expected = 2_000 * squares.std(ddof=1) / 400**0.5 * (1 - 400 / 2_000) ** 0.5
    assert measured(rows).inertia.error == pytest.approx(expected)


def test_one_cluster_has_no_silhouette_and_one_image_no_spread():
    made = measure_sample(VALUES[:9], np.zeros(9, np.int32), APART[:9], n_images=20)
    assert made.silhouette is None
    one = measure_sample(VALUES[:1], OWN[:1], APART[:1], n_images=1)
    assert one.inertia.error == 0


@pytest.mark.parametrize(("count", "n_images"), [(0, 5), (6, 5)])
def test_a_sample_has_from_one_to_all_images(count, n_images):
    with pytest.raises(ValueError, match=f"a sample of {count} of {n_images}"):
        measure_sample(VALUES[:count], OWN[:count], APART[:count], n_images=n_images)


def test_in_words():
    assert Estimate(0.51234, 0.0021, 2_000, 10**6).describe() == (
        "0.5123 ± 0.0042 (2,000 of 1,000,000 images)"
    )
    assert Estimate(0.5, 0, 9, 9).describe() == "0.5"

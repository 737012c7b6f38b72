"""The fit with what was decided: kept until somebody decides otherwise, and the same as without."""

import numpy as np
import pytest
from test_deciding import THREE, ada, number_of, photos, row_of, study  # noqa: F401 - fixtures

from core.journal.fit_again import find_fit, fit_again, measure_again


@pytest.fixture
def moved(ada, study):  # noqa: F811
    rows = [row_of(study, f"red {i}") for i in range(2)]
    ada.move(THREE, rows, to=number_of(study, "blue 0"), seen=0)
    return ada.corrected(THREE)


def test_it_is_computed_once_and_found_again(ada, study, moved, monkeypatch):  # noqa: F811
    assert find_fit(study, moved, seed=42) is None
    made, plain = fit_again(study, moved, seed=42), ada.refit(THREE)
    assert np.array_equal(made.refit.labels, plain.refit.labels)
    assert np.array_equal(made.refit.broken, plain.refit.broken)
    assert (made.refit.inertia, made.refit.rounds) == (plain.refit.inertia, plain.refit.rounds)
    assert np.array_equal(made.links.must, plain.links.must)
    monkeypatch.setattr("core.journal.fit_again.refit", None)  # would fail if it were called
    again = find_fit(study, moved, seed=42)
    assert np.array_equal(again.refit.labels, made.refit.labels)
    assert again.refit.labels.dtype == np.int32


def test_another_seed_is_another_fit(study, moved):  # noqa: F811
    fit_again(study, moved, seed=42)
    assert find_fit(study, moved, seed=43) is None


@pytest.mark.parametrize(
    "decide",
    [
        lambda mine, row, seen: mine.keep(THREE, [row], seen=seen),
        lambda mine, row, seen: mine.exclude([row], seen=seen),
        lambda mine, row, seen: mine.undo(seen=seen),
    ],
)
def test_what_is_decided_since_makes_it_another(ada, study, moved, decide):  # noqa: F811
    fit_again(study, moved, seed=42)
    decide(ada, row_of(study, "green 0"), ada.state.seq)
    assert find_fit(study, ada.corrected(THREE), seed=42) is None


def test_what_teaches_nothing_leaves_it(ada, study, moved):  # noqa: F811
    fit_again(study, moved, seed=42)
    ada.tag([0], "x", seen=ada.state.seq)
    ada.name_cluster(THREE, 0, "reds", seen=ada.state.seq)
    assert find_fit(study, ada.corrected(THREE), seed=42) is not None


def test_the_fit_of_each_image_is_measured_without_the_excluded(ada, study):  # noqa: F811
    out = row_of(study, "green 3")
    ada.exclude([out], seen=0)
    corrected = ada.corrected(THREE)
    made = measure_again(study, corrected, corrected.labels)
    green = number_of(study, "green 0")
    members = [row_of(study, f"green {i}") for i in range(3)]
    mean = study.reduction.values[members].mean(axis=0)
    assert np.allclose(made.centroids[green], mean, atol=1e-5)
    assert np.isclose(made.own[out], np.linalg.norm(study.reduction.values[out] - mean), atol=1e-4)

"""Trust in the map of a study: equal to scikit-learn's, and kept."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from core.neighbor_search import find_neighbors
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.review.trusting import trust_map
from core.study import open_study

PARAMS = UMAPParams(n_neighbors=5)


@pytest.fixture
def study(tmp_path, save_image, cache):
    for shade in range(20):
        save_image(tmp_path / f"photos/{shade:02}.png", (12 * shade, 7 * shade % 255, 100))
    made = open_study(
        StudyParams(str(tmp_path / "photos"), weights="embedded", precision="fp32", device="cpu"),
        cache,
    )
    made.extract()
    return made


def test_it_is_that_of_scikit_learn_for_the_map_that_is_shown(study):
    found = trust_map(study, PARAMS)
    values, places = study.reduction.values, study.project(PARAMS).coordinates
    k = found.trust.n_neighbors
    assert k == 9  # always less than half of the images
    expected = trustworthiness(values, places, n_neighbors=k)
    assert found.trust.trustworthiness == pytest.approx(expected, abs=1e-6)
    expected = trustworthiness(places, values, n_neighbors=k)
    assert found.trust.overall_continuity == pytest.approx(expected, abs=1e-6)
    assert np.array_equal(found.map_neighbors.indices, find_neighbors(places, k=15).indices)


def test_it_is_kept_for_each_map(study, monkeypatch):
    first, other = trust_map(study, PARAMS), trust_map(study, UMAPParams(n_neighbors=3))
    monkeypatch.setattr("core.review.trusting.measure_trust", None)
    again = trust_map(study, PARAMS)
    assert np.array_equal(again.trust.trust, first.trust.trust)
    assert np.array_equal(again.trust.continuity, first.trust.continuity)
    assert again.trust.n_ranked == 20
    assert np.array_equal(again.map_neighbors.distances, first.map_neighbors.distances)
    assert not np.array_equal(other.trust.trust, first.trust.trust)

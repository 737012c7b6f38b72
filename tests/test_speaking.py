"""The features that speak for a cluster: where they are found, and who has most of them."""

import numpy as np
import pytest
from seeded import png

from core.clusters.clustering import KMeansParams
from core.inside.inside import Inside
from core.inside.speaking import find_most_of, find_speakers
from core.recipe import StudyParams
from core.reduction import Reduction, ReductionParams, reduce_features
from core.study import open_study

TWO = KMeansParams(2)


def test_who_has_most_is_seen_from_the_values_themselves():
    values = np.array([[0, 5], [3, 1], [2, 9], [3, 0]], dtype=np.float32)
    plain = Reduction(values)
    assert find_most_of(plain, 0, n_cells=1).tolist() == [1, 3, 2, 0]
    assert find_most_of(plain, 1, n_cells=1, most=2).tolist() == [2, 0]


def test_the_cells_of_a_channel_are_added_up():
    # Two channels on two cells each: channel 1 comes to 3, 7 and 5.
    values = np.array([[9, 9, 1, 2], [0, 0, 7, 0], [0, 0, 0, 5]], dtype=np.float32)
    assert find_most_of(Reduction(values), 1, n_cells=2).tolist() == [1, 2, 0]


def test_after_a_pca_that_keeps_all_it_is_the_same():
    features = np.random.default_rng(0).random((5, 8), dtype=np.float32)
    reduction = reduce_features(features, ReductionParams("none", 5))
    assert reduction.is_reduced
    for feature in range(4):
        amounts = features[:, 2 * feature : 2 * feature + 2].sum(axis=1)
        expected = np.argsort(-amounts).tolist()
        assert find_most_of(reduction, feature, n_cells=2, most=5).tolist() == expected


@pytest.fixture
def inside(tmp_path, cache):
    for seed in range(4):
        (tmp_path / f"{seed}.png").write_bytes(png(seed))
    params = StudyParams(str(tmp_path), weights="embedded", device="cpu", precision="fp32")
    study = open_study(params, cache)
    study.extract()
    return Inside(study)


def test_speakers_are_those_of_the_reasons_with_their_maps(inside):
    image = inside.study.images.ids[0]
    why = inside.why(image, TWO)
    found = find_speakers(inside, image, why)
    last = inside.maps(image, "conv5_3")
    by_channel = dict(zip(last.channels, last.maps, strict=True))
    for some, named in ((found.own, why.speaks_for), (found.rival, why.speaks_against)):
        assert [(one.feature, one.part) for one in some] == [(x.feature, x.part) for x in named]
        for one in some:
            assert np.array_equal(one.map, by_channel[one.feature])
            assert sorted(one.rows) == [0, 1, 2, 3]

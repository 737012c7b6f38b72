"""Many clusterings of one study: numbered alike, measured once, and followed image by image."""

from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

from core.cache import Cache
from core.clusters.clustering import KMeansParams, TooManyClusters
from core.clusters.edits import Merge, Split
from core.errors import Cancelled, CoreError
from core.measures.sweep import Sweep, SweepParams
from core.progress import Watch
from core.recipe import StudyParams
from core.study import Study, open_study

SHADES = {
    **{f"red/{shade}.png": (shade, 0, 0) for shade in (150, 175, 200, 225, 250)},
    **{f"green/{shade}.png": (0, shade, 0) for shade in (160, 190, 220)},
    **{f"blue/{shade}.png": (0, 0, shade) for shade in (150, 200, 250)},
}


@pytest.fixture
def open_in(tmp_path, save_image):
    """Opens eleven images of three colours, by folder, over a cache."""
    for name, color in SHADES.items():
        save_image(tmp_path / "photos" / name, color)

    def opened(cache, seed=42):
        params = StudyParams(str(tmp_path / "photos"), weights="embedded", precision="fp32")
        made = open_study(replace(params, device="cpu", seed=seed), cache)
        made.extract()
        return made

    return opened


@pytest.fixture
def study(open_in, cache):
    return open_in(cache)


def ways(before, after):
    """How many numbers of the first are found again, by more than half of their images."""
    return sum(
        2 * np.count_nonzero((before == one) & (after == one)) > np.count_nonzero(before == one)
        for one in np.unique(before)
    )


def test_a_cluster_keeps_its_number_from_k_to_k(study):
    clusterings = [study.clusters(KMeansParams(k)) for k in range(1, 7)]
    for k, (before, after) in enumerate(pairwise(clusterings), 1):
        assert set(after) == set(range(k + 1))
        # Whatever the matching, at most one cluster of k has lost its number to its other half.
        assert ways(before, after) >= k - 1


def test_a_number_does_not_depend_on_which_k_was_asked_for_first(study, open_in, tmp_path):
    at_once = study.clusters(KMeansParams(6))
    with Cache(tmp_path / "other.sqlite") as other:
        later = open_in(other)
        in_order = [later.clusters(KMeansParams(k)) for k in range(1, 7)]
    assert np.array_equal(in_order[-1], at_once)


def test_another_seed_has_the_numbers_of_the_studys_own(study):
    own = study.clusters(KMeansParams(3))
    other = study.clusters(KMeansParams(3, seed=7))
    assert adjusted_rand_score(own, other) == 1  # three colours: every seed finds them
    assert np.array_equal(own, other)


def test_what_is_done_by_hand_is_clustered_like_any_other(study):
    own = study.clusters(KMeansParams(3))
    largest = int(np.bincount(own).argmax())
    split = study.cluster(KMeansParams(3, edits=(Split(largest),)))
    assert len(split.medoids) == 4
    parts = {largest, 3}
    assert set(split.labels[own == largest]) == parts
    assert np.array_equal(split.labels[own != largest], own[own != largest])
    assert study.names(KMeansParams(3, edits=(Split(largest),)))[3] == "cluster 3"
    merged = KMeansParams(3, edits=(Merge(0, 1),))
    assert study.medoids(merged)[0] == -1
    assert [one.cluster for one in study.cluster_facts(merged)] == [1, 2]
    assert study.imbalance(merged) == ""


def test_the_measures_are_those_of_the_clusters(study):
    measured = Sweep(study, SweepParams(2, 4)).measure(3)
    values, clusters = study.reduction.values, study.clusters(KMeansParams(3))
    expected = silhouette_score(values.astype(np.float64), clusters)
    assert measured.quality.silhouette == pytest.approx(expected, abs=1e-5)
    assert measured.quality.inertia == study.cluster(KMeansParams(3)).inertia
    assert measured.quality.ari == measured.quality.purity == 1
    assert (measured.stability.mean, measured.stability.n_pairs) == (1, 3)


def test_a_row_of_the_table_has_every_measure(study):
    one_seed = Sweep(study, SweepParams(2, 3, n_seeds=1)).measure(2).tabulate()
    three = Sweep(study, SweepParams(2, 3)).measure(2).tabulate()
    assert list(one_seed) == list(three)
    assert one_seed["stability_mean"] is None
    assert three["stability_n_pairs"] == 3
    assert one_seed["k"] == 2
    assert one_seed["silhouette"] == three["silhouette"]


def test_nothing_is_measured_twice(study, monkeypatch):
    sweep = Sweep(study, SweepParams(2, 4))
    first = sweep.measure(3)
    monkeypatch.setattr("core.measures.sweep.measure_quality", None)
    assert asdict(Sweep(study, SweepParams(2, 9, 3)).measure(3)) == asdict(first)


def test_k_ends_where_the_images_do(study):
    assert list(Sweep(study, SweepParams(9, 20)).ks) == [9, 10, 11]


def test_restless_is_who_is_apart_from_its_nearest(study):
    found = Sweep(study, SweepParams(2, 4)).restlessness()
    nearest = study.neighbors(15).indices
    clusterings = [study.clusters(KMeansParams(k, 42 + s)) for k in (2, 3, 4) for s in (0, 1, 2)]
    expected = [
        np.mean([one[row] == one[other] for one in clusterings for other in nearest[row, 1:]])
        for row in range(len(nearest))
    ]
    assert np.allclose(found.stability, expected)


def test_restlessness_is_kept_and_can_be_stopped(study, monkeypatch):
    sweep = Sweep(study, SweepParams(2, 4))
    with pytest.raises(Cancelled):
        sweep.restlessness(Watch(should_stop=lambda: True))
    kept = sweep.restlessness()
    monkeypatch.setattr("core.measures.sweep.measure_restlessness", None)
    again = Sweep(study, SweepParams(2, 4)).restlessness()
    assert np.array_equal(again.stability, kept.stability)
    assert again.chance == kept.chance
    assert list(sweep.ks_of(again)) == [2, 3, 4]


def test_who_is_restless_is_measured_up_to_the_images_that_differ(tmp_path, save_image, cache):
    for level in (0, 9):  # another file, the same pixels
        save_image(tmp_path / "same" / f"{level}.png", (9, 9, 9), compress_level=level)
    for shade in (100, 250):
        save_image(tmp_path / "same" / f"{shade}.png", (shade, 0, 0))
    params = StudyParams(str(tmp_path / "same"), weights="embedded", device="cpu")
    study = open_study(params, cache)
    study.extract()
    sweep = Sweep(study, SweepParams(2, 20))
    assert list(sweep.ks) == [2, 3, 4]
    found = sweep.restlessness()
    assert list(sweep.ks_of(found)) == [2, 3]
    assert np.array_equal(found.stability, Sweep(study, SweepParams(2, 3)).restlessness().stability)
    with pytest.raises(TooManyClusters, match="k = 4 is more than the 3 images that differ"):
        Sweep(study, SweepParams(4, 20)).restlessness()


def test_the_last_seed_is_followed_by_the_first(open_in, cache):
    study = open_in(cache, seed=4294967295)
    sweep = Sweep(study, SweepParams(2, 3))
    assert [one.seed for one in sweep.seeds_of(2)] == [4294967295, 0, 1]
    assert sweep.measure(2).stability.n_pairs == 3


def test_two_clusterings_are_compared_by_their_numbers(study):
    found = Sweep(study, SweepParams()).compare(KMeansParams(2), KMeansParams(3))
    assert found.table.sum() == 11
    assert found.table.shape == (2, 3)
    assert not found.moved.any()  # a whole colour splits off: nobody is reshuffled


def test_a_set_too_small_for_the_range_is_refused(study):
    with pytest.raises(CoreError, match="11 images are too few for k = 12"):
        Sweep(study, SweepParams(12, 20)).restlessness()


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ((1, 5), "k from 1 to 5: choose a range within 2 to 100"),
        ((6, 5), "k from 6 to 5"),
        ((2, 101), "k from 2 to 101"),
        ((2, 5, 0), "0 seeds: choose from 1 to 20"),
        ((2, 5, 21), "21 seeds"),
    ],
)
def test_a_range_that_cannot_be_is_refused(params, reason):
    with pytest.raises(CoreError, match=reason):
        SweepParams(*params)


def test_identical_images_have_one_cluster(tmp_path, save_image, cache):
    for name in "abc":
        save_image(tmp_path / "same" / f"{name}.png", (9, 9, 9))
    params = StudyParams(str(tmp_path / "same"), weights="embedded", device="cpu")
    study: Study = open_study(params, cache)
    study.extract()
    assert list(Sweep(study, SweepParams()).ks) == []
    assert study.clusters(KMeansParams(1)).tolist() == [0]
    with pytest.raises(CoreError, match="too many for images that are all alike"):
        study.cluster(KMeansParams(2))

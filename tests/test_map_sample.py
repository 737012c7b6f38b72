"""Which images are drawn: clusters in proportion, none lost, the badly fitting ones all there."""

import numpy as np
import pytest

from core.map_sample import SOME, draw_sample

SIZES = (600, 300, 90, 10)  # 1,000 images
CLUSTERS = np.repeat(np.arange(4), SIZES).astype(np.int32)
WELL = np.full(1_000, 0.5, dtype=np.float32)


def test_all_are_drawn_where_there_are_no_more():
    assert draw_sample(CLUSTERS, WELL, most=1_000) is None
    assert draw_sample(CLUSTERS[:0], WELL[:0]) is None


def test_clusters_are_drawn_in_proportion_and_some_of_each():
    sample = draw_sample(CLUSTERS, WELL, most=500)
    # Half of each; of the 10 all, since fewer than 20 would be left.
    assert np.bincount(CLUSTERS[sample.rows]).tolist() == [300, 150, 45, 10]
    assert (np.diff(sample.rows) > 0).all()


def test_of_a_small_cluster_some_are_drawn_where_its_part_is_fewer():
    sample = draw_sample(CLUSTERS, WELL, most=100)
    assert np.bincount(CLUSTERS[sample.rows]).tolist() == [60, 30, SOME, 10]


def test_all_that_fit_badly_are_drawn_beside_the_others():
    fit = WELL.copy()
    bad = [3, 400, 650, 999]
    fit[bad] = [0.0, 0.049, 0.01, 0.02]
    fit[4] = 0.05  # not below
    sample = draw_sample(CLUSTERS, fit, most=100)
    assert set(bad) <= set(sample.rows.tolist())
    assert (sample.n_bad, sample.n_bad_drawn) == (4, 4)


def test_of_too_many_that_fit_badly_the_worst_are_drawn():
    fit = np.linspace(0, 0.04, 1_000, dtype=np.float32)[::-1].copy()  # row 999 is the worst
    sample = draw_sample(CLUSTERS, fit, most=300)
    assert (sample.n_bad, sample.n_bad_drawn) == (1_000, 100)
    assert set(range(900, 1_000)) <= set(sample.rows.tolist())
    assert len(sample.rows) < 300 + SOME


def test_without_a_fit_none_is_bad():
    sample = draw_sample(CLUSTERS, np.full(1_000, np.nan, np.float32), most=100)
    assert (sample.n_bad, sample.n_bad_drawn) == (0, 0)


def test_the_seed_decides_and_little_more_than_asked_for_is_drawn():
    one, again, other = (draw_sample(CLUSTERS, WELL, most=200, seed=s).rows for s in (1, 1, 2))
    assert one.tolist() == again.tolist() != other.tolist()
    assert 200 <= len(one) <= 200 + 4 * SOME


def test_with_other_clusters_most_of_the_same_images_are_drawn():
    merged = np.where(CLUSTERS == 1, 0, CLUSTERS).astype(np.int32)
    one = set(draw_sample(CLUSTERS, WELL, most=500).rows.tolist())
    other = set(draw_sample(merged, WELL, most=500).rows.tolist())
    assert len(one & other) > 0.9 * len(one)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (0, "500 of 1,000 shown: every cluster in proportion, and none fits badly"),
        (5, "all 5 that fit badly"),
        (400, "the 166 that fit worst"),
    ],
)
def test_in_words(bad, said):
    fit = WELL.copy()
    fit[:bad] = 0
    clusters = np.repeat([0, 1], 500).astype(np.int32)
    assert said in draw_sample(clusters, fit, most=500).describe()


def test_a_number_without_images_does_no_harm():
    sample = draw_sample(CLUSTERS * 3, WELL, most=500)  # numbers 0, 3, 6, 9
    assert np.bincount(CLUSTERS[sample.rows]).tolist() == [300, 150, 45, 10]

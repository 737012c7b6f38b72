"""Where images and clusters stand, on a study whose features are points on a line."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.clusters.clustering import KMeansParams
from core.errors import CoreError
from core.images import identify
from core.inside.explanation import split_by_feature
from core.inside.standing import compare_with_mean, find_members, made_of, place_image
from core.neighbors import Neighbors
from core.recipe import StudyParams
from core.reduction import Reduction, ReductionParams
from core.review.fit import measure_fit
from core.search import match_image

LINE = np.array([[0], [2], [3], [9], [12], [30]], dtype=np.float32)
IDS = tuple("abcdef")


class LineStudy:
    """What is asked of a study, of six points on a line and an image that lies at 10."""

    def __init__(self, clusters=(0, 0, 0, 1, 1, 3), k=4):
        self.images = SimpleNamespace(ids=IDS, index={one: row for row, one in enumerate(IDS)})
        self.reduction = Reduction(LINE)
        self.recipe = SimpleNamespace(fingerprint="f", reduction=ReductionParams())
        self.params = StudyParams("")
        self._clusters = np.array(clusters, dtype=np.int32)
        self._centroids = np.array([[5 / 3], [10.5], [1e9], [30]], dtype=np.float32)[:k]

    def clusters(self, params):
        return self._clusters

    def fit(self, params):
        return measure_fit(LINE, self._clusters, self._centroids)

    def neighbors(self, k):
        distances = np.abs(LINE - LINE.T)
        return Neighbors(
            np.argsort(distances, axis=1, kind="stable")[:, :k], np.sort(distances)[:, :k]
        )

    def search_image(self, data, k, params):
        return match_image(LINE, np.array([10], dtype=np.float32), k, self._centroids)


FOUR = KMeansParams(4)


def test_an_image_of_the_set_is_placed_by_its_id():
    place = place_image(LineStudy(), "b", FOUR)
    assert (place.row, place.cluster, place.rival) == (1, 0, 1)
    assert place.neighbors.tolist() == [2, 0, 3, 4, 5]  # itself left out


def test_an_image_from_outside_is_placed_by_its_bytes():
    place = place_image(LineStudy(), b"at 10", FOUR)
    assert (place.row, place.cluster, place.rival) == (None, 1, 0)
    assert place.neighbors.tolist() == [3, 4, 2, 1, 0, 5]


def test_bytes_of_an_image_of_the_set_are_that_image():
    study = LineStudy()
    study.images.index[identify(b"of b")] = 1
    assert place_image(study, b"of b", FOUR).row == 1


def test_an_unknown_id_is_refused():
    with pytest.raises(CoreError, match="no image x in this set: give the bytes"):
        place_image(LineStudy(), "x", FOUR)


@pytest.mark.parametrize("image", ["a", b"at 10"])
def test_with_one_cluster_there_is_no_place(image):
    with pytest.raises(CoreError, match="nothing to compare: choose k from 2"):
        place_image(LineStudy([0] * 6, k=1), image, KMeansParams(1))


def test_members_come_nearest_first():
    assert find_members(LineStudy(), 0, FOUR).tolist() == [1, 2, 0]
    assert find_members(LineStudy(), 3, FOUR).tolist() == [5]


def test_a_cluster_without_images_is_refused():
    with pytest.raises(CoreError, match="cluster 2 holds no images"):
        find_members(LineStudy(), 2, FOUR)


@pytest.mark.parametrize("cluster", [-1, 4])
def test_a_cluster_that_is_not_there_is_refused(cluster):
    with pytest.raises(CoreError, match=f"no cluster {cluster}: choose one from 0 to 3"):
        find_members(LineStudy(), cluster, FOUR)


def test_a_centroid_is_compared_with_the_mean_of_all_images():
    mean = LINE.mean()
    for comparison, centroid in zip(
        compare_with_mean(LineStudy(), (1, 3), FOUR), (10.5, 30), strict=True
    ):
        found = split_by_feature(comparison, np.array([9.0]))
        assert found.sum() == pytest.approx((9 - mean) ** 2 - (9 - centroid) ** 2)


def test_what_was_made_differs_with_what_made_it():
    one = LineStudy()
    assert made_of(one, FOUR) == made_of(LineStudy(), FOUR)
    others = [LineStudy([0, 0, 1, 1, 1, 3]), LineStudy(), LineStudy(), LineStudy()]
    others[1].images.ids = ("x", *IDS[1:])
    others[2].recipe.fingerprint = "g"
    others[3].recipe.reduction = ReductionParams("none")
    keys = [str(made_of(other, FOUR)) for other in [one, *others]]
    assert len(set(keys)) == 5

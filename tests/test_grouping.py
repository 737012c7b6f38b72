"""Images by cluster and label, on five rows of which two are copies and one is unreadable."""

import numpy as np
import pytest

from core.clustering import Clustering
from core.images import ImageRecord, ImageSet
from core.projection import Projection
from dashboard.grouping import group, points

IMAGES = ImageSet(
    "folder",
    (
        ImageRecord("a.jpg", "cat", "A", 8, 8),
        ImageRecord("broken.jpg", None, None, problem="damaged"),
        ImageRecord("b.jpg", "dog", "B", 8, 8),
        ImageRecord("copy-of-a.jpg", "cat", "A", 8, 8),
        ImageRecord("c.jpg", None, "C", 8, 8),
    ),
)
# Of the readable rows a, b, copy of a, c.
CLUSTERING = Clustering(
    labels=np.array([1, 0, 1, 1], dtype=np.int32),
    distances=np.array([0.5, 0.2, 0.5, 0.1], dtype=np.float32),
    medoids=np.array([1, 3]),
    inertia=0.0,
)
PROJECTION = Projection(np.array([[0, 0], [1, 1], [2, 2]], dtype=np.float32), "by hand")


@pytest.fixture
def grouped():
    return group(IMAGES, CLUSTERING)


def test_copies_share_the_cluster_of_their_image(grouped):
    assert [grouped.cluster_of(one) for one in ("A", "B", "C")] == [1, 0, 1]


def test_members_begin_with_the_most_typical(grouped):
    assert grouped.members(1) == ["C", "A"]


def test_a_selection_is_sorted_by_cluster_and_typicality_and_drops_strangers(grouped):
    assert grouped.sort({"A", "B", "C", "not here"}) == ["B", "C", "A"]


def test_an_image_is_described_with_its_copies_cluster_and_label(grouped):
    assert grouped.describe("A") == "a.jpg (+1 more)\ncluster 1\nlabel cat"
    assert grouped.describe("C") == "c.jpg\ncluster 1"


def test_a_selection_is_summed_up_in_words(grouped):
    assert grouped.summarize(["A", "B", "C"]) == "3 images: 2 of cluster 1, 1 of cluster 0"
    assert grouped.summarize(["B"]) == "1 image: 1 of cluster 0"


def test_points_by_cluster(grouped):
    drawn = points(grouped, PROJECTION, color="cluster")
    assert drawn.groups.tolist() == [1, 0, 1]
    assert list(drawn.names) == ["cluster 0", "cluster 1"]


def test_points_by_label_name_what_has_none(grouped):
    drawn = points(grouped, PROJECTION, color="label")
    assert [drawn.names[number] for number in drawn.groups] == ["cat", "dog", "(no label)"]

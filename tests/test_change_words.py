"""The sentences on splits, merges and reshuffles that were put together on purpose."""

import numpy as np
import pytest

from core.clusters.cluster_names import default_name
from core.compare.change_words import describe
from core.compare.changes import find_changes


def names_with(given):
    return tuple(given.get(cluster, default_name(cluster)) for cluster in range(20))


NAMES = names_with({})


def tell(ways, *, before=NAMES, after=NAMES):
    """Of images that take these ways, so many each."""
    pairs = np.repeat(np.array(list(ways), dtype=np.int32).reshape(-1, 2), list(ways.values()), 0)
    return describe(find_changes(pairs[:, 0], pairs[:, 1]), before, after)


OTHERS = {(0, 0): 100, (1, 1): 100}


def test_nothing_changed():
    assert tell(OTHERS) == ["nothing changed"]
    assert tell({}) == ["nothing changed"]


def test_a_clean_split():
    assert tell(OTHERS | {(4, 4): 570, (4, 11): 400, (4, 0): 30}) == [
        "cluster 4 split cleanly in two (97 %): cluster 4 and cluster 11",
        "30 images were reshuffled (2.5 %)",
        "nothing else changed",
    ]


def test_a_split_in_three_of_everything():
    ways = {(0, 0): 5, (0, 1): 4, (0, 2): 3}
    assert tell(ways) == [
        "cluster 0 split cleanly in three (100 %): cluster 0, cluster 1 and cluster 2"
    ]


@pytest.mark.parametrize(
    ("lost", "said"),
    [(99, "split cleanly in two (90 %)"), (100, "split cleanly in two (90 %)"),
     (101, "split in two (89 %)")],
)  # fmt: skip
def test_a_split_is_clean_from_90_percent_on(lost, said):
    ways = {(0, 0): 2000, (4, 4): 500, (4, 11): 500 - lost, (4, 0): lost}
    assert tell(ways)[0] == f"cluster 4 {said}: cluster 4 and cluster 11"


@pytest.mark.parametrize(("parts", "number"), [(10, "ten"), (11, "11")])
def test_a_split_in_many(parts, number):
    said = tell({(0, part): 5 for part in range(parts)})[0]
    assert said.startswith(f"cluster 0 split cleanly in {number} (100 %): cluster 0, cluster 1, ")


def test_a_part_that_joined_another_cluster_is_a_part_of_it():
    assert tell({(0, 0): 40, (0, 1): 60, (1, 1): 200}) == [
        "cluster 0 split cleanly in two (100 %): a part of cluster 1 and cluster 0",
        "nothing else changed",
    ]


def test_a_merge():
    assert tell(OTHERS | {(2, 2): 60, (5, 2): 35, (5, 0): 5}) == [
        "clusters 2 and 5 merged into cluster 2 (95 %)",
        "5 images were reshuffled (1.6 %)",
        "nothing else changed",
    ]


def test_a_merge_of_all_leaves_nothing_else():
    ways = {(0, 0): 10, (1, 0): 10, (2, 0): 10}
    assert tell(ways) == ["clusters 0, 1 and 2 merged into cluster 0 (100 %)"]


def test_names_that_a_person_gave():
    before = names_with({2: "cats"})
    after = names_with({2: "pets"})
    ways = OTHERS | {(2, 2): 60, (5, 2): 35}
    said = tell(ways, before=before, after=after)
    assert said[0] == "cats and cluster 5 merged into pets (100 %)"
    ways = OTHERS | {(2, 2): 60, (2, 3): 35}
    said = tell(ways, before=before, after=after)
    assert said[0] == "cats split cleanly in two (100 %): pets and cluster 3"


def test_reshuffled_images_alone():
    ways = {(0, 0): 909, (1, 1): 857, (0, 1): 20, (1, 0): 11}
    assert tell(ways) == ["31 images were reshuffled (1.7 %)", "nothing else changed"]


@pytest.mark.parametrize(
    ("reshuffled", "others", "said"),
    [
        (1, 99, "1 image was reshuffled (1.0 %)"),
        (1, 5000, "1 image was reshuffled (under 0.1 %)"),
        (12, 88, "12 images were reshuffled (12 %)"),
        (1234, 8766, "1,234 images were reshuffled (12 %)"),
        (999, 9001, "999 images were reshuffled (9.9 %)"),
    ],
)
def test_how_many_were_reshuffled(reshuffled, others, said):
    half = others // 2
    assert tell({(0, 0): half, (0, 1): reshuffled, (1, 1): others - half})[0] == said


def test_a_cluster_that_shrank_and_one_that_hardly_did():
    ways = {(0, 0): 74, (0, 2): 26, (1, 1): 75, (1, 2): 25, (2, 2): 500}
    assert tell(ways) == [
        "cluster 0 kept 74 % of its images",
        "51 images were reshuffled (7.2 %)",
        "nothing else changed",
    ]


def test_a_cluster_of_another_number():
    assert tell({(0, 0): 5, (1, 3): 5}) == ["cluster 1 became cluster 3 (100 %)",
                                            "nothing else changed"]  # fmt: skip


def test_what_is_all_but_everything_is_not_100_percent():
    ways = {(0, 0): 50_000, (0, 1): 49_999, (0, 2): 1, (2, 2): 10}
    assert tell(ways)[0] == "cluster 0 split cleanly in two (99 %): cluster 0 and cluster 1"


def test_scattered_clusters():
    ways = {(0, 0): 90, (1, 1): 90, (2, 2): 90, (5, 5): 90}
    gone = {(3, 0): 8, (3, 1): 7, (3, 2): 5, (3, 5): 1}
    assert tell(ways | gone) == [
        "cluster 3 dissolved: 95 % of its images went to clusters 0, 1 and 2",
        "21 images were reshuffled (5.5 %)",
        "nothing else changed",
    ]
    came = {(0, 4): 8, (1, 4): 8}
    assert tell(ways | came)[0] == (
        "cluster 4 was gathered: 100 % of its images came from clusters 0 and 1"
    )


def test_everything_in_its_order():
    ways = {
        (0, 0): 50, (0, 9): 50, (1, 1): 90, (2, 1): 90, (4, 4): 500, (5, 5): 500, (6, 6): 500,
        (3, 4): 20, (3, 5): 20, (3, 6): 20, (4, 8): 9, (5, 8): 9, (6, 8): 9,
    }  # fmt: skip
    assert tell(ways) == [
        "cluster 0 split cleanly in two (100 %): cluster 0 and cluster 9",
        "clusters 1 and 2 merged into cluster 1 (100 %)",
        "cluster 3 dissolved: 100 % of its images went to clusters 4, 5 and 6",
        "cluster 8 was gathered: 100 % of its images came from clusters 4, 5 and 6",
        "87 images were reshuffled (4.6 %)",
        "nothing else changed",
    ]

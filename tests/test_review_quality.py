"""The figures of the ranking: precision where scores tie, and what counts as misgrouped."""

import numpy as np
import pytest
import review_quality
from review_quality import LabelledSet, precision

WRONG = np.array([True, False, True, False, False, True])


@pytest.mark.parametrize(
    ("scores", "first", "expected"),
    [
        ([6, 5, 4, 3, 2, 1], 1, 1),
        ([6, 5, 4, 3, 2, 1], 3, 2 / 3),
        ([1, 2, 3, 4, 5, 6], 2, 1 / 2),
        ([1, 1, 1, 1, 1, 1], 2, 1 / 2),  # three of six
        ([9, 5, 5, 5, 5, 1], 2, (1 + 1 / 4) / 2),  # one place for four, of whom one is wrong
        ([9, 5, 5, 5, 5, 1], 6, 1 / 2),
    ],
)
def test_equals_share_the_places_they_compete_for(scores, first, expected):
    assert precision(WRONG, np.array(scores), first) == pytest.approx(expected)


def test_a_label_that_is_not_the_most_common_of_its_cluster_is_misgrouped():
    clusters = np.array([0, 0, 0, 1, 1], dtype=np.int32)
    found = review_quality._misgrouped(clusters, ["a", "b", "a", "b", "b"])
    assert found.tolist() == [False, True, False, False, False]


def test_a_table_has_every_ranking(monkeypatch, capsys):
    monkeypatch.setattr(review_quality, "KS", range(2, 4))
    monkeypatch.setattr(review_quality, "SEEDS", range(2))
    generator = np.random.default_rng(0)
    values = (np.repeat(np.eye(2, 3), 40, axis=0) + generator.normal(size=(80, 3))).astype("f4")
    labels = [str(label) for label in np.repeat(["a", "b"], 40)]
    labels[3] = "b"
    review_quality._show(LabelledSet("blobs", values, labels))
    out = capsys.readouterr().out
    assert "blobs: 80 in 2 clusters" in out
    assert all(name in out for name in review_quality.RANKINGS)
    assert "among the first 8" in out

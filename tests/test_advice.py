"""The sentences: what is said of findings written by hand, and of images whose groups are known."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.clusters.clustering import KMeansParams, cluster
from core.clusters.seeding import Seeding
from core.measures.advice import advise, put_into_words
from core.measures.findings import Findings
from core.measures.quality import Quality, measure_quality
from core.measures.silhouette import Silhouettes
from core.measures.stability import measure_stability

TO_20 = tuple(range(2, 21))
SEVERAL = Findings(
    measured=TO_20,
    equally_good=(5, 6, 7),
    stable=(12,),
    chance_from=15,
    separation="weak",
    certainty=0.95,
    elbow=6,
    calinski_harabasz=2,
    davies_bouldin=2,
)
ONE = replace(
    SEVERAL, equally_good=(7,), stable=(), chance_from=None, separation="strong", certainty=1.0
)


def sentences(found, **changes):
    return put_into_words(replace(found, **changes)).removesuffix(".").split(". ")


def test_what_the_curves_say_and_how_sure_that_is():
    assert sentences(SEVERAL) == [
        "5 to 7 are equally good; 12 is stable too; above 14 the groups depend on chance",
        "The groups border on each other, and every seed finds almost the same ones",
    ]


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"equally_good": (5,), "elbow": 5}, "5 has the best silhouette;"),
        ({"equally_good": (5, 6)}, "5 and 6 are equally good;"),
        ({"equally_good": (3, 5, 6, 7, 10)}, "3, 5 to 7 and 10 are equally good;"),
        ({"equally_good": TO_20[1:]}, "No k stands out: 3 to 20 are equally good;"),
        ({"equally_good": (), "separation": "none"}, "No k stands out, for the images form no"),
        ({"stable": (10, 12)}, "5 to 7 are equally good; 10 and 12 are stable too;"),
        ({"certainty": 0.8}, "5 to 7 are equally good; 12 is stable; above"),
        ({"stable": ()}, "5 to 7 are equally good; above 14 the groups depend on chance"),
        (
            {"stable": (), "chance_from": None, "chance_up_to": 3},
            "5 to 7 are equally good; below 4 the groups depend on chance",
        ),
        (
            {"stable": (), "chance_up_to": 3},
            "5 to 7 are equally good; below 4 and above 14 the groups depend on chance",
        ),
        (
            {"stable": (), "measured": (2, 3, 5, 6, 7, 15, 20), "chance_up_to": 3},
            "5 to 7 are equally good; up to 3 and from 15 on the groups depend on chance",
        ),
        (
            {"stable": (), "chance_from": 2},
            "5 to 7 are equally good; at every k the groups depend on chance",
        ),
    ],
)
def test_which_k_are_good(changes, start):
    assert sentences(SEVERAL, **changes)[0].startswith(start)


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ((7, 7, 7), "7 stands out in all 4 curves"),
        ((7, 7, 2), "7 stands out in 3 of 4 curves"),
        ((None, 7, 7), "7 stands out in all 3 curves"),
        ((7, 2, 2), "7 has the best silhouette"),
    ],
)
def test_one_k_stands_out_only_where_most_curves_say_so(votes, expected):
    names = ("elbow", "calinski_harabasz", "davies_bouldin")
    assert sentences(ONE, **dict(zip(names, votes, strict=True)))[0] == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"separation": "strong", "certainty": 1.0},
            "clearly apart, and every seed finds the same",
        ),
        ({"separation": "reasonable"}, "The groups lie mostly apart, and every seed finds almost"),
        (
            {"certainty": 0.7, "unsteady": (5, 6, 7)},
            "each other, and another seed moves some images",
        ),
        (
            {"certainty": 0.7, "unsteady": (5, 6, 7), "separation": "strong"},
            "apart, but another seed moves some images",
        ),
        ({"certainty": 0.7, "unsteady": (6,)}, "but at 6 another seed moves some images"),
        ({"certainty": 0.6, "unsteady": (5, 6, 7)}, "and another seed finds others"),
        ({"certainty": None}, "and whether another seed finds the same ones is not measured yet"),
        (
            {"separation": "overlapping"},
            "The groups overlap, and every seed finds almost the same ones: "
            "take k as how finely to sort the images, not as a fact about them",
        ),
        (
            {"separation": "none", "equally_good": (), "stable": (), "certainty": None},
            "Even at the best k, images lie about as near to the next group as to their own",
        ),
        (
            {"separation": "none", "equally_good": (), "certainty": None},
            "own: a stable k cuts them at the same place each time, but not at a gap",
        ),
    ],
)
def test_how_sure_that_is(changes, expected):
    assert expected in sentences(SEVERAL, **changes)[1]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"elbow": 8, "calinski_harabasz": 3, "davies_bouldin": 20},
            "The other curves point elsewhere: Calinski-Harabasz to 3, Davies-Bouldin to 20 "
            "and the elbow of the inertia to 8",
        ),
        ({"equally_good": (19, 20), "elbow": 20}, "20 is the largest k measured, and more may be"),
        (
            {"measured": TO_20[3:], "equally_good": (5, 6)},
            "5 is the smallest k measured, and fewer may be as good",
        ),
        ({"measured": (2, 5, 6, 7, 10, 12)}, "5 k between 2 and 12 are not measured yet"),
        ({"measured": (*TO_20[:-2], 20)}, "1 k between 2 and 20 is not measured yet"),
        (
            {"equally_good": (2,), "davies_bouldin": 3},
            "One cloud without a gap, cut in half, looks the same",
        ),
        (
            {"measured": (*TO_20[:-2], 20), "equally_good": (20,), "elbow": 5},
            "The other curves point elsewhere: Calinski-Harabasz to 2, Davies-Bouldin to 2 and the "
            "elbow of the inertia to 5; 20 is the largest k measured, and more may be as good; "
            "1 k between 2 and 20 is not measured yet",
        ),
    ],
)
def test_what_speaks_against_it(changes, expected):
    assert sentences(SEVERAL, **changes)[2].startswith(expected)


@pytest.mark.parametrize(
    "changes",
    [
        {"stable": (2, 12), "elbow": 8},  # another curve points to what is stable
        {"elbow": None, "davies_bouldin": None},  # one curve alone is no disagreement
        {"equally_good": TO_20, "elbow": 8},  # flat: that says it
        {"equally_good": (20,), "elbow": 20, "is_complete": True},  # more groups say nothing
        {"equally_good": (2,), "separation": "strong", "elbow": 2, "certainty": 1.0},
    ],
)
def test_else_nothing_does(changes):
    assert len(sentences(SEVERAL, **changes)) == 2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"label_choice": (5,), "label_agreement": 0.734},
            ["The labels agree best with 5 (", "0.73"],
        ),
        (
            {"label_choice": (5, 9), "label_agreement": 1.0},
            ["best with 5 and 9 (adjusted Rand", "1.0"],
        ),
        ({"label_choice": (5,), "label_agreement": 0.05}, ["No k agrees with the labels", "0.05"]),
    ],
)
def test_one_sentence_on_labels(changes, expected):
    *others, last = sentences(SEVERAL, **changes)
    assert len(others) == 2
    assert all(part in last for part in expected)


def test_one_k_cannot_agree_best_with_the_labels():
    alone = {"measured": (5,), "equally_good": (5,), "label_choice": (5,), "label_agreement": 0.5}
    assert len(sentences(SEVERAL, **alone)) == 2


def test_one_label_for_all_is_not_worth_a_sentence():
    assert len(sentences(SEVERAL, label_choice=TO_20, label_agreement=0.0)) == 2


@pytest.mark.parametrize(
    ("measured", "good", "start"),
    [
        ((5,), (5,), "Only 5 is measured: there is nothing to compare it with yet"),
        (
            (2, 5, 6, 9),
            (5, 6),
            "Only 2, 5, 6 and 9 are measured, too few to read the curves; "
            "of these 5 and 6 have the best silhouette",
        ),
        ((2, 3), (3,), "Only 2 and 3 are measured, too few to read the curves; of these 3 has the"),
        ((2, 3), (), "Only 2 and 3 are measured, too few to read the curves; none of them shows"),
    ],
)
def test_few_measured(measured, good, start):
    separation = "weak" if good else "none"
    found = replace(SEVERAL, measured=measured, equally_good=good, separation=separation, elbow=8)
    said = sentences(found)
    assert said[0].startswith(start)
    assert len(said) == 2


def test_nothing_measured():
    assert put_into_words(Findings()).startswith("No k can be judged yet")


def test_it_can_be_written_as_json():
    quality = Quality(2, 1.0, 0.5, 0.0, 10, 3.0, 1.0)
    assert "Only 2 is measured" in json.dumps(asdict(advise({2: quality}, {})), allow_nan=False)


# Images whose groups are known, from features to the sentence.


def sweep(values, ks, *, n_seeds=3, labels=()):
    """The advice on every k, clustered and measured as the command line does."""
    seedings = [Seeding(values, seed=seed) for seed in range(42, 42 + n_seeds)]
    silhouettes, qualities, stabilities = Silhouettes(values), {}, {}
    for k in ks:
        found = [cluster(values, KMeansParams(k, one.seed), seeding=one) for one in seedings]
        qualities[k] = measure_quality(
            values, found[0].labels, inertia=found[0].inertia, true_labels=labels,
            silhouettes=silhouettes,
        )  # fmt: skip
        stabilities[k] = measure_stability([one.labels for one in found])
    return advise(qualities, stabilities)


def scatter(centres, n_each, *, scale=1.0, seed=0):
    """Gaussian clouds around some centres, (k * n_each, d)."""
    places = np.repeat(np.asarray(centres, dtype=float), n_each, axis=0)
    noise = np.random.default_rng(seed).normal(scale=scale, size=places.shape)
    return (places + noise).astype(np.float32)


@pytest.mark.parametrize("k", [2, 4, 6])
def test_groups_far_apart_are_counted(k):
    values = scatter(20 * np.eye(8)[:k], 40)
    said = sweep(values, range(2, 11), labels=[f"group {row // 40}" for row in range(len(values))])
    assert said.findings.stands_out == k
    assert said.text.startswith(f"{k} stands out in")
    assert "The groups lie clearly apart, and every seed finds the same ones." in said.text
    assert said.text.endswith(f"The labels agree best with {k} (adjusted Rand index 1.00).")


def test_two_levels_are_both_named():
    outer = 60 * np.eye(8)[:3]
    inner = [place + step for place in outer for step in 12 * np.eye(8)[3:7]]
    said = sweep(scatter(inner, 30), range(2, 17))
    assert {3, 12} <= {*said.findings.equally_good, *said.findings.stable}
    assert not {*range(5, 11)} & {*said.findings.equally_good}


def test_noise_has_no_groups():
    noise = np.random.default_rng(0).uniform(size=(400, 50)).astype(np.float32)
    said = sweep(noise, range(2, 13))
    assert said.findings.stands_out is None
    assert said.findings.equally_good == said.findings.stable == ()
    assert said.text.startswith(
        "No k stands out, for the images form no clear groups; "
        "at every k the groups depend on chance."
    )


def test_one_long_cloud_is_no_two_groups():
    stretch = np.arange(1, 33) ** -0.75
    cloud = (np.random.default_rng(0).normal(size=(500, 32)) * stretch).astype(np.float32)
    said = sweep(cloud, range(2, 11))
    assert said.findings.stands_out is None
    assert "2 has the best silhouette" in said.text
    assert "One cloud without a gap, cut in half, looks the same" in said.text


def test_groups_that_overlap_are_said_to():
    values = scatter(1.6 * np.eye(10)[:6], 60)
    said = sweep(values, range(2, 13))
    assert said.findings.stands_out is None
    assert said.findings.separation in {"overlapping", "none"}


def test_the_digits_are_not_settled_by_the_curves():
    values, digits = load_digits(return_X_y=True)
    said = sweep(values.astype(np.float32), range(6, 15), labels=[str(one) for one in digits])
    assert 10 in said.findings.equally_good
    assert len(said.findings.equally_good) > 1
    assert 10 in said.findings.label_choice
    assert "The groups overlap" in said.text


def test_few_images():
    said = sweep(scatter([[0, 0], [50, 0]], 3), range(2, 6), n_seeds=2)
    assert said.text.startswith("Only 2 to 5 are measured, too few to read the curves; of these 2")


def test_images_that_are_all_the_same():
    same = np.ones((9, 4), dtype=np.float32)
    quality = measure_quality(same, np.zeros(9, dtype=np.int32), inertia=0)
    assert advise({1: quality}, {}).text.startswith("No k can be judged yet")

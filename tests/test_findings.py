"""What follows from what was found: whether one k stands out, and how k are listed."""

from dataclasses import replace

import pytest

from core.measures.findings import Findings, runs_of

PEAK = Findings(
    measured=(2, 3, 4, 5, 6, 7),
    equally_good=(4,),
    separation="strong",
    certainty=1.0,
    elbow=4,
    calinski_harabasz=4,
    davies_bouldin=7,
)


def test_a_peak_that_most_curves_share_stands_out():
    assert PEAK.stands_out == 4
    assert PEAK.votes == {
        "Calinski-Harabasz": 4,
        "Davies-Bouldin": 7,
        "the elbow of the inertia": 4,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"equally_good": (4, 5)},
        {"equally_good": ()},
        {"elbow": 5},
        {"elbow": None},  # one of two is not most
        {"unsteady": (4,), "certainty": 0.8},
        {"separation": "overlapping"},
        {"measured": (2, 3, 4, 6, 7)},  # 5 may be better
        {"measured": (3, 4, 5, 6), "equally_good": (4,)},  # too few
        {"measured": (4, 5, 6, 7, 8)},  # 3 may be better
        {"measured": (0, 1, 2, 3, 4)},  # 5 may be better
    ],
)
def test_otherwise_none_stands_out(change):
    assert replace(PEAK, **change).stands_out is None


@pytest.mark.parametrize(
    "change",
    [
        {"davies_bouldin": 4},
        {"elbow": None, "davies_bouldin": 4},
        {"separation": "weak"},
        {"certainty": None},  # other seeds are not measured yet
    ],
)
def test_this_does_not_speak_against_it(change):
    assert replace(PEAK, **change).stands_out == 4


def test_2_stands_out_only_where_its_groups_lie_clearly_apart():
    two = replace(PEAK, equally_good=(2,), elbow=2, calinski_harabasz=2)
    assert two.stands_out == 2
    assert replace(two, separation="reasonable").stands_out is None
    assert replace(two, measured=(2, 4, 5, 6, 7)).stands_out is None


@pytest.mark.parametrize(
    ("measured", "good", "is_flat"),
    [
        ((2, 3, 4, 5, 6, 7), (2, 3, 4, 5), True),
        ((2, 3, 4, 5, 6, 7), (2, 3, 4), False),
        ((2,), (2,), False),
        ((2, 3), (2, 3), True),
        ((), (), False),
    ],
)
def test_a_curve_is_flat_where_most_k_are_equally_good(measured, good, is_flat):
    assert Findings(measured=measured, equally_good=good).is_flat == is_flat


@pytest.mark.parametrize(
    ("measured", "n_gaps"), [((), 0), ((5,), 0), ((2, 3, 4), 0), ((2, 5, 7), 3)]
)
def test_gaps_are_counted(measured, n_gaps):
    assert Findings(measured=measured).n_gaps == n_gaps


def test_runs_end_where_a_number_is_missing():
    assert runs_of([7, 3, 5, 6, 9]) == [[3], [5, 6, 7], [9]]
    assert runs_of([]) == []

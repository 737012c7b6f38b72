"""The elbow on curves drawn by hand."""

import pytest

from core.measures.elbow import find_elbow


def curve(*values, first=2):
    return dict(enumerate(values, start=first))


def test_it_lies_where_a_steep_fall_ends():
    assert find_elbow(curve(100, 60, 20, 15, 10, 5, 0)) == 4


def test_the_example_of_the_paper():
    # Figure 2: y = 5 - 1 / (x + 0.1) at ten x from 0 to 1, here turned to fall; its knee is 0.22.
    falling = {i: 1 / (i / 9 + 0.1) - 5 for i in range(10)}
    assert find_elbow(falling) == 2  # 2 / 9


@pytest.mark.parametrize(
    "inertias",
    [
        curve(),
        curve(5),
        curve(5, 3),
        curve(5, 5, 5, 5),
        curve(40, 30, 20, 10, 0),  # a straight line
        curve(100, 99, 97, 90, 60, 0),  # the other way round
    ],
)
def test_a_curve_without_one_has_none(inertias):
    assert find_elbow(inertias) is None


def test_of_two_the_farther_from_the_line_is_taken():
    assert find_elbow(curve(100, 70, 40, 38, 36, 34, 32, 30, 4, 3, 2, 1, 0)) == 4
    assert find_elbow(curve(100, 90, 80, 78, 76, 42, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)) == 8


def test_a_small_bend_needs_a_small_sensitivity():
    bend = curve(100, 70, 50, 30, 0)
    assert find_elbow(bend) is None
    assert find_elbow(bend, sensitivity=0.1) == 3


def test_k_may_be_far_apart_and_in_any_order():
    inertias = {20: 0.0, 2: 100.0, 5: 20.0, 10: 10.0}
    assert find_elbow(inertias) == 5
    assert list(inertias) == [20, 2, 5, 10]


def test_neither_unit_nor_place_matters():
    assert find_elbow({k: 1e9 + 1e6 * v for k, v in curve(100, 60, 20, 15, 10, 5, 0).items()}) == 4

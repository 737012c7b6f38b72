"""The sweep in the background: what comes first, and where it ends."""

from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from core.clusters.clustering import TooManyClusters
from core.errors import Cancelled, CoreError
from core.measures.sweep import SweepParams
from core.progress import Watch
from dashboard.sweeping import Sweeping, next_of


class Recorded:
    """A sweep that measures nothing and notes what it was asked for."""

    def __init__(self, largest, too_many=100):
        self.params = SweepParams(2, largest)
        self.ks = range(2, largest + 1)
        self.too_many = too_many
        self.asked = []

    def measure(self, k):
        self.asked.append(k)
        if k >= self.too_many:
            raise TooManyClusters(f"k = {k} is too many")
        return SimpleNamespace(k=k)


def test_what_is_looked_at_comes_first_and_then_what_is_near():
    sweep = Recorded(8)
    sweeping = Sweeping(sweep)
    sweeping.look_at(5)
    sweeping.run(Watch())
    assert sweep.asked == [5, 6, 4, 7, 3, 8, 2]
    assert [one.k for one in sweeping.rows] == [2, 3, 4, 5, 6, 7, 8]


def test_who_looks_elsewhere_meanwhile_is_served_there():
    sweep = Recorded(9)
    sweeping = Sweeping(sweep)
    sweeping.run(Watch(report=lambda progress: sweeping.look_at(9) if progress.done == 2 else None))
    assert sweep.asked == [2, 3, 9, 8, 7, 6, 5, 4]


def test_more_clusters_than_the_images_allow_end_it_with_a_sentence():
    sweep = Recorded(20, too_many=6)
    sweeping = Sweeping(sweep)
    sweeping.look_at(10)
    sweeping.run(Watch())
    assert sweep.asked == [10, 9, 8, 7, 6, 5, 4, 3, 2]
    assert [one.k for one in sweeping.rows] == [2, 3, 4, 5]
    assert sweeping.problem == "k = 6 is too many"


def test_what_is_no_matter_of_k_ends_the_work_as_an_error():
    sweep = Recorded(20)
    sweep.measure = Mock(side_effect=CoreError("the disk is full: make room"))
    sweeping = Sweeping(sweep)
    with pytest.raises(CoreError, match="the disk is full"):
        sweeping.run(Watch())
    assert (sweep.measure.call_count, sweeping.problem) == (1, "")


def test_what_was_measured_before_a_stop_is_there():
    sweeping = Sweeping(Recorded(20))
    with pytest.raises(Cancelled):
        sweeping.run(Watch(should_stop=lambda: len(sweeping.rows) == 3))
    assert [one.k for one in sweeping.rows] == [2, 3, 4]


def test_of_two_as_near_the_larger_comes_first():
    assert next_of({3, 7}, 5) == 7

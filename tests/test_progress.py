"""Long work reports before it honours a stop."""

import pytest

from core.errors import Cancelled
from core.progress import Progress, Watch

HALF = Progress("extract", 3, 6)


def test_a_step_is_reported():
    reports = []
    Watch(reports.append).step(HALF)
    assert reports == [HALF]


def test_a_stop_names_how_far_the_work_has_come():
    with pytest.raises(Cancelled, match="stopped at 3 of 6 images"):
        Watch(should_stop=lambda: True).step(HALF)


def test_the_last_step_is_reported_before_the_stop():
    reports = []
    watch = Watch(reports.append, lambda: len(reports) == 2)
    watch.step(Progress("extract", 1, 6))
    with pytest.raises(Cancelled):
        watch.step(HALF)
    assert reports[-1] == HALF


def test_nobody_has_to_watch():
    Watch().step(HALF)


def test_progress_counts_images_from_nothing_unless_told_otherwise():
    assert Progress("scan") == Progress("scan", done=0, total=0, unit="images")

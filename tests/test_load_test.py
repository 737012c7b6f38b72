"""The load test: what it plants, does and counts; with a true server it runs in test_tidying.py."""

from types import SimpleNamespace

import numpy as np
import pytest
from load_people import LARGEST_K, Load, Times, use_all
from load_session import PageError
from load_study import N_PLANTED, _draw_vectors
from load_test import Report, tabulate


class Page:
    """A session that notes what is done to it; every lasso of a broken one fails."""

    def __init__(self, *, broken=False):
        self.ids = np.zeros((400, 32), dtype=np.uint8)
        self.places = np.stack([np.arange(400.0), np.zeros(400)], axis=1)  # on a line
        self.broken = broken
        self.hovered, self.lassos, self.ks = [], [], []

    def hover(self, row):
        self.hovered.append(row)

    def lasso(self, rows):
        if self.broken:
            raise PageError("no gallery")
        self.lassos.append(rows)

    def change_k(self, k):
        self.ks.append(k)


@pytest.fixture(scope="module")
def used():
    """Pages used for as long as a gesture needs nothing but a pause of a millisecond."""
    pages = [Page(), Page(), Page(broken=True)]
    return pages, use_all(pages, Load(3, 0.3, 0.001), seed=0)


def test_every_gesture_is_counted_and_every_failure(used):
    pages, times = used
    assert len(times.seconds["hover"]) == sum(len(page.hovered) for page in pages)
    assert len(times.seconds["lasso"]) == sum(len(page.lassos) for page in pages) > 0
    assert len(times.seconds["change k"]) == sum(len(page.ks) for page in pages) > 0
    assert set(times.troubles) == {"lasso: PageError('no gallery')"}
    assert not pages[2].lassos


def test_people_select_neighbours_and_ask_for_other_k(used):
    for page in used[0][:2]:
        for rows in page.lassos:
            assert 4 <= len(rows) < 100  # a hundredth to a quarter of 400
            assert np.ptp(rows) < 2 * len(rows)  # near each other on the line
        assert set(page.ks) <= set(range(2, LARGEST_K + 1))


def test_the_same_seed_does_the_same():
    first, second = Page(), Page()
    for page in (first, second):
        use_all([page], Load(1, 0.2, 0.001), seed=5)
    for one, other in zip(first.lassos, second.lassos, strict=False):
        assert np.array_equal(one, other)


def test_what_nobody_expected_is_not_swallowed():
    page = Page()
    page.hover = None
    page.change_k = None
    with pytest.raises(TypeError):
        use_all([page], Load(1, 0.2, 0.001), seed=0)


def test_planted_clusters_are_there_to_be_found():
    (start, vectors), *_ = _draw_vectors(300, 64, seed=1)
    assert (start, vectors.shape) == (0, (300, 64))
    assert np.array_equal(next(_draw_vectors(300, 64, seed=1))[1], vectors)
    centers = np.random.default_rng(1).normal(0, 1, (N_PLANTED, 64)).astype(np.float32)
    distances = np.linalg.norm(vectors[:, None] - centers[None], axis=2)
    assert len(np.unique(distances.argmin(axis=1))) == N_PLANTED


def report(lassos, *, troubles=(), heavy=()):
    memory = SimpleNamespace(notes={"all pages open": 1000.4}, peak=1234.0)
    return Report(
        Times({"lasso": lassos}, list(troubles)), Times({}, list(heavy)), memory, (0.5, 0.7), cpu=9
    )


def test_it_is_good_without_trouble_and_below_the_goal():
    assert report([0.1] * 99 + [9.0]).is_good  # one in a hundred may take longer
    assert not report([0.1] * 9 + [9.0] * 2).is_good
    assert not report([]).is_good
    assert not report([0.1], troubles=["lasso: no gallery"]).is_good
    assert not report([0.1], heavy=["lasso: no gallery"]).is_good


def test_the_table_holds_what_was_measured():
    told = tabulate(report([1.0, 2.0, 3.0], troubles=["a", "b", "a"]), Load(20, 60))
    assert "| normally | lasso | 3 | 2.00 | 2.90 | 3.00 |" in told
    assert "| normally | lasso in a Chromium | 2 | 0.60 | | 0.70 |" in told
    assert "all pages open: 1,000 MiB; at most: 1,234 MiB" in told
    assert "the server took 9 s of a processor in 60 s" in told
    assert "TROUBLE, 2 times: a" in told
    assert "no errors" in tabulate(report([1.0]), Load(20, 60))

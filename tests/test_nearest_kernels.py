"""What is kept against numpy's own sorting."""

import numpy as np
import pytest

from core.nearest_kernels import keep_of_columns, keep_of_rows


def random_block(n=40, width=100, kind="f4", seed=0):
    values = np.random.default_rng(seed).integers(-2000, 2000, size=(n, width))
    return values.astype(kind)


def largest(kind):
    return np.inf if kind == "f4" else np.iinfo(kind).max


def keep(block, count, *, step=None, turned=False, spans=((0, 40),)):
    """All of a block, in steps of so many columns."""
    kind, width = block.dtype.str[1:], block.shape[1]
    values = np.full((len(block), count), largest(kind), kind)
    places = np.full((len(block), count), -1, np.int64)
    for first in range(0, width, step or width):
        some = block[:, first : first + (step or width)]
        for span in spans:
            if turned:
                keep_of_columns(np.ascontiguousarray(some.T), first, values, places, span)
            else:
                keep_of_rows(np.ascontiguousarray(some), first, values, places, span)
    return values, places


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("kind", ["f4", "i2"])
@pytest.mark.parametrize("count", [1, 5, 99, 100])
@pytest.mark.parametrize("step", [None, 1, 31, 33])
def test_the_smallest_are_kept_in_order_with_their_places(turned, kind, count, step):
    block = random_block(kind=kind)
    values, places = keep(block, count, step=step, turned=turned)
    order = block.argsort(axis=1, kind="stable")[:, :count]
    np.testing.assert_array_equal(values, np.take_along_axis(block, order, 1))
    np.testing.assert_array_equal(places, order)  # the first of equals


@pytest.mark.parametrize("turned", [False, True])
def test_spans_share_the_rows(turned):
    whole = keep(random_block(), 5, turned=turned)
    parts = keep(random_block(), 5, turned=turned, spans=((0, 7), (7, 8), (8, 40)))
    np.testing.assert_array_equal(parts[1], whole[1])


@pytest.mark.parametrize("turned", [False, True])
def test_other_rows_are_left_alone(turned):
    values, places = keep(random_block(), 3, turned=turned, spans=((10, 20),))
    assert (places[:10] == -1).all()
    assert (places[20:] == -1).all()
    assert np.isinf(values[20:]).all()


@pytest.mark.parametrize("turned", [False, True])
def test_fewer_values_than_are_wanted_leave_room(turned):
    values, places = keep(random_block(width=3), 5, turned=turned)
    assert (places[:, 3:] == -1).all()
    assert (places[:, :3] >= 0).all()
    assert np.isinf(values[:, 3:]).all()

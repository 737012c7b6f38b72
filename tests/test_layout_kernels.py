"""Powers, draws and forces against numpy in double precision."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.layout_kernels import N_RANDOM, draw, is_drawn, mix, move, power

A, B, PACE = 1.5, 0.9, 0.5
FORCES = tuple(np.float32(one) for one in (A, B, PACE))


@pytest.mark.parametrize("exponent", [0.3, 0.79, 0.895, 1.0, 1.6])
def test_a_power_is_that_of_numpy(exponent):
    for base in np.logspace(-12, 6, 500).astype(np.float32):
        found = power(base, np.float32(exponent))
        assert found == pytest.approx(float(base) ** float(np.float32(exponent)), rel=1e-5)


@pytest.mark.parametrize("rate", [0.01, 0.3, 1 / 3, 0.5, 0.999, 1.0])
def test_an_edge_is_drawn_as_often_as_its_rate_says_and_evenly(rate):
    rate = np.float32(rate)
    drawn = [is_drawn(rate, turn) for turn in range(200)]
    for rounds in (1, 7, 100, 200):
        assert sum(drawn[:rounds]) == np.floor(np.float32(rounds) * rate)


def test_a_rate_of_1_is_drawn_in_every_round_and_of_0_in_none():
    assert all(is_drawn(np.float32(1), turn) for turn in range(500))
    assert not any(is_drawn(np.float32(0), turn) for turn in range(500))


def test_each_bit_of_a_mixed_word_depends_on_each_of_the_word():
    for bit in range(32):
        changed = [
            mix(np.uint32(word)) ^ mix(np.uint32(word ^ (1 << bit))) for word in range(1000, 1400)
        ]
        share = np.unpackbits(np.array(changed, np.uint32).view(np.uint8)).mean()
        assert share == pytest.approx(0.5, abs=0.02)


def drawn_images(count, word, n_images):
    others = np.empty(count, np.uint32)
    draw(others, count, np.uint32(word), n_images)
    return others


def test_random_images_are_equally_likely():
    counts = np.bincount(drawn_images(100_000, 5, 10), minlength=10)
    assert len(counts) == 10
    np.testing.assert_allclose(counts, 10_000, atol=500)  # five standard deviations


def test_the_same_word_draws_the_same_and_another_one_others():
    assert np.array_equal(drawn_images(50, 5, 1000), drawn_images(50, 5, 1000))
    assert not np.array_equal(drawn_images(50, 5, 1000), drawn_images(50, 6, 1000))


def test_of_one_image_it_is_drawn():
    assert set(drawn_images(20, 5, 1)) == {0}


def edges_of(*lists):
    """Every edge drawn in every round."""
    ends = np.array([end for ends in lists for end in ends], np.uint32)
    starts = np.concatenate([[0], np.cumsum([len(ends) for ends in lists])]).astype(np.int64)
    return starts, ends, np.ones(len(ends), np.float32)


def make_room(count, axes):
    return (
        np.empty(count, np.uint32),
        np.empty((axes, count), np.float32),
        np.empty(count, np.float32),
    )


def move_all(places, edges, *, number=3, seed=7, rows=None):
    before = np.array(places, np.float32).T.copy()  # (c, n)
    after = np.full_like(before, np.nan)
    room = make_room(N_RANDOM * max(1, len(edges[1])), len(before))
    rows = rows or (0, before.shape[1])
    move((before, after), rows, (edges, FORCES), (number, np.uint32(seed)), room)
    return after.T, before.T


def pulled(own, other):
    """One step along the gradient of log 1 / (1 + a d^2b)."""
    apart = own - other
    square = apart @ apart
    force = -2 * A * B * square ** (B - 1) / (1 + A * square**B)
    return own + PACE * np.clip(force * apart, -4, 4)


def pushed(own, others):
    """Along the gradient of log 1 - 1 / (1 + a d^2b), from all of them at once."""
    total = np.zeros_like(own)
    for apart in own - others:
        square = apart @ apart
        total += np.clip(2 * B / ((0.001 + square) * (1 + A * square**B)) * apart, -4, 4)
    return own + PACE * total


def expect(places, lists, row, *, number=3, seed=7):
    own = places[row]
    for other in lists[row]:
        own = pulled(own, places[other])
    word = mix(np.uint32((int(mix(np.uint32(seed + number))) + row) % 2**32))
    others = drawn_images(N_RANDOM * len(lists[row]), word, len(places))
    return pushed(own, places[others])


@pytest.mark.parametrize("axes", [2, 3])
def test_images_are_pulled_by_their_edges_and_pushed_by_random_ones(axes):
    places = np.random.default_rng(0).normal(size=(12, axes)) * 2
    lists = [[(row + step) % 12 for step in range(1, 1 + row % 4)] for row in range(12)]
    moved, _ = move_all(places, edges_of(*lists))
    for row in range(12):
        np.testing.assert_allclose(moved[row], expect(places, lists, row), rtol=1e-4, atol=1e-5)


def test_no_force_moves_an_image_farther_than_4_along_an_axis():
    places = np.array([[0, 0], [0.01, 0]])  # so near that it is pushed with all there is
    moved, _ = move_all(places, edges_of([1], [0]))
    assert np.abs(moved - places).max() <= PACE * 4 * (N_RANDOM + 1)
    assert np.isfinite(moved).all()


def test_an_image_without_edges_stays_where_it_is():
    places = np.array([[0, 0], [3, 4], [5, 5]])
    moved, _ = move_all(places, edges_of([1], [0], []))
    assert moved[2].tolist() == [5, 5]


def test_images_in_one_place_stay_there_until_others_move_them():
    moved, _ = move_all(np.ones((3, 2)), edges_of([1, 2], [0, 2], [0, 1]))
    assert (moved == 1).all()


def test_only_the_given_rows_are_moved_and_the_places_before_are_kept():
    places = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
    moved, before = move_all(places, edges_of(*[[(row + 1) % 6] for row in range(6)]), rows=(2, 4))
    assert np.array_equal(before, places)
    assert np.isnan(moved[[0, 1, 4, 5]]).all()
    assert np.isfinite(moved[2:4]).all()


TWENTY_ROUNDS = """
import hashlib
import numpy as np
from core.layout_kernels import move

n, each = 200, 8
before = np.random.default_rng(0).uniform(0, 10, (2, n)).astype(np.float32)
maps = before, np.empty_like(before)
ends = (np.repeat(np.arange(n), each) + np.tile(np.arange(1, each + 1), n)) % n
edges = np.arange(0, n * each + 1, each), ends.astype(np.uint32), np.ones(n * each, np.float32)
room = np.empty(40, np.uint32), np.empty((2, 40), np.float32), np.empty(40, np.float32)
forces = np.float32(1.577), np.float32(0.895), np.float32(0.25)
for number in range(20):
    move(maps, (0, n), (edges, forces), (number, np.uint32(42)), room)
    maps = maps[::-1]
print(sum(move.stats.cache_hits.values()), hashlib.sha256(maps[0].tobytes()).hexdigest())
"""


def test_what_was_just_compiled_moves_images_as_what_is_read_from_disk_does(tmp_path):
    command = [sys.executable, "-c", TWENTY_ROUNDS]
    told = {
        "cwd": Path(__file__).parents[1],
        "env": os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
        "text": True,
    }
    first, second = (subprocess.check_output(command, **told).split() for _ in range(2))
    assert (first[0], second[0]) == ("0", "1")  # compiled, then read
    assert first[1] == second[1]

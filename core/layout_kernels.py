"""One round of UMAP's layout over some images, in machine code.

The loops over random images are such that LLVM makes vector instructions of them: one array at a
time, unsigned indices, no branch. All shapes follow from the caller's: nothing is checked inside.
"""

import numpy as np
from numpy.typing import NDArray

from core.machine_code import FAST, FINITE, compiled

Floats = NDArray[np.float32]
Words = NDArray[np.uint32]
Edges = tuple[NDArray[np.int64], Words, Floats]
"""As of a CSR matrix: where each image's edges begin (n + 1,), whereto they lead, and the part of
all rounds in which each is drawn, both (n_edges,)."""
Forces = tuple[np.float32, np.float32, np.float32]
"""a and b of UMAP's curve 1 / (1 + a d^2b), and how far a force of 1 moves an image."""
Turn = tuple[int, np.uint32]
"""Which round this is, from 0, and what its random images follow from."""
Room = tuple[Words, Floats, Floats]
"""For m images: which they are (m,), how far off along each axis (c, m), and forces (m,)."""

N_RANDOM = 5
"""Random images that push an image off for each that pulls it: umap-learn's own number."""

_f4, _i4, _u4, _u8 = np.float32, np.int32, np.uint32, np.uint64
_ONE, _TWO, _MOST = _f4(1), _f4(2), _f4(4)
_SAME = _f4(1e-12)  # squared: images in one place, between which there is no direction
_SOFT = _f4(1e-3)  # as in umap-learn, lest images almost in one place fly apart
_SHIFT, _SHORT = _u4(16), _u4(15)
_ODD, _STEP, _EVEN = _u4(0x7FEB352D), _u4(0x9E3779B9), _u4(0x846CA68B)
_EXPONENT, _FRACTION, _BITS_OF_1, _BIAS = _i4(23), _i4(0x7FFFFF), _i4(0x3F800000), _i4(127)
_ROUNDER, _BITS_OF_ROUNDER = _f4(1.5 * 2**23), _i4(0x4B400000)


@compiled(FINITE)  # in another order, adding and taking away again would round nothing
def power(base: np.float32, exponent: np.float32) -> np.float32:
    """`base` (above 0) to the `exponent`, in single precision, within 2e-6 for what a map holds.

    By log2(1 + t) / t on [0, 1] and 2^t on [-1/2, 1/2], interpolated at Chebyshev's points, and by
    the bits of the numbers: a call of the C library's would keep the loops from being vectors.
    """
    bits = _f4(base).view(np.int32)
    whole = _i4(_i4(bits >> _EXPONENT) - _BIAS)
    t = _i4(_i4(bits & _FRACTION) | _BITS_OF_1).view(np.float32) - _ONE
    log = _f4(-0.012077020) * t + _f4(0.062748433)
    log = log * t + _f4(-0.15415201)
    log = log * t + _f4(0.25517635)
    log = log * t + _f4(-0.35309635)
    log = log * t + _f4(0.48001246)
    log = log * t + _f4(-0.72130676)
    log = log * t + _f4(1.4426947)
    wanted = _f4((_f4(whole) + log * t) * exponent)
    rounded = _f4(wanted + _ROUNDER)  # the last bits hold the whole number
    t = _f4(wanted - _f4(rounded - _ROUNDER))
    result = _f4(0.0013390863) * t + _f4(0.0096760319)
    result = result * t + _f4(0.055503571)
    result = result * t + _f4(0.24022107)
    result = result * t + _f4(0.69314719)
    result = _f4(result * t + _ONE)
    steps = _i4(_i4(rounded.view(np.int32) - _BITS_OF_ROUNDER) << _EXPONENT)
    return _i4(result.view(np.int32) + steps).view(np.float32)


@compiled()
def mix(word: np.uint32) -> np.uint32:
    """32 bits of which each depends on all of the word's (C. Wellons' `lowbias32`, 2018)."""
    word = _u4(word ^ _u4(word >> _SHIFT))
    word = _u4(word * _ODD)
    word = _u4(word ^ _u4(word >> _SHORT))
    word = _u4(word * _EVEN)
    return _u4(word ^ _u4(word >> _SHIFT))


@compiled()
def is_drawn(rate: np.float32, turn: int) -> bool:
    """Whether an edge is drawn in this round: in the first r rounds floor(r * rate) times."""
    return bool(np.floor(_f4(turn + 1) * rate) > np.floor(_f4(turn) * rate))


@compiled(FAST)
def _limited(force: np.float32) -> np.float32:
    return max(-_MOST, min(_MOST, force))


@compiled(FAST)
def _pull(places: Floats, own: Floats, other: np.uint32, forces: Forces) -> None:
    """Move `own` (c,) towards another image."""
    a, b, pace = forces
    square = _SAME
    for axis in range(len(own)):
        square += (own[axis] - places[axis, other]) ** 2
    risen = power(square, b)
    force = -_TWO * a * b * risen / (square * (a * risen + _ONE))
    for axis in range(len(own)):
        own[axis] += pace * _limited(force * (own[axis] - places[axis, other]))


@compiled(FAST)
def _push(places: Floats, own: Floats, count: int, forces: Forces, room: Room) -> None:
    """Move `own` (c,) away from the images that lie in the room."""
    a, b, pace = forces
    others, apart, strengths = room
    for m in range(count):
        strengths[m] = _SAME
    for axis in range(len(own)):
        for m in range(count):
            apart[axis, m] = own[axis] - places[axis, others[m]]
            strengths[m] += apart[axis, m] ** 2
    for m in range(count):
        square = strengths[m]
        strengths[m] = _TWO * b / ((_SOFT + square) * (a * power(square, b) + _ONE))
    for axis in range(len(own)):
        total = _f4(0)
        for m in range(count):
            total += _limited(strengths[m] * apart[axis, m])
        own[axis] += pace * total


@compiled()
def draw(others: Words, count: int, word: np.uint32, n_images: int) -> None:
    """Random images, each as likely as any other, the same for the same word."""
    for m in range(count):
        drawn = _u8(mix(_u4(word + _u4(_u4(m) * _STEP))))
        others[m] = _u4(_u8(drawn * _u8(n_images)) >> _u8(32))


@compiled()
def move(
    maps: tuple[Floats, Floats],
    rows: tuple[int, int],
    how: tuple[Edges, Forces],
    turn: Turn,
    room: Room,
) -> None:
    """Where the images of some rows are after this round, from where all were before, each (c, n).

    Pulled towards its neighbours one after the other, an image is then pushed by all random ones
    together: their forces are vectors.
    """
    before, after = maps
    (starts, ends, rates), forces = how
    number, seed = turn
    own = np.empty(len(before), np.float32)
    for row in range(rows[0], rows[1]):
        own[:] = before[:, row]
        n_drawn = 0
        for edge in range(starts[row], starts[row + 1]):
            if is_drawn(rates[edge], number):
                _pull(before, own, ends[edge], forces)
                n_drawn += 1
        count = n_drawn * N_RANDOM
        word = mix(_u4(mix(_u4(seed + _u4(number))) + _u4(row)))
        draw(room[0], count, word, before.shape[1])
        _push(before, own, count, forces, room)
        after[:, row] = own

"""What hiding takes away, on an image whose only feature is its brightness in one place."""

import numpy as np
import pytest

from core.errors import Cancelled, CoreError
from core.inside.occlusion import OcclusionParams, encode_hidden, what_hiding_takes
from core.progress import Watch

THREE = OcclusionParams(3)


def lit(row, column, side=9):
    """Black, with nine white pixels in one of nine parts."""
    square = np.zeros((side, side, 3), dtype=np.uint8)
    square[3 * row : 3 * row + 3, 3 * column : 3 * column + 3] = 255
    return square


def brightest(squares):
    return np.array([[square.max(), square.min()] for square in squares], dtype=np.float32)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (1, 2), (2, 1)])
def test_only_where_the_light_is_does_hiding_take_it_away(row, column):
    features = encode_hidden(lit(row, column), brightest, THREE)
    assert features.shape == (10, 2)
    taken = what_hiding_takes(features[:, 0], THREE)
    expected = np.zeros((3, 3))
    expected[row, column] = 255 - round(255 / 9)  # the mean colour is what covers it
    assert np.array_equal(taken, expected)


def test_the_whole_image_is_hidden_once_and_only_once():
    seen = []
    encode_hidden(lit(1, 1), lambda some: seen.extend(some) or brightest(some), THREE)
    assert len(seen) == THREE.n_passes == 10
    assert np.array_equal(seen[0], lit(1, 1))
    changed = [(one != 255 * (lit(1, 1) > 0)).any(axis=2) for one in seen[1:]]
    assert (np.sum(changed, axis=0) == 1).all()


def test_parts_cover_a_side_that_they_do_not_divide():
    square = np.random.default_rng(0).integers(0, 256, (10, 10, 3), dtype=np.uint8)
    seen = []
    encode_hidden(square, lambda some: seen.extend(some) or brightest(some), THREE)
    hidden = sum((one != square).any(axis=2).astype(int) for one in seen)
    assert hidden.max() == 1
    assert hidden.sum() >= 98  # a pixel may have the mean colour by chance


def test_the_image_itself_is_not_changed():
    square = lit(0, 0)
    encode_hidden(square, brightest, THREE)
    assert np.array_equal(square, lit(0, 0))


def test_one_part_hides_everything():
    one = OcclusionParams(1)
    taken = what_hiding_takes(encode_hidden(lit(0, 0), brightest, one)[:, 0], one)
    assert taken.tolist() == [[255 - round(255 / 9)]]


def test_progress_is_told_and_a_stop_is_heard():
    steps = []
    encode_hidden(lit(0, 0), brightest, THREE, Watch(steps.append))
    assert [(one.done, one.total) for one in steps] == [(0, 10), (4, 10), (8, 10), (10, 10)]
    with pytest.raises(Cancelled):
        encode_hidden(lit(0, 0), brightest, THREE, Watch(should_stop=lambda: True))


def test_no_part_at_all_is_refused():
    with pytest.raises(CoreError, match="an image in 0 parts: choose at least 1"):
        OcclusionParams(0)

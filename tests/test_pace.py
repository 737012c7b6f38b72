"""How long extraction will take, from a clock that a test turns."""

import pytest

from core.compare import pace as module
from core.compare.pace import estimate_seconds, measure_pace
from core.recipe import StudyParams
from core.study import open_study

# Multiply-adds of an image of 32 x 32 pixels up to the end of block 3, by hand: each convolution
# takes side² x 9 x channels before x channels after; the side halves after each block.
CONV3 = 9 * (
    32**2 * (3 * 64 + 64 * 64)
    + 16**2 * (64 * 128 + 128 * 128)
    + 8**2 * (128 * 256 + 256 * 256 + 256 * 256)
)
CONV4 = CONV3 + 9 * 4**2 * (256 * 512 + 2 * 512 * 512)


def test_an_estimate_grows_with_images_and_depth():
    assert estimate_seconds(10, layer="conv3", size=32, pace=CONV3) == pytest.approx(10)
    assert estimate_seconds(1, layer="conv4", size=32, pace=CONV3) == pytest.approx(CONV4 / CONV3)
    assert estimate_seconds(0, layer="fc2", size=32, pace=1.0) == 0


def test_the_second_pass_is_timed(tmp_path, save_image, cache, monkeypatch):
    for shade in range(3):
        save_image(tmp_path / f"{shade}.png", (80 * shade, 0, 0))
    params = StudyParams(str(tmp_path), weights="embedded", size=32, device="cpu")
    study = open_study(params, cache)
    clock = iter([0.0, 100.0, 200.0, 202.0])  # a slow first pass, then one of 2 seconds
    monkeypatch.setattr(module, "perf_counter", lambda: next(clock))
    assert measure_pace(study) == pytest.approx(3 * CONV3 / 2)
    assert len(study.missing()) == 3  # a trial leaves nothing behind

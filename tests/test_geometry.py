"""Where the transforms cut, by hand: black, scaling and the last cut, from sizes alone."""

import pytest

from core.network.geometry import Box, plan_article, plan_embedded, plan_imagenet
from core.network.transforms import Transform

NO_BLACK = (0, 0, 0, 0)


def test_the_shorter_side_is_scaled_and_the_centre_cut_out():
    plan = plan_imagenet(300, 600, 224)
    assert (plan.seen, plan.black, plan.method) == (Box(0, 0, 300, 600), NO_BLACK, "bilinear")
    assert (plan.height, plan.width) == (256, 512)
    assert plan.kept == Box(16, 144, 224, 224)  # (256 - 224) / 2, (512 - 224) / 2
    assert plan.reduction == pytest.approx(300 / 256)


def test_of_a_long_strip_the_middle_is_seen():
    plan = plan_imagenet(1, 1001, 224)
    assert plan.seen == Box(0, 468, 1, 64)  # (1001 - 64) / 2 = 468.5, to the even one
    assert (plan.height, plan.width) == (256, 64 * 256)


def test_the_article_cuts_what_is_longer_and_frames_what_is_shorter():
    plan = plan_article(101, 1000, 448)
    assert plan.seen == Box(0, 244, 101, 512)
    assert plan.black == (205, 206, 0, 0)  # 512 - 101 = 411
    assert (plan.height, plan.width, plan.kept) == (448, 448, Box(0, 0, 448, 448))
    assert plan.reduction == pytest.approx(512 / 448)


def test_the_whole_image_becomes_a_square():
    plan = plan_embedded(30, 6400, 64)
    assert (plan.seen, plan.black, plan.method) == (Box(0, 0, 30, 6400), NO_BLACK, "bicubic")
    assert (plan.height, plan.width, plan.kept) == (64, 64, Box(0, 0, 64, 64))
    assert plan.reduction == 100


def test_a_box_is_rows_and_columns():
    assert (Box(1, 2, 3, 4).rows, Box(1, 2, 3, 4).columns) == (slice(1, 4), slice(2, 6))


@pytest.mark.parametrize("name", ["imagenet", "article", "embedded"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9000), (511, 513), (33, 700), (4000, 3000)])
def test_each_ends_as_a_square(name, shape):
    plan = Transform(name, 96).geometry(height=shape[0], width=shape[1])
    assert (plan.kept.height, plan.kept.width) == (96, 96)
    assert plan.kept.top + 96 <= plan.height
    assert plan.kept.left + 96 <= plan.width

"""Heat maps as transparent pictures: what is seen where."""

import numpy as np

from core.inside.heat_picture import average_pictures, draw_layer, find_peak
from core.network.map_pictures import AGAINST, FOR


def test_signs_are_colours_and_sizes_are_densities():
    # Each value covers 8 x 8 pixels: in the middle of it nothing of its neighbours is seen.
    layer = draw_layer(np.array([[1.0, -0.5], [0.0, 2.0]]), peak=1.0, side=64)
    assert layer.shape == (64, 64, 4)
    corners = layer[0, 0], layer[0, -1], layer[-1, 0], layer[-1, -1]
    assert [one[3] for one in corners] == [255, 128, 0, 255]
    assert [tuple(one[:3]) for one in (corners[0], corners[1], corners[3])] == [FOR, AGAINST, FOR]


def test_nothing_is_seen_of_nothing():
    assert not draw_layer(np.zeros((3, 3)), peak=0.0)[..., 3].any()


def test_maps_that_share_a_scale_share_their_largest_value():
    assert find_peak(np.array([[0.5, -2.0]]), np.array([[1.0]])) == 2.0
    assert find_peak(np.zeros((0, 0))) == 0.0


def test_a_mean_picture_is_the_mean_of_each_pixel():
    black, grey = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 101, np.uint8)
    assert (average_pictures([black, grey]) == 50).all()  # 50.5 to the even number

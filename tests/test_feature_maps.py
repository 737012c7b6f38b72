"""Maps in the order of their activation, on three that a reader can add up."""

import numpy as np
import pytest

from core.errors import CoreError
from core.network.feature_maps import order_maps
from core.network.network_table import find_map_layer

LAYER = find_map_layer("conv1_1", 32)
MAPS = np.array(
    [[[0, 1], [1, 2]], [[4, 0], [0, 4]], [[9, 0], [0, 0]], [[1, 1], [1, 1]]], np.float32
)


def test_the_most_active_comes_first_and_of_equals_the_lower_channel():
    found = order_maps(LAYER, MAPS)
    assert found.channels.tolist() == [2, 1, 0, 3]
    assert found.activations.tolist() == [2.25, 2, 1, 1]
    assert found.maps[0].tolist() == [[9, 0], [0, 0]]
    assert (found.maps.dtype, found.channels.dtype) == (np.float32, np.int64)


def test_maps_are_not_changed_by_being_ordered():
    before = MAPS.copy()
    order_maps(LAYER, MAPS)
    assert np.array_equal(MAPS, before)


def test_another_images_order_can_be_taken():
    found = order_maps(LAYER, MAPS).in_order_of(np.array([3, 2]))
    assert found.channels.tolist() == [3, 2]
    assert np.array_equal(found.maps, MAPS[[3, 2]])


def test_of_no_channels_there_are_no_maps():
    assert order_maps(LAYER, MAPS).in_order_of(np.array([], dtype=np.int64)).maps.shape == (0, 2, 2)


def test_one_map_by_its_channel():
    assert np.array_equal(order_maps(LAYER, MAPS).of_channel(1), MAPS[1])


def test_a_channel_that_is_not_there_is_refused():
    with pytest.raises(CoreError, match="no channel 4 in conv1_1: choose from 0 to 3"):
        order_maps(LAYER, MAPS).of_channel(4)

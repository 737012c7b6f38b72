"""Squares become one batch in their order, wherever they lie."""

import numpy as np
import pytest
import torch
from devices import EACH_DEVICE

from core.network.batching import make_batch

SQUARES = [np.full((2, 2, 3), shade, np.uint8) for shade in range(5)]


@EACH_DEVICE
@pytest.mark.parametrize("on_device", [(), (0, 1, 2, 3, 4), (0, 3), (4,)])
def test_the_order_is_kept_wherever_squares_lie(device, on_device):
    squares = [
        torch.from_numpy(one).to(device) if place in on_device else one
        for place, one in enumerate(SQUARES)
    ]
    batch = make_batch(squares, device)
    assert (batch.shape, batch.dtype) == ((5, 2, 2, 3), torch.uint8)
    assert batch.device.type == device
    assert batch[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4]

"""From the squares of single images to one batch on a device, where some may lie already."""

from collections.abc import Sequence

import numpy as np
import torch

from core.pictures.resizing import Pixels

Square = Pixels | torch.Tensor
"""Uint8 (size, size, 3), in memory or on the device."""


def make_batch(squares: Sequence[Square], device: str) -> torch.Tensor:
    """All of them, in their order, on the device: uint8 (n, size, size, 3).

    Those in memory are on their way, beside what the device is doing.
    """
    here = [one for one in squares if not isinstance(one, torch.Tensor)]
    there = [one for one in squares if isinstance(one, torch.Tensor)]
    if not there:
        return _send(here, device)
    sent = iter(_send(here, device) if here else ())
    batch = torch.stack([one if isinstance(one, torch.Tensor) else next(sent) for one in squares])
    for one in there:
        _keep(one)
    return batch


def _send(squares: Sequence[Pixels], device: str) -> torch.Tensor:
    pixels = torch.from_numpy(np.stack(squares))
    if device == "cuda":
        pixels = pixels.pin_memory()  # what lets the copy go on beside the network
    return pixels.to(device, non_blocking=True)


def _keep(square: torch.Tensor) -> None:
    """Until it is read: made on another stream, its memory would be given away there before."""
    if square.is_cuda:
        square.record_stream(torch.cuda.current_stream())

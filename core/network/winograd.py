"""VGG's convolution stack by Winograd's method, with as many threads as torch has.

The formulas are those of `core.network.winograd_kernels`.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np
import torch
from torch import nn

from core.network.winograd_kernels import (
    BLOCK,
    COLUMNS,
    POINTS,
    ROWS,
    SIDE,
    Bits,
    Layer,
    kernel_matrix,
    make_room,
    run_first,
    run_tiles,
)

_TASKS = 4  # per thread, so that one which the system interrupts does not hold up the others
_COLOURS = 3


class WinogradFeatures(nn.Module):
    """The `features` of VGG, from float32 or bfloat16 images to bfloat16 maps.

    Threads take turns: the room for the maps between layers is kept from call to call.

    Raises:
        ValueError: these are not VGG's convolutions: the kernels look at no shape themselves.
    """

    def __init__(self, features: nn.Sequential) -> None:
        super().__init__()
        _check(features)
        after_relu = [*features[2:], nn.Identity()]
        self._first, *self._others = [
            _pack(one, is_pooled=isinstance(after, nn.MaxPool2d))
            for one, after in zip(features, after_relu, strict=False)
            if isinstance(one, nn.Conv2d)
        ]
        self._turn = threading.Lock()
        self._spaces = [np.empty(0, np.uint16), np.empty(0, np.uint16)]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """From (n, 3, height, width) to (n, channels, height / 2^blocks, width / 2^blocks)."""
        if images.ndim != 4 or images.shape[1] != _COLOURS:  # noqa: PLR2004
            raise ValueError(f"images of shape {tuple(images.shape)}: (n, 3, height, width) is due")
        threads = torch.get_num_threads()
        size = (images.shape[2], images.shape[3])
        group = max(1, -(-BLOCK * threads // self._tiles_of_last(size)))
        with self._turn, ThreadPoolExecutor(threads, thread_name_prefix="winograd") as pool:
            parts = [self._run(part, pool, threads) for part in torch.split(images, group)]
        return torch.cat(parts)

    def _tiles_of_last(self, size: tuple[int, int]) -> int:
        for _, _, is_pooled in self._others[:-1]:
            size = _size_after(size, is_pooled)
        rows, columns = _grid(size)
        return rows * columns

    def _run(self, images: torch.Tensor, pool: Executor, threads: int) -> torch.Tensor:
        size = (images.shape[2], images.shape[3])
        maps = self._maps(0, len(images), size, COLUMNS, size)
        _share(_first_task(images, self._first, maps), len(images) * size[0], pool, threads)
        _clear_frame(maps, size)
        for index, layer in enumerate(self._others):
            _, bias, is_pooled = layer
            source, grid, size = maps, _grid(size), _size_after(size, is_pooled)
            side = SIDE // 2 if is_pooled else SIDE
            written = (grid[0] * side, grid[1] * side)
            maps = self._maps(1 - index % 2, len(images), size, bias.size, written)
            task = _tiles_task(source, layer, maps, grid)
            _share(task, len(images) * grid[0] * grid[1], pool, threads)
            _clear_frame(maps, size)
        inner = maps[:, 1 : size[0] + 1, 1 : size[1] + 1].copy()
        return torch.from_numpy(inner).view(torch.bfloat16).permute(0, 3, 1, 2)

    def _maps(
        self, space: int, n: int, size: tuple[int, int], channels: int, written: tuple[int, int]
    ) -> Bits:
        """Room for maps with a frame of zeros, and for whole tiles as written and as read."""
        grid = _grid(size)
        height, width = (max(SIDE * grid[i], written[i]) + 2 for i in (0, 1))
        needed = n * height * width * channels
        if self._spaces[space].size < needed:
            self._spaces[space] = np.empty(needed, np.uint16)
        return self._spaces[space][:needed].reshape(n, height, width, channels)


def _check(features: nn.Sequential) -> None:
    """3 x 3 with a frame of one, from 3 channels to 64, then from and to multiples of 64."""
    convolutions = [one for one in features if isinstance(one, nn.Conv2d)]
    due = _COLOURS
    for one in convolutions:
        plain = (one.kernel_size, one.padding, one.stride) == ((3, 3), (1, 1), (1, 1))
        plain = plain and (one.dilation, one.groups) == ((1, 1), 1)
        first = one is convolutions[0]
        if not plain or one.in_channels != due or one.out_channels % COLUMNS:
            raise ValueError(f"{one} is none of VGG's convolutions")
        if first and one.out_channels != COLUMNS:
            raise ValueError(f"{one} is not VGG's first convolution")
        due = one.out_channels


def _grid(size: tuple[int, int]) -> tuple[int, int]:
    return -(-size[0] // SIDE), -(-size[1] // SIDE)


def _size_after(size: tuple[int, int], is_pooled: bool) -> tuple[int, int]:
    return (size[0] // 2, size[1] // 2) if is_pooled else size


def _clear_frame(maps: Bits, size: tuple[int, int]) -> None:
    height, width = size
    maps[:, 0], maps[:, height + 1 :] = 0, 0
    maps[:, :, 0], maps[:, :, width + 1 :] = 0, 0


def _pack(convolution: nn.Conv2d, *, is_pooled: bool) -> Layer:
    weight = convolution.weight.detach().float()  # (outputs, inputs, 3, 3)
    is_first = weight.shape[1] == _COLOURS
    points = _to_patches(weight) if is_first else _to_points(weight)  # (points, outputs, inputs)
    n, outputs, inputs = points.shape
    bits = points.to(torch.bfloat16).view(torch.uint16)
    panels = bits.view(n, outputs // COLUMNS, COLUMNS, inputs // 2, 2).permute(1, 0, 3, 2, 4)
    bias = torch.zeros(outputs) if convolution.bias is None else convolution.bias.detach().float()
    return panels.flatten(3).contiguous().numpy(), bias.numpy(), is_pooled


def _to_points(weight: torch.Tensor) -> torch.Tensor:
    """G g G', shape (36, outputs, inputs)."""
    outputs, inputs = weight.shape[:2]
    g = kernel_matrix()
    plain = weight.reshape(outputs * inputs, 9).T  # (9, outputs * inputs)
    return (torch.kron(g, g) @ plain).view(POINTS, outputs, inputs)


def _to_patches(weight: torch.Tensor) -> torch.Tensor:
    """Of each output row, column and colour, and 5 zeros: shape (1, outputs, 32)."""
    plain = weight.permute(0, 2, 3, 1).flatten(1)  # (outputs, 27)
    return nn.functional.pad(plain, (0, 5))[None]


Task = Callable[[int, int], None]


def _first_task(images: torch.Tensor, layer: Layer, maps: Bits) -> Task:
    n, _, height, width = images.shape
    framed = np.zeros((n, height + 2, width + 2, _COLOURS), np.uint16)
    plain = images.permute(0, 2, 3, 1).to(torch.bfloat16).contiguous()
    framed[:, 1:-1, 1:-1] = plain.view(torch.uint16).numpy()
    lines = framed.reshape(n, height + 2, -1)
    return lambda start, stop: run_first(lines, layer, maps, (start, stop))


def _tiles_task(source: Bits, layer: Layer, maps: Bits, grid: tuple[int, int]) -> Task:
    return lambda start, stop: run_tiles(
        source, layer, maps, grid, (start, stop), make_room(source.shape[3])
    )


def _share(task: Task, total: int, pool: Executor, threads: int) -> None:
    """Run the task on all of [0, total), in parts that are whole rows of the kernel's."""
    share = -(-total // threads)
    step = max(min(BLOCK, share), -(-share // _TASKS))
    step = -(-step // ROWS) * ROWS
    for future in [
        pool.submit(task, start, min(start + step, total)) for start in range(0, total, step)
    ]:
        future.result()

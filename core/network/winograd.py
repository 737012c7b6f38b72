"""VGG's convolution stack by Winograd's method, with as many threads as torch has.

The formulas are those of `core.network.winograd_kernels`.
"""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from torch import nn

from core.network.winograd_kernels import (
    COLUMNS,
    FIRST_INPUTS,
    POINTS,
    ROWS,
    SIDE,
    TILES_AT_ONCE,
    Layer,
    Maps,
    columns_at_once,
    kernel_matrix,
    make_room,
    run_first,
    run_tiles,
)

_TASKS = 4  # per thread, so that one which the system interrupts does not hold up the others
_COLOURS = 3
_PAIRS = {"fp32": 1, "bf16": 2}  # numbers that one instruction multiplies and adds to a sum

Task = Callable[[int, int], None]
"""From the first of something to the one after the last."""


class WinogradFeatures(nn.Module):
    """The `features` of VGG, from float32 or bfloat16 images to maps of a precision.

    Raises:
        ValueError: these are not VGG's convolutions: the kernels look at no shape themselves.
    """

    def __init__(self, features: nn.Sequential, precision: str) -> None:
        super().__init__()
        _check(features)
        self._precision = precision
        after_relu = [*features[2:], nn.Identity()]
        self._first, *self._others = [
            _pack(one, precision, is_pooled=isinstance(after, nn.MaxPool2d))
            for one, after in zip(features, after_relu, strict=False)
            if isinstance(one, nn.Conv2d)
        ]
        self._block = TILES_AT_ONCE[self._first[0].itemsize]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """From (n, 3, height, width) to (n, channels, height / 2^blocks, width / 2^blocks)."""
        if images.ndim != 4 or images.shape[1] != _COLOURS:  # noqa: PLR2004
            raise ValueError(f"images of shape {tuple(images.shape)}: (n, 3, height, width) is due")
        threads = torch.get_num_threads()
        size = (images.shape[2], images.shape[3])
        group = max(1, -(-self._block * threads // self._tiles_of_last(size)))
        spaces = _Spaces(self._first[0].dtype)
        with ThreadPoolExecutor(threads, thread_name_prefix="winograd") as pool:
            parts = [self._run(part, spaces, pool, threads) for part in torch.split(images, group)]
        return torch.cat(parts)

    def _tiles_of_last(self, size: tuple[int, int]) -> int:
        for _, _, is_pooled in self._others[:-1]:
            size = _size_after(size, is_pooled)
        rows, columns = _grid(size)
        return rows * columns

    def _run(
        self, images: torch.Tensor, spaces: "_Spaces", pool: Executor, threads: int
    ) -> torch.Tensor:
        size = (images.shape[2], images.shape[3])
        maps = spaces.maps(0, len(images), size, COLUMNS, size)
        task = _first_task(images, self._precision, self._first, maps)
        self._share(task, len(images) * size[0], pool, threads)
        _clear_frame(maps, size)
        for index, layer in enumerate(self._others):
            _, bias, is_pooled = layer
            source, grid, size = maps, _grid(size), _size_after(size, is_pooled)
            side = SIDE // 2 if is_pooled else SIDE
            written = (grid[0] * side, grid[1] * side)
            maps = spaces.maps(1 - index % 2, len(images), size, bias.size, written)
            task = _tiles_task(source, layer, maps, grid)
            self._share(task, len(images) * grid[0] * grid[1], pool, threads)
            _clear_frame(maps, size)
        inner = torch.from_numpy(maps[:, 1 : size[0] + 1, 1 : size[1] + 1].copy())
        if inner.dtype == torch.uint16:
            inner = inner.view(torch.bfloat16)
        return inner.permute(0, 3, 1, 2)

    def _share(self, task: Task, total: int, pool: Executor, threads: int) -> None:
        """Run the task on all of [0, total), in parts that are whole rows of the kernel's."""
        share = -(-total // threads)
        step = max(min(self._block, share), -(-share // _TASKS))
        step = -(-step // ROWS) * ROWS
        for future in [
            pool.submit(task, start, min(start + step, total)) for start in range(0, total, step)
        ]:
            future.result()


class _Spaces:
    """Two rooms for maps, which a layer reads from and writes to in turn."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._rooms = [np.empty(0, dtype), np.empty(0, dtype)]

    def maps(
        self, room: int, n: int, size: tuple[int, int], channels: int, written: tuple[int, int]
    ) -> Maps:
        """Maps with a frame of zeros, and with room for whole tiles as written and as read."""
        grid = _grid(size)
        height, width = (max(SIDE * grid[i], written[i]) + 2 for i in (0, 1))
        needed = n * height * width * channels
        if self._rooms[room].size < needed:
            self._rooms[room] = np.empty(needed, self._rooms[room].dtype)
        return self._rooms[room][:needed].reshape(n, height, width, channels)


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


def _clear_frame(maps: Maps, size: tuple[int, int]) -> None:
    height, width = size
    maps[:, 0], maps[:, height + 1 :] = 0, 0
    maps[:, :, 0], maps[:, :, width + 1 :] = 0, 0


def _pack(convolution: nn.Conv2d, precision: str, *, is_pooled: bool) -> Layer:
    weight = convolution.weight.detach().float()  # (outputs, inputs, 3, 3)
    is_first = weight.shape[1] == _COLOURS
    points = _to_patches(weight) if is_first else _to_points(weight)  # (points, outputs, inputs)
    n, outputs, inputs = points.shape
    held, pair, part = _held(points, precision), _PAIRS[precision], columns_at_once(precision)
    shape = (n, outputs // COLUMNS, COLUMNS // part, part, inputs // pair, pair)
    panels = held.view(shape).permute(1, 0, 2, 4, 3, 5).flatten(4)
    bias = torch.zeros(outputs) if convolution.bias is None else convolution.bias.detach().float()
    return panels.contiguous().numpy(), bias.numpy(), is_pooled


def _held(values: torch.Tensor, precision: str) -> torch.Tensor:
    """As the kernels take them: float32, or the bits of bfloat16."""
    return values.to(torch.bfloat16).view(torch.uint16) if precision == "bf16" else values.float()


def _to_points(weight: torch.Tensor) -> torch.Tensor:
    """G g G', shape (36, outputs, inputs)."""
    outputs, inputs = weight.shape[:2]
    g = kernel_matrix()
    plain = weight.reshape(outputs * inputs, 9).T  # (9, outputs * inputs)
    return (torch.kron(g, g) @ plain).view(POINTS, outputs, inputs)


def _to_patches(weight: torch.Tensor) -> torch.Tensor:
    """Of each output row, column and colour, and zeros: shape (1, outputs, 32)."""
    plain = weight.permute(0, 2, 3, 1).flatten(1)  # (outputs, 27)
    return nn.functional.pad(plain, (0, FIRST_INPUTS - plain.shape[1]))[None]


def _first_task(images: torch.Tensor, precision: str, layer: Layer, maps: Maps) -> Task:
    n, _, height, width = images.shape
    framed = np.zeros((n, height + 2, width + 2, _COLOURS), maps.dtype)
    plain = images.permute(0, 2, 3, 1).contiguous()
    framed[:, 1:-1, 1:-1] = _held(plain, precision).numpy()
    lines = framed.reshape(n, height + 2, -1)
    return lambda start, stop: run_first(lines, layer, maps, (start, stop))


def _tiles_task(source: Maps, layer: Layer, maps: Maps, grid: tuple[int, int]) -> Task:
    return lambda start, stop: run_tiles(
        source, layer, maps, grid, (start, stop), make_room(source)
    )

"""VGG's convolutions with a quarter of the multiplications, in bfloat16 on AVX-512.

A tile of 4 x 4 pixels costs 36 products per pair of channels instead of 144:
Y = A' [(G g G') * (B' d B)] A, summed over the input channels; A. Lavin and S. Gray, 2016, "Fast
algorithms for convolutional neural networks", section 4. The points 0, +-3/4, +-3/2 and infinity
in place of their 0, +-1, +-2 and infinity halve the rounding error (B. Barabasz et al., 2020,
"Error analysis and improving the accuracy of Winograd convolution for deep neural networks").
Transforms and sums are float32; each factor of a product is rounded to bfloat16 once.

The inner loops are LLVM instructions on bare addresses, compiled by numba once and kept on disk.
All shapes follow from the layers' own, in Python: nothing is checked inside.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import torch
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils, config
from numba.extending import intrinsic
from numpy.typing import NDArray

from core.machine_code import compiled

Bits = NDArray[np.uint16]
"""The bits of bfloat16 numbers, which numpy does not know."""
Layer = tuple[Bits, NDArray[np.float32], bool]
"""Weights (outputs / 64, points, inputs / 2, 64 * 2), bias (outputs,), and whether it pools."""

Room = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""Bytes for a block's transformed inputs, and for its sums."""

_P, _Q = 0.75, 1.5
SIDE, _TILE = 4, 6  # output and input pixels of a tile, along one axis
POINTS = _TILE * _TILE
_LANES, _VECTORS, ROWS = 16, 4, 6  # 4 x 6 registers of sums; others hold what is multiplied
COLUMNS = _LANES * _VECTORS
_SUMS = POINTS * COLUMNS * 4  # bytes from one tile's sums to the next one's
_GAP = 32  # channels between points, lest addresses compete for the same lines of the cache
_TRIED = (20,)  # LLVM's version; before 17 the instruction had another signature
BLOCK = 24  # tiles at a time: their transforms stay in the cache

_utilities: Any = cgutils  # untyped
_BFLOAT = type("_BFloat", (ir.Type,), {"_to_string": lambda _: "bfloat"})()
_FLOATS = ir.VectorType(ir.FloatType(), _LANES)
_HALVES = ir.VectorType(_BFLOAT, _LANES)
_PAIRS = ir.VectorType(_BFLOAT, 2 * _LANES)
_WORDS = ir.VectorType(ir.IntType(32), _LANES)
_INT = ir.IntType(64)
_ZEROS = ir.Constant(_FLOATS, [0.0] * _LANES)


def is_available() -> bool:
    """Whether the processor multiplies bfloat16 in AVX-512 and has nothing faster (AMX).

    LLVM ends the process where it is asked for instructions that it was told not to use.
    """
    abilities = binding.get_host_cpu_features()
    settings = vars(config)
    restricted = any(settings[name] for name in ("CPU_NAME", "CPU_FEATURES", "DISABLE_JIT"))
    recent = binding.llvm_version_info >= _TRIED
    has_it = abilities.get("avx512bf16", False) and not abilities.get("amx-bf16", False)
    return bool(has_it and recent and not restricted)


class _Vector:
    """16 float32 numbers in a register, with the operators that a transform needs."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder, self.value = builder, value

    def __add__(self, other: "_Vector") -> "_Vector":
        total = self.builder.fadd(self.value, other.value, flags=("contract",))
        return _Vector(self.builder, total)

    def __sub__(self, other: "_Vector") -> "_Vector":
        difference = self.builder.fsub(self.value, other.value, flags=("contract",))
        return _Vector(self.builder, difference)

    def __mul__(self, factor: float) -> "_Vector":
        factors = ir.Constant(_FLOATS, [factor] * _LANES)
        return _Vector(self.builder, self.builder.fmul(self.value, factors, flags=("contract",)))


def _to_points(d: list[_Vector]) -> list[_Vector]:
    """B' d: the polynomial with coefficients d at the points, up to factors that G undoes."""
    p2, q2 = _P**2, _Q**2
    even_p, odd_p = d[4] - d[2] * q2, d[3] * _P - d[1] * (_P * q2)
    even_q, odd_q = d[4] - d[2] * p2, d[3] * _Q - d[1] * (_Q * p2)
    first = d[4] - d[2] * (p2 + q2) + d[0] * (p2 * q2)
    last = d[5] - d[3] * (p2 + q2) + d[1] * (p2 * q2)
    return [first, even_p + odd_p, even_p - odd_p, even_q + odd_q, even_q - odd_q, last]


def _from_points(m: list[_Vector]) -> list[_Vector]:
    """A' m: the four output pixels."""
    even_p, odd_p, even_q, odd_q = m[1] + m[2], m[1] - m[2], m[3] + m[4], m[3] - m[4]
    return [
        m[0] + even_p + even_q,
        odd_p * _P + odd_q * _Q,
        even_p * _P**2 + even_q * _Q**2,
        m[5] + odd_p * _P**3 + odd_q * _Q**3,
    ]


def kernel_matrix() -> torch.Tensor:
    """G, shape (6, 3)."""
    finite = [0.0, _P, -_P, _Q, -_Q]
    rows = [
        [x**power / np.prod([x - other for other in finite if other != x]) for power in range(3)]
        for x in finite
    ]
    return torch.tensor([*rows, [0.0, 0.0, 1.0]], dtype=torch.float32)


def _twice(
    transform: Callable[[list[_Vector]], list[_Vector]], tile: list[list[_Vector]]
) -> list[list[_Vector]]:
    columns = [transform(list(column)) for column in zip(*tile, strict=True)]
    return [transform(list(row)) for row in zip(*columns, strict=True)]


def _emitted(emit: Callable[..., None]) -> Callable[..., None]:
    """A function of five integers for compiled code, from one that writes its instructions."""

    def typed(_context: Any, a: Any, b: Any, c: Any, d: Any, e: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            emit(builder, arguments)
            return context.get_dummy_value()

        return types.void(*[types.int64] * 5), generate

    return cast("Callable[..., None]", intrinsic(typed))


def _at(builder: Any, address: Any, offset: Any, kind: Any) -> Any:
    offset = ir.Constant(_INT, offset) if isinstance(offset, int) else offset
    return builder.inttoptr(builder.add(address, offset), kind.as_pointer())


def _pixel(builder: Any, y: int, x: int, row: Any, column: Any) -> Any:
    return builder.add(builder.mul(row, _INT(y)), builder.mul(column, _INT(x)))


def _larger(builder: Any, one: Any, other: Any) -> Any:
    """The maximum, not a number where either is not."""
    kind = ir.FunctionType(_FLOATS, [_FLOATS, _FLOATS])
    function = _utilities.get_or_insert_function(builder.module, kind, "llvm.maximum.v16f32")
    return builder.call(function, [one, other])


def _store(builder: Any, value: Any, bias: Any, address: Any) -> None:
    """ReLU(value + bias), rounded."""
    shifted = builder.fadd(value, builder.load(_at(builder, bias, 0, _FLOATS), align=4))
    positive = builder.fptrunc(_larger(builder, shifted, _ZEROS), _HALVES)
    builder.store(positive, address, align=2)


@_emitted
def _take_tile(builder: Any, arguments: Any) -> None:
    """16 channels of 6 x 6 pixels, transformed: row, column and step are distances in bytes."""
    maps, row, column, points, step = arguments

    def load(y: int, x: int) -> _Vector:
        address = _at(builder, maps, _pixel(builder, y, x, row, column), _HALVES)
        return _Vector(builder, builder.fpext(builder.load(address, align=2), _FLOATS))

    tile = _twice(_to_points, [[load(y, x) for x in range(_TILE)] for y in range(_TILE)])
    for index, vector in enumerate(vector for line in tile for vector in line):
        address = _at(builder, points, builder.mul(step, _INT(index)), _HALVES)
        builder.store(builder.fptrunc(vector.value, _HALVES), address, align=2)


def _outputs(builder: Any, sums: Any) -> list[list[Any]]:
    def load(point: int) -> _Vector:
        address = _at(builder, sums, point * COLUMNS * 4, _FLOATS)
        return _Vector(builder, builder.load(address, align=4))

    points = [[load(y * _TILE + x) for x in range(_TILE)] for y in range(_TILE)]
    return [[one.value for one in row] for row in _twice(_from_points, points)]


def _pooled(builder: Any, v: list[list[Any]]) -> list[list[Any]]:
    def larger(*values: Any) -> Any:
        return _larger(builder, *values)

    tall = [[larger(*two) for two in zip(v[y], v[y + 1], strict=True)] for y in (0, 2)]
    return [[larger(row[0], row[1]), larger(row[2], row[3])] for row in tall]


def _put(builder: Any, values: list[list[Any]], bias: Any, place: Any) -> None:
    maps, row, column = place
    for y, line in enumerate(values):
        for x, value in enumerate(line):
            address = _at(builder, maps, _pixel(builder, y, x, row, column), _HALVES)
            _store(builder, value, bias, address)


@_emitted
def _put_tile(builder: Any, arguments: Any) -> None:
    """16 channels of 4 x 4 pixels."""
    sums, bias, maps, row, column = arguments
    _put(builder, _outputs(builder, sums), bias, (maps, row, column))


@_emitted
def _put_pooled(builder: Any, arguments: Any) -> None:
    """16 channels of 2 x 2 pixels, each the largest of four."""
    sums, bias, maps, row, column = arguments
    _put(builder, _pooled(builder, _outputs(builder, sums)), bias, (maps, row, column))


@_emitted
def _put_pixel(builder: Any, arguments: Any) -> None:
    """16 channels of one pixel, whose sums need no transform."""
    sums, bias, maps, _, _ = arguments
    value = builder.load(_at(builder, sums, 0, _FLOATS), align=4)
    _store(builder, value, bias, _at(builder, maps, 0, _HALVES))


@_emitted
def _multiply(builder: Any, arguments: Any) -> None:
    """6 rows of values times 64 columns of weights: pairs is half the number of input channels."""
    left, row, right, pairs, sums = arguments
    totals = [[_utilities.alloca_once(builder, _FLOATS) for _ in range(4)] for _ in range(ROWS)]
    for total in (total for line in totals for total in line):
        builder.store(_ZEROS, total)
    with _utilities.for_range(builder, pairs) as loop:
        _multiply_pair(builder, loop.index, (left, row, right), totals)
    for y, line in enumerate(totals):
        for x, total in enumerate(line):
            address = _at(builder, sums, y * _SUMS + x * _LANES * 4, _FLOATS)
            builder.store(builder.load(total), address, align=4)


def _multiply_pair(builder: Any, index: Any, factors: Any, totals: list[list[Any]]) -> None:
    left, row, right = factors
    kind = ir.FunctionType(_FLOATS, [_FLOATS, _PAIRS, _PAIRS])
    name = "llvm.x86.avx512bf16.dpbf16ps.512"
    function = _utilities.get_or_insert_function(builder.module, kind, name)
    panel = builder.add(right, builder.mul(index, _INT(COLUMNS * 4)))
    weights = [builder.load(_at(builder, panel, x * 64, _PAIRS), align=4) for x in range(_VECTORS)]
    for y, line in enumerate(totals):
        offset = builder.add(builder.mul(index, _INT(4)), builder.mul(row, _INT(y)))
        word = builder.load(_at(builder, left, offset, ir.IntType(32)), align=4)
        pair = builder.bitcast(_spread(builder, word), _PAIRS)
        for total, weight in zip(line, weights, strict=True):
            builder.store(builder.call(function, [builder.load(total), pair, weight]), total)


def _spread(builder: Any, word: Any) -> Any:
    nothing = ir.Constant(_WORDS, ir.Undefined)
    single = builder.insert_element(nothing, word, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(single, nothing, ir.Constant(_WORDS, [0] * _LANES))


@compiled()
def _place(grid: tuple[int, int], index: int) -> tuple[int, int, int]:
    """A tile's image, row and column."""
    rows, columns = grid
    return index // (rows * columns), index // columns % rows, index % columns


@compiled()
def _aligned(address: int) -> int:
    return (address + 63) // 64 * 64


def make_room(inputs: int) -> Room:
    """Where a block of tiles is transformed, for a layer with so many input channels."""
    step = (inputs + _GAP) * 2
    return np.zeros(BLOCK * POINTS * step + 64, np.uint8), np.empty(BLOCK * _SUMS + 64, np.uint8)


@compiled()
def _take_tiles(
    source: Bits, points: int, step: int, grid: tuple[int, int], part: tuple[int, int]
) -> None:
    channels = source.shape[3]
    row = source.shape[2] * channels * 2
    for tile in range(part[1] - part[0]):
        image, y, x = _place(grid, part[0] + tile)
        corner = source[image, y * SIDE, x * SIDE].ctypes.data
        goal = points + tile * POINTS * step
        for channel in range(0, channels, _LANES):
            _take_tile(corner + channel * 2, row, channels * 2, goal + channel * 2, step)


@compiled()
def _put_tiles(
    sums: int, layer: Layer, target: Bits, grid: tuple[int, int], part: tuple[int, int, int]
) -> None:
    _, bias, pooled = layer
    first, stop, panel = part
    column = target.shape[3] * 2
    row = target.shape[2] * column
    side = SIDE // 2 if pooled else SIDE
    for tile in range(stop - first):
        image, y, x = _place(grid, first + tile)
        corner = target[image, y * side + 1, x * side + 1].ctypes.data
        for channel in range(0, COLUMNS, _LANES):
            total = sums + tile * _SUMS + channel * 4
            shift = bias.ctypes.data + (panel * COLUMNS + channel) * 4
            goal = corner + (panel * COLUMNS + channel) * 2
            if pooled:
                _put_pooled(total, shift, goal, row, column)
            else:
                _put_tile(total, shift, goal, row, column)


@compiled()
def _multiply_tiles(points: int, step: int, panel: Bits, sums: int, count: int) -> None:
    """At each point the tiles' inputs times a panel of 64 columns of weights."""
    size, pairs = POINTS * step, panel.shape[1]
    for point in range(POINTS):
        weights = panel[point].ctypes.data
        left, right = points + point * step, sums + point * COLUMNS * 4
        for tile in range(0, count, ROWS):
            _multiply(left + tile * size, size, weights, pairs, right + tile * _SUMS)


@compiled()
def run_tiles(  # noqa: PLR0917 - compiled code takes arguments by place
    source: Bits,
    layer: Layer,
    target: Bits,
    grid: tuple[int, int],
    part: tuple[int, int],
    room: Room,
) -> None:
    """Convolution, ReLU and pooling of some tiles, counted row by row and image by image.

    Args:
        source: shape (n, 4 rows + 2, 4 columns + 2, inputs) or larger, zeros around the image.
        layer: weights, bias and whether there is pooling.
        target: like the source, of the size after pooling.
        grid: how many rows and columns of tiles an image has.
        part: the first tile, and the one after the last.
        room: of `make_room`, for this call alone. The caller holds it: compiled code lets go of an
            array as soon as only its address is still in use.
    """
    step = (source.shape[3] + _GAP) * 2
    points, sums = _aligned(room[0].ctypes.data), _aligned(room[1].ctypes.data)
    for first in range(part[0], part[1], BLOCK):
        stop = min(first + BLOCK, part[1])
        _take_tiles(source, points, step, grid, (first, stop))
        for panel in range(layer[0].shape[0]):
            _multiply_tiles(points, step, layer[0][panel], sums, stop - first)
            _put_tiles(sums, layer, target, grid, (first, stop, panel))


@compiled()
def _take_patches(image: Bits, corner: tuple[int, int], patches: Bits) -> None:
    y, x = corner
    for pixel in range(patches.shape[0]):
        for row in range(3):
            for i in range(9):
                patches[pixel, 9 * row + i] = image[y + row, 3 * (x + pixel) + i]


@compiled()
def _put_pixels(sums: NDArray[np.float32], bias: NDArray[np.float32], pixels: Bits) -> None:
    for pixel in range(pixels.shape[0]):
        total, goal = sums.ctypes.data + pixel * _SUMS, pixels[pixel].ctypes.data
        for channel in range(0, COLUMNS, _LANES):
            shift = channel * 4
            _put_pixel(total + shift, bias.ctypes.data + shift, goal + channel * 2, 0, 0)


@compiled()
def run_first(images: Bits, layer: Layer, maps: Bits, part: tuple[int, int]) -> None:
    """Rows of the first convolution, plainly: its 27 products are filled up to 32.

    Args:
        images: shape (n, height + 2, 3 (width + 2)), zeros around the image.
        layer: weights, bias and whether there is pooling: there is not.
        maps: shape (n, height + 2, width + 2, 64) or larger.
        part: the first row, of all images' rows, and the one after the last.
    """
    height, width = images.shape[1] - 2, images.shape[2] // 3 - 2
    patches = np.zeros((ROWS, 32), np.uint16)
    sums = np.empty(ROWS * _SUMS // 4, np.float32)
    for line in range(part[0], part[1]):
        image, y = line // height, line % height
        for x in range(0, width, ROWS):
            count = min(ROWS, width - x)
            _take_patches(images[image], (y, x), patches[:count])
            _multiply(patches.ctypes.data, 64, layer[0].ctypes.data, 16, sums.ctypes.data)
            _put_pixels(sums, layer[1], maps[image, y + 1, x + 1 : x + 1 + count])

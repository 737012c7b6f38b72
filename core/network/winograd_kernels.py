"""VGG's convolutions with a quarter of the multiplications, in float32 or bfloat16.

A tile of 4 x 4 pixels costs 36 products per pair of channels instead of 144:
Y = A' [(G g G') * (B' d B)] A, summed over the input channels; A. Lavin and S. Gray, 2016, "Fast
algorithms for convolutional neural networks", section 4. The points 0, +-3/4, +-3/2 and infinity
in place of their 0, +-1, +-2 and infinity halve the rounding error (B. Barabasz et al., 2020,
"Error analysis and improving the accuracy of Winograd convolution for deep neural networks").
Transforms and sums are float32; in bfloat16 each factor of a product is rounded once.

The inner loops are LLVM instructions on bare addresses, compiled by numba once and kept on disk:
for maps of float32, and for those of bfloat16 as bits in uint16, whichever are used. All shapes
follow from the layers' own, in Python: nothing is checked inside. All is in one file, as numba
compiles anew when this file has changed, whatever else has.
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

Maps = NDArray[np.float32] | NDArray[np.uint16]
"""Float32 numbers, or the bits of bfloat16 ones, which numpy does not know."""
Layer = tuple[Maps, NDArray[np.float32], bool]
"""Weights (outputs / 64, points, parts, words, columns of a part * numbers in a word), where a part
has the columns that are multiplied at once; bias (outputs,), and whether it pools."""

Room = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""Bytes for a block's transformed inputs, and for its sums."""

_P, _Q = 0.75, 1.5
SIDE, _TILE = 4, 6  # output and input pixels of a tile, along one axis
POINTS = _TILE * _TILE
_LANES, ROWS = 16, 6  # numbers of an instruction, and tiles that are multiplied at once
COLUMNS = 64  # output channels whose sums lie side by side
_SUMS = POINTS * COLUMNS * 4  # bytes from one tile's sums to the next one's
_WORD = 4  # bytes: one float32, or two bfloat16, which one instruction multiplies and adds
FIRST_INPUTS = 32  # of the first convolution: 3 x 3 x 3 products, filled up with zeros
_GAP = 32  # channels between points, lest addresses compete for the same lines of the cache
_TRIED = (20,)  # LLVM's version; before 17 the instruction for bfloat16 had another signature
TILES_AT_ONCE = {2: 24, 4: 48}
"""Tiles at a time, by the bytes of a number: as many as stay in the cache, and make up for fetching
the weights."""

_utilities: Any = cgutils  # untyped
_BFLOAT = type("_BFloat", (ir.Type,), {"_to_string": lambda _: "bfloat"})()
_FLOATS = ir.VectorType(ir.FloatType(), _LANES)
_HALVES = ir.VectorType(_BFLOAT, _LANES)
_PAIRS = ir.VectorType(_BFLOAT, 2 * _LANES)
_WORDS = ir.VectorType(ir.IntType(32), _LANES)
_INT = ir.IntType(64)
_ZEROS = ir.Constant(_FLOATS, [0.0] * _LANES)


def is_available(precision: str) -> bool:
    """Whether this processor has the instructions that are worth it.

    For bf16 those that multiply it in AVX-512, unless there is something faster (AMX); for fp32 the
    fused products of AVX2 or AVX-512. LLVM ends the process where it is asked for instructions that
    it was told not to use.
    """
    settings = vars(config)
    restricted = any(settings[name] for name in ("CPU_NAME", "CPU_FEATURES", "DISABLE_JIT"))
    if restricted or binding.llvm_version_info < _TRIED:
        return False
    if precision == "bf16":
        return _has("avx512bf16") and not _has("amx-bf16")
    return _has("avx2", "fma")


def _has(*abilities: str) -> bool:
    present = binding.get_host_cpu_features()
    return all(present.get(one, False) for one in abilities)


def columns_at_once(precision: str) -> int:
    """Output channels that `multiply` sums up: as many as the registers hold for 6 rows.

    AVX-512 has 32 registers of 16 numbers, AVX2 has 16 of 8.
    """
    is_wide = precision == "bf16" or _has("avx512f")
    return COLUMNS if is_wide else _LANES


class _Vector:
    """16 float32 numbers in registers, with the operators that a transform needs."""

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
    """A function of maps and five integers for compiled code, from one that writes it.

    Of the maps only the type counts: what kind of numbers they hold.
    """

    def typed(_context: Any, maps: Any, a: Any, b: Any, c: Any, d: Any, e: Any) -> Any:  # noqa: ARG001, PLR0917
        held = _HALVES if maps.dtype == types.uint16 else _FLOATS

        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            emit(builder, held, arguments[1:])
            return context.get_dummy_value()

        return types.void(maps, *[types.int64] * 5), generate

    return cast("Callable[..., None]", intrinsic(typed))


def _at(builder: Any, address: Any, offset: Any, kind: Any) -> Any:
    offset = ir.Constant(_INT, offset) if isinstance(offset, int) else offset
    return builder.inttoptr(builder.add(address, offset), kind.as_pointer())


def _pixel(builder: Any, y: int, x: int, row: Any, column: Any) -> Any:
    return builder.add(builder.mul(row, _INT(y)), builder.mul(column, _INT(x)))


def _widened(builder: Any, value: Any) -> Any:
    return value if value.type == _FLOATS else builder.fpext(value, _FLOATS)


def _rounded(builder: Any, value: Any, held: Any) -> Any:
    return value if held == _FLOATS else builder.fptrunc(value, held)


def _larger(builder: Any, one: Any, other: Any) -> Any:
    """The maximum, not a number where either is not."""
    return builder.call(_function(builder, "llvm.maximum.v16f32", [_FLOATS] * 2), [one, other])


def _store(builder: Any, value: Any, bias: Any, goal: Any) -> None:
    """ReLU(value + bias), rounded to what its goal holds."""
    shifted = builder.fadd(value, builder.load(_at(builder, bias, 0, _FLOATS), align=4))
    positive = _rounded(builder, _larger(builder, shifted, _ZEROS), goal.type.pointee)
    builder.store(positive, goal, align=2)


@_emitted
def _take_tile(builder: Any, held: Any, arguments: Any) -> None:
    """16 channels of 6 x 6 pixels, transformed: row, column and step are distances in bytes."""
    maps, row, column, points, step = arguments

    def load(y: int, x: int) -> _Vector:
        address = _at(builder, maps, _pixel(builder, y, x, row, column), held)
        return _Vector(builder, _widened(builder, builder.load(address, align=2)))

    tile = _twice(_to_points, [[load(y, x) for x in range(_TILE)] for y in range(_TILE)])
    for index, vector in enumerate(vector for line in tile for vector in line):
        address = _at(builder, points, builder.mul(step, _INT(index)), held)
        builder.store(_rounded(builder, vector.value, held), address, align=2)


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


def _put(builder: Any, held: Any, values: list[list[Any]], bias: Any, place: Any) -> None:
    maps, row, column = place
    for y, line in enumerate(values):
        for x, value in enumerate(line):
            goal = _at(builder, maps, _pixel(builder, y, x, row, column), held)
            _store(builder, value, bias, goal)


@_emitted
def _put_tile(builder: Any, held: Any, arguments: Any) -> None:
    """16 channels of 4 x 4 pixels."""
    sums, bias, maps, row, column = arguments
    _put(builder, held, _outputs(builder, sums), bias, (maps, row, column))


@_emitted
def _put_pooled(builder: Any, held: Any, arguments: Any) -> None:
    """16 channels of 2 x 2 pixels, each the largest of four."""
    sums, bias, maps, row, column = arguments
    _put(builder, held, _pooled(builder, _outputs(builder, sums)), bias, (maps, row, column))


@_emitted
def _put_pixel(builder: Any, held: Any, arguments: Any) -> None:
    """16 channels of one pixel, whose sums need no transform."""
    sums, bias, maps, _, _ = arguments
    value = builder.load(_at(builder, sums, 0, _FLOATS), align=4)
    _store(builder, value, bias, _at(builder, maps, 0, held))


@_emitted
def _multiply(builder: Any, held: Any, arguments: Any) -> None:
    """6 rows of values times some columns of weights, over so many words of input channels."""
    left, row, right, words, sums = arguments
    width = columns_at_once("fp32" if held == _FLOATS else "bf16") // _LANES
    totals = [[_utilities.alloca_once(builder, _FLOATS) for _ in range(width)] for _ in range(ROWS)]
    for total in (total for line in totals for total in line):
        builder.store(_ZEROS, total)
    with _utilities.for_range(builder, words) as loop:
        _multiply_word(builder, held, loop.index, (left, row, right), totals)
    for y, line in enumerate(totals):
        for x, total in enumerate(line):
            address = _at(builder, sums, y * _SUMS + x * _LANES * 4, _FLOATS)
            builder.store(builder.load(total), address, align=4)


def _multiply_word(
    builder: Any, held: Any, index: Any, factors: Any, totals: list[list[Any]]
) -> None:
    left, row, right = factors
    kind, add_product = _product(builder, held)
    width = len(totals[0])
    panel = builder.add(right, builder.mul(index, _INT(width * _LANES * _WORD)))
    places = [_at(builder, panel, x * _LANES * _WORD, kind) for x in range(width)]
    weights = [builder.load(place, align=4) for place in places]
    for y, line in enumerate(totals):
        offset = builder.add(builder.mul(index, _INT(_WORD)), builder.mul(row, _INT(y)))
        word = builder.load(_at(builder, left, offset, ir.IntType(32)), align=4)
        value = builder.bitcast(_spread(builder, word), kind)
        for total, weight in zip(line, weights, strict=True):
            builder.store(add_product(builder.load(total), value, weight), total)


def _product(builder: Any, held: Any) -> tuple[Any, Callable[..., Any]]:
    """What one instruction multiplies, and the instruction: a total, and what is added to it."""
    if held == _FLOATS:
        fma = _function(builder, "llvm.fma.v16f32", [_FLOATS, _FLOATS, _FLOATS])
        return _FLOATS, lambda total, *factors: builder.call(fma, [*factors, total])
    dot = _function(builder, "llvm.x86.avx512bf16.dpbf16ps.512", [_FLOATS, _PAIRS, _PAIRS])
    return _PAIRS, lambda total, *factors: builder.call(dot, [total, *factors])


def _function(builder: Any, name: str, kinds: list[Any]) -> Any:
    signature = ir.FunctionType(_FLOATS, kinds)
    return _utilities.get_or_insert_function(builder.module, signature, name)


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


def make_room(source: Maps) -> Room:
    """Where a block of a layer's tiles is transformed."""
    block, step = TILES_AT_ONCE[source.itemsize], (source.shape[3] + _GAP) * source.itemsize
    return np.zeros(block * POINTS * step + 64, np.uint8), np.empty(block * _SUMS + 64, np.uint8)


@compiled()
def _take_tiles(
    source: Maps, points: int, step: int, grid: tuple[int, int], part: tuple[int, int]
) -> None:
    channels = source.shape[3]
    size = source.itemsize
    column = channels * size
    row = source.shape[2] * column
    for tile in range(part[1] - part[0]):
        image, y, x = _place(grid, part[0] + tile)
        corner = source[image, y * SIDE, x * SIDE].ctypes.data
        goal = points + tile * POINTS * step
        for channel in range(0, channels, _LANES):
            shift = channel * size
            _take_tile(source, corner + shift, row, column, goal + shift, step)


@compiled()
def _put_tiles(
    sums: int, layer: Layer, target: Maps, grid: tuple[int, int], part: tuple[int, int, int]
) -> None:
    _, bias, pooled = layer
    first, stop, panel = part
    size = target.itemsize
    column = target.shape[3] * size
    row = target.shape[2] * column
    side = SIDE // 2 if pooled else SIDE
    for tile in range(stop - first):
        image, y, x = _place(grid, first + tile)
        corner = target[image, y * side + 1, x * side + 1].ctypes.data
        for channel in range(0, COLUMNS, _LANES):
            total = sums + tile * _SUMS + channel * 4
            shift = bias.ctypes.data + (panel * COLUMNS + channel) * 4
            goal = corner + (panel * COLUMNS + channel) * size
            if pooled:
                _put_pooled(target, total, shift, goal, row, column)
            else:
                _put_tile(target, total, shift, goal, row, column)


@compiled()
def _multiply_tiles(points: int, step: int, panel: Maps, sums: int, count: int) -> None:
    """At each point the tiles' inputs times a panel of 64 columns of weights, part by part."""
    size = POINTS * step
    _, parts, words, _ = panel.shape
    for point in range(POINTS):
        for part in range(parts):
            left, weights = points + point * step, panel[point, part].ctypes.data
            right = sums + (point * COLUMNS + part * (COLUMNS // parts)) * 4
            for tile in range(0, count, ROWS):
                _multiply(panel, left + tile * size, size, weights, words, right + tile * _SUMS)


@compiled()
def run_tiles(  # noqa: PLR0917 - compiled code takes arguments by place
    source: Maps,
    layer: Layer,
    target: Maps,
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
    step = (source.shape[3] + _GAP) * source.itemsize
    block = room[1].size // _SUMS
    points, sums = _aligned(room[0].ctypes.data), _aligned(room[1].ctypes.data)
    for first in range(part[0], part[1], block):
        stop = min(first + block, part[1])
        _take_tiles(source, points, step, grid, (first, stop))
        for panel in range(layer[0].shape[0]):
            _multiply_tiles(points, step, layer[0][panel], sums, stop - first)
            _put_tiles(sums, layer, target, grid, (first, stop, panel))


@compiled()
def _take_patches(image: Maps, corner: tuple[int, int], patches: Maps) -> None:
    y, x = corner
    for pixel in range(patches.shape[0]):
        for row in range(3):
            for i in range(9):
                patches[pixel, 9 * row + i] = image[y + row, 3 * (x + pixel) + i]


@compiled()
def _put_pixels(sums: NDArray[np.float32], bias: NDArray[np.float32], pixels: Maps) -> None:
    for pixel in range(pixels.shape[0]):
        total, goal = sums.ctypes.data + pixel * _SUMS, pixels[pixel].ctypes.data
        for channel in range(0, COLUMNS, _LANES):
            shift = channel * 4
            place = goal + channel * pixels.itemsize
            _put_pixel(pixels, total + shift, bias.ctypes.data + shift, place, 0, 0)


@compiled()
def _multiply_patches(patches: Maps, panel: Maps, sums: NDArray[np.float32]) -> None:
    row = patches.shape[1] * patches.itemsize
    parts, words, _ = panel.shape
    for part in range(parts):
        goal = sums.ctypes.data + part * (COLUMNS // parts) * 4
        _multiply(panel, patches.ctypes.data, row, panel[part].ctypes.data, words, goal)


@compiled()
def run_first(images: Maps, layer: Layer, maps: Maps, part: tuple[int, int]) -> None:
    """Rows of the first convolution, plainly.

    Args:
        images: shape (n, height + 2, 3 (width + 2)), zeros around the image.
        layer: weights, bias and whether there is pooling: there is not.
        maps: shape (n, height + 2, width + 2, 64) or larger.
        part: the first row, of all images' rows, and the one after the last.
    """
    height, width = images.shape[1] - 2, images.shape[2] // 3 - 2
    patches = np.zeros((ROWS, FIRST_INPUTS), images.dtype)
    sums = np.empty(ROWS * _SUMS // 4, np.float32)
    for line in range(part[0], part[1]):
        image, y = line // height, line % height
        for x in range(0, width, ROWS):
            count = min(ROWS, width - x)
            _take_patches(images[image], (y, x), patches[:count])
            _multiply_patches(patches, layer[0][0, 0], sums)
            _put_pixels(sums, layer[1], maps[image, y + 1, x + 1 : x + 1 + count])

"""VGG-16 layer by layer: names, shapes, parameters, multiply-adds, receptive fields.

Configuration D of K. Simonyan and A. Zisserman, "Very Deep Convolutional Networks for Large-Scale
Image Recognition", ICLR 2015, table 1, as torchvision builds it. Everything else follows from the
table by arithmetic, so neither torch nor weights are needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from core.errors import CoreError, check_choice
from core.network.layers import LAYERS

BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Of each block the channels, and how many convolutions come before its pooling."""
_KERNEL, _WINDOW = 3, 2
CONNECTED_LAYERS = (("fc1", 4096), ("fc2", 4096), ("fc3", 1000))
AVERAGED_TO = 7
"""torchvision averages the last maps to 7 x 7 before `fc1`, whatever the input's size."""
_SMALLEST = 2 ** len(BLOCKS)

CONVOLUTION, POOLING, CONNECTED = "convolution", "pooling", "connected"


@dataclass(frozen=True, slots=True)
class NetworkLayer:
    """One layer of the network for one size of input.

    Attributes:
        name: `conv1_1` to `conv5_3`, `pool1` to `pool5`, or `fc1` to `fc3`.
        kind: `convolution`, `pooling` or `connected`.
        kernel: side of its window in positions of the layer before; None where all are connected.
        shape: of its output: (channels, height, width), or (units,).
        parameters: weights and biases.
        multiply_adds: for one image, biases not counted; pooling has none.
        receptive_field: side in pixels of what one value of it depends on; None for all of them.
        stride: pixels between two neighbouring positions; None where there are no positions.
        features: how many modules of torchvision's `features` lead up to its output, a
            convolution's ReLU included.
        classifier: how many of its `classifier` do, without a ReLU that follows.
    """

    name: str
    kind: str
    kernel: int | None
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    receptive_field: int | None
    stride: int | None
    features: int
    classifier: int = 0

    @property
    def feature(self) -> str | None:
        """The name under which this layer's output can be chosen as features, or None."""
        place = (self.features, self.classifier)
        cuts = {(layer.features, layer.classifier): name for name, layer in LAYERS.items()}
        return cuts.get(place)


@dataclass(frozen=True, slots=True)
class NetworkTable:
    """The layers of the network in their order, for square inputs of `size` pixels."""

    size: int
    layers: tuple[NetworkLayer, ...]

    @property
    def parameters(self) -> int:
        """Of all layers."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Of all layers, for one image."""
        return sum(layer.multiply_adds for layer in self.layers)


@lru_cache(maxsize=16)
def tabulate_network(size: int, *, deepest: str = "fc3") -> NetworkTable:
    """The layers up to `deepest`, for square inputs of `size` pixels.

    Args:
        size: side of the input.
        deepest: the last layer that counts: a name of this table, or one of features (`conv5`
            is then `pool5`).

    Raises:
        CoreError: the size is below 32 pixels, or there is no such layer.
    """
    if size < _SMALLEST:
        raise CoreError(
            f"a size of {size} is too small: VGG-16 needs {_SMALLEST} pixels, choose more"
        )
    layers = (*_spatial(size), *_connected())
    ends = {layer.feature: end for end, layer in enumerate(layers, 1) if layer.feature}
    ends |= {layer.name: end for end, layer in enumerate(layers, 1)}
    check_choice("layer", deepest, ends)
    return NetworkTable(size, layers[: ends[deepest]])


def _spatial(size: int) -> Iterator[NetworkLayer]:
    """Convolutions keep the size of what they see, poolings halve it, rounded down.

    The receptive field grows by (kernel - 1) strides of the layer before (D. Araujo, W. Norris and
    J. Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019).
    """
    channels, side, field, stride, modules = 3, size, 1, 1, 0
    for block, (width, depth) in enumerate(BLOCKS, 1):
        for number in range(1, depth + 1):
            weights = width * channels * _KERNEL**2
            field += (_KERNEL - 1) * stride
            modules += 2  # its ReLU is a module of its own
            yield NetworkLayer(
                f"conv{block}_{number}", CONVOLUTION, _KERNEL, (width, side, side),
                weights + width, weights * side**2, field, stride, modules,
            )  # fmt: skip
            channels = width
        side //= 2
        field += (_WINDOW - 1) * stride
        stride *= 2
        modules += 1
        shape = (channels, side, side)
        yield NetworkLayer(f"pool{block}", POOLING, _WINDOW, shape, 0, 0, field, stride, modules)


def _connected() -> Iterator[NetworkLayer]:
    """Between two of them torchvision has a ReLU and a dropout."""
    modules = sum(2 * depth + 1 for _, depth in BLOCKS)
    before = BLOCKS[-1][0] * AVERAGED_TO**2
    for number, (name, units) in enumerate(CONNECTED_LAYERS):
        weights = before * units
        yield NetworkLayer(
            name, CONNECTED, None, (units,), weights + units, weights, None, None, modules,
            3 * number + 1,
        )  # fmt: skip
        before = units


MAP_LAYERS = tuple(layer.name for layer in _spatial(_SMALLEST))
"""The layers that have maps, the first first."""


def find_map_layer(name: str, size: int) -> NetworkLayer:
    """The convolution or pooling of that name, for inputs of `size` pixels.

    Raises:
        CoreError: there is no such layer, or the size is below 32 pixels.
    """
    check_choice("layer with maps", name, MAP_LAYERS)
    return next(layer for layer in tabulate_network(size).layers if layer.name == name)


def last_convolution(feature: str) -> str:
    """The convolution whose pooled output is that choice of features: `conv5` is `conv5_3`.

    What is connected is made of the last one.
    """
    depth = LAYERS[feature].features
    before = [layer for layer in _spatial(_SMALLEST) if layer.features == depth - 1]
    return before[0].name


def in_words(layer: NetworkLayer) -> str:
    """One line for a page: `conv3_2: 256 maps of 56 x 56, each value sees 32 x 32 pixels`."""
    if layer.receptive_field is None:
        return f"{layer.name}: {prod(layer.shape):,} values, each sees the whole image"
    channels, height, width = layer.shape
    sees = f"each value sees {layer.receptive_field} x {layer.receptive_field} pixels"
    return f"{layer.name}: {channels} maps of {width} x {height}, {sees}, one every {layer.stride}"

"""VGG-16 kept whole, to be looked into: all maps of an image, connected layers, class scores.

Features come from a network that is cut and perhaps in bfloat16 on a GPU. This one works on an
image or a few, in float32 on the CPU, where every machine gives what torchvision's own gives.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError, check_choice
from core.images import identify
from core.network.layers import LAYERS, Cut
from core.network.network_table import (
    AVERAGED_TO,
    MAP_LAYERS,
    NetworkTable,
    find_map_layer,
    tabulate_network,
)
from core.network.pretrained import Weights, load_state
from core.network.transforms import Transform
from core.pictures.decoding import ImageProblem
from core.pictures.reading import look
from core.pictures.resizing import Pixels

if TYPE_CHECKING:
    import torch
    from torch import nn

Float32 = NDArray[np.float32]
N_CLASSES = 1000
_OUTPUT = "classifier.6"


class FullNetwork:
    """The network of some weights, and the transform that feeds it; nothing is loaded before use.

    The convolutions are 59 MB, the connected layers 494 MB: who only looks at maps never keeps the
    latter.
    """

    def __init__(self, weights: Weights, transform: Transform) -> None:
        self.weights = weights
        self.transform = transform

    def table(self) -> NetworkTable:
        """The layers that these weights have, for the inputs of this transform."""
        deepest = self.weights.layers[-1]
        return tabulate_network(self.transform.size, deepest="fc3" if deepest == "fc2" else deepest)

    def see(self, data: bytes) -> Pixels:
        """The square of an image that the network sees, uint8 (size, size, 3).

        Raises:
            ImageProblem: the bytes cannot be decoded, and why.
        """
        seen = look(identify(data), lambda _: data, self.transform)
        if seen.pixels is None:
            raise ImageProblem(seen.seen.problem or "cannot be read")
        return seen.pixels

    def all_maps(self, square: Pixels) -> dict[str, Float32]:
        """Every layer's maps of one image, (channels, height, width) each, in one pass.

        A convolution's are taken after its ReLU: what the next layer sees.
        """
        import torch  # noqa: PLC0415 - slow to import

        found: dict[str, Float32] = {}
        with_maps = (layer for layer in self.table().layers if layer.name in MAP_LAYERS)
        names = {layer.features - 1: layer.name for layer in with_maps}
        with torch.inference_mode():
            maps = self._to_input([square])  # (1, 3, size, size)
            for place, module in enumerate(self._features):
                maps = module(maps)  # (1, channels, h, w)
                if place in names:
                    found[names[place]] = np.ascontiguousarray(maps[0].numpy())
        return found

    def maps_of(self, squares: Sequence[Pixels], layer: str) -> Float32:
        """One layer's maps of some images, (n, channels, h, w): all at once, so let them be few.

        Raises:
            CoreError: the weights do not reach to this layer.
        """
        import torch  # noqa: PLC0415 - slow to import

        self.require_maps(layer)
        depth = find_map_layer(layer, self.transform.size).features
        with torch.inference_mode():
            maps: torch.Tensor = self._features[:depth](self._to_input(squares))
            return maps.contiguous().numpy()

    def require_maps(self, layer: str) -> None:
        """Raise CoreError where there is no such layer, or the weights do not reach to it."""
        check_choice("layer with maps", layer, MAP_LAYERS)
        if layer not in {one.name for one in self.table().layers}:
            raise CoreError(
                f"the weights {self.weights.name} have no {layer}: they end at "
                f"{self.table().layers[-1].name}. Choose a layer before it, or other weights"
            )

    def connect(self, pooled: Float32, layer: str) -> Float32:
        """The values (n, 4096) of `fc1` or `fc2`, before the ReLU, from maps of `pool5`.

        Raises:
            CoreError: the weights have no such layer.
        """
        import torch  # noqa: PLC0415 - slow to import
        from torch.nn import functional  # noqa: PLC0415

        if layer not in self.weights.layers:
            raise CoreError(f"the weights {self.weights.name} have no {layer}: choose others")
        with torch.inference_mode():
            maps = functional.adaptive_avg_pool2d(torch.from_numpy(pooled), AVERAGED_TO)
            values: torch.Tensor = self._connected[: LAYERS[layer].classifier](maps.flatten(1))
            return values.numpy()

    def require_classes(self) -> None:
        """Raise CoreError where the weights cannot tell ImageNet's classes; it says which can."""
        _ = self._output

    def classify(self, values: Float32, layer: str) -> Float32:
        """ImageNet's probabilities (n, 1000) from the values (n, 4096) of `fc1` or `fc2`.

        Raises:
            CoreError: the weights have no such classes; it says which have.
        """
        import torch  # noqa: PLC0415 - slow to import
        from torch.nn import functional  # noqa: PLC0415

        weight, bias = self._output  # first of all: most weights have none
        with torch.inference_mode():
            # A copy, since the ReLU that comes next works in place.
            rest = self._connected[LAYERS[layer].classifier :](torch.tensor(values))  # (n, 4096)
            scores = functional.linear(rest.relu(), weight, bias)  # (n, 1000)
            return scores.softmax(1).numpy()

    def _to_input(self, squares: Sequence[Pixels]) -> "torch.Tensor":
        import torch  # noqa: PLC0415 - slow to import

        return self.transform.to_input(torch.from_numpy(np.stack(squares)))  # (n, 3, size, size)

    @cached_property
    def _features(self) -> "nn.Sequential":
        """The convolutions and poolings, as many as the weights hold."""
        from torch import channels_last  # noqa: PLC0415 - slow to import

        from core.network.vgg import build_network  # noqa: PLC0415 - brings torch

        deepest = self.weights.layers[-1]
        cut = Cut("conv5" if LAYERS[deepest].classifier else deepest)
        features = build_network(load_state(self.weights), cut).features
        # A fifth faster than with the channels first.
        return cast("nn.Sequential", features.to(memory_format=channels_last))

    @cached_property
    def _connected(self) -> "nn.Sequential":
        """The layers up to `fc1` or `fc2`, as far as the weights reach."""
        from core.network.vgg import build_network  # noqa: PLC0415 - brings torch

        return build_network(load_state(self.weights), Cut(self.weights.layers[-1])).classifier

    @cached_property
    def _output(self) -> "tuple[torch.Tensor, torch.Tensor]":
        """Weight (1000, 4096) and bias (1000,) of the layer that tells the classes."""
        has_both = {"fc1", "fc2"} <= set(self.weights.layers)
        state = load_state(self.weights) if has_both or self.weights.absent else {}
        weight, bias = state.get(f"{_OUTPUT}.weight"), state.get(f"{_OUTPUT}.bias")
        if weight is None or bias is None or weight.shape != (N_CLASSES, 4096):
            found = "no classifier" if weight is None else f"classes of their own ({len(weight)})"
            raise CoreError(
                f"the weights {self.weights.name} have {found}, and predictions need that of "
                "ImageNet's 1,000 classes: take --weights imagenet (a download of 528 MB)"
            )
        return weight.float(), bias.float()

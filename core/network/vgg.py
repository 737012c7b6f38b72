"""VGG-16 cut at a named layer (K. Simonyan and A. Zisserman, 2015, configuration D).

Modules and names are those of torchvision's `vgg16`. Of a convolution block the pooled output is
averaged to a grid; of the classifier a fully connected layer is taken before its ReLU.
"""

from collections.abc import Mapping
from typing import cast

import torch
from torch import nn

from core.errors import CoreError
from core.network.layers import LAYERS, Cut
from core.network.network_table import AVERAGED_TO, BLOCKS, CONNECTED_LAYERS


class FeatureNetwork(nn.Module):
    """VGG-16 up to a cut, in evaluation mode."""

    def __init__(self, features: nn.Module, classifier: nn.Sequential, cut: Cut) -> None:
        super().__init__()
        self.features = features
        self.classifier = classifier
        self.cut = cut
        # Fully connected layers expect torchvision's 7 x 7 whatever the input's size.
        self.pool = nn.AdaptiveAvgPool2d(AVERAGED_TO if cut.is_connected else cut.grid)
        self.eval()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """From normalised images (n, 3, size, size) to features (n, n_features)."""
        maps = self.features(images)  # (n, channels, size / 2^blocks, size / 2^blocks)
        pooled = self.pool(maps)  # (n, channels, grid, grid)
        flat = torch.flatten(pooled, 1)  # (n, channels * grid * grid)
        values: torch.Tensor = self.classifier(flat)  # (n, n_features)
        return values


def quicken(network: FeatureNetwork, precision: str) -> FeatureNetwork:
    """The same by Winograd's convolutions, where this processor can in this precision.

    They take a third of the time of torch's own, and are as near to exact ones.
    """
    from core.network.winograd_kernels import is_available  # noqa: PLC0415 - numba is slow to import

    if not is_available(precision):
        return network
    from core.network.winograd import WinogradFeatures  # noqa: PLC0415

    features = WinogradFeatures(cast("nn.Sequential", network.features), precision)
    return FeatureNetwork(features, network.classifier, network.cut)


def build_network(state: Mapping[str, torch.Tensor], cut: Cut) -> FeatureNetwork:
    """The network up to `cut`, with the weights of `state` under torchvision's names.

    Weights beyond the cut are not looked at, so convolutions alone suffice for a convolution.

    Raises:
        CoreError: a weight is missing, or has another shape than VGG-16's.
    """
    layer = LAYERS[cut.layer]
    with torch.device("meta"):  # no memory and no random numbers for weights that are replaced
        features, classifier = _convolutions()[: layer.features], _connected()[: layer.classifier]
    network = FeatureNetwork(features, classifier, cut)
    needed = {name: _weight(state, name, empty) for name, empty in network.state_dict().items()}
    network.load_state_dict(needed, assign=True)
    return network.requires_grad_(requires_grad=False)


def _convolutions() -> nn.Sequential:
    """The modules of torchvision's `features`, whose own package takes seconds to import."""
    modules: list[nn.Module] = []
    inputs = 3
    for channels, count in BLOCKS:
        for _ in range(count):
            modules += [nn.Conv2d(inputs, channels, 3, padding=1), nn.ReLU(inplace=True)]
            inputs = channels
        modules.append(nn.MaxPool2d(2))
    return nn.Sequential(*modules)


def _connected() -> nn.Sequential:
    """The modules of torchvision's `classifier`."""
    modules: list[nn.Module] = []
    inputs = BLOCKS[-1][0] * AVERAGED_TO**2
    for _, units in CONNECTED_LAYERS:
        modules += [nn.Linear(inputs, units), nn.ReLU(inplace=True), nn.Dropout()]
        inputs = units
    return nn.Sequential(*modules[:-2])


def _weight(state: Mapping[str, torch.Tensor], name: str, empty: torch.Tensor) -> torch.Tensor:
    if name not in state:
        raise CoreError(f"the weights have no {name}: choose a layer before it, or other weights")
    if state[name].shape != empty.shape:
        found, expected = tuple(state[name].shape), tuple(empty.shape)
        raise CoreError(
            f"the weights' {name} has the shape {found}, VGG-16's is {expected}: name others"
        )
    return state[name].float()

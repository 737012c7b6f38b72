"""VGG-16's convolutions with batch norm and heads to train them by, and without both at the end."""

from collections.abc import Mapping
from copy import deepcopy
from typing import NamedTuple, cast

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from core.errors import CoreError

_PROJECTED = 128
_TOLERANCE = 2e-2
"""The share of the largest feature by which folding and half precision may move any."""


class Outputs(NamedTuple):
    """Of n images: features (n, 512), classes (n, n_classes), points of the contrast (n, 128)."""

    features: torch.Tensor
    classes: torch.Tensor
    points: torch.Tensor


class TrainingNetwork(nn.Module):
    """torchvision's `vgg16_bn().features`, the last block averaged, and two heads on it."""

    def __init__(self, n_classes: int, *, seed: int) -> None:
        super().__init__()
        from torchvision.models import vgg16_bn  # noqa: PLC0415 - slow to import

        with torch.device("meta"):  # no time for 120 million weights that are not kept
            features: nn.Sequential = vgg16_bn(init_weights=False).features
        n_features = 512
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.features = features.to_empty(device="cpu")
            self.features.apply(_initialize)
            self.classify = nn.Linear(n_features, n_classes)
            self.project = nn.Sequential(
                nn.Linear(n_features, n_features), nn.ReLU(), nn.Linear(n_features, _PROJECTED)
            )

    def forward(self, images: torch.Tensor) -> Outputs:
        """From normalised images (n, 3, size, size)."""
        maps = self.features(images)  # (n, 512, size / 32, size / 32)
        features = maps.mean((2, 3))  # (n, 512)
        return Outputs(features, self.classify(features), self.project(features))


def _initialize(module: nn.Module) -> None:
    """Torchvision's own: K. He et al., 2015, for what is multiplied."""
    if isinstance(module, nn.Conv2d) and module.bias is not None:
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(module.bias)
    if isinstance(module, nn.BatchNorm2d):
        module.reset_running_stats()
        module.reset_parameters()


def fold(features: nn.Sequential) -> nn.Sequential:
    """The same features without batch norm: each is a factor and an offset of its convolution.

    What comes out has the modules of torchvision's `vgg16().features`, in evaluation mode.
    """
    plain: list[nn.Module] = []
    with torch.no_grad():
        for module in deepcopy(features).double().eval():
            if isinstance(module, nn.BatchNorm2d):
                plain.append(fuse_conv_bn_eval(cast("nn.Conv2d", plain.pop()), module))
            else:
                plain.append(module)
    return nn.Sequential(*plain).float()


def halve(plain: nn.Sequential) -> dict[str, torch.Tensor]:
    """The weights in half precision, under torchvision's names.

    Raises:
        CoreError: a weight is too large for it, or not a number.
    """
    state = {f"features.{name}": one.detach() for name, one in plain.state_dict().items()}
    half = {name: one.half().cpu().contiguous() for name, one in state.items()}
    for name, one in half.items():
        if not one.isfinite().all():
            raise CoreError(f"{name} does not fit half precision: train with a smaller step")
    return half


def verify(trained: nn.Sequential, half: Mapping[str, torch.Tensor], images: torch.Tensor) -> float:
    """How far the features of the folded weights are from the trained ones, as a share.

    Both see the images (n, 3, size, size), in float32; the share is of the largest feature.

    Raises:
        CoreError: they differ by more than half precision explains.
    """
    from torchvision.models import vgg16  # noqa: PLC0415 - slow to import

    with torch.device("meta"):
        plain = vgg16(init_weights=False).features.eval()
    stripped = {name.removeprefix("features."): one.float() for name, one in half.items()}
    plain.load_state_dict(stripped, assign=True)
    with torch.inference_mode():
        expected, found = trained.eval()(images), plain(images)
    share = float((found - expected).abs().max() / expected.abs().max().clamp_min(1e-12))
    if not share <= _TOLERANCE:
        raise CoreError(
            f"the folded weights give other features: {share:.1%} off, at most "
            f"{_TOLERANCE:.0%} is expected of half precision"
        )
    return share

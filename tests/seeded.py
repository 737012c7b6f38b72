"""For tests: VGG-16 with seeded weights in full size, which lie in no file, and images to look at.

Nothing is downloaded and nothing of the 528 MB is written: whoever loads these weights gets the
state itself.
"""

import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.models import vgg16

from core.network.layers import LAYERS
from core.network.pretrained import Weights

SEEDED = Weights("seeded", Path("no-such-file.safetensors"), "5eed" * 16, tuple(LAYERS))


def empty_vgg16():
    with torch.device("meta"):
        return vgg16(init_weights=False).eval()


def seeded_state():
    """Weights whose values neither vanish nor explode on their way (He et al., 2015).

    A million random numbers over and over: drawing 138 million takes longer than the tests.
    """
    drawn = torch.randn(1_000_003, generator=torch.Generator().manual_seed(0))
    weights, start = {}, 0
    for name, tensor in empty_vgg16().state_dict().items():
        n, first = tensor.numel(), start % len(drawn)
        values = drawn.repeat(2 + n // len(drawn))[first : first + n].view(tensor.shape)
        fan_in = tensor[0].numel()
        weights[name] = values * ((2 / fan_in) ** 0.5 if name.endswith("weight") else 0.1)
        start += n
    return weights


def torchvisions(state):
    """Torchvision's own network with these weights; where they end, nothing may be asked of it."""
    full = empty_vgg16()
    full.load_state_dict(
        {name: one.float() for name, one in state.items()}, strict=False, assign=True
    )
    return full


def png(seed=0, *, side=64, kind="PNG"):
    """The bytes of an image of 4 x 4 blocks of random colours."""
    colors = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    data = io.BytesIO()
    Image.fromarray(colors).resize((side, side), Image.Resampling.NEAREST).save(data, kind)
    return data.getvalue()

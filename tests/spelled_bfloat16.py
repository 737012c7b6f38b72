"""The bfloat16 kernels where no instruction knows bfloat16: what it does is spelled out in others.

Run as a program, which compiles them aside; prints how far their maps are from torch's in float32.
"""

import sys

import torch
from llvmlite import ir
from torch import nn

from core.network import winograd_kernels as kernels
from core.network.winograd import WinogradFeatures

_WORDS = ir.VectorType(ir.IntType(32), 16)
_BITS = ir.VectorType(ir.IntType(16), 16)


def _each(number):
    return ir.Constant(_WORDS, [number] * 16)


def _widen(builder, value):
    """A bfloat16 is the upper half of the float32 of the same value."""
    if value.type == kernels._FLOATS:
        return value
    words = builder.zext(builder.bitcast(value, _BITS), _WORDS)
    return builder.bitcast(builder.shl(words, _each(16)), kernels._FLOATS)


def _round(builder, value, held):
    """To the nearest, and of two the even one."""
    if held == kernels._FLOATS:
        return value
    words = builder.bitcast(value, _WORDS)
    is_odd = builder.and_(builder.lshr(words, _each(16)), _each(1))
    words = builder.add(words, builder.add(is_odd, _each(0x7FFF)))
    return builder.bitcast(builder.trunc(builder.lshr(words, _each(16)), _BITS), held)


def _product(builder, _):
    """A total, and the products of two pairs added to it."""
    fma = kernels._function(builder, "llvm.fma.v16f32", [kernels._FLOATS] * 3)

    def halves(pairs):
        words = builder.bitcast(pairs, _WORDS)
        both = builder.shl(words, _each(16)), builder.and_(words, _each(0xFFFF0000))
        return [builder.bitcast(one, kernels._FLOATS) for one in both]

    def add_product(total, *pairs):
        for factors in zip(*map(halves, pairs), strict=True):
            total = builder.call(fma, [*factors, total])
        return total

    return kernels._PAIRS, add_product


def main():
    """Print the largest error of some networks."""
    kernels._widened, kernels._rounded, kernels._product = _widen, _round, _product
    torch.manual_seed(0)
    network = nn.Sequential(
        *(nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 128, 3, padding=1), nn.ReLU()),
        *(nn.MaxPool2d(2), nn.Conv2d(128, 64, 3, padding=1), nn.ReLU()),
    ).requires_grad_(requires_grad=False)
    images = torch.randn(3, 3, 23, 30)
    expected = network(images)
    found = WinogradFeatures(network, "bf16")(images).float()
    sys.stdout.write(f"{float((found - expected).norm() / expected.norm())}\n")


if __name__ == "__main__":
    main()

"""Where the network runs and in which precision.

What the operating system can tell is asked first: importing torch takes longer than everything
else that a cached result needs.
"""

import platform
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import CoreError, check_choice

DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "fp32", "bf16")
JPEG_DECODERS = ("cpu", "cuda")
_BF16_FLAGS = {"avx512_bf16", "amx_bf16"}
_CPU_FACTS = Path("/proc/cpuinfo")
_GPU_DRIVERS = tuple(Path("/dev") / name for name in ("nvidiactl", "nvhost-ctrl", "dxg", "kfd"))
"""NVIDIA's driver, that of its Jetson boards, Windows' GPUs under WSL, and AMD's driver."""


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of processor and a precision, both decided: nothing here is `auto`."""

    kind: str
    precision: str

    @property
    def stored_dtype(self) -> "np.dtype[np.floating]":
        """How features are kept: as computed, or in the half that holds what bfloat16 resolves."""
        return np.dtype(np.float32 if self.precision == "fp32" else np.float16)


def choose_device(kind: str = "auto", precision: str = "auto") -> Device:
    """Decide what `auto` means on this machine.

    Raises:
        CoreError: a device was asked for by name that is not there, or a name is unknown.
    """
    check_choice("device", kind, DEVICES)
    check_choice("precision", precision, PRECISIONS)
    if kind != "cpu":
        kind = _choose_kind(kind)
    if precision == "auto":
        precision = "bf16" if computes_bf16(kind) else "fp32"
    return Device(kind, precision)


def check_jpeg_decoder(decoder: str, kind: str) -> None:
    """Refuse a decoder that this kind of device does not have.

    Raises:
        CoreError: there is no such decoder, or it is that of another device.
    """
    check_choice("JPEG decoder", decoder, JPEG_DECODERS)
    if decoder not in {"cpu", kind}:
        raise CoreError(
            f"JPEGs cannot be decoded by {decoder} where the network runs on {kind}: take "
            f"--jpeg-decoder cpu, or --device {decoder} on a machine that has it"
        )


def _choose_kind(kind: str) -> str:
    if kind == "auto" and _has_no_gpu():
        return "cpu"
    import torch  # noqa: PLC0415 - slow to import

    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if kind == "auto":
        return next((name for name, there in present.items() if there), "cpu")
    if not present[kind]:
        raise CoreError(f"this machine has no {kind} device that torch can use: take --device cpu")
    return kind


def _has_no_gpu() -> bool:
    """Whether the system rules out a GPU; where it cannot tell, torch has to."""
    return platform.system() == "Linux" and not any(path.exists() for path in _GPU_DRIVERS)


def computes_bf16(kind: str) -> bool:
    """Whether the processor multiplies bfloat16 itself; emulated, it is slower than float32."""
    if kind == "cpu" and _CPU_FACTS.exists():
        return not _BF16_FLAGS.isdisjoint(_CPU_FACTS.read_text(encoding="utf-8").split())
    import torch  # noqa: PLC0415 - slow to import

    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    abilities = torch.cpu.get_capabilities() if kind == "cpu" else {}
    return any(abilities.get(flag) for flag in _BF16_FLAGS)

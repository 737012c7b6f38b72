"""Where the network runs and in which precision."""

from dataclasses import dataclass

import torch

from core.errors import CoreError

DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "fp32", "bf16")


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of processor and a precision, both decided: nothing here is `auto`."""

    kind: str
    precision: str

    @property
    def dtype(self) -> torch.dtype:
        """The type in which the network computes."""
        return torch.bfloat16 if self.precision == "bf16" else torch.float32


def choose_device(kind: str = "auto", precision: str = "auto") -> Device:
    """Decide what `auto` means on this machine.

    Raises:
        CoreError: a device was asked for by name that is not there, or a name is unknown.
    """
    if kind not in DEVICES:
        raise CoreError(f"no device named {kind!r}: choose one of {', '.join(DEVICES)}")
    if precision not in PRECISIONS:
        raise CoreError(f"no precision named {precision!r}: choose one of {', '.join(PRECISIONS)}")
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if kind == "auto":
        kind = next((name for name, there in present.items() if there), "cpu")
    if not present.get(kind, True):
        raise CoreError(f"this machine has no {kind} device that torch can use: --device cpu works")
    if precision == "auto":
        precision = "bf16" if _computes_bf16(kind) else "fp32"
    return Device(kind, precision)


def _computes_bf16(kind: str) -> bool:
    """Whether the processor multiplies bfloat16 itself; emulated, it is slower than float32."""
    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if kind == "cpu":
        abilities = torch.cpu.get_capabilities()
        return bool(abilities.get("avx512_bf16") or abilities.get("amx_bf16"))
    return False

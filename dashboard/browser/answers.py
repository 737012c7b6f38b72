"""What the browser says, read with suspicion: rows, and sets of rows.

An answer may be late, for images that are no longer shown, or not come from our scripts at all.
"""

import base64
import binascii
from typing import Any

import numpy as np
from numpy.typing import NDArray


def read_answer(given: Any, of: str) -> dict[str, Any] | None:
    """An answer to what was last sent, which is named by an address; None for every other one."""
    return given if isinstance(given, dict) and given.get("of") == of else None


def read_number(given: Any, count: int) -> int | None:
    """A row or a cluster: a whole number in 0 … count-1; None for anything else."""
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < count:
        return None
    return given


def read_rows(given: Any, count: int) -> NDArray[np.int64] | None:
    """The rows in a base64 bit set over `count` images, ascending; None for anything else.

    Bit i of byte i >> 3, the least significant first, stands for row i.
    """
    if not isinstance(given, str):
        return None
    try:
        packed = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(packed) != -(-count // 8):
        return None
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little")
    return None if bits[count:].any() else np.flatnonzero(bits).astype(np.int64)

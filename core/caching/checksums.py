"""Checksums over what is kept and the key under which it is kept.

With the key in it, a value that a damaged index brings up under another key is recognised, too.
"""

from typing import TypeGuard
from zlib import crc32


def checksum(*parts: str | bytes | int) -> int:
    """CRC-32 over the parts, each led by its length, so that none can run into the next."""
    crc = 0
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        crc = crc32(data, crc32(len(data).to_bytes(8, "big"), crc))
    return crc


def is_whole(data: object, crc: object, *key: str | bytes | int) -> TypeGuard[bytes]:
    """Whether bytes are as they were written, under the key under which they were.

    Args:
        data: as it was read; where the file is damaged it may be no bytes at all.
        crc: of the key and the bytes; of the bytes alone up to format 3, of nothing (None) up to 2.
        key: under which they were asked for.
    """
    if not isinstance(data, bytes):
        return False
    return crc is None or crc == checksum(*key, data) or crc == crc32(data)

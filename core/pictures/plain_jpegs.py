"""JPEGs without anything peculiar: those that every decoder reads as Pillow's does.

What is not plainly one is left to Pillow, which knows more of what there is, and whose reason is
told where an image cannot be read.
"""

from dataclasses import dataclass

from core.pictures.decoding import Scale, least_size
from core.pictures.jpeg_segments import (
    START_OF_SCAN,
    Segment,
    end_of_head,
    end_of_scans,
    walk_head,
)
from core.pictures.opening import ImageProblem, open_head
from core.pictures.orientation import TURNED_BY_90, read_orientation
from core.pictures.progressive import MOST_SCANS, count_scans

_MOST_BYTES = 16 << 20
"""Of a file. Files wait in memory before they are decoded, larger ones too few at a time."""
_USUAL_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended, progressive; others are lossless, arithmetic-coded, or hierarchical."""
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_FRAME_HEAD = 6
"""Bytes: of a sample's bits, of height and width, and of the number of planes; 3 a plane follow."""
_BITS = 8
_YCBCR = bytes([1, 2, 3])
"""How the planes are called; others may be RGB."""
_SAMPLES = {bytes([brightness, 0x11, 0x11]) for brightness in (0x11, 0x21, 0x12, 0x22)}
"""Samples across and down of each plane: colours are as fine as the brightness, or half that."""
_ADOBE = 0xEE
_IS_YCBCR = 1
"""Adobe's word for it; any other means RGB, CMYK, or nobody knows."""
_SHRINKS = (8, 4, 2, 1)
"""By how much libjpeg shrinks an image while it decodes it, through Pillow."""


@dataclass(frozen=True, slots=True)
class PlainJpeg:
    """A whole JPEG file, and what its head says.

    Attributes:
        data: the file.
        width: of the pixels as they are stored.
        height: of the pixels as they are stored.
        orientation: 1 to 8, as EXIF has it.
        shrink: by how much Pillow would shrink it while decoding: 1, 2, 4 or 8.
    """

    data: bytes
    width: int
    height: int
    orientation: int
    shrink: int

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height once it is turned upright."""
        turned = self.orientation in TURNED_BY_90
        return (self.height, self.width) if turned else (self.width, self.height)


def find_plain(data: bytes, scale: Scale) -> PlainJpeg | None:
    """The JPEG that these bytes are; None for everything else, within the limits or not.

    Args:
        data: a file.
        scale: from its sides to the least share of them that is needed, up to 1.
    """
    if len(data) > _MOST_BYTES or not _is_plain(data):
        return None
    try:
        image = open_head(data)
    except ImageProblem:
        return None
    width, height = image.size
    if image.format != "JPEG" or min(width, height) < 1:
        return None
    shrink = choose_shrink(width, height, scale(width, height))
    return PlainJpeg(data, width, height, read_orientation(image), shrink)


def choose_shrink(width: int, height: int, share: float) -> int:
    """By how much Pillow shrinks a JPEG of which that share of its sides is needed."""
    if share >= 1:
        return 1
    least = least_size(width, height, share)
    possible = min(width // least[0], height // least[1])
    return next(shrink for shrink in _SHRINKS if possible >= shrink)


def _is_plain(data: bytes) -> bool:
    """Of 8 bits, grey or YCbCr, Huffman-coded, whole, and without an army of scans."""
    if not data.startswith(b"\xff\xd8\xff"):
        return False
    frames: list[Segment] = []
    for segment in walk_head(data):
        if not segment.start <= segment.end <= len(data):
            return False
        if segment.marker == _ADOBE and not _is_usual_adobe(data[segment.start : segment.end]):
            return False
        if segment.marker in _FRAMES:
            frames.append(segment)
    return len(frames) == 1 and _is_usual_frame(data, frames[0]) and _is_whole(data)


def _is_usual_adobe(payload: bytes) -> bool:
    return not payload.startswith(b"Adobe") or payload[11:12] == bytes([_IS_YCBCR])


def _is_usual_frame(data: bytes, frame: Segment) -> bool:
    """Grey, or YCbCr with its two colours as fine as its brightness or half of that."""
    payload = data[frame.start : frame.end]
    n_planes, odd = divmod(len(payload) - _FRAME_HEAD, 3)
    if frame.marker not in _USUAL_FRAMES or odd or n_planes not in {1, 3}:
        return False
    if payload[0] != _BITS or payload[_FRAME_HEAD - 1] != n_planes:
        return False
    names, samples = payload[_FRAME_HEAD::3], payload[_FRAME_HEAD + 1 :: 3]
    return n_planes == 1 or (names == _YCBCR and samples in _SAMPLES)


def _is_whole(data: bytes) -> bool:
    start = end_of_head(data)
    if not data.startswith(START_OF_SCAN, start) or end_of_scans(data, start) is None:
        return False
    return count_scans(data) <= MOST_SCANS

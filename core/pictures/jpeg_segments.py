"""The head of a JPEG file: its segments, up to its first scan (ITU-T T.81, annex B)."""

from collections.abc import Iterator
from dataclasses import dataclass

START_OF_SCAN = b"\xff\xda"
END_OF_IMAGE = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class Segment:
    """One of them: its marker's second byte, and where the bytes that belong to it lie."""

    marker: int
    start: int
    end: int


def walk_head(data: bytes) -> Iterator[Segment]:
    """The segments before the first scan, or before whatever is no segment."""
    position = 2
    while data[position : position + 1] == b"\xff" and not data.startswith(START_OF_SCAN, position):
        marker = int.from_bytes(data[position + 1 : position + 2])
        start = position + 4
        position += 2 + int.from_bytes(data[position + 2 : start])  # past this segment
        yield Segment(marker, start, position)


def end_of_head(data: bytes) -> int:
    """Where the first scan begins, or whatever is no segment."""
    position = 2
    for segment in walk_head(data):
        position = segment.end
    return position


def end_of_scans(data: bytes, start: int) -> int | None:
    """Where the image ends, scans beginning at `start`; None where it is cut short."""
    end = data.find(END_OF_IMAGE, start)
    return end if end >= 0 else None

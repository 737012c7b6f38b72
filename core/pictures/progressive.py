"""Progressive JPEGs, of which few bytes can ask for hours of work.

M. Pinheiro, D. R. Commander: "Two Issues with the JPEG Standard" (2015), issue 1.
"""

MOST_SCANS = 100
"""Usual are 10; each is a walk over all of the image."""
_START_OF_SCAN = b"\xff\xda"
_END_OF_IMAGE = b"\xff\xd9"


def count_scans(data: bytes) -> int:
    """How often a JPEG file walks over its image (ITU-T T.81, annex B)."""
    position = 2
    while data[position : position + 1] == b"\xff" and not data.startswith(
        _START_OF_SCAN, position
    ):
        position += 2 + int.from_bytes(data[position + 2 : position + 4])  # past this segment
    end = data.find(_END_OF_IMAGE, position)  # a video may follow, which holds any bytes
    return data.count(_START_OF_SCAN, position, end if end >= 0 else len(data))

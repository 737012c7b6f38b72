"""Progressive JPEGs, of which few bytes can ask for hours of work.

M. Pinheiro, D. R. Commander: "Two Issues with the JPEG Standard" (2015), issue 1.
"""

from core.pictures.jpeg_segments import START_OF_SCAN, end_of_head, end_of_scans

MOST_SCANS = 100
"""Usual are 10; each is a walk over all of the image."""


def count_scans(data: bytes) -> int:
    """How often a JPEG file walks over its image."""
    position = end_of_head(data)
    end = end_of_scans(data, position)  # a video may follow, which holds any bytes
    return data.count(START_OF_SCAN, position, len(data) if end is None else end)

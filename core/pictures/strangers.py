"""Files that are no image in spite of their name: what they are instead, and what to do."""

_KINDS = (
    ((b"<svg",), "an SVG drawing, which has no pixels: save it as PNG"),
    ((b"<!doctype html", b"<html"), "a web page, not an image: perhaps a download that failed"),
    ((b"%pdf-",), "a PDF document, not an image: save its pages as PNG"),
)
_LOOKED_AT = 1000


def describe_stranger(data: bytes) -> str:
    """What is said of the bytes of a file that is no image."""
    start = data[:_LOOKED_AT].lower()
    for marks, said in _KINDS:
        if any(mark in start for mark in marks):
            return said
    return f"not an image: begins with {data[:12]!r}"

"""The style sheets of the components that draw thumbnails: what they share, and their own."""

from pathlib import Path

_SHARED = Path(__file__).with_name("elements.css")


def read_style(own: Path) -> str:
    """The shared style sheet followed by a component's own."""
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in (_SHARED, own))

"""What the tiles say: one JSON content, published so that no rerun need carry it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture.

    Attributes:
        row: the image of which it is, which gives it its name; None where it is of none.
        picture: address of what is drawn; None draws the thumbnail of `row`.
        caption: a word beneath it.
        hint: what is said of it to whoever points at it, and by screen readers.
        color: a CSS colour of its frame; None draws none.
        symbol: its mark before the caption, by Plotly's name; drawn where there is a colour.
        acts: whether it can be clicked.
    """

    row: int | None = None
    picture: str | None = None
    caption: str = ""
    hint: str = ""
    color: str | None = None
    symbol: str = "circle"
    acts: bool = True

    def __post_init__(self) -> None:
        """Refuse what could not be drawn.

        Raises:
            ValueError: it has neither a picture nor an image.
        """
        if self.row is None and self.picture is None:
            raise ValueError("a tile without a picture: give its address, or the row of an image")


@dataclass(frozen=True, slots=True)
class TileGroup:
    """Pictures that belong together, under a title, with a note beside it."""

    title: str
    tiles: tuple[Tile, ...]
    note: str = ""


def write_tiles(groups: Sequence[TileGroup]) -> str:
    """The JSON content of the tiles."""
    given = {"groups": [asdict(one) for one in groups]}
    return json.dumps(given, allow_nan=False, ensure_ascii=False, separators=(",", ":"))

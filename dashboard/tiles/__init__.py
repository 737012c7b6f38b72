"""The tiles component: pictures in groups, each with a word beneath it; some are buttons."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.browser.answers import read_number
from dashboard.browser.component import ELEMENTS, SAVING, declare
from dashboard.browser.hearing import Hearing
from dashboard.gallery.images import ImageContents
from dashboard.provenance import Picture
from dashboard.tiles.content import Tile, TileGroup, write_tiles

__all__ = ["Tile", "TileGroup", "TilesView", "show_tiles", "write_tiles"]


@dataclass(frozen=True, slots=True)
class TilesView:
    """What the tiles show.

    Attributes:
        tiles: address of the JSON that `write_tiles` makes.
        sizes: how many tiles each group has; answers about others are ignored.
        chosen: group and place of the tile that is marked, or None.
        picture: the name of the file and what made it, once they are saved; None: they are not.
    """

    tiles: str
    sizes: tuple[int, ...]
    chosen: tuple[int, int] | None = None
    picture: Picture | None = None


_component = declare("tiles/tiles.js", styles=(ELEMENTS, "tiles/tiles.css", SAVING))


def show_tiles(
    view: TilesView, images: ImageContents, *, key: str, on_choose: Callable[[int, int], None]
) -> None:
    """Draw the tiles.

    Args:
        view: what they show.
        images: where the browser finds thumbnails and names.
        key: of the component.
        on_choose: gets the group and the place of a tile that was clicked.
    """

    def chosen() -> None:
        answer = Hearing(key, of=view.tiles).answer("chosen")
        group = read_number(answer.get("group"), len(view.sizes))
        place = None if group is None else read_number(answer.get("place"), view.sizes[group])
        if group is not None and place is not None:
            on_choose(group, place)

    data = {
        "images": images.as_data(),
        "tiles": view.tiles,
        "chosen": None if view.chosen is None else list(view.chosen),
        "picture": None if view.picture is None else view.picture.as_data(),
    }
    _component(data=data, key=key, on_chosen_change=chosen)

"""The chooser component: the image that is looked at, and ways to another one."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from dashboard.browser.component import ELEMENTS, declare
from dashboard.browser.hearing import Hearing
from dashboard.gallery.images import ImageContents

__all__ = ["ChooserView", "Medoid", "show_chooser"]


@dataclass(frozen=True, slots=True)
class Medoid:
    """The most central image of a cluster.

    Attributes:
        row: of the image.
        name: of the cluster.
        color: a CSS colour, that of the cluster.
        symbol: its mark on the map, by Plotly's name.
    """

    row: int
    name: str
    color: str
    symbol: str = "circle"


@dataclass(frozen=True, slots=True)
class ChooserView:
    """What the chooser shows.

    Attributes:
        title: what the image is called.
        square: address of a PNG of what the network sees; None where it cannot be read.
        hint: what is seen there.
        row: of the image; None where it is none of the set.
        cluster: the name of its cluster, or None where it has none.
        color: that of the cluster.
        symbol: likewise.
        place: where it stands among the images that one goes through, in words.
        previous: the row of the image before it, or None.
        following: the row of the image after it, or None.
        medoids: of the clusters, in their order.
        notes: sentences on the image.
    """

    title: str
    square: str | None
    hint: str
    row: int | None
    cluster: str | None
    color: str
    symbol: str
    place: str
    previous: int | None
    following: int | None
    medoids: tuple[Medoid, ...]
    notes: tuple[str, ...] = ()


_component = declare("chooser/chooser.js", styles=(ELEMENTS, "chooser/chooser.css"))


def show_chooser(
    view: ChooserView,
    images: ImageContents,
    *,
    key: str,
    on_open: Callable[[int], None],
    on_back: Callable[[], None],
) -> None:
    """Draw the chooser.

    Args:
        view: what it shows.
        images: where the browser finds thumbnails and names.
        key: of the component.
        on_open: gets the row of an image that is to be looked at.
        on_back: an image from outside is to be left for those of the set.
    """
    hearing = Hearing(key, of=images.ids)

    def left() -> None:
        if view.row is None:
            on_back()

    data = {"images": images.as_data(), **asdict(view)}
    _component(
        data=data,
        key=key,
        on_opened_change=hearing.number("opened", "row", images.count, on_open),
        on_left_change=left,
    )

"""The cards component: every cluster with its name, size, typical and untypical images."""

from collections.abc import Callable
from dataclasses import dataclass

from core.clusters.cluster_names import LONGEST, clean_name
from dashboard.browser.answers import read_number
from dashboard.browser.component import ELEMENTS, declare
from dashboard.browser.hearing import Hearing
from dashboard.cards.content import ClusterCard, ClusterFact, write_cards
from dashboard.gallery.images import ImageContents

__all__ = ["CardsView", "ClusterCard", "ClusterFact", "show_cards", "write_cards"]


@dataclass(frozen=True, slots=True)
class CardsView:
    """What the cards show.

    Attributes:
        cards: address of the JSON that `write_cards` makes.
        n_clusters: how many there are; answers about others are ignored.
        hint: a sentence above the cards, or nothing.
        selected: the cluster that is selected as a whole, or None.
        opened: the row that is open elsewhere, or None.
    """

    cards: str
    n_clusters: int
    hint: str = ""
    selected: int | None = None
    opened: int | None = None


_component = declare("cards/cards.js", styles=(ELEMENTS, "cards/cards.css"))


def show_cards(
    view: CardsView,
    images: ImageContents,
    *,
    key: str,
    on_select: Callable[[int], None],
    on_open: Callable[[int], None],
    on_rename: Callable[[int, str], None],
) -> None:
    """Draw the cards.

    Args:
        view: what they show.
        images: where the browser finds thumbnails and names.
        key: of the component.
        on_select: gets a cluster whose images are all to be selected.
        on_open: gets the row of an image that is to be opened.
        on_rename: gets a cluster and its new name, on one line; an empty one gives the name up.
    """
    hearing = Hearing(key, of=view.cards)

    def renamed() -> None:
        answer = hearing.answer("renamed")
        cluster = read_number(answer.get("cluster"), view.n_clusters)
        name = answer.get("name")
        if cluster is not None and isinstance(name, str):
            on_rename(cluster, clean_name(name))

    data = {
        "images": images.as_data(),
        "cards": view.cards,
        "hint": view.hint,
        "selected": view.selected,
        "open": view.opened,
        "longest": LONGEST,
    }
    _component(
        data=data,
        key=key,
        on_selected_change=hearing.number("selected", "cluster", view.n_clusters, on_select),
        on_opened_change=hearing.number("opened", "row", images.count, on_open),
        on_renamed_change=renamed,
    )

"""The heat component: an image with transparent maps laid over it, as strongly as one likes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from dashboard.browser.component import ELEMENTS, SAVING, declare
from dashboard.provenance import NO_PICTURE, Picture


@dataclass(frozen=True, slots=True)
class HeatPanel:
    """One image, and what is laid over it.

    Attributes:
        title: what it shows.
        text: what is to be said of it.
        picture: address of the image.
        layer: address of a transparent picture of the same size; None where the image stands alone.
        low: what the colour of the lowest value means, at the left of the scale.
        high: what that of the highest means.
    """

    title: str
    text: str
    picture: str
    layer: str | None = None
    low: str = ""
    high: str = ""


_component = declare("heat/heat.js", styles=(ELEMENTS, "heat/heat.css", SAVING))


def show_heat(
    panels: Sequence[HeatPanel],
    *,
    for_color: str,
    against_color: str,
    key: str,
    picture: Picture = NO_PICTURE,
) -> None:
    """Draw the panels side by side, with one slider for how strongly their layers are seen.

    Args:
        panels: from the left.
        for_color: what the layers have above 0, a CSS colour.
        against_color: what they have below 0.
        key: of the component.
        picture: the name of the file and what made it, once it is saved.
    """
    data = {
        "panels": [asdict(one) for one in panels],
        "high": for_color,
        "low": against_color,
        "picture": picture.as_data(),
    }
    _component(data=data, key=key)

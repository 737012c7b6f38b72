"""Where in an image it resembles its own cluster, where the rival's, and what decides."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.inside.heat_picture import draw_layer, find_peak
from core.inside.looking import id_of
from core.inside.why import Heat, Why
from core.network.map_pictures import AGAINST, FOR, encode_picture, enlarge
from core.pictures.resizing import Pixels
from core.progress import Watch
from dashboard.contents import publish
from dashboard.heat import HeatPanel, show_heat
from dashboard.jobs import Work, all_jobs
from dashboard.views.inside_parts import Asked
from dashboard.views.inside_saving import picture_of_reasons
from dashboard.views.inside_why_work import follow, key_of_image, telling

_LIKENESS = (
    "Likeness: by how much nearer the image lies to the centre of a cluster than to the mean of "
    "all images, in squared distance. It is in the cluster to which it is most alike."
)


def show_heat_map(shown: Asked, why: Why, square: Pixels) -> None:
    """The image, and over it where it resembles which; what takes long is asked for first."""
    key = key_of_image(shown, "heat")

    def work(watch: Watch) -> Heat:
        return shown.inside.heat(shown.image, shown.view.kmeans, watch)

    if all_jobs().find(key) is None and not shown.inside.is_heat_cheap(shown.image):
        _offer(shown, key, work)
        return
    heat: Heat | None = follow(key, work, "Hiding one part after the other", stops=True)
    if heat is not None:
        _show(shown, why, heat, square)


def _offer(shown: Asked, key: Hashable, work: Work) -> None:
    passes = shown.inside.n_passes
    layer = shown.study.recipe.cut.layer
    st.caption(
        f"Where in the image the reasons lie: {layer} has no places, so {passes - 1} parts of the "
        f"image are hidden, one after the other. That takes {passes} passes through the network, "
        "some ten seconds on two cores at 224 pixels, once for this image."
    )
    st.button(
        "Find out where",
        icon=":material/grid_on:",
        on_click=_begin,
        args=(key, work),
    )


def _begin(key: Hashable, work: Work) -> None:
    all_jobs().run(key, telling(work))


def _show(shown: Asked, why: Why, heat: Heat, square: Pixels) -> None:
    show_heat(
        _panels(shown, why, heat, square),
        for_color=css_color(FOR),
        against_color=css_color(AGAINST),
        key="heat",
        picture=picture_of_reasons(shown, "heat", "where it resembles which cluster"),
    )
    st.caption(f"{_explain(heat)} {_LIKENESS}")


def _explain(heat: Heat) -> str:
    if heat.is_exact:
        return "The parts of each map sum exactly to its number."
    return (
        f"Found with {heat.n_passes} passes: a place is coloured by what hiding it takes from the "
        "likeness. These parts sum to nothing."
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A heat map, what it is called, what it sums to, and what its colours say."""

    values: NDArray[np.float64]
    title: str
    whole: float
    what: str
    ends: tuple[str, str]


def _panels(shown: Asked, why: Why, heat: Heat, square: Pixels) -> list[HeatPanel]:
    """The image, its own cluster, the rival; and the difference of the two, on its own scale."""
    names = shown.grouped.names
    own, rival = names[why.place.cluster], names[why.place.rival]
    ends = "unlike", "alike"
    parts = (
        _Part(heat.own, f"Like {own}", why.likeness, "likeness", ends),
        _Part(heat.rival, f"Like {rival}", why.rival_likeness, "likeness", ends),
    )
    margin = _Part(
        heat.margin, f"{own} rather than {rival}", why.margin, "difference",
        (f"for {rival}", f"for {own}"),
    )  # fmt: skip
    image, peak = publish_square(shown, square), find_peak(heat.own, heat.rival)
    is_exact = heat.is_exact
    return [
        HeatPanel("As the network sees it", f"{len(square)} x {len(square)} pixels", image),
        *(_panel(one, image, peak, is_exact=is_exact) for one in parts),
        _panel(margin, image, find_peak(heat.margin), is_exact=is_exact),
    ]


def _panel(part: _Part, image: str, peak: float, *, is_exact: bool) -> HeatPanel:
    text = f"{part.what} {part.whole:.4g}"
    if is_exact:
        text = f"sum of all parts {part.values.sum():.4g} = {text}"
    low, high = (f"{end} {value:+.2g}" for end, value in zip(part.ends, (-peak, peak), strict=True))
    return HeatPanel(part.title, text, image, publish_layer(part.values, peak=peak), low, high)


def publish_square(shown: Asked, square: Pixels) -> str:
    """The address of what the network sees of the image that is looked at."""
    recipe = shown.study.recipe
    made_of = ("square", id_of(shown.image), recipe.transform.name, recipe.transform.size)
    return publish(made_of, lambda: encode_picture(enlarge(square)))


def publish_layer(values: NDArray[np.floating], *, peak: float) -> str:
    """The address of a map as a transparent picture."""
    made_of = ("layer", hashlib.sha256(values.tobytes()).hexdigest(), values.shape, peak)
    return publish(made_of, lambda: encode_picture(draw_layer(values, peak=peak)))


def css_color(rgb: tuple[int, int, int]) -> str:
    """The colour as CSS writes it."""
    return "rgb({}, {}, {})".format(*rgb)

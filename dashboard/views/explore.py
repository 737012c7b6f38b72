"""Explore: the map, what is selected on it, and the clusters."""

import html

import streamlit as st

from core.clustering import Clustering
from core.images import ImageRecord
from core.projection import Projection
from core.recipe import Recipe
from core.study import Study
from dashboard import session, state
from dashboard.downloads import offer_clusters
from dashboard.figures import draw_map, style_of
from dashboard.gallery import Card, show_gallery
from dashboard.grouping import Grouped, group, points
from dashboard.media import (
    figure_address,
    image_address,
    plotly_address,
    thumbnail_address,
)
from dashboard.provenance import describe_view, escape_markdown
from dashboard.published import all_figures
from dashboard.scatter import Choice, show_map
from dashboard.state import View

_CARDS_A_PAGE = 120
_TYPICAL_SHOWN = 8
_TINY_PIXELS = 64
"""Smaller images are enlarged without smoothing, so that their pixels can be seen."""


def show() -> None:
    """Draw the page."""
    opened = session.open_view()
    if opened is None:
        _welcome()
        return
    view, study = opened
    clustering = session.cluster(view, study)
    projection = session.project(view, study)
    _explore(view, study, clustering, projection)


def _welcome() -> None:
    st.title("See how your images group")
    st.markdown(
        "Name a folder of images on the left and press **Open**. Groupsight looks at each image "
        "with VGG-16, groups them by K-Means and lays them out on a map. Nothing leaves this "
        "computer."
    )
    demo = {"source": "digits", "weights": "embedded", "k": 10}
    st.button("Try 1,797 handwritten digits", on_click=state.put, args=(demo,), type="primary")


@st.fragment
def _explore(view: View, study: Study, clustering: Clustering, projection: Projection) -> None:
    grouped = group(study.images, clustering)
    if study.images.problems:
        _warn_of_problems(study)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _show_map(view, study.recipe, grouped, projection)
        st.caption(escape_markdown(describe_view(study, clustering, projection)))
        offer_clusters(view, study, clustering)
    with right:
        _show_opened(grouped)
        ids = grouped.sort(state.selection().ids)
        if ids:
            _show_selection(grouped, ids)
        else:
            _show_clusters(grouped, clustering)


def _warn_of_problems(study: Study) -> None:
    count = len(study.images.problems)
    left_out = "1 image is" if count == 1 else f"{count:,} images are"
    with st.expander(f"{left_out} left out: what could not be read, and why"):
        session.show_problems(study)


def _show_map(view: View, recipe: Recipe, grouped: Grouped, projection: Projection) -> None:
    def make() -> str:
        drawn = points(grouped, projection, color=view.color)
        return str(draw_map(drawn, revision=projection.method).to_json())

    selection = state.selection()
    made_of = repr((view, recipe.fingerprint, grouped.images.fingerprint))
    show_map(
        plotly=plotly_address(),
        figure=figure_address(all_figures().publish(made_of, make)),
        # What was selected in another set of images must not fade this one.
        selected=grouped.sort(selection.ids),
        revision=selection.revision,
        description=f"Map of {len(grouped.images.ids):,} images in {grouped.n_clusters} clusters",
        key="map",
        on_choice=_take_choice,
    )


def _take_choice(choice: Choice) -> None:
    state.select(choice.ids, drawn=True)
    if choice.opened is not None:
        state.open_image(choice.opened)


def _show_opened(grouped: Grouped) -> None:
    image_id = state.opened_image()
    if image_id is None or image_id not in grouped.images.index:
        return
    rows = grouped.images.by_id[image_id]
    picture, facts = st.columns([1, 1], vertical_alignment="center")
    picture.html(_draw_image(image_id, rows[0]))
    with facts:
        for row in rows:
            st.code(row.path, language=None, wrap_lines=True)
        label = "" if rows[0].label is None else f" · label **{escape_markdown(rows[0].label)}**"
        st.markdown(f"cluster **{grouped.cluster_of(image_id)}**{label}")
        st.caption(
            f"{rows[0].width} x {rows[0].height} pixels · "
            f"{grouped.distance_of(image_id):.3g} from the centre of its cluster"
        )
        st.button("Close", on_click=state.open_image, args=(None,), icon=":material/close:")


def _draw_image(image_id: str, record: ImageRecord) -> str:
    tiny = max(record.width, record.height) < _TINY_PIXELS
    return (
        f'<img src="{image_address(image_id)}" alt="{html.escape(record.path)}" '
        'style="width: 100%; max-height: 320px; object-fit: contain; '
        f'image-rendering: {"pixelated" if tiny else "auto"}">'
    )


def _show_selection(grouped: Grouped, ids: list[str]) -> None:
    summary, clear = st.columns([4, 1], vertical_alignment="center")
    summary.markdown(f"**{grouped.summarize(ids)}**")
    clear.button("Clear", on_click=state.forget_selection, width="stretch")
    _show_cards(grouped, ids)


def _show_cards(grouped: Grouped, ids: list[str]) -> None:
    page = 1
    if len(ids) > _CARDS_A_PAGE:
        pages = -(-len(ids) // _CARDS_A_PAGE)
        # A page of its own for every selection: the third page of another one means nothing.
        page = st.pagination(pages, key=f"page {hash(tuple(ids)):x}")
    shown = ids[(page - 1) * _CARDS_A_PAGE : page * _CARDS_A_PAGE]
    opened = state.opened_image()
    cards = [
        Card(
            one, grouped.describe(one), thumbnail_address(one),
            style_of(grouped.cluster_of(one)).color, is_open=one == opened,
        )
        for one in shown
    ]  # fmt: skip
    show_gallery(cards, key="gallery", on_open=state.open_image)


def _show_clusters(grouped: Grouped, clustering: Clustering) -> None:
    st.caption(
        "Draw a lasso around points on the map, or click one, to see their images here. "
        "Or take a whole cluster: each is shown with its most typical images."
    )
    for number, size in enumerate(clustering.sizes.tolist()):
        _show_cluster(grouped, number, size)


def _show_cluster(grouped: Grouped, number: int, size: int) -> None:
    members = grouped.members(number)
    button, typical = st.columns([3, 5], vertical_alignment="center")
    button.button(
        f"cluster {number} · {size:,}",
        key=f"cluster {number}",
        on_click=state.select,
        args=(members,),
        width="stretch",
    )
    images = "".join(
        f'<img src="{thumbnail_address(one)}" alt="" loading="lazy" '
        'style="height: 40px; border-radius: 4px; margin-right: 4px">'
        for one in members[:_TYPICAL_SHOWN]
    )
    typical.html(
        f'<div style="border-left: 6px solid {style_of(number).color}; padding-left: 8px; '
        f'white-space: nowrap; overflow: hidden">{images}</div>'
    )

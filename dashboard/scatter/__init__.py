"""The map component: points that are images, selected by hand, told to Python as rows.

A row is an image's position in the study's ids. Everything bulky lies at addresses under the hash
of its content, so that a rerun sends the browser a few hundred bytes and loses neither zoom nor
pan nor selection.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.browser.component import declare
from dashboard.provenance import Picture
from dashboard.scatter import wire
from dashboard.scatter.choice import Choice, read_choice, read_zoom
from dashboard.scatter.content import Coloring, Drawn, Edges, Group, MapContent, Range, Zoom

__all__ = [
    "Choice",
    "Coloring",
    "Drawn",
    "Edges",
    "Group",
    "MapContent",
    "Range",
    "Zoom",
    "show_map",
]

_component = declare(
    "scatter/map.js",
    styles=("scatter/map.css",),
    # In a shadow root Plotly's styles would stay behind in the document's head.
    isolate_styles=False,
)


def show_map(
    content: MapContent,
    coloring: Coloring,
    *,
    cluster_names: Sequence[str],
    selected: str | None,
    revision: int,
    description: str,
    key: str,
    on_choice: Callable[[Choice], None],
    ringed: Sequence[int] = (),
    edges: Edges | None = None,
    zoom: Zoom | None = None,
    on_zoom: Callable[[Zoom | None], None] | None = None,
    link: str = "",
    pulse: str | None = None,
    picture: Picture | None = None,
    force_svg: bool = False,
) -> None:
    """Draw the map.

    Args:
        content: the points.
        coloring: what their colors mean.
        cluster_names: of cluster 0, 1, 2, …, written at their centres.
        selected: the address of a bit set, ceil(n / 8) bytes, row i being bit i & 7 of byte
            i >> 3; None where nothing is selected.
        revision: counts the selections that were made elsewhere than on the map, which follows
            them; its own it shows already.
        description: one sentence for those who cannot see the map.
        key: of the component.
        on_choice: gets what the user chose on the map.
        ringed: rows that stand out, such as the open image.
        edges: lines between points.
        zoom: what is in view at first, and again whenever it changes; None is everything.
        on_zoom: gets the zoom once it has come to rest.
        link: the name of a group of maps that follow each other's zoom, hover and selection, as
            far as they show the same images at the same places; "" is none.
        pulse: the address of a bit set as `selected` is one: the rows that changed their cluster.
            They pulse once when other clusters come to the same points.
        picture: the name of the file and what made the map, where it can be saved as a picture.
        force_svg: draw as in a browser without WebGL.
    """

    def chosen() -> None:
        choice = read_choice(st.session_state[key].chosen or {}, content)
        if choice is not None:
            on_choice(choice)

    def zoomed() -> None:
        read = read_zoom(st.session_state[key].zoomed or {}, content)
        if read is not None and on_zoom is not None:
            on_zoom(*read)

    data = {
        "plotly": content.plotly,
        "content": wire.describe_content(content),
        "coloring": wire.describe_coloring(coloring),
        "clusters": [str(name) for name in cluster_names],
        "selected": selected,
        "revision": int(revision),
        "ringed": wire.describe_rows(ringed),
        "edges": wire.describe_edges(edges),
        "zoom": wire.describe_zoom(zoom, content),
        "reports_zoom": on_zoom is not None,
        "link": link,
        "pulse": pulse,
        "picture": None if picture is None else picture.as_data(),
        "force_svg": force_svg,
        "description": description,
    }
    _component(data=data, key=key, on_chosen_change=chosen, on_zoomed_change=zoomed)

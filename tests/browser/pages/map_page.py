"""The map and the gallery of what is selected on it; the link says what is shown.

?n=2000&dimensions=2&svg=0&zoom=x0,x1,y0,y1&way=component&packed=1, where `way=plain` is
`st.plotly_chart` as a yardstick, `packed=0` fetches thumbnails one by one, and `every=4` draws
every fourth point.
"""

import json

import numpy as np
import plotly.graph_objects as go
import streamlit as st
import synthetic

from dashboard.gallery import GalleryView, ImageContents, show_gallery
from dashboard.media import content_address, plotly_address
from dashboard.published import all_contents
from dashboard.scatter import Choice, Coloring, Drawn, Edges, Group, MapContent, Range, show_map
from dashboard.styles import COLORS as PALETTE
from dashboard.styles import style_of

COLORS = ("cluster", "label", "fit")


def option(name, default):
    return type(default)(st.query_params.get(name, default))


def publish(made_of, make):
    return content_address(all_contents().publish(f"{COUNT} {DIMENSIONS} {made_of}", make))


COUNT, DIMENSIONS = option("n", 2000), option("dimensions", 2)
DATA = synthetic.make(COUNT, DIMENSIONS)


def content():
    names = {"names": DATA.names, "labels": DATA.labels}
    return MapContent(
        n_images=COUNT,
        n_dimensions=DIMENSIONS,
        ids=publish("ids", lambda: bytes.fromhex("".join(DATA.ids))),
        coordinates=publish("coordinates", DATA.coordinates.T.astype("<f4").tobytes),
        clusters=publish("clusters", DATA.clusters.astype("<u2").tobytes),
        fit=publish("fit", DATA.fit.astype("<f4").tobytes),
        names=publish("names", lambda: json.dumps(names)),
        thumbnail="/harness/thumbnail/{id}",
        plotly=plotly_address(),
        drawn=drawn(),
    )


def drawn():
    """Every so many-th row, where the link asks for it."""
    every = option("every", 1)
    if every == 1:
        return None
    bits = np.packbits(np.arange(COUNT) % every == 0, bitorder="little").tobytes()
    return Drawn(publish(f"drawn {every}", lambda: bits), f"every {every}th shown")


def coloring(color):
    if color == "fit":
        return Coloring("Fit", publish("fit", DATA.fit.tobytes), Range(0, 1))
    names = [f"cluster {number}" for number in range(synthetic.N_CLUSTERS)]
    groups = DATA.clusters
    if color == "label":
        names = [*synthetic.LABELS, "(no label)"]
        groups = np.array([3 if one is None else names.index(one) for one in DATA.labels])
    looks = tuple(
        Group(name, style_of(number).color, style_of(number).symbol)
        for number, name in enumerate(names)
    )
    return Coloring(color.title(), publish(color, groups.astype("<u2").tobytes), looks)


def zoom():
    """As set by the map, or else by the link."""
    asked = option("zoom", "")
    linked = tuple(float(one) for one in asked.split(",")) if asked else None
    return st.session_state.get("zoom", linked)


def take_choice(choice: Choice):
    st.session_state.rows = choice.rows
    st.session_state.opened = choice.opened if choice.opened is not None else opened()


def take_zoom(given):
    st.session_state.zoom = given


def select_cluster(cluster):
    st.session_state.rows = np.flatnonzero(DATA.clusters == cluster)
    st.session_state.revision = st.session_state.get("revision", 0) + 1


def rows():
    return st.session_state.get("rows", np.array([], dtype=np.int64))


def opened():
    return st.session_state.get("opened")


def selected_address():
    if not len(rows()):
        return None
    bits = np.isin(np.arange(COUNT), rows())
    packed = np.packbits(bits, bitorder="little").tobytes()
    return content_address(all_contents().publish(f"selection {hash(packed)}", lambda: packed))


def show_component():
    color = st.session_state.get("color", COLORS[0])
    joined = st.session_state.get("joined", False)
    show_map(
        content(),
        coloring(color),
        cluster_names=[f"cluster {number}" for number in range(synthetic.N_CLUSTERS)],
        selected=selected_address(),
        revision=st.session_state.get("revision", 0),
        ringed=[] if opened() is None else [opened()],
        edges=Edges(opened() or 0, (1, 2, 3, 4)) if joined else None,
        zoom=zoom(),
        description=f"Map of {COUNT:,} images in {synthetic.N_CLUSTERS} clusters",
        key="map",
        on_choice=take_choice,
        on_zoom=take_zoom,
        force_svg=option("svg", "0") == "1",
    )


def show_plain():
    """What one would write without a component."""
    figure = go.Figure()
    for cluster in range(synthetic.N_CLUSTERS):
        members = np.flatnonzero(DATA.clusters == cluster)
        x, y = DATA.coordinates[members, 0], DATA.coordinates[members, 1]
        figure.add_scattergl(x=x, y=y, customdata=members, mode="markers", name=str(cluster))
    figure.update_layout(dragmode="lasso", uirevision="same", height=620)
    event = st.plotly_chart(figure, on_select="rerun", key="plain", theme=None)
    chosen = [point["customdata"] for point in event["selection"]["points"]]
    st.session_state.rows = np.array([np.ravel(one)[0] for one in chosen], dtype=np.int64)


def images():
    """The contents of the map, for the gallery."""
    of_map = content()
    return ImageContents(
        count=COUNT,
        ids=of_map.ids,
        names=of_map.names,
        clusters=of_map.clusters,
        palette=PALETTE,
        small=of_map.thumbnail,
        large=of_map.thumbnail,
        packed="/harness/thumbnails/{ids}" if option("packed", "1") == "1" else None,
    )


def show_selected():
    order = rows().astype("<u4").tobytes()
    show_gallery(
        GalleryView(publish(f"order {hash(order)}", lambda: order)),
        images(),
        key="gallery",
        on_open=lambda row: None,
        on_mark=lambda rows, action: None,
    )


def tell():
    """What Python knows, for the tests to read."""
    known = {
        "rows": rows().tolist() if len(rows()) <= 2000 else None,
        "count": len(rows()),
        "opened": opened(),
        "zoom": zoom(),
    }
    st.code(json.dumps(known), language=None)


@st.fragment
def page():
    tools = st.columns(4)
    tools[0].selectbox("Color by", COLORS, key="color", label_visibility="collapsed")
    tools[1].button("Select cluster 3", on_click=select_cluster, args=(3,))
    tools[2].checkbox("Edges", key="joined")
    tools[3].button("Reset the zoom", on_click=take_zoom, args=(None,))
    if option("way", "component") == "plain":
        show_plain()
    else:
        show_component()
    right = st.columns([3, 2])[1]  # as wide as in the dashboard; there also while it is empty
    if len(rows()):
        with right:
            show_selected()
    if COUNT <= 2000:
        tell()


st.set_page_config(layout="wide")
page()

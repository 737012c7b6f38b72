"""Two maps over the same images, each with its own clusters; the link says what is shown.

?n=2000&dimensions=2&link=pair&zooms=1&names=&svg=0&right=1&ratio=1, where `link=` leaves the maps
on their own, `zooms=0` keeps Python from knowing of the zoom, `names=` stands before each name, and
`ratio=2` makes the left map twice as wide. Its clusters are chosen on the page; what moved pulses.
"""

import json

import numpy as np
import streamlit as st
import synthetic

from dashboard.media import content_address, plotly_address
from dashboard.published import all_contents
from dashboard.scatter import Choice, Coloring, Group, MapContent, Range, show_map
from dashboard.styles import style_of


def option(name, default):
    return type(default)(st.query_params.get(name, default))


def publish(made_of, make):
    return content_address(all_contents().publish(f"pair {COUNT} {DIMENSIONS} {made_of}", make))


COUNT, DIMENSIONS = option("n", 2000), option("dimensions", 2)
DATA = synthetic.make(COUNT, DIMENSIONS)
NONE = np.array([], dtype=np.int64)
memory = st.session_state
for name, value in {"log": [], "rows": NONE, "opened": None, "revision": 0, "zoom": None}.items():
    memory.setdefault(name, value)


def names_of(grouping):
    count = int(synthetic.group(DATA, grouping).max()) + 1
    return [f"{option('names', '')}cluster {number}" for number in range(count)]


def content(grouping):
    names = {"names": DATA.names, "labels": DATA.labels}
    return MapContent(
        n_images=COUNT,
        n_dimensions=DIMENSIONS,
        ids=publish("ids", lambda: bytes.fromhex("".join(DATA.ids))),
        coordinates=publish("coordinates", DATA.coordinates.T.astype("<f4").tobytes),
        clusters=clusters(grouping),
        fit=publish("fit", DATA.fit.astype("<f4").tobytes),
        names=publish("names", lambda: json.dumps(names)),
        thumbnail="/harness/thumbnail/{id}",
        plotly=plotly_address(),
    )


def clusters(grouping):
    return publish(grouping, lambda: synthetic.group(DATA, grouping).astype("<u2").tobytes())


def coloring(grouping, color):
    if color == "fit":
        return Coloring("Fit", publish("fit", DATA.fit.astype("<f4").tobytes), Range(0, 1))
    looks = tuple(
        Group(name, style_of(number).color, style_of(number).symbol)
        for number, name in enumerate(names_of(grouping))
    )
    return Coloring("Cluster", clusters(grouping), looks)


def bits_of(rows):
    if not len(rows):
        return None
    packed = np.packbits(np.isin(np.arange(COUNT), rows), bitorder="little").tobytes()
    return content_address(all_contents().publish(f"bits {packed.hex()}", lambda: packed))


def moved_rows(grouping):
    """Which images changed their cluster when the grouping last changed."""
    now, before = memory.get("change", (grouping, grouping))
    if now != grouping:
        now, before = memory.change = (grouping, now)
    memory.setdefault("change", (now, before))
    return np.flatnonzero(synthetic.group(DATA, before) != synthetic.group(DATA, now))


def draw(side, grouping, color="cluster", pulse=None):
    def choose(choice: Choice):
        memory.log.append([side, len(choice.rows), choice.opened])
        memory.rows = choice.rows
        memory.opened = choice.opened if choice.opened is not None else memory.opened

    def take_zoom(zoom):
        memory.log.append([side, "zoom", zoom])
        memory.zoom = zoom

    show_map(
        content(grouping),
        coloring(grouping, color),
        cluster_names=names_of(grouping),
        selected=bits_of(memory.rows),
        revision=memory.revision,
        description=f"The {side} map",
        key=side,
        on_choice=choose,
        on_zoom=take_zoom if option("zooms", "1") == "1" else None,
        zoom=memory.zoom,
        ringed=[] if memory.opened is None else [memory.opened],
        link=option("link", "pair"),
        pulse=pulse,
        force_svg=option("svg", "0") == "1",
    )


def clear():
    memory.rows = NONE
    memory.revision += 1


@st.fragment
def page():
    tools = st.columns(5)
    groupings = synthetic.GROUPINGS
    grouping = tools[0].segmented_control("Left", groupings, default=groupings[0])
    color = tools[1].segmented_control("Color", ("cluster", "fit"), default="cluster")
    tools[2].button("Clear", on_click=clear)
    tools[3].button("Again")
    right = tools[4].checkbox("Right", value=option("right", "1") == "1")
    places = st.columns([option("ratio", 1), 1])
    with places[0]:
        draw("left", grouping, color, bits_of(moved_rows(grouping)))
    if right:
        with places[1]:
            draw("right", option("grouping", "moved"))
    known = {"log": memory.log, "rows": len(memory.rows), "opened": memory.opened}
    st.code(json.dumps(known), language=None)


st.set_page_config(layout="wide")
page()

"""What the page of the ribbon shows; the address chooses.

?data=small|one|whole|none|many|changed & columns=n & k=clusters & n=images & height=pixels &
current=column
"""

import hashlib
import json

import numpy as np
import streamlit as st

from dashboard.gallery import ImageContents
from dashboard.media import content_address
from dashboard.published import all_contents
from dashboard.ribbon import (
    ChosenFlow,
    ChosenNode,
    RibbonColumn,
    RibbonFlow,
    RibbonNode,
    RibbonView,
    show_ribbon,
    write_ribbon,
)
from dashboard.styles import COLORS, style_of

HOSTILE = "<img src=x onerror=window.hacked=true> & a name far too long for its box"

asked = st.query_params
data, n, k = asked.get("data", "small"), int(asked.get("n", 2000)), int(asked.get("k", 20))
memory = st.session_state
memory.setdefault("log", [])
memory.setdefault("current", int(asked["current"]) if "current" in asked else None)
memory.setdefault("chosen", None)


def publish(name, make):
    return content_address(all_contents().publish(f"{name} of {n} in {k}", make))


images = ImageContents(
    count=n,
    ids=publish("ids", lambda: b"".join(hashlib.sha256(b"%d" % r).digest() for r in range(n))),
    names=publish("names", lambda: json.dumps({"names": [""] * n, "labels": None})),
    clusters=publish("clusters", np.zeros(n, "<u2").tobytes),
    palette=COLORS,
    small="/test/small/{id}",
    large="/test/large/{id}",
    packed="/test/packed/{ids}",
)


def node(cluster, size, medoid=None, name=None):
    name = f"cluster {cluster}" if name is None else name
    return RibbonNode(cluster, name, style_of(cluster).color, size, medoid)


def column(title, nodes, *flows):
    return RibbonColumn(title, tuple(nodes), tuple(RibbonFlow(*flow) for flow in flows))


# 100 images; in the second column cluster 3 is empty, in the third cluster 1 comes first.
SMALL = (
    column("k = 2", [node(0, 60, 7), node(1, 40, 8)], (0, 0, 60), (1, 1, 10), (1, 2, 30)),
    column(
        "k = 3", [node(0, 60, 7), node(1, 10, 9), node(2, 30, None), node(3, 0)],
        (0, 0, 29), (0, 1, 31), (1, 1, 9), (1, 2, 1), (2, 2, 30),
    ),
    column("k = 4", [node(1, 40, 9, HOSTILE), node(0, 29, 7), node(2, 31, 11)]),
)  # fmt: skip


def many(count):
    """Each image is in a random cluster of each column, some clusters being very small."""
    generator = np.random.default_rng(5)
    chances = np.geomspace(1, 0.001, k)
    found = [generator.choice(k, n, p=chances / chances.sum()) for _ in range(count)]
    return [many_column(at, found) for at in range(count)]


def many_column(at, found):
    sizes = np.bincount(found[at], minlength=k).tolist()
    firsts = [int(np.argmax(found[at] == one)) if sizes[one] else None for one in range(k)]
    table = np.zeros((k, k), int)
    if at + 1 < len(found):
        np.add.at(table, (found[at], found[at + 1]), 1)
    flows = [(int(a), int(b), int(table[a, b])) for a, b in zip(*np.nonzero(table), strict=True)]
    return column(f"k = {at + 2}", map(node, range(k), sizes, firsts), *flows)


columns = {
    "small": lambda: SMALL,
    "changed": lambda: (SMALL[1], *SMALL[2:]),
    "one": lambda: SMALL[2:],
    "whole": lambda: [
        column("k = 1", [node(0, 100, 7)], (0, 0, 100)),
        column("k = 1, seed 2", [node(0, 100, 7)]),
    ],
    "none": lambda: (),
    "many": lambda: many(int(asked.get("columns", 20))),
}


def note(*event):
    memory.log.append(event)


def on_node(column, cluster):
    note("node", column, cluster)
    memory.chosen = ChosenNode(column, cluster)


def on_flow(column, source, target):
    note("flow", column, source, target)
    memory.chosen = ChosenFlow(column, source, target)


def on_column(column):
    note("column", column)
    memory.current = column


def on_clear():
    note("clear")
    memory.chosen = None


@st.fragment
def draw():
    shown = "changed" if memory.get("changed") else data
    drawn = columns[shown]()
    view = RibbonView(
        publish(f"ribbon {shown} {len(drawn)}", lambda: write_ribbon(drawn)),
        tuple(1 + max(one.cluster for one in column.nodes) for column in drawn),
        memory.current,
        memory.chosen,
        int(asked.get("height", 560)),
    )
    show_ribbon(
        view, images, key="ribbon",
        on_node=on_node, on_flow=on_flow, on_column=on_column, on_clear=on_clear,
    )  # fmt: skip
    st.button("Again")
    st.toggle("Changed", key="changed")
    st.code(json.dumps(memory.log), language="json")


st.set_page_config(layout="wide")
draw()

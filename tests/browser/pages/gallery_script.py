"""What the page of the gallery, the inspector and the cards shows; the address chooses.

?show=gallery|inspector|cards & n=images & k=clusters
"""

import hashlib
import json

import numpy as np
import streamlit as st

from dashboard.cards import CardsView, ClusterCard, ClusterFact, show_cards, write_cards
from dashboard.gallery import GalleryView, ImageContents, show_gallery
from dashboard.inspector import Fact, OpenImage, show_inspector
from dashboard.media import content_address
from dashboard.published import all_contents
from dashboard.styles import COLORS, style_of

HOSTILE = "<img src=x onerror=window.hacked=true>.jpg"

asked = st.query_params
n, k, show = int(asked.get("n", 300)), int(asked.get("k", 7)), asked.get("show", "gallery")
memory = st.session_state
memory.setdefault("log", [])
memory.setdefault("opened", 4 if show != "gallery" else None)
memory.setdefault("order", asked.get("order", "forward"))
memory.setdefault("names", {2: "flowers & <b>leaves</b>"})
memory.setdefault("edges", False)


def publish(name, make):
    return content_address(all_contents().publish(f"{name} of {n} in {k}", make))


def name_of(row):
    return f"holiday/day {row % 9}/{HOSTILE if row == 3 else f'picture {row:06}.jpg'}"


def names_json():
    labels = [None if row % 5 == 0 else f"kind {row % 3}" for row in range(n)]
    return json.dumps({"names": [name_of(row) for row in range(n)], "labels": labels})


clusters = (np.arange(n) ** 2 % k).astype("<u2")
images = ImageContents(
    count=n,
    ids=publish("ids", lambda: b"".join(hashlib.sha256(b"%d" % r).digest() for r in range(n))),
    names=publish("names", names_json),
    clusters=publish("clusters", clusters.tobytes),
    palette=COLORS,
    small="/test/small/{id}",
    large="/test/large/{id}",
    packed=None if show != "gallery" else "/test/packed/{ids}",
)
orders = {
    "forward": np.arange(n),
    "backward": np.arange(n)[::-1],
    "every third": np.arange(0, n, 3),
    "empty": np.arange(0),
}


def order_address():
    # Streamlit says None while the browser has the choice and not yet what is chosen.
    order = memory.order or "forward"
    return publish(f"order {order}", orders[order].astype("<u4").tobytes)


def note(*event):
    memory.log.append(event)


def open_row(row):
    note("open", row)
    memory.opened = row


def draw_edges(drawn):
    note("edges", drawn)
    memory.edges = drawn


def rename(cluster, name):
    note("rename", cluster, name)
    memory.names = memory.names | {cluster: name}


def cluster_name(cluster):
    return memory.names.get(cluster) or f"cluster {cluster}"


def draw_gallery():
    view = GalleryView(
        order_address(), memory.opened, int(asked.get("height", 420)), "follow" in asked
    )
    show_gallery(
        view, images, key="gallery", on_open=open_row,
        on_mark=lambda rows, action: note("mark", action, len(rows), rows[:20].tolist()),
    )  # fmt: skip


def draw_inspector():
    row = memory.opened
    if row is None:
        return
    cluster = int(clusters[row])
    facts = (
        Fact("Path", f"/data/{name_of(row)}", copies=True),
        Fact("Size", "900 x 900 pixels"),
        Fact("Cluster", cluster_name(cluster), color=style_of(cluster).color),
        Fact("Label", f"kind {row % 3}"),
        Fact("Fit", "0.72, more typical than 64 % of its cluster"),
        Fact("Duplicates", "none"),
    )
    neighbors = tuple((row + step) % n for step in range(1, 11))
    opened = OpenImage(
        row=row,
        title=name_of(row),
        full="/test/tiny/{id}" if "tiny" in asked else "/test/full/{id}",
        facts=facts,
        neighbors=neighbors,
        distances=tuple(0.125 * step for step in range(1, 11)),
        order=order_address(),
        edges=memory.edges,
    )
    show_inspector(opened, images, key="inspector", on_open=open_row, on_edges=draw_edges)


def card_of(cluster):
    rows = np.flatnonzero(clusters == cluster).tolist()
    style, size = style_of(cluster), len(rows)
    return ClusterCard(
        cluster=cluster,
        name=cluster_name(cluster),
        color=style.color,
        symbol=style.symbol,
        size=size,
        share=size / n,
        medoid=rows[0] if rows else None,
        typical=tuple(rows[1:6]),
        unusual=tuple(rows[-4:]),
        facts=(
            ClusterFact("tightness", f"{1 - cluster / k:.2f}", "How close its images lie: 0 to 1"),
            ClusterFact("purity", f"{50 + cluster % 50} %", "Share of its most frequent label"),
        ),
        rival=(cluster + 1) % k,
        badness=cluster % 4 / 4 if cluster else None,
    )


def draw_cards():
    made_of = f"cards {sorted(memory.names.items())}"
    cards = publish(made_of, lambda: write_cards([card_of(cluster) for cluster in range(k)]))
    largest = int(np.bincount(clusters).max())
    view = CardsView(
        cards,
        k,
        f"{largest:,} of {n:,} images are in one cluster: split it.",
        memory.get("cluster"),
    )

    def select(cluster):
        note("select", cluster)
        memory.cluster = cluster

    show_cards(
        view, images, key="cards", on_select=select, on_open=open_row, on_rename=rename
    )  # fmt: skip


@st.fragment
def draw():
    for part in show.split(","):
        {"gallery": draw_gallery, "inspector": draw_inspector, "cards": draw_cards}[part]()
    st.text_input("A text field", key="text")
    st.segmented_control("Order", list(orders), key="order", required=True)
    st.button("Again")
    st.code(json.dumps(memory.log), language="json")


_, middle = st.columns([1, float(asked.get("wide", 1))])
st.set_page_config(layout="wide")
with middle:
    draw()

"""What the page of the steps shows; the address chooses.

?n=images & steps=how many & strips=of each step but the first & size=images of a strip
& copies=among the first strip's & present=step & chosen=step,strip & height=pixels & wide=column
"""

import hashlib
import json

import numpy as np
import streamlit as st

from dashboard.gallery import ImageContents
from dashboard.media import content_address
from dashboard.published import all_contents
from dashboard.steps import (
    MOST_ROWS,
    ClusterEnd,
    Step,
    StepsView,
    Strip,
    show_steps,
    write_steps,
)
from dashboard.styles import COLORS, style_of

HOSTILE = "<img src=x onerror=window.hacked=true> & 'more' \"text\""
NAMES = {2: "flowers & <b>leaves</b>", 3: HOSTILE, 4: "נעליים אדומות"}


def option(name, default):
    return type(default)(st.query_params.get(name, default))


n, n_steps, n_strips = option("n", 300), option("steps", 5), option("strips", 3)
size, copies = option("size", 12), option("copies", 0)
memory = st.session_state
memory.setdefault("log", [])
memory.setdefault("present", option("present", 1))
memory.setdefault("opened", None)
memory.setdefault("added", 0)
asked = option("chosen", "")
memory.setdefault("chosen", tuple(map(int, asked.split(","))) if asked else None)


def publish(name, make):
    return content_address(all_contents().publish(name, make))


def names_json():
    names = [f"holiday/day {row % 9}/picture {row:06}.jpg" for row in range(n)]
    return json.dumps({"names": names, "labels": None})


def cluster_end(cluster):
    style = style_of(cluster)
    name = NAMES.get(cluster, f"cluster {cluster}")
    medoid = cluster % n if cluster != 5 else None
    return ClusterEnd(cluster, name, style.color, medoid, style.symbol)


def strip_of(step, at):
    """Images `size * at` and those that follow, 37 further with each step."""
    rows = [(37 * step + size * at + one) % n for one in range(min(size, n))]
    k = step + 2
    more = copies if at == 0 else 0
    before, after = cluster_end(at % k), cluster_end((at + 1) % (k + 1))
    return Strip(before, after, len(rows) + more, tuple(rows[:MOST_ROWS]), more)


def step_of(step):
    k = step + 2
    if step == 0:
        return Step(f"{k} → {k + 1} clusters", k, k + 1, ("nothing changed",))
    strips = tuple(strip_of(step, at) for at in range(n_strips))
    count = sum(strip.count for strip in strips)
    sentences = (
        f"cluster 0 split cleanly in two (97 %): cluster 0 and cluster {k}",
        f"{NAMES[3]} kept 88 % of its images",
        f"{count:,} images were reshuffled ({100 * count / n:.1f} %)",
    )
    return Step(f"{k} → {k + 1} clusters", k, k + 1, sentences, strips)


def note(*event):
    memory.log.append(event)


def show_step(step):
    note("step", step)
    memory.present = step


def select_strip(step, strip):
    note("strip", step, strip)
    memory.chosen = (step, strip)


def open_row(row):
    note("open", row)
    memory.opened = row


@st.fragment
def draw():
    steps = [step_of(step) for step in range(n_steps + memory.added)]
    # Each k has its own clusters, as on the page.
    clusters = (np.arange(n) ** 2 % (memory.present + 3)).astype("<u2")
    images = ImageContents(
        count=n,
        ids=publish(
            f"ids {n}",
            lambda: b"".join(hashlib.sha256(b"%d" % row).digest() for row in range(n)),
        ),
        names=publish(f"names {n}", names_json),
        clusters=publish(f"clusters {n} {memory.present}", clusters.tobytes),
        palette=COLORS,
        small="/test/small/{id}",
        large="/test/large/{id}",
        packed="/test/packed/{ids}",
    )
    view = StepsView(
        publish(repr(steps), lambda: write_steps(steps)),
        tuple(len(step.strips) for step in steps),
        present=memory.present if memory.present < len(steps) else None,
        chosen=memory.chosen,
        opened=memory.opened,
        height=option("height", 640),
    )
    show_steps(
        view, images, key="steps", on_step=show_step, on_strip=select_strip, on_open=open_row
    )  # fmt: skip
    if st.button("Add a step"):
        memory.added += 1
        st.rerun(scope="fragment")
    if st.button("Next k"):
        memory.present += 1
        st.rerun(scope="fragment")
    st.code(json.dumps(memory.log), language="json")


st.set_page_config(layout="wide")
_, middle = st.columns([1, option("wide", 1.0)])
with middle:
    draw()

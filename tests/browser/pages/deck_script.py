"""What the page of the deck shows, and a Python that keeps what is decided; the address chooses.

?n=images & count=cards & k=clusters & at=place & ahead=cards sent beyond it & sleep=seconds of a
run & refuse=row whose decisions are not kept & tiny=1 & bare=1 (no label, no neighbours, no rival)
& long=1 (names, paths, tags) & wide=column
"""

import hashlib
import json
import time
from dataclasses import dataclass, field

import streamlit as st

from dashboard.deck import Act, DeckCard, DeckCluster, DeckView, Kind, show_deck
from dashboard.gallery import ImageContents
from dashboard.media import content_address
from dashboard.published import all_contents
from dashboard.styles import COLORS, style_of

HOSTILE = "<img src=x onerror=window.hacked=true> & 'more' \"text\""
BEHIND = 3


def option(name, default):
    return type(default)(st.query_params.get(name, default))


n, count, k = option("n", 300), option("count", 40), option("k", 8)
tiny, bare, long = option("tiny", 0), option("bare", 0), option("long", 0)
if bare:
    k = 1


@dataclass
class Memory:
    """What a session decided: the state of a card is what the acts about it make of it."""

    log: list = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    undone: list[Act] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    client: str = ""
    at: int = 0
    queue: int = 0
    refused: str = ""
    refused_row: int | None = None


if "memory" not in st.session_state:
    st.session_state.memory = Memory(at=option("at", 0))
memory: Memory = st.session_state.memory


def row_of(place):
    return (7 * place + 3) % n


def place_of(row):
    return next(place for place in range(count) if row_of(place) == row)


def acts_about(row, *kinds):
    return [act for act in memory.acts if act.row == row and act.kind in kinds]


def cluster_of(place):
    moves = acts_about(row_of(place), Kind.MOVE, Kind.NEW)
    if not moves:
        return place % k
    return k if moves[-1].kind is Kind.NEW else moves[-1].to


def status_of(row):
    placed = acts_about(row, Kind.KEEP, Kind.MOVE, Kind.NEW)
    exclusions = acts_about(row, Kind.EXCLUDE, Kind.INCLUDE)
    if exclusions and exclusions[-1].kind is Kind.EXCLUDE:
        return "excluded"
    if not placed:
        return ""
    return "kept" if placed[-1].kind is Kind.KEEP else "moved"


def tags_of(row):
    tags = [f"a tag that is longer than most others are {at}" for at in range(12)] if long else []
    for act in acts_about(row, Kind.TAG, Kind.UNTAG):
        if act.kind is Kind.TAG:
            tags.append(act.text)
        else:
            tags.remove(act.text)
    return tuple(tags)


def path_of(row):
    if long:
        folder = "/".join(["a folder of many that lie in each other"] * 5)
        return f"{folder}/{HOSTILE}{row:06}.jpg"
    return f"holiday/day {row % 9}/picture {row:06}.jpg"


def card_of(place):
    row, cluster = row_of(place), cluster_of(place)
    rival = None if bare else (place + 1) % k
    neighbors = () if bare else tuple((row + 11 * one) % n for one in range(1, 6))
    return DeckCard(
        row=row, place=place, cluster=cluster, rival=rival, medoid=medoid_of(cluster),
        rival_medoid=None if rival is None else medoid_of(rival), neighbors=neighbors,
        neighbor_clusters=tuple(one % k for one in neighbors),
        words=("it lies nearer to cluster 3 than to its own",
               "four of its five neighbours are in cluster 3",
               "its label is not the one of most images in its cluster") * (3 if long else 1),
        score=0.8765, label=None if bare else (HOSTILE if long else f"label {row % 4}"),
        path=path_of(row), tags=tags_of(row), status=status_of(row),
    )  # fmt: skip


def medoid_of(cluster):
    return (17 * cluster + 5) % n if cluster != 6 else None


def cluster_named(number):
    style = style_of(number)
    names = {2: "flowers & <b>leaves</b>", 3: HOSTILE} if k > 3 else {}
    name = names.get(number, f"cluster {number}")
    return DeckCluster(number, name, style.color, style.symbol, medoid_of(number))


def decide(client, acts):
    after = memory.acknowledged.get(client, 0)
    memory.refused, memory.refused_row = "", None
    for act in acts:
        if act.serial > after:
            handle(act)
    memory.client = client
    memory.acknowledged[client] = max(after, acts[-1].serial)


def handle(act):
    memory.log.append([str(act.kind), act.row, act.to, act.text])
    if act.kind is Kind.UNDO:
        take_back(memory.acts, memory.undone)
    elif act.kind is Kind.REDO:
        take_back(memory.undone, memory.acts)
    elif act.row == option("refuse", -1):
        memory.refused = "somebody else has decided about this image"
        memory.refused_row = act.row
    else:
        memory.acts.append(act)
        memory.undone.clear()


def take_back(start, end):
    if start:
        act = start.pop()
        end.append(act)
        memory.at = place_of(act.row)


def go(place):
    memory.at = place


def open_row(row):
    memory.log.append(["open", row])


def publish(name, make):
    return content_address(all_contents().publish(name, make))


def names_json():
    return json.dumps({"names": [path_of(row) for row in range(n)], "labels": None})


def image_contents():
    clusters = bytes(2 * n)
    side = "tiny" if tiny else "large"
    return ImageContents(
        count=n,
        ids=publish(
            f"ids {n}",
            lambda: b"".join(hashlib.sha256(b"%d" % row).digest() for row in range(n)),
        ),
        names=publish(f"deck names {n} {long}", names_json),
        clusters=publish(f"deck clusters {n}", lambda: clusters),
        palette=COLORS,
        small="/test/small/{id}",
        large=f"/test/{side}/{{id}}",
        packed="/test/packed/{ids}",
    )


def view():
    first = max(0, memory.at - BEHIND)
    last = min(count, memory.at + 1 + option("ahead", 20))
    decided = sum(bool(status_of(row_of(place))) for place in range(count))
    has_new = any(act.kind is Kind.NEW for act in memory.acts)
    return DeckView(
        queue=f"queue {memory.queue} of {count}",
        cards=tuple(card_of(place) for place in range(first, last)),
        at=memory.at,
        count=count,
        decided=decided,
        clusters=tuple(cluster_named(number) for number in range(k + has_new)),
        tags=("blurred", "cut off", "two things"),
        acknowledged=memory.acknowledged.get(memory.client, 0),
        client=memory.client,
        refused=memory.refused,
        refused_row=memory.refused_row,
        undo=describe(memory.acts),
        redo=describe(memory.undone),
    )


def describe(acts):
    return f"{acts[-1].kind} image {acts[-1].row}" if acts else ""


def next_queue():
    memory.queue += 1
    memory.at = 0


@st.fragment
def draw():
    time.sleep(option("sleep", 0.0))
    show_deck(
        view(),
        image_contents(),
        key="deck",
        full="/test/tiny/{id}" if tiny else "/test/full/{id}",
        on_acts=decide,
        on_place=go,
        on_open=open_row,
    )
    left, middle, right = st.columns(3)
    left.text_input("Note", key="note")
    middle.button("Next queue", on_click=next_queue)
    right.caption(f"Python is at {memory.at}")
    st.code(json.dumps(memory.log), language="json")


st.set_page_config(layout="wide")
_, column = st.columns([1, option("wide", 12.0)])
with column:
    draw()

"""What the deck is given, and what is believed of what the browser says a hand decided."""

import json
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from dashboard import deck
from dashboard.deck import Act, DeckCard, DeckCluster, DeckView, Kind, show_deck
from dashboard.deck.content import read_acts, read_client
from dashboard.gallery.images import ImageContents

IMAGES = ImageContents(
    count=9, ids="/i", names="/n", clusters="/c", palette=("#000",), small="/s/{id}",
    large="/l/{id}",
)  # fmt: skip


def card(place, **given):
    looks = {
        "row": place, "place": place, "cluster": 1, "rival": 2, "medoid": 3, "rival_medoid": 4,
        "neighbors": (5, 6), "neighbor_clusters": (1, 2), "words": ("far away",), "score": 0.5,
        "label": None, "path": "a/b.jpg", "tags": (),
    }  # fmt: skip
    return DeckCard(**(looks | given))


VIEW = DeckView(
    queue="worst first", cards=(card(3), card(4)), at=3, count=7, decided=2,
    clusters=(DeckCluster(1, "<b>", "#000", "star", None),),
)  # fmt: skip


def said(*acts, client="me", at=3, turn=1, of="worst first"):
    return {"of": of, "client": client, "at": at, "turn": turn, "acts": list(acts)}


def keep(serial, row=3):
    return {"serial": serial, "kind": "keep", "row": row, "to": None, "text": ""}


@pytest.fixture
def draw(monkeypatch):
    """Draws the deck; gives what was sent, what answers it and what the callbacks were told."""
    session = {}
    monkeypatch.setattr(st, "session_state", session)

    def show(view=VIEW, told=None):
        told = [] if told is None else told
        sent = {}
        monkeypatch.setattr(deck, "_component", lambda **given: sent.update(given))
        show_deck(
            view, IMAGES, key="here", full="/f/{id}",
            on_acts=lambda client, acts: told.append(("acts", client, *acts)),
            on_place=lambda place: told.append(("place", place)),
            on_open=lambda row: told.append(("open", row)),
        )  # fmt: skip

        def answer(event, given):
            session["here"] = {event: given}
            sent[f"on_{event}_change"]()
            return told

        return sent["data"], answer

    return show


def test_an_act_says_what_its_kind_must_say():
    given = [
        keep(1),
        {"serial": 2, "kind": "move", "row": 4, "to": 0},
        {"serial": 3, "kind": "new", "row": 4},
        {"serial": 4, "kind": "exclude", "row": 8},
        {"serial": 5, "kind": "include", "row": 8},
        {"serial": 6, "kind": "tag", "row": 0, "text": "  two\n lines "},
        {"serial": 7, "kind": "untag", "row": 0, "text": "two lines"},
        {"serial": 8, "kind": "undo", "row": None},
        {"serial": 9, "kind": "redo"},
    ]
    assert read_acts(given, 9, after=0) == (
        Act(1, Kind.KEEP, 3), Act(2, Kind.MOVE, 4, to=0), Act(3, Kind.NEW, 4),
        Act(4, Kind.EXCLUDE, 8), Act(5, Kind.INCLUDE, 8), Act(6, Kind.TAG, 0, text="two lines"),
        Act(7, Kind.UNTAG, 0, text="two lines"), Act(8, Kind.UNDO, None), Act(9, Kind.REDO, None),
    )  # fmt: skip


def test_what_is_not_of_the_kind_is_not_read():
    given = [
        keep(1) | {"to": 5, "text": "tag"},
        {"serial": 2, "kind": "undo", "row": 3, "to": 1, "text": "x"},
    ]
    assert read_acts(given, 9, after=0) == (Act(1, Kind.KEEP, 3), Act(2, Kind.UNDO, None))


@pytest.mark.parametrize(
    "given",
    [
        keep(0), keep(-1), keep(1.0), keep("1"), keep(True), keep(None), keep(2**53),
        keep(1, 9), keep(1, -1), keep(1, None), keep(1, "3"), keep(1, [3]),
        keep(1) | {"kind": "destroy"}, keep(1) | {"kind": None}, keep(1) | {"kind": ["keep"]},
        keep(1) | {"kind": {}}, {"serial": 1}, {}, None, 7, "keep", [1, "keep", 3],
        {"serial": 1, "kind": "move", "row": 3},
        {"serial": 1, "kind": "move", "row": 3, "to": -1},
        {"serial": 1, "kind": "move", "row": 3, "to": 65536},
        {"serial": 1, "kind": "move", "row": 3, "to": "2"},
        {"serial": 1, "kind": "tag", "row": 3, "text": " \n "},
        {"serial": 1, "kind": "tag", "row": 3, "text": 5},
        {"serial": 1, "kind": "untag", "row": 3},
    ],
)  # fmt: skip
def test_what_is_no_act_is_left_out_and_the_others_stay(given):
    assert read_acts([keep(4), given, keep(5)], 9, after=0) == (
        Act(4, Kind.KEEP, 3),
        Act(5, Kind.KEEP, 3),
    )


@pytest.mark.parametrize("given", [None, {}, "keep", 3, {"0": keep(1)}])
def test_what_is_no_list_holds_no_acts(given):
    assert read_acts(given, 9, after=0) == ()


def test_acts_come_in_their_order_and_once():
    given = [keep(7, 1), keep(5, 2), keep(7, 1), keep(6, 3), keep(4, 4)]
    assert [(one.serial, one.row) for one in read_acts(given, 9, after=4)] == [
        (5, 2), (6, 3), (7, 1),
    ]  # fmt: skip


def test_a_long_tag_is_cut():
    (act,) = read_acts([{"serial": 1, "kind": "tag", "row": 0, "text": 500 * "x"}], 9, after=0)
    assert act.text == 80 * "x"


@pytest.mark.parametrize("given", [None, "", 3, ["me"], 65 * "a", "ü"])
def test_a_client_has_a_short_plain_name(given):
    assert read_client(given) is None
    assert read_client(64 * "a") == 64 * "a"


def test_the_place_comes_before_the_acts(draw):
    _, answer = draw()
    assert answer("said", said(keep(1), keep(2, 4), at=5)) == [
        ("place", 5), ("acts", "me", Act(1, Kind.KEEP, 3), Act(2, Kind.KEEP, 4)),
    ]  # fmt: skip


def test_a_place_alone_is_told(draw):
    _, answer = draw()
    assert answer("said", said(at=6)) == [("place", 6)]


@pytest.mark.parametrize("at", [7, -1, None, "3", 3.0, True])
def test_a_place_that_is_none_is_ignored_and_the_acts_are_not(draw, at):
    _, answer = draw()
    assert answer("said", said(keep(1), at=at)) == [("acts", "me", Act(1, Kind.KEEP, 3))]


@pytest.mark.parametrize(
    ("event", "given"),
    [
        ("said", said(keep(1), of="another queue")),
        ("said", said(keep(1), client=None)),
        ("said", said(keep(1), client=7)),
        ("said", None),
        ("said", [keep(1)]),
        ("opened", {"of": "another queue", "row": 3}),
        ("opened", {"of": "worst first", "row": 9}),
        ("opened", {"of": "worst first"}),
    ],
)
def test_other_answers_are_ignored(draw, event, given):
    _, answer = draw()
    assert answer(event, given) == []


def test_an_image_is_opened(draw):
    _, answer = draw()
    assert answer("opened", {"of": "worst first", "row": 8}) == [("open", 8)]


def test_what_is_sent_again_is_not_done_again(draw):
    told = []
    _, answer = draw(told=told)
    answer("said", said(keep(1)))
    # The run was cut short before it drew: the same deck answers, with all not yet acknowledged.
    answer("said", said(keep(1), keep(2, 4), turn=2))
    assert [one for one in told if one[0] == "acts"] == [
        ("acts", "me", Act(1, Kind.KEEP, 3)), ("acts", "me", Act(2, Kind.KEEP, 4)),
    ]  # fmt: skip
    # Drawn anew it still knows, though the page has acknowledged less.
    _, answer = draw(replace(VIEW, client="me", acknowledged=1), told)
    answer("said", said(keep(1), keep(2, 4), turn=3))
    assert len([one for one in told if one[0] == "acts"]) == 2


def test_what_the_page_acknowledged_is_not_done_again(draw):
    _, answer = draw(replace(VIEW, client="me", acknowledged=4))
    assert answer("said", said(keep(3), keep(4), keep(5))) == [
        ("place", 3), ("acts", "me", Act(5, Kind.KEEP, 3)),
    ]  # fmt: skip


def test_another_client_counts_its_own_acts(draw):
    told = []
    _, answer = draw(replace(VIEW, client="me", acknowledged=4), told)
    answer("said", said(keep(5)))
    answer("said", said(keep(1), client="you"))
    assert told[-1] == ("acts", "you", Act(1, Kind.KEEP, 3))


def test_the_browser_learns_what_was_heard(draw):
    data, answer = draw()
    assert data["heard"] == {"client": "", "turn": 0}
    answer("said", said(turn=8))
    # A place is no act, so the page knows of no client yet.
    assert draw()[0]["heard"] == {"client": "me", "turn": 8}
    answer("said", said(client="you", turn="9"))
    assert draw()[0]["heard"] == {"client": "you", "turn": 0}


def test_what_is_not_handled_is_not_remembered(draw, monkeypatch):
    _, answer = draw()

    def fail(client, acts):
        raise RuntimeError(client)

    sent = {}
    monkeypatch.setattr(deck, "_component", lambda **given: sent.update(given))
    ignore = lambda _: None  # noqa: E731
    show_deck(
        VIEW, IMAGES, key="here", full="/f", on_acts=fail, on_place=ignore, on_open=ignore
    )  # fmt: skip
    st.session_state["here"] = {"said": said(keep(1))}
    with pytest.raises(RuntimeError, match="me"):
        sent["on_said_change"]()
    assert ("acts", "me", Act(1, Kind.KEEP, 3)) in answer("said", said(keep(1)))


def test_what_goes_to_the_browser_is_plain(draw):
    numpys = card(3, row=np.int64(3), cluster=np.int32(2), score=np.float32(0.5), tags=("ä",))
    data, _ = draw(replace(VIEW, cards=(numpys,), at=np.int64(3)))
    sent = json.loads(json.dumps(data))
    assert sent["cards"] == [
        {
            "row": 3, "place": 3, "cluster": 2, "rival": 2, "medoid": 3, "rival_medoid": 4,
            "neighbors": [5, 6], "neighbor_clusters": [1, 2], "words": ["far away"],
            "score": 0.5, "label": None, "path": "a/b.jpg", "tags": ["ä"], "status": "",
        }
    ]  # fmt: skip
    assert sent["clusters"] == [
        {"number": 1, "name": "<b>", "color": "#000", "symbol": "star", "medoid": None}
    ]
    assert (sent["at"], sent["full"], sent["longest"]) == (3, "/f/{id}", 80)


@pytest.mark.parametrize(("at", "count"), [(7, 7), (-1, 7), (1, 0)])
def test_a_place_lies_in_the_queue(at, count):
    with pytest.raises(ValueError, match=f"at is {at} of {count} cards"):
        replace(VIEW, at=at, count=count, cards=())


def test_an_empty_queue_is_at_0():
    assert replace(VIEW, at=0, count=0, cards=()).as_data()["cards"] == []


def test_the_cards_of_a_window_follow_each_other():
    with pytest.raises(ValueError, match=r"places are \[3, 5\]: give consecutive ones"):
        replace(VIEW, cards=(card(3), card(5)))


def test_a_card_has_a_finite_score_and_a_cluster_for_each_neighbor():
    with pytest.raises(ValueError, match="score is nan: give a finite one"):
        card(0, score=float("nan"))
    with pytest.raises(ValueError, match="2 neighbors, 1 clusters"):
        card(0, neighbor_clusters=(1,))

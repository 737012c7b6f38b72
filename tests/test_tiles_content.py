"""What the tiles say, as JSON, and what is believed of what the browser answers."""

import json

import pytest
import streamlit as st

from dashboard import tiles
from dashboard.gallery.images import ImageContents
from dashboard.tiles import Tile, TileGroup, TilesView, show_tiles, write_tiles

IMAGES = ImageContents(
    count=9, ids="/i", names="/n", clusters="/c", palette=("#000",), small="/s/{id}",
    large="/l/{id}",
)  # fmt: skip
VIEW = TilesView("/tiles", (2, 1))


def test_tiles_are_written_as_json():
    group = TileGroup("<b>", (Tile(3, color="#fff"), Tile(picture="/p", acts=False)), "note")
    (written,) = json.loads(write_tiles([group]))["groups"]
    assert (written["title"], written["note"]) == ("<b>", "note")
    assert [one["row"] for one in written["tiles"]] == [3, None]
    assert [one["picture"] for one in written["tiles"]] == [None, "/p"]
    assert [one["acts"] for one in written["tiles"]] == [True, False]


def test_a_tile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="give its address, or the row"):
        Tile()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"of": "/tiles", "group": 0, "place": 1}, [(0, 1)]),
        ({"of": "/tiles", "group": 1, "place": 0}, [(1, 0)]),
        ({"of": "/tiles", "group": 1, "place": 1}, []),
        ({"of": "/tiles", "group": 2, "place": 0}, []),
        ({"of": "/tiles", "group": -1, "place": 0}, []),
        ({"of": "/tiles", "group": True, "place": 0}, []),
        ({"of": "/others", "group": 0, "place": 0}, []),
        ({"of": "/tiles"}, []),
        ("0", []),
        (None, []),
    ],
)
def test_only_tiles_that_are_there_are_believed(monkeypatch, answer, told):
    heard, sent = [], {}
    monkeypatch.setattr(tiles, "_component", lambda **given: sent.update(given))
    monkeypatch.setattr(st, "session_state", {"here": {"chosen": answer}})
    show_tiles(VIEW, IMAGES, key="here", on_choose=lambda *given: heard.append(given))
    sent["on_chosen_change"]()
    assert heard == told

"""What the maps component is told, and what it is believed: maps small enough to do by hand."""

import io
import json

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from core.errors import CoreError
from core.network.feature_maps import order_maps
from core.network.map_pictures import TILE, draw_grid, encode_grid
from core.network.network_table import find_map_layer
from dashboard import maps as component
from dashboard.maps import (
    COLUMNS,
    ImageMaps,
    MapsView,
    draw_one,
    draw_sheet,
    show_maps,
    strongest,
    write_facts,
)

LAYER = find_map_layer("pool1", 64)
THREE = np.array([[[0, 1], [2, 4]], [[0, 0], [0, 8]], [[0, 0], [0, 0]]], dtype=np.float32)
"""Means 1.75, 2 and 0; peaks 4, 8 and 0."""


@pytest.fixture
def maps():
    return order_maps(LAYER, THREE)


def levels(data):
    """The palette's positions of a PNG: 0 where there is no map, 1 to 255 in a map."""
    image = Image.open(io.BytesIO(data))
    assert image.mode == "P"
    return np.asarray(image)


def tile(sheet, channel, side=2):
    top, left = channel // COLUMNS * side, channel % COLUMNS * side
    return sheet[top : top + side, left : left + side].tolist()


def test_a_sheet_has_the_maps_in_the_order_of_their_channels(maps):
    assert maps.channels.tolist() == [1, 0, 2]  # the most active first
    sheet = levels(draw_sheet(maps, scale="each"))
    assert sheet.shape == (2, 2 * COLUMNS)
    # 1 + 254 x the share of the peak
    assert tile(sheet, 0) == [[1, 64 + 1], [127 + 1, 255]]
    assert tile(sheet, 1) == [[1, 1], [1, 255]]
    assert tile(sheet, 2) == [[1, 1], [1, 1]]
    assert (sheet[:, 6:] == 0).all()


def test_all_maps_share_the_strongest_value(maps):
    assert strongest(maps) == 8
    sheet = levels(draw_sheet(maps, scale="all"))
    assert tile(sheet, 0) == [[1, 32 + 1], [64 + 1, 127 + 1]]  # 254 / 8 = 31.75, 63.5, 127
    assert tile(sheet, 1) == [[1, 1], [1, 255]]


def test_two_images_share_a_peak(maps):
    sheet = levels(draw_sheet(maps, scale="all", peak=16.0))
    assert tile(sheet, 1) == [[1, 1], [1, 127 + 1]]
    assert (tile(levels(draw_sheet(maps, scale="each", peak=16.0)), 1)) == [[1, 1], [1, 255]]


def test_many_maps_go_on_in_the_next_row():
    many = np.zeros((COLUMNS + 2, 2, 2), dtype=np.float32)
    many[COLUMNS + 1, 0, 0] = 3
    sheet = levels(draw_sheet(order_maps(LAYER, many), scale="each"))
    assert sheet.shape == (4, 2 * COLUMNS)
    assert tile(sheet, COLUMNS + 1) == [[255, 1], [1, 1]]


def test_one_map_is_drawn_as_in_the_sheet(maps):
    assert levels(draw_one(maps, 0, scale="each")).tolist() == [[1, 65], [128, 255]]
    assert levels(draw_one(maps, 0, scale="all")).tolist() == [[1, 33], [65, 128]]
    assert levels(draw_one(maps, 0, scale="all", peak=4.0)).tolist() == [[1, 65], [128, 255]]


def test_one_map_is_not_averaged_however_large():
    side = 2 * TILE
    large = np.zeros((1, side, side), dtype=np.float32)
    large[0, 0, 1] = 2
    maps = order_maps(LAYER, large)
    assert levels(draw_sheet(maps, scale="each")).shape == (TILE, COLUMNS * TILE)
    one = levels(draw_one(maps, 0, scale="each"))
    assert one.shape == (side, side)
    assert np.argwhere(one == 255).tolist() == [[0, 1]]


def test_the_sheet_is_core_s_own_picture(maps):
    expected = encode_grid(draw_grid(THREE, scale="all", columns=COLUMNS, gap=0))
    assert draw_sheet(maps, scale="all") == expected


def test_facts_are_by_channel(maps):
    assert json.loads(write_facts(maps, size=4)) == {
        "columns": COLUMNS,
        "order": [1, 0, 2],
        "activations": [1.75, 2, 0],
        "peaks": [4, 8, 0],
        "covers": [1, 1],
    }


def test_a_pooling_may_leave_a_rim_of_the_image_out(maps):
    # 2 values of 2 pixels each cover 4 of 5 pixels.
    assert json.loads(write_facts(maps, size=5))["covers"] == [0.8, 0.8]


def test_there_is_no_such_scale_or_channel(maps):
    with pytest.raises(CoreError, match="scale"):
        draw_sheet(maps, scale="log")
    with pytest.raises(CoreError, match="no channel 3"):
        draw_one(maps, 3, scale="each")


# What the browser says.

VIEW = MapsView(
    (ImageMaps("a.png", "/square", "/sheet", "/facts"),), ("conv1_1", "pool1"), "pool1", 64
)


@pytest.fixture
def answer(monkeypatch):
    """Has the component say something; gives what the page was told of it."""

    def answered(event, given):
        told = []
        monkeypatch.setattr(
            component, "_component", lambda **asked: told.append(asked[f"on_{event}_change"])
        )
        monkeypatch.setattr(st, "session_state", {"maps": {event: given}})
        heard = []
        show_maps(VIEW, key="maps", on_layer=heard.append, on_enlarge=heard.append)
        told[0]()
        return heard

    return answered


def test_a_layer_is_asked_for(answer):
    assert answer("asked", {"layer": "conv1_1"}) == ["conv1_1"]


@pytest.mark.parametrize(
    "given", [None, 3, {}, {"layer": None}, {"layer": "conv9_9"}, {"layer": []}]
)
def test_a_layer_that_there_is_not_is_ignored(answer, given):
    assert answer("asked", given) == []


@pytest.mark.parametrize("channel", [0, 63, None])
def test_a_map_is_enlarged_or_closed(answer, channel):
    assert answer("enlarged", {"layer": "pool1", "channel": channel}) == [channel]


@pytest.mark.parametrize(
    "given",
    [
        None,
        "pool1",
        {"layer": "pool1", "channel": 64},
        {"layer": "pool1", "channel": -1},
        {"layer": "pool1", "channel": "3"},
        {"layer": "pool1", "channel": True},
        {"layer": "conv1_1", "channel": 3},  # late: the number means another map now
    ],
)
def test_a_map_that_there_is_not_is_ignored(answer, given):
    assert answer("enlarged", given) == []

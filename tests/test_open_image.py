"""What the inspector is given, checked before it goes to the browser."""

import json
import math

import numpy as np
import pytest

from dashboard.inspector import Fact, OpenImage, _as_data


def opened(**changes):
    given = {"row": 3, "title": "a.jpg", "full": "/full/{id}"}
    return OpenImage(**(given | changes))


def test_each_neighbor_has_a_distance():
    with pytest.raises(ValueError, match="2 neighbors and 1 distances"):
        opened(neighbors=(1, 2), distances=(0.5,))


@pytest.mark.parametrize("distance", [math.nan, math.inf])
def test_a_distance_is_a_number(distance):
    with pytest.raises(ValueError, match="leave such neighbors out"):
        opened(neighbors=(1,), distances=(distance,))


def test_numpy_numbers_go_to_the_browser_as_plain_json():
    fact = Fact("Path", "/a.jpg", copies=True)
    image = opened(
        row=np.int64(3), neighbors=(np.int32(1),), distances=(np.float32(0.12345),), facts=(fact,)
    )
    data = json.loads(json.dumps(_as_data(image)))
    assert (data["row"], data["neighbors"], data["distances"]) == (3, [1], ["0.123"])
    assert data["facts"] == [{"name": "Path", "text": "/a.jpg", "color": None, "copies": True}]

"""Which pictures a report has room for: medoids first, no cluster before another."""

import base64
import re

import pytest

from core.clusters.cluster_facts import ClusterFacts
from core.export.report_pictures import Pictures, rank_rows, typical_rows, untypical_rows

JPEGS = {row: bytes([row]) * 30 for row in range(9)}  # 40 characters each in base 64
ADDRESS = len("data:image/jpeg;base64,") + 40
NAMES = [f"{row}.png" for row in range(8)] + ['<img src=x onerror="x">']


def facts(cluster, typical, untypical=()):
    return ClusterFacts(
        cluster, len(typical), 0.5, typical[0], tuple(typical), tuple(untypical),
        1.0, 1.0, 0.5, None, None, None,
    )  # fmt: skip


def shown(pictures, rows=range(9)):
    return [row for row in rows if pictures.draw(row).startswith("<img src=")]


def test_the_medoid_has_its_own_place_and_nothing_is_shown_twice():
    one = facts(0, range(12), range(11, -1, -1))
    assert typical_rows(one) == tuple(range(1, 9))
    assert untypical_rows(one) == (11, 10, 9)


def test_a_cluster_of_one_image_shows_it_once():
    assert rank_rows([facts(0, [5], [5])]) == [5]


def test_every_cluster_gets_one_before_any_gets_the_next():
    clusters = [facts(0, [0, 1], [1, 2]), facts(1, [3]), facts(2, [4, 5, 6])]
    assert rank_rows(clusters) == [0, 3, 4, 1, 5, 2, 6]


@pytest.mark.parametrize("fit", [0, 1, 3])
def test_what_has_no_room_is_left_out(fit):
    room = fit * ADDRESS + ADDRESS - 1
    assert shown(Pictures([4, 2, 7, 1], JPEGS, room=room, names=NAMES)) == sorted(
        [4, 2, 7, 1][:fit]
    )


def test_a_picture_that_is_drawn_twice_takes_its_room_twice():
    ranked = [4, 2, 4]
    assert shown(Pictures(ranked, JPEGS, room=2 * ADDRESS, names=NAMES)) == [4]
    assert shown(Pictures(ranked, JPEGS, room=3 * ADDRESS, names=NAMES)) == [2, 4]


def test_a_picture_that_is_missing_takes_no_room():
    assert shown(Pictures([99, 1], JPEGS, room=ADDRESS, names=NAMES)) == [1]


def test_the_bytes_are_those_of_the_image():
    made = Pictures([3], JPEGS, room=10_000, names=NAMES).draw(3, class_="medoid")
    assert base64.b64decode(re.search(r"base64,([^\"]+)", made)[1]) == JPEGS[3]
    assert 'alt="3.png" title="3.png" class="medoid"' in made


@pytest.mark.parametrize("room", [0, 10_000])
def test_hostile_names_stay_text(room):
    made = Pictures([8], JPEGS, room=room, names=NAMES).draw(8)
    assert made.count("<img") == (room > 0)
    assert "&lt;img src=x onerror=&quot;x&quot;&gt;" in made

"""What the browser says of rows, and the little that is checked before it goes there."""

import base64
import json

import pytest

from dashboard.browser.answers import read_answer, read_number, read_rows
from dashboard.cards.content import ClusterCard, ClusterFact, write_cards
from dashboard.gallery.images import ImageContents


def bits(*numbers):
    return base64.b64encode(bytes(numbers)).decode()


def test_only_an_answer_to_what_was_sent_counts():
    assert read_answer({"of": "a", "row": 1}, "a") == {"of": "a", "row": 1}
    for given in [{"of": "b", "row": 1}, {"row": 1}, None, "a", ["of", "a"]]:
        assert read_answer(given, "a") is None


def test_a_number_is_a_whole_one_in_range():
    assert [read_number(given, 3) for given in (0, 1, 2)] == [0, 1, 2]
    for given in (3, -1, True, 1.0, "1", None, [1]):
        assert read_number(given, 3) is None


def test_rows_are_the_set_bits_the_least_significant_first():
    rows = read_rows(bits(0b1000_0101, 0b0000_0010), 10)
    assert rows is not None
    assert rows.tolist() == [0, 2, 7, 9]
    assert read_rows(bits(0, 0), 10).tolist() == []


@pytest.mark.parametrize(
    "given", [bits(1), bits(1, 0, 0), bits(0, 0b0000_0100), "no base64!", "ä", "", 5, None, [0]]
)
def test_anything_else_is_no_set_of_rows(given):
    assert read_rows(given, 10) is None


def contents(**changes):
    given = {
        "count": 2, "ids": "/i", "names": "/n", "clusters": "/c",
        "palette": ("#000",), "small": "/s/{id}", "large": "/l/{id}",
    }  # fmt: skip
    return ImageContents(**(given | changes))


def test_contents_go_to_the_browser_as_plain_json():
    data = contents().as_data()
    assert json.loads(json.dumps(data)) == data
    assert data["palette"] == ["#000"]


def test_a_template_without_a_place_for_the_id_is_refused():
    with pytest.raises(ValueError, match=r"'/s' has no \{id\}: give an address with one"):
        contents(small="/s")
    with pytest.raises(ValueError, match="palette is empty"):
        contents(palette=())


def card(**changes):
    given = {
        "cluster": 0, "name": "<b>", "color": "#000", "symbol": "circle", "size": 2, "share": 1.0,
        "medoid": 1, "typical": (1, 0), "facts": (ClusterFact("fit", "0.5"),),
    }  # fmt: skip
    return ClusterCard(**(given | changes))


def test_cards_are_written_as_json():
    read = json.loads(write_cards([card(), card(cluster=1, rival=0, badness=0.5)]))["cards"]
    assert [one["cluster"] for one in read] == [0, 1]
    assert read[0]["typical"] == [1, 0]
    assert read[0]["facts"] == [{"name": "fit", "text": "0.5", "hint": ""}]
    assert read[0]["name"] == "<b>"
    assert (read[1]["rival"], read[1]["badness"]) == (0, 0.5)


def test_a_number_that_no_browser_reads_is_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        write_cards([card(badness=float("nan"))])

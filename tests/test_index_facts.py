"""What is said of an index is read as it was written, or refused in one way."""

import json

import pytest

from core.shards.index_facts import IndexFacts, IndexParams

FACTS = IndexFacts(IndexParams(goal=0.9), (7, 3), 2, 1, 0.95, ((100, 7), (90, 8)))


def without(name):
    return json.dumps({k: v for k, v in json.loads(FACTS.dump()).items() if k != name}).encode()


def test_what_was_written_is_read():
    assert IndexFacts.parse(FACTS.dump()) == FACTS


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"{}",
        b"[]",
        b"7",
        b"null",
        FACTS.dump()[:-1],
        FACTS.dump().replace(b"0.95", b"0.96"),
        FACTS.dump().replace(b'"format": 1', b'"format": 2'),
        without("format"),
        without("key"),
        without("params"),
    ],
)
def test_what_is_damaged_is_one_error(data):
    with pytest.raises(ValueError):  # noqa: PT011 - of json as well
        IndexFacts.parse(data)

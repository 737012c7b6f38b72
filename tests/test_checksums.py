from zlib import crc32

import pytest

from core.caching.checksums import checksum, is_whole


def test_every_part_counts_and_where_it_ends():
    parts = [
        ("f", "ab", b"c"),
        ("f", "a", b"bc"),
        ("fa", "b", b"c"),
        ("f", "ab", b"d"),
        ("f", "ab"),
    ]
    assert len({checksum(*one) for one in parts}) == len(parts)


def test_it_is_the_crc_of_the_parts_led_by_their_lengths():
    assert checksum("é", 12, b"\0") == crc32(
        b"\0\0\0\0\0\0\0\x02\xc3\xa9\0\0\0\0\0\0\0\x0212\0\0\0\0\0\0\0\x01\0"
    )


@pytest.mark.parametrize(
    ("data", "crc", "whole"),
    [
        (b"vector", checksum("f", "a", b"vector"), True),
        (b"victor", checksum("f", "a", b"vector"), False),
        (b"vector", checksum("f", "b", b"vector"), False),  # another's
        (b"vector", crc32(b"vector"), True),  # of format 3
        (b"vector", None, True),  # of format 2
        (b"vector", "text", False),
        (None, None, False),
        ("vector", None, False),
    ],
)
def test_bytes_are_whole_only_under_their_own_key(data, crc, whole):
    assert is_whole(data, crc, "f", "a") is whole

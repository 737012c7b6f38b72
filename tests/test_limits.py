"""Limits of an image: how they are written, where they come from, and that they go again."""

import os

import pytest

from core.errors import CoreError
from core.pictures.limits import (
    FILE_SIZE_VARIABLE,
    PIXELS_VARIABLE,
    limited_to,
    max_file_size,
    max_pixels,
    read_pixels,
    refuse_bytes,
)


@pytest.mark.parametrize(
    ("text", "pixels"),
    [("160MP", 160_000_000), ("2 mp", 2_000_000), ("1,000", 1000), ("12_000", 12_000), ("0", 0)],
)
def test_pixels_are_read(text, pixels):
    assert read_pixels(text) == pixels


@pytest.mark.parametrize("text", ["", "MP", "many", "-1", "1.5MP", "nan", "٣"])
def test_what_is_no_number_of_pixels_is_refused(text):
    with pytest.raises(CoreError, match=r"is no number of pixels: write 200000000, 200MP, or 0"):
        read_pixels(text)


def test_without_a_word_the_limits_are_those_that_are_documented(monkeypatch):
    monkeypatch.delenv(PIXELS_VARIABLE, raising=False)
    monkeypatch.delenv(FILE_SIZE_VARIABLE, raising=False)
    assert (max_pixels(), max_file_size()) == (125_000_000, 10**9)


def test_limits_last_as_long_as_their_context(monkeypatch):
    monkeypatch.setenv(PIXELS_VARIABLE, "7")
    monkeypatch.delenv(FILE_SIZE_VARIABLE, raising=False)
    with limited_to(pixels="5MP", file_size="2KB"):
        assert (max_pixels(), max_file_size()) == (5_000_000, 2000)
    assert max_pixels() == 7
    assert FILE_SIZE_VARIABLE not in os.environ


@pytest.mark.parametrize("given", [{"pixels": "x"}, {"file_size": "x"}])
def test_what_is_no_limit_changes_nothing(given):
    before = dict(os.environ)
    with pytest.raises(CoreError), limited_to(**{"pixels": "1", "file_size": "1", **given}):
        pass
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("limit", "size", "refused"), [("1KB", 1001, 1), ("1KB", 1000, 0), ("0", 10**15, 0)]
)
def test_a_file_is_refused_above_the_limit(monkeypatch, limit, size, refused):
    monkeypatch.setenv(FILE_SIZE_VARIABLE, limit)
    said = "the file has 1.0 KB, over the limit of 1.0 KB: raise it with --max-file-size"
    assert refuse_bytes(size) == (said if refused else None)

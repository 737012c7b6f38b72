import pytest

from core.caching.sizes import format_size, read_size
from core.errors import CoreError


@pytest.mark.parametrize(
    ("text", "size"),
    [("20GB", 20 * 10**9), ("500 mb", 500 * 10**6), ("1.5 KB", 1500), ("0", 0), ("123", 123)],
)
def test_sizes_are_read(text, size):
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "much", "-1GB", "nan", "inf"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(CoreError, match="is no size: write 20GB"):
        read_size(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (3_400_000, "3.4 MB"), (21 * 10**9, "21 GB")],
)
def test_sizes_are_said(size, text):
    assert format_size(size) == text

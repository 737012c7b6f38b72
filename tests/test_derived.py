"""Splits and merges by k, as the link spells them."""

import pytest

from core.clusters.edits import Merge, Split
from core.errors import CoreError
from dashboard.derived import read_derived, write_derived


def test_each_k_has_edits_of_its_own():
    edits = {8: (Split(3, 2), Merge(7, 1)), 5: (Merge(4, 0),)}
    assert write_derived(edits) == "5:merge-4-0;8:split-3-2,merge-7-1"
    assert read_derived(write_derived(edits)) == edits


def test_nothing_is_left_where_all_was_undone():
    assert write_derived({8: ()}) == ""
    assert read_derived(" ") == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [("split-3-2", "'split-3-2' is no k: write 8:split-3-2"), ("8:split", "changes no cluster")],
)
def test_what_cannot_be_read_is_said(text, reason):
    with pytest.raises(CoreError, match=reason):
        read_derived(text)

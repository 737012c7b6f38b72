"""Splits and merges as values and as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clusters.edits import Merge, Split, read_edits, write_edits
from core.errors import CoreError

NUMBER = st.integers(0, 999)
EDITS = st.one_of(
    st.builds(Split, NUMBER, st.integers(2, 20)),
    st.tuples(NUMBER, NUMBER)
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: Merge(*pair)),
)


@given(st.lists(EDITS).map(tuple))
def test_edits_are_read_as_they_were_written(edits):
    assert read_edits(write_edits(edits)) == edits


def test_the_spelling_is_for_people_too():
    assert write_edits([Split(3), Merge(7, 1)]) == "split-3-2,merge-7-1"
    assert read_edits(" split-3-2 , merge-7-1,") == (Split(3, 2), Merge(7, 1))
    assert read_edits("") == ()
    assert Split(3, 4).describe() == "cluster 3 split into 4"
    assert Merge(7, 1).describe() == "cluster 7 merged into 1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("split-3", "'split-3' changes no cluster: write split-3-2"),
        ("merge-a-b", "changes no cluster"),
        ("split-3-2;merge-1-2", "changes no cluster"),
        ("merge-4-4", "cluster 4 cannot be merged with itself"),
        ("split-1-1", "a split into 1 parts: choose from 2 to 20"),
        ("split-1-21", "choose from 2 to 20"),
    ],
)
def test_what_is_no_edit_is_refused(text, reason):
    with pytest.raises(CoreError, match=reason):
        read_edits(text)


@pytest.mark.parametrize("make", [lambda: Split(-1), lambda: Merge(-1, 0), lambda: Merge(0, -2)])
def test_clusters_are_numbered_from_0(make):
    with pytest.raises(CoreError, match="name one by its number, from 0"):
        make()

"""Labels as numbers."""

import numpy as np

from core.review.label_codes import encode_labels


def test_labels_are_numbered_in_alphabetical_order():
    found = encode_labels(["dog", "cat", None, "dog", ""])
    assert found.names == ("", "cat", "dog")
    assert found.codes.tolist() == [2, 1, -1, 2, 0]
    assert found.codes.dtype == np.int32


def test_no_labels():
    assert encode_labels([None, None]).codes.tolist() == [-1, -1]
    assert encode_labels([]).names == ()

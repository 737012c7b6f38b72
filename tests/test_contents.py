"""What the browser fetches, read back as it reads it: bytes of little-endian numbers, and JSON."""

import gzip
import json
import struct
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from core.images import ImageRecord, ImageSet
from core.projection import Projection
from core.review.fit import Fit
from dashboard import contents
from dashboard.access import secret_word
from dashboard.contents import publish_array, publish_bits, publish_contents, publish_order
from dashboard.grouping import Grouped
from dashboard.published import all_contents

A, B, C = "0a" * 32, "ff" * 32, "1234" * 16
IMAGES = ImageSet(
    "folder",
    (
        ImageRecord("a ü.jpg", "cat", A, 8, 8),
        ImageRecord("broken.jpg", "cat", None, problem="damaged"),
        ImageRecord("<b>.jpg", None, B, 8, 8),
        ImageRecord("copy of a.jpg", "dog", A, 8, 8),
        ImageRecord("c.jpg", "dog", C, 8, 8),
    ),
)
FIT = Fit(
    own=np.array([0.5, 0.2, 0.1], dtype=np.float32),
    rivals=np.array([0, 1, 0], dtype=np.int32),
    rival=np.array([1, 1, 1], dtype=np.float32),
    fit=np.array([0.5, np.nan, 1], dtype=np.float32),
    centroids=np.zeros((2, 1), dtype=np.float32),
)
GROUPED = Grouped(IMAGES, np.array([1, 0, 300], dtype=np.int32), FIT, ("x", "y"))
FLAT = Projection(np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32), "by hand")
SPACE = Projection(np.array([[1, 2, 7], [3, 4, 8], [5, 6, 9]], dtype=np.float32), "by hand")


@pytest.fixture(autouse=True)
def _fresh():
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def read(address):
    """What a browser gets at an address."""
    assert address.startswith(f"/groupsight/{secret_word()}/content/")
    content = all_contents().get(address.rpartition("/")[2])
    return gzip.decompress(content.body) if content.gzipped else content.body


def published(projection=FLAT, grouped=GROUPED, made_of="made of"):
    return publish_contents(grouped, projection, made_of=made_of)


def test_ids_are_raw_hashes_in_the_order_of_the_rows():
    made = published()
    assert read(made.map.ids) == bytes.fromhex(A) + bytes.fromhex(B) + bytes.fromhex(C)
    assert made.images.ids == made.map.ids
    assert (made.map.n_images, made.images.count) == (3, 3)


def test_places_are_all_x_then_all_y_then_all_z():
    flat, space = published(), published(SPACE, made_of="in space")
    assert struct.unpack("<6f", read(flat.map.coordinates)) == (1, 3, 5, 2, 4, 6)
    assert struct.unpack("<9f", read(space.map.coordinates)) == (1, 3, 5, 2, 4, 6, 7, 8, 9)
    assert (flat.map.n_dimensions, space.map.n_dimensions) == (2, 3)


def test_clusters_and_fit():
    made = published()
    assert struct.unpack("<3H", read(made.map.clusters)) == (1, 0, 300)
    half, missing, whole = struct.unpack("<3f", read(made.map.fit))
    assert (half, whole) == (0.5, 1)
    assert np.isnan(missing)
    assert made.images.clusters == made.map.clusters


def test_names_count_copies_and_labels_may_be_missing():
    made = published()
    assert json.loads(read(made.map.names)) == {
        "names": ["a ü.jpg (+1 more)", "<b>.jpg", "c.jpg"],
        "labels": ["cat", None, "dog"],
    }
    assert made.images.names == made.map.names


def test_a_set_without_labels_has_none():
    plain = ImageSet("folder", (ImageRecord("a.jpg", None, A),))
    one = np.zeros(1, np.float32)
    fit = Fit(one, one.astype(np.int32), one, one, np.zeros((1, 1), np.float32))
    grouped = Grouped(plain, np.zeros(1, np.int32), fit, ("x",))
    made = published(Projection(np.zeros((1, 2), np.float32), "by hand"), grouped)
    assert json.loads(read(made.map.names)) == {"names": ["a.jpg"], "labels": None}


def test_templates_name_where_the_id_goes():
    made = published()
    assert (
        made.map.thumbnail == made.images.small == f"/groupsight/{secret_word()}/thumbnail/{{id}}"
    )
    assert made.images.large == f"/groupsight/{secret_word()}/preview/{{id}}"


def test_what_is_there_is_not_made_again(monkeypatch):
    before = published()
    monkeypatch.setattr(contents, "_write_names", None)  # making it anew would fail
    assert published() == before


def test_another_clustering_shares_what_does_not_depend_on_it():
    one = published()
    regrouped = Grouped(IMAGES, np.array([0, 0, 1], np.int32), FIT, ("x", "y"))
    other = published(grouped=regrouped, made_of="another k")
    assert struct.unpack("<3H", read(other.map.clusters)) == (0, 0, 1)
    assert (other.map.ids, other.map.names) == (one.map.ids, one.map.names)
    assert other.map.coordinates == one.map.coordinates  # by content, however it was made


def test_an_order_is_rows_of_four_bytes():
    assert struct.unpack("<3I", read(publish_order(np.array([2, 0, 70_000])))) == (2, 0, 70_000)
    assert read(publish_order(np.array([], dtype=np.int64))) == b""


def test_a_set_of_rows_is_one_bit_a_row_the_least_significant_first():
    assert read(publish_bits(np.array([0, 3, 9]), 10)) == bytes([0b0000_1001, 0b0000_0010])
    assert publish_bits(np.array([], dtype=np.int64), 10) is None


def test_equal_rows_have_one_address():
    assert publish_bits(np.array([1]), 10) == publish_bits(np.array([1]), 10)
    assert publish_bits(np.array([1]), 10) != publish_bits(np.array([1]), 100)
    assert publish_order(np.array([1, 2])) != publish_order(np.array([2, 1]))


def test_an_array_is_little_endian_whatever_it_was():
    big = np.array([1, 258], dtype=">i8")
    assert read(publish_array("big", big, "<u2")) == bytes([1, 0, 2, 1])


def test_all_images_have_points_where_they_are_few():
    assert published().map.drawn is None


def test_of_too_many_images_some_have_points_and_the_words_say_how_many(monkeypatch):
    monkeypatch.setattr("dashboard.grouping.MOST_DRAWN", 2)
    monkeypatch.setattr("core.map_sample.SOME", 1)
    one_cluster = replace(GROUPED, clusters=np.zeros(3, dtype=np.int32))
    drawn = published(grouped=one_cluster).map.drawn
    assert drawn.words.startswith("2 of 3 shown: every cluster in proportion")
    (bits,) = read(drawn.address)
    assert bits in {0b011, 0b101, 0b110}

"""An image is its content: copies share one id, and the source's order is kept."""

from core.images import ImageRecord, ImageSet, Seen, identify


def record(path, image_id, label=None):
    return ImageRecord(path, label, image_id, 4, 2)


# b.png is a copy of a.png, and nothing could be read of gone.png.
GONE = ImageRecord("gone.png", problem="no such file")
IMAGES = ImageSet(
    "folder", (record("c.png", "C"), record("a.png", "A"), GONE, record("b.png", "A"))
)


def test_the_id_is_the_sha256_of_the_bytes():
    # The example of FIPS 180-2, appendix B.1.
    assert identify(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_copies_share_one_id_in_the_order_of_their_first_row():
    assert IMAGES.ids == ("C", "A")


def test_the_index_is_the_position_among_the_ids():
    assert IMAGES.index == {"C": 0, "A": 1}


def test_an_id_leads_to_all_of_its_rows():
    paths = {image_id: [row.path for row in rows] for image_id, rows in IMAGES.by_id.items()}
    assert paths == {"C": ["c.png"], "A": ["a.png", "b.png"]}


def test_rows_are_readable_or_have_a_problem():
    assert [row.path for row in IMAGES.readable] == ["c.png", "a.png", "b.png"]
    assert IMAGES.problems == (GONE,)


DAMAGED = Seen(0, 0, "damaged")


def test_a_problem_strikes_every_copy_and_keeps_the_row():
    struck = IMAGES.with_seen({"A": DAMAGED, "of another source": DAMAGED})
    assert [row.problem for row in struck.records] == [None, "damaged", "no such file", "damaged"]
    assert [row.path for row in struck.records] == [row.path for row in IMAGES.records]
    assert struck.ids == ("C",)


def test_a_size_is_told_to_every_copy_and_keeps_path_and_label():
    sized = IMAGES.with_seen({"A": Seen(30, 20, None, b"jpeg", "decoder")})
    assert [(row.width, row.height) for row in sized.records] == [
        (4, 2),
        (30, 20),
        (0, 0),
        (30, 20),
    ]
    assert [row.path for row in sized.records] == [row.path for row in IMAGES.records]
    assert sized.ids == IMAGES.ids


def test_a_row_that_has_no_id_is_never_seen():
    assert IMAGES.with_seen({"": Seen(30, 20)}) is IMAGES


def test_what_is_seen_leaves_the_original_as_it_was():
    IMAGES.with_seen({"A": DAMAGED, "C": Seen(30, 20)})
    assert IMAGES.problems == (GONE,)
    assert IMAGES.records[0].width == 4


def test_an_earlier_problem_is_not_replaced():
    once = IMAGES.with_seen({"A": DAMAGED})
    for later in (Seen(0, 0, "too large"), Seen(4, 2)):
        assert once.with_seen({"A": later}).problems[0].problem == "damaged"


def test_with_nothing_new_the_set_stays_the_same():
    assert IMAGES.with_seen({}) is IMAGES
    assert IMAGES.with_seen({"A": Seen(4, 2, None, b"jpeg", "decoder")}) is IMAGES


def test_the_fingerprint_follows_what_is_seen():
    seen = [IMAGES.with_seen({"A": one}) for one in (Seen(4, 2), DAMAGED)]
    assert len({images.fingerprint for images in seen}) == 2
    assert seen[0].fingerprint == IMAGES.fingerprint


def test_one_label_is_enough_to_have_labels():
    assert not IMAGES.has_labels
    assert ImageSet("folder", (*IMAGES.records, record("d.png", "D", "dog"))).has_labels


def test_an_unreadable_row_with_an_id_is_not_among_the_ids():
    # A file that was read but is no image has an id and a problem.
    text = ImageRecord("text.jpg", id="T", problem="not an image")
    images = ImageSet("folder", (text, *IMAGES.records))
    assert images.ids == ("C", "A")
    assert "T" not in images.by_id

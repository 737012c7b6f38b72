"""An image is its content: copies share one id, and the source's order is kept."""

from core.images import ImageRecord, ImageSet, identify


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


def test_a_problem_strikes_every_copy_and_keeps_the_row():
    struck = IMAGES.with_problems({"A": "damaged", "of another source": "damaged"})
    assert [row.problem for row in struck.records] == [None, "damaged", "no such file", "damaged"]
    assert [row.path for row in struck.records] == [row.path for row in IMAGES.records]
    assert struck.ids == ("C",)


def test_with_problems_leaves_the_original_as_it_was():
    IMAGES.with_problems({"A": "damaged"})
    assert IMAGES.problems == (GONE,)


def test_an_earlier_problem_is_not_replaced():
    once = IMAGES.with_problems({"A": "damaged"})
    assert once.with_problems({"A": "too large"}).problems[0].problem == "damaged"


def test_without_problems_the_set_stays_the_same():
    assert IMAGES.with_problems({}) is IMAGES


def test_one_label_is_enough_to_have_labels():
    assert not IMAGES.has_labels
    assert ImageSet("folder", (*IMAGES.records, record("d.png", "D", "dog"))).has_labels


def test_an_unreadable_row_with_an_id_is_not_among_the_ids():
    # A file that was read but is no image has an id and a problem.
    text = ImageRecord("text.jpg", id="T", problem="not an image")
    images = ImageSet("folder", (text, *IMAGES.records))
    assert images.ids == ("C", "A")
    assert "T" not in images.by_id

"""The journal as a table: read back whatever is in it, and safe to open in a spreadsheet."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journals import exclude, group, image, keep, move, number, tag

from core.clusters.cluster_names import clean_name
from core.clusters.clustering import KMeansParams
from core.clusters.edits import Split
from core.errors import CoreError
from core.export.export import as_csv
from core.images import ImageRecord, ImageSet
from core.journal.decisions import Decision, Handmade, Kind
from core.journal.journal_csv import (
    COLUMNS,
    find_paths,
    parse_journal,
    read_journal,
    tabulate_journal,
)
from core.journal.journal_state import replay

LARGE = group([0] * 700 + [1] * 900, cluster=1, recipe="r", setting="s")
EDITED = group([0, 1, 0], cluster=0, params=KMeansParams(2, 7, (Split(0, 2),)))
NEW = Handmade("new-12e4")
ROWS = number(
    [
        move("a", LARGE, EDITED),
        move("b", LARGE, LARGE),
        keep("c", NEW),
        exclude("d"),
        tag("a", "=1+1"),
        Decision(Kind.NAME_CLUSTER, target=EDITED, text='猫, "cats" 🐈'),
        Decision(Kind.UNDO, undoes="a1"),
    ],
    author="@ada",
)


@pytest.fixture
def write(tmp_path):
    def written(rows, paths=None):
        file = tmp_path / "journal.csv"
        file.write_bytes(as_csv(tabulate_journal(rows, paths or {})))
        return file

    return written


def cells_of(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_rows_are_read_as_they_were_written(write):
    assert list(read_journal(write(ROWS))) == ROWS
    assert [row.seq for row in read_journal(write(ROWS))] == list(range(1, 8))
    assert read_journal(write([])) == ()


def test_bytes_are_read_like_a_file_and_named_in_messages(write):
    data = write(ROWS).read_bytes()
    assert list(parse_journal(data, name="x.csv")) == ROWS
    with pytest.raises(CoreError, match=r"x\.csv is no journal: it has no column 'action'"):
        parse_journal(b"path,label\na,b\n", name="x.csv")
    with pytest.raises(CoreError, match=r"x\.csv cannot be read as a journal"):
        parse_journal(b"\xff\xfe", name="x.csv")


def test_a_path_is_told_for_each_image_that_is_there(tmp_path):
    records = [
        ImageRecord("b.png", id="2"),
        ImageRecord("copy.png", id="2"),
        ImageRecord("gone.png", problem="cannot be read"),
    ]
    assert find_paths(ImageSet("photos", tuple(records))) == {"2": "b.png"}


def test_the_state_is_the_same(write):
    assert replay(read_journal(write(ROWS))) == replay(ROWS)


def test_people_can_read_it(write):
    rows = cells_of(write(ROWS, {image("a"): "cats/a.png"}))
    assert list(rows[0]) == list(COLUMNS)
    first = rows[0]
    assert (first["kind"], first["path"], first["from"], first["to"]) == (
        "move",
        "cats/a.png",
        "0 of 2",
        "1 of 2",
    )
    assert rows[1]["path"] == ""
    assert rows[2]["to"] == "new-12e4"


def test_a_cluster_is_told_in_full_once(write):
    rows = cells_of(write(ROWS))
    assert len(rows[0]["to_cluster"]) > 2 * 512 * 8
    assert len(rows[0]["to_cluster"]) < 32_767  # what a cell of a spreadsheet holds
    assert rows[1]["to_cluster"] == rows[1]["from_cluster"] == LARGE.key


NASTY = [
    "=1+1",
    "+x",
    "-x",
    "@x",
    "'=1",
    "'x",
    "''",
    "a,b",
    'say "x"',
    "🐈",
    "a\\b",
    "..",
    "x" * 80,
]


@pytest.mark.parametrize("text", NASTY)
def test_any_text_comes_back_and_is_no_formula(write, text):
    rows = number([tag("a", text)], author=text)
    file = write(rows, {image("a"): text})
    assert list(read_journal(file)) == rows
    for cell in cells_of(file)[0].values():
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@settings(deadline=None, max_examples=100)
@given(text=st.text(min_size=1).map(lambda one: f"x{one}"), author=st.text())
def test_text_of_any_kind_comes_back(tmp_path_factory, text, author):
    decision = tag("a", text)
    rows = number([decision], author=clean_name(author))
    file = tmp_path_factory.mktemp("csv") / "journal.csv"
    table = tabulate_journal(rows, {})
    file.write_bytes(as_csv(table))
    assert list(read_journal(file)) == rows


@pytest.mark.parametrize("path", ["two\nlines.png", "a\rb.png", "\r=1.png", 'q"u,o.png'])
def test_any_name_of_a_file_leaves_one_row_a_decision(write, path):
    file = write(ROWS, {image("a"): path})
    assert list(read_journal(file)) == ROWS
    assert len(cells_of(file)) == len(ROWS)


def test_what_a_spreadsheet_made_of_it_is_read(write):
    """With a byte order mark, and lines that end as on Windows."""
    file = write(ROWS)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert list(read_journal(file)) == ROWS


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("kind", "moved", "line 2: 'moved' is not a valid Kind"),
        ("image", "", "line 2: move: name the image"),
        ("image", "\x1b[2J", "line 2: .* is no id of an image"),
        ("seq", "one", "line 2: invalid literal"),
        ("to_cluster", "c0123", "line 2: the cluster c0123 is told of in no line before"),
        ("to_cluster", "c0123|k=2 seed=1", "line 2: the cluster c0123 cannot be read"),
        ("to_cluster", "", "line 2: move: name the cluster"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(write, column, cell, reason):
    file = write(ROWS[:1])
    rows = [{**row, column: cell} for row in cells_of(file)]
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    with pytest.raises(CoreError, match=reason):
        read_journal(file)


def test_a_cluster_that_was_damaged_is_refused(write):
    file = write(ROWS[:1])
    file.write_text(file.read_text().replace("k=2 seed=42", "k=3 seed=42"))
    with pytest.raises(CoreError, match=r"line 2: the cluster c\w+ is damaged"):
        read_journal(file)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"path,label\na.png,cat\n", "is no journal: it has no column"),
        (b"", "is no journal: it has no column"),
        (b"\xff\xfe\x00", "cannot be read as a journal"),
        (None, "cannot be read as a journal: .*No such file"),
    ],
)
def test_what_is_no_journal_is_refused(tmp_path, content, reason):
    file = tmp_path / "other.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CoreError, match=reason):
        read_journal(file)

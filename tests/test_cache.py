"""The one cache file: what is kept comes back, and whoever is killed loses one batch at most."""

import io
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from zlib import crc32

import numpy as np
import pytest

from core.cache import Cache, default_path, file_state, fingerprint
from core.caching import tables
from core.caching.cache_file import CacheFile
from core.caching.tables import FORMAT
from core.errors import CoreError
from core.images import Seen

OURS, THEIRS = "this decoder", "another decoder"


def vectors(dtype, **rows):
    return {image_id: np.array(values, dtype) for image_id, values in rows.items()}


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_features_come_back_in_the_order_asked(cache, dtype):
    third = dtype(1) / dtype(3)  # differs between the two precisions
    cache.remember_features("f", vectors(dtype, A=[1, third], B=[3, 4], C=[5, 6]), {})
    features = cache.features("f", ["C", "A"], dtype=dtype, n_features=2)
    assert features.dtype == np.float32
    assert features.tolist() == [[5, 6], [1, float(third)]]


def test_features_lie_under_their_fingerprint(cache):
    cache.remember_features("f", vectors(np.float16, A=[1]), {})
    cache.remember_features("g", vectors(np.float16, A=[2]), {})
    assert cache.features("f", ["A"], dtype=np.float16, n_features=1).item() == 1
    assert cache.features("g", ["A"], dtype=np.float16, n_features=1).item() == 2


def test_features_that_another_process_wrote_first_stay(cache):
    for value in (1, 2):
        cache.remember_features("f", vectors(np.float16, A=[value]), {})
    assert cache.features("f", ["A"], dtype=np.float16, n_features=1).item() == 1


def test_missing_features_are_listed_in_their_order(cache):
    cache.remember_features("f", vectors(np.float16, B=[1]), {})
    assert cache.missing_features("f", ["C", "B", "A"]) == ["C", "A"]
    assert cache.missing_features("g", ["B"]) == ["B"]


def test_asking_for_features_that_are_not_there_says_how_many(cache):
    cache.remember_features("f", vectors(np.float16, A=[1]), {})
    with pytest.raises(CoreError, match="1 of 2 images have no features: extract first"):
        cache.features("f", ["A", "B"], dtype=np.float16, n_features=1)


@pytest.mark.parametrize(
    ("dtype", "n_features"),
    [(np.float16, 2), (np.float32, 3)],
    ids=["fewer values", "wider values"],
)
def test_features_of_another_length_are_an_error(cache, dtype, n_features):
    cache.remember_features("f", vectors(np.float16, A=[1, 2, 3]), {})
    with pytest.raises(CoreError, match="the cache holds"):
        cache.features("f", ["A"], dtype=dtype, n_features=n_features)


def test_results_come_back(cache):
    arrays = {"labels": np.array([2, 0], np.int32), "distances": np.array([[0.5]], np.float32)}
    cache.remember_result("r", {"inertia": 0.1, "method": "UMAP"}, arrays)
    facts, found = cache.result("r")
    assert facts == {"inertia": 0.1, "method": "UMAP"}
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array)


def test_a_result_that_was_not_kept_is_none(cache):
    assert cache.result("r") is None


def test_results_are_found_by_how_their_facts_begin(cache):
    cache.remember_result("a", {"names": {"0": "x"}, "more": 1}, {})
    cache.remember_result("b", {"names": [1]}, {})
    cache.remember_result("c", {"more": {"names": {"0": "%"}}}, {})
    assert cache.find_results('{"names": {') == ["a"]
    assert sorted(cache.find_results('{"names": ')) == ["a", "b"]
    assert cache.find_results('{"names": %') == []


def test_a_later_result_replaces_the_earlier(cache):
    for seed in (1, 2):
        cache.remember_result("r", {"seed": seed}, {})
    assert cache.result("r") == ({"seed": 2}, {})


def test_a_fingerprint_changes_with_every_part_and_not_with_their_order():
    base = {"k": 5, "seed": 42, "metric": "cosine", "reduce": None}
    others = [{**base, "k": 6}, {**base, "seed": 43}, {**base, "metric": "l2"}]
    others += [{**base, "reduce": 0}, {**base, "more": 1}, {"k": 5}, {}]
    assert len({fingerprint(**parts) for parts in (base, *others)}) == 8
    assert fingerprint(**base) == fingerprint(**dict(reversed(base.items())))


def test_a_fingerprint_takes_no_part_without_one_spelling():
    with pytest.raises(TypeError):
        fingerprint(values=np.zeros(3))


def test_a_file_is_known_while_its_path_size_and_time_are_the_same(cache):
    cache.remember_files([(("p", 10, 20), "A")])
    changed = [("p", 11, 20), ("p", 10, 21), ("q", 10, 20)]
    assert cache.known_files([("p", 10, 20), *changed]) == ["A", None, None, None]


def test_the_state_of_a_file_is_that_of_its_absolute_path(tmp_path, monkeypatch):
    file = tmp_path / "a.png"
    file.write_bytes(b"12345")
    os.utime(file, ns=(7, 8))
    monkeypatch.chdir(tmp_path)
    assert file_state(file)[1:] == (5, 8)
    assert file_state(file) == file_state(file.relative_to(tmp_path))


def test_a_problem_of_another_decoder_does_not_count(cache):
    cache.remember_images({"A": Seen(0, 0, "damaged", decoder=THEIRS), "B": Seen(4, 2)})
    assert cache.seen(["A", "B"], decoder=OURS) == {"B": Seen(4, 2)}
    assert cache.seen(["A"], decoder=THEIRS) == {"A": Seen(0, 0, "damaged")}
    assert cache.undecoded(["A"], decoder=OURS) == ["A"]
    assert cache.undecoded(["A"], decoder=THEIRS) == []


def test_a_thumbnail_clears_an_older_problem(cache):
    cache.remember_images({"A": Seen(0, 0, "damaged", decoder=THEIRS)})
    cache.remember_images({"A": Seen(4, 2, None, b"jpeg", OURS)})
    assert cache.seen(["A"], decoder=OURS) == {"A": Seen(4, 2)}
    assert cache.thumbnail("A") == b"jpeg"
    assert cache.undecoded(["A"], decoder=OURS) == []


def test_a_look_without_pictures_clears_neither_problem_nor_thumbnail(cache):
    decoded = {"A": Seen(0, 0, "damaged", decoder=OURS), "B": Seen(4, 2, None, b"jpeg", OURS)}
    cache.remember_images(decoded)
    cache.remember_images({"A": Seen(4, 2), "B": Seen(4, 2)})
    assert cache.seen(["A"], decoder=OURS)["A"].problem == "damaged"
    assert cache.thumbnail("B") == b"jpeg"


def test_both_pictures_come_back(cache):
    seen = Seen(800, 400, None, b"small", OURS, b"larger")
    cache.remember_features("f", {}, {"A": seen})
    assert (cache.thumbnail("A"), cache.preview("A")) == (b"small", b"larger")


def test_a_small_image_has_no_preview_and_an_unknown_one_no_picture(cache):
    cache.remember_images({"A": Seen(4, 2, None, b"jpeg", OURS)})
    assert (cache.thumbnail("A"), cache.preview("A")) == (b"jpeg", None)
    assert (cache.thumbnail("B"), cache.preview("B")) == (None, None)


def test_a_preview_is_added_and_not_lost_again(cache):
    cache.remember_images({"A": Seen(800, 400, None, b"small", OURS)})
    cache.remember_images({"A": Seen(800, 400, None, b"small", OURS, b"larger")})
    cache.remember_images({"A": Seen(800, 400)})
    assert (cache.thumbnail("A"), cache.preview("A")) == (b"small", b"larger")


def test_a_batch_that_fails_leaves_nothing(cache):
    bad = {"A": Seen(4, 2), "B": Seen(None, 2)}
    with pytest.raises(CoreError, match=r"the cache .* failed: NOT NULL"):
        cache.remember_features("f", vectors(np.float16, A=[1], B=[2]), bad)
    assert cache.missing_features("f", ["A", "B"]) == ["A", "B"]
    assert cache.seen(["A", "B"], decoder=OURS) == {}


def test_a_file_of_another_version_is_refused(tmp_path):
    path = tmp_path / "cache.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version=99")
    with pytest.raises(CoreError, match=r"another version .*is 99, .* another file with --cache"):
        Cache(path)


# The tables as version 1 made them, with one row in each.
VERSION_1 = """
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE images (
    id TEXT PRIMARY KEY, width INTEGER NOT NULL, height INTEGER NOT NULL,
    problem TEXT, thumbnail BLOB, decoder TEXT);
CREATE TABLE features (
    fingerprint TEXT NOT NULL, id TEXT NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (fingerprint, id));
CREATE TABLE results (
    fingerprint TEXT PRIMARY KEY, facts TEXT NOT NULL, arrays BLOB NOT NULL);
INSERT INTO files VALUES ('p', 10, 20, 'A');
INSERT INTO images VALUES ('A', 4, 2, NULL, x'ffd8', 'this decoder');
INSERT INTO images VALUES ('B', 0, 0, 'damaged', NULL, 'this decoder');
INSERT INTO features VALUES ('f', 'A', x'0000803f00000040');
PRAGMA user_version=1;
"""


def change(cache, statement):
    with closing(sqlite3.connect(cache.path)) as db, db:
        db.execute(statement)


def test_a_vector_that_lies_under_the_id_of_another_is_damaged(cache):
    cache.remember_features("f", vectors(np.float32, A=[1], C=[3]), {})
    change(cache, "UPDATE features SET id = 'B' WHERE id = 'A'")
    with pytest.raises(CoreError, match="features of 1 images were damaged"):
        cache.features("f", ["B", "C"], dtype=np.float32, n_features=1)
    assert cache.missing_features("f", ["B", "C"]) == ["B"]


def test_facts_that_changed_are_computed_anew(cache):
    cache.remember_result("r", {"inertia": 0.5}, {})
    change(cache, "UPDATE results SET facts = '{\"inertia\": 0.7}'")
    assert cache.result("r") is None


def test_a_file_whose_kept_id_changed_is_read_again(cache):
    cache.remember_files([(("p", 10, 20), "A")])
    change(cache, "UPDATE files SET id = 'B'")
    assert cache.known_files([("p", 10, 20)]) == [None]


def test_a_damaged_picture_is_not_shown_and_drawn_anew(cache):
    seen = {one: Seen(9, 9, None, b"jpeg", OURS, b"larger") for one in "AB"}
    cache.remember_images(seen)
    change(cache, "UPDATE images SET thumbnail = x'00' WHERE id = 'A'")
    assert cache.thumbnails("AB") == {"B": b"jpeg"}
    assert cache.undecoded("AB", decoder=OURS) == ["A"]
    cache.remember_images(seen)
    assert cache.thumbnails("AB") == {"A": b"jpeg", "B": b"jpeg"}
    change(cache, "UPDATE images SET preview = x'00' WHERE id = 'A'")
    assert (cache.preview("A"), cache.preview("B")) == (None, b"larger")


def test_where_the_index_has_what_the_table_lacks_the_file_is_looked_at(cache, monkeypatch):
    monkeypatch.setattr(cache, "missing_features", lambda *_: [])
    with pytest.raises(CoreError, match="was damaged and is whole again: try again"):
        cache.features("f", ["A"], dtype=np.float32, n_features=1)


def test_what_format_3_wrote_is_read_and_checked(version_1):
    with closing(sqlite3.connect(version_1)) as db, db:
        for step in (1, 2):
            for statement in tables._MIGRATIONS[step]:
                db.execute(statement)
        db.execute("UPDATE features SET crc = ?", (crc32(bytes.fromhex("0000803f00000040")),))
        db.execute("UPDATE results SET crc = 1")
        db.execute("PRAGMA user_version=3")
    with Cache(version_1) as cache:
        assert cache.features("f", ["A"], dtype=np.float32, n_features=2).tolist() == [[1, 2]]
        assert cache.result("r") is None
        assert cache.known_files([("p", 10, 20)]) == ["A"]
        assert cache.thumbnail("A") == b"\xff\xd8"
    with closing(sqlite3.connect(version_1)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (FORMAT,)


@pytest.fixture
def version_1(tmp_path):
    """A cache file as version 1 left it, with a result of two labels."""
    path, arrays = tmp_path / "old.sqlite", io.BytesIO()
    np.savez(arrays, labels=np.array([1, 0], np.int32))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript(VERSION_1)
        db.execute(
            "INSERT INTO results VALUES ('r', '{\"inertia\": 0.5}', ?)", (arrays.getvalue(),)
        )
    return path


def test_a_file_of_version_1_keeps_all_that_was_computed(version_1):
    for _ in range(2):  # the second time it is of this version
        with Cache(version_1) as cache:
            assert cache.known_files([("p", 10, 20)]) == ["A"]
            assert cache.seen(["A", "B"], decoder=OURS) == {
                "A": Seen(4, 2),
                "B": Seen(0, 0, "damaged"),
            }
            assert (cache.thumbnail("A"), cache.preview("A")) == (b"\xff\xd8", None)
            features = cache.features("f", ["A"], dtype=np.float32, n_features=2)
            assert features.tolist() == [[1, 2]]
            facts, arrays = cache.result("r")
            assert (facts, arrays["labels"].tolist()) == ({"inertia": 0.5}, [1, 0])


def test_a_file_of_version_1_takes_what_is_new(version_1):
    with Cache(version_1) as cache:
        cache.remember_images({"A": Seen(800, 400, None, b"small", OURS, b"larger")})
        assert cache.preview("A") == b"larger"
    with closing(sqlite3.connect(version_1)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (FORMAT,)


def test_a_file_of_version_1_and_a_new_one_have_the_same_tables(version_1, cache):
    Cache(version_1).close()
    columns = []
    for path in (version_1, cache.path):
        with closing(sqlite3.connect(path)) as db:
            tables = ("files", "images", "features", "results")
            columns.append([db.execute(f"PRAGMA table_info({name})").fetchall() for name in tables])
    assert columns[0] == columns[1]


def test_several_may_bring_a_file_of_version_1_up_to_date_at_once(version_1):
    together, opened = threading.Barrier(8), []

    def bring_up_to_date():
        together.wait()
        with Cache(version_1) as cache:
            opened.append(cache.thumbnail("A"))

    threads = [threading.Thread(target=bring_up_to_date) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [b"\xff\xd8"] * 8


def test_where_the_disk_is_full_one_sentence_says_so_and_all_before_is_kept(cache, monkeypatch):
    def open_on_a_full_disk(self, *, opened=CacheFile._open):
        db = opened(self)
        db.execute("PRAGMA max_page_count=40")  # of 4 KiB: room for one of the two
        return db

    with monkeypatch.context() as disk:
        disk.setattr(CacheFile, "_open", open_on_a_full_disk)
        cache.remember_features("f", vectors(np.float32, A=np.zeros(20_000)), {})
        with pytest.raises(
            CoreError, match=r"^the cache .* cannot grow, the disk is full: what was done is kept"
        ):
            cache.remember_features("f", vectors(np.float32, B=np.zeros(20_000), C=[1]), {})
    assert cache.missing_features("f", ["A", "B", "C"]) == ["B", "C"]
    cache.remember_features("f", vectors(np.float32, B=np.zeros(20_000)), {})
    assert cache.missing_features("f", ["A", "B", "C"]) == ["C"]


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"These are notes. " * 100)
    with pytest.raises(CoreError, match=r"cannot use .*notes\.txt as the cache"):
        Cache(path)
    assert path.read_bytes() == b"These are notes. " * 100


def test_somebody_elses_database_is_refused(tmp_path):
    path = tmp_path / "bookmarks.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(CoreError):
        Cache(path).close()


def test_a_file_that_another_process_is_creating_is_waited_for(tmp_path):
    path = tmp_path / "cache.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        end = threading.Timer(0.2, other.execute, ["COMMIT"])
        end.start()
        try:
            Cache(path).close()
        finally:
            end.join()


def test_several_thumbnails_come_at_once_and_only_those_that_are_there(cache):
    cache.remember_images(
        {
            "A": Seen(9, 9, None, b"a", OURS, b"larger"),
            "B": Seen(9, 9, "broken", None, OURS),
            "C": Seen(9, 9, None, b"c", OURS),
            "D": Seen(9, 9, None, b"d", OURS),
        }
    )
    assert cache.thumbnails(["C", "A", "B", "never seen", "C"]) == {"A": b"a", "C": b"c"}
    assert cache.thumbnails([]) == {}


def test_a_folder_gets_the_file_in_it_and_missing_folders_are_made(tmp_path):
    for given in (tmp_path, tmp_path / "new" / "deep" / "c.sqlite"):
        with Cache(given) as cache:
            assert cache.path.is_file()
    assert (tmp_path / "groupsight.sqlite").is_file()


def test_unless_told_otherwise_the_cache_lies_in_the_users_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert default_path() == tmp_path / "groupsight" / "groupsight.sqlite"
    assert default_path().name == "groupsight.sqlite"


def test_two_caches_on_one_file_write_at_once_and_nothing_is_lost(tmp_path):
    path, together = tmp_path / "cache.sqlite", threading.Barrier(2)

    def write(name):
        with Cache(path) as cache:
            together.wait()
            for number in range(40):
                one = vectors(np.float32, **{f"{name}{number}": [number]})
                cache.remember_features("f", one, {})

    with Cache(path) as reader:
        writers = [threading.Thread(target=write, args=[name]) for name in "AB"]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        ids = [f"{name}{number}" for name in "AB" for number in range(40)]
        features = reader.features("f", ids, dtype=np.float32, n_features=1)
    assert features.ravel().tolist() == [*range(40), *range(40)]


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from core.cache import Cache
from core.images import Seen

cache = Cache(Path(sys.argv[1]))
for batch in range(3):
    cache.remember_features(
        "f",
        {f"{batch}{row}": np.full(2, batch, np.float16) for row in "AB"},
        {f"{batch}{row}": Seen(4, 2, None, b"jpeg") for row in "AB"},
    )
with cache.transaction() as db:
    db.execute("INSERT INTO features VALUES ('f', 'in work', x'00', NULL)")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_whoever_is_killed_loses_the_batch_in_work_and_no_other(tmp_path):
    path = tmp_path / "cache.sqlite"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    ids = ["0A", "0B", "1A", "1B", "2A", "2B"]
    with Cache(path) as cache:
        assert cache.missing_features("f", [*ids, "in work"]) == ["in work"]
        features = cache.features("f", ids, dtype=np.float16, n_features=2)
        assert features[:, 0].tolist() == [0, 0, 1, 1, 2, 2]
        assert all(cache.thumbnail(image_id) == b"jpeg" for image_id in ids)

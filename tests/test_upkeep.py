import os
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from core import cache as cache_module
from core.cache import Cache
from core.caching.search_files import search_folder
from core.caching.upkeep import clear_cache, describe_cache, shrink_cache, verify_cache
from core.errors import CoreError
from core.images import Seen

DAY = 86_400
KB100 = np.zeros(25_000, np.float32)


@pytest.fixture
def cache(tmp_path):
    with Cache(tmp_path / "cache.sqlite") as made:
        yield made


def put_features(cache, fingerprint, *ids):
    seen = {one: Seen(4, 2, None, b"jpeg") for one in ids}
    cache.remember_features(fingerprint, dict.fromkeys(ids, KB100), seen)


def read_features(cache, fingerprint, *ids):
    return cache.features(fingerprint, ids, dtype=np.float32, n_features=len(KB100))


def change(cache, statement):
    with closing(sqlite3.connect(cache.path)) as db, db:
        db.execute(statement)


def test_what_a_cache_holds_is_counted(cache):
    put_features(cache, "f", "A", "B")
    put_features(cache, "g", "A")
    cache.remember_result("r", {}, {"a": np.arange(3)})
    facts = describe_cache(cache)
    assert (facts.n_images, facts.n_features, facts.n_recipes, facts.n_results) == (2, 3, 2, 1)
    assert facts.size >= 3 * KB100.nbytes
    assert facts.free == 0


def test_a_whole_cache_has_no_problems(cache):
    put_features(cache, "f", "A", "B")
    cache.remember_result("r", {}, {"a": np.arange(3)})
    assert verify_cache(cache) == []


def test_a_flipped_bit_is_found_by_name(cache):
    put_features(cache, "f", "A", "B")
    cache.remember_result("r", {}, {"a": np.arange(3)})
    change(
        cache,
        "UPDATE features SET vector = CAST(x'01' || substr(vector, 2) AS BLOB) WHERE id = 'B'",
    )
    change(cache, "UPDATE results SET arrays = CAST(substr(arrays, 2) AS BLOB)")
    assert verify_cache(cache) == [
        "features: f B is not as it was written",
        "results: r is not as it was written",
    ]


def test_a_damaged_picture_and_a_vector_of_another_image_are_found(cache):
    put_features(cache, "f", "A", "B")
    change(cache, "UPDATE images SET thumbnail = x'00' WHERE id = 'B'")
    change(cache, "UPDATE features SET id = 'C' WHERE id = 'A'")
    assert verify_cache(cache) == [
        "features: f C is not as it was written",
        "pictures: B is not as it was written",
    ]


def test_a_result_of_an_older_version_that_cannot_be_read_is_found(cache):
    change(cache, "INSERT INTO results VALUES ('old', '{}', x'00', NULL)")
    (problem,) = verify_cache(cache)
    assert problem.startswith("results: old cannot be read")


def test_a_damaged_vector_is_removed_and_asked_for_again(cache):
    put_features(cache, "f", "A", "B")
    change(
        cache,
        "UPDATE features SET vector = CAST(x'01' || substr(vector, 2) AS BLOB) WHERE id = 'B'",
    )
    with pytest.raises(CoreError, match=r"features of 1 images were damaged .* removed: open"):
        read_features(cache, "f", "A", "B")
    assert cache.missing_features("f", ["A", "B"]) == ["B"]
    put_features(cache, "f", "B")
    assert read_features(cache, "f", "A", "B").shape == (2, 25_000)


def test_a_damaged_result_is_computed_anew(cache):
    cache.remember_result("r", {}, {"a": np.arange(3)})
    change(cache, "UPDATE results SET arrays = CAST(x'01' || substr(arrays, 2) AS BLOB)")
    assert cache.result("r") is None
    cache.remember_result("r", {}, {"a": np.arange(3)})
    assert cache.result("r")[1]["a"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("kinds", "left"),
    [(["features"], (2, 0, 1)), (["results"], (2, 2, 0)), (["pictures"], (0, 2, 1))],
)
def test_one_kind_is_cleared_and_the_others_stay(cache, kinds, left):
    put_features(cache, "f", "A", "B")
    cache.remember_result("r", {}, {"a": np.arange(3)})
    clear_cache(cache, kinds)
    facts = describe_cache(cache)
    assert (facts.n_images, facts.n_features, facts.n_results) == left


def test_clearing_gives_the_room_back_and_the_cache_works_on(cache):
    put_features(cache, "f", *"ABCDEFGHIJ")
    before = describe_cache(cache).size
    clear_cache(cache)
    assert describe_cache(cache).size < before - 9 * KB100.nbytes
    put_features(cache, "f", "A")
    assert read_features(cache, "f", "A").shape == (1, 25_000)


def test_an_unknown_kind_is_refused_and_nothing_cleared(cache):
    put_features(cache, "f", "A")
    with pytest.raises(CoreError, match="nothing called 'labels' is kept: choose among features"):
        clear_cache(cache, ["features", "labels"])
    assert describe_cache(cache).n_features == 1


@pytest.fixture
def aged(cache, monkeypatch):
    """Three recipes of 200 kB each, last used on day 1 (g), 2 (f) and 3 (h)."""
    clock = {"day": 0}
    monkeypatch.setattr(cache_module.time, "time", lambda: clock["day"] * DAY + 5.0)
    for fingerprint in "fgh":
        put_features(cache, fingerprint, "A", "B")
    for day, fingerprint in ((1, "f"), (1, "g"), (2, "f"), (3, "h")):
        clock["day"] = day
        read_features(cache, fingerprint, "A", "B")
    return cache


def recipes_left(cache):
    return {one for one in "fgh" if not cache.missing_features(one, ["A", "B"])}


@pytest.mark.parametrize(
    ("limit", "left"),
    [(1_000_000, "fgh"), (500_000, "fh"), (300_000, "h"), (1, ""), (0, "fgh")],
)
def test_what_was_not_used_for_longest_is_given_up_first(aged, limit, left):
    given_up = shrink_cache(aged, limit)
    assert recipes_left(aged) == set(left)
    assert given_up == (3 - len(left)) * 2 * KB100.nbytes


def test_what_is_to_be_kept_stays_though_it_is_the_oldest(aged):
    shrink_cache(aged, 300_000, keep=["g"])
    assert recipes_left(aged) == {"g"}


def test_what_nobody_knows_a_use_of_goes_before_all_else(aged):
    put_features(aged, "never", "A")
    change(aged, "DELETE FROM uses WHERE fingerprint = 'never'")  # as an older version left it
    shrink_cache(aged, 680_000)
    assert aged.missing_features("never", ["A"]) == ["A"]
    assert recipes_left(aged) == set("fgh")


def test_what_was_just_computed_and_not_read_yet_does_not_go_first(aged):
    put_features(aged, "new", "A")  # on day 3
    shrink_cache(aged, 680_000)
    assert aged.missing_features("new", ["A"]) == []
    assert recipes_left(aged) == set("fh")


def test_results_count_like_features(aged):
    aged.remember_result("r", {}, {"a": KB100})  # on day 3, and so kept
    shrink_cache(aged, 500_000)
    assert recipes_left(aged) == {"h"}
    assert aged.result("r") is not None


@pytest.fixture
def searched(aged):
    """With 300 kB of search files beside it, in two places; `first` was used before `second`."""
    for day, (name, size) in enumerate([("first", 100_000), ("second", 200_000)]):
        place = search_folder(aged.path) / name
        place.mkdir(parents=True)
        (place / "values.npy").write_bytes(bytes(size))
        os.utime(place, (day, day))
    return aged


@pytest.mark.parametrize(
    ("limit", "places", "recipes", "given_up"),
    [
        (1_300_000, ["first", "second"], "fgh", 0),
        (850_000, ["second"], "fgh", 100_000),
        (750_000, [], "fgh", 300_000),
        (500_000, [], "fh", 500_000),
        (0, ["first", "second"], "fgh", 0),
    ],
)
def test_files_of_the_search_count_and_go_first(searched, limit, places, recipes, given_up):
    assert shrink_cache(searched, limit) == given_up
    assert sorted(one.name for one in search_folder(searched.path).iterdir()) == places
    assert recipes_left(searched) == set(recipes)


def test_that_they_went_is_told_for_whoever_would_rather_keep_them(searched, caplog):
    caplog.set_level("WARNING", logger="core.caching.upkeep")
    shrink_cache(searched, 850_000)
    (told,) = caplog.messages
    assert told == (
        f"gave up 100 KB of files of the search over shards, for {searched.path} is limited to "
        "850 KB: a search makes them anew, and a larger --cache-limit keeps them"
    )

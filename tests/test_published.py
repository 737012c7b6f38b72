"""What is fetched over HTTP: made once, found again by its key, the oldest leaving first."""

import gzip
import hashlib
import threading

from dashboard.published import Published, plotly_script

REPEATED = b"0123456789" * 100
NOISE = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(64))


def test_a_text_is_found_by_its_key():
    store = Published()
    content = store.get(store.publish("name", lambda: '{"a": 1}' * 50))
    assert gzip.decompress(content.body) == b'{"a": 1}' * 50
    assert content.media_type == "application/json"


def test_bytes_are_compressed_only_where_it_pays():
    store = Published()
    repeated = store.get(store.publish("repeated", lambda: REPEATED))
    assert repeated.gzipped
    assert gzip.decompress(repeated.body) == REPEATED
    noise = store.get(store.publish("noise", lambda: NOISE))
    assert (noise.body, noise.gzipped) == (NOISE, False)
    assert noise.media_type == "application/octet-stream"


def test_the_key_is_the_hash_of_the_content_since_browsers_keep_it_for_ever():
    expected = hashlib.sha256(REPEATED).hexdigest()
    assert Published().publish("a", lambda: REPEATED) == expected
    assert Published().publish("b", lambda: REPEATED) == expected


def test_what_is_there_is_not_made_again():
    store, calls = Published(), []
    for _ in range(2):
        store.publish("name", lambda: calls.append(1) or "text")
    assert len(calls) == 1


def test_an_unknown_key_has_no_content():
    assert Published().get("0" * 64) is None


def bytes_of(number):
    """A hundred bytes that do not compress."""
    return NOISE[number * 100 : number * 100 + 100]


def test_the_least_recently_used_leaves_first_when_the_bytes_are_too_many():
    store = Published(limit=300)
    keys = [store.publish(str(number), lambda number=number: bytes_of(number)) for number in (0, 1)]
    for number in (2, 3):
        store.publish(str(number), lambda number=number: bytes_of(number))
        store.get(keys[0])
    assert store.get(keys[0]).body == bytes_of(0)
    assert store.get(keys[1]) is None


def test_what_has_left_is_made_again():
    store = Published(limit=150)
    key = store.publish("a", lambda: bytes_of(0))
    store.publish("b", lambda: bytes_of(1))
    assert store.get(key) is None
    assert store.publish("a", lambda: bytes_of(0)) == key
    assert store.get(key).body == bytes_of(0)


def test_the_same_content_under_two_names_counts_once():
    store = Published(limit=250)
    key = store.publish("a", lambda: bytes_of(0))
    store.publish("b", lambda: bytes_of(0))
    store.publish("c", lambda: bytes_of(1))
    assert store.get(key) is not None


def test_what_is_larger_than_the_limit_stays_until_something_else_comes():
    store = Published(limit=50)
    key = store.publish("a", lambda: bytes_of(0))
    assert store.get(key).body == bytes_of(0)


def test_many_threads_at_once_leave_the_count_right():
    store = Published(limit=1_000)

    def publish(start):
        for number in range(start, 20):
            store.publish(str(number), lambda number=number: bytes_of(number))

    threads = [threading.Thread(target=publish, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store._size == sum(len(one.body) for one in store._contents.values()) <= 1_000


def test_plotly_comes_from_the_installed_package():
    assert b"plotly.js" in gzip.decompress(plotly_script())[:200]

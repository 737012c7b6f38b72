"""What is fetched over HTTP: made once, found again by its key, the oldest leaving first."""

import gzip

from dashboard.published import Published, plotly_script


def test_a_published_text_is_found_by_its_key():
    store = Published()
    key = store.publish("name", lambda: "text")
    assert gzip.decompress(store.get(key)) == b"text"


def test_what_is_there_is_not_made_again():
    store, calls = Published(), []
    for _ in range(2):
        store.publish("name", lambda: calls.append(1) or "text")
    assert len(calls) == 1


def test_the_key_follows_the_content_since_browsers_keep_it_for_ever():
    store = Published()
    assert store.publish("a", lambda: "x") != store.publish("b", lambda: "y")
    assert store.publish("a", lambda: "x") == Published().publish("c", lambda: "x")


def test_the_least_recently_used_leaves_first():
    store = Published()
    first, second = (store.publish(name, lambda name=name: name) for name in ("first", "second"))
    for number in range(31):
        store.publish(str(number), lambda number=number: str(number))
        store.publish("first", lambda: "first")
    assert store.get(second) is None
    assert store.get(first) is not None


def test_plotly_comes_from_the_installed_package():
    assert b"plotly.js" in gzip.decompress(plotly_script())[:200]

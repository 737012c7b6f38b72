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


def test_other_names_have_other_keys():
    store = Published()
    assert store.publish("a", lambda: "x") != store.publish("b", lambda: "x")


def test_the_least_recently_used_leaves_first():
    store = Published()
    first, second = (store.publish(name, lambda: "x") for name in ("first", "second"))
    for number in range(31):
        store.publish(str(number), lambda: "x")
        store.publish("first", lambda: "x")
    assert store.get(second) is None
    assert store.get(first) is not None


def test_plotly_comes_from_the_installed_package():
    assert b"plotly.js" in gzip.decompress(plotly_script())[:200]

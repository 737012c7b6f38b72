"""What every component's script begins with: how its part of the page comes and goes."""

import pytest

from dashboard.browser.component import _LOADER

# A module that notes what is drawn and what is left, under its own name.
MODULE = """data:text/javascript,
export default ({ data }) => {
    window.said.push(`NAME draws ${data.n}`);
    return () => window.said.push("NAME is left");
};"""
# `draw(name, n)` does what Streamlit does for new data; it gives what Streamlit calls at the end.
PREPARE = """async ([loader, code]) => {
    const { default: show } = await import(`data:text/javascript,${encodeURIComponent(loader)}`);
    window.said = [];
    window.box = document.body.appendChild(document.createElement("div"));
    window.draw = (name, n) =>
        show({ data: { module: code.replaceAll("NAME", name), n }, parentElement: window.box });
    window.loaded = () => new Promise((resolve) => setTimeout(resolve, 50));
}"""


@pytest.fixture
def act(chromium):
    """Run lines in a page that has a place for a part; what the part says of itself."""
    tab = chromium.new_page()
    tab.evaluate(PREPARE, [_LOADER, MODULE])
    yield lambda lines: tab.evaluate(f"async () => {{ {lines}; await loaded(); return said; }}")
    tab.close()


def test_a_part_is_left_when_its_place_has_gone(act):
    assert act("window.leave = draw('map', 1)") == ["map draws 1"]
    assert act("box.remove(); leave()") == ["map draws 1", "map is left"]
    assert act("leave()") == ["map draws 1", "map is left"]


def test_a_draw_that_was_overtaken_takes_the_part_not_along(act):
    """Streamlit ends a draw that was not over when new data came, after the next has begun."""
    act("window.first = draw('map', 1)")
    assert act("window.next = draw('map', 2); first()") == ["map draws 1", "map draws 2"]
    assert act("draw('map', 3)")[2:] == ["map draws 3"]
    assert act("box.remove(); next()")[3:] == ["map is left"]


def test_a_draw_that_was_overtaken_at_once_is_not_the_last(act):
    assert act("draw('map', 1)(); draw('map', 2)") == ["map draws 1", "map draws 2"]


def test_what_was_left_before_its_code_came_is_never_drawn(act):
    assert act("window.leave = draw('map', 1); box.remove(); leave()") == []


def test_another_module_in_its_place_ends_it(act):
    act("draw('map', 1)")
    assert act("draw('deck', 1)") == ["map draws 1", "map is left", "deck draws 1"]

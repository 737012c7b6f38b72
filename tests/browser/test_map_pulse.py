"""What moved pulses once when the clusters change, and only then."""

import numpy as np
import pytest
from map_driver import row_places, view_range, wait_for_map, wait_for_python
from pages import synthetic

PAGE = "pair_app.py"
COUNT = 2_000
DATA = synthetic.make(COUNT, 2)
PULSE = ".groupsight-map-pulse"
FRAME_MS = 50
# Each pulse of the left map: how many rows, from when to when, and a picture of it. By the page's
# clock all frames are equally long, so that a slow machine sees as many of them as a fast one.
WATCH = """(frame) => {
    window.pulses = [];
    const {requestAnimationFrame: real} = window;
    let time = performance.now();
    const tick = () => {
        time += frame;
        real(tick);
    };
    real(tick);
    window.requestAnimationFrame = (act) => real(() => act(time));
    const canvas = document.querySelector(".groupsight-map-pulse");
    let wasOn = false;
    const look = (now) => {
        const isOn = "rows" in canvas.dataset;
        if (isOn && !wasOn) window.pulses.push({rows: Number(canvas.dataset.rows), began: now});
        if (isOn) record(window.pulses.at(-1), now);
        if (!isOn && wasOn) window.pulses.at(-1).isOver = true;
        wasOn = isOn;
        requestAnimationFrame(look);
    };
    const record = (pulse, now) => {
        pulse.ended = now;
        if (!canvas.width) return;
        const {width, height} = canvas;
        const {data} = canvas.getContext("2d").getImageData(0, 0, width, height);
        let painted = 0;
        for (let at = 3; at < data.length; at += 4) painted += data[at] > 0;
        (pulse.painted ??= []).push(painted);
        if (now - pulse.began < 350 || pulse.picture) return;
        const scale = devicePixelRatio;
        pulse.picture = [];
        for (let y = 0; y < height; y += 2)
            for (let x = 0; x < width; x += 2)
                if (data[4 * (y * width + x) + 3]) pulse.picture.push([x / scale, y / scale]);
    };
    requestAnimationFrame(look);
}"""


@pytest.fixture
def map_(page):
    return open_map(page)


def open_map(page):
    page.goto(f"/?n={COUNT}&right=0")
    page.locator(PULSE).wait_for(state="attached")
    page.evaluate(WATCH, FRAME_MS)
    wait_for_map(page)
    wait_for_python(page)
    return page


def choose(page, name):
    page.get_by_role("radio", name=name).click()


def wait_for_pulse(page):
    """The last of all pulses there were, once there is one more than before and it is over."""
    page.wait_for_function(
        "() => window.pulses.length > (window.known ?? 0) && window.pulses.at(-1).isOver"
    )
    page.evaluate("() => (window.known = window.pulses.length)")
    return pulses(page)[-1]


def pulses(page):
    return page.evaluate("window.pulses")


def is_as_long_as_promised(pulse):
    """It runs for 800 ms from its second frame."""
    return 800 <= pulse["ended"] - pulse["began"] <= 800 + 4 * FRAME_MS


def moved(before, after):
    return np.flatnonzero(synthetic.group(DATA, before) != synthetic.group(DATA, after))


def test_what_moved_pulses_once_and_fades(map_):
    choose(map_, "moved")
    pulse = wait_for_pulse(map_)
    assert pulse["rows"] == len(moved("whole", "moved")) == 100
    assert is_as_long_as_promised(pulse)
    assert map_.locator(PULSE).get_attribute("data-rows") is None
    assert len(set(pulse["painted"])) > 3  # it grows
    choose(map_, "split")
    wait_for_pulse(map_)
    choose(map_, "moved")  # the same rows again, on the way back
    wait_for_pulse(map_)
    again = len(moved("moved", "split"))
    assert [one["rows"] for one in pulses(map_)] == [100, again, again]


def test_rings_lie_around_what_moved_and_nowhere_else(map_):
    area = map_.locator(".groupsight-map-overlay").bounding_box()
    places = np.array(row_places(map_)) - [area["x"], area["y"]]
    choose(map_, "split")
    painted = np.array(wait_for_pulse(map_)["picture"])
    rings = places[moved("whole", "split")]
    gaps = np.linalg.norm(painted[:, None] - rings[None], axis=2)
    assert gaps.min(axis=1).max() <= 20
    assert gaps.min(axis=0).max() <= 20


def test_nothing_pulses_at_first_nor_on_a_rerun_nor_in_other_colors(map_):
    assert pulses(map_) == []
    choose(map_, "moved")
    wait_for_pulse(map_)
    map_.get_by_role("button", name="Again").click()
    choose(map_, "fit")
    map_.locator(".colorbar, .cbtitle").first.wait_for(state="attached")
    choose(map_, "cluster")
    map_.locator(".legendtext").first.wait_for(state="attached")
    map_.emulate_media(color_scheme="dark")
    map_.wait_for_function(
        "() => getComputedStyle(document.querySelector('.legendtext')).fill"
        ".match(/\\d+/g).slice(0, 3).every(value => Number(value) > 200)"
    )
    wait_for_python(map_)
    map_.locator('.groupsight-map[data-state="drawn"]').wait_for()
    # What would have pulsed, would have done so before the next that does.
    choose(map_, "split")
    wait_for_pulse(map_)
    assert [one["rows"] for one in pulses(map_)] == [100, len(moved("moved", "split"))]


def test_the_layout_stays_as_it_is(map_):
    stage = map_.locator(".groupsight-map-stage")
    stage.focus()
    stage.press("+")
    map_.wait_for_function(
        "() => JSON.parse(document.querySelector('code').textContent).log.length"
    )
    before, places = view_range(map_), row_places(map_)
    choose(map_, "moved")
    wait_for_pulse(map_)
    assert view_range(map_) == before
    assert row_places(map_) == places


def test_who_wants_no_motion_sees_rings_that_stand_still(page):
    page.emulate_media(reduced_motion="reduce")
    open_map(page)
    choose(page, "moved")
    pulse = wait_for_pulse(page)
    assert len(set(pulse["painted"])) == 1
    assert pulse["painted"][0] > 0
    assert is_as_long_as_promised(pulse)

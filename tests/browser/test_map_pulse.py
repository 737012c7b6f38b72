"""What moved pulses once when the clusters change, and only then."""

import numpy as np
import pytest
from map_driver import row_places, view_range, wait_for_map
from pages import synthetic
from pages.serving import serve_page

COUNT = 2_000
DATA = synthetic.make(COUNT, 2)
PULSE = ".groupsight-map-pulse"
# Each pulse of the left map: how many rows, from when to when, and a picture of it.
WATCH = """() => {
    window.pulses = [];
    const canvas = document.querySelector(".groupsight-map-pulse");
    let wasOn = false;
    const look = (now) => {
        const isOn = "rows" in canvas.dataset;
        if (isOn && !wasOn) window.pulses.push({rows: Number(canvas.dataset.rows), began: now});
        if (isOn) record(window.pulses.at(-1), now);
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


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve_page("pair_app.py", tmp_path_factory.mktemp("pulse") / "log") as address:
        yield address


@pytest.fixture
def map_(page):
    page.set_default_timeout(15_000)
    return open_map(page)


def open_map(page):
    page.goto(f"/?n={COUNT}&right=0")
    page.locator(PULSE).wait_for(state="attached")
    page.evaluate(WATCH)
    wait_for_map(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    return page


def choose(page, name):
    page.get_by_role("radio", name=name).click()
    page.wait_for_timeout(2_000)


def pulses(page):
    return page.evaluate("window.pulses")


def moved(before, after):
    return np.flatnonzero(synthetic.group(DATA, before) != synthetic.group(DATA, after))


def test_what_moved_pulses_once_and_fades(map_):
    choose(map_, "moved")
    (pulse,) = pulses(map_)
    assert pulse["rows"] == len(moved("whole", "moved")) == 100
    assert 700 < pulse["ended"] - pulse["began"] < 2_000
    assert map_.locator(PULSE).get_attribute("data-rows") is None
    assert len(set(pulse["painted"])) > 3  # it grows
    choose(map_, "split")
    assert [one["rows"] for one in pulses(map_)] == [100, len(moved("moved", "split"))]
    choose(map_, "moved")  # the same rows again, on the way back
    assert len(pulses(map_)) == 3


def test_rings_lie_around_what_moved_and_nowhere_else(map_):
    area = map_.locator(".groupsight-map-overlay").bounding_box()
    places = np.array(row_places(map_)) - [area["x"], area["y"]]
    choose(map_, "split")
    painted = np.array(pulses(map_)[0]["picture"])
    rings = places[moved("whole", "split")]
    gaps = np.linalg.norm(painted[:, None] - rings[None], axis=2)
    assert gaps.min(axis=1).max() <= 20
    assert gaps.min(axis=0).max() <= 20


def test_nothing_pulses_at_first_nor_on_a_rerun_nor_in_other_colors(map_):
    assert pulses(map_) == []
    choose(map_, "moved")
    assert len(pulses(map_)) == 1
    map_.get_by_role("button", name="Again").click()
    map_.wait_for_timeout(1_000)
    choose(map_, "fit")
    choose(map_, "cluster")
    map_.emulate_media(color_scheme="dark")
    map_.wait_for_timeout(1_000)
    assert len(pulses(map_)) == 1


def test_the_layout_stays_as_it_is(map_):
    stage = map_.locator(".groupsight-map-stage")
    stage.focus()
    stage.press("+")
    map_.wait_for_timeout(1_500)
    before, places = view_range(map_), row_places(map_)
    choose(map_, "moved")
    assert view_range(map_) == before
    assert row_places(map_) == places


def test_who_wants_no_motion_sees_rings_that_stand_still(page):
    page.set_default_timeout(15_000)
    page.emulate_media(reduced_motion="reduce")
    open_map(page)
    choose(page, "moved")
    (pulse,) = pulses(page)
    assert len(set(pulse["painted"])) == 1
    assert pulse["painted"][0] > 0
    assert 700 < pulse["ended"] - pulse["began"] < 2_000

"""How fast the map answers in a browser, beside `st.plotly_chart(on_select="rerun")`.

    python tools/browser_benchmark.py

Prints a table with the goals. Images and their places are made up; the page is that of the tests.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from browser import FLAGS, find_chromium
from harness import serve_map
from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

HOVERS = 15
RUNS = 3
_DRAWN = """() => {
    const plot = document.querySelector(".js-plotly-plot");
    const scene = plot?._fullLayout?._plots?.xy?._scene;
    const state = document.querySelector(".groupsight-map")?.dataset.state ?? "drawn";
    return Boolean(scene && scene.count > 0 && !scene.dirty && state === "drawn");
}"""
_PLACES = """() => {
    const plot = document.querySelector(".js-plotly-plot");
    const box = plot.getBoundingClientRect();
    const {xaxis, yaxis} = plot._fullLayout;
    const places = [];
    for (const {x, y} of plot._fullData) {
        for (let i = 0; i < x.length; i += Math.ceil(x.length / 20)) {
            places.push([box.left + xaxis._offset + xaxis.l2p(x[i]),
                         box.top + yaxis._offset + yaxis.l2p(y[i])]);
        }
    }
    return places;
}"""
# Times are taken in the page, where no message to this program is part of them.
_WATCH_HOVER = """() => {
    window.hovers = [];
    const stage = document.querySelector(".groupsight-map-stage");
    stage.addEventListener("pointermove", (event) => {
        const began = event.timeStamp;
        setTimeout(() => {
            const image = document.querySelector(".groupsight-map-card:popover-open img");
            if (!image || image.counted) return;
            image.counted = true;
            const done = () => window.hovers.push(performance.now() - began);
            if (image.complete) done();
            else image.addEventListener("load", done);
        });
    });
}"""
_WATCH_RELEASE = """() => {
    window.release = {};
    const selected = (event) => event.some((one) => one && "selectedpoints" in one);
    const plot = document.querySelector(".js-plotly-plot");
    addEventListener("pointerup", (event) => (window.release.at = event.timeStamp), true);
    plot.on("plotly_restyle", (event) => {
        if (!selected(event)) return;
        requestAnimationFrame(() =>
            setTimeout(() => (window.release.points = performance.now() - window.release.at)));
    });
    // The gallery lies in a shadow root. Painted: every image in it is decoded, and a frame passed.
    const inGallery = () => {
        const hosts = [...document.querySelectorAll("*")].map((one) => one.shadowRoot);
        return hosts.flatMap((root) => [...(root?.querySelectorAll(".card img") ?? [])]);
    };
    const painted = async () => {
        const images = window.release.at ? inGallery() : [];
        if (images.length && !window.release.cards)
            window.release.cards = performance.now() - window.release.at;
        if (!images.length || !images.every((image) => image.complete && image.src))
            return requestAnimationFrame(painted);
        await Promise.all(images.map((image) => image.decode().catch(() => {})));
        window.release.images = images.length;
        requestAnimationFrame(() => setTimeout(() =>
            (window.release.gallery = performance.now() - window.release.at)));
    };
    painted();
}"""
_RING = """async (row) => {
    const plot = document.querySelector(".js-plotly-plot");
    let redraws = 0;
    plot.on("plotly_afterplot", () => redraws++);
    const began = performance.now();
    const detail = {row, from: "gallery"};
    dispatchEvent(new CustomEvent("groupsight:point", {detail}));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    if (!document.querySelector(".groupsight-map-ring")) throw new Error("no ring");
    return [performance.now() - began, redraws];
}"""

_WATCH_COLOR = """() => {
    let began;
    addEventListener("click", (event) => (began = event.timeStamp), true);
    document.querySelector(".js-plotly-plot").on("plotly_afterplot", () => {
        window.recolored = performance.now() - began;
    });
}"""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    what: str
    goal: str
    component: str
    plain: str = ""


def main() -> None:
    """Measure everything and print the table."""
    program = find_chromium()
    if program is None:
        raise SystemExit("no Chromium on this machine")
    with serve_map() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        _print_table(measure(browser, address))
        browser.close()


def measure(browser: Browser, address: str) -> Iterator[Row]:
    """Every line of the table, one after the other."""
    yield measure_hover(browser, address)
    for count, goal in ((20_000, "2 s"), (100_000, "3 s")):
        yield measure_drawing(browser, address, count, goal)
    for count, goal in ((20_000, "400 ms"), (100_000, "700 ms")):
        yield from measure_lasso(browser, address, count, goal)
    yield measure_ring(browser, address)
    yield measure_recoloring(browser, address)


def _print_table(rows: Iterator[Row]) -> None:
    line = "{:<62}{:<12}{:<26}{}"
    print(line.format("what", "goal", "component", 'st.plotly_chart(on_select="rerun")'))
    for row in rows:
        print(
            line.format(row.what, f"<= {row.goal}" if row.goal else "", row.component, row.plain),
            flush=True,
        )


@dataclass
class Traffic:
    """Bytes over the page's socket: what reruns cost."""

    received: int = 0
    sent: int = 0

    def watch(self, page: Page) -> None:
        """Count from here on."""
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._receive)
        socket.on("framesent", self._send)

    def _receive(self, frame: bytes | str) -> None:
        self.received += len(frame)

    def _send(self, frame: bytes | str) -> None:
        self.sent += len(frame)


@contextmanager
def opened(browser: Browser, address: str, query: str) -> Iterator[tuple[Page, Traffic]]:
    """A drawn map in a tab of its own."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(60_000)
    traffic = Traffic()
    traffic.watch(page)
    _go(page, f"{address}/?{query}")
    page.wait_for_timeout(1_500)  # until the names have come and all is quiet
    yield page, traffic
    page.close()


def _go(page: Page, address: str) -> float:
    """Seconds until the map is drawn."""
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_function(_DRAWN, polling=20)
    return time.perf_counter() - began


def _both(count: int, work: Callable[[str], str]) -> tuple[str, str]:
    component, plain = (work(f"n={count}&way={way}") for way in ("component", "plain"))
    return component, plain


def measure_hover(browser: Browser, address: str) -> Row:
    """From the mouse's move to the image on the screen, over points all over the map."""
    with opened(browser, address, "n=20000") as (page, _):
        page.evaluate(_WATCH_HOVER)
        for x, y in page.evaluate(_PLACES)[: HOVERS * 10 : 10]:
            page.mouse.move(x, y)
            page.wait_for_timeout(250)
        times = page.evaluate("window.hovers")
    value = f"{statistics.median(times):.0f} ms (of {len(times)})"
    return Row("hover -> image, 20,000, never seen before, median", "50 ms", value, "no image")


def measure_drawing(browser: Browser, address: str, count: int, goal: str) -> Row:
    """Navigation to a map whose contents the browser has."""

    def work(query: str) -> str:
        with opened(browser, address, query) as (page, _):
            times = [_go(page, f"{address}/?{query}") for _ in range(RUNS)]
        return f"{statistics.median(times):.2f} s"

    return Row(f"map drawn after navigation, warm, {count:,}", goal, *_both(count, work))


def measure_lasso(browser: Browser, address: str, count: int, goal: str) -> list[Row]:
    """A lasso over a fifth: the points, the gallery, the bytes of the rerun."""
    ways = [_lasso(browser, address, f"n={count}&way={way}") for way in ("component", "plain")]
    name = f"lasso over a fifth of {count:,}: "
    return [
        Row(name + "release -> gallery painted", goal, *(way.gallery for way in ways)),
        Row(name + "release -> points repainted", "", *(way.points for way in ways)),
        Row(name + "drawing it, 24 moves", "", *(way.drawing for way in ways)),
        Row(name + "received in the rerun", "30 kB", *(way.received for way in ways)),
        Row(name + "sent", "", *(way.sent for way in ways)),
    ]


@dataclass(frozen=True, slots=True)
class Lasso:
    """What one lasso cost."""

    gallery: str
    points: str
    drawing: str
    received: str
    sent: str


def _lasso(browser: Browser, address: str, query: str) -> Lasso:
    with opened(browser, address, query) as (page, traffic):
        page.evaluate(_WATCH_RELEASE)
        before = Traffic(traffic.received, traffic.sent)
        drawing = _draw_around_a_fifth(page)
        page.wait_for_function("() => window.release.gallery")
        page.wait_for_timeout(1_000)
        release = page.evaluate("window.release")
    points = f"{release['points']:.0f} ms" if "points" in release else "not told"
    received, sent = traffic.received - before.received, traffic.sent - before.sent
    return Lasso(
        f"{release['gallery']:.0f} ms", points, f"{drawing:.2f} s",
        f"{received / 1000:,.1f} kB", f"{sent / 1000:,.1f} kB",
    )  # fmt: skip


def _draw_around_a_fifth(page: Page) -> float:
    """A loop around the points on the left; seconds from its first to its last move."""
    places = page.evaluate(_PLACES)
    xs, ys = sorted(x for x, _ in places), sorted(y for _, y in places)
    left, right, top, bottom = xs[0] - 8, xs[len(xs) // 5], ys[0] - 4, ys[-1] + 4
    down = [(left, top + (bottom - top) * step / 11) for step in range(12)]
    page.mouse.move(*down[0])
    page.mouse.down()
    began = time.perf_counter()
    for x, y in [*down, *((right, y) for _, y in reversed(down))]:
        page.mouse.move(x, y)
    drawing = time.perf_counter() - began
    page.mouse.up()
    return drawing


def measure_ring(browser: Browser, address: str) -> Row:
    """From a hover in another component to the ring on the map."""
    with opened(browser, address, "n=100000") as (page, _):
        tries = [page.evaluate(_RING, row) for row in range(0, 100_000, 10_000)]
    redraws = sum(count for _, count in tries)
    value = f"{statistics.median(ms for ms, _ in tries):.0f} ms, {redraws} redraws"
    return Row("gallery -> ring on the map, 100,000, median", "200 ms", value, "not measured")


def measure_recoloring(browser: Browser, address: str) -> Row:
    """From the choice of another grouping to the repainted points, contents made already."""
    times = []
    with opened(browser, address, "n=10000") as (page, _):
        page.evaluate(_WATCH_COLOR)
        for name in ("label", "cluster", "label", "cluster", "label", "cluster"):
            page.get_by_role("combobox").click()
            page.evaluate("window.recolored = null")
            page.get_by_role("option", name=name).click()
            page.wait_for_function("() => window.recolored", polling=20)
            times.append(page.evaluate("window.recolored"))
            page.wait_for_timeout(500)
    value = f"{statistics.median(times[2:]):.0f} ms"
    return Row("another grouping, cached, 10,000, median", "400 ms", value)


if __name__ == "__main__":
    main()

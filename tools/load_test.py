"""Many people at one dashboard: errors, how long a lasso takes, and what memory is given back.

    python tools/load_test.py [--sessions 20] [--seconds 60] [--images 10000] [--waves 2]

Each session hovers, draws lassos and changes k at the pace of a person; the sessions speak
Streamlit's protocol without a browser, and one Chromium beside them shows that it is the same.
Then somebody asks for a sweep that was never computed, while the others go on. When all have left,
as many others come, wave after wave: what the server takes after each tells whether it grows.
"""

import argparse
import os
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from browser import serve
from load_memory import Memory, watch_memory
from load_page import lasso_in_browser
from load_people import Load, Times, use_all
from load_session import Session
from load_study import make_study

from dashboard.tidying import GRACE_SECONDS

K = 5
"""Clusters at the start."""
GOAL_SECONDS = 1.5
"""Of the 95th percentile of a lasso."""
_HEAVY_SECONDS = 20.0
_UNTIL_GIVEN_BACK_SECONDS = GRACE_SECONDS + 20
"""A session stays for a while, as its page may only have lost the network."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it.

    Attributes:
        normal: of the minute.
        heavy: while somebody's sweep was computed.
        memory: of the server, until a while after all pages have closed.
        browser: seconds of lassos in the one real page; empty without a Chromium.
        cpu: seconds of a processor that the server took for the minute.
        log: what the server has said.
    """

    normal: Times
    heavy: Times
    memory: Memory
    browser: tuple[float, ...] = ()
    cpu: float = 0.0
    log: str = ""

    @property
    def is_good(self) -> bool:
        """No error, and the goal is met."""
        lassos = self.normal.seconds.get("lasso", [])
        quick = bool(lassos) and float(np.percentile(lassos, 95)) <= GOAL_SECONDS
        return quick and not self.normal.troubles and not self.heavy.troubles


def measure(
    images: Path,
    cache: Path,
    load: Load,
    *,
    heavy_seconds: float,
    with_browser: bool,
    waves: int = 1,
) -> Report:
    """Start a dashboard, open the sessions, use them, close them; then the other waves."""
    link = {"source": images, "weights": "embedded", "k": K}
    browser: list[float] = []
    with serve(cache) as address, watch_memory(_find_server()) as memory:
        with ExitStack() as stack:
            sessions = _open_sessions(address, link, load, stack)
            memory.note("all pages open")

            def beside() -> None:
                if with_browser:
                    browser.extend(lasso_in_browser(sessions[0].link, seconds=load.seconds))

            before = memory.cpu_seconds
            normal = _use_beside(beside, sessions, load)
            cpu = memory.cpu_seconds - before
            memory.note("after the minute")
            heavy_load = Load(load.sessions, heavy_seconds, load.pause)
            heavy = _use_beside(lambda: _sweep(address, images), sessions, heavy_load)
            memory.note("beside the sweep")
        time.sleep(_UNTIL_GIVEN_BACK_SECONDS)
        memory.note("after all pages closed")
        for wave in range(2, waves + 1):
            _come_and_go(address, link, load, seed=wave)
            memory.note(f"after wave {wave}")
        log = cache.with_suffix(".log").read_text(errors="replace")
        return Report(normal, heavy, memory, tuple(browser), cpu, log)


def _open_sessions(
    address: str, link: dict[str, Any], load: Load, stack: ExitStack
) -> list[Session]:
    """All at once; the stack closes them."""
    sessions = [stack.enter_context(Session(address, **link)) for _ in range(load.sessions)]
    with ThreadPoolExecutor(load.sessions) as pool:
        list(pool.map(Session.open, sessions))
    return sessions


def _come_and_go(address: str, link: dict[str, Any], load: Load, *, seed: int) -> None:
    """Other people do as those before them, and leave."""
    with ExitStack() as stack:
        use_all(_open_sessions(address, link, load, stack), load, seed=seed)
    time.sleep(_UNTIL_GIVEN_BACK_SECONDS)


def _use_beside(work: Callable[[], None], sessions: Sequence[Session], load: Load) -> Times:
    """All sessions are used while something else goes on."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    times = use_all(sessions, load, seed=0)
    thread.join()
    return times


def _sweep(address: str, images: Path) -> None:
    """Somebody opens the Compare page with values of k that were never computed."""
    view = {"source": images, "weights": "embedded", "k": K, "k_from": 2, "k_to": 30}
    with Session(address, **view) as session:
        session.open()
        session.go_to("Compare")


def _find_server() -> psutil.Process:
    """The dashboard is the one child of this process that has `dashboard` among its words."""
    children = psutil.Process().children()
    return next(one for one in children if "dashboard" in one.cmdline())


def tabulate(report: Report, load: Load) -> str:
    """The report as a table in Markdown, and the memory below it."""
    lines = [
        f"{load.sessions} sessions, a gesture every {load.pause:g} s each",
        "",
        "| when | what | times | median s | 95 % s | longest s |",
        "|---|---|---|---|---|---|",
    ]
    for when, times in (("normally", report.normal), ("beside a sweep", report.heavy)):
        for what, seconds in sorted(times.seconds.items()):
            median, high, longest = np.percentile(seconds, [50, 95, 100])
            figures = f"{len(seconds)} | {median:.2f} | {high:.2f} | {longest:.2f}"
            lines.append(f"| {when} | {what} | {figures} |")
    if report.browser:
        median, longest = np.median(report.browser), max(report.browser)
        figures = f"{len(report.browser)} | {median:.2f} | | {longest:.2f}"
        lines.append(f"| normally | lasso in a Chromium | {figures} |")
    memory = [f"{moment}: {size:,.0f} MiB" for moment, size in report.memory.notes.items()]
    lines += ["", "; ".join([*memory, f"at most: {report.memory.peak:,.0f} MiB"])]
    lines.append(f"the server took {report.cpu:.0f} s of a processor in {load.seconds:.0f} s")
    troubles = Counter(report.normal.troubles + report.heavy.troubles)
    lines += [f"TROUBLE, {count} times: {one}" for one, count in troubles.items()] or ["no errors"]
    return "\n".join(lines)


def main() -> None:
    """Run it, print the table, and say by the exit status whether it is good."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--pause", type=float, default=3, help="between two gestures of a session")
    parser.add_argument("--heavy-seconds", type=float, default=_HEAVY_SECONDS)
    parser.add_argument(
        "--keep", type=Path, help="a folder for the images and what is known of them"
    )
    parser.add_argument("--waves", type=int, default=2, help="of people, one after the other")
    parser.add_argument("--no-browser", action="store_true", help="without a Chromium beside")
    asked = parser.parse_args()
    load = Load(asked.sessions, asked.seconds, asked.pause)
    with tempfile.TemporaryDirectory() as folder:
        images, ready = make_study(asked.keep or Path(folder), asked.images, k=K)
        # Each run starts from the same cache, in which only the first page is ready.
        cache = Path(shutil.copy(ready, Path(folder) / "cache.sqlite"))
        report = measure(
            images, cache, load,
            heavy_seconds=asked.heavy_seconds, with_browser=not asked.no_browser, waves=asked.waves,
        )  # fmt: skip
    print(tabulate(report, load))
    if report.normal.troubles or report.heavy.troubles:
        print(report.log)
    print(f"load average: {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
    raise SystemExit(not report.is_good)


if __name__ == "__main__":
    main()

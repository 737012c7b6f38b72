"""A dashboard of its own and a Chromium to look at it: for the benchmark, screenshots and tests."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
MAP_IS_DRAWN = """() => {
    const layout = document.querySelector(".js-plotly-plot")?._fullLayout;
    const scene = layout?._plots?.xy?._scene;
    return Boolean(scene && scene.count > 0 && !scene.dirty);
}"""
"""True in the page once the map's points are on the screen."""

_START_SECONDS = 60


def find_chromium() -> str | None:
    """The program of a Chromium or Chrome on this machine, or None."""
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def serve(cache: Path, *options: str) -> Iterator[str]:
    """Run `python -m dashboard` over a cache file, as a user would; give its address.

    Raises:
        RuntimeError: the server ended, or did not answer within a minute.
    """
    port = _free_port()
    command = [sys.executable, "-m", "dashboard", *options, "--no-browser"]
    command += ["--port", str(port), "--cache", str(cache)]
    log = cache.with_suffix(".log")
    with log.open("w") as file, subprocess.Popen(command, stdout=file, stderr=file) as server:
        try:
            _wait_for(f"http://localhost:{port}", server)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()  # noqa: S310
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the dashboard did not start")

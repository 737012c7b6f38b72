"""A dashboard of its own and a Chromium to look at it: for the benchmark, screenshots and tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
MAP_IS_DRAWN = """() => {
    const map = document.querySelector('.groupsight-map[data-state="drawn"]');
    const layout = map?.querySelector(".js-plotly-plot")?._fullLayout;
    if (!layout) return false;
    if (layout.scene) return Object.keys(layout.scene._scene?.traces ?? {}).length > 0;
    const flat = layout._plots?.xy?._scene;
    if (flat) return flat.count > 0 && !flat.dirty;
    return Boolean(map.querySelector(".scatterlayer .point"));
}"""
"""True in the page once the map's points are on the screen, on the plane or in space."""

ROOT = Path(__file__).parents[1]
_START_SECONDS = 60
_QUIET = {
    "server.address": "localhost",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
}


def find_chromium() -> str | None:
    """The program of a Chromium or Chrome on this machine, or None."""
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def serve(
    cache: Path,
    *options: str,
    program: Sequence[str] = ("-m", "dashboard"),
    environment: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Run `python -m dashboard` over a cache file, as a user would; give its address.

    Args:
        cache: the cache file; the server's log lies beside it.
        options: further options of the dashboard.
        program: what Python is to run instead, with the dashboard's options.
        environment: what the server is told besides this process's environment.

    Raises:
        RuntimeError: the server ended, or did not answer within a minute; with what it said.
    """
    port = _free_port()
    command = [sys.executable, *program, *options, "--no-browser"]
    command += ["--port", str(port), "--cache", str(cache), "--root", "/"]
    told = {"PYTHONPATH": str(ROOT), **(environment or {})}
    with _running(command, port, cache.with_suffix(".log"), told) as address:
        yield address


@contextmanager
def serve_script(script: Path, log: Path) -> Iterator[str]:
    """Run a Streamlit script, or a file with an app, that shows a part alone; give its address.

    Raises:
        RuntimeError: the server ended, or did not answer within a minute; with what it said.
    """
    port = _free_port()
    flags = [f"--{name}={value}" for name, value in (_QUIET | {"server.port": port}).items()]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *flags]
    path = os.pathsep.join([str(ROOT), str(script.parent)])
    with _running(command, port, log, {"PYTHONPATH": path}) as address:
        yield address


@contextmanager
def _running(
    command: Sequence[str], port: int, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    variables = os.environ | dict(environment or {})
    with (
        log.open("w") as file,
        subprocess.Popen(command, env=variables, stdout=file, stderr=file) as server,
    ):
        try:
            _wait_for(f"http://localhost:{port}", server, log)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()  # noqa: S310
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')}")

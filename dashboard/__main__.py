"""`python -m dashboard [SOURCE]`: start the server and open the page in a browser."""

import json
import os
import socket
import sys
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import click
import typer
from streamlit.web import cli

from core.addresses import expand, expand_home, is_address
from core.caching.sizes import LIMIT_VARIABLE
from core.errors import CoreError
from core.logs import Level
from core.pictures import limits
from core.whole_files import is_same
from dashboard.environment import (
    CACHE_VARIABLE,
    HOSTS_VARIABLE,
    LOG_VARIABLE,
    PRESET_VARIABLE,
    ROOTS_VARIABLE,
    WRITABLE_VARIABLE,
)
from dashboard.security import is_local, warn_of_strangers

_APP = Path(__file__).with_name("app.py")
_FIRST_PORT = 8501
_PORTS_TRIED = 50
_LARGEST_UPLOAD_MB = 100
"""An image to search for, or a journal."""
_START_SECONDS = 60
_SHARDS = "parquet:"
"""Before the address of a folder of shards."""


def open_dashboard(
    source: Annotated[
        str,
        typer.Argument(
            help="A folder, a CSV manifest, digits, torchvision:NAME, parquet:ADDRESS; or nothing."
        ),
    ] = "",
    *,
    images: Annotated[str, typer.Option(help="For a manifest: the folder of its images.")] = "",
    weights: Annotated[
        str, typer.Option(help="auto, imagenet, embedded or a file. Default: auto.")
    ] = "",
    k: Annotated[int, typer.Option(help="How many clusters at the start. Default: 5.")] = 0,
    cache: Annotated[str, typer.Option(help="The cache file.")] = "",
    root: Annotated[
        list[str] | None,
        typer.Option(
            help="A folder, or an address such as s3://bucket, that the page may open; may be "
            "named several times. Default: SOURCE, or else your home folder."
        ),
    ] = None,
    port: Annotated[int, typer.Option(help="Default: the first free one from 8501.")] = 0,
    address: Annotated[
        str, typer.Option(help="Where to listen; 0.0.0.0 lets other machines in.")
    ] = "localhost",
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name under which a proxy calls this server.")
    ] = None,
    cache_limit: Annotated[
        str,
        typer.Option(
            help="Above this size the files of the search over shards are given up, then what was "
            "not used for longest; 0: no limit. Default: 20GB."
        ),
    ] = "",
    max_pixels: Annotated[
        str, typer.Option(help="Larger images are listed and not read. Default: 125MP.")
    ] = "",
    max_file_size: Annotated[
        str, typer.Option(help="Larger files are listed and not read. Default: 1GB.")
    ] = "",
    log_level: Annotated[
        Level, typer.Option(help="From which weight on something is written to stderr.")
    ] = Level.WARNING,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """See how images group, in a browser on this machine."""
    with _as_bad_parameters():
        source = _as_source(source)
        roots = [_as_root(one) for one in root or _default_roots(source, images)]
        kept_in = str(expand_home(cache, "cache file").absolute()) if cache else ""
    chosen = {"source": source, "images": images, "weights": weights, "k": k}
    preset = {name: value for name, value in chosen.items() if value}
    os.environ[PRESET_VARIABLE] = json.dumps(preset)
    tell = {
        CACHE_VARIABLE: kept_in,
        LIMIT_VARIABLE: cache_limit,
        limits.PIXELS_VARIABLE: max_pixels,
        limits.FILE_SIZE_VARIABLE: max_file_size,
        LOG_VARIABLE: log_level,
        ROOTS_VARIABLE: json.dumps(roots),
        WRITABLE_VARIABLE: json.dumps(roots if root else []),
        HOSTS_VARIABLE: json.dumps(allow_host or []),
    }
    os.environ.update({name: value for name, value in tell.items() if value})
    _check_limits()
    sys.stderr.write(warn_of_strangers(address, roots))
    port = port or _free_port()
    page = f"http://{address if is_local(address) else socket.gethostname()}:{port}"
    link = f"{page}/?{urlencode(preset)}" if preset else page
    here = f"http://localhost:{port}"
    threading.Thread(target=_announce, args=(here, link, browser), daemon=True).start()
    _serve(address, port, [f"https://{name}" for name in allow_host or []])


@contextmanager
def _as_bad_parameters() -> Iterator[None]:
    """What is misspelled is said here, and not beside the images."""
    try:
        yield
    except CoreError as error:
        raise typer.BadParameter(str(error)) from error


def _check_limits() -> None:
    with _as_bad_parameters():
        limits.max_pixels()
        limits.max_file_size()


def _as_root(root: Path | str) -> str:
    """An address as it is, a path in full."""
    return str(root) if is_address(str(root)) else str(_in_full(expand_home(str(root), "folder")))


def _default_roots(source: str, images: str) -> Sequence[Path | str]:
    """The folder or address that was named, or that of the file; else all that is one's own."""
    source = source.removeprefix(_SHARDS)
    if is_address(source):
        return [source]
    given = [expand(one, "folder") for one in (source, images) if one]
    named = [one for one in given if one.exists()]
    return [one if one.is_dir() else one.parent for one in named] or [Path.home()]


def _as_source(source: str) -> str:
    """A path that stays right whatever folder the page is opened from."""
    kind = _SHARDS if source.startswith(_SHARDS) else ""
    place = source.removeprefix(kind)
    path = expand(place, "folder or CSV file")
    return f"{kind}{_in_full(path)}" if place and path.exists() else source


def _in_full(path: Path) -> Path:
    """The whole path, without `..` where it leads there: behind a symbolic link it may not."""
    neat = Path(os.path.normpath(path.absolute()))
    return neat if is_same(path, str(neat)) else path.absolute()


def _free_port() -> int:
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS_TRIED):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise typer.BadParameter(f"no free port from {_FIRST_PORT}: name one with --port")


def _serve(address: str, port: int, origins: Sequence[str]) -> None:
    """Run Streamlit in this process, silent about itself.

    Args:
        address: where to listen.
        port: likewise.
        origins: of pages that may open a socket, besides the server's own.
    """
    options = {
        "server.port": port,
        "server.address": address,
        "server.maxUploadSize": _LARGEST_UPLOAD_MB,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        # As tight as it goes, whatever a configuration file of Streamlit's says.
        "server.enableCORS": "true",
        "server.enableXsrfProtection": "true",
        "server.xsrfCookieSameSite": "strict",
        "server.enableStaticServing": "false",
        "server.enableAgentApi": "false",
        "server.allowRunOnSave": "false",
        "client.showErrorDetails": "none",
        "server.showEmailPrompt": "false",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        # A collection after every run takes a third of a second in which nobody is served: Python
        # collects by itself, and dashboard/tidying.py once a page has closed.
        "runner.postScriptGC": "false",
        "logger.level": "warning",
        # A slider has a default and is set where its length changes; nothing is amiss then.
        "global.disableWidgetStateDuplicationWarning": "true",
        "logger.hideWelcomeMessage": "true",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    flags += [f"--server.corsAllowedOrigins={origin}" for origin in origins]
    with suppress(KeyboardInterrupt, click.Abort):  # Ctrl+C is the way to stop it
        cli.main(["run", str(_APP), *flags], standalone_mode=False)


def _announce(address: str, link: str, open_browser: bool) -> None:
    """Once the server answers: a browser that is opened before shows an error."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()  # noqa: S310
        except OSError:
            time.sleep(0.05)
            continue
        sys.stderr.write(f"Groupsight is at {link}\nStop it with Ctrl+C.\n")
        if open_browser:
            webbrowser.open(link)
        return


def main() -> None:
    """Run the launcher."""
    typer.run(open_dashboard)


if __name__ == "__main__":
    main()

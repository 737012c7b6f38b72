"""A download that goes on where it stopped, gives up on silence, and is checked by its hash."""

import hashlib
import queue
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

from core.errors import CoreError
from core.progress import Progress, Watch

SILENCE_SECONDS = 10.0
_CHUNK = 1 << 18
_MEGABYTE = 1_000_000


def download(url: str, target: Path, *, sha256_prefix: str, watch: Watch) -> None:
    """Fetch `url` into `target`, which appears only when it is whole.

    Raises:
        CoreError: no byte came for ten seconds, the server refused, or the hash is another.
        Cancelled: `watch` said so; what came is kept and used the next time.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        _fetch(url, part, watch)
    except (OSError, ValueError) as error:
        # A URLError wraps what the network said; an HTTPError, its subclass, speaks for itself.
        reason = error.reason if type(error) is urllib.error.URLError else error
        raise CoreError(
            f"cannot download {part.stem} from {_host(url)}: {reason}. Try again, and it goes on"
        ) from error
    found = file_digest(part)
    if not found.startswith(sha256_prefix):
        part.unlink()
        raise CoreError(f"{url} arrived damaged: its SHA-256 begins with {found[:8]}. Try again")
    part.replace(target)


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc


def file_digest(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Piece(NamedTuple):
    """Some bytes, with the status and the length in bytes that the response announced."""

    data: bytes
    status: int
    length: int


def _fetch(url: str, part: Path, watch: Watch) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - a constant of ours
    total = have
    for piece in _pieces(request):
        if piece.status != HTTPStatus.PARTIAL_CONTENT and not piece.data:
            have = 0  # the server sends the whole of it
            part.write_bytes(b"")
        if not piece.data:
            total = have + piece.length
            continue
        with part.open("ab") as file:
            file.write(piece.data)
        have += len(piece.data)
        watch.step(Progress("download", have // _MEGABYTE, total // _MEGABYTE, "MB"))
    if have < total:
        raise OSError(f"the connection ended after {have:,} of {total:,} bytes")


def _pieces(request: urllib.request.Request) -> Iterator[_Piece]:
    """The response, read in a thread: looking up a name has no time limit of its own."""
    arrived: queue.Queue[_Piece | OSError | None] = queue.Queue(maxsize=64)
    threading.Thread(target=_pump, args=(request, arrived), daemon=True).start()
    while True:
        try:
            piece = arrived.get(timeout=SILENCE_SECONDS)
        except queue.Empty:
            raise OSError(f"no byte came for {SILENCE_SECONDS:g} seconds") from None
        if piece is None:
            return
        if isinstance(piece, OSError):
            raise piece
        yield piece


def _pump(request: urllib.request.Request, arrived: "queue.Queue[_Piece | OSError | None]") -> None:
    """Fill the queue; end when nobody empties it any more."""
    with suppress(queue.Full):
        try:
            with urllib.request.urlopen(request, timeout=SILENCE_SECONDS) as response:  # noqa: S310
                length = int(response.headers.get("Content-Length", 0))
                arrived.put(_Piece(b"", response.status, length))
                while data := response.read1(_CHUNK):
                    arrived.put(_Piece(data, response.status, length), timeout=SILENCE_SECONDS)
            arrived.put(None, timeout=SILENCE_SECONDS)
        except (OSError, HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()  # it is a response too, and holds the connection
            whole = getattr(error, "code", 0) == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            failure = error if isinstance(error, OSError) else OSError(str(error))
            arrived.put(None if whole else failure, timeout=SILENCE_SECONDS)

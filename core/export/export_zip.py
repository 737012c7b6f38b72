"""The folders of an export as one ZIP: the same bytes whenever the same images go into it."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from core import __version__
from core.export.export_folders import Read
from core.export.export_plan import MAKING, Placed, Written, describe_files
from core.pictures.decoding import ImageProblem
from core.progress import Progress, Watch
from core.whole_files import whole_file

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP can tell."""
_UNIX = 3
_MODE = 0o100644 << 16
"""A plain file that all may read."""
_UNWATCHED = Watch()


def write_zip(
    placed: Sequence[Placed],
    target: Path,
    *,
    read: Read,
    made_by: Mapping[str, Any],
    watch: Watch = _UNWATCHED,
) -> Written:
    """A folder a cluster and `making.json`, in a file that is written whole or not at all.

    Images are stored as they are, since their formats are compressed; one at a time is in memory.

    Args:
        placed: what goes where.
        target: a file that is not there yet.
        read: gives the bytes of an image.
        made_by: what `making.json` says besides the files.
        watch: told of every image.

    Raises:
        CoreError: `target` is there already, or cannot be written; nothing of it is left.
        Cancelled: `watch` said so; nothing of it is left.
    """
    with whole_file(target) as file:
        return fill_zip(placed, file, read=read, made_by=made_by, watch=watch)


def fill_zip(
    placed: Sequence[Placed],
    file: BinaryIO,
    *,
    read: Read,
    made_by: Mapping[str, Any],
    watch: Watch = _UNWATCHED,
) -> Written:
    """The same into an open file, which may be one that cannot be rewound, such as a pipe.

    Raises:
        OSError: it cannot be written.
        Cancelled: `watch` said so.
    """
    missing: list[tuple[str, str]] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as made:
        for done, _ in enumerate(_fill(made, placed, read, made_by, missing)):
            watch.step(Progress("export", done, len(placed)))
    return Written(len(placed) - len(missing), tuple(missing))


def stream_zip(
    placed: Sequence[Placed], *, read: Read, made_by: Mapping[str, Any]
) -> Iterator[bytes]:
    """The same as parts that follow each other, an image each: no more than one is in memory.

    The bytes differ from those of a file: sizes stand after each image, not before it.
    """
    parts = _Parts()
    with zipfile.ZipFile(cast(BinaryIO, parts), "w", zipfile.ZIP_STORED) as made:
        for _ in _fill(made, placed, read, made_by, []):
            yield parts.take()
    yield parts.take()


class _Parts:
    """A file that can only be written; what was written is taken out of it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing to do: what is written is there to be taken."""

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def _fill(
    made: zipfile.ZipFile,
    placed: Sequence[Placed],
    read: Read,
    made_by: Mapping[str, Any],
    missing: list[tuple[str, str]],
) -> Iterator[None]:
    """Write image after image, stopping before each and before the last entry, `making.json`.

    `missing` takes the images that could not be read.
    """
    for one in placed:
        yield
        try:
            data = read(one.id)
        except ImageProblem as problem:
            missing.append((one.file, str(problem)))
            continue
        made.writestr(_entry(one.file), data)
    yield
    facts = {"groupsight": __version__, **made_by}
    made.writestr(_entry(MAKING), describe_files(placed, facts, missing))


def _entry(name: str) -> zipfile.ZipInfo:
    """Without the time and the system of its making."""
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.create_system = _UNIX
    entry.external_attr = _MODE
    return entry

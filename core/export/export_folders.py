"""A folder a cluster, by copy, hard link or symlink: originals are read and never touched.

Every file is written whole or not at all, so what was stopped goes on where it ended.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from core import __version__
from core.errors import CoreError
from core.export.export_plan import MAKING, Placed, Written, describe_files, digest_plan
from core.images import identify
from core.pictures.decoding import ImageProblem
from core.progress import Progress, Watch
from core.whole_files import (
    cannot_write,
    is_partial,
    refuse_existing,
    whole_file,
    write_whole,
)

Read = Callable[[str], bytes]
"""From the id of an image to its bytes."""
_UNWATCHED = Watch()


class Link(StrEnum):
    """How an image comes to its place."""

    COPY = "copy"
    HARD = "hard"
    SYM = "sym"


def write_folders(
    placed: Sequence[Placed],
    target: Path,
    *,
    read: Read,
    made_by: Mapping[str, Any],
    link: Link = Link.COPY,
    watch: Watch = _UNWATCHED,
) -> Written:
    """Put each image in the folder of its cluster, and `making.json` beside the folders.

    The same call goes on with a folder that an earlier one, stopped or killed, has left.

    Args:
        placed: what goes where.
        target: a folder that is empty or not there yet; its parent is.
        read: gives the bytes of an image; an image without a file is written from them.
        made_by: what `making.json` says besides the files.
        link: how.
        watch: told of every image.

    Raises:
        CoreError: `target` holds something else, or cannot be written. Images that have their
            place stay there for the next call; where none has, nothing is left.
        Cancelled: `watch` said so.
    """
    facts = {"groupsight": __version__, **made_by, "link": str(link)}
    facts["plan"] = digest_plan(placed, facts)
    is_new = _open_target(target, facts["plan"])
    images, missing = 0, []
    try:
        _tell(target, placed, {**facts, "complete": False})
        for done, one in enumerate(placed):
            watch.step(Progress("export", done, len(placed)))
            try:
                _place(one, target, link, read)
                images += 1
            except ImageProblem as problem:
                missing.append((one.file, str(problem)))
        watch.step(Progress("export", len(placed), len(placed)))
        _tell(target, placed, {**facts, "complete": True}, missing)
    except CoreError as error:
        if images:
            there = f"{images:,} of {len(placed):,} images are there"
            raise CoreError(f"{error}; {there}, the same export will go on from them") from error
        _clear(placed, target, remove=is_new)
        raise
    return Written(images, tuple(missing))


def _tell(
    target: Path,
    placed: Sequence[Placed],
    facts: Mapping[str, Any],
    missing: Sequence[tuple[str, str]] = (),
) -> None:
    write_whole(target / MAKING, describe_files(placed, facts, missing), replace=True)


def _open_target(target: Path, plan: str) -> bool:
    """Make the folder, or make sure that it is empty or an unfinished export of the same plan."""
    try:
        if not os.path.lexists(target):
            target.mkdir()
            return True
        _require_free(target, plan)
        for path in filter(is_partial, target.iterdir()):
            path.unlink()  # what a killed process was at work on
    except OSError as error:
        raise cannot_write(target, error) from error
    return False


def refuse_target(target: Path) -> None:
    """Say early, before long work, that folders cannot go there.

    Raises:
        CoreError: it is a file, holds something else, or has no parent.
    """
    if not os.path.lexists(target):
        refuse_existing(target)
        return
    try:
        _require_free(target)
    except OSError as error:
        raise cannot_write(target, error) from error


def _require_free(target: Path, plan: str | None = None) -> None:
    """It must be empty, or hold an unfinished export: of this plan, where one is given."""
    if not target.is_dir():
        raise CoreError(f"{target} is a file: name a folder")
    if all(map(is_partial, target.iterdir())):
        return
    try:
        facts = json.loads((target / MAKING).read_bytes())
        complete, made = facts["complete"], facts["plan"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CoreError(f"{target} is not empty: name a new folder or an empty one") from None
    if complete:
        raise CoreError(f"{target} holds a finished export: name a new folder")
    if plan not in {None, made}:
        raise CoreError(f"{target} holds another export, unfinished: name a new folder")


def _place(one: Placed, target: Path, link: Link, read: Read) -> None:
    place = target / one.file
    if one.original is None:
        link = Link.COPY  # there is nothing that a link could lead to
    if os.path.lexists(place):
        _require_same(place, one, link)
        return
    _make_folder(place.parent)
    if link is Link.COPY:
        _copy(one, place, target, read)
    else:
        _link(one, place, link)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _copy(one: Placed, place: Path, target: Path, read: Read) -> None:
    data = read(one.id)
    with whole_file(place, folder=target) as file:
        file.write(data)
        file.flush()
        with suppress(OSError):  # the original's time is a kindness, its bytes are the point
            if one.original is not None:
                status = one.original.stat()
                os.utime(file.name, ns=(status.st_atime_ns, status.st_mtime_ns))


def _link(one: Placed, place: Path, link: Link) -> None:
    original = _absolute(one)
    if not original.is_file():
        raise ImageProblem(f"no such file: {one.path}")
    try:
        if link is Link.SYM:
            place.symlink_to(original)
        else:
            place.hardlink_to(original.resolve())
    except OSError as error:
        kind = "symlink" if link is Link.SYM else "hard link"
        reason = error.strerror or error
        raise CoreError(
            f"no {kind} from {place} to {original}: {reason}: copy the images instead"
        ) from error


def _absolute(one: Placed) -> Path:
    return Path(os.path.abspath(one.original or ""))  # noqa: PTH100 - a link in it stays one


def _require_same(place: Path, one: Placed, link: Link) -> None:
    """What is there already must be what an earlier call has put there."""
    try:
        if link is Link.COPY:
            same = not place.is_symlink() and identify(place.read_bytes()) == one.id
        elif link is Link.SYM:
            same = place.readlink() == _absolute(one)
        else:
            same = not place.is_symlink() and place.samefile(_absolute(one))
    except OSError:
        same = False
    if not same:
        raise CoreError(f"{place} is there already and something else: name a new folder")


def _clear(placed: Sequence[Placed], target: Path, *, remove: bool) -> None:
    """Take away what was made before the first image: folders that are empty, and `making.json`."""
    with suppress(OSError):
        (target / MAKING).unlink(missing_ok=True)
    folders = {(target / one.file).parent for one in placed}
    for folder in [*folders, *([target] if remove else [])]:
        with suppress(OSError):
            folder.rmdir()

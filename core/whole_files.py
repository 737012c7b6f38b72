"""Files that are written whole or not at all, and never over one that is there."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.errors import CoreError

_PREFIX, _SUFFIX = ".groupsight-", ".part"


@contextmanager
def whole_file(
    path: Path, *, replace: bool = False, folder: Path | None = None
) -> Iterator[BinaryIO]:
    """A file to write into, which gets its name only once all is written.

    Args:
        path: the name.
        replace: whether a file of that name gives way.
        folder: where the file lies until then, on the same disk; else beside the name.

    Raises:
        CoreError: it cannot be written, or there is one already; nothing of it is left.
    """
    partial = (folder or path.parent) / f"{_PREFIX}{secrets.token_hex(4)}{_SUFFIX}"
    try:
        with partial.open("xb") as file:
            yield file
        _give_name(partial, path, replace=replace)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):  # where it has got its name, or could not be made
            partial.unlink()


def write_whole(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write a file, whole or not at all.

    Raises:
        CoreError: it cannot be written, or there is one already.
    """
    with whole_file(path, replace=replace) as file:
        file.write(data)


def cannot_write(path: Path, error: OSError) -> CoreError:
    """What is told to whoever asked for the file."""
    if isinstance(error, FileExistsError):
        return CoreError(f"cannot write {path}: it is there already, name another")
    return CoreError(f"cannot write {path}: {error.strerror or error}. Name another place")


def refuse_existing(*paths: Path) -> None:
    """Say early, before long work, that a file would not be written.

    Raises:
        CoreError: there is one already, or no folder for it.
    """
    for path in paths:
        if os.path.lexists(path):
            raise cannot_write(path, FileExistsError())
        require_folder(path)


def require_folder(path: Path) -> None:
    """Say early, before long work, that there is no folder for a file.

    Raises:
        CoreError: so it is.
    """
    # A Path would raise on a name that no folder can have.
    if not os.path.isdir(path.parent):  # noqa: PTH112
        raise CoreError(f"cannot write {path}: there is no folder {path.parent}, make it first")


def refuse_inputs(path: Path, inputs: Iterable[Path | str]) -> None:
    """Say early, before long work, that a file would take the place of one that is read.

    Args:
        path: to be written.
        inputs: what is read; names of other things than files are passed over.

    Raises:
        CoreError: one of them is the same file, by whatever name.
    """
    for one in inputs:
        if is_same(path, str(one)):
            raise CoreError(f"cannot write {path}: it would replace {one}, name another")


def is_same(path: Path, name: str) -> bool:
    """Whether both lead to one file, links followed; not where there is none."""
    try:
        return os.path.samefile(path, os.path.expanduser(name))  # noqa: PTH111, PTH121 - a Path raises
    except (OSError, ValueError):
        return False


def is_partial(path: Path) -> bool:
    """Whether a file is what a killed process left behind."""
    return path.name.startswith(_PREFIX) and path.name.endswith(_SUFFIX)


def _give_name(partial: Path, path: Path, *, replace: bool) -> None:
    if replace:
        partial.replace(path)
        return
    try:
        path.hardlink_to(partial)  # unlike a rename it fails where the name is taken
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links, such as a memory stick
        if os.path.lexists(path):
            raise FileExistsError from None
        partial.rename(path)

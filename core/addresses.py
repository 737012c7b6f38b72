"""Addresses that fsspec knows, and paths; and what fails at them, in one sentence each.

Local paths, `s3://`, `gs://`, `https://`, `memory://` and so on; each kind comes with a package of
its own, which says in its own words what fails.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import CoreError

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PACKAGES = {
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("http", "https"), "aiohttp"),
    **dict.fromkeys(("az", "abfs", "adl"), "adlfs"),
}
"""What reads each kind of address; none of it is needed for a local folder."""
_REASONS: dict[type[Exception], str] = {
    FileNotFoundError: "there is nothing of that name",
    PermissionError: "access is denied",
    NotImplementedError: "addresses of this kind are only read",
}


def is_address(name: str) -> bool:
    """Whether a name is an address such as s3://bucket/folder, and no path of this machine."""
    return _ADDRESS.match(name) is not None and not name.lower().startswith("file://")


def expand_home(name: str, what: str) -> Path:
    """The path of that name, ~ being somebody's own folder, without a look at what is there.

    So it can be asked first whether there may be one.

    Args:
        name: as it was typed.
        what: should be there, for the message.

    Raises:
        CoreError: no path is written so, or nobody has that home.
    """
    try:
        if "\0" in name:
            raise ValueError("embedded null byte")
        return Path(name).expanduser()
    except (ValueError, RuntimeError) as error:
        raise CoreError(f"no such {what}: {name!r} ({error}). Name another") from error


def expand(name: str, what: str) -> Path:
    """As `expand_home`, and the disk has no objection to the path; nothing need be there.

    Args:
        name: as it was typed.
        what: should be there, for the message.

    Raises:
        CoreError: no path can be called so.
    """
    path = expand_home(name, what)
    try:
        path.stat()
    except FileNotFoundError:
        return path
    except (OSError, ValueError) as error:
        raise CoreError(f"no such {what}: {name!r} ({error}). Name another") from error
    return path


def open_address(uri: str) -> tuple[Any, str]:
    """The file system of an address, or of a local path, and the path within it.

    Raises:
        CoreError: there is no such kind of address, or its package is not installed.
    """
    from fsspec.core import url_to_fs  # noqa: PLC0415 - needed by few

    with plain_failures(uri):
        system, path = url_to_fs(uri)
    return system, str(path).rstrip("/")


@contextmanager
def plain_failures(uri: str, *, doing: str = "read") -> Iterator[None]:
    """Turn whatever a file system raises into a sentence with the address and the fix."""
    try:
        yield
    except CoreError:
        raise
    except Exception as error:  # each file system raises exceptions of its own
        raise CoreError(explain(uri, error, doing=doing)) from error


def explain(uri: str, error: Exception, *, doing: str = "read") -> str:
    """Why an address cannot be read or written, in one sentence."""
    said = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, ImportError):
        package = _PACKAGES.get(uri.partition("://")[0], "its fsspec package")
        return f"{uri} needs {package}: pip install {package}"
    if isinstance(error, ValueError) and "Protocol not known" in said:
        return f"{uri} is no address that can be opened: a path, s3://, gs:// or https://"
    if "credential" in f"{type(error).__name__} {said}".lower():
        return (
            f"{uri} cannot be {doing}: no valid credentials were found ({said}). Set those of "
            "the provider, such as AWS_PROFILE or GOOGLE_APPLICATION_CREDENTIALS"
        )
    if isinstance(error, FileNotFoundError) and doing == "written":
        return f"{uri} cannot be written: there is no such bucket or folder"
    reason = next((words for kind, words in _REASONS.items() if isinstance(error, kind)), said)
    return f"{uri} cannot be {doing}: {reason}"

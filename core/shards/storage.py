"""A folder at any address that fsspec knows: listed, read, and written file by file, whole.

Local paths, `s3://`, `gs://`, `memory://` and so on; each kind comes with a package of its own,
which says in its own words what fails. Here every failure becomes one sentence.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

from core.errors import CoreError

_PACKAGES = {
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("http", "https"), "aiohttp"),
    **dict.fromkeys(("az", "abfs", "adl"), "adlfs"),
}
"""What reads each kind of address; none of it is needed for a local folder."""
_WITHOUT_FOLDERS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "adl"})
"""Buckets: a name is a key, and making a folder could make a bucket."""
_PARTIAL = ".partial"
_REASONS: dict[type[Exception], str] = {
    FileNotFoundError: "there is nothing of that name",
    PermissionError: "access is denied",
    NotImplementedError: "addresses of this kind are only read",
}


@dataclass(frozen=True)
class Folder:
    """A folder that need not exist yet. It can be sent to another machine.

    Raises:
        CoreError: on every use that fails: no such kind of address, unreachable, no credentials.
    """

    uri: str

    @cached_property
    def _place(self) -> tuple[Any, str]:
        """The file system and the path within it."""
        from fsspec.core import url_to_fs  # noqa: PLC0415 - needed by few

        with plain_failures(self.uri):
            system, path = url_to_fs(self.uri)
        return system, str(path).rstrip("/")

    def __getstate__(self) -> dict[str, Any]:
        return {"uri": self.uri}  # a file system holds connections

    def path(self, name: str) -> str:
        """Of a file in it, for messages."""
        return f"{self.uri.rstrip('/')}/{name}"

    def names(self) -> list[str]:
        """Of the files in it, sorted; none where there is no such folder."""
        system, root = self._place
        with plain_failures(self.uri):
            system.invalidate_cache()
            try:
                listed = system.ls(root, detail=False)
            except FileNotFoundError:
                return []
        return sorted(str(path).rstrip("/").rpartition("/")[2] for path in listed)

    def read(self, name: str) -> bytes:
        """All of one file."""
        system, root = self._place
        with plain_failures(self.path(name)):
            data: bytes = system.cat_file(f"{root}/{name}")
        return data

    def open(self, name: str) -> BinaryIO:
        """One file, to read from any place in it."""
        system, root = self._place
        with plain_failures(self.path(name)):
            opened: BinaryIO = system.open(f"{root}/{name}", "rb")
        return opened

    def write(self, name: str, data: bytes) -> None:
        """Write a file under a temporary name, then give it its own: it is whole or not there."""
        system, root = self._place
        partial = f"{root}/.{name}-{secrets.token_hex(4)}{_PARTIAL}"
        with plain_failures(self.path(name), doing="written"):
            if not _WITHOUT_FOLDERS.intersection(_protocols(system)):
                system.makedirs(root, exist_ok=True)
            try:
                system.pipe_file(partial, data)
                system.mv(partial, f"{root}/{name}")
            except BaseException:
                with suppress(Exception):
                    system.rm_file(partial)
                raise

    def clear_partials(self) -> None:
        """Remove what killed writers left behind; only once nobody writes any more."""
        system, root = self._place
        for name in self.names():
            if name.startswith(".") and name.endswith(_PARTIAL):
                with plain_failures(self.path(name)):
                    system.rm_file(f"{root}/{name}")


def _protocols(system: Any) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


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
    reason = next((words for kind, words in _REASONS.items() if isinstance(error, kind)), said)
    return f"{uri} cannot be {doing}: {reason}"

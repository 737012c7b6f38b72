"""A folder at any address that fsspec knows: listed, read, and written file by file, whole."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from core.addresses import open_address, plain_failures

_WITHOUT_FOLDERS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "adl"})
"""Buckets: a name is a key, and making a folder could make a bucket."""
_PARTIAL = ".partial"


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
        return open_address(self.uri)

    def __getstate__(self) -> dict[str, Any]:
        # A file system holds connections, and another process may work in another folder.
        is_elsewhere = "://" in self.uri or "::" in self.uri
        return {"uri": self.uri if is_elsewhere else str(Path(self.uri).expanduser().absolute())}

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

    def has(self, name: str) -> bool:
        """Whether there is a file of that name."""
        system, root = self._place
        with plain_failures(self.path(name)):
            return bool(system.exists(f"{root}/{name}"))

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
        partial = _partial_of(root, name)
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

    def require_writable(self) -> None:
        """Say before long work that nothing could be written; the folder must be there."""
        system, root = self._place
        partial = _partial_of(root, "try")
        with plain_failures(self.uri, doing="written"):
            system.pipe_file(partial, b"")
            system.rm_file(partial)

    def clear_partials(self) -> None:
        """Remove what killed writers left behind; only once nobody writes any more."""
        system, root = self._place
        for name in self.names():
            if name.startswith(".") and name.endswith(_PARTIAL):
                with plain_failures(self.path(name)):
                    system.rm_file(f"{root}/{name}")


def _partial_of(root: str, name: str) -> str:
    """A path of its own for what is not yet a whole file."""
    return f"{root}/.{name}-{secrets.token_hex(4)}{_PARTIAL}"


def _protocols(system: Any) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)

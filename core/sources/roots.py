"""Which files and addresses may be opened: those below some folders, links resolved first."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from core.addresses import expand_home, is_address
from core.errors import CoreError

_CHAIN = "::"
"""Where fsspec lets one address lead through another, even into this machine's files."""


@dataclass(frozen=True, slots=True)
class Roots:
    """Folders and addresses below which may be opened; none of either stands for everywhere.

    Who types a path on a page is not always who owns the machine: a server is told at its start
    what it may show. It reaches addresses with its own credentials and from its own place in the
    network, so none but those that were named then.
    """

    folders: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    @classmethod
    def below(cls, named: Iterable[Path | str]) -> "Roots":
        """These folders, with their links resolved, and these addresses, such as s3://bucket."""
        both = [str(one) for one in named]
        folders = (expand_home(one, "folder") for one in both if not is_address(one))
        addresses = (one.rstrip("/") for one in both if is_address(one))
        return cls(tuple(os.path.realpath(one) for one in folders), tuple(addresses))

    @property
    def is_everywhere(self) -> bool:
        """Whether nothing is kept out."""
        return not (self.folders or self.addresses)

    def hold(self, path: Path) -> bool:
        """Whether a path leads to one of the folders or below it, wherever its links lead."""
        if self.is_everywhere:
            return True
        place = os.path.realpath(path)
        return any(
            place == folder or place.startswith(folder.rstrip(os.sep) + os.sep)
            for folder in self.folders
        )

    def hold_address(self, uri: str) -> bool:
        """Whether an address is one of those that were named, or lies below one."""
        if _CHAIN in uri:
            return False
        steps = unquote(uri).replace("\\", "/").split("/")
        is_straight = not {".", ".."}.intersection(steps)
        below = any(uri == one or uri.startswith(f"{one}/") for one in self.addresses)
        return self.is_everywhere or (is_straight and below)

    def require_address(self, uri: str) -> None:
        """Refuse an address that was not named.

        Raises:
            CoreError: it lies elsewhere, or leads through another one.
        """
        if _CHAIN in uri:
            raise CoreError(f"{uri} leads through another address: name the last one alone")
        if not self.hold_address(uri):
            raise CoreError(
                f"{uri} is no address that this server may open: start it with --root and the "
                "address that holds it"
            )

    def require(self, path: Path) -> None:
        """Refuse what lies elsewhere.

        Raises:
            CoreError: the path leads out of the folders.
        """
        if not self.hold(path):
            named = ", ".join((*self.folders, *self.addresses))
            raise CoreError(
                f"{str(path)!r} lies outside of what this server may open ({named}): "
                "start it with --root and the folder that holds it"
            )


EVERYWHERE = Roots()

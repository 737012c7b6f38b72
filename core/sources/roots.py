"""Which files may be opened: those below some folders, links resolved first."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.errors import CoreError


@dataclass(frozen=True, slots=True)
class Roots:
    """Folders below which files may be opened; none stands for everywhere.

    Who types a path on a page is not always who owns the machine: a server is told at its start
    what it may show.
    """

    folders: tuple[str, ...] = ()

    @classmethod
    def below(cls, folders: Iterable[Path]) -> "Roots":
        """These folders, with their links resolved."""
        return cls(tuple(os.path.realpath(folder.expanduser()) for folder in folders))

    def hold(self, path: Path) -> bool:
        """Whether a path leads to one of the folders or below it, wherever its links lead."""
        if not self.folders:
            return True
        place = os.path.realpath(path)
        return any(
            place == folder or place.startswith(folder.rstrip(os.sep) + os.sep)
            for folder in self.folders
        )

    def require(self, path: Path) -> None:
        """Refuse what lies elsewhere.

        Raises:
            CoreError: the path leads out of the folders.
        """
        if not self.hold(path):
            raise CoreError(
                f"{str(path)!r} lies outside of what this server may open "
                f"({', '.join(self.folders)}): start it with --root and the folder that holds it"
            )


EVERYWHERE = Roots()

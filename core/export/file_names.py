"""Names that any file system takes: for what came from outside, and never the same one twice.

What Windows refuses is in "Naming Files, Paths, and Namespaces" (learn.microsoft.com); names that
shells or spreadsheets would act on are led by an underscore.
"""

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 255
"""Bytes of a name in UTF-8: what ext4, APFS and NTFS all take."""

_REFUSED = re.compile(r'[<>:"/\\|?*]')
_UNSEEN = {"Cc", "Cs"}
"""Control characters, line breaks among them, and halves of characters."""
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of text: `photo<turn>gpj.exe` reads as `photoexe.jpg`."""
_LEADING = tuple(".-=+@~")
_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?", re.IGNORECASE
)
_LONGEST_ENDING = 16


def safe_name(text: str, *, longest: int = LONGEST) -> str:
    """A name for a file or a folder, as much like `text` as every system allows.

    Args:
        text: any, without regard to its slashes: they become underscores.
        longest: bytes in UTF-8; the ending is kept where a name is cut.
    """
    kept = "".join("_" if _is_refused(one) else one for one in unicodedata.normalize("NFC", text))
    name = kept.strip(" ").rstrip(". ")
    if not name or name.startswith(_LEADING) or _RESERVED.fullmatch(name):
        name = f"_{name}"
    return _cut(name, longest)


def _is_refused(one: str) -> bool:
    unseen = unicodedata.category(one) in _UNSEEN or one in _TURNS
    return unseen or bool(_REFUSED.match(one))


def _cut(name: str, longest: int) -> str:
    if len(name.encode()) <= longest:
        return name
    stem, ending = _split(name)
    room = longest - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + ending


def _split(name: str) -> tuple[str, str]:
    """Stem and ending; what is too long for an ending belongs to the stem."""
    ending = PurePosixPath(name).suffix
    if len(ending.encode()) > _LONGEST_ENDING:
        return name, ""
    return name.removesuffix(ending), ending


class Names:
    """The names of one folder: what is taken is not given again, in capitals or not."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def take(self, text: str) -> str:
        """A safe name that is free: `a.png`, then `a (2).png`."""
        name = safe_name(text)
        number = self._counts.get(_key(name), 1)
        found = name
        while _key(found) in self._taken:
            number += 1
            found = _number(name, number)
        self._counts[_key(name)] = number  # of 10,000 of one name none is tried twice
        self._taken.add(_key(found))
        return found


def _number(name: str, number: int) -> str:
    stem, ending = _split(name)
    tail = f" ({number}){ending}"
    return _cut(stem, LONGEST - len(tail.encode())) + tail


def _key(name: str) -> str:
    """What two names share that some file systems take for one."""
    return unicodedata.normalize("NFC", name.casefold())

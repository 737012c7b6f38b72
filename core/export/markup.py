"""HTML and SVG from elements: text is escaped wherever it does not come from here."""

from collections.abc import Iterable
from html import escape


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Attribute = str | int | float | None
_VOID = frozenset({"meta", "img"})


def element(name: str, /, *inside: str, **attributes: Attribute) -> Markup:
    """An element; what is inside is escaped unless it is markup.

    Args:
        name: of the element, such as `li`.
        inside: text or markup.
        attributes: by name; `class_` stands for `class`, an underscore for a dash, and None leaves
            an attribute out.
    """
    given = "".join(_write(key, value) for key, value in attributes.items() if value is not None)
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{join(inside)}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """One after the other; what is no markup is escaped."""
    return Markup("".join(one if isinstance(one, Markup) else escape(one) for one in parts))


def count(number: int, thing: str) -> str:
    """`1 image`, `1,797 images`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _write(name: str, value: str | int | float) -> str:
    return f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'

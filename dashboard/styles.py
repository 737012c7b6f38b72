"""The colours and symbols of groups: those of every picture, on a page or in a report."""

from core.palette import COLORS, SYMBOLS, Style, style_of

__all__ = ["COLORS", "SYMBOLS", "Style", "style_of"]

"""The colours and symbols of groups."""

from dataclasses import dataclass

# Paul Tol's "bright" and "vibrant" qualitative schemes (personal.sron.nl/~pault, technical note
# SRON/EPS/TN/09-002, 2021), which the colour-blind can tell apart; of both the hues that stand
# out on white and on black; grey is what is not selected.
COLORS = (
    "#4477AA", "#EE7733", "#228833", "#CC3311", "#AA3377",
    "#66CCEE", "#CCBB44", "#EE3377", "#009988",
)  # fmt: skip
SYMBOLS = ("circle", "diamond", "square", "cross", "triangle-up", "star", "hexagon", "x")


@dataclass(frozen=True, slots=True)
class Style:
    """How a group is drawn."""

    color: str
    symbol: str


def style_of(group: int) -> Style:
    """The style of group 0, 1, 2, …: nine colours, then the same ones with another symbol."""
    symbol = SYMBOLS[group // len(COLORS) % len(SYMBOLS)]
    return Style(COLORS[group % len(COLORS)], symbol)

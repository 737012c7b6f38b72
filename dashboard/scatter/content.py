"""What the map shows, by the addresses at which the browser finds it."""

from dataclasses import dataclass

Zoom = tuple[float, ...]
"""What is in view: x0, x1, y0, y1; or the camera: where it is, what it looks at, what is up."""

ZOOM_NUMBERS = {2: 4, 3: 9}
"""How many numbers a zoom has, by the dimensions."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Which rows have points, where not all have.

    Attributes:
        address: of a bit set, row i being bit i & 7 of byte i >> 3.
        words: how many, and which.
    """

    address: str
    words: str


@dataclass(frozen=True, slots=True)
class MapContent:
    """The points. What is text is an address; numbers there are little endian.

    Attributes:
        n_images: how many rows there are.
        n_dimensions: 2 or 3.
        ids: n x 32 bytes, the SHA-256 of each image.
        coordinates: f32, all x, then all y, then for three dimensions all z.
        clusters: u16, the cluster of each row.
        fit: f32, 0 on the border to another cluster … 1 at the own centroid; NaN where it means
            nothing.
        names: JSON, `{"names": [text], "labels": [text or null] or null}`.
        thumbnail: with `{id}` in the place of the hex of the id.
        plotly: plotly.js.
        drawn: which rows have points; None where all have. A selection by hand takes all that lie
            there, and all are counted.
    """

    n_images: int
    n_dimensions: int
    ids: str
    coordinates: str
    clusters: str
    fit: str
    names: str
    thumbnail: str
    plotly: str
    drawn: Drawn | None = None

    def __post_init__(self) -> None:
        if self.n_dimensions not in {2, 3}:
            raise ValueError(f"a map has 2 or 3 dimensions, not {self.n_dimensions}")


@dataclass(frozen=True, slots=True)
class Group:
    """Points of one color: how the legend calls them and how they are drawn (Plotly's symbols)."""

    name: str
    color: str
    symbol: str = "circle"


@dataclass(frozen=True, slots=True)
class Range:
    """The values at the two ends of the color bar."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Coloring:
    """What the colors mean.

    Attributes:
        title: of the legend or the color bar.
        address: of u16, the group of each row; or of f32, its value, NaN where it has none.
        scale: the groups by their number, which is their order in the legend; or the range.
    """

    title: str
    address: str
    scale: tuple[Group, ...] | Range


@dataclass(frozen=True, slots=True)
class Edges:
    """Lines from the point of one row to those of others."""

    row: int
    others: tuple[int, ...]

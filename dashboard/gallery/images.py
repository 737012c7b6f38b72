"""What a component in the browser is told of the images: where to fetch what it knows by row."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ImageContents:
    """Where the browser finds ids, names, clusters and thumbnails of n images.

    Attributes:
        count: n; rows are 0 … n-1.
        ids: address of the 32 bytes of each image's id.
        names: address of the JSON with `names` and `labels`.
        clusters: address of the cluster of each image, u16.
        palette: CSS colours of cluster 0, 1, …; from the start again where they are too few.
        small: address of a thumbnail, with `{id}` in place of the id.
        large: the same for a larger one.
        packed: address of several small ones in one response, with `{ids}` in place of the ids;
            None where there are only single ones.
    """

    count: int
    ids: str
    names: str
    clusters: str
    palette: tuple[str, ...]
    small: str
    large: str
    packed: str | None = None

    def __post_init__(self) -> None:
        """Refuse what the browser could only draw wrongly."""
        if not self.palette:
            raise ValueError("palette is empty: give at least one CSS colour")
        for template in (self.small, self.large):
            if "{id}" not in template:
                raise ValueError(f"{template!r} has no {{id}}: give an address with one")
        if self.packed is not None and "{ids}" not in self.packed:
            raise ValueError(f"{self.packed!r} has no {{ids}}: give an address with it")

    def as_data(self) -> dict[str, Any]:
        """What goes to the browser in a rerun."""
        data = asdict(self)
        del data["count"]
        return data | {"palette": list(self.palette)}

"""What the groups of duplicates say: one JSON content, published so that no rerun need carry it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

MOST_DRAWN = 60
"""Images of a group that are drawn; the others are seen once the group is selected."""
MOST_PATHS = 20
"""Files of a copied image that are named."""


@dataclass(frozen=True, slots=True)
class Group:
    """Images that are all but the same; or one image that lies in several files.

    Attributes:
        title: what they are, in a few words.
        rows: of the images, the one that stays by default first.
        notes: for each of them, or for the first `MOST_DRAWN`, what stands below it: a line each.
        paths: of the files that hold the image, where it is one.
    """

    title: str
    rows: tuple[int, ...]
    notes: tuple[tuple[str, ...], ...]
    paths: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be drawn.

        Raises:
            ValueError: there are not as many notes as images that are drawn.
        """
        drawn = min(len(self.rows), MOST_DRAWN)
        if len(self.notes) != drawn:
            raise ValueError(f"{len(self.notes)} notes: give one for each of {drawn} images")


def write_groups(groups: Sequence[Group]) -> str:
    """The JSON content of the groups; of many paths the first ones, and how many there are."""
    described = [
        asdict(group) | {"paths": group.paths[:MOST_PATHS], "n_paths": len(group.paths)}
        for group in groups
    ]
    return json.dumps({"groups": described}, ensure_ascii=False, separators=(",", ":"))

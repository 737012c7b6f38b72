"""What an index of prepared features is, what made it, and how much of the exact it finds."""

import json
from dataclasses import asdict, dataclass, fields
from math import floor
from typing import Self

from core.cache import fingerprint

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class IndexParams:
    """From when on there is an index, and how good it must be.

    Attributes:
        from_images: of fewer, every distance is taken: that is a third of a second.
        goal: the share of the exact nearest images that it must find, 0 to 1.
        nearest: how many nearest ones are meant; more are searched for exactly.
        n_queries: of so many images of the folder they are compared.
        seed: by which these and the sample for the centroids are drawn, and the centroids found.
    """

    from_images: int = 2_000_000
    goal: float = 0.99
    nearest: int = 24
    n_queries: int = 100
    seed: int = 42


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """What an index is, and how good it was found to be.

    Attributes:
        params: by which it was made.
        shape: of the features, (n, d).
        n_lists: among which the images are divided.
        n_probes: into how many a search looks; 0 where the goal is not reached by looking into
            few, so that the index is of no use.
        recall: the share of the exact nearest images that is found, 0 to 1.
        parts: of each file its size, and the checksum of what stands before the lists.
    """

    params: IndexParams
    shape: tuple[int, int]
    n_lists: int = 0
    n_probes: int = 0
    recall: float = 0.0
    parts: tuple[tuple[int, int], ...] = ()

    def describe(self) -> str:
        """In words, for whoever searches."""
        params, found = self.params, _percent(self.recall)
        compared = min(params.n_queries, self.shape[0])
        if not self.n_probes:
            return (
                f"exact: the distance to every image was taken, for an index finds {found} of the "
                f"{params.nearest} nearest of {compared} images, less than {_percent(params.goal)}"
            )
        return (
            f"approximate: found {found} of the exact {params.nearest} nearest of {compared} images"
        )

    def dump(self) -> bytes:
        """For the file, with a checksum of its own."""
        facts = asdict(self)
        return json.dumps({"format": _FORMAT, "key": fingerprint(**facts), **facts}).encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From the file.

        Raises:
            ValueError: it is damaged, or of another version.
        """
        told = json.loads(data)
        try:
            facts = {one.name: told[one.name] for one in fields(cls)}
            is_whole = told["format"] == _FORMAT and told["key"] == fingerprint(**facts)
        except (KeyError, TypeError) as error:
            raise ValueError("no description of an index") from error
        if not is_whole:
            raise ValueError("not as it was written")
        parts = tuple((size, crc) for size, crc in facts["parts"])
        shape = facts["shape"][0], facts["shape"][1]
        params = IndexParams(**facts["params"])
        return cls(**{**facts, "params": params, "shape": shape, "parts": parts})


def _percent(share: float) -> str:
    """Never rounded up: 99.4 %."""
    return f"{floor(round(share * 1000, 6)) / 10:g} %"

"""Images as rows: what a source holds, under ids that follow the content.

An image is its content: the id is the SHA-256 of the file's bytes, so a file that is moved or
renamed keeps everything that was computed for it, and copies share it.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One row of a source. Either `id`, `width` and `height` are known, or there is a `problem`.

    `width` and `height` are in pixels, as seen after the EXIF orientation.
    """

    path: str
    label: str | None = None
    id: str | None = None
    width: int = 0
    height: int = 0
    problem: str | None = None


@dataclass(frozen=True)
class ImageSet:
    """All rows of one source, in the source's order."""

    source: str
    records: tuple[ImageRecord, ...]

    @cached_property
    def fingerprint(self) -> str:
        """Changes with every path, label, id and problem: 64 hexadecimal digits of SHA-256."""
        return hashlib.sha256(repr(self.records).encode()).hexdigest()

    @cached_property
    def readable(self) -> tuple[ImageRecord, ...]:
        """The rows that can be used."""
        return tuple(record for record in self.records if record.problem is None)

    @cached_property
    def problems(self) -> tuple[ImageRecord, ...]:
        """The rows that cannot, each with its reason."""
        return tuple(record for record in self.records if record.problem is not None)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The distinct images among the readable rows, in the order of their first row."""
        return tuple(dict.fromkeys(record.id for record in self.readable if record.id))

    @cached_property
    def index(self) -> dict[str, int]:
        """From id to its position in `ids`."""
        return {image_id: position for position, image_id in enumerate(self.ids)}

    @cached_property
    def by_id(self) -> dict[str, tuple[ImageRecord, ...]]:
        """From id to the readable rows that hold it; more than one where a file has copies."""
        rows: dict[str, list[ImageRecord]] = {}
        for record in self.readable:
            if record.id:
                rows.setdefault(record.id, []).append(record)
        return {image_id: tuple(records) for image_id, records in rows.items()}

    @property
    def has_labels(self) -> bool:
        """Whether any row came with a label of its own."""
        return any(record.label is not None for record in self.records)

    def with_problems(self, problems: dict[str, str]) -> "ImageSet":
        """The same set, with the images of these ids marked as unusable for the given reasons."""
        if not problems:
            return self
        records = tuple(
            replace(record, problem=problems[record.id])
            if record.problem is None and record.id in problems
            else record
            for record in self.records
        )
        return ImageSet(self.source, records)


def identify(data: bytes) -> str:
    """The id of an image: the SHA-256 of its bytes, in hexadecimal (FIPS 180-4)."""
    return hashlib.sha256(data).hexdigest()

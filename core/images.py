"""Images as rows: what a source holds, under ids that follow the content.

An image is its content: the id is the SHA-256 of the file's bytes, so a file that is moved or
renamed keeps everything that was computed for it, and copies share it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Seen:
    """What an image's bytes have told: its size in pixels or its problem, and two JPEGs of it.

    `thumbnail` is the small one; `preview` the larger one, None where the image is no larger than
    a preview itself. `decoder` names who judged; a problem holds only for the decoder that met it.
    """

    width: int
    height: int
    problem: str | None = None
    thumbnail: bytes | None = None
    decoder: str | None = None
    preview: bytes | None = None


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One row of a source: the `id` of its content, or a `problem`, or both.

    `width` and `height` are in pixels, as seen after the EXIF orientation; 0 until it is decoded.
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
        """Changes with every path, label, id, size and problem: SHA-256 in hexadecimal."""
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

    def with_seen(self, seen: Mapping[str, Seen]) -> "ImageSet":
        """The same set with the sizes and the problems of these images; no problem is lost."""
        records = tuple(_with_seen(record, seen.get(record.id or "")) for record in self.records)
        return self if records == self.records else ImageSet(self.source, records)


def _with_seen(record: ImageRecord, seen: Seen | None) -> ImageRecord:
    if seen is None or record.problem is not None:
        return record
    if (record.width, record.height, None) == (seen.width, seen.height, seen.problem):
        return record
    return replace(record, width=seen.width, height=seen.height, problem=seen.problem)


def identify(data: bytes) -> str:
    """The id of an image: the SHA-256 of its bytes, in hexadecimal (FIPS 180-4)."""
    return hashlib.sha256(data).hexdigest()

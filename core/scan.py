"""From a source to its image set: what each row is called, how large it is, or what ails it."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.cache import Cache, FileState, Seen, file_state
from core.decoding import DECODER, ImageProblem, measure
from core.images import ImageRecord, ImageSet, identify
from core.progress import Progress, Watch
from core.sources import Entry, Source

_BATCH = 256
_READERS = 4


@dataclass(frozen=True, slots=True)
class _Reading:
    """One row's id and what its bytes told; or only a problem, where it has no bytes."""

    id: str | None
    seen: Seen
    state: FileState | None = None


def scan(source: Source, cache: Cache, watch: Watch = Watch()) -> ImageSet:  # noqa: B008 - frozen
    """Read and hash what is new, take the rest from the cache, and keep the order of the source.

    A file whose path, size and modification time are unchanged is not read again.

    Raises:
        Cancelled: `watch` said so; what was read is kept.
    """
    states = [_state(entry.file) for entry in source.entries]
    readings = _recall(states, cache)
    new = [position for position, reading in enumerate(readings) if reading is None]
    done = len(readings) - len(new)
    for batch in _read_batches(source, states, new):
        readings_of_batch = dict(batch)
        _remember(readings_of_batch.values(), cache)
        for position, reading in readings_of_batch.items():
            readings[position] = reading
        done += len(readings_of_batch)
        watch.step(Progress("scan", done, len(readings), "files"))
    records = map(_record, source.entries, readings)
    return ImageSet(source.name, tuple(records))


def _state(file: Path | None) -> FileState | None:
    try:
        return None if file is None else file_state(file)
    except (OSError, ValueError):
        return None  # reading it will say why


def _recall(states: Sequence[FileState | None], cache: Cache) -> list[_Reading | None]:
    present = [state for state in states if state is not None]
    ids = dict(zip(present, cache.known_files(present), strict=True))
    seen = cache.seen([i for i in ids.values() if i is not None], decoder=DECODER)
    readings: list[_Reading | None] = []
    for state in states:
        image_id = ids.get(state) if state is not None else None
        known = seen.get(image_id) if image_id is not None else None
        readings.append(None if known is None else _Reading(image_id, known))
    return readings


def _read_batches(
    source: Source, states: Sequence[FileState | None], positions: Sequence[int]
) -> Iterator[list[tuple[int, _Reading]]]:
    remaining = iter(positions)
    with ThreadPoolExecutor(_READERS, thread_name_prefix="scan") as readers:
        while batch := list(islice(remaining, _BATCH)):
            readings = readers.map(lambda position: _read(source, states, position), batch)
            yield list(zip(batch, readings, strict=True))


def _read(source: Source, states: Sequence[FileState | None], position: int) -> _Reading:
    try:
        data = source.read(position)
    except ImageProblem as problem:
        return _Reading(None, Seen(0, 0, str(problem)))
    image_id = identify(data)
    try:
        width, height = measure(data)
        return _Reading(image_id, Seen(width, height), states[position])
    except ImageProblem as problem:
        return _Reading(image_id, Seen(0, 0, str(problem), decoder=DECODER), states[position])


def _remember(readings: Iterable[_Reading], cache: Cache) -> None:
    kept = [(reading, reading.id) for reading in readings if reading.id is not None]
    cache.remember_images({image_id: reading.seen for reading, image_id in kept})
    cache.remember_files((r.state, image_id) for r, image_id in kept if r.state is not None)


def _record(entry: Entry, reading: _Reading | None) -> ImageRecord:
    if reading is None:  # cannot be: every position was recalled or read
        raise AssertionError(entry.path)
    seen = reading.seen
    return ImageRecord(entry.path, entry.label, reading.id, seen.width, seen.height, seen.problem)

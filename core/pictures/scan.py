"""From a source to its image set: what each row is called, and which content it holds.

Nothing is decoded here: a scan costs a look at each file, and a read of those that are new.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path

from core.cache import Cache, FileState, file_state
from core.images import ImageRecord, ImageSet, Seen
from core.pictures.decoding import ImageProblem, judges
from core.progress import Progress, Watch
from core.sources import Entry, Source

_BATCH = 1024
_SHARE = 32
_READERS = 4


def scan(source: Source, cache: Cache, watch: Watch = Watch()) -> ImageSet:  # noqa: B008 - frozen
    """Read and hash what is new, take the rest from the cache, and keep the order of the source.

    A file whose path, size and modification time are unchanged is not read again; nothing is where
    the source knows the ids itself.

    Raises:
        Cancelled: `watch` said so; what was read is kept.
    """
    known = source.records
    if known is not None:
        return ImageSet(source.name, known)
    states = [_state(entry.file) for entry in source.entries]
    ids = _recall_ids(states, cache)
    problems: dict[int, str] = {}
    new = [position for position, image_id in enumerate(ids) if image_id is None]
    done = len(ids) - len(new)
    for batch in _read_batches(source, new):
        for position, outcome in batch:
            if isinstance(outcome, ImageProblem):
                problems[position] = str(outcome)
            else:
                ids[position] = outcome
        _remember(((states[position], ids[position]) for position, _ in batch), cache)
        done += len(batch)
        watch.step(Progress("scan", done, len(ids), "files"))
    return recall(ImageSet(source.name, tuple(_records(source.entries, ids, problems))), cache)


def recall(images: ImageSet, cache: Cache) -> ImageSet:
    """The same set with what decoding has told of its images so far: their sizes and problems."""
    known: dict[str, Seen] = {}
    for judge in judges():
        rest = [image_id for image_id in images.ids if image_id not in known]
        known |= cache.seen(rest, decoder=judge)
    return images.with_seen(known)


def undecoded(images: ImageSet, cache: Cache) -> list[str]:
    """Those of the images that nobody has looked at yet, or somebody under other limits."""
    rest = list(images.ids)
    for judge in judges():
        rest = cache.undecoded(rest, decoder=judge)
    return rest


def _state(file: Path | None) -> FileState | None:
    try:
        return None if file is None else file_state(file)
    except (OSError, ValueError):
        return None  # reading it will say why


def _recall_ids(states: Sequence[FileState | None], cache: Cache) -> list[str | None]:
    present = [state for state in states if state is not None]
    known = dict(zip(present, cache.known_files(present), strict=True))
    return [None if state is None else known[state] for state in states]


def _read_batches(
    source: Source, positions: Iterable[int]
) -> Iterator[list[tuple[int, str | ImageProblem]]]:
    remaining = iter(positions)
    with ThreadPoolExecutor(_READERS, thread_name_prefix="scan") as readers:
        while batch := list(islice(remaining, _BATCH)):
            # A thread takes many at once: handing over each small file would cost more than it.
            shares = (batch[at : at + _SHARE] for at in range(0, len(batch), _SHARE))
            outcomes = readers.map(lambda share: [_identify(source, one) for one in share], shares)
            yield list(zip(batch, chain.from_iterable(outcomes), strict=True))


def _identify(source: Source, position: int) -> str | ImageProblem:
    try:
        return source.identify(position)
    except ImageProblem as problem:
        return problem


def _remember(files: Iterable[tuple[FileState | None, str | None]], cache: Cache) -> None:
    cache.remember_files(
        (state, image_id) for state, image_id in files if state is not None and image_id is not None
    )


def _records(
    entries: Sequence[Entry], ids: Sequence[str | None], problems: dict[int, str]
) -> Iterator[ImageRecord]:
    for position, (entry, image_id) in enumerate(zip(entries, ids, strict=True)):
        problem = problems.get(position)
        yield ImageRecord(entry.path, entry.label, image_id, problem=problem)

"""Opening a folder of shards, and searching all of its images: every distance, or an index."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import Row, peak_memory
from core.cache import Cache
from core.recipe import StudyParams
from core.shards.folder_search import open_search
from core.shards.full_search import Prepared, place_of, prepare
from core.shards.index_building import make_index
from core.shards.index_facts import IndexParams
from core.shards.search_index import is_available, load_faiss
from core.shards.search_recall import Places, draw_places, find_radii, measure_recall
from core.shards.shard_file import ROW_GROUP
from core.sources.parquet import ParquetSource
from core.study import Study, open_study

_K = 24
_SEARCHES = 20
_THUMBNAILS = 64
_PROBES = 4, 32
"""Lists that FAISS' own index looks into."""
Values = NDArray[np.float32]
T = TypeVar("T")


def measure_opening(folder: Path, sample: int) -> Iterator[Row]:
    """Everything until a study of a sample is there, and its first thumbnails."""
    loaded = peak_memory()
    with Cache(folder / "cache.sqlite") as cache:
        study, spent = _timed(lambda: _open(folder, cache, sample))
        total = _source(study).shards.n_rows
        yield Row(f"opened: {total:,} rows read, {len(study.images.ids):,} drawn", spent)
        yield Row("features taken over", _timed(study.extract)[1])
        ids = _of_different_groups(study)
        for which in ("first", "second"):
            name = f"{len(ids)} thumbnails of {len(ids)} row groups, {which} time"
            yield Row(name, _timed(lambda: study.thumbnails(ids))[1])
        yield Row("  peak memory so far", f"{peak_memory()} MB, {loaded} MB before")
        yield Row("reduction to 256", _timed(lambda: study.reduction)[1])


def measure_exact(folder: Path, sample: int) -> Iterator[Row]:
    """The features prepared once, then searched from the file and from memory."""
    with Cache(folder / "cache.sqlite") as cache:
        study = _open(folder, cache, sample)
        shards, reduction = _source(study).shards, study.reduction
        place = place_of(shards, reduction, beside=cache.path)
        kept, spent = _timed(lambda: prepare(shards, reduction, place=place))
        shape = f"{kept.values.shape[0]:,} x {kept.values.shape[1]}"
        yield Row(f"prepared once: {shape} float32", spent)
        yield Row("  room of the files", f"{kept.values.nbytes / 1e9:.2f} GB")
        yield Row("opened again", _timed(lambda: prepare(shards, reduction, place=place))[1])
        yield Row("exact search, from the file", _search(kept, kept.find))
        held = _hold(kept)
        yield Row("exact search, from memory", _search(held, held.find))


def measure_index(folder: Path, sample: int) -> Iterator[Row]:
    """The index made once, measured, and searched; nothing where FAISS is not installed."""
    if not is_available():
        yield Row("index", "FAISS is not installed")
        return
    with Cache(folder / "cache.sqlite") as cache:
        study = _open(folder, cache, sample)
        shards, reduction = _source(study).shards, study.reduction
        place = place_of(shards, reduction, beside=cache.path)
        kept = prepare(shards, reduction, place=place)
        params = IndexParams(from_images=_K + 1)
        index, spent = _timed(lambda: make_index(kept, place / "index", params))
        facts = index.facts
        yield Row(f"index of {facts.n_lists:,} lists made and measured once", spent)
        yield Row("  room of the files", f"{sum(one for one, _ in facts.parts) / 1e9:.2f} GB")
        yield Row(f"  {facts.n_probes} lists looked into, recall", f"{facts.recall:.4f}")

        def reopen() -> Any:
            return open_search(shards, reduction, beside=cache.path, params=params)

        search, spent = _timed(reopen)
        yield Row("opened again", spent)
        yield Row("search by the index", _search(kept, search.find))


def measure_faiss(folder: Path, sample: int) -> Iterator[Row]:
    """FAISS by itself, all features in memory: its flat index, and its inverted file."""
    if not is_available():
        yield Row("FAISS by itself", "not installed")
        return
    faiss = load_faiss()
    with Cache(folder / "cache.sqlite") as cache:
        study = _open(folder, cache, sample)
        shards, reduction = _source(study).shards, study.reduction
        place = place_of(shards, reduction, beside=cache.path)
        held = _hold(prepare(shards, reduction, place=place))
    count, dimension = held.values.shape
    yield Row("FAISS flat", _search_flat(held))
    n_lists = int(count**0.5)
    lists = faiss.IndexIVFFlat(faiss.IndexFlatL2(dimension), dimension, n_lists)
    lists.cp.min_points_per_centroid = 1
    yield Row(f"FAISS IVF of {n_lists:,} lists made", _timed(lambda: _fill(lists, held.values))[1])
    queries = draw_places(count, 100, seed=0)
    radii = find_radii(held, queries, _K)
    for lists.nprobe in _PROBES:
        near: Places = lists.search(held.values[queries], _K + 1)[1]
        recall = measure_recall(held, queries, radii, _K, [row[row >= 0] for row in near])
        spent = _search(held, lambda one, k: lists.search(one[None], k))
        yield Row(f"FAISS IVF, {lists.nprobe} lists looked into", f"{spent}, recall {recall:.4f}")


def _search_flat(held: Prepared) -> str:
    index = load_faiss().IndexFlatL2(held.values.shape[1])
    index.add(held.values)
    return _search(held, lambda one, k: index.search(one[None], k))


def _fill(index: Any, values: Values) -> None:
    index.train(values[draw_places(len(values), 64 * index.nlist, seed=0)])
    index.add(values)


def _open(folder: Path, cache: Cache, sample: int) -> Study:
    return open_study(StudyParams(f"parquet:{folder / 'shards'}", sample=sample), cache)


def _source(study: Study) -> ParquetSource:
    if not isinstance(study.source, ParquetSource):
        raise TypeError(f"{study.source.name} is no folder of shards")
    return study.source


def _of_different_groups(study: Study) -> list[str]:
    """Images of the sample, each of another row group, far from each other."""
    shard, inner = np.divmod(_source(study).rows, _source(study).shards.making.shard_rows)
    places = np.column_stack([shard, inner // ROW_GROUP])  # (n, 2)
    groups = np.unique(places, axis=0, return_index=True)[1]
    chosen = groups[np.linspace(0, len(groups) - 1, min(_THUMBNAILS, len(groups)), dtype=int)]
    return [study.images.records[at].id or "" for at in chosen.tolist()]


def _hold(kept: Prepared) -> Prepared:
    return Prepared(np.array(kept.values), np.array(kept.squares), np.array(kept.rows))


def _search(prepared: Prepared, find: Callable[[Values, int], object]) -> str:
    """The mean of some searches for images of the folder; one before does not count."""
    ones = prepared.values[draw_places(len(prepared.rows), _SEARCHES, seed=1)]
    find(ones[0], _K)
    began, worked = time.perf_counter(), time.process_time()
    for one in ones:
        find(one, _K)
    spent = (time.perf_counter() - began) / len(ones), (time.process_time() - worked) / len(ones)
    return f"{spent[0] * 1000:.2f} ms ({spent[1] * 1000:.2f} ms of processor)"


def _timed(work: Callable[[], T]) -> tuple[T, str]:
    """What it gives, and how long it took: on the clock, and of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    made = work()
    wall, processor = time.perf_counter() - began, time.process_time() - worked
    return made, f"{wall:.2f} s ({processor:.1f} s of processor)"

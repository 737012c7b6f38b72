"""An index of prepared features made, and measured against the exact search before it is used.

There are about sqrt(n) lists; their centroids come from a sample, then the images are added block
by block. How many lists a search looks into is doubled until the goal is reached, at most
to a quarter of them.
"""

import shutil
from dataclasses import replace
from math import isqrt
from pathlib import Path
from typing import Any

from core.caching.search_files import partial_of
from core.errors import CoreError
from core.progress import Progress, Watch
from core.shards.full_search import Prepared
from core.shards.index_facts import IndexFacts, IndexParams
from core.shards.search_index import (
    FACTS_FILE,
    Index,
    check_part,
    count_parts,
    load_faiss,
    open_index,
    open_parts,
    part_file,
    part_rows,
)
from core.shards.search_recall import draw_places, find_radii, measure_recall

_BLOCK_ROWS = 1 << 16
_TRAINED_ON = 64
"""Images for each list that its centroid is found from."""
_WORTH = 4
"""An index that must look into more than one list in so many saves too little."""
_UNWATCHED = Watch()


def make_index(
    prepared: Prepared, folder: Path, params: IndexParams, watch: Watch = _UNWATCHED
) -> Index:
    """The index of a folder, or that it is of no use; written there, whole or not at all.

    Args:
        prepared: features (n, d) of all images, more of them than `params.nearest`.
        folder: where it goes; what lies there is replaced.
        params: when it is good enough.
        watch: told of the progress.

    Raises:
        CoreError: the files cannot be written, FAISS refuses the features, or memory is full.
        Cancelled: `watch` said so; nothing is left.
        ImportError: FAISS is not installed.
    """
    partial = partial_of(folder)
    shape = prepared.values.shape[0], prepared.values.shape[1]
    try:
        partial.mkdir(parents=True)
        facts = _write(prepared, partial, IndexFacts(params, shape), watch)
        (partial / FACTS_FILE).write_bytes(facts.dump())
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except (OSError, RuntimeError, MemoryError) as error:  # the latter two may be FAISS'
        reason = " ".join(str(error).split()) or "memory is full"
        raise CoreError(f"{folder}: {reason}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    made = open_index(folder, shape, params)
    if made is None:
        raise CoreError(f"{folder} was changed while it was written: try again")
    return made


def _write(prepared: Prepared, folder: Path, facts: IndexFacts, watch: Watch) -> IndexFacts:
    """The parts, then how good they are; none stay where they are of no use."""
    watch.step(Progress("index", 0, facts.shape[0]))
    empty = _train(prepared, facts)
    sealed = replace(facts, n_lists=empty.nlist, parts=_write_parts(prepared, folder, empty, watch))
    measured = _choose(prepared, folder, sealed, watch)
    if measured.n_probes:
        return measured
    for number in range(len(sealed.parts)):
        part_file(folder, number).unlink()
    return replace(measured, parts=())


def _train(prepared: Prepared, facts: IndexFacts) -> Any:
    """An index that knows its centroids and holds nothing."""
    faiss = load_faiss()
    count, dimension = facts.shape
    n_lists, seed = max(1, isqrt(count)), facts.params.seed
    quantizer = faiss.IndexFlatL2(dimension)
    index = faiss.IndexIVFScalarQuantizer(
        quantizer, dimension, n_lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_L2
    )
    index.cp.seed, index.cp.min_points_per_centroid = seed, 1
    index.train(prepared.values[draw_places(count, n_lists * _TRAINED_ON, seed=seed)])
    return index


def _write_parts(
    prepared: Prepared, folder: Path, index: Any, watch: Watch
) -> tuple[tuple[int, int], ...]:
    faiss, shape = load_faiss(), prepared.values.shape
    made = []
    for number in range(count_parts(shape)):
        index.reset()
        rows = part_rows(shape, number)
        for start in range(rows.start, rows.stop, _BLOCK_ROWS):
            stop = min(start + _BLOCK_ROWS, rows.stop)
            index.add(prepared.values[start:stop])
            watch.step(Progress("index", stop, shape[0]))
        file = part_file(folder, number)
        faiss.write_index(index, str(file))
        made.append(check_part(file, shape, number))
    return tuple(made)


def _choose(prepared: Prepared, folder: Path, facts: IndexFacts, watch: Watch) -> IndexFacts:
    """Into how many lists to look so that the goal is reached, and what is found then."""
    params = facts.params
    index = Index(facts, tuple(open_parts(folder, facts)))
    queries = draw_places(facts.shape[0], params.n_queries, seed=params.seed)
    radii = find_radii(prepared, queries, params.nearest, watch)
    recall = 0.0
    for n_probes in _choices(facts.n_lists):
        near = index.candidates(prepared.values[queries], params.nearest, n_probes)
        recall = measure_recall(prepared, queries, radii, params.nearest, near)
        if recall >= params.goal:
            return replace(facts, n_probes=n_probes, recall=recall)
    return replace(facts, n_probes=0, recall=recall)


def _choices(n_lists: int) -> list[int]:
    """Into how many lists to look: 1, 2, 4 ..., and at last into as many as are worth it."""
    most = max(1, n_lists // _WORTH)
    return [*(1 << power for power in range((most - 1).bit_length())), most]

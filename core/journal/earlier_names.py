"""The names of clusters that lie in the cache from before there was a journal, as rows of one."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.cache import Cache, fingerprint
from core.clusters.clustering import KMeansParams
from core.clusters.edits import read_edits
from core.errors import CoreError
from core.journal.decisions import Decision, Kind, Row, read_clock
from core.journal.portraits import Portrait, portray

AUTHOR = "before the journal"
_SEED = re.compile(r"seed (\d+)")

Portrayer = Callable[[KMeansParams, int], Portrait]


@dataclass(frozen=True, slots=True)
class ImagesOf:
    """The images of a study.

    Attributes:
        ids: of the distinct ones, n of them.
        rows: for each readable row of the source its position among them, (m,).
    """

    ids: Sequence[str]
    rows: NDArray[np.int64]


def find_names(
    cache: Cache, images: ImagesOf, *, setting: str, portray_own: Portrayer
) -> tuple[Row, ...]:
    """The names that were given to clusters of these images; the same rows at every call.

    Args:
        cache: in which they lie.
        images: of the study.
        setting: the key under which names lie that go by the number of the cluster.
        portray_own: the portrait of a cluster of a clustering of the study, by its number.
    """
    named = [*_by_number(cache, setting, portray_own), *_by_contents(cache, images)]
    return tuple(_row(portrait, name) for portrait, name in named)


def _row(portrait: Portrait, name: str) -> Row:
    decision = Decision(Kind.NAME_CLUSTER, target=portrait, text=name)
    action = f"a{fingerprint(kind='earlier name', cluster=portrait.key, name=name)[:16]}"
    return Row(0, action, 0, read_clock(), AUTHOR, decision)


def _by_number(
    cache: Cache, setting: str, portray_own: Portrayer
) -> Iterator[tuple[Portrait, str]]:
    """Those that go by the number of the cluster under a clustering's parameters."""
    kept = cache.result(setting)
    for one in kept[0]["names"] if kept else ():
        params = KMeansParams(one["k"], one["seed"], read_edits(one.get("edits", "")))
        with suppress(CoreError):  # one that is empty now, since the code has changed
            yield portray_own(params, one["cluster"]), one["name"]


def _by_contents(cache: Cache, images: ImagesOf) -> Iterator[tuple[Portrait, str]]:
    """Those that go by what the clusters held: under a hash, found again from kept clusterings."""
    if not cache.find_results('{"names": {'):
        return
    digest = hashlib.sha256("\n".join(images.ids).encode()).hexdigest()
    seen: set[str] = set()
    for found in cache.find_results('{"inertia": '):
        facts, arrays = cache.result(found) or ({}, {})
        if len(arrays["labels"]) != len(images.rows):
            continue
        clusters = np.empty(len(images.ids), dtype=np.int32)
        clusters[images.rows] = arrays["labels"]
        held = hashlib.sha256(clusters.tobytes()).hexdigest()
        key = fingerprint(kind="names", ids=digest, clusters=held)
        if key not in seen:
            seen.add(key)
            yield from _of(cache.result(key), clusters, images, facts, arrays)


def _of(
    kept: tuple[dict[str, Any], Any] | None,
    clusters: NDArray[np.int32],
    images: ImagesOf,
    facts: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
) -> Iterator[tuple[Portrait, str]]:
    seed = _SEED.search(facts["method"])
    k = len(arrays["medoids"])
    params = KMeansParams(k, int(seed[1])) if seed else KMeansParams(k)
    for number, name in (kept[0]["names"] if kept else {}).items():
        cluster = int(number)  # JSON has text for keys
        medoid = int(images.rows[arrays["medoids"][cluster]])
        yield portray(cluster, clusters, images.ids, params=params, medoid=medoid), name

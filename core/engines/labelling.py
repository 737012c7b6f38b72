"""From a folder of shards to the clusters of all its images: fitted here, labelled by an engine."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clusters.streaming import StreamParams
from core.engines.gathering import gather_shards
from core.engines.sharding import Engine
from core.errors import CoreError
from core.progress import Watch
from core.shards.cluster_fit import (
    CENTROIDS_FILE,
    FORMAT,
    Fit,
    FitParams,
    describe_making,
    fit_shards,
)
from core.shards.cluster_labels import Labeller, LabelStamp
from core.shards.inspection import inspect_all
from core.shards.making import part_name
from core.shards.shards import Shards
from core.shards.storage import Folder

CLUSTERS_FILE = "clusters.json"
"""Written last: where it is, all labels are."""
_UNWATCHED = Watch()


@dataclass(frozen=True, slots=True)
class Labelled:
    """The clusters of a folder of shards.

    Attributes:
        folder: of the labels.
        fit: the centroids, and what the sample says of them.
        sizes: how many images each cluster holds, int64 (k,).
        inertia: the sum of the squared distances of all images.
        n_images: how many there are, unreadable ones included.
        n_shards: of the folder.
        n_new: shards that were labelled now.
    """

    folder: Folder
    fit: Fit
    sizes: NDArray[np.int64]
    inertia: float
    n_images: int
    n_shards: int
    n_new: int


def group_shards(
    uri: str,
    stream: StreamParams,
    engine: Engine,
    *,
    normalize: str | None = None,
    watch: Watch = _UNWATCHED,
) -> Labelled:
    """Fit K-Means to a folder of shards, and label every shard that has no labels yet.

    Whatever stops it, what is whole is kept, and is not computed again.

    Args:
        uri: of the folder.
        stream: of K-Means.
        engine: who labels the shards.
        normalize: `l2` or `none`; None: as suits the features.
        watch: told of the progress.

    Raises:
        CoreError: the shards, the parameters, the engine or what lies in the folder of the labels
            cannot be used.
        Cancelled: `watch` said so.
    """
    shards = Shards(uri)
    params = FitParams(stream, normalize or shards.making.recipe.normalize)
    folder = Folder(shards.folder.path(params.folder_name(shards)))
    labeller = Labeller(shards, params, _find_fit(shards, params, folder, watch), folder)
    there = _inspect_labels(labeller)
    missing = [number for number in shards.stamps if number not in there]
    begin = partial(Labeller, shards, params, labeller.fit, folder)
    said = engine.spread(missing, begin) if missing else ()
    stamps = gather_shards(
        there,
        map(LabelStamp.parse, said),
        shards.making,
        stage="label",
        total=shards.n_rows,
        watch=watch,
    )
    folder.clear_partials()
    made = _sum_up(labeller, stamps, len(missing))
    if not folder.has(CLUSTERS_FILE):
        folder.write(CLUSTERS_FILE, _describe(shards, made))
    return made


def _find_fit(shards: Shards, params: FitParams, folder: Folder, watch: Watch) -> Fit:
    """The centroids that are there, or new ones, written before anything is made of them.

    Raises:
        CoreError: those that are there are of other features or parameters, or damaged.
    """
    if not folder.has(CENTROIDS_FILE):
        shards.folder.require_writable()
        fit = fit_shards(shards, params, watch)
        folder.write(CENTROIDS_FILE, fit.dump())
        return fit
    fit = Fit.parse(folder.read(CENTROIDS_FILE), folder.path(CENTROIDS_FILE))
    wanted = describe_making(shards, params)
    made_of = {"content": wanted["content"], **fit.made_of}  # those of before do not tell it
    other = [name for name, value in wanted.items() if made_of.get(name) != value]
    if other:
        raise CoreError(
            f"{folder.uri} was made {_tell_change(other[0], made_of, wanted)}: move that folder "
            "elsewhere and start again; nothing was changed"
        )
    return fit


def _tell_change(name: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if name == "content":  # a digest, which says nothing to people
        return "of other images or features than the shards hold now"
    return f"with {name} {before.get(name)}, and now it is {now[name]}"


def _inspect_labels(labeller: Labeller) -> dict[int, LabelStamp]:
    """Of the shards that have labels, by number."""
    names = set(labeller.folder.names())
    there = [number for number in labeller.shards.stamps if part_name(number) in names]
    return inspect_all(labeller.inspect, there)


def _sum_up(labeller: Labeller, stamps: dict[int, LabelStamp], n_new: int) -> Labelled:
    making = labeller.shards.making
    ordered = [stamps[number] for number in sorted(stamps)]  # the same sum whoever was first
    sizes = np.array([stamp.sizes for stamp in ordered]).sum(axis=0)
    inertia = sum(stamp.inertia for stamp in ordered)
    return Labelled(
        labeller.folder, labeller.fit, sizes, inertia, making.n_images, making.n_shards, n_new
    )


def _describe(shards: Shards, made: Labelled) -> bytes:
    """What made the labels, for people and programs."""
    measures = made.fit.measures
    facts: dict[str, Any] = {
        "format": FORMAT,
        **made.fit.made_of,
        "recipe": asdict(shards.making.recipe),
        "reduce": "none",
        "method": made.fit.method,
        "n_unreadable": made.n_images - shards.n_readable,
        "sizes": made.sizes.tolist(),
        "inertia": made.inertia,
        "inertia_of_sample": asdict(measures.inertia),
        "silhouette": None if measures.silhouette is None else asdict(measures.silhouette),
        "centroids": CENTROIDS_FILE,
        "key": made.fit.key,
        "versions": made.fit.versions,
    }
    return json.dumps(facts, indent=2).encode()

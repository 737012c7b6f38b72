"""What a study gives to be taken away: the parts of which tables, folders, ZIP and report are made.

Images are named by their row among the distinct ones; `rows` are those that were selected, and
their copies come with them. None stands for all.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clusters.cluster_facts import ClusterFacts, describe_clusters, point_out_imbalance
from core.clusters.clustering import KMeansParams
from core.clusters.edits import write_edits
from core.errors import Cancelled, CoreError
from core.export.export_plan import Placed, plan_folders
from core.export.export_review import gather_reviewed, list_corrections
from core.export.export_tables import Grouped
from core.export.markup import count
from core.export.narrowing import narrow
from core.export.report import Findings, draw_report, wanted_pictures
from core.export.report_map import StyleOf
from core.images import ImageSet
from core.measures.sweep import Sweep, SweepParams
from core.progress import Watch
from core.projection import Projection
from core.study import Study

Rows = NDArray[np.int64]


def gather(
    study: Study,
    params: KMeansParams,
    *,
    projection: Projection | None = None,
    stability: NDArray[np.float32] | None = None,
    corrected: bool = False,
) -> Grouped:
    """What is known of the distinct images in this clustering.

    Args:
        study: the study.
        params: the clustering.
        projection: the map, where it is wanted.
        stability: of each image, where it is known.
        corrected: whether people's decisions are applied, if there are any.
    """
    made = gather_reviewed(study, params) if corrected else None
    made = made or Grouped(study.clusters(params), study.names(params), study.fit(params))
    coordinates = None if projection is None else projection.coordinates
    return replace(made, coordinates=coordinates, stability=stability)


def known_stability(study: Study, sweep: SweepParams | None = None) -> NDArray[np.float32] | None:
    """The stability of each distinct image, (n,), where that sweep was measured before, else None.

    Args:
        study: the study.
        sweep: which; else the one that is measured unless told otherwise.
    """
    stopped = Watch(should_stop=lambda: True)  # at the first clustering: only what is kept comes
    try:
        return Sweep(study, sweep or SweepParams()).restlessness(stopped).stability
    except (Cancelled, CoreError):
        return None


def describe_making(
    study: Study,
    params: KMeansParams,
    *,
    projection: Projection | None = None,
    rows: Rows | None = None,
    grouped: Grouped | None = None,
) -> dict[str, Any]:
    """What an export says of its making.

    Args:
        study: the study.
        params: the clustering.
        projection: the map, where it is part of the export.
        rows: the distinct images that were selected.
        grouped: what is exported: its decisions are told, where it has any.
    """
    images = study.images
    facts = {
        **study.describe(),
        "n_clusters": params.n_clusters,
        "kmeans_seed": params.seed,
        "method": study.cluster(params).method,
        "images": len(images.records),
        "distinct": len(images.ids),
        "unreadable": len(images.problems),
    }
    if params.edits:
        facts["edits"] = write_edits(params.edits)
    if projection is not None:
        facts["map"] = projection.method
    if rows is not None:
        facts["selected"] = len(rows)
    if grouped is not None and grouped.review is not None:
        facts |= grouped.review.facts
    return facts


def draw_study(
    study: Study,
    params: KMeansParams,
    projection: Projection,
    *,
    style_of: StyleOf,
    corrected: bool = False,
    rows: Rows | None = None,
) -> bytes:
    """The report of a clustering as one HTML file, in UTF-8.

    Args:
        study: the study.
        params: the clustering.
        projection: the map.
        style_of: how a cluster is drawn.
        corrected: whether people's decisions are applied and told, if there are any.
        rows: the distinct images that it is about; else all.

    Raises:
        CoreError: no image is left: none is selected, or all of them are excluded.
    """
    grouped = gather(study, params, projection=projection, corrected=corrected)
    making = describe_making(study, params, projection=projection, rows=rows, grouped=grouped)
    images = study.images
    if rows is not None:
        images, grouped = narrow(images, grouped, rows)
    if grouped.excluded.all():
        n_images = len(grouped.excluded)
        raise CoreError(f"no image is left for a report of {n_images}: select some not excluded")
    facts = _describe(images, grouped)
    findings = Findings(
        title=_title(study.source.name),
        images=images,
        grouped=grouped,
        clusters=facts,
        making=making,
        corrections=list_corrections(grouped),
        notes=_notes(facts, grouped, study.images, rows),
    )
    ids = {row: images.ids[row] for row in wanted_pictures(findings)}
    found = study.thumbnails(list(ids.values()))
    jpegs = {row: found[image_id] for row, image_id in ids.items() if image_id in found}
    return draw_report(findings, jpegs, style_of)


def _describe(images: ImageSet, grouped: Grouped) -> tuple[ClusterFacts, ...]:
    """The facts of the clusters, without the images that were excluded."""
    inside = [
        (images.index[record.id], record.label)
        for record in images.readable
        if record.id and not grouped.excluded[images.index[record.id]]
    ]
    rows = np.array([row for row, _ in inside], dtype=np.int64)
    return describe_clusters(grouped.fit, grouped.clusters, rows, [label for _, label in inside])


def _notes(
    facts: tuple[ClusterFacts, ...], grouped: Grouped, images: ImageSet, rows: Rows | None
) -> list[str]:
    if rows is not None:
        chosen = len(grouped.clusters)
        return [f"A selection: {chosen:,} of {count(len(images.ids), 'distinct image')}."]
    sizes = dict.fromkeys(range(len(grouped.names)), 0) | {one.cluster: one.size for one in facts}
    imbalance = point_out_imbalance(list(sizes.values()), grouped.names)
    return [imbalance] if imbalance else []


def _title(source: str) -> str:
    """The last part of a path or an address: the rest is the sender's own affair."""
    if source.startswith("parquet:"):
        return source.rstrip("/").rpartition("/")[2].removeprefix("parquet:")
    path = Path(source)
    return path.resolve().name if os.path.exists(path) else source  # noqa: PTH110 - never raises


def plan(
    study: Study,
    params: KMeansParams,
    *,
    rows: Rows | None = None,
    grouped: Grouped | None = None,
    keep_excluded: bool = False,
) -> tuple[Placed, ...]:
    """Where each image goes when the clusters become folders.

    Args:
        study: the study.
        params: the clustering.
        rows: the distinct images that are wanted; else all.
        grouped: the clusters to follow; else those of K-Means.
        keep_excluded: whether images that were excluded get a folder of their own.
    """
    originals = [entry.file for entry in study.source.entries]
    made = grouped or gather(study, params)
    return plan_folders(
        study.images, originals, made.clusters, made.names,
        rows=rows, excluded=made.excluded, keep_excluded=keep_excluded,
    )  # fmt: skip


def refuse_inside(study: Study, target: Path) -> None:
    """Keep folders of copies out of a folder that is searched for images.

    Raises:
        CoreError: `target` lies in the source, where its files would be found as copies.
    """
    try:
        source, inner = Path(study.params.source).expanduser().resolve(), target.resolve()
    except (OSError, RuntimeError):  # no path at all: what it is will be said where it is opened
        return
    if os.path.isdir(source) and inner.is_relative_to(source):  # noqa: PTH112 - likewise
        raise CoreError(
            f"{target} lies in {study.source.name}, whose images would be there twice from then "
            "on: name a folder outside it"
        )

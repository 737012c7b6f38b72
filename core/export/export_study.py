"""What a study gives to be taken away: the parts of which tables, folders, ZIP and report are made.

Images are named by their row among the distinct ones; `rows` are those that were selected, and
their copies come with them. None stands for all.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import KMeansParams
from core.clusters.edits import write_edits
from core.errors import Cancelled, CoreError
from core.export.export_plan import Placed, plan_folders
from core.export.export_tables import Grouped
from core.export.report import Findings, draw_report, wanted_pictures
from core.export.report_map import StyleOf
from core.export.report_tables import Correction
from core.measures.sweep import Sweep, SweepParams
from core.progress import Watch
from core.projection import Projection
from core.study import Study


def gather(
    study: Study,
    params: KMeansParams,
    *,
    projection: Projection | None = None,
    stability: NDArray[np.float32] | None = None,
) -> Grouped:
    """What is known of the distinct images in this clustering."""
    return Grouped(
        study.clusters(params),
        study.names(params),
        study.fit(params),
        None if projection is None else projection.coordinates,
        stability,
    )


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
    rows: NDArray[np.int64] | None = None,
) -> dict[str, Any]:
    """What an export says of its making."""
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
    return facts


def draw_study(
    study: Study,
    params: KMeansParams,
    projection: Projection,
    *,
    style_of: StyleOf,
    corrections: Sequence[Correction] = (),
) -> bytes:
    """The report of a clustering as one HTML file, in UTF-8."""
    imbalance = study.imbalance(params)
    findings = Findings(
        title=_title(study.source.name),
        images=study.images,
        grouped=gather(study, params, projection=projection),
        clusters=study.cluster_facts(params),
        making=describe_making(study, params, projection=projection),
        corrections=corrections,
        notes=[imbalance] if imbalance else [],
    )
    ids = {row: study.images.ids[row] for row in wanted_pictures(findings)}
    found = study.cache.thumbnails(list(ids.values()))
    jpegs = {row: found[image_id] for row, image_id in ids.items() if image_id in found}
    return draw_report(findings, jpegs, style_of)


def _title(source: str) -> str:
    """The last part of a path: the rest is the sender's own affair."""
    path = Path(source)
    return path.resolve().name if os.path.exists(path) else source  # noqa: PTH110 - never raises


def plan(
    study: Study, params: KMeansParams, *, rows: NDArray[np.int64] | None = None
) -> tuple[Placed, ...]:
    """Where each image goes when the clusters become folders."""
    originals = [entry.file for entry in study.source.entries]
    clusters, names = study.clusters(params), study.names(params)
    return plan_folders(study.images, originals, clusters, names, rows=rows)


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

"""The command that ranks the images by how badly they fit their cluster: `review`."""

from contextlib import suppress
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from core.clusters.clustering import KMeansParams, TooManyClusters
from core.commands.options import CsvOption, extract_missing, show_progress
from core.export.export import write_csv
from core.measures.sweep import Sweep, SweepParams
from core.review.misfit import COMBINED, SCORES
from core.review.reviewing import Review
from core.study import Study

_SHOWN = 20


def review(  # noqa: PLR0917 - called by name alone
    study: Study,
    k: Annotated[int, typer.Option(help="How many clusters.")] = 5,
    top: Annotated[int, typer.Option(help="How many images; 0: all.")] = _SHOWN,
    by: Annotated[str, typer.Option(help=f"The order: {', '.join(SCORES)}.")] = COMBINED,
    seeds: Annotated[int, typer.Option(help="Seeds for restlessness; 0 leaves it out.")] = 3,
    csv: CsvOption = "-",
) -> None:
    """List the images that fit their cluster worst, with the scores and the reasons in words."""
    extract_missing(study)
    restlessness = None
    if seeds:
        with suppress(TooManyClusters), show_progress() as watch:
            restlessness = Sweep(study, SweepParams(n_seeds=seeds)).restlessness(watch)
    found = Review(study, KMeansParams(k, study.params.seed), restlessness=restlessness)
    rows = found.misfit.worst_first(by)
    table = pd.DataFrame([_tabulate(found, row) for row in rows[: top or None].tolist()])
    write_csv(table, csv or "-", {**study.describe(), "n_clusters": k, "order": by})


def _tabulate(found: Review, row: int) -> dict[str, Any]:
    """One image; what is undefined is empty."""
    images, cluster, rival = found.study.images, int(found.clusters[row]), found.rival(row)
    misfit = found.misfit
    known = {name: getattr(misfit, name) for name in SCORES}
    scores = {name: np.nan if of is None else float(of[row]) for name, of in known.items()}
    return {
        "path": images.by_id[images.ids[row]][0].path,
        "cluster": cluster,
        "rival": "" if rival is None else rival,
        **{name: "" if np.isnan(value) else f"{value:.4f}" for name, value in scores.items()},
        "outlier": f"{found.outliers.factor[row]:.4f}",
        "reasons": "; ".join(found.describe(row)),
    }

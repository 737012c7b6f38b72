"""Every step from k to k + 1 in words, and the images that were reshuffled."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from core.clusters.clustering import KMeansParams
from core.compare.change_words import describe
from core.compare.changes import Changes, Reshuffle, find_changes
from dashboard.contents import publish
from dashboard.grouping import Rows
from dashboard.steps import (
    MOST_ROWS,
    ClusterEnd,
    Step,
    StepsView,
    Strip,
    show_steps,
    write_steps,
)
from dashboard.styles import style_of
from dashboard.views.compare_parts import Shown, load_k, show_map_and_selection
from dashboard.waiting import await_result


@dataclass(frozen=True)
class _Stepped:
    """The clusterings in their order, what each step between two did, and the medoids."""

    params: tuple[KMeansParams, ...]
    changes: tuple[Changes, ...]
    medoids: tuple[Rows, ...]


def show_changes(shown: Shown) -> None:
    """The steps of the sweep's range, and beside them the map and what is chosen."""
    stepped = _step(shown)
    names = tuple(shown.study.names(one) for one in stepped.params)
    made_of = ("steps", shown.view.study, shown.study.fingerprint, stepped.params, names)
    counts = tuple(len(one.reshuffles) for one in stepped.changes)
    show_steps(
        StepsView(
            publish(made_of, lambda: write_steps(_describe(stepped, names))),
            counts,
            present=_present(shown, stepped),
            chosen=_chosen(shown, stepped),
            opened=shown.desk.now.opened,
        ),
        shown.contents.images,
        key="steps",
        on_step=lambda step: load_k(stepped.params[step + 1].n_clusters),
        on_strip=lambda step, strip: shown.desk.select(
            stepped.changes[step].reshuffles[strip].rows
        ),
        on_open=shown.desk.open,
    )
    show_map_and_selection(shown, hint="Select a strip of images to see them here and on the map.")


def _step(shown: Shown) -> _Stepped:
    study, now = shown.study, shown.view.kmeans
    largest = min(shown.view.sweep.largest, len(study.images.ids))
    ks = range(min(shown.view.sweep.smallest, largest), largest + 1)
    params = tuple(replace(now, n_clusters=k, edits=()) for k in ks)

    def step() -> _Stepped:
        clusterings = [study.clusters(one) for one in params]
        weights = study.counts
        changes = tuple(
            find_changes(before, after, weights=weights) for before, after in pairwise(clusterings)
        )
        return _Stepped(params, changes, tuple(study.medoids(one) for one in params))

    key = (shown.view.study, study.fingerprint, params, "steps")
    stepped: _Stepped = await_result(key, lambda _: step(), "Comparing each k with the next")
    return stepped


def _present(shown: Shown, stepped: _Stepped) -> int | None:
    """The step that led to the k that is shown elsewhere; from the smallest, the first."""
    ks = [one.n_clusters for one in stepped.params]
    k = shown.view.kmeans.n_clusters
    return max(0, ks.index(k) - 1) if k in ks and len(ks) > 1 else None


def _chosen(shown: Shown, stepped: _Stepped) -> tuple[int, int] | None:
    """The strip whose images are what is selected."""
    rows = shown.desk.now.rows
    if not len(rows):
        return None
    for step, changes in enumerate(stepped.changes):
        for strip, one in enumerate(changes.reshuffles):
            if np.array_equal(one.rows, rows):
                return step, strip
    return None


def _describe(stepped: _Stepped, names: tuple[tuple[str, ...], ...]) -> list[Step]:
    steps = []
    for step, changes in enumerate(stepped.changes):
        before, after = stepped.params[step].n_clusters, stepped.params[step + 1].n_clusters
        steps.append(
            Step(
                f"{before} → {after} clusters",
                before,
                after,
                tuple(describe(changes, names[step], names[step + 1])),
                tuple(_strip(one, step, stepped, names) for one in changes.reshuffles),
            )
        )
    return steps


def _strip(
    one: Reshuffle, step: int, stepped: _Stepped, names: tuple[tuple[str, ...], ...]
) -> Strip:
    return Strip(
        _end(one.before, step, stepped, names),
        _end(one.after, step + 1, stepped, names),
        one.count,
        tuple(one.rows[:MOST_ROWS].tolist()),
        one.count - len(one.rows),
    )


def _end(
    cluster: int, step: int, stepped: _Stepped, names: tuple[tuple[str, ...], ...]
) -> ClusterEnd:
    medoid = int(stepped.medoids[step][cluster])
    name, style = names[step][cluster], style_of(cluster)
    return ClusterEnd(cluster, name, style.color, None if medoid < 0 else medoid, style.symbol)

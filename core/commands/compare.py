"""The commands that compare clusterings: `sweep` over values of k, `compare` between two."""

from collections.abc import Sequence
from typing import Annotated, Any

import pandas as pd
import typer

from core.clusters.clustering import KMeansParams, TooManyClusters
from core.commands.options import CsvOption, console, extract_missing, show_progress
from core.compare.change_words import describe
from core.compare.comparison import Comparison
from core.errors import CoreError
from core.export.export import write_csv
from core.measures.sweep import Measured, Sweep, SweepParams, advise_on
from core.progress import Progress
from core.study import Study

_SMALLEST, _LARGEST = 2, 20


def _range(text: str) -> tuple[int, int]:
    """`2-20`, or one number."""
    first, dash, last = text.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()):
        raise typer.BadParameter(f"{text!r} is no range: write 2-20")
    return int(first), int(last if dash else first)


def sweep(
    study: Study,
    k: Annotated[
        Any, typer.Option(parser=_range, metavar="FIRST-LAST", help="Which k to measure.")
    ] = f"{_SMALLEST}-{_LARGEST}",
    seeds: Annotated[int, typer.Option(help="How often K-Means starts for each k.")] = 3,
    csv: CsvOption = "-",
) -> None:
    """Measure every k of a range: one row a k, all measures. On stderr, what they say in words."""
    smallest, largest = k
    params = SweepParams(smallest, largest, seeds)
    extract_missing(study)
    made = Sweep(study, params)
    rows = _measure(made)
    console.print(advise_on(made, rows).text)
    table = pd.DataFrame([row.tabulate() for row in rows])
    write_csv(table, csv or "-", {**study.describe(), "seeds": seeds})


def _measure(sweep: Sweep) -> list[Measured]:
    """Every k of the sweep; where the images allow no more, the reason goes to stderr."""
    rows: list[Measured] = []
    with show_progress() as watch:
        for done, k in enumerate(sweep.ks):
            watch.step(Progress("sweep", done, len(sweep.ks), "values of k"))
            try:
                rows.append(sweep.measure(k))
            except TooManyClusters as error:
                if not rows:
                    raise
                console.print(f"k ends at {k - 1}: {error}")
                break
    if not rows:
        n_images = len(sweep.study.images.ids)
        fewest = sweep.params.smallest
        raise CoreError(
            f"{n_images} images that differ are too few for k = {fewest}: start --k lower"
        )
    return rows


def compare(
    study: Study,
    k: Annotated[list[int], typer.Option(help="Twice: the k before and the k after.")],
    seeds: Annotated[int, typer.Option(help="How many seeds the stability is taken over.")] = 3,
    csv: CsvOption = "-",
) -> None:
    """Follow each image from one k to another: both clusters, stability, moved or not."""
    if len(k) != 2:  # noqa: PLR2004 - before and after
        raise CoreError(f"{len(k)} values of k: name two, such as --k 5 --k 8")
    if k[0] == k[1]:
        raise CoreError(f"k = {k[0]} twice: name two that differ, such as --k 5 --k 8")
    extract_missing(study)
    before, after = (KMeansParams(one, study.params.seed) for one in k)
    sweep = Sweep(study, SweepParams(n_seeds=seeds))
    found = sweep.compare(before, after)
    _say(found, sweep, before, after)
    with show_progress() as watch:
        restlessness = sweep.restlessness(watch)
    table = _tabulate(study, (before, after), restlessness.stability, found)
    over = _describe(sweep.ks_of(restlessness), seeds)
    made_by = {**study.describe(), "n_clusters": k, "stability": over}
    write_csv(table, csv or "-", made_by)


def _describe(ks: range, seeds: int) -> str:
    """Over which clusterings the stability was taken."""
    return f"over k = {ks[0]} to {ks[-1]}, {seeds} seeds each"


def _say(found: Comparison, sweep: Sweep, before: KMeansParams, after: KMeansParams) -> None:
    names = [sweep.study.names(one) for one in (before, after)]
    for sentence in describe(found.changes, *names):
        console.print(sentence)
    console.print(
        f"adjusted Rand index {found.ari:.3f}, normalised mutual information {found.nmi:.3f}, "
        f"variation of information {found.variation:.3f} bits"
    )


def _tabulate(
    study: Study, pair: Sequence[KMeansParams], stability: Any, found: Comparison
) -> pd.DataFrame:
    """One row an image; empty where it could not be read."""
    clusters = [study.clusters(one) for one in pair]
    first, second = (f"cluster_k{one.n_clusters}" for one in pair)
    rows = []
    for record in study.images.records:
        if record.problem or record.id is None:
            rows.append({"path": record.path})
            continue
        row = study.images.index[record.id]
        rows.append(
            {
                "path": record.path,
                first: str(clusters[0][row]),
                second: str(clusters[1][row]),
                "stability": f"{stability[row]:.4f}",
                "moved": "yes" if found.moved[row] else "no",
            }
        )
    return pd.DataFrame(rows, columns=["path", first, second, "stability", "moved"]).fillna("")

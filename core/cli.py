"""The command line: `python -m core`. Data goes to stdout or a named file, all else to stderr."""

import sys
from typing import Annotated

import typer

from core.clusters.clustering import KMeansParams
from core.commands import (
    cache,
    cluster_shards,
    compare,
    export,
    extract,
    inside,
    journal,
    review,
    search,
)
from core.commands.options import (
    CsvOption,
    console,
    extract_missing,
    plain_errors,
    show_progress,
    with_params,
    with_study,
)
from core.errors import CoreError
from core.export.export import tabulate_clusters, tabulate_map, tabulate_sizes, write_csv
from core.logs import Level, begin_logging
from core.projection import UMAPParams
from core.study import Study

app = typer.Typer(
    name="groupsight",
    help="See how a set of images groups: VGG-16 features, K-Means, UMAP.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _begin(
    *,
    log_level: Annotated[
        Level, typer.Option(help="From which weight on something is written to stderr.")
    ] = Level.WARNING,
) -> None:
    begin_logging(log_level)


app.command()(with_params(extract.extract))


@app.command()
@with_study
def cluster(
    study: Study,
    k: Annotated[int, typer.Option(help="How many clusters.")] = 5,
    csv: CsvOption = None,
) -> None:
    """Group the images by K-Means. Prints the sizes, or writes one row an image with --csv."""
    params = KMeansParams(k, study.params.seed)
    most = len(study.images.ids)
    if k > most > 0:  # known before the long work; the features may tell even fewer apart
        raise CoreError(f"k = {k} is more than the {most} images that differ: choose a smaller --k")
    extract_missing(study)
    clustering = study.cluster(params)
    console.print(f"reduce: {study.reduction.describe()}, inertia: {clustering.inertia:.6g}")
    if csv is None:
        write_csv(tabulate_sizes(clustering.sizes), "-", {})
        return
    table = tabulate_clusters(study.source.table, study.images, clustering)
    write_csv(table, csv, {**study.describe(), "n_clusters": k})


@app.command()
@with_study
def project(  # noqa: PLR0917 - called by name alone
    study: Study,
    csv: CsvOption = "-",
    n_neighbors: Annotated[int, typer.Option(help="UMAP: local (few) or global (many).")] = 15,
    min_dist: Annotated[float, typer.Option(help="UMAP: how tightly points may lie.")] = 0.1,
    metric: Annotated[str, typer.Option(help="euclidean or cosine.")] = "euclidean",
    dimensions: Annotated[int, typer.Option(help="2, or 3 for a map in space.")] = 2,
) -> None:
    """Lay the images out by UMAP. Writes path, x, y (and z): one row an image."""
    params = UMAPParams(n_neighbors, min_dist, metric, study.params.seed, dimensions)
    extract_missing(study)
    projection = study.project(params)
    console.print(f"reduce: {study.reduction.describe()}, map: {projection.method}")
    made_by = {**study.describe(), "map": projection.method}
    write_csv(tabulate_map(study.images, projection), csv or "-", made_by)


@app.command()
@with_study
def info(study: Study) -> None:
    """Say what a source holds, what cannot be read and why, and what is cached."""
    with show_progress() as watch:
        study.inspect(watch)
    images = study.images
    labels = {record.label for record in images.records if record.label is not None}
    facts = {
        "source": images.source,
        "images": len(images.records),
        "distinct": len(images.ids),
        "unreadable": len(images.problems),
        "other files": study.source.passed_over,
        "labels": len(labels),
        **study.recipe.describe(),
        "extracted": len(images.ids) - len(study.missing()),
        "cache": study.cache.path,
    }
    for name, value in facts.items():
        sys.stdout.write(f"{name}: {value}\n")
    for record in images.problems:
        sys.stdout.write(f"unreadable: {record.path}: {record.problem}\n")


app.command()(plain_errors()(cluster_shards.cluster_shards))
app.command()(with_study(compare.sweep))
app.command()(with_study(compare.compare))
app.command()(with_study(inside.why))
app.command()(with_study(export.export))
app.command()(with_study(export.duplicates))
app.command()(with_study(review.review))
app.command()(with_study(search.search))
app.command()(with_study(journal.journal))
app.command()(plain_errors()(inside.layers))
app.command()(plain_errors()(inside.maps))
app.command()(plain_errors()(inside.predict))
app.add_typer(cache.app, name="cache")


def main() -> None:
    """Run the command line."""
    app()

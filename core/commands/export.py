"""The commands that take things away: `export` in six formats, and the list of `duplicates`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from core.clusters.clustering import KMeansParams
from core.commands.options import CsvOption, console, extract_missing, show_progress
from core.errors import CoreError
from core.export.duplicate_table import tabulate_duplicates
from core.export.export import csv_paths, write_csv
from core.export.export_folders import Link, refuse_target, write_folders
from core.export.export_plan import Written
from core.export.export_study import (
    describe_making,
    draw_study,
    gather,
    known_stability,
    plan,
    refuse_inside,
)
from core.export.export_tables import TABLES, tabulate_images
from core.export.export_zip import write_zip
from core.export.markup import count
from core.palette import style_of
from core.projection import UMAPParams
from core.study import Study
from core.whole_files import refuse_existing, write_whole


class Format(StrEnum):
    """What an export is written as."""

    FOLDERS = "folders"
    ZIP = "zip"
    CSV = "csv"
    PARQUET = "parquet"
    JSON = "json"
    HTML = "html"


_TO_STDOUT = {Format.CSV, Format.JSON}


def export(
    study: Study,
    target: Annotated[
        str, typer.Argument(metavar="DIR_OR_FILE", help="What to write; it is never overwritten.")
    ],
    to: Annotated[Format, typer.Option(help="A folder a cluster, a table, or a report.")],
    k: Annotated[int, typer.Option(help="How many clusters.")] = 5,
    link: Annotated[
        Link, typer.Option(help="With folders: copy the images, or link to them.")
    ] = Link.COPY,
) -> None:
    """Take the clusters away: folders or a ZIP of images, a table, or a report in one file.

    Originals are never moved or changed, and nothing is overwritten. For CSV and JSON - is stdout.
    """
    params = KMeansParams(k, study.params.seed)
    if link is not Link.COPY and to is not Format.FOLDERS:
        raise CoreError(f"--link {link} goes with --to folders: {to} is one file")
    _refuse(study, target, to)
    extract_missing(study)
    if to in {Format.FOLDERS, Format.ZIP}:
        _write_images(study, params, Path(target), to, link)
    elif to is Format.HTML:
        projection = study.project(UMAPParams(seed=study.params.seed))
        write_whole(Path(target), draw_study(study, params, projection, style_of=style_of))
    else:
        _write_table(study, params, target, to)


def _refuse(study: Study, target: str, to: Format) -> None:
    """What cannot be written is refused before the long work."""
    if target == "-" and to not in _TO_STDOUT:
        raise CoreError(f"--to {to} cannot go to stdout: name a file or a folder")
    if to is Format.FOLDERS:
        refuse_inside(study, Path(target))
        refuse_target(Path(target))
    elif target != "-":
        refuse_existing(*(csv_paths(target) if to is Format.CSV else [Path(target)]))


def _write_images(study: Study, params: KMeansParams, target: Path, to: Format, link: Link) -> None:
    placed = plan(study, params)
    made_by = describe_making(study, params)
    with show_progress() as watch:
        if to is Format.ZIP:
            written = write_zip(placed, target, read=study.read, made_by=made_by, watch=watch)
        else:
            written = write_folders(
                placed, target, read=study.read, made_by=made_by, link=link, watch=watch
            )
    _say(written, len({one.cluster for one in placed}), target)


def _say(written: Written, n_folders: int, target: Path) -> None:
    images, folders = count(written.images, "image"), count(n_folders, "folder")
    console.print(f"{images} in {folders}: {target}")
    for file, reason in written.missing:
        console.print(f"left out: {file}: {reason}")


def _write_table(study: Study, params: KMeansParams, target: str, to: Format) -> None:
    projection = study.project(UMAPParams(seed=study.params.seed))
    stability = known_stability(study)
    grouped = gather(study, params, projection=projection, stability=stability)
    table = tabulate_images(study.source.table, study.images, grouped)
    made_by = describe_making(study, params, projection=projection)
    if to is Format.CSV:
        write_csv(table, target, made_by, replace=False)
        return
    data = TABLES[to](table, made_by)
    if target == "-":
        sys.stdout.write(data.decode())
    else:
        write_whole(Path(target), data)


def duplicates(study: Study, csv: CsvOption = "-") -> None:
    """List images that are there more than once: copies, and what is all but the same."""
    extract_missing(study)
    found = study.duplicates()
    table = tabulate_duplicates(study.images, found)
    copies = int((table["copies"] > 1).sum())
    console.print(
        f"{count(len(table), 'image')} in {count(int(np.unique(table['group']).size), 'group')}: "
        f"{copies:,} with copies, {count(len(found.pairs), 'pair')} within {found.threshold:.4g}"
    )
    made_by = {**study.describe(), "near": found.threshold}
    write_csv(table, csv or "-", made_by)

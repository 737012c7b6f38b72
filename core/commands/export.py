"""The commands that take things away: `export` in six formats, and the list of `duplicates`."""

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from core.addresses import expand_home
from core.clusters.clustering import KMeansParams
from core.commands.options import CsvOption, console, extract_missing, show_progress
from core.errors import CoreError
from core.export.duplicate_table import tabulate_duplicates
from core.export.export import csv_paths, write_csv
from core.export.export_folders import Link, refuse_target, write_folders
from core.export.export_plan import Written
from core.export.export_review import has_decisions
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
_OF_IMAGES = {Format.FOLDERS, Format.ZIP}


@dataclass(frozen=True, slots=True)
class _Images:
    """Where images go and how."""

    target: Path
    to: Format
    link: Link
    keep_excluded: bool


def export(  # noqa: PLR0917 - called by name alone
    study: Study,
    target: Annotated[
        str, typer.Argument(metavar="DIR_OR_FILE", help="What to write; it is never overwritten.")
    ],
    to: Annotated[Format, typer.Option(help="A folder a cluster, a table, or a report.")],
    k: Annotated[int, typer.Option(help="How many clusters.")] = 5,
    link: Annotated[
        Link, typer.Option(help="With folders: copy the images, or link to them.")
    ] = Link.COPY,
    corrected: Annotated[
        bool | None,
        typer.Option(
            "--corrected/--found",
            help="The clusters as people corrected them, or as K-Means found them. "
            "Default: corrected, where there are decisions.",
        ),
    ] = None,
    keep_excluded: Annotated[
        bool,
        typer.Option(
            "--keep-excluded",
            help="With folders and zip: put images that were excluded in a folder `excluded`.",
        ),
    ] = False,
) -> None:
    """Take the clusters away: folders or a ZIP of images, a table, or a report in one file.

    Originals are never moved or changed, and nothing is overwritten. For CSV and JSON - is stdout.
    """
    target = str(expand_home(target, "file"))
    params = KMeansParams(k, study.params.seed)
    if link is not Link.COPY and to is not Format.FOLDERS:
        raise CoreError(f"--link {link} goes with --to folders: leave it out, {to} is one file")
    if keep_excluded and to not in _OF_IMAGES:
        raise CoreError(f"--keep-excluded goes with --to folders or zip: leave it out for {to}")
    _refuse(study, target, to)
    extract_missing(study)
    as_corrected = _choose_clusters(study, corrected=corrected)
    if to in _OF_IMAGES:
        images = _Images(Path(target), to, link, keep_excluded)
        _write_images(study, params, images, corrected=as_corrected)
    elif to is Format.HTML:
        projection = study.project(UMAPParams(seed=study.params.seed))
        page = draw_study(study, params, projection, style_of=style_of, corrected=as_corrected)
        write_whole(Path(target), page)
    else:
        _write_table(study, params, target, to, corrected=as_corrected)


def _choose_clusters(study: Study, *, corrected: bool | None) -> bool:
    """Whether decisions are applied; on stderr what was chosen, where there was a choice."""
    if not has_decisions(study):
        if corrected:
            console.print("clusters: as K-Means found them, since nothing was decided")
        return False
    if corrected is False:
        console.print("clusters: as K-Means found them; decisions were left out")
        return False
    console.print("clusters: as people corrected them; --found takes those of K-Means")
    return True


def _refuse(study: Study, target: str, to: Format) -> None:
    """What cannot be written is refused before the long work."""
    if target == "-" and to not in _TO_STDOUT:
        raise CoreError(f"--to {to} cannot go to stdout: name a file or a folder")
    if to is Format.FOLDERS:
        refuse_inside(study, Path(target))
        refuse_target(Path(target))
    elif target != "-":
        refuse_existing(*(csv_paths(target) if to is Format.CSV else [Path(target)]))


def _write_images(study: Study, params: KMeansParams, images: _Images, *, corrected: bool) -> None:
    grouped = gather(study, params, corrected=corrected)
    placed = plan(study, params, grouped=grouped, keep_excluded=images.keep_excluded)
    made_by = describe_making(study, params, grouped=grouped)
    given: dict[str, Any] = {"read": study.read, "made_by": made_by}
    with show_progress() as watch:
        if images.to is Format.ZIP:
            written = write_zip(placed, images.target, watch=watch, **given)
        else:
            written = write_folders(placed, images.target, link=images.link, watch=watch, **given)
    _say(written, len({one.cluster for one in placed}), images.target)
    left_out = 0 if images.keep_excluded else int(np.count_nonzero(grouped.excluded))
    if left_out:
        console.print(f"left out, since they were excluded: {count(left_out, 'image')}")


def _say(written: Written, n_folders: int, target: Path) -> None:
    images, folders = count(written.images, "image"), count(n_folders, "folder")
    console.print(f"{images} in {folders}: {target}")
    for file, reason in written.missing:
        console.print(f"left out: {file}: {reason}")


def _write_table(
    study: Study, params: KMeansParams, target: str, to: Format, *, corrected: bool
) -> None:
    projection = study.project(UMAPParams(seed=study.params.seed))
    stability = known_stability(study)
    grouped = gather(study, params, projection=projection, stability=stability, corrected=corrected)
    table = tabulate_images(study.source.table, study.images, grouped)
    made_by = describe_making(study, params, projection=projection, grouped=grouped)
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

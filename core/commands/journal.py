"""The command that shows what was decided, and takes over what was decided elsewhere: `journal`."""

from pathlib import Path
from typing import Annotated

import typer

from core.commands.options import CsvOption, as_path, console
from core.export.export import write_csv
from core.journal.adoption import Adoption
from core.journal.journal_csv import find_paths, read_journal, tabulate_journal
from core.sources.base import as_text
from core.study import Study


def journal(
    study: Study,
    csv: CsvOption = None,
    replay: Annotated[
        Path | None,
        typer.Option(parser=as_path, metavar="FILE", help="Add the decisions of such a CSV file."),
    ] = None,
) -> None:
    """Write every decision about these images, one row each. Or add those of another journal."""
    if replay is not None:
        _say(study.journal.adopt(read_journal(replay)), study)
    rows, state = study.journal.rows, study.journal.state
    authors = sorted({row.author or "nobody named" for row in rows})
    by = f" by {', '.join(authors)}" if authors else ""
    console.print(f"{len(rows):,} rows{by}; {len(state.decided):,} images decided")
    console.print(f"journal: {study.journal.path}")
    if csv is None and replay is not None:
        return
    table = tabulate_journal(rows, find_paths(study.images))
    made_by = {"source": study.source.name, "journal": as_text(study.journal.path)}
    write_csv(table, csv or "-", made_by)


def _say(made: Adoption, study: Study) -> None:
    console.print(made.describe())
    for line in made.explain_refused(find_paths(study.images)):
        console.print(f"refused: {line}")

"""The command that shows what was decided, and takes over what was decided elsewhere: `journal`."""

from pathlib import Path
from typing import Annotated

import typer

from core.commands.options import CsvOption, console
from core.export.export import write_csv
from core.journal.adoption import Adoption
from core.journal.journal_csv import read_journal, tabulate_journal
from core.study import Study


def journal(
    study: Study,
    csv: CsvOption = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add the decisions of such a CSV file.")
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
    table = tabulate_journal(rows, _paths(study))
    write_csv(table, csv or "-", {"source": study.source.name, "journal": str(study.journal.path)})


def _paths(study: Study) -> dict[str, str]:
    """From id to the path of the first image that has it, unreadable ones included."""
    records = reversed(study.images.records)
    return {record.id: record.path for record in records if record.id is not None}


def _say(made: Adoption, study: Study) -> None:
    console.print(
        f"{len(made.added):,} rows added, {made.known:,} known, {len(made.refused):,} refused"
    )
    paths = _paths(study)
    for theirs, ours in made.refused:
        image = theirs.decision.image or ""
        about = paths.get(image, image)
        console.print(f"refused: {about} {theirs.describe()}: here {ours.describe()}")

"""The commands about the cache file: what it holds, whether it is whole, and clearing it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from core.cache import Cache, default_path
from core.caching.search_files import search_folder
from core.caching.sizes import format_size
from core.caching.upkeep import KINDS, clear_cache, describe_cache, verify_cache
from core.commands.options import CachePath, console, plain_errors
from core.errors import CoreError
from core.journal.journal_file import journal_path

app = typer.Typer(help="Say what the cache holds, check it, or clear it.", no_args_is_help=True)


def _open(path: Path | None) -> Cache:
    chosen = path or default_path()
    if not chosen.exists():
        raise CoreError(
            f"there is no cache at {chosen}: name one with --cache, or extract images first"
        )
    return Cache(chosen)


@app.command()
def info(*, cache: CachePath = None) -> None:
    """Say how much the cache holds, and where it and the decisions lie."""
    with plain_errors(), _open(cache) as opened:
        facts = describe_cache(opened)
        decisions = journal_path(opened.path)
        shown = {
            "cache": facts.path,
            "size": f"{format_size(facts.size)}, {format_size(facts.free)} of it free",
            "images": f"{facts.n_images:,}",
            "features": f"{facts.n_features:,} in {facts.n_recipes:,} ways",
            "results": f"{facts.n_results:,}",
            "search": f"{format_size(facts.search_size)} in {search_folder(facts.path)}",
            "decisions": decisions if decisions.exists() else f"none yet (in {decisions})",
        }
        for name, value in shown.items():
            sys.stdout.write(f"{name}: {value}\n")


@app.command()
def verify(*, cache: CachePath = None) -> None:
    """Look for damage. Exits with 1 where some is found."""
    with plain_errors(), _open(cache) as opened:
        problems = verify_cache(opened)
        for problem in problems:
            sys.stdout.write(f"{problem}\n")
        if problems:
            raise CoreError(
                f"{len(problems)} problems in {opened.path}. Damaged vectors and results are "
                "computed anew when they are asked for; where SQLite itself complains, clear it"
            )
        console.print(f"{opened.path} is whole")


@app.command()
def clear(
    kinds: Annotated[list[str] | None, typer.Argument(metavar=f"[{'|'.join(KINDS)}]...")] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    cache: CachePath = None,
) -> None:
    """Give up what was computed: all of it, or some kinds. Decisions are never touched.

    The files of the search over all images of shards are given up with the results.
    """
    with plain_errors(), _open(cache) as opened:
        chosen = tuple(kinds or KINDS)
        before = _room(opened, chosen)
        if not yes:
            question = f"Clear {', '.join(chosen)} from {opened.path} ({format_size(before)})?"
            typer.confirm(question, abort=True, err=True)
        clear_cache(opened, chosen)
        console.print(f"{format_size(before - _room(opened, chosen))} given back")


def _room(cache: Cache, kinds: tuple[str, ...]) -> int:
    """What the file takes, and the files of the search where these are cleared, too."""
    facts = describe_cache(cache)
    return facts.size + facts.search_size * ("results" in kinds)

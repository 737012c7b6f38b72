"""Search over all images of a folder of shards of which only a sample is studied."""

import base64
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import CoreError
from core.images import identify
from core.pictures.decoding import ImageProblem
from core.progress import Progress, Watch
from core.study import Study
from dashboard.jobs import Job, all_jobs
from dashboard.provenance import escape_markdown
from dashboard.state import View
from dashboard.waiting import describe, follow_result

if TYPE_CHECKING:
    from core.shards.shards import Shards

_FOUND = 24
_MESSAGE = "Searching all images"
_HELP = (
    "Not in the sample alone. The first search reads all features once; where FAISS is installed "
    "and there are very many images, it makes an index as well, which can take minutes."
)
_STAGES = {
    "search": "Preparing all features, once",
    "index": "Making the index, once",
    "compare": "Comparing the index with the exact search, once",
}
_GRID = "display: grid; grid-template-columns: repeat(auto-fill, 5rem); gap: 0.75rem 0.5rem"
_PICTURE = "width: 5rem; height: 5rem; object-fit: cover; border-radius: 0.4rem"
_LINE = "overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 0.75rem"


@dataclass(frozen=True, slots=True)
class _Hit:
    path: str
    distance: float
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class _Hits:
    """What was found, the nearest first, and in words how."""

    nearest: tuple[_Hit, ...]
    how: str


def offer_full_search(view: View, study: Study, query: int | bytes, *, key: str) -> None:
    """A button, and once it was pressed the nearest of all images; nothing where all are studied.

    Args:
        view: what the page shows.
        study: of the sample.
        query: an image: its row in the study, or its bytes.
        key: of the button.
    """
    shards = _shards_of(study)
    if shards is None:
        return
    name = study.images.ids[query] if isinstance(query, int) else identify(query)
    wanted = (study.images.fingerprint, name)
    total = shards.n_readable
    if st.session_state.get(f"{key} for") != wanted:
        st.button(
            f"Nearest in all {total:,} images",
            key=key,
            icon=":material/manage_search:",
            help=_HELP,
            on_click=lambda: st.session_state.update({f"{key} for": wanted}),
        )
        return
    exact = _offer_exact(total, key=f"{key} exact")
    job = ("search all", view.study, shards.content, name, exact)  # made anew, searched anew
    found: _Hits | str | None = follow_result(
        job, lambda watch: _try_to_search(study, shards, query, watch, exact=exact), _tell_stage
    )
    if isinstance(found, str):
        all_jobs().forget(job)  # perhaps it can be had later
        st.info(escape_markdown(f"All images cannot be searched: {found}"))
    elif found is not None:
        _show(found, total)


def _offer_exact(total: int, *, key: str) -> bool:
    """Whether every distance shall be taken; a switch, also while an index is made that may do."""
    from core.shards.folder_search import is_worth_index  # noqa: PLC0415 - brings pyarrow
    from core.shards.search_index import is_available  # noqa: PLC0415

    if not (is_worth_index(total) and is_available()):
        return False
    return st.toggle(
        "Exact",
        key=key,
        help="The distance to every image is taken, which takes longer and needs no index.",
    )


def _tell_stage(job: Job) -> str:
    stage = _STAGES.get(job.progress.stage, _MESSAGE)
    return f"{stage}: {describe(job)}" if job.progress.total else stage


def _show(found: _Hits, total: int) -> None:
    st.caption(
        f"The nearest of all {total:,} images, the distance beneath each; {_escape(found.how)}."
    )
    st.html(f'<div style="{_GRID}">{"".join(map(_draw, found.nearest))}</div>')


def _escape(how: str) -> str:
    """What is named by the system stays text; commands stay what they are."""
    parts = how.split("`")
    return "`".join(one if at % 2 else escape_markdown(one) for at, one in enumerate(parts))


def _shards_of(study: Study) -> "Shards | None":
    """Those of which the study is a sample; None where all images are studied."""
    if not study.source.sample:
        return None
    from core.sources.parquet import ParquetSource  # noqa: PLC0415 - brings pyarrow

    return study.source.shards if isinstance(study.source, ParquetSource) else None


def _try_to_search(
    study: Study, shards: "Shards", query: int | bytes, watch: Watch, *, exact: bool
) -> _Hits | str:
    """What is found, or why nothing is: the rest of the page does not depend on it."""
    try:
        return _search(study, shards, query, watch, exact=exact)
    except (CoreError, ImageProblem) as problem:
        return str(problem)


def _search(
    study: Study, shards: "Shards", query: int | bytes, watch: Watch, *, exact: bool
) -> _Hits:
    from core.shards.folder_search import open_search  # noqa: PLC0415 - brings pyarrow

    values = study.reduction.values[query] if isinstance(query, int) else study.values_of(query)
    made = open_search(shards, study.reduction, beside=study.cache.path, exact=exact, watch=watch)
    watch.step(Progress("find"))
    match = made.find(values, _FOUND)
    table = shards.take(match.rows.tolist(), ("uri", "thumbnail"))
    rows = zip(table.to_pylist(), match.distances.tolist(), strict=True)
    hits = tuple(_Hit(row["uri"], distance, row["thumbnail"]) for row, distance in rows)
    return _Hits(hits, match.how)


def _draw(hit: _Hit) -> str:
    """A thumbnail above the name of the file and the distance; the whole path where one points."""
    path, name = escape(hit.path), escape(hit.path.rpartition("/")[2])
    source = f"data:image/jpeg;base64,{base64.b64encode(hit.thumbnail).decode()}"
    return (
        f'<figure style="margin: 0" title="{path}"><img src="{source}" alt="{path}" '
        f'style="{_PICTURE}"><figcaption><div style="{_LINE}">{name}</div>'
        f'<div style="{_LINE}">{hit.distance:.3g}</div></figcaption></figure>'
    )

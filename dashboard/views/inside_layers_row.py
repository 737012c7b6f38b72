"""One variant of the features in a row: its numbers, or what it takes to have them."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.compare.variants import Variant, VariantMeasures
from dashboard.jobs import Job
from dashboard.provenance import escape_markdown
from dashboard.state import SUITED, put
from dashboard.views import compare
from dashboard.views.compare_features import link_to_other
from dashboard.views.compare_parts import request_rerun
from dashboard.views.inside_layers_jobs import begin, begin_again, find_job, forget
from dashboard.views.inside_parts import Asked
from dashboard.waiting import describe, format_seconds

Click = Callable[[Asked, Variant], None]
_STAGES = {"extract": "Extracting", "group": "Grouping"}
_NAME, _NUMBER, _BUTTONS = 2.2, 1.2, 2.8
_HEADINGS = {
    "values": "How many numbers an image is compared by.",
    "ARI": "Adjusted Rand index with the present clusters: 1 the same, 0 chance.",
    "NMI": "Normalised mutual information with the present clusters, 0 to 1.",
    "silhouette": "Its mean, -1 to 1, in the features of the row.",
    "labels ARI": "Adjusted Rand index with the labels.",
    "labels NMI": "Normalised mutual information with the labels.",
    "took": "Extraction, PCA and grouping, when they were computed.",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """How many images have no such features yet, and about how long their extraction takes."""

    n_missing: int
    seconds: float


def draw_header(title: str, *, has_labels: bool) -> None:
    """What the columns are."""
    first, *columns = _columns(has_labels=has_labels)
    first.markdown(f"**{title}**")
    names = _names(has_labels=has_labels)
    for column, name in zip(columns, names, strict=False):
        column.caption(name, help=_HEADINGS[name])


def draw_row(
    shown: Asked,
    variant: Variant,
    cost: Cost,
    found: VariantMeasures | None,
    *,
    has_labels: bool,
) -> None:
    """The variant's name, its numbers, and what can be done with it."""
    if found is None:
        _draw_waiting(shown, variant, cost, has_labels=has_labels)
        return
    first, *columns, last = _columns(has_labels=has_labels)
    first.markdown(_name(variant))
    for column, text in zip(columns, _numbers(found, has_labels=has_labels), strict=True):
        column.markdown(text)
    if not variant.is_present:
        with last:
            _draw_choices(shown, variant)


def _draw_waiting(shown: Asked, variant: Variant, cost: Cost, *, has_labels: bool) -> None:
    """What it takes to measure it, or how far that is."""
    count = len(_names(has_labels=has_labels))
    first, middle, last = st.columns(
        [_NAME, _NUMBER * count, _BUTTONS], vertical_alignment="center", gap="small"
    )
    first.markdown(_name(variant))
    job = find_job(shown, variant)
    act, text, click = _offer(cost, job)
    middle.caption(text)
    last.button(act, key=_key(act, variant), on_click=_act, args=(click, shown, variant))


def _offer(cost: Cost, job: Job | None) -> tuple[str, str, Click]:
    """What the button says, what stands before it, and what a click does."""
    if job is None or job.cancelled:
        return "Compare", _price(cost), begin
    if job.error is not None:
        return "Try again", escape_markdown(job.error), begin_again
    if job.progress.stage == "wait":
        return "Stop", "waits for its turn", forget
    return "Stop", f"{_STAGES.get(job.progress.stage, 'Starting')}: {describe(job)}", forget


def _price(cost: Cost) -> str:
    if not cost.n_missing:
        return "features are there: some seconds"
    images = f"{cost.n_missing:,} image{'' if cost.n_missing == 1 else 's'}"
    return f"not extracted yet: {images}, about {format_seconds(max(1, cost.seconds))}"


def _act(click: Click, shown: Asked, variant: Variant) -> None:
    click(shown, variant)
    request_rerun()


def _draw_choices(shown: Asked, variant: Variant) -> None:
    """Beside the present clusters on two maps, or in the place of them."""
    with st.container(horizontal=True, gap="small"):
        st.page_link(
            st.Page(compare.show, title="Compare", url_path="compare"),
            label="Two maps",
            icon=":material/compare:",
            help="Beside the present clusters.",
            query_params=link_to_other(shown.view, variant.params),
        )
        st.button(
            "Use it",
            key=_key("use", variant),
            help="On all pages, as if chosen on the left.",
            on_click=_use,
            args=(variant,),
        )


def _use(variant: Variant) -> None:
    """Set the sidebar's widgets."""
    params = variant.params
    put({
        "layer": params.layer or SUITED,
        "grid": str(params.grid) if params.grid else SUITED,
        "normalize": params.normalize or SUITED,
        "reduce": params.reduce or 0,
    })  # fmt: skip
    request_rerun()


def _name(variant: Variant) -> str:
    name = escape_markdown(variant.title)
    return f"**{name}** · now" if variant.is_present else name


def _key(what: str, variant: Variant) -> str:
    return f"{what} {variant.kind} {variant.title}"


def _columns(*, has_labels: bool) -> list[st.delta_generator.DeltaGenerator]:
    count = len(_names(has_labels=has_labels))
    widths = [_NAME, *[_NUMBER] * count, _BUTTONS]
    return st.columns(widths, vertical_alignment="center", gap="small")


def _names(*, has_labels: bool) -> list[str]:
    return [name for name in _HEADINGS if has_labels or not name.startswith("labels")]


def _numbers(found: VariantMeasures, *, has_labels: bool) -> list[str]:
    labels = [_number(found.label_ari), _number(found.label_nmi)] if has_labels else []
    return [
        f"{found.n_values:,}",
        _number(found.ari),
        _number(found.nmi),
        _number(found.silhouette),
        *labels,
        "< 1 s" if found.seconds < 1 else format_seconds(found.seconds),
    ]


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"

"""Classes: what ImageNet's classes say of the image, and names for its cluster."""

import streamlit as st

from core.network.predictions import Prediction, Suggestion
from dashboard.deciding import Decider, show_refusal
from dashboard.provenance import escape_markdown
from dashboard.views.inside_image import place_of
from dashboard.views.inside_parts import Answer, Asked, ask, find_out, name_inside, say

_TOP = 5
_TELLS = (
    "The nearest of ImageNet's 1,000 classes, with their probabilities. They sum to 1 over all "
    "classes, so what is none of them still gets some."
)


def show_classes(shown: Asked) -> None:
    """The likeliest classes of the image, and those most frequent in its cluster."""
    show_refusal(shown.study)
    able = ask(
        ("classes", shown.study.recipe.weights.sha256),
        lambda _: shown.inside.network.require_classes(),
        "Opening the classifier",
    )
    if able.problem:
        _explain(able)
        return
    left, right = st.columns(2, gap="large")
    with left:
        _show_predictions(shown)
    with right:
        _show_suggestions(shown)


def _explain(able: Answer) -> None:
    st.info(say(able.problem), icon=":material/category:")
    st.caption(
        "On this page: **How images become features**, on the left, has *Weights*: choose "
        "*imagenet* and open the images again. Their features are then computed anew."
    )


def _show_predictions(shown: Asked) -> None:
    st.markdown(f"**{escape_markdown(shown.title)}**")
    predictions: tuple[Prediction, ...] | None = find_out(
        (*name_inside(shown.inside, shown.image), "predict"),
        lambda _: shown.inside.predict(shown.image, _TOP),
        "Looking at the image",
    )
    for one in predictions or ():
        st.progress(
            one.probability, text=f"{escape_markdown(one.name)}  {_percent(one.probability)}"
        )
    if predictions:
        st.caption(_TELLS)


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 0.001 else "< 0.1%"  # noqa: PLR2004 - what is shown of it


def _show_suggestions(shown: Asked) -> None:
    cluster = _cluster_of(shown)
    if cluster is None:
        st.caption("This image has no cluster for which a name could be suggested.")
        return
    st.markdown(f"**Names for {escape_markdown(shown.grouped.names[cluster])}**")
    params = shown.view.kmeans
    images = shown.study.images.fingerprint
    suggested: tuple[Suggestion, ...] | None = find_out(
        (shown.study.recipe.fingerprint, images, params, cluster, "names"),
        lambda watch: shown.inside.suggest_names(cluster, params, watch),
        "Looking at its images",
    )
    for one in suggested or ():
        _offer(shown, cluster, one)
    if suggested:
        st.caption(
            "What its most typical images are most often taken for. A suggestion is the nearest "
            "of 1,000 words, not the truth."
        )


def _cluster_of(shown: Asked) -> int | None:
    if shown.row is not None:
        return int(shown.grouped.clusters[shown.row])
    place = place_of(shown)
    return None if place is None else place.cluster


def _offer(shown: Asked, cluster: int, one: Suggestion) -> None:
    words, button = st.columns([3, 2], vertical_alignment="center")
    of = f"{one.count:,} of {one.total:,} images"
    words.progress(one.share, text=f"{escape_markdown(one.name)}  {of}")
    button.button(
        "Name the cluster so",
        key=f"name {cluster} {one.name}",
        help=f"Call it “{one.name}” on every page; Review can undo it.",
        disabled=shown.grouped.names[cluster] == one.name,
        on_click=_name,
        args=(shown, cluster, one.name),
        width="stretch",
    )


def _name(shown: Asked, cluster: int, name: str) -> None:
    params = shown.view.kmeans
    Decider(shown.study).decide(
        lambda mine, seen: mine.name_cluster(params, cluster, name, seen=seen)
    )

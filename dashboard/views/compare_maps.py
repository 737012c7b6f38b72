"""Two clusterings of the same images on two maps: what they share, and where they differ."""

from dataclasses import dataclass, replace

import streamlit as st

from core.clusters.clustering import KMeansParams
from core.compare.alignment import renumber
from core.compare.contingency import contingency
from core.errors import SEEDS
from core.measures.sweep import LARGEST_K
from core.recipe import StudyParams
from core.study import Study
from dashboard import session
from dashboard.coloring import color_groups
from dashboard.contents import publish_contents
from dashboard.grouping import Grouped
from dashboard.provenance import escape_markdown
from dashboard.views.compare_features import WIDTH, ask_for_features
from dashboard.views.compare_parts import Shown
from dashboard.views.compare_table import show_agreement
from dashboard.views.study_map import picture_of, show_colored_map
from dashboard.waiting import await_result, await_study

_LINK = "two maps"


@dataclass(frozen=True)
class _Other:
    """The second clustering: of which study, with what parameters."""

    study: StudyParams
    kmeans: KMeansParams


def show_two_maps(shown: Shown) -> None:
    """The maps side by side, and below them the table of what they share."""
    asked = _ask_for_other(shown)
    study = shown.study
    if asked.study != shown.view.study:
        study = await_study(asked.study, session.begin_study(asked.study))
        if study.images.ids != shown.study.images.ids:
            st.error("With these features other images can be read: they cannot be compared.")
            return
    other = _group(shown, study, asked)
    left, right = st.columns(2, gap="medium")
    with left:
        _show_map(shown, shown.grouped, "map", shown.view.kmeans, shown.study)
    with right:
        _show_map(shown, other, "other map", asked.kmeans, study)
    made_of = (asked, study.fingerprint)
    making = _describe(shown, asked.kmeans, study)
    show_agreement(shown, other, _titles(shown, asked), made_of=made_of, making=making)


def _ask_for_other(shown: Shown) -> _Other:
    """What differs on the second map; the first is what the sidebar says."""
    now = shown.view
    largest = min(len(shown.study.images.ids), LARGEST_K)
    st.caption("The first map shows what the sidebar asks for, the second one the same but for:")
    following = min(now.kmeans.n_clusters + 1, largest)
    with st.container(horizontal=True):
        n_clusters = st.number_input(
            "Clusters (k)", 1, largest, following, key="other_k", bind="query-params", width=WIDTH
        )
        other_seed = st.number_input(
            "Seed", 0, SEEDS - 1, now.kmeans.seed, key="other_seed", bind="query-params",
            width=WIDTH,
        )  # fmt: skip
        params = ask_for_features(shown)
    edits = now.kmeans.edits if int(n_clusters) == now.kmeans.n_clusters else ()
    return _Other(params, KMeansParams(int(n_clusters), int(other_seed), edits))


def _group(shown: Shown, study: Study, asked: _Other) -> Grouped:
    """The second clustering under the numbers of the first, as far as it can be followed."""

    def group() -> Grouped:
        made = Grouped(
            study.images,
            study.clusters(asked.kmeans),
            study.fit(asked.kmeans),
            study.names(asked.kmeans),
        )
        # Within one study the numbers are the same clusters already.
        return made if study is shown.study else _align(shown, made)

    first = (shown.view.study, shown.study.fingerprint, shown.view.kmeans)
    key = (*first, asked, study.fingerprint, "other")
    grouped: Grouped = await_result(key, lambda _: group(), "Grouping the images once more")
    return grouped


def _align(shown: Shown, made: Grouped) -> Grouped:
    shape = (len(shown.grouped.names), len(made.names))
    table = contingency(shown.grouped.clusters, made.clusters, shape, weights=shown.study.counts)
    return made.renumbered(renumber(table))


def _show_map(shown: Shown, grouped: Grouped, key: str, params: KMeansParams, study: Study) -> None:
    of = (study.params, study.fingerprint, params)
    made_of = (of, session.made_of(shown.view, shown.study, shown.grouped))
    contents = publish_contents(grouped, shown.projection, made_of=made_of)
    coloring = color_groups(grouped, made_of=made_of)
    making = _describe(shown, params, study)
    picture = replace(picture_of(shown.view, shown.study, key.replace(" ", "-")), making=making)
    show_colored_map(coloring, grouped, contents, shown.desk, key=key, link=_LINK, picture=picture)
    st.caption(escape_markdown(making))


def _describe(shown: Shown, params: KMeansParams, study: Study) -> str:
    recipe = study.recipe.describe()
    facts = [study.cluster(params).method, *(f"{name} {text}" for name, text in recipe.items())]
    if study is not shown.study:
        facts.append("placed as on the first map, numbered by the clusters in common with it")
    return " · ".join(facts)


def _titles(shown: Shown, asked: _Other) -> tuple[str, str]:
    """What tells the two apart."""
    now = shown.view.kmeans
    if now.n_clusters != asked.kmeans.n_clusters:
        return f"k = {now.n_clusters}", f"k = {asked.kmeans.n_clusters}"
    if now.seed != asked.kmeans.seed:
        return f"seed {now.seed}", f"seed {asked.kmeans.seed}"
    return "first map", "second map"

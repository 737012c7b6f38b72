"""From the view to its results: what each page begins with."""

import os
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from core.caching.sizes import DEFAULT_LIMIT, LIMIT_VARIABLE, read_size
from core.caching.upkeep import shrink_cache
from core.clusters.cluster_facts import ClusterFacts, describe_clusters
from core.clusters.clustering import Clustering
from core.errors import CoreError
from core.exploration import NEAREST
from core.neighbors import Neighbors
from core.progress import Watch
from core.projection import Projection
from core.recipe import StudyParams
from core.review.duplicates import Duplicates
from core.study import Study, open_study
from dashboard import sidebar, state
from dashboard.grouping import Grouped
from dashboard.jobs import STUDY, Job, all_jobs
from dashboard.roots import allowed_roots
from dashboard.selection import forget_selection
from dashboard.state import View
from dashboard.storage import open_cache
from dashboard.unexpected import show_error
from dashboard.waiting import PATIENCE_SECONDS, await_result, await_study

_KNOWN = "known_study"
"""The fingerprint of the study that the sidebar was drawn for; None where it was not ready yet."""


def ask() -> None:
    """Draw the sidebar, which all pages share, as far as is known by now."""
    sidebar.ask_for_source(on_open=read_again)
    view = _read_view()
    study: Study | None = None
    if view is not None:
        begin_study(view.study).wait(PATIENCE_SECONDS)
        study = all_jobs().finished(view.study)
    sidebar.ask_for_clusters(study)
    st.session_state[_KNOWN] = None if study is None else study.fingerprint


def read_again() -> None:
    """Let what the sidebar names be read anew, with whatever features; nothing is selected then."""
    forget_selection()
    with suppress(CoreError):  # the page says it
        view = state.read_view()
        if view is not None:
            all_jobs().renew(lambda key: _has_source_of(key, view.study))


def _has_source_of(key: Hashable, params: StudyParams) -> bool:
    """Maps side by side may show two studies of a source, which must not fall apart."""
    return isinstance(key, StudyParams) and (key.source, key.images) == (
        params.source,
        params.images,
    )


def begin_study(params: StudyParams) -> Job:
    """The job that opens and extracts a study."""
    return all_jobs().run(params, lambda watch: _extracted(params, watch), STUDY)


def ask_for_images() -> None:
    """What a page says as long as nothing is named."""
    st.info("Name the images on the left first.")


def open_view(welcome: Callable[[], None] = ask_for_images) -> tuple[View, Study] | None:
    """What the sidebar asks for and the study of it, extracted; None as long as nothing is named.

    While the study is not ready, its progress is shown instead and the run ends here.

    Args:
        welcome: says what to do as long as nothing is named.
    """
    view = _read_view()
    if view is None:
        welcome()
        return None
    study: Study = await_study(view.study, begin_study(view.study))
    if st.session_state[_KNOWN] != study.fingerprint:
        st.rerun()  # the sidebar does not know yet how many images there are
    if not study.images.ids:
        _explain_that_nothing_is_readable(study)
    return view, study


def _read_view() -> View | None:
    try:
        return state.read_view()
    except CoreError as error:
        show_error(str(error))
        st.stop()


def _extracted(params: StudyParams, watch: Watch) -> Study:
    study = open_study(params, open_cache(), watch, roots=allowed_roots())
    limit = read_size(os.environ.get(LIMIT_VARIABLE, DEFAULT_LIMIT))
    shrink_cache(study.cache, limit, keep=[study.recipe.fingerprint])
    study.extract(watch)
    return study


def _explain_that_nothing_is_readable(study: Study) -> None:
    st.error(f"None of the {len(study.images.records):,} images can be read.")
    show_problems(study)
    st.stop()


def show_problems(study: Study) -> None:
    """The images that could not be read, each with its reason."""
    problems = study.images.problems
    rows = {"path": [one.path for one in problems], "reason": [one.problem for one in problems]}
    st.dataframe(rows, width="stretch", hide_index=True)


def cluster(view: View, study: Study) -> Clustering:
    """The clusters of the view, aligned with `study.images.readable`."""
    key = (view.study, study.fingerprint, view.kmeans)
    message = "Grouping the images by K-Means"
    made: Clustering = await_result(key, lambda _: study.cluster(view.kmeans), message)
    return made


def group(view: View, study: Study) -> Grouped:
    """The clusters of the distinct images, how well each fits, and what they are called."""
    cluster(view, study)
    made: Grouped = await_result(
        (view.study, study.fingerprint, view.kmeans, "grouped"),
        lambda _: _group(view, study),
        "Measuring the fit",
    )
    return made


def _group(view: View, study: Study) -> Grouped:
    fit, clusters = study.fit(view.kmeans), study.clusters(view.kmeans)
    return Grouped(study.images, clusters, fit, study.names(view.kmeans))


def made_of(view: View, study: Study, grouped: Grouped) -> tuple[object, ...]:
    """What decides the clusters of the images and their places on the map."""
    return (view.study, study.fingerprint, view.kmeans, view.umap, grouped.digest)


def rename(view: View, study: Study, grouped: Grouped) -> Grouped:
    """The same groups under the names that they bear now."""
    return replace(grouped, names=study.names(view.kmeans))


def cluster_facts(view: View, study: Study, grouped: Grouped) -> tuple[ClusterFacts, ...]:
    """What can be said of each cluster, without the images that were excluded."""
    key = (view.study, study.fingerprint, view.kmeans, grouped.digest, "facts")
    made: tuple[ClusterFacts, ...] = await_result(
        key, lambda _: _describe(study, grouped), "Describing the clusters"
    )
    return made


def _describe(study: Study, grouped: Grouped) -> tuple[ClusterFacts, ...]:
    stays = ~grouped.excluded[study.rows]  # (m,)
    labels = [label for label, stay in zip(study.labels, stays, strict=True) if stay]
    return describe_clusters(grouped.fit, grouped.clusters, study.rows[stays], labels)


def neighbors(view: View, study: Study) -> Neighbors:
    """The nearest of each distinct image, itself first."""
    made: Neighbors = await_result(
        (view.study, study.fingerprint, "neighbors"),
        lambda _: study.neighbors(NEAREST),
        "Finding the neighbours",
    )
    return made


def duplicates(view: View, study: Study) -> Duplicates:
    """Images that are there more than once."""
    made: Duplicates = await_result(
        (view.study, study.fingerprint, "duplicates"),
        lambda _: study.duplicates(),
        "Finding duplicates",
    )
    return made


def project(view: View, study: Study) -> Projection:
    """The map of the view, aligned with `study.images.ids`."""
    key = (view.study, study.fingerprint, view.umap)
    message = "Laying out the map by UMAP"
    made: Projection = await_result(key, lambda _: study.project(view.umap), message)
    return made

"""Looking inside in the background: what it is kept under, and what the page shows meanwhile."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.errors import CoreError
from core.inside.looking import id_of
from core.pictures.decoding import ImageProblem
from core.progress import Watch
from dashboard import session
from dashboard.jobs import Job, Work, all_jobs
from dashboard.unexpected import show_error
from dashboard.views.inside_parts import Asked
from dashboard.waiting import PATIENCE_SECONDS, describe

ALONE = "All images are in one cluster: there is nothing to compare. Choose a larger k on the left."


def key_of(shown: Asked, kind: str, *more: Hashable) -> tuple[Hashable, ...]:
    """Names what is found out about the image, or about the clusters, of a view."""
    return (shown.view.study, shown.study.fingerprint, shown.view.kmeans, kind, *more)


def key_of_image(shown: Asked, kind: str) -> tuple[Hashable, ...]:
    """The same about the image that is looked at."""
    return key_of(shown, kind, id_of(shown.image))


def is_alone(shown: Asked) -> bool:
    """Whether there is no other cluster to compare with."""
    return len(np.unique(found_clusters(shown))) < 2  # noqa: PLR2004


def found_clusters(shown: Asked) -> NDArray[np.int32]:
    """The cluster of each distinct image as K-Means found it, corrected or not, (n,)."""
    return session.group(shown.view, shown.study).clusters


def telling(work: Work) -> Work:
    """The same work; an image that cannot be read is told as what it is."""

    def told(watch: Watch) -> Any:
        try:
            return work(watch)
        except ImageProblem as problem:
            raise CoreError(f"This image cannot be looked at: {problem}. Open another") from problem

    return told


def follow(key: Hashable, work: Work, message: str, *, stops: bool = False) -> Any:
    """The result of a job; None while it works, and where it failed, which is shown here.

    Unlike with `await_study` the rest of the page stays.

    Args:
        key: of the job.
        work: of the job.
        message: what is done.
        stops: whether there is a button that stops it: what then asks for it anew waits for a
            click.
    """
    job = all_jobs().run(key, telling(work))
    if not job.wait(PATIENCE_SECONDS):
        st.fragment(_show_progress, run_every=1.0)(key, job, message, stops=stops)
        return None
    if job.error is not None:
        show_error(job.error)
        st.button("Try again", key=f"again {key}", on_click=all_jobs().forget, args=(key,))
    return job.result


def _show_progress(key: Hashable, job: Job, message: str, *, stops: bool) -> None:
    if job.finished:
        st.rerun()
    progress = job.progress
    share = progress.done / progress.total if progress.total else 0.0
    st.progress(min(share, 1.0), text=f"{message} · {describe(job)}")
    if stops:
        st.button("Stop", key=f"stop {key}", on_click=all_jobs().forget, args=(key,))

"""The new fit as a job in the background: begun on demand, found again after a reload."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from core.clusters.clustering import KMeansParams
from core.journal.consequences import Consequences, find_consequences
from core.journal.corrections import Corrected
from core.journal.fit_again import find_fit, fit_again, measure_again
from core.journal.lessons import Taught
from dashboard import session
from dashboard.contents import publish_contents
from dashboard.correcting import apply_corrections
from dashboard.grouping import Grouped
from dashboard.jobs import all_jobs
from dashboard.views.review_parts import Reviewed
from dashboard.waiting import await_result

_BEGUN = "fit again"

Key = tuple[object, ...]


METHOD = "PCK-Means from the corrected clusters"
"""What made the clusters that are shown as fitted again."""


@dataclass(frozen=True)
class Refitting:
    """What there is to learn from.

    Attributes:
        shown: the view, with the corrected clusters, whatever the sidebar asks for.
        corrected: these, and the decisions behind them.
        seq: the number of the last row of the journal.
    """

    shown: Reviewed
    corrected: Corrected
    seq: int

    @classmethod
    def of(cls, shown: Reviewed) -> "Refitting":
        """Of what holds now."""
        deciding = shown.decider.deciding
        seq = deciding.state.seq
        return cls(_correct(shown), deciding.corrected(shown.view.kmeans), seq)

    @property
    def kmeans(self) -> KMeansParams:
        """Of the clusters that are fitted again."""
        return self.shown.view.kmeans

    @property
    def has_lessons(self) -> bool:
        """Whether anything was decided that could change the fit."""
        return bool(self.corrected.applied) or bool(self.corrected.excluded.any())

    @property
    def subject(self) -> Key:
        """Names the images and the clusters, whatever was decided about them."""
        return (self.shown.view.study, self.shown.study.fingerprint, self.kmeans)

    @property
    def key(self) -> Key:
        """Names all that decides the new fit."""
        return (*self.subject, self.seq)


def _correct(shown: Reviewed) -> Reviewed:
    """The corrected clusters, where the sidebar asks for those that K-Means found."""
    if shown.view.corrected:
        return shown
    view = replace(shown.view, corrected=True)
    grouped = apply_corrections(view, shown.study, shown.found)
    made_of = session.made_of(view, shown.study, grouped)
    contents = publish_contents(grouped, shown.projection, made_of=made_of)
    return replace(shown, view=view, grouped=grouped, contents=contents)


@dataclass(frozen=True)
class Fitted:
    """The clusters before and after.

    Attributes:
        refitting: what was learned from.
        taught: the new fit.
        after: its clusters, under the numbers and names of the corrected ones.
        found: what else moved.
    """

    refitting: Refitting
    taught: Taught
    after: Grouped
    found: Consequences


def begin_again(refitting: Refitting) -> None:
    """Fit from now on: for callbacks."""
    st.session_state[_BEGUN] = refitting.key


def was_overtaken(refitting: Refitting) -> bool:
    """Whether this session has fitted before, with other decisions."""
    begun: Key | None = st.session_state.get(_BEGUN)
    return begun is not None and begun[:-1] == refitting.subject and begun != refitting.key


def find_again(refitting: Refitting) -> Fitted | None:
    """The new fit where it is known or was asked for; else None."""
    look, fit = (*refitting.key, "known fit"), (*refitting.key, "fit again")
    known: Taught | None = await_result(
        look, lambda _: _look(refitting), "Looking for an earlier fit"
    )
    is_begun = st.session_state.get(_BEGUN) == refitting.key
    if known is None and not is_begun and all_jobs().finished(fit) is None:
        return None
    taught, after, found = await_result(fit, lambda _: _fit(refitting), "Fitting again")
    if known is None:
        all_jobs().forget(look)  # from now on it is in the cache
    names = refitting.shown.grouped.names  # as they are now, whatever they were at the fit
    return Fitted(refitting, taught, replace(after, names=names), found)


def _look(refitting: Refitting) -> Taught | None:
    return find_fit(refitting.shown.study, refitting.corrected, seed=refitting.kmeans.seed)


def _fit(refitting: Refitting) -> tuple[Taught, Grouped, Consequences]:
    shown, corrected = refitting.shown, refitting.corrected
    taught = fit_again(shown.study, corrected, seed=refitting.kmeans.seed)
    # Who is excluded has no say in it, and stays where it was: nobody is to see it move.
    labels = np.where(corrected.excluded, corrected.labels, taught.refit.labels)
    fit = measure_again(shown.study, corrected, labels)
    after = Grouped(shown.study.images, labels, fit, shown.grouped.names, shown.grouped.reviewed)
    return taught, after, find_consequences(corrected, labels)

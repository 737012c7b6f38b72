"""Data: what was read and what was not, what made the features, and the download."""

import streamlit as st

from core.study import Study
from dashboard import session
from dashboard.enclosing import enclosed
from dashboard.provenance import escape_markdown
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.views.take_away import offer_making, show_take_away


def show() -> None:
    """Draw the page."""
    opened = session.open_view()
    if opened is None:
        return
    view, study = opened
    Desk(study.images, study.cache).follow_link()  # it goes along, and Take away can mean it
    _show_counts(study)
    _show_recipe(study)
    st.subheader("Take it away")
    with enclosed():
        _offer_downloads(view, study)
    _show_problems(study)


def _offer_downloads(view: View, study: Study) -> None:
    session.cluster(view, study)  # where that cannot be, the rest of the page says why
    with st.container(horizontal=True):
        _take_away(view, study)
        with enclosed():
            offer_making(view, study)


@st.fragment
def _take_away(view: View, study: Study) -> None:
    with enclosed():
        show_take_away(view, study)


def _show_counts(study: Study) -> None:
    images = study.images
    facts = {
        "images": len(images.records),
        "distinct": len(images.ids),
        "copies": len(images.readable) - len(images.ids),
        "unreadable": len(images.problems),
        "other files": study.source.passed_over,
    }
    for column, (name, value) in zip(st.columns(len(facts)), facts.items(), strict=True):
        column.metric(name, f"{value:,}")


def _show_recipe(study: Study) -> None:
    st.subheader("How the features were made")
    if study.recipe.weights.reason:
        st.info(f"Weights: {study.recipe.weights.name}, since {study.recipe.weights.reason}.")
    facts = study.describe() | {"cache": str(study.cache.path)}
    facts = {name: value for name, value in facts.items() if value != ""}
    shown = [escape_markdown(str(value)) for value in facts.values()]  # a path may hold any text
    st.table({"": list(facts), " ": shown}, border="horizontal")


def _show_problems(study: Study) -> None:
    st.subheader("What could not be read")
    if study.images.problems:
        session.show_problems(study)
    else:
        st.caption("Every image could be read.")

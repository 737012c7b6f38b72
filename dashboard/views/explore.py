"""Explore: the map, what is selected on it, the open image, and the clusters."""

import streamlit as st

from core.study import Study
from dashboard import session, state
from dashboard.correcting import apply_corrections
from dashboard.deciding import show_refusal
from dashboard.enclosing import enclosed
from dashboard.views.explore_clusters import show_clusters
from dashboard.views.explore_image import show_image
from dashboard.views.explore_search import show_search
from dashboard.views.opening import Opened, open_page
from dashboard.views.study_map import show_making, show_study_map
from dashboard.views.study_selection import show_selection


def show() -> None:
    """Draw the page."""
    opened = open_page(welcome=_welcome)
    if opened is not None:
        _explore(opened)


def _welcome() -> None:
    st.title("See how your images group")
    st.markdown(
        "Name a folder of images on the left and press **Open**. Groupsight looks at each image "
        "with VGG-16, groups them by K-Means and lays them out on a map. Nothing leaves this "
        "computer."
    )
    demo = {"source": "digits", "weights": "embedded", "k": 10}
    st.button("Try 1,797 handwritten digits", on_click=state.put, args=(demo,), type="primary")


@st.fragment
def _explore(opened: Opened) -> None:
    view, study = opened.view, opened.study
    show_refusal(study)
    shown = opened.publish(apply_corrections(view, study, opened.found))
    grouped, contents, desk = shown.grouped, shown.contents, shown.desk
    if study.images.problems:
        _warn_of_problems(study)
    left, right = st.columns([3, 2], gap="medium")
    with left, enclosed():
        show_study_map(view, study, grouped, contents, desk)
    with left, enclosed():
        show_making(view, study, opened.projection)
    with right, enclosed():
        show_search(view, study, desk)
    with right, enclosed():
        if desk.now.opened is not None:
            show_image(view, study, grouped, contents, desk)
    with right, enclosed():
        if len(desk.now.rows):
            show_selection(view, study, grouped, contents, desk)
        else:
            show_clusters(view, study, grouped, contents, desk)


def _warn_of_problems(study: Study) -> None:
    count = len(study.images.problems)
    left_out = "1 image is" if count == 1 else f"{count:,} images are"
    with st.expander(f"{left_out} left out: what could not be read, and why"):
        session.show_problems(study)

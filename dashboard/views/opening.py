"""What every page with a map begins with: the study, its clusters and its map, as the link says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.projection import Projection
from core.study import Study
from dashboard import session
from dashboard.contents import publish_contents
from dashboard.grouping import Grouped
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.storage import open_cache
from dashboard.views.compare_parts import Shown


@dataclass(frozen=True, slots=True)
class Opened:
    """The view and its results.

    Attributes:
        view: what the page shows.
        study: of the images.
        found: the clusters as K-Means found them.
        projection: the places of the images.
    """

    view: View
    study: Study
    found: Grouped
    projection: Projection

    @property
    def desk(self) -> Desk:
        """What is selected and open."""
        return Desk(self.study.images, open_cache())

    def publish(self, grouped: Grouped) -> Shown:
        """All that is shown, with these clusters."""
        made_of = session.made_of(self.view, self.study, grouped)
        contents = publish_contents(grouped, self.projection, made_of=made_of)
        return Shown(self.view, self.study, grouped, self.projection, contents, self.desk)


def open_page(
    *, welcome: Callable[[], None] = session.ask_for_images, alone: str = ""
) -> Opened | None:
    """The results of the view; None where there is nothing to show, which is said on the page.

    Args:
        welcome: says what to do as long as no images are named.
        alone: why nothing is shown of a single image; nothing where the page can show it.
    """
    opened = session.open_view(welcome)
    if opened is None:
        return None
    view, study = opened
    if alone and len(study.images.ids) == 1:
        st.info(f"There is only one image: {alone}.")
        return None
    page = Opened(view, study, session.group(view, study), session.project(view, study))
    page.desk.follow_link()
    return page


def choose_part(parts: Sequence[str], *, key: str) -> str:
    """Which part of a page is shown: the first, or the one that the link names under `key`."""
    chosen: str = st.segmented_control(
        "Show", parts, required=True, default=parts[0], key=key, bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen

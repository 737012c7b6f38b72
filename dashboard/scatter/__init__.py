"""The map component: a Plotly figure whose lasso, box and click report image ids.

The figure travels over HTTP under the hash of its content, so that a rerun which changes only the
selection sends the browser a few bytes, and neither zoom nor pan is lost.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user did on the map: the ids that are selected now, and the one to open, if any."""

    ids: frozenset[str]
    opened: str | None


_component = st.components.v2.component(
    "groupsight.scatter",
    js=(_FOLDER / "scatter.js").read_text(encoding="utf-8"),
    css=(_FOLDER / "scatter.css").read_text(encoding="utf-8"),
    # In a shadow root Plotly's styles would stay behind in the document's head.
    isolate_styles=False,
)


def show_map(
    *,
    plotly: str,
    figure: str,
    selected: Collection[str],
    revision: int,
    description: str,
    key: str,
    on_choice: Callable[[Choice], None],
) -> None:
    """Draw the map.

    Args:
        plotly: the address of plotly.js.
        figure: the address of the figure, a JSON of Plotly's with ids as `customdata`.
        selected: ids that stand out.
        revision: counts the selections that were made elsewhere: the map then follows them.
        description: one sentence for those who cannot see the map.
        key: of the component.
        on_choice: gets what the user chose on the map.
    """

    def chosen() -> None:
        given = st.session_state[key].chosen
        on_choice(Choice(frozenset(given["ids"]), given["opened"]))

    data = {
        "plotly": plotly,
        "figure": figure,
        "selected": list(selected),
        "revision": revision,
        "description": description,
    }
    _component(data=data, key=key, on_chosen_change=chosen)

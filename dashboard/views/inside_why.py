"""Why here: where and by what an image resembles its cluster, and where its rival."""

from dataclasses import dataclass

import streamlit as st

from core.inside.speaking import Speakers, find_speakers
from core.inside.why import Place, Why
from core.pictures.resizing import Pixels
from dashboard.provenance import escape_markdown
from dashboard.views.inside_parts import Asked
from dashboard.views.inside_why_heat import show_heat_map
from dashboard.views.inside_why_tiles import show_speakers, show_votes
from dashboard.views.inside_why_work import ALONE, follow, is_alone, key_of_image


@dataclass(frozen=True, slots=True)
class _Reasons:
    """All that one pass through the network tells of an image."""

    why: Why
    speakers: Speakers
    square: Pixels


def show_why(shown: Asked) -> None:
    """Draw this part of the page."""
    if is_alone(shown):
        st.info(ALONE)
        return
    found: _Reasons | None = follow(
        key_of_image(shown, "why"), lambda _: _find_reasons(shown), "Looking for the reasons"
    )
    if found is None:
        return
    st.markdown(f"**{_say(shown, found.why)}**")
    _tell_of_corrections(shown, found.why.place)
    show_heat_map(shown, found.why, found.square)
    show_votes(shown, found.why)
    show_speakers(shown, found.why, found.speakers, found.square)


def _find_reasons(shown: Asked) -> _Reasons:
    why = shown.inside.why(shown.image, shown.view.kmeans)
    speakers = find_speakers(shown.inside, shown.image, why)
    return _Reasons(why, speakers, shown.inside.square(shown.image))


def _say(shown: Asked, why: Why) -> str:
    """Where it is, how near to the two centres, and what its neighbours say."""
    place, names = why.place, shown.grouped.names
    own, rival = (escape_markdown(names[one]) for one in (place.cluster, place.rival))
    verb = "is in" if place.row is not None else "would fall into"
    total = len(place.neighbors)
    count = next((vote.count for vote in why.votes if vote.cluster == place.cluster), 0)
    return (
        f"{escape_markdown(shown.title)} {verb} {own}: {place.distance:.3g} from its centre; "
        f"that of {rival} is {place.rival_distance:.3g} away. {_count(count, total)} in {own}."
    )


def _count(count: int, total: int) -> str:
    """How many of its nearest images, with their verb."""
    if total == 1:
        return "Its nearest image is" if count else "Its nearest image is not"
    if count in {0, total}:
        return f"{'All' if count else 'None'} of its {total} nearest images are"
    return f"{count} of its {total} nearest images {'is' if count == 1 else 'are'}"


def _tell_of_corrections(shown: Asked, place: Place) -> None:
    """What people decided is no reason of K-Means'."""
    if place.row is None:
        return
    names = shown.grouped.names
    now = int(shown.grouped.clusters[place.row])
    if shown.grouped.excluded[place.row]:
        st.caption("It was excluded by hand. What follows is about where K-Means put it.")
    elif now != place.cluster:
        own, there = escape_markdown(names[place.cluster]), escape_markdown(names[now])
        st.caption(
            f"It was moved to {there} by hand. What follows is about why K-Means put it into {own}."
        )

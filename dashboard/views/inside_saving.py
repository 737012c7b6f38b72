"""What a picture of the Inside VGG page says of itself once it is saved."""

from dataclasses import replace
from pathlib import PurePath

from dashboard.provenance import Picture
from dashboard.views.inside_parts import Asked
from dashboard.views.study_map import picture_of


def picture_of_reasons(shown: Asked, figure: str, what: str) -> Picture:
    """Of a picture that the clusters decide as well: with all that made these.

    Args:
        shown: the view and the image.
        figure: what it is called in the name of the file.
        what: it shows, in words.
    """
    made = _name(shown, figure)
    about = made.making.removeprefix("Groupsight: ")
    return replace(made, making=f"Groupsight: {shown.title} · {what} · {about}")


def picture_of_network(shown: Asked, figure: str, what: str) -> Picture:
    """Of a picture that the network decides alone, likewise."""
    made_by = shown.study.recipe.describe()
    parts = (shown.title, what, f"weights {made_by['weights']}", made_by["transform"])
    return replace(_name(shown, figure), making=f"Groupsight: {' · '.join(parts)}")


def _name(shown: Asked, figure: str) -> Picture:
    return picture_of(shown.view, shown.study, f"{figure}_{PurePath(shown.title).stem}")

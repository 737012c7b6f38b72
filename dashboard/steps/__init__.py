"""The steps component: from each k to the next what changed, with the images it changed for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.browser.answers import read_number
from dashboard.browser.component import ELEMENTS, declare
from dashboard.browser.hearing import Hearing
from dashboard.gallery.images import ImageContents
from dashboard.steps.content import MOST_ROWS, ClusterEnd, Step, Strip, write_steps

__all__ = ["MOST_ROWS", "ClusterEnd", "Step", "StepsView", "Strip", "show_steps", "write_steps"]


@dataclass(frozen=True, slots=True)
class StepsView:
    """What the steps show.

    Attributes:
        steps: address of the JSON that `write_steps` makes.
        n_strips: how many strips each step has; answers about others are ignored.
        present: the step that led to what is shown elsewhere, or None.
        chosen: the step and the strip whose images are selected, or None.
        opened: the row that is open elsewhere, or None.
        height: in pixels, beyond which the steps are scrolled.
        empty: what to say where there are no steps.
    """

    steps: str
    n_strips: tuple[int, ...]
    present: int | None = None
    chosen: tuple[int, int] | None = None
    opened: int | None = None
    height: int = 640
    empty: str = "No steps to show yet."


_component = declare("steps/steps.js", styles=(ELEMENTS, "steps/steps.css"))


def show_steps(
    view: StepsView,
    images: ImageContents,
    *,
    key: str,
    on_step: Callable[[int], None],
    on_strip: Callable[[int, int], None],
    on_open: Callable[[int], None],
) -> None:
    """Draw the steps.

    Args:
        view: what they show.
        images: where the browser finds thumbnails and names.
        key: of the component.
        on_step: gets a step whose clusters are to be shown.
        on_strip: gets a step and one of its strips, whose images are all to be selected.
        on_open: gets the row of an image that is to be opened.
    """
    hearing = Hearing(key, of=view.steps)

    def chosen() -> None:
        way = _read_strip(hearing.answer("chosen"), view)
        if way is not None:
            on_strip(*way)

    data = {
        "images": images.as_data(),
        "steps": view.steps,
        "present": view.present,
        "chosen": None if view.chosen is None else list(view.chosen),
        "open": view.opened,
        "height": view.height,
        "empty": view.empty,
    }
    _component(
        data=data,
        key=key,
        on_shown_change=hearing.number("shown", "step", len(view.n_strips), on_step),
        on_chosen_change=chosen,
        on_opened_change=hearing.number("opened", "row", images.count, on_open),
    )


def _read_strip(answer: dict[str, Any], view: StepsView) -> tuple[int, int] | None:
    step = read_number(answer.get("step"), len(view.n_strips))
    if step is None:
        return None
    strip = read_number(answer.get("strip"), view.n_strips[step])
    return None if strip is None else (step, strip)

"""What the parts of the Inside VGG page share: the network, the image, and how to ask them."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import CoreError
from core.inside.inside import Inside
from core.inside.looking import id_of
from core.network.map_pictures import encode_picture
from core.pictures.decoding import ImageProblem
from core.progress import Watch
from core.study import Study
from dashboard.contents import publish
from dashboard.jobs import all_jobs
from dashboard.provenance import escape_markdown
from dashboard.state import View
from dashboard.views.compare_parts import Shown
from dashboard.waiting import PATIENCE_SECONDS, await_result, describe


@dataclass(frozen=True)
class Asked(Shown):
    """The view and its results, and the image that is looked at.

    Attributes:
        inside: answers what the network sees.
        image: its id, or its bytes where it is none of the set.
        title: what it is called.
    """

    inside: Inside
    image: str | bytes
    title: str

    @property
    def row(self) -> int | None:
        """Its row among the distinct images; None where it is none of them."""
        return self.study.images.index.get(self.image) if isinstance(self.image, str) else None


def open_inside(view: View, study: Study) -> Inside:
    """The network of a study, loaded once for all sessions and clusterings."""
    key = (view.study, study.fingerprint, "inside")
    made: Inside = await_result(key, lambda _: Inside(study), "Opening the network")
    return made


def name_inside(inside: Inside, image: str | bytes) -> tuple[str, ...]:
    """What decides all that the network sees in an image."""
    recipe = inside.study.recipe
    transform = f"{recipe.transform.name} {recipe.transform.size}"
    return (recipe.weights.sha256, transform, id_of(image))


def publish_square(inside: Inside, image: str | bytes) -> str:
    """The address of a PNG of what the network sees of an image.

    Raises:
        ImageProblem: it cannot be read or decoded, and why.
    """
    made_of = ("square", *name_inside(inside, image))
    return publish(made_of, lambda: encode_picture(inside.square(image)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of some work: its value, or in `problem` a sentence that says why there is none."""

    value: Any = None
    problem: str = ""


def ask(key: Hashable, work: Callable[[Watch], Any], message: str) -> Answer:
    """The answer of work that takes moments; what is known quickly is not worth keeping.

    Maps of an image are large, and a file that cannot be read now may be there later: so the job
    is forgotten once it has ended, unlike that of `await_result`.
    """
    job = all_jobs().run(key, lambda watch: _answer(work, watch))
    slot = st.empty()
    while not job.wait(PATIENCE_SECONDS):
        # Writing is also what lets Streamlit leave this run when the user has moved on.
        slot.caption(f"{message} … {describe(job) if job.progress.total else ''}")
    slot.empty()
    all_jobs().forget(key)
    answer: Answer = Answer(problem=job.error) if job.error is not None else job.result
    return answer


def find_out(key: Hashable, work: Callable[[Watch], Any], message: str) -> Any:
    """The value of some work; None where there is none, and then a sentence says why."""
    answer = ask(key, work, message)
    if answer.problem:
        st.info(say(answer.problem))
    return answer.value


def say(problem: str) -> str:
    """A problem as a sentence, shown as it is."""
    sentence = problem[:1].upper() + problem[1:]
    return escape_markdown(sentence if sentence.endswith((".", "!")) else f"{sentence}.")


def _answer(work: Callable[[Watch], Any], watch: Watch) -> Answer:
    try:
        return Answer(work(watch))
    except ImageProblem as problem:
        return Answer(problem=f"the image cannot be read: {problem}")
    except CoreError as error:
        return Answer(problem=str(error))

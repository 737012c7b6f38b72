"""What the parts of the Inside VGG page share: the network, and the image that is looked at."""

from dataclasses import dataclass

from core.inside.inside import Inside
from core.study import Study
from dashboard.state import View
from dashboard.views.compare_parts import Shown
from dashboard.waiting import await_result


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


def ask_for_image(shown: Shown) -> Asked:
    """Which image: the one given here, else the open one, else the first cluster's medoid."""
    row = shown.desk.now.opened
    if row is None:
        row = int(shown.study.medoids(shown.view.kmeans).max())
    image = shown.study.images.ids[row]
    title = shown.study.images.by_id[image][0].path
    inside = open_inside(shown.view, shown.study)
    return Asked(**vars(shown), inside=inside, image=image, title=title)


def open_inside(view: View, study: Study) -> Inside:
    """The network of a study, loaded once for all sessions and clusterings."""
    key = (view.study, study.recipe.fingerprint, study.images.fingerprint, "inside")
    made: Inside = await_result(key, lambda _: Inside(study), "Opening the network")
    return made

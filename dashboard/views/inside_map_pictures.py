"""The pictures of maps that the page fetches: drawn once for each image, layer and scale."""

from dataclasses import dataclass
from functools import cached_property

from core.inside.inside import Inside
from core.inside.looking import id_of
from core.network.feature_maps import FeatureMaps
from dashboard.contents import publish
from dashboard.maps import (
    ImageMaps,
    draw_one,
    draw_sheet,
    strongest,
    write_facts,
)
from dashboard.views.inside_parts import name_inside, publish_square


@dataclass(frozen=True, slots=True)
class Named:
    """An image, by its id or its bytes, and what it is called."""

    image: str | bytes
    title: str


@dataclass(frozen=True, slots=True)
class Enlarged:
    """A map that is drawn over its image: its layer, and the number of its channel."""

    layer: str
    channel: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be drawn.

    Attributes:
        images: one or two.
        layer: whose maps.
        scale: `each` or `all`; of two images all maps are then alike.
        enlarged: the map that was enlarged last, or None. In another layer, the most active map
            of the first image takes its place.
    """

    images: tuple[Named, ...]
    layer: str
    scale: str
    enlarged: Enlarged | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Names it, without the bytes of any image."""
        ids = tuple(id_of(one.image) for one in self.images)
        return (ids, self.layer, self.scale, self.enlarged)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The addresses of what was drawn, and the channel of which a map is enlarged."""

    images: tuple[ImageMaps, ...]
    channel: int | None


def draw_maps(inside: Inside, question: Question) -> Drawn:
    """What is asked for, at addresses where the browser finds it.

    Raises:
        CoreError: the weights do not reach to this layer.
        ImageProblem: an image cannot be read or decoded, and why.
    """
    whole = [_Maps(inside, one.image, question.layer) for one in question.images]
    channel = _find_channel(question, whole[0])
    return Drawn(
        tuple(
            _Drawing(one, tuple(whole), question.scale).publish(named.title, channel)
            for one, named in zip(whole, question.images, strict=True)
        ),
        channel,
    )


class _Maps:
    """The maps of an image, which are only made if they are to be drawn."""

    def __init__(self, inside: Inside, image: str | bytes, layer: str) -> None:
        self.inside, self.image, self.layer = inside, image, layer
        self.named = (*name_inside(inside, image), layer)

    @cached_property
    def found(self) -> FeatureMaps:
        return self.inside.maps(self.image, self.layer)


def _find_channel(question: Question, first: _Maps) -> int | None:
    enlarged = question.enlarged
    if enlarged is None or enlarged.layer == question.layer:
        return None if enlarged is None else enlarged.channel
    return int(first.found.channels[0])


class _Drawing:
    """How the maps of one image are drawn, in the company of all that are shown."""

    def __init__(self, one: _Maps, company: tuple[_Maps, ...], scale: str) -> None:
        self.one, self.scale = one, scale
        self.company = company if scale == "all" else ()
        self.named = ("maps", one.named, scale, tuple(other.named for other in self.company))

    def publish(self, title: str, channel: int | None) -> ImageMaps:
        size = self.one.inside.network.transform.size
        facts = ("facts", self.one.named)
        return ImageMaps(
            title,
            publish_square(self.one.inside, self.one.image),
            publish(self.named, self._draw_sheet),
            publish(facts, lambda: write_facts(self.one.found, size=size)),
            None if channel is None else self._publish_one(channel),
        )

    def _publish_one(self, channel: int) -> str:
        """One map with all of its values: the picture of all has those of large maps averaged."""
        return publish((*self.named, channel), lambda: self._draw_one(channel))

    def _draw_sheet(self) -> bytes:
        return draw_sheet(self.one.found, scale=self.scale, peak=self._peak())

    def _draw_one(self, channel: int) -> bytes:
        return draw_one(self.one.found, channel, scale=self.scale, peak=self._peak())

    def _peak(self) -> float | None:
        return max((strongest(one.found) for one in self.company), default=None)

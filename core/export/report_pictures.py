"""The pictures in a report: small JPEGs within the file, as many as it has room for."""

import base64
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, zip_longest

from core.clusters.cluster_facts import ClusterFacts
from core.export.markup import Markup, element

TYPICAL, UNTYPICAL = 8, 8
"""How many images of a cluster are shown at most, besides its medoid."""


def typical_rows(facts: ClusterFacts) -> tuple[int, ...]:
    """The images that stand for a cluster; the medoid, the first of them, has its own place."""
    return facts.typical[1 : TYPICAL + 1]


def untypical_rows(facts: ClusterFacts) -> tuple[int, ...]:
    """The images that fit worst and are not shown already."""
    shown = {facts.medoid, *typical_rows(facts)}
    return tuple(row for row in facts.untypical if row not in shown)[:UNTYPICAL]


def rank_rows(clusters: Sequence[ClusterFacts]) -> list[int]:
    """All images that are wanted, in rounds: every cluster gets one before any gets the next."""
    wanted = [(one.medoid, *typical_rows(one), *untypical_rows(one)) for one in clusters]
    return [row for row in chain(*zip_longest(*wanted)) if row is not None]


class Pictures:
    """The small JPEGs of some images, by their row; those for which there is no room are left out.

    Args:
        ranked: the rows that are wanted, the most wanted first, each as often as it is drawn.
        jpegs: by row.
        room: bytes that they may take within the file.
        names: the paths of all distinct images.
    """

    def __init__(
        self,
        ranked: Iterable[int],
        jpegs: Mapping[int, bytes],
        *,
        room: int,
        names: Sequence[str],
    ) -> None:
        self._names = names
        self._addresses: dict[int, str] = {}
        for row, count in Counter(ranked).items():  # in the order in which they are met first
            if row not in jpegs:
                continue
            address = "data:image/jpeg;base64," + base64.b64encode(jpegs[row]).decode()
            room -= len(address) * count
            if room < 0:
                break
            self._addresses[row] = address

    def draw(self, row: int, *, class_: str | None = None) -> Markup:
        """One image, named on hover; a frame with its name where there was no room for it."""
        name = self._names[row]
        address = self._addresses.get(row)
        if address is None:
            return element("span", name, class_="absent", title=name)
        return element("img", src=address, alt=name, title=name, class_=class_)

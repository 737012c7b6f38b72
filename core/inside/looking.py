"""One image looked at by the whole network, and what was found out about it kept.

An image is named by its id where it is one of the set, or given as bytes: then it becomes no part
of the set, and what is found out about it stays in memory.

Maps are kept in memory too, those of the last two images: all of an image's are 60 MB at 224
pixels, and one pass makes them again in a fraction of a second. What takes a pass and is small is
kept in the cache file.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.cache import fingerprint
from core.images import identify
from core.network.full_network import FullNetwork
from core.pictures.decoding import ImageProblem
from core.pictures.resizing import Pixels
from core.recipe import CODE_VERSION
from core.study import Study

INSIDE_VERSION = 2
"""Raised whenever a change in what looks inside the network alters what comes out."""

Image = str | bytes
"""The id of an image of the set, or the bytes of any image."""
Result = tuple[dict[str, Any], dict[str, NDArray[Any]]]
_IMAGES, _RESULTS = 2, 64
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Looked:
    """The square of an image that the network saw, and every layer's maps, (channels, h, w)."""

    square: Pixels
    maps: dict[str, NDArray[np.float32]]


class Looking:
    """The images of a study before the whole of its network. Threads may share it."""

    def __init__(self, study: Study, network: FullNetwork | None = None) -> None:
        recipe = study.recipe
        self.study = study
        self.network = network or FullNetwork(recipe.weights, recipe.transform)
        self._looked = _Recent[Looked](_IMAGES)
        self._found = _Recent[Result](_RESULTS)

    def row_of(self, image: Image) -> int | None:
        """Its row among the distinct images of the set; None for an image from outside."""
        return self.study.images.index.get(id_of(image))

    def square(self, image: Image) -> Pixels:
        """What the network sees of it, uint8 (size, size, 3).

        Raises:
            ImageProblem: it cannot be read or decoded, and why.
        """
        data = image if isinstance(image, bytes) else self.study.read(image)
        return self.network.see(data)

    def look(self, image: Image) -> Looked:
        """The image and all its maps; of the last two images at once.

        Raises:
            ImageProblem: it cannot be read or decoded, and why.
        """
        return self._looked.get(id_of(image), lambda: self._look(image))

    def _look(self, image: Image) -> Looked:
        square = self.square(image)
        return Looked(square, self.network.all_maps(square))

    def squares(self, rows: Sequence[int]) -> dict[int, Pixels]:
        """What the network sees of images of the set; those that cannot be read now are left out.

        Raises:
            ImageProblem: none of them can be read; the reason is that of the last.
        """
        found, problem = {}, None
        for row in rows:
            try:
                found[row] = self.square(self.study.images.ids[row])
            except ImageProblem as error:
                problem = error
        if problem is not None and not found:
            raise problem
        return found

    def keep(
        self, kind: str, image: Image | None, parts: dict[str, Any], compute: Callable[[], Result]
    ) -> Result:
        """A result that was kept under all that made it, or computed and kept now.

        Args:
            kind: names what it is.
            image: what it is about; None where it is about the set.
            parts: whatever made it beside the image, the weights and the transform.
            compute: gives it.
        """
        key = self._key(kind, image, parts)
        if not self._is_of_set(image):
            return self._found.get(key, compute)
        cache = self.study.cache
        kept = cache.result(key)
        if kept is None:
            kept = compute()
            cache.remember_result(key, *kept)
        return kept

    def recall(self, kind: str, image: Image | None, parts: dict[str, Any]) -> Result | None:
        """A result that was kept, or None; as `keep` names it."""
        key = self._key(kind, image, parts)
        return self.study.cache.result(key) if self._is_of_set(image) else self._found.find(key)

    def _is_of_set(self, image: Image | None) -> bool:
        return image is None or self.row_of(image) is not None

    def _key(self, kind: str, image: Image | None, parts: dict[str, Any]) -> str:
        recipe = self.study.recipe
        return fingerprint(
            kind=f"inside: {kind}",
            code=[CODE_VERSION, INSIDE_VERSION],
            weights=recipe.weights.sha256,
            transform=[recipe.transform.name, recipe.transform.size],
            image=None if image is None else id_of(image),
            parts=parts,
        )


def id_of(image: Image) -> str:
    """The SHA-256 of its bytes."""
    return image if isinstance(image, str) else identify(image)


class _Recent(Generic[Value]):
    """The values used last, each made once: who asks for one in the making waits for it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[str, Value] = {}
        self._lock = threading.RLock()

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        """The value of that key."""
        with self._lock:
            value = self._values.pop(key) if key in self._values else make()
            self._values[key] = value
            while len(self._values) > self._most:
                del self._values[next(iter(self._values))]
            return value

    def find(self, key: str) -> Value | None:
        """The value of that key, or None where it was not made, or is in the making."""
        return self._values.get(key)

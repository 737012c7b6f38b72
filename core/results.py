"""What a study computes of its features, each result kept under all that made it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from core.cache import fingerprint
from core.errors import CoreError
from core.extraction import Extraction
from core.reduction import Reduction, reduce_features

RESULTS_VERSION = 4
"""Raised whenever a change in a step after the features alters what comes out."""

Result = tuple[dict[str, Any], dict[str, NDArray[Any]]]
"""Facts, as JSON, and arrays."""


class Results(Extraction):
    """The prepared features of the images, and a cache for all that follows from them."""

    def _forget(self) -> None:
        self.__dict__.pop("reduction", None)

    @cached_property
    def reduction(self) -> Reduction:
        """Prepared features of the distinct images, in the order of `images.ids`.

        Raises:
            CoreError: features are missing, or there is no image that can be read.
        """
        self._require_images()
        parts = {"ids": self._digest(self.images.ids)}
        facts, arrays = self.cached("reduction", parts, self._reduce)
        mean, components = arrays.get("mean"), arrays.get("components")
        return Reduction(arrays["values"], **facts, mean=mean, components=components)

    def _reduce(self) -> Result:
        features = self.cache.features(
            self.recipe.fingerprint,
            self.images.ids,
            dtype=self.recipe.device.stored_dtype,
            n_features=self.recipe.cut.n_features,
        )
        made = reduce_features(features, self.recipe.reduction)
        names = ("explained_variance", "is_reduced", "normalize")
        arrays = {name: getattr(made, name) for name in ("values", "mean", "components")}
        kept = {name: array for name, array in arrays.items() if array is not None}
        return {name: getattr(made, name) for name in names}, kept

    def _require_images(self) -> None:
        if not self.images.ids:
            count = len(self.images.records)
            raise CoreError(f"none of the {count} images can be read: name others")

    def cached(self, kind: str, parts: dict[str, Any], compute: Callable[[], Result]) -> Result:
        """A result from the cache, or computed and kept under everything that made it.

        Args:
            kind: of the result.
            parts: what decides it, besides the features and their reduction; as JSON.
            compute: gives facts, as JSON, and arrays.
        """
        key = self._key(kind, parts)
        kept = self.cache.result(key)
        if kept is not None:
            return kept
        facts, arrays = compute()
        self.cache.remember_result(key, facts, arrays)
        return facts, arrays

    def _key(self, kind: str, parts: dict[str, Any]) -> str:
        return fingerprint(kind=kind, code=RESULTS_VERSION, made_of=self._made_of, parts=parts)

    @property
    def fingerprint(self) -> str:
        """Changes with the images and with all that makes their features: in hexadecimal."""
        return fingerprint(kind="study", made_of=self._made_of, images=self.images.fingerprint)

    @property
    def _made_of(self) -> dict[str, Any]:
        return {"features": self.recipe.fingerprint, **asdict(self.recipe.reduction)}

    @staticmethod
    def _digest(ids: Iterable[str]) -> str:
        return hashlib.sha256("\n".join(ids).encode()).hexdigest()

"""From images to features: decoded, passed through the network, and kept batch by batch.

Whatever stops the work, what was done is kept, and the next run goes on from there.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from core.cache import Cache
from core.caching.turns import take_turn
from core.images import ImageSet, Seen, identify
from core.network.pretrained import load_state
from core.pictures.decoding import DECODER, ImageProblem
from core.pictures.native_side import measure_side
from core.pictures.reading import CHANGED, look, look_ahead, write_behind
from core.pictures.scan import recall, undecoded
from core.progress import Progress, Watch
from core.recipe import Recipe, StudyParams
from core.sources import Given, Source

if TYPE_CHECKING:
    from core.features import Batch, Extractor

_WORKERS = min(16, os.cpu_count() or 1)
_LOOKED_AT = 32
"""Images decoded between two reports where no network sees them."""
_UNWATCHED = Watch()


class Extraction(ABC):
    """The images of one source, read and passed through the network of one recipe.

    `images` is what is known at first; `extract` and `inspect` decode every image, after which
    those that turned out to be damaged are among its problems.
    """

    def __init__(
        self, params: StudyParams, source: Source, images: ImageSet, recipe: Recipe, cache: Cache
    ) -> None:
        self.params = params
        self.source = source
        self.images = images
        self.recipe = recipe
        self.cache = cache
        self._unread: dict[str, Seen] = {}

    def measure_side(self) -> int | None:
        """The median of the longer sides of some images, in pixels; None where none can be read."""
        return measure_side(self.source, self.images.records)

    @abstractmethod
    def _forget(self) -> None:
        """The images have changed: what was computed of them is stale."""

    def missing(self) -> list[str]:
        """The ids of the images that have no features yet."""
        return self.cache.missing_features(self.recipe.fingerprint, self.images.ids)

    def extract(self, watch: Watch = _UNWATCHED) -> None:
        """Take over or compute the features that are missing, one transaction a batch.

        Where another process is doing just this, it is waited for, and what it left is done.

        Raises:
            CoreError: the weights cannot be used, or the source cannot be read.
            Cancelled: `watch` said so; the batches that were done are kept.
        """
        with self._turn(watch) if self.missing() else nullcontext():
            missing = self.missing()
            if missing:
                self._extract(missing, watch)
            else:
                self._report(watch)
        self._refresh()

    def _turn(self, watch: Watch) -> AbstractContextManager[bool]:
        """Of all that would extract the same images, damaged ones included, in the same way."""
        ids = {record.id for record in self.images.records if record.id}
        work = "\n".join((self.recipe.fingerprint, *sorted(ids)))
        return take_turn(self.cache.path, work, meanwhile=lambda: self._report(watch))

    def _report(self, watch: Watch) -> None:
        """Tell how much is there."""
        total = len(self.images.ids)
        watch.step(Progress("extract", total - len(self.missing()), total))

    def _extract(self, missing: Sequence[str], watch: Watch) -> None:
        total = len(self.images.ids)
        done = total - len(missing)
        given = self.source.give(self.recipe.fingerprint, missing)
        stage = "extract" if given is None else "take over"
        watch.step(Progress(stage, done, total))
        batches: Iterator[Batch | Given] = given or self._batches(missing)
        for batch in write_behind(batches, self._keep):
            self._unread |= _unjudged(batch.seen)
            done += len(batch.seen)
            watch.step(Progress(stage, done, total))

    def _batches(self, missing: Sequence[str]) -> "Iterator[Batch | Given]":
        return self._extractor().extract(
            missing, self.read, batch_size=self.params.batch_size, workers=_WORKERS
        )

    def _keep(self, batch: "Batch | Given") -> None:
        self.cache.remember_features(self.recipe.fingerprint, batch.features, batch.seen)

    def _extractor(self) -> "Extractor":
        # With torch, which takes longer to import than all that a cached result needs.
        from core.features import Extractor  # noqa: PLC0415
        from core.network.vgg import build_network  # noqa: PLC0415

        network = build_network(load_state(self.recipe.weights), self.recipe.cut)
        recipe = self.recipe
        on_device = recipe.jpegs_on_device
        return Extractor(network, recipe.transform, recipe.device, jpegs_on_device=on_device)

    def inspect(self, watch: Watch = _UNWATCHED) -> None:
        """Decode every image that was not decoded yet, to know which are damaged.

        Those of shards were decoded when these were made.

        Raises:
            Cancelled: `watch` said so; what was decoded is kept.
        """
        if self.source.made_by is not None:
            return
        new = undecoded(self.images, self.cache)
        total = len(self.images.ids)
        done = total - len(new)
        for looks in look_ahead(new, self.read, None, batch_size=_LOOKED_AT, workers=_WORKERS):
            seen = {one.id: one.seen for one in looks}
            self.cache.remember_images(seen)
            self._unread |= _unjudged(seen)
            done += len(looks)
            watch.step(Progress("decode", done, total))
        self._refresh()

    def _refresh(self) -> None:
        """Take over what decoding has found."""
        images = recall(self.images, self.cache).with_seen(self._unread)
        if images != self.images:
            self.images = images
            self._forget()

    def read(self, image_id: str) -> bytes:
        """The bytes of an image, from the first of its copies that can be read.

        Raises:
            ImageProblem: none can; the reason is that of the last.
        """
        problem = ImageProblem("is not in this source")
        for position in self._positions.get(image_id, ()):
            try:
                data = self.source.read(position)
            except ImageProblem as error:
                problem = error
                continue
            if identify(data) == image_id:
                return data
            problem = ImageProblem(CHANGED)
        raise problem

    def thumbnails(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The small JPEGs of these images, from the cache, or else from shards that hold them.

        Raises:
            CoreError: the shards cannot be read.
        """
        found = self.cache.thumbnails(ids)
        for given in self.source.thumbnails([one for one in ids if one not in found]):
            new = self.cache.undecoded(list(given), decoder=DECODER)
            self.cache.remember_images({one: given[one] for one in new})
            pictures = {one: given[one].thumbnail for one in given}
            found = {one: jpeg for one, jpeg in pictures.items() if jpeg is not None} | found
        return {one: found[one] for one in ids if one in found}

    def make_preview(self, image_id: str) -> bytes | None:
        """The larger JPEG of an image; None where it has none, being small itself.

        That of an image in shards is made when somebody asks for it: only then is the image read.

        Raises:
            ImageProblem: it cannot be read or decoded, and why.
        """
        kept = self.cache.preview(image_id)
        if kept is not None or self.source.made_by is None:
            return kept
        data = self.read(image_id)
        seen = look(image_id, lambda _: data, None).seen
        if seen.problem is not None:
            raise ImageProblem(seen.problem)
        self.cache.remember_images({image_id: replace(seen, thumbnail=None)})
        return seen.preview

    @cached_property
    def _positions(self) -> dict[str, list[int]]:
        """From id to the rows of the source that hold it."""
        positions: dict[str, list[int]] = {}
        for position, record in enumerate(self.images.records):
            if record.id is not None:
                positions.setdefault(record.id, []).append(position)
        return positions


def _unjudged(seen: Mapping[str, Seen]) -> dict[str, Seen]:
    """Problems of the moment, such as an unplugged disk: they hold for this run only."""
    return {i: one for i, one in seen.items() if one.problem and one.decoder is None}

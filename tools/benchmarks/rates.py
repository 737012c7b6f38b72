"""What one image costs at each step, from short runs: processor seconds, bytes kept and sent.

Seconds of the processor, not of the clock: others' work on the machine changes them little.
"""

import io
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images

from benchmarks.planted import N_CLUSTERS, Planted
from core.cache import Cache
from core.clusters.assigning import assign_stream
from core.clusters.streaming import StreamParams, fit_stream
from core.images import ImageRecord, ImageSet
from core.neighbor_search import find_neighbors
from core.placing import place
from core.projection import SAMPLE
from core.recipe import StudyParams
from core.study import open_study

_PHOTOS = 48
_STREAMED = 100_000
_SEARCHED = 20_000
_PLACED = 20_000
_RECORDS = 100_000
_KEPT_FEATURES = 256
"""To which features are reduced before neighbours are found."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Of one image, if nothing else is said.

    Attributes:
        extract: processor seconds from a photograph of 640 x 427 to its features, at 224 px.
        features: bytes of 512 features in half precision.
        pictures: bytes of thumbnail and preview of such a photograph.
        stream: processor seconds of one pass of K-Means, 512 features, k = 20.
        pair: processor seconds of a pair of images in the search for exact neighbours.
        place: processor seconds to be placed between the nearest of 25,000.
        record: bytes of memory of its id, path, label and size in the server.
        sent: bytes that the map fetches, before compression.
    """

    extract: float
    features: int
    pictures: float
    stream: float
    pair: float
    place: float
    record: float
    sent: float


def measure_rates() -> Rates:
    """All of them, in a minute or two."""
    extract, pictures = _extract()
    return Rates(
        extract=extract,
        features=2 * Planted(1).n_features,
        pictures=pictures,
        stream=_stream(),
        pair=_pair(),
        place=_place(),
        record=_record(),
        sent=_sent(),
    )


def _extract() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        _write_photos(Path(folder) / "photos")
        with Cache(Path(folder) / "cache.sqlite") as cache:
            params = StudyParams(f"{folder}/photos", weights="embedded", layer="conv5", size=224)
            study = open_study(params, cache)
            spent = processor_seconds(study.extract)
            query = "SELECT avg(length(thumbnail) + coalesce(length(preview), 0)) FROM images"
            with cache.transaction() as db:
                pictures = float(db.execute(query).fetchone()[0])
    return spent / _PHOTOS, pictures


def _write_photos(folder: Path) -> None:
    """Two photographs, moved and mirrored, so that no file equals another."""
    folder.mkdir()
    for number in range(_PHOTOS):
        photo = np.roll(load_sample_images().images[number % 2], 8 * number, axis=1)
        data = io.BytesIO()
        Image.fromarray(photo).save(data, "JPEG", quality=90)
        (folder / f"{number:03}.jpg").write_bytes(data.getvalue())


def _stream() -> float:
    """One round over all, and the assignment: two passes, what the sample costs taken off."""
    values = Planted(_STREAMED).all()
    params = StreamParams(N_CLUSTERS, sample=1_000, rounds=0)
    centroids = fit_stream(lambda: iter([values]), params).values
    return processor_seconds(lambda: list(assign_stream([values], centroids))) / _STREAMED


def _pair() -> float:
    values = np.random.default_rng(0).normal(size=(_SEARCHED, _KEPT_FEATURES)).astype(np.float32)
    return processor_seconds(lambda: find_neighbors(values, k=15)) / (_SEARCHED**2 / 2)


def _place() -> float:
    generator = np.random.default_rng(0)
    known = generator.normal(size=(SAMPLE, _KEPT_FEATURES)).astype(np.float32)
    values = generator.normal(size=(_PLACED, _KEPT_FEATURES)).astype(np.float32)
    return processor_seconds(lambda: place(values, known, known[:, :2])) / _PLACED


def _record() -> float:
    """As a study holds them: records, ids, and where each is found."""
    tracemalloc.start()
    images = ImageSet("folder", tuple(_make_record(row) for row in range(_RECORDS)))
    _ = images.readable, images.ids, images.index, images.by_id
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held / _RECORDS


def _make_record(row: int) -> ImageRecord:
    return ImageRecord(f"folder/{row // 1000:04}/image-{row:08}.jpg", None, f"{row:064x}", 640, 427)


def _sent() -> float:
    """Id, place, cluster, colour and fit as bytes, and the name as JSON."""
    return 32 + 8 + 2 + 2 + 4 + len('"folder/0000/image-00000000.jpg", ')


def processor_seconds(work: Callable[[], object]) -> float:
    """Of all threads of this process."""
    began = time.process_time()
    work()
    return time.process_time() - began

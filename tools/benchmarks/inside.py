"""Looking inside the network at 224 pixels: maps, heat maps, their pictures."""

from itertools import cycle
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.timing import Row, seconds
from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.inside.inside import Inside
from core.network.map_pictures import draw_grid, encode_grid
from core.recipe import StudyParams
from core.study import open_study

_IMAGES = 12
_TWO = KMeansParams(2)


def measure_inside(folder: Path, _: Path | None) -> list[Row]:
    """Of each the shortest of a dozen, the network loaded and the image not yet looked at."""
    photos = folder / "photos"
    _draw_images(photos)
    params = StudyParams(str(photos), weights="embedded", size=224, device="cpu")
    with Cache(folder / "inside.sqlite") as cache:
        study = open_study(params, cache)
        study.extract()
        inside = Inside(study)
        ids = study.images.ids
        study.fit(_TWO)
        inside.maps(ids[-1], "conv1_1")  # loads the network
        maps = [seconds(lambda one=one: inside.maps(one, "conv3_2")) for one in ids]  # type: ignore[misc]
        again = [seconds(lambda: inside.maps(ids[-1], "conv1_2")) for _ in ids]
        heats = [seconds(lambda one=one: inside.heat(one, _TWO)) for one in ids]  # type: ignore[misc]
        kept = [seconds(lambda: inside.heat(ids[0], _TWO)) for _ in ids]
        largest = inside.maps(ids[-1], "conv1_2").maps
        drawn = [seconds(lambda: encode_grid(draw_grid(largest))) for _ in ids]
    return [
        Row("maps of one layer, 224 px", f"{min(maps) * 1000:.0f} ms", "1,000 ms"),
        Row("  another layer of that image", f"{min(again) * 1000:.0f} ms", "100 ms"),
        Row("  64 maps of 224 x 224 as a PNG", f"{min(drawn) * 1000:.0f} ms"),
        Row("heat map of conv5, 224 px", f"{min(heats) * 1000:.0f} ms", "500 ms"),
        Row("  the same from the cache file", f"{min(kept) * 1000:.0f} ms"),
    ]


def _draw_images(folder: Path) -> None:
    """Blocks of random colours, each image another."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number, side in zip(range(_IMAGES), cycle((4, 16)), strict=False):
        colors = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
        image = Image.fromarray(colors).resize((640, 480), Image.Resampling.NEAREST)
        image.save(folder / f"{number}.jpg")

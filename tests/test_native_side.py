"""How large the images of a source are as a rule, without decoding any."""

import numpy as np
import pytest

from core.images import ImageRecord
from core.pictures.native_side import measure_side
from core.sources import open_source
from core.sources.digits import DigitsSource


@pytest.fixture
def folder(tmp_path, save_image):
    """Images whose longer sides are 10, 20, 30, 40, and a file that is none."""
    sizes = {"a.png": (10, 4), "b.jpg": (7, 20), "c.bmp": (30, 30), "d.gif": (40, 1)}
    for name, size in sizes.items():
        save_image(tmp_path / "images" / name, size=size)
    (tmp_path / "images" / "e.png").write_bytes(b"no image")
    return tmp_path / "images"


def test_the_median_of_the_longer_sides_of_what_can_be_read(folder):
    assert measure_side(open_source(str(folder))) == 20  # of four the lower of the middle two


def test_damage_behind_the_head_changes_nothing(folder, save_image):
    whole = save_image(folder / "f.png", size=(500, 500)).read_bytes()
    (folder / "f.png").write_bytes(whole[: len(whole) // 2])
    assert measure_side(open_source(str(folder))) == 30


def test_what_is_known_is_not_read_again(folder):
    source = open_source(str(folder))
    records = [ImageRecord(entry.path, width=50, height=60 + at) for at, entry in
               enumerate(source.entries)]  # fmt: skip
    for file in folder.iterdir():
        file.unlink()
    assert measure_side(source, records) == 62
    assert measure_side(source) is None


class Remembering(DigitsSource):
    """Knows which images were read."""

    def __init__(self):
        self.places = []

    def read(self, position):
        self.places.append(position)
        return super().read(position)


def test_of_many_images_some_from_everywhere_are_looked_at():
    source = Remembering()
    assert measure_side(source) == 8
    gaps = np.diff(source.places)
    assert (source.places[0], source.places[-1], len(source.places)) == (0, 1796, 32)
    assert set(gaps) <= {57, 58}  # 1796 / 31 = 57.9


def test_a_single_image(tmp_path, save_image):
    save_image(tmp_path / "one.png", size=(12, 34))
    assert measure_side(open_source(str(tmp_path))) == 34

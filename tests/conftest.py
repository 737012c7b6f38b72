"""What several tests need: a cache of their own, small images that a reader can picture."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from core.cache import Cache

Save = Callable[..., Path]

# Pages are tested over folders of their own, wherever the system puts these; what a page may open
# otherwise is tested in test_roots.py and test_launcher.py.
os.environ["GROUPSIGHT_ROOTS"] = '["/"]'
# Each server would compile UMAP for itself, and most tests have their map from a cache. The walk in
# tests/browser/test_journey.py goes without this.
os.environ["GROUPSIGHT_PRELOAD"] = "off"


def pytest_collection_finish():
    """What is imported by now stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure():
    gc.unfreeze()


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    """An empty cache file."""
    with Cache(tmp_path / "cache.sqlite") as one:
        yield one


@pytest.fixture
def save_image() -> Save:
    """Save an image of one colour; the ending of the path says in which format."""

    def save(
        path: Path,
        color: tuple[int, int, int] = (255, 0, 0),
        size: tuple[int, int] = (40, 30),
        **options: object,
    ) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, color).save(path, **options)
        return path

    return save

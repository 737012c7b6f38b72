"""Where images come from: a folder, a CSV manifest, digits, torchvision's data sets, shards.

Every source is a list of entries and a way to read the bytes of one; what follows never asks
which kind it was.
"""

from dataclasses import replace
from pathlib import Path

from core.addresses import expand, expand_home
from core.errors import CoreError
from core.sources.base import LABEL_COLUMN, Entry, Given, Source
from core.sources.digits import DigitsSource
from core.sources.folder import open_folder
from core.sources.manifest import open_manifest
from core.sources.roots import EVERYWHERE, Roots
from core.sources.torchvision import open_torchvision

__all__ = ["EVERYWHERE", "LABEL_COLUMN", "Entry", "Given", "Roots", "Source", "open_source"]

_SHARDS = "parquet:"


def open_source(
    name: str,
    *,
    images: Path | None = None,
    labels: bool = True,
    roots: Roots = EVERYWHERE,
    sample: int | None = None,
    seed: int = 42,
) -> Source:
    """The source that a name stands for.

    Args:
        name: a folder, a CSV manifest, `digits`, `torchvision:NAME[:SPLIT]`, or `parquet:ADDRESS`.
        images: for a manifest, the folder in which its images lie; else the manifest's own.
        labels: whether the first folder's name is taken as the label.
        roots: below which every file and address must lie.
        sample: of a folder of shards that has more rows, so many are drawn; None: all are taken.
        seed: by which they are drawn.

    Raises:
        CoreError: there is nothing of that name, no image in it, or it lies outside of `roots`.
    """
    if not name.startswith(_SHARDS):
        return _open_here(name, images, labels, roots)
    if images is not None:
        raise CoreError(f"--images goes with a CSV manifest, and {name} is none: leave it out")
    from core.sources.parquet import open_shards  # noqa: PLC0415 - brings pyarrow

    address = name.removeprefix(_SHARDS)
    return open_shards(address, labels=labels, roots=roots, sample=sample, seed=seed)


def _open_here(name: str, images: Path | None, labels: bool, roots: Roots) -> Source:
    kind, _, rest = name.partition(":")
    path = expand_home(name, "folder or CSV file")
    is_path = name != "digits" and kind != "torchvision"
    for one in (path, images) if is_path else ():
        if one is not None:
            roots.require(one)  # before anything is said about what is there
    path = expand(name, "folder or CSV file")
    if images is not None and not (is_path and path.is_file()):
        raise CoreError(f"--images goes with a CSV manifest, and {name} is none: leave it out")
    if name == "digits":
        return DigitsSource()
    if kind == "torchvision":
        return open_torchvision(rest)
    if path.is_dir():
        return replace(open_folder(path, labels=labels), roots=roots)
    if path.is_file():
        return replace(open_manifest(path, images), roots=roots)
    raise CoreError(
        f"no such folder or CSV file: {name!r} (or digits, torchvision:NAME, or parquet:ADDRESS)"
    )

"""Images at addresses: below one that can be listed, or named one by one by a manifest.

Everything that fsspec reads: `s3://`, `gs://`, an HTTP page of links, `memory://` and so on.
Only the command line opens these: a page would let its visitors reach whatever its server can.
"""

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from posixpath import splitext

import pandas as pd

from core.addresses import explain, is_address, open_address, plain_failures
from core.errors import CoreError
from core.pictures.decoding import SUFFIXES, ImageProblem
from core.sources.base import Entry, Source
from core.sources.files import read_file
from core.sources.manifest import PATH_COLUMNS, find_column, own_labels, read_table

ADDRESS_COLUMNS = ("uri", "url")
_MANIFESTS = (".csv", ".tsv")
_PAUSES = (0.2, 1.0)
"""Seconds before a read that failed is tried again."""


class Unreachable(ImageProblem):
    """The address may hold the image but did not give it: perhaps it does so later."""


@dataclass(frozen=True)
class RemoteSource(Source):
    """Images each at an address of its own, which is its entry's path."""

    name: str
    entries: Sequence[Entry]
    passed_over: int = 0

    def read(self, position: int) -> bytes:
        """The bytes at one address; a read that fails is tried three times.

        Raises:
            ImageProblem: there are none.
            Unreachable: it failed each time.
            CoreError: there are no credentials, or no package for this kind of address.
        """
        entry = self.entries[position]
        if entry.problem:
            raise ImageProblem(entry.problem)
        if not is_address(entry.path):
            return read_file(Path(entry.path.removeprefix("file://")))
        system, path = open_address(entry.path)
        for pause in (*_PAUSES, None):
            try:
                data: bytes = system.cat_file(path)
            except FileNotFoundError as error:
                raise ImageProblem(f"no such file: {entry.path}") from error
            except Exception as error:  # each file system raises exceptions of its own
                if pause is None or "credential" in type(error).__name__.lower():
                    raise _failure(entry.path, error) from error
                time.sleep(pause)
            else:
                return data
        raise AssertionError("the last try returns or raises")


def _failure(uri: str, error: Exception) -> Exception:
    """One image that could not be had, or credentials without which none can."""
    reason = explain(uri, error)
    if "credential" in type(error).__name__.lower():
        return CoreError(reason)
    return Unreachable(reason.removeprefix(f"{uri} "))


def open_remote(name: str, *, labels: bool = True) -> RemoteSource:
    """The images that a manifest names, or that lie below an address.

    Args:
        name: of a `.csv` or `.tsv` manifest, or an address that can be listed.
        labels: whether the first folder's name below the address is taken as the label.

    Raises:
        CoreError: it cannot be read, or there is no image.
    """
    if name.lower().endswith(_MANIFESTS):
        return _open_manifest(name)
    source = _list_images(name)
    if labels:
        return source
    entries = tuple(replace(entry, label=None) for entry in source.entries)
    return replace(source, entries=entries)


def names_addresses(path: Path) -> bool:
    """Whether a manifest on this machine names images that lie elsewhere.

    Raises:
        CoreError: it cannot be read.
    """
    table = _read_table(str(path))
    known = {*ADDRESS_COLUMNS, *PATH_COLUMNS}
    columns = [column for column in table.columns if column.strip().lower() in known]
    return any(table[column].str.contains("://", regex=False).any() for column in columns)


def _list_images(uri: str) -> RemoteSource:
    system, root = open_address(uri)
    with plain_failures(uri):
        system.invalidate_cache()
        met = sorted(str(path) for path in system.find(root))
        addresses = [str(system.unstrip_protocol(path)) for path in met if _is_image(path)]
        base = str(system.unstrip_protocol(root))
    if not addresses:
        found = f"{len(met):,} other files" if met else "it is empty, or not there"
        raise CoreError(f"no images in {uri}: {found}. Name another address")
    entries = tuple(Entry(address, _label(address, base)) for address in addresses)
    return RemoteSource(uri, entries, passed_over=len(met) - len(entries))


def _is_image(path: str) -> bool:
    name = path.rpartition("/")[2]
    return splitext(name)[1].lower() in SUFFIXES and not name.startswith(".")


def _label(address: str, base: str) -> str | None:
    """The first folder below the address that was listed."""
    first, _, rest = address.removeprefix(base).lstrip("/").partition("/")
    return first if rest else None


def _open_manifest(name: str) -> RemoteSource:
    table = _read_table(name)
    by_name = {column.strip().lower(): column for column in table.columns}
    own = [by_name[column] for column in ADDRESS_COLUMNS if column in by_name]
    column = own[0] if own else find_column(table, name, by_id=False)[0]
    folder = name.rpartition("/")[0] if is_address(name) else str(Path(name).absolute().parent)
    entries = tuple(
        _entry(value.strip(), label, folder)
        for value, label in zip(table[column], own_labels(table), strict=True)
    )
    return RemoteSource(name, entries)


def _entry(value: str, label: str | None, folder: str) -> Entry:
    if not value or "\0" in value:
        return Entry(value, label, problem="the row names no image")
    return Entry(value if "://" in value else f"{folder}/{value}", label)


def _read_table(name: str) -> pd.DataFrame:
    system, path = open_address(name)
    with plain_failures(name):
        data: bytes = system.cat_file(path)
    return read_table(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""), name)

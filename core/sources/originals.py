"""The bytes of an image that lies somewhere else: at an address, or in a file of this machine."""

from pathlib import Path

from core.addresses import is_address
from core.errors import CoreError
from core.pictures.decoding import ImageProblem
from core.shards.storage import Folder
from core.sources.base import Entry
from core.sources.files import FileSource
from core.sources.roots import Roots


def read_original(uri: str, roots: Roots) -> bytes:
    """The bytes at an address or a path, as shards name it.

    Args:
        uri: such as s3://bucket/a.jpg or /photos/a.jpg.
        roots: below which it must lie: who made the shards may have named anything.

    Raises:
        ImageProblem: it lies outside, or cannot be read, and why.
    """
    if not is_address(uri):
        file = Path(uri[len("file://") :] if uri.lower().startswith("file://") else uri)
        return FileSource("", (Entry(uri, file=file),), roots=roots).read(0)
    if not roots.hold_address(uri):
        raise ImageProblem(
            f"{uri} is no address that this server may open: start it with --root and the address "
            "that holds it"
        )
    folder, _, name = uri.rpartition("/")
    try:
        return Folder(folder).read(name)
    except CoreError as error:
        raise ImageProblem(str(error)) from error

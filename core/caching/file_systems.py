"""Which file system holds a file: SQLite's write-ahead log needs one of this machine."""

import os
import re
import sys
from pathlib import Path

_OVER_A_NETWORK = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "9p", "beegfs",
     "gpfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.gcsfuse", "fuse.glusterfs", "davfs")
)  # fmt: skip
_MOUNTS = Path("/proc/self/mounts")


def is_over_a_network(path: Path) -> bool:
    """Whether a file lies, or would lie, on a network drive, as far as the system tells.

    Linux tells for every drive, Windows for shares by their name; elsewhere nothing is known and
    a drive of this machine is taken for granted.
    """
    if sys.platform == "win32":
        return str(path).startswith("\\\\")
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return False
    return find_kind(path, mounts) in _OVER_A_NETWORK


def find_kind(path: Path, mounts: str) -> str:
    """The kind of file system that a path lies on; empty where none of the mounts holds it.

    Args:
        path: need not exist.
        mounts: a line for each mount, as in /proc/mounts: device, folder, kind, options; the last
            that holds a path is the one that counts among those of equal length.
    """
    place = os.path.realpath(path)
    best, kind = -1, ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:  # noqa: PLR2004 - device, folder, kind
            continue
        folder = _unescape(parts[1]).rstrip("/")
        if (place == folder or place.startswith(f"{folder}/")) and len(folder) >= best:
            best, kind = len(folder), parts[2]
    return kind


def _unescape(folder: str) -> str:
    """A space stands there as a backslash and its number in octal, and so on."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), folder)

from pathlib import Path

import pytest

from core.caching import file_systems
from core.caching.file_systems import find_kind, is_over_a_network

MOUNTS = """\
/dev/vda / ext4 rw,relatime 0 0
tmpfs /dev/shm tmpfs rw 0 0
server:/export /mnt/photos nfs4 rw 0 0
//server/share /mnt/my\\040share cifs rw 0 0
/dev/vdb /mnt/photos/local ext4 rw 0 0
over /twice nfs rw 0 0
/dev/vdc /twice xfs rw 0 0
odd line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me/c.sqlite", "ext4"),
        ("/mnt/photos/c.sqlite", "nfs4"),
        ("/mnt/photos", "nfs4"),
        ("/mnt/photosets/c.sqlite", "ext4"),
        ("/mnt/photos/local/c.sqlite", "ext4"),
        ("/mnt/my share/c.sqlite", "cifs"),
        ("/twice/c.sqlite", "xfs"),
        ("/mnt/photos/../c.sqlite", "ext4"),
    ],
)
def test_the_innermost_mount_counts_and_of_two_the_later(path, kind):
    assert find_kind(Path(path), MOUNTS) == kind


def test_without_mounts_nothing_is_known():
    assert find_kind(Path("/home"), "") == ""


@pytest.mark.parametrize(
    ("kind", "expected"), [("nfs4", True), ("fuse.sshfs", True), ("ext4", False)]
)
def test_network_drives_are_told(monkeypatch, tmp_path, kind, expected):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"somewhere / {kind} rw 0 0\n")
    monkeypatch.setattr(file_systems, "_MOUNTS", mounts)
    assert is_over_a_network(tmp_path / "c.sqlite") is expected


def test_where_no_system_tells_the_drive_is_of_this_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(file_systems, "_MOUNTS", tmp_path / "missing")
    assert not is_over_a_network(tmp_path)

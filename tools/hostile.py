"""A folder of everything that a folder of images should not hold, and of some that it may.

Each kind lies in a subfolder of its own, whose name is thereby its label.
"""

import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hostile_bytes import FORMATS, SPARE, encode, noise, png
from PIL import ExifTags, Image

_LARGE = 11_180
"""Squares of this side are just below the limit in pixels."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of hostile files.

    Attributes:
        name: of its subfolder.
        make: writes its files there.
        is_read: whether they are images all the same; else each is listed with its reason.
    """

    name: str
    make: Callable[[Path], None]
    is_read: bool = False


def _write(contents: Mapping[str, bytes]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        for name, data in contents.items():
            (folder / name).write_bytes(data)

    return make


def _good(folder: Path) -> None:
    for number, (suffix, name) in enumerate(FORMATS.items()):
        noise(number, 40).save(folder / f"good.{suffix}", name)


def _cut(folder: Path) -> None:
    """Every format, cut at every tenth byte."""
    for suffix, name in FORMATS.items():
        data = encode(noise(0), name)
        for kept in range(10, len(data) - SPARE, 10):
            (folder / f"{kept}.{suffix}").write_bytes(data[:kept])


def _strangers(folder: Path) -> None:
    texts = {
        "text": b"Dear diary, this is text.",
        "html": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "zip": b"PK\3\4" + bytes(99),
        "eps": encode(noise(1), "EPS"),
    }
    for name, data in texts.items():
        for suffix in FORMATS:
            (folder / f"{name}.{suffix}").write_bytes(data)


def _misnamed(folder: Path) -> None:
    suffixes = list(FORMATS)
    for number, name in enumerate(FORMATS.values()):
        wrong = suffixes[number - 1]
        noise(100 + number).save(folder / f"{name.lower()}.{wrong}", name)


def _modes(folder: Path) -> None:
    image = noise(2)
    grey = np.asarray(image.convert("L"))
    image.convert("CMYK").save(folder / "cmyk.jpg")
    Image.frombytes("LAB", image.size, image.tobytes()).save(folder / "lab.tif")
    image.convert("1").save(folder / "1 bit.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(folder / "16 bit.png")
    Image.fromarray(grey.astype(np.int32) * 257).save(folder / "32 bit.tif")
    Image.fromarray(grey.astype(np.float32) / 7).save(folder / "float.tif")
    image.convert("P").save(folder / "palette.png", transparency=0)
    image.convert("RGBA").save(folder / "alpha.webp", lossless=True)
    image.convert("LA").save(folder / "grey alpha.png")


def _animations(folder: Path) -> None:
    frames = [noise(seed) for seed in (3, 4, 5)]
    for suffix in ("gif", "png", "webp", "tif"):
        frames[0].save(folder / f"frames.{suffix}", save_all=True, append_images=frames[1:])


def _orientations(folder: Path) -> None:
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = turn
        noise(10 + turn).save(folder / f"{turn}.jpg", exif=exif)


def _broken_beside(folder: Path) -> None:
    noise(20).save(folder / "exif.jpg", exif=b"Exif\0\0nonsense")
    noise(21).save(folder / "cut exif.jpg", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x09\x01\x12")
    noise(22).save(folder / "icc.jpg", icc_profile=b"nonsense")
    noise(23).save(folder / "icc.png", icc_profile=bytes(200))


def _extreme_sides(folder: Path) -> None:
    for name, size in {"one": (1, 1), "wide": (30_000, 1), "tall": (1, 30_000)}.items():
        for suffix in ("png", "jpg"):
            Image.new("RGB", size, (9, len(suffix) * 50, len(name))).save(
                folder / f"{name}.{suffix}"
            )


def _bombs(folder: Path) -> None:
    inner = png(30_000, 30_000, pixels=False)
    icon = struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, len(inner), 22) + inner
    bitmap = struct.pack("<IIIIIIHHII", 0, 0, 54, 40, 30_000, 30_000, 1, 24, 0, 0)
    scans = encode(noise(6), "JPEG", progressive=True)
    last = scans.rindex(b"\xff\xda")
    contents = {
        "bits.png": png(30_000, 30_000, depth=1),
        "colors.png": png(30_000, 30_000, colors=6, pixels=False),
        "head.bmp": b"BM" + bitmap + bytes(99),
        "head.ppm": b"P6 30000 30000 255\n",
        "head.gif": b"GIF89a" + struct.pack("<HHBBB", 30_000, 30_000, 0, 0, 0) + bytes(99),
        "icon.ico": icon,
        "scans.jpg": scans[:last] + scans[last:-2] * 5000 + scans[-2:],
    }
    _write(contents)(folder)


def _large(folder: Path) -> None:
    for name, colors in {"grey": 0, "alpha": 6}.items():
        (folder / f"{name}.png").write_bytes(png(_LARGE, _LARGE, colors=colors))


NAMES = (
    "line\nbreak.png", "tab\tbell\a.png", "'quotes'.png", '"double".png', "<b onclick=x>b.png",
    "😀👩\u200d👩\u200d👧.png", "\u202egnp.txt\u202c.png", "-rf.png", "--help.png", "$(x)`y`;.png",
    "=1+1.png", "[link](javascript:x).png", " spaces .png", "%2e%2e%2f.png", "C:\\x.png",
    "x" * 251 + ".png", os.fsdecode(b"latin \xe9\xff.png"),
)  # fmt: skip


def _names(folder: Path) -> None:
    for number, name in enumerate(NAMES):
        (folder / name).write_bytes(encode(noise(30 + number), "PNG"))


def _bad_names(folder: Path) -> None:
    for name in NAMES:
        (folder / name).write_bytes(b"no image\0" + os.fsencode(name))


def _links(folder: Path) -> None:
    """Links in circles, to nothing, and out of the folder; pipes, devices, endless files."""
    outside = folder.parent.parent / "outside.png"
    noise(60).save(outside)
    (folder / "circle").symlink_to(folder.parent, target_is_directory=True)
    targets: dict[str, str | Path] = {
        "itself": "itself.png",
        "nothing": "gone.png",
        "outside": outside,
    }
    targets |= {"zeros": "/dev/zero", "endless": "/proc/self/pagemap", "kernel": "/proc/kmsg"}
    for name, target in targets.items():
        (folder / f"{name}.png").symlink_to(target)
    os.mkfifo(folder / "pipe.png")
    os.mkfifo(folder / "pipe.jpg")


def _sealed(folder: Path) -> None:
    for number in range(3):
        (folder / f"{number}.png").write_bytes(encode(noise(70 + number), "PNG"))
        (folder / f"{number}.png").chmod(0)


def _fleeting(folder: Path) -> None:
    for name in ("vanishes", "changes", "shrinks", "becomes a pipe", "becomes a folder"):
        (folder / f"{name}.png").write_bytes(encode(noise(len(name)), "PNG"))


def change_fleeting(root: Path) -> None:
    """What happens to some files between the scan and the reading."""
    folder = root / "vanish or change meanwhile"
    for file in folder.iterdir():
        data = file.read_bytes()
        file.unlink()
        match file.stem:
            case "changes":
                file.write_bytes(encode(noise(99), "PNG"))
            case "shrinks":
                file.write_bytes(data[:50])
            case "becomes a pipe":
                os.mkfifo(file)
            case "becomes a folder":
                file.mkdir()


KINDS = (
    Kind("good images", _good, is_read=True),
    Kind("cut at every tenth byte", _cut),
    Kind("zero bytes", _write({f"empty.{suffix}": b"" for suffix in FORMATS})),
    Kind("text, HTML, SVG, ZIP, EPS", _strangers),
    Kind("wrong suffixes", _misnamed, is_read=True),
    Kind("CMYK, LAB, 1 to 32 bit, float, palette", _modes, is_read=True),
    Kind("animations", _animations, is_read=True),
    Kind("eight orientations", _orientations, is_read=True),
    Kind("broken EXIF and ICC", _broken_beside, is_read=True),
    Kind("1 x 1, 1 x 30,000", _extreme_sides, is_read=True),
    Kind("bombs", _bombs),
    Kind("as large as allowed", _large, is_read=True),
    Kind("hostile names", _names, is_read=True),
    Kind("hostile names of no images", _bad_names),
    Kind("links, pipes, devices", _links),
    Kind("no permission", _sealed),
    Kind("vanish or change meanwhile", _fleeting),
)


def make_hostile(root: Path, kinds: tuple[Kind, ...] = KINDS) -> None:
    """Write the folder `root`, which must not be there yet."""
    for kind in kinds:
        folder = root / kind.name
        folder.mkdir(parents=True)
        kind.make(folder)

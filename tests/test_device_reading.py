"""JPEGs decoded on a device are seen as those that a CPU decodes, and what it cannot do as before.

On the CPU all but nvJPEG itself is tested: torchvision decodes there by libjpeg, as Pillow does.
"""

import io
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch
from devices import EACH_DEVICE
from encoded import encode, turned
from PIL import Image
from sklearn.datasets import load_sample_images
from torchvision import io as torchvision_io

from core.device import Device
from core.errors import CoreError
from core.features import Extractor
from core.images import identify
from core.network.layers import Cut
from core.network.pretrained import find_weights, load_state
from core.network.transforms import Transform
from core.network.vgg import build_network
from core.pictures import device_decoding, device_reading
from core.pictures.decoding import ImageProblem
from core.pictures.device_drawing import plan_drawing
from core.pictures.device_reading import DeviceLook, look_ahead_on_device
from core.pictures.plain_jpegs import PlainJpeg, choose_shrink
from core.pictures.reading import Look, look, scale_for
from core.recipe import StudyParams
from core.study import open_study

EMBEDDED = Transform("embedded", 64)
TRANSFORMS = [EMBEDDED, Transform("imagenet", 224), Transform("article", 448)]
# In steps of 255. The CPU scales bytes by weights of 8 bits, and clips what cubic overshoots after
# the rows, too; libjpeg shrinks by leaving out high frequencies, the device by means. nvJPEG,
# besides, repeats colours where libjpeg smooths them: what that does to photographs was reckoned
# on a CPU, and not measured on a GPU.
MOST = {"cpu": 16, "cuda": 255}
MEAN = {"cpu": 0.5, "cuda": 3}
PICTURE_MEAN = {"cpu": 2, "cuda": 4}  # saved as JPEGs, which makes much of little


PHOTO = Image.fromarray(load_sample_images().images[0])  # 640 x 427
SMALL = PHOTO.crop((200, 100, 341, 199))

PLAIN = {
    "420": encode(PHOTO, quality=90),
    "444": encode(PHOTO, quality=90, subsampling=0),
    "progressive": encode(PHOTO, progressive=True),
    "grey": encode(PHOTO.convert("L")),
    "odd": encode(SMALL),
    "tiny": encode(SMALL.crop((0, 0, 3, 5))),
    "one pixel": encode(SMALL.crop((0, 0, 1, 1))),
    "a profile": encode(SMALL, icc_profile=b"profile"),
    "shrunk": encode(PHOTO.resize((2561, 1709))),
    "shrunk and turned": encode(PHOTO.resize((1800, 1201)), exif=turned(6)),
    **{f"orientation {one}": encode(SMALL, exif=turned(one)) for one in range(1, 9)},
}
OTHERS = {
    "CMYK": encode(SMALL.convert("CMYK")),
    "RGB": encode(SMALL, keep_rgb=True),
    "PNG": encode(SMALL, "PNG"),
    "long": encode(PHOTO.resize((20_000, 20))),
}
DAMAGED = {
    "cut short": encode(PHOTO)[:-3000],
    "without its end": encode(SMALL)[:-2],
    "empty": b"",
    "text": b"no image",
    "12 bits": encode(SMALL).replace(b"\xff\xc0\0\x11\x08", b"\xff\xc0\0\x11\x0c"),
    "only a head": encode(PHOTO)[:300],
}


def see_all(files, *, device="cpu", transform=EMBEDDED, batch_size=4, read=None):
    """Every look, in one list."""
    read = files.__getitem__ if read is None else read
    batches = look_ahead_on_device(
        files, read, transform, device=device, batch_size=batch_size, workers=2
    )
    return [one for batch in batches for one in batch]


def see_here(files, transform=EMBEDDED):
    """Every look as it is without a device."""
    return [look(name, files.__getitem__, transform) for name in files]


def steps(found, expected):
    """How far two pictures or squares are from each other, in steps of 255."""
    return np.abs(pixels_of(found) - pixels_of(expected))


def pixels_of(one):
    if isinstance(one, bytes):
        one = np.asarray(Image.open(io.BytesIO(one)))
    return (one.cpu().numpy() if isinstance(one, torch.Tensor) else one).astype(int)


def facts(seen):
    return seen.width, seen.height, seen.problem, seen.decoder


@EACH_DEVICE
@pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda one: one.name)
def test_what_a_device_makes_of_a_jpeg_is_what_a_cpu_makes(device, transform):
    made = see_all(PLAIN, device=device, transform=transform)
    for one, expected in zip(made, see_here(PLAIN, transform), strict=True):
        assert (one.id, type(one), one.pixels.device.type) == (expected.id, DeviceLook, device)
        assert facts(one.seen) == facts(expected.seen)
        off = steps(one.pixels, expected.pixels)
        assert off.max() <= MOST[device], one.id
        assert off.mean() <= MEAN[device], one.id
        for name in ("thumbnail", "preview"):
            picture, other = getattr(one.seen, name), getattr(expected.seen, name)
            assert (picture is None) == (other is None)
            if picture is not None:
                assert steps(picture, other).mean() <= PICTURE_MEAN[device], (one.id, name)


@EACH_DEVICE
def test_what_is_no_plain_jpeg_goes_the_cpus_way(device):
    made = see_all(OTHERS, device=device)
    for one, expected in zip(made, see_here(OTHERS), strict=True):
        assert (type(one), one.seen) == (Look, expected.seen)
        np.testing.assert_array_equal(one.pixels, expected.pixels)


@EACH_DEVICE
def test_a_damaged_image_keeps_its_reason_and_harms_no_other(device):
    files = {"420": PLAIN["420"], **DAMAGED, "444": PLAIN["444"]}
    first, *damaged, last = see_all(files, device=device, batch_size=10)
    assert damaged == see_here(DAMAGED)
    assert all(one.seen.problem for one in damaged)
    assert [type(first), type(last)] == [DeviceLook, DeviceLook]


def test_what_cannot_be_read_keeps_its_reason():
    def read(_):
        raise ImageProblem("the disk is gone")

    assert {one.seen.problem for one in see_all(PLAIN, read=read)} == {"the disk is gone"}


def test_an_image_over_the_limit_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setenv("GROUPSIGHT_MAX_PIXELS", "100")
    monkeypatch.setattr(device_reading, "require_decoder", lambda _: None)
    monkeypatch.setattr(device_reading, "decode_jpegs", None)  # to call it would fail
    [one] = see_all({"420": PLAIN["420"]})
    assert one.seen.problem.startswith("640 x 427 pixels, over the limit of 100")


SOME = {"odd": PLAIN["odd"], "PNG": OTHERS["PNG"], "tiny": PLAIN["tiny"]}


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_images_come_in_their_order_and_each_is_read_once(batch_size):
    reads, lock = Counter(), threading.Lock()

    def read(name):
        with lock:
            reads[name] += 1
        return files[name]

    files = {f"{copy} {name}": SOME[name] for copy in range(15) for name in SOME}
    made = see_all(files, batch_size=batch_size, read=read)
    assert [one.id for one in made] == list(files)
    assert reads == dict.fromkeys(files, 1)


def test_files_are_read_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(device_reading, "_AT_ONCE", 2)
    taken = []
    ids = (taken.append(number) or number for number in range(20))
    batches = look_ahead_on_device(
        ids, lambda _: PLAIN["odd"], EMBEDDED, device="cpu", batch_size=4, workers=2
    )
    next(batches)
    assert len(taken) == 2 * 3 + 2  # three times two, and two more once the first were given
    batches.close()
    assert len(taken) == 8
    assert not [one for one in threading.enumerate() if one.name.startswith(("decode", "device"))]


# What the device cannot do.


class Decoder:
    """Decodes as torchvision does, unless more than `most` images, or one of `refused`, come."""

    def __init__(self, error, *, most=100, refused=()):
        self.error, self.most, self.refused, self.sizes = error, most, refused, []

    def __call__(self, jpegs, device):
        self.sizes.append(len(jpegs))
        if len(jpegs) > self.most or any(one.data in self.refused for one in jpegs):
            raise self.error
        return device_decoding.decode_jpegs(jpegs, device)


OUT_OF_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
FILES = {name: PLAIN[name] for name in ("420", "odd", "tiny", "orientation 6")}


def test_one_image_that_the_decoder_refuses_does_not_lose_the_others(monkeypatch):
    decoder = Decoder(RuntimeError("nvjpeg: 4"), refused=[FILES["odd"]])
    monkeypatch.setattr(device_reading, "decode_jpegs", decoder)
    made = see_all(FILES)
    assert decoder.sizes == [4, 1, 1, 1, 1]
    assert [type(one) for one in made] == [DeviceLook, Look, DeviceLook, DeviceLook]
    assert facts(made[1].seen) == facts(see_here(FILES)[1].seen)


@pytest.mark.parametrize("error", [OUT_OF_MEMORY, MemoryError()], ids=["device", "host"])
def test_images_that_do_not_fit_together_are_decoded_alone(monkeypatch, error):
    decoder = Decoder(error, most=1)
    monkeypatch.setattr(device_reading, "decode_jpegs", decoder)
    made = see_all(FILES)
    assert decoder.sizes == [4, 1, 1, 1, 1]
    assert {type(one) for one in made} == {DeviceLook}


def test_images_that_do_not_even_fit_alone_go_the_cpus_way(monkeypatch):
    monkeypatch.setattr(device_reading, "decode_jpegs", Decoder(OUT_OF_MEMORY, most=0))
    for one, expected in zip(see_all(FILES), see_here(FILES), strict=True):
        assert (type(one), one.seen) == (Look, expected.seen)
        np.testing.assert_array_equal(one.pixels, expected.pixels)


@pytest.mark.parametrize(
    ("width", "height", "transform", "expected"),
    [
        (4000, 3000, EMBEDDED, True),
        (65_000, 11_000, Transform("imagenet", 224), True),  # 2,145,000,000 values
        (65_000, 11_100, Transform("imagenet", 224), False),  # more than 2,147,483,647
        (12_288, 9216, Transform("article", 448), True),  # 32 times a preview's 384
        (12_289, 9216, Transform("article", 448), False),
    ],
)
def test_what_is_too_much_for_a_device_is_known_from_the_size(width, height, transform, expected):
    shrink = choose_shrink(width, height, scale_for(transform)(width, height))
    plan = plan_drawing(PlainJpeg(b"", width, height, 1, shrink), transform)
    assert plan.is_within_reach == expected


def test_what_decodes_to_another_size_than_its_head_says_goes_the_cpus_way(monkeypatch):
    decode = torchvision_io.decode_jpeg

    def halve(files, **options):
        return [one[:, : (one.shape[1] + 1) // 2] for one in decode(files, **options)]

    monkeypatch.setattr(device_reading, "require_decoder", lambda _: None)
    monkeypatch.setattr(torchvision_io, "decode_jpeg", halve)
    assert {type(one) for one in see_all({"420": PLAIN["420"]})} == {Look}


def test_only_so_many_pixels_are_decoded_at_once(monkeypatch):
    decoder = Decoder(None)
    monkeypatch.setattr(device_reading, "decode_jpegs", decoder)
    monkeypatch.setattr(device_reading, "_PIXELS_AT_ONCE", 30_000)  # an odd one has 141 x 99
    files = {**{str(number): PLAIN["odd"] for number in range(5)}, "420": PLAIN["420"]}
    made = see_all(files, batch_size=6)
    assert decoder.sizes == [2, 2, 1, 1]
    assert {type(one) for one in made} == {DeviceLook}


def test_a_device_that_decodes_nothing_is_refused_with_the_way_out(monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("torchvision not compiled with nvJPEG support\nat 0x0")

    monkeypatch.setattr(torchvision_io, "decode_jpeg", refuse)
    with pytest.raises(CoreError) as caught:
        see_all(PLAIN)
    assert str(caught.value) == (
        "torchvision decodes no JPEGs on this cpu device (torchvision not compiled with nvJPEG "
        "support): take --jpeg-decoder cpu"
    )


# With the network.


@pytest.fixture(scope="module")
def state():
    return load_state(find_weights("embedded"))


def run(state, files, device, *, jpegs_on_device, precision="fp32"):
    """The features of all files."""
    network = build_network(state, Cut("conv5"))
    extractor = Extractor(
        network, EMBEDDED, Device(device, precision), jpegs_on_device=jpegs_on_device
    )
    stored = {identify(data): data for data in files.values()}
    features = {}
    for batch in extractor.extract(list(stored), stored.__getitem__, batch_size=5, workers=2):
        features |= batch.features
    return [features.get(identify(data)) for data in files.values()]


@EACH_DEVICE
def test_features_are_those_of_jpegs_that_a_cpu_decodes(state, device):
    files = {**PLAIN, **OTHERS}
    expected = run(state, files, device, jpegs_on_device=False)
    found = run(state, files, device, jpegs_on_device=True)
    for name, one, other in zip(files, found, expected, strict=True):
        a, b = one.astype(np.float64), other.astype(np.float64)
        assert a @ b / np.linalg.norm(a) / np.linalg.norm(b) >= 0.999, name


@EACH_DEVICE
def test_the_same_images_give_the_same_features_again(state, device):
    first, second = (run(state, FILES, device, jpegs_on_device=True) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_damaged_images_alone_give_no_features(state):
    assert set(run(state, DAMAGED, "cpu", jpegs_on_device=True)) == {None}


def test_a_device_that_fails_while_it_decodes_says_what_is_kept(state, monkeypatch):
    def fail(*_):
        raise RuntimeError("the GPU has fallen off\nat 0x0")

    monkeypatch.setattr(device_reading._Reading, "finish", fail)
    network = build_network(state, Cut("conv3"))
    extractor = Extractor(network, EMBEDDED, Device("cpu", "fp32"), jpegs_on_device=True)
    extractor.device = Device("mps", "fp32")  # there is no GPU here
    with pytest.raises(CoreError, match=r"^the mps device failed: the GPU has fallen off\. What"):
        next(extractor.extract(["420"], PLAIN.__getitem__, workers=1))


def test_a_study_keeps_what_a_device_decoded_under_a_key_of_its_own(tmp_path, cache):
    for name, data in {"1": FILES["420"], "2": FILES["odd"], "3": DAMAGED["cut short"]}.items():
        (tmp_path / f"{name}.jpg").write_bytes(data)
    params = StudyParams(str(tmp_path), weights="embedded", device="cpu", precision="fp32")
    study = open_study(params, cache)
    study.recipe = replace(study.recipe, jpeg_decoder="cuda")  # on the CPU, for want of another
    study.extract()
    assert [one.path for one in study.images.problems] == ["3.jpg"]
    assert [(one.width, one.height) for one in study.images.readable] == [(640, 427), (141, 99)]
    assert study.missing() == []
    assert set(study.thumbnails(study.images.ids)) == set(study.images.ids)
    assert len(open_study(params, cache).missing()) == 2


class Stream:
    """Stands for a CUDA stream: notes when it is waited for."""

    def __init__(self, notes, name):
        self.notes, self.name = notes, name

    def synchronize(self):
        self.notes.append(f"wait for {self.name}")


def test_on_cuda_files_are_decoded_beside_the_network_once_their_memory_is_free(monkeypatch):
    # torchvision decodes on its own stream, into memory that kernels of ours may still be reading.
    notes, decode = [], torchvision_io.decode_jpeg
    streams = [Stream(notes, "the network's stream")]

    @contextmanager
    def use(stream):
        streams.append(stream)
        yield
        streams.pop()

    def decode_here(files, *, mode, device):
        notes.append(f"{len(files)} by {device}")
        return decode(files, mode=mode)

    monkeypatch.setattr(torch.cuda, "Stream", lambda: Stream(notes, "a stream of its own"))
    monkeypatch.setattr(torch.cuda, "stream", use)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: streams[-1])
    monkeypatch.setattr(torchvision_io, "decode_jpeg", decode_here)
    files = {name: PLAIN[name] for name in ("odd", "tiny", "420")}
    made = see_all(files, device="cuda", batch_size=2)
    assert {type(one) for one in made} == {DeviceLook}
    assert notes == [
        "wait for the network's stream", "1 by cuda",  # a trial
        "wait for a stream of its own", "2 by cuda",
        "wait for a stream of its own", "1 by cuda",
    ]  # fmt: skip

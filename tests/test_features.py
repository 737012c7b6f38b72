"""Features in batches are those of the images one by one; what cannot be read harms no other."""

import io
import threading
from collections import Counter

import numpy as np
import pytest
import torch
from encoded import encode
from PIL import Image
from torch import nn
from torchvision.models import vgg16

from core.device import Device
from core.errors import CoreError
from core.features import Extractor, suit_batch_size
from core.images import identify
from core.network.layers import Cut
from core.network.pretrained import find_weights, load_state
from core.network.transforms import Transform
from core.network.vgg import build_network
from core.pictures.decoding import DECODER, ImageProblem, decode, decode_scaled
from core.sources import open_source

MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
TRANSFORM = Transform("embedded", 64)


@pytest.fixture(scope="module")
def state():
    return load_state(find_weights("embedded"))


@pytest.fixture(scope="module")
def extractor(state):
    return make_extractor(state)


def make_extractor(state, precision="fp32"):
    return Extractor(build_network(state, Cut("conv5")), TRANSFORM, Device("cpu", precision))


def blocks(seed, side=48):
    """An image of 4 x 4 blocks of random colours."""
    colors = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(colors).resize((side, side + 8), Image.Resampling.NEAREST)


def store(*files):
    """What a source is to the extractor: bytes under the ids of their content."""
    return {identify(data): data for data in files}


PHOTOS = store(*(encode(blocks(seed, 20 + 9 * seed), "PNG") for seed in range(7)))
CUT_SHORT = encode(blocks(99))[:-200]


def run(extractor, files, *, batch_size=3, read=None):
    """All features and all that was seen."""
    features, seen = {}, {}
    reader = files.__getitem__ if read is None else read
    for batch in extractor.extract(list(files), reader, batch_size=batch_size, workers=2):
        features |= batch.features
        seen |= batch.seen
    return features, seen


@torch.inference_mode()
def by_hand(data, state):
    """One image through torchvision's convolutions, averaged over the last block's places.

    The square is the transform's own, which has tests of its own.
    """
    with torch.device("meta"):  # its weights are replaced at once
        network = vgg16(init_weights=False).features.eval()
    weights = {name.removeprefix("features."): value.float() for name, value in state.items()}
    network.load_state_dict(weights, assign=True)
    square = TRANSFORM.cut(np.asarray(decode(data)))
    values = (square / 255 - MEAN) / STD  # (64, 64, 3)
    images = torch.from_numpy(values.transpose(2, 0, 1)[None]).float()
    return network(images).mean(dim=(2, 3))[0].numpy()


def cosine(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def test_features_are_those_of_one_image_at_a_time(extractor, state):
    features, _ = run(extractor, PHOTOS)
    for image_id in list(PHOTOS)[:3]:
        np.testing.assert_allclose(features[image_id], by_hand(PHOTOS[image_id], state), atol=1e-4)


def test_images_differ_in_their_features(extractor):
    features, _ = run(extractor, PHOTOS)
    first, second = list(features.values())[:2]
    assert np.abs(first - second).max() > 0.1


@pytest.mark.parametrize("batch_size", [1, 2, 7, 100])
def test_the_size_of_a_batch_changes_nothing(extractor, batch_size):
    expected, _ = run(extractor, PHOTOS, batch_size=3)
    features, _ = run(extractor, PHOTOS, batch_size=batch_size)
    assert list(features) == list(expected)
    for image_id, vector in features.items():
        np.testing.assert_allclose(vector, expected[image_id], atol=1e-4)


def test_batches_come_in_the_order_of_the_ids(extractor):
    ids = sorted(PHOTOS)
    batches = list(extractor.extract(ids, PHOTOS.__getitem__, batch_size=3, workers=4))
    assert [list(batch.features) for batch in batches] == [ids[:3], ids[3:6], ids[6:]]
    assert [list(batch.seen) for batch in batches] == [ids[:3], ids[3:6], ids[6:]]


def test_bf16_keeps_the_direction_of_real_features(state):
    digits = open_source("digits")
    files = store(*(digits.read(position) for position in range(0, 100, 10)))
    full, _ = run(make_extractor(state), files)
    half, _ = run(make_extractor(state, "bf16"), files)
    for image_id, vector in half.items():
        assert vector.dtype == np.float16
        assert cosine(vector, full[image_id]) >= 0.999


def test_features_are_kept_in_full_where_they_were_computed_in_full(extractor):
    features, _ = run(extractor, PHOTOS)
    assert {vector.dtype for vector in features.values()} == {np.dtype(np.float32)}


def test_a_damaged_image_is_left_out_and_the_others_are_not_affected(extractor):
    good, _ = run(extractor, PHOTOS)
    bad = identify(CUT_SHORT)
    first, *rest = PHOTOS.values()
    features, seen = run(extractor, store(first, CUT_SHORT, *rest))
    assert list(features) == list(PHOTOS)
    for image_id, vector in features.items():
        np.testing.assert_allclose(vector, good[image_id], atol=1e-4)
    assert seen[bad].problem.startswith("damaged")
    assert (seen[bad].thumbnail, seen[bad].decoder) == (None, DECODER)


def test_a_batch_of_damaged_images_alone_gives_no_features(extractor):
    features, seen = run(extractor, store(CUT_SHORT))
    assert features == {}
    assert [one.problem is None for one in seen.values()] == [False]


def test_an_image_that_cannot_be_read_keeps_its_reason(extractor):
    def read(image_id):
        raise ImageProblem("the disk is gone")

    features, seen = run(extractor, PHOTOS, read=read)
    assert features == {}
    assert {one.problem for one in seen.values()} == {"the disk is gone"}


def test_both_pictures_are_made_in_the_same_pass(extractor):
    color = (0, 128, 255)
    _, seen = run(extractor, store(encode(Image.new("RGB", (800, 400), color), "PNG")))
    [one] = seen.values()
    assert (one.width, one.height, one.problem) == (800, 400, None)
    for data, size in ((one.thumbnail, (128, 64)), (one.preview, (384, 192))):
        with Image.open(io.BytesIO(data)) as picture:
            assert (picture.format, picture.size) == ("JPEG", size)
            np.testing.assert_allclose(picture.getpixel((60, 30)), color, atol=4)


def test_each_image_is_read_exactly_once(extractor):
    reads, lock = Counter(), threading.Lock()

    def read(image_id):
        with lock:
            reads[image_id] += 1
        return PHOTOS[image_id]

    run(extractor, PHOTOS, read=read)
    assert reads == dict.fromkeys(PHOTOS, 1)


def test_weights_that_give_no_finite_numbers_are_refused(state):
    broken = state | {"features.28.bias": torch.full((512,), torch.nan)}
    with pytest.raises(CoreError, match="not finite numbers: try --precision fp32"):
        run(make_extractor(broken), PHOTOS)


def test_features_beyond_half_precision_are_refused_with_the_way_out(state):
    huge = state | {"features.28.bias": torch.full((512,), 1e5)}  # float16 ends at 65,504
    features, _ = run(make_extractor(huge), PHOTOS)
    assert min(vector.min() for vector in features.values()) > 65_504
    with pytest.raises(CoreError, match=r"--precision fp32 \(now bf16\)"):
        run(make_extractor(huge, "bf16"), PHOTOS)


# A photograph that is much larger than what the network sees is scaled while it is decoded.


def photograph(width, height):
    """Sums of waves as natural images have them: the finer, the fainter (D. Field, 1987)."""
    random = np.random.default_rng(0)
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))  # (h, w / 2 + 1)
    frequency[0, 0] = np.inf
    waves = [np.exp(2j * np.pi * random.random(frequency.shape)) / frequency for _ in range(3)]
    planes = np.dstack([np.fft.irfft2(one, (height, width)) for one in waves])  # (h, w, 3)
    return Image.fromarray(np.clip(128 + 50 * planes / planes.std(), 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def enlarged():
    """A JPEG of 2,048 x 1,536 pixels: a photograph enlarged four times."""
    large = photograph(512, 384).resize((2048, 1536), Image.Resampling.BICUBIC)
    return encode(large)


@pytest.mark.parametrize("transform", [TRANSFORM, Transform("imagenet", 64)], ids=lambda t: t.name)
def test_scaling_while_decoding_keeps_the_features(state, transform, enlarged):
    whole = np.asarray(decode(enlarged))
    halved = decode_scaled(enlarged, lambda shorter, _: transform.least_scale(shorter)).image
    assert halved.size == (256, 192)  # an eighth of 2,048 x 1,536
    extractor = Extractor(build_network(state, Cut("conv5")), transform, Device("cpu", "fp32"))
    squares = [transform.cut(pixels) for pixels in (whole, np.asarray(halved))]
    first, second = extractor._forward(squares).numpy()
    assert not np.array_equal(*squares)
    assert cosine(first, second) >= 0.999


def test_a_large_photograph_is_seen_in_its_own_size_and_loses_no_feature(extractor, enlarged):
    features, seen = run(extractor, store(enlarged))
    [found], [one] = features.values(), seen.values()
    assert (one.width, one.height) == (2048, 1536)
    whole = extractor._forward([TRANSFORM.cut(np.asarray(decode(enlarged)))])[0].numpy()
    assert cosine(found, whole) >= 0.999


# The size of a batch follows the device and, where its memory is too small, the memory.


@pytest.mark.parametrize(
    ("kind", "size", "expected"),
    [
        ("cpu", 64, 195),  # 800,000 / 64 / 64
        ("cpu", 224, 15),
        ("cpu", 448, 4),  # 3.98: never fewer than 4
        ("cpu", 2000, 4),
        ("cuda", 64, 512),  # 3,173: never more than 512
        ("cuda", 224, 259),
        ("cuda", 448, 64),
        ("mps", 224, 63),
    ],
)
def test_the_batch_suits_the_device(kind, size, expected):
    assert suit_batch_size(kind, size) == expected


class Mean(nn.Module):
    """In the place of VGG-16: the mean of each channel. Fails beyond `limit` images at once."""

    def __init__(self, limit=10**6, error=None):
        super().__init__()
        self.limit, self.error, self.sizes = limit, error, []

    def forward(self, images):
        self.sizes.append(len(images))
        if len(images) > self.limit:
            raise self.error
        return images.mean(dim=(2, 3))


def extractor_of(network, kind="cpu"):
    return Extractor(network, TRANSFORM, Device(kind, "fp32"))


OUT_OF_MEMORY = {
    "CUDA": torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    "Linux": RuntimeError("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: "
                          "can't allocate memory: you tried to allocate 9 bytes."),
    "Windows": RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9"),
    "Apple": RuntimeError("MPS backend out of memory (MPS allocated: 9.05 GB)"),
    "NumPy": MemoryError(),
}  # fmt: skip


@pytest.mark.parametrize("error", OUT_OF_MEMORY.values(), ids=OUT_OF_MEMORY)
def test_a_batch_beyond_the_memory_is_halved_and_so_are_the_rest(error):
    network = Mean(limit=3, error=error)
    features, seen = run(extractor_of(network), PHOTOS, batch_size=7)
    expected, _ = run(extractor_of(Mean()), PHOTOS, batch_size=7)
    assert list(features) == list(seen) == list(PHOTOS)
    for image_id, vector in features.items():
        np.testing.assert_allclose(vector, expected[image_id], atol=1e-6)
    assert network.sizes == [7, 3, 3, 1]


def test_what_memory_taught_one_batch_holds_for_the_next():
    network = Mean(limit=2, error=OUT_OF_MEMORY["CUDA"])
    batches = extractor_of(network).extract(
        list(PHOTOS), PHOTOS.__getitem__, batch_size=5, workers=2
    )
    assert [list(batch.features) for batch in batches] == [list(PHOTOS)[:5], list(PHOTOS)[5:]]
    assert network.sizes == [5, 2, 2, 1, 2]


@pytest.mark.parametrize("error", OUT_OF_MEMORY.values(), ids=OUT_OF_MEMORY)
def test_where_not_even_one_image_fits_the_way_out_is_told(error):
    with pytest.raises(CoreError, match=r"does not hold .* one image of 64 x 64 .* smaller --size"):
        run(extractor_of(Mean(limit=0, error=error)), PHOTOS)


def test_a_mistake_of_ours_is_not_taken_for_a_lack_of_memory():
    network = Mean(limit=0, error=RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    with pytest.raises(RuntimeError, match="mat1 and mat2") as caught:
        run(extractor_of(network), PHOTOS)
    assert network.sizes == [3]
    assert not isinstance(caught.value, CoreError)


def test_a_device_that_fails_says_what_is_kept_and_how_to_go_on(monkeypatch):
    extractor = extractor_of(Mean(limit=0, error=RuntimeError("the GPU has fallen off\nat 0x0")))
    monkeypatch.setattr(extractor, "device", Device("mps", "fp32"))
    monkeypatch.setattr(torch.Tensor, "to", lambda tensor, *_, **__: tensor)  # there is no GPU here
    with pytest.raises(CoreError) as caught:
        run(extractor, PHOTOS)
    assert str(caught.value) == (
        "the mps device failed: the GPU has fallen off. What was extracted is kept: "
        "start again, or go on with --device cpu"
    )
    assert isinstance(caught.value.__cause__, RuntimeError)

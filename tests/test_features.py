"""Features in batches are those of the images one by one; what cannot be read harms no other."""

import io
import threading
from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.models import vgg16

from core.decoding import DECODER, ImageProblem
from core.device import Device
from core.errors import CoreError
from core.features import Extractor
from core.images import identify
from core.layers import Cut
from core.pretrained import find_weights, load_state
from core.sources import open_source
from core.transforms import Transform
from core.vgg import build_network

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


def encoded(image, kind="PNG"):
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def blocks(seed, side=48):
    """An image of 4 x 4 blocks of random colours."""
    colors = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(colors).resize((side, side + 8), Image.Resampling.NEAREST)


def store(*files):
    """What a source is to the extractor: bytes under the ids of their content."""
    return {identify(data): data for data in files}


PHOTOS = store(*(encoded(blocks(seed, 20 + 9 * seed)) for seed in range(7)))
CUT_SHORT = encoded(blocks(99), "JPEG")[:-200]


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
    """One image through torchvision's convolutions, averaged over the last block's places."""
    with torch.device("meta"):  # its weights are replaced at once
        network = vgg16(init_weights=False).features.eval()
    weights = {name.removeprefix("features."): value.float() for name, value in state.items()}
    network.load_state_dict(weights, assign=True)
    square = Image.open(io.BytesIO(data)).resize((64, 64), Image.Resampling.BICUBIC)
    values = (np.asarray(square) / 255 - MEAN) / STD  # (64, 64, 3)
    images = torch.from_numpy(values.transpose(2, 0, 1)[None]).float()
    return network(images).mean(dim=(2, 3))[0].numpy()


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
        a, b = vector.astype(np.float64), full[image_id].astype(np.float64)
        assert a @ b / np.linalg.norm(a) / np.linalg.norm(b) >= 0.999


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


def test_a_file_that_changed_since_the_scan_is_a_problem(extractor):
    changed, *_ = PHOTOS

    def read(image_id):
        return encoded(blocks(50)) if image_id == changed else PHOTOS[image_id]

    features, seen = run(extractor, PHOTOS, read=read)
    assert changed not in features
    assert seen[changed].problem.startswith("changed while it was being read")
    assert len(features) == len(PHOTOS) - 1


def test_thumbnails_are_made_in_the_same_pass(extractor):
    _, seen = run(extractor, store(encoded(Image.new("RGB", (300, 150), (0, 128, 255)))))
    [one] = seen.values()
    assert (one.width, one.height, one.problem) == (300, 150, None)
    with Image.open(io.BytesIO(one.thumbnail)) as small:
        assert (small.format, small.size) == ("JPEG", (128, 64))
        np.testing.assert_allclose(small.getpixel((60, 30)), (0, 128, 255), atol=4)


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
    with pytest.raises(CoreError, match="not finite numbers: its weights are damaged"):
        run(make_extractor(broken), PHOTOS)


def test_features_beyond_half_precision_are_refused_with_the_way_out(state):
    huge = state | {"features.28.bias": torch.full((512,), 1e5)}  # float16 ends at 65,504
    features, _ = run(make_extractor(huge), PHOTOS)
    assert min(vector.min() for vector in features.values()) > 65_504
    with pytest.raises(CoreError, match=r"--precision fp32 \(now bf16\)"):
        run(make_extractor(huge, "bf16"), PHOTOS)

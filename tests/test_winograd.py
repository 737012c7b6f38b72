"""The fast convolutions against torch's own, in float32 of the weights before rounding.

In every precision in which this processor has the instructions for them.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from core.device import Device, choose_device
from core.features import Extractor
from core.network.layers import Cut
from core.network.pretrained import find_weights, load_state
from core.network.transforms import Transform
from core.network.vgg import build_network
from core.network.winograd import WinogradFeatures
from core.network.winograd_kernels import columns_at_once, is_available

PRECISIONS = [one for one in ("fp32", "bf16") if is_available(one)]
if not PRECISIONS:
    pytest.skip("this processor has no AVX2, nor bfloat16 in AVX-512", allow_module_level=True)

TOLERANCE = {"fp32": 5e-6, "bf16": 0.02}
DTYPE = {"fp32": torch.float32, "bf16": torch.bfloat16}

BLOCKS = {
    "conv3": [64, 64, "M", 128, 128, "M", 256, 256, 256, "M"],
    "short": [64, 64, "M"],
    "no pool": [64, 128],
    "as wide as it gets": [64, 512, "M", 512, "M"],
}


def features(plan, *, bias=0.1):
    """Modules like those of torchvision's `vgg16`, with seeded weights (He et al., 2015)."""
    generator = torch.Generator().manual_seed(0)
    modules, inputs = [], 3
    for outputs in plan:
        if outputs == "M":
            modules.append(nn.MaxPool2d(2, 2))
            continue
        convolution = nn.Conv2d(inputs, outputs, 3, padding=1)
        scale = (2 / (9 * inputs)) ** 0.5
        weight = torch.randn(convolution.weight.shape, generator=generator) * scale
        shift = torch.randn(outputs, generator=generator) * bias
        convolution.load_state_dict({"weight": weight, "bias": shift})
        modules += [convolution, nn.ReLU()]
        inputs = outputs
    return nn.Sequential(*modules).requires_grad_(requires_grad=False)


def images(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


@pytest.fixture(params=PRECISIONS)
def precision(request):
    return request.param


def error(found, expected):
    return float((found.to(expected.dtype) - expected).norm() / expected.norm())


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize("plan", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("shape", [(1, 3, 32, 32), (2, 3, 37, 45), (3, 3, 64, 33), (1, 3, 8, 130)])
def test_maps_are_those_of_torch(plan, shape, precision):
    network = features(plan)
    expected = network(images(*shape))
    found = WinogradFeatures(network, precision)(images(*shape))
    assert found.shape == expected.shape
    assert found.dtype == DTYPE[precision]
    assert error(found, expected) < TOLERANCE[precision]


@pytest.mark.parametrize("shape", [(1, 3, 1, 1), (2, 3, 1, 30), (1, 3, 17, 1), (1, 3, 3, 5)])
def test_images_smaller_than_a_tile(shape, precision):
    network = features([64, 64, 64])
    found = WinogradFeatures(network, precision)(images(*shape))
    assert error(found, network(images(*shape))) < TOLERANCE[precision]


@pytest.mark.parametrize("size", [*range(2, 14), 18, 19])
def test_every_remainder_of_the_tiles(size, precision):
    network = features([64, 64, "M", 64, "M"][: 3 if size < 4 else 5])
    found = WinogradFeatures(network, precision)(images(2, 3, size, size + 3))
    assert error(found, network(images(2, 3, size, size + 3))) < TOLERANCE[precision]


def test_little_rounding_is_added_to_that_of_plain_products(precision):
    held = DTYPE[precision]
    exact = features(BLOCKS["conv3"]).double()(images(2, 3, 64, 64).double())
    plain = features(BLOCKS["conv3"]).to(held)(images(2, 3, 64, 64).to(held))
    found = WinogradFeatures(features(BLOCKS["conv3"]), precision)(images(2, 3, 64, 64))
    assert error(found, exact) < 4 * error(plain, exact)


def test_a_bias_alone_comes_through(precision):
    network = features([64, 64], bias=1.0)
    for one in (network[0], network[2]):
        one.weight.zero_()
    found = WinogradFeatures(network, precision)(images(1, 3, 9, 9))
    torch.testing.assert_close(found, network(images(1, 3, 9, 9)).to(DTYPE[precision]))


def test_an_image_is_worth_the_same_alone_and_in_a_batch(threads, precision):
    fast = WinogradFeatures(features(BLOCKS["conv3"]), precision)
    together = fast(images(70, 3, 32, 32))
    alone = torch.cat([fast(one[None]) for one in images(70, 3, 32, 32)])
    assert torch.equal(together, alone)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_number_of_threads_changes_nothing(count, threads, precision):
    fast = WinogradFeatures(features(BLOCKS["conv3"]), precision)
    threads(1)
    expected = fast(images(3, 3, 50, 46))
    threads(count)
    assert torch.equal(fast(images(3, 3, 50, 46)), expected)


def test_nothing_is_left_from_call_to_call(precision):
    fast = WinogradFeatures(features(BLOCKS["conv3"]), precision)
    expected = fast(images(1, 3, 40, 40))
    for shape in [(2, 3, 64, 64), (1, 3, 33, 90), (1, 3, 8, 8)]:
        fast(images(*shape) * 100)
    assert torch.equal(fast(images(1, 3, 40, 40)), expected)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_not_finite_stays_visible(bad, precision):
    for layer in (0, 2, 5):
        network = features([64, 64, "M", 64, "M"])
        network[layer].weight[3, 1, 1, 1] = bad
        assert not torch.isfinite(WinogradFeatures(network, precision)(images(1, 3, 16, 16))).all()


@pytest.mark.skipif("bf16" not in PRECISIONS, reason="this processor does not multiply bfloat16")
def test_torch_chooses_bfloat16_here():
    assert choose_device("cpu").precision == "bf16"


def test_features_are_extracted_by_them(precision):
    plain = build_network(load_state(find_weights("embedded")), Cut("conv4", 2))
    expected = plain(images(2, 3, 64, 64))
    extractor = Extractor(plain, Transform("embedded", 64), Device("cpu", precision))
    assert isinstance(extractor.network.features, WinogradFeatures)
    found = extractor.network(images(2, 3, 64, 64).to(DTYPE[precision]))
    assert error(found, expected) < TOLERANCE[precision]
    assert torch.equal(plain(images(2, 3, 64, 64)), expected)  # is left as it was


def test_the_kernels_are_refused_where_numba_may_not_use_the_instructions(monkeypatch):
    code = (
        "from core.network.winograd_kernels import is_available; "
        "print(is_available('fp32') or is_available('bf16'))"
    )
    for setting in (
        {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
        {"NUMBA_DISABLE_JIT": "1"},
    ):
        for name, value in setting.items():
            monkeypatch.setenv(name, value)
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == "False"


def test_the_input_may_be_channels_last_or_bfloat16(precision):
    fast = WinogradFeatures(features([64, 64, "M"]), precision)
    plain = images(2, 3, 20, 24)
    expected = fast(plain)
    assert torch.equal(fast(plain.contiguous(memory_format=torch.channels_last)), expected)
    rounded = plain.to(torch.bfloat16)
    assert torch.equal(fast(rounded), fast(rounded.float()))
    assert np.isfinite(expected.float().numpy()).all()


@pytest.mark.parametrize(
    "wrong",
    [
        nn.Conv2d(3, 32, 3, padding=1),
        nn.Conv2d(3, 128, 3, padding=1),
        nn.Conv2d(3, 64, 5, padding=2),
        nn.Conv2d(3, 64, 3),
        nn.Conv2d(3, 64, 3, padding=1, stride=2),
        nn.Conv2d(4, 64, 3, padding=1),
    ],
    ids=str,
)
def test_what_is_not_vgg_is_refused(wrong, precision):
    with pytest.raises(ValueError, match="Conv2d"):
        WinogradFeatures(nn.Sequential(wrong, nn.ReLU()), precision)


def test_images_of_another_shape_are_refused(precision):
    network = WinogradFeatures(features([64]), precision)
    with pytest.raises(ValueError, match=r"\(1, 4, 32, 32\)"):
        network(images(1, 4, 32, 32))


def test_threads_may_share_one(precision):
    network = WinogradFeatures(features(BLOCKS["short"]), precision)
    batches = [images(2, 3, 40, 40) * scale for scale in (1, 2, 3, 4)]
    alone = [network(batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(network, batches * 5))
    assert all(torch.equal(one, alone[number % 4]) for number, one in enumerate(together))


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc to give freed memory back at once")
def test_no_memory_is_used_that_was_let_go(precision):
    code = (
        "import torch; from torch import nn; from core.network.winograd import WinogradFeatures; "
        "network = WinogradFeatures(nn.Sequential("
        "nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU()), "
        f"{precision!r}); "
        "[network(torch.zeros(3, 3, side, side)) for side in (32, 70)]"
    )
    environment = os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


@pytest.mark.skipif("fp32" not in PRECISIONS, reason="this processor has no AVX2")
def test_the_layout_for_fewer_or_more_registers_gives_the_same(tmp_path):
    """As on processors without or with AVX-512; compiled aside, for this one's code is kept."""
    columns = 16 if columns_at_once("fp32") == 64 else 64
    code = f"""
import torch
from torch import nn
from core.network import winograd_kernels
winograd_kernels.columns_at_once = lambda precision: {columns}
from core.network.winograd import WinogradFeatures
torch.manual_seed(0)
network = nn.Sequential(
    nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 128, 3, padding=1), nn.ReLU()
).requires_grad_(False)
images = torch.randn(2, 3, 23, 30)
torch.testing.assert_close(WinogradFeatures(network, "fp32")(images), network(images))
"""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


@pytest.mark.skipif("bf16" in PRECISIONS, reason="this processor multiplies bfloat16 itself")
def test_bfloat16_is_right_where_its_instructions_are_spelled_out(tmp_path):
    program = Path(__file__).with_name("spelled_bfloat16.py")
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    environment["PYTHONPATH"] = str(program.parents[1])
    run = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, check=True, env=environment
    )
    assert 1e-4 < float(run.stdout) < TOLERANCE["bf16"]

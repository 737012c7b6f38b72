"""`auto` is decided by what the machine has; what it does not have is refused by name."""

from pathlib import Path

import numpy as np
import pytest
import torch
from devices import NEEDS_CUDA

from core import device as device_module
from core.device import Device, choose_device
from core.errors import CoreError
from core.features import Extractor
from core.network.layers import Cut
from core.network.pretrained import find_weights, load_state
from core.network.transforms import Transform
from core.network.vgg import build_network


@pytest.fixture
def only_cpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture(params=["told by the system", "told by torch"], autouse=True)
def teller(request, tmp_path, monkeypatch):
    """Whether the system says what the machine has, or leaves it to torch."""
    facts, driver = tmp_path / "cpuinfo", tmp_path / "driver"
    monkeypatch.setattr(device_module, "_CPU_FACTS", facts)
    monkeypatch.setattr(device_module, "_GPU_DRIVERS", (driver,))
    driver.touch()
    if request.param == "told by the system":
        facts.write_text("flags : fpu sse2\n")
    return facts


def give_cpu(monkeypatch, **abilities):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: abilities)
    if device_module._CPU_FACTS.exists():
        names = [name for name, there in abilities.items() if there]
        device_module._CPU_FACTS.write_text(f"flags : fpu {' '.join(names)} sse2\n")


def give_cuda(monkeypatch, *, bf16):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    def supported(including_emulation=True):
        # Older cards emulate bfloat16, which is slower than float32 on them.
        return including_emulation or bf16

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)


def test_auto_is_the_cpu_where_there_is_nothing_else(only_cpu):
    assert choose_device("auto", "fp32") == Device("cpu", "fp32")


def test_auto_takes_a_gpu_before_the_cpu(only_cpu, monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("auto", "fp32").kind == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto", "fp32").kind == "cuda"


def test_the_cpu_can_be_asked_for_beside_a_gpu(monkeypatch):
    give_cuda(monkeypatch, bf16=True)
    assert choose_device("cpu", "fp32").kind == "cpu"


@pytest.mark.parametrize("ability", ["avx512_bf16", "amx_bf16"])
def test_a_cpu_that_multiplies_bf16_uses_it(only_cpu, monkeypatch, ability):
    give_cpu(monkeypatch, **{ability: True})
    assert choose_device() == Device("cpu", "bf16")


@pytest.mark.parametrize("abilities", [{}, {"avx512_bf16": False, "amx_bf16": False}])
def test_a_cpu_without_bf16_computes_in_fp32(only_cpu, monkeypatch, abilities):
    give_cpu(monkeypatch, avx2=True, **abilities)
    assert choose_device() == Device("cpu", "fp32")


@pytest.mark.parametrize(("bf16", "precision"), [(True, "bf16"), (False, "fp32")])
def test_a_gpu_uses_bf16_only_where_it_is_not_emulated(monkeypatch, bf16, precision):
    give_cuda(monkeypatch, bf16=bf16)
    assert choose_device() == Device("cuda", precision)


def test_mps_computes_in_fp32(only_cpu, monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device() == Device("mps", "fp32")


def test_a_named_precision_beats_the_abilities(only_cpu, monkeypatch):
    give_cpu(monkeypatch, amx_bf16=True)
    assert choose_device("cpu", "fp32").precision == "fp32"
    give_cpu(monkeypatch)
    assert choose_device("cpu", "bf16").precision == "bf16"


def test_features_are_stored_as_wide_as_they_were_computed():
    assert Device("cpu", "fp32").stored_dtype == np.float32
    assert Device("cpu", "bf16").stored_dtype == np.float16


def test_the_system_and_torch_agree_on_this_machine(monkeypatch):
    monkeypatch.undo()
    told = choose_device()
    monkeypatch.setattr(device_module, "_CPU_FACTS", Path("/nowhere"))
    monkeypatch.setattr(device_module, "_GPU_DRIVERS", (Path("/"),))
    assert choose_device() == told


def test_a_system_without_a_gpu_driver_is_not_asked_again(monkeypatch):
    give_cuda(monkeypatch, bf16=True)  # whatever torch would say
    monkeypatch.setattr(device_module, "_GPU_DRIVERS", (Path("/nowhere"),))
    monkeypatch.setattr(device_module.platform, "system", lambda: "Linux")
    assert choose_device("auto", "fp32").kind == "cpu"


def test_an_unknown_device_is_named_beside_the_known_ones():
    with pytest.raises(CoreError, match="'tpu': choose one of auto, cpu, cuda, mps"):
        choose_device("tpu")


def test_an_unknown_precision_is_named_beside_the_known_ones():
    with pytest.raises(CoreError, match="'fp8': choose one of auto, fp32, bf16"):
        choose_device("cpu", "fp8")


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_a_gpu_that_is_not_there_is_refused(only_cpu, kind):
    with pytest.raises(CoreError, match=f"no {kind} device .* --device cpu"):
        choose_device(kind)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_cuda_is_refused_on_a_machine_without_it():
    with pytest.raises(CoreError, match="no cuda device"):
        choose_device("cuda")


@NEEDS_CUDA
def test_a_cuda_device_gives_the_features_of_the_cpu():
    state = load_state(find_weights("embedded"))
    squares = np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3), dtype=np.uint8)

    def encode(kind):
        network = build_network(state, Cut("conv5"))
        return Extractor(network, Transform("embedded", 64), Device(kind, "fp32"))._encode(squares)

    on_cuda, on_cpu = encode("cuda"), encode("cpu")
    lengths = np.linalg.norm(on_cuda, axis=1) * np.linalg.norm(on_cpu, axis=1)
    # Not equal to the last bit: cuDNN may multiply convolutions in TF32, 10 bits of mantissa.
    assert ((on_cuda * on_cpu).sum(axis=1) / lengths >= 0.9999).all()

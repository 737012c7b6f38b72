"""Weights trained on a tiny folder: resumed to the byte, folded truly, refused with words."""

import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import train_embedded
from PIL import Image
from safetensors.torch import load_file
from torch import nn
from torchvision.models import vgg16
from training.augmentation import augment, mix
from training.checkpoint import identify_training, load_checkpoint, save_checkpoint
from training.image_folder import read_folder
from training.lines import list_left_out
from training.loop import Training
from training.losses import contrast, unroundness
from training.network import fold, halve, verify
from training.options import AugmentationParams, TrainingParams
from training.pace import Pace, spell
from training.running import run
from training.schedule import Schedule
from training.weights_file import write_weights

from core.device import Device
from core.errors import CoreError
from core.network.pretrained import find_weights

COLORS = {"blue": (20, 30, 220), "red": (220, 40, 30)}
A_CLASS = 6
CPU = Device("cpu", "fp32")
PARAMS = TrainingParams(
    epochs=6,
    batch_size=12,
    sizes=(32,),
    learning_rate=0.02,
    label_smoothing=0,
    contrast=0.05,
    roundness=0.0005,
    augmentation=AugmentationParams(color=0.1, grey=0, invert=0, erase=0.1, mixup=0),
)
"""Six steps with every term; a colour is told apart soon, where it is not taken away."""

QUIET = AugmentationParams(area=1, color=0, grey=0, invert=0, blur=0, erase=0, mixup=0)


class Killed(BaseException):
    """What no `except Exception` holds up."""


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Which sum comes first depends on how many threads there are."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def save_noise(path, color=(128, 128, 128), *, seed=0):
    noise = np.random.default_rng(seed).normal(0, 25, (32, 32, 3))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(noise + color, 0, 255).astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("colors")
    for number, (name, color) in enumerate(COLORS.items()):
        for image in range(A_CLASS):
            save_noise(made / name / f"{image}.png", color, seed=10 * number + image)
    return made


def read(folder, *, side=32, share=0.0, seed=0):
    return read_folder(folder, side=side, share=share, seed=seed, report=lambda *_: None)


@pytest.fixture(scope="module")
def data(folder):
    return read(folder)


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """A training from its first step to its last, and what it left."""
    place = tmp_path_factory.mktemp("trained")
    training, reports = Training(PARAMS, data, CPU), []
    identity = identify_training(PARAMS, data)
    assert run(training, identity, place / "x.checkpoint", report=reports.append)
    figures = write_weights(place / "x.safetensors", training, data)
    return SimpleNamespace(
        training=training, reports=reports, file=place / "x.safetensors", figures=figures
    )


# The whole of it


def test_the_loss_falls(trained):
    losses = [report.loss for report in trained.reports]
    assert len(losses) == 6
    assert losses[-1] < 0.5 * losses[0]


def test_killed_and_resumed_gives_the_same_bytes(trained, data, tmp_path):
    checkpoint, identity = tmp_path / "x.checkpoint", identify_training(PARAMS, data)

    def kill(report):
        if report.step == 3:
            raise Killed

    with pytest.raises(Killed):
        run(Training(PARAMS, data, CPU), identity, checkpoint, every=0, report=kill)
    again = Training(PARAMS, data, CPU)
    again.restore(load_checkpoint(checkpoint, identity))
    assert again.step == 2  # the third was done, but not yet kept
    assert run(again, identity, checkpoint, report=lambda _: None)
    write_weights(tmp_path / "x.safetensors", again, data)
    assert (tmp_path / "x.safetensors").read_bytes() == trained.file.read_bytes()


def test_the_file_is_torchvisions_network_without_batch_norm(trained, data):
    plain = vgg16(init_weights=False).features.eval()
    state = load_file(trained.file)
    assert {one.dtype for one in state.values()} == {torch.float16}
    names = {name.removeprefix("features."): one.float() for name, one in state.items()}
    plain.load_state_dict(names)  # every name and every shape
    pixels = torch.from_numpy(data.train.pixels).permute(0, 3, 1, 2) / 255
    mean, std = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]).view(2, 3, 1, 1)
    with torch.inference_mode():
        images = (pixels - mean) / std
        expected = trained.training.average.features.eval()(images)
        found = plain(images)
    assert expected.abs().max() > 0.1
    assert (found - expected).abs().max() < 0.01 * expected.abs().max()
    assert trained.figures.folding < 0.01


def test_core_takes_the_file(trained):
    assert find_weights(str(trained.file)).layers == ("conv3", "conv4", "conv5")
    assert trained.file.stat().st_size <= 30_000_000


def test_what_is_folded_wrongly_is_not_written(trained):
    kept = trained.training.kept
    half = halve(fold(kept))
    half["features.14.bias"] = half["features.14.bias"] + 1
    with pytest.raises(CoreError, match="folded weights give other features"):
        verify(kept, half, torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0)))


def test_what_half_precision_cannot_hold_is_not_written():
    large = nn.Sequential(nn.Conv2d(1, 1, 1))
    nn.init.constant_(large[0].weight, 70_000)
    with pytest.raises(CoreError, match=r"features\.0\.weight does not fit half precision"):
        halve(large)


def test_folding_gives_the_same_values_and_leaves_the_network_alone():
    generator = torch.Generator().manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)
    ).eval()
    for one in (network[1].weight, network[1].bias, network[1].running_mean):
        nn.init.normal_(one, generator=generator)
    nn.init.uniform_(network[1].running_var, 0.5, 2, generator=generator)
    images = torch.randn(2, 3, 8, 8, generator=generator)
    expected, plain = network(images), fold(network)
    assert [type(one) for one in plain] == [nn.Conv2d, nn.ReLU, nn.MaxPool2d]
    torch.testing.assert_close(plain(images), expected)
    assert torch.equal(network(images), expected)


def test_a_loss_that_is_no_number_ends_the_training(data, tmp_path):
    broken = SimpleNamespace(
        step=0, params=PARAMS, device=CPU, schedule=Schedule(PARAMS, len(data.train))
    )

    def advance():
        broken.step += 1
        return SimpleNamespace(loss=torch.tensor(math.nan))

    broken.advance = advance
    with pytest.raises(CoreError, match=r"loss is nan at step 1: .* lower --learning-rate"):
        run(broken, "", tmp_path / "x.checkpoint", report=lambda _: None)


# The command


def options(folder, out, *more):
    plain = "--epochs 1 --batch-size 6 --sizes 32 --side 32 --device cpu --precision fp32"
    return [str(folder), "--out", str(out), "--no-quality", *plain.split(), *more]


def test_stopped_by_time_looked_at_and_finished(folder, tmp_path, capsys):
    out = tmp_path / "new.safetensors"
    train_embedded.main(options(folder, out, "--minutes", "0"))
    assert "stopped after 0 minutes: the same command with --resume" in capsys.readouterr().out
    assert not out.exists()
    with pytest.raises(SystemExit, match=r"new\.checkpoint belongs to .* other options"):
        train_embedded.main(options(folder, out, "--resume", "--seed", "1"))
    with pytest.raises(SystemExit, match=r"cannot write .*new\.checkpoint: it is there already"):
        train_embedded.main(options(folder, out))
    train_embedded.main(options(folder, out, "--as-is"))
    assert "**Stopped at step 1 of 2.**" in out.with_suffix(".md").read_text()
    unfinished = out.read_bytes()
    train_embedded.main(options(folder, out, "--resume"))
    assert out.read_bytes() != unfinished
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.md", "new.safetensors"]
    card = out.with_suffix(".md").read_text()
    assert "12 images of 2 classes" in card
    assert "epochs 1, batch_size 6, sizes (32,)" in card
    assert "Stopped" not in card
    assert "not measured, none were held out" in card


def test_a_dry_run_tells_the_time_and_writes_nothing(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(train_embedded, "_DRY_SECONDS", 0.0)
    monkeypatch.chdir(tmp_path)
    train_embedded.main(options(folder, "x.safetensors", "--dry-run", "--minutes", "10"))
    said = capsys.readouterr().out
    assert re.search(r"32 px: 2 steps x 6 images, \d", said)
    assert re.search(r"sum over sizes of steps x images / rate: \d:\d\d:\d\d for --epochs 1", said)
    assert re.search(r"10 minutes hold --epochs \d+", said)
    assert "at most 0." in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--sizes", "64,16", r"--sizes \(64, 16\): each must be at least 32"),
        ("--blur", "2", r"--blur 2\.0: a share between 0 and 1"),
        ("--area", "0", "a crop has to keep something"),
        ("--mixup", "-1", r"--mixup -1\.0: 0 \(off\) or above"),
        ("--held-out", "1", "--held-out 1: a share from 0 to below 1"),
        ("--epochs", "0", "--epochs 0: at least 1"),
        ("--learning-rate", "0", "--learning-rate 0: more than 0"),
        ("--average", "1", r"--average 1\.0: from 0 \(off\) to below 1"),
        ("--resume", None, r"there is no .*x\.checkpoint to go on with"),
    ],
)
def test_options_that_make_no_sense(folder, tmp_path, option, value, said):
    given = [option] if value is None else [option, value]
    with pytest.raises(SystemExit, match=said):
        train_embedded.main(options(folder, tmp_path / "x.safetensors", *given))


# The images


def test_images_stand_in_the_order_of_their_paths(data):
    assert data.classes == ("blue", "red")
    assert data.train.labels.tolist() == [0] * A_CLASS + [1] * A_CLASS
    assert data.train.pixels.shape == (12, 32, 32, 3)
    means = data.train.pixels.mean((1, 2))
    assert (means[:A_CLASS].argmax(1) == 2).all()
    assert (means[A_CLASS:].argmax(1) == 0).all()


def test_a_share_of_each_class_is_held_out_by_the_seed(folder):
    found, again, other = (read(folder, share=0.5, seed=seed) for seed in (0, 0, 1))
    assert np.bincount(found.train.labels).tolist() == [3, 3]
    assert np.bincount(found.held_out.labels).tolist() == [3, 3]
    assert np.array_equal(found.held_out.pixels, again.held_out.pixels)
    assert not np.array_equal(found.held_out.pixels, other.held_out.pixels)


def test_tiny_imagenets_own_layout(tmp_path):
    for name, color in COLORS.items():
        save_noise(tmp_path / "train" / name / "images" / f"{name}_0.JPEG", color)
    save_noise(tmp_path / "val" / "images" / "val_0.JPEG", COLORS["red"])
    save_noise(tmp_path / "val" / "images" / "val_1.JPEG")
    lines = ["val_0.JPEG\tred\t0\t0\t9\t9", "val_1.JPEG\tgreen\t0\t0\t9\t9"]
    (tmp_path / "val" / "val_annotations.txt").write_text("\n".join(lines) + "\n")
    found = read(tmp_path)
    assert found.classes == ("blue", "red")
    assert found.train.labels.tolist() == [0, 1]
    assert found.held_out.labels.tolist() == [1]
    assert found.held_out.pixels[0].mean((0, 1)).argmax() == 0
    assert found.left_out == ("val, class green: there is none of it in train",)


def test_train_beside_val(tmp_path):
    for part in ("train", "val"):
        for name, color in COLORS.items():
            save_noise(tmp_path / part / name / "1.png", color)
    found = read(tmp_path, side=40)
    assert found.held_out.labels.tolist() == [0, 1]
    assert found.train.pixels.shape == (2, 40, 40, 3)


def test_images_that_cannot_be_read_are_left_out_and_listed(tmp_path, capsys):
    for name, color in COLORS.items():
        save_noise(tmp_path / name / "2.png", color)
    (tmp_path / "blue" / "1.png").write_bytes(b"no image")
    (tmp_path / "empty" / "x").mkdir(parents=True)
    (tmp_path / "empty" / "1.png").write_bytes(b"")
    save_noise(tmp_path / "stray.png")
    found = read(tmp_path)
    assert found.classes == ("blue", "red")
    assert found.train.pixels[0].mean((0, 1)).argmax() == 2  # moved up into the gap
    assert found.left_out == (
        "blue/1.png: not an image: begins with b'no image'",
        "empty/1.png: the file is empty (0 bytes)",
        "stray.png: lies in no folder of a class",
    )
    list_left_out(found.left_out * 4)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "12 images are left out:"
    assert said[-1] == "  and 2 more"


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ([], "no images in .*: it is empty"),
        (["a.png", "b.png"], "has no class .* two subfolders.*: a.png: lies in no folder"),
        (["a/1.png", "a/2.png"], "has only the class 'a'"),
    ],
)
def test_folders_without_two_classes(tmp_path, paths, said):
    for path in paths:
        save_noise(tmp_path / path)
    with pytest.raises(CoreError, match=said):
        read(tmp_path)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(
        CoreError, match=r"no folder .*nowhere: one with a subfolder for each class"
    ):
        read(tmp_path / "nowhere")


# Its parts


def test_sizes_share_the_steps_and_end_with_the_largest():
    schedule = Schedule(TrainingParams(epochs=3, batch_size=4, sizes=(32, 48, 64)), 10)
    assert (schedule.steps_per_epoch, schedule.n_steps) == (2, 6)
    assert [schedule.size(step) for step in range(6)] == [32, 32, 48, 48, 64, 64]
    assert list(schedule.remaining(3)) == [(48, 1), (64, 2)]


def test_the_learning_rate_rises_in_a_line_and_falls_in_half_a_cosine():
    params = TrainingParams(epochs=10, batch_size=10, learning_rate=1, warm_up=0.5)
    rates = [Schedule(params, 20).learning_rate(step) for step in range(20)]
    assert np.allclose(rates[:10], np.arange(1, 11) / 11)
    assert np.allclose(rates[10:], (1 + np.cos(np.pi * np.arange(10) / 10)) / 2)


def test_each_epoch_sees_each_image_once_in_an_order_of_its_own():
    schedule = Schedule(TrainingParams(epochs=2, batch_size=5), 10)
    first, second = (
        np.concatenate([schedule.rows(step) for step in steps]) for steps in ((0, 1), (2, 3))
    )
    assert sorted(first) == sorted(second) == list(range(10))
    assert first.tolist() != second.tolist()


def test_fewer_images_than_a_batch():
    schedule = Schedule(TrainingParams(epochs=2, batch_size=512), 10)
    assert (schedule.batch_size, schedule.n_steps) == (10, 2)


def test_the_time_left_goes_by_the_pixels_where_a_size_was_not_seen():
    pace = Pace(Schedule(TrainingParams(epochs=4, batch_size=10, sizes=(32, 64)), 100))
    assert pace.seconds_left(0) == math.inf
    pace.add(32, 1, 9.0)  # the first is slow, and counts only as long as there is no other
    assert pace.rate(32) == pytest.approx(10 / 9)
    pace.add(32, 2, 1.0)
    pace.add(32, 2, 1.0)
    assert pace.rate(32) == pytest.approx(20)
    assert pace.rate(64) == pytest.approx(5)
    # 20 steps of 10 images at 20 a second, and as many at 5 a second
    assert pace.seconds_left(0) == pytest.approx(10 + 40)


def test_times_in_words():
    assert spell(3725) == "1:02:05"
    assert spell(math.inf) == "unknown"


MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def plain_images(*colors, side=16):
    return torch.tensor(colors, dtype=torch.uint8)[:, None, None, :].repeat(1, side, side, 1)


def change(pixels, params, *, size=32, seed=0):
    """What the network sees, its normalisation undone, (n, size, size, 3) from 0 to 1."""
    seen = augment(pixels, size, params, np.random.default_rng(seed)).permute(0, 2, 3, 1).numpy()
    return seen * STD + MEAN


def test_one_colour_stays_what_it_is_wherever_it_is_cut_and_blurred():
    found = change(plain_images((255, 0, 51)), replace(QUIET, area=0.3, blur=1))
    assert found.shape == (1, 32, 32, 3)
    assert np.allclose(found, [1, 0, 0.2], atol=1e-5)


def test_turned_round_and_without_colours():
    assert np.allclose(change(plain_images((255, 0, 51)), replace(QUIET, invert=1)), [0, 1, 0.8])
    grey = 0.299 + 0.114 * 0.2  # ITU-R BT.601
    found = change(plain_images((255, 0, 51)), replace(QUIET, grey=1))
    assert np.allclose(found, grey, atol=1e-5)


def test_blur_takes_the_fine_pattern_away():
    board = torch.from_numpy(np.indices((32, 32)).sum(0) % 2 * 255).to(torch.uint8)
    pixels = board[None, :, :, None].repeat(8, 1, 1, 3)
    sharp, blurred = (change(pixels, replace(QUIET, blur=blur)) for blur in (0, 1))
    assert blurred.std(axis=(1, 2, 3)).max() < 0.5 * sharp.std(axis=(1, 2, 3)).min()


def test_what_is_erased_is_a_rectangle_of_the_mean():
    found = change(plain_images(*[(255, 255, 255)] * 20), replace(QUIET, erase=1))
    holes = np.isclose(found, MEAN, atol=1e-5).all(-1)  # (20, 32, 32)
    for hole in holes:
        rows, columns = np.flatnonzero(hole.any(1)), np.flatnonzero(hole.any(0))
        assert hole.sum() == len(rows) * len(columns)
        assert 0 < hole.mean() < 0.3
    assert np.allclose(found[~holes], 1, atol=1e-5)


def test_crops_are_parts_of_the_image_and_half_of_them_mirrored():
    ramp = torch.arange(64, dtype=torch.uint8)[None, None, :, None].repeat(40, 64, 1, 3) * 4
    found = change(ramp, replace(QUIET, area=0.3))[..., 0].mean(1)  # (40, 32): along a row
    rises = (np.diff(found) > 0).all(1)
    falls = (np.diff(found) < 0).all(1)
    assert (rises | falls).all()
    assert 8 < rises.sum() < 32
    spans = np.abs(found[:, -1] - found[:, 0])
    assert spans.max() < 252 / 255
    assert spans.min() > 0.3 * 252 / 255 * 0.7


def test_the_same_seed_changes_alike():
    pixels = torch.randint(0, 256, (4, 16, 16, 3), dtype=torch.uint8)
    params = AugmentationParams(erase=1, blur=1)
    first, same, other = (change(pixels, params, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.allclose(first, other)


def test_images_are_mixed_as_their_targets_are():
    targets = torch.eye(3)  # an image of each colour, of a class each
    images = targets[:, :, None, None].repeat(1, 1, 4, 4)
    mixed, shares = mix(images, targets, 1.0, np.random.default_rng(0))
    torch.testing.assert_close(mixed.mean((2, 3)), shares)
    torch.testing.assert_close(shares.sum(1), torch.ones(3))
    assert (shares.max(1).values < 1).any()
    apart, whole = mix(images, targets, 0.0, np.random.default_rng(0))
    assert apart is images
    assert whole is targets


def test_contrast_is_equation_2_of_the_paper():
    random = np.random.default_rng(0)
    points, labels = random.normal(size=(5, 3)), [0, 0, 1, 1, 1]
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    losses = []
    for i in range(5):
        among = [a for a in range(5) if a != i]
        total = sum(np.exp(unit[i] @ unit[a] / 0.5) for a in among)
        mates = [a for a in among if labels[a] == labels[i]]
        losses.append(-np.mean([np.log(np.exp(unit[i] @ unit[p] / 0.5) / total) for p in mates]))
    targets = torch.eye(2)[labels]
    found = contrast(torch.from_numpy(points), targets, 0.5)
    assert float(found) == pytest.approx(np.mean(losses), rel=1e-5)


def test_contrast_of_images_that_are_alone_in_their_class_is_nothing():
    assert float(contrast(torch.randn(3, 4), torch.eye(3), 0.1)) == 0


def test_roundness_is_johns_statistic_of_the_covariance_within_classes():
    random = np.random.default_rng(0)
    features, labels = random.normal(size=(40, 6)), np.arange(40) % 2
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    rest = np.concatenate([unit[labels == one] - unit[labels == one].mean(0) for one in (0, 1)])
    covariance = rest.T @ rest
    scaled = covariance / (np.trace(covariance) / 6) - np.eye(6)
    found = unroundness(torch.from_numpy(features), torch.eye(2)[labels])
    assert float(found) == pytest.approx(np.trace(scaled @ scaled) / 6, rel=1e-4)


def test_a_damaged_checkpoint_is_said_to_be_one(tmp_path):
    file = tmp_path / "x.checkpoint"
    save_checkpoint(file, "mine", {"step": 3})
    assert load_checkpoint(file, "mine") == {"step": 3}
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(CoreError, match="cannot be read: delete it and begin again"):
        load_checkpoint(file, "mine")


def test_other_images_are_another_training(data):
    pixels = data.train.pixels.copy()
    pixels[0, 0, 0, 0] += 1
    other = replace(data, train=replace(data.train, pixels=pixels))
    assert identify_training(PARAMS, data) == identify_training(PARAMS, data)
    assert identify_training(PARAMS, data) != identify_training(PARAMS, other)
    assert identify_training(PARAMS, data) != identify_training(replace(PARAMS, seed=1), data)

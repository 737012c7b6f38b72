"""One training: its network, its steps, and the weights that are kept of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from core.device import Device
from core.network.transforms import Transform
from training.augmentation import augment, mix
from training.image_folder import Pictures, TrainingSet
from training.losses import contrast, unroundness
from training.network import Outputs, TrainingNetwork
from training.options import TrainingParams
from training.schedule import Schedule

_SHARE_OF_MEMORY = 0.5
"""Of a GPU's free memory, what the images may take; else they stay with the CPU."""
_JUDGED_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Step:
    """What was done: the step's number, its size in pixels, and its loss, perhaps still to come."""

    number: int
    size: int
    loss: torch.Tensor


class Training:
    """A training that can be stopped after any step, and goes on as if it had not been."""

    def __init__(
        self, params: TrainingParams, data: TrainingSet, device: Device, *, compiled: bool = False
    ) -> None:
        self.params = params
        self.device = device
        self.schedule = Schedule(params, len(data.train))
        self.step = 0
        self.n_classes = len(data.classes)
        self.pixels = _place(data.train, device)
        self.labels = torch.from_numpy(data.train.labels)
        self.network = TrainingNetwork(self.n_classes, seed=params.seed)
        self.network.to(device.kind).to(memory_format=torch.channels_last)
        self.average = deepcopy(self.network)
        self.optimizer = _optimizer(self.network, params)
        self._run = torch.compile(self.network) if compiled else self.network

    def advance(self) -> Step:
        """Do the next step."""
        number, schedule = self.step, self.schedule
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = schedule.learning_rate(number)
        images, targets = self._draw(number)
        with self._fast():
            outputs: Outputs = self._run(images)
        loss = self._loss(Outputs(*(one.float() for one in outputs)), targets)
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.network.parameters(), self.params.clip)
        self.optimizer.step()
        self._follow(number)
        self.step = number + 1
        return Step(number, schedule.size(number), loss.detach())

    def _draw(self, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The images (n, 3, size, size) of a step and their targets (n, classes)."""
        random, size = self.schedule.random(number), self.schedule.size(number)
        rows = torch.from_numpy(np.tile(self.schedule.rows(number), self.params.views))
        pixels = self.pixels[rows.to(self.pixels.device)].to(self.device.kind)
        labels = self.labels[rows].to(self.device.kind)
        changes = self.params.augmentation
        images = augment(pixels, size, changes, random)
        targets = functional.one_hot(labels, self.n_classes).float()
        images, targets = mix(images, targets, changes.mixup, random)
        return images.contiguous(memory_format=torch.channels_last), targets

    def _loss(self, outputs: Outputs, targets: torch.Tensor) -> torch.Tensor:
        params = self.params
        smoothing = params.label_smoothing
        loss = functional.cross_entropy(outputs.classes, targets, label_smoothing=smoothing)
        if params.contrast:
            pull = contrast(outputs.points, targets, params.temperature)
            loss = loss + params.contrast * pull
        if params.roundness:
            loss = loss + params.roundness * unroundness(outputs.features, targets)
        return loss

    @contextmanager
    def _fast(self) -> Iterator[None]:
        is_half = self.device.precision == "bf16"
        with torch.autocast(self.device.kind, torch.bfloat16, enabled=is_half):
            yield

    @torch.no_grad()
    def _follow(self, number: int) -> None:
        """Move the average towards the weights, faster while there are few steps behind it."""
        decay = min(self.params.average, (1 + number) / (10 + number))
        decay = decay if self.params.average else 0.0
        new = self.network.state_dict()
        for name, kept in self.average.state_dict().items():
            if kept.is_floating_point():
                kept.lerp_(new[name], 1 - decay)
            else:
                kept.copy_(new[name])

    def state(self) -> dict[str, Any]:
        """All that the next steps follow from."""
        return {
            "step": self.step,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]

    @property
    def kept(self) -> nn.Sequential:
        """The convolutions whose weights are kept, on the CPU."""
        return deepcopy(self.average.features).cpu()

    @torch.inference_mode()
    def judge(self, pictures: Pictures) -> float:
        """The share of images whose class the averaged network names first; NaN without images."""
        self.average.eval()
        right = 0
        for start in range(0, len(pictures), _JUDGED_AT_ONCE):
            rows = slice(start, start + _JUDGED_AT_ONCE)
            images = see(pictures.pixels[rows], self.params.size).to(self.device.kind)
            with self._fast():
                found = self.average(images).classes.argmax(1)  # (n,)
            right += int((found.cpu() == torch.from_numpy(pictures.labels[rows])).sum())
        return right / len(pictures) if len(pictures) else float("nan")


def see(pixels: np.ndarray, size: int) -> torch.Tensor:
    """Images uint8 (n, side, side, 3) as they are when features are taken: (n, 3, size, size)."""
    transform = Transform("embedded", size)
    squares = np.stack([transform.cut(one) for one in pixels])
    return transform.to_input(torch.from_numpy(squares))


def _place(pictures: Pictures, device: Device) -> torch.Tensor:
    """All images uint8 (n, side, side, 3), on the GPU where they fit."""
    pixels = torch.from_numpy(pictures.pixels)
    if device.kind == "cuda":
        free, _ = torch.cuda.mem_get_info()
        if pixels.numel() < _SHARE_OF_MEMORY * free:
            return pixels.to("cuda")
    return pixels


def _optimizer(network: nn.Module, params: TrainingParams) -> torch.optim.SGD:
    """Nesterov's method; what is not multiplied does not decay."""
    products = [one for one in network.parameters() if one.ndim > 1]
    offsets = [one for one in network.parameters() if one.ndim <= 1]
    groups = [
        {"params": products, "weight_decay": params.weight_decay},
        {"params": offsets, "weight_decay": 0.0},
    ]
    return torch.optim.SGD(
        groups,
        lr=params.learning_rate,
        momentum=params.momentum,
        nesterov=params.momentum > 0,
    )

"""A training from its first step, or its checkpoint, to its last, or as far as the time goes."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import CoreError
from training.checkpoint import save_checkpoint
from training.loop import Training
from training.pace import Pace

_STEPS_AT_ONCE = {"cuda": 10}
"""Steps that a GPU is given before anyone waits for it; a CPU is slow enough for one."""
CHECKPOINT_SECONDS = 60.0
_BLOCKS_MEASURED = 2


@dataclass(frozen=True, slots=True)
class Report:
    """How far a training is: its step, the size in pixels, the loss, and its pace."""

    step: int
    n_steps: int
    size: int
    loss: float
    rate: float
    seconds_left: float


def run(
    training: Training,
    identity: str,
    checkpoint: Path,
    *,
    minutes: float = math.inf,
    every: float = CHECKPOINT_SECONDS,
    report: Callable[[Report], None],
) -> bool:
    """Train on, keeping a checkpoint; whether it came to its end within the time.

    Args:
        training: new, or restored from its checkpoint.
        identity: of the training, which its checkpoint bears.
        checkpoint: the file.
        minutes: after which it stops, the checkpoint written.
        every: seconds between two checkpoints.
        report: told after each few steps.

    Raises:
        CoreError: the loss is no number any more, or the checkpoint cannot be written.
    """
    pace = Pace(training.schedule)
    begun = saved = time.monotonic()
    while training.step < training.schedule.n_steps:
        report(_advance(training, pace))
        now = time.monotonic()
        is_over = now - begun >= 60 * minutes
        if is_over or now - saved >= every:
            save_checkpoint(checkpoint, identity, training.state())
            saved = time.monotonic()
        if is_over:
            break
    return training.step == training.schedule.n_steps


def _advance(training: Training, pace: Pace) -> Report:
    """A few steps of one size, waited for."""
    begun, first = time.monotonic(), training.step
    schedule = training.schedule
    size = schedule.size(first)
    last = min(first + _STEPS_AT_ONCE.get(training.device.kind, 1), schedule.n_steps)
    done = training.advance()
    while training.step < last and schedule.size(training.step) == size:
        done = training.advance()
    loss = float(done.loss)
    if not math.isfinite(loss):
        raise CoreError(
            f"the loss is {loss} at step {training.step}: begin again with a lower --learning-rate "
            f"than {training.params.learning_rate:g}"
        )
    pace.add(size, training.step - first, time.monotonic() - begun)
    left = pace.seconds_left(training.step)
    return Report(training.step, schedule.n_steps, size, loss, pace.rate(size), left)


def try_out(training: Training, *, seconds: float, report: Callable[[Report], None]) -> Pace:
    """A few steps of each size, to know the pace of a training before it is begun."""
    pace, schedule = Pace(training.schedule), training.schedule
    sizes = sorted(set(training.params.sizes))
    for size in sizes:
        first = next(step for step in range(schedule.n_steps) if schedule.size(step) == size)
        begun, blocks = time.monotonic(), 0
        while blocks < _BLOCKS_MEASURED or time.monotonic() - begun < seconds / len(sizes):
            training.step = first
            report(_advance(training, pace))
            blocks += 1
    return pace

"""Train VGG-16's convolutions on a folder of labelled images, for use as embedded weights.

    python tools/train_embedded.py FOLDER --out NEW.safetensors [--minutes 25] [--resume]
    python tools/train_embedded.py FOLDER --dry-run --minutes 25

FOLDER has a subfolder for each class, or `train` and `val` with such, or is Tiny-ImageNet as it is
published. Stopped by its time or killed, a training goes on with --resume where it was, and on a
CPU with the same number of threads gives the same bytes as if it had not been. The model card
is written beside the weights.
"""

import argparse
import inspect
import math
import re
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from embeddings.tables import judge
from training.checkpoint import identify_training, load_checkpoint
from training.image_folder import TrainingSet, read_folder
from training.lines import Lines, list_left_out, show_estimate
from training.loop import Training
from training.options import AugmentationParams, TrainingParams
from training.running import run, try_out
from training.weights_file import describe, fold_and_verify, write_weights

from core.device import PRECISIONS, choose_device
from core.errors import CoreError
from core.whole_files import refuse_existing, write_whole

_DRY_SECONDS = 30.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, or only try it out; exit with a sentence where something is wrong."""
    given = _parse(arguments)
    try:
        _train(given)
    except CoreError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("stopped: --resume goes on from the last checkpoint, at most a minute ago")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("folder", type=Path)
    add("--out", type=Path, default=Path("vgg16-embedded.safetensors"), help="the new file")
    add("--minutes", type=float, default=math.inf, help="stop then, to go on with --resume")
    add("--resume", action="store_true", help="go on from the checkpoint beside --out")
    add("--as-is", action="store_true", help="write the checkpoint's weights, unfinished")
    add("--dry-run", action="store_true", help="measure the pace for half a minute, keep nothing")
    add("--device", default="auto", choices=["auto", "cpu", "cuda"])
    add("--precision", default="auto", choices=PRECISIONS)
    add("--compile", action="store_true", help="torch.compile: a slow start, then faster")
    add("--side", type=int, default=64, help="side in pixels at which images are kept in memory")
    add("--held-out", type=float, default=0.05, help="share held out where there is no val")
    add("--no-quality", action="store_true", help="leave the table out of the model card")
    add("--cifar10", type=Path, metavar="FOLDER", help="for the table, never trained on")
    add("--tiny", type=Path, metavar="FOLDER", help="for the table, Tiny-ImageNet as published")
    for kind in (TrainingParams, AugmentationParams):
        _add_options(parser, kind)
    return parser.parse_args(arguments)


def _add_options(parser: argparse.ArgumentParser, kind: type[Any]) -> None:
    """An option for each value of a dataclass, explained by its docstring."""
    text = inspect.getdoc(kind) or ""
    explained = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", text, re.MULTILINE)
    words = {name: " ".join(said.split()).replace("%", "%%") for name, said in explained}
    for field in fields(kind):
        value = field.default
        if isinstance(value, AugmentationParams):
            continue
        read = _sizes if isinstance(value, tuple) else type(value)
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=read,
            default=value,
            help=f"{words[field.name]} Default: {value}",
        )


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(size) for size in text.split(","))


def _params(given: argparse.Namespace) -> TrainingParams:
    values = vars(given)
    changes = {one.name: values[one.name] for one in fields(AugmentationParams)}
    own = {one.name: values[one.name] for one in fields(TrainingParams) if one.name in values}
    return TrainingParams(**own, augmentation=AugmentationParams(**changes))


def _train(given: argparse.Namespace) -> None:
    params, device = _params(given), choose_device(given.device, given.precision)
    checkpoint = given.out.with_suffix(".checkpoint")
    goes_on = given.resume or given.as_is
    if not (goes_on or given.dry_run):
        refuse_existing(given.out, given.out.with_suffix(".md"), checkpoint)
    data = _read(given, params)
    training = Training(params, data, device, compiled=given.compile)
    print(f"{training.schedule.n_steps:,} steps on {device.kind}, {device.precision}", flush=True)
    if given.dry_run:
        _try_out(training, data, given.minutes)
        return
    identity = identify_training(params, data)
    if goes_on:
        training.restore(load_checkpoint(checkpoint, identity))
        print(f"going on from step {training.step:,}", flush=True)
    if given.as_is:
        _finish(given, training, data)
    elif run(training, identity, checkpoint, minutes=given.minutes, report=Lines().show):
        _finish(given, training, data)
        checkpoint.unlink(missing_ok=True)
    else:
        print(f"stopped after {given.minutes:g} minutes: the same command with --resume goes on")


def _read(given: argparse.Namespace, params: TrainingParams) -> TrainingSet:
    data = read_folder(
        given.folder,
        side=given.side,
        share=given.held_out,
        seed=params.seed,
        report=Lines().show_read,
    )
    list_left_out(data.left_out)
    print(
        f"{len(data.train):,} images of {len(data.classes):,} classes to train on, "
        f"{len(data.held_out):,} held out",
        flush=True,
    )
    return data


def _try_out(training: Training, data: TrainingSet, minutes: float) -> None:
    pace = try_out(training, seconds=_DRY_SECONDS, report=Lines().show)
    show_estimate(pace, minutes)
    _, share = fold_and_verify(training, data)
    print(f"folding and half precision move a feature by at most {share:.2%}; nothing was written")


def _finish(given: argparse.Namespace, training: Training, data: TrainingSet) -> None:
    """Write the weights, then the card with what can be measured of them."""
    figures = write_weights(given.out, training, data)
    print(f"wrote {given.out}", flush=True)
    if not given.no_quality:
        table = judge([given.out], cifar10=given.cifar10, tiny=given.tiny, device=given.device)
        figures = replace(figures, quality=tuple(table))
    card = describe(given.out, data, training.params, training.device, figures)
    write_whole(given.out.with_suffix(".md"), card.encode(), replace=True)
    print(card)


if __name__ == "__main__":
    main()

"""The work in the midst of which a process is ended: extraction, a sweep, a review."""

import random
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from core import progress
from core.cache import Cache
from core.caching.upkeep import KINDS, clear_cache, shrink_cache
from core.cli import app
from core.clusters.clustering import KMeansParams
from core.commands.options import console
from core.errors import CoreError
from core.journal.deciding import Deciding
from core.journal.decisions import Cluster, Handmade, Row
from core.recipe import StudyParams
from core.study import open_study
from dashboard.deciding import Act, Decider
from faults.victims import Tell

N_IMAGES, N_CLUSTERS, N_DECISIONS = 24, 4, 60
PARAMS = KMeansParams(N_CLUSTERS)
_SIZE, _BATCH, _COMPONENTS = 32, 2, 8


def make_images(folder: Path, *, seed: int, n_images: int = N_IMAGES) -> Path:
    """Small pictures of noise, and one of them twice."""
    folder.mkdir()
    random_state = np.random.default_rng(seed)
    for number in range(n_images):
        pixels = random_state.integers(0, 256, (_SIZE, _SIZE, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:03}.png")
    (folder / "copy.png").write_bytes((folder / "000.png").read_bytes())
    return folder


def study_params(images: Path) -> StudyParams:
    """How the jobs look at images: as fast as it can be, and the same at every go."""
    return StudyParams(
        str(images), weights="embedded", size=_SIZE, batch_size=_BATCH, reduce=_COMPONENTS,
        precision="fp32", device="cpu",
    )  # fmt: skip


def extract(given: Mapping[str, Any], tell: Tell) -> None:
    """`python -m core extract`."""
    _command("extract", given, [], tell)


def sweep(given: Mapping[str, Any], tell: Tell) -> None:
    """`python -m core sweep`: PCA, K-Means for every k and seed, every measure, a CSV file."""
    more = ["--k", "2-6", "--seeds", "2", "--csv", str(Path(given["cache"]).with_suffix(".csv"))]
    _command("sweep", given, more, tell)


def _command(name: str, given: Mapping[str, Any], more: Sequence[str], tell: Tell) -> None:
    torch.set_num_threads(1)  # several such processes share this machine
    console.print = lambda *said, **_: tell(("said", str(said[0])))  # type: ignore[method-assign]
    _tell_what_is_kept(tell)
    small = ["--weights", "embedded", "--size", str(_SIZE), "--batch-size", str(_BATCH)]
    small += ["--reduce", str(_COMPONENTS), "--precision", "fp32", "--device", "cpu"]
    where = ["--cache", str(given["cache"])]
    code = app([name, str(given["images"]), *small, *where, *more], standalone_mode=False)
    tell(("exit", code or 0))


def _tell_what_is_kept(tell: Tell) -> None:
    """After each write to the cache what it kept, and all progress as it is shown to users."""
    write_features, write_result, step = (
        Cache.remember_features, Cache.remember_result, progress.Watch.step,
    )  # fmt: skip

    def remember_features(cache: Cache, key: str, features: Any, seen: Any) -> None:
        write_features(cache, key, features, seen)
        for one in features:
            tell(("features", (key, one)))

    def remember_result(cache: Cache, key: str, facts: Any, arrays: Any) -> None:
        write_result(cache, key, facts, arrays)
        tell(("results", (key,)))

    def report(watch: progress.Watch, at: progress.Progress) -> None:
        tell(("progress", (at.stage, at.done)))
        step(watch, at)

    Cache.remember_features = remember_features  # type: ignore[method-assign, assignment]
    Cache.remember_result = remember_result  # type: ignore[method-assign, assignment]
    progress.Watch.step = report  # type: ignore[method-assign, assignment]


def review(given: Mapping[str, Any], tell: Tell) -> None:
    """What the page does for who reviews: decides, undoes and does again, one after the other."""
    torch.set_num_threads(1)
    try:
        _review(given, tell)
    except CoreError as error:
        tell(("said", str(error)))


def _review(given: Mapping[str, Any], tell: Tell) -> None:
    with closing(Cache(Path(given["cache"]))) as cache:
        study = open_study(study_params(Path(given["images"])), cache)
        decider = Decider(study)
        done = len({row.action for row in study.journal.rows})
        for number in range(done, int(given.get("n_decisions", N_DECISIONS))):
            decider.look()
            draw = random.Random(f"{given['seed']} {number}")  # noqa: S311 - no secret
            if not decider.decide(_choose(decider.deciding, draw, number)):
                tell(("said", decider.refusal))
                break
            tell(("decision", number))


def give_up(given: Mapping[str, Any], tell: Tell) -> None:
    """`cache clear` and the size limit, again and again, while others use the cache."""
    draw = random.Random(given["seed"])  # noqa: S311 - no secret
    with closing(Cache(Path(given["cache"]))) as cache:
        for _ in range(10):
            time.sleep(draw.uniform(0, given["seconds"] / 10))
            try:
                if draw.random() < 0.5:  # noqa: PLR2004 - half of them
                    clear_cache(cache, draw.sample(KINDS, draw.randint(1, len(KINDS))))
                else:
                    shrink_cache(cache, draw.randint(1, 500_000))
            except CoreError as error:
                tell(("said", str(error)))


def _choose(deciding: Deciding, draw: random.Random, number: int) -> Act:  # noqa: PLR0911 - a list
    """One that can be taken now: the same at each go, whatever was killed before it."""
    state, author = deciding.state, deciding.author
    rows = draw.sample(range(len(deciding.study.images.ids)), draw.randint(1, 5))
    to = int(draw.choice(np.unique(deciding.corrected(PARAMS).labels).tolist()))
    kind = draw.choice(("keep", "move", "new", "exclude", "include", "tag", "name", "undo", "redo"))
    if kind == "undo" and state.undoable.get(author):
        return lambda mine, seen: mine.undo(seen=seen)
    if kind == "redo" and state.redoable.get(author):
        return lambda mine, seen: mine.redo(seen=seen)
    if kind == "keep":
        return lambda mine, seen: mine.keep(PARAMS, rows, seen=seen)
    if kind == "exclude":
        return lambda mine, seen: mine.exclude(rows, seen=seen)
    if kind == "include":
        return lambda mine, seen: mine.include(rows, seen=seen)
    if kind == "tag":
        return lambda mine, seen: mine.tag(rows, f"tag {number}", seen=seen)
    if kind == "name":
        return lambda mine, seen: mine.name_cluster(PARAMS, to, f"name {number}", seen=seen)
    target = None if kind == "new" else to
    return lambda mine, seen: mine.move(PARAMS, rows, to=target, seen=seen)


def spell(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    """Rows without what is drawn or timed: actions and new clusters by the order they came in."""
    actions: dict[str, int] = {}
    clusters: dict[str, int] = {}
    return [
        (
            actions.setdefault(row.action, len(actions)), row.part, row.author,
            str(row.decision.kind), row.decision.image,
            _spell_cluster(row.decision.origin, clusters),
            _spell_cluster(row.decision.target, clusters),
            row.decision.text, actions.get(row.decision.undoes or ""),
        )
        for row in rows
    ]  # fmt: skip


def _spell_cluster(cluster: Cluster | None, known: dict[str, int]) -> object:
    if isinstance(cluster, Handmade):
        return known.setdefault(cluster.key, len(known))
    return cluster.key if cluster else None

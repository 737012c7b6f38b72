"""Measure extraction by Ray: two workers against one, a node killed in the middle, exactness.

Each worker is a node of its own on this machine, started on one core that it cannot leave. Beside
the wall clock the processors' own seconds are told, which other work on the machine does not
change: `CPU ratio` is the seconds of the single worker over those of the busier of the two.

    python tools/ray_benchmark.py                # all three
    python tools/ray_benchmark.py --only speed --images 4000
"""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

from core.engines.local_engine import LocalEngine
from core.engines.ray_engine import RayEngine, RayParams
from core.engines.sharding import Engine, Made, extract_shards
from core.progress import Progress, Watch
from core.recipe import StudyParams
from core.shards.shards import Shards
from core.shards.storage import Folder

_SIDES = (320, 240)
_STUDY = StudyParams("", weights="embedded", device="cpu", precision="fp32")
PARTS = ("speed", "killed", "identity")


@dataclass(frozen=True)
class Nodes:
    """A cluster on this machine: a head that does no work, and a node of one core for each core."""

    cluster: Any
    workers: list[Any]


class Meter(threading.Thread):
    """Reads the processors' seconds of each node's processes, for Ray ends them when work ends."""

    def __init__(self, at: Nodes) -> None:
        super().__init__(daemon=True)
        self._raylets = [node.all_processes["raylet"][0].process.pid for node in at.workers]
        self._seen: list[dict[int, float]] = [{} for _ in self._raylets]
        self._before = self._totals()
        self._stopped = threading.Event()

    def run(self) -> None:
        """Look every half second."""
        while not self._stopped.wait(0.5):
            self._totals()

    def stop(self) -> list[float]:
        """Of each node since the beginning."""
        self._stopped.set()
        self.join()
        return [now - then for now, then in zip(self._totals(), self._before, strict=True)]

    def _totals(self) -> list[float]:
        for raylet, seen in zip(self._raylets, self._seen, strict=True):
            seen.update(_cpu_seconds(raylet))
        return [sum(seen.values()) for seen in self._seen]


@contextmanager
def nodes(cores: Sequence[int]) -> Iterator[Nodes]:
    """A node on each of these cores."""
    import ray  # noqa: PLC0415 - optional
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    everywhere = os.sched_getaffinity(0)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    try:
        workers = []
        for core in cores:
            os.sched_setaffinity(0, {core})  # which the node inherits, and so do its workers
            try:
                workers.append(cluster.add_node(num_cpus=1))
            finally:
                os.sched_setaffinity(0, everywhere)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        yield Nodes(cluster, workers)
    finally:
        ray.shutdown()
        cluster.shutdown()


def _cpu_seconds(pid: int) -> dict[int, float]:
    """Of a process and all below it, by their ids."""
    found: dict[int, float] = {}
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                found[process.pid] = times.user + times.system
    return found


def draw_photos(folder: Path, n_images: int) -> None:
    """Smooth colours of a seed, as JPEGs."""
    rng = np.random.default_rng(0)
    for number in range(n_images):
        coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        image = Image.fromarray(coarse).resize(_SIDES, Image.Resampling.BICUBIC)
        image.save(folder / f"{number:06}.jpg", quality=90)


def _make(photos: Path, out: Path, engine: Engine, rows: int, watch: Watch | None = None) -> Made:
    params = replace(_STUDY, source=str(photos))
    return extract_shards(params, Folder(str(out)), engine, shard_rows=rows, watch=watch or Watch())


def measure_speed(photos: Path, folder: Path, rows: int) -> None:
    """Two workers against one, each bound to a core of its own; the start of the workers counts."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    walls, seconds = [], []
    for count in (1, 2):
        with nodes(cores[:count]) as at, RayEngine(RayParams(fewest=count, most=count)) as engine:
            meter, start = Meter(at), time.perf_counter()
            meter.start()
            made = _make(photos, folder / f"by-{count}", engine, rows)
            walls.append(time.perf_counter() - start)
            spent = meter.stop()
            seconds.append(max(spent))
        rate = made.making.n_images / walls[-1]
        print(
            f"{count} workers: {walls[-1]:.1f} s, {rate:.1f} images/s, CPU seconds of each "
            f"{', '.join(f'{one:.1f}' for one in spent)}"
        )
    print(
        f"wall ratio {walls[0] / walls[1]:.2f}, CPU ratio {seconds[0] / seconds[1]:.2f}, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def measure_killed(photos: Path, folder: Path, rows: int) -> None:
    """Of two nodes one is killed once a third of the images is done; another comes later."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    with nodes(cores) as at, RayEngine(RayParams(fewest=2, most=2)) as engine:
        killing: list[threading.Thread] = []

        def report(step: Progress) -> None:
            if step.done >= step.total // 3 and not killing:
                kill = threading.Thread(
                    target=lambda: at.cluster.remove_node(at.workers[-1], allow_graceful=False)
                )
                killing.append(kill)
                kill.start()
                print(f"node killed at {step.done} of {step.total}")

        start = time.perf_counter()
        made = _make(photos, folder / "killed", engine, rows, Watch(report))
        killing[0].join()
    print(f"ended after {time.perf_counter() - start:.1f} s, {made.n_new} shards")
    uris = [
        uri
        for _, table in Shards(str(folder / "killed")).tables(("uri",))
        for uri in table.column("uri").to_pylist()
    ]
    wanted = sorted(str(path.absolute()) for path in photos.iterdir())
    print(f"lost {len(set(wanted) - set(uris))}, doubled {len(uris) - len(set(uris))}")


def measure_identity(photos: Path, folder: Path, rows: int) -> None:
    """Features by Ray against those of this process, the same batches on the same device."""
    with nodes(sorted(os.sched_getaffinity(0))[:1]), RayEngine(RayParams()) as engine:
        _make(photos, folder / "by-ray", engine, rows)
    _make(photos, folder / "by-local", LocalEngine(), rows)
    pairs = zip(
        Shards(str(folder / "by-ray")).blocks(),
        Shards(str(folder / "by-local")).blocks(),
        strict=True,
    )
    worst, n_rows = 0.0, 0
    for ours, theirs in pairs:
        if ours.ids != theirs.ids:
            raise RuntimeError("the images are others")
        difference = np.abs(ours.features.astype(np.float64) - theirs.features.astype(np.float64))
        worst, n_rows = max(worst, float(difference.max(initial=0))), n_rows + len(ours.rows)
    print(f"{n_rows} vectors, largest difference of any value {worst}")


def main() -> None:
    """Draw the photos, measure, and print a line or two for each part."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--shard-size", type=int, default=100)
    asked = parser.parse_args()
    measures = {"speed": measure_speed, "killed": measure_killed, "identity": measure_identity}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photos = folder / "photos"
        photos.mkdir()
        draw_photos(photos, asked.images)
        for part in [asked.only] if asked.only else PARTS:
            print(f"{part}: {asked.images} images in shards of {asked.shard_size}")
            measures[part](photos, folder, asked.shard_size)


if __name__ == "__main__":
    main()

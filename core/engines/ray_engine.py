"""The shards by the workers of a Ray cluster, each an actor that holds the network.

Ray Data keeps the pool: it starts workers as there is work for them, brings back those whose node
has died, and gives their shards to others. A row of its data set is one shard to be made; what
comes back is the shard's stamp, for the shard itself is written by the worker.
"""

import logging
import os
import pickle
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.device import Device, choose_device
from core.engines.shard_work import Begin, ShardWorker, WorkParams, load_network
from core.errors import CoreError
from core.shards.making import Stamp
from core.shards.planning import Plan

INSTALL = "pip install -r requirements-ray.txt"
_NODE_WAIT = 600
"""Seconds until a node of the wanted kind must have joined: autoscaled clusters take minutes."""
_ANSWER_WAIT = 10
"""Seconds until the head of a cluster must have answered."""
_READERS_PER_CPU = 4
"""Threads that read and decode beside the network: over a network they mostly wait."""


@dataclass(frozen=True, slots=True)
class RayParams:
    """How the work is spread.

    Attributes:
        address: of the cluster; `auto` for the one that runs here, None to start one here.
        fewest: workers that are always there.
        most: workers that the pool may grow to.
        num_cpus: cores of each worker.
        num_gpus: GPUs of each worker; a share such as 0.5 lets two use one.
    """

    address: str | None = None
    fewest: int = 1
    most: int = 1
    num_cpus: int = 1
    num_gpus: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.fewest <= self.most:
            raise CoreError(
                f"{self.fewest} to {self.most} workers: choose at least 1, fewest first"
            )
        if self.num_cpus < 1 or self.num_gpus < 0:
            raise CoreError(
                f"workers of {self.num_cpus} cores and {self.num_gpus} GPUs: choose at least 1 core"
            )


class RayEngine:
    """A Ray cluster, from when it is entered until it is left.

    Raises:
        CoreError: Ray is not installed, or the cluster cannot be reached.
    """

    def __init__(self, params: RayParams) -> None:
        self.params = params
        self.readers = _READERS_PER_CPU * params.num_cpus
        self._ray = _import_ray()
        self._is_ours = False

    def __enter__(self) -> "RayEngine":
        if not self._ray.is_initialized():
            self._connect()
            self._is_ours = True
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_ours:
            self._ray.shutdown()

    def _connect(self) -> None:
        try:
            _require_answer(self.params.address)
            self._ray.init(
                address=self.params.address or "local",
                logging_level=logging.ERROR,
                log_to_driver=False,
                include_dashboard=None if self.params.address else False,
            )
        except Exception as error:  # Ray raises many kinds, all of which mean this
            reason = str(error).strip().partition("\n")[0]
            raise CoreError(
                f"no Ray cluster at {self.params.address or 'this machine'}: {reason}. "
                "`ray start --head` starts one; without --address one is started here"
            ) from error

    def choose_device(self, kind: str, precision: str) -> Device:
        """Decide what `auto` means on a worker's node.

        Raises:
            CoreError: there is no such device, or no node of that kind joins the cluster.
        """
        chosen = self._ray.remote(choose_device).options(**self._resources())
        with _plain_causes():
            try:
                device: Device = self._ray.get(chosen.remote(kind, precision), timeout=_NODE_WAIT)
            except self._ray.exceptions.GetTimeoutError as error:
                raise CoreError(
                    f"no node with {self.params.num_cpus} cores and {self.params.num_gpus:g} GPUs "
                    f"joined the cluster within {_NODE_WAIT // 60} minutes: "
                    "start one, or ask for less"
                ) from error
        return device

    def make(self, plan: Plan, params: WorkParams) -> Iterator[Stamp]:
        """Make the shards that are missing, in no order; each is written once it is given.

        Raises:
            CoreError: the weights, the device or the folder cannot be used, or nothing be read.
        """
        network = self._ray.put(load_network(params.recipe))
        begin = _Extraction(params, network, self.params.num_cpus)
        for said in self.spread(plan.tasks(), begin):
            yield Stamp.parse(said, "what a worker gave")

    def spread(self, tasks: Iterable[Any], begin: Begin) -> Iterator[bytes]:
        """Do each task, one a shard, by a worker; `begin` is called once by each.

        Raises:
            CoreError: the work does, or a worker fails.
        """
        from ray import data  # noqa: PLC0415 - takes seconds to import

        _quieten(data)
        # Pickled here: a name of a file need not be text that Arrow holds.
        rows = [{"task": pickle.dumps(task)} for task in tasks]
        made = data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            _Actor,
            fn_constructor_args=(begin,),
            batch_size=1,
            # One shard at a time each: a second one waiting could be made by a worker that is free.
            compute=data.ActorPoolStrategy(
                min_size=self.params.fewest,
                max_size=self.params.most,
                max_tasks_in_flight_per_actor=1,
            ),
            **self._resources(),
        )
        with _plain_causes():
            for row in made.iter_rows():
                if row["refused"]:
                    raise CoreError(row["refused"])
                yield row["said"]

    def _resources(self) -> dict[str, float]:
        return {"num_cpus": self.params.num_cpus, "num_gpus": self.params.num_gpus}


@dataclass(frozen=True, slots=True)
class _Extraction:
    """Gives the work on one shard to be made, with the network of the cluster."""

    params: WorkParams
    network: Any
    num_cpus: int

    def __call__(self) -> Callable[[Any], bytes]:
        import ray  # noqa: PLC0415 - optional
        import torch  # noqa: PLC0415 - slow to import

        torch.set_num_threads(self.num_cpus)  # what Ray counts is no bound by itself
        worker = ShardWorker(self.params, ray.get(self.network))
        return lambda task: worker.make(task).dump()


class _Actor:
    """A worker on its node: begun once, one shard at a time.

    What a user can act on is given back as text: Ray would bury it under reports of its own.
    """

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    @cached_property
    def _work(self) -> Callable[[Any], bytes]:
        return self._begin()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        try:
            said = [self._work(pickle.loads(one)) for one in batch["task"]]  # noqa: S301 - our own
        except CoreError as error:
            return {"said": [b""], "refused": [str(error)]}
        return {"said": said, "refused": [""] * len(said)}


def _import_ray() -> Any:
    # Ray tells its makers of its use unless it is told not to.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its notes go past every log
    try:
        import ray  # noqa: PLC0415 - optional, and slow to import
    except ImportError as error:
        raise CoreError(f"--engine ray needs Ray, which is not installed: {INSTALL}") from error
    return ray


def _require_answer(address: str | None) -> None:
    """Knock at `host:port` first: Ray itself tries for minutes, and says so many times.

    Raises:
        OSError: nobody answers.
    """
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if port.isdecimal():
        socket.create_connection((host, int(port)), timeout=_ANSWER_WAIT).close()


def _quieten(data: Any) -> None:
    """Progress is shown by whoever watches."""
    context = data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)


@contextmanager
def _plain_causes() -> Iterator[None]:
    """Raise a worker's own sentence instead of Ray's report of where it failed."""
    from ray.exceptions import RayError  # noqa: PLC0415 - optional

    try:
        yield
    except RayError as error:
        cause = getattr(error, "cause", None) or error
        if isinstance(cause, CoreError):
            raise CoreError(str(cause)) from error
        reason = str(cause).strip().partition("\n")[0]
        raise CoreError(
            f"a Ray worker failed ({type(cause).__name__}: {reason}). What is done is kept: "
            "start again"
        ) from error

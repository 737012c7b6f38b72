"""The shards one after the other, by this machine alone."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from core.device import Device, choose_device
from core.engines.shard_work import Begin, ShardWorker, WorkParams, load_network
from core.shards.making import Stamp
from core.shards.planning import Plan

READERS = min(16, os.cpu_count() or 1)
"""Threads that read and decode."""


class LocalEngine:
    """This machine, with all its cores or its GPU."""

    readers = READERS

    def choose_device(self, kind: str, precision: str) -> Device:
        """Decide what `auto` means where the work is done.

        Raises:
            CoreError: there is no such device.
        """
        return choose_device(kind, precision)

    def make(self, plan: Plan, params: WorkParams) -> Iterator[Stamp]:
        """Make the shards that are missing; each is written once it is given.

        Raises:
            CoreError: the weights, the device or the folder cannot be used, or nothing be read.
        """
        worker = ShardWorker(params, load_network(params.recipe))
        yield from map(worker.make, plan.tasks())

    def spread(self, tasks: Iterable[Any], begin: Begin) -> Iterator[bytes]:
        """Do each task by the work that `begin` gives, and give what it says.

        Raises:
            CoreError: the work does.
        """
        yield from map(begin(), tasks)

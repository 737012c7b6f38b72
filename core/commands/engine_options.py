"""The options of every command whose work this machine does, or a Ray cluster."""

from enum import StrEnum
from typing import Annotated

import typer

from core.engines.ray_engine import RayParams
from core.errors import CoreError


class EngineName(StrEnum):
    """Who does the work on the shards."""

    LOCAL = "local"
    RAY = "ray"


AddressOption = Annotated[
    str | None,
    typer.Option(
        help="With ray: the cluster, auto for the one running here. Default: start one here."
    ),
]
WorkersOption = Annotated[
    str | None, typer.Option(metavar="N|MIN-MAX", help="With ray: how many. Default: 1.")
]
NumCpusOption = Annotated[
    int | None, typer.Option(help="With ray: cores of each worker. Default: 1.")
]


def read_ray_params(
    engine: EngineName,
    *,
    address: str | None,
    workers: str | None,
    num_cpus: int | None,
    num_gpus: float | None = None,
) -> RayParams | None:
    """How the work is spread; None for this machine.

    Raises:
        CoreError: an option goes with Ray alone, or is none that can be.
    """
    spread = {"address": address, "workers": workers, "num-cpus": num_cpus, "num-gpus": num_gpus}
    given = [f"--{name}" for name, value in spread.items() if value is not None]
    if engine is EngineName.RAY:
        fewest, most = _pool(workers or "1")
        return RayParams(address, fewest, most, 1 if num_cpus is None else num_cpus, num_gpus or 0)
    if given:
        raise CoreError(f"{given[0]} goes with --engine ray: add that, or leave it out")
    return None


def _pool(text: str) -> tuple[int, int]:
    """`4`, or `1-8` for a pool that grows and shrinks."""
    fewest, dash, most = text.partition("-")
    if not fewest.isdecimal() or (dash and not most.isdecimal()):
        raise CoreError(f"{text!r} workers: write a number, or 1-8 for a pool that grows")
    return int(fewest), int(most if dash else fewest)

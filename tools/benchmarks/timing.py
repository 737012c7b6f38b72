"""How things are timed, and how the table is printed."""

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

CHILD = "--child"
_NAME_WIDTH = 58


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, what came out, and what is aimed at."""

    name: str
    value: str
    goal: str = ""


def show(rows: Iterable[Row]) -> None:
    """Print lines of the table at once, for the next section may take minutes."""
    for row in rows:
        goal = f"  (goal {row.goal})" if row.goal else ""
        print(f"{row.name:<{_NAME_WIDTH}}{row.value}{goal}", flush=True)


def describe_machine() -> str:
    """What a figure holds for."""
    import torch  # noqa: PLC0415 - slow to import, and not all that is timed needs it

    return (
        f"{os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}, "
        f"torch {torch.__version__}, CUDA {'yes' if torch.cuda.is_available() else 'no'}"
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as facts:  # noqa: PTH123 - one line of it
            return next(line.partition(":")[2].strip() for line in facts if "model name" in line)
    except (OSError, StopIteration):
        return platform.machine()


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def run_child(work: str, *arguments: str) -> int:
    """The peak memory in MB of a process that does one piece of work alone."""
    child = [sys.executable, sys.argv[0], CHILD, work, *arguments]
    return int(subprocess.run(child, check=True, capture_output=True, text=True).stdout)


def run_parts(part: str, *arguments: str) -> None:
    """Let a process of its own print its lines as they come, and its peak memory."""
    child = [sys.executable, sys.argv[0], CHILD, part, *arguments]
    with subprocess.Popen(child, stdout=subprocess.PIPE, text=True) as process:
        last = ""
        for line in process.stdout or []:
            sys.stdout.write(last)
            sys.stdout.flush()
            last = line
    show([Row(f"  peak memory of {part}", f"{last.strip()} MB", "4,000 MB")])


def report_peak() -> None:
    """Print this process's own peak memory in MB."""
    print(peak_memory())


def peak_memory() -> int:
    """The most memory that this process has held so far, in MB."""
    return round(peak_bytes() / 2**20)


def peak_bytes() -> int:
    """The same in bytes; `getrusage` may tell that of the process which started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        line = next(one for one in lines if one.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return told if sys.platform == "darwin" else told * 1024


def best_of(times: int, *works: Callable[[], object]) -> list[float]:
    """The shortest time of each; they take turns, so that a slow moment of the machine hits all."""
    rounds = [[seconds(work) for work in works] for _ in range(times)]
    return [min(column) for column in zip(*rounds, strict=True)]

"""What a process takes of the memory and of the processors, watched while it works."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

_PERIOD_SECONDS = 0.2


@dataclass(slots=True)
class Memory:
    """Resident memory of a process in MiB: at moments that bear a name, and at most."""

    process: psutil.Process
    notes: dict[str, float] = field(default_factory=dict)
    peak: float = 0.0

    def note(self, moment: str) -> None:
        """Write down what it takes now."""
        self.notes[moment] = self.look()

    @property
    def cpu_seconds(self) -> float:
        """What it has taken of all processors until now."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def look(self) -> float:
        """What it takes now."""
        now = float(self.process.memory_info().rss) / 2**20
        self.peak = max(self.peak, now)
        return now


@contextmanager
def watch_memory(process: psutil.Process) -> Iterator[Memory]:
    """Look again and again, so that the peak is seen."""
    memory, stop = Memory(process), threading.Event()

    def watch() -> None:
        while not stop.wait(_PERIOD_SECONDS):
            memory.look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        stop.set()
        thread.join()

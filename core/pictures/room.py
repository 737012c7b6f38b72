"""Room in memory for the pixels of images that several threads decode at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Room:
    """So many pixels may be held at once; whoever wants more waits until others have given back.

    An image larger than all of the room is let in by itself, so that nothing waits for ever.
    """

    def __init__(self, pixels: int) -> None:
        self.pixels = pixels
        self._held = 0
        self._changed = Condition()

    @contextmanager
    def hold(self, pixels: int) -> Iterator[None]:
        """Hold that many pixels, as soon as they fit in beside those that others hold."""
        with self._changed:
            self._changed.wait_for(lambda: not self._held or self._held + pixels <= self.pixels)
            self._held += pixels
        try:
            yield
        finally:
            with self._changed:
                self._held -= pixels
                self._changed.notify_all()

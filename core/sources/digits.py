"""scikit-learn's handwritten digits: the embedded demo."""

import gzip
import importlib.util
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError
from core.pictures.decoding import portable_pixmap
from core.sources.base import Entry, Source


class DigitsSource(Source):
    """scikit-learn's 1,797 handwritten digits of 8 x 8 pixels (E. Alpaydin, C. Kaynak, 1998).

    They are read from the file that `sklearn.datasets.load_digits` reads, without importing
    scikit-learn: that import takes a second, in which the map can already be on the screen.
    """

    name = "digits"

    @cached_property
    def _values(self) -> NDArray[np.uint8]:
        spec = importlib.util.find_spec("sklearn")
        if spec is None or spec.origin is None:
            raise CoreError("the digits come with scikit-learn, which is not there: install it")
        path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
        with gzip.open(path) as lines:
            return np.loadtxt(lines, delimiter=",", dtype=np.uint8)  # (1797, 64 pixels + label)

    @cached_property
    def entries(self) -> Sequence[Entry]:  # type: ignore[override]
        """The digits in scikit-learn's order."""
        labels = self._values[:, 64]
        return tuple(Entry(f"digits/{i:04}.pgm", str(label)) for i, label in enumerate(labels))

    def read(self, position: int) -> bytes:
        """One digit as a PGM file of 8 x 8 pixels in 17 shades."""
        return portable_pixmap(self._values[position, :64].reshape(8, 8), maximum=16)

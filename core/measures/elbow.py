"""The elbow of a falling curve: where going on stops being worth it.

V. Satopää, J. Albrecht, D. Irwin and B. Raghavan, "Finding a 'Kneedle' in a Haystack: Detecting
Knee Points in System Behavior", ICDCS Workshops 2011, section III.
"""

from collections.abc import Mapping

import numpy as np

SENSITIVITY = 1.0
"""By how many usual steps of k the curve must flatten before its elbow is one: the paper's S."""


def find_elbow(inertias: Mapping[int, float], *, sensitivity: float = SENSITIVITY) -> int | None:
    """The k at the elbow of the inertia over k; None where the curve has none.

    Both axes are scaled to 0 to 1 and the curve is turned to rise. Its elbow is where it lies
    farthest above the straight line from end to end, if from there on it comes nearer to that
    line by more than `sensitivity` times the mean step of k (the paper's threshold) before it
    moves away again. Of several such places it is the farthest. The paper smooths the curve first,
    which a few points without noise do not need.
    """
    ks = sorted(inertias)
    x, y = np.array(ks, dtype=float), np.array([inertias[k] for k in ks])
    if len(ks) < 3 or y.max() == y.min():  # noqa: PLR2004 - an elbow lies between two others
        return None
    x = (x - x[0]) / (x[-1] - x[0])
    above = (y.max() - y) / (y.max() - y.min()) - x  # (n,): of the curve, above the line
    peaks = [i for i in range(1, len(x) - 1) if above[i - 1] < above[i] >= above[i + 1]]
    ends = [*peaks[1:], len(x)]
    step = sensitivity * float(np.diff(x).mean())
    kept = [
        peak
        for peak, end in zip(peaks, ends, strict=False)
        if above[peak:end].min() < above[peak] - step
    ]
    return ks[max(kept, key=above.__getitem__)] if kept else None

"""What tests of the journal share: ids of images, groups of them, and rows."""

import numpy as np

from core.clusters.clustering import KMeansParams
from core.images import identify
from core.journal.decisions import Decision, Kind, Row
from core.journal.portraits import portray


def image(name):
    """The id of an image that is known here by a short name."""
    return identify(str(name).encode())


def images(*names):
    return tuple(image(name) for name in names)


def group(labels, *, params=None, cluster=0, names=None, medoid=None, **more):
    """The portrait of a cluster; `labels` says that of image 0, of image 1 and so on."""
    labels = np.array(labels, dtype=np.int32)
    ids = images(*(range(len(labels)) if names is None else names))
    first = int(np.flatnonzero(labels == cluster)[0])
    params = params or KMeansParams(int(labels.max()) + 1)
    medoid = first if medoid is None else medoid
    return portray(cluster, labels, ids, params=params, medoid=medoid, **more)


def move(name, target, origin=None):
    return Decision(Kind.MOVE, image(name), origin, target)


def keep(name, target):
    return Decision(Kind.KEEP, image(name), None, target)


def exclude(name):
    return Decision(Kind.EXCLUDE, image(name))


def tag(name, text):
    return Decision(Kind.TAG, image(name), text=text)


def number(decisions, author="ada"):
    """Rows with one action each."""
    return [
        Row(seq, f"a{seq}", 0, "2026-01-01T00:00:00.000+00:00", author, one)
        for seq, one in enumerate(decisions, 1)
    ]

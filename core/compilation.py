"""Machine code that a map needs, compiled by a process of its own while images are still read.

What of umap-learn and of our own loops a map calls takes half a minute of one processor on a
machine where it was never called. Another process keeps the one that reads images free of that;
what it has compiled lies on disk, where numba finds it.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from core.caching.turns import take_turn

_LAST = "layout_kernels.move-*.nbi"
"""What numba says of the function that is compiled last."""
_KEPT = {"umap": "umap_.smooth_knn_dist-*.nbi", "core": _LAST}
"""By package: a file for what was compiled of it."""
_ELSEWHERE = "NUMBA_CACHE_DIR"
_ROOT = Path(__file__).parents[1]
_COMMAND = "from core.compilation import compile_map; compile_map()"


def is_compiled() -> bool:
    """Whether machine code lies beside its sources: a look at the disk, without an import.

    Where numba is told to keep it elsewhere, or may not write there, `compile_map` asks where.
    """
    if _ELSEWHERE in os.environ:
        return False
    return all(_is_kept(package, pattern) for package, pattern in _KEPT.items())


def _is_kept(package: str, pattern: str) -> bool:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return False
    return any((Path(spec.origin).parent / "__pycache__").glob(pattern))


def start_compiling() -> "subprocess.Popen[bytes] | None":
    """Begin `compile_map` in a process of its own; None where there is nothing to do.

    Nothing depends on it: what is not compiled when it is needed is compiled then. It is deaf to
    the Ctrl+C of a terminal: whoever began it ends it.
    """
    if is_compiled():
        return None
    return subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-c", _COMMAND],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def compile_map() -> None:
    """Compile what neighbours and map need, unless it is there, or cannot be kept.

    One process at a time: where another is at it already, this one ends.
    """
    from core import layout_kernels  # noqa: PLC0415 - numba takes a second

    kept = layout_kernels.move.stats.cache_path  # type: ignore[attr-defined]  # of numba's function
    if kept is None or any(Path(kept).glob(_LAST)):
        return
    Path(kept).mkdir(parents=True, exist_ok=True)
    with take_turn(Path(kept) / "map", "compilation", meanwhile=sys.exit):
        load_map()


def load_map() -> None:
    """Load what neighbours and map need, and have all of it compiled that is not."""
    from core import neighbor_search, projection  # noqa: PLC0415 - as late as all that is heavy

    neighbor_search.warm_up()
    projection.warm_up()

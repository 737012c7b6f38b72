"""Loops as machine code: compiled by numba at their first call and, where it goes, kept on disk."""

from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from types import FunctionType
from typing import Any, TypeVar, cast

import numba
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

FINITE = frozenset({"nnan", "ninf", "nsz", "arcp", "contract"})
"""Every number is finite, a division may be a product, a product and a sum one instruction."""
FAST = FINITE | {"reassoc"}
"""And sums may be taken in another order: what a sum by vector instructions needs."""


def compiled(fast: Set[str] = frozenset()) -> Callable[[Function], Function]:
    """A function that numba compiles, and that runs beside other threads.

    Args:
        fast: liberties with floating-point arithmetic, by LLVM's names. Division by zero raises
            nothing in any case.
    """
    options: dict[str, Any] = {
        "nogil": True,
        "fastmath": set(fast),
        "error_model": "numpy",
        # Else what calls it takes, in the process that compiles, the code made for it alone, and
        # ever after a copy made for the caller: sums in another order, and another map.
        "forceinline": True,
    }

    def decorate(function: Function) -> Function:
        try:
            made = njit(cache=True, **options)(function)
        except RuntimeError:  # nowhere to keep it: compiled anew in each process
            made = njit(**options)(function)
        return cast("Function", made)

    return decorate


@contextmanager
def compiled_when_called() -> Iterator[None]:
    """What others define for numba meanwhile is compiled at its first call, not as it is imported.

    Functions that name their types are else compiled at once, whether or not they are ever called.
    """
    at_once: Any = numba.njit

    def when_called(*given: Any, **options: Any) -> Any:
        return at_once(*(one for one in given if isinstance(one, FunctionType)), **options)

    numba.njit = when_called
    try:
        yield
    finally:
        numba.njit = at_once

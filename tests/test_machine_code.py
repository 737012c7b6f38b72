"""Compiled functions do what they did, whether or not they can be kept."""

import numba
import numpy as np
import pytest

from core import machine_code
from core.machine_code import FAST, compiled


def add_halves(values):
    total = np.float32(0)
    for value in values:
        total += value / np.float32(2)
    return total


@pytest.mark.parametrize("fast", [frozenset(), FAST])
def test_a_compiled_function_gives_what_the_plain_one_gives(fast):
    assert compiled(fast)(add_halves)(np.arange(9, dtype=np.float32)) == 18


def test_it_runs_where_nothing_can_be_kept(monkeypatch):
    def refuse(*_, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return numba.njit(**options)

    monkeypatch.setattr(machine_code, "njit", refuse)
    assert compiled()(add_halves)(np.arange(9, dtype=np.float32)) == 18


def test_division_by_zero_is_not_an_error():
    divide = compiled()(lambda a, b: a / b)
    assert divide(1.0, 0.0) == np.inf

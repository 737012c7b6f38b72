"""Compiled functions do what they did, whether or not they can be kept."""

import numba
import numpy as np
import pytest

from core import machine_code
from core.machine_code import FAST, compiled, compiled_when_called


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


SIGNATURES = ["f4(f4[::1])", ["f4(f4[::1])", "f8(f8[::1])"], numba.float32(numba.float32[::1])]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_what_names_its_types_is_compiled_at_its_first_call(signature):
    with compiled_when_called():
        add = numba.njit(signature, fastmath=True)(add_halves)
    assert add.signatures == []
    assert add(np.arange(9, dtype=np.float32)) == 18
    assert len(add.signatures) == 1
    assert add.targetoptions["fastmath"]


def test_without_types_nothing_changes():
    with compiled_when_called():
        bare, called = numba.njit(add_halves), numba.njit()(add_halves)
    values = np.arange(9, dtype=np.float32)
    assert bare(values) == called(values) == 18


def test_afterwards_numba_compiles_at_once_again():
    with pytest.raises(ZeroDivisionError), compiled_when_called():
        _ = 1 / 0
    assert len(numba.njit("f4(f4[::1])")(add_halves).signatures) == 1

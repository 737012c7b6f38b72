"""Candidates against all distances in double precision: what is certain must be so."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from devices import NEEDS_CUDA
from numba.core.dispatcher import Dispatcher

from core import neighbor_products
from core.neighbor_products import Products, warm_up_products

DTYPES = [torch.float32, torch.bfloat16]


def random_points(n=80, d=40, scale=1.0):
    return torch.from_numpy(
        np.random.default_rng(0).normal(size=(n, d)).astype("f4") * np.float32(scale)
    )


def all_squares(points):
    exact = points.double()
    return (exact[:, None] - exact).square().sum(2)  # (n, n)


def find_all(points, dtype, count):
    with ThreadPoolExecutor(2) as pool:
        return Products(points, dtype).find_all(count, pool)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("points", [
    random_points(), random_points(d=3), random_points(scale=1e-15), random_points(scale=1e9),
    random_points() + 500, torch.cat([random_points(), random_points(n=1) * 1e5]),
    random_points().round(),
])  # fmt: skip
def test_nothing_else_lies_within_what_is_certain(dtype, points):
    found = find_all(points, dtype, 12)
    others = torch.ones(len(points), len(points), dtype=torch.bool).scatter_(1, found.rows, False)
    nearest_other = all_squares(points).masked_fill(~others, torch.inf).amin(1)
    assert (found.certain <= nearest_other).all()


@pytest.mark.parametrize(("dtype", "share"), [(torch.float32, 1.0), (torch.bfloat16, 0.95)])
def test_what_is_certain_is_worth_something(dtype, share):
    points = random_points(n=200)
    tenth = all_squares(points).sort(1).values[:, 9]
    certain = find_all(points, dtype, 30).certain
    assert (certain > tenth).double().mean() >= share


@pytest.mark.parametrize("dtype", DTYPES)
def test_candidates_are_distinct_and_ascend(dtype):
    rows = find_all(random_points(), dtype, 12).rows
    assert rows.shape == (80, 12)
    assert (rows.diff(dim=1) > 0).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rows_a_block", [1, 7, 79, 80])
def test_blocks_and_rows_alone_find_the_same(monkeypatch, dtype, rows_a_block):
    whole = find_all(random_points(), dtype, 12)
    monkeypatch.setattr(neighbor_products, "_BLOCK", rows_a_block)
    own = torch.tensor([3, 79, 41])
    with ThreadPoolExecutor(2) as pool:
        products = Products(random_points(), dtype)
        parts, alone = products.find_all(12, pool), products.find(own, 12, pool)
    for found, expected in ((parts, whole), (alone, whole.of(own))):
        torch.testing.assert_close(found.certain, expected.certain, rtol=1e-2, atol=1e-3)
        same = (found.rows == expected.rows).all(1)
        assert same.double().mean() > 0.6  # products of other shapes may be rounded otherwise


def test_all_rows_are_candidates_where_so_many_are_wanted():
    found = find_all(random_points(n=5), torch.float32, 5)
    assert found.rows.tolist() == [[0, 1, 2, 3, 4]] * 5
    assert torch.isinf(found.certain).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_of_copies_nothing_is_certain(dtype):
    certain = find_all(torch.ones(20, 40), dtype, 5).certain
    assert (certain <= 0).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_after_warming_up_nothing_is_compiled_any_more(monkeypatch, dtype):
    warm_up_products(dtype)
    compiled = []
    monkeypatch.setattr(Dispatcher, "compile", lambda *_: compiled.append(_))
    monkeypatch.setattr(neighbor_products, "_BLOCK", 30)  # columns as well as rows
    find_all(random_points(), dtype, 12)
    assert compiled == []


@NEEDS_CUDA
def test_a_cuda_device_finds_the_same():
    here = find_all(random_points(), torch.float32, 12)
    there = find_all(random_points().cuda(), torch.float32, 12)
    assert torch.equal(here.rows, there.rows.cpu())
    torch.testing.assert_close(here.certain, there.certain.cpu(), rtol=1e-3, atol=1e-6)

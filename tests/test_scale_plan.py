"""The plan on paper: what one image costs, times how many there are."""

import numpy as np
from benchmarks.planted import BLOCK_ROWS, N_CLUSTERS, Planted
from benchmarks.rates import Rates
from scale_plan import Given, plan

RATES = Rates(
    extract=0.036, features=1024, pictures=5_000, stream=7.2e-6, pair=3.6e-9, place=3.6e-5,
    record=1_000, sent=80,
)  # fmt: skip


def test_each_cost_by_hand():
    rows = dict(plan(RATES, Given(), sizes=(10**6, 10**8)))
    assert rows["extraction, core hours"] == ["10", "1,000"]
    assert rows["features, GB"] == ["1.02", "102"]
    assert rows["thumbnails and previews, GB"] == ["5", "500"]
    # Five passes of 7.2 microseconds an image.
    assert rows["K-Means: sample, 3 rounds, assigned, core hours"] == ["0.01", "1"]
    # 10^12 / 2 pairs and 10^16 / 2.
    assert rows["exact neighbours of all, core hours"] == ["0.5", "5,000"]
    assert rows["all placed on the map of a sample, core hours"] == ["0.01", "1"]
    assert rows["records in the server's memory, GB"] == ["1", "100"]
    assert rows["fetched by the map, MB"] == ["80", "8,000"]


def test_what_was_not_measured_is_not_told():
    rows = dict(plan(RATES, Given(), sizes=(10**6,)))
    assert rows["extraction, GPU hours"] == ["not measured"]
    assert not any("price" in name for name in rows)


def test_rates_and_prices_that_are_given():
    given = Given(gpu_rate=1_000, core_hour=0.05, gpu_hour=2)
    rows = dict(plan(RATES, given, sizes=(3_600_000,)))
    assert rows["extraction, GPU hours"] == ["1"]
    assert rows["extraction on GPUs, price"] == ["2"]
    assert rows["extraction on cores, price"] == ["1.8"]  # 36 core hours


def test_planted_features_are_the_same_at_every_call_and_of_every_cluster():
    planted = Planted(BLOCK_ROWS + 500, 16)
    first, second = (list(planted.blocks()) for _ in range(2))
    assert [len(block) for block in first] == [BLOCK_ROWS, 500]
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    sizes = np.bincount(planted.clusters, minlength=N_CLUSTERS)
    assert sizes.sum() == BLOCK_ROWS + 500
    assert sizes.min() > 0
    assert first[0].min() >= 0

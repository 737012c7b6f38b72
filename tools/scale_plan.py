"""What a million, 10^8 and 10^9 images cost, from what one costs on this machine.

    python tools/scale_plan.py [--gpu-images-per-second X] [--core-hour PRICE] [--gpu-hour PRICE]

Measures the cost of one image at each step in short runs, and prints the table of docs/scale.md.
What was not measured is not told: a GPU's column needs its rate.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from benchmarks.rates import Rates, measure_rates
from benchmarks.timing import describe_machine

SIZES = (10**6, 10**8, 10**9)
_PASSES = 5
"""Over all features: one draws the sample, three rounds, one assigns."""
_HOUR = 3600
_GB = 1e9


@dataclass(frozen=True, slots=True)
class Given:
    """What the machine here cannot tell: a GPU's rate, and prices; None leaves their rows out."""

    gpu_rate: float | None = None
    core_hour: float | None = None
    gpu_hour: float | None = None


def plan(rates: Rates, given: Given, sizes: Sequence[int] = SIZES) -> list[tuple[str, list[str]]]:
    """The rows of the table: what, and how much of it at each size."""

    def row(name: str, cost: Callable[[int], float], digits: int = 3) -> tuple[str, list[str]]:
        return name, [_short(cost(n), digits) for n in sizes]

    rows = [
        row("extraction, core hours", lambda n: n * rates.extract / _HOUR),
        _gpu_row(given, sizes),
        row("features, GB", lambda n: n * rates.features / _GB),
        row("thumbnails and previews, GB", lambda n: n * rates.pictures / _GB),
        row("K-Means: sample, 3 rounds, assigned, core hours", lambda n: _kmeans(rates, n)),
        row("exact neighbours of all, core hours", lambda n: n * n / 2 * rates.pair / _HOUR),
        row("all placed on the map of a sample, core hours", lambda n: n * rates.place / _HOUR),
        row("records in the server's memory, GB", lambda n: n * rates.record / _GB),
        row("fetched by the map, MB", lambda n: n * rates.sent / 1e6),
    ]
    if given.core_hour is not None:
        price = given.core_hour
        rows.append(row("extraction on cores, price", lambda n: n * rates.extract / _HOUR * price))
    if given.gpu_rate and given.gpu_hour is not None:
        price, rate = given.gpu_hour, given.gpu_rate
        rows.append(row("extraction on GPUs, price", lambda n: n / rate / _HOUR * price))
    return rows


def _gpu_row(given: Given, sizes: Sequence[int]) -> tuple[str, list[str]]:
    name = "extraction, GPU hours"
    if not given.gpu_rate:
        return name, ["not measured"] * len(sizes)
    return name, [_short(n / given.gpu_rate / _HOUR, 3) for n in sizes]


def _kmeans(rates: Rates, n_images: int) -> float:
    return n_images * _PASSES * rates.stream / _HOUR


def _short(number: float, digits: int) -> str:
    """Three digits that count, with separators: 1,230,000."""
    rounded = float(f"{number:.{digits}g}")
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:g}"  # noqa: PLR2004


def main() -> None:
    """Measure, and print both tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--gpu-images-per-second", type=float)
    parser.add_argument("--core-hour", type=float, help="price of a core for an hour")
    parser.add_argument("--gpu-hour", type=float, help="price of a GPU for an hour")
    asked = parser.parse_args()
    rates = measure_rates()
    print(describe_machine(), end="\n\n")
    print("| of one image | measured |\n|---|---|")
    for name, value in asdict(rates).items():
        print(f"| {name} | {value:.3g} |")
    print("\n| | " + " | ".join(f"{size:,}" for size in SIZES) + " |")
    print("|---" * (1 + len(SIZES)) + "|")
    given = Given(asked.gpu_images_per_second, asked.core_hour, asked.gpu_hour)
    for name, cells in plan(rates, given):
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()

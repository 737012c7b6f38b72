"""Brings about what can go wrong, goes on, and compares with a run that nobody disturbed.

`python tools/torture.py [--only NAME ...] [--tries 100] [--seed 0]` prints a table: what was done
to Groupsight, how often, and what was lost by it. It exits with 1 where something was.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # this checkout, whatever else is installed

from faults import flips, full_disk, kills, pairs  # noqa: E402
from faults.outcomes import Outcome, tabulate  # noqa: E402

Fault = Callable[[Path, int, int], Iterable[Outcome]]
"""Brings one about: in a folder, so many times, with a seed."""


def _kill(name: str) -> Fault:
    return lambda folder, tries, seed: kills.torture(folder, only=[name], tries=tries, seed=seed)


FAULTS: Mapping[str, Fault] = {
    **{name: _kill(name) for name in ("extraction", "sweep", "review")},
    pairs.NAME: pairs.torture,
    full_disk.NAME: full_disk.torture,
    flips.NAME: flips.torture,
}


def torture(only: Iterable[str], *, tries: int, seed: int) -> Iterator[Outcome]:
    """Each of these faults, so many times."""
    for name in only:
        with tempfile.TemporaryDirectory(prefix="groupsight-torture-") as folder:
            yield from FAULTS[name](Path(folder), tries, seed)


def main(say: Callable[[str], object] = print) -> int:
    """Run it; exits with 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=FAULTS, default=list(FAULTS))
    parser.add_argument("--tries", type=int, default=100, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    outcomes = []
    for one in torture(given.only, tries=given.tries, seed=given.seed):
        outcomes.append(one)
        sys.stderr.write(json.dumps({"done": one.fault, "losses": len(one.losses)}) + "\n")
    say(tabulate(outcomes, tries=given.tries, seed=given.seed))
    return int(any(one.losses for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())

"""A dashboard whose extraction stops after some images, until a file says that it may go on.

python tests/browser/pages/held_dashboard.py GO [what `python -m dashboard` takes]: so a test sees
it at work, however quick or slow the machine is. It goes on while the file GO is there.
"""

import sys
import time
from pathlib import Path

from core.study import Study
from dashboard.__main__ import main

FREE_BATCHES = 2
"""After these there is a rate to be told, and nothing more is kept."""


def hold(go: Path) -> None:
    """Let nothing more be kept while there is no such file."""
    keep, kept = Study._keep, {}

    def keep_once_allowed(study, batch):
        kept[study] = kept.get(study, 0) + 1
        while kept[study] > FREE_BATCHES and not go.exists():
            time.sleep(0.02)
        keep(study, batch)

    Study._keep = keep_once_allowed


if __name__ == "__main__":
    hold(Path(sys.argv.pop(1)))
    main()

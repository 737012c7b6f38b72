"""What an engine says of shard after shard: gathered by number, and told as progress."""

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from core.progress import Progress, Watch
from core.shards.making import Making


class _Numbered(Protocol):
    @property
    def number(self) -> int:
        """Of the shard."""


Said = TypeVar("Said", bound=_Numbered)


def gather_shards(
    there: Mapping[int, Said],
    made: Iterable[Said],
    making: Making,
    *,
    stage: str,
    total: int,
    watch: Watch,
) -> dict[int, Said]:
    """What is said of all shards, by number.

    Args:
        there: of those that were done before.
        made: of the others, each as soon as it is done.
        making: of the folder.
        stage: of the progress, which counts rows.
        total: how many rows there are.
        watch: told of the progress.

    Raises:
        Cancelled: `watch` said so.
    """
    gathered = dict(there)
    done = sum(making.rows_of(number) for number in there)
    watch.step(Progress(stage, done, total))
    for said in made:
        gathered[said.number] = said
        done += making.rows_of(said.number)
        watch.step(Progress(stage, done, total))
    return gathered

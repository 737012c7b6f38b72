"""What an undo would take back, and a redo would do again: in words, and of which images."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.clusters.cluster_names import clean_name
from core.clusters.clustering import KMeansParams
from core.images import ImageSet
from core.journal.decisions import Cluster, Decision, Handmade, Row
from core.journal.history import find_action
from core.journal.journal_state import JournalState
from core.journal.portraits import Portrait


@dataclass(frozen=True, slots=True)
class Past:
    """One action of the journal.

    Attributes:
        words: what was decided.
        rows: the images that it is about, as far as they are here.
    """

    words: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Present:
    """What actions are told by.

    Attributes:
        images: the set.
        params: of the clustering that is shown.
        names: what its clusters are called, those made by hand behind the others.
        n_found: how many of them K-Means has found.
        recipe: the fingerprint of the features.
    """

    images: ImageSet
    params: KMeansParams
    names: tuple[str, ...]
    n_found: int
    recipe: str

    def has(self, portrait: Portrait) -> bool:
        """Whether the number of a cluster still means the one that was portrayed."""
        then = (portrait.params, portrait.recipe, portrait.n_images)
        return then == (self.params, self.recipe, len(self.images.ids))


def find_past(
    state: JournalState, rows: Sequence[Row], author: str, present: Present
) -> tuple[Past, Past]:
    """What this author would undo next, and what they would do again.

    Args:
        state: what holds.
        rows: of the journal.
        author: who undoes.
        present: what it is told by.
    """
    undo, redo = (stacks.get(clean_name(author), ()) for stacks in (state.undoable, state.redoable))
    return _find(undo, state, rows, present), _find(redo, state, rows, present)


def _find(stack: Sequence[str], state: JournalState, rows: Sequence[Row], present: Present) -> Past:
    if not stack:
        return Past()
    own = [row.decision for row in find_action(rows, stack[-1])]
    index = present.images.index
    there = tuple(index[one.image] for one in own if one.image in index)
    return Past(f"{_name(own, there, present)} {_tell(own[0], state, present)}".strip(), there)


def _name(own: Sequence[Decision], there: Sequence[int], present: Present) -> str:
    """Such as `7.png`, or `12 images`; nothing where it is about a cluster."""
    if own[0].image is None:
        return ""
    if len(own) > 1 or not there:
        return f"{len(own):,} image{'' if len(own) == 1 else 's'}"
    record = present.images.by_id[own[0].image][0]
    return PurePosixPath(record.path.replace("\\", "/")).name


def _tell(decision: Decision, state: JournalState, present: Present) -> str:
    target = decision.target
    if target is None:
        return decision.describe()
    name = _name_cluster(target, state, present)
    return decision.describe().replace(target.describe(), name, 1)


def _name_cluster(target: Cluster, state: JournalState, present: Present) -> str:
    """As it is called now, where its number still means the same."""
    if isinstance(target, Handmade) and target in state.handmade:
        number = present.n_found + state.handmade.index(target)
    elif isinstance(target, Portrait) and present.has(target):
        number = target.number
    else:
        return target.describe()
    return present.names[number] if number < len(present.names) else target.describe()

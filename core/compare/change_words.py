"""What a step between two clusterings did, in sentences.

docs/changes.md defines the words and their percentages.
"""

from collections.abc import Iterator, Sequence

from core.clusters.cluster_names import default_name
from core.compare.changes import Changes, Kept, Merge, Scattered, Split

CLEAN = 0.9
"""A split is clean where at least this share of the cluster's images went into its parts."""
SHRUNK = 0.75
"""A cluster that kept less than this share of its images has a sentence of its own."""

_NAMED = 3
"""Of a cluster that was scattered, how many of the others are named."""
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

Names = Sequence[str]


def describe(changes: Changes, names_before: Names, names_after: Names) -> list[str]:
    """What changed: splits, merges, scattered and shrunk clusters, and how many were reshuffled.

    Args:
        changes: of a step.
        names_before: what the clusters are called before it, by number.
        names_after: the same after it.
    """
    said = [
        *(_tell_split(one, names_before, names_after) for one in changes.splits),
        *(_tell_merge(one, names_before, names_after) for one in changes.merges),
        *(_tell_dissolved(one, names_before, names_after) for one in changes.dissolved),
        *(_tell_gathered(one, names_before, names_after) for one in changes.gathered),
        *(_tell_kept(one, names_before, names_after) for one in changes.kept if not _is_quiet(one)),
        *_tell_reshuffled(changes),
    ]
    if not said:
        return ["nothing changed"]
    return [*said, "nothing else changed"] if any(map(_is_quiet, changes.kept)) else said


def _is_quiet(kept: Kept) -> bool:
    return kept.before == kept.after and kept.share >= SHRUNK


def _tell_split(split: Split, before: Names, after: Names) -> str:
    how = "split cleanly" if split.cleanness >= CLEAN else "split"
    n_parts = len(split.parts)
    number = _NUMBERS[n_parts - 2] if n_parts - 2 < len(_NUMBERS) else str(n_parts)
    parts = [("a part of " if one.shared else "") + after[one.cluster] for one in split.parts]
    share = _percent(split.count, split.size)
    return f"{before[split.cluster]} {how} in {number} ({share}): {_list(parts)}"


def _tell_merge(merge: Merge, before: Names, after: Names) -> str:
    share = _percent(merge.count, merge.size)
    return f"{_name(merge.sources, before)} merged into {after[merge.cluster]} ({share})"


def _tell_dissolved(lost: Scattered, before: Names, after: Names) -> str:
    share, others = _largest_parts(lost, after)
    return f"{before[lost.cluster]} dissolved: {share} of its images went to {others}"


def _tell_gathered(new: Scattered, before: Names, after: Names) -> str:
    share, others = _largest_parts(new, before)
    return f"{after[new.cluster]} was gathered: {share} of its images came from {others}"


def _largest_parts(one: Scattered, names: Names) -> tuple[str, str]:
    parts = one.parts[:_NAMED]
    share = _percent(sum(part.count for part in parts), one.size)
    return share, _name([part.cluster for part in parts], names)


def _tell_kept(kept: Kept, before: Names, after: Names) -> str:
    share = _percent(kept.count, kept.size)
    if kept.before != kept.after:
        return f"{before[kept.before]} became {after[kept.after]} ({share})"
    return f"{before[kept.before]} kept {share} of its images"


def _tell_reshuffled(changes: Changes) -> Iterator[str]:
    count = changes.n_reshuffled
    if count:
        images = "1 image was" if count == 1 else f"{count:,} images were"
        yield f"{images} reshuffled ({_percent(count, changes.n_images)})"


def _percent(count: int, total: int) -> str:
    """Rounded down, to a tenth below 10 %: so 100 % is all, and what is 90 % counts as 90 %."""
    tenths = 1000 * count // total
    if tenths >= 100:  # noqa: PLR2004 - 10 %
        return f"{tenths // 10} %"
    return f"{tenths / 10} %" if tenths else "under 0.1 %"


def _name(clusters: Sequence[int], names: Names) -> str:
    """Several clusters: `clusters 2 and 5` where nobody has named them."""
    called = [names[cluster] for cluster in clusters]
    if len(called) > 1 and called == [default_name(cluster) for cluster in clusters]:
        return f"clusters {_list([str(cluster) for cluster in clusters])}"
    return _list(called)


def _list(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last

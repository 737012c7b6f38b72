"""What the curves over k say, and how sure that is, in one to three plain sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.measures.curves import CHANCE, read_curves
from core.measures.findings import ENOUGH, STABLE, Findings, runs_of
from core.measures.quality import Quality
from core.measures.stability import Stability

_ALL_THE_SAME = 0.99
_NO_AGREEMENT = 0.1
"""An adjusted Rand index to the labels that is hardly more than chance."""

_SEPARATION = {
    "strong": "The groups lie clearly apart",
    "reasonable": "The groups lie mostly apart",
    "weak": "The groups border on each other",
    "overlapping": "The groups overlap",
    "none": "Even at the best k, images lie about as near to the next group as to their own",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What the curves over the k measured so far say.

    Attributes:
        findings: what was found.
        text: the same in words, for people who know nothing of the measures.
    """

    findings: Findings
    text: str


def advise(qualities: Mapping[int, Quality], stabilities: Mapping[int, Stability]) -> Advice:
    """Advice from the measures of every k measured so far, gaps allowed.

    Args:
        qualities: by k.
        stabilities: by k; those of some or all may be missing.
    """
    findings = read_curves(qualities, stabilities)
    return Advice(findings, put_into_words(findings))


def put_into_words(found: Findings) -> str:
    """One to three sentences on the groups, and one on the labels where there are some."""
    if not found.measured:
        return (
            "No k can be judged yet: that takes two groups or more of images that differ, "
            "and fewer groups than images."
        )
    said = [_finding(found), _how_sure(found), _caveats(found), _labels(found)]
    return " ".join(f"{one}." for one in said if one)


def _finding(found: Findings) -> str:
    """Which k are good, which are stable, and where chance begins."""
    if len(found.measured) < ENOUGH:
        return _of_few(found)
    return "; ".join(one for one in (_best(found), _stable(found), _chance(found)) if one)


def _of_few(found: Findings) -> str:
    if len(found.measured) == 1:
        return f"Only {found.measured[0]} is measured: there is nothing to compare it with yet"
    start = f"Only {_list(found.measured)} are measured, too few to read the curves"
    if not found.equally_good:
        return f"{start}; none of them shows clear groups"
    verb = "has" if len(found.equally_good) == 1 else "have"
    return f"{start}; of these {_list(found.equally_good)} {verb} the best silhouette"


def _best(found: Findings) -> str:
    if not found.equally_good:
        return "No k stands out, for the images form no clear groups"
    good = _list(found.equally_good)
    if found.stands_out:
        favours = 1 + sum(k == found.stands_out for k in found.votes.values())
        share = "all" if favours > len(found.votes) else f"{favours} of"
        return f"{good} stands out in {share} {1 + len(found.votes)} curves"
    if found.is_flat:
        return f"No k stands out: {good} are equally good"
    return f"{good} {'has the best silhouette' if good.isdigit() else 'are equally good'}"


def _stable(found: Findings) -> str:
    if not found.stable:
        return ""
    too = " too" if found.certainty is not None and found.certainty >= STABLE else ""
    return f"{_list(found.stable)} {'is' if len(found.stable) == 1 else 'are'} stable{too}"


def _chance(found: Findings) -> str:
    measured, up_to, onwards = found.measured, found.chance_up_to, found.chance_from
    if onwards == measured[0]:
        return "at every k the groups depend on chance"
    where = []
    if up_to is not None:
        where.append(f"below {up_to + 1}" if up_to + 1 in measured else f"up to {up_to}")
    if onwards is not None:
        where.append(f"above {onwards - 1}" if onwards - 1 in measured else f"from {onwards} on")
    return f"{' and '.join(where)} the groups depend on chance" if where else ""


def _how_sure(found: Findings) -> str:
    text = _SEPARATION[found.separation]
    if found.separation == "none":
        return text + _of_stable_cuts(found)
    text += _of_seeds(found)
    if found.separation == "overlapping":
        text += ": take k as how finely to sort the images, not as a fact about them"
    return text


def _of_stable_cuts(found: Findings) -> str:
    if not found.stable:
        return ""
    return ": a stable k cuts them at the same place each time, but not at a gap"


def _of_seeds(found: Findings) -> str:
    """Whether chance would have it otherwise, at the k that are equally good."""
    sure = found.certainty
    if sure is None:
        return ", and whether another seed finds the same ones is not measured yet"
    if sure >= STABLE:
        return f", and every seed finds {'' if sure >= _ALL_THE_SAME else 'almost '}the same ones"
    where = "" if found.unsteady == found.equally_good else f"at {_list(found.unsteady)} "
    what = "moves some images" if sure >= CHANCE else "finds others"
    but = "but" if where or found.separation in {"strong", "reasonable"} else "and"
    return f", {but} {where}another seed {what}"


def _caveats(found: Findings) -> str:
    """What speaks against it: curves that disagree, values of k that are not there."""
    if len(found.measured) < ENOUGH:
        return ""
    parts = _halves(found), _disagreement(found), _edges(found), _gaps(found)
    said = [one for one in parts if one]
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def _disagreement(found: Findings) -> str:
    named = {*found.equally_good, *found.stable}
    votes = found.votes
    if not found.equally_good or len(votes) < 2 or named & {*votes.values()}:  # noqa: PLR2004
        return ""
    others = _join([f"{name} to {k}" for name, k in votes.items()])
    return f"the other curves point elsewhere: {others}"


def _halves(found: Findings) -> str:
    is_doubtful = found.equally_good == (2,) and not found.stands_out
    return "one cloud without a gap, cut in half, looks the same" if is_doubtful else ""


def _edges(found: Findings) -> str:
    lowest, highest = found.measured[0], found.measured[-1]
    if found.is_flat:
        return ""
    if highest in found.equally_good and not found.is_complete:
        return f"{highest} is the largest k measured, and more may be as good"
    if lowest in found.equally_good and lowest > 2:  # noqa: PLR2004 - there are no fewer
        return f"{lowest} is the smallest k measured, and fewer may be as good"
    return ""


def _gaps(found: Findings) -> str:
    n_gaps, ends = found.n_gaps, f"between {found.measured[0]} and {found.measured[-1]}"
    return f"{n_gaps} k {ends} {'is' if n_gaps == 1 else 'are'} not measured yet" if n_gaps else ""


def _labels(found: Findings) -> str:
    if not found.label_agreement or len(found.measured) == 1:  # none, or all the same
        return ""
    index = f"adjusted Rand index {found.label_agreement:.2f}"
    if found.label_agreement < _NO_AGREEMENT:
        return f"No k agrees with the labels ({index} at best)"
    return f"The labels agree best with {_list(found.label_choice)} ({index})"


def _list(ks: Sequence[int]) -> str:
    """Such as `3, 5 to 7 and 9`: a run of three or more by its ends."""
    parts: list[str] = []
    for run in runs_of(ks):
        short = [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(k) for k in run]  # noqa: PLR2004
        parts += short
    return _join(parts)


def _join(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)

"""A cache file whose bytes change, as on a failing disk: never is a wrong value taken from it."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.errors import CoreError
from core.study import Study, open_study
from faults import jobs
from faults.outcomes import Outcome

NAME = "flips"
_N_IMAGES, _K = 12, (2, 3, 4)
_ATTEMPTS = 5
_VECTOR = "vector "
_BURSTS = (1, 2, 16, 512, 4096)
"""How many bytes in a row change: from one to a page."""

Values = dict[str, NDArray[Any] | bytes | str | None]
"""What was taken from a cache, under its name; a picture that is to be drawn anew is None."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken from a cache.

    Attributes:
        values: each under its name.
        remade: names of the vectors that were computed anew since the damage: the same but for
            rounding, which follows from how many images are in the network at once.
    """

    values: Values
    remade: frozenset[str]


class _WatchedCache(Cache):
    """Knows of which images the vectors were computed."""

    def __init__(self, path: Path, made: set[str]) -> None:
        super().__init__(path)
        self._made = made

    def remember_features(self, key: str, features: Mapping[str, Any], seen: Any) -> None:
        """Keep one batch."""
        super().remember_features(key, features, seen)
        self._made.update(_VECTOR + one for one in features)


def torture(folder: Path, tries: int, seed: int) -> Iterable[Outcome]:
    """Bytes changed before the file is opened, and while it is open."""
    logging.getLogger("core").setLevel(logging.ERROR)  # it warns of each damaged file
    torch.set_num_threads(1)
    images = jobs.make_images(folder / "images", seed=seed, n_images=_N_IMAGES)
    calm = folder / "calm.sqlite"
    expected = _take(calm, images, set()).values
    data = calm.read_bytes()
    for when in ("before it is opened", "while it is open"):
        draw = random.Random(f"{seed} {NAME} {when}")  # noqa: S311 - nothing is secret
        losses, became = list[str](), Counter[str]()
        for number in range(tries):
            path = folder / f"{when.partition(' ')[0]}-{number}.sqlite"
            place, damaged = damage(data, draw)
            path.write_bytes(data)
            take = _taker(path, images, damaged, is_open=when.startswith("while"))
            outcome, wrong = follow(take, expected)
            became[outcome] += 1
            losses += [f"{place}: {one}" for one in wrong]
        note = ", ".join(f"{count} {words}" for words, count in became.most_common())
        yield Outcome(NAME, f"bytes of the cache file change {when}", tries, tuple(losses), note)


def damage(data: bytes, draw: random.Random) -> tuple[str, bytes]:
    """A file with some bytes in a row that are others, and where."""
    length = draw.choice(_BURSTS)
    # A quarter of them where the lists of the tables and of the places are.
    end = 8192 if draw.random() < 0.25 else len(data)  # noqa: PLR2004
    at = draw.randrange(end)
    stop = min(at + length, len(data))
    other = bytes(byte ^ draw.randint(1, 255) for byte in data[at:stop])
    return f"{len(other)} bytes at {at}", data[:at] + other + data[stop:]


def follow(take: Callable[[], Taken], expected: Values) -> tuple[str, list[str]]:
    """Take all until it is there again. Returns what became of it, and what was wrong.

    A CoreError is a sentence for a user, who then tries again; nothing else may be raised, and what
    is given is right.
    """
    said = ""
    for _ in range(_ATTEMPTS):
        try:
            taken = take()
        except CoreError as error:
            said = str(error)
            continue
        except Exception as error:
            return "crashed", [f"{type(error).__name__}: {error}"]
        wrong = compare(taken.values, expected, taken.remade)
        if wrong:
            return "misread", [f"{one} is another" for one in wrong]
        if not any(value is None for value in taken.values.values()):
            return _sort(said, taken.remade), []
    if "cannot use" in said or "another version" in said:
        return "refused and left as it is", []
    return "stuck", [f"stuck: {said}"]


def compare(values: Values, expected: Values, remade: frozenset[str]) -> list[str]:
    """What is not as it was: bit for bit, but for what follows from vectors that were made anew."""
    wrong = [one for one in expected if one not in values]
    for name, value in values.items():
        other = expected.get(name)
        if isinstance(value, np.ndarray) and isinstance(other, np.ndarray):
            is_exact = name not in remade if name.startswith(_VECTOR) else not remade
            same = np.array_equal if is_exact else _are_close
            wrong += [name] * (not same(value, other))
        elif value is not None and value != other:
            wrong.append(name)
    return wrong


def _are_close(values: NDArray[Any], others: NDArray[Any]) -> bool:
    return values.shape == others.shape and np.allclose(values, others, rtol=1e-3, atol=1e-5)


def _sort(said: str, remade: frozenset[str]) -> str:
    if "kept as" in said or len(remade) >= _N_IMAGES:
        return "set aside and made anew"
    if said:
        return "said and made anew"
    return "quietly made anew" if remade else "no value hit, or a result made anew"


def _taker(path: Path, images: Path, damaged: bytes, *, is_open: bool) -> Callable[[], Taken]:
    """Takes from the damaged file; at the first time the damage may come while it is open."""
    made = set[str]()
    if not is_open:
        path.write_bytes(damaged)
        return lambda: _take(path, images, made)
    pending = [damaged]

    def strike() -> None:
        if pending:
            with path.open("r+b") as file:
                file.write(pending.pop())

    return lambda: _take(path, images, made, meanwhile=strike)


def _take(
    path: Path, images: Path, made: set[str], meanwhile: Callable[[], object] = lambda: None
) -> Taken:
    """All that users get to see of it, computed where it is not there."""
    with closing(_WatchedCache(path, made)) as cache:
        study = open_study(jobs.study_params(images), cache)
        meanwhile()
        study.extract()
        study.inspect()
        values: Values = {"images": repr(study.images.records)}
        values |= dict(
            zip((_VECTOR + one for one in study.images.ids), _vectors(study), strict=True)
        )
        values["reduction"] = study.reduction.values
        for k in _K:
            found = study.cluster(KMeansParams(k))
            values[f"labels {k}"], values[f"medoids {k}"] = found.labels, found.medoids
            values[f"inertia {k}"] = np.array(found.inertia)
        pictures = cache.thumbnails(study.images.ids)
        values |= {f"picture {one}": pictures.get(one) for one in study.images.ids}
        return Taken(values, frozenset(made))


def _vectors(study: Study) -> NDArray[np.float32]:
    """Shape (n, n_features)."""
    n_features = study.recipe.cut.n_features
    key, ids = study.recipe.fingerprint, study.images.ids
    return study.cache.features(key, ids, dtype=np.float32, n_features=n_features)

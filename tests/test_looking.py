"""Images looked at once, and what was found out about them kept where it belongs."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from seeded import SEEDED, png

from core.images import identify
from core.inside import looking as module
from core.inside.looking import Looking
from core.pictures.decoding import ImageProblem
from core.recipe import StudyParams
from core.study import open_study


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    for seed in range(3):
        (tmp_path / "in" / f"{seed}.png").write_bytes(png(seed))
    return tmp_path / "in"


@pytest.fixture
def study(folder, cache):
    return open_study(StudyParams(str(folder), weights="embedded", device="cpu"), cache)


@pytest.fixture
def looking(study):
    return Looking(study)


@pytest.fixture
def passes(looking, monkeypatch):
    """Counts the passes through the network."""
    done, go = [], looking.network.all_maps
    monkeypatch.setattr(looking.network, "all_maps", lambda square: done.append(1) or go(square))
    return done


def contents(cache):
    with cache.transaction() as db:
        return list(db.iterdump())


def test_an_image_is_the_same_by_its_id_and_by_its_bytes(looking, study, passes):
    by_id = looking.look(study.images.ids[1])
    by_bytes = looking.look(png(1))
    assert by_id is by_bytes
    assert len(passes) == 1
    assert looking.row_of(png(1)) == looking.row_of(identify(png(1))) == 1
    assert looking.row_of(png(9)) is None


def test_the_last_two_images_are_at_hand(looking, passes):
    for seed in (0, 1, 0, 9, 0):  # 9 takes the place of 1, which was asked for longest ago
        looking.look(png(seed))
    assert len(passes) == 3
    looking.look(png(1))
    assert len(passes) == 4


def test_two_who_ask_at_once_wait_for_one_pass(looking, passes):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(looking.look, [png(0)] * 4))
    assert len(passes) == 1
    assert all(one is found[0] for one in found)


def test_an_unreadable_image_is_refused_and_the_next_is_not(looking):
    with pytest.raises(ImageProblem, match="not an image"):
        looking.look(b"no image")
    with pytest.raises(ImageProblem, match="is not in this source"):
        looking.look("0" * 64)
    assert looking.look(png(0)).square.shape == (64, 64, 3)


def test_what_cannot_be_read_now_is_left_out(looking, folder):
    (folder / "1.png").unlink()
    assert list(looking.squares([0, 1, 2])) == [0, 2]
    assert np.array_equal(looking.squares([2])[2], looking.square(png(2)))
    with pytest.raises(ImageProblem):
        looking.squares([1])
    assert looking.squares([]) == {}


def made(value):
    return lambda: ({"value": value}, {"array": np.full(2, value)})


def test_what_is_found_about_an_image_of_the_set_is_kept_in_the_file(looking, study):
    looking.keep("test", study.images.ids[0], {"k": 2}, made(1))
    facts, arrays = Looking(study).keep("test", png(0), {"k": 2}, made(2))
    assert facts == {"value": 1}
    assert arrays["array"].tolist() == [1, 1]


def test_what_is_found_about_the_set_is_kept_too(looking, study):
    looking.keep("test", None, {"k": 2}, made(1))
    assert Looking(study).keep("test", None, {"k": 2}, made(2))[0] == {"value": 1}


def test_of_an_image_from_outside_nothing_is_kept_but_in_memory(looking, study, cache):
    before = contents(cache)
    assert looking.keep("test", png(9), {}, made(1))[0] == {"value": 1}
    assert looking.keep("test", png(9), {}, made(2))[0] == {"value": 1}
    assert contents(cache) == before
    assert Looking(study).keep("test", png(9), {}, made(3))[0] == {"value": 3}


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "other"},
        {"parts": {"k": 3}},
        {"image": 1},
        {"weights": "imagenet"},
        {"size": 96},
        {"transform": "imagenet"},
        {"code": 9},
    ],
)
def test_whatever_makes_a_result_is_part_of_its_key(other, study, folder, cache, monkeypatch):
    usual = {"weights": "embedded", "transform": "embedded", "size": 64}

    def keep(value, *, kind="test", parts=None, image=0, **asked):
        code = asked.pop("code", 1)
        monkeypatch.setattr(module, "INSIDE_VERSION", code)
        params = StudyParams(str(folder), device="cpu", **{**usual, **asked})
        if params.weights == "imagenet":  # which lie on no test's disk
            monkeypatch.setattr("core.network.pretrained._imagenet", lambda *_: SEEDED)
        opened = Looking(open_study(params, cache))
        return opened.keep(kind, study.images.ids[image], parts or {"k": 2}, made(value))[0]

    assert keep(1) == keep(2) == {"value": 1}
    assert keep(3, **other) == {"value": 3}

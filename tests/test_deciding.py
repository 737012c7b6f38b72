"""Deciding about a study: by rows and numbers, applied to its clusterings, carried from k to k."""

import shutil

import numpy as np
import pytest

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.clusters.edits import Merge
from core.compare.comparison import compare
from core.errors import CoreError
from core.journal.deciding import Deciding
from core.journal.decisions import Kind
from core.journal.journal import Overtaken
from core.recipe import StudyParams
from core.study import open_study

TWO, THREE, FOUR = (KMeansParams(k) for k in (2, 3, 4))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Twelve images of one colour each, and a cache that holds their features."""
    from PIL import Image  # noqa: PLC0415 - where it is needed

    folder = tmp_path_factory.mktemp("deciding")
    for i in range(4):
        for name, color in {
            "red": (150 + 20 * i, 5 * i, 0),
            "green": (0, 130 + 20 * i, 5 * i),
            "blue": (5 * i, 0, 140 + 20 * i),
        }.items():
            (folder / "photos").mkdir(exist_ok=True)
            Image.new("RGB", (40, 30), color).save(folder / "photos" / f"{name} {i}.png")
    with Cache(folder / "cache.sqlite") as cache:
        open_it(folder, cache).extract()
    return folder


def open_it(folder, cache):
    source = str(folder / "photos")
    params = StudyParams(source, weights="embedded", device="cpu", precision="fp32")
    return open_study(params, cache)


@pytest.fixture
def study(photos, tmp_path):
    shutil.copy(photos / "cache.sqlite", tmp_path / "cache.sqlite")
    with Cache(tmp_path / "cache.sqlite") as cache:
        yield open_it(photos, cache)


@pytest.fixture
def ada(study):
    return Deciding(study, author="ada")


def row_of(study, name):
    (record,) = (one for one in study.images.records if one.path == f"{name}.png")
    return study.images.index[record.id]


def number_of(study, name, params=THREE):
    return int(study.clusters(params)[row_of(study, name)])


def label_of(deciding, name, params=THREE):
    return int(deciding.corrected(params).labels[row_of(deciding.study, name)])


def test_the_three_colours_are_the_three_clusters(study):
    for color in ("red", "green", "blue"):
        assert len({number_of(study, f"{color} {i}") for i in range(4)}) == 1


def test_who_is_moved_is_in_the_other_cluster_also_at_another_k(ada, study):
    rows = [row_of(study, "red 0"), row_of(study, "red 1")]
    added = ada.move(THREE, rows, to=number_of(study, "blue 0"), seen=0)
    assert [row.decision.kind for row in added] == [Kind.MOVE] * 2
    assert [row.author for row in added] == ["ada"] * 2
    assert added[0].decision.origin.number == number_of(study, "red 0")
    for params in (TWO, THREE, FOUR):
        blues = {label_of(ada, f"blue {i}", params) for i in range(4)}
        assert label_of(ada, "red 0", params) in blues
        assert label_of(ada, "red 3", params) == number_of(study, "red 3", params)
    assert ada.corrected(THREE).moved.sum() == 2


def test_a_bulk_is_undone_in_one_go(ada, study):
    rows = [row_of(study, f"red {i}") for i in range(4)]
    ada.move(THREE, rows, to=number_of(study, "blue 0"), seen=0)
    ada.undo(seen=ada.state.seq)
    assert not ada.corrected(THREE).moved.any()
    ada.redo(seen=ada.state.seq)
    assert ada.corrected(THREE).moved.sum() == 4


def test_a_new_cluster_can_be_filled_named_and_left_again(ada, study):
    first, second = row_of(study, "red 0"), row_of(study, "blue 0")
    ada.move(THREE, [first], to=None, seen=ada.state.seq)
    assert label_of(ada, "red 0") == 3
    ada.move(THREE, [second], to=3, seen=ada.state.seq)
    ada.keep(THREE, [first], seen=ada.state.seq)
    ada.name_cluster(THREE, 3, "odd ones", seen=ada.state.seq)
    ada.tag_cluster(THREE, 3, "look", seen=ada.state.seq)
    assert label_of(ada, "blue 0") == 3
    assert ada.names(THREE)[3] == "odd ones"
    assert ada.corrected(THREE).tags == {3: ("look",)}
    assert ada.names(FOUR)[4] == "odd ones"  # behind those of K-Means
    ada.move(THREE, [second], to=number_of(study, "blue 1"), seen=ada.state.seq)
    assert label_of(ada, "blue 0") == number_of(study, "blue 1")
    assert study.journal.rows[-1].decision.origin == ada.corrected(THREE).handmade[0]
    ada.untag_cluster(THREE, 3, "look", seen=ada.state.seq)
    assert ada.corrected(THREE).tags == {}


def test_a_cluster_of_k_means_is_named_like_any_other(ada, study):
    red = number_of(study, "red 0")
    ada.name_cluster(THREE, red, "reds", seen=0)
    assert study.names(THREE)[red] == ada.names(THREE)[red] == "reds"
    ada.name_cluster(THREE, red, "", seen=ada.state.seq)
    assert ada.names(THREE)[red] == f"cluster {red}"


def test_who_hands_on_the_corrected_clusters_gets_names_and_fit_of_these(ada, study):
    row = row_of(study, "red 0")
    ada.move(THREE, [row], to=None, seen=0)
    then = ada.corrected(THREE)
    ada.exclude([row], seen=ada.state.seq)
    assert ada.names(THREE, then) == ada.names(THREE)
    assert np.isfinite(ada.fit(THREE, then).own[row])  # not excluded by then
    assert np.isnan(ada.fit(THREE).own[row])  # nothing is left of its cluster


def test_images_are_excluded_and_tagged(ada, study):
    row = row_of(study, "red 0")
    ada.exclude([row], seen=0)
    ada.tag([row], "blurred", seen=0)
    assert np.flatnonzero(ada.corrected(THREE).excluded).tolist() == [row]
    assert ada.state.tags_of(study.images.ids[row]) == ("blurred",)
    ada.include([row], seen=ada.state.seq)
    ada.untag([row], "blurred", seen=ada.state.seq)
    assert not ada.corrected(THREE).excluded.any()
    assert ada.state.tags == {}


def test_two_people_see_each_other_and_overwrite_nothing_unseen(photos, ada, study):
    with Cache(study.cache.path) as cache:
        bob = Deciding(open_it(photos, cache), author="bob")
        seen = bob.state.seq
        row = row_of(study, "red 0")
        ada.move(THREE, [row], to=number_of(study, "blue 0"), seen=seen)
        with pytest.raises(Overtaken, match="by ada"):
            bob.keep(THREE, [row], seen=seen)
        assert label_of(bob, "red 0") == number_of(study, "blue 0")
        bob.keep(THREE, [row], seen=bob.state.seq)
        assert ada.state.placements[study.images.ids[row]].author == "bob"


def test_several_are_moved_in_one_go_each_to_its_own_cluster(ada, study):
    red, blue = number_of(study, "red 0"), number_of(study, "blue 0")
    one, two, three = (row_of(study, name) for name in ("red 0", "red 1", "green 0"))
    added = ada.move_each(THREE, {one: blue, three: red, two: blue}, seen=0)
    assert [row.decision.target.number for row in added] == [blue, red, blue]
    assert added[1].decision.origin.number == number_of(study, "green 0")
    assert len({row.action for row in added}) == 1
    assert [label_of(ada, name) for name in ("red 0", "red 1", "green 0")] == [blue, blue, red]
    ada.undo(seen=ada.state.seq)
    assert not ada.corrected(THREE).moved.any()
    assert ada.move_each(THREE, {}, seen=ada.state.seq) == ()
    with pytest.raises(CoreError, match="no cluster 7"):
        ada.move_each(THREE, {one: blue, two: 7}, seen=ada.state.seq)
    assert not ada.corrected(THREE).moved.any()


@pytest.mark.parametrize("to", [-1, 3])
def test_only_clusters_that_are_there_take_images(ada, study, to):
    with pytest.raises(CoreError, match=f"no cluster {to}: choose one from 0 to 2"):
        ada.move(THREE, [0], to=to, seen=0)


def test_an_empty_cluster_of_k_means_takes_none(ada):
    merged = KMeansParams(3, edits=(Merge(2, 0),))
    assert ada.corrected(merged).n_clusters <= 3
    with pytest.raises(CoreError, match="cluster 2"):
        ada.move(merged, [0], to=2, seen=0)


def test_the_fit_with_what_was_learned_can_be_compared(ada, study):
    rows = [row_of(study, f"red {i}") for i in range(2)]
    ada.move(THREE, rows, to=number_of(study, "blue 0"), seen=0)
    ada.exclude([row_of(study, "green 3")], seen=ada.state.seq)
    made = ada.refit(THREE)
    labels = made.refit.labels
    blue = number_of(study, "blue 0")
    assert [int(labels[row]) for row in rows] == [blue, blue]
    found = compare(study.clusters(THREE), labels, shape=(3, 3), weights=study.counts)
    assert set(rows) <= set(np.flatnonzero(found.moved).tolist())
    assert made.unheeded == ()
    assert np.array_equal(labels, ada.refit(THREE).refit.labels)


def test_decisions_survive_a_restart(photos, ada, study):
    ada.move(THREE, [row_of(study, "red 0")], to=number_of(study, "blue 0"), seen=0)
    path = study.cache.path
    study.cache.close()
    with Cache(path) as cache:
        again = Deciding(open_it(photos, cache))
        assert label_of(again, "red 0") == number_of(study, "blue 0")

"""What people decided, as exports say it: of each image, and of the whole."""

import shutil

import numpy as np
import pytest
from PIL import Image

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.export.export_review import gather_reviewed, has_decisions, list_corrections
from core.export.report_tables import Correction
from core.journal.deciding import Deciding
from core.recipe import StudyParams
from core.study import open_study

TWO = KMeansParams(2)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Three red and three blue images, and their features."""
    folder = tmp_path_factory.mktemp("reviewed")
    (folder / "photos").mkdir()
    for i in range(3):
        Image.new("RGB", (40, 30), (150 + 20 * i, 5 * i, 0)).save(folder / f"photos/red{i}.png")
        Image.new("RGB", (40, 30), (5 * i, 0, 140 + 20 * i)).save(folder / f"photos/blue{i}.png")
    with Cache(folder / "cache.sqlite") as cache:
        open_it(folder, cache).extract()
    return folder


def open_it(folder, cache):
    params = StudyParams(str(folder / "photos"), weights="embedded", device="cpu", precision="fp32")
    return open_study(params, cache)


@pytest.fixture
def study(photos, tmp_path):
    shutil.copy(photos / "cache.sqlite", tmp_path / "cache.sqlite")
    with Cache(tmp_path / "cache.sqlite") as cache:
        yield open_it(photos, cache)


def row_of(study, name):
    return study.images.index[next(r.id for r in study.images.records if r.path == f"{name}.png")]


def decide(study, author, act):
    deciding = Deciding(study, author=author)
    act(deciding, deciding.state.seq)


@pytest.fixture
def reviewed(study):
    """red0 moved to the blue ones, blue1 kept, red1 moved and then excluded, blue2 tagged."""
    blue = int(study.clusters(TWO)[row_of(study, "blue0")])
    red0, red1, blue1, blue2 = (row_of(study, name) for name in ("red0", "red1", "blue1", "blue2"))
    decide(study, "ada", lambda mine, seen: mine.move(TWO, [red0, red1], to=blue, seen=seen))
    decide(study, "=bob", lambda mine, seen: mine.keep(TWO, [blue1], seen=seen))
    decide(study, "ada", lambda mine, seen: mine.exclude([red1], seen=seen))
    decide(study, "", lambda mine, seen: mine.tag([blue1, blue2], "blurry", seen=seen))
    decide(study, "ada", lambda mine, seen: mine.tag([blue2], "a; b 🌹", seen=seen))
    return study


def test_without_decisions_there_is_no_review(study):
    assert not has_decisions(study)
    assert gather_reviewed(study, TWO) is None


def test_a_name_of_a_cluster_is_no_decision_about_an_image(study):
    study.rename(TWO, 0, "roses")
    assert not has_decisions(study)


def test_what_was_undone_does_not_count(study):
    decide(study, "ada", lambda mine, seen: mine.exclude([0], seen=seen))
    assert has_decisions(study)
    decide(study, "ada", lambda mine, seen: mine.undo(seen=seen))
    assert not has_decisions(study)


def test_each_image_says_what_was_decided_by_whom_and_its_tags(reviewed):
    made = gather_reviewed(reviewed, TWO)
    told = {
        name: (one.decision, one.author, one.tags)
        for name in ("red0", "red1", "red2", "blue0", "blue1", "blue2")
        for one in [made.review.of(row_of(reviewed, name))]
    }
    assert told == {
        "red0": ("moved", "ada", ()),
        "red1": ("excluded", "ada", ()),
        "red2": ("", "", ()),
        "blue0": ("", "", ()),
        "blue1": ("kept", "=bob", ("blurry",)),
        "blue2": ("", "ada", ("blurry", "a; b 🌹")),
    }
    assert made.review.of(row_of(reviewed, "red0")).time.startswith("20")


def test_clusters_are_corrected_and_those_of_kmeans_stay_known(reviewed):
    made = gather_reviewed(reviewed, TWO)
    red0, blue0 = row_of(reviewed, "red0"), row_of(reviewed, "blue0")
    np.testing.assert_array_equal(made.review.found, reviewed.clusters(TWO))
    assert made.clusters[red0] == made.clusters[blue0] == made.review.found[blue0]
    assert made.review.found[red0] != made.review.found[blue0]
    assert np.flatnonzero(made.excluded).tolist() == [row_of(reviewed, "red1")]
    np.testing.assert_array_equal(made.fit.fit, Deciding(reviewed).fit(TWO).fit)


def test_the_whole_says_how_many_by_whom_and_up_to_where(reviewed):
    # Two moves, one keep, one exclusion and three tags hold; they are rows 1 to 7.
    assert gather_reviewed(reviewed, TWO).review.facts == {
        "clusters": "corrected",
        "decisions": 7,
        "decided_by": "=bob, ada, nobody named",
        "journal_row": 7,
    }


def test_a_cluster_that_was_made_by_hand_has_its_number_and_name(study):
    decide(study, "ada", lambda mine, seen: mine.move(TWO, [0, 1], to=None, seen=seen))
    decide(study, "ada", lambda mine, seen: mine.name_cluster(TWO, 2, "=both", seen=seen))
    made = gather_reviewed(study, TWO)
    assert made.clusters[:2].tolist() == [2, 2]
    assert made.names[2] == "=both"


def test_corrections_are_told_image_by_image(reviewed):
    blue = int(reviewed.clusters(TWO)[row_of(reviewed, "blue0")])
    names = {True: f"cluster {blue}", False: f"cluster {1 - blue}"}
    made = gather_reviewed(reviewed, TWO)
    time = {row: one.time for row, one in made.review.decided.items()}
    rows = {name: row_of(reviewed, name) for name in ("red0", "red1", "blue1", "blue2")}
    expected = [
        Correction(rows["red0"], "moved", names[False], names[True], "ada"),
        Correction(rows["red1"], "excluded", names[False], "", "ada"),
        Correction(rows["blue1"], "kept, tagged blurry", names[True], names[True], "=bob"),
        Correction(rows["blue2"], "tagged blurry, a; b 🌹", names[True], names[True], "ada"),
    ]
    told = [(o.row, o.decision, o.before, o.after, o.author) for o in list_corrections(made)]
    assert told == [
        (o.row, o.decision, o.before, o.after, o.author)
        for o in sorted(expected, key=lambda o: o.row)
    ]
    assert {o.row: o.time for o in list_corrections(made)} == time


def test_what_somebody_decides_meanwhile_is_in_it_as_a_whole(reviewed, monkeypatch):
    late, corrected = row_of(reviewed, "blue0"), Deciding.corrected
    pending = [lambda mine, seen: mine.exclude([late], seen=seen)]

    def slow(self, params):
        made = corrected(self, params)
        if pending:
            decide(reviewed, "eve", pending.pop())
        return made

    monkeypatch.setattr(Deciding, "corrected", slow)
    made = gather_reviewed(reviewed, TWO)
    assert made.excluded[late]
    assert made.review.of(late).author == "eve"
    assert made.review.facts["journal_row"] == 8

"""Names and portraits of the clusters of a study: what they survive, and those given earlier."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from core.cache import Cache, fingerprint
from core.clusters.clustering import KMeansParams
from core.errors import CoreError
from core.journal.decisions import Kind
from core.journal.journal import Overtaken
from core.recipe import StudyParams
from core.study import open_study

REDS = {f"red/{i}.png": (150 + 40 * i, 10 * i, 0) for i in range(3)}
BLUES = {f"blue/{i}.png": (0, 20 * i, 120 + 50 * i) for i in range(3)}
TWO, THREE = KMeansParams(2), KMeansParams(3)


@pytest.fixture
def folder(tmp_path, save_image):
    for name, color in (REDS | BLUES).items():
        save_image(tmp_path / "photos" / name, color)
    return tmp_path / "photos"


@pytest.fixture
def open_extracted(folder, cache):
    def opened(source=folder, in_cache=cache, **asked):
        params = StudyParams(str(source), weights="embedded", device="cpu", precision="fp32")
        study = open_study(replace(params, **asked), in_cache)
        study.extract()
        return study

    return opened


@pytest.fixture
def study(open_extracted):
    return open_extracted()


def cluster_of(study, path, params=TWO):
    (record,) = (one for one in study.images.records if one.path == path)
    return int(study.clusters(params)[study.images.index[record.id]])


def name_of(study, path, params=TWO):
    return study.names(params)[cluster_of(study, path, params)]


@pytest.fixture
def named(study):
    """With the clusters of k = 2 named after their colours."""
    for path in ("red", "blue"):
        study.rename(TWO, cluster_of(study, f"{path}/0.png"), path)
    return study


def test_names_survive_images_that_are_added(named, folder, open_extracted, save_image):
    for i in range(8):
        save_image(folder / f"blue/new {i}.png", (0, 3 * i, 140 + i))
    later = open_extracted()
    assert len(later.images.ids) == 14
    assert [name_of(later, f"{one}/0.png") for one in ("red", "blue")] == ["red", "blue"]


@pytest.mark.parametrize("other", [{"layer": "conv4"}, {"normalize": "none"}, {"seed": 7}])
def test_names_survive_other_features_and_other_seeds(named, open_extracted, other):
    later = open_extracted(**other)
    params = KMeansParams(2, other.get("seed", 42))
    assert [name_of(later, f"{one}/0.png", params) for one in ("red", "blue")] == ["red", "blue"]


def test_names_survive_a_cache_that_is_deleted(named, cache, open_extracted):
    cache.close()
    for file in cache.path.parent.glob("cache.sqlite*"):
        file.unlink()
    with Cache(cache.path) as empty:
        assert name_of(open_extracted(in_cache=empty), "red/0.png") == "red"


def test_names_go_with_a_folder_that_is_moved(named, folder, open_extracted):
    moved = folder.rename(folder.with_name("my photos"))
    assert name_of(open_extracted(moved), "red/0.png") == "red"


def test_names_stay_away_from_other_images(named, folder, open_extracted, save_image):
    other = folder.with_name("other")
    for name, (red, green, blue) in (REDS | BLUES).items():
        save_image(other / name, (red, green + 1, blue))
    assert open_extracted(other).names(TWO) == ("cluster 0", "cluster 1")


def test_naming_is_a_decision_like_any_other(named):
    journal = named.journal
    assert [row.decision.kind for row in journal.rows] == [Kind.NAME_CLUSTER] * 2
    journal.undo()
    assert name_of(named, "blue/0.png") == f"cluster {cluster_of(named, 'blue/0.png')}"
    assert name_of(named, "red/0.png") == "red"
    journal.redo()
    assert name_of(named, "blue/0.png") == "blue"


def test_a_name_that_somebody_else_gave_is_not_overwritten_unseen(study, open_extracted):
    seen = study.journal.state.seq
    open_extracted().rename(TWO, 0, "theirs", author="ada", seen=seen)
    with pytest.raises(Overtaken, match="named 'theirs' by ada"):
        study.rename(TWO, 0, "mine", author="bob", seen=seen)
    study.rename(TWO, 0, "mine", author="bob", seen=study.journal.state.seq)
    assert study.names(TWO)[0] == "mine"


def test_a_portrait_says_what_a_cluster_was_made_of(study):
    made = study.portray(THREE, 1)
    members = study.clusters(THREE) == 1
    assert (made.number, made.params, made.size) == (1, THREE, np.count_nonzero(members))
    assert made.recipe == study.recipe.fingerprint
    assert members[study.images.index[made.medoid]]
    assert made.medoid == study.images.ids[study.medoids(THREE)[1]]
    assert made.key == study.portray(THREE, 1).key != study.portray(TWO, 1).key


@pytest.mark.parametrize("cluster", [-1, 2])
def test_only_clusters_that_are_there_are_portrayed(study, cluster):
    with pytest.raises(CoreError, match=f"no cluster {cluster}: choose one from 0 to 1"):
        study.portray(TWO, cluster)


# Names that were given before there was a journal.


def keep_by_number(study, names):
    """As they were kept under what decides the number of a cluster."""
    written = [
        {"cluster": cluster, "name": name, "k": params.n_clusters, "seed": 42, "edits": ""}
        for params, cluster, name in names
    ]
    study.cache.remember_result(study._names_key, {"names": written}, {})


def keep_by_contents(study, names):
    """As they were kept under what the clusters held; and the clustering, by other numbers."""
    labels = 1 - study.cluster(TWO).labels
    facts = {"inertia": 1.5, "method": "K-Means k 2, seed 42"}
    medoids = study.cluster(TWO).medoids[::-1]
    arrays = {"labels": labels, "distances": study.cluster(TWO).distances, "medoids": medoids}
    study.cache.remember_result("an older key", facts, arrays)
    clusters = (1 - study.clusters(TWO)).astype(np.int32)
    key = fingerprint(
        kind="names",
        ids=hashlib.sha256("\n".join(study.images.ids).encode()).hexdigest(),
        clusters=hashlib.sha256(clusters.tobytes()).hexdigest(),
    )
    study.cache.remember_result(key, {"names": names}, {})


def test_names_that_went_by_number_are_taken_over(study, open_extracted):
    red = cluster_of(study, "red/0.png")
    keep_by_number(study, [(TWO, red, "red"), (THREE, 2, "third"), (THREE, 99, "nobody")])
    assert name_of(study, "red/0.png") == "red"
    assert study.names(THREE)[2] == "third"
    assert [row.author for row in study.journal.rows] == ["before the journal"] * 2
    assert open_extracted().names(TWO) == study.names(TWO)
    assert len(study.journal.rows) == 2  # once


def test_names_that_went_by_contents_are_taken_over(study, folder, open_extracted, save_image):
    blue = cluster_of(study, "blue/0.png")
    keep_by_contents(study, {str(1 - blue): "blue"})
    assert name_of(study, "blue/0.png") == "blue"
    assert name_of(study, "red/0.png") == f"cluster {1 - blue}"
    (row,) = study.journal.rows
    portrait = row.decision.target
    assert (portrait.number, portrait.size, portrait.params) == (1 - blue, 3, TWO)
    assert portrait.medoid == study.images.ids[study.medoids(TWO)[blue]]
    save_image(folder / "blue/new.png", (0, 30, 150))
    assert name_of(open_extracted(), "blue/0.png") == "blue"


def test_names_of_other_clusterings_are_left_alone(study):
    keep_by_contents(study, {"0": "x"})
    study.cache.remember_result("other", {"names": {"0": "of others"}}, {})
    arrays = {"labels": np.zeros(99, np.int32), "medoids": np.zeros(1, np.int64)}
    study.cache.remember_result("larger", {"inertia": 0.5, "method": "K-Means"}, arrays)
    study.names(TWO)
    assert [row.decision.text for row in study.journal.rows] == ["x"]


def test_a_name_given_since_is_not_overwritten_by_an_earlier_one(study, open_extracted):
    study.rename(TWO, 0, "new")
    keep_by_number(study, [(TWO, 0, "old"), (TWO, 1, "other")])
    assert open_extracted().names(TWO) == ("new", "other")


def test_what_was_taken_over_and_undone_stays_undone(study, open_extracted):
    keep_by_number(study, [(TWO, 0, "old")])
    assert study.names(TWO)[0] == "old"
    study.journal.undo(author="before the journal")
    assert open_extracted().names(TWO)[0] == "cluster 0"


def test_a_study_without_names_writes_no_file(study, cache):
    study.names(TWO)
    assert not list(cache.path.parent.glob("*.decisions.sqlite"))

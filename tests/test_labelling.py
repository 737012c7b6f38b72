"""The clusters of a folder of shards: those of memory, resumable, and nothing else is touched."""

import json
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest
from sharded import write_folder, write_values
from sklearn.metrics import silhouette_score

from core.clusters.clustering import KMeansParams, cluster
from core.clusters.streaming import StreamParams
from core.engines.labelling import group_shards
from core.engines.local_engine import LocalEngine
from core.errors import Cancelled, CoreError
from core.progress import Watch
from core.shards import cluster_fit
from core.shards.cluster_fit import FitParams
from core.shards.cluster_labels import Labeller
from core.shards.shards import Shards

GENERATOR = np.random.default_rng(0)
VALUES = GENERATOR.normal(size=(60, 4)).astype(np.float32)
BROKEN = (0, 25, 59)
READABLE = [n for n in range(60) if n not in BROKEN]
UNIT = VALUES / np.linalg.norm(VALUES, axis=1, keepdims=True)
STREAM = StreamParams(4, seed=3)
NAME = "clusters-k4-seed3"


def group(out, stream=STREAM, watch=Watch(), **options):  # noqa: B008 - frozen
    return group_shards(str(out), stream, LocalEngine(), watch=watch, **options)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Four shards of 60 images, three of them unreadable, and what was made of them."""
    out = tmp_path_factory.mktemp("shards") / "out"
    write_values(out, VALUES, 16, broken=BROKEN)
    return out, group(out)


@pytest.fixture
def copied(finished, tmp_path):
    """A copy of the same that a test may damage."""
    return shutil.copytree(finished[0], tmp_path / "copied")


def rows_of(out, name=NAME):
    return [
        row
        for path in sorted((out / name).glob("part*"))
        for row in pq.read_table(path).to_pylist()
    ]


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_within_the_sample_they_are_those_of_k_means_in_memory(finished):
    out, made = finished
    plain = cluster(UNIT[READABLE], KMeansParams(4, seed=3))
    rows = rows_of(out)
    assert [row["row"] for row in rows] == list(range(60))
    assert [rows[n]["cluster"] for n in READABLE] == plain.labels.tolist()
    np.testing.assert_allclose(
        [rows[n]["distance"] for n in READABLE], plain.distances, rtol=1e-4, atol=1e-6
    )
    assert made.sizes.tolist() == plain.sizes.tolist()
    assert made.inertia == pytest.approx(plain.inertia, rel=1e-5)
    measures = made.fit.measures
    assert measures.silhouette.value == pytest.approx(
        silhouette_score(UNIT[READABLE], plain.labels), abs=1e-5
    )
    assert (measures.silhouette.error, measures.inertia.error) == (0, 0)


def test_what_has_no_features_has_no_cluster(finished):
    rows = rows_of(finished[0])
    assert [row["row"] for row in rows if row["cluster"] is None] == list(BROKEN)
    assert [rows[n]["distance"] for n in BROKEN] == [None] * 3
    assert (rows[0]["id"], rows[1]["id"]) == (None, "id1")


def test_a_file_says_what_made_them(finished):
    out, made = finished
    facts = json.loads((out / NAME / "clusters.json").read_bytes())
    assert facts["features"] == facts["recipe"]["fingerprint"] == "f" * 32
    asked = ("n_clusters", "seed", "sample", "rounds", "normalize", "reduce")
    assert [facts[name] for name in asked] == [4, 3, 100_000, 3, "l2", "none"]
    assert (facts["n_images"], facts["n_readable"], facts["n_unreadable"]) == (60, 57, 3)
    assert (facts["sizes"], facts["inertia"]) == (made.sizes.tolist(), made.inertia)
    assert facts["silhouette"]["n_sampled"] == 57
    centroids = pq.read_table(out / NAME / facts["centroids"])
    np.testing.assert_array_equal(centroids.column("centroid").to_pylist(), made.fit.centroids)


def test_features_as_they_are_and_beyond_the_sample_by_rounds_over_all(tmp_path):
    centres = np.array([[0, 0], [40, 0], [0, 40]], dtype=np.float32)
    own = np.arange(90) % 3
    values = centres[own] + GENERATOR.normal(size=(90, 2)).astype(np.float32)
    write_values(tmp_path, values, 32)
    made = group(tmp_path, StreamParams(3, sample=30, rounds=1), normalize="none")
    rows = rows_of(tmp_path, "clusters-k3-seed42-sample30-rounds1-none")
    labels = np.array([row["cluster"] for row in rows])
    means = np.array([values[labels == label].mean(axis=0) for label in range(3)])
    assert len(set(zip(labels.tolist(), own.tolist(), strict=True))) == 3
    assert made.inertia == pytest.approx(np.square(values - means[labels]).sum(), rel=1e-4)
    estimate = made.fit.measures.inertia
    assert (estimate.n_sampled, estimate.n_images) == (30, 90)
    assert abs(estimate.value - made.inertia) < 4 * estimate.error


def test_what_is_whole_is_neither_fitted_nor_labelled_again(finished, monkeypatch):
    out, made = finished
    before = {path: path.stat().st_mtime_ns for path in (out / NAME).iterdir()}
    monkeypatch.setattr(Shards, "tables", None)
    again = group(out)
    assert (made.n_new, again.n_new) == (4, 0)
    assert (again.sizes.tolist(), again.inertia) == (made.sizes.tolist(), made.inertia)
    assert {path: path.stat().st_mtime_ns for path in (out / NAME).iterdir()} == before


def test_what_was_stopped_goes_on_with_the_same_centroids(finished, copied, monkeypatch):
    whole = bytes_of(copied / NAME)
    shutil.rmtree(copied / NAME)
    steps = []

    def stop():
        return (steps[-1].stage, steps[-1].done) == ("label", 32)

    with pytest.raises(Cancelled):
        group(copied, watch=Watch(steps.append, stop))
    assert sorted(bytes_of(copied / NAME)) == [
        "centroids.parquet",
        "part-00000.parquet",
        "part-00001.parquet",
    ]
    (copied / NAME / ".part-00002.parquet-12ab.partial").write_bytes(b"PAR1")
    monkeypatch.setattr("core.engines.labelling.fit_shards", None)
    assert group(copied).n_new == 2
    assert bytes_of(copied / NAME) == whole


def test_labels_that_were_written_and_not_told_are_not_made_again(copied, monkeypatch):
    shards, fit = Shards(str(copied)), group(copied).fit
    folder = group(copied).folder
    monkeypatch.setattr(Shards, "tables", None)
    said = Labeller(shards, FitParams(STREAM, "l2"), fit, folder)(2)
    assert json.loads(said)["number"] == 2


def test_other_parameters_lie_beside(finished, copied):
    before = bytes_of(copied / NAME)
    group(copied, StreamParams(4, seed=4))
    group(copied, STREAM, normalize="none")
    assert {path.name for path in copied.iterdir() if path.is_dir()} == {
        NAME,
        "clusters-k4-seed4",
        "clusters-k4-seed3-none",
    }
    assert bytes_of(copied / NAME) == before
    assert Shards(str(copied)).n_readable == 57  # they are still shards that can be opened


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("part-00002.parquet", "is half-written or damaged: delete it and start again"),
        ("centroids.parquet", "is half-written or damaged: move its folder elsewhere"),
    ],
)
def test_a_half_written_file_is_never_taken_for_a_whole_one(copied, name, reason):
    path = copied / NAME / name
    half = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(half)
    with pytest.raises(CoreError, match=rf"{name} {reason}"):
        group(copied)
    assert path.read_bytes() == half


def test_labels_of_other_centroids_are_refused(copied):
    group(copied, StreamParams(4, seed=4))
    stray = copied / "clusters-k4-seed4" / "part-00001.parquet"
    shutil.copy(stray, copied / NAME / stray.name)
    with pytest.raises(CoreError, match=r"part-00001\.parquet holds other labels than those of"):
        group(copied)


def test_labels_of_features_that_have_changed_are_refused(copied):
    write_values(copied, VALUES, 16, broken=BROKEN[:1])
    with pytest.raises(
        CoreError, match=rf"{NAME} was made with n_readable 57, and now it is 59: move"
    ):
        group(copied)


def test_labels_of_as_many_images_with_other_features_are_refused(copied):
    write_values(copied, VALUES, 16, broken=BROKEN)
    assert group(copied).n_new == 0  # the very same
    write_values(copied, VALUES + 1, 16, broken=BROKEN)
    with pytest.raises(CoreError, match=rf"{NAME} was made of other images or features "):
        group(copied)


def test_labels_of_before_that_do_not_tell_their_content_are_taken_over(tmp_path, monkeypatch):
    def describe(*given):
        return {name: value for name, value in told(*given).items() if name != "content"}

    told = cluster_fit.describe_making
    write_values(tmp_path, VALUES, 16, broken=BROKEN)
    with monkeypatch.context() as before:
        before.setattr(cluster_fit, "describe_making", describe)
        assert group(tmp_path).n_new == 4
    assert group(tmp_path).n_new == 0


@pytest.fixture
def unnoticed(copied, monkeypatch):
    """What changes in the shards is not seen by their content."""
    monkeypatch.setattr(Shards, "content", Shards(str(copied)).content)


@pytest.mark.usefixtures("unnoticed")
def test_labels_of_a_shard_of_which_others_are_readable_now_are_refused(copied):
    write_values(copied, VALUES, 16, broken=(17, 25, 59))  # as many in all
    with pytest.raises(CoreError, match=r"part-00000\.parquet holds other labels than those of"):
        group(copied)


@pytest.mark.parametrize(
    ("broken", "k", "reason"),
    [
        (range(5), 1, r"none of the 5 images of \S+ has features: extract others"),
        ((0,), 5, "k = 5 is more than the 4 images: choose a smaller --k"),
    ],
)
def test_too_few_images_are_told_before_any_work(tmp_path, broken, k, reason):
    write_folder(tmp_path, broken=broken)
    with pytest.raises(CoreError, match=reason):
        group(tmp_path, StreamParams(k))
    assert not list(tmp_path.glob("clusters*"))


def test_more_clusters_than_images_that_differ_are_refused(tmp_path):
    write_values(tmp_path, np.ones((5, 2), dtype=np.float32), 2)
    with pytest.raises(CoreError, match="k = 2 is too many for images that are all alike"):
        group(tmp_path, StreamParams(2))


def test_shards_that_are_missing_are_told(tmp_path):
    write_folder(tmp_path, numbers=[0, 2])
    with pytest.raises(CoreError, match="lacks 1 of its 3 shards: extract again"):
        group(tmp_path)


def test_features_that_are_no_numbers_are_told(tmp_path):
    write_values(tmp_path, np.array([[1, np.nan], [1, 2]], dtype=np.float32), 2)
    with pytest.raises(CoreError, match="features that are not finite numbers"):
        group(tmp_path, StreamParams(1))


def test_an_address_that_cannot_be_written_is_told_before_any_work(tmp_path, monkeypatch):
    write_folder(tmp_path)

    def deny(*_):
        raise PermissionError

    monkeypatch.setattr("fsspec.implementations.local.LocalFileSystem.pipe_file", deny)
    monkeypatch.setattr("core.engines.labelling.fit_shards", None)
    with pytest.raises(CoreError, match=r"cannot be written: access is denied"):
        group(tmp_path)


@pytest.mark.usefixtures("unnoticed")
def test_features_that_have_become_no_numbers_get_no_labels(copied):
    write_values(copied, np.full_like(VALUES, np.nan), 16, broken=BROKEN)
    (copied / NAME / "part-00000.parquet").unlink()
    with pytest.raises(CoreError, match="features that are not finite numbers"):
        group(copied)
    assert not (copied / NAME / "part-00000.parquet").exists()


def test_one_cluster_of_one_image(tmp_path):
    write_values(tmp_path, np.ones((1, 2), dtype=np.float32), 1)
    made = group(tmp_path, StreamParams(1))
    assert (made.sizes.tolist(), made.inertia, made.fit.measures.silhouette) == ([1], 0, None)
    assert rows_of(tmp_path, "clusters-k1-seed42")[0]["cluster"] == 0

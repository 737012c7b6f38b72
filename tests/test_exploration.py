"""What the Explore page asks of a study, on three red and three blue images and a copy."""

import io
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.clusters.edits import Merge
from core.columns import CategoricalColumn, NumericColumn
from core.errors import CoreError
from core.pictures.decoding import ImageProblem
from core.recipe import StudyParams
from core.study import Study, open_study

REDS = {f"red/{i}.png": (150 + 40 * i, 10 * i, 0) for i in range(3)}
BLUES = {f"blue/{i}.png": (0, 20 * i, 120 + 50 * i) for i in range(3)}
TWO, ONE = KMeansParams(2), KMeansParams(1)


@pytest.fixture
def folder(tmp_path, save_image):
    for name, color in (REDS | BLUES).items():
        save_image(tmp_path / "photos" / name, color)
    shutil.copy(tmp_path / "photos/red/1.png", tmp_path / "photos/red/copy of 1.png")
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


def paths_of(study, rows):
    return [study.images.by_id[study.images.ids[row]][0].path for row in rows]


def row_of(study, path):
    (record,) = (one for one in study.images.records if one.path == path)
    return study.images.index[record.id]


def png(color, size=(40, 30)):
    data = io.BytesIO()
    Image.new("RGB", size, color).save(data, "PNG")
    return data.getvalue()


def test_each_distinct_image_has_the_cluster_of_its_rows(study):
    clusters = study.clusters(TWO)
    assert clusters.shape == (6,)
    for record, label in zip(study.images.readable, study.cluster(TWO).labels, strict=True):
        assert clusters[study.images.index[record.id]] == label


def test_centroids_are_the_means_of_all_rows_and_fit_follows(study):
    made = study.fit(TWO)
    rows = [study.images.index[record.id] for record in study.images.readable]
    values, labels = study.reduction.values[rows], study.cluster(TWO).labels
    for cluster in (0, 1):
        expected = values[labels == cluster].mean(axis=0)
        np.testing.assert_allclose(made.centroids[cluster], expected, atol=1e-6)
    assert made.fit.shape == (6,)
    assert (made.rivals == 1 - study.clusters(TWO)).all()
    assert np.isnan(study.fit(ONE).fit).all()


def test_fit_is_kept(open_extracted, study, monkeypatch):
    expected = study.fit(TWO)
    monkeypatch.setattr("core.exploration.measure_fit", None)  # computing anew would fail
    again = open_extracted().fit(TWO)
    assert np.array_equal(again.fit, expected.fit)
    assert np.array_equal(again.rivals, expected.rivals)


def test_facts_of_clusters(study):
    red, blue = sorted(study.cluster_facts(TWO), key=lambda one: -one.size)
    assert (red.size, red.label, red.purity) == (4, "red", 1)
    assert (blue.size, blue.label, blue.purity) == (3, "blue", 1)
    assert set(paths_of(study, blue.typical)) == set(BLUES)
    assert study.cluster(TWO).sizes[red.cluster] == 4
    assert (
        study.images.readable[study.cluster(TWO).medoids[red.cluster]].id
        == (study.images.ids[red.medoid])
    )


def test_an_imbalance_is_told_by_name(study, folder, open_extracted):
    assert study.imbalance(TWO) == ""
    for i in range(30):
        shutil.copy(folder / "red/0.png", folder / f"red/again {i}.png")
    study = open_extracted()
    crowded = int(study.clusters(TWO)[row_of(study, "red/0.png")])
    study.rename(TWO, crowded, "reds")
    assert study.imbalance(TWO).startswith("34 of 37 images are in reds: ")


def test_density_of_each_distinct_image(study):
    density = study.density()
    values = study.reduction.values.astype(float)
    every = np.linalg.norm(values[:, None] - values[None], axis=2)
    mean = every.sum(axis=1) / 5  # all others are neighbours
    np.testing.assert_allclose(density, np.median(mean) / (np.median(mean) + mean), rtol=1e-4)


def test_duplicates(study):
    found = study.duplicates()
    row = row_of(study, "red/1.png")
    assert found.copies == {row: ("red/1.png", "red/copy of 1.png")}


def test_text_is_found_in_paths_and_labels(study):
    assert paths_of(study, study.search_text("BLUE 2")) == ["blue/2.png"]
    assert paths_of(study, study.search_text("copy")) == ["red/1.png"]


def test_a_new_image_finds_those_like_it_and_their_cluster(study):
    match = study.search_image(png((0, 21, 172), size=(50, 80)), 3, TWO)
    assert paths_of(study, match.rows)[0] == "blue/1.png"
    assert set(paths_of(study, match.rows)) == set(BLUES)
    assert (np.diff(match.distances) >= 0).all()
    assert match.cluster == study.clusters(TWO)[row_of(study, "blue/0.png")]
    assert match.rival == 1 - match.cluster
    assert 0 < match.fit < 1
    assert match.row is None


@pytest.mark.parametrize("reduce", [None, 3])
def test_a_picture_of_the_set_in_another_file_is_found_at_its_place(open_extracted, reduce):
    study = open_extracted(reduce=reduce)
    row = row_of(study, "red/2.png")
    data = io.BytesIO()
    Image.new("RGB", (40, 30), REDS["red/2.png"]).save(data, "BMP")
    match = study.search_image(data.getvalue(), 2, TWO)
    assert (match.row, match.rows[0]) == (None, row)
    assert match.distances[0] == pytest.approx(0, abs=1e-5)
    assert match.fit == pytest.approx(study.fit(TWO).fit[row], abs=1e-4)


def test_an_image_of_the_set_needs_no_network(study, folder, monkeypatch):
    monkeypatch.setattr(Study, "_extractor", None)
    row = row_of(study, "red/0.png")
    match = study.search_image((folder / "red/0.png").read_bytes(), 2, TWO)
    assert (match.row, match.rows[0], match.distances[0]) == (row, row, 0)
    assert match.cluster == study.clusters(TWO)[row]
    assert match.fit == pytest.approx(study.fit(TWO).fit[row])


def test_an_image_of_the_set_is_found_in_the_cluster_that_it_is_in(study, folder, monkeypatch):
    moved = 1 - study.clusters(TWO)
    study.fit(TWO)
    monkeypatch.setattr(Study, "clusters", lambda *_: moved)
    match = study.search_image((folder / "red/0.png").read_bytes(), 2, TWO)
    assert match.cluster == moved[match.row]


def test_a_searched_image_becomes_no_part_of_the_set_or_the_cache(study, cache):
    def contents():
        with cache.transaction() as db:
            return list(db.iterdump())

    study.fit(TWO)
    before, ids = contents(), study.images.ids
    study.search_image(png((1, 2, 3)), 2, TWO)
    assert contents() == before
    assert study.images.ids == ids


def test_the_network_is_loaded_once_for_all_searches(study, monkeypatch):
    loaded = []
    load = Study._extractor
    monkeypatch.setattr(Study, "_extractor", lambda self: loaded.append(self) or load(self))
    for shade in (1, 2, 3):
        study.search_image(png((shade, 0, 0)), 1, TWO)
    assert loaded == [study]


def test_an_image_over_the_limits_is_refused_with_the_reason(study, monkeypatch):
    data = png((1, 2, 3), size=(50, 80))
    monkeypatch.setenv("GROUPSIGHT_MAX_PIXELS", "3999")
    with pytest.raises(ImageProblem, match=r"^50 x 80 pixels, over the limit of 3,999: raise it"):
        study.search_image(data, 2, TWO)
    monkeypatch.setenv("GROUPSIGHT_MAX_FILE_SIZE", "99")
    with pytest.raises(ImageProblem, match=r"^the file has [0-9]+ bytes, over the limit of 99 byt"):
        study.search_image(data, 2, TWO)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "the file is empty"), (b"no image at all", "not an image: begins with b'no image")],
)
def test_bytes_that_are_no_image_are_refused_with_the_reason(study, data, reason):
    with pytest.raises(ImageProblem, match=reason):
        study.search_image(data, 2, TWO)


def test_a_search_before_the_features_are_there_is_refused(folder, cache):
    study = open_study(StudyParams(str(folder), weights="embedded", device="cpu"), cache)
    with pytest.raises(CoreError, match="extract first"):
        study.search_image(png((1, 2, 3)), 2, TWO)


def test_a_set_of_one_image_can_be_asked_everything(folder, open_extracted):
    shutil.rmtree(folder / "red")
    for name in ("blue/1.png", "blue/2.png"):
        (folder / name).unlink()
    study = open_extracted()
    (facts,) = study.cluster_facts(ONE)
    assert (facts.size, facts.medoid, facts.rival, facts.relative_tightness) == (1, 0, None, 1)
    assert np.isnan(study.density()).all()
    assert study.duplicates().pairs.tolist() == []
    assert study.imbalance(ONE) == ""
    match = study.search_image(png((255, 255, 255)), 5, ONE)
    assert (match.rows.tolist(), match.cluster, match.fit) == ([0], 0, None)


def test_columns_of_a_manifest_by_distinct_image(folder, open_extracted):
    rows = [
        "path,year,camera",
        "red/0.png,2019,X",
        "gone.png,1900,Z",
        "red/copy of 1.png,2020,Y",  # the first row of this image
        "red/1.png,1234,X",
        "blue/0.png,,Y",
    ]
    (folder / "list.csv").write_text("\n".join(rows), encoding="utf-8")
    study = open_extracted(folder / "list.csv")
    assert study.columns() == ("year", "camera")
    year, camera = study.column("year"), study.column("camera")
    assert isinstance(year, NumericColumn)
    assert year.values[:2].tolist() == [2019, 2020]
    assert np.isnan(year.values[2])
    assert isinstance(camera, CategoricalColumn)
    assert [camera.names[code] for code in camera.codes] == ["X", "Y", "Y"]
    with pytest.raises(CoreError, match="no column named 'size'"):
        study.column("size")


def test_a_name_survives_a_restart(study, open_extracted, cache):
    assert study.names(TWO) == ("cluster 0", "cluster 1")
    study.rename(TWO, 1, " two\nwords ")
    cache.close()
    with Cache(cache.path) as later:
        assert open_extracted(in_cache=later).names(TWO) == ("cluster 0", "two words")


def test_names_go_with_their_clusters_to_another_k(study, folder, open_extracted, save_image):
    study.rename(TWO, 0, "first")
    study.rename(KMeansParams(3), 2, "third")
    assert study.names(TWO) == ("first", "cluster 1")
    assert study.names(KMeansParams(3)) == ("first", "cluster 1", "third")
    save_image(folder / "red/new.png", (200, 100, 100))
    assert open_extracted().names(TWO) == ("first", "cluster 1")


def test_each_cluster_keeps_its_name_when_another_gets_one(study):
    study.rename(TWO, 0, "first")
    study.rename(TWO, 1, "second")
    assert study.names(TWO) == ("first", "second")


def test_names_do_not_pass_to_other_images_in_like_clusters(
    study, folder, open_extracted, save_image
):
    study.rename(TWO, 0, "first")
    study.rename(TWO, 1, "second")
    for name, (red, green, blue) in (REDS | BLUES).items():
        save_image(folder / name, (red, green + 1, blue))
    shutil.copy(folder / "red/1.png", folder / "red/copy of 1.png")
    other = open_extracted()
    assert np.array_equal(other.clusters(TWO), study.clusters(TWO))
    assert other.names(TWO) == ("cluster 0", "cluster 1")


def test_an_empty_name_restores_the_default(study):
    for name in ("a", "b", " "):
        study.rename(TWO, 0, name)
    assert study.names(TWO) == ("cluster 0", "cluster 1")


def test_a_cluster_that_is_not_there_has_no_name(study):
    with pytest.raises(CoreError, match="no cluster 2: choose one from 0 to 1"):
        study.rename(TWO, 2, "x")


def test_an_empty_cluster_has_no_name_either(study):
    merged = KMeansParams(3, edits=(Merge(0, 1),))
    with pytest.raises(CoreError, match="no images are in cluster 0"):
        study.rename(merged, 0, "x")

"""From a folder to clusters and a map: each step once, and nothing lost on the way."""

import io
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sharded import write_folder
from sklearn.cluster import KMeans

import core
from core import cache as cache_module
from core import clusterings, extraction, neighbor_search, neighborhood, results
from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.errors import Cancelled, CoreError
from core.network import vgg
from core.pictures.reading import CHANGED
from core.progress import Progress, Watch
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.study import Study, open_study

ROOT = Path(core.__file__).parent.parent
REDS = {f"red{i}.png": (150 + 40 * i, 10 * i, 0) for i in range(3)}
BLUES = {f"blue{i}.png": (0, 20 * i, 120 + 50 * i) for i in range(3)}
KMEANS, UMAP = KMeansParams(2), UMAPParams(n_neighbors=3)


@pytest.fixture
def folder(tmp_path, save_image):
    """Three red and three blue images."""
    for name, color in (REDS | BLUES).items():
        save_image(tmp_path / "photos" / name, color)
    return tmp_path / "photos"


@pytest.fixture
def open_folder(folder, cache):
    def opened(in_cache=cache, **asked):
        params = StudyParams(str(folder), weights="embedded", device="cpu", precision="fp32")
        return open_study(replace(params, **{"batch_size": 2, **asked}), in_cache)

    return opened


def extracted(study):
    study.extract()
    return study


def count_distinct(study):
    return len(np.unique(study.reduction.values, axis=0))


# Where a study finds its steps; what brings torch it takes only when it is needed.
STEPS = (results, clusterings, neighborhood, extraction, vgg, neighbor_search)


def forbid(monkeypatch, *names):
    """Let each of these steps fail, wherever the study takes it from."""

    def refuse(*_, **__):
        raise AssertionError("computed anew")

    for name in names:
        home = next(one for one in STEPS if hasattr(one, name))
        monkeypatch.setattr(home, name, refuse)


def cut_short(path, save_image):
    """A JPEG whose header is whole, and whose pixels are not."""
    save_image(path, size=(200, 200), quality=95)
    path.write_bytes(path.read_bytes()[:-300])
    return path


def test_a_folder_becomes_clusters_and_a_map(open_folder):
    study = extracted(open_folder())
    made = study.cluster(KMEANS)
    of = {
        record.path: label for record, label in zip(study.images.readable, made.labels, strict=True)
    }
    assert {of[name] for name in REDS} != {of[name] for name in BLUES}
    assert len({of[name] for name in REDS}) == len({of[name] for name in BLUES}) == 1
    assert study.project(UMAP).coordinates.shape == (6, 2)
    assert count_distinct(study) == 6


def test_features_are_normalised_and_reduced_as_the_recipe_says(open_folder):
    study = extracted(open_folder(reduce=None))
    assert study.reduction.values.shape == (6, 512)
    np.testing.assert_allclose(np.linalg.norm(study.reduction.values, axis=1), 1, rtol=1e-5)
    assert open_folder(reduce=2).reduction.values.shape == (6, 2)


def test_an_opened_study_computes_nothing_anew(open_folder, monkeypatch):
    first = extracted(open_folder())
    clusters, coordinates = first.cluster(KMEANS), first.project(UMAP).coordinates
    parts = (
        "load_state",
        "build_network",
        "reduce_features",
        "cluster",
        "find_neighbors",
        "project",
    )
    forbid(monkeypatch, *parts)
    again = extracted(open_folder())
    assert np.array_equal(again.cluster(KMEANS).labels, clusters.labels)
    assert again.cluster(KMEANS).inertia == clusters.inertia
    assert np.array_equal(again.project(UMAP).coordinates, coordinates)


def test_another_k_or_seed_is_another_result(open_folder):
    study = extracted(open_folder())
    assert len(study.cluster(KMEANS).medoids) == 2
    assert len(study.cluster(KMeansParams(3)).medoids) == 3
    maps = [study.project(replace(UMAP, seed=seed)).coordinates for seed in (1, 2)]
    assert not np.allclose(*maps)


def test_the_fingerprint_changes_with_the_images_and_with_what_makes_features(
    open_folder, folder, save_image
):
    before = open_folder().fingerprint
    others = [open_folder(layer="conv3"), open_folder(reduce=2)]
    assert len({before, *(one.fingerprint for one in others)}) == 3
    assert open_folder().fingerprint == before
    save_image(folder / "new.png", (0, 200, 0))
    assert open_folder().fingerprint != before


def test_neighbours_are_found_among_the_distinct_images(open_folder):
    study = extracted(open_folder(reduce=None))
    assert [study.neighbors(k).indices.shape for k in (2, 3)] == [(6, 2), (6, 3)]
    assert study.neighbors(2).indices[:, 0].tolist() == list(range(6))
    lengths = [study.neighbors(2, metric).distances[0, 1] for metric in ("euclidean", "cosine")]
    assert lengths[1] == pytest.approx(lengths[0] ** 2 / 2, rel=1e-3)  # of unit vectors


def test_only_new_images_are_extracted(open_folder, folder, save_image):
    extracted(open_folder())
    for name, color in {"green.png": (0, 200, 0), "grey.png": (90, 90, 90)}.items():
        save_image(folder / name, color)
    reports = []
    study = open_folder()
    assert len(study.missing()) == 2
    study.extract(Watch(reports.append))
    assert reports == [Progress("extract", 6, 8), Progress("extract", 8, 8)]


def test_what_was_extracted_before_a_stop_is_kept(open_folder):
    reports = []
    watch = Watch(reports.append, should_stop=lambda: reports[-1].done >= 2)
    with pytest.raises(Cancelled):
        open_folder().extract(watch)
    study = open_folder()
    assert len(study.missing()) in {2, 4}  # the batch that was in work may be kept
    assert extracted(study).missing() == []
    assert study.cluster(KMEANS).sizes.tolist() == [3, 3]


def test_features_that_were_not_extracted_are_asked_for(open_folder):
    with pytest.raises(CoreError, match="6 of 6 images have no features: extract first"):
        open_folder().cluster(KMEANS)


def test_copies_are_two_rows_with_one_feature(open_folder, folder):
    shutil.copy(folder / "red0.png", folder / "copy.png")
    study = extracted(open_folder())
    assert len(study.images.readable) == 7
    assert len(study.images.ids) == len(study.reduction.values) == 6
    made = study.cluster(KMEANS)
    row_of = {record.path: row for row, record in enumerate(study.images.readable)}
    assert made.labels[row_of["copy.png"]] == made.labels[row_of["red0.png"]]
    assert sorted(made.sizes.tolist()) == [3, 4]


def test_copies_weigh_as_often_as_they_occur(open_folder, folder):
    for i in range(4):
        shutil.copy(folder / "red0.png", folder / f"copy{i}.png")
    study = extracted(open_folder())
    ids = [record.id for record in study.images.readable]
    rows = study.reduction.values[[study.images.ids.index(one) for one in ids]]
    expected = KMeans(n_clusters=3, random_state=42).fit(rows)
    made = study.cluster(KMeansParams(3))
    assert made.labels.tolist() == expected.labels_.tolist()
    assert made.inertia == pytest.approx(expected.inertia_)


def test_a_damaged_image_is_found_while_extracting(open_folder, folder, save_image):
    cut_short(folder / "cut.jpg", save_image)
    study = open_folder()
    assert len(study.images.ids) == 7  # its header promised an image
    study.extract()
    assert [record.path for record in study.images.problems] == ["cut.jpg"]
    assert len(study.images.ids) == len(study.cluster(KMEANS).labels) == 6


def test_a_damaged_image_and_its_copies_are_known_when_opened_again(
    open_folder, folder, save_image
):
    cut_short(folder / "cut.jpg", save_image)
    extracted(open_folder())
    shutil.copy(folder / "cut.jpg", folder / "cut too.jpg")
    study = open_folder()
    assert [record.path for record in study.images.problems] == ["cut too.jpg", "cut.jpg"]
    assert study.missing() == []


def test_inspecting_finds_damaged_images_without_the_network(
    open_folder, folder, save_image, monkeypatch
):
    cut_short(folder / "cut.jpg", save_image)
    forbid(monkeypatch, "load_state", "build_network")
    study = open_folder()
    study.inspect()
    assert [record.path for record in study.images.problems] == ["cut.jpg"]
    assert len(study.missing()) == 6


def test_images_that_were_inspected_are_not_inspected_again(open_folder, monkeypatch):
    open_folder().inspect()
    study = open_folder()
    monkeypatch.setattr(study, "read", None)  # reading would fail
    study.inspect()
    assert study.images.problems == ()


@pytest.mark.parametrize("result", [lambda s: s.cluster(KMEANS), lambda s: s.project(UMAP)])
def test_without_one_readable_image_there_is_no_result(open_folder, folder, result):
    for file in folder.iterdir():
        file.write_bytes(b"no image")
    with pytest.raises(CoreError, match="none of the 6 images can be read"):
        result(extracted(open_folder()))


def test_without_one_readable_image_extraction_ends_with_all_reasons_listed(open_folder, folder):
    for file in folder.iterdir():
        file.write_bytes(b"no image")
    study = extracted(open_folder())
    assert [record.path for record in study.images.problems] == sorted(REDS | BLUES)


def test_one_image_is_a_cluster_and_a_map(open_folder, folder):
    for file in sorted(folder.iterdir())[1:]:
        file.unlink()
    study = extracted(open_folder())
    assert study.cluster(KMeansParams(1)).labels.tolist() == [0]
    assert study.project(UMAP).coordinates.tolist() == [[0, 0]]
    with pytest.raises(CoreError, match="k = 2 is too many for images that are all alike"):
        study.cluster(KMEANS)


def test_copies_of_one_image_are_no_two_clusters(open_folder, folder):
    for name in (REDS | BLUES).keys() - {"red0.png"}:
        shutil.copy(folder / "red0.png", folder / name)
    study = extracted(open_folder())
    assert count_distinct(study) == 1
    assert study.cluster(KMeansParams(1)).sizes.tolist() == [6]
    with pytest.raises(CoreError, match="k = 2 is too many for images that are all alike"):
        study.cluster(KMEANS)


def test_one_picture_in_two_formats_is_no_two_clusters(open_folder, folder):
    for i, ending in enumerate(["bmp", "ppm", "tiff", "tga"]):
        with Image.open(folder / "red0.png") as image:
            image.save(folder / f"same{i}.{ending}")
    study = extracted(open_folder(batch_size=1))  # one by one, each is computed alike
    assert count_distinct(study) == 6
    with pytest.raises(CoreError, match="k = 7 is more than the 6 images that differ"):
        study.cluster(KMeansParams(7))


def test_a_moved_file_is_not_extracted_again(open_folder, folder):
    extracted(open_folder())
    (folder / "moved").mkdir()
    (folder / "red0.png").rename(folder / "moved" / "other name.png")
    assert open_folder().missing() == []


def test_sizes_are_told_once_images_are_decoded(open_folder, folder, save_image):
    turned = Image.Exif()
    turned[274] = 6  # a quarter turn
    save_image(folder / "turned.jpg", size=(3000, 2000), exif=turned)
    study = open_folder()
    assert {(record.width, record.height) for record in study.images.records} == {(0, 0)}
    sizes = dict.fromkeys(REDS | BLUES, (40, 30)) | {"turned.jpg": (2000, 3000)}
    for decode in (study.extract, study.inspect):
        decode()
        found = {record.path: (record.width, record.height) for record in study.images.records}
        assert found == sizes
    again = open_folder().images.records
    assert {record.path: (record.width, record.height) for record in again} == sizes


def test_inspecting_tells_the_sizes_too(open_folder):
    study = open_folder()
    study.inspect()
    assert {(record.width, record.height) for record in study.images.records} == {(40, 30)}


@pytest.mark.parametrize("work", ["extract", "inspect"])
def test_previews_are_made_in_the_same_pass(open_folder, folder, save_image, cache, work):
    save_image(folder / "large.jpg", size=(800, 400))
    study = open_folder()
    getattr(study, work)()
    pictures = {
        record.path: (cache.thumbnail(record.id), cache.preview(record.id))
        for record in study.images.records
    }
    with Image.open(io.BytesIO(pictures["large.jpg"][1])) as preview:
        assert preview.size == (384, 192)
    assert all(thumbnail for thumbnail, _ in pictures.values())
    assert [path for path, (_, preview) in pictures.items() if preview] == ["large.jpg"]


def test_a_file_that_changes_after_the_scan_is_listed_and_the_rest_goes_on(
    open_folder, folder, save_image
):
    study = open_folder()
    save_image(folder / "red1.png", (0, 99, 0))
    study.extract()
    [problem] = study.images.problems
    assert (problem.path, problem.problem) == ("red1.png", CHANGED)
    assert study.missing() == []
    assert sorted(study.cluster(KMEANS).sizes.tolist()) == [2, 3]
    again = extracted(open_folder())  # as it is now, it is an image like any other
    assert again.images.problems == ()
    assert len(again.reduction.values) == 6


def test_a_file_that_goes_after_the_scan_is_listed_and_the_rest_goes_on(open_folder, folder):
    study = open_folder()
    (folder / "red1.png").unlink()
    study.extract()
    [problem] = study.images.problems
    assert problem.problem.startswith("no such file: ")
    assert sorted(study.cluster(KMEANS).sizes.tolist()) == [2, 3]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
@pytest.mark.timeout(60)
def test_a_pipe_is_listed_and_the_rest_goes_on(open_folder, folder):
    os.mkfifo(folder / "pipe.jpg")
    study = extracted(open_folder())
    problems = {record.path: record.problem for record in study.images.problems}
    assert problems == {"pipe.jpg": "not a regular file"}
    assert len(study.reduction.values) == 6


def test_a_full_disk_stops_with_one_sentence_and_keeps_what_was_done(open_folder, monkeypatch):
    study, writes = open_folder(), []

    def write(db, seen, *, written=cache_module._write_images):
        writes.append(sorted(seen))
        if len(writes) == 3:
            full = sqlite3.OperationalError("database or disk is full")
            full.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise full
        written(db, seen)

    with monkeypatch.context() as disk:
        disk.setattr(cache_module, "_write_images", write)
        with pytest.raises(CoreError, match=r"^the cache .* cannot grow, the disk is full: "):
            study.extract()
    assert sorted(open_folder().missing()) == writes[2]
    assert extracted(open_folder()).missing() == []


def test_another_copy_is_read_where_the_first_is_gone(open_folder, folder):
    shutil.copy(folder / "blue0.png", folder / "copy.png")
    study = open_folder()
    (folder / "blue0.png").unlink()
    assert extracted(study).images.problems == ()


def test_an_image_that_was_away_for_a_while_is_used_again(open_folder, folder):
    content = (folder / "red0.png").read_bytes()
    study = open_folder()
    (folder / "red0.png").unlink()
    assert len(extracted(study).images.problems) == 1
    (folder / "red0.png").write_bytes(content)
    study = extracted(open_folder())
    assert study.images.problems == ()
    assert {(record.width, record.height) for record in study.images.records} == {(40, 30)}
    assert len(study.reduction.values) == 6


def test_another_copy_is_read_where_the_first_has_changed(open_folder, folder, save_image):
    shutil.copy(folder / "blue0.png", folder / "copy.png")
    study = open_folder()
    save_image(folder / "blue0.png", (0, 99, 0))
    assert "copy.png" not in {record.path for record in extracted(study).images.problems}


# Kills itself in the third batch of features, when they are written and not yet committed.
KILLED = """
import os, signal
from pathlib import Path
from core import cache, study
from core.recipe import StudyParams

write, batches = cache._write_images, []

def write_or_die(db, seen):
    batches.extend(one.thumbnail for one in seen.values() if one.thumbnail)
    if len(batches) == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    write(db, seen)

cache._write_images = write_or_die
params = StudyParams({source!r}, weights="embedded", device="cpu", precision="fp32", batch_size=2)
study.open_study(params, cache.Cache(Path({cache!r}))).extract()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_extraction_loses_at_most_one_batch(
    open_folder, folder, cache, tmp_path, monkeypatch
):
    script = KILLED.format(source=str(folder), cache=str(cache.path))
    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    study = open_folder()
    rest = study.missing()
    assert len(rest) == 2
    with Cache(tmp_path / "undisturbed.sqlite") as other:
        expected = extracted(open_folder(other)).reduction.values
    reads = []
    monkeypatch.setattr(study, "read", lambda one: reads.append(one) or Study.read(study, one))
    np.testing.assert_allclose(extracted(study).reduction.values, expected, atol=1e-6)
    assert sorted(reads) == sorted(rest)  # what was finished is not computed again


def test_the_map_of_very_many_images_is_laid_out_by_a_sample(open_folder, monkeypatch):
    study = extracted(open_folder())
    whole = study.project(UMAP)
    for name, value in {"SAMPLE_ABOVE": 5, "SAMPLE": 5, "ROUNDS": 3}.items():
        monkeypatch.setattr(neighborhood, name, value)
    made = study.project(UMAP)
    assert made.coordinates.shape == whole.coordinates.shape
    assert "by a sample of 5 of 6" in made.method
    assert "sample" not in whole.method
    again = study.project(UMAP)
    np.testing.assert_array_equal(made.coordinates, again.coordinates)


def test_shards_are_not_opened_for_another_decoder_of_jpegs(tmp_path, cache):
    write_folder(tmp_path)
    with pytest.raises(CoreError, match="asked for is cuda: leave --jpeg-decoder out"):
        open_study(StudyParams(f"parquet:{tmp_path}", jpeg_decoder="cuda"), cache)

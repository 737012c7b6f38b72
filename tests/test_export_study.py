"""What a study gives to be taken away."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.clusters.clustering import KMeansParams
from core.clusters.edits import Merge
from core.errors import CoreError
from core.export.export_folders import Link, write_folders
from core.export.export_plan import plan_folders
from core.export.export_study import (
    describe_making,
    draw_study,
    gather,
    known_stability,
    plan,
    refuse_inside,
)
from core.export.export_tables import tabulate_images
from core.images import identify
from core.measures.sweep import Sweep, SweepParams
from core.palette import style_of
from core.pictures.decoding import decode
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.study import open_study

KMEANS = KMeansParams(2)
RED, BLUE = (200, 0, 0), (0, 0, 200)


@pytest.fixture
def study(tmp_path, save_image, cache):
    """Three red images, one of them twice, three blue ones, and one that is none."""
    folder = tmp_path / "photos"
    for number in range(3):
        save_image(folder / f"red{number}.png", (200, 10 * number, 0))
        save_image(folder / "cold" / f"blue{number}.png", (0, 10 * number, 200))
    (folder / "cold" / "copy.png").write_bytes((folder / "red0.png").read_bytes())
    (folder / "broken.png").write_bytes(b"no image")
    params = StudyParams(str(folder), weights="embedded", device="cpu", precision="fp32")
    opened = open_study(params, cache)
    opened.extract()
    return opened


def test_the_table_has_what_the_study_says(study):
    projection = study.project(UMAPParams(n_neighbors=3))
    table = tabulate_images(
        study.source.table, study.images, gather(study, KMEANS, projection=projection)
    ).set_index("path")
    assert len(table) == 8
    of = table["cluster"].to_dict()
    assert len({of[f"red{n}.png"] for n in range(3)} | {of["cold/copy.png"]}) == 1
    assert of["red0.png"] != of["cold/blue0.png"]
    assert table.loc["broken.png", "cluster_name"] == ""
    row = study.images.index[table.loc["red1.png", "id"]]
    assert table.loc["red1.png", "fit"] == study.fit(KMEANS).fit[row]
    assert tuple(table.loc["red1.png", ["x", "y"]]) == tuple(projection.coordinates[row])


def test_names_that_were_given_are_taken_along(study):
    study.rename(KMEANS, 1, "=roses")
    assert gather(study, KMEANS).names == ("cluster 0", "=roses")
    folders = {one.file.partition("/")[0] for one in plan(study, KMEANS)}
    assert folders == {"cluster 0", "cluster 1 =roses"}


def test_stability_comes_where_it_was_measured_and_costs_nothing_else(study, monkeypatch):
    sweep = SweepParams(2, 3, 2)
    monkeypatch.setattr(study, "clusters", lambda _: pytest.fail("computed"))
    assert known_stability(study, sweep) is None
    monkeypatch.undo()
    measured = Sweep(study, sweep).restlessness().stability
    np.testing.assert_array_equal(known_stability(study, sweep), measured)
    assert known_stability(study, SweepParams(2, 4, 2)) is None
    assert known_stability(study, SweepParams(20, 30)) is None  # more clusters than images


def test_the_making_says_all_that_decides_the_result(study):
    edited = replace(KMEANS, edits=(Merge(1, 0),))
    projection = study.project(UMAPParams(n_neighbors=3))
    facts = describe_making(study, edited, projection=projection, rows=np.array([1, 2]))
    assert facts["n_clusters"] == 2
    assert facts["edits"] == "merge-1-0"
    assert facts["map"] == projection.method
    assert (facts["images"], facts["distinct"], facts["unreadable"]) == (8, 6, 1)
    assert facts["selected"] == 2
    assert facts["weights_sha256"] == study.recipe.weights.sha256
    json.dumps(facts)
    assert not {"edits", "map", "selected"} & set(describe_making(study, KMEANS))


def test_folders_hold_the_files_of_the_source(study, tmp_path):
    placed = plan(study, KMEANS)
    write_folders(placed, tmp_path / "out", read=study.read, made_by=describe_making(study, KMEANS))
    found = sorted((tmp_path / "out").glob("*/*"))
    assert sorted(identify(path.read_bytes()) for path in found) == sorted(
        record.id for record in study.images.readable
    )
    assert sorted(path.name for path in found) == sorted(
        record.path.rpartition("/")[2] for record in study.images.readable
    )


def test_a_selection_brings_its_copies(study):
    row = study.images.index[study.images.by_id[plan(study, KMEANS)[0].id][0].id]
    chosen = plan(study, KMEANS, rows=np.array([row]))
    assert {one.id for one in chosen} == {study.images.ids[row]}


@pytest.mark.parametrize("link", Link)
def test_digits_have_no_files_and_are_written_from_their_bytes(tmp_path, cache, link):
    digits = open_study(StudyParams("digits", weights="embedded"), cache)
    originals = [entry.file for entry in digits.source.entries]
    clusters = np.zeros(len(digits.images.ids), np.int32)
    placed = plan_folders(digits.images, originals, clusters, ("cluster 0",), rows=np.array([0, 4]))
    write_folders(placed, tmp_path / "out", read=digits.read, made_by={}, link=link)
    for name in ("0000.pgm", "0004.pgm"):
        data = (tmp_path / "out" / "cluster 0" / name).read_bytes()
        assert identify(data) == digits.images.ids[int(name[:4])]
    assert decode(data).size == (8, 8)


@pytest.mark.parametrize("inside", ["photos/out", "photos", "photos/cold/../out", "link/out"])
def test_folders_do_not_go_into_the_source(study, tmp_path, inside):
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    with pytest.raises(CoreError, match=r"lies in .*photos, whose images would be there twice"):
        refuse_inside(study, tmp_path / inside)


@pytest.mark.parametrize("outside", ["out", "photos2", "x" * 300])
def test_elsewhere_they_may_go(study, tmp_path, outside):
    refuse_inside(study, tmp_path / outside)


def test_the_report_of_a_study_holds_its_pictures_and_not_its_whole_path(study, tmp_path):
    projection = study.project(UMAPParams(n_neighbors=3))
    page = draw_study(study, KMEANS, projection, style_of=style_of).decode()
    assert "<h1>photos</h1>" in page
    assert page.count("data:image/jpeg") == 6
    assert "broken.png" in page

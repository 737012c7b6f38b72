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
from core.journal.deciding import Deciding
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


@pytest.fixture
def reviewed(study):
    """red1 excluded, red2 moved to the blue ones, by a person with an odd name."""
    rows = {record.path: study.images.index[record.id] for record in study.images.readable}
    blue = int(study.clusters(KMEANS)[rows["cold/blue0.png"]])
    deciding = Deciding(study, author="<b>ada")
    deciding.exclude([rows["red1.png"]], seen=0)
    deciding.move(KMEANS, [rows["red2.png"]], to=blue, seen=1)
    return study


def table_of(study, *, corrected):
    grouped = gather(study, KMEANS, corrected=corrected)
    return tabulate_images(study.source.table, study.images, grouped).set_index("path")


def test_corrected_clusters_where_they_are_asked_for(reviewed):
    found, corrected = (table_of(reviewed, corrected=one) for one in (False, True))
    assert "cluster_found" not in found.columns
    assert found.loc["red2.png", "cluster"] != found.loc["cold/blue0.png", "cluster"]
    assert corrected.loc["red2.png", "cluster"] == corrected.loc["cold/blue0.png", "cluster"]
    assert corrected.loc["red2.png", "cluster_found"] == found.loc["red2.png", "cluster"]
    assert corrected["reviewed"].to_dict() == {
        path: {"red1.png": "excluded", "red2.png": "moved"}.get(path, "") for path in found.index
    }


def test_where_nothing_was_decided_corrected_is_as_found(study):
    assert gather(study, KMEANS, corrected=True).review is None
    assert table_of(study, corrected=True).equals(table_of(study, corrected=False))


def test_the_making_says_who_decided(reviewed):
    grouped = gather(reviewed, KMEANS, corrected=True)
    facts = describe_making(reviewed, KMEANS, grouped=grouped)
    assert (facts["decisions"], facts["decided_by"], facts["journal_row"]) == (2, "<b>ada", 2)
    assert "decisions" not in describe_making(reviewed, KMEANS, grouped=gather(reviewed, KMEANS))


def test_folders_follow_the_corrected_clusters(reviewed):
    grouped = gather(reviewed, KMEANS, corrected=True)
    folder = {
        one.path: one.file.partition("/")[0] for one in plan(reviewed, KMEANS, grouped=grouped)
    }
    assert "red1.png" not in folder
    assert folder["red2.png"] == folder["cold/blue0.png"] != folder["red0.png"]
    kept = plan(reviewed, KMEANS, grouped=grouped, keep_excluded=True)
    assert [one.file for one in kept if one.cluster is None] == ["excluded/red1.png"]


def test_the_report_tells_the_decisions_and_leaves_out_the_excluded(reviewed):
    projection = reviewed.project(UMAPParams(n_neighbors=3))
    page = draw_study(reviewed, KMEANS, projection, style_of=style_of, corrected=True).decode()
    assert "7 images in 2 clusters, 1 of them copies, 1 excluded" in page
    assert "<h2>Corrections</h2>" in page
    assert "&lt;b&gt;ada" in page
    assert "<td>excluded</td>" in page
    # Five points on the map; the title of a point goes on with its cluster in a second line.
    assert page.count(".png\ncluster ") == 5
    bare = draw_study(reviewed, KMEANS, projection, style_of=style_of).decode()
    assert "<h2>Corrections</h2>" not in bare
    assert bare.count(".png\ncluster ") == 6


def test_the_report_of_a_selection_is_about_nothing_else(study):
    projection = study.project(UMAPParams(n_neighbors=3))
    rows = {record.path: study.images.index[record.id] for record in study.images.readable}
    chosen = np.array([rows["red0.png"], rows["cold/blue2.png"]])
    page = draw_study(study, KMEANS, projection, style_of=style_of, rows=chosen).decode()
    assert "3 images in 2 clusters, 1 of them copies" in page
    assert "A selection: 2 of 6 distinct images." in page
    assert {name for name in rows if f">{name}\n" in page} == {"cold/copy.png", "cold/blue2.png"}
    assert "red1.png" not in page
    assert "broken.png" not in page
    assert page.count(".png\ncluster ") == 2


def test_a_report_of_nothing_is_refused(study):
    projection = study.project(UMAPParams(n_neighbors=3))
    with pytest.raises(CoreError, match="no image is left"):
        draw_study(study, KMEANS, projection, style_of=style_of, rows=np.array([], np.int64))
    deciding = Deciding(study)
    deciding.exclude(range(6), seen=0)
    with pytest.raises(CoreError, match="no image is left"):
        draw_study(study, KMEANS, projection, style_of=style_of, corrected=True)


def test_of_one_image_there_is_a_report(study):
    projection = study.project(UMAPParams(n_neighbors=3))
    page = draw_study(study, KMEANS, projection, style_of=style_of, rows=np.array([0])).decode()
    assert "1 image in 1 cluster" in page

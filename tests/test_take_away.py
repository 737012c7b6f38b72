"""What the pages let the user take away: which images, in which clusters, as what, and where to."""

import csv
import io
import json
import time
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from asgi import run
from starlette.responses import StreamingResponse
from test_page import page, settle, texts  # noqa: F401 - fixtures

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.errors import CoreError
from core.images import identify
from core.journal.deciding import Deciding
from core.measures.sweep import SweepParams
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.study import open_study
from dashboard import zips
from dashboard.access import secret_word
from dashboard.downloads import REVIEWED, SELECTED, Taken, find_reviewed
from dashboard.environment import WRITABLE_VARIABLE
from dashboard.state import View
from dashboard.views import take_away, take_away_folders
from dashboard.zips import Zips

KMEANS = KMeansParams(2)
COLORS = {
    "=1+1.png": (200, 0, 0),
    'say "hi", you.png': (230, 30, 0),
    "🌹.png": (0, 0, 200),
    "<b>.png": (0, 30, 230),
}


@pytest.fixture
def folder(tmp_path, save_image):
    """Two red and two blue images with odd names, and a copy of a red one."""
    for name, color in COLORS.items():
        save_image(tmp_path / "my photos" / name, color)
    copy = tmp_path / "my photos" / "copy of 1.png"
    copy.write_bytes((tmp_path / "my photos" / "=1+1.png").read_bytes())
    return tmp_path / "my photos"


@pytest.fixture
def study(folder, cache):
    opened = open_study(StudyParams(str(folder), weights="embedded"), cache)
    opened.extract()
    return opened


def view(study, *, corrected=True):
    looks = ("cluster", "cluster", corrected)
    return View(study.params, KMEANS, SweepParams(2, 3), UMAPParams(), *looks)


def row_of(study, path):
    return study.images.index[next(one.id for one in study.images.records if one.path == path)]


def read_csv(data):
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def some(study, *paths, part=SELECTED, **more):
    rows = np.array([row_of(study, path) for path in paths])
    return Taken(view(study, **more), study, part, rows)


def test_a_table_of_all_and_of_a_selection_hold_their_rows(study):
    everything = read_csv(Taken(view(study), study).make_table("csv"))
    assert {row["path"] for row in everything} == {
        "'=1+1.png", 'say "hi", you.png', "🌹.png", "<b>.png", "copy of 1.png",
    }  # fmt: skip
    chosen = read_csv(some(study, "=1+1.png", "🌹.png").make_table("csv"))
    assert {row["path"] for row in chosen} == {"'=1+1.png", "copy of 1.png", "🌹.png"}


def test_what_made_it_says_what_was_selected(study):
    making = json.loads(some(study, "🌹.png").make_making())
    assert (making["selected"], making["n_clusters"], making["source"]) == (
        1, 2, study.source.name,
    )  # fmt: skip
    assert "decisions" not in making


def test_the_name_says_weights_layer_and_k_and_which_images(study):
    weights = f"embedded-{study.recipe.weights.sha256[:8]}"
    layer = str(study.recipe.cut).replace(" ", "-")
    assert Taken(view(study), study).name(".csv") == f"my-photos_{weights}_{layer}_k2_seed42.csv"
    assert some(study, "🌹.png").name(".zip").endswith("_k2_seed42_1-selected.zip")
    decide(study)
    assert Taken(view(study), study).name(".csv").endswith("_k2_seed42_corrected.csv")
    assert "corrected" not in Taken(view(study, corrected=False), study).name(".csv")


def decide(study):
    """`<b>` excluded, the rose tagged."""
    deciding = Deciding(study, author="=ada")
    deciding.exclude([row_of(study, "<b>.png")], seen=0)
    deciding.tag([row_of(study, "🌹.png")], "red", seen=1)


def test_the_reviewed_are_those_of_which_something_was_decided(study):
    assert find_reviewed(study).tolist() == []
    decide(study)
    assert find_reviewed(study).tolist() == sorted(
        row_of(study, path) for path in ("<b>.png", "🌹.png")
    )
    rows = read_csv(Taken(view(study), study, REVIEWED, find_reviewed(study)).make_table("csv"))
    assert {row["path"]: (row["reviewed"], row["tags"]) for row in rows} == {
        "<b>.png": ("excluded", ""), "🌹.png": ("", "red"),
    }  # fmt: skip


def test_without_corrections_nothing_of_them_is_told(study):
    decide(study)
    found = read_csv(Taken(view(study, corrected=False), study).make_table("csv"))
    assert "reviewed" not in found[0]
    assert all(row["cluster"] for row in found)


def test_a_report_is_about_what_was_selected(study):
    text = some(study, "🌹.png").make_report().decode()
    assert "🌹.png" in text
    assert "=1+1.png" not in text


# A ZIP over HTTP


@pytest.fixture
def offers(monkeypatch):
    mine = Zips(kept=2)
    monkeypatch.setattr(zips, "all_zips", lambda: mine)
    return mine


def ask(address):
    token = address.rpartition("/")[2]
    return zips.serve_zip(SimpleNamespace(path_params={"token": token}))


async def collect(response):
    return b"".join([part async for part in response.body_iterator])


def read_response(response):

    assert isinstance(response, StreamingResponse)
    return run(collect(response))


def test_a_zip_is_made_while_it_is_sent_and_comes_back(study, offers, folder):
    taken = some(study, "=1+1.png", "🌹.png")

    def make():
        placed, made_by = taken.place(keep_excluded=False)
        return take_away.stream_zip(placed, read=study.read, made_by=made_by)

    response = ask(offers.offer("mine", 'a "ö".zip', make))
    assert response.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''a%20%22%C3%B6%22.zip"
    )
    with zipfile.ZipFile(io.BytesIO(read_response(response))) as found:
        assert found.testzip() is None
        images = {name.rpartition("/")[2]: found.read(name) for name in found.namelist()}
        making = json.loads(images.pop("making.json"))
    assert {name: identify(data) for name, data in images.items()} == {
        "_=1+1.png": identify((folder / "=1+1.png").read_bytes()),
        "copy of 1.png": identify((folder / "=1+1.png").read_bytes()),
        "🌹.png": identify((folder / "🌹.png").read_bytes()),
    }
    assert making["selected"] == 2


def test_the_same_zip_has_the_same_address_and_old_ones_leave(offers):
    first = offers.offer("a", "a.zip", lambda: iter([b"1"]))
    assert offers.offer("a", "a.zip", lambda: iter([b"2"])) == first
    assert read_response(ask(first)) == b"2"
    assert offers.offer("b", "b.zip", lambda: iter([])) != first
    offers.offer("c", "c.zip", lambda: iter([]))
    assert ask(first).status_code == 404


def test_a_zip_that_was_not_offered_is_not_there(offers):
    assert ask("/groupsight/zip/").status_code == 404


def test_why_a_zip_cannot_be_made_is_said(offers):
    def fail():
        raise CoreError("no such k")

    response = ask(offers.offer("a", "a.zip", fail))
    assert (response.status_code, response.body) == (503, b"no such k")


# Folders on this machine


@pytest.mark.parametrize(
    ("address", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), (None, False),  # noqa: S104
     ("localhost.example.org", False)],
)  # fmt: skip
def test_folders_are_written_only_where_nobody_else_can_ask_for_it(monkeypatch, address, expected):
    monkeypatch.setattr(st, "get_option", {"server.address": address}.get)
    assert take_away_folders.may_write() is expected


@pytest.mark.parametrize(
    ("name", "value"), [("allowed_hosts", ["photos.example"]), ("has_login", True)]
)
def test_who_lets_others_in_by_a_proxy_or_a_login_writes_no_folders(monkeypatch, name, value):
    monkeypatch.setattr(st, "get_option", {"server.address": "localhost"}.get)
    assert take_away_folders.may_write()
    monkeypatch.setattr(take_away_folders, name, lambda: value)
    assert not take_away_folders.may_write()


def test_folders_stay_below_the_roots_that_were_named(monkeypatch, tmp_path):
    outside, inside = tmp_path / "other" / "sorted", tmp_path / "own" / "sorted"
    assert take_away_folders._read_target(str(outside)) == outside  # none was named
    monkeypatch.setenv(WRITABLE_VARIABLE, json.dumps([str(tmp_path / "own")]))
    assert take_away_folders._read_target(str(inside)) == inside
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "link").symlink_to(tmp_path)
    for text in (outside, tmp_path / "own" / ".." / "x", tmp_path / "own" / "link" / "x"):
        with pytest.raises(CoreError, match="outside of what this server may open"):
            take_away_folders._read_target(str(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "no folder is named"), ("  ", "no folder is named"), ("sorted", "no whole path"),
     ("../x", "no whole path"), ("/a\0b", "no such folder"), ("~nobody-here/x", "no such folder")],
)  # fmt: skip
def test_a_folder_must_be_named_by_its_whole_path(text, reason):
    with pytest.raises(CoreError, match=reason):
        take_away_folders._read_target(text)


# The pages


@pytest.fixture
def opened(page, folder, monkeypatch):  # noqa: F811
    """Opens a page over the folder; whoever asks is on this machine."""
    monkeypatch.setattr(take_away, "may_write", lambda: True)

    def call(name, **values):
        return page(folder, view=name, k=2, **values)

    return call


def labels(app, kind):
    return [one.proto.label for one in app.get(kind)]


@pytest.mark.parametrize("name", ["explore", "compare", "review", "data"])
def test_every_page_lets_the_user_take_away(opened, name):
    app = opened(name)
    assert "Download the CSV" in labels(app, "download_button")
    assert "What made it (JSON)" in labels(app, "download_button")


def choose(app, **values):
    for key, value in values.items():
        app.session_state[f"take {key}"] = value
    return settle(app.run())


def test_each_kind_has_its_button(opened):
    app = opened("data")
    for kind in ("Parquet", "JSON"):
        assert f"Download the {kind}" in labels(choose(app, format=kind), "download_button")
    assert "Download the report" in labels(choose(app, format="Report"), "download_button")
    (link,) = choose(app, format="ZIP").get("link_button")
    assert link.proto.url.startswith(f"/groupsight/{secret_word()}/zip/")
    assert "Write the folders" in [one.label for one in choose(app, format="Folders").button]


def test_from_afar_no_folders_are_written(opened, monkeypatch):
    monkeypatch.setattr(take_away, "may_write", lambda: False)
    (kinds,) = (
        one for one in opened("data").get("button_group") if one.proto.id.endswith("take format")
    )
    assert "Folders" not in str(kinds.proto.options)


def write_folders(app, target):
    choose(app, format="Folders", target=str(target))
    next(one for one in app.button if one.label == "Write the folders").click()
    settle(app.run())
    deadline = time.monotonic() + 60
    while not (app.success or app.error) and time.monotonic() < deadline:
        time.sleep(0.1)
        settle(app.run())
    return app


def test_folders_are_written_and_a_second_time_refused(opened, tmp_path, folder):
    app = write_folders(opened("data"), tmp_path / "out *1*")
    assert "5 images in" in app.success[0].value
    assert r"out \*1\*" in app.success[0].value
    found = list((tmp_path / "out *1*").glob("*/*"))
    assert sorted(identify(path.read_bytes()) for path in found) == sorted(
        identify(path.read_bytes()) for path in folder.iterdir()
    )
    assert "holds a finished export" in write_folders(app, tmp_path / "out *1*").error[0].value


def test_folders_do_not_go_into_the_source(opened, folder):
    app = write_folders(opened("data"), folder / "sorted")
    assert "would be there twice" in app.error[0].value
    assert not (folder / "sorted").exists()


def test_who_was_reviewed_can_be_taken_alone_and_excluded_come_on_demand(opened, tmp_path, folder):
    with Cache(tmp_path / "page.sqlite") as cache:
        study = open_study(StudyParams(str(folder), weights="embedded"), cache)
        study.extract()
        decide(study)
    app = choose(opened("data"), part=REVIEWED)
    assert "In the clusters as people corrected them" in texts(app)
    app = write_folders(app, tmp_path / "without")
    assert "1 image in" in app.success[0].value
    next(one for one in app.toggle if "Excluded" in one.label).set_value(True)
    settle(app.run())
    app = write_folders(app, tmp_path / "with")
    assert "2 images in" in app.success[0].value
    assert (tmp_path / "with" / "excluded" / "_b_.png").is_file()


def test_why_a_file_could_not_be_made_is_said_on_the_page(opened):
    app = opened("data")
    app.session_state["take trouble"] = {"Download the CSV": "the disk is *full*"}
    assert r"the disk is \*full\*" in settle(app.run()).error[0].value

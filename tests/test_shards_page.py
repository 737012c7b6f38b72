"""A folder of shards on the page, over HTTP and on the command line; no network is loaded."""

import csv
import io
import json
import re
import sys
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from core import cli
from core.cache import Cache
from core.errors import CoreError
from core.progress import Progress
from core.recipe import StudyParams
from core.shards import folder_search
from core.shards.folder_search import FolderSearch
from core.shards.index_facts import IndexFacts, IndexParams
from core.shards.making import ShardRecipe
from core.study import Study, open_study
from dashboard import media
from dashboard.environment import CACHE_VARIABLE, PRESET_VARIABLE, ROOTS_VARIABLE
from dashboard.jobs import all_jobs
from dashboard.roots import allowed_roots
from dashboard.storage import open_cache
from dashboard.views import explore_full
from dashboard.views.compare_features import FIXED
from tests.shard_copies import write_copy
from tests.sharded import making_of, write_folder
from tests.test_page import PATIENCE, components, draws_a_map, settle, texts

SCRIPT = """
from dashboard import session, state
from dashboard.views import {0}

state.start_session()
session.ask()
{0}.show()
"""
N_IMAGES = 8
_FIXED = ("other_layer", "other_grid", "other_weights")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Four red and four blue photographs with features to match, in shards, and their study."""
    from PIL import Image  # noqa: PLC0415

    place = tmp_path_factory.mktemp("house")
    for at in range(N_IMAGES):
        name = f"{'blue' if at < 4 else 'red'}/{at}.png"
        (place / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        color = (0, 0, 255 - at) if at < 4 else (255 - at, 0, 0)
        Image.new("RGB", (500, 300), color).save(place / "photos" / name)
    with Cache(place / "first.sqlite") as cache:
        params = StudyParams(
            str(place / "photos"), weights="embedded", device="cpu", precision="fp32"
        )
        study = open_study(params, cache)
        study.inspect()
        rng = np.random.default_rng(0)
        values = rng.normal(0, 0.01, (N_IMAGES, study.recipe.cut.n_features)).astype(np.float32)
        values[:4, 0] += 1
        values[4:, 1] += 1
        found = dict(zip(study.images.ids, values, strict=True))
        cache.remember_features(study.recipe.fingerprint, found, {})
        write_copy(study, place / "shards")
        yield place, study


@pytest.fixture(scope="module")
def page(house):
    """A function that opens the shards in a server that may see them and not the photographs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(house[0] / "page.sqlite"))
        patch.setenv(ROOTS_VARIABLE, json.dumps([str(house[0] / "shards")]))
        patch.delenv(PRESET_VARIABLE, raising=False)
        allowed_roots.cache_clear()
        st.cache_resource.clear()

        def open_source(source=f"parquet:{house[0] / 'shards'}", view="explore", link=(), **values):
            app = AppTest.from_string(SCRIPT.format(view), default_timeout=90)
            for name, value in dict(link).items():
                app.query_params[name] = value
            for key, value in {"source": source, "k": 2, **values}.items():
                app.session_state[key] = value
            return settle(app.run())

        yield open_source
        open_cache().close()
    allowed_roots.cache_clear()
    st.cache_resource.clear()


def ask(serve, **parameters):
    return serve(SimpleNamespace(path_params=parameters))


def test_shards_are_drawn_and_say_what_made_them(page):
    app = page()
    assert draws_a_map(app)
    assert not app.error
    assert "embedded (67d99a16)" in texts(app).replace("\\", "")
    assert "since the shards were made by them" in texts(app).replace("\\", "")


def test_the_gallery_gets_its_thumbnails_from_the_shards(page, house):
    page()
    ids, kept = house[1].images.ids, house[1].cache
    for serve in (media._serve_thumbnail, media._serve_preview, media._serve_image):
        response = ask(serve, image_id=ids[0])  # which lies where this server may not look
        assert response.body == kept.thumbnail(ids[0])
        assert response.media_type == "image/jpeg"
    assert "no-store" in response.headers["cache-control"]
    packed = ask(media._serve_thumbnails, ids=",".join([*ids, "0" * 64])).body
    assert packed == media.pack([*(kept.thumbnail(one) for one in ids), b""])


def test_an_image_that_cannot_be_had_says_so(page, house):
    app = page(link={"image": house[1].images.ids[2][:16]})
    facts = json.dumps(components(app)["inspector"])
    assert "the thumbnail of the shards, not the image itself: lies outside" in facts


def test_an_image_that_can_be_had_is_shown_in_full(house, cache):
    study = open_study(StudyParams(f"parquet:{house[0] / 'shards'}"), cache)
    one = study.images.ids[3]
    jpeg = study.make_preview(one)
    assert jpeg == house[1].cache.preview(one)
    study.source.read = None  # from now on it is known
    assert study.make_preview(one) == jpeg
    assert cache.thumbnail(one) is None  # that of the shards comes when it is asked for


def test_a_sample_is_said_under_the_picture(page):
    app = page(sample=6)
    assert "a sample: 6 of 8 images, drawn with seed 42" in texts(app).replace("\\", "")
    data = page(sample=6, view="data")
    assert data.metric[0].value == "6"


@pytest.mark.parametrize("layer", ["pool5", "pool4"])
def test_no_other_layer_is_offered_for_features_that_lie_in_shards(page, layer):
    app = page(view="inside_vgg", inside="Network", network_layer=layer)
    assert not app.error
    assert not [one.label for one in app.button if one.label.startswith("Take ")]
    assert "dashed rim" not in texts(app)
    assert FIXED in texts(app)
    assert ("The features are made of it" in texts(app)) == (layer == "pool5")
    blocks = components(app)["network"]["blocks"]
    assert [one["name"] for one in blocks if one["is_offered"]] == []
    assert [one["name"] for one in blocks if one["is_used"]] == ["pool5"]


def test_of_shards_no_other_layers_are_compared(page):
    app = page(view="inside_vgg", inside="Layers compared")
    assert not app.error
    assert FIXED in texts(app)
    keys = [one.key or "" for one in app.button]
    assert [key for key in keys if key.startswith("Compare layer")] == ["Compare layer conv5 1x1"]
    assert [key for key in keys if key.startswith("Compare PCA")]


def test_the_second_map_of_shards_has_their_layer_whatever_a_link_says(page):
    link = {"part": "Two maps", "other_layer": "conv3", "other_weights": "imagenet"}
    app = page(view="compare", link=link)
    assert not app.error
    fixed = {one.key: (one.value, one.disabled) for one in app.selectbox if one.key in _FIXED}
    assert fixed == dict.fromkeys(_FIXED, ("the same", True))


def test_what_is_wrong_is_one_sentence_on_the_page(page, house):
    for source, said in (
        (f"parquet:{house[0] / 'photos'}", "outside of what this server may open"),
        ("parquet:s3://bucket/shards", "no address that this server may open"),
    ):
        (error,) = page(source).error
        assert said in error.value
    (error,) = page(layer="conv3").error
    assert "was made with layer conv5, and asked for is layer conv3" in error.value


def run(house, *arguments):
    line = [*map(str, arguments), "--cache", str(house[0] / "line.sqlite")]
    return CliRunner().invoke(cli.app, line)


def test_commands_take_shards(house, tmp_path):
    name = f"parquet:{house[0] / 'shards'}"
    first = run(house, "extract", name)
    assert "8 images, 8 distinct, 8 newly taken over, 0 unreadable" in first.stderr
    made = run(house, "cluster", name, "--k", 2, "--csv", "-")
    rows = list(csv.DictReader(io.StringIO(made.stdout)))
    assert [row["path"] for row in rows[:2]] == ["blue/0.png", "blue/1.png"]
    assert len({(row["label"], row["cluster"]) for row in rows}) == 2
    swept = run(house, "sweep", name, "--k", "2-3", "--seeds", 1, "--sample", 7)
    assert "a sample: 7 of 8 images, drawn with seed 42" in swept.stderr
    assert [row["k"] for row in csv.DictReader(io.StringIO(swept.stdout))] == ["2", "3"]
    told = run(house, "info", name)
    assert "extracted: 8" in told.stdout


def test_the_report_has_the_thumbnails_of_the_shards_and_not_their_place(house, tmp_path):
    name = f"parquet:{house[0] / 'shards'}"
    out = tmp_path / "report.html"
    made = run(house, "export", name, out, "--to", "html", "--k", 2)
    assert made.exit_code == 0, made.stderr
    text = out.read_text()
    assert "<h1>shards" in text
    assert "data:image/jpeg;base64," in text
    assert str(house[0] / "photos") not in text


def test_folders_of_clusters_hold_the_images_themselves(house, tmp_path):
    made = run(
        house,
        "export",
        f"parquet:{house[0] / 'shards'}",
        tmp_path / "out",
        "--to",
        "folders",
        "--k",
        2,
    )
    assert made.exit_code == 0, made.stderr
    written = sorted(file.name for file in (tmp_path / "out").rglob("*.png"))
    assert written == [f"{at}.png" for at in range(N_IMAGES)]
    (first,) = (tmp_path / "out").rglob("0.png")
    assert first.read_bytes() == (house[0] / "photos" / "blue" / "0.png").read_bytes()


def test_a_sample_of_none_is_refused(house):
    refused = run(house, "info", f"parquet:{house[0] / 'shards'}", "--sample", 0)
    assert refused.exit_code == 1
    assert refused.stderr == "groupsight: a sample of 0 images: choose at least 1\n"


def sampled_id(page, row, **values):
    """Of an image of the sample of five."""
    page(sample=5, **values)
    studies = [one for one in all_jobs().results() if isinstance(one, Study)]
    return next(one for one in studies if one.source.sample).images.ids[row]


def settle_search(app):
    """Once something is found; the page looks for it again and again."""
    deadline = time.monotonic() + PATIENCE
    waits = (explore_full._MESSAGE, *explore_full._STAGES.values())
    while any(one.value.startswith(waits) for one in app.caption) and time.monotonic() < deadline:
        app.run()
    return settle(app)


def find_button(app):
    (button,) = [each for each in app.button if each.label == "Nearest in all 8 images"]
    return button


def test_a_sample_is_searched_in_all_images(page, house):
    one = sampled_id(page, 0)
    app = page(sample=5, link={"image": one[:16]})
    app = settle_search(find_button(app).click().run())
    assert "The nearest of all 8 images" in texts(app)
    (grid,) = [each.proto.body for each in app.get("html") if "<figure" in each.proto.body]
    titles = re.findall(r'<figure [^>]*title="([^"]*)"', grid)
    own = house[1].images.by_id[one][0].path
    assert titles[0] == f"{house[0] / 'photos'}/{own}"
    assert len(titles) == N_IMAGES
    assert not [each for each in page().button if "Nearest in all" in each.label]


def test_a_path_is_text_wherever_it_is_drawn():
    drawn = explore_full._draw(explore_full._Hit('s3://b/"><script>x</script>.jpg', 0.5, b"jpeg"))
    assert "<script" not in drawn
    assert 'title="s3://b/&quot;&gt;&lt;script&gt;x&lt;/script&gt;.jpg"' in drawn


def test_where_an_index_would_help_the_page_says_how_to_install_it(page, house, monkeypatch):
    monkeypatch.setattr(folder_search, "IndexParams", lambda: IndexParams(8, nearest=7))
    monkeypatch.setitem(sys.modules, "faiss", None)
    app = page(sample=5, link={"image": sampled_id(page, 1)[:16]})
    app = settle_search(find_button(app).click().run())
    said = texts(app).replace("\\", "")
    assert "the distance beneath each; exact: the distance to every image was taken. " in said
    assert "`pip install -r requirements-faiss.txt` brings an index, by which 8 images are " in said
    assert "Exact" not in [each.label for each in app.toggle]


def said_by(app):
    return texts(app).replace("\\", "")


def find_exact(app):
    (toggle,) = [each for each in app.toggle if each.label == "Exact"]
    return toggle


@pytest.fixture
def indexed(monkeypatch):
    """From eight images on there is an index, for all that the page knows."""
    monkeypatch.setattr(folder_search, "IndexParams", lambda: IndexParams(8, nearest=7))
    monkeypatch.setitem(sys.modules, "faiss", SimpleNamespace())


class Nearby:
    """Stands for an index; it finds fewer than are asked for, so that all are looked at."""

    facts = IndexFacts(IndexParams(), (N_IMAGES, 9), 16, 2, 0.9951)

    def candidates(self, ones, k):
        return [np.arange(1)]


@pytest.mark.usefixtures("indexed")
def test_what_an_index_finds_is_called_approximate_and_can_be_had_exactly(page, monkeypatch):
    def open_search(*args, exact, **kwargs):
        made = kept(*args, exact=True, **kwargs)
        return made if exact else FolderSearch(made.prepared, Nearby(), Nearby.facts.describe())

    kept = folder_search.open_search
    monkeypatch.setattr(folder_search, "open_search", open_search)
    app = page(sample=5, link={"image": sampled_id(page, 2)[:16]})
    app = settle_search(find_button(app).click().run())
    assert "approximate: found 99.5 % of the exact 24 nearest of 8 images." in said_by(app)
    app = settle_search(find_exact(app).set_value(True).run())
    assert "beneath each; exact: the distance to every image was taken." in said_by(app)
    app = settle_search(find_exact(app).set_value(False).run())
    assert "approximate: found 99.5 %" in said_by(app)


@pytest.mark.usefixtures("indexed")
def test_while_an_index_is_made_the_exact_search_is_given(page, monkeypatch):
    def open_search(*args, exact, watch, **kwargs):
        if not exact:
            watch.step(Progress("index", 3, N_IMAGES))
            assert may_end.wait(60)
        return kept(*args, exact=True, watch=watch, **kwargs)

    kept, may_end = folder_search.open_search, threading.Event()
    monkeypatch.setattr(folder_search, "open_search", open_search)
    app = page(sample=5, seed=7, link={"image": sampled_id(page, 0, seed=7)[:16]})
    app = find_button(app).click().run()
    assert "Making the index, once: 3 of 8 images … " in said_by(app)
    app = settle_search(find_exact(app).set_value(True).run())
    assert "beneath each; exact: the distance to every image was taken." in said_by(app)
    assert "Making the index" not in said_by(app)
    app = find_exact(app).set_value(False).run()
    assert "Making the index, once: 3 of 8 images … " in said_by(app)
    may_end.set()
    assert "beneath each; exact: " in said_by(settle_search(app))


@pytest.mark.usefixtures("indexed")
def test_without_anything_found_there_is_the_way_to_the_exact_search(page, monkeypatch):
    """The switch stands before the wait for the index, so it is there whatever comes of that."""

    def open_search(*args, exact, **kwargs):
        if not exact:
            raise CoreError("no [index]")
        return kept(*args, exact=exact, **kwargs)

    kept = folder_search.open_search
    monkeypatch.setattr(folder_search, "open_search", open_search)
    app = page(sample=5, link={"image": sampled_id(page, 3)[:16]})
    app = settle_search(find_button(app).click().run())
    (told,) = app.info
    assert told.value == r"All images cannot be searched\: no \[index\]"
    app = settle_search(find_exact(app).set_value(True).run())
    assert "beneath each; exact: the distance to every image was taken." in said_by(app)


@pytest.mark.usefixtures("indexed")
def test_why_no_index_could_be_made_is_said_with_what_was_found(page, monkeypatch):
    def fail(*_):
        raise CoreError("/a_b/index: No space left on device")

    monkeypatch.setattr(folder_search, "make_index", fail)
    app = page(sample=5, link={"image": sampled_id(page, 4)[:16]})
    app = settle_search(find_button(app).click().run())
    assert r"cannot be made\: /a\_b/index\: No space left on device." in texts(app)


def test_the_wait_tells_its_stage():
    def tell(*progress):
        return explore_full._tell_stage(
            SimpleNamespace(progress=Progress(*progress), rate=0.0, seconds_left=None)
        )

    assert tell("start") == tell("find") == "Searching all images"
    assert tell("search", 1000, 2000) == "Preparing all features, once: 1,000 of 2,000 images"
    assert tell("index") == "Making the index, once"  # another process has the turn
    assert tell("compare", 7, 9) == (
        "Comparing the index with the exact search, once: 7 of 9 images"
    )


def read_search(answer):
    assert answer.exit_code == 0, answer.stderr
    return list(csv.DictReader(io.StringIO(answer.stdout)))


def test_a_command_searches_all_images_of_the_shards(house):
    name = f"parquet:{house[0] / 'shards'}"
    everything = [*(str(house[0] / "photos" / one.path) for one in house[1].images.records)]
    whole = run(house, "search", name, "--like", 5, "--sample", 3)
    rows = read_search(whole)
    assert list(rows[0]) == ["row", "path", "distance"]
    assert (rows[0]["row"], rows[0]["path"]) == ("5", everything[5])
    assert rows[0]["distance"] == "0.0"
    assert [row["path"] for row in rows] == [everything[int(row["row"])] for row in rows]
    assert {row["row"] for row in rows[:4]} == {"4", "5", "6", "7"}
    assert len(rows) == N_IMAGES
    assert "nearest of 8 images, exact: the distance to every image was taken" in whole.stderr
    few = run(house, "search", name, "--like", everything[5], "--sample", 8, "--count", 2)
    assert [row["row"] for row in read_search(few)] == [row["row"] for row in rows[:2]]


def test_the_same_command_searches_a_folder_of_images(house, tmp_path):
    asked = ["--weights", "embedded", "--device", "cpu", "--precision", "fp32"]
    line = ["search", str(house[0] / "photos"), *asked, "--cache", str(house[0] / "first.sqlite")]
    made = CliRunner().invoke(cli.app, [*line, "--like", "2", "--count", "4"])
    rows = read_search(made)
    assert (rows[0]["row"], rows[0]["path"], rows[0]["distance"]) == ("2", "blue/2.png", "0.0")
    assert {row["path"] for row in rows} == {f"blue/{at}.png" for at in range(4)}
    values = house[1].reduction.values
    near = np.linalg.norm(values - values[2], axis=1)
    assert [float(row["distance"]) for row in rows] == pytest.approx(sorted(near)[:4])
    assert "nearest of 8 images, exact" in made.stderr


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--like", "8"], "there is no row 8: choose one from 0 to 7"),
        (["--like", "9" * 5000], "999... has 5,000 digits: no source has as many rows. Name an"),
        (["--like", "nothing.jpg"], "nothing.jpg cannot be read: No such file or directory"),
        (["--like", "0", "--count", "0"], "the 0 nearest images: choose at least 1"),
        (["--like", __file__], "this image cannot be searched for: "),
    ],
)
def test_a_search_for_nothing_is_refused_in_one_line(house, options, reason):
    refused = run(house, "search", f"parquet:{house[0] / 'shards'}", *options)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert reason in refused.stderr.splitlines()[-1]


def test_a_row_that_could_not_be_read_is_not_searched_for(house, tmp_path):
    n_features = house[1].recipe.cut.n_features
    recipe = ShardRecipe.of(house[1].recipe)
    making = making_of(3, 3, recipe=recipe, dimension=n_features)
    write_folder(tmp_path / "odd", making, broken={0})
    name = f"parquet:{tmp_path / 'odd'}"
    refused = run(house, "search", name, "--like", 0)
    assert "the image in row 0 could not be read (no such file): choose" in refused.stderr
    found = read_search(run(house, "search", name, "--like", 2, "--normalize", "none"))
    assert [(row["row"], row["path"]) for row in found] == [("2", "2.png"), ("1", "1.png")]

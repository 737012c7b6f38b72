"""Fit again without a browser: what it says before and after a fit, and what is kept of it."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from test_page import components, fetch, page, settle, shown_rows, texts  # noqa: F401

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.journal.deciding import Deciding
from core.recipe import StudyParams
from core.study import open_study
from dashboard import deciding as deciding_of_page

TWO = KMeansParams(2)
FIT = "Fit again with what was learned"


@pytest.fixture(autouse=True)
def named_ada(monkeypatch):
    monkeypatch.setattr(deciding_of_page.getpass, "getuser", lambda: "ada")


@pytest.fixture
def folder(tmp_path, save_image):
    """Four reddish, four bluish and five violet images, of which some follow others."""
    for shade in (190, 210, 230, 250):
        save_image(tmp_path / "images" / f"red {shade}.png", (shade, 0, 0))
        save_image(tmp_path / "images" / f"blue {shade}.png", (0, 0, shade))
    for shade in (100, 110, 120, 130, 140):
        save_image(tmp_path / "images" / f"violet {shade}.png", (250 - shade, 0, shade))
    return tmp_path / "images"


@pytest.fixture
def ada(tmp_path, folder):
    """She decides over the cache file of the page, beside it."""
    params = StudyParams(str(folder), weights="embedded")
    with Cache(tmp_path / "page.sqlite") as cache:
        study = open_study(params, cache)
        study.extract()
        yield Deciding(study, author="ada")


@pytest.fixture
def refit(page, folder):  # noqa: F811
    def opened(**values):
        return page(folder, view="review", review="Fit again", k=2, **values)

    return opened


def row_of(deciding, name):
    (record,) = (one for one in deciding.study.images.records if one.path == f"{name}.png")
    return deciding.study.images.index[record.id]


def move_violets(deciding):
    """Two violet images go to the other cluster; both rows."""
    rows = [row_of(deciding, f"violet {shade}") for shade in (100, 110)]
    (own,) = set(deciding.study.clusters(TWO)[rows].tolist())
    deciding.move(TWO, rows, to=1 - own, seen=deciding.state.seq)
    return rows


def press(app, label):
    next(one for one in app.button if one.label == label).click()
    return settle(app.run())


def labels(app):
    return [one.label for one in app.button]


def said(app):
    return texts(app).replace("\\", "")


def test_without_decisions_it_says_what_to_do(refit):
    app = refit()
    assert "Nothing was decided yet" in app.info[0].value
    assert FIT not in labels(app)
    assert "PCK-Means" in said(app)


def test_a_tag_teaches_nothing(refit, ada):
    ada.tag([0], "blurred", seen=0)
    assert "Nothing was decided yet" in refit().info[0].value


def test_nothing_is_fitted_before_it_is_asked_for(refit, ada):
    move_violets(ada)
    app = refit()
    assert FIT in labels(app)
    assert "Learned from" not in said(app)
    assert components(app) == {}


def find_followers(deciding, decided):
    before, after = deciding.corrected(TWO).labels, deciding.refit(TWO).refit.labels
    return [row for row in np.flatnonzero(before != after).tolist() if row not in decided]


def test_what_moved_is_what_core_finds(refit, ada):
    followed = find_followers(ada, move_violets(ada))
    assert followed  # or this test would show nothing
    app = press(refit(), FIT)
    words = f"Learned from 2 images moved by hand and 0 kept: {len(followed)} more image"
    assert words in said(app)
    assert FIT not in labels(app)
    maps = [data for data in bidi(app) if "scatter" in data["module"]]
    clusters = [np.frombuffer(fetch(one["coloring"]["address"]), "<u2") for one in maps]
    assert np.array_equal(clusters[0], ada.corrected(TWO).labels)
    assert np.array_equal(clusters[1], ada.refit(TWO).refit.labels)


def bidi(app):
    return [json.loads(one.proto.json) for one in app.get("bidi_component")]


def test_who_followed_can_be_looked_at(refit, ada):
    followed = find_followers(ada, move_violets(ada))
    app = press(refit(), FIT)
    app.button_group(key=f"followers {ada.state.seq}").set_value(0)
    app = settle(app.run())
    assert sorted(shown_rows(app)) == followed


def test_a_reload_shows_it_again_at_once(refit, ada):
    move_violets(ada)
    press(refit(), FIT)
    app = refit()
    assert "Learned from 2 images" in said(app)
    assert FIT not in labels(app)


def test_what_is_decided_since_asks_for_another_fit(refit, ada):
    move_violets(ada)
    app = press(refit(), FIT)
    ada.keep(TWO, [row_of(ada, "red 190")], seen=ada.state.seq)
    app = settle(app.run())
    assert "Decisions have changed since the last fit" in app.info[0].value
    app = press(app, FIT)
    assert "Learned from 2 images moved by hand and 1 kept" in said(app)
    ada.undo(seen=ada.state.seq)
    assert "2 images moved by hand and 0 kept" in said(settle(app.run()))  # it is still known


def test_kept_as_decisions_it_is_one_action_that_can_be_undone(refit, ada):
    rows = move_violets(ada)
    followed = find_followers(ada, rows)
    after = ada.refit(TWO).refit.labels
    app = press(refit(), FIT)
    count = f"{len(followed)} image{'' if len(followed) == 1 else 's'}"
    assert f"{count} that followed will be moved" in said(app)
    before = ada.state.seq
    app = press(app, f"Move {count}")
    added = [row for row in ada.study.journal.rows if row.seq > before]
    assert len({row.action for row in added}) == 1
    assert {row.author for row in added} == {"ada"}
    images = [ada.study.images.index[row.decision.image] for row in added]
    assert sorted(images) == followed
    assert np.array_equal(ada.corrected(TWO).labels, after)
    assert f"{count} w" in app.success[0].value
    assert FIT in labels(app)
    app = press(app, "Undo")
    assert not app.success
    assert "Learned from 2 images" in said(app)
    assert np.array_equal(np.flatnonzero(ada.corrected(TWO).moved), sorted(rows))


def test_somebody_else_is_not_overwritten_by_it(refit, ada):
    followed = find_followers(ada, move_violets(ada))
    app = press(refit(), FIT)
    bob = Deciding(ada.study, author="bob")
    bob.keep(TWO, followed[:1], seen=bob.state.seq)
    n_rows = len(ada.study.journal.rows)
    count = f"{len(followed)} image{'' if len(followed) == 1 else 's'}"
    app = press(app, f"Move {count}")
    assert "by bob" in app.warning[0].value
    assert len(ada.study.journal.rows) == n_rows


def test_it_can_be_taken_away(refit, ada, monkeypatch):
    from dashboard.views import review_refit_result  # noqa: PLC0415 - once the page is there

    taken = []
    monkeypatch.setattr(review_refit_result, "offer_result", taken.append)
    row = row_of(ada, "red 190")
    move_violets(ada)
    ada.exclude([row], seen=ada.state.seq)
    press(refit(), FIT)
    table, made = tables(taken[-1])
    assert "red 190.png" not in [one["path"] for one in table]
    assert len(table) == 12
    after, before = ada.refit(TWO).refit.labels, ada.corrected(TWO).labels
    for one in table:
        at = row_of(ada, one["path"].removesuffix(".png"))
        number = one.get("cluster")
        assert (number, one["cluster_before"]) == (str(after[at]), str(before[at]))
    assert made["fitted_again"]["must_links"] == 2
    assert made["fitted_again"]["excluded"] == 1
    assert made["n_clusters"] == 2


def tables(fitted):
    from core.export.export import as_csv  # noqa: PLC0415
    from dashboard.views.review_refit_use import describe_fit, tabulate_fit  # noqa: PLC0415

    lines = as_csv(tabulate_fit(fitted)).decode().splitlines()
    return list(csv.DictReader(lines)), json.loads(json.dumps(describe_fit(fitted)))


def test_excluded_images_stay_and_are_in_no_cell(refit, ada):
    move_violets(ada)
    ada.exclude([row_of(ada, "red 190")], seen=ada.state.seq)
    app = press(refit(), FIT)
    (table,) = (data for data in bidi(app) if "contingency" in data["module"])
    cells = json.loads(fetch(table["table"]))
    assert sum(map(sum, cells["counts"])) == 12
    assert "of 12 distinct images were reshuffled" in said(app)


def test_it_learns_from_the_corrected_clusters_whatever_the_sidebar_shows(refit, ada):
    move_violets(ada)
    app = press(refit(corrected=False), FIT)
    assert "Learned from 2 images moved by hand" in said(app)
    first = next(data for data in bidi(app) if "scatter" in data["module"])
    clusters = np.frombuffer(fetch(first["coloring"]["address"]), "<u2")
    assert np.array_equal(clusters, ada.corrected(TWO).labels)


def test_what_could_not_be_followed_is_listed(refit, ada, monkeypatch):
    """Rarely are decisions at odds: here the fit is made to say so."""
    from core.journal import lessons  # noqa: PLC0415
    from core.journal.corrections import Stale  # noqa: PLC0415
    from dashboard.views import review_refit_fit  # noqa: PLC0415

    def fit(study, corrected, *, seed):
        made = lessons.teach(
            study.reduction.values, corrected, study.images.ids, counts=study.counts, seed=seed
        )
        return replace(made, unheeded=(Stale(corrected.applied[0].row, "no room"),))

    monkeypatch.setattr(review_refit_fit, "fit_again", fit)
    move_violets(ada)
    app = press(refit(), FIT)
    assert "1 decision could not be followed in full" in [one.label for one in app.expander]
    (table,) = (one.value for one in app.dataframe if "Why not" in one.value)
    assert table["Image"].tolist()[0].startswith("violet")
    assert table["Why not"].tolist() == ["no room"]

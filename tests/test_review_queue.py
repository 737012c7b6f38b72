"""The review queue without a browser: its order, its filters, what is decided and what is told."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from test_page import components, fetch, page, settle, texts  # noqa: F401 - fixtures

from core.clusters.clustering import KMeansParams
from core.images import ImageRecord, ImageSet
from core.journal.deciding import Deciding
from core.journal.decisions import Kind as Decided
from core.measures.sweep import Sweep, SweepParams
from core.review.fit import Fit
from core.review.label_codes import encode_labels
from core.review.misfit import Misfit
from core.study import Study
from dashboard.deck import Act, Kind
from dashboard.grouping import Grouped
from dashboard.jobs import all_jobs
from dashboard.views.review_bulk import Bulk, translate_bulk
from dashboard.views.review_cards import find_medoids
from dashboard.views.review_filters import distinguish
from dashboard.views.review_handled import Handled, handle, translate
from dashboard.views.review_order import (
    UNLABELLED,
    Facts,
    Filters,
    find_matching,
    find_open,
    find_place,
    known_sorts,
    take_window,
)
from dashboard.views.review_place import rank

TWO = KMeansParams(2)
SCORES = np.array([0.1, 0.9, 0.5, 0.3, np.nan, 0.7], dtype=np.float32)
"""Of six images; the fifth has none."""
FACTS = Facts(
    clusters=np.array([0, 0, 1, 1, 2, 2], dtype=np.int32),
    reviewed=np.array([0, 1, 2, 3, 0, 1], dtype=np.uint8),
    # Seven files: the last is a copy of the first image under another label.
    labels=encode_labels(["cat", "cat", "dog", "dog", None, "eel", "eel"]),
    rows=np.array([0, 1, 2, 3, 4, 5, 0]),
    tagged={"blurred": np.array([1, 4]), "odd": np.array([2])},
    selected=np.array([3, 4]),
)


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        (Filters(), [0, 1, 2, 3, 4, 5]),
        (Filters(clusters=(0, 2)), [0, 1, 4, 5]),
        (Filters(score=0.5), [1, 2, 5]),
        (Filters(labels=("eel",)), [0, 5]),
        (Filters(labels=(UNLABELLED, "dog")), [2, 3, 4]),
        (Filters(labels=("gone",)), []),
        (Filters(status="not reviewed"), [0, 4]),
        (Filters(status="kept"), [1, 5]),
        (Filters(status="excluded"), [3]),
        (Filters(tags=("odd", "blurred")), [1, 2, 4]),
        (Filters(tags=("gone",)), []),
        (Filters(selected=True), [3, 4]),
        (Filters(clusters=(2,), selected=True), [4]),
    ],
)
def test_a_filter_leaves_what_matches(filters, rows):
    assert np.flatnonzero(find_matching(SCORES, filters, FACTS)).tolist() == rows


def test_filters_are_counted():
    assert Filters().count == 0
    assert Filters(clusters=(1,), score=0.1, status="kept", selected=True).count == 4


def misfit(**changed):
    known = dict.fromkeys(("margin", "silhouette", "neighbors"), SCORES)
    return Misfit(**known, restlessness=None, label=None, silhouette_is_exact=True, **changed)


def test_only_known_scores_are_offered():
    assert known_sorts(misfit()) == ("combined", "margin", "silhouette", "neighbors")
    nothing = np.full(6, np.nan, dtype=np.float32)
    assert "label" not in known_sorts(replace(misfit(), label=nothing))
    assert "label" in known_sorts(replace(misfit(), label=SCORES))


def test_a_place_is_that_of_its_image_or_of_the_next_one_that_is_there():
    order = np.array([5, 3, 1, 0, 2, 4])
    ranks = rank(order)
    assert ranks.tolist() == [3, 2, 4, 1, 5, 0]
    queue = np.array([3, 0, 2])
    assert [find_place(queue, row, ranks) for row in (3, 0, 2)] == [0, 1, 2]
    assert find_place(queue, 5, ranks) == 0  # before the first
    assert find_place(queue, 1, ranks) == 1  # between 3 and 0
    assert find_place(queue, 4, ranks) == 2  # behind the last: that one


def test_the_next_that_is_not_reviewed_comes_after_or_from_the_beginning():
    rows, reviewed = np.array([4, 1, 0, 5]), FACTS.reviewed
    assert find_open(rows, 0, reviewed) == 2
    assert find_open(rows, 2, reviewed) == 0
    assert find_open(rows[:1], 0, reviewed) == 0
    assert find_open(np.array([1, 2]), 0, reviewed) is None


@pytest.mark.parametrize(
    ("count", "at", "places"),
    [(100, 50, range(48, 54)), (100, 0, range(4)), (100, 99, range(97, 100)), (1, 0, range(1))],
)
def test_a_window_ends_where_the_queue_does(count, at, places):
    assert take_window(count, at, before=2, after=3) == places


def test_two_clusters_of_one_name_are_told_apart():
    assert distinguish(["cats", "dogs", "cats"]) == ["cats (0)", "dogs", "cats (2)"]


def grouped(clusters, own, *, excluded=()):
    """Images whose distances to their centres are `own`."""
    count = len(clusters)
    records = [ImageRecord(f"{row}.png", f"{row:064x}", None, 1, 1) for row in range(count)]
    reviewed = np.zeros(count, dtype=np.uint8)
    reviewed[list(excluded)] = 3
    own, rivals = np.array(own, dtype=np.float32), np.full(count, -1, dtype=np.int32)
    fit = Fit(own, rivals, own, own, np.zeros((2, 1), dtype=np.float32))
    numbers = np.array(clusters, dtype=np.int32)
    return Grouped(ImageSet("made up", tuple(records)), numbers, fit, ("a", "b", "c"), reviewed)


def test_a_medoid_is_the_nearest_to_the_centre_that_belongs_there():
    assert find_medoids(grouped([0, 0, 2, 2], [2, 1, 3, 4])) == {0: 1, 2: 2}
    assert find_medoids(grouped([0, 0, 2, 2], [2, 1, 3, 4], excluded=[1])) == {0: 0, 2: 2}
    assert find_medoids(grouped([0, 1], [1, 1], excluded=[1])) == {0: 0}


class Recorder:
    """Stands in for a person at work on a study: notes what is asked for."""

    def __getattr__(self, name):
        return lambda *args, **named: (name, args, {**named})


def asked(deed):
    return deed(Recorder(), 7)


def test_an_act_is_one_decision():
    here = grouped([0, 1], [1, 1])
    assert asked(translate(Act(1, Kind.KEEP, 0), TWO, here)) == ("keep", (TWO, [0]), {"seen": 7})
    moved = asked(translate(Act(1, Kind.MOVE, 0, to=1), TWO, here))
    assert moved == ("move", (TWO, [0]), {"to": 1, "seen": 7})
    assert asked(translate(Act(1, Kind.NEW, 0), TWO, here))[2] == {"to": None, "seen": 7}
    tagged = asked(translate(Act(1, Kind.TAG, 1, text="odd"), TWO, here))
    assert tagged == ("tag", ([1], "odd"), {"seen": 7})


def test_a_move_to_where_it_is_confirms_it():
    here = grouped([0, 1], [1, 1])
    assert asked(translate(Act(1, Kind.MOVE, 1, to=1), TWO, here))[0] == "keep"


def test_a_bulk_leaves_out_who_is_there_already():
    here, rows = grouped([0, 1, 2], [1, 1, 1]), np.array([0, 1, 2])
    assert asked(translate_bulk(Bulk(Kind.MOVE, to=1), rows, TWO, here))[1] == (TWO, [0, 2])
    assert asked(translate_bulk(Bulk(Kind.MOVE, to=1), rows[1:2], TWO, here))[0] == "keep"
    assert translate_bulk(Bulk(Kind.KEEP), rows[:0], TWO, here) is None
    assert translate_bulk(Bulk(Kind.TAG, text="  "), rows, TWO, here) is None


def decider(refused=()):
    """Decides all but the acts of these serials, and notes what it was asked."""
    done = []

    def decide(act):
        done.append(act.serial)
        return f"no {act.serial}" if act.serial in refused else ""

    return done, decide


def test_each_act_is_done_once_and_in_order():
    done, decide = decider()
    acts = [Act(2, Kind.KEEP, 5), Act(1, Kind.KEEP, 4)]
    first = handle(Handled(), "tab", acts, decide=decide)
    second = handle(first, "tab", [*acts, Act(3, Kind.EXCLUDE, 6)], decide=decide)
    assert done == [1, 2, 3]
    assert (first.acknowledged, second.acknowledged, second.client) == (2, 3, "tab")


def test_the_acts_of_two_clients_are_told_apart():
    done, decide = decider()
    first = handle(Handled(), "one", [Act(1, Kind.KEEP, 4)], decide=decide)
    second = handle(first, "two", [Act(1, Kind.KEEP, 5)], decide=decide)
    third = handle(second, "one", [Act(1, Kind.KEEP, 4)], decide=decide)
    assert done == [1, 1]
    assert third.serials == {"one": 1, "two": 1}


def test_what_is_refused_is_said_and_the_rest_done():
    done, decide = decider(refused={1})
    after = handle(Handled(), "tab", [Act(1, Kind.KEEP, 4), Act(2, Kind.KEEP, 5)], decide=decide)
    assert done == [1, 2]
    assert (after.refused, after.row, after.acknowledged) == ("no 1", 4, 2)
    assert handle(after, "tab", [Act(3, Kind.KEEP, 6)], decide=decide).refused == ""


def test_to_undo_what_was_refused_undoes_nothing_else():
    done, decide = decider(refused={2})
    kinds = [Kind.KEEP, Kind.KEEP, Kind.UNDO, Kind.UNDO, Kind.UNDO]
    acts = [
        Act(serial, kind, None if kind is Kind.UNDO else 9) for serial, kind in enumerate(kinds, 1)
    ]
    handle(Handled(), "tab", acts, decide=decide)
    assert done == [1, 2, 4, 5]


@pytest.fixture
def photos(tmp_path, save_image):
    """Five reds, five blues, and a red that turns into blue from left to right."""
    folder = tmp_path / "photos"
    for shade in (160, 180, 200, 220, 240):
        save_image(folder / f"red/{shade}.png", (shade, 0, 0))
        save_image(folder / f"blue/{shade}.png", (0, 0, shade))
    mixed = Image.new("RGB", (40, 30), (200, 0, 0))
    mixed.paste((0, 0, 200), (20, 0, 40, 30))
    mixed.save(folder / "red/mixed.png")
    return folder


@pytest.fixture
def queue(page, photos):  # noqa: F811
    """Opens the queue of these photos in a session of its own."""

    def opened(source=photos, **values):
        return page(source, view="review", **{"k": 2, "precision": "fp32", **values})

    return opened


def deck(app):
    return components(app)["deck"]


def paths(app):
    return [card["path"] for card in deck(app)["cards"]]


def open_study_of(app):
    """The study that the page shows, and somebody at work on it."""
    study = next(one for one in all_jobs().results() if isinstance(one, Study))
    return study, Deciding(study, author="bob")


def row_of(study, path):
    (record,) = (one for one in study.images.records if one.path == path)
    return study.images.index[record.id]


def drawn_fit(app):
    shown = components(app)["map"]
    return np.frombuffer(fetch(shown["content"]["fit"]), "<f4")


def select(app, *rows):
    desk = app.session_state["desk"]
    app.session_state["desk"] = replace(desk, rows=np.array(rows, dtype=np.int64))
    return settle(app.run())


def click(app, label):
    next(one for one in app.button if one.label == label).click()
    return settle(app.run())


def test_the_image_between_the_two_comes_first_and_says_why(queue):
    app = queue()
    first = deck(app)["cards"][0]
    study, _ = open_study_of(app)
    assert first["path"] == "red/mixed.png"
    assert sorted(paths(app)) == sorted(one.path for one in study.images.records)
    assert {first["cluster"], first["rival"]} == {0, 1}
    assert len(first["neighbors"]) == 5
    assert any("neighbours" in clause for clause in first["words"])
    assert any("label" in clause for clause in first["words"])
    assert (deck(app)["count"], deck(app)["decided"], deck(app)["at"]) == (11, 0, 0)


def test_another_score_is_another_order(queue):
    app = queue()
    study, _ = open_study_of(app)
    app.selectbox(key="queue_sort").set_value("margin")
    settle(app.run())
    fit = study.fit(TWO).fit
    values = [1 - fit[row_of(study, path)] for path in paths(app)]
    assert values == sorted(values, reverse=True)
    assert [card["score"] for card in deck(app)["cards"]] == pytest.approx(values)


def test_restlessness_counts_once_it_was_measured(queue):
    values = {"k_from": 2, "k_to": 3, "n_seeds": 1}
    app = queue(**values)
    assert "restlessness" not in app.selectbox(key="queue_sort").options
    study, _ = open_study_of(app)
    Sweep(study, SweepParams(2, 3, 1)).restlessness()
    for key in [one for one in all_jobs()._jobs if isinstance(one, tuple) and "misfits" in one]:
        all_jobs().forget(key)  # as after a restart
    assert "restlessness" in queue(**values).selectbox(key="queue_sort").options


def test_a_filter_by_label_is_counted_and_can_be_cleared(queue):
    app = queue(queue_label=["blue"])
    assert [path.partition("/")[0] for path in paths(app)] == ["blue"] * 5
    assert deck(app)["count"] == 5
    click(app, "Clear the filters")
    assert deck(app)["count"] == 11


def test_nothing_left_is_said_with_a_way_back(queue):
    app = queue(queue_status="moved")
    assert "No image matches" in app.info[0].value
    assert "deck" not in components(app)
    app.button(key="clear all").click()
    settle(app.run())
    assert deck(app)["count"] == 11


def test_the_queue_stays_while_one_decides_until_it_is_asked_for_anew(queue):
    app = queue(queue_status="not reviewed")
    study, bob = open_study_of(app)
    before = deck(app)
    bob.keep(TWO, [row_of(study, "red/mixed.png")], seen=0)
    settle(app.run())
    after = deck(app)
    assert (after["queue"], after["count"], after["decided"]) == (before["queue"], 11, 1)
    assert after["cards"][0]["status"] == "kept"
    click(app, "Update")
    assert deck(app)["count"] == 10
    assert "red/mixed.png" not in paths(app)
    assert deck(app)["queue"] != before["queue"]


def test_the_place_is_in_the_link_and_a_file_can_be_gone_to(queue):
    app = queue()
    order = paths(app)
    app.text_input(key="at").set_value("blue/200")
    settle(app.run())
    assert deck(app)["at"] == order.index("blue/200.png")
    assert app.session_state["at"] == "blue/200.png"
    app.text_input(key="at").set_value("nowhere")
    settle(app.run())
    assert deck(app)["at"] == order.index("blue/200.png")
    app.text_input(key="at").set_value("")
    settle(app.run())
    assert deck(app)["at"] == 0


def test_a_link_opens_the_queue_where_it_was(page, photos):  # noqa: F811
    app = page(photos, view="review", link={"at": "blue/200.png"}, k=2, precision="fp32")
    (card,) = (one for one in deck(app)["cards"] if one["place"] == deck(app)["at"])
    assert card["path"] == "blue/200.png"


def test_each_filter_has_a_place_of_its_own(queue):
    app = queue()
    order = paths(app)
    app.text_input(key="at").set_value("blue/200.png")
    settle(app.run())
    app.multiselect(key="queue_label").set_value(["red"])
    settle(app.run())
    assert deck(app)["at"] == 0
    app.multiselect(key="queue_label").set_value([])
    settle(app.run())
    assert deck(app)["at"] == order.index("blue/200.png")


def test_the_next_one_that_is_not_reviewed(queue):
    app = queue()
    study, bob = open_study_of(app)
    bob.keep(TWO, [row_of(study, path) for path in paths(app)[1:4]], seen=0)
    settle(app.run())
    click(app, "Next not reviewed")
    assert deck(app)["at"] == 4


def test_a_bulk_is_one_action_and_undone_in_one_go(queue):
    app = queue(queue_look="Grid")
    study, _ = open_study_of(app)
    rows = [row_of(study, path) for path in ("red/160.png", "red/180.png", "blue/160.png")]
    select(app, *rows)
    click(app, "Keep where they are")
    added = study.journal.rows
    assert {row.decision.image for row in added} == {study.images.ids[row] for row in rows}
    assert len({row.action for row in added}) == 1
    assert {row.decision.kind for row in added} == {Decided.KEEP}
    undo = next(one for one in app.button if one.label == "Undo")
    assert undo.help == f"3 images confirmed in cluster {added[0].decision.target.number}"
    click(app, "Undo")
    assert study.journal.state.placements == {}
    click(app, "Redo")
    assert len(study.journal.state.placements) == 3


def test_the_selected_move_to_a_cluster_and_to_a_new_one(queue):
    app = queue()
    study, bob = open_study_of(app)
    red, blue = (row_of(study, f"{name}/160.png") for name in ("red", "blue"))
    clusters = study.clusters(TWO)
    select(app, red, blue)
    app.selectbox(key="bulk target").set_value(int(clusters[blue]))
    settle(app.run())
    click(app, "Move")
    assert bob.corrected(TWO).labels[red] == clusters[blue]
    assert len(study.journal.rows) == 1  # the other one was there
    click(app, "Move to a new cluster")
    assert bob.corrected(TWO).labels[[red, blue]].tolist() == [2, 2]
    assert [one["number"] for one in deck(app)["clusters"]] == [0, 1, 2]
    assert drawn_fit(app) == pytest.approx(bob.fit(TWO).fit, nan_ok=True)


def test_the_selected_are_tagged_excluded_and_included(queue):
    app = queue()
    study, bob = open_study_of(app)
    row = row_of(study, "red/160.png")
    select(app, row)
    app.text_input(key="bulk tag").set_value("dark *red*")
    click(app, "Tag")
    assert study.journal.state.tags_of(study.images.ids[row]) == ("dark *red*",)
    assert deck(app)["tags"] == ["dark *red*"]
    click(app, "Exclude")
    assert drawn_fit(app) == pytest.approx(bob.fit(TWO).fit, nan_ok=True)
    assert np.flatnonzero(bob.corrected(TWO).excluded).tolist() == [row]
    click(app, "Include again")
    assert not bob.corrected(TWO).excluded.any()


def test_of_two_sessions_the_second_is_refused_and_told(queue):
    ada, bob = queue(), queue()
    study, _ = open_study_of(ada)
    row = row_of(study, "red/mixed.png")
    for app, name in ((ada, "ada"), (bob, "bob")):
        app.session_state["author"] = name
        select(app, row)
    click(ada, "Exclude")
    next(one for one in bob.button if one.label == "Keep where they are").click()
    settle(bob.run())
    assert "excluded by ada" in bob.warning[0].value
    assert [one.decision.kind for one in study.journal.rows] == [Decided.EXCLUDE]
    assert deck(bob)["cards"][0]["status"] == "excluded"  # now it is seen
    click(bob, "Keep where they are")
    assert [one.author for one in study.journal.rows] == ["ada", "bob"]
    assert not bob.warning


def test_without_the_corrections_the_queue_goes_on_with_them(queue):
    app = queue(corrected=False)
    study, bob = open_study_of(app)
    bob.exclude([row_of(study, "red/mixed.png")], seen=0)
    settle(app.run())
    assert "Corrections are not applied" in texts(app)
    assert deck(app)["cards"][0]["status"] == "excluded"


def test_one_cluster_and_no_labels_are_no_obstacle(page, tmp_path, save_image):  # noqa: F811
    for shade in (10, 200):
        save_image(tmp_path / f"plain/{shade}.png", (shade, 0, 0))
    app = page(tmp_path / "plain", view="review", k=1, labels=False)
    card = deck(app)["cards"][0]
    assert (card["rival"], card["rival_medoid"], card["label"]) == (None, None, None)
    assert len(card["neighbors"]) == 1
    assert json.dumps(card, allow_nan=False)

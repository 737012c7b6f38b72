"""The list of decisions without a browser: what it says, what it undoes, what it takes over."""
# ruff: noqa: F811 - fixtures are arguments

from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from journals import exclude, group, image, move, number, tag
from test_page import page, settle, shown_rows, texts  # noqa: F401 - fixtures
from test_review_refit import ada, folder, named_ada, press, row_of  # noqa: F401 - fixtures

from core.clusters.clustering import KMeansParams
from core.export.export import as_csv
from core.journal.deciding import Deciding
from core.journal.decisions import Handmade, Kind
from core.journal.history import recount
from core.journal.journal import Journal
from core.journal.journal_csv import find_paths, tabulate_journal
from core.journal.journal_state import replay
from dashboard.access import secret_word
from dashboard.views.review_decisions_list import PER_PAGE
from dashboard.views.review_decisions_names import find_tagged
from dashboard.views.review_decisions_table import (
    COLUMNS,
    format_time,
    tabulate_entries,
    tint,
)

TWO = KMeansParams(2)
ZERO, ONE = group([0, 1, 0, 1], cluster=0), group([0, 1, 0, 1], cluster=1)


def find(cluster):
    return {ZERO: 0, ONE: 1}.get(cluster, -1)


def entries(*decisions):
    rows = number(decisions)
    return recount(rows, replay(rows), [])


def tabulate(some, **more):
    given = {"names": ["cats", "cluster 1"], "paths": {image("a"): "a.png"}, "zone": UTC} | more
    return tabulate_entries(some, find=find, picture=lambda one: f"/t/{one}", **given)


@pytest.mark.parametrize(
    ("time", "zone", "expected"),
    [
        ("2026-01-03T14:05:00.123+00:00", "UTC", "3 Jan 2026, 14:05"),
        ("2026-01-03T23:30:00.000+00:00", "Asia/Tokyo", "4 Jan 2026, 08:30"),
        ("2026-07-03T12:00:00.000+00:00", "Europe/Berlin", "3 Jul 2026, 14:00"),
        ("long ago", "UTC", "long ago"),
        ("", "UTC", ""),
    ],
)
def test_times_are_told_in_the_readers_zone(time, zone, expected):
    assert format_time(time, ZoneInfo(zone)) == expected


def test_a_decision_is_a_line_with_what_its_clusters_are_called_now():
    table = tabulate(entries(move("a", ONE, ZERO)))
    assert list(table.columns) == list(COLUMNS)
    assert table.loc[0].tolist() == [
        f"/t/{image('a')}",
        "moved to cluster 1 of k = 2",
        "cats",
        "cluster 1",
        "holds",
        "1 Jan 2026, 00:00",
        "ada",
        "a.png",
    ]


def test_what_is_not_here_is_left_out_and_what_is_not_found_called_as_it_was():
    rows = [replace(one, author="") for one in number([move("b", Handmade("new-7"), ONE)])]
    table = tabulate(recount(rows, replay(rows), []))
    line = table.loc[0]
    assert line["Image"] is None
    assert line["File"] == ""
    assert (line["From"], line["To"]) == ("cluster 1", "the new cluster 7")
    assert line["Who"] == "nobody named"


def test_clusters_bear_their_colours_and_what_holds_no_more_is_grey():
    some = entries(move("a", ONE, ZERO), exclude("a"), exclude("a"), tag("a", "x"))
    styled = tint(tabulate(some), some, find=find)
    html = styled.to_html()
    assert "background-color: #4477AA55" in html  # cluster 0
    assert "background-color: #EE773355" in html
    assert styled._compute().ctx[2, 1] == [("color", "gray")]  # the first of both exclusions
    assert (1, 1) not in styled.ctx


def test_tags_are_told_with_the_images_that_are_here():
    state = replay(number([tag("b", "x"), tag("a", "x"), tag("a", "y"), tag("c", "z")]))
    index = {image("a"): 0, image("b"): 1}
    assert find_tagged(state, index) == {"x": [0, 1], "y": [0]}
    assert find_tagged(replay([]), index) == {}


# The page.


@pytest.fixture
def decisions(page, folder):
    def opened(**values):
        return page(folder, view="review", review="Decisions", k=2, **values)

    return opened


def listed(app):
    """The list of decisions."""
    return next(one.value for one in app.dataframe if "What" in one.value and "Now" in one.value)


def said(app):
    return texts(app).replace("\\", "")


def button(app, label):
    return next(one for one in app.button if one.label == label)


def test_without_decisions_it_says_what_to_do(decisions, folder):
    app = decisions()
    assert "Nothing was decided yet" in app.info[0].value
    assert "No image has a tag" in said(app)
    assert "page.decisions.sqlite from then on" in said(app)
    assert "Decisions (CSV)" not in [one.label for one in app.get("download_button")]
    assert len(app.get("file_uploader")) == 1


def test_what_was_decided_is_listed_the_newest_first(decisions, ada):
    rows = [row_of(ada, "red 190"), row_of(ada, "red 210")]
    red, blue = (int(ada.study.clusters(TWO)[row_of(ada, f"{one} 250")]) for one in ("red", "blue"))
    ada.move(TWO, rows, to=blue, seen=0)
    Deciding(ada.study, author="bob").tag(rows[:1], "odd *x*", seen=ada.state.seq)
    app = decisions()
    table = listed(app)
    assert table["Who"].tolist() == ["bob", "ada", "ada"]
    assert table["What"].tolist()[0] == "tagged 'odd *x*'"
    assert table["What"].tolist()[1] == f"moved to cluster {blue} of k = 2, with 1 other"
    assert table["From"].tolist() == ["", f"cluster {red}", f"cluster {red}"]
    assert table["File"].tolist() == ["red 190.png", "red 210.png", "red 190.png"]
    image = ada.study.images.ids[rows[0]]
    assert table["Image"][0].endswith(f"/groupsight/{secret_word()}/thumbnail/{image}")
    assert "1 to 3 of 3, the newest first" in said(app)
    assert str(ada.study.journal.path) in said(app)


def test_the_list_is_filtered_by_author_and_kind(decisions, ada):
    ada.exclude([0], seen=0)
    Deciding(ada.study, author="bob").tag([0], "x", seen=ada.state.seq)
    app = decisions()
    app.multiselect(key="decisions by").set_value(["bob"])
    assert listed(settle(app.run()))["What"].tolist() == ["tagged 'x'"]
    app.multiselect(key="decisions of kind").set_value(["exclude"])
    assert "take a filter away" in said(settle(app.run()))
    app.multiselect(key="decisions by").set_value([])
    assert listed(settle(app.run()))["What"].tolist() == ["excluded"]


def test_the_last_of_mine_is_undone_and_done_again(decisions, ada):
    ada.exclude([0], seen=0)
    Deciding(ada.study, author="bob").exclude([1], seen=ada.state.seq)
    app = press(decisions(), "Undo the last of mine")
    assert list(ada.state.exclusions) == [ada.study.images.ids[1]]
    assert listed(app)["Now"].tolist() == ["-", "holds", "undone"]
    assert listed(app)["What"].tolist()[0] == "took back: excluded"
    assert button(app, "Undo the last of mine").disabled
    app = press(app, "Redo")
    assert listed(app)["Now"].tolist() == ["-", "-", "holds", "holds"]
    assert button(app, "Redo").disabled


def choose(app, at):
    """Click on a line of the list, as Streamlit tells it."""
    (key,) = (one.key for one in app.dataframe if one.key and one.key.startswith("decisions "))
    app.session_state[key] = {"selection": {"rows": [], "columns": [], "cells": [[at, "What"]]}}
    return settle(app.run())


def test_ones_own_are_undone_back_to_the_chosen_one(decisions, ada):
    for row in range(3):
        ada.exclude([row], seen=ada.state.seq)
    Deciding(ada.study, author="bob").exclude([3], seen=ada.state.seq)
    app = choose(decisions(), 0)  # bob's
    assert "Undo everything back to here" not in [one.label for one in app.button]
    app = choose(app, 2)
    assert "excluded by ada" in said(app)
    app = press(app, "Undo everything back to here")
    assert listed(app)["Now"].tolist() == ["-", "-", "holds", "undone", "undone", "holds"]
    ids = ada.study.images.ids
    assert sorted(ada.state.exclusions) == sorted([ids[0], ids[3]])
    assert len(ada.study.journal.rows) == 6


def test_what_does_not_apply_is_listed_with_its_reason(decisions, ada, folder):
    ada.exclude([row_of(ada, "red 190")], seen=0)
    (folder / "red 190.png").unlink()
    app = decisions()
    assert "No longer applies" in [one.value for one in app.subheader]
    (table,) = (one.value for one in app.dataframe if "Reason" in one.value)
    assert table["Reason"].tolist() == ["the image is not here any more"]
    assert listed(app)["Now"].tolist() == ["does not apply"]


def test_a_tag_selects_its_images(decisions, ada):
    ada.tag([4, 2], "odd *x*", seen=0)
    app = decisions()
    (group_,) = (one for one in app.button_group if one.label == "Select the images with the tag")
    app.button_group(key=group_.key).set_value("odd *x*")
    app = settle(app.run())
    assert sorted(shown_rows(app)) == [2, 4]


def test_clusters_are_tagged_and_the_tags_taken_again(decisions, ada):
    app = decisions()
    key = f"tags of 0 {ada.state.seq}"
    app.multiselect(key=key).set_value(["look", "soft"])
    app = settle(app.run())
    assert ada.corrected(TWO).tags == {0: ("look", "soft")}
    assert "cluster 0: look, soft" in said(app)
    app.multiselect(key=f"tags of 0 {ada.state.seq}").set_value(["soft"])
    settle(app.run())
    assert ada.corrected(TWO).tags == {0: ("soft",)}
    kinds = [row.decision.kind for row in ada.study.journal.rows]
    assert kinds == [Kind.TAG_CLUSTER, Kind.TAG_CLUSTER, Kind.UNTAG_CLUSTER]


def test_names_that_were_given_are_listed(decisions, ada):
    ada.name_cluster(TWO, 0, "old", seen=0)
    ada.name_cluster(TWO, 0, "reds", seen=ada.state.seq)
    ada.name_cluster(TWO, 1, "blues", seen=ada.state.seq)
    ada.name_cluster(TWO, 1, "", seen=ada.state.seq)
    (table,) = (one.value for one in decisions().dataframe if "Given to" in one.value)
    assert table["Name"].tolist() == ["reds"]
    assert table["Given to"].tolist() == ["cluster 0 of k = 2"]
    assert table["Shown here"].tolist() == ["yes"]


def test_many_decisions_come_in_pages(decisions, ada):
    for at in range(PER_PAGE + 5):
        ada.study.journal.append([tag_of(ada, f"tag {at}")], author="ada")
    app = decisions()
    assert len(listed(app)) == PER_PAGE
    assert listed(app)["What"].tolist()[0] == f"tagged 'tag {PER_PAGE + 4}'"
    app.session_state["decisions page"] = 2
    app = settle(app.run())
    assert listed(app)["What"].tolist() == [f"tagged 'tag {at}'" for at in (4, 3, 2, 1, 0)]
    assert f"{PER_PAGE + 1} to {PER_PAGE + 5} of {PER_PAGE + 5}" in said(app)


def tag_of(deciding, text):
    return replace(tag("a", text), image=deciding.study.images.ids[0])


def other_journal(deciding, tmp_path, *texts):
    """As bytes of a CSV: tags that bob gave to an image elsewhere."""
    study = deciding.study
    journal = Journal(tmp_path / "other.sqlite", study.source.name, study.images.ids)
    for text in texts:
        journal.append([tag_of(deciding, text)], author="bob")
    return as_csv(tabulate_journal(journal.rows, find_paths(study.images)))


def upload(app, data):
    (uploader,) = app.file_uploader
    uploader.set_value(("other.csv", data, "text/csv"))
    return settle(app.run())


def test_another_journal_is_looked_through_and_then_taken_over(decisions, ada, tmp_path):
    ada.tag([0], "here", seen=0)
    app = upload(decisions(), other_journal(ada, tmp_path, "here", "there"))
    assert "2 rows by bob: 1 are new here, 0 known, 1 contradict" in said(app)
    assert len(ada.study.journal.rows) == 1  # nothing yet
    app = press(app, "Take over 1 decision")
    assert "1 rows added, 0 known, 1 refused" in app.success[0].value.replace("\\", "")
    assert ada.state.tags_of(ada.study.images.ids[0]) == ("here", "there")
    assert [row.author for row in ada.study.journal.rows] == ["ada", "bob"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"path,label\na,b\n", "other.csv is no journal"),
        (b"\xff\xfe\x00", "other.csv cannot be read as a journal"),
    ],
)
def test_what_is_no_journal_is_refused(decisions, data, words):
    app = upload(decisions(), data)
    assert words in app.error[0].value.replace("\\", "")
    assert not [one for one in app.button if one.label.startswith("Take over")]

"""The deck alone: its keys and buttons, a Python that is slower than the hand, and what is seen."""

import json

import pytest
from pages.serving import (
    id_of,
    log_of,
    point_from_the_map,
    record_signals,
    serve_page,
    signals_of,
    wait_for_event,
)
from playwright.sync_api import expect

expect.set_options(timeout=30_000)

FIND = """
    const inner = [...document.querySelectorAll("*")]
        .map(one => one.shadowRoot).find(one => one?.querySelector(".deck"));
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve_page("deck_page.py", tmp_path_factory.mktemp("deck") / "log") as address:
        yield address


@pytest.fixture
def deck(page):
    """Open the page with these options: place i has the image 7 i + 3 and the cluster i mod 8."""

    def open_with(options=""):
        page.goto(f"/?{options}")
        page.locator(".card:visible, .note:visible").first.wait_for()
        page.get_by_test_id("stCode").wait_for()  # the page's last part
        return page

    return open_with


def row_at(place):
    return 7 * place + 3


def shown(page):
    """The image of the card that is shown, read from the page."""
    return page.locator(".card:visible .portrait")


def expect_place(page, place):
    expect(shown(page)).to_have_attribute("data-row", str(row_at(place)))


def expect_said(page, words):
    expect(page.locator(".spoken")).to_have_text(words)


def expect_log(page, *events):
    """Wait until Python was told exactly this, in this order."""
    text = json.dumps(list(events), separators=(",", ":"))
    page.wait_for_function(
        """text => {
            const code = document.querySelector("[data-testid=stCode]")?.innerText;
            return code && JSON.stringify(JSON.parse(code)) === text;
        }""",
        arg=text,
    )


def expect_settled(page):
    """Wait until Python has acknowledged all."""
    expect(page.locator(".saving")).to_be_hidden()


def keys(page, *pressed):
    for key in pressed:
        page.keyboard.press(key)


def button(page, act):
    return page.locator(f'[data-act="{act}"]')


def in_focus(page):
    return page.evaluate(f"() => {{ {FIND} return inner.activeElement?.className ?? null; }}")


@pytest.mark.parametrize(
    ("key", "told", "said", "place"),
    [
        ("k", ["keep", 10, None, ""], "Kept in cluster 1; card 3 of 40", 2),
        ("K", ["keep", 10, None, ""], "Kept in cluster 1; card 3 of 40", 2),
        ("Enter", ["keep", 10, None, ""], "Kept in cluster 1; card 3 of 40", 2),
        ("m", ["move", 10, 2, ""], "Moved to flowers & <b>leaves</b>; card 3 of 40", 2),
        ("5", ["move", 10, 5, ""], "Moved to cluster 5; card 3 of 40", 2),
        ("1", ["keep", 10, None, ""], "Kept in cluster 1; card 3 of 40", 2),
        ("n", ["new", 10, None, ""], "Moved to a new cluster; card 3 of 40", 2),
        ("x", ["exclude", 10, None, ""], "Excluded; card 3 of 40", 2),
    ],
)
def test_a_key_decides_and_the_next_card_follows(deck, key, told, said, place):
    page = deck("at=1")
    expect_place(page, 1)
    keys(page, key)
    expect_place(page, place)
    expect_said(page, said)
    expect(page.locator(".progress-words")).to_have_text("1 of 40 decided · place 3")
    expect_log(page, told)
    expect_settled(page)
    keys(page, "ArrowLeft")
    expect_place(page, 1)
    states = {"keep": "kept", "move": "moved", "new": "moved", "exclude": "excluded"}
    expect(page.locator(".card:visible .state")).to_have_text(states[told[0]])


@pytest.mark.parametrize("act", ["keep", "move", "new", "exclude"])
def test_a_button_does_what_its_key_does(deck, act):
    page = deck("at=1")
    button(page, act).click()
    expect_place(page, 2)
    expect_log(page, [act, 10, 2 if act == "move" else None, ""])
    # The keys are the deck's again: Enter keeps, whichever button was clicked.
    assert in_focus(page) == "deck"
    keys(page, "Enter")
    expect_place(page, 3)
    wait_for_event(page, "keep", 17, None, "")


def test_keys_walk_without_deciding(deck):
    page = deck("count=12")
    walk = [
        ("ArrowRight", 1), ("j", 2), ("ArrowLeft", 1), ("h", 0), ("ArrowLeft", 0), ("End", 11),
        ("Home", 0),
    ]  # fmt: skip
    for key, place in walk:
        keys(page, key)
        expect_place(page, place)
    expect_said(page, "Card 1 of 12")
    button(page, "next").click()
    expect_place(page, 1)
    button(page, "previous").click()
    expect_place(page, 0)
    assert log_of(page) == []


def test_python_hears_where_the_hand_is(deck):
    page = deck()
    keys(page, "ArrowRight", "ArrowRight", "ArrowRight")
    expect(page.get_by_text("Python is at 3")).to_be_visible()
    expect_place(page, 3)


def test_ten_keys_at_once_arrive_once_and_in_order(deck):
    page = deck("sleep=0.7")
    sent = page.evaluate(
        """async () => {
            const started = performance.now();
            for (const key of ["k", "m", "x", "n", "k", "5", "k", "x", "k", "m"]) {
                dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
                await new Promise(done => setTimeout(done, 5));
            }
            return performance.now() - started;
        }"""
    )
    assert sent < 5000
    expect_place(page, 10)
    expect(page.locator(".progress-words")).to_have_text("10 of 40 decided · place 11")
    # Place i is in cluster i mod 8; the next cluster is its rival.
    expect_log(
        page, ["keep", 3, None, ""], ["move", 10, 2, ""], ["exclude", 17, None, ""],
        ["new", 24, None, ""], ["keep", 31, None, ""],
        ["keep", 38, None, ""],  # it is in cluster 5 already
        ["keep", 45, None, ""], ["exclude", 52, None, ""], ["keep", 59, None, ""],
        ["move", 66, 2, ""],
    )  # fmt: skip
    expect_settled(page)
    expect_place(page, 10)
    expect(page.get_by_text("Python is at 10")).to_be_visible()
    expect(page.locator(".progress-words")).to_have_text("10 of 40 decided · place 11")


def test_a_hand_beyond_what_was_sent_waits_and_goes_on(deck):
    page = deck("ahead=2&sleep=0.5")
    # Three cards were sent: the last two presses meet none, and decide about none.
    waiting = page.evaluate(
        f"""() => {{
            {FIND}
            for (let press = 0; press < 5; press++) {{
                dispatchEvent(new KeyboardEvent("keydown", {{key: "k"}}));
            }}
            const keep = inner.querySelector("[data-act=keep]");
            const words = inner.querySelector(".note:not([hidden]) .note-words").textContent;
            return [words, keep.getAttribute("aria-disabled")];
        }}"""
    )
    assert waiting == ["Fetching card 4…", "true"]
    expect_place(page, 3)
    keys(page, "k")
    expect_log(page, *(["keep", row_at(place), None, ""] for place in range(4)))


def test_what_was_decided_is_seen_before_python_knows(deck):
    page = deck("sleep=1.5")
    keys(page, "m", "ArrowLeft")
    expect_place(page, 0)
    assert page.locator(".card:visible .state").inner_text() == "moved"
    assert page.locator(".card:visible .chip").inner_text() == "cluster 1"
    # What it was is what it could be now.
    names = page.locator(".card:visible .center .cluster-name")
    assert names.all_inner_texts() == ["cluster 1", "cluster 0"]
    keys(page, "z")
    expect(page.locator(".card:visible .state")).to_have_count(0)
    expect(page.locator(".card:visible .chip")).to_have_text("cluster 0")
    expect_log(page, ["move", 3, 1, ""], ["undo", None, None, ""])


def test_undo_and_redo_go_to_the_card(deck):
    page = deck()
    keys(page, "k", "x", "ArrowRight")
    expect_place(page, 3)
    expect_settled(page)
    expect(button(page, "undo")).to_have_attribute("title", "Undo: exclude image 10")
    keys(page, "z")
    expect_place(page, 1)
    expect_said(page, "Undone: exclude image 10; card 2 of 40")
    expect(page.locator(".card:visible .state")).to_have_count(0)
    expect_settled(page)
    keys(page, "y")
    expect(page.locator(".card:visible .state")).to_have_text("excluded")
    expect_settled(page)
    keys(page, "z", "z")
    expect_place(page, 0)
    expect_log(
        page, ["keep", 3, None, ""], ["exclude", 10, None, ""], ["undo", None, None, ""],
        ["redo", None, None, ""], ["undo", None, None, ""], ["undo", None, None, ""],
    )  # fmt: skip
    expect_settled(page)
    expect(button(page, "undo")).to_have_attribute("aria-disabled", "true")
    keys(page, "z")
    expect_said(page, "Nothing to undo")
    keys(page, "Shift+Z")
    expect_place(page, 0)
    expect(page.locator(".card:visible .state")).to_have_text("kept")
    wait_for_event(page, "redo", None, None, "")


def test_python_says_which_card_was_undone(deck, page):
    deck()
    keys(page, "k", "k", "k")
    expect_settled(page)
    page.get_by_role("button", name="Next queue").click()  # the deck forgets where it decided
    expect_place(page, 0)
    page.locator(".deck").focus()
    keys(page, "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    expect(page.get_by_text("Python is at 4")).to_be_visible()
    keys(page, "z")
    expect_place(page, 2)


def test_what_is_refused_is_said_and_its_card_comes_back(deck):
    page = deck("refuse=10&sleep=0.5")
    keys(page, "k", "k", "k", "k")
    expect_place(page, 4)
    warning = page.get_by_role("alert").filter(has_text="Not kept")
    expect(warning).to_have_text("Not kept: somebody else has decided about this image")
    expect_place(page, 1)
    expect_settled(page)
    expect_place(page, 1)
    expect(page.locator(".progress-words")).to_have_text("3 of 40 decided · place 2")
    expect(page.locator(".card:visible .state")).to_have_count(0)
    button(page, "next").click()
    expect(warning).to_be_hidden()
    expect_place(page, 2)


def test_a_key_on_its_way_does_not_decide_about_what_came_back(deck):
    page = deck("refuse=3&sleep=0.3")
    keys(page, "k")
    # Pressed in the moment in which the card comes back.
    page.evaluate(
        f"""() => new Promise(done => {{
            {FIND}
            const watch = new MutationObserver(() => {{
                if (inner.querySelector(".warning").hidden) return;
                watch.disconnect();
                dispatchEvent(new KeyboardEvent("keydown", {{key: "x"}}));
                done();
            }});
            watch.observe(inner, {{subtree: true, attributes: true, childList: true}});
        }})"""
    )
    expect_place(page, 0)
    expect_settled(page)
    expect_log(page, ["keep", 3, None, ""])
    expect(page.locator(".warning")).to_be_visible()


def test_a_number_of_two_digits(deck):
    page = deck("k=14")
    keys(page, "1")
    expect(page.locator(".typed")).to_contain_text("Move to 1…")
    keys(page, "2")
    expect_place(page, 1)
    keys(page, "1", "Enter")  # it is in cluster 1
    expect_place(page, 2)
    keys(page, "1")  # waits, and then it is a 1
    expect_place(page, 3)
    keys(page, "7")  # no number of two digits begins with it
    expect_place(page, 4)
    keys(page, "1", "k")  # going on ends the number
    expect_place(page, 6)
    keys(page, "1", "Escape")
    expect(page.locator(".typed")).to_be_hidden()
    expect_log(
        page, ["move", 3, 12, ""], ["keep", 10, None, ""], ["move", 17, 1, ""],
        ["move", 24, 7, ""], ["move", 31, 1, ""], ["keep", 38, None, ""],
    )  # fmt: skip
    expect_place(page, 6)


def test_a_number_that_no_cluster_has(deck):
    page = deck()
    keys(page, "9")
    expect(page.locator(".warning")).to_have_text("There is no cluster 9.")
    expect_place(page, 0)
    keys(page, "k")
    expect(page.locator(".warning")).to_be_hidden()
    expect_log(page, ["keep", 3, None, ""])


def test_an_excluded_one_is_included_again(deck):
    page = deck()
    keys(page, "x")
    expect_place(page, 1)
    keys(page, "ArrowLeft")
    expect_place(page, 0)
    expect(button(page, "exclude")).to_contain_text("Include")
    keys(page, "x")
    expect(page.locator(".card:visible .state")).to_have_count(0)
    expect_said(page, "Included again; card 1 of 40")
    expect(page.locator(".progress-words")).to_have_text("0 of 40 decided · place 1")
    expect_log(page, ["exclude", 3, None, ""], ["include", 3, None, ""])


def test_a_tag_is_given_and_taken_away(deck):
    page = deck()
    keys(page, "t")
    field = page.get_by_label("Tag", exact=True)
    expect(field).to_be_focused()
    known = page.locator("datalist option").evaluate_all("all => all.map(one => one.value)")
    assert known == ["blurred", "cut off", "two things"]
    page.keyboard.type("mk 5 x")  # letters and digits are only written here
    page.keyboard.press("Enter")
    expect(page.locator(".card:visible .tag")).to_have_text("mk 5 x")
    expect_said(page, "Tagged “mk 5 x”; card 1 of 40")
    expect_place(page, 0)
    keys(page, "t")
    page.keyboard.type("mk 5 x")
    page.keyboard.press("Enter")
    expect_said(page, "It has the tag “mk 5 x” already")
    keys(page, "t")
    page.keyboard.type("other")
    keys(page, "Escape")
    expect(field).to_have_count(0)
    page.get_by_role("button", name="Take away tag mk 5 x").click()
    expect(page.locator(".card:visible .tag")).to_have_count(0)
    expect_log(page, ["tag", 3, None, "mk 5 x"], ["untag", 3, None, "mk 5 x"])
    keys(page, "k")
    expect_place(page, 1)


def test_a_cluster_is_chosen_by_its_medoid(deck):
    page = deck("k=14")
    button(page, "choose").click()
    targets = page.locator(".target")
    expect(targets).to_have_count(14)
    expect(targets.first).to_contain_text("it is here")
    keys(page, "ArrowRight", "ArrowRight", "ArrowLeft", "k", "m")  # letters decide nothing here
    expect_place(page, 0)
    keys(page, "Enter")
    expect_place(page, 1)
    button(page, "choose").click()
    targets.nth(12).click()
    expect_place(page, 2)
    button(page, "choose").click()
    keys(page, "1", "3")
    expect_place(page, 3)
    button(page, "choose").click()
    keys(page, "Escape")
    expect(page.locator(".popup")).to_be_hidden()
    assert in_focus(page) == "deck"
    expect_log(page, ["move", 3, 1, ""], ["move", 10, 12, ""], ["move", 17, 13, ""])


def test_the_keys_are_explained(deck):
    page = deck()
    keys(page, "?")
    expect(page.locator(".help")).to_contain_text("Keep it where it is")
    keys(page, "k")  # whoever reads it may try it
    expect(page.locator(".popup")).to_be_hidden()
    expect_place(page, 1)
    keys(page, "?", "?")
    expect(page.locator(".popup")).to_be_hidden()


def test_writing_elsewhere_decides_nothing(deck):
    page = deck()
    note = page.get_by_label("Note")
    note.click()
    page.keyboard.type("knx 5")
    expect(note).to_have_value("knx 5")
    keys(page, "ArrowLeft", "Home")
    expect_place(page, 0)
    # A button in focus takes Enter for itself, and leaves letters to the deck.
    page.get_by_role("button", name="Next queue").focus()
    keys(page, "ArrowRight")
    expect_place(page, 0)
    keys(page, "x")
    expect_place(page, 1)
    expect_log(page, ["exclude", 3, None, ""])


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_with_other_keys_it_is_not_meant(deck, modifier):
    page = deck()
    page.evaluate(
        """name => dispatchEvent(new KeyboardEvent("keydown", {key: "k", [name]: true}))""",
        {"Control": "ctrlKey", "Alt": "altKey", "Meta": "metaKey"}[modifier],
    )
    keys(page, "ArrowRight")
    expect_place(page, 1)
    expect(page.get_by_text("Python is at 1")).to_be_visible()
    assert log_of(page) == []


def test_a_key_held_down_decides_once_and_walks_on(deck):
    page = deck()
    page.keyboard.down("k")
    for _ in range(4):
        page.keyboard.down("k")  # repeats
    page.keyboard.up("k")
    expect_place(page, 1)
    page.keyboard.down("ArrowRight")
    for _ in range(4):
        page.keyboard.down("ArrowRight")
    page.keyboard.up("ArrowRight")
    expect_place(page, 6)
    expect_log(page, ["keep", 3, None, ""])


def test_a_keyboard_of_another_script_decides(deck):
    page = deck()
    page.evaluate("""dispatchEvent(new KeyboardEvent("keydown", {key: "л", code: "KeyK"}))""")
    expect_place(page, 1)
    expect_log(page, ["keep", 3, None, ""])


def test_a_card_shows_what_it_is_to_be_compared_with(deck):
    page = deck("at=1")
    card = page.locator(".card:visible")
    assert card.get_attribute("aria-label") == "holiday/day 1/picture 000010.jpg"
    assert card.locator(".label").inner_text().split() == ["label", "label", "2"]
    assert card.locator(".center small").all_inner_texts() == ["its cluster", "could be"]
    names = card.locator(".center .cluster-name")
    assert names.all_inner_texts() == ["cluster 1", "flowers & <b>leaves</b>"]
    medoids = card.locator(".center .image")
    assert medoids.evaluate_all("all => all.map(one => one.dataset.row)") == ["22", "39"]
    neighbors = card.locator(".neighbor .image")
    rows = neighbors.evaluate_all("all => all.map(one => Number(one.dataset.row))")
    assert rows == [21, 32, 43, 54, 65]
    color = "one => getComputedStyle(one.querySelector('.picture')).borderTopColor"
    assert neighbors.first.evaluate(color) == "rgb(102, 204, 238)"  # of cluster 21 mod 8 = 5
    assert card.locator(".words li").count() == 3
    assert card.locator(".score").inner_text() == "misfit 0.88"


def test_the_next_cards_are_there_before_they_are_wanted(deck, page):
    asked = []
    page.on("request", lambda one: asked.append(one.url))
    deck()
    page.wait_for_function(
        f"""() => {{
            {FIND}
            const cards = [...inner.querySelectorAll(".card[hidden]")];
            const images = cards.flatMap(one => [...one.querySelectorAll("img")]);
            return cards.length >= 4 && images.every(one => one.complete && one.naturalWidth);
        }}"""
    )
    for place in range(1, 5):
        assert any(f"/test/large/{id_of(row_at(place))}" in url for url in asked)
    # Of what is only passed by, the whole image is not fetched.
    assert not any(f"/test/full/{id_of(row_at(1))}" in url for url in asked)
    keys(page, "k")
    expect(page.locator(".card:visible .portrait img")).to_have_attribute(
        "src", f"/test/full/{id_of(row_at(1))}"
    )


def test_tiny_images_stay_crisp(deck):
    page = deck("tiny=1")
    image = page.locator(".card:visible .portrait img.tiny")
    image.wait_for()
    assert image.evaluate("one => getComputedStyle(one).imageRendering") == "pixelated"


def test_images_point_ring_and_open(deck):
    page = deck()
    point_from_the_map(page, 14)  # the first neighbour of image 3
    ringed = page.locator(".card:visible .image.ringed")
    assert ringed.evaluate_all("all => all.map(one => one.dataset.row)") == ["14"]
    record_signals(page)
    neighbor = page.locator('.card:visible .neighbor .image[data-row="14"]')
    neighbor.hover()
    assert signals_of(page)[-1] == {"row": 14, "from": "deck"}
    page.locator(".progress-words").hover()
    assert signals_of(page)[-1] == {"row": None, "from": "deck"}
    neighbor.click()
    wait_for_event(page, "open", 14)
    shown(page).click()
    wait_for_event(page, "open", 3)
    expect_place(page, 0)


def test_the_end_of_the_queue_has_a_way_back(deck):
    page = deck("count=2")
    keys(page, "k", "ArrowRight")
    note = page.locator(".note:visible .note-words")
    expect(note).to_have_text("End of the queue. 1 is not decided yet.")
    expect(page.locator(".progress-words")).to_have_text("1 of 2 decided · end of the queue")
    expect_settled(page)
    expect(note).to_be_visible()
    page.get_by_role("button", name="Back to the last card").click()
    expect_place(page, 1)
    keys(page, "k")
    expect(note).to_have_text("All 2 are decided.")
    expect_said(page, "Kept in cluster 1; end of the queue")
    expect_settled(page)
    expect(note).to_have_text("All 2 are decided.")
    keys(page, "k", "Home")
    expect_place(page, 0)
    expect_log(page, ["keep", 3, None, ""], ["keep", 10, None, ""])


def test_an_empty_queue_says_so(deck):
    page = deck("count=0")
    assert page.locator(".note-words").inner_text() == (
        "The queue is empty: there is no image to decide."
    )
    keys(page, "k", "m", "ArrowRight", "Home", "End", "z", "5", "t", "Enter")
    assert page.locator(".note").is_visible()
    assert log_of(page) == []


def test_a_single_card_of_a_single_cluster(deck):
    page = deck("count=1&bare=1")
    assert page.locator(".none").inner_text() == "There is no other cluster."
    assert page.locator(".card:visible .label, .card:visible .neighbor").count() == 0
    keys(page, "m")
    expect_said(page, "There is no other cluster to move it to")
    expect_place(page, 0)
    keys(page, "k")
    expect(page.locator(".note-words")).to_have_text("The only card is decided.")
    expect_log(page, ["keep", 3, None, ""])


def test_another_queue_begins_where_python_says(deck):
    page = deck()
    keys(page, "k", "k", "k")
    expect_settled(page)
    page.get_by_role("button", name="Next queue").click()
    expect_place(page, 0)
    expect(page.locator(".card:visible .state")).to_have_text("kept")
    keys(page, "j", "x")
    expect_place(page, 2)
    wait_for_event(page, "exclude", 10, None, "")


def test_everything_is_reached_by_tab(deck):
    page = deck()
    page.locator(".deck").focus()
    seen = []
    for _ in range(19):
        keys(page, "Tab")
        seen.append(page.evaluate(f"() => {{ {FIND} return inner.activeElement.className; }}"))
    # The image, two medoids, five neighbours and eleven buttons.
    assert seen == ["image portrait"] + 7 * ["image"] + 11 * ["act"]
    outline = page.evaluate(
        f"() => {{ {FIND} return getComputedStyle(inner.activeElement).outlineStyle; }}"
    )
    assert outline == "solid"


def test_hostile_and_long_texts_stay_texts_in_their_place(deck):
    page = deck("long=1&at=3")
    expect(page.locator(".card:visible .file")).to_contain_text("<img src=x")
    assert page.locator('img[src="x"]').count() == 0
    assert page.evaluate("window.hacked") is None
    assert page.locator(".deck").evaluate("one => one.scrollWidth <= one.clientWidth")
    foot, card = (page.locator(one).bounding_box() for one in (".foot", ".card:visible"))
    assert card["y"] + card["height"] <= foot["y"] + 1


def test_in_a_narrow_column_the_halves_lie_below_each_other(deck, page):
    page.set_viewport_size({"width": 390, "height": 900})
    deck("long=1&wide=100")
    left, right = (
        page.locator(f".card:visible .{one}").bounding_box() for one in ("left", "right")
    )
    assert right["y"] >= left["y"] + left["height"]
    assert page.locator(".deck").evaluate("one => one.scrollWidth <= one.clientWidth")
    # The buttons are in view, however long the card.
    box = button(page, "keep").bounding_box()
    assert 0 < box["y"] < 900 - box["height"]
    button(page, "keep").click()
    expect_place(page, 1)


def test_dark_mode_changes_the_text(deck):
    page = deck()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        f"""() => {{
            {FIND}
            const color = getComputedStyle(inner.querySelector(".deck")).color;
            return color.match(/\\d+/g).slice(0, 3).every(one => one > 180);
        }}"""
    )


def test_less_motion_where_it_is_wished(deck, page):
    page.emulate_media(reduced_motion="reduce")
    deck()
    part = page.locator(".part")
    assert part.evaluate("one => getComputedStyle(one).transitionDuration") == "0s"

"""The Explore page as a whole, over the digits: what map, gallery, inspector and cards agree on."""

import io
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from browser import serve
from map_driver import (
    PATIENCE_MS,
    circle,
    draw_lasso,
    is_inside,
    row_places,
    turn_wheel,
    view_range,
    wait_for_count,
    wait_for_map,
    wait_for_picture,
    wait_for_python,
    wait_greyed,
    wait_until,
)
from PIL import Image

from core.clusters.clustering import KMeansParams
from core.pictures.decoding import decode

TEN = KMeansParams(10)
DEMO = "/?source=digits&weights=embedded"
STAGE = ".groupsight-map-stage"


@pytest.fixture(scope="module")
def server(digits):
    with serve(digits.cache.path) as address:
        yield address


@pytest.fixture
def demo(page):
    return open_page(page, f"{DEMO}&k=10")


def open_page(page, link):
    page.goto(link)
    wait_for_map(page)
    # Names and cards come after the map is drawn.
    wait_for_python(page)
    page.locator(".cards .card").first.wait_for()
    return page


def island(page):
    """Draw around some points that lie together; the rows inside, found independently."""
    places = np.array(row_places(page))
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    reach = np.sort(distances, axis=1)[:, 20:112]
    # The wider the empty rim, the less a pixel's rounding can change what is inside.
    rims = np.diff(reach, axis=1)
    rims[reach[:, 1:] >= room_around(page, places)[:, None]] = 0
    center, rank = np.unravel_index(rims.argmax(), rims.shape)
    polygon = circle(tuple(places[center].tolist()), float(reach[center, rank : rank + 2].mean()))
    rows = {row for row, place in enumerate(places.tolist()) if is_inside(place, polygon)}
    return polygon, rows


def room_around(page, places):
    """How far each place is from the edge of where one can draw, and from the tools over it."""
    plot, tools = (
        page.locator(part).first.bounding_box() for part in (".nsewdrag", ".groupsight-map-toolbar")
    )
    left, top = tools["x"] + tools["width"], plot["y"]
    right, bottom = plot["x"] + plot["width"], top + plot["height"]
    x, y = places.T
    return np.min([x - left, right - x, y - top, bottom - y], axis=0)


def lasso(page):
    polygon, rows = island(page)
    draw_lasso(page, polygon)
    wait_for_summary(page, len(rows))
    return rows


def wait_for_summary(page, count):
    wait_for_count(page, count)
    page.locator(".grid .card").first.wait_for()


_SCROLL_THROUGH = """async (grid) => {
    const frame = () => new Promise(requestAnimationFrame);
    const found = {};
    for (let top = 0; top < grid.scrollHeight + 300; top += 300) {
        grid.scrollTop = top;
        await frame().then(frame);
        for (const {dataset} of grid.querySelectorAll(".card"))
            found[dataset.position] = Number(dataset.row);
    }
    grid.scrollTop = 0;
    return Object.entries(found);
}"""


def gallery_rows(page):
    """The rows of the gallery by their position, as they are now, seen by scrolling through it."""
    found = page.locator(".grid").evaluate(_SCROLL_THROUGH)
    return {int(position): row for position, row in found}


def assert_gallery(page, rows):
    """It comes to show exactly these rows: in this order, or any where they are a set."""
    shown = list if isinstance(rows, list) else set

    def is_right():
        found = gallery_rows(page)
        whole = sorted(found) == list(range(len(rows)))
        return whole and shown(found[place] for place in range(len(rows))) == rows

    wait_until(page, is_right)
    assert is_right(), gallery_rows(page)


def picture_of(card):
    """The bytes of the image that a card shows, wherever it got them from."""
    numbers = card.locator("img").evaluate(
        "image => image.decode().then(() => fetch(image.src)).then(got => got.arrayBuffer())"
        ".then(held => Array.from(new Uint8Array(held)))"
    )
    return bytes(numbers)


def bytes_of(image):
    """What an image on the page was made of, once it is decoded."""
    wait_for_picture(image)
    numbers = image.evaluate(
        "async image => [...new Uint8Array(await (await fetch(image.src)).arrayBuffer())]"
    )
    return bytes(numbers)


def wait_for_inspector(page, row, study):
    """Until it shows all of an image and what Python knows of it."""
    page.locator(f'.stage img[src$="/image/{study.images.ids[row]}"]').wait_for()
    page.locator(".inspector:not(.waiting) .facts").wait_for()


def open_image(page, row):
    """As a link does, but without reloading the page: by a search for its number."""
    search(page, f"digits/{row:04}")
    page.locator(f'.grid .card[data-row="{row}"]').click()


def search(page, text):
    field = page.get_by_test_id("stChatInputTextArea")
    field.fill(text)
    field.press("Enter")


def brute_force(study, row):
    """All rows by their distance from one, itself first, and the distances."""
    values = study.reduction.values.astype(np.float64)
    distances = np.linalg.norm(values - values[row], axis=1)
    distances[row] = -1
    order = distances.argsort(kind="stable")
    return order, distances[order]


def choose(page, label, option):
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def facts(page):
    names = page.locator(".inspector dt").all_inner_texts()
    return dict(zip(names, page.locator(".inspector dd").all_inner_texts(), strict=True))


def legend(page):
    return page.locator(".legendtext").all_text_contents()


def pixels(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image.convert("RGB"))


# Map and gallery.


def test_a_lasso_fills_the_gallery_with_exactly_the_images_inside(demo, digits):
    rows = lasso(demo)
    assert 20 <= len(rows) <= 112
    assert_gallery(demo, rows)
    for card in demo.locator(".grid .card").all()[:4]:
        row = int(card.get_attribute("data-row"))
        assert picture_of(card) == digits.cache.thumbnail(digits.images.ids[row])
    wait_greyed(demo, rows)
    clusters, counts = np.unique(digits.clusters(TEN)[sorted(rows)], return_counts=True)
    most = clusters[counts.argmax()]
    assert f"{counts.max()} of cluster {most}" in demo.get_by_text("images:").inner_text()


def test_hover_shows_the_thumbnail_of_the_image_under_the_pointer(demo, digits):
    places = row_places(demo)
    row = max(range(len(places)), key=lambda one: places[one][0])
    demo.mouse.move(*places[row])
    image = demo.locator(".groupsight-map-card img")
    assert bytes_of(image) == digits.cache.thumbnail(digits.images.ids[row])
    record = digits.images.by_id[digits.images.ids[row]][0]
    text = demo.locator(".groupsight-map-card").inner_text()
    assert record.path in text
    assert f"label {record.label}" in text
    assert f"cluster {digits.clusters(TEN)[row]}" in text


def test_hovering_a_card_of_the_gallery_rings_its_point_and_moves_nothing(demo):
    lasso(demo)
    before = view_range(demo)
    card = demo.locator(".grid .card").nth(4)
    row = int(card.get_attribute("data-row"))
    card.hover()
    ring = demo.locator(f'.groupsight-map-ring.pointed:not(.halo)[data-row="{row}"]')
    ring.wait_for()
    area = demo.locator(".groupsight-map-overlay").bounding_box()
    x, y = row_places(demo)[row]
    assert float(ring.get_attribute("cx")) == pytest.approx(x - area["x"], abs=1)
    assert float(ring.get_attribute("cy")) == pytest.approx(y - area["y"], abs=1)
    assert view_range(demo) == before
    demo.mouse.move(5, 5)
    ring.wait_for(state="detached")


def test_the_gallery_is_sorted_by_fit_and_by_path(demo, digits):
    rows = sorted(lasso(demo))
    fit = digits.fit(TEN)
    choose(demo, "Gallery sorted by", "fit")
    assert_gallery(demo, sorted(rows, key=lambda row: (fit.fit[row], -fit.own[row])))
    choose(demo, "Gallery sorted by", "path")
    assert_gallery(demo, rows)  # the paths of digits are numbered
    demo.wait_for_url(re.compile("sort=path"))


def test_marked_images_are_kept_or_removed(demo):
    rows = lasso(demo)
    cards = demo.locator(".grid .card")
    kept = [int(cards.nth(at).get_attribute("data-row")) for at in (1, 3)]
    cards.nth(1).click(modifiers=["Control"])
    cards.nth(3).click(modifiers=["Control"])
    demo.get_by_role("button", name="Keep only these").click()
    wait_for_summary(demo, 2)
    assert set(kept) < rows
    assert_gallery(demo, set(kept))
    demo.locator(".groupsight-map-below", has_text="2 selected").wait_for()
    wait_greyed(demo, set(kept))
    demo.get_by_role("button", name="Clear").click()
    demo.get_by_text("10 clusters").wait_for()
    wait_greyed(demo, None)


# The inspector.


def test_a_card_opens_its_image_with_the_true_neighbours(demo, digits):
    lasso(demo)
    card = demo.locator(".grid .card").nth(2)
    row = int(card.get_attribute("data-row"))
    card.click()
    wait_for_inspector(demo, row, digits)
    image_id = digits.images.ids[row]
    shown = bytes_of(demo.locator(".stage img"))
    assert (pixels(shown) == np.array(decode(digits.read(image_id)))).all()
    record = digits.images.by_id[image_id][0]
    assert facts(demo)["path"] == record.path
    assert facts(demo)["cluster"] == f"cluster {digits.clusters(TEN)[row]}"
    assert facts(demo)["label"] == record.label
    nearest, distances = brute_force(digits, row)
    neighbors = demo.locator(".neighbor")
    assert neighbors.evaluate_all("all => all.map(one => Number(one.dataset.row))") == (
        nearest[1:15].tolist()
    )
    texts = neighbors.evaluate_all("all => all.map(one => one.dataset.distance)")
    assert [float(text) for text in texts] == pytest.approx(distances[1:15].tolist(), rel=6e-3)
    assert card.get_attribute("aria-current") == "true"
    demo.locator(f'.groupsight-map-ring.opened[data-row="{row}"]').first.wait_for()


def test_the_switch_draws_lines_to_the_neighbours(demo, digits):
    open_image(demo, 17)
    wait_for_inspector(demo, 17, digits)
    lines = demo.locator(".groupsight-map-edge")
    assert lines.count() == 0
    demo.get_by_role("switch", name="Draw them on the map").click()
    lines.nth(13).wait_for(state="attached")
    assert lines.count() == 14
    places, area = row_places(demo), demo.locator(".groupsight-map-overlay").bounding_box()
    ends = lines.evaluate_all(
        "(all, names) => all.map(one => names.map(name => Number(one.getAttribute(name))))",
        ["x1", "y1", "x2", "y2"],
    )
    start = [places[17][0] - area["x"], places[17][1] - area["y"]]
    for end, other in zip(ends, brute_force(digits, 17)[0][1:15].tolist(), strict=True):
        expected = [*start, places[other][0] - area["x"], places[other][1] - area["y"]]
        assert end == pytest.approx(expected, abs=1)
    demo.get_by_role("switch", name="Draw them on the map").click()
    lines.first.wait_for(state="detached")


def test_a_neighbour_can_be_opened_and_the_inspector_closed(demo, digits):
    open_image(demo, 17)
    wait_for_inspector(demo, 17, digits)
    neighbor = demo.locator(".neighbor").first
    row = int(neighbor.get_attribute("data-row"))
    neighbor.click()
    wait_for_inspector(demo, row, digits)
    demo.wait_for_url(re.compile(f"image={digits.images.ids[row][:16]}"))
    demo.get_by_role("button", name="Close (Esc)").click()
    demo.locator(".inspector").wait_for(state="detached")
    demo.wait_for_function("() => !location.search.includes('image=')")
    assert demo.locator(".groupsight-map-ring.opened").count() == 0


def test_the_keys_lead_from_the_map_into_the_inspector_and_out_of_it(demo):
    stage = demo.locator(STAGE)
    for _ in range(40):
        demo.keyboard.press("Tab")
        if stage.evaluate("one => one.matches(':focus')"):
            break
    demo.keyboard.press("ArrowRight")
    row = int(demo.locator("circle.focused").first.get_attribute("data-row"))
    demo.keyboard.press("Enter")
    demo.locator(".inspector .facts").wait_for()
    demo.locator(f'.groupsight-map-ring.opened[data-row="{row}"]').first.wait_for()
    inside = """() => {
        let focused = document.activeElement;
        while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
        return Boolean(focused?.closest(".inspector"));
    }"""
    for _ in range(40):
        demo.keyboard.press("Tab")
        if demo.evaluate(inside):
            break
    assert demo.evaluate(inside)
    demo.keyboard.press("Escape")
    demo.locator(".inspector").wait_for(state="detached")


# Clusters.


def test_a_new_name_is_everywhere_and_outlives_a_reload(page):
    open_page(page, f"{DEMO}&k=6")
    card = page.locator('.cards .card[data-cluster="3"]')
    card.locator(".name").click()
    field = page.get_by_label("New name")
    named = "<b>3s</b> & co"
    field.fill(named)
    field.press("Enter")
    page.locator(".legendtext", has_text=named).wait_for()
    assert page.locator(".groupsight-map-names span", has_text=named).count() == 1
    card.get_by_text(named, exact=True).wait_for()
    page.reload()
    wait_for_map(page)
    card.get_by_text(named, exact=True).wait_for()
    assert any(text.startswith(named) for text in legend(page))
    card.locator(".name").click()
    page.get_by_label("New name").fill("")
    page.get_by_label("New name").press("Enter")
    page.locator(".groupsight-map-names span", has_text="cluster 3").wait_for()


def test_a_card_selects_its_cluster_and_the_medoid_opens(demo, digits):
    card = demo.locator('.cards .card[data-cluster="7"]')
    members = np.flatnonzero(digits.clusters(TEN) == 7)
    assert card.locator(".select").inner_text().startswith(f"{len(members)} ·")
    medoid = int(card.locator(".medoid .image").get_attribute("data-row"))
    assert medoid == members[digits.fit(TEN).own[members].argmin()]
    card.locator(".medoid .image").click()
    wait_for_inspector(demo, medoid, digits)
    card.locator(".select").click()
    wait_for_summary(demo, len(members))
    wait_greyed(demo, set(members.tolist()))


def test_another_k_regroups_and_keeps_the_selection(demo):
    rows = lasso(demo)
    before = row_places(demo)
    demo.locator("input[type=range]").first.focus()
    demo.keyboard.press("ArrowRight")
    demo.wait_for_function("() => document.querySelectorAll('.legendtext').length === 11")
    wait_for_map(demo)
    demo.wait_for_url(re.compile("k=11"))
    wait_greyed(demo, rows)
    assert_gallery(demo, rows)
    assert np.allclose(row_places(demo), before, atol=1)


# Colours.


def test_by_label_the_legend_names_and_counts_them(demo, digits):
    rows = lasso(demo)
    choose(demo, "Colour by", "label")
    demo.locator(".legendtitletext", has_text="label").wait_for()
    labels = [digits.images.by_id[one][0].label for one in digits.images.ids]
    assert legend(demo) == [f"{digit} ({labels.count(digit)})" for digit in "0123456789"]
    wait_greyed(demo, rows)
    demo.wait_for_url(re.compile("color=label"))


@pytest.mark.parametrize("by", ["fit", "density"])
def test_by_a_number_there_is_a_colour_bar_and_each_point_has_its_value(demo, digits, by):
    choose(demo, "Colour by", by)
    demo.locator(".colorbar, .cbtitle").first.wait_for(state="attached")
    wait_for_map(demo)
    drawn = demo.evaluate(
        """() => {
            const values = [];
            for (const {customdata, marker} of document.querySelector(".js-plotly-plot").data) {
                customdata.forEach((row, i) => (values[row] = marker.color[i]));
            }
            return values;
        }"""
    )
    expected = digits.fit(TEN).fit if by == "fit" else digits.density()
    assert drawn == pytest.approx(expected.tolist(), abs=1e-6)


# Search.


def test_words_select_the_images_in_whose_path_they_stand(demo, digits):
    search(demo, "001 .pgm")
    paths = [digits.images.by_id[one][0].path for one in digits.images.ids]
    expected = {row for row, path in enumerate(paths) if "001" in path}
    wait_for_summary(demo, len(expected))
    assert_gallery(demo, expected)
    wait_greyed(demo, expected)


def test_an_image_from_elsewhere_finds_its_like_and_its_cluster(demo, digits):
    row = 333
    picture = io.BytesIO()
    Image.fromarray(np.array(decode(digits.read(digits.images.ids[row])))).save(picture, "PNG")
    upload(demo, "mine.png", picture.getvalue())
    cluster = digits.clusters(TEN)[row]
    demo.get_by_text(f"It falls into cluster {cluster}").wait_for()
    wait_for_inspector(demo, row, digits)
    wait_for_summary(demo, 24)
    assert_gallery(demo, set(brute_force(digits, row)[0][:24].tolist()))
    demo.get_by_role("img", name="The image that was searched for").wait_for()
    assert "very image" not in demo.get_by_text("It falls into").inner_text()


def test_what_is_no_image_is_refused_with_the_reason(demo):
    upload(demo, "mine.png", b"just text")
    demo.get_by_text("This image cannot be searched for: not an image").wait_for()
    assert demo.locator(".inspector").count() == 0


def upload(page, name, data):
    box = page.get_by_test_id("stChatInput")
    box.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": data}
    )
    page.get_by_text(name).first.wait_for()
    box.get_by_test_id("stChatInputSubmitButton").click()


# In space.


def test_the_map_goes_into_space_and_back(new_tab):
    demo = open_page(new_tab(), f"{DEMO}&k=10")  # the shared tab has drawn many maps already
    rows = lasso(demo)
    demo.get_by_text("Map (UMAP)").click()
    demo.get_by_role("radio", name="3", exact=True).click()
    # Asked anew each time: one question that waits within the page was at times never answered.
    space = "Boolean(document.querySelector('.js-plotly-plot')?._fullLayout?.scene?._scene)"
    wait_until(demo, lambda: demo.evaluate(space), patience_s=PATIENCE_MS / 1000)
    assert demo.evaluate(space), demo.locator(".groupsight-map").first.inner_html()[:2000]
    wait_for_map(demo)
    demo.wait_for_url(re.compile("dimensions=3"))
    drawn = demo.evaluate(
        "() => document.querySelector('.js-plotly-plot').data.map(one => one.customdata.length)"
    )
    assert sum(drawn) == 1_797
    assert_gallery(demo, rows)
    demo.get_by_role("radio", name="2", exact=True).click()
    demo.wait_for_function(
        "() => Boolean(document.querySelector('.js-plotly-plot')?._fullLayout?._plots?.xy?._scene)"
    )
    wait_for_map(demo)
    wait_greyed(demo, rows)


# The link.


def fill_the_link(page, study):
    """Select, open, zoom, colour, another k."""
    rows = lasso(page)
    card = page.locator(".grid .card").nth(1)
    opened = int(card.get_attribute("data-row"))
    card.click()
    wait_for_inspector(page, opened, study)
    page.wait_for_url(re.compile("image="))
    choose(page, "Colour by", "label")
    page.locator(".legendtitletext", has_text="label").wait_for()
    page.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("k=9"))
    box = page.locator(STAGE).bounding_box()
    middle = (box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    turn_wheel(page, middle, 4)
    wait_until(page, lambda: zoom_in_link(page) == pytest.approx(view_range(page), rel=1e-4))
    page.wait_for_url(re.compile("selection="))
    return rows, opened


def zoom_in_link(page):
    """As a link tells it: x0, x1, y0, y1; nothing where it tells none."""
    told = parse_qs(urlsplit(page.url).query).get("zoom", [""])[0]
    return [float(number) for number in told.split(",") if number]


def assert_shows(page, study, rows, opened, zoom):
    wait_for_map(page)
    wait_for_inspector(page, opened, study)
    wait_for_summary(page, len(rows))
    wait_greyed(page, rows)
    assert_gallery(page, rows)
    assert view_range(page) == pytest.approx(zoom, rel=1e-4)
    assert page.locator(".legendtitletext").text_content() == "label"
    assert page.get_by_test_id("stSliderThumbValue").first.inner_text() == "9"
    cluster = study.clusters(KMeansParams(9))[opened]
    assert facts(page)["cluster"] == f"cluster {cluster}"


def test_a_link_shows_the_same_in_another_browser_and_after_a_reload(demo, digits, new_tab):
    rows, opened = fill_the_link(demo, digits)
    zoom = view_range(demo)
    other = new_tab()
    other.goto(demo.url)
    assert_shows(other, digits, rows, opened, zoom)
    demo.reload()
    assert_shows(demo, digits, rows, opened, zoom)


def test_the_link_is_whole_again_after_a_look_at_the_data(demo, digits):
    rows = lasso(demo)
    demo.wait_for_url(re.compile("selection="))
    selection = re.search("selection=[0-9a-f]+", demo.url)[0]
    demo.get_by_role("link", name="Data").click()
    demo.get_by_text("How the features were made").wait_for()
    demo.get_by_role("link", name="Explore").click()
    wait_for_map(demo)
    wait_for_summary(demo, len(rows))
    demo.wait_for_url(re.compile(selection))


def test_the_open_image_goes_along_to_other_pages_and_back(demo, digits):
    demo.locator(".cards .medoid .image").nth(3).click()
    demo.wait_for_url(re.compile("image="))
    image = re.search("image=[0-9a-f]+", demo.url)[0]
    row = int(digits.medoids(KMeansParams(10))[3])
    path = digits.images.by_id[digits.images.ids[row]][0].path
    for page in ("Inside VGG", "Data", "Inside VGG"):
        demo.get_by_role("link", name=page).click()
        demo.wait_for_url(re.compile("/data" if page == "Data" else f"/inside.*{image}"))
    demo.locator(".chooser .title").get_by_text(path, exact=True).wait_for()
    demo.get_by_role("link", name="Explore").click()
    demo.wait_for_url(re.compile(rf"/\?.*{image}"))
    wait_for_inspector(demo, row, digits)
    demo.go_back()
    if "/inside" not in demo.url:
        # The history holds the address at which one arrived, where the browser came to write it
        # before that of the image: it is no reason to close the image.
        wait_for_inspector(demo, row, digits)
        demo.go_back()
    demo.wait_for_url(re.compile(f"/inside.*{image}"))
    demo.locator(".chooser .title").get_by_text(path, exact=True).wait_for()


def test_back_closes_the_image_that_was_opened_and_forth_opens_it(demo, digits):
    demo.locator(".cards .medoid .image").first.click()
    demo.locator(".inspector .facts").wait_for()
    demo.wait_for_url(re.compile("image="))
    demo.go_back()
    demo.locator(".inspector").wait_for(state="detached")
    assert "image=" not in demo.url
    demo.go_forward()
    demo.locator(".inspector .facts").wait_for()


def test_back_brings_the_selection_before(demo):
    rows = lasso(demo)
    demo.wait_for_url(re.compile("selection="))
    before = demo.url
    search(demo, "001 .pgm")
    demo.get_by_text("in path or label").wait_for()
    demo.wait_for_url(lambda url: "selection=" in url and url != before)
    demo.go_back()
    wait_for_count(demo, len(rows))
    wait_greyed(demo, rows)


def test_the_same_source_opened_again_begins_anew(demo):
    lasso(demo)
    demo.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    demo.get_by_text("10 clusters").wait_for()
    wait_greyed(demo, None)
    demo.wait_for_url(lambda url: "selection=" not in url)


# Around the page.


def test_dark_mode_is_followed_by_every_part(demo, digits):
    open_image(demo, 17)
    wait_for_inspector(demo, 17, digits)
    demo.emulate_media(color_scheme="dark")
    light = "one => getComputedStyle(one).color.match(/\\d+/g).slice(0, 3).every(c => c > 180)"
    demo.wait_for_function(
        "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
        ".match(/\\d+/g).slice(0, 3).every(value => Number(value) < 60)"
    )
    demo.wait_for_function(
        "() => getComputedStyle(document.querySelector('.legendtext')).fill"
        ".match(/\\d+/g).slice(0, 3).every(value => Number(value) > 180)"
    )
    for part in (".inspector .title", ".bar .count", ".groupsight-map-names span"):
        assert demo.locator(part).first.evaluate(light), part
    assert len(row_places(demo)) == 1_797


def secret_word_of(page):
    """The word in the addresses of this server, as the page was told it."""
    fetched = page.evaluate("() => performance.getEntriesByType('resource').map(one => one.name)")
    return re.search(r"/groupsight/([\w-]{22})/content/", " ".join(fetched))[1]


def test_nobody_fetches_an_image_without_the_word(demo, server, digits):
    image, word = digits.images.ids[0], secret_word_of(demo)
    assert demo.request.get(f"{server}/groupsight/{word}/image/{image}").ok
    for other in ("image", "x" * len(word) + "/image"):
        answer = demo.request.get(f"{server}/groupsight/{other}/{image}")
        assert not answer.headers["content-type"].startswith("image"), other


@pytest.mark.parametrize("kind", ["thumbnail", "preview", "image", "content"])
def test_nothing_is_served_that_is_not_open(demo, server, kind):
    word = secret_word_of(demo)
    for unknown in ("0" * 64, "..%2F..%2Fetc%2Fpasswd", "a"):
        answer = demo.request.get(f"{server}/groupsight/{word}/{kind}/{unknown}")
        assert answer.status in {400, 404}, unknown
        assert "<html" not in answer.text()  # which unknown paths are answered with


def test_little_is_sent_when_only_the_selection_changes(page):
    received = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
    )
    open_page(page, f"{DEMO}&k=10")
    received.clear()
    rows = lasso(page)
    wait_greyed(page, rows)
    page.wait_for_url(re.compile("selection="))
    wait_for_python(page)
    assert 0 < sum(received) < 30_000

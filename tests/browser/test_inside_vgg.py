"""Inside VGG over the digits: maps pixel by pixel, keys, one map enlarged, the network, uploads."""

import io
import re
from pathlib import PurePath

import numpy as np
import pytest
from browser import serve
from map_driver import wait_for_map
from PIL import Image

from core.clusters.clustering import KMeansParams
from core.inside.inside import Inside
from core.network.map_pictures import draw_grid, encode_grid
from core.network.network_table import MAP_LAYERS
from core.pictures.decoding import decode

LINK = "/?source=digits&weights=embedded&k=10"
TEN = KMeansParams(10)
SIDE = 320
"""Of an enlarged map on a screen of ordinary density."""

_TILE = """(sheet, channel) => {
    const tile = sheet.querySelector(`[data-channel="${channel}"]`).getBoundingClientRect();
    const canvas = sheet.querySelector("canvas");
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const [x, y] = [tile.left - box.left, tile.top - box.top].map((at) => Math.round(at * scale));
    const side = Math.round(tile.width * scale);
    const {data} = canvas.getContext("2d").getImageData(x, y, side, side);
    return [side, Array.from(data)];
}"""
_CANVAS = """(canvas) => Array.from(
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)"""


@pytest.fixture(scope="module")
def server(digits):
    with serve(digits.cache.path) as address:
        yield address


@pytest.fixture(scope="module")
def inside(digits):
    return Inside(digits)


@pytest.fixture
def look(page):
    """Opens a part of the page, as a user comes to it: from Explore."""

    def opened(part="Feature maps", layer="conv1_1"):
        page.goto(LINK)
        wait_for_map(page)
        page.get_by_role("link", name="Inside VGG").click()
        page.get_by_role("radio", name=part).click()
        page.locator(".chooser .square").wait_for()
        if part == "Feature maps":
            wait_for_layer(page, "conv1_1")
            for _ in range(MAP_LAYERS.index(layer)):
                page.keyboard.press("]")
            wait_for_layer(page, layer)
        return page

    return opened


def wait_for_layer(page, layer):
    page.locator(f'.feature-maps[data-layer="{layer}"][aria-busy="false"]').wait_for()


def wait_for_title(page, title):
    page.locator(".chooser .title").get_by_text(title, exact=True).wait_for()


def channel_pixels(page, channel, sheet=0):
    """What the canvas shows of a map, uint8 (side, side, 3)."""
    side, data = page.locator(".sheet").nth(sheet).evaluate(_TILE, channel)
    return np.array(data, dtype=np.uint8).reshape(side, side, 4)[..., :3]


def enlarged_pixels(page):
    data = page.locator(".stage canvas").evaluate(_CANVAS)
    return np.array(data, dtype=np.uint8).reshape(SIDE, SIDE, 4)[..., :3]


def order_of(page, sheet=0):
    """The channels as they are laid out."""
    tiles = page.locator(".sheet").nth(sheet).locator(".tile")
    return tiles.evaluate_all("all => all.map(one => Number(one.dataset.channel))")


def wait_for_order(page, order, sheet=0):
    """Until the first ones of these are there."""
    for at, channel in enumerate(order[:3], 1):
        tile = f'.tile:nth-child({at})[data-channel="{channel}"]'
        page.locator(".sheet").nth(sheet).locator(tile).wait_for()


def in_colour(one):
    """A map (h, w) as core draws it, (h, w, 3)."""
    picture = encode_grid(draw_grid(one[None]))
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


def enlarged_to(pixels, side):
    """Each pixel as a square, where `side` is a multiple of what there is."""
    return pixels.repeat(side // len(pixels), axis=0).repeat(side // len(pixels), axis=1)


def assert_shows(shown, pixels):
    """In the middle of each square is its pixel; at a rim it is the browser that rounds."""
    assert len(shown) >= len(pixels)  # smaller ones are smoothed
    middles = ((np.arange(len(pixels)) + 0.5) * len(shown) / len(pixels)).astype(int)
    assert np.array_equal(shown[middles][:, middles], pixels)


def first_medoid(study):
    return study.images.ids[int(study.medoids(TEN)[0])]


def upload(page, name, data):
    box = page.get_by_test_id("stChatInput")
    box.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": data}
    )
    page.get_by_text(name).first.wait_for()
    box.get_by_test_id("stChatInputSubmitButton").click()


def test_the_maps_are_core_s_own_the_most_active_first(look, digits, inside):
    page = look(layer="conv2_2")
    page.keyboard.press("[")
    wait_for_layer(page, "conv2_1")
    maps = inside.maps(first_medoid(digits), "conv2_1")
    wait_for_order(page, maps.channels.tolist())
    assert order_of(page) == maps.channels.tolist()
    for channel in (*maps.channels[:2].tolist(), 127):
        assert_shows(channel_pixels(page, channel), in_colour(maps.of_channel(channel)))
    page.get_by_role("radio", name="number").click()
    wait_for_order(page, [0, 1, 2])
    assert order_of(page) == list(range(128))
    page.get_by_role("radio", name="Classes").click()
    page.get_by_text("predictions need that of ImageNet").wait_for()
    page.get_by_role("radio", name="Feature maps").click()
    wait_for_layer(page, "conv2_1")
    assert order_of(page) == list(range(128))


def test_a_map_is_enlarged_over_the_image_by_mouse_and_keys(look, digits, inside):
    page = look(layer="conv3_1")
    maps = inside.maps(first_medoid(digits), "conv3_1")
    order = maps.channels.tolist()
    page.locator(f'.tile[data-channel="{order[4]}"]').click()
    page.get_by_text(f"conv3_1, channel {order[4]}", exact=True).wait_for()
    stage = page.locator(".stage")
    assert "5th of 256 by activation" in stage.inner_text()
    peak = float(maps.of_channel(order[4]).max())
    assert f"maximum {peak:.3g}" in stage.inner_text()
    slider = stage.get_by_role("slider", name="Map over image")
    slider.press("Home")  # nothing but the image
    assert np.array_equal(
        enlarged_pixels(page), enlarged_to(inside.square(first_medoid(digits)), SIDE)
    )
    slider.press("End")  # nothing but the map
    assert np.array_equal(
        enlarged_pixels(page), enlarged_to(in_colour(maps.of_channel(order[4])), SIDE)
    )
    tile = page.locator(f'.tile[data-channel="{order[4]}"]')
    tile.focus()
    page.keyboard.press("ArrowRight")  # who walks takes the enlarged map along
    page.get_by_text(f"conv3_1, channel {order[5]}", exact=True).wait_for()
    page.keyboard.press("Escape")
    stage.wait_for(state="hidden")
    page.keyboard.press("ArrowRight")
    assert stage.is_hidden()
    page.keyboard.press("Enter")
    page.get_by_text(f"conv3_1, channel {order[6]}", exact=True).wait_for()
    assert page.locator('.tile[aria-selected="true"]').get_attribute("data-channel") == str(
        order[6]
    )
    page.keyboard.press("]")
    wait_for_layer(page, "conv3_2")
    first = int(inside.maps(first_medoid(digits), "conv3_2").channels[0])
    page.get_by_text(f"conv3_2, channel {first}", exact=True).wait_for()


def test_two_images_have_one_order_and_a_click_shows_both(look, digits, inside):
    page = look(layer="conv5_1")
    page.get_by_role("combobox", name="Beside it").click()
    page.get_by_role("option", name="its nearest image").click()
    page.locator(".sheet").nth(1).wait_for()
    row = digits.images.index[first_medoid(digits)]
    nearest = digits.images.ids[int(digits.neighbors(5).indices[row, 1])]
    order = inside.maps(first_medoid(digits), "conv5_1").channels.tolist()
    wait_for_order(page, order, sheet=1)
    assert [order_of(page, 0), order_of(page, 1)] == [order, order]
    other = inside.maps(nearest, "conv5_1")
    assert_shows(channel_pixels(page, order[0], sheet=1), in_colour(other.of_channel(order[0])))
    page.locator(".sheet").nth(1).locator(f'[data-channel="{order[2]}"]').click()
    page.get_by_text(f"conv5_1, channel {order[2]}", exact=True).wait_for()
    assert page.locator(".stage figure").count() == 2
    marked = page.locator('.tile[aria-selected="true"]')
    assert [one.get_attribute("data-channel") for one in marked.all()] == [str(order[2])] * 2
    rank = other.channels.tolist().index(order[2]) + 1
    assert re.search(rf"\b{rank}(st|nd|rd|th) of 512", page.locator("figure").nth(1).inner_text())


def test_an_upload_has_the_maps_of_the_same_pixels_and_can_be_left(look, digits, inside):
    page = look(layer="conv1_2")
    image = digits.images.ids[7]
    data = io.BytesIO()
    decode(digits.read(image)).save(data, "PNG")
    upload(page, "seventh.png", data.getvalue())
    wait_for_title(page, "seventh.png")
    assert "becomes no part of it" in page.locator(".chooser").inner_text()
    maps = inside.maps(image, "conv1_2")
    wait_for_order(page, maps.channels.tolist())
    channel = int(maps.channels[0])
    assert_shows(channel_pixels(page, channel), in_colour(maps.of_channel(channel)))
    page.get_by_role("button", name="Back to the images of the set").click()
    wait_for_title(page, digits.images.by_id[first_medoid(digits)][0].path)
    upload(page, "poem.png", b"This is no image.")
    page.get_by_text("poem.png cannot be looked at: not an image").wait_for()
    upload(page, "same.pgm.png", digits.read(image))
    wait_for_title(page, digits.images.by_id[image][0].path)


def test_one_goes_to_other_images_by_medoid_and_to_the_next(look, digits):
    page = look()
    medoid = int(digits.medoids(TEN)[3])
    page.get_by_role("button", name="Most typical of cluster 3").click()
    path = digits.images.by_id[digits.images.ids[medoid]][0].path
    wait_for_title(page, path)
    members = np.flatnonzero(digits.clusters(TEN) == 3)
    order = members[np.argsort(digits.fit(TEN).own[members], kind="stable")].tolist()
    following = order[order.index(medoid) + 1]
    page.get_by_role("button", name="Next image").click()
    wait_for_title(page, digits.images.by_id[digits.images.ids[following]][0].path)


def test_the_network_is_drawn_and_another_layer_becomes_features(look):
    page = look("Network")
    blocks = page.locator(".block")
    blocks.first.wait_for()
    assert blocks.count() == 18
    assert page.locator(".block.used").get_attribute("data-layer") == "pool4"
    main = page.get_by_test_id("stMain")
    main.get_by_text("The full network has 138,357,544 parameters").wait_for()
    assert "14,714,688 parameters" in main.inner_text()
    page.locator('.block[data-layer="conv4_3"] .body').click()
    text = page.get_by_test_id("stMarkdown")
    text.get_by_text("conv4_3: 512 maps of 8 x 8").wait_for()
    page.keyboard.press("ArrowRight")
    text.get_by_text("pool4: 512 maps of 4 x 4").wait_for()
    main.get_by_text("The features are made of it: conv4 2x2").wait_for()
    page.locator('.block[data-layer="pool5"] .body').click()
    main.get_by_text("The features of 1,797 images are computed anew").wait_for()
    page.get_by_role("button", name="See its maps").click()
    wait_for_layer(page, "pool5")


def save_picture(page, place, kind, target):
    with page.expect_download() as download:
        page.locator(f'{place} [data-save="{kind}"]').first.click()
    download.value.save_as(target)
    return download.value.suggested_filename


def read_making(file):
    with Image.open(file) as picture:
        picture.load()
        return picture.text["Description"]


def test_every_picture_is_saved_and_says_what_made_it(look, digits, inside, tmp_path):
    page = look()
    path = digits.images.by_id[first_medoid(digits)][0].path
    name = save_picture(page, ".save-panel", "png", tmp_path / "maps.png")
    assert name.endswith(f"_maps-conv1_1_{PurePath(path).stem}.png")
    making = read_making(tmp_path / "maps.png")
    assert f"{path} · maps of conv1_1, each scaled by its own strongest value" in making
    maps = inside.maps(first_medoid(digits), "conv1_1")
    page.locator(f'.tile[data-channel="{maps.channels[0]}"]').click()
    page.locator(".stage canvas").wait_for()
    save_picture(page, ".stage", "png", tmp_path / "one.png")
    assert f"channel {maps.channels[0]}, laid over" in read_making(tmp_path / "one.png")
    with Image.open(tmp_path / "one.png") as picture:  # its strongest value is the last colour
        found = {color for _, color in picture.convert("RGB").getcolors(1 << 24)}
    assert len(found) > 64
    page.get_by_role("radio", name="Network").click()
    page.locator(".block").first.wait_for()
    save_picture(page, ".save-panel", "svg", tmp_path / "network.svg")
    text = (tmp_path / "network.svg").read_text()
    assert len(re.findall('data-layer="', text)) == 18
    assert "href" not in text
    page.get_by_role("radio", name="Why here?").click()
    page.locator(".panel .layer").nth(2).wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].flatMap(one => one.shadowRoot ? "
        "[...one.shadowRoot.querySelectorAll('.panel img')] : []).every(one => one.complete)"
    )
    save_picture(page, ".heat", "svg", tmp_path / "heat.svg")
    text = (tmp_path / "heat.svg").read_text()
    addresses = re.findall(r'href="([^"]{0,22})', text)
    assert addresses == ["data:image/png;base64,"] * 7  # the image four times, and three layers
    assert len(re.findall("<feColorMatrix", text)) == 3
    assert len(re.findall("<linearGradient", text)) == 3
    assert "K-Means k 10, seed 42" in text

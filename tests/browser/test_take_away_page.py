"""What is taken away in a browser: files and pictures, read back and compared."""

import csv
import json
import xml.etree.ElementTree as ET
import zipfile

import pytest
from browser import serve
from map_driver import row_places, wait_for_map
from PIL import Image

from core.cache import Cache
from core.images import identify
from core.recipe import StudyParams
from core.study import open_study

# Two red and two blue images, all with names that something might trip over.
COLORS = {
    "=1+1.png": (200, 0, 0),
    'say "hi", you.png': (230, 30, 0),
    "🌹 & co.png": (0, 0, 200),
    "<b>.png": (0, 30, 230),
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("taken") / "my photos"
    folder.mkdir()
    for name, color in COLORS.items():
        Image.new("RGB", (40, 30), color).save(folder / name)
    (folder / "a copy.png").write_bytes((folder / "=1+1.png").read_bytes())
    return folder


@pytest.fixture(scope="module")
def study(photos):
    """Extracted before the page is opened: it finds all that it needs."""
    with Cache(photos.parent / "cache.sqlite") as cache:
        opened = open_study(StudyParams(str(photos), weights="embedded"), cache)
        opened.extract()
        yield opened


@pytest.fixture(scope="module")
def server(study, photos):
    with serve(photos.parent / "cache.sqlite") as address:
        yield address


@pytest.fixture
def explore(page, photos):
    """Opens the map of the photos."""

    def opened(**more):
        page.goto("/")  # a link of its own, so that no value has to be written into a URL by hand
        values = {"source": photos, "weights": "embedded", "k": 2, "k_from": 2, "k_to": 3} | more
        page.evaluate(
            "values => { location.search = new URLSearchParams(values).toString(); }",
            {name: str(value) for name, value in values.items()},
        )
        wait_for_map(page)
        return page

    return opened


def row_of(study, name):
    return study.images.index[next(one.id for one in study.images.records if one.path == name)]


def select(page, study, name):
    """By a click on its point."""
    page.mouse.click(*row_places(page)[row_of(study, name)])
    page.get_by_text("1 image:").wait_for()


def open_choice(page, *radios):
    page.get_by_role("button", name="Take away").click()
    for name in radios:
        page.get_by_role("radio", name=name).click()


def save(download, target):
    download.value.save_as(target)
    return download.value.suggested_filename


def test_the_csv_of_a_selection_has_exactly_its_rows(explore, study, tmp_path):
    page = explore()
    select(page, study, "=1+1.png")
    open_choice(page, "The 1 selected")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the CSV of the 1 selected").click()
    name = save(download, tmp_path / "out.csv")
    assert name.startswith("my-photos_embedded-")
    assert "_k2_seed42" in name
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["path"] for row in rows} == {"'=1+1.png", "a copy.png"}
    assert {row["cluster"] for row in rows} == {"0"}


def test_the_report_of_a_selection_opens_as_a_file_without_a_request(
    explore, study, tmp_path, chromium
):
    page = explore()
    select(page, study, "<b>.png")
    open_choice(page, "The 1 selected", "Report")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the report of the 1 selected").click()
    save(download, tmp_path / "report.html")
    context, requests = chromium.new_context(offline=True), []
    reader = context.new_page()
    reader.on("request", lambda one: requests.append(one.url))
    reader.goto((tmp_path / "report.html").as_uri())
    assert reader.get_by_text("A selection: 1 of 4 distinct images.").count() == 1
    assert reader.locator("article").count() == 1
    text = reader.content()
    assert "say &quot;hi&quot;" not in text
    assert "🌹" not in text
    context.close()
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


def test_the_zip_holds_the_images_as_they_are(explore, photos, tmp_path):
    page = explore()
    open_choice(page, "ZIP")
    link = page.get_by_role("link", name="Download the ZIP")
    answer = page.request.get(link.get_attribute("href"))
    assert "attachment" in answer.headers["content-disposition"]
    (tmp_path / "out.zip").write_bytes(answer.body())
    with zipfile.ZipFile(tmp_path / "out.zip") as found:
        assert found.testzip() is None
        names = set(found.namelist()) - {"making.json"}
        assert {identify(found.read(name)) for name in names} == {
            identify(path.read_bytes()) for path in photos.iterdir()
        }
        assert json.loads(found.read("making.json"))["n_clusters"] == 2
    assert {name.partition("/")[0] for name in names} == {"cluster 0", "cluster 1"}
    assert len(names) == 5


def test_folders_are_written_to_this_machine(explore, photos, tmp_path):
    page = explore()
    open_choice(page, "Folders")
    page.get_by_role("textbox", name="Into this folder").fill(str(tmp_path / "sorted"))
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="hard links").click()
    page.get_by_role("button", name="Write the folders").click()
    page.get_by_text("5 images in").wait_for()
    found = list((tmp_path / "sorted").glob("*/*.png"))
    assert {path.stat().st_ino for path in found} == {
        path.stat().st_ino for path in photos.iterdir()
    }


def save_figure(page, place, kind, target):
    with page.expect_download() as download:
        page.locator(f'{place} [data-save="{kind}"]').click()
    return save(download, target)


def read_svg(file):
    """The picture, all its text, and what made it."""
    root = ET.parse(file).getroot()  # noqa: S314 - our own
    assert root.tag == f"{SVG}svg"
    (below,) = (one for one in root.iter(f"{SVG}text") if one.get("class") == "caption")
    caption = " ".join("".join(line.itertext()) for line in below)
    assert caption.split() == root.findtext(f"{SVG}metadata").split()
    assert caption.startswith("Groupsight: 5 images")
    assert "K-Means k 2, seed 42" in caption
    return root


def points_in(root):
    groups = [one for one in root.iter(f"{SVG}g") if one.get("class") == "points"]
    return [point for group in groups for point in group]


def test_the_map_as_svg_has_a_point_for_every_image_and_says_what_made_it(explore, tmp_path):
    page = explore()
    name = save_figure(page, ".groupsight-map", "svg", tmp_path / "map.svg")
    assert name.endswith("_k2_seed42_map.svg")
    root = read_svg(tmp_path / "map.svg")
    assert len(points_in(root)) == 4
    texts = {"".join(one.itertext()) for one in root.iter(f"{SVG}text")}
    assert {"cluster", "cluster 0 (2)", "cluster 1 (2)"} <= texts
    assert not list(root.iter(f"{SVG}script"))
    addresses = [one.get("href") for one in root.iter(f"{SVG}image")]
    assert all(one.startswith("data:image/jpeg;base64,") for one in addresses)


def test_names_that_people_gave_are_text_in_the_picture(explore, study, tmp_path):
    hostile = '<img src="x" onerror="alert(1)"> 🌹'
    study.rename(page_params(study), 1, hostile)
    page = explore()
    save_figure(page, ".groupsight-map", "svg", tmp_path / "map.svg")
    study.rename(page_params(study), 1, "")
    texts = ["".join(one.itertext()) for one in read_svg(tmp_path / "map.svg").iter(f"{SVG}text")]
    assert f"{hostile} (2)" in texts


def page_params(study):
    from core.clusters.clustering import KMeansParams  # noqa: PLC0415 - here alone

    return KMeansParams(2, study.params.seed)


def test_the_map_as_png_says_what_made_it(explore, tmp_path):
    page = explore()
    save_figure(page, ".groupsight-map", "svg", tmp_path / "map.svg")
    save_figure(page, ".groupsight-map", "png", tmp_path / "map.png")
    root = read_svg(tmp_path / "map.svg")
    with Image.open(tmp_path / "map.png") as image:
        image.load()
        assert image.text["Description"] == root.findtext(f"{SVG}metadata")
        assert image.size == (2 * int(root.get("width")), 2 * int(root.get("height")))
        colors = {color[:3] for _, color in image.convert("RGB").getcolors(1 << 24)}
    assert (255, 255, 255) in colors
    blue = COLORS["🌹 & co.png"]  # its thumbnail, a JPEG
    assert any(max(abs(a - b) for a, b in zip(one, blue, strict=True)) < 4 for one in colors)


def test_a_dark_page_gives_a_dark_picture(explore, tmp_path):
    page = explore()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('.groupsight-map-plot'))"
        ".getPropertyValue('--st-background-color').trim().toLowerCase() !== '#ffffff'"
    )
    save_figure(page, ".groupsight-map", "png", tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as image:
        assert max(image.convert("RGB").getpixel((1, 1))) < 64


def test_the_keyboard_saves_a_picture(explore, tmp_path):
    page = explore()
    page.locator('.groupsight-map [data-tool="reset"]').focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.save") == "svg"
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    save(download, tmp_path / "map.svg")
    assert len(points_in(read_svg(tmp_path / "map.svg"))) == 4


def test_what_is_selected_stands_out_in_the_picture(explore, study, tmp_path):
    page = explore()
    select(page, study, "<b>.png")
    save_figure(page, ".groupsight-map", "svg", tmp_path / "map.svg")
    root = read_svg(tmp_path / "map.svg")
    groups = [one for one in root.iter(f"{SVG}g") if one.get("class") == "points"]
    bright = [point for one in groups if float(one.get("fill-opacity")) > 0.5 for point in one]
    assert (len(bright), len(points_in(root))) == (1, 4)


PARTS = {
    "Ribbon": (".ribbon", ".ribbon .node", {"k = 2", "k = 3", "cluster 2"}),
    "Two maps": (".contingency", ".contingency td", {"k = 2 ↓", "k = 3 →", "cluster 2"}),
    "Measures": (".save-panel", ".js-plotly-plot .scatterlayer .point", {"Inertia"}),
}


@pytest.mark.parametrize("part", PARTS)
def test_every_figure_of_compare_is_saved(explore, tmp_path, part):
    place, drawn, expected = PARTS[part]
    page = explore()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("radio", name=part).click()
    page.locator(drawn).first.wait_for()
    save_figure(page, place, "svg", tmp_path / "figure.svg")
    root = read_svg(tmp_path / "figure.svg")
    texts = " | ".join("".join(one.itertext()) for one in root.iter(f"{SVG}text"))
    assert {text for text in expected if text in texts} == expected
    save_figure(page, place, "png", tmp_path / "figure.png")
    with Image.open(tmp_path / "figure.png") as image:
        image.load()
        assert image.text["Description"].startswith("Groupsight: 5 images")
        assert image.width == 2 * int(root.get("width"))

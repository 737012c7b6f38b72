"""The report, opened as a file: no request, nothing that runs, and the keyboard works."""

import pytest
from PIL import Image

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.export.export_study import draw_study
from core.palette import style_of
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.study import open_study

HOSTILE = "<img src=x onerror=alert(1)>.png"
KMEANS = KMeansParams(2)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Six images, one of them with a name that would run, in two clusters of which one has one."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "photos").mkdir()
    for number in range(3):
        Image.new("RGB", (40, 30), (200, 20 * number, 0)).save(folder / f"photos/red{number}.png")
        Image.new("RGB", (40, 30), (0, 20 * number, 200)).save(folder / f"photos/blue{number}.png")
    (folder / "photos" / "red0.png").rename(folder / "photos" / HOSTILE)
    with Cache(folder / "cache.sqlite") as cache:
        study = open_study(StudyParams(str(folder / "photos"), weights="embedded"), cache)
        study.extract()
        study.rename(KMEANS, 0, "</script><script>alert(1)</script>")
        projection = study.project(UMAPParams(n_neighbors=3))
        page = draw_study(study, KMEANS, projection, style_of=style_of)
    (folder / "report.html").write_bytes(page)
    return folder / "report.html"


@pytest.fixture
def open_report(chromium, report):
    """Opens the file; whatever it asks for, says or is refused fails the test."""
    contexts, complaints, requests = [], [], []

    def opened(**options):
        context = chromium.new_context(viewport={"width": 1300, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: complaints.append(one.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda one: (complaints.append(one.message), one.dismiss()))
        page.on("request", lambda one: requests.append(one.url))
        page.goto(report.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert {url for url in requests if not url.startswith("data:image/jpeg")} == {report.as_uri()}


def test_it_opens_without_a_request_and_shows_its_pictures(open_report):
    page = open_report(offline=True)
    assert page.locator("h1").inner_text() == "photos"
    assert page.locator("article").count() == 2
    loaded = page.locator("img").evaluate_all("all => all.map((one) => one.naturalWidth)")
    assert len(loaded) == 6
    assert set(loaded) == {128}


def test_what_is_hostile_is_text(open_report):
    page = open_report()
    assert page.locator("script").count() == 0
    assert page.get_by_role("heading", name="</script><script>").count() == 1
    assert page.locator(f'img[alt="{HOSTILE}"]').count() == 1


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_it_is_light_or_dark_as_the_reader_likes(open_report):
    light, dark = (open_report(color_scheme=scheme) for scheme in ("light", "dark"))
    assert background(light) == "rgb(246, 246, 244)"
    assert background(dark) == "rgb(18, 20, 22)"


def opacities(page):
    return page.locator(".points").evaluate_all(
        "all => all.map((a) => getComputedStyle(a).opacity)"
    )


def test_a_line_of_the_legend_shows_its_cluster_alone_and_leads_to_its_card(open_report):
    page = open_report()
    assert opacities(page) == ["1", "1"]
    page.locator(".legend a").nth(1).hover()
    assert opacities(page) == ["0.12", "1"]
    page.locator(".legend a").nth(1).click()
    page.wait_for_url("**/report.html#cluster-1")
    assert page.locator("article:target h3").inner_text() == "cluster 1"


def test_the_keyboard_reaches_each_cluster_on_the_map(open_report):
    page = open_report()
    page.keyboard.press("Tab")
    assert opacities(page) == ["1", "0.12"]
    page.keyboard.press("Tab")
    assert opacities(page) == ["0.12", "1"]
    page.keyboard.press("Enter")
    page.wait_for_url("**/report.html#cluster-1")


def test_nothing_sticks_out_on_a_telephone(open_report):
    page = open_report()
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

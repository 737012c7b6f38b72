"""The report: all that was found in one file, nothing that runs, nothing from elsewhere."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from core import __version__
from core.clusters.cluster_facts import describe_clusters
from core.export.decided import Decided, Review
from core.export.export_tables import Grouped
from core.export.report import LARGEST, Findings, draw_report, wanted_pictures
from core.export.report_tables import MOST_CORRECTIONS, MOST_PROBLEMS, Correction
from core.images import ImageRecord, ImageSet
from core.palette import Style, style_of
from core.review.fit import find_centroids, measure_fit

HOSTILE = '<img src="https://evil.example/x" onerror="alert(1)">'
CLOSING = "</script></style></title></svg><script>alert(1)</script>"


def make(n_images=6, n_clusters=2, *, names=None, paths=None, problems=0, **changes):
    """Images on a line, cut into clusters of neighbours."""
    paths = paths or [f"image {number}.jpg" for number in range(n_images)]
    records = [ImageRecord(path, id=f"{number:05}") for number, path in enumerate(paths)]
    records += [ImageRecord(f"bad{n}.jpg", problem=HOSTILE) for n in range(problems)]
    images = ImageSet("in", tuple(records))
    values = np.arange(n_images, dtype=np.float32)[:, None]
    clusters = (np.arange(n_images) * n_clusters // n_images).astype(np.int32)
    counts = np.ones(n_images, np.int64)
    fit = measure_fit(values, clusters, find_centroids(values, clusters, counts))
    coordinates = np.column_stack([values, values % 7]).astype(np.float32)
    names = names or tuple(f"cluster {number}" for number in range(n_clusters))
    labels = [None] * n_images
    told = describe_clusters(fit, clusters, np.arange(n_images), labels)
    grouped = Grouped(clusters, names, fit, coordinates)
    findings = Findings("Flowers", images, grouped, told, {"k": n_clusters, "none": None})
    return replace(findings, **changes)


def draw(findings, jpegs=None):
    return draw_report(findings, jpegs or {}, style_of).decode()


class Page(HTMLParser):
    """What a browser would find: elements, attributes and text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], {}
        self._open = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]
        if tag not in {"meta", "img"}:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text.setdefault(self._open[-1] if self._open else "", []).append(data)

    def values(self, name):
        return [value for _, key, value in self.attributes if key == name]


def test_it_says_what_was_found():
    page = Page(draw(make(problems=1, notes=["Too large."])))
    assert page.text["title"][0] == "Flowers"
    assert page.text["h1"] == ["Flowers"]
    assert "6 images in 2 clusters, 1 left out" in page.text["p"]
    assert "Too large." in page.text["p"]
    assert page.text["h2"] == ["Map", "Clusters", "Left out", "How this was made"]
    assert page.text["h3"] == ["cluster 0", "cluster 1"]
    assert (page.text["th"], page.text["td"][-1]) == (["k"], "2")
    assert __version__ in page.text["footer"][0]


def test_links_lead_to_what_is_there():
    page = Page(draw(make()))
    links = set(page.values("href"))
    assert links == {"#cluster-0", "#cluster-1"}
    assert {link[1:] for link in links} <= set(page.values("id"))


def test_nothing_runs_and_nothing_is_loaded():
    text = draw(make(), dict.fromkeys(range(6), b"jpeg"))
    page = Page(text)
    assert not {"script", "iframe", "object", "embed", "link", "form", "base"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.values("src"))
    assert "url(" not in text
    assert "@import" not in text
    assert "//" not in re.sub(r'base64,[^"]*', "", text).replace("'none'", "")


def test_the_policy_allows_only_the_style_sheet_that_is_there():
    page = Page(draw(make()))
    policy = next(value for value in page.values("content") if "default-src" in value)
    digest = hashlib.sha256(page.text["style"][0].encode()).digest()
    assert policy == (
        "default-src 'none'; img-src data:; "
        f"style-src 'sha256-{base64.b64encode(digest).decode()}'; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("hostile", [HOSTILE, CLOSING, "' \" & < >", "\u202egpj.exe", "\ud800"])
def test_hostile_names_stay_text(hostile):
    corrections = [Correction(0, hostile, hostile, hostile, hostile, hostile)]
    findings = make(
        paths=[f"{number} {hostile}" for number in range(6)],
        names=(hostile, "b"),
        title=hostile,
        making={hostile: hostile},
        notes=[hostile],
        corrections=corrections,
        problems=2,
    )
    harmless = make(
        title="x", making={"x": "y"}, notes=["x"], problems=2,
        corrections=[Correction(0, "x", "x", "x", "x", "x")],
    )  # fmt: skip
    jpegs = dict.fromkeys(range(6), b"jpeg")
    page, expected = (Page(draw(one, jpegs)) for one in (findings, harmless))
    assert page.tags == expected.tags
    assert [one[:2] for one in page.attributes] == [one[:2] for one in expected.attributes]
    assert page.text["h1"] == [hostile.replace("\ud800", "?")]


def test_corrections_are_told_with_their_image():
    told = Correction(4, "moved", "cluster 1", "roses", "Anna", "2024-01-01 12:00")
    findings = make(corrections=[told])
    page = Page(draw(findings, dict.fromkeys(range(6), b"jpeg")))
    for text in ("moved", "cluster 1", "roses", "Anna", "2024-01-01 12:00", "image 4.jpg"):
        assert text in page.text["td"]
    assert wanted_pictures(findings)[-1] == 4
    assert "Corrections" in page.text["h2"]
    assert "Corrections" not in Page(draw(make())).text["h2"]


def test_of_very_many_problems_some_are_listed():
    page = Page(draw(make(problems=MOST_PROBLEMS + 5)))
    assert page.text["summary"] == [f"{MOST_PROBLEMS + 5} images could not be read"]
    assert "and 5 more" in page.text["td"]
    assert f"bad{MOST_PROBLEMS}.jpg" not in page.text["td"]


@pytest.mark.parametrize(("n_images", "n_clusters"), [(1, 1), (2, 2), (3, 1)])
def test_few_images_have_a_report(n_images, n_clusters):
    page = Page(draw(make(n_images, n_clusters)))
    assert page.tags.count("article") == n_clusters


def test_a_long_path_is_told_by_its_end():
    paths = ["x/" * 200 + "rose.jpg", *(f"{number}.jpg" for number in range(5))]
    page = Page(draw(make(paths=paths)))
    told = [name for name in page.values("title") if "rose.jpg" in name]
    assert {(len(name), name[0]) for name in told} == {(120, "…")}


def test_an_empty_cluster_has_no_card():
    findings = make()
    grouped = replace(findings.grouped, names=("cluster 0", "cluster 1", "nobody"))
    assert "nobody" not in draw(replace(findings, grouped=grouped))


@pytest.mark.parametrize("n_clusters", [8, 100])
def test_two_thousand_images_stay_below_five_megabytes(n_clusters):
    """Pictures of 24 kB, names of 200 characters that all must be escaped."""
    paths = [f"{number:04}" + "&" * 200 + ".jpg" for number in range(2_000)]
    findings = make(2_000, n_clusters, paths=paths)
    jpegs = dict.fromkeys(wanted_pictures(findings), b"x" * 24_000)
    page = draw_report(findings, jpegs, style_of)
    assert 0.9 * LARGEST < len(page) <= LARGEST
    assert page.count(b"data:image") > 40


def test_without_a_map_there_is_no_report():
    findings = make()
    bare = replace(findings, grouped=replace(findings.grouped, coordinates=None))
    with pytest.raises(ValueError, match="needs the coordinates"):
        draw(bare)


def test_only_a_colour_is_a_colour():
    with pytest.raises(ValueError, match="is no colour"):
        draw_report(make(), {}, lambda _: Style("red; } * { display: none", "circle"))


def test_the_same_findings_give_the_same_bytes():
    jpegs = dict.fromkeys(range(6), b"jpeg")
    assert draw(make(), jpegs) == draw(make(), jpegs)


def test_who_was_excluded_is_counted_and_not_on_the_map():
    findings = make(paths=[f"<{number}>.jpg" for number in range(6)])
    excluded = np.array([False, False, True, False, False, False])
    own = findings.grouped
    review = Review(own.clusters, own.names, excluded, {2: Decided("excluded")}, {})
    page = Page(draw(replace(findings, grouped=replace(own, review=review))))
    assert "6 images in 2 clusters, 1 excluded" in page.text["p"]
    points = [text.split("\n")[0] for text in page.text["title"] if "\n" in text]
    assert points == ["<0>.jpg", "<1>.jpg", "<3>.jpg", "<4>.jpg", "<5>.jpg"]


def test_of_very_many_corrections_some_are_listed():
    many = [Correction(0, f"decision {number}") for number in range(MOST_CORRECTIONS + 7)]
    page = Page(draw(make(corrections=many)))
    assert "and 7 more" in page.text["td"]
    assert f"decision {MOST_CORRECTIONS - 1}" in page.text["td"]
    assert f"decision {MOST_CORRECTIONS}" not in page.text["td"]

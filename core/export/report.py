"""A report in one HTML file: map, clusters, corrections and making; it needs no network to open.

No script is in it, and none could run: its Content-Security-Policy allows pictures that lie within
the file and the one style sheet whose hash it names, nothing else.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import isnan
from typing import Any

import numpy as np

from core import __version__
from core.clusters.cluster_facts import ClusterFacts
from core.export.export_tables import Grouped
from core.export.markup import Markup, count, element
from core.export.report_cards import draw_card, draw_legend
from core.export.report_map import StyleOf, draw_map
from core.export.report_pictures import Pictures, rank_rows
from core.export.report_tables import Correction, draw_corrections, draw_making, draw_problems
from core.images import ImageSet

LARGEST = 5_000_000
"""Bytes of a report. Pictures take what the rest leaves; of a set so large that its map alone comes
near that, at least a million."""
_LEAST_PICTURES = 1_000_000
_OF_THE_MAP = (
    "Every point is an image, and images that resemble each other lie together. Its colour is its "
    "cluster. Point at one to see its name, or at a line beside the map to see that cluster alone."
)
_OF_THE_CARDS = (
    "The large image is the one nearest to the centre of its cluster. Spread: how far its images "
    "lie from there, where 1 is the average of all clusters. Fit: 1 at the centre, 0 on the border "
    "to another cluster. Nearest: the cluster that resembles it most."
)
_OF_LABELS = " Purity: the share of the most common label."
_LONGEST_NAME = 120
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report tells.

    Attributes:
        title: of the whole.
        images: the set.
        grouped: what is known of the distinct images; it must have coordinates.
        clusters: what is known of the clusters.
        making: what made it, in words.
        corrections: what people have decided.
        notes: further sentences below the title.
    """

    title: str
    images: ImageSet
    grouped: Grouped
    clusters: Sequence[ClusterFacts]
    making: Mapping[str, Any]
    corrections: Sequence[Correction] = ()
    notes: Sequence[str] = ()


def wanted_pictures(findings: Findings) -> list[int]:
    """The images that a report shows where it has room, by row: the most wanted first.

    An image is in it as often as it is shown.
    """
    return [*rank_rows(findings.clusters), *(one.row for one in findings.corrections)]


def draw_report(findings: Findings, jpegs: Mapping[int, bytes], style_of: StyleOf) -> bytes:
    """The report as HTML in UTF-8.

    Args:
        findings: what it tells.
        jpegs: small pictures of the images that `wanted_pictures` names, by row.
        style_of: how a cluster is drawn.

    Raises:
        ValueError: there are no coordinates.
    """
    images = findings.images
    names = [_shorten(images.by_id[image_id][0].path) for image_id in images.ids]
    bare = _draw(findings, Pictures([], {}, room=0, names=names), names, style_of)
    room = max(_LEAST_PICTURES, LARGEST - len(bare))
    pictures = Pictures(wanted_pictures(findings), jpegs, room=room, names=names)
    return _draw(findings, pictures, names, style_of)


def _shorten(path: str) -> str:
    """A long path by its end, where the name is."""
    return path if len(path) <= _LONGEST_NAME else f"…{path[1 - _LONGEST_NAME :]}"


def _draw(findings: Findings, pictures: Pictures, names: Sequence[str], style_of: StyleOf) -> bytes:
    style = _style(findings.clusters, style_of)
    body = element(
        "body",
        element("header", *_introduce(findings)),
        element("main", *_sections(findings, pictures, names, style_of)),
        element("footer", f"Made by Groupsight {__version__}. Nothing in this file is loaded from "
                "elsewhere: it can be kept and sent as it is."),
    )  # fmt: skip
    page = element("html", _head(findings.title, style), body, lang="en")
    return f"<!DOCTYPE html>\n{page}\n".encode(errors="replace")


def _head(title: str, style: str) -> Markup:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", Markup(style)),
    )


def _style(clusters: Sequence[ClusterFacts], style_of: StyleOf) -> str:
    """The style sheet, the colours of the clusters, and what a line of the legend points out."""
    sheet = (files("core.export") / "report.css").read_text(encoding="utf-8")
    return sheet + "".join(_cluster_rules(one.cluster, style_of) for one in clusters)


def _cluster_rules(cluster: int, style_of: StyleOf) -> str:
    color, own = style_of(cluster).color, f"#cluster-{cluster}"
    if not _COLOR.fullmatch(color):
        raise ValueError(f"{color!r} is no colour of the form #RRGGBB")
    pointed = f'.map:has(.legend [href="{own}"]:is(:hover, :focus-visible))'
    return f"""{own} {{ --cluster: {color}; }}
{pointed} .points:not([href="{own}"]) {{ opacity: 0.12; }}
"""


def _introduce(findings: Findings) -> Iterator[Markup]:
    yield element("h1", findings.title)
    images = findings.images
    copies = len(images.readable) - len(images.ids)
    parts = [
        f"{count(len(images.readable), 'image')} in {count(len(findings.clusters), 'cluster')}",
        f"{copies:,} of them copies" if copies else "",
        f"{_count_excluded(findings):,} excluded" if _count_excluded(findings) else "",
        f"{len(images.problems):,} left out" if images.problems else "",
    ]
    yield element("p", ", ".join(part for part in parts if part), class_="lead")
    for note in findings.notes:
        yield element("p", note, class_="lead")


def _count_excluded(findings: Findings) -> int:
    images, excluded = findings.images, findings.grouped.excluded
    return sum(bool(excluded[images.index[one.id]]) for one in images.readable if one.id)


def _sections(
    findings: Findings, pictures: Pictures, names: Sequence[str], style_of: StyleOf
) -> Iterator[Markup]:
    called = findings.grouped.names
    legend = draw_legend(findings.clusters, called, style_of)
    drawn = element("div", _map(findings, names, style_of), legend, class_="map")
    yield _section("Map", element("p", _OF_THE_MAP, class_="hint"), drawn)
    cards = [draw_card(one, called, pictures, style_of) for one in findings.clusters]
    hint = _OF_THE_CARDS + (_OF_LABELS if findings.images.has_labels else "")
    drawn = element("div", *cards, class_="cards")
    yield _section("Clusters", element("p", hint, class_="hint"), drawn)
    if findings.corrections:
        yield _section("Corrections", draw_corrections(findings.corrections, names, pictures))
    if findings.images.problems:
        yield _section("Left out", draw_problems(findings.images.problems))
    yield _section("How this was made", draw_making(findings.making))


def _section(title: str, *inside: Markup) -> Markup:
    return element("section", element("h2", title), *inside, aria_label=title)


def _map(findings: Findings, names: Sequence[str], style_of: StyleOf) -> Markup:
    grouped = findings.grouped
    if grouped.coordinates is None:
        raise ValueError("a report needs the coordinates of its images")
    inside = np.flatnonzero(~grouped.excluded)
    clusters = grouped.clusters[inside]
    fits = ["" if isnan(fit) else f"\nfit {fit:.2f}" for fit in grouped.fit.fit[inside].tolist()]
    called = [grouped.names[cluster] for cluster in clusters.tolist()]
    of = [names[row] for row in inside.tolist()]
    titles = [f"{name}\n{own}{fit}" for name, own, fit in zip(of, called, fits, strict=True)]
    return draw_map(grouped.coordinates[inside], clusters, grouped.names, titles, style_of)

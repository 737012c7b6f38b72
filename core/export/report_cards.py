"""The clusters of a report: a card each, with the images that stand for it and its facts."""

from collections.abc import Iterator, Sequence

from core.clusters.cluster_facts import ClusterFacts
from core.export.markup import Markup, element, join
from core.export.report_map import StyleOf, draw_symbol
from core.export.report_pictures import Pictures, typical_rows, untypical_rows

_SPREAD = "Mean distance to the centre, against the average of all clusters: below 1 is tight."
_FIT = "Mean fit of its images: 1 at the centre, 0 on the border to another cluster."
_PURITY = "Share of the most common label among its labelled images."
_NEAREST = "The cluster whose centre is the nearest to this one's."


def draw_legend(
    clusters: Sequence[ClusterFacts], names: Sequence[str], style_of: StyleOf
) -> Markup:
    """A line for each cluster, which leads to its card."""
    lines = (
        element(
            "li",
            element(
                "a", draw_symbol(style_of(one.cluster)), element("b", names[one.cluster]),
                element("span", f"{one.size:,}", class_="number"),
                href=f"#cluster-{one.cluster}",
            ),
        )
        for one in clusters
    )  # fmt: skip
    return element("ul", join(lines), class_="legend")


def draw_card(
    facts: ClusterFacts, names: Sequence[str], pictures: Pictures, style_of: StyleOf
) -> Markup:
    """One cluster."""
    name, size = names[facts.cluster], f"{facts.size:,} · {_percent(facts.share)}"
    head = element(
        "header", draw_symbol(style_of(facts.cluster)), element("h3", name),
        element("span", size, class_="number"),
    )  # fmt: skip
    body = element(
        "div", head, _share(facts.share),
        _strip("most typical", typical_rows(facts), pictures),
        _strip("least typical", untypical_rows(facts), pictures),
        element("dl", *_describe(facts, names, style_of)),
    )  # fmt: skip
    medoid = pictures.draw(facts.medoid, class_="medoid")
    own = f"cluster-{facts.cluster}"
    return element("article", medoid, body, id=own, class_="card", aria_label=name)


def _percent(share: float) -> str:
    return "< 1 %" if 0 < share < 0.01 else f"{share:.0%}".replace("%", " %")  # noqa: PLR2004


def _share(share: float) -> Markup:
    bar = element("rect", width=f"{100 * share:.2f}", height=1)
    return element(
        "svg", bar, viewBox="0 0 100 1", preserveAspectRatio="none", class_="share",
        aria_hidden="true",
    )  # fmt: skip


def _strip(title: str, rows: Sequence[int], pictures: Pictures) -> Markup:
    if not rows:
        return Markup()
    shown = join(pictures.draw(row) for row in rows)
    return element("div", element("h4", title), element("p", shown), class_="strip")


def _describe(facts: ClusterFacts, names: Sequence[str], style_of: StyleOf) -> Iterator[Markup]:
    yield _fact("spread", _SPREAD, f"{facts.relative_tightness:.2f}")
    if facts.fit is not None:
        yield _fact("fit", _FIT, f"{facts.fit:.2f}")
    if facts.purity is not None and facts.label is not None:
        yield _fact("purity", _PURITY, f"{_percent(facts.purity)} {facts.label}")
    if facts.rival is not None:
        rival = element("a", names[facts.rival], href=f"#cluster-{facts.rival}")
        yield _fact("nearest", _NEAREST, join((draw_symbol(style_of(facts.rival)), rival)))


def _fact(name: str, hint: str, value: str) -> Markup:
    return element("div", element("dt", name), element("dd", value), title=hint)

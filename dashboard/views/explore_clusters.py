"""The cards of the clusters, as Explore shows them while nothing is selected."""

import streamlit as st

from core.clusters.cluster_facts import ClusterFacts
from core.study import Study
from dashboard import session
from dashboard.cards import CardsView, ClusterCard, ClusterFact, show_cards, write_cards
from dashboard.contents import Contents, publish
from dashboard.deciding import Decider
from dashboard.grouping import Grouped
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.styles import style_of

_SHOWN = 5


def show_clusters(
    view: View, study: Study, grouped: Grouped, contents: Contents, desk: Desk
) -> None:
    """A card for each cluster: its images, its facts, its name to be changed."""

    def rename(cluster: int, name: str) -> None:
        decider = Decider(study)
        decider.decide(lambda mine, seen: mine.name_cluster(view.kmeans, cluster, name, seen=seen))

    facts = session.cluster_facts(view, study, grouped)
    made_of = ("cards", grouped.digest, contents.map.fit, grouped.names)
    address = publish(made_of, lambda: write_cards([_card(one, grouped) for one in facts]))
    st.caption(
        "Draw a lasso around points on the map, or click one, to see their images here. "
        "Or take a whole cluster."
    )
    show_cards(
        CardsView(
            address, len(grouped.names), study.imbalance(view.kmeans),
            grouped.whole_cluster(desk.now.rows), desk.now.opened,
        ),
        contents.images,
        key="cards",
        on_select=lambda cluster: desk.select(grouped.members(cluster)),
        on_open=desk.open,
        on_rename=rename,
    )  # fmt: skip


def _card(facts: ClusterFacts, grouped: Grouped) -> ClusterCard:
    style = style_of(facts.cluster)
    return ClusterCard(
        cluster=facts.cluster,
        name=grouped.names[facts.cluster],
        color=style.color,
        symbol=style.symbol,
        size=facts.size,
        share=facts.share,
        medoid=facts.medoid,
        typical=facts.typical[:_SHOWN],
        unusual=tuple(row for row in facts.untypical if row not in facts.typical[:_SHOWN])[:_SHOWN],
        facts=tuple(_describe(facts)),
        rival=facts.rival,
        badness=None if facts.fit is None else 1 - facts.fit,
    )


def _describe(facts: ClusterFacts) -> list[ClusterFact]:
    spread = "Mean distance to the centre, against the average of all clusters: below 1 is tight."
    lines = [ClusterFact("spread", f"{facts.relative_tightness:.2f}", spread)]
    if facts.fit is not None:
        hint = "Mean fit of its images: 1 at the centre, 0 on the border to another cluster."
        lines.append(ClusterFact("fit", f"{facts.fit:.2f}", hint))
    if facts.purity is not None:
        hint = "Share of the most common label among its labelled images."
        lines.append(ClusterFact("purity", f"{facts.purity:.0%} {facts.label}", hint))
    return lines

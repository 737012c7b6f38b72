"""Tags of images and of clusters, and the names that clusters were given."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from core.clusters.cluster_names import LONGEST, clean_name
from core.journal.deciding import Deciding
from core.journal.decisions import Kind, Row
from core.journal.history import Entry, Standing
from core.journal.journal_state import JournalState
from dashboard.provenance import escape_markdown
from dashboard.views.review_decisions_list import local_zone
from dashboard.views.review_decisions_log import Log
from dashboard.views.review_decisions_table import format_time


def show_image_tags(log: Log) -> None:
    """Each tag with how many images here carry it; a click selects them."""
    st.subheader("Tags of images")
    tagged = find_tagged(log.state, log.shown.study.images.index)
    if not tagged:
        st.caption("No image has a tag. They are given in the queue.")
        return
    desk = log.shown.desk
    key = f"tags {log.state.seq}"
    now = desk.now.rows.tolist()
    # What is selected elsewhere in the meantime is no tag's any more.
    st.session_state[key] = next((one for one, rows in tagged.items() if rows == now), None)

    def chosen() -> None:
        desk.select(tagged.get(st.session_state[key], []))

    st.pills(
        "Select the images with the tag", list(tagged), key=key, on_change=chosen,
        format_func=lambda one: f"{escape_markdown(one)} · {len(tagged[one]):,}",
    )  # fmt: skip


def find_tagged(state: JournalState, index: dict[str, int]) -> dict[str, list[int]]:
    """For each tag, the most frequent first, the rows of the images that carry it, ascending.

    Args:
        state: what holds.
        index: the row of each image that is there, by id.
    """
    tagged: dict[str, list[int]] = {}
    for image in state.tags:
        for tag in state.tags_of(image) if image in index else ():
            tagged.setdefault(tag, []).append(index[image])
    order = sorted(tagged, key=lambda tag: (-len(tagged[tag]), tag))
    return {tag: sorted(tagged[tag]) for tag in order}


def show_cluster_tags(log: Log) -> None:
    """The tags of a chosen cluster, to which some are added and from which some are taken."""
    st.subheader("Tags of clusters")
    tags, names = log.corrected.tags, log.names
    for cluster, own in sorted(tags.items()):
        st.markdown(f"{escape_markdown(names[cluster])}: {escape_markdown(', '.join(own))}")
    which, what = st.columns([1, 2])
    offered = sorted(set(log.shown.found.clusters.tolist()) | set(log.corrected.labels.tolist()))
    cluster = which.selectbox(
        "Cluster", offered, format_func=names.__getitem__, key="tagged cluster"
    )
    own = tags.get(cluster, ())
    key = f"tags of {cluster} {log.state.seq}"
    what.multiselect(
        "Its tags", sorted({one for some in tags.values() for one in some}), list(own), key=key,
        accept_new_options=True, placeholder="type a tag and press Enter",
        on_change=partial(_change_tags, log, cluster, own, key),
    )  # fmt: skip


def _change_tags(log: Log, cluster: int, before: Sequence[str], key: str) -> None:
    """Each tag that is new, and each that is gone, is a decision."""
    after = [one for one in map(clean_name, st.session_state[key]) if one]
    for tag in after:
        if tag not in before:
            _change(log, Deciding.tag_cluster, cluster, tag)
    for tag in before:
        if tag not in after:
            _change(log, Deciding.untag_cluster, cluster, tag)


def _change(log: Log, act: Callable[..., tuple[Row, ...]], cluster: int, tag: str) -> None:
    params = log.shown.view.kmeans
    log.shown.decider.decide(lambda mine, seen: act(mine, params, cluster, tag, seen=seen))


def show_names(log: Log) -> None:
    """The names that hold, each with the cluster that bears it, and who gave it."""
    st.subheader("Names of clusters")
    given = [one for one in log.entries if is_name(one)]
    if not given:
        st.caption(f"No cluster has a name of its own, of up to {LONGEST} letters: see Explore.")
        return
    st.dataframe([_tell_name(one.row, log.names) for one in given], hide_index=True)


def is_name(entry: Entry) -> bool:
    """Whether it gives a name that holds, here or elsewhere."""
    made = entry.row.decision
    held = entry.standing in {Standing.HOLDS, Standing.STALE}
    return made.kind is Kind.NAME_CLUSTER and bool(made.text) and held


def _tell_name(row: Row, names: Sequence[str]) -> dict[str, str]:
    made = row.decision
    return {
        "Name": made.text,
        "Given to": made.target.describe() if made.target else "",
        "Shown here": "yes" if made.text in names else "no",
        "Who": row.author or "nobody named",
        "When": format_time(row.time, local_zone()),
    }

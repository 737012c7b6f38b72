"""What the user chooses: the images, how they become features, the clusters, the map.

Every widget is bound to the link by its key, so that a link reproduces the choice.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.device import DEVICES, JPEG_DECODERS, PRECISIONS
from core.measures.sweep import LARGEST_K, MOST_SEEDS
from core.neighbors import METRICS
from core.network.layers import GRIDS, LAYERS
from core.network.transforms import LARGEST_SIZE, TRANSFORMS
from core.projection import DIMENSIONS
from core.reduction import NORMALIZATIONS
from core.study import Study
from dashboard.coloring import offer_colors
from dashboard.derived import KEY
from dashboard.grouping import SORTS
from dashboard.state import DEFAULTS, SUITED

_USUAL_K = 50
"""The slider ends here unless more is asked for: the longer it is, the harder it is to aim."""
_LENGTH = "k_length"
"""Of the slider as it was drawn last."""


def ask_for_source(on_open: Callable[[], None]) -> None:
    """The form that names the images and, folded away, how they become features."""
    with st.sidebar.form("open", border=False):
        _text("source", "Images", placeholder="a folder, a CSV file, digits, parquet:ADDRESS")
        with st.expander("How images become features"):
            _ask_for_recipe()
        st.form_submit_button("Open", type="primary", on_click=on_open)


def _ask_for_recipe() -> None:
    _text("images", "Folder of the images", help="For a CSV file that names them by ImageID.")
    st.toggle("Folder names are labels", DEFAULTS["labels"], **_bound("labels"))
    st.selectbox(
        "Weights",
        ["auto", "imagenet", "embedded"],
        accept_new_options=True,
        help="auto takes imagenet where it can be had, else embedded. "
        "Or type the path of a .pth or .safetensors file.",
        **_bound("weights"),
    )
    _choice("layer", "Layer", LAYERS)
    _choice("grid", "Grid", [str(grid) for grid in GRIDS])
    _choice("transform", "Transform", TRANSFORMS)
    _number("size", "Size in pixels (0: suited)", 0, LARGEST_SIZE)
    _choice("normalize", "Normalisation", NORMALIZATIONS)
    _number("reduce", "Principal components (0: none)", 0)
    st.selectbox("Device", DEVICES, **_bound("device"))
    st.selectbox("Precision", PRECISIONS, **_bound("precision"))
    st.selectbox(
        "JPEGs decoded by",
        JPEG_DECODERS,
        help="cuda only where that is the device. Features differ a little between the two, "
        "so each has its own.",
        **_bound("jpeg_decoder"),
    )
    _number("batch_size", "Batch size (0: suited)", 0)
    _number("seed", "Seed", 0)
    _number(
        "sample",
        "Sample of shards",
        1,
        help="Of a folder of shards with more images than this, so many are drawn by the seed.",
    )


def ask_for_clusters(study: Study | None) -> None:
    """How many clusters, how the map is laid out and coloured.

    These are drawn before the study is ready, too: a widget that a run leaves out would lose its
    place in the link.
    """
    with st.sidebar:
        _ask_for_k(study)
        _ask_for_sweep()
        _ask_for_edits()
        st.toggle(
            "Corrections applied",
            DEFAULTS["corrected"],
            help="Show the clusters with what was decided on the Review page, "
            "or as K-Means found them.",
            **_bound("corrected"),
        )
        # What a link asks for must not be lost while it is not known yet what there is.
        st.selectbox(
            "Colour by",
            _with_current("color", offer_colors(study)),
            accept_new_options=study is None,
            **_bound("color"),
        )
        st.selectbox(
            "Gallery sorted by",
            SORTS,
            help="cluster: the most typical first; fit: the worst; likeness: to the open image.",
            **_bound("sort"),
        )
        with st.expander("Map (UMAP)"):
            _ask_for_map()


def _ask_for_k(study: Study | None) -> None:
    asked = [_asked(key) for key in ("k", "k_to")]
    most = min(max(_USUAL_K, *asked), LARGEST_K)
    largest = most if study is None else min(len(study.images.ids), most)
    if largest < 2:  # noqa: PLR2004 - there is nothing to choose
        st.session_state["k"] = 1
        return
    # A slider of another length is another widget, which would begin anew. And a value chosen for a
    # larger set must not break the slider of a smaller one.
    if st.session_state.get(_LENGTH) != largest:
        st.session_state[_LENGTH] = largest
        st.session_state["k"] = min(asked[0] or DEFAULTS["k"], largest)
    # Without its default each time the link would leave out k = 1, and a reload show another.
    st.slider("Clusters (k)", 1, largest, min(DEFAULTS["k"], largest), **_bound("k"))


def _asked(key: str) -> int:
    """What was chosen, or what a link says before its widget is drawn; 0 where nothing was."""
    text = str(st.session_state.get(key) or st.query_params.get(key, ""))
    return int(text) if text.isdecimal() and len(text) <= len(str(LARGEST_K)) else 0


def _ask_for_sweep() -> None:
    with st.expander("Values of k to compare"):
        first, last = st.columns(2)
        with first:
            _number("k_from", "From", 2, LARGEST_K)
        with last:
            _number("k_to", "To", 2, LARGEST_K)
        _number(
            "n_seeds",
            "Seeds",
            1,
            MOST_SEEDS,
            help="How often K-Means starts for each k: whether it finds the same clusters again "
            "says how far they depend on chance.",
        )


def _ask_for_edits() -> None:
    """Always drawn, or the link would lose it; folded away, since buttons write it as a rule."""
    with st.expander("Split and merged by hand"):
        _text(
            KEY,
            "For each k",
            placeholder="8:split-3-2,merge-7-1",
            help="8:split-3-2 splits cluster 3 in two parts at k = 8; merge-7-1 moves all of "
            "cluster 7 into cluster 1. The Compare page has buttons for both.",
        )


def _ask_for_map() -> None:
    neighbors, distance = DEFAULTS["n_neighbors"], DEFAULTS["min_dist"]
    st.slider(
        "Neighbours",
        2,
        100,
        neighbors,
        help="Few show fine structure, many the whole.",
        **_bound("n_neighbors"),
    )
    st.slider(
        "Least distance",
        0.0,
        1.0,
        distance,
        0.05,
        help="How tightly similar images may lie.",
        **_bound("min_dist"),
    )
    st.selectbox("Metric", METRICS, **_bound("metric"))
    default = DEFAULTS["dimensions"]
    st.segmented_control(
        "Dimensions", DIMENSIONS, required=True, default=default, **_bound("dimensions")
    )


def _with_current(key: str, options: list[str]) -> list[str]:
    """The options and what is chosen now, which another set of images may not have."""
    current = st.session_state.get(key)
    return options if current is None or current in options else [*options, current]


def _bound(key: str) -> dict[str, Any]:
    """The arguments that bind a widget to its name in the link."""
    return {"key": key, "bind": "query-params"}


def _text(key: str, label: str, **options: Any) -> None:
    st.text_input(label, **_bound(key), **options)


def _number(key: str, label: str, smallest: int, largest: int | None = None, **also: Any) -> None:
    st.number_input(label, smallest, largest, value=DEFAULTS[key], step=1, **_bound(key), **also)


def _choice(key: str, label: str, options: Any) -> None:
    st.selectbox(label, [SUITED, *options], **_bound(key))

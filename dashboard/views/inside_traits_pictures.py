"""What a cluster's images share: where they resemble its centre, and what excites its channels."""

import hashlib

import streamlit as st

from core.inside.cluster_traits import ClusterTraits, Patch, Trait
from core.inside.heat_picture import find_peak
from core.network.map_pictures import AGAINST, FOR, encode_picture, enlarge
from core.pictures.resizing import Pixels
from dashboard.contents import publish
from dashboard.heat import HeatPanel, show_heat
from dashboard.tiles import Tile, TileGroup
from dashboard.views.inside_parts import Asked
from dashboard.views.inside_why_heat import css_color, publish_layer
from dashboard.views.inside_why_tiles import draw_tiles
from dashboard.views.study_map import picture_of

_PATCH_SIDE = 96


def show_shared(shown: Asked, traits: ClusterTraits, typical: Pixels, mean: Pixels) -> None:
    """The most typical image, and the mean of some with the mean of their heat maps over it."""
    name, count = shown.grouped.names[traits.cluster], len(traits.rows)
    peak = find_peak(traits.shared)
    layer = publish_layer(traits.shared, peak=peak)
    first, others = _publish(typical), _publish(mean)
    some = f"the {count} most typical images" if count > 1 else "its only image"
    panels = [
        HeatPanel("Its most typical image", "the nearest to the centre", first),
        HeatPanel(f"The mean of {some}", "pixel by pixel", others),
        HeatPanel(
            f"Where they are like {name}",
            f"sum of all parts {traits.shared.sum():.4g}: their mean likeness to its centre",
            others, layer, f"unlike {-peak:+.2g}", f"alike {peak:+.2g}",
        ),
    ]  # fmt: skip
    show_heat(
        panels, for_color=css_color(FOR), against_color=css_color(AGAINST), key="shared",
        picture=picture_of(shown.view, shown.study, f"shared_{name}"),
    )  # fmt: skip


def _publish(pixels: Pixels) -> str:
    return publish(("pixels", _digest(pixels)), lambda: encode_picture(enlarge(pixels)))


def _digest(pixels: Pixels) -> tuple[tuple[int, ...], str]:
    return pixels.shape, hashlib.sha256(pixels.tobytes()).hexdigest()


def show_patches(shown: Asked, traits: ClusterTraits) -> None:
    """The channels in which the cluster stands out, each with what excites it most."""
    if not traits.traits:
        st.caption("No channel stands out: its images are like the mean of all.")
        return
    st.markdown("**What sets it apart**")
    groups = tuple(_group(one) for one in traits.traits)
    figure = f"channels_{shown.grouped.names[traits.cluster]}"
    picture = picture_of(shown.view, shown.study, figure)
    draw_tiles(shown, groups, key="patches", picture=picture)
    st.caption(_explain(shown, traits))


def _group(trait: Trait) -> TileGroup:
    tiles = tuple(_tile(trait.channel, patch) for patch in trait.patches)
    return TileGroup(f"Channel {trait.channel}", tiles, f"{trait.share:.0%} of the difference")


def _tile(channel: int, patch: Patch) -> Tile:
    hint = f"Open: this part excites channel {channel} by {patch.activation:.3g}"
    return Tile(patch.row, _publish_patch(patch), f"{patch.activation:.3g}", hint)


def _publish_patch(patch: Patch) -> str:
    return publish(
        ("patch", _digest(patch.pixels)),
        lambda: encode_picture(enlarge(patch.pixels, _PATCH_SIDE)),
    )


def _explain(shown: Asked, traits: ClusterTraits) -> str:
    what = (
        f"Channels of {traits.layer} that the cluster has more of than all images on the mean; "
        "beside each the parts of its most typical images that excite it most, and how much."
    )
    cut = shown.study.recipe.cut
    if cut.is_connected:
        what += f" {cut.layer} has no places: the maps of the last convolution stand in for it."
    return what

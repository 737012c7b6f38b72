"""What looking inside has found, as tables, lines and a picture to take away."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from core.inside.explanation import FeaturePart
from core.inside.why import Heat, Why
from core.network.map_pictures import enlarge, overlay, side_by_side
from core.network.network_table import NetworkTable
from core.network.predictions import Prediction
from core.pictures.resizing import Pixels


def tabulate_layers(table: NetworkTable) -> pd.DataFrame:
    """One row a layer: what it is, what it gives, what it costs; then the totals."""
    rows: list[dict[str, object]] = [
        {
            "layer": layer.name,
            "kernel": f"{layer.kernel}x{layer.kernel}" if layer.kernel else "",
            "output": "x".join(map(str, layer.shape)),
            "parameters": layer.parameters,
            "multiply_adds": layer.multiply_adds,
            "receptive_field": layer.receptive_field or "all",
            "features": layer.feature or "",
        }
        for layer in table.layers
    ]
    totals = {"parameters": table.parameters, "multiply_adds": table.multiply_adds}
    return pd.DataFrame([*rows, {"layer": "total", **totals}]).fillna("")


def tabulate_predictions(found: Mapping[str, Sequence[Prediction]]) -> pd.DataFrame:
    """`path`, `rank`, `class`, `probability`: one row for each class of each image."""
    rows = [
        {"path": path, "rank": rank, "class": one.name, "probability": f"{one.probability:.6f}"}
        for path, predictions in found.items()
        for rank, one in enumerate(predictions, 1)
    ]
    return pd.DataFrame(rows, columns=["path", "rank", "class", "probability"])


def draw_why(square: Pixels, heat: Heat) -> Pixels:
    """The image, where it resembles its own cluster, and where the rival's; one scale for both."""
    peak = float(max(np.abs(heat.own).max(), np.abs(heat.rival).max()))
    pair = [overlay(square, one, peak=peak) for one in (heat.own, heat.rival)]
    return side_by_side([enlarge(square), *pair])


def describe_why(why: Why, heat: Heat, names: Sequence[str], *, channels: bool) -> Iterator[str]:
    """The reasons, one a line: `name: value`.

    Args:
        why: the reasons.
        heat: how the picture beside them was made.
        names: what the clusters are called.
        channels: whether the features are channels of a convolution block.
    """
    kind = "channels" if channels else "units"
    how = "its parts sum to the likeness" if heat.is_exact else "what hiding each part takes away"
    votes = ", ".join(f"{names[one.cluster]} {one.count}" for one in why.votes)
    yield f"cluster: {names[why.place.cluster]} (likeness {why.likeness:.4g})"
    yield f"rival: {names[why.place.rival]} (likeness {why.rival_likeness:.4g})"
    yield f"nearest {len(why.place.neighbors)} images: {votes}"
    yield f"{kind} for it: {_list(why.speaks_for)}"
    yield f"{kind} for the rival: {_list(why.speaks_against)}"
    yield f"picture: {how}; passes through the network: {heat.n_passes}"


def _list(parts: Sequence[FeaturePart]) -> str:
    return ", ".join(f"{one.feature} ({one.part:+.2g})" for one in parts) or "none"

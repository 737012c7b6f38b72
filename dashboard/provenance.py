"""What made a picture, in one line beneath it and in the name of what is taken away."""

import re
from dataclasses import dataclass

from core.clusters.clustering import Clustering
from core.clusters.edits import write_edits
from core.export.file_names import safe_name
from core.projection import Projection
from core.study import Study
from dashboard.state import View

_LONGEST_NAME = 200
"""Bytes: an ending comes after it, and a browser may add ` (2)`."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a figure that is saved says of itself.

    Attributes:
        name: of the file, without its ending.
        making: what made it, in one line.
    """

    name: str
    making: str

    def as_data(self) -> dict[str, str]:
        """As JSON."""
        return {"name": self.name, "making": self.making}


NO_PICTURE = Picture("groupsight", "Groupsight")
"""Of a figure of which nothing is told."""


def describe_view(study: Study, clustering: Clustering, projection: Projection) -> str:
    """Images, weights, layer, precision, reduction, clusters and map: nothing is left unsaid."""
    images = study.images
    copies = len(images.readable) - len(images.ids)
    count = f"{len(images.readable):,} images"
    parts = [
        count + (f" ({copies:,} copies of others)" if copies else ""),
        *([f"a sample: {study.source.sample}"] if study.source.sample else []),
        *(f"{name} {value}" for name, value in study.recipe.describe().items()),
        f"reduce {study.reduction.describe()}",
        clustering.method,
        projection.method,
    ]
    if study.recipe.weights.reason:
        parts.append(f"these weights since {study.recipe.weights.reason}")
    return " · ".join(parts)


def name_export(view: View, study: Study, *more: str, ending: str) -> str:
    """A file name that says which weights, layer and k made it, and what more there is to say."""
    recipe = study.recipe
    weights = f"{recipe.weights.name}-{recipe.weights.sha256[:8]}"
    source = study.source.name.rstrip("/").rpartition("/")[2]
    kmeans = view.kmeans
    parts = [source, weights, str(recipe.cut), f"k{kmeans.n_clusters}", f"seed{kmeans.seed}"]
    if kmeans.edits:
        parts.append(write_edits(kmeans.edits))
    text = re.sub(r"[^\w.\-]+", "-", "_".join([*parts, *more]))
    return safe_name(text, longest=_LONGEST_NAME) + ending


def escape_markdown(text: str) -> str:
    """Text that a page shows as it is, whatever characters a file name or a label holds."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$~|<>:])", r"\\\1", text)

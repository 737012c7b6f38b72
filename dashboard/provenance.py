"""What made a picture, in one line beneath it and in the name of what is taken away."""

import re

from core.clusters.clustering import Clustering
from core.clusters.edits import write_edits
from core.projection import Projection
from core.study import Study
from dashboard.state import View


def describe_view(study: Study, clustering: Clustering, projection: Projection) -> str:
    """Images, weights, layer, precision, reduction, clusters and map: nothing is left unsaid."""
    images = study.images
    copies = len(images.readable) - len(images.ids)
    count = f"{len(images.readable):,} images"
    parts = [
        count + (f" ({copies:,} copies of others)" if copies else ""),
        *(f"{name} {value}" for name, value in study.recipe.describe().items()),
        f"reduce {study.reduction.describe()}",
        clustering.method,
        projection.method,
    ]
    if study.recipe.weights.reason:
        parts.append(f"these weights since {study.recipe.weights.reason}")
    return " · ".join(parts)


def name_export(view: View, study: Study) -> str:
    """A file name that says which weights, layer and k made it."""
    recipe = study.recipe
    weights = f"{recipe.weights.name}-{recipe.weights.sha256[:8]}"
    source = study.source.name.rstrip("/").rpartition("/")[2]
    kmeans = view.kmeans
    parts = [source, weights, str(recipe.cut), f"k{kmeans.n_clusters}", f"seed{kmeans.seed}"]
    if kmeans.edits:
        parts.append(write_edits(kmeans.edits))
    return re.sub(r"[^\w.\-]+", "-", "_".join(parts)) + ".csv"


def escape_markdown(text: str) -> str:
    """Text that a page shows as it is, whatever characters a file name or a label holds."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$~|<>:])", r"\\\1", text)

"""K-Means of a folder of shards: the centroids, what they were made of, and how good they are.

They are kept as `centroids.parquet` in the folder of the labels: all of them and all that decided
them, or no such file.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.cache import fingerprint
from core.clusters.assigning import assign_stream
from core.clusters.streaming import ROUNDS, SAMPLE, Centroids, StreamParams, fit_stream
from core.errors import CoreError
from core.images import identify
from core.measures.sampled import Estimate, SampledMeasures, measure_sample
from core.progress import Progress, Watch
from core.reduction import ReductionParams, reduce_features
from core.shards.shard_file import STAMP
from core.shards.shards import Block, Shards
from core.versions import version

FORMAT = 1
"""Of the centroids and the labels; raised when a reader of before could not read them."""
CENTROIDS_FILE = "centroids.parquet"
_UNWATCHED = Watch()
Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FitParams:
    """How K-Means is fitted, and whether each feature is divided by its length: `l2` or `none`."""

    stream: StreamParams
    normalize: str

    def prepare(self, block: Block) -> Values:
        """The features of a row group as K-Means sees them, float32 (m, d)."""
        values = block.features.astype(np.float32)
        return reduce_features(values, ReductionParams(self.normalize, None)).values

    def folder_name(self, shards: Shards) -> str:
        """Of the labels, beside the shards: whatever is not as usual is in it."""
        stream = self.stream
        usual = {"sample": SAMPLE, "rounds": ROUNDS}
        others = [f"{name}{getattr(stream, name)}" for name in usual]
        told = [
            one for one, name in zip(others, usual, strict=True) if one != f"{name}{usual[name]}"
        ]
        if self.normalize != shards.making.recipe.normalize:
            told.append(self.normalize)
        return "-".join(["clusters", f"k{stream.n_clusters}", f"seed{stream.seed}", *told])


@dataclass(frozen=True, slots=True)
class Fit:
    """Centroids, and what made them.

    Attributes:
        made_of: all that decides them: the features, how many there are, and the parameters.
        centroids: float32 (k, d).
        method: in words, how they were found.
        measures: of the sample that was drawn.
        versions: of the libraries that were at work.
    """

    made_of: dict[str, Any]
    centroids: Values
    method: str
    measures: SampledMeasures
    versions: dict[str, str]

    @property
    def key(self) -> str:
        """Of everything that decides a label."""
        return fingerprint(**self.made_of, centroids=identify(self.centroids.tobytes()))

    def dump(self) -> bytes:
        """As a Parquet file: `cluster`, `centroid`, and all else in its metadata."""
        facts = {
            "format": FORMAT,
            "made_of": self.made_of,
            "method": self.method,
            "measures": asdict(self.measures),
            "versions": self.versions,
        }
        k, dimension = self.centroids.shape
        flat = pa.array(self.centroids.ravel())
        columns = {
            "cluster": pa.array(np.arange(k, dtype=np.int32)),
            "centroid": pa.FixedSizeListArray.from_arrays(flat, dimension),
        }
        buffer = io.BytesIO()
        table = pa.table(columns).replace_schema_metadata({STAMP: json.dumps(facts).encode()})
        pq.write_table(table, buffer, write_page_checksum=True)
        return buffer.getvalue()

    @classmethod
    def parse(cls, data: bytes, path: str) -> Self:
        """The same from the file's bytes.

        Raises:
            CoreError: it is damaged, or of a newer version.
        """
        try:
            table = pq.ParquetFile(io.BytesIO(data), page_checksum_verification=True).read()
            facts = json.loads((table.schema.metadata or {})[STAMP])
            if facts["format"] > FORMAT:
                raise CoreError(
                    f"{path} is of format {facts['format']}, and this version reads up to "
                    f"{FORMAT}: update Groupsight"
                )
            flat = table.column("centroid").combine_chunks().flatten().to_numpy()
            centroids = flat.reshape(table.num_rows, -1)
            measures = _measures(facts["measures"])
            return cls(facts["made_of"], centroids, facts["method"], measures, facts["versions"])
        except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
            raise CoreError(
                f"{path} is half-written or damaged: move its folder elsewhere and start again"
            ) from error


def _measures(facts: dict[str, Any]) -> SampledMeasures:
    silhouette = facts["silhouette"]
    return SampledMeasures(
        Estimate(**facts["inertia"]), None if silhouette is None else Estimate(**silhouette)
    )


def describe_making(shards: Shards, params: FitParams) -> dict[str, Any]:
    """All that decides the centroids, for comparison with those that are there."""
    making = shards.making
    return {
        "features": making.recipe.fingerprint,
        "plan": making.plan,
        "n_images": making.n_images,
        "n_readable": shards.n_readable,
        "content": shards.content,
        "normalize": params.normalize,
        **asdict(params.stream),
    }


def fit_shards(shards: Shards, params: FitParams, watch: Watch = _UNWATCHED) -> Fit:
    """K-Means of all readable images, copies counted as often as they occur; without PCA.

    One pass over the features where the sample holds all, else one and as many as `rounds`.

    Raises:
        CoreError: the shards cannot be read, no image is readable, or fewer differ than clusters.
        Cancelled: `watch` said so.
    """
    k, count = params.stream.n_clusters, shards.n_readable
    if count == 0:
        raise CoreError(
            f"none of the {shards.n_rows:,} images of {shards.uri} has features: extract others"
        )
    if k > count:
        raise CoreError(f"k = {k} is more than the {count} images: choose a smaller --k")
    fitted = fit_stream(_Reading(shards, params, watch), params.stream)
    return Fit(
        describe_making(shards, params),
        fitted.values,
        fitted.method,
        _measure(fitted, params.stream.seed),
        {name: version(name) for name in ("numpy", "scikit-learn")},
    )


class _Reading:
    """The prepared features anew at each call, and how far it is with all calls together."""

    def __init__(self, shards: Shards, params: FitParams, watch: Watch) -> None:
        self._shards, self._params, self._watch = shards, params, watch
        is_drawn = shards.n_readable > params.stream.sample
        self._total = shards.n_readable * (1 + params.stream.rounds * is_drawn)
        self._done = 0

    def __call__(self) -> Iterator[Values]:
        for block in self._shards.blocks():
            block.require_finite(self._shards.uri)
            yield self._params.prepare(block)
            self._done += len(block.rows)
            self._watch.step(Progress("fit", self._done, self._total))


def _measure(fitted: Centroids, seed: int) -> SampledMeasures:
    """Of the sample, each image by its nearest centroid like all others."""
    values = fitted.sample.values
    (assigned,) = assign_stream([values], fitted.values)
    return measure_sample(
        values, assigned.labels, assigned.distances, n_images=fitted.n_images, seed=seed
    )

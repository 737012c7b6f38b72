"""What the network sees in the images of a study, and why they are where they are."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import KMeansParams
from core.inside.cluster_traits import ClusterTraits
from core.inside.explanation import Comparison, average_to_grid
from core.inside.inside_classes import classify, suggest
from core.inside.inside_clusters import find_cluster_traits
from core.inside.looking import Image, Looking, Result
from core.inside.occlusion import OcclusionParams, encode_hidden
from core.inside.standing import compare_with_mean, find_members, made_of, place_image
from core.inside.why import (
    Heat,
    Place,
    Why,
    explain,
    from_facts,
    heat_of_hidden,
    heat_of_maps,
    to_facts,
)
from core.network.feature_maps import FeatureMaps, order_maps
from core.network.full_network import FullNetwork
from core.network.network_table import NetworkTable, find_map_layer, last_convolution
from core.network.predictions import Prediction, Suggestion, top_predictions
from core.pictures.resizing import Pixels
from core.progress import Watch
from core.reduction import normalize_rows
from core.study import Study

_UNWATCHED = Watch()
_IN_49 = OcclusionParams(7)


class Inside:
    """A study and the whole of its network, of which nothing is loaded before it is needed.

    Images are named by their id, or given as bytes: one from outside the set is treated like one
    of it. The network has the weights and the transform of the study's recipe, in float32: where
    features were computed in bfloat16, likenesses differ from theirs by its rounding.
    """

    def __init__(
        self,
        study: Study,
        network: FullNetwork | None = None,
        *,
        occlusion: OcclusionParams = _IN_49,
    ) -> None:
        self.study = study
        self.occlusion = occlusion
        self.looking = Looking(study, network)
        self.network = self.looking.network

    def table(self) -> NetworkTable:
        """The layers that the weights have; those that can be features say so by `feature`."""
        return self.network.table()

    def square(self, image: Image) -> Pixels:
        """What the network sees of an image, uint8 (size, size, 3).

        Raises:
            ImageProblem: it cannot be read or decoded, and why.
        """
        return self.looking.square(image)

    def maps(self, image: Image, layer: str) -> FeatureMaps:
        """What a convolution or pooling makes of an image; all others are then at hand, too.

        Raises:
            CoreError: there is no such layer, or the weights do not reach to it.
            ImageProblem: the image cannot be read or decoded, and why.
        """
        self.network.require_maps(layer)
        found = self.looking.look(image).maps[layer]
        return order_maps(find_map_layer(layer, self.network.transform.size), found)

    def last_maps(self, image: Image) -> NDArray[np.float32]:
        """Of the convolution before the pooling that the features are made of, (channels, h, w).

        Raises:
            ImageProblem: the image cannot be read or decoded, and why.
        """
        return self.looking.look(image).maps[last_convolution(self.study.recipe.cut.layer)]

    def predict(self, image: Image, top: int = 5) -> tuple[Prediction, ...]:
        """The likeliest of ImageNet's classes.

        Raises:
            CoreError: the weights have no such classes; it says which have.
            ImageProblem: the image cannot be read or decoded, and why.
        """
        return top_predictions(classify(self.looking, image), top)

    def suggest_names(
        self, cluster: int, params: KMeansParams, watch: Watch = _UNWATCHED
    ) -> tuple[Suggestion, ...]:
        """Names for a cluster: the classes that its most typical images show most often.

        Raises:
            CoreError: the weights have no classes, or the cluster holds no images.
            Cancelled: `watch` said so; what was predicted is kept.
        """
        return suggest(self.looking, find_members(self.study, cluster, params), watch)

    def traits(
        self, cluster: int, params: KMeansParams, watch: Watch = _UNWATCHED
    ) -> ClusterTraits:
        """What a cluster's images share, from the twelve nearest to its centroid.

        Raises:
            CoreError: the cluster holds no images, or there is no other.
            ImageProblem: none of its images can be read now.
            Cancelled: `watch` said so.
        """
        return find_cluster_traits(self.looking, cluster, params, watch)

    def why(self, image: Image, params: KMeansParams) -> Why:
        """Why an image is in its cluster: the vote of its neighbours, and the features that speak.

        Raises:
            CoreError: features are missing, or there is no other cluster.
            ImageProblem: the image cannot be read or decoded, and why.
        """
        parts = made_of(self.study, params)
        facts, _ = self.looking.keep(
            "why", image, parts, lambda: (to_facts(self._why(image, params)), {})
        )
        return from_facts(facts)

    def _why(self, image: Image, params: KMeansParams) -> Why:
        place = place_image(self.study, image, params)
        values = self._features_of(image)  # (n_features,)
        normalized = values / self._length(values)
        clusters = self.study.clusters(params)
        pair = self._compare(place, params)
        return explain(place, clusters, normalized, *pair, cut=self.study.recipe.cut)

    def _compare(self, place: Place, params: KMeansParams) -> tuple[Comparison, Comparison]:
        """The comparisons of the own and of the rival's centroid with the mean of all images."""
        own, rival = compare_with_mean(self.study, (place.cluster, place.rival), params)
        return own, rival

    @property
    def n_passes(self) -> int:
        """What a heat map costs: passes of one image through the network."""
        return self.occlusion.n_passes if self.study.recipe.cut.is_connected else 1

    @property
    def _hiding(self) -> dict[str, object]:
        """What decides the features with parts hidden, for their key."""
        return {"layer": self.study.recipe.cut.layer, **asdict(self.occlusion)}

    def is_heat_cheap(self, image: Image) -> bool:
        """Whether a heat map takes no more than one pass: no part need be hidden, or all were."""
        if not self.study.recipe.cut.is_connected:
            return True
        return self.looking.recall("hidden", image, self._hiding) is not None

    def heat(self, image: Image, params: KMeansParams, watch: Watch = _UNWATCHED) -> Heat:
        """Where an image resembles its own cluster's centroid, and where the rival's.

        Of averaged features it is exact. Of connected layers it is found by hiding parts of the
        image, one after the other: once for all clusterings.

        Raises:
            CoreError: features are missing, or there is no other cluster.
            ImageProblem: the image cannot be read or decoded, and why.
            Cancelled: `watch` said so.
        """
        if self.study.recipe.cut.is_connected:
            return self._heat_of_hidden(image, params, watch)
        parts = made_of(self.study, params)
        _, arrays = self.looking.keep(
            "heat", image, parts, lambda: ({}, self._heat_of_maps(image, params))
        )
        return Heat(**arrays, is_exact=True, n_passes=1)

    def _heat_of_maps(self, image: Image, params: KMeansParams) -> dict[str, NDArray[np.float64]]:
        own, rival = self._compare(self.why(image, params).place, params)
        length, grid = self._length(self._features_of(image)), self.study.recipe.cut.grid
        made = heat_of_maps(self.last_maps(image), own, rival, grid=grid, length=length)
        return {"own": made.own, "rival": made.rival}

    def _heat_of_hidden(self, image: Image, params: KMeansParams, watch: Watch) -> Heat:
        own, rival = self._compare(self.why(image, params).place, params)
        _, arrays = self.looking.keep(
            "hidden", image, self._hiding, lambda: self._hide(image, watch)
        )
        hidden = arrays["features"]  # (n_passes, n_features)
        if self.study.recipe.reduction.normalize == "l2":
            hidden = normalize_rows(hidden)
        return heat_of_hidden(hidden, own, rival, self.occlusion)

    def _hide(self, image: Image, watch: Watch) -> Result:
        def encode(squares: Sequence[Pixels]) -> NDArray[np.float32]:
            return self.network.maps_of(squares, "pool5")

        pooled = encode_hidden(self.square(image), encode, self.occlusion, watch)
        # All at once: reading the weights of a connected layer takes longer than using them.
        return {}, {"features": self.network.connect(pooled, self.study.recipe.cut.layer)}

    def _features_of(self, image: Image) -> NDArray[np.floating]:
        """Its features as the set's are, but for their precision, (n_features,)."""
        cut = self.study.recipe.cut
        if cut.is_connected:
            pooled = self.looking.look(image).maps["pool5"]
            connected: NDArray[np.float32] = self.network.connect(pooled[None], cut.layer)[0]
            return connected
        return average_to_grid(self.last_maps(image), cut.grid)

    def _length(self, values: NDArray[np.floating]) -> float:
        """By what an image's features are divided."""
        if self.study.recipe.reduction.normalize != "l2":
            return 1.0
        return float(np.linalg.norm(values)) or 1.0

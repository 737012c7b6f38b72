"""Other ways from the same images to clusters: another layer, another PCA, another normalisation.

Each is a study of its own, of which only the numbers are kept: its features are let go.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from time import perf_counter

from core.cache import fingerprint
from core.clusters.clustering import Clustering, KMeansParams
from core.compare.agreement import adjusted_rand, normalized_mutual_information
from core.compare.contingency import contingency
from core.errors import CoreError
from core.measures.label_agreement import measure_agreement
from core.measures.silhouette import measure_silhouette
from core.network.layers import GRIDS, Cut
from core.progress import Progress, Watch
from core.recipe import StudyParams, decide
from core.reduction import NORMALIZATIONS
from core.results import RESULTS_VERSION
from core.study import Study
from core.versions import version

LAYER, PCA, NORMALISATION = "layer", "PCA", "normalisation"
KINDS = (LAYER, PCA, NORMALISATION)
"""In what a variant may differ."""
COMPONENTS = (None, 256, 64, 16)
"""How many principal components are worth comparing; None keeps the features as they are."""
_UNWATCHED = Watch()


@dataclass(frozen=True, slots=True)
class Variant:
    """One choice of how images become prepared features.

    Attributes:
        kind: in what it differs, one of KINDS.
        title: what is chosen, such as `conv5 2x2`.
        params: the study that makes it.
        is_present: whether it is the present choice.
    """

    kind: str
    title: str
    params: StudyParams
    is_present: bool


@dataclass(frozen=True, slots=True)
class VariantMeasures:
    """How a variant groups the images, against the present clusters and the labels.

    Attributes:
        n_values: how many numbers an image is compared by, after the PCA.
        ari: adjusted Rand index with the present clusters, copies counted.
        nmi: normalised mutual information with them, 0 to 1.
        silhouette: its mean, in the variant's own features; None where it is undefined.
        label_ari: adjusted Rand index with the labels; None where there are none.
        label_nmi: normalised mutual information with them; None where there are none.
        extraction_seconds: what extraction took; None where the features were there already.
        grouping_seconds: what all the rest took.
    """

    n_values: int
    ari: float
    nmi: float
    silhouette: float | None
    label_ari: float | None
    label_nmi: float | None
    extraction_seconds: float | None
    grouping_seconds: float

    @property
    def seconds(self) -> float:
        """What all of it took when it was measured."""
        return (self.extraction_seconds or 0.0) + self.grouping_seconds


def list_variants(study: Study) -> tuple[Variant, ...]:
    """The choices that the weights allow, the present ones among them.

    In each of them one thing differs from the study. Numbers of components that come to the same
    are listed once.
    """
    return (*_layers(study), *_reductions(study), *_normalizations(study))


def _layers(study: Study) -> Iterator[Variant]:
    for layer in study.recipe.weights.layers:
        for grid in GRIDS:
            if grid > 1 and Cut(layer).is_connected:
                continue
            cut = Cut(layer, grid)
            params = replace(study.params, layer=layer, grid=grid)
            yield Variant(LAYER, str(cut), params, cut == study.recipe.cut)


def _reductions(study: Study) -> Iterator[Variant]:
    present = study.recipe.reduction.n_components
    wanted = dict.fromkeys((*COMPONENTS, present))  # in this order, each once
    seen = {_kept(study, present)}
    for count in wanted:
        kept = _kept(study, count)
        if count != present and kept in seen:
            continue
        seen.add(kept)
        title = "no PCA" if kept is None else f"PCA to {kept}"
        params = replace(study.params, reduce=count)
        yield Variant(PCA, title, params, count == present)


def _kept(study: Study, count: int | None) -> int | None:
    """How many components that comes to, None for no PCA: see `reduce_features`."""
    n_images = len(study.images.ids)
    if count is None or count >= study.recipe.cut.n_features or n_images < 2:  # noqa: PLR2004
        return None
    return min(count, n_images)


def _normalizations(study: Study) -> Iterator[Variant]:
    titles = {"l2": "L2", "none": "not normalised"}
    for name in NORMALIZATIONS:
        params = replace(study.params, normalize=name)
        is_present = name == study.recipe.reduction.normalize
        yield Variant(NORMALISATION, titles[name], params, is_present)


def open_variant(study: Study, variant: Variant) -> Study:
    """The variant's study, of the same images; nothing is read again, nothing extracted yet."""
    recipe = decide(variant.params, study.recipe.weights, study.measure_side)
    return Study(variant.params, study.source, study.images, recipe, study.cache)


def recall_variant(study: Study, variant: Variant, params: KMeansParams) -> VariantMeasures | None:
    """What was measured before; None where it was not."""
    kept = study.cache.result(_key(study, open_variant(study, variant), params))
    return None if kept is None else VariantMeasures(**kept[0])


def measure_variant(
    study: Study, variant: Variant, params: KMeansParams, watch: Watch = _UNWATCHED
) -> VariantMeasures:
    """Extract what is missing, group the images with the same k and seed, and keep the numbers.

    Args:
        study: the present one.
        variant: of it.
        params: the present clusters. Splits and merges by hand are part of them, but nothing that
            a variant could repeat.
        watch: told of the extraction.

    Raises:
        CoreError: the weights cannot be used, fewer images differ than there are clusters, or
            images turned out to be damaged.
        Cancelled: `watch` said so; the features that were extracted are kept.
    """
    known = recall_variant(study, variant, params)
    if known is not None:
        return known
    other = open_variant(study, variant)
    seconds = _extract(other, watch)
    if other.images.ids != study.images.ids:
        lost = len(study.images.ids) - len(other.images.ids)
        raise CoreError(f"{lost} images turned out to be damaged: open the images again")
    watch.step(Progress("group"))
    made = _measure(study, other, params, seconds)
    study.cache.remember_result(_key(study, other, params), asdict(made), {})
    return made


def _extract(other: Study, watch: Watch) -> float | None:
    if not other.missing():
        return None
    began = perf_counter()
    other.extract(watch)
    return perf_counter() - began


def _measure(
    study: Study, other: Study, params: KMeansParams, extraction_seconds: float | None
) -> VariantMeasures:
    began = perf_counter()
    plain = replace(params, edits=())
    made, clusters = other.cluster(plain), other.clusters(plain)  # (m,) rows, (n,) images
    silhouette = _score(other, made)
    grouping_seconds = perf_counter() - began
    table = contingency(study.clusters(params), clusters, weights=study.counts)
    labels = measure_agreement(made.labels, other.labels)
    return VariantMeasures(
        other.reduction.values.shape[1],
        adjusted_rand(table),
        normalized_mutual_information(table),
        silhouette,
        None if labels is None else labels.ari,
        None if labels is None else labels.nmi,
        extraction_seconds,
        grouping_seconds,
    )


def _score(other: Study, made: Clustering) -> float | None:
    found = measure_silhouette(other.row_values, made.labels, seed=other.params.seed)
    return None if found is None else found.mean


def _key(study: Study, other: Study, params: KMeansParams) -> str:
    return fingerprint(
        kind="variant",
        code=RESULTS_VERSION,
        sklearn=version("scikit-learn"),
        images=study.images.fingerprint,
        present=[study.recipe.fingerprint, asdict(study.recipe.reduction)],
        variant=[other.recipe.fingerprint, asdict(other.recipe.reduction)],
        **asdict(params),
    )

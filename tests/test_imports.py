"""The direction of imports: upwards never, and nothing of the house leans on what is outside it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Each module may import those of the lines above it. Siblings on one line know nothing of each
# other.
LAYERS = (
    {
        "core",
        "core.caching",
        "core.caching.checksums",
        "core.caching.failures",
        "core.caching.file_systems",
        "core.caching.turns",
        "core.clusters",
        "core.clusters.assigning",
        "core.clusters.lloyd",
        "core.clusters.seeding",
        "core.commands",
        "core.compare",
        "core.compare.agreement",
        "core.compare.contingency",
        "core.compare.crossings",
        "core.engines",
        "core.errors",
        "core.export",
        "core.export.decided",
        "core.export.file_names",
        "core.export.formulas",
        "core.export.markup",
        "core.images",
        "core.inside",
        "core.journal",
        "core.logs",
        "core.machine_code",
        "core.map_sample",
        "core.measures",
        "core.measures.distances",
        "core.measures.elbow",
        "core.measures.findings",
        "core.neighbors",
        "core.network",
        "core.network.geometry",
        "core.palette",
        "core.pictures",
        "core.pictures.colors",
        "core.pictures.jpeg_segments",
        "core.pictures.orientation",
        "core.pictures.resizing",
        "core.pictures.room",
        "core.pictures.strangers",
        "core.randomized_pca",
        "core.review",
        "core.review.fit",
        "core.review.label_codes",
        "core.shards",
        "core.versions",
    },
    {
        "core.addresses",
        "core.caching.search_files",
        "core.caching.sizes",
        "core.caching.tables",
        "core.clusters.constrained",
        "core.clusters.edits",
        "core.clusters.row_sample",
        "core.columns",
        "core.compare.alignment",
        "core.compare.changes",
        "core.compare.flows",
        "core.compare.restlessness",
        "core.device",
        "core.export.report_map",
        "core.layout_kernels",
        "core.measures.label_agreement",
        "core.measures.silhouette",
        "core.measures.stability",
        "core.nearest_kernels",
        "core.network.batching",
        "core.network.layers",
        "core.network.map_pictures",
        "core.network.predictions",
        "core.network.transforms",
        "core.network.winograd_kernels",
        "core.pictures.device_pixels",
        "core.pictures.progressive",
        "core.pictures.thumbnails",
        "core.placing",
        "core.progress",
        "core.reduction",
        "core.review.density",
        "core.review.duplicates",
        "core.search",
        "core.whole_files",
    },
    {
        "core.caching.cache_file",
        "core.caching.search_room",
        "core.clusters.clustering",
        "core.compare.comparison",
        "core.export.duplicate_table",
        "core.inside.explanation",
        "core.inside.heat_picture",
        "core.inside.occlusion",
        "core.layout",
        "core.measures.quality",
        "core.measures.sampled",
        "core.neighbor_products",
        "core.network.download",
        "core.network.network_table",
        "core.network.winograd",
        "core.pictures.limits",
        "core.review.confusion",
        "core.review.label_errors",
        "core.review.map_trust",
        "core.review.misfit",
        "core.review.outliers",
        "core.shards.storage",
        "core.sources.roots",
    },
    {
        "core.cache",
        "core.clusters.derivation",
        "core.clusters.starts",
        "core.inside.cluster_traits",
        "core.inside.why",
        "core.journal.portraits",
        "core.measures.curves",
        "core.neighbor_search",
        "core.network.feature_maps",
        "core.network.pretrained",
        "core.network.vgg",
        "core.pictures.opening",
        "core.projection",
        "core.review.misfit_words",
        "core.review.review_words",
        "core.shards.search_turns",
    },
    {
        "core.caching.upkeep",
        "core.clusters.streaming",
        "core.compilation",
        "core.inside.inside_report",
        "core.journal.recognition",
        "core.journal.sightings",
        "core.measures.advice",
        "core.pictures.decoding",
        "core.recipe",
        "core.sampled_projection",
        "core.shards.index_facts",
    },
    {
        "core.clusters.cluster_names",
        "core.pictures.plain_jpegs",
        "core.pictures.reading",
        "core.shards.making",
    },
    {
        "core.clusters.cluster_facts",
        "core.compare.change_words",
        "core.engines.gathering",
        "core.journal.decisions",
        "core.network.full_network",
        "core.pictures.device_decoding",
        "core.pictures.device_drawing",
        "core.shards.following",
        "core.shards.shard_file",
        "core.sources.base",
    },
    {
        "core.export.report_pictures",
        "core.journal.earlier_names",
        "core.journal.journal_csv",
        "core.journal.journal_file",
        "core.journal.journal_state",
        "core.pictures.device_reading",
        "core.shards.inspection",
        "core.sources.digits",
        "core.sources.files",
        "core.sources.torchvision",
    },
    {
        "core.export.report_cards",
        "core.export.report_tables",
        "core.features",
        "core.journal.adoption",
        "core.journal.corrections",
        "core.shards.shards",
        "core.sources.folder",
        "core.sources.manifest",
        "core.sources.originals",
    },
    {
        "core.journal.consequences",
        "core.journal.history",
        "core.journal.journal",
        "core.journal.lessons",
        "core.journal.whereabouts",
        "core.shards.cluster_fit",
        "core.shards.full_search",
        "core.sources.parquet",
        "core.sources.remote",
    },
    {"core.shards.cluster_labels", "core.shards.search_recall", "core.sources"},
    {
        "core.export.export",
        "core.journal.naming",
        "core.pictures.native_side",
        "core.pictures.scan",
        "core.shards.planning",
        "core.shards.search_index",
    },
    {
        "core.engines.shard_work",
        "core.export.export_tables",
        "core.extraction",
        "core.shards.index_building",
    },
    {
        "core.engines.local_engine",
        "core.engines.ray_engine",
        "core.export.export_plan",
        "core.export.narrowing",
        "core.export.report",
        "core.results",
        "core.shards.folder_search",
    },
    {
        "core.clusterings",
        "core.commands.engine_options",
        "core.engines.sharding",
        "core.exploration",
        "core.export.export_folders",
        "core.neighborhood",
    },
    {"core.engines.labelling", "core.export.export_zip", "core.study"},
    {
        "core.commands.options",
        "core.compare.pace",
        "core.compare.variants",
        "core.inside.looking",
        "core.inside.standing",
        "core.journal.deciding",
        "core.journal.fit_again",
        "core.measures.sweep",
        "core.review.reviewing",
        "core.review.trusting",
    },
    {
        "core.commands.cache",
        "core.commands.cluster_shards",
        "core.commands.compare",
        "core.commands.extract",
        "core.commands.journal",
        "core.commands.review",
        "core.commands.search",
        "core.export.export_review",
        "core.inside.inside_classes",
        "core.inside.inside_clusters",
    },
    {"core.export.export_study", "core.inside.inside"},
    {"core.commands.export", "core.commands.inside", "core.inside.speaking"},
    {"core.cli"},
    {"core.__main__"},
)
LEVEL = {module: level for level, modules in enumerate(LAYERS) for module in modules}


def name_of(file):
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def files_of(*folders):
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


def imports_of(file):
    """Every module that a file names in an import, wherever in the file it stands."""
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import hides its direction"
            found.update(_modules_named(node))
    return found


def _modules_named(node):
    """`from core import cache` names core.cache, `from core import __version__` names core."""
    for alias in node.names:
        inner = f"{node.module}.{alias.name}"
        yield inner if inner in LEVEL else node.module


def packages_of(file):
    return {module.partition(".")[0] for module in imports_of(file)}


def ids(files):
    return {"argvalues": files, "ids": [name_of(file) for file in files]}


CORE = files_of("core")


def test_every_module_of_core_has_its_place():
    assert {name_of(file) for file in CORE} == set(LEVEL)


@pytest.mark.parametrize("file", **ids(CORE))
def test_core_never_imports_upwards(file):
    own = LEVEL[name_of(file)]
    inner = {module for module in imports_of(file) if module.partition(".")[0] == "core"}
    assert inner <= set(LEVEL)
    assert {module: LEVEL[module] for module in inner if LEVEL[module] >= own} == {}


@pytest.mark.parametrize("file", **ids(CORE))
def test_core_knows_nothing_of_the_dashboard(file):
    assert not packages_of(file) & {"dashboard", "streamlit", "plotly", "tests", "tools"}


@pytest.mark.parametrize("file", **ids(files_of("dashboard")))
def test_the_dashboard_leans_on_core_and_not_on_tests_or_tools(file):
    assert not packages_of(file) & {"tests", "tools", "conftest"}


@pytest.mark.parametrize("file", **ids(files_of("core", "dashboard", "tools")))
def test_only_tests_import_what_is_for_tests(file):
    assert not packages_of(file) & {"pytest", "hypothesis"}


def test_an_import_is_found_wherever_it_stands(tmp_path):
    file = tmp_path / "module.py"
    file.write_text(
        "import numpy.linalg\nfrom core import cache, __version__\n"
        "def later():\n    from core.study import Study\n"
    )
    assert imports_of(file) == {"numpy.linalg", "core.cache", "core", "core.study"}


def test_a_relative_import_is_refused(tmp_path):
    file = tmp_path / "module.py"
    file.write_text("from . import cache\n")
    with pytest.raises(AssertionError, match="hides its direction"):
        imports_of(file)

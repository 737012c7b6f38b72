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
        "core.agreement",
        "core.contingency",
        "core.crossings",
        "core.decoding",
        "core.distances",
        "core.elbow",
        "core.errors",
        "core.file_names",
        "core.findings",
        "core.fit",
        "core.formulas",
        "core.images",
        "core.label_codes",
        "core.lloyd",
        "core.markup",
        "core.neighbors",
        "core.palette",
        "core.resizing",
        "core.seeding",
        "core.sources.base",
        "core.versions",
        "core.winograd_kernels",
    },
    {
        "core.alignment",
        "core.cache",
        "core.changes",
        "core.columns",
        "core.constrained",
        "core.density",
        "core.device",
        "core.duplicates",
        "core.edits",
        "core.flows",
        "core.label_agreement",
        "core.layers",
        "core.map_pictures",
        "core.neighbor_search",
        "core.predictions",
        "core.progress",
        "core.projection",
        "core.reduction",
        "core.report_map",
        "core.restlessness",
        "core.search",
        "core.silhouette",
        "core.sources.digits",
        "core.sources.files",
        "core.sources.torchvision",
        "core.stability",
        "core.thumbnails",
        "core.transforms",
        "core.whole_files",
        "core.winograd",
    },
    {
        "core.clustering",
        "core.comparison",
        "core.confusion",
        "core.download",
        "core.duplicate_table",
        "core.explanation",
        "core.label_errors",
        "core.map_trust",
        "core.misfit",
        "core.network_table",
        "core.occlusion",
        "core.outliers",
        "core.quality",
        "core.reading",
        "core.sources.folder",
        "core.sources.manifest",
        "core.vgg",
    },
    {
        "core.cluster_traits",
        "core.curves",
        "core.derivation",
        "core.feature_maps",
        "core.features",
        "core.misfit_words",
        "core.portraits",
        "core.pretrained",
        "core.sources",
        "core.why",
    },
    {
        "core.advice",
        "core.export",
        "core.full_network",
        "core.inside_report",
        "core.recipe",
        "core.recognition",
        "core.scan",
        "core.sightings",
    },
    {"core.cluster_names", "core.export_tables"},
    {"core.change_words", "core.cluster_facts", "core.decisions", "core.export_plan"},
    {
        "core.earlier_names",
        "core.export_folders",
        "core.journal_csv",
        "core.journal_file",
        "core.journal_state",
        "core.report_pictures",
    },
    {
        "core.adoption",
        "core.corrections",
        "core.export_zip",
        "core.report_cards",
        "core.report_tables",
    },
    {"core.journal", "core.lessons", "core.report"},
    {"core.naming"},
    {"core.exploration"},
    {"core.study"},
    {
        "core.deciding",
        "core.looking",
        "core.options",
        "core.reviewing",
        "core.standing",
        "core.sweep",
    },
    {
        "core.cli_compare",
        "core.cli_journal",
        "core.cli_review",
        "core.export_study",
        "core.inside_classes",
        "core.inside_clusters",
    },
    {"core.cli_export", "core.inside"},
    {"core.cli_inside"},
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

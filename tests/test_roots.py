"""What lies outside of the roots is not opened, whatever path or link leads there."""

import pytest

from core.addresses import is_address
from core.cache import Cache
from core.errors import CoreError
from core.pictures.decoding import ImageProblem
from core.recipe import StudyParams
from core.sources import EVERYWHERE, Roots, open_source
from core.study import open_study


@pytest.fixture
def houses(tmp_path, save_image):
    """Two folders with an image each; `own` also has links into `other`."""
    own, other = tmp_path / "own", tmp_path / "other"
    save_image(own / "a.png", (200, 0, 0))
    save_image(other / "b.png", (0, 200, 0))
    (own / "link.png").symlink_to(other / "b.png")
    (own / "folder").symlink_to(other)
    return own, other


def test_the_home_of_nobody_is_no_root():
    with pytest.raises(CoreError, match="no such folder: '~nobody-here'"):
        Roots.below(["~nobody-here"])


@pytest.mark.parametrize("kind", ["", "parquet:"])
def test_outside_nothing_is_said_about_what_is_there(houses, kind):
    own, other = houses
    for name in ("b.png", "nothing", "x" * 300):  # the last is no name on any disk
        with pytest.raises(CoreError, match="outside of what this server may open"):
            open_source(f"{kind}{other / name}", roots=Roots.below([own]))


def test_without_folders_everything_may_be_opened(houses):
    own, other = houses
    assert EVERYWHERE.hold(own / "a.png")
    assert EVERYWHERE.hold(other / "b.png")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("own", True),
        ("own/a.png", True),
        ("own/missing/deep.png", True),
        ("other/b.png", False),
        ("own/link.png", False),
        ("own/folder/b.png", False),
        ("own/../other/b.png", False),
        ("own/../own/a.png", True),
        ("owner/a.png", False),
    ],
)
def test_links_and_dots_are_resolved_first(houses, tmp_path, path, expected):
    assert Roots.below([houses[0]]).hold(tmp_path / path) is expected


def test_a_root_may_itself_be_a_link(houses, tmp_path):
    (tmp_path / "shortcut").symlink_to(houses[0])
    roots = Roots.below([tmp_path / "shortcut"])
    assert roots.hold(houses[0] / "a.png")
    assert roots.hold(tmp_path / "shortcut" / "a.png")
    assert not roots.hold(houses[1] / "b.png")


def test_the_root_of_everything_holds_everything(houses, tmp_path):
    assert Roots.below([tmp_path.__class__("/")]).hold(houses[1] / "b.png")


def test_a_source_outside_is_refused_with_what_to_do(houses):
    own, other = houses
    roots = Roots.below([own])
    with pytest.raises(CoreError, match=r"outside of what this server may open .*own\): start it"):
        open_source(str(other), roots=roots)
    with pytest.raises(CoreError, match="outside of what"):  # not: there is no such folder
        open_source(str(other / "missing"), roots=roots)


def test_of_a_folder_what_its_links_lead_out_to_is_a_problem(houses):
    own, _ = houses
    source = open_source(str(own), roots=Roots.below([own]))
    found = {}
    for position, entry in enumerate(source.entries):
        try:
            found[entry.path] = len(source.read(position)) > 0
        except ImageProblem as problem:
            found[entry.path] = str(problem)
    outside = "lies outside of the folders that may be opened"
    assert found == {"a.png": True, "folder/b.png": outside, "link.png": outside}


def test_a_manifest_cannot_name_what_lies_outside(houses):
    own, other = houses
    (own / "list.csv").write_text(f"path\na.png\n{other / 'b.png'}\n../other/b.png\n")
    source = open_source(str(own / "list.csv"), roots=Roots.below([own]))
    assert source.read(0)
    for position in (1, 2):
        with pytest.raises(ImageProblem, match="lies outside"):
            source.read(position)


def test_the_folder_of_a_manifests_images_must_be_inside_too(houses):
    own, other = houses
    (own / "list.csv").write_text("ImageID\nb\n")
    with pytest.raises(CoreError, match=r"other.* lies outside"):
        open_source(str(own / "list.csv"), images=other, roots=Roots.below([own]))


def test_so_must_a_file_of_weights(houses, tmp_path):
    own, other = houses
    params = StudyParams(str(own), weights=str(other / "mine.pth"))
    with (
        Cache(tmp_path / "cache.sqlite") as cache,
        pytest.raises(CoreError, match=r"mine\.pth' lies outside"),
    ):
        open_study(params, cache, roots=Roots.below([own]))


def test_what_is_no_path_needs_no_root(houses):
    assert len(open_source("digits", roots=Roots.below([houses[0]])).entries) == 1797


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("s3://own", True),
        ("s3://own/a/b.jpg", True),
        ("s3://owner/a", False),
        ("s3://other/a", False),
        ("gs://own/a", False),
        ("s3://own/../other/a", False),
        ("s3://own/%2e%2E/other/a", False),
        ("s3://own/..\\other", False),
        ("s3://own/a::file:///etc/passwd", False),
        ("S3://own/a", False),
    ],
)
def test_an_address_lies_below_one_that_was_named(uri, expected):
    assert Roots.below(["s3://own/"]).hold_address(uri) is expected


def test_addresses_and_folders_open_nothing_of_each_other(houses):
    folders, addresses = Roots.below([houses[0]]), Roots.below(["s3://own"])
    assert not folders.hold_address("s3://own/a")
    assert not addresses.hold(houses[0] / "a.png")
    both = Roots.below([houses[0], "s3://own"])
    assert both.hold_address("s3://own/a")
    assert both.hold(houses[0] / "a.png")
    with pytest.raises(CoreError, match="s3://other/a is no address that this server may open"):
        both.require_address("s3://other/a")


def test_without_roots_every_single_address_may_be_opened():
    assert EVERYWHERE.hold_address("gs://any/where")
    with pytest.raises(CoreError, match="leads through another address"):
        EVERYWHERE.require_address("zip://a::file:///etc")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("s3://bucket", True),
        ("https://host/a", True),
        ("/data/photos", False),
        ("file:///data", False),
        ("C:\\photos", False),
        ("torchvision:CIFAR10", False),
        ("", False),
    ],
)
def test_what_is_an_address(name, expected):
    assert is_address(name) is expected

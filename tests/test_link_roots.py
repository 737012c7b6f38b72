"""A link cannot make the page open what lies outside of the roots, nor tell what is there."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import dashboard.roots
from dashboard.jobs import all_jobs

PAGES = Path(dashboard.roots.__file__).with_name("pages.py")


@pytest.fixture
def houses(tmp_path, save_image, monkeypatch):
    """A folder that may be opened, another that may not, and links from one to the other."""
    own, other = tmp_path / "own", tmp_path / "other"
    save_image(own / "a.png", (200, 0, 0))
    save_image(other / "b.png", (0, 200, 0))
    (other / "list.csv").write_text("path\nb.png\n")
    (own / "list.csv").write_text("ImageID\nb\n")
    (own / "link").symlink_to(other)
    monkeypatch.setenv("GROUPSIGHT_ROOTS", f'["{own}"]')
    monkeypatch.setenv("GROUPSIGHT_CACHE", str(tmp_path / "cache.sqlite"))
    monkeypatch.delenv("GROUPSIGHT_PRESET", raising=False)
    dashboard.roots.allowed_roots.cache_clear()
    st.cache_resource.clear()
    yield tmp_path
    dashboard.roots.allowed_roots.cache_clear()
    st.cache_resource.clear()


def follow(**link):
    """What the page says to a link."""
    app = AppTest.from_file(str(PAGES), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = str(value)
    app.run()
    for job in list(all_jobs()._jobs.values()):
        job.wait(60)
    return app.run()


@pytest.mark.parametrize(
    "source",
    ["other", "other/missing", "own/../other/list.csv", "own/link/list.csv"],
)
def test_a_link_to_a_source_outside_is_refused(houses, source):
    app = follow(source=houses / source, weights="embedded")
    assert not app.exception
    assert "lies outside of what this server may open" in app.error[0].value


def test_so_is_a_folder_of_images(houses):
    app = follow(source=houses / "own" / "list.csv", images=houses / "other", weights="embedded")
    assert "lies outside of what this server may open" in app.error[0].value

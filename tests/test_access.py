"""Who may see the page; Streamlit's own login is asked where it is configured."""

from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import access
from dashboard.media import content_address, image_address, thumbnail_address


def page():
    import streamlit as st  # noqa: PLC0415 - the script of a page

    from dashboard.access import offer_logout, require_login  # noqa: PLC0415

    require_login()
    offer_logout()
    st.text("the images")


@pytest.fixture
def login(monkeypatch):
    """Streamlit with a provider configured, or without; and somebody, or nobody."""

    def configure(*, configured, logged_in):
        monkeypatch.setattr(access, "_has_login", lambda: configured)
        monkeypatch.setattr(st, "user", SimpleNamespace(is_logged_in=logged_in))
        return AppTest.from_function(page).run()

    return configure


def test_without_a_provider_there_is_no_login(login):
    shown = login(configured=False, logged_in=False)
    assert [one.value for one in shown.text] == ["the images"]
    assert not shown.button


def test_who_has_not_logged_in_sees_the_button_alone(login):
    shown = login(configured=True, logged_in=False)
    assert not shown.text
    assert [one.label for one in shown.button] == ["Log in"]


def test_who_has_logged_in_sees_the_page_and_the_way_out(login):
    shown = login(configured=True, logged_in=True)
    assert [one.value for one in shown.text] == ["the images"]
    assert [one.label for one in shown.sidebar.button] == ["Log out"]


def test_secrets_without_a_file_are_no_login():
    assert access._has_login() is False


@pytest.mark.parametrize("address", [thumbnail_address, image_address, content_address])
def test_pictures_and_contents_have_the_word_in_their_address(address):
    word = access.secret_word()
    assert len(word) >= 22  # 128 bits in base64
    assert f"/{word}/" in address("abc")
    access.secret_word.cache_clear()
    assert f"/{word}/" not in address("abc")  # another server, another word

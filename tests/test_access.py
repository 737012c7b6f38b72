"""Who may see the page; Streamlit's own login is asked where it is configured."""

import json
from types import SimpleNamespace

import pytest
import streamlit as st
from asgi import run
from starlette.responses import PlainTextResponse
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette import starlette_app_utils, starlette_websocket

from dashboard import access, deciding
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
        monkeypatch.setattr(access, "has_login", lambda: configured)
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


class User(dict):
    """What Streamlit tells of whoever has logged in."""

    is_logged_in = True


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"name": "Ada Lovelace", "email": "ada@example.org"}, "Ada Lovelace"),
        ({"name": " ", "email": "ada@example.org"}, "ada@example.org"),
        ({"email": None, "sub": "1234"}, ""),
    ],
)
def test_who_has_logged_in_has_a_name_or_an_address(monkeypatch, told, name):
    monkeypatch.setattr(st, "user", User(told))
    monkeypatch.setattr(access, "has_login", lambda: True)
    assert access.name_member() == name
    monkeypatch.setattr(User, "is_logged_in", False)
    assert access.name_member() == ""


def decisions():
    import streamlit as st  # noqa: PLC0415 - the script of a page

    from dashboard.deciding import ask_for_author, author  # noqa: PLC0415

    ask_for_author()
    st.text(author())


def test_decisions_bear_the_name_of_the_login_in_each_session_its_own(monkeypatch):
    monkeypatch.setattr(deciding, "has_login", lambda: True)
    monkeypatch.setattr(access, "has_login", lambda: True)

    def log_in(name):
        monkeypatch.setattr(st, "user", User(name=name))
        return AppTest.from_function(decisions).run()

    ada, bob, unnamed, long = (log_in(name) for name in ("Ada", "Bob", "", "x" * 100))
    said = [one.text[0].value for one in (ada, bob, unnamed, long)]
    assert said == ["Ada", "Bob", "", "x" * 80]
    assert ada.text_input[0].input("A. L.").run().text[0].value == "A. L."
    assert bob.run().text[0].value == "Bob"


def test_without_a_login_decisions_bear_the_name_of_who_runs_the_server(monkeypatch):
    monkeypatch.setattr(deciding.getpass, "getuser", lambda: "grace")
    monkeypatch.setattr(st, "user", User(name="Ada"))
    assert AppTest.from_function(decisions).run().text[0].value == "grace"


def test_secrets_without_a_file_are_no_login():
    assert access.has_login() is False


@pytest.mark.parametrize("address", [thumbnail_address, image_address, content_address])
def test_pictures_and_contents_have_the_word_in_their_address(address):
    word = access.secret_word()
    assert len(word) >= 22  # 128 bits in base64
    assert f"/{word}/" in address("abc")
    access.secret_word.cache_clear()
    assert f"/{word}/" not in address("abc")  # another server, another word


# Behind a login, media are answered only to who has logged in.

COOKIE_SECRET = "a secret of this test's"  # noqa: S105


def sign(user, secret=COOKIE_SECRET):
    """The cookie that Streamlit gives at a login."""
    signed = starlette_app_utils.create_signed_value(secret, "_streamlit_user", json.dumps(user))
    return f"_streamlit_user={signed.decode()}"


MEMBER = sign({"is_logged_in": True, "email": "ada@example.org"})


@pytest.fixture
def status(monkeypatch):
    """The status of an answer to a path and a cookie; where nobody refuses, 200."""
    monkeypatch.setattr(starlette_websocket, "get_cookie_secret", lambda: COOKIE_SECRET)

    def ask(path, cookie="", *, configured=True):
        monkeypatch.setattr(access, "has_login", lambda: configured)

        async def answer(scope, receive, send):
            await PlainTextResponse("the images")(scope, receive, send)

        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"",
                 "headers": [(b"cookie", cookie.encode())]}  # fmt: skip
        sent = []

        async def send(message):
            sent.append(message)

        run(access.MembersOnly(answer)(scope, None, send))
        return sent[0]["status"]

    return ask


def private_paths():
    return [
        thumbnail_address("abc"), image_address("abc"), content_address("abc"),
        "/media/abc.csv", "/_stcore/upload_file/a/b", "/_stcore/metrics",
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(len(private_paths())))
def test_what_a_page_shows_is_for_members_alone(status, number):
    path = private_paths()[number]
    assert status(path) == 401
    assert status(path, MEMBER) == 200
    assert status(path, configured=False) == 200


@pytest.mark.parametrize(
    "cookie",
    [
        pytest.param("_streamlit_user=forged", id="forged"),
        pytest.param(sign({"is_logged_in": True}, "another secret"), id="signed by another"),
        pytest.param(sign({"is_logged_in": False}), id="logged out"),
        pytest.param(MEMBER.replace("_streamlit_user", "_streamlit_other"), id="another name"),
        pytest.param(MEMBER[:-2], id="cut short"),
    ],
)
def test_a_cookie_that_streamlit_did_not_sign_is_none(status, cookie):
    assert status(thumbnail_address("abc"), cookie) == 401


@pytest.mark.parametrize(
    "path",
    ["/", "/compare", "/static/media/font.woff2", "/_stcore/health", "/auth/login",
     "/oauth2callback"],
)  # fmt: skip
def test_the_way_to_the_login_is_open(status, path):
    assert status(path) == 200


def test_below_a_path_of_a_proxy_the_same_is_closed(status, monkeypatch):
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": "photos"}.get)
    assert status("/photos/media/abc.csv") == 401
    assert status("/photos/static/media/font.woff2") == 200

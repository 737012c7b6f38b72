"""Headers on every answer, and no answer to a name that is not this machine's."""

import json
from types import SimpleNamespace

import pytest
import streamlit as st
from asgi import run
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard import security
from dashboard.environment import HOSTS_VARIABLE
from dashboard.security import HEADERS, OwnOrigin, is_local, secure, warn_of_strangers


def ask(monkeypatch, address, host, hosts=None, headers=None):
    monkeypatch.setattr(st, "get_option", {"server.address": address}.get)
    monkeypatch.setenv(HOSTS_VARIABLE, json.dumps(hosts or []))
    route = Route("/", lambda _: PlainTextResponse("an image", headers=headers))
    app = Starlette(routes=[route], middleware=list(secure()))
    return run(get(app, host))


async def get(app, host):
    """What an ASGI app answers to GET / under this name."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/", "root_path": "", "query_string": b"",
        "headers": [(b"host", host.encode())], "http_version": "1.1", "scheme": "http",
    }  # fmt: skip
    await app(scope, receive, send)
    headers = Headers(raw=sent[0]["headers"])
    return SimpleNamespace(
        status_code=sent[0]["status"], headers=headers, text=sent[1]["body"].decode()
    )


def test_every_answer_carries_the_headers(monkeypatch):
    answer = ask(monkeypatch, "localhost", "localhost:8501")
    assert answer.text == "an image"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_a_route_keeps_a_header_of_its_own(monkeypatch):
    own = {"Referrer-Policy": "no-referrer"}
    answer = ask(monkeypatch, "localhost", "localhost", headers=own)
    assert answer.headers.getlist("referrer-policy") == ["no-referrer"]


@pytest.mark.parametrize(
    ("address", "host", "status"),
    [
        ("localhost", "localhost:8501", 200),
        ("localhost", "127.0.0.1:8501", 200),
        ("localhost", "evil.example", 400),
        ("localhost", "localhost.evil.example", 400),
        ("127.0.0.1", "evil.example", 400),
        ("0.0.0.0", "photos.example", 200),  # noqa: S104 - what is tested
    ],
)
def test_on_this_machine_alone_only_its_own_names_are_answered(monkeypatch, address, host, status):
    assert ask(monkeypatch, address, host).status_code == status


def test_a_proxy_may_call_by_the_name_that_was_allowed(monkeypatch):
    assert ask(monkeypatch, "localhost", "photos.example", ["photos.example"]).status_code == 200
    assert ask(monkeypatch, "localhost", "evil.example", ["photos.example"]).status_code == 400


@pytest.mark.parametrize(
    ("origin", "is_own"),
    [
        (None, True),  # no browser
        ("http://localhost:8501", True),
        ("http://localhost:9000", False),  # another page of this machine
        ("http://127.0.0.1:8501", False),
        ("https://evil.example", False),
        ("https://photos.example.evil.example", False),
        ("https://photos.example", True),
        ("null", False),
        ("", False),
    ],
)
def test_only_the_servers_own_page_opens_a_socket(origin, is_own):
    asked, sent = [], []

    async def app(scope, receive, send):
        asked.append(scope["type"])

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost:8501")]
    headers += [] if origin is None else [(b"origin", origin.encode())]
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers}
    run(OwnOrigin(app, ["photos.example"])(scope, None, send))
    assert asked == (["websocket"] if is_own else [])
    assert sent == ([] if is_own else [{"type": "websocket.close", "code": 1008}])


@pytest.mark.parametrize(
    ("address", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("", False), ("192.168.0.2", False)],
)
def test_an_address_is_of_this_machine_or_not(address, expected):
    assert is_local(address) is expected


def test_strangers_are_warned_of_loudly_and_what_they_would_see():
    assert warn_of_strangers("localhost", ["/data"]) == ""
    said = warn_of_strangers("0.0.0.0", ["/data", "/more"])  # noqa: S104
    assert said.startswith("WARNING: listening on 0.0.0.0")
    assert "below /data, /more" in said
    assert "docs/server.md" in said


def test_the_policy_lets_nothing_come_from_or_go_to_another_machine():
    sources = {part for rule in security.POLICY.split("; ") for part in rule.split()[1:]}
    assert sources == {
        "'self'", "'unsafe-inline'", "'unsafe-eval'", "'none'", "blob:", "data:", "ws:", "wss:",
    }  # fmt: skip

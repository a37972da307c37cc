"""Requests to other people's servers: who we are is told to the named server only, and in no error."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sankofa.errors import EndpointError, WrongUsage
from sankofa.store.wire import LOGIN, TOKEN, Credentials, RefusedError, Wire, checked_address

UNKNOWN = 'Digest realm="x", nonce="a", qop="auth", algorithm=MD5-sess'
SECRET = "s3cret-ünd:colon"


class Asked(list[tuple[str, str, str, bytes]]):
    """The requests that a server got: method, path, Authorization, body."""


@contextmanager
def answering(status: int = 200, **headers: str) -> Iterator[tuple[str, Asked]]:
    """A server that lets in who brings credentials, and answers all others with 401 and the way it wants them."""
    asked = Asked()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            said = self.headers.get("Authorization", "")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append((self.command, self.path, said, body))
            wanted = headers.get("challenge", "")
            self.send_response(401 if wanted and not said.startswith(wanted.partition(" ")[0]) else status)
            if wanted:
                self.send_header("WWW-Authenticate", wanted)
            if "location" in headers:
                self.send_header("Location", headers["location"])
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_PUT = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/sparql", asked
        server.shutdown()


def test_a_password_goes_out_only_when_it_is_asked_for() -> None:
    wire = Wire(credentials=Credentials("awa", SECRET), timeout=10)
    basic = "Basic " + b64encode(f"awa:{SECRET}".encode()).decode()
    with answering(challenge='Basic realm="x"') as (address, asked):
        wire.send("PUT", address, (b"one ", b"two"), "text/plain")
        wire.send("PUT", address, (b"three",), "text/plain")
    assert [(said, body) for _, _, said, body in asked] == [("", b"one two"), (basic, b"one two"), (basic, b"three")]
    with answering() as (address, asked):
        wire.send("GET", address)
    assert [said for _, _, said, _ in asked] == [""]


def test_by_digest_the_password_itself_never_goes_out() -> None:
    wire = Wire(credentials=Credentials("awa", SECRET), timeout=10)
    with answering(challenge='Digest realm="x", qop="auth", nonce="abc", algorithm=MD5') as (address, asked):
        for _ in range(2):
            wire.send("POST", address, (b"x",), "text/plain")
    first, *others = (said for _, _, said, _ in asked)
    assert (first, len(others)) == ("", 2)
    assert all('username="awa"' in said and SECRET not in said for said in others)
    assert ["nc=00000001" in others[0], "nc=00000002" in others[1]] == [True, True]


def test_a_token_goes_with_each_request() -> None:
    with answering() as (address, asked):
        Wire(credentials=Credentials(token=SECRET[:6]), timeout=10).ask(address, "ASK {}", "*/*", {"g": ["a", "b"]})
    assert asked[0][:3] == ("POST", "/sparql", f"Bearer {SECRET[:6]}")
    assert asked[0][3] == b"query=ASK+%7B%7D&g=a&g=b"


@pytest.mark.parametrize(
    "challenge", ['Basic realm="x"', 'Digest realm="x", nonce="a", qop="auth"', "Negotiate", UNKNOWN]
)
def test_who_is_not_let_in_is_told_what_to_do_and_no_secret(challenge: str) -> None:
    wire = Wire(credentials=Credentials("awa", SECRET), timeout=10)
    with answering(401, challenge=challenge) as (address, asked), pytest.raises(RefusedError) as caught:
        wire.send("POST", address, (b"x",), "text/plain")
    assert (caught.value.status, len(asked)) == (401, 1 if challenge in ("Negotiate", UNKNOWN) else 2)
    assert LOGIN in str(caught.value)
    assert SECRET not in f"{caught.value} {wire.__dict__} {Credentials('awa', SECRET)}"


def test_a_redirection_takes_no_credentials_elsewhere() -> None:
    wire = Wire(credentials=Credentials(token="token"), timeout=10)
    with answering() as (other, elsewhere), answering(302, location=other) as (address, asked):
        for method in ("GET", "POST", "PUT"):
            with pytest.raises(EndpointError, match="it has moved: name http://"):
                wire.send(method, address, () if method == "GET" else (b"x",), "text/plain")
    assert len(asked) == 3
    assert elsewhere == []


def test_credentials_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (LOGIN, TOKEN):
        monkeypatch.delenv(name, raising=False)
    assert Credentials.from_environment() is None
    monkeypatch.setenv(LOGIN, f"awa:{SECRET}")
    assert Credentials.from_environment() == Credentials("awa", SECRET)
    for name, wrong in ((LOGIN, "no-colon-secret"), (TOKEN, "secret\nX-Other: 1")):
        monkeypatch.setenv(LOGIN, "")
        monkeypatch.setenv(name, wrong)
        with pytest.raises(WrongUsage) as caught:
            Credentials.from_environment()
        assert name in str(caught.value)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["", "file:///etc/passwd", "ftp://a/", "http://", "http://a:b", "http://a b/", "http://a/\n", "sparql"]
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(WrongUsage, match="no address of a server"):
        checked_address(address)

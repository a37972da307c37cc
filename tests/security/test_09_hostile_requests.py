"""Two hundred requests that no client should send: words in answer, never a failure."""

from __future__ import annotations

import random
import socket
import time
from urllib.parse import quote, urlsplit

import pytest

from serving import Server

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get", "X" * 100]
PATHS = [
    "/sparql",
    "/sparql?query=",
    "/sparql?query=%00",
    "/sparql?query=%FF%FE",
    "/sparql?query=%ED%A0%80",
    "/sparql?query=ASK%7B%7D&query=ASK%7B%7D",
    "/sparql?query=ASK%7B%7D&default-graph-uri=%3C%3E",
    "/sparql?format=" + "x" * 2_000,
    "/sparql?" + "&".join(f"a{n}=1" for n in range(2_000)),
    "/graphs?graph=%00",
    "/graphs?graph=../../etc/passwd",
    "/graphs/..%2f..%2fetc%2fpasswd",
    "/../../etc/passwd",
    "/help/%00",
    "/help/../sparql",
    "/" + "a" * 5_000,
    "/%F0%9F%92%A9",
    "//sparql",
    "/sparql/",
    "/health?lang=" + quote("\u202e"),
]
HEADERS = [
    {},
    {"Accept": "*/*;q=2"},
    {"Accept": ",".join(["text/html;q=0.1"] * 1_000)},
    {"Accept": "\x80\xff"},
    {"Accept-Language": "-" * 3_000},
    {"Content-Type": "application/sparql-query; charset=utf-16"},
    {"Content-Type": "multipart/form-data; boundary=" + "-" * 500},
    {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"},
    {"If-None-Match": '"' * 3_000},
    {"Range": "bytes=0-0,1-1,2-2"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"Authorization": "Bearer " + "x" * 4_000},
    {"Cookie": "a" * 4_000},
    {"Expect": "200-maybe"},
]
BODIES = [b"", b"\x00" * 100, b"query=" + b"%" * 1_000, b"query=ASK{}", b"\xff\xfe" * 50, b"ASK {}", b"x" * 400_000]


def hostile(seed: int) -> bytes:
    """One request, as bytes: no client library would send some of them."""
    chosen = random.Random(seed)
    method, path = chosen.choice(METHODS), chosen.choice(PATHS)
    headers = {"Host": "127.0.0.1", "Connection": "close"} | chosen.choice(HEADERS)
    body = chosen.choice(BODIES) if method in ("POST", "PUT", "PATCH") else b""
    if body:
        headers["Content-Length"] = str(len(body))
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode("latin-1") + b"\r\n" + body


def status_of(server: Server, request: bytes) -> int:
    place = urlsplit(server.address)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=30) as connection:
        try:
            connection.sendall(request)
            answer = connection.recv(65_536)
        except ConnectionError:
            return 400  # it hung up on what is no HTTP
    return int(answer.split(b" ", 2)[1]) if answer else 400


@pytest.mark.parametrize("block", range(10))
def test_hostile_requests_are_answered_with_words(public: Server, block: int) -> None:
    failed = []
    for seed in range(block * 20, block * 20 + 20):
        if (status := status_of(public, request := hostile(seed))) >= 500:
            failed.append((status, request[:200]))
    assert failed == []
    assert public.ask("ASK { ?s ?p ?o }").json()["boolean"] is True


def test_a_slow_body_holds_nobody_up(public: Server) -> None:
    place = urlsplit(public.address)
    slow = []
    for _ in range(20):
        connection = socket.create_connection((place.hostname or "", place.port or 0))
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n")
        connection.sendall(b"Content-Length: 1000\r\n\r\nASK")
        slow.append(connection)
    begun = time.monotonic()
    assert public.ask("ASK { ?s ?p ?o }").json()["boolean"] is True
    assert time.monotonic() - begun < 5
    for connection in slow:
        connection.close()


def test_no_answer_tells_what_runs_here(public: Server) -> None:
    for path in PATHS:
        try:
            answer = public.http.get(path)
        except ValueError:
            continue
        told = " ".join([*answer.headers.values(), answer.text]).lower()
        for word in ("traceback", "uvicorn", "starlette", "pyoxigraph", "site-packages", ".py", "python"):
            assert word not in told, (path, word)

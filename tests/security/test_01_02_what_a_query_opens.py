"""A query opens no file and no connection, whatever address it names and however it writes that."""

from __future__ import annotations

import socket
import time

import pytest

from security.conftest import Door, Watch
from serving import Server

HOSTS = [
    "127.0.0.1",
    "localhost",
    "127.1",
    "127.0.0.2",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "user@127.0.0.1",
    "user:word@localhost",
    "127.0.0.1.",
    "LOCALHOST",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "[fe80::1]",
    "[fd00::1]",
    "example.org",
]
WAYS = [
    "SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?where {{ <{address}> }} SERVICE ?where {{ ?s ?p ?o }} }}",
    "PREFIX s: <{address}> SELECT * {{ S\\u0045RVICE s: {{ ?s ?p ?o }} }}",
    "BASE <{address}> ASK {{ #SERVICE\n service <x> {{ }} }}",
]


def test_the_door_opens(door: Door) -> None:
    """Somebody who knocks is seen: else the tests below would see nothing either."""
    before = len(door.came)
    for host in ("127.0.0.1", "::1"):
        socket.create_connection((host, door.port)).close()
    time.sleep(0.2)
    assert len(door.came) == before + 2
    door.came.clear()


def test_the_file_is_watched(secret: Watch) -> None:
    """Somebody who opens it is seen, once."""
    assert not secret.opened
    secret.path.read_bytes()
    assert secret.opened
    assert not secret.opened


@pytest.mark.parametrize("host", HOSTS)
def test_no_other_server_is_asked(public: Server, door: Door, host: str) -> None:
    address = f"http://{host}:{door.port}/x"
    for way in WAYS:
        answer = public.ask(way.format(address=address))
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
        assert answer.json()["line"] >= 1
    for update in (f"LOAD <{address}>", f"LOAD SILENT <{address}> INTO GRAPH <urn:g>"):
        assert public.http.post("/sparql", data={"update": update}).status_code == 403
        assert public.ask(update).status_code == 403
    assert door.came == []


FILES = [
    "file://{folder}/secret.nt",
    "file:secret.nt",
    "file:///{folder}/./secret.nt",
    "file://localhost{folder}/secret.nt",
]


@pytest.mark.parametrize("graph", ["http://127.0.0.1:{port}/x", *FILES])
def test_a_graph_that_is_not_here_is_empty(public: Server, door: Door, secret: Watch, graph: str) -> None:
    """Named in any way, it is never fetched."""
    name = graph.format(port=door.port, folder=public.said.parent)
    asked = [
        public.ask(f"SELECT * FROM <{name}> {{ ?s ?p ?o }}"),
        public.ask(f"SELECT * FROM NAMED <{name}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"),
        public.ask(f"SELECT * {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"),
        public.ask("SELECT * { ?s ?p ?o }", **{"default-graph-uri": name}),
        public.ask("SELECT * { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": name}),
    ]
    assert [answer.status_code for answer in asked] == [200] * 5
    assert [answer.json()["results"]["bindings"] for answer in asked] == [[]] * 5
    assert public.http.get("/graphs", params={"graph": name}).status_code == 404
    assert (door.came, secret.opened) == ([], False)


@pytest.mark.parametrize("file", FILES)
def test_no_file_is_loaded(public: Server, secret: Watch, file: str) -> None:
    name = file.format(folder=public.said.parent)
    for text in (f"LOAD <{name}>", f"LOAD SILENT <{name}> INTO GRAPH <urn:g>"):
        assert public.http.post("/sparql", data={"update": text}).status_code == 403
        assert public.ask(text).status_code == 403
    for text in (f"SELECT * {{ SERVICE <{name}> {{ ?s ?p ?o }} }}", f"ASK {{ SERVICE SILENT <{name}> {{ }} }}"):
        assert public.ask(text).status_code == 403
    assert not secret.opened

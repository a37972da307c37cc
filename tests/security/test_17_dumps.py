"""Path tricks: of a release only its dumps are sent, whatever an address looks like and whatever else is there."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sankofa.graph.newest import newest_release
from serving import Server, running

#: Ways out of the folder that have worked somewhere.
WAYS_OUT = [
    "/dumps/../release.json",
    "/dumps/..%2frelease.json",
    "/dumps/..%5crelease.json",
    "/dumps/%2e%2e/release.json",
    "/dumps/%252e%252e%252frelease.json",
    "/dumps/....//release.json",
    "/dumps/all.nq.gz/../../release.json",
    "/dumps/./all.nq.gz/.",
    "/dumps//etc/passwd",
    "/dumps/%2fetc%2fpasswd",
    "/dumps/all.nq.gz%00.html",
    "/dumps/%00",
    "/dumps/..;/release.json",
    "/dumps/%c0%ae%c0%ae/release.json",
    "/dumps/C:%5cWindows%5cwin.ini",
    "/dumps/../index/words.tsv",
    "/dumps/../../left-out/",
    "/dumps/SHA256SUMS/../../SHA256SUMS",
    "/dumps/secret.nq.gz",
    "/dumps/link.nq.gz",
    "//dumps/../release.json",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release into whose folder somebody has put more."""
    release = newest_release(None)
    copy = tmp_path_factory.mktemp("public") / release.about.name
    shutil.copytree(release.folder, copy)
    (copy / "dumps" / "secret.nq.gz").write_bytes(b"secret")
    (copy / "dumps" / "link.nq.gz").symlink_to("/etc/passwd")
    return copy


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """A server of that release."""
    with running(folder.parent, "serve", str(folder), "--port", "0") as found:
        yield found


def asked(server: Server, path: str) -> tuple[int, bytes]:
    """The answer to an address that goes over the wire as it is: a client library would tidy it up."""
    host, _, port = server.address.removeprefix("http://").rstrip("/").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1"))
        answer = b""
        while part := connection.recv(1 << 16):
            answer += part
    return int(answer.split(b" ", 2)[1]), answer


def test_what_the_release_names_is_sent(server: Server) -> None:
    status, answer = asked(server, "/dumps/all.nq.gz")
    assert status == 200
    assert len(answer) > 10_000


@pytest.mark.parametrize("path", WAYS_OUT)
def test_nothing_else_is(server: Server, path: str) -> None:
    status, answer = asked(server, path)
    assert status in (307, 400, 404), answer[:300]
    for content in (b"root:", b"secret\r\n", b'"sha256"', b"left out"):
        assert content not in answer


def test_what_is_not_as_it_was_released_is_not_sent(server: Server, folder: Path) -> None:
    (folder / "dumps" / "asserted.ttl.gz").write_bytes(b"shorter")
    (folder / "dumps" / "asserted.nt.gz").unlink()
    for name in ("asserted.ttl.gz", "asserted.nt.gz"):
        altered = server.http.get(f"/dumps/{name}")
        assert (altered.status_code, altered.headers["content-type"]) == (503, "application/problem+json")
        assert str(folder) not in altered.text


def test_what_is_altered_at_the_same_size_is_not_sent(server: Server, folder: Path) -> None:
    for name, was_sent in (("all.nq.gz", True), ("asserted.jsonld.gz", False)):
        file = folder / "dumps" / name
        content, before = file.read_bytes(), file.stat()
        if was_sent:
            assert server.http.get(f"/dumps/{name}").status_code == 200
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        for asked in ({}, {"Range": "bytes=0-9"}):
            altered = server.http.get(f"/dumps/{name}", headers={"Accept-Language": "fr", **asked})
            assert (altered.status_code, altered.headers["retry-after"]) == (503, "60")
            assert altered.json()["detail"].startswith("ce fichier n’est pas tel qu’il a été publié")
        file.write_bytes(content)
        assert server.http.get(f"/dumps/{name}").content == content


def test_what_is_damaged_tells_nothing_of_this_machine(server: Server, folder: Path) -> None:
    (folder / "answers" / "cities.en.json").write_bytes(b"{}")
    for headers in ({"Accept": "text/html"}, {"Accept": "application/json"}):
        damaged = server.http.get("/questions/cities", params={"lang": "en"}, headers=headers)
        assert damaged.status_code >= 500
        for word in (str(folder), str(folder.parent), "answers/", "StorageError"):
            assert word not in damaged.text

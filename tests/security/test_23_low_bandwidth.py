"""Low bandwidth: 64 kbit/s, a round trip of 600 ms, two packets of a hundred lost; the first page within ten seconds.

The time is computed from what is really sent, since a clock on a busy machine measures that machine: the round trips
that open a connection (TCP, TLS 1.2), those of slow start from ten segments on, the bytes at the rate of the line, and
for each segment that is lost a time-out of a second and another round trip. A push that is cut is gone on with in
``tests/test_push.py``, wherever it is cut.
"""

from __future__ import annotations

import hashlib
import math
import re
import socket

import pytest

from sankofa.publish.layout import LANGUAGES
from serving import Server

RATE, ROUND_TRIP, LOSS, TIME_OUT = 64_000 / 8, 0.6, 0.02, 1.0
SEGMENT, FIRST = 1_460, 10
#: A certificate with its chain, as it is sent before the first page.
CERTIFICATE = 5_000


def seconds(size: int) -> float:
    """How long a page takes from the first packet on."""
    segments = math.ceil((size + CERTIFICATE) / SEGMENT)
    rounds = max(1, math.ceil(math.log2(segments / FIRST + 1)))
    lost = math.ceil(segments * LOSS)
    return (3 + rounds) * ROUND_TRIP + (size + CERTIFICATE) / RATE + lost * (TIME_OUT + ROUND_TRIP)


def raw(server: Server, path: str, *headers: str, most: int | None = None) -> bytes:
    """All bytes of an answer, head and body; of a connection that is cut, the first of them."""
    host, _, port = server.address.removeprefix("http://").rstrip("/").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        answer = b""
        while (most is None or len(answer) < most) and (part := connection.recv(4_096)):
            answer += part
    return answer[:most]


def test_the_sum_says_when_a_page_is_too_large() -> None:
    assert seconds(10_000) < 10 < seconds(80_000)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/search", "/questions/cities"])
def test_the_first_page_is_there_within_ten_seconds(server: Server, path: str, lang: str) -> None:
    answer = raw(server, f"{path}?lang={lang}", "Accept: text/html", "Accept-Encoding: gzip, br")
    assert answer.startswith(b"HTTP/1.1 200")
    assert seconds(len(answer)) <= 10, len(answer)
    # nothing else is fetched before it can be read
    assert not re.search(rb"<(?:script|img|iframe)|rel=.(?:stylesheet|preload|icon)|@import|url\(", answer)


def test_a_download_goes_on_where_it_was_cut(server: Server) -> None:
    """As often as that is; nothing is fetched twice, and the file is the one that was meant."""
    path = "/dumps/all.nq.gz"
    head = server.http.head(path)
    size, tag = int(head.headers["content-length"]), head.headers["etag"]
    got, cuts = b"", 0
    while len(got) < size:
        answer = raw(server, path, f"Range: bytes={len(got)}-", f"If-Range: {tag}", most=size // 6)
        status, body = answer.split(b" ", 2)[1], answer.partition(b"\r\n\r\n")[2]
        assert status == (b"206" if got else b"200")
        assert not got or f"bytes {len(got)}-{size - 1}/{size}".encode() in answer
        assert body
        got, cuts = got + body, cuts + 1
    assert cuts > 5
    sums = server.http.get("/dumps/SHA256SUMS").text
    assert f"{hashlib.sha256(got).hexdigest()}  all.nq.gz" in sums

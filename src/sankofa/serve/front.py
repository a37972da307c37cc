"""The front: what takes requests, lets workers answer them, and keeps what may be asked again.

It holds no data and evaluates nothing. What is served never changes while a keeper lives, so an answer is named once
(``ETag``) and may be kept: who asks the same again gets it, or 304, without any worker.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import lru_cache, partial
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qs

from sankofa.serve.editions import Answer, Edition, Editions, Headers
from sankofa.serve.fair_use import FairUse, RefusedError
from sankofa.serve.files import Sending
from sankofa.serve.keeper import StoppedError
from sankofa.serve.limits import Limits
from sankofa.serve.negotiate import preferred
from sankofa.serve.pool import BusyError
from sankofa.serve.problems import MEDIA_TYPE
from sankofa.serve.workers import START

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_IN_MEMORY = 1 << 20
_PART = 1 << 18
#: An answer of more bytes is not kept.
_MOST_KEPT = 1 << 20
#: How work on an answer can end: nobody gets one in such a case; there is one, but for who asked alone.
_FOR_ALL = {"too-slow", "too-large", "too-long-an-answer"}
_NOT_KEPT = "not-kept"
#: What goes with 304: of an answer that is kept, and of another.
_WITH_304 = {b"vary", b"cache-control", b"content-location", b"link", b"access-control-allow-origin"}
_NOT_MODIFIED = [(b"vary", b"Accept, Accept-Language"), (b"cache-control", b"no-cache")]
#: What of a request a worker is told.
_PLAIN = ("type", "http_version", "method", "scheme", "path", "raw_path", "query_string", "root_path", "headers")


class Front:
    """The ASGI application in front of the workers.

    Args:
        editions: what is served.
        limits: what answers may take.
        fair_use: what one client may ask for.
    """

    def __init__(self, editions: Editions, limits: Limits, fair_use: FairUse) -> None:
        """Answer from now on; the editions were opened."""
        self._editions = editions
        self._limits = limits
        self._fair_use = fair_use
        #: No body of a request is read further; a form can take three bytes for one.
        self._most_body = 3 * limits.query + 1_000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                self._editions.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _body(receive, self._most_body) if scope["method"] == "POST" else b""
        edition = self._editions.now
        file = edition.told["files"].get(scope["path"])
        if file and scope["method"] in ("GET", "HEAD"):
            await Sending(file)(scope, receive, send)
            return
        name = _name(edition.identity, scope, headers, body)
        kept = edition.kept.get(name)
        known = _tags(headers.get("if-none-match", ""))
        if name in known or ("*" in known and kept):
            shown = [pair for pair in kept[0] if pair[0] in _WITH_304] if kept else _NOT_MODIFIED
            await _send(send, 304, [*shown, (b"etag", name.encode())], b"")
        elif kept:
            await _send(send, 200, *kept)
        else:
            await self._work(edition, scope, headers, body, name, receive, send)

    async def _work(
        self,
        edition: Edition,
        scope: Scope,
        headers: dict[str, str],
        body: bytes,
        name: str,
        receive: Receive,
        send: Send,
    ) -> None:
        """Let a worker answer, and stop it when the client has gone; who asks the same meanwhile waits for that."""
        tell = partial(_tell, edition.told, scope, headers, send)
        with edition.asked():
            while (answer := await edition.under_way(name)) is not None:
                if not isinstance(answer, str):
                    await _send(send, 200, *answer)
                    return
                if answer in _FOR_ALL:
                    await tell(answer)
                    return
                if answer == _NOT_KEPT:
                    break
            with edition.beginning(name) as ends:
                try:
                    with self._fair_use.turn(scope, headers) as ended_with:
                        status, said, spool = await self._gathered(edition, scope, body, receive)
                        ended_with(status)
                except RefusedError as refused:
                    ends("refused")
                    await tell(refused.case, retry=refused.seconds)
                    return
                except (BusyError, StoppedError) as stopped:
                    case = getattr(stopped, "why", "busy")
                    ends(case)
                    if case != "gone":
                        await tell(case)
                    return
                with spool:
                    said, kept = _keep(edition, scope, status, said, spool, name)
                    ends(kept or _NOT_KEPT)
                    await _pass_on(status, said, spool, send)

    async def _gathered(
        self, edition: Edition, scope: Scope, body: bytes, receive: Receive
    ) -> tuple[int, Headers, IO[bytes]]:
        """A whole answer. No part of it is sent before its end is here: what is cut off must not look whole."""
        status, said, size = 500, Headers(), 0
        spool: IO[bytes] = BytesIO()

        def take(sign: bytes, content: bytes) -> None:
            nonlocal status, said, size, spool
            if sign == START:
                status, pairs = _head(content)
                said = list(pairs)
                return
            size += len(content)
            if size > self._limits.answer:
                raise StoppedError("too-long-an-answer")
            if size > _IN_MEMORY and isinstance(spool, BytesIO):
                spool = _on_disk(spool)
            spool.write(content)

        asked = {key: scope[key] for key in _PLAIN if key in scope}
        try:
            await edition.pool.answer(asked, body, take, partial(_gone, receive))
        except BaseException:
            spool.close()
            raise
        if status not in (204, 304):
            said.append((b"content-length", str(size).encode()))
        return status, said, spool


def _keep(
    edition: Edition, scope: Scope, status: int, said: Headers, spool: IO[bytes], name: str
) -> tuple[Headers, Answer | None]:
    """Keep an answer where it may be asked for again: the headers it is sent with, and what is kept."""
    if status != 200 or scope["method"] == "OPTIONS" or (b"cache-control", b"no-store") in said:
        return said, None
    said = [*said, (b"etag", name.encode()), (b"cache-control", b"no-cache")]
    if spool.tell() > _MOST_KEPT:
        return said, None
    spool.seek(0)
    kept = said, spool.read()
    edition.kept.put(name, *kept)
    return said, kept


async def _pass_on(status: int, said: Headers, spool: IO[bytes], send: Send) -> None:
    """Send an answer."""
    size = spool.tell()
    spool.seek(0)
    if size <= _MOST_KEPT:
        await _send(send, status, said, spool.read())
        return
    await send({"type": "http.response.start", "status": status, "headers": said})
    while part := spool.read(_PART):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _name(identity: str, scope: Scope, headers: dict[str, str], body: bytes) -> str:
    """The name of an answer: of all that it depends on."""
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    on = [headers.get(key, "") for key in ("host", "accept", "accept-language", "content-type", "content-encoding")]
    # No line of the head of a request has a line's end in it, and the body comes last: no two requests are one text.
    head = "\n".join((identity, method, *on, "")).encode("latin-1")
    digest = hashlib.sha256(b"\n".join((head, scope["raw_path"], scope["query_string"], body)))
    return f'"{digest.hexdigest()[:32]}"'


async def _tell(
    words: dict[str, Any], scope: Scope, headers: dict[str, str], send: Send, case: str, *, retry: int = 1
) -> None:
    """Say by itself that there is no answer, and why."""
    as_page = preferred(headers.get("accept", ""), [MEDIA_TYPE, "text/html"]) == "text/html"
    told = words[case]["html" if as_page else "json"]
    languages = tuple(told)  # pages speak fewer than sentences
    passed = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
    language = passed if passed in languages else preferred(headers.get("accept-language", ""), languages)
    status, said, body = told[language or languages[0]]
    pairs = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in said]
    await _send(send, status, [*pairs, (b"retry-after", str(max(1, retry)).encode())], body.encode())


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive, most: int) -> bytes:
    """The body of a request, a little further than any that is taken may be long."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > most or not message.get("more_body"):
            return bytes(body)


@lru_cache(maxsize=1_000)
def _head(content: bytes) -> tuple[int, Headers]:
    """Status and headers as a worker tells them; many answers have the same, and those that are kept share them."""
    status, pairs = json.loads(content)
    told = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    return status, [pair for pair in told if pair[0] != b"content-length"]


def _on_disk(spool: BytesIO) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - who gets it closes it
    file.write(spool.getbuffer())
    return file


async def _gone(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _tags(header: str) -> set[str]:
    """The tags of an ``If-None-Match``; whether a tag is weak does not matter there (RFC 9110, 13.1.2).

    Example:
        >>> sorted(_tags('"a", W/"b"'))
        ['"a"', '"b"']
    """
    return {each.strip().removeprefix("W/") for each in header.split(",")} - {""}

"""The front: what takes requests, lets workers answer them, and keeps what may be asked again.

It holds no data and evaluates nothing. What is served never changes while a keeper lives, so an answer is named once
(``ETag``) and may be kept: who asks the same again gets it, or 304, without any worker.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import aclosing
from functools import lru_cache, partial
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qs

from sankofa.serve.editions import Edition, Editions, Headers
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
        """Let a worker answer, and stop it when the client has gone."""
        tell = partial(_tell, edition.told, scope, headers, send)
        try:
            with self._fair_use.turn(scope, headers) as ended_with, edition.asked():
                status, said, spool = await self._gathered(edition, scope, body, receive)
                ended_with(status)
        except RefusedError as refused:
            await tell(refused.case, retry=refused.seconds)
        except BusyError:
            await tell("busy")
        except StoppedError as stopped:
            if stopped.why != "gone":
                await tell(stopped.why)
        else:
            with spool:
                await _pass_on(edition, scope, status, said, spool, name, send)

    async def _gathered(
        self, edition: Edition, scope: Scope, body: bytes, receive: Receive
    ) -> tuple[int, Headers, IO[bytes]]:
        """A whole answer. No part of it is sent before its end is here: what is cut off must not look whole."""
        status, said, size = 500, Headers(), 0
        spool: IO[bytes] = BytesIO()
        asked = {key: scope[key] for key in _PLAIN if key in scope}
        try:
            async with aclosing(edition.pool.answer(asked, body, partial(_gone, receive))) as frames:
                async for sign, content in frames:
                    if sign == START:
                        status, pairs = json.loads(content)
                        said = [_header(key, value) for key, value in pairs]
                        continue
                    size += len(content)
                    if size > self._limits.answer:
                        raise StoppedError("too-long-an-answer")
                    if size > _IN_MEMORY and isinstance(spool, BytesIO):
                        spool = _on_disk(spool)
                    spool.write(content)
        except BaseException:
            spool.close()
            raise
        said = [pair for pair in said if pair[0] != b"content-length"]
        if status not in (204, 304):
            said.append((b"content-length", str(size).encode()))
        return status, said, spool


async def _pass_on(
    edition: Edition, scope: Scope, status: int, said: Headers, spool: IO[bytes], name: str, send: Send
) -> None:
    """Send an answer, and keep it where it may be asked for again."""
    size = spool.tell()
    spool.seek(0)
    lasting = status == 200 and scope["method"] != "OPTIONS" and (b"cache-control", b"no-store") not in said
    if lasting:
        said = [*said, (b"etag", name.encode()), (b"cache-control", b"no-cache")]
    if lasting and size <= _MOST_KEPT:
        body = spool.read()
        edition.kept.put(name, said, body)
        await _send(send, status, said, body)
        return
    await send({"type": "http.response.start", "status": status, "headers": said})
    while part := spool.read(_PART):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _name(identity: str, scope: Scope, headers: dict[str, str], body: bytes) -> str:
    """The name of an answer: of all that it depends on."""
    method = b"GET" if scope["method"] == "HEAD" else scope["method"].encode()
    on = (headers.get(key, "") for key in ("host", "accept", "accept-language", "content-type", "content-encoding"))
    parts = (identity.encode(), method, scope["raw_path"], scope["query_string"], body)
    digest = hashlib.sha256()
    for part in (*parts, *(each.encode("latin-1") for each in on)):
        digest.update(len(part).to_bytes(8, "big") + part)
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
def _header(name: str, value: str) -> tuple[bytes, bytes]:
    """A header as bytes; answers that are kept share what is the same in them."""
    return name.encode("latin-1"), value.encode("latin-1")


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

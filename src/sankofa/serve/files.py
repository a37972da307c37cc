"""Files that are sent as they lie on the disk: in parts, whole or from where an earlier try ended, without any worker.

Which files there are is known when a release is opened; a request names one of them or none. No address is ever made
into a path. A file is read once and compared with its digest before it is first sent, and again when the system says
that it was written to since; what is written to while it is sent ends the connection.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import threading
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sankofa.publish.layout import LANGUAGES
from sankofa.serve.negotiate import preferred
from sankofa.serve.problems import MEDIA_TYPE, Problem, as_json, problem

_PART = 1 << 18
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.ASCII)
#: Device, number, size and times of a file.
_Version = tuple[int, int, int, int, int]
#: The digest that each version of a file had.
_KNOWN: dict[str, tuple[_Version, str]] = {}
_READING: dict[str, threading.Lock] = {}
_EXPOSED = "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Repr-Digest"


@dataclass(frozen=True)
class File:
    """A file that may be sent.

    Attributes:
        path: where it lies.
        size: how many bytes it has.
        sha256: its digest, in hexadecimal digits.
        media_type: what it is.
    """

    path: str
    size: int
    sha256: str
    media_type: str

    @property
    def tag(self) -> str:
        """Its name among all its versions (``ETag``).

        Example:
            >>> File("a.gz", 3, "c0ffee", "application/gzip").tag
            '"c0ffee"'
        """
        return f'"{self.sha256[:32]}"'

    def headers(self) -> dict[str, str]:
        """What every answer says of it. It is gzipped as it is: no encoding on the way."""
        return {
            "Content-Type": self.media_type,
            "Content-Disposition": "attachment",
            "Accept-Ranges": "bytes",
            "ETag": self.tag,
            "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(self.sha256)).decode('ascii')}:",
            "Cache-Control": "no-cache",
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": _EXPOSED,
            "X-Content-Type-Options": "nosniff",
        }


class Sending(Response):
    """The answer to who asks for a file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        """Open nothing yet."""
        super().__init__()
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what is asked for of it."""
        asked = Headers(scope=scope)
        try:
            wanted = part_asked(self._file, asked)
            if wanted is None:
                await _send(send, 304, self._file.headers() | {"Content-Type": ""})
                return
            opened, version = await asyncio.to_thread(_opened, self._file)
        except Problem as refused:
            await self._refuse(refused, scope, asked, send)
            return
        with opened:
            await self._part(opened, version, wanted, scope, receive, send)

    async def _part(
        self, opened: BufferedReader, version: _Version, wanted: range, scope: Scope, receive: Receive, send: Send
    ) -> None:
        said = self._file.headers() | {"Content-Length": str(len(wanted))}
        whole = len(wanted) == self._file.size
        if not whole:
            said["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{self._file.size}"
        await _start(send, 200 if whole else 206, said)
        left = 0 if scope["method"] == "HEAD" else len(wanted)
        opened.seek(wanted.start)
        gone = asyncio.ensure_future(_gone(receive))
        try:
            while left and not gone.done():
                part = await asyncio.to_thread(opened.read, min(_PART, left))
                if not part or _version(opened) != version:
                    # the connection must end before its length is sent, or it looks whole
                    raise OSError("a file that is sent was changed")
                left -= len(part)
                await send({"type": "http.response.body", "body": part, "more_body": True})
        finally:
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _refuse(self, refused: Problem, scope: Scope, asked: Headers, send: Send) -> None:
        lang = preferred(asked.get("accept-language", ""), LANGUAGES) or LANGUAGES[0]
        status, content = problem(refused, method=scope["method"], path=scope["path"], lang=lang)
        body = as_json(content).encode()
        own = {
            "Content-Type": MEDIA_TYPE,
            "Content-Language": lang,
            "Content-Length": str(len(body)),
            "Access-Control-Allow-Origin": "*",
            "X-Content-Type-Options": "nosniff",
        }
        await _start(send, status, own | dict(refused.headers or {}))
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def part_asked(file: File, headers: Headers) -> range | None:
    """Which bytes of a file a request asks for (RFC 9110, 13 and 14).

    Args:
        file: the file.
        headers: of the request. Several ranges at once are not taken apart: who asks for them gets the whole.

    Returns:
        The bytes, None when the client has them already.

    Raises:
        Problem: 412, the client wants another version; 416, there are no such bytes.

    Example:
        >>> file = File("a.gz", 10, "c0ffee", "application/gzip")
        >>> part_asked(file, Headers({"range": "bytes=4-"})), part_asked(file, Headers({"if-none-match": file.tag}))
        (range(4, 10), None)
    """
    if (wanted := headers.get("if-match")) is not None and not _has(wanted, file.tag, strong=True):
        raise Problem(412, "other-version")
    if (known := headers.get("if-none-match")) is not None and _has(known, file.tag, strong=False):
        return None
    whole = range(file.size)
    found = _RANGE.fullmatch(headers.get("range", "").strip())
    if not found or headers.get("if-range", file.tag).strip() != file.tag:
        return whole
    first, last, ending = found.groups()
    part = whole[-int(ending) or file.size :] if ending else whole[int(first) : int(last) + 1 if last else None]
    if last and int(last) < int(first):
        return whole
    if not part:
        raise Problem(416, "no-such-range", {"Content-Range": f"bytes */{file.size}"}, size=file.size)
    return part


def _has(header: str, tag: str, *, strong: bool) -> bool:
    tags = {each.strip() for each in header.split(",")}
    return "*" in tags or tag in tags or (not strong and f"W/{tag}" in tags)


def _opened(file: File) -> tuple[BufferedReader, _Version]:
    """Open a file that is as it was released.

    Raises:
        Problem: 503, it is not there any more, or was altered.
    """
    try:
        opened = open(file.path, "rb")  # noqa: SIM115, PTH123 - who gets it closes it
    except OSError:
        raise Problem(503, "failed", {"Retry-After": "60"}) from None
    version = _version(opened)
    if os.fstat(opened.fileno()).st_size != file.size or not _is_as_released(file, opened, version):
        opened.close()
        raise Problem(503, "altered-file", {"Retry-After": "60"})
    return opened, version


def _version(opened: BufferedReader) -> _Version:
    """What is another when a file was written to or replaced."""
    found = os.fstat(opened.fileno())
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _is_as_released(file: File, opened: BufferedReader, version: _Version) -> bool:
    """Whether a file has its digest; each version of a file is read once, whoever asks meanwhile waits."""
    with _READING.setdefault(file.path, threading.Lock()):
        known = _KNOWN.get(file.path)
        if known is None or known[0] != version:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
            known = _KNOWN[file.path] = (version, digest)
        return known[1] == file.sha256 and _version(opened) == version


async def _gone(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, status: int, headers: dict[str, str]) -> None:
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items() if value]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def _send(send: Send, status: int, headers: dict[str, str]) -> None:
    await _start(send, status, headers)
    await send({"type": "http.response.body", "body": b""})

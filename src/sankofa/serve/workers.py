"""Workers: processes that share what was loaded once, each working on one request at a time.

The keeper is a process that loads what is served and does nothing else but fork: it starts no thread, so that its
forks are whole. A worker is such a fork. It has the loaded graph without having loaded it, a bound of memory of its
own, and can be killed at any moment without harm to anybody. Where a system has no forks to rely on, a worker is a
process of its own that loads for itself. This module is what these processes do; the front's side
of it is :mod:`sankofa.serve.keeper`.

A worker answers with frames: a sign, a length, and so many bytes. ``S`` is status and headers as JSON, ``B`` a part of
the body, ``E`` the last part. What is short goes as one piece. Nothing that a worker says is unpickled: it has seen
queries of strangers.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import gc
import json
import os
import pickle
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from sankofa.store.apart import bound_memory

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message

    from sankofa.serve.limits import Limits

#: The head of a frame: its sign and its length.
HEAD = struct.Struct(">cI")
START, BODY, END = b"S", b"B", b"E"
#: The extension of ASGI by which an application knows that its process works on this request and nothing else: what
#: takes long needs no thread, and sends with the function that stands here.
ALONE = "sankofa.alone"
#: What the front tells the keeper: to fork a worker, to kill one, to let others go first.
FORK, KILL, STEP_BACK = b"+", b"-", b"~"
ORDER = struct.Struct(">cI")
_NICE = 15
#: After so many seconds more than it may take, a worker ends by itself.
_GRACE = 2.0
_PART = 1 << 20
_MOST_HANDLES = 1 << 16


@dataclass(frozen=True)
class Loaded:
    """What a keeper has loaded.

    Attributes:
        app: answers requests.
        identity: names what was loaded: the same content, the same name.
        told: what the front says by itself when no worker can: by case, then by language, status, headers and body;
            and under ``files`` the files that it sends by itself.
    """

    app: ASGIApp
    identity: str
    told: dict[str, Any] = field(default_factory=dict)


#: Loads what is served; it is told where to say how far it is.
Load = Callable[[Callable[[str], None]], Loaded]


def keep(handle: int) -> None:
    """Be a keeper: read what to load from stdin, load it, and fork as the front says until it says no more.

    Args:
        handle: the socket by which workers are handed over.
    """
    os.closerange(3, handle)  # an event loop may leave copies of the channels, which would hide that this has ended
    os.closerange(handle + 1, _MOST_HANDLES)
    orders, out = _own_channels()
    load, limits = _unparcelled(orders)
    if (loaded := _load(load, out)) is not None:
        gc.collect()
        gc.freeze()  # a collection in a worker would write to pages that all share
        _write(out, parcel((loaded.identity, loaded.told)))
        _Keeper(orders, out, socket.socket(fileno=handle), limits).run(loaded.app)


def work_apart() -> None:
    """Be a worker that loads for itself: read what from stdin, then answer what is asked there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there are no sessions
    requests, answers = _own_channels()
    load, limits = _unparcelled(requests)
    if (loaded := _load(load, answers)) is not None:
        _write(answers, parcel((loaded.identity, loaded.told)))
        bound_memory(limits.worker_memory)
        with Path(os.devnull).open("w") as nowhere:
            _work(requests, answers, loaded.app, partial(_watch, limits.seconds + _GRACE, nowhere))


def parcel(content: object) -> bytes:
    """Something for a process of ours, with its length before it."""
    try:
        text = pickle.dumps(content)
    except (pickle.PicklingError, TypeError, AttributeError):  # an error that holds what cannot be sent
        text = pickle.dumps(RuntimeError(f"{type(content).__name__}: {content}"))
    return len(text).to_bytes(4, "big") + text


def _unparcelled(channel: BinaryIO) -> Any:
    """What the front sends; None when it has ended."""
    size = int.from_bytes(channel.read(4), "big")
    text = channel.read(size)
    return pickle.loads(text) if len(text) == size > 0 else None  # noqa: S301 - of the front


def _own_channels() -> tuple[BinaryIO, BinaryIO]:
    """Stdin and stdout for ourselves; whoever prints prints on stderr."""
    handles = os.dup(0), os.dup(1)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return _channels(*handles)


def _channels(reading: int, writing: int) -> tuple[BinaryIO, BinaryIO]:
    """Two ends to read from and to write to; what is written goes at once."""
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb", buffering=0)


def _load(load: Load, out: BinaryIO) -> Loaded | None:
    """Load what is served; what goes wrong is told by the front, which has the exit code."""
    try:
        return load(lambda text: _write(out, parcel(text)))
    except Exception as error:
        _write(out, parcel(error))
        return None


class _Keeper:
    """The process that has loaded what is served, and forks."""

    def __init__(self, orders: BinaryIO, out: BinaryIO, forks: socket.socket, limits: Limits) -> None:
        self._orders = orders
        self._out = out
        self._forks = forks
        self._limits = limits
        self._workers: set[int] = set()

    def run(self, app: ASGIApp) -> None:
        while len(order := self._orders.read(ORDER.size)) == ORDER.size:
            sign, process = ORDER.unpack(order)
            if sign == FORK:
                self._fork(app)
            self._bury()
            # Only what has not been waited for is ours: no other process can have its number.
            if process in self._workers:
                with contextlib.suppress(ProcessLookupError):
                    if sign == KILL:
                        os.kill(process, signal.SIGKILL)
                    elif sign == STEP_BACK:
                        os.setpriority(os.PRIO_PROCESS, process, _NICE)
        for process in self._workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def _fork(self, app: ASGIApp) -> None:
        ours, theirs = socket.socketpair()
        process = os.fork()
        if process == 0:
            try:
                # one that lives on would hide from the front that the keeper has ended
                for each in (self._orders, self._out, self._forks, ours):
                    each.close()
                handle = theirs.detach()
                bound_memory(self._limits.worker_memory)
                _work(*_channels(handle, os.dup(handle)), app, partial(_alarm, self._limits.seconds + _GRACE))
            finally:
                os._exit(0)
        theirs.close()
        self._workers.add(process)
        socket.send_fds(self._forks, [process.to_bytes(4, "big")], [ours.fileno()])
        ours.close()

    def _bury(self) -> None:
        """Wait for the workers that have ended."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                self._workers.discard(ended)


def _alarm(seconds: float, *, on: bool) -> None:
    """Have the system end this process after so many seconds, or not any more."""
    signal.setitimer(signal.ITIMER_REAL, seconds if on else 0)


def _watch(seconds: float, nowhere: IO[str], *, on: bool) -> None:
    """The same where the system has no such timer."""
    if on:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
    else:
        faulthandler.cancel_dump_traceback_later()


def _work(requests: BinaryIO, answers: BinaryIO, app: ASGIApp, deadline: Callable[..., None]) -> None:
    """Answer requests until the front sends no more."""
    asyncio.run(_answer_all(requests, answers, app, deadline))


async def _answer_all(requests: BinaryIO, answers: BinaryIO, app: ASGIApp, deadline: Callable[..., None]) -> None:
    # Nothing else goes on in this process: it may wait for the next request, and for the front, as long as it likes.
    while (asked := _unparcelled(requests)) is not None:
        # Others end what takes too long; this does when there is nobody else any more.
        deadline(on=True)
        await _answer(answers, app, *asked)
        deadline(on=False)


async def _answer(answers: BinaryIO, app: ASGIApp, scope: dict[str, Any], body: bytes) -> None:
    sent = whole = begun = False
    waiting: list[bytes] = []

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    def send_now(message: Message) -> None:
        nonlocal whole, begun
        if message["type"] == "http.response.start":
            if begun:  # what is sent of it cannot be taken back, and no other answer may follow on it
                raise RuntimeError("an answer failed when a part of it was sent")
            waiting.clear()
            waiting.append(_head(message["status"], tuple(message["headers"])))
        elif message["type"] == "http.response.body":
            body = memoryview(message.get("body", b""))
            while len(body) > _PART:  # the front never has more of it in memory
                waiting.append(_frame(BODY, body[:_PART]))
                body = body[_PART:]
                _write(answers, b"".join(waiting))
                waiting.clear()
                begun = True
            whole = not message.get("more_body")
            waiting.append(_frame(END if whole else BODY, body))
            _write(answers, b"".join(waiting))
            waiting.clear()
            begun = True

    async def send(message: Message) -> None:
        send_now(message)

    # What goes wrong is told by the application; when even that fails, the connection ends and the front says so.
    try:
        await app(scope | {"extensions": {ALONE: send_now}}, receive, send)
    except Exception:
        if not whole:  # an application raises again what it has told; the next request has no part in that
            raise


@lru_cache(maxsize=100)
def _head(status: int, headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    told = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in headers]
    return _frame(START, json.dumps([status, told]).encode())


def _frame(sign: bytes, content: bytes | memoryview) -> bytes:
    return b"".join((HEAD.pack(sign, len(content)), content))


def _write(channel: BinaryIO, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[channel.write(rest) :]

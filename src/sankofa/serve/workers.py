"""Workers: processes that share what was loaded once, each working on one request at a time.

The keeper is a process that loads what is served and does nothing else but fork: it starts no thread, so that its
forks are whole. A worker is such a fork. It has the loaded graph without having loaded it, a bound of memory of its
own, and can be killed at any moment without harm to anybody. The front (:mod:`sankofa.serve.front`) talks with the
keeper over one socket and with each worker over another.

A worker answers with frames: a sign, a length, and so many bytes. ``S`` is status and headers as JSON, ``B`` a part of
the body, ``E`` the last part. What is short goes as one piece. Nothing that a worker says is unpickled: it has seen
queries of strangers.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import pickle
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
_PART = 1 << 20


@dataclass(frozen=True)
class Loaded:
    """What a keeper has loaded.

    Attributes:
        app: answers requests.
        identity: names what was loaded: the same content, the same name.
        told: what the front says by itself when no worker can: by case, then by language, status, headers and body.
    """

    app: ASGIApp
    identity: str
    told: dict[str, Any] = field(default_factory=dict)


def start_keeper(load: Callable[[], Loaded], limits: Limits) -> socket.socket:
    """Fork the keeper. Call this before any thread is started.

    Args:
        load: loads what is served; runs in the keeper.
        limits: what a worker may take.

    Returns:
        The socket to talk with it; :func:`await_keeper` waits until it has loaded.
    """
    ours, theirs = socket.socketpair()
    process = os.fork()
    if process:
        theirs.close()
        return ours
    status = 1
    try:
        ours.close()
        # Ctrl-C in a terminal reaches the whole group: the front ends, and with it the socket.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _Keeper(theirs, limits).run(load)
        status = 0
    finally:
        os._exit(status)


def await_keeper(control: socket.socket) -> tuple[str, dict[str, Any]]:
    """Wait until a keeper has loaded.

    Args:
        control: the socket to talk with it.

    Returns:
        The identity of what it loaded, and what the front says by itself.

    Raises:
        Exception: whatever was raised when it loaded.
    """
    size = _exactly(control, 4)
    if not size:
        raise RuntimeError("the process that loads ended by itself")
    said: tuple[str, dict[str, Any]] | Exception
    said = pickle.loads(_exactly(control, int.from_bytes(size, "big")))  # noqa: S301 - before any request is seen
    if isinstance(said, Exception):
        raise said
    return said


class _Keeper:
    """The process that has loaded what is served, and forks."""

    def __init__(self, control: socket.socket, limits: Limits) -> None:
        self._control = control
        self._limits = limits
        self._workers: set[int] = set()

    def run(self, load: Callable[[], Loaded]) -> None:
        try:
            loaded = load()
        except Exception as error:  # told by the front, which has the exit code
            self._say(error)
            return
        gc.collect()
        gc.freeze()  # a collection in a worker would write to pages that all share
        self._say((loaded.identity, loaded.told))
        while order := _exactly(self._control, ORDER.size):
            sign, process = ORDER.unpack(order)
            if sign == FORK:
                self._fork(loaded.app)
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

    def _say(self, what: object) -> None:
        try:
            text = pickle.dumps(what)
        except (pickle.PicklingError, TypeError, AttributeError):  # an error that holds what cannot be sent
            text = pickle.dumps(RuntimeError(f"{type(what).__name__}: {what}"))
        self._control.sendall(len(text).to_bytes(4, "big") + text)

    def _fork(self, app: ASGIApp) -> None:
        ours, theirs = socket.socketpair()
        process = os.fork()
        if process == 0:
            try:
                self._control.close()
                ours.close()
                _bound_memory(self._limits.worker_memory)
                _work(theirs, app)
            finally:
                os._exit(0)
        theirs.close()
        self._workers.add(process)
        socket.send_fds(self._control, [process.to_bytes(4, "big")], [ours.fileno()])
        ours.close()

    def _bury(self) -> None:
        """Wait for the workers that have ended."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                self._workers.discard(ended)


def _bound_memory(most: int) -> None:
    """Let this process take so many bytes more than it has: beyond them it ends."""
    import resource

    taken = 0
    with contextlib.suppress(OSError), Path("/proc/self/status").open(encoding="ascii", errors="replace") as status:
        taken = next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:")), 0)
    if taken:  # elsewhere than on Linux no such bound is kept; time is
        resource.setrlimit(resource.RLIMIT_DATA, (taken + most, taken + most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(connection: socket.socket, app: ASGIApp) -> None:
    """Answer requests until the front closes the connection."""
    asyncio.run(_answer_all(connection, app))


async def _answer_all(connection: socket.socket, app: ASGIApp) -> None:
    # Nothing else goes on in this process: it may wait for the next request, and for the front, as long as it likes.
    while size := _exactly(connection, 4):
        scope, body = pickle.loads(_exactly(connection, int.from_bytes(size, "big")))  # noqa: S301 - of the front
        await _answer(connection, app, scope, body)


async def _answer(connection: socket.socket, app: ASGIApp, scope: dict[str, Any], body: bytes) -> None:
    sent = False
    waiting: list[bytes] = []

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    def send_now(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in message["headers"]]
            waiting.append(_frame(START, json.dumps([message["status"], headers]).encode()))
        elif message["type"] == "http.response.body":
            body = memoryview(message.get("body", b""))
            while len(body) > _PART:  # the front never has more of it in memory
                waiting.append(_frame(BODY, body[:_PART]))
                body = body[_PART:]
                connection.sendall(b"".join(waiting))
                waiting.clear()
            waiting.append(_frame(BODY if message.get("more_body") else END, body))
            connection.sendall(b"".join(waiting))
            waiting.clear()

    async def send(message: Message) -> None:
        send_now(message)

    # What goes wrong is told by the application; when even that fails, the connection ends and the front says so.
    await app(scope | {"extensions": {ALONE: send_now}}, receive, send)


def _frame(sign: bytes, content: bytes | memoryview) -> bytes:
    return b"".join((HEAD.pack(sign, len(content)), content))


def _exactly(connection: socket.socket, size: int) -> bytes:
    """So many bytes; none when the other side has ended."""
    found = bytearray()
    while len(found) < size:
        part = connection.recv(size - len(found))
        if not part:
            return b""
        found += part
    return bytes(found)

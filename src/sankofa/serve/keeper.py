"""The keeper as the front sees it: where workers come from, and who ends them.

A keeper is a process of its own, started fresh: it has loaded what is served, and forks. Where a system has no forks to
rely on, every worker is such a process: it loads for itself, and the front ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import socket
import sys
from abc import ABC, abstractmethod
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from sankofa.serve.limits import Limits
from sankofa.serve.workers import END, FORK, HEAD, KILL, ORDER, STEP_BACK, Load, parcel

_READ_AHEAD = 1 << 20  # bytes that a worker may say before they are read
Say = Callable[[str], None]
#: Is given a frame of an answer: its sign and what it holds.
Take = Callable[[bytes, bytes], None]


class StoppedError(Exception):
    """A worker ended before its answer.

    Args:
        why: ``too-slow``, ``too-large``, ``gone`` or ``ended``.
    """

    def __init__(self, why: str) -> None:
        """Keep the reason."""
        super().__init__(why)
        self.why = why


class Worker(ABC):
    """One worker.

    Attributes:
        process: its process id.
        begun: when it was given its last request.
        answered: how many it has answered.
        stopped: why it was killed, or "".
        data: how many bytes of memory it could write to when it was new; 0 where a new one costs too much.
        is_long: what it works on takes long.
        is_slow: it has let others go first, and is not to be used again.
        gone: waits until the client has gone; watch: does so, and stops it.
    """

    def __init__(self, process: int, data: int = 0) -> None:
        """It has answered nothing yet."""
        self.process = process
        self.data = data
        self.begun = 0.0
        self.answered = 0
        self.stopped = ""
        self.is_long = False
        self.is_slow = False
        self.gone: Callable[[], Awaitable[None]] | None = None
        self.watch: asyncio.Task[None] | None = None

    @abstractmethod
    async def answer(self, asked: bytes, take: Take) -> None:
        """Let it answer a request.

        Args:
            asked: the request, as a worker reads it.
            take: is given the frames of the answer one after the other; the last one is an end.

        Raises:
            StoppedError: it was stopped, or ended by itself.
        """

    @abstractmethod
    def hang_up(self) -> None:
        """Tell it that nothing more is asked: it ends."""

    @property
    def has_kept(self) -> int:
        """How many bytes of memory it has kept of what it took for its answers; 0 where that does not count."""
        return max(0, _data_of(self.process) - self.data) if self.data else 0


class _Frames:
    """What a worker says, frame by frame."""

    def __init__(self) -> None:
        self._said = bytearray()

    def of(self, said: bytes) -> list[tuple[bytes, bytes]]:
        """The frames that end with these bytes: their signs and what they hold."""
        self._said += said
        found: list[tuple[bytes, bytes]] = []
        start, known = 0, len(self._said)
        while known >= start + HEAD.size:
            sign, size = HEAD.unpack_from(self._said, start)
            end = start + HEAD.size + size
            if known < end:
                break
            found.append((sign, bytes(self._said[start + HEAD.size : end])))
            start = end
        del self._said[:start]
        return found


class _Fork(Worker, asyncio.Protocol):
    """A worker at the other end of a socket. What it says is taken as it comes: nothing wakes up between."""

    def __init__(self, process: int) -> None:
        super().__init__(process, _data_of(process))
        self._frames = _Frames()
        self._take: Take = _nobody
        self._answered: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            for sign, content in self._frames.of(data):
                self._take(sign, content)
                if sign == END:
                    self._ends(None)
        except Exception as error:
            self._ends(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._ends(StoppedError(self.stopped or "ended"))

    def _ends(self, error: Exception | None) -> None:
        answered, self._answered, self._take = self._answered, None, _nobody
        if answered is None or answered.done():  # who waited may have gone
            return
        if error is None:
            answered.set_result(None)
        else:
            answered.set_exception(error)

    async def answer(self, asked: bytes, take: Take) -> None:
        if self._transport is None:
            raise StoppedError(self.stopped or "ended")
        self._take = take
        self._answered = answered = asyncio.get_running_loop().create_future()
        self._transport.write(asked)
        await answered

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()


class _Alone(Worker):
    """A worker that is a process of its own, at the other end of two pipes."""

    def __init__(self, child: _Child) -> None:
        super().__init__(child.process.pid)
        self._child = child
        self._frames = _Frames()

    async def answer(self, asked: bytes, take: Take) -> None:
        self._child.writer.write(asked)
        sign = b""
        while sign != END:
            try:
                part = await self._child.reader.read(_READ_AHEAD)
            except ConnectionError:
                part = b""
            if not part:
                raise StoppedError(self.stopped or "ended")
            for sign, content in self._frames.of(part):
                take(sign, content)

    def hang_up(self) -> None:
        self._child.writer.close()


@dataclass
class _Child:
    """A process of ours: what it says, and what it is told."""

    process: Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def start(cls, part: str, instructions: object, *handles: int) -> Self:
        """Start one that knows nothing but its instructions: no thread and no memory of this process are in it."""
        # it imports what this process could import, and from nowhere else
        code = f"import sys; sys.path[:] = {sys.path!r}; from sankofa.serve import workers; workers.{part}{handles!r}"
        # Ctrl-C in a terminal reaches a whole session: it is to end the front alone, and these with their pipes.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code),
            stdin=PIPE,
            stdout=PIPE,
            limit=_READ_AHEAD,
            pass_fds=handles,
            start_new_session=True,
        )
        child = cls(process, cast("asyncio.StreamReader", process.stdout), cast("asyncio.StreamWriter", process.stdin))
        child.writer.write(parcel(instructions))
        return child

    async def loaded(self, say: Say) -> tuple[str, dict[str, Any]]:
        """What it says when it has loaded: the name of that, and what the front says by itself."""
        while True:
            try:
                size = int.from_bytes(await self.reader.readexactly(4), "big")
                said = pickle.loads(await self.reader.readexactly(size))  # noqa: S301 - it has seen no request yet
            except asyncio.IncompleteReadError:
                raise RuntimeError("the process that loads ended by itself") from None
            if isinstance(said, Exception):
                raise said
            if not isinstance(said, str):
                return cast("tuple[str, dict[str, Any]]", said)
            say(said)


class Keeper(ABC):
    """Gives workers, and ends them.

    Attributes:
        identity: names what was loaded: the same content, the same name.
        told: what the front says by itself when no worker can.
        ended: is set when it gives no worker any more.
    """

    def __init__(self, identity: str, told: dict[str, Any]) -> None:
        """It gives workers from now on."""
        self.identity = identity
        self.told = told
        self.ended = asyncio.Event()

    @classmethod
    @abstractmethod
    async def open(cls, load: Load, limits: Limits, say: Say) -> Self:
        """Start, and wait until what is served is loaded.

        Args:
            load: loads it, in another process.
            limits: what a worker may take.
            say: where it is told how far this is.

        Raises:
            Exception: whatever was raised when it loaded.
        """

    @abstractmethod
    async def worker(self) -> Worker:
        """A new worker.

        Raises:
            StoppedError: there is none any more.
        """

    @abstractmethod
    def kill(self, worker: Worker) -> None:
        """End a worker."""

    @abstractmethod
    def step_back(self, worker: Worker) -> None:
        """Let others go before this worker, from now on."""

    @abstractmethod
    def close(self) -> None:
        """End, and all workers too."""


def keeper() -> type[Keeper]:
    """The sort of keeper that this system can have; ``SANKOFA_NO_FORK=1`` takes the other one.

    Libraries of macOS start threads as they like: what is forked from such a process may never wake up.
    """
    can_fork = hasattr(os, "fork") and sys.platform != "darwin" and not os.environ.get("SANKOFA_NO_FORK")
    return Forking if can_fork else Apart


class Forking(Keeper):
    """A process that has loaded, and forks a worker whenever one is asked for."""

    def __init__(self, child: _Child, forks: socket.socket, identity: str, told: dict[str, Any]) -> None:
        """Take over a process that has loaded; :meth:`open` is the usual way."""
        super().__init__(identity, told)
        self._child = child
        self._forks = forks
        self._coming = asyncio.Lock()
        self._watching = asyncio.create_task(self._watch())

    @classmethod
    async def open(cls, load: Load, limits: Limits, say: Say) -> Self:
        """Start the process, and wait until it has loaded."""
        ours, theirs = socket.socketpair()
        with theirs:
            child = await _Child.start("keep", (load, limits), theirs.fileno())
        try:
            return cls(child, ours, *await child.loaded(say))
        except BaseException:
            ours.close()
            await _over(child)
            raise

    async def worker(self) -> Worker:
        """A fork."""
        async with self._coming:
            self._order(FORK, 0)
            process, connection = await asyncio.to_thread(self._receive)
        fork = _Fork(process)
        await asyncio.get_running_loop().create_unix_connection(lambda: fork, sock=connection)
        return fork

    def kill(self, worker: Worker) -> None:
        """Have its parent end it: only that knows whose number it still is."""
        self._order(KILL, worker.process)

    def step_back(self, worker: Worker) -> None:
        """Lower it. It never rises again, so it is not used again either."""
        worker.is_slow = True
        self._order(STEP_BACK, worker.process)

    def close(self) -> None:
        """Close its pipe: it ends, and its workers with it."""
        self._child.writer.close()
        with contextlib.suppress(OSError):
            self._forks.shutdown(socket.SHUT_RDWR)  # who waits for a worker wakes up

    async def _watch(self) -> None:
        """Notice that it has ended."""
        await self._child.reader.read()
        await self._child.process.wait()
        self.ended.set()
        self._forks.close()

    def _order(self, sign: bytes, process: int) -> None:
        if not self._child.writer.is_closing():
            self._child.writer.write(ORDER.pack(sign, process))

    def _receive(self) -> tuple[int, socket.socket]:
        try:
            said, handles, _, _ = socket.recv_fds(self._forks, 4, 1)
        except OSError:
            handles = []
        if not handles:
            raise StoppedError("ended")
        return int.from_bytes(said, "big"), socket.socket(fileno=handles[0])


class Apart(Keeper):
    """Workers that are started fresh, and load for themselves."""

    def __init__(self, first: _Child, load: Load, limits: Limits, identity: str, told: dict[str, Any]) -> None:
        """Take over the first of them; :meth:`open` is the usual way."""
        super().__init__(identity, told)
        self._ready = [first]
        self._children = {first.process.pid: first}
        self._instructions = (load, limits)

    @classmethod
    async def open(cls, load: Load, limits: Limits, say: Say) -> Self:
        """Start the first worker, and wait until it has loaded."""
        first = await _Child.start("work_apart", (load, limits))
        try:
            return cls(first, load, limits, *await first.loaded(say))
        except BaseException:
            await _over(first)
            raise

    async def worker(self) -> Worker:
        """A process that has loaded the same as the first one."""
        child = self._ready.pop() if self._ready else await self._another()
        return _Alone(child)

    async def _another(self) -> _Child:
        child = await _Child.start("work_apart", self._instructions)
        self._children[child.process.pid] = child
        try:
            identity, _ = await child.loaded(lambda _: None)
        except Exception:  # whatever it was, this keeper ends; who loads anew meets it again, and tells it
            identity = ""
        if self.ended.is_set() or identity != self.identity:  # it was replaced meanwhile: there are no more of these
            self.ended.set()
            self._end(child)
            raise StoppedError("ended")
        return child

    def kill(self, worker: Worker) -> None:
        """End it."""
        self._end(self._children.get(worker.process))

    def step_back(self, worker: Worker) -> None:
        """Nothing: another one would take too long to load."""

    def close(self) -> None:
        """End all of them."""
        self.ended.set()
        for child in list(self._children.values()):
            self._end(child)

    def _end(self, child: _Child | None) -> None:
        if child is not None:
            self._children.pop(child.process.pid, None)
            _end(child)


def _nobody(sign: bytes, content: bytes) -> None:
    """Takes what nobody waits for any more."""


def _data_of(process: int) -> int:
    """How many bytes of memory a process may write to; 0 where that cannot be known."""
    try:
        return int(Path(f"/proc/{process}/statm").read_bytes().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _end(child: _Child) -> None:
    child.writer.close()
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        child.process.kill()


async def _over(child: _Child) -> None:
    """End one that could not load, and wait until nothing of it is open."""
    _end(child)
    await child.reader.read()
    await child.process.wait()

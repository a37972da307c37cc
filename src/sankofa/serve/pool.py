"""The workers of one keeper as the front sees them: who is free, who takes too long, who takes too much."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import socket
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sankofa.serve.limits import Limits
from sankofa.serve.workers import END, FORK, HEAD, KILL, ORDER, STEP_BACK

#: A worker that has answered so many requests is replaced: what it took of the memory it would keep.
_MOST_REQUESTS = 20_000
#: After so many seconds a request lets the quick ones go first; its worker is replaced when it has answered.
_QUICK = 0.3
#: A worker that is at one request for so many seconds will not be free in a moment.
_MOMENT = 0.05
_PROCESSORS = max(2, os.cpu_count() or 1)
_LOOK = 0.25  # seconds between two looks at how much memory all workers take


class BusyError(Exception):
    """No worker is free, and too many requests wait already, or for too long."""


class StoppedError(Exception):
    """A worker ended before its answer.

    Args:
        why: ``too-slow``, ``too-large``, ``gone`` or ``ended``.
    """

    def __init__(self, why: str) -> None:
        """Keep the reason."""
        super().__init__(why)
        self.why = why


@dataclass
class Worker:
    """One worker.

    Attributes:
        process: its process id.
        reader: what it says; writer: what it is told.
        begun: when it was given its last request; answered: how many it has answered.
        stopped: why it was killed, or "".
        watch: looks whether the client is still there, since it lets others go first.
    """

    process: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    begun: float = 0.0
    answered: int = 0
    stopped: str = ""
    watch: asyncio.Task[None] | None = None


class Pool:
    """The workers of one keeper.

    Args:
        control: the socket to the keeper, which has loaded.
        limits: what they may take.
    """

    def __init__(self, control: socket.socket, limits: Limits) -> None:
        """Have no worker yet."""
        self._control = control
        self._limits = limits
        self._free: list[Worker] = []
        self._busy: dict[int, Worker] = {}
        self._coming = 0
        self._waiting: deque[asyncio.Future[bool]] = deque()
        self._ordering = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Have workers ready, and look after them from now on."""
        self._begin(self._watch_memory())
        for _ in range(_PROCESSORS):
            self._free.append(await self._fork())

    def close(self) -> None:
        """End: the keeper ends with its socket, and the workers with it."""
        for task in self._tasks:
            task.cancel()
        self._control.close()

    async def answer(
        self, scope: dict[str, Any], body: bytes, gone: Callable[[], Awaitable[None]]
    ) -> AsyncGenerator[tuple[bytes, bytes], None]:
        """Let a worker answer a request.

        Args:
            scope: the request as ASGI has it, plain data only.
            body: its body.
            gone: waits until the client has gone; then the worker is stopped.

        Yields:
            The frames of the answer; the last one is an end.

        Raises:
            BusyError: no worker is free in time.
            StoppedError: the worker was stopped, or ended by itself.
        """
        worker = await self._take()
        loop = asyncio.get_running_loop()
        worker.begun = loop.time()
        timers = [
            loop.call_later(self._limits.seconds, self._stop, worker, "too-slow"),
            loop.call_later(_QUICK, self._step_back, worker, gone),
        ]
        whole = False
        try:
            asked = pickle.dumps((scope, body))
            worker.writer.write(len(asked).to_bytes(4, "big") + asked)
            while not whole:
                sign, size = HEAD.unpack(await worker.reader.readexactly(HEAD.size))
                content = await worker.reader.readexactly(size) if size else b""
                whole = sign == END
                yield sign, content
        except (asyncio.IncompleteReadError, ConnectionError):
            raise StoppedError(worker.stopped or "ended") from None
        finally:
            for timer in timers:
                timer.cancel()
            worker.answered += 1
            if worker.watch is not None:
                worker.watch.cancel()
            kept = whole and worker.answered < _MOST_REQUESTS and worker.watch is None
            self._give_back(worker, kept=kept)

    def _step_back(self, worker: Worker, gone: Callable[[], Awaitable[None]]) -> None:
        """Let quick requests go before this one, and see whether anybody still waits for it."""
        self._order(STEP_BACK, worker.process)
        worker.watch = self._begin(self._watch(worker, gone))

    async def _watch(self, worker: Worker, gone: Callable[[], Awaitable[None]]) -> None:
        await gone()
        self._stop(worker, "gone")

    # -- taking turns

    async def _take(self) -> Worker:
        """A free worker, at once or after waiting.

        More workers than processors help only while those work on what takes long: then one more is forked.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + self._limits.seconds
        while not self._free:
            if self._has_room(_PROCESSORS):
                return await self._one_more()
            if len(self._waiting) >= self._limits.waiting:
                raise BusyError
            turn: asyncio.Future[bool] = loop.create_future()
            self._waiting.append(turn)
            moment = _MOMENT if self._has_room(self._limits.workers) else max(0.0, until - loop.time())
            hurry = loop.call_later(moment, _hurry, turn)
            try:
                in_turn = await turn
            finally:
                hurry.cancel()
                with contextlib.suppress(ValueError):
                    self._waiting.remove(turn)
            if not in_turn and self._has_room(self._limits.workers) and self._is_stuck():
                return await self._one_more()
            if loop.time() >= until:
                raise BusyError
        worker = self._free.pop()
        self._busy[worker.process] = worker
        return worker

    def _is_stuck(self) -> bool:
        now = asyncio.get_running_loop().time()
        return all(now - worker.begun > _MOMENT for worker in self._busy.values())

    async def _one_more(self) -> Worker:
        worker = await self._fork()
        self._busy[worker.process] = worker
        return worker

    def _has_room(self, most: int) -> bool:
        return len(self._free) + len(self._busy) + self._coming < most

    def _give_back(self, worker: Worker, *, kept: bool) -> None:
        self._busy.pop(worker.process, None)
        if kept:
            self._is_free(worker)
        else:
            worker.writer.close()
            self._order(KILL, worker.process)
            self._begin(self._replace())

    async def _replace(self) -> None:
        """Fork before the next request comes."""
        if not self._free and self._has_room(self._limits.workers):
            with contextlib.suppress(StoppedError):  # the next request is told
                self._is_free(await self._fork())

    def _is_free(self, worker: Worker) -> None:
        """Let who waits longest have a worker."""
        self._free.append(worker)
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()
        if self._waiting:
            self._waiting.popleft().set_result(True)

    # -- the keeper

    async def _fork(self) -> Worker:
        self._coming += 1
        try:
            async with self._ordering:
                process, connection = await asyncio.to_thread(self._receive_fork)
            reader, writer = await asyncio.open_unix_connection(sock=connection, limit=1 << 20)
        finally:
            self._coming -= 1
        return Worker(process, reader, writer)

    def _receive_fork(self) -> tuple[int, socket.socket]:
        try:
            self._control.sendall(ORDER.pack(FORK, 0))
            said, handles, _, _ = socket.recv_fds(self._control, 4, 1)
        except OSError:
            handles = []
        if not handles:  # the keeper has ended
            raise StoppedError("ended")
        return int.from_bytes(said, "big"), socket.socket(fileno=handles[0])

    def _order(self, sign: bytes, process: int) -> None:
        # So few bytes fit always: the keeper reads them in the order in which they are sent.
        with contextlib.suppress(OSError):
            self._control.sendall(ORDER.pack(sign, process))

    def _stop(self, worker: Worker, why: str) -> None:
        worker.stopped = worker.stopped or why
        self._order(KILL, worker.process)

    # -- looking after them

    async def _watch_memory(self) -> None:
        """Stop the largest worker while all of them together take too much."""
        while True:
            await asyncio.sleep(_LOOK)
            if len(self._busy) * self._limits.worker_memory <= self._limits.memory:
                continue  # the bound of each keeps them under it
            taken = {worker.process: _own_memory(worker.process) for worker in self._busy.values()}
            if sum(taken.values()) > self._limits.memory:
                largest = max(taken, key=lambda process: taken[process])
                if largest in self._busy:
                    self._stop(self._busy[largest], "too-large")

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _hurry(turn: asyncio.Future[bool]) -> None:
    """Wait no longer for a turn."""
    if not turn.done():
        turn.set_result(False)


def _own_memory(process: int) -> int:
    """How many bytes a process has for itself alone; 0 where that cannot be known."""
    try:
        with Path(f"/proc/{process}/smaps_rollup").open(encoding="ascii") as rollup:
            return sum(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Private_"))
    except OSError:
        return 0

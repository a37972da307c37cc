"""The workers of one keeper as the front sees them: who is free, who takes too long, who takes too much."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from sankofa.serve.keeper import Keeper, StoppedError, Worker
from sankofa.serve.limits import Limits
from sankofa.serve.workers import END, HEAD, parcel

#: A worker that has answered so many requests is replaced: what it took of the memory it would keep.
_MOST_REQUESTS = 20_000
#: After so many seconds a request lets the quick ones go first; its worker is replaced when it has answered.
_QUICK = 0.3
#: A worker that is at one request for so many seconds will not be free in a moment.
_MOMENT = 0.05
#: So many workers are kept free; more only help while others work on what takes long.
_PROCESSORS = max(2, os.cpu_count() or 1)
_LOOK = 0.25  # seconds between two looks at how much memory all workers take


class BusyError(Exception):
    """No worker is free, and too many requests wait already, or for too long."""


class Pool:
    """The workers of one keeper.

    Args:
        keeper: where they come from.
        limits: what they may take.
    """

    def __init__(self, keeper: Keeper, limits: Limits) -> None:
        """Have no worker yet."""
        self._keeper = keeper
        self._limits = limits
        self._free: list[Worker] = []
        self._busy: dict[int, Worker] = {}
        self._coming = 0
        self._waiting: deque[asyncio.Future[bool]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Have workers ready, and look after them from now on."""
        self._begin(self._watch_memory())
        self._begin(self._watch_keeper())
        self._is_free(await self._keeper.worker())
        for _ in range(_PROCESSORS - 1):
            self._add()

    def close(self) -> None:
        """End the keeper, and the workers with it."""
        for task in self._tasks:
            task.cancel()
        self._keeper.close()

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
            StoppedError: the worker was stopped, or ended by itself; or there are none any more.
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
            worker.writer.write(parcel((scope, body)))
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
                worker.watch = None
            self._give_back(worker, kept=whole and worker.answered < _MOST_REQUESTS and not worker.is_slow)

    def _step_back(self, worker: Worker, gone: Callable[[], Awaitable[None]]) -> None:
        """Let quick requests go before this one, and see whether anybody still waits for it."""
        self._keeper.step_back(worker)
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
            if self._keeper.ended.is_set():
                raise StoppedError("ended")
            if len(self._waiting) >= self._limits.waiting:
                raise BusyError
            if self._has_room(_PROCESSORS):
                self._add()
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
                self._add()
            if loop.time() >= until:
                raise BusyError
        worker = self._free.pop()
        self._busy[worker.process] = worker
        return worker

    def _is_stuck(self) -> bool:
        """Whether all work on what takes long, and fewer come than wait beside who asks."""
        now = asyncio.get_running_loop().time()
        return self._coming <= len(self._waiting) and all(
            now - worker.begun > _MOMENT for worker in self._busy.values()
        )

    def _has_room(self, most: int) -> bool:
        return len(self._free) + len(self._busy) + self._coming < most

    def _give_back(self, worker: Worker, *, kept: bool) -> None:
        self._busy.pop(worker.process, None)
        if kept and (len(self._free) < _PROCESSORS or self._waiting) and not self._keeper.ended.is_set():
            self._is_free(worker)
        else:
            worker.writer.close()
            self._keeper.kill(worker)
            if len(self._free) + self._coming < _PROCESSORS and self._has_room(self._limits.workers):
                self._add()  # before the next request comes

    def _add(self) -> None:
        """Have one more worker, who waits longest gets it; where there are none any more, who waits is told."""
        self._coming += 1
        self._begin(self._bring())

    async def _bring(self) -> None:
        try:
            with contextlib.suppress(StoppedError):
                self._is_free(await self._keeper.worker())
        finally:
            self._coming -= 1

    def _is_free(self, worker: Worker) -> None:
        """Let who waits longest have a worker."""
        self._free.append(worker)
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()
        if self._waiting:
            self._waiting.popleft().set_result(True)

    def _stop(self, worker: Worker, why: str) -> None:
        worker.stopped = worker.stopped or why
        self._keeper.kill(worker)

    # -- looking after them

    async def _watch_keeper(self) -> None:
        """Once the keeper has ended nobody ends a worker: those at work end by themselves, the others now."""
        await self._keeper.ended.wait()
        while self._free:
            self._free.pop().writer.close()
        while self._waiting:
            _hurry(self._waiting.popleft())

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

"""The workers of one keeper as the front sees them: who is free, who takes too long, who takes too much."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from sankofa.serve.keeper import Keeper, StoppedError, Take, Worker
from sankofa.serve.limits import Limits
from sankofa.serve.workers import parcel

#: A worker that has answered so many requests is replaced: what it took of the memory it would keep.
_MOST_REQUESTS = 20_000
#: A request that takes more seconds than this is long: where there are more than processors, it lets others go first.
_QUICK = 0.3
#: A worker that has answered a long request is used again if it has kept no more bytes of it than these.
_KEPT = 32 << 20
_PROCESSORS = max(2, os.cpu_count() or 1)
#: So many workers are kept ready: while one waits until its answer is read, another can work. More of them only help
#: while others work on what takes long.
_READY = _PROCESSORS + 1
#: Seconds between two looks at all workers. One that is at one request for so long will not be free in a moment.
_LOOK = 0.05
_LOOKS_AT_MEMORY = 5  # every so many of them also at how much memory all workers take


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
        self._waiting: deque[tuple[float, asyncio.Future[Worker]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Have workers ready, and look after them from now on."""
        self._begin(self._look_after())
        self._begin(self._watch_keeper())
        self._is_free(await self._keeper.worker())
        for _ in range(_READY - 1):
            self._add()

    def close(self) -> None:
        """End the keeper, and the workers with it."""
        for task in self._tasks:
            task.cancel()
        self._keeper.close()

    async def answer(
        self,
        scope: dict[str, Any],
        body: bytes,
        take: Take,
        gone: Callable[[], Awaitable[None]],
    ) -> None:
        """Let a worker answer a request.

        Args:
            scope: the request as ASGI has it, plain data only.
            body: its body.
            take: is given the frames of the answer one after the other; the last one is an end.
            gone: waits until the client has gone; then the worker is stopped.

        Raises:
            BusyError: no worker is free in time.
            StoppedError: the worker was stopped, or ended by itself; or there are none any more.
        """
        worker = await self._take()
        worker.gone = gone
        whole = False
        try:
            await worker.answer(parcel((scope, body)), take)
            whole = True
        finally:
            worker.answered += 1
            if worker.watch is not None:
                worker.watch.cancel()
                worker.watch = None
            usable = whole and worker.answered < _MOST_REQUESTS and not worker.is_slow
            self._give_back(worker, kept=usable and not (worker.is_long and worker.has_kept > _KEPT))

    # -- taking turns

    async def _take(self) -> Worker:
        """A free worker, at once or after waiting."""
        if self._free:
            return self._given(self._free.pop())
        if self._keeper.ended.is_set():
            raise StoppedError("ended")
        if len(self._waiting) >= self._limits.waiting:
            raise BusyError
        if self._has_room(_READY):
            self._add()
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Worker] = loop.create_future()
        self._waiting.append((loop.time(), turn))
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and not turn.exception():
                self._give_back(turn.result(), kept=True)
            raise

    def _given(self, worker: Worker) -> Worker:
        """A worker that begins to work on a request."""
        worker.begun = asyncio.get_running_loop().time()
        worker.is_long = False
        self._busy[worker.process] = worker
        self._make_way()
        return worker

    def _has_room(self, most: int) -> bool:
        return len(self._free) + len(self._busy) + self._coming < most

    def _give_back(self, worker: Worker, *, kept: bool) -> None:
        self._busy.pop(worker.process, None)
        if kept and (len(self._free) < _READY or self._waiting) and not self._keeper.ended.is_set():
            self._is_free(worker)
        else:
            worker.hang_up()
            self._keeper.kill(worker)
            if len(self._free) + self._coming < _READY and self._has_room(self._limits.workers):
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
        while self._waiting:
            _, turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(self._given(worker))
                return
        self._free.append(worker)

    # -- looking after them

    async def _look_after(self) -> None:
        """Look at all workers again and again: what takes too long, or too much, is stopped."""
        looks = 0
        while True:
            await asyncio.sleep(_LOOK)
            now = asyncio.get_running_loop().time()
            self._look_at_time(now)
            self._look_at_who_waits(now)
            looks += 1
            # the bound of each keeps a few of them under that of all
            if not looks % _LOOKS_AT_MEMORY and len(self._busy) * self._limits.worker_memory > self._limits.memory:
                self._look_at_memory()

    def _look_at_time(self, now: float) -> None:
        """Stop what takes too long; of what takes long, see whether anybody still waits for it."""
        for worker in self._busy.values():
            if now - worker.begun > self._limits.seconds:
                self._stop(worker, "too-slow")
            elif now - worker.begun > _QUICK and not worker.is_long:
                worker.is_long = True
                if worker.gone is not None:
                    worker.watch = self._begin(self._watch(worker, worker.gone))
        self._make_way()

    def _make_way(self) -> None:
        """Where more is worked on than there are processors, let others go before what takes long."""
        if len(self._busy) > _PROCESSORS:
            for worker in self._busy.values():
                if worker.is_long and not worker.is_slow:
                    self._keeper.step_back(worker)

    async def _watch(self, worker: Worker, gone: Callable[[], Awaitable[None]]) -> None:
        await gone()
        self._stop(worker, "gone")

    def _look_at_who_waits(self, now: float) -> None:
        """More workers than processors help only while those work on what takes long: then more are forked."""
        while self._waiting and (self._waiting[0][1].done() or now - self._waiting[0][0] > self._limits.seconds):
            _tell(self._waiting.popleft()[1], BusyError())
        if all(now - worker.begun > _LOOK for worker in self._busy.values()):
            while self._coming < len(self._waiting) and self._has_room(self._limits.workers):
                self._add()

    def _look_at_memory(self) -> None:
        """Stop the largest worker while all of them together take too much."""
        taken = {worker.process: _own_memory(worker.process) for worker in self._busy.values()}
        if sum(taken.values()) > self._limits.memory:
            largest = max(taken, key=lambda process: taken[process])
            self._stop(self._busy[largest], "too-large")

    def _stop(self, worker: Worker, why: str) -> None:
        if not worker.stopped:
            worker.stopped = why
            self._keeper.kill(worker)

    async def _watch_keeper(self) -> None:
        """Once the keeper has ended nobody ends a worker: those at work end by themselves, the others now."""
        await self._keeper.ended.wait()
        while self._free:
            self._free.pop().hang_up()
        while self._waiting:
            _tell(self._waiting.popleft()[1], StoppedError("ended"))

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _tell(turn: asyncio.Future[Worker], error: Exception) -> None:
    """Tell who waits for a worker that there is none."""
    if not turn.done():
        turn.set_exception(error)


def _own_memory(process: int) -> int:
    """How many bytes a process has for itself alone; 0 where that cannot be known."""
    try:
        with Path(f"/proc/{process}/smaps_rollup").open(encoding="ascii") as rollup:
            return sum(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Private_"))
    except OSError:
        return 0

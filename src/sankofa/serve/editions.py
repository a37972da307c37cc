"""What is served now, and how another takes its place without anybody noticing.

An edition is what one keeper has loaded, with its workers and the answers that are kept of it. When another one is to
be served, it is loaded beside the first; then new requests go to it, those under way end where they began, and the
first one ends with the last of them.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sankofa.serve.keeper import Keeper, Say
from sankofa.serve.limits import Limits
from sankofa.serve.pool import Pool

_LOOK = 1.0  # seconds between two looks at what is to be served
_LONGEST_PAUSE = 60.0
Headers = list[tuple[bytes, bytes]]
#: An answer that is kept: its headers and its body.
Answer = tuple[Headers, bytes]


class Kept:
    """Answers that are kept, up to so many bytes; the longest unasked go first.

    Args:
        most: how many bytes.

    Example:
        >>> kept = Kept(2_000)
        >>> kept.put("a", [], b"1")
        >>> kept.put("b", [], b"2")
        >>> kept.get("a"), kept.get("b")
        (None, ([], b'2'))
    """

    #: What an answer takes beside its body, at most.
    _BESIDE = 1_000

    def __init__(self, most: int) -> None:
        """Keep nothing yet."""
        self._most = most
        self._size = 0
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    def get(self, name: str) -> Answer | None:
        """The headers and the body of an answer."""
        if (found := self._answers.get(name)) is not None:
            self._answers.move_to_end(name)
        return found

    def put(self, name: str, headers: Headers, body: bytes) -> None:
        """Keep an answer."""
        self._size += len(body) + self._BESIDE
        if (before := self._answers.pop(name, None)) is not None:
            self._size -= len(before[1]) + self._BESIDE
        self._answers[name] = (headers, body)
        while self._size > self._most:
            _, (_, gone) = self._answers.popitem(last=False)
            self._size -= len(gone) + self._BESIDE

    def clear(self) -> None:
        """Keep nothing any more, and nothing new."""
        self._most = 0
        self._size = 0
        self._answers.clear()


class Edition:
    """What one keeper has loaded.

    Attributes:
        identity: names it.
        told: what the front says by itself when no worker can.
        pool: its workers.
        kept: answers that are kept of it.
    """

    def __init__(self, keeper: Keeper, limits: Limits) -> None:
        """Nobody asks it yet."""
        self.identity = keeper.identity
        self.told: dict[str, Any] = keeper.told
        self.pool = Pool(keeper, limits)
        self.kept = Kept(limits.kept)
        self.ended = keeper.ended
        self._asked = 0
        self._is_over = False
        self._under_way: dict[str, list[asyncio.Future[Answer | str]]] = {}

    async def under_way(self, name: str) -> Answer | str | None:
        """Wait while somebody works on an answer: the answer, or why there is none; None when nobody does.

        Args:
            name: the name of the answer.
        """
        if (waiting := self._under_way.get(name)) is None:
            return None
        turn: asyncio.Future[Answer | str] = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        return await turn

    @contextmanager
    def beginning(self, name: str) -> Iterator[Callable[[Answer | str], None]]:
        """Begin to work on an answer, for all who ask for it meanwhile.

        Args:
            name: the name of the answer.

        Yields:
            What gives them the answer, or tells why there is none; by default because the client has gone.
        """
        waiting = self._under_way.setdefault(name, [])

        def ends(how: Answer | str) -> None:
            if self._under_way.get(name) is waiting:
                del self._under_way[name]
            while waiting:
                if not (turn := waiting.pop()).done():  # who waited may have gone
                    turn.set_result(how)

        try:
            yield ends
        finally:
            ends("gone")

    @contextmanager
    def asked(self) -> Iterator[None]:
        """While it answers a request, it does not end."""
        self._asked += 1
        try:
            yield
        finally:
            self._asked -= 1
            if self._is_over and not self._asked:
                self.pool.close()

    def end(self) -> None:
        """End with the last request that is under way."""
        self._is_over = True
        self.kept.clear()
        if not self._asked:
            self.pool.close()


class Editions:
    """The edition that is served, and what looks after it.

    Args:
        open_keeper: starts a keeper and waits until it has loaded.
        mark: a word that changes when another edition is to be served.
        limits: what workers may take.
        say: where it is told what becomes of it.
    """

    def __init__(
        self, open_keeper: Callable[[], Awaitable[Keeper]], mark: Callable[[], object], limits: Limits, say: Say
    ) -> None:
        """Serve nothing yet."""
        self._open_keeper = open_keeper
        self._mark = mark
        self._limits = limits
        self._say = say
        self._wanted = asyncio.Event()
        self._now: Edition | None = None
        self._looking: asyncio.Task[None] | None = None

    @property
    def now(self) -> Edition:
        """The one for new requests."""
        if self._now is None:
            raise RuntimeError("nothing was opened yet")
        return self._now

    async def open(self) -> None:
        """Load the first one, and look from now on whether another one is to be served.

        Raises:
            Exception: whatever was raised when it loaded.
        """
        known = self._mark()
        self._now = await self._new()
        self._looking = asyncio.create_task(self._look_after(known))
        if hasattr(signal, "SIGHUP"):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._hang_up, _has_terminal())

    def renew(self) -> None:
        """Load again what is to be served now."""
        self._wanted.set()

    def close(self) -> None:
        """End."""
        if self._looking is not None:
            self._looking.cancel()
        if self._now is not None:
            self._now.pool.close()

    def _hang_up(self, had_terminal: bool) -> None:
        """A service is told with this signal to look again; who lost his terminal has gone."""
        if had_terminal and not _has_terminal():
            signal.raise_signal(signal.SIGTERM)
        self.renew()

    async def _new(self) -> Edition:
        edition = Edition(await self._open_keeper(), self._limits)
        await edition.pool.start()
        return edition

    async def _look_after(self, known: object) -> None:
        pause = _LOOK
        while True:
            await self._sign()
            has_ended, mark = self.now.ended.is_set(), self._mark()
            if not (has_ended or self._wanted.is_set() or mark != known):
                continue
            known = mark
            self._wanted.clear()
            if has_ended:
                self._say("the process that held what is served has ended; another one loads it")
            try:
                self._replace(await self._new())
                pause = _LOOK
            except Exception as error:
                kept = "" if has_ended else "; what was served goes on being served"
                self._say(f"what is to be served now cannot be{kept}: {str(error) or type(error).__name__}")
                if has_ended:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)

    async def _sign(self) -> None:
        """Wait for something to do, or a moment."""
        signs = [asyncio.create_task(each.wait()) for each in (self._wanted, self.now.ended)]
        try:
            await asyncio.wait(signs, timeout=_LOOK, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in signs:
                each.cancel()

    def _replace(self, new: Edition) -> None:
        old = self.now
        if new.identity == old.identity and not old.ended.is_set():
            new.end()
            return
        self._say("it is served again" if new.identity == old.identity else "another one is served from now on")
        self._now = new
        old.end()


def _has_terminal() -> bool:
    """Whether somebody sits before this process."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True

"""Killed at any moment, the graph has the whole change or nothing of it, and every change that was acknowledged.

A child process changes one and the same folder on and on and reports each change when it is done. It is killed
(SIGKILL) at random moments, and at each step between the bytes of the log and the transaction of the store. After
each kill the folder is opened and compared with what the child was doing.

The children are forked from a nursery: a process that has imported the store and never opened one, so that each child
starts in no time and without the engine's threads (this file, run as a script).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from sankofa.store import Change, Embedded, disk
from sankofa.store.log import to_patch

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

BASE = "https://example.org/net/"
P = NamedNode("http://purl.org/dc/terms/title")
KILLS_AT_RANDOM = 160
#: Between which steps a child kills itself: before and after each call that touches the disk.
STEPS = ["open", "fsync", "replace", "sync_folder", "transact"]
KILLS_AT_A_STEP = 10


def rows(number: int, size: int) -> set[Quad]:
    """What change ``number`` is about: a few quads of one record, so that each change can be told from all others."""
    record = NamedNode(f"{BASE}id/story/s-{number}")
    return {Quad(record, P, Literal(f"{number}-{n} é", language="fr")) for n in range(size)}


def plan(number: int, seed: int) -> tuple[str, int]:
    """What the change of that number does: add, remove what an earlier one added, or undo the one before."""
    dice = random.Random(f"{seed}-{number}")
    if number > 3 and dice.random() < 0.2:
        return "undo", number - 1
    if number > 3 and dice.random() < 0.2:
        return "remove", dice.randrange(1, number - 1)
    return "add", dice.choice([1, 1, 2, 3, 20])


def carry_out(store: Embedded, number: int, seed: int) -> bool:
    """Make the next change; False when it would change nothing (and so gets no number)."""
    kind, what = plan(number, seed)
    header = {"who": "child", "when": "2026-03-01", "why": f"{kind} {what}"}
    if kind == "undo" and store.history()[-1].undoes is None:
        return store.undo(what, who="child", when="2026-03-01").number == number
    if kind == "remove":
        quads = tuple(quad for quad in store.quads(NamedNode(f"{BASE}id/story/s-{what}")))
        if quads:
            return store.apply(Change(removed=quads, **header)).number == number  # type: ignore[arg-type]
    added = tuple(rows(number, what if kind == "add" else 1))
    return store.apply(Change(added=added, **header)).number == number  # type: ignore[arg-type]


def child(folder: Path, pipe: int, seed: int, step: str, calls: int) -> None:
    """Change the graph until killed, and report each number when the change is acknowledged."""
    if step == "following":  # killed before or after the first transaction of the opening itself
        Embedded._write = _fatal(Embedded._write, before=calls % 2 == 0)  # type: ignore[method-assign]
    with Embedded.open(folder) as store:
        os.write(pipe, b"ready\n")
        if step:
            killing(step, calls)(store)
        while True:
            number = store.version + 1
            assert carry_out(store, number, seed)
            os.write(pipe, f"{number}\n".encode())


def _fatal(original: Callable[..., object], *, before: bool) -> Callable[..., None]:
    def wrapped(*args: object) -> None:
        if not before:
            original(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    return wrapped


def killing(step: str, calls: int) -> Callable[[Embedded], None]:
    """Make the process kill itself at a step, the given number of calls later; odd: before it, even: after it."""

    def arm(store: Embedded) -> None:
        left = calls // 2

        def wrap(original: Callable[..., object]) -> Callable[..., object]:
            def wrapped(*args: object, **kwargs: object) -> object:
                nonlocal left
                left -= 1
                if left < 0 and calls % 2:
                    os.kill(os.getpid(), signal.SIGKILL)
                result = original(*args, **kwargs)
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return result

            return wrapped

        if step == "transact":
            store._write = wrap(store._write)  # type: ignore[method-assign]
        elif step == "fsync":
            disk.os.fsync = wrap(os.fsync)  # type: ignore[assignment]
        elif step == "sync_folder":
            disk.sync_folder = wrap(disk.sync_folder)  # type: ignore[assignment]
        else:
            setattr(Path, step, wrap(getattr(Path, step)))

    return arm


def nursery() -> None:
    """Fork a child for every line "folder seed step calls", tell its number, and later how it ended."""
    for line in sys.stdin:
        folder, seed, step, calls = line.split("\t")
        pid = os.fork()
        if pid == 0:
            try:
                child(Path(folder), 1, int(seed), step, int(calls))
            finally:
                os._exit(1)
        os.write(1, f"pid {pid}\n".encode())
        _, status = os.waitpid(pid, 0)
        os.write(1, f"end {status}\n".encode())


class Nursery:
    """The process that forks the children, and what it and they say."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def run_and_kill(self, folder: Path, seed: int, delay: float | None, step: str = "", calls: int = 0) -> list[int]:
        """Let a child work, have it killed after a delay or at a step, and return what it had acknowledged."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{folder}\t{seed}\t{step}\t{calls}\n")
        said: list[int] = []
        pid, ready = 0, False
        for line in self._process.stdout:
            word, _, rest = line.strip().partition(" ")
            if word == "end":
                status = int(rest)
                assert os.WIFSIGNALED(status), f"the child ended by itself ({os.WEXITSTATUS(status)})"
                assert os.WTERMSIG(status) == signal.SIGKILL
                return said
            if word == "pid":
                pid = int(rest)
            elif word == "ready":
                ready = True
            else:
                said.append(int(word))
            if pid and ready and delay is not None:
                time.sleep(delay)
                os.kill(pid, signal.SIGKILL)
                delay = None
        raise AssertionError("the nursery is gone")

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def children() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A new graph; in memory where the system can: a process dies the same way, and syncing costs nothing."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else tmp_path) as place:
        Embedded.create(Path(place, "kg"), base=BASE).close()
        yield Path(place, "kg")


class Expected:
    """What the graph must hold after so many changes, carried out in memory without any crash."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._store = Embedded.memory(BASE)

    def after(self, number: int) -> bytes:
        while self._store.version < number:
            assert carry_out(self._store, self._store.version + 1, self._seed)
        assert self._store.version == number
        return self._store.dump()


def check(folder: Path, expected: Expected, acknowledged: list[int], before: int) -> int:
    """Open the folder after a kill; the version it came to."""
    with Embedded.open(folder) as store:
        last = acknowledged[-1] if acknowledged else before
        assert acknowledged == list(range(before + 1, last + 1))
        assert store.version in (last, last + 1), "an acknowledged change is lost, or one nobody made is there"
        assert store._recorded_version() == store.version == store._log.last
        assert store.dump() == expected.after(store.version), "a part of a change is there, or a part is missing"
        assert not list((folder / "log").glob(".*"))
        return store.version


def test_killed_at_random_moments(folder: Path, children: Nursery) -> None:
    seed, version = 1, 0
    dice, expected = random.Random(7), Expected(seed)
    for _ in range(KILLS_AT_RANDOM):
        acknowledged = children.run_and_kill(folder, seed, dice.expovariate(150))
        version = check(folder, expected, acknowledged, version)
    with Embedded.open(folder) as store:
        store.verify()
        assert store.version == version > 20


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_two_steps(folder: Path, children: Nursery, step: str) -> None:
    seed, version, ahead = 2, 0, 0
    expected = Expected(seed)
    for calls in range(KILLS_AT_A_STEP):
        acknowledged = children.run_and_kill(folder, seed, None, step, calls)
        entries = len(list((folder / "log").glob("*.patch")))
        last = acknowledged[-1] if acknowledged else version
        ahead += entries > last
        version = check(folder, expected, acknowledged, version)
        assert version == entries, "the store did not follow the log"
    if step != "fsync":  # there are two of them, of the file and of the folder
        # before the rename nothing of the change is there; from the rename on, all of it
        assert ahead == {"open": 0, "replace": 5, "sync_folder": 10, "transact": 10}[step]
    with Embedded.open(folder) as store:
        store.verify()


def test_killed_while_following_the_log(folder: Path, children: Nursery) -> None:
    """A crash during recovery from a crash: the next opening does it again."""
    with Embedded.open(folder) as store:
        for number in range(1, 6):
            assert carry_out(store, number, 3)
        previous, asserted = store.history()[-1].id, store.graphs.asserted
    quads = tuple(Quad(quad.subject, quad.predicate, quad.object, asserted) for quad in rows(6, 3))
    patch = to_patch(Change(added=quads, when="2026-03-01", number=6), previous)
    (folder / "log" / "000006.patch").write_bytes(patch)
    for calls in (0, 1):
        assert children.run_and_kill(folder, 3, None, "following", calls) == []
    with Embedded.open(folder) as store:
        assert (store.version, store._recorded_version()) == (6, 6)
        assert set(quads) <= set(store.quads())
        store.verify()


if __name__ == "__main__":
    nursery()

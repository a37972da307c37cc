"""A disk that is full, read-only or broken, at each step of each thing that writes: the old state or the new one.

What fails says what is wrong with the disk, the lock is given back, and the same can be done again.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyoxigraph import Triple

import sankofa
from command import process, run
from sankofa.errors import StorageError
from sankofa.graph import Graph
from sankofa.publish.release import current, releases
from test_publish import PREFIXES, record, theme

BASE = "https://example.org/net/"
#: Every call by which something is written.
CALLS: dict[str, tuple[object, str]] = {
    "sync": (os, "fsync"),
    "open a folder": (os, "open"),
    "open": (Path, "open"),
    "replace": (Path, "replace"),
    "rename": (Path, "rename"),
    "make a folder": (Path, "mkdir"),
    "remove": (Path, "unlink"),
    "remove a folder": (shutil, "rmtree"),
}
#: What a disk may answer to it.
WRONG = [errno.ENOSPC, errno.EROFS, errno.EIO]
#: Of what is withdrawn, and of nothing else.
WORD = b"zyzzyva"
NETWORK = PREFIXES + record("theme/tax", says=theme("Tax")) + record("theme/land", says=theme(f"{WORD.decode()} land"))


# -- at each step


def load(graph: Graph, folder: Path) -> None:
    graph.load(folder / "more.ttl", when="2026-03-02")


def capture(graph: Graph, folder: Path) -> None:
    graph.capture(folder / "themes.csv", when="2026-03-02")


def change(graph: Graph, folder: Path) -> None:
    with graph.change("a note", when="2026-03-02") as edit:
        edit.set(f"{BASE}id/theme/tax", note={"en": "noted"})


def undo(graph: Graph, folder: Path) -> None:
    graph.undo(2, when="2026-03-02")


def withdraw(graph: Graph, folder: Path) -> None:
    graph.withdraw(f"{BASE}id/theme/land", reason="asked for", when="2026-03-02")


WORKS = {work.__name__: work for work in (load, capture, change, undo, withdraw)}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph, and beside it what is read into it."""
    folder = tmp_path_factory.mktemp("network")
    (folder / "in.ttl").write_text(NETWORK, encoding="utf-8")
    (folder / "more.ttl").write_text(PREFIXES + record("theme/water", says=theme("Water")), encoding="utf-8")
    (folder / "themes.csv").write_text("id,title@fr,title@en\nair,Air,Air\n", encoding="utf-8")
    run("init", folder / "kg", "--base", BASE, "--title", "X", "--date", "2026-03-01")
    run("--kg", folder / "kg", "load", folder / "in.ttl", "--date", "2026-03-01")
    return folder


def held(graph: Graph) -> set[Triple]:
    """What was asserted."""
    return set(graph.store.asserted())


class Disk:
    """A folder whose disk fails at one call, and counts them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = 0

    @contextmanager
    def failing(self, call: str, *, at: int = -1, number: int = errno.EIO) -> Iterator[None]:
        """Let so many calls through, then fail once."""
        owner, name = CALLS[call]
        real = getattr(owner, name)

        def called(*given: object, **named: object) -> object:
            if isinstance(given[0], int) or Path(str(given[0])).is_relative_to(self.folder):
                self.calls += 1
                if self.calls == at + 1:
                    raise OSError(number, os.strerror(number))
            return real(*given, **named)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, called)
            yield


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_the_old_state_or_the_new_one(
    network: Path, tmp_path: Path, work: Callable[[Graph, Path], object], call: str
) -> None:
    kg = shutil.copytree(network / "kg", tmp_path / "whole")
    with sankofa.open(kg) as graph:
        before = held(graph)
        counting = Disk(kg)
        with counting.failing(call):
            work(graph, network)
        after = held(graph)
    assert before != after
    for at in range(counting.calls):
        kg = shutil.copytree(network / "kg", tmp_path / str(at))
        holds = after
        with sankofa.open(kg) as graph:
            with Disk(kg).failing(call, at=at, number=WRONG[at % len(WRONG)]):
                try:
                    work(graph, network)
                except StorageError as error:
                    assert str(kg) in error.where
                    if work is not withdraw or "the record is withdrawn" not in error.hint:
                        assert "nothing was changed" in error.hint
                        holds = before
            assert held(graph) == holds
        with sankofa.open(kg) as graph:  # its lock was given back, and the disk has what was said
            assert held(graph) == holds
            if holds == before:
                work(graph, network)
            assert held(graph) == after
            graph.store.verify()  # type: ignore[attr-defined]
        if work is withdraw:
            assert not [file for file in kg.rglob("*") if file.is_file() and WORD in file.read_bytes()]
        shutil.rmtree(kg)


#: Where a build fails: before its first file, at a dump, before it has its name, before it is current.
BUILDS = [("make a folder", 0), ("sync", 105), ("rename", 0), ("replace", 2)]


@pytest.mark.parametrize(("call", "at"), BUILDS)
def test_a_build_that_fails_makes_nothing_current(network: Path, tmp_path: Path, call: str, at: int) -> None:
    out = tmp_path / "out"
    with sankofa.open(network / "kg", read_only=True) as graph:
        with Disk(out).failing(call, at=at, number=errno.ENOSPC), pytest.raises(StorageError, match="the disk is full"):
            graph.release(out)
        assert current(out) == ""
        begun = releases(out)
        built = graph.release(out)
    assert begun in ([], [built.name])
    assert (current(out), releases(out)) == (built.name, [built.name])
    assert {path.name for path in out.iterdir()} <= {built.name, "current", "left-out", ".lock"}


# -- a full disk -----------------------------------------------------------------------------------------------------


@contextmanager
def mounted(place: Path, *ways: list[str]) -> Iterator[Path]:
    """A folder over which something is mounted."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a disk")
    for options in ways:
        made = subprocess.run(["mount", *options, place], capture_output=True, check=False)
        if made.returncode:
            pytest.skip(f"this machine lets nobody mount: {made.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    with mounted(place, ["-t", "tmpfs", "-o", "size=12m", "tmpfs"]):
        yield place


def fill(disk: Path) -> Path:
    """Take all the space that is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(b"0" * size)
            except OSError:
                size //= 2
    return ballast


def test_a_full_disk_changes_nothing_and_says_so(disk: Path, tmp_path: Path) -> None:
    kg = disk / "kg"
    run("init", kg, "--base", BASE, "--title", "X")
    story = tmp_path / "story.nt"
    story.write_text(
        "".join(f'<{BASE}id/story/{n}> <http://purl.org/dc/terms/title> "{"x" * 50}"@fr .\n' for n in range(4000)),
        encoding="utf-8",
    )
    sheet = tmp_path / "stories.csv"
    sheet.write_text("id,title@fr\n" + "".join(f"s-{n},{'x' * 50}\n" for n in range(4000)), encoding="utf-8")
    before = run("--kg", kg, "dump").stdout_bytes
    ballast = fill(disk)
    for command in (["load", story], ["capture", sheet], ["dump", "-o", disk / "out.nq"], ["undo", "1"]):
        done = process("--kg", kg, *command)
        assert done.returncode == 3, (command, done.stderr)
        assert b"Traceback" not in done.stderr
        assert b"the disk is full" in done.stderr
        assert b"free some space" in done.stderr
        assert run("--kg", kg, "dump").stdout_bytes == before
    assert not (disk / "out.nq").exists()
    for command in (["history"], ["query", "cities"], ["validate", "--level", "draft"]):
        run("--kg", kg, *command)
    ballast.unlink()
    assert "4000 triples added" in run("--kg", kg, "load", story).stderr


def test_an_old_file_outlives_a_dump_that_does_not_fit(disk: Path) -> None:
    out = disk / "out.nq"
    out.write_bytes(b"old")
    fill(disk)
    assert "the disk is full" in run("dump", "-o", out, code=3).stderr
    assert out.read_bytes() == b"old"
    assert sorted(file.name for file in disk.iterdir()) == ["ballast", "out.nq"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a device that is always full")
def test_an_output_that_takes_nothing_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [Path(sys.executable).with_name("sankofa"), "dump"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert b"No space left" in done.stderr


# -- a disk that takes nothing ----------------------------------------------------------------------------------------


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Path]:
    """A graph on a read-only disk."""
    place = tmp_path / "disk"
    place.mkdir()
    run("init", place / "kg", "--base", BASE, "--title", "X")
    with mounted(place, ["--bind", str(place)], ["-o", "remount,bind,ro"]):
        yield place


def test_a_read_only_folder_can_be_read_and_refuses_changes(sealed: Path, network: Path) -> None:
    for command in (["load", network / "more.ttl"], ["capture", network / "themes.csv"], ["undo", "1"]):
        assert "the disk is read-only" in run("--kg", sealed / "kg", *command, code=3).stderr
    assert "read-only" in run("init", sealed / "new", "--base", BASE, "--title", "Y", code=3).stderr
    assert "read-only" in run("dump", "-o", sealed / "x.nq", code=3).stderr
    for command in (["dump"], ["history"], ["query", "cities"], ["validate", "--level", "draft"], ["dump", "--all"]):
        run("--kg", sealed / "kg", *command)

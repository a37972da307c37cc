"""The log of changes, the folder of a graph, and the lock."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from sankofa.errors import HeldByAnother, NotAGraph, ParameterError, ReadOnly, StorageError, UnknownName, WrongUsage
from sankofa.store import Change, Embedded, disk, embedded
from sankofa.store.changes import Entry
from sankofa.store.lock import Lock
from sankofa.store.log import BrokenEntryError, Log, read_change, read_entry, to_patch

BASE = "https://example.org/net/"
P = NamedNode("http://purl.org/dc/terms/title")
G = NamedNode(f"{BASE}graph/asserted")


def said(slug: str, text: str) -> Quad:
    return Quad(NamedNode(f"{BASE}id/story/{slug}"), P, Literal(text, language="en"), G)


def filled(folder: Path, changes: int = 3) -> Path:
    with Embedded.create(folder, base=BASE) as store:
        for number in range(1, changes + 1):
            store.apply(Change(added=(said("a", f"text {number}"),), who="Awa", when=f"2026-03-{number:02d}", why="x"))
    return folder


# -- entries


def test_an_entry_is_an_rdf_patch() -> None:
    change = Change(
        removed=(said("a", "old"),),
        added=(said("a", "new"),),
        number=2,
        who="Awa",
        when="2026-03-01",
        why='"x"\n\\',
        undoes=1,
    )
    text = to_patch(change, "urn:sha256:00").decode().splitlines()
    assert text[0].startswith("H id <urn:sha256:")
    assert text[1:7] == [
        "H prev <urn:sha256:00> .",
        "H number 2 .",
        'H who "Awa" .',
        'H when "2026-03-01" .',
        'H why "\\"x\\"\\n\\\\" .',
        "H undoes 1 .",
    ]
    assert text[7].startswith("H rows <urn:sha256:")
    assert text[8:] == ["TX .", f"D {said('a', 'old')} .", f"A {said('a', 'new')} .", "TC ."]
    assert read_change(to_patch(change, "")) == change
    assert read_entry(to_patch(change, "urn:x")).signature == "change 2 by Awa on 2026-03-01"


def test_odd_text_comes_back_from_an_entry() -> None:
    odd = 'TC .\nH "\\ \u0001 \u0085 \u2028 \U0001f600 é\r'
    change = Change(added=(Quad(said("a", odd)[0], P, Literal(odd), G),), number=1, who=odd, when="2026-03-01", why=odd)
    assert read_change(to_patch(change, "")) == change


def test_every_cut_of_an_entry_is_noticed() -> None:
    data = to_patch(Change(added=(said("a", "é"), said("b", "TC .")), number=1, when="2026-03-01"), "")
    for end in range(len(data)):
        with pytest.raises(BrokenEntryError):
            read_change(data[:end])


def test_altered_headers_are_noticed() -> None:
    data = to_patch(Change(added=(said("a", "x"),), number=1, who="Awa", when="2026-03-01"), "")
    for old, new in (
        (b"Awa", b"Eve"),
        (b"number 1", b"number 2"),
        (b"H who", b"X who"),
        (b"rows <urn:sha256:", b"rows <urn:sha1:"),
    ):
        with pytest.raises(BrokenEntryError):
            read_entry(data.replace(old, new))


def test_the_chain_finds_what_was_altered_afterwards(tmp_path: Path) -> None:
    folder = filled(tmp_path / "kg")
    Log(folder / "log").verify()
    second = folder / "log" / "000002.patch"
    whole = second.read_bytes()
    second.write_bytes(whole.replace(b"text 2", b"text 9"))
    with pytest.raises(StorageError, match=r"000002\.patch: .*rows were altered"):
        Log(folder / "log").verify()
    forged = to_patch(Change(added=(said("a", "text 9"),), number=2, when="2026-03-02"), read_entry(whole).previous)
    second.write_bytes(forged)
    with pytest.raises(StorageError, match=r"000003\.patch: .*does not follow"):
        Log(folder / "log").verify()


def test_a_log_in_memory_has_no_files() -> None:
    memory = Log()
    assert (memory.last, memory.history()) == (0, [])
    with pytest.raises(UnknownName):
        memory.read(1)
    with pytest.raises(StorageError):
        memory.path(1)
    assert Entry(1, "", "2026-03-01", "").signature == "change 1 by somebody unnamed on 2026-03-01"


def test_the_digest_of_an_entry_is_the_same_on_every_machine() -> None:
    change = Change(added=(said("a", "é"),), number=1, who="Awa", when="2026-03-01", why="x")
    # the chains of stored logs depend on it
    assert (
        read_entry(to_patch(change, "")).id
        == "urn:sha256:b5d82d6f435f1aadbb8596ba80b3edc42eaee12d5638854a43c6b174b2aa5dc7"
    )


# -- the folder


def test_a_folder_keeps_everything(tmp_path: Path) -> None:
    folder = filled(tmp_path / "kg")
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "log", "sankofa.toml", "store"]
    assert (folder / "sankofa.toml").read_text() == f'format = 1\nbase = "{BASE}"\n'
    assert [path.name for path in sorted((folder / "log").iterdir())] == [f"00000{n}.patch" for n in (1, 2, 3)]
    with Embedded.open(folder) as store:
        assert (store.version, store.base, len(list(store.asserted()))) == (3, BASE, 3)
        store.load_reserved(store.graphs.inferred, [said("z", "i").triple], stamp="s")
    with Embedded.open(folder) as store:
        assert store.stamp(store.graphs.inferred) == "s"
        assert store.apply(Change(added=(said("b", "more"),))).number == 4
        store.verify()


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(NotAGraph, match="no graph in this folder"):
        Embedded.open(tmp_path / "nothing")
    (tmp_path / "sankofa.toml").write_text("format = 99\nbase = 'http://x/'")
    with pytest.raises(NotAGraph, match="not of format 1"):
        Embedded.open(tmp_path)
    (tmp_path / "sankofa.toml").write_text("format = ")
    with pytest.raises(NotAGraph, match="cannot be read"):
        Embedded.open(tmp_path)
    with pytest.raises(WrongUsage, match="holds a graph already"):
        Embedded.create(filled(tmp_path / "kg"), base=BASE)
    with pytest.raises(ParameterError):
        Embedded.create(tmp_path / "new", base="nonsense")
    assert not (tmp_path / "new").exists()


def test_a_store_that_is_behind_follows_the_log(tmp_path: Path) -> None:
    folder = filled(tmp_path / "kg")
    shutil.rmtree(folder / "store")
    with Embedded.open(folder) as store:
        assert (store.version, len(list(store.asserted()))) == (3, 3)
    ahead = to_patch(
        Change(added=(said("z", "ahead"),), removed=(said("a", "text 1"),), number=4, when="2026-03-04"), ""
    )
    (folder / "log" / "000004.patch").write_bytes(ahead)
    (folder / "log" / ".000005.patch.tmp").write_bytes(b"half")
    with Embedded.open(folder, read_only=True) as reader:
        assert (reader.version, len(list(reader.asserted()))) == (4, 3)
    with Embedded.open(folder) as store:
        assert (store.version, len(list(store.asserted()))) == (4, 3)
    assert not (folder / "log" / ".000005.patch.tmp").exists()


def test_a_log_that_is_behind_is_told(tmp_path: Path) -> None:
    folder = filled(tmp_path / "kg")
    (folder / "log" / "000003.patch").unlink()
    with pytest.raises(StorageError, match="store is at change 3, the log ends with 2"):
        Embedded.open(folder)
    (folder / "log" / "000001.patch").unlink()
    with pytest.raises(StorageError, match="change 1 is missing"):
        Embedded.open(folder)
    Embedded.open(filled(tmp_path / "other")).close()


@pytest.mark.parametrize("real", [False, True])
def test_the_last_entry_cut_at_any_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real: bool) -> None:
    """Cut before the store has it: the old state. Cut afterwards: said clearly, with the file."""
    folder = filled(tmp_path / "kg", 2)
    with Embedded.open(folder) as store:
        old, quads = store.dump(), list(store.raw)
    entry = folder / "log" / "000003.patch"
    previous = read_entry((folder / "log" / "000002.patch").read_bytes()).id
    whole = to_patch(Change(added=(said("z", "é"),), number=3, when="2026-03-03"), previous)
    # the engine's files take 0.1 s to open: all offsets with an engine in memory, some with the real one
    offsets = range(0, len(whole), 61 if real else 1)

    def engine_in_memory(_: Path) -> pyoxigraph.Store:
        raw = pyoxigraph.Store()
        raw.extend(quads)
        return raw

    if not real:
        monkeypatch.setattr(embedded, "open_engine", engine_in_memory)
    for end in offsets:
        entry.write_bytes(whole[:end])
        with Embedded.open(folder, read_only=True) as reader:
            assert (reader.version, reader.dump()) == (2, old)
        with Embedded.open(folder) as store:
            assert (store.version, store.dump()) == (2, old)
        assert not entry.exists()
        assert entry.with_suffix(".broken").read_bytes() == whole[:end]
    entry.write_bytes(whole)
    with Embedded.open(folder) as store:
        assert store.version == 3
        quads = list(store.raw)
    for end in offsets:
        entry.write_bytes(whole[:end])
        with pytest.raises(StorageError, match=r"000003\.patch: the log entry is broken"):
            Embedded.open(folder)


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    folder = filled(tmp_path / "kg")
    (folder / "store" / "CURRENT").write_bytes(b"nonsense\n")
    with pytest.raises(StorageError) as caught:
        Embedded.open(folder)
    assert str(folder / "store") in str(caught.value)


# -- disks that fail


@pytest.mark.parametrize("step", ["open", "fsync", "replace", "sync_folder"])
def test_a_full_disk_leaves_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    folder = filled(tmp_path / "kg")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with Embedded.open(folder) as store:
        before = store.dump()
        targets: dict[str, tuple[object, str]] = {
            "open": (Path, "open"),
            "fsync": (disk.os, "fsync"),
            "replace": (Path, "replace"),
            "sync_folder": (disk, "sync_folder"),
        }
        with monkeypatch.context() as patch:
            patch.setattr(*targets[step], fail)
            with pytest.raises(StorageError, match="disk is full"):
                store.apply(Change(added=(said("z", "z"),)))
        assert (store.version, store.dump(), store._log.last) == (3, before, 3)
        assert store.apply(Change(added=(said("z", "z"),))).number == 4
    with Embedded.open(folder) as store:
        assert store.version == 4
        store.verify()


def test_an_engine_that_cannot_write_leaves_no_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = filled(tmp_path / "kg")
    with Embedded.open(folder) as store:

        def fail(*_: object) -> None:
            raise OSError("IO error: No space left on device: While appending to file")

        with monkeypatch.context() as patch:
            patch.setattr(store, "_write", fail)
            with pytest.raises(StorageError, match="disk is full"):
                store.apply(Change(added=(said("z", "z"),)))
            with pytest.raises(StorageError, match="disk is full"):
                store.load_reserved(store.graphs.inferred, [said("z", "i").triple])
        assert (store.version, store._log.last) == (3, 3)
    assert not (folder / "log" / "000004.patch").exists()


# -- one writer


def test_a_second_writer_is_told_who_and_what_to_do(tmp_path: Path) -> None:
    folder = filled(tmp_path / "kg")
    program = (
        "import sys, time; from sankofa.store import Embedded\n"
        "store = Embedded.open(sys.argv[1]); print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(HeldByAnother) as caught:
            Embedded.open(folder)
        signed = json.loads((folder / "lock").read_text())
        for part in (str(holder.pid), signed["user"], signed["host"], signed["since"], "read_only=True", "release"):
            assert part in str(caught.value)
        assert caught.value.exit_code == 3
        with Embedded.open(folder, read_only=True) as reader:
            assert len(list(reader.asserted())) == 3
            reader.load_reserved(reader.graphs.inferred, [said("z", "i").triple])
            with pytest.raises(ReadOnly, match="read only"):
                reader.apply(Change(added=(said("z", "z"),)))
        holder.kill()
    with Embedded.open(folder) as store:  # the lock ends with its holder
        assert store.version == 3


def test_a_second_writer_in_the_same_process_is_told_so(tmp_path: Path) -> None:
    folder = filled(tmp_path / "kg")
    with Embedded.open(folder), pytest.raises(HeldByAnother, match="this very process"):
        Embedded.open(folder)
    Embedded.open(folder).close()
    assert (folder / "lock").read_bytes() == b""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    folder = filled(tmp_path / "kg")
    store = Embedded.open(folder)
    child = os.fork()
    if child == 0:
        time.sleep(30)
        os._exit(0)
    try:
        store._lock.release()  # type: ignore[union-attr]
        Lock(folder / "lock").release()
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        store.close()


def test_a_closed_store_takes_no_changes(tmp_path: Path) -> None:
    store = Embedded.create(tmp_path / "kg", base=BASE)
    store.close()
    store.close()
    with pytest.raises(ReadOnly, match="closed"):
        store.apply(Change(added=(said("a", "a"),)))


# -- large changes


def test_a_large_change_takes_the_fast_way_and_is_one_change(tmp_path: Path) -> None:
    many = tuple(said(f"s-{n}", "x") for n in range(25_000))
    with Embedded.create(tmp_path / "kg", base=BASE) as store:
        store.apply(Change(added=(said("first", "x"),)))
        assert len(store.apply(Change(added=many)).added) == 25_000
        store.apply(Change(added=(said("last", "x"),)))
        assert store.version == 3
    with Embedded.open(tmp_path / "kg") as store:
        assert (store.version, len(list(store.asserted()))) == (3, 25_002)
        store.undo(2)
        assert len(list(store.asserted())) == 2


def test_the_engines_own_log_graph_is_hidden(tmp_path: Path) -> None:
    folder = filled(tmp_path / "kg")
    with Embedded.open(folder) as store:
        assert b"versionInfo" not in store.dump(all=True)
        solutions = store.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        assert [str(row["g"]) for row in solutions] == [str(G)]

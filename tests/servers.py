"""Other people's SPARQL servers, each started once for all tests of a run, whichever of its processes need it.

What a server is started with, and what is known of it, stands in ``servers.toml``. One test at a time has a server:
who comes second waits. The process that began the run ends them all.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sankofa.errors import HeldByAnother
from sankofa.store import Remote
from sankofa.store.known import starts_of_own_graphs
from sankofa.store.lock import Lock
from sankofa.store.wire import LOGIN, Credentials

ABOUT: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("servers.toml").read_text(encoding="utf-8"))
NAMES = list(ABOUT)
_PATIENCE = 60.0
_started: list[subprocess.Popen[bytes]] = []  # nobody waits for them: the process that began the run ends them


@dataclass(frozen=True)
class Running:
    """A server that runs.

    Attributes:
        name: its name in ``servers.toml``.
        address: its address, without a path.
    """

    name: str
    address: str

    @property
    def about(self) -> dict[str, Any]:
        return ABOUT[self.name]

    @property
    def query(self) -> str:
        return self.address + str(self.about["query"])

    @property
    def update(self) -> str:
        return self.address + str(self.about["update"])

    @property
    def graph_store(self) -> str:
        return self.address + str(self.about["graph-store"])

    @property
    def credentials(self) -> Credentials | None:
        user, _, password = self.about.get("login", "").partition(":")
        return Credentials(user, password) if user else None

    def log_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the environment be that of who may write to it."""
        monkeypatch.setenv(LOGIN, self.about.get("login", ""))

    def remote(self, base: str | None = None, *, transactional: bool = True) -> Remote:
        """The store behind it."""
        return Remote(
            self.query, update=self.update, base=base, transactional=transactional, credentials=self.credentials
        )

    def send(self, update: str) -> None:
        """Send an update as it is."""
        self.remote()._send(update)

    def clear(self) -> None:
        """Leave nothing but what is the server's own."""
        if not self.about.get("keeps-its-own-graphs"):
            self.send("DROP ALL")
            return
        for row in self.remote()._rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"):
            if not row[0].value.startswith((*starts_of_own_graphs(), self.address)):
                self.send(f"CLEAR GRAPH {row[0]}")


def mark_what_differs(items: list[pytest.Item]) -> None:
    """Let the tests fail of which that is known; one that does not fail is an error."""
    known = {each["test"]: each["why"] for about in ABOUT.values() for each in about.get("difference", ())}
    for item in items:
        for test, why in known.items():
            if item.name.startswith(test):
                item.add_marker(pytest.mark.xfail(reason=why, strict=True))


@contextmanager
def server(name: str) -> Iterator[Running]:
    """A server for one test; started when it does not run yet."""
    home = _home()
    home.mkdir(exist_ok=True)
    lock = _waited_for(home / f"{name}.lock")
    try:
        yield Running(name, _address_of(name, home))
    finally:
        lock.release()


def end_all() -> None:
    """End the servers of this run."""
    for file in _home().glob("*.json"):
        with suppress(ProcessLookupError):
            os.kill(json.loads(file.read_text())["pid"], signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    for process in _started:
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def found(program: str) -> str | None:
    """Where a program is: beside our own Python, or on the path."""
    return shutil.which(program, path=str(Path(sys.executable).parent)) or shutil.which(program)


def jar(name: str = "fuseki") -> Path:
    """Where Maven keeps the file of a server in Java."""
    return file_of(ABOUT[name]["artifact"])


def file_of(artifact: str) -> Path:
    """Where Maven keeps the file of an artifact, by its ``group:name:version``."""
    group, artifact, version = artifact.split(":")
    return Path.home().joinpath(".m2/repository", *group.split("."), artifact, version, f"{artifact}-{version}.jar")


def _home() -> Path:
    return Path(os.environ["XDG_CACHE_HOME"], "servers")  # conftest makes it: all processes of a run share it


def _waited_for(path: Path) -> Lock:
    until = time.monotonic() + 5 * _PATIENCE
    while True:
        try:
            return Lock(path, what="a server")
        except HeldByAnother:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _address_of(name: str, home: Path) -> str:
    note = home / f"{name}.json"
    if not note.exists():
        note.write_text(json.dumps(_start(name, home / name)))
    return str(json.loads(note.read_text())["address"])


def _start(name: str, folder: Path) -> dict[str, Any]:
    about = ABOUT[name]
    program = found(about["needs"])
    if program is None or ("artifact" in about and not jar(name).is_file()):
        pytest.skip(f"{about['title']} is not here: {about['get']}")
    port = free_port()
    known = {"port": str(port), "more": str(free_port()), "folder": str(folder), "program": program}
    known |= {"jar": str(jar(name))} if "artifact" in about else {}
    for each in ("", *about.get("folders", ())):
        (folder / each).mkdir(parents=True, exist_ok=True)
    for file, text in about.get("files", {}).items():
        (folder / file).write_text(_filled(text, known), encoding="utf-8")
    more = {key: _filled(value, known) for key, value in about.get("environment", {}).items()}
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            [_filled(part, known) for part in about["start"]],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=os.environ | more,
            cwd=folder,
        )
    _started.append(process)
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(f"{address}{about['query']}?query=ASK%7B%7D", timeout=5).close()
            return {"pid": process.pid, "address": address}
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"{about['title']} does not answer: {(folder / 'said.txt').read_text(errors='replace')}")


def _filled(text: str, known: dict[str, str]) -> str:
    for key, value in known.items():
        text = text.replace(f"{{{key}}}", value)
    return text

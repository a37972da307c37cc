"""The servers that people would pick instead, each started on loopback with the data in it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

FUSEKI = "org.apache.jena:jena-fuseki-server:5.6.0"
PATIENCE = 240  # seconds until a server has its data and answers
VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200

[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx

[Parameters]
ServerPort = 127.0.0.1:{more}
DirsAllowed = {data}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000

[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {folder}
ServerThreads = 10

[SPARQL]
ResultSetMaxRows = 1000000
"""


@dataclass(frozen=True)
class Place:
    """Where a server runs.

    Attributes:
        data: the file of N-Triples.
        folder: a folder of its own.
        port: the port it listens on, and another one that is free.
        more: the other one.
    """

    data: Path
    folder: Path
    port: int
    more: int


@dataclass(frozen=True)
class Peer:
    """A server: its command, the path of its queries, and how data get in.

    Attributes:
        name: what it is called.
        path: the path of its queries.
        start: its command.
        needs: the programs it needs.
        prepare: brings the data in before it is started.
        load: brings them in when it runs.
    """

    name: str
    path: str
    start: Callable[[Place], list[str]]
    needs: tuple[str, ...] = ()
    prepare: Callable[[Place], None] = lambda place: None
    load: Callable[[Place], None] = lambda place: None

    def missing(self) -> str:
        return ", ".join(each for each in self.needs if not (shutil.which(each) or Path(script(each)).exists()))


def script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def quietly(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)


def into_a_folder(place: Place) -> None:
    quietly(script("oxigraph"), "load", "--location", str(place.folder), "--file", str(place.data))


def by_post(place: Place) -> None:
    with place.data.open("rb") as opened:
        headers = {"Content-Type": "application/n-triples"}
        address = f"http://127.0.0.1:{place.port}/store?default"
        httpx.post(address, content=opened, headers=headers, timeout=PATIENCE).raise_for_status()


def jar() -> Path:
    """Fuseki's file, from Maven Central."""
    group, artifact, version = FUSEKI.split(":")
    path = Path.home().joinpath(".m2/repository", *group.split("."), artifact, version, f"{artifact}-{version}.jar")
    if not path.exists():
        quietly("mvn", "-q", "-B", "dependency:get", "-Dtransitive=false", f"-Dartifact={FUSEKI}")
    return path


def into_tdb2(place: Place) -> None:
    quietly("java", "-Xmx4g", "-cp", str(jar()), "tdb2.tdbloader", "--loc", str(place.folder), str(place.data))


def with_settings(place: Place) -> None:
    known = {"folder": place.folder, "more": place.more, "port": place.port, "data": place.data.parent}
    (place.folder / "virtuoso.ini").write_text(VIRTUOSO.format(**known), encoding="utf-8")


def by_isql(place: Place) -> None:
    read = f"DB.DBA.TTLP_MT(file_to_string_output('{place.data}'), '', 'urn:data', 0, 2)"
    quietly("isql-vt", f"127.0.0.1:{place.more}", "dba", "dba", f"exec={read}; checkpoint;")


PEERS = [
    Peer(
        "Sankofa",
        "sparql",
        lambda place: [script("sankofa"), "serve", str(place.data), "--port", str(place.port)],
        needs=("sankofa",),
    ),
    Peer(
        "oxigraph, folder",
        "query",
        lambda place: [
            *(script("oxigraph"), "serve-read-only", "--location", str(place.folder)),
            *("--bind", f"127.0.0.1:{place.port}"),
        ],
        needs=("oxigraph",),
        prepare=into_a_folder,
    ),
    Peer(
        "oxigraph, memory",
        "query",
        lambda place: [script("oxigraph"), "serve", "--bind", f"127.0.0.1:{place.port}"],
        needs=("oxigraph",),
        load=by_post,
    ),
    Peer(
        "Virtuoso",
        "sparql",
        lambda place: ["virtuoso-t", "+configfile", str(place.folder / "virtuoso.ini"), "+foreground"],
        needs=("virtuoso-t", "isql-vt"),
        prepare=with_settings,
        load=by_isql,
    ),
    Peer(
        "Fuseki, TDB2",
        "ds/sparql",
        lambda place: [
            *("java", "-Xmx4g", "-jar", str(jar()), "--localhost", f"--port={place.port}"),
            *("--tdb2", f"--loc={place.folder}", "/ds"),
        ],
        needs=("java", "mvn"),
        prepare=into_tdb2,
    ),
    Peer(
        "rdflib-endpoint",
        "",
        lambda place: [
            *(script("rdflib-endpoint"), "serve", "--host", "127.0.0.1"),
            *("--port", str(place.port), str(place.data)),
        ],
        needs=("rdflib-endpoint",),
    ),
]


@contextmanager
def served(peer: Peer, data: Path) -> Iterator[str]:
    """A server that has the data and answers: the address of its queries. It ends with the block."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Place(data, Path(temporary) / "data", *_free_ports())
        place.folder.mkdir()
        peer.prepare(place)
        said = Path(temporary) / "said.txt"
        environment = os.environ | {"FUSEKI_BASE": temporary}
        with said.open("wb") as output:
            process = subprocess.Popen(peer.start(place), stdout=output, stderr=output, cwd=temporary, env=environment)
        address = f"http://127.0.0.1:{place.port}/{peer.path}"
        try:
            _wait_for(address, process, said)
            peer.load(place)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(address, params={"query": "ASK {}"}, timeout=10, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"it does not answer: {said.read_text(errors='replace')[-500:]}")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        for each in (one, two):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]

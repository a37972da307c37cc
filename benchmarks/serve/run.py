"""The endpoint beside the servers that people would pick instead: same machine, same data, same client, in turn.

    python benchmarks/serve/run.py 1M                 # prints Markdown tables; ../README.md keeps the last ones
    python benchmarks/serve/run.py 100k --peers oxigraph

The client is wrk (Debian): it is not what waits. Peers: ``oxigraph serve`` (PyPI) with a folder and in memory, Apache
Jena Fuseki with TDB2 (Maven Central; needs a JDK and ``mvn``), rdflib-endpoint (PyPI). What is not installed is left
out, and said. Every server is started on loopback, loaded, warmed up, asked, and stopped, one after the other.

*Repeated*: a hundred look-ups of one record each, again and again, eight at a time. *Fresh*: look-ups that nobody asked
before. *Questions*: those of the catalogue that take nothing but a language, the n-th of them 1/n as often as the
first. *Analytic*: five questions over everything, each time with another remark in it, two at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
from pyoxigraph import Literal

sys.path.insert(0, str(Path(__file__).parents[1]))
import generate
import sankofa
from sankofa.store import guard
from sankofa.store.binding import bind

SECONDS = 10
JSON = "application/sparql-results+json"
STORY = "https://example.org/net/id/story/story-"
FUSEKI = "org.apache.jena:jena-fuseki-server:5.6.0"
ANALYTIC = [
    "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY DESC(?n)",
    "SELECT ?p (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) LIMIT 10",
    "SELECT ?city (COUNT(?s) AS ?n) { ?s a skf:Story ; skf:city ?city } GROUP BY ?city ORDER BY DESC(?n) LIMIT 10",
    "SELECT (AVG(STRLEN(STR(?t))) AS ?n) { ?s dcterms:title ?t FILTER(LANG(?t) = 'fr') }",
    "SELECT (COUNT(*) AS ?n) { ?s dcterms:title ?t FILTER(CONTAINS(LCASE(STR(?t)), 'water')) }",
]


@dataclass(frozen=True)
class Peer:
    """A server: its command, the path of its queries, and how data get in before it is asked."""

    name: str
    path: str
    start: Callable[[Path, Path, int], list[str]]
    prepare: Callable[[Path, Path], None] = lambda data, folder: None
    load: Callable[[str, Path], None] = lambda address, data: None
    missing: Callable[[], str] = lambda: ""


def script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def into_a_folder(data: Path, folder: Path) -> None:
    quietly(script("oxigraph"), "load", "--location", str(folder), "--file", str(data))


def by_post(address: str, data: Path) -> None:
    with data.open("rb") as opened:
        headers = {"Content-Type": "application/n-triples"}
        httpx.post(f"{address}/store?default", content=opened, headers=headers, timeout=600).raise_for_status()


def fetched() -> Path:
    """Fuseki's jar, from Maven Central."""
    place = Path(tempfile.gettempdir()) / "sankofa-fuseki"
    jar = place / f"{FUSEKI.split(':')[1]}-{FUSEKI.split(':')[2]}.jar"
    if not jar.exists():
        quietly("mvn", "-q", "-B", "dependency:copy", f"-Dartifact={FUSEKI}", f"-DoutputDirectory={place}")
    return jar


def into_tdb2(data: Path, folder: Path) -> None:
    quietly("java", "-Xmx4g", "-cp", str(fetched()), "tdb2.tdbloader", "--loc", str(folder), str(data))


def without(*commands: str) -> Callable[[], str]:
    def missing() -> str:
        return ", ".join(each for each in commands if not (shutil.which(each) or Path(script(each)).exists()))

    return missing


PEERS = [
    Peer("Sankofa", "sparql", lambda data, folder, port: [script("sankofa"), "serve", str(data), "--port", str(port)]),
    Peer(
        "oxigraph, folder",
        "query",
        lambda data, folder, port: [
            script("oxigraph"), "serve-read-only", "--location", str(folder), "--bind", f"127.0.0.1:{port}",
        ],
        prepare=into_a_folder,
        missing=without("oxigraph"),
    ),
    Peer(
        "oxigraph, memory",
        "query",
        lambda data, folder, port: [script("oxigraph"), "serve", "--bind", f"127.0.0.1:{port}"],
        load=by_post,
        missing=without("oxigraph"),
    ),
    Peer(
        "Fuseki, TDB2",
        "ds/sparql",
        lambda data, folder, port: [
            "java", "-Xmx4g", "-jar", str(fetched()), "--localhost", f"--port={port}",
            f"--loc={folder}", "--tdb2", "/ds",
        ],
        prepare=into_tdb2,
        missing=without("java", "mvn"),
    ),
    Peer(
        "rdflib-endpoint",
        "",
        lambda data, folder, port: [
            script("rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port), str(data),
        ],
        missing=without("rdflib-endpoint"),
    ),
]  # fmt: skip


def quietly(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def served(peer: Peer, data: Path) -> Iterator[str]:
    """A server that answers, at an address."""
    with tempfile.TemporaryDirectory() as place, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        folder = Path(place) / "data"
        folder.mkdir()
        peer.prepare(data, folder)
        process = subprocess.Popen(
            peer.start(data, folder, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=place
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address, peer)
            peer.load(address, data)
            yield f"{address}/{peer.path}"
        finally:
            process.terminate()
            process.wait()


def wait_for(address: str, peer: Peer) -> None:
    for _ in range(1200):
        try:
            if httpx.get(f"{address}/{peer.path}", params={"query": "ASK {}"}, timeout=60).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.25)
    raise SystemExit(f"{peer.name} does not answer")


def wrk(address: str, queries: list[str], folder: Path, *, fresh: bool = False) -> tuple[float, float, float]:
    """Requests a second, and the latencies that half and 99 of 100 of them stay under, in ms.

    With ``fresh`` each query has a remark of its own.
    """
    path = "/" + address.split("/", 3)[3]
    urls = [f"{path}?query={quote(query)}" for query in queries]
    lua = folder / "wrk.lua"
    listed = ",\n".join(json.dumps(url) for url in urls)
    more = f' .. "%20%23{random.randrange(10**9)}x" .. n' if fresh else ""
    lua.write_text(
        f"local urls = {{\n{listed}\n}}\nlocal n = 0\nrequest = function()\n  n = n + 1\n"
        f'  return wrk.format("GET", urls[(n - 1) % #urls + 1]{more}, {{["Accept"] = "{JSON}"}})\nend\n',
        encoding="utf-8",
    )
    command = ["wrk", "-t1", "-c8", f"-d{SECONDS}s", "--timeout", "30s", "--latency", "-s", str(lua), address]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if bad := re.search(r"Non-2xx or 3xx responses: (\d+)", said):
        print(f"{address}: {bad[0]}", file=sys.stderr)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]
    half, most = (in_ms(re.search(rf"{share}%\s+([\d.]+)(us|ms|s|m)\b", said)) for share in (50, 99))
    return rate, half, most


def in_ms(found: re.Match[str] | None) -> float:
    units = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
    return float(found[1]) * units[found[2]] if found else float("nan")


def analytic(address: str) -> float:
    """Questions over everything a second, two at a time, each for the first time."""
    deadline = time.monotonic() + 2 * SECONDS
    done: list[int] = []

    def ask(thread: int) -> None:
        with httpx.Client(trust_env=False, timeout=120) as client:
            count = 0
            while time.monotonic() < deadline or count < len(ANALYTIC):
                query = guard.with_prefixes(f"{ANALYTIC[count % len(ANALYTIC)]} #{thread}-{count}")
                client.get(address, params={"query": query}, headers={"Accept": JSON}).raise_for_status()
                count += 1
            done.append(count)

    begun = time.monotonic()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sum(done) / (time.monotonic() - begun)


def catalogue() -> list[str]:
    """The texts of the questions that take nothing but a language, each as often as it would be asked."""
    asked = (each for each in sankofa.open().questions.values() if [one.name for one in each.parameters] == ["lang"])
    texts = [guard.with_prefixes(bind(each.text, {"lang": Literal("en")})) for each in asked]
    chosen = random.Random(1)
    chosen.shuffle(texts)
    weights = [1 / (place + 1) for place in range(len(texts))]
    return chosen.choices(texts, weights, k=400)


def worst(address: str) -> tuple[list[float], list[float]]:
    """While four of the worst queries run: how long an ``ASK`` takes, and how long the worst ones last, in seconds."""
    cross = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
    queries = [
        f"SELECT * {{ {cross} }} ORDER BY ?a ?d LIMIT 5",
        f"SELECT (COUNT(*) AS ?n) {{ {cross} }}",
        f'SELECT (COUNT(*) AS ?n) {{ {cross} FILTER REGEX(CONCAT(STR(?c), STR(?f), STR(?i)), "^(a+)+$") }}',
        "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>*)* ?b . ?c (!<urn:x>*)* ?d }",
    ]
    stop = threading.Event()
    lasted: list[float] = []

    def attack(query: str) -> None:
        with httpx.Client(trust_env=False, timeout=120) as client:
            while not stop.is_set():
                begun = time.monotonic()
                client.get(address, params={"query": query})
                lasted.append(time.monotonic() - begun)

    threads = [threading.Thread(target=attack, args=(query,), daemon=True) for query in queries]
    for each in threads:
        each.start()
    time.sleep(1)
    asked = []
    with httpx.Client(trust_env=False, timeout=120) as client:
        for number in range(200):
            begun = time.monotonic()
            client.get(address, params={"query": f"ASK {{}} #{number}"}).raise_for_status()
            asked.append(time.monotonic() - begun)
            time.sleep(0.1)
    stop.set()
    for each in threads:
        each.join()
    return asked, lasted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", choices=list(generate.SIZES))
    parser.add_argument("--peers", nargs="*", default=[peer.name for peer in PEERS[1:]])
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    print("| server | repeated /s | p99 ms | fresh /s | p99 ms | questions /s | p99 ms | analytic /s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        data = folder / "data.nt"
        generate.write(arguments.size, data)
        stories = generate.SIZES[arguments.size][1]
        some = [f"SELECT * {{ <{STORY}{at * stories // 100}> ?p ?o }}" for at in range(100)]
        every = [f"SELECT * {{ <{STORY}{at * 7919 % stories}> ?p ?o }}" for at in range(min(stories, 20_000))]
        questions = catalogue()
        for peer in PEERS:
            if peer.name != "Sankofa" and not any(peer.name.startswith(each) for each in arguments.peers):
                continue
            if missing := peer.missing():
                print(f"{peer.name} is left out: {missing} not found", file=sys.stderr)
                continue
            with served(peer, data) as address:
                wrk(address, some[:10], folder)
                rows = [wrk(address, some, folder), wrk(address, every, folder, fresh=True)]
                rows.append(wrk(address, questions, folder))
                cells = " | ".join(f"{rate:,.0f} | {most:,.1f}" for rate, _, most in rows)
                print(f"| {peer.name} | {cells} | {analytic(address):.2f} |", flush=True)
                if peer.name == "Sankofa":
                    asked, lasted = worst(address)
        print(
            f"\nBeside four of the worst queries, an ASK: median {statistics.median(asked) * 1e3:.0f} ms, "
            f"p95 {sorted(asked)[int(len(asked) * 0.95)] * 1e3:.0f} ms; the worst queries ended after "
            f"{statistics.median(lasted):.1f} s, the last after {max(lasted):.1f} s ({os.cpu_count()} processors)"
        )


if __name__ == "__main__":
    main()

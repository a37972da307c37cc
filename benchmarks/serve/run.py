"""The endpoint beside the servers that people would pick instead: same machine, same data, same client, in turn.

    python benchmarks/serve/run.py 1M                 # prints Markdown tables; ../README.md keeps the last ones
    python benchmarks/serve/run.py --quick            # 10k and short: whether every part runs
    python benchmarks/serve/run.py 100k --only lookups analytic --peers oxigraph

The client is wrk (Debian): it is not what waits. Peers: ``oxigraph serve`` (PyPI) with a folder and in memory, Virtuoso
(Debian), Apache Jena Fuseki with TDB2 (Maven Central; needs a JDK and ``mvn``), rdflib-endpoint (PyPI). What is not
installed is left out, and said. Every server is started on loopback, loaded, warmed up, asked, and stopped, one after
the other.

*lookups*: of one record each, eight at a time: a hundred again and again, then such as nobody asked yet. *questions*:
those of the catalogue that take nothing but a language, the n-th of them 1/n as often as the first. *analytic*: five
questions over everything, each time with another remark in it, two at a time. *worst*: an ``ASK`` beside four of the
worst queries, of ours alone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import httpx
from peers import PEERS, Peer, served
from pyoxigraph import Literal

sys.path.insert(0, str(Path(__file__).parents[1]))
import generate
import sankofa
from sankofa.store import guard
from sankofa.store.binding import bind

PARTS = ("lookups", "questions", "analytic", "worst")
JSON = "application/sparql-results+json"
STORY = "https://example.org/net/id/story/story-"
LONGEST_ADDRESS = 7_500  # bytes: `oxigraph serve` takes no head of a request over 8 KB
LONGEST = 60  # seconds for one analytic question
ANALYTIC = [
    "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY DESC(?n)",
    "SELECT ?p (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) LIMIT 10",
    "SELECT ?city (COUNT(?s) AS ?n) { ?s a skf:Story ; skf:city ?city } GROUP BY ?city ORDER BY DESC(?n) LIMIT 10",
    "SELECT (AVG(STRLEN(STR(?t))) AS ?n) { ?s dcterms:title ?t FILTER(LANG(?t) = 'fr') }",
    "SELECT (COUNT(*) AS ?n) { ?s dcterms:title ?t FILTER(CONTAINS(LCASE(STR(?t)), 'water')) }",
]


def wrk(address: str, queries: Sequence[str], seconds: float, *, fresh: bool = False) -> str:
    """Requests a second, and the latency in ms that 99 of 100 of them stay under: two cells of a table.

    With ``fresh`` each query has a remark of its own.
    """
    path = "/" + address.split("/", 3)[3]
    listed = ",\n".join(json.dumps(f"{path}?query={quote(query)}") for query in queries)
    more = f' .. "%20%23{random.randrange(10**9)}x" .. n' if fresh else ""
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as lua:
        lua.write(
            f"local urls = {{\n{listed}\n}}\nlocal n = 0\nrequest = function()\n  n = n + 1\n"
            f'  return wrk.format("GET", urls[(n - 1) % #urls + 1]{more}, {{["Accept"] = "{JSON}"}})\nend\n'
        )
        lua.flush()
        command = ["wrk", "-t1", "-c8", f"-d{seconds:.0f}s", "--timeout", "30s", "--latency", "-s", lua.name, address]
        said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 90).stdout
    count = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]
    bad = int(found[1]) if (found := re.search(r"Non-2xx or 3xx responses: (\d+)", said)) else 0
    late = int(found[1]) if (found := re.search(r"timeout (\d+)", said)) else 0
    if not count:
        return "none | "
    most = _in_ms(re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", said))
    # an error is no answer: what failed does not count, and is told
    failed = f" ({bad} failed)" if bad else ""
    return f"{rate * (count - bad) / count:,.{0 if rate > 20 else 1}f}{failed} | {'> ' if late else ''}{most:,.1f}"


def _in_ms(found: re.Match[str] | None) -> float:
    units = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
    return float(found[1]) * units[found[2]] if found else float("nan")


def analytic(address: str, seconds: float) -> str:
    """Questions over everything a second, two at a time, each for the first time: a cell of a table."""
    begun = time.monotonic()
    done: list[str] = []
    late: list[str] = []

    def ask(thread: int) -> None:
        with httpx.Client(trust_env=False, timeout=LONGEST) as client:
            number = 0
            while time.monotonic() - begun < seconds or number < len(ANALYTIC) > len(late):
                query = guard.with_prefixes(f"{ANALYTIC[number % len(ANALYTIC)]} #{thread}-{number}")
                number += 1
                try:
                    client.get(address, params={"query": query}, headers={"Accept": JSON}).raise_for_status()
                    done.append(query)
                except httpx.HTTPError:
                    late.append(query)
                    return  # what goes on there would disturb what comes after it

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    failed = f" (then one failed, or took over {LONGEST} s)" if late else ""
    return f"{len(done) / (time.monotonic() - begun):.2f}{failed}"


def catalogue() -> list[str]:
    """The texts of the questions that take nothing but a language, each as often as it would be asked."""
    asked = (each for each in sankofa.open().questions.values() if [one.name for one in each.parameters] == ["lang"])
    every = (guard.with_prefixes(bind(each.text, {"lang": Literal("en")})) for each in asked)
    texts = [text for text in every if len(quote(text)) < LONGEST_ADDRESS]
    chosen = random.Random(1)
    chosen.shuffle(texts)
    weights = [1 / (place + 1) for place in range(len(texts))]
    return chosen.choices(texts, weights, k=400)


def worst(address: str, times: int) -> str:
    """How long an ``ASK`` takes while four of the worst queries run, and how long these last: a sentence."""
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
        for number in range(times):
            begun = time.monotonic()
            client.get(address, params={"query": f"ASK {{}} #{number}"}).raise_for_status()
            asked.append(time.monotonic() - begun)
            time.sleep(0.1)
        stop.set()
        for each in threads:
            each.join()
        right = client.get(address, params={"query": "ASK { ?s ?p ?o }"}).json()["boolean"] is True
    p95 = sorted(asked)[int(len(asked) * 0.95)]
    return (
        f"Beside four of the worst queries, an ASK: median {statistics.median(asked) * 1e3:.0f} ms, p95 "
        f"{p95 * 1e3:.0f} ms; the worst queries ended after {statistics.median(lasted):.1f} s, the last after "
        f"{max(lasted):.1f} s; the next answer was {'right' if right else 'WRONG'} ({os.cpu_count()} processors)"
    )


def row(peer: Peer, data: Path, queries: dict[str, list[str]], parts: Sequence[str], seconds: float) -> str:
    """Measure one server: a line of the table, and with the worst queries a sentence."""
    cells, said = [peer.name], ""
    begun = time.monotonic()
    with served(peer, data) as address:
        cells.append(f"{time.monotonic() - begun:.0f}")
        wrk(address, queries["some"][:10], 2)
        if "lookups" in parts:
            cells.append(wrk(address, queries["some"], seconds))
            cells.append(wrk(address, queries["every"], seconds, fresh=True))
        if "questions" in parts:
            cells.append(wrk(address, queries["questions"], 2 * seconds))
        if "analytic" in parts:
            cells.append(analytic(address, 2 * seconds))
        if "worst" in parts and peer.name == "Sankofa":
            said = worst(address, round(20 * seconds))
    return f"| {' | '.join(cells)} |" + (f"\n\n{said}\n" if said else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", nargs="?", choices=list(generate.SIZES), default="10k")
    parser.add_argument("--quick", action="store_true", help="two seconds for each measurement, with 10k triples")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--peers", nargs="*", default=[peer.name for peer in PEERS[1:]], help="beginnings of names")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    size, seconds = ("10k", 2.0) if arguments.quick else (arguments.size, 10.0)
    heads = {"lookups": "repeated /s | p99 ms | fresh /s | p99 ms", "questions": "questions /s | p99 ms"}
    named = [heads.get(part, f"{part} /s") for part in PARTS if part in arguments.only and part != "worst"]
    columns = " | ".join(["server", "ready after s", *named])
    said = []
    print(f"| {columns} |\n| --- |{' ---: |' * columns.count('|')}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data.nt"
        generate.write(size, data)
        stories = generate.SIZES[size][1]
        queries = {
            "some": [f"SELECT * {{ <{STORY}{at * stories // 100}> ?p ?o }}" for at in range(100)],
            "every": [f"SELECT * {{ <{STORY}{at * 7919 % stories}> ?p ?o }}" for at in range(min(stories, 20_000))],
            "questions": catalogue(),
        }
        for peer in PEERS:
            if peer.name != "Sankofa" and not any(peer.name.startswith(each) for each in arguments.peers):
                continue
            if missing := peer.missing():
                print(f"{peer.name} is left out: {missing} not found", file=sys.stderr)
                continue
            try:
                line, _, sentence = row(peer, data, queries, arguments.only, seconds).partition("\n\n")
            except (RuntimeError, subprocess.SubprocessError, httpx.HTTPError) as error:
                print(f"{peer.name} is left out: {error}", file=sys.stderr)
                continue
            print(line, flush=True)
            said.append(sentence)
    print("\n" + "\n".join(filter(None, said)))


if __name__ == "__main__":
    main()

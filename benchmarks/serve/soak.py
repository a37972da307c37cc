"""A server under mixed load from twenty clients: every answer is compared with the one that was expected.

    python benchmarks/serve/soak.py 600              # seconds; without them 60
    python benchmarks/serve/soak.py 3600 --json      # one line of JSON instead of a table

What is asked: documents in five formats, questions, look-ups repeated and fresh, queries, searches, datasets, graphs,
HEAD, what is known already (304), what is wrong (400 to 415), and the worst queries there are, three at a time at
most. Before it begins each is asked once in peace: queries are compared with the engine alone, over the release's own
dump; of everything else the answer is kept. Then every answer must have the same bytes. What is reported: wrong
answers, 5xx that were not meant, how long answers took, and how the memory of all processes of the server together
grew between two moments of rest: after a warm-up that fills what may be filled, and at the end.

Ends with 1 when an answer was wrong, a 5xx was not meant, memory grew by more than 5 %, or p95 is over 500 ms.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from sankofa.graph.newest import newest_release
from sankofa.graph.releasing import Release
from sankofa.store import guard

CLIENTS = 20
PAUSE = 0.03  # seconds between two requests of a client, in the mean
LIMIT = 5  # seconds for a query
WORST, WORST_AT_ONCE, LARGE_SHARE = 0.01, 3, 0.003  # shares of all requests
SETTLING = 5  # seconds
GROWTH, P95 = 0.05, 0.5
FILLING = 70_000_000  # bytes of answers in the warm-up, each for the first time: more than a server keeps
ROWS = "application/sparql-results+json"
CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
_WORST = (
    f"SELECT * {{ {CROSS} }} ORDER BY ?a ?d LIMIT 5",
    f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}",
    f'SELECT (COUNT(*) AS ?n) {{ {CROSS} FILTER REGEX(CONCAT(STR(?c), STR(?f), STR(?i)), "^(a+)+$") }}',
    "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>*)* ?b . ?c (!<urn:x>*)* ?d }",
)
QUERIES = (
    "SELECT ?kind (COUNT(*) AS ?n) { ?s a ?kind } GROUP BY ?kind",
    "SELECT ?s ?title { ?s a skf:Story ; dcterms:title ?title }",
    "SELECT DISTINCT ?p { ?s a skf:City ; ?p ?o }",
    "SELECT ?s ?lang { ?s dcterms:title ?t BIND(LANG(?t) AS ?lang) FILTER(CONTAINS(LCASE(STR(?t)), 'a')) }",
    "ASK { ?s a skf:Theme }",
    "CONSTRUCT { ?s dcterms:title ?t } WHERE { ?s a skf:City ; dcterms:title ?t }",
)
#: More than a megabyte, which goes by a file.
LARGE = "SELECT * { ?s ?p ?o FILTER(LANG(?o) IN ('en', 'fr')) }"
WRONG = (
    ("GET", "/sparql?query=SELECT+x", {}, b"", 400),
    ("GET", f"/sparql?{urlencode({'query': 'ASK { SERVICE <http://localhost:1/> { } }'})}", {}, b"", 403),
    ("GET", f"/sparql?{urlencode({'query': 'DELETE WHERE { ?s ?p ?o }'})}", {}, b"", 403),
    ("GET", "/doc/city/nowhere", {}, b"", 404),
    ("GET", "/no/such/page", {}, b"", 404),
    ("PUT", "/graphs?default", {}, b"<a:a> <a:b> <a:c> .", 405),
    ("GET", "/doc/city/nowhere.ttl", {"Accept": "image/png"}, b"", 404),
    ("GET", "/sparql?query=ASK{}", {"Accept": "image/png"}, b"", 406),
    ("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b"ASK { #" + b"x" * 200_000, 413),
    ("POST", "/sparql", {"Content-Type": "text/plain"}, b"ASK {}", 415),
)


@dataclass(frozen=True)
class Case:
    """A request, and what its answer must be.

    Attributes:
        kind: what sort of request it is.
        path: its path, with the query.
        method: its method.
        headers: its headers.
        body: its body.
        status: the status of its answer.
        fresh: whether something is added to it each time that changes nothing but its name.
        digest: of the bytes of its answer, "" before they are known.
    """

    kind: str
    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    status: int = 200
    fresh: bool = False
    digest: str = ""


def asking(query: str, *, form: str = ROWS, kind: str = "query", fresh: bool = False, **passed: str) -> Case:
    return Case(kind, f"/sparql?{urlencode({'query': query, **passed})}", headers=(("Accept", form),), fresh=fresh)


def cases(release: Release) -> tuple[list[Case], dict[Case, str]]:
    """All that is asked; and of queries their texts, for who answers them independently."""
    records = release.records()
    some = [records[at * len(records) // 40] for at in range(40)]
    found: list[Case] = []
    for number, iri in enumerate(some):
        path = iri.removeprefix(str(release.base)).replace("id/", "/doc/", 1)
        ending = ("", ".ttl", ".nt", ".jsonld", ".rdf")[number % 5]
        found.append(Case("document", f"{path}{ending}"))
        found.append(Case("thing", path.replace("/doc/", "/id/", 1), status=303))
    for name in ("cities", "themes", "stories-by-format", "what-to-capture-next"):
        for ending in (".json?lang=fr", ".csv?lang=en", "?lang=pt"):
            found.append(Case("question", f"/questions/{name}{ending}"))
    for word in ("tax", "impôt", "bamako", "zyzzyva", "المدينة"):
        found.append(Case("search", f"/search?q={quote(word)}&lang=fr", headers=(("Accept", "application/json"),)))
    found += [Case("page", path) for path in ("/", "/?lang=ar", "/sparql?format=html", "/questions?lang=fr", "/dumps")]
    found += [Case("page", path) for path in ("/.well-known/void", "/ontology", "/sitemap.xml", "/dumps.ttl")]
    graph = f"{release.base}graph/ontology"
    found.append(Case("graph", f"/graphs?graph={quote(graph)}", headers=(("Accept", "application/n-triples"),)))
    found.append(Case("graph", "/graphs?graph=urn:nothing", status=404))
    for method, path, headers, body, status in WRONG:
        found.append(Case("wrong", path, method, tuple(headers.items()), body, status))
    texts: dict[Case, str] = {}
    for iri in some:
        text = f"SELECT * {{ <{iri}> ?p ?o }}"
        texts[asking(text, kind="look-up")] = texts[asking(text, kind="fresh look-up", fresh=True)] = text
    for text in QUERIES:
        form = "application/n-triples" if text.startswith("CONSTRUCT") else ROWS
        texts[asking(text, form=form)] = texts[asking(text, form=form, kind="fresh query", fresh=True)] = text
        direct = Case("post", "/sparql", "POST", (("Content-Type", "application/sparql-query"), ("Accept", form)))
        texts[replace(direct, body=text.encode())] = text
    texts[asking(LARGE, form=ROWS, kind="large", fresh=True)] = LARGE
    dataset = {"default-graph-uri": graph}
    text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    texts[asking(text, kind="dataset", fresh=True, **dataset)] = text.replace("{ ?s", f"{{ GRAPH <{graph}> {{ ?s") + "}"
    return [*found, *texts], texts


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


class Client:
    """A client with one connection that it keeps."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, case: Case, more: str = "") -> tuple[int, dict[str, str], bytes]:
        path, body = (case.path, case.body + more.encode()) if case.body else (case.path, b"")
        if case.fresh and more and not case.body:
            head, _, rest = path.partition("query=")
            text, ampersand, others = rest.partition("&")
            path = f"{head}query={text}{quote(more)}{ampersand}{others}"
        self._connection.request(case.method, path, body or None, dict(case.headers))
        answer = self._connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def expected(port: int, release: Release) -> list[Case]:
    """Ask everything once in peace; queries are compared with the engine alone.

    Also what follows from an answer: the same with HEAD, and the same when it is known.
    """
    store = ox.Store()
    dump = gzip.decompress((release.folder / "dumps" / "all.nq.gz").read_bytes())
    store.bulk_load(input=dump, format=ox.RdfFormat.N_QUADS)
    client, found = Client(port), []
    asked, texts = cases(release)
    for case in asked:
        status, headers, body = client.ask(case)
        if status != case.status:
            sys.exit(f"{case.method} {case.path}: {status} instead of {case.status}: {body[:300]!r}")
        if case in texts and not is_right(store, texts[case], body):
            sys.exit(f"{texts[case]}: not what the engine answers: {body[:300]!r}")
        found.append(replace(case, digest=digest_of(body)))
        if case.kind in ("document", "look-up", "question"):
            found.append(replace(case, kind="head", method="HEAD", digest=digest_of(b"")))
            known = (*case.headers, ("If-None-Match", headers["etag"]))
            found.append(replace(case, kind="known", headers=known, status=304, digest=digest_of(b"")))
    return found


def is_right(store: ox.Store, text: str, body: bytes) -> bool:
    """Whether an answer has the rows, or the triples, that the engine finds by itself."""
    results = store.query(text, prefixes=guard.prefixes(), use_default_graph_as_union=True)
    if isinstance(results, ox.QueryTriples):
        return {str(each) for each in results} == {str(each.triple) for each in ox.parse(body, ox.RdfFormat.N_TRIPLES)}
    whole = results.serialize(format=ox.QueryResultsFormat.JSON)
    return rows_of(whole) == rows_of(body)


def rows_of(text: bytes) -> object:
    content = json.loads(text)
    if "boolean" in content:
        return content["boolean"]
    return Counter(json.dumps(row, sort_keys=True) for row in content["results"]["bindings"])


@dataclass
class Report:
    """What was seen.

    Attributes:
        seconds: how long each request took, by kind.
        wrong: answers that were not as expected.
        failed: 5xx that were not meant.
        memory: of all processes together at the two moments of rest, in MB.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def growth(self) -> float:
        return self.memory[-1] / self.memory[0] - 1

    def p(self, share: float, *kinds: str) -> float:
        """The latency that so many of the requests stay under; without kinds, of all but the worst queries."""
        wanted = kinds or [kind for kind in self.seconds if kind != "worst"]
        every = sorted(second for kind in wanted for second in self.seconds[kind])
        return every[int(len(every) * share)] if every else 0.0

    @property
    def holds(self) -> bool:
        return not (self.wrong or self.failed) and self.growth <= GROWTH and self.p(0.95) <= P95


class Load:
    """Twenty clients, that can be made to rest."""

    def __init__(self, port: int, known: list[Case], report: Report, seed: int) -> None:
        self._port = port
        self._report = report
        by_kind: dict[str, list[Case]] = defaultdict(list)
        for case in known:
            by_kind[case.kind].append(case)
        (self._large,) = by_kind.pop("large")
        self._kinds = list(by_kind.values())
        self._gently = False
        self._worst = threading.Semaphore(WORST_AT_ONCE)
        self._running = threading.Event()
        self._ended = False
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._live, args=(seed + each,)) for each in range(CLIENTS)]
        for each in self._threads:
            each.start()

    def go(self, seconds: float, *, gently: bool = False) -> None:
        """Ask for so long, and rest.

        Args:
            seconds: how long.
            gently: without the worst queries; as many of the other requests as ever, so that every worker gets its
                part of them. One that has answered nothing yet shares with the others what it will write to later.
        """
        self._gently = gently
        self._running.set()
        time.sleep(seconds)
        self._running.clear()

    def memory(self, process: int) -> float:
        """What a server takes, in MB, when the worst queries have ended and its workers have answered a while."""
        time.sleep(LIMIT + 1)
        self.go(SETTLING, gently=True)
        seen = []
        for _ in range(5):  # a worker may just be replaced by another
            time.sleep(0.3)
            seen.append(sum(map(_share, [process, *_descendants(process)])) / 1024)
        return statistics.median(seen)

    def end(self) -> None:
        self._ended = True
        self._running.set()
        for each in self._threads:
            each.join()

    def _live(self, seed: int) -> None:
        chance, client, number = random.Random(seed), Client(self._port), 0
        while True:
            if not self._running.is_set():
                self._running.wait()
                client = Client(self._port)  # a server does not keep a connection that nothing comes by
            if self._ended:
                return
            number += 1
            time.sleep(chance.expovariate(1 / PAUSE))
            lot = chance.uniform(WORST if self._gently else 0, 1)
            try:
                if lot < WORST and self._worst.acquire(blocking=False):
                    try:
                        case = asking(f"{chance.choice(_WORST)} #{seed}-{number}", kind="worst")
                        self._ask(client, replace(case, status=503), "")
                    finally:
                        self._worst.release()
                elif lot > 1 - LARGE_SHARE:
                    self._ask(client, self._large, f" #{seed}-{number}")
                else:
                    self._ask(client, chance.choice(chance.choice(self._kinds)), f" #{seed}-{number}")
            except (OSError, http.client.HTTPException) as error:
                with self._lock:
                    self._report.failed.append(f"connection: {error!r}")
                client = Client(self._port)

    def _ask(self, client: Client, case: Case, more: str) -> None:
        begun = time.monotonic()
        status, headers, body = client.ask(case, more)
        took = time.monotonic() - begun
        with self._lock:
            self._report.seconds[case.kind].append(took)
            what = f"{case.kind} {case.method} {case.path}: {status}: {body[:200]!r}"
            if status >= 500 and status != case.status:
                self._report.failed.append(what)
            elif status != case.status or (case.digest and digest_of(body) != case.digest):
                self._report.wrong.append(what)
            elif status == 503 and not headers.get("retry-after", "").isdigit():
                self._report.wrong.append(f"no Retry-After: {what}")


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """A server of a release: its port, and the number of its process."""
    command = [sys.executable, "-c", "from sankofa.cli import main; main(prog_name='sankofa')"]
    kept = {name: value for name, value in os.environ.items() if name not in ("SANKOFA_KG", "SANKOFA_TOKEN")}
    environment = kept | {"SANKOFA_QUERY_SECONDS": str(LIMIT)}
    process = subprocess.Popen(
        [*command, "serve", str(folder), "--port", "0"], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        address = process.stdout.readline().strip() if process.stdout else ""
        yield int(address.rstrip("/").rpartition(":")[2]), process.pid
    finally:
        process.terminate()
        process.wait()


def _descendants(process: int) -> list[int]:
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [each for child in map(int, children) for each in (child, *_descendants(child))]


def _share(process: int) -> int:
    """Its own memory in KB, of what it shares with others its share.

    Pages of files are not its own: the system keeps and drops them, and the share of them grows when another program
    ends that has the same libraries.
    """
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))


def fill(port: int, known: list[Case]) -> None:
    """Have the server keep as many answers as it may."""
    client, size, number = Client(port), 0, 0
    for case in [case for case in known if case.kind == "large"] * 5:
        client.ask(case, f" #filling-{number}")
    largest = max((case for case in known if case.kind == "fresh query"), key=lambda case: len(client.ask(case)[2]))
    while size < FILLING:
        number += 1
        size += len(client.ask(largest, f" #filling-{number}")[2])


def soak(seconds: float, *, seed: int = 1) -> Report:
    report = Report()
    release = newest_release(None)
    with served(release.folder) as (port, process):
        known = expected(port, release)
        fill(port, known)
        load = Load(port, known, report, seed)
        try:
            load.go(seconds / 4 - SETTLING)  # the warm-up; what is wrong in it counts too
            report.memory.append(load.memory(process))
            load.go(seconds * 3 / 4 - SETTLING)
            report.memory.append(load.memory(process))
        finally:
            load.end()
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", nargs="?", type=float, default=60.0)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    if arguments.seconds < 20:
        parser.error("it takes 20 seconds at least")
    if not Path("/proc/self/smaps_rollup").exists():
        sys.exit("how much memory processes take is read from /proc, which is not here")
    report = soak(arguments.seconds)
    if arguments.json:
        said = {"requests": sum(map(len, report.seconds.values())), "p95": report.p(0.95), "growth": report.growth}
        print(json.dumps(said | {"wrong": report.wrong[:20], "failed": report.failed[:20], "memory": report.memory}))
    else:
        print("| request | count | median ms | p95 ms | p99 ms |\n| --- | ---: | ---: | ---: | ---: |")
        for kind, every in sorted(report.seconds.items()):
            cells = " | ".join(f"{report.p(share, kind) * 1e3:,.0f}" for share in (0.5, 0.95, 0.99))
            print(f"| {kind} | {len(every):,} | {cells} |")
        print(f"\n{sum(map(len, report.seconds.values())):,} requests in {arguments.seconds:.0f} s of load, ", end="")
        print(f"{len(report.wrong)} wrong answers, {len(report.failed)} unintended 5xx, p95 ", end="")
        print(f"{report.p(0.95) * 1e3:.0f} ms, memory {report.memory[0]:.0f} to {report.memory[1]:.0f} MB ", end="")
        print(f"({report.growth:+.1%})")
        for each in (*report.wrong[:20], *report.failed[:20]):
            print(each, file=sys.stderr)
    sys.exit(not report.holds)


if __name__ == "__main__":
    main()

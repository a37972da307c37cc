"""Validation after a change: from the commit to the standing report, beside RDF4J's ShaclSail.

    python benchmarks/validate/live.py 10k 1M 5M        # prints a Markdown table; ../README.md keeps the last ones
    python benchmarks/validate/live.py 10k 1M --rdf4j   # the same change in RDF4J (needs a JDK and mvn)

A story loses one of its values, at random, and has it back; each is a change of the graph, committed (with its entry of
the log synced to the disk) and then reported. Times of the commit and of the report are told apart, in milliseconds.
Then hubs: a city that loses its class or its title, and a theme that loses its class.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
import generate
import sankofa
from run import SHAPES, build, java
from sankofa.graph import Graph
from sankofa.store import Change

TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def change(kg: Graph, *, out: tuple[ox.Quad, ...] = (), into: tuple[ox.Quad, ...] = ()) -> tuple[float, float, int]:
    """Commit a change and report: milliseconds of both, and how many nodes were judged again (-1: all)."""
    begin = time.perf_counter()
    kg.store.apply(Change(removed=out, added=into, who="benchmark", when="2026-01-01"))
    committed = time.perf_counter()
    report = kg.validate()
    report.counts  # noqa: B018 - what a page shows at once
    done = time.perf_counter()
    again = getattr(report, "again", None)
    return (committed - begin) * 1e3, (done - committed) * 1e3, -1 if again is None else again


def measure(size: str, count: int, folder: Path) -> None:
    """Print the rows of one size."""
    data = folder / f"{size}.nt"
    triples = generate.write(size, data)
    with sankofa.init(folder / size, base=generate.BASE, title="A network", when="2026-01-01") as kg:
        kg.load(data, when="2026-01-01")
        start = time.perf_counter()
        report = kg.validate()
        first = time.perf_counter() - start
        choose = random.Random(1)
        asserted = kg.store.graphs.asserted
        stories = [ox.NamedNode(iri) for iri in kg.records("story")[:2000]]
        times: list[tuple[float, float, int]] = []
        for _ in range(count):
            quad = choose.choice(list(kg.store.quads(choose.choice(stories), None, None, asserted)))
            times += [change(kg, out=(quad,)), change(kg, into=(quad,))]
        few = sorted(report for _, report, again in times if 0 <= again <= 10)
        many = len(times) - len(few)
        print(
            f"| {triples:,} | {first:.1f} s, {sum(report.counts.values()):,} findings | "
            f"{statistics.median(commit for commit, _, _ in times):.2f} | {statistics.median(few):.2f} | "
            f"{few[int(len(few) * 0.99)]:.2f} | {max(few):.1f} | {many} |",
            flush=True,
        )
        for kind, predicate in (("city", TYPE), ("city", "http://purl.org/dc/terms/title"), ("theme", TYPE)):
            node = ox.NamedNode(kg.records(kind)[0])
            name = predicate if isinstance(predicate, ox.NamedNode) else ox.NamedNode(predicate)
            quads = tuple(kg.store.quads(node, name, None, asserted))
            for what, (_, taken, again) in (("loses", change(kg, out=quads)), ("gets", change(kg, into=quads))):
                judged = "all" if again < 0 else f"{again:,}"
                each = "" if again < 1 else f", {taken / again:.3f} ms a node"
                print(f"  a {kind} {what} its {name.value[-5:]}: {taken:.0f} ms, {judged} nodes{each}", flush=True)
    data.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", choices=list(generate.SIZES))
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--rdf4j", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        print("| triples | the first report | commit | report: median | p99 | most | more than 10 nodes |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: |", flush=True)
        for size in arguments.sizes:
            measure(size, arguments.changes, folder)
        if arguments.rdf4j:
            build(folder)
            for size in arguments.sizes:
                data = folder / f"{size}.nt"
                generate.write(size, data)
                live = [*java(folder, "rdf4j", "Live"), str(data), str(SHAPES), str(arguments.changes)]
                done = subprocess.run(live, capture_output=True, text=True, check=True)
                median, p99, refused = done.stdout.split()
                print(f"RDF4J, {size}: median {median}, p99 {p99}, {refused} changes refused", flush=True)


if __name__ == "__main__":
    main()

"""Validation after a change: from the commit to the standing report, beside RDF4J's ShaclSail.

    python benchmarks/validate/live.py 10k 1M 5M        # prints a Markdown table; ../README.md keeps the last ones
    python benchmarks/validate/live.py 10k 1M --rdf4j   # the same change in RDF4J (needs a JDK and mvn)

A story loses one of its values, at random, and has it back; each is a change of the graph, committed (with its entry of
the log synced to the disk) and then reported. Times of the commit, of the report with its counts, and of the sentences
for all that was judged again are told apart, in milliseconds. Then changes of many stories at once, and hubs: a city
that loses its class or its title, and a theme that loses its class. RDF4J is given the same triples (closed lists and
class tree too) and the same shapes, those of the network; it keeps all in memory and writes nothing to the disk.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
import generate
import sankofa
from run import build, java
from sankofa.fields import read_fields
from sankofa.graph import Graph
from sankofa.store import Change
from sankofa.validation.live.report import StandingReport
from sankofa.validation.sources import vocabularies

TITLE = ox.NamedNode("http://purl.org/dc/terms/title")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@dataclass(frozen=True)
class Taken:
    """Milliseconds of a commit, of the report after it, of the sentences; the nodes judged again (None: all)."""

    commit: float
    report: float
    told: float
    again: int | None


def change(kg: Graph, *, out: tuple[ox.Quad, ...] = (), into: tuple[ox.Quad, ...] = ()) -> Taken:
    """Commit a change and report."""
    begin = time.perf_counter()
    kg.store.apply(Change(removed=out, added=into, who="benchmark", when="2026-01-01"))
    committed = time.perf_counter()
    report = cast(StandingReport, kg.validate())
    report.counts  # noqa: B018 - what a page shows at once
    reported = time.perf_counter()
    if report.again is not None:
        list(report.touched)
    told = time.perf_counter()
    return Taken((committed - begin) * 1e3, (reported - committed) * 1e3, (told - reported) * 1e3, report.again)


def both(kg: Graph, quads: tuple[ox.Quad, ...]) -> list[Taken]:
    """Triples go and come back."""
    return [change(kg, out=quads), change(kg, into=quads)]


def small(kg: Graph, triples: int, count: int) -> None:
    """Print the row of one size: values of single stories."""
    start = time.perf_counter()
    report = kg.validate()
    first = time.perf_counter() - start
    choose = random.Random(1)
    stories = [ox.NamedNode(iri) for iri in kg.records("story")[:2000]]
    taken: list[Taken] = []
    for _ in range(count):
        said = list(kg.store.quads(choose.choice(stories), None, None, kg.store.graphs.asserted))
        taken += both(kg, (choose.choice(said),))
    few = [one for one in taken if one.again is not None and one.again <= 10]
    times = sorted(one.report for one in few)
    print(
        f"| {triples:,} | {first:.1f} s, {sum(report.counts.values()):,} findings | "
        f"{statistics.median(one.commit for one in few):.2f} | {statistics.median(times):.2f} | "
        f"{times[int(len(times) * 0.99)]:.2f} | {times[-1]:.1f} | {statistics.median(one.told for one in few):.2f} | "
        f"{len(taken) - len(few)} |",
        flush=True,
    )


def large(kg: Graph) -> None:
    """Print what larger changes take: many stories at once, a city, a theme."""
    asserted = kg.store.graphs.asserted
    stories = [ox.NamedNode(iri) for iri in kg.records("story")]
    for number in (20, 200, 1000):
        if number <= len(stories):
            quads = [next(iter(kg.store.quads(story, TITLE, None, asserted)), None) for story in stories[:number]]
            tell(f"{number} stories, a title each", both(kg, tuple(quad for quad in quads if quad is not None)))
    for kind, name in (("city", TYPE), ("city", TITLE), ("theme", TYPE)):
        node = ox.NamedNode(kg.records(kind)[0])
        tell(f"a {kind}, its {name.value[-5:]}", both(kg, tuple(kg.store.quads(node, name, None, asserted))))


def tell(what: str, taken: list[Taken]) -> None:
    """Print what a change and its return take."""
    for verb, one in zip(("goes", "is back"), taken, strict=True):
        judged = "all" if one.again is None else f"{one.again:,}"
        each = f", {one.report / one.again:.3f} ms a node" if one.again else ""
        print(f"  {what} {verb}: {one.report:.0f} ms, {judged} nodes{each}", flush=True)


def measure(size: str, count: int, folder: Path) -> None:
    """Print the rows of one size."""
    data = folder / f"{size}.nt"
    triples = generate.write(size, data)
    with sankofa.init(folder / size, base=generate.BASE, title="A network", when="2026-01-01") as kg:
        kg.load(data, when="2026-01-01")
        small(kg, triples, count)
        large(kg)
    data.unlink()
    shutil.rmtree(folder / size)


def rdf4j(size: str, count: int, folder: Path) -> None:
    """Print the line of RDF4J for one size."""
    fields = read_fields()
    files = {"shapes": fields.shapes, "lists": (*vocabularies(), *fields.class_tree)}
    for name, triples in files.items():
        ox.serialize((ox.Triple(*one) for one in triples), str(folder / name), format=ox.RdfFormat.N_TRIPLES)
    data = folder / f"{size}.nt"
    generate.write(size, data)
    command = java(folder, "rdf4j", "Live")
    arguments = [*command, str(folder / "shapes"), str(count), str(data), str(folder / "lists")]
    done = subprocess.run([arguments[0], "-Xmx14g", *arguments[1:]], capture_output=True, text=True, check=True)
    median, p99, refused = done.stdout.split()
    print(f"RDF4J, {size}: median {median} ms, p99 {p99} ms, {refused} changes refused", flush=True)
    data.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", choices=list(generate.SIZES))
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--rdf4j", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        print("| triples | the first report | commit | report: median | p99 | most | sentences | more than 10 nodes |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
        for size in arguments.sizes:
            measure(size, arguments.changes, folder)
        if arguments.rdf4j:
            build(folder)
            for size in arguments.sizes:
                rdf4j(size, arguments.changes, folder)


if __name__ == "__main__":
    main()

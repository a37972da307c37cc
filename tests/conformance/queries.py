"""The W3C's tests of SPARQL 1.1 queries, asked of files as ``serve FILE`` has them, and of rdflib beside it.

They are read out of an artifact of Maven Central that holds them, and never copied. Left out is what is about something
else: federation, which is refused (``service``), reasoning (``entailment``), formats of results, which the server's own
tests have, and how a query is written.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pyoxigraph as ox
import rdflib

from sankofa.store import Plain, Solutions
from sankofa.store.formats import read
from servers import file_of

from .manifest import Case, cases
from .playing import expect, graph_of, solutions

ARTIFACT = "org.eclipse.rdf4j:rdf4j-sparql-testsuite:5.1.4"
GET = f"install Maven, then: mvn dependency:get -Dtransitive=false -Dartifact={ARTIFACT}"
SUITES = (
    "aggregates",
    "bind",
    "bindings",
    "construct",
    "exists",
    "functions",
    "grouping",
    "negation",
    "project-expression",
    "property-path",
    "subquery",
)
_FOLDER = "testcases-sparql-1.1-w3c"


def are_here() -> bool:
    """Whether Maven has brought the tests."""
    return file_of(ARTIFACT).is_file()


def query_cases(folder: Path) -> list[Case]:
    """Every test that has a result, and all of its files.

    Args:
        folder: where the files are unpacked to.
    """
    with zipfile.ZipFile(file_of(ARTIFACT)) as archive:
        wanted = tuple(f"{_FOLDER}/{suite}/" for suite in SUITES)
        archive.extractall(folder, [name for name in archive.namelist() if name.startswith(wanted)])
    found = cases(folder / _FOLDER, SUITES, unlisted=False)
    return [case for case in found if case.query and case.result and case.query.is_file()]


def failing(cases: Sequence[Case], play: Callable[[Case], None]) -> list[str]:
    """The suites and names of the tests that are failed.

    Args:
        cases: what is played.
        play: plays one: :func:`play_here` or :func:`play_on_rdflib`.
    """
    failed = []
    for case in cases:
        try:
            play(case)
        except Exception:  # whatever a library raises
            failed.append(f"{case.suite}/{case.name}")
    return failed


def play_here(case: Case) -> None:
    """Ask our store.

    Raises:
        WrongAnswerError: it answers otherwise than expected.
    """
    text, base = _query(case)
    quads = list(read(case.data)) if case.data else []
    for name, file in _graphs(case, text):
        graph = ox.NamedNode(name)
        quads += (ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in read(file))
    results = Plain.of(quads).query(text, base_iri=base)
    if isinstance(results, Solutions | ox.QueryBoolean):
        _compare(case, results.serialize(format=ox.QueryResultsFormat.JSON) or b"")
    else:
        _compare(case, ox.serialize(results, format=ox.RdfFormat.TURTLE) or b"")


def play_on_rdflib(case: Case) -> None:
    """Ask rdflib.

    Raises:
        Exception: it answers otherwise than expected, or not at all.
    """
    text, base = _query(case)
    dataset = rdflib.Dataset()
    if case.data:
        dataset.default_graph.parse(case.data)
    for name, file in _graphs(case, text):
        dataset.graph(rdflib.URIRef(name)).parse(file)
    results = dataset.query(text, base=base)
    _compare(case, results.serialize(format="turtle" if results.type == "CONSTRUCT" else "json") or b"")


def _query(case: Case) -> tuple[str, str]:
    assert case.query
    return case.query.read_text("utf-8"), case.query.as_uri()


def _graphs(case: Case, text: str) -> Sequence[tuple[str, Path]]:
    """The named graphs; also files beside the query that it names with ``FROM``, for no store of ours fetches them."""
    assert case.query
    named = [case.query.with_name(name) for name in re.findall(r"\bFROM\s+<([^<>]*)>", text)]
    return [*case.graphs, *((file.as_uri(), file) for file in named if file.is_file())]


def _compare(case: Case, answer: bytes) -> None:
    assert case.result
    said = answer.decode("utf-8")
    if case.result.suffix == ".ttl":
        expect(graph_of(answer) == graph_of(case.result.read_bytes()), said)
    else:
        theirs = ox.parse_query_results(case.result.read_bytes(), ox.QueryResultsFormat.XML)
        expect(solutions(ox.parse_query_results(answer, ox.QueryResultsFormat.JSON)) == solutions(theirs), said)

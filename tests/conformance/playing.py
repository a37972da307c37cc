"""Playing an entry of a manifest against a running server, and judging what it answers.

The entries that only ask are played on ``serve FILE`` with the suite's own data, those that change something on
``serve --steward`` with a new graph, emptied before each of them. Every server is a process of its own on loopback.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx
import pyoxigraph as ox

from serving import new_graph, running

from .manifest import Case, Request, cases

TOKEN = "a-token-for-tests"
#: Where the manifests think that the two protocols are spoken, and where they are.
ADDRESSES = (("/sparql/", "/sparql"), ("/gsp", "/graphs"))

_STRING = "http://www.w3.org/2001/XMLSchema#string"
SD = "http://www.w3.org/ns/sparql-service-description#"
SHAPES = Path(__file__).with_name("service-description.ttl")
TABULAR = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
    "text/csv": ox.QueryResultsFormat.CSV,
}
#: The media type that a file with an expected result stands for.
RESULTS = {
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
}


class WrongAnswerError(AssertionError):
    """The server does not answer as the manifest expects."""


class Servers:
    """The servers that the entries are played on, each started when the first entry needs it.

    Args:
        folder: where their data are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, httpx.Client] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def for_case(self, case: Case) -> httpx.Client:
        """A client of the server that an entry is played on."""
        if case.changes:
            private = self._client("private", self._private)
            private.headers["Authorization"] = f"Bearer {TOKEN}"
            private.post("/sparql", data={"update": "DROP ALL"}).raise_for_status()
            return private
        if case.data:
            data = case.data
            return self._client(f"{data.parent.name}-{data.name}", lambda: ["serve", str(data)])
        return self._client("public", self._public)

    def _client(self, name: str, arguments: Callable[[], list[str]]) -> httpx.Client:
        if name not in self._running:
            folder = self._folder / name
            folder.mkdir()
            server = running(folder, *arguments(), "--port", "0", SANKOFA_TOKEN=TOKEN)
            self._running[name] = self._stack.enter_context(server).http
        return self._running[name]

    def _public(self) -> list[str]:
        """All graphs that the suite's query tests name, in one file."""
        graphs = {name: file for case in cases() for name, file in case.graphs}
        quads = [
            ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(name))
            for name, file in sorted(graphs.items())
            for quad in ox.parse(path=file)
        ]
        file = self._folder / "graphs.nq"
        file.write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
        return ["serve", str(file)]

    def _private(self) -> list[str]:
        return ["serve", new_graph(self._folder / "graph"), "--steward"]


def play(case: Case, servers: Servers) -> None:
    """Play one entry.

    Raises:
        WrongAnswerError: the server answers otherwise than the manifest expects.
    """
    client = servers.for_case(case)
    if case.suite == "service-description":
        _service_description(case, client)
    elif case.query:
        _query(case, client)
    else:
        known: dict[str, str] = {}
        for request in case.requests:
            _request(request, client, known)


def _request(request: Request, client: httpx.Client, known: dict[str, str]) -> None:
    path, body = request.path, request.body
    for name, value in known.items():
        path = path.replace(name, quote(value, safe=""))
        body = body.replace(name.encode(), value.encode()) if body else body
    for theirs, ours in ADDRESSES:
        if path.startswith(theirs):
            path = ours + path.removeprefix(theirs)
    sent = client.build_request(request.method, path, headers=request.headers, content=body)
    answer = client.send(sent)
    what = f"{request.method} {path}: {answer.status_code} {answer.text[:500]}"
    expect(any(_fits(status, answer.status_code) for status in request.statuses), what)
    for name, value in request.answer_headers.items():
        expect(answer.headers.get(name) == value, f"{what}\n{name}: {answer.headers.get(name)}")
    if request.form:
        expect(_has_form(answer, request.form), f"{what}\nno {request.form}: {answer.headers.get('content-type')}")
    if request.boolean is not None:
        expect(answer.json()["boolean"] is request.boolean, what)
    if request.answer is not None:
        expect(graph_of(answer.text) == graph_of(request.answer), what)
    if request.location:
        expect("location" in answer.headers, f"{what}\nno Location")
        known[request.location] = answer.headers["location"]


def _fits(wanted: str, status: int) -> bool:
    return wanted == (f"{status // 100}xx" if wanted.endswith("xx") else str(status))


def _has_form(answer: httpx.Response, form: str) -> bool:
    """Whether the media type is one of that form and the content can be read as it."""
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    if form == "RDF":
        rdf = ox.RdfFormat.from_media_type(media_type)
        return rdf is not None and list(ox.parse(answer.content, format=rdf)) is not None
    if media_type not in TABULAR:
        return False
    results = ox.parse_query_results(answer.content, format=TABULAR[media_type])
    return isinstance(results, ox.QueryBoolean) == (form == "boolean")


def _query(case: Case, client: httpx.Client) -> None:
    """The result of a query in the format of the file it is compared with."""
    assert case.query
    assert case.result
    media_type = RESULTS[case.result.suffix]
    answer = client.get("/sparql", params={"query": case.query.read_text("utf-8")}, headers={"Accept": media_type})
    expect(answer.status_code == 200, f"{answer.status_code} {answer.text}")
    expect(answer.headers["content-type"].partition(";")[0] == media_type, answer.headers["content-type"])
    if media_type == "text/csv":
        expect(_cells(answer.text) == _cells(case.result.read_text("utf-8")), answer.text)
    else:
        ours, theirs = (
            ox.parse_query_results(content, format=TABULAR[media_type])
            for content in (answer.content, case.result.read_bytes())
        )
        expect(solutions(ours) == solutions(theirs), answer.text)


def _service_description(case: Case, client: httpx.Client) -> None:
    answer = client.get("/sparql", headers={"Accept": "text/turtle, application/rdf+xml;q=0.9"})
    expect(answer.status_code == 200, f"{answer.status_code} {answer.text}")
    expect(_has_form(answer, "RDF"), answer.headers["content-type"])
    triples = list(ox.parse(answer.content, format=ox.RdfFormat.TURTLE))
    expect(bool(triples), "it is empty")
    if case.name == "has-endpoint-triple":
        endpoint = ox.NamedNode(str(client.base_url.join("/sparql")))
        found = [quad for quad in triples if quad.predicate.value == SD + "endpoint" and quad.object == endpoint]
        expect(bool(found), answer.text)
    elif case.name == "conforms-to-schema":
        from sankofa.validation import validate_by

        report = validate_by([(quad.subject, quad.predicate, quad.object) for quad in triples], [SHAPES])
        expect(report.conforms and report.checked > 0, f"{report}\n{answer.text}")


def graph_of(text: str | bytes) -> set[ox.Triple]:
    """The triples of a Turtle document, blank nodes named by what is said about them."""
    quads = ox.Dataset(ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri="http://www.example/"))
    quads.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {quad.triple for quad in quads}


def solutions(results: object) -> object:
    """What a result says, so that two can be compared: the order of rows and the names of blank nodes do not count."""
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    assert isinstance(results, ox.QuerySolutions)
    names = sorted(variable.value for variable in results.variables)
    return names, _unnamed([[_term(row[name]) for name in names] for row in results])


def _term(term: object) -> str:
    """A term, to be compared. Of a number the datatype counts, and what it comes to: the suite writes ``1.0e6`` for
    what its data have as ``1.0E6``.
    """
    if isinstance(term, ox.Literal) and term.language is None:
        return f"{_value(term.value)}^^{term.datatype}" if term.datatype.value != _STRING else f'"{term.value}"'
    return "" if term is None else str(term)


def _cells(text: str) -> tuple[list[str], list[list[str]]]:
    """The rows of a CSV document: it keeps no types, so a number is what it comes to (1.0E6 is 1000000)."""
    rows = list(csv.DictReader(io.StringIO(text)))
    names = sorted(rows[0])
    return names, _unnamed([[_value(row[name]) for name in names] for row in rows])


def _value(cell: str) -> str:
    try:
        return str(float(cell))
    except ValueError:
        return cell


def _unnamed(rows: Iterable[list[str]]) -> list[list[str]]:
    return sorted(["_:" if cell.startswith("_:") else cell for cell in row] for row in rows)


def expect(true: bool, said: str) -> None:
    if not true:
        raise WrongAnswerError(said)

"""The manifests of the W3C as Python: entries with the requests they send and the answers they expect.

The suites are read, never copied: ``SANKOFA_SUITES`` names their folder.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox

ROOT = Path(os.environ.get("SANKOFA_SUITES", Path(__file__).parents[3] / "shared" / "suites")) / "w3c-sparql11"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"

#: The suites that concern a server, by folder. (``http-rdf-update`` is ``graph-store-protocol`` as it was before it
#: could be read by machines: its requests are prose, and each entry says that it is deprecated.)
SUITES = ("protocol", "service-description", "graph-store-protocol", "csv-tsv-res", "json-res")

Term = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True)
class Request:
    """One request and what is expected of its answer.

    Attributes:
        statuses: what the status may be: a number (``201``) or a class of them (``2xx``).
        form: ``boolean``, ``tabular``, ``RDF``, or "" where the manifest expects no form.
        boolean: the expected answer of an ASK query.
        answer_headers: the expected headers.
        answer: the expected content, to be compared as a graph.
        location: the name under which later requests use the ``Location`` header.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[str, ...]
    form: str
    boolean: bool | None
    answer_headers: dict[str, str]
    answer: str | None
    location: str


@dataclass(frozen=True)
class Case:
    """One entry of a manifest.

    Attributes:
        requests: what is sent, in this order; none where the entry is a query with its data.
        graphs: files by the name of the graph that they are the content of.
        query: the file with the query.
        data: the file with the data of the default graph.
        result: the file with the expected result.
    """

    suite: str
    iri: str
    title: str
    requests: tuple[Request, ...] = ()
    graphs: tuple[tuple[str, Path], ...] = ()
    query: Path | None = None
    data: Path | None = None
    result: Path | None = None

    @property
    def name(self) -> str:
        """The last part of the entry's IRI: unique in its suite."""
        return self.iri.rpartition("#")[2]

    @property
    def changes(self) -> bool:
        """Whether the entry is about changing something, and so needs the private side."""
        return self.suite == "graph-store-protocol" or "update" in self.name


def cases(root: Path = ROOT, suites: Sequence[str] = SUITES, *, unlisted: bool = True) -> list[Case]:
    """Every entry of every suite, in the order of the manifests.

    Args:
        root: the folder with the suites.
        suites: their names.
        unlisted: also what a manifest describes and does not list: forgotten there, or taken out of the list.
    """
    if not root.is_dir():
        return []
    return [case for suite in suites for case in _cases(suite, root / suite / "manifest.ttl", unlisted)]


def _cases(suite: str, manifest: Path, unlisted: bool) -> Iterator[Case]:
    read = _Manifest(manifest)
    start = ox.NamedNode(manifest.as_uri())
    for included in read.items(start, MF + "include"):
        yield from _cases(suite, _path(included), unlisted)
    for entry in read.entries(start) if unlisted else read.items(start, MF + "entries"):
        yield read.case(suite, entry)


class _Manifest:
    """One manifest's triples."""

    def __init__(self, file: Path) -> None:
        self._about: dict[Term | None, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in ox.parse(path=file, format=ox.RdfFormat.TURTLE, base_iri=file.as_uri()):
            assert not isinstance(quad.subject, ox.Triple)
            assert not isinstance(quad.object, ox.Triple)
            self._about[quad.subject][quad.predicate.value].append(quad.object)

    def entries(self, start: Term) -> list[Term]:
        """What the manifest lists, then what it describes and forgot to list (``head_non_existing_direct``)."""
        listed = list(self.items(start, MF + "entries"))
        described = [node for node, said in self._about.items() if any(MF in str(t.value) for t in said[RDF + "type"])]
        return [*listed, *(node for node in described if node not in (*listed, start))]

    def case(self, suite: str, entry: Term) -> Case:
        action = self._one(entry, MF + "action")
        labelled = tuple(
            (self._text(each, RDFS + "label"), _path(graph))
            for each in self._all(entry, UT + "graphData")
            if (graph := self._one(each, UT + "graph"))
        )
        named = tuple((str(each.value), _path(each)) for each in self._all(action, QT + "graphData"))
        return Case(
            suite,
            str(entry.value),
            self._text(entry, MF + "name"),
            tuple(self._request(each) for each in self.items(action, HT + "requests")) if action else (),
            labelled + named,
            *(self._file(action, QT + part) for part in ("query", "data")),
            self._file(entry, MF + "result"),
        )

    def items(self, node: Term | None, predicate: str) -> Iterator[Term]:
        """The members of a list."""
        rest = self._one(node, predicate)
        while rest is not None and str(rest.value) != RDF + "nil":
            if (first := self._one(rest, RDF + "first")) is not None:
                yield first
            rest = self._one(rest, RDF + "rest")

    def _request(self, node: Term) -> Request:
        answer = self._one(node, HT + "resp")
        boolean = self._text(answer, MF + "expectedBoolean")
        content = self._one(answer, HT + "body")
        return Request(
            self._text(node, HT + "methodName"),
            self._text(node, HT + "absolutePath"),
            self._headers(node),
            self._body(node),
            tuple(sorted(_status(term) for term in self._all(answer, MF + "expectedStatus"))),
            self._text(answer, MF + "expectedFormat"),
            boolean == "true" if boolean else None,
            self._headers(answer),
            self._text(content, CNT + "chars") if content else None,
            self._text(answer, MF + "expectedLocation"),
        )

    def _body(self, node: Term) -> bytes | None:
        body = self._one(node, HT + "body")
        if body is None:
            return None
        return self._text(body, CNT + "chars").encode(self._text(body, CNT + "characterEncoding"))

    def _headers(self, node: Term | None) -> dict[str, str]:
        return {
            self._text(header, HT + "fieldName"): self._text(header, HT + "fieldValue")
            for header in self.items(node, HT + "headers")
        }

    def _file(self, node: Term | None, predicate: str) -> Path | None:
        found = self._one(node, predicate)
        return _path(found) if found is not None else None

    def _all(self, node: Term | None, predicate: str) -> list[Term]:
        return self._about[node][predicate]

    def _one(self, node: Term | None, predicate: str) -> Term | None:
        return next(iter(self._all(node, predicate)), None)

    def _text(self, node: Term | None, predicate: str) -> str:
        found = self._one(node, predicate)
        return str(found.value) if found is not None else ""


#: The names of the status codes in the W3C's vocabulary, as far as the suites use them.
_NAMED = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}


def _status(term: Term) -> str:
    name = str(term.value).rpartition("#")[2]
    return _NAMED.get(name) or name.removeprefix("StatusCode")


def _path(term: Term) -> Path:
    return Path(unquote(str(term.value).removeprefix("file://")))

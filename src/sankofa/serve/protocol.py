"""The query operation of the SPARQL 1.1 Protocol: what is asked, of which graphs, in which form it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, serialize
from starlette.exceptions import HTTPException

from sankofa.store import guard
from sankofa.store.dataset import Dataset

if TYPE_CHECKING:
    from starlette.requests import Request

    from sankofa.store import Results

#: Short names for ``?format=`` with their media types; the first of each is what a client without a wish gets.
ROW_FORMATS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "html": "text/html",
}
TRIPLE_FORMATS = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "html": "text/html",
}
#: Other names that clients use for the same formats.
ALSO = {
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/turtle": "turtle",
    "ttl": "turtle",
    "nt": "ntriples",
    "rdf": "rdfxml",
}
_ROWS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_TRIPLES = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
MAX_QUERY = 100_000  # bytes; longer ones get 413
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


@dataclass(frozen=True)
class Asked:
    """A query and what came with it.

    Attributes:
        query: its text.
        dataset: the graphs it is asked of; None leaves that to the query.
        format: the value of ``?format=``, or "".
    """

    query: str
    dataset: Dataset | None
    format: str


async def read(request: Request) -> Asked | None:
    """The query of a request, by any of the three ways of the protocol; None when there is none.

    Args:
        request: the request; its body is read here, and no further than a query may be long.

    Raises:
        HTTPException: 400 for a request that is none of the protocol's, 403 for an update, 413, 415.
    """
    passed = _parameters(request.scope["query_string"])
    if request.method in ("GET", "HEAD"):
        return _asked(passed)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/sparql-update":
        raise HTTPException(403, "updates are not taken here: this address answers queries")
    if media_type not in (DIRECT, FORM):
        sent = f"as '{media_type}'" if media_type else "without a Content-Type"
        raise HTTPException(415, f"a query is not sent {sent}: use {DIRECT} or {FORM}")
    body = await _body(request)
    if media_type == FORM:
        fields = _parameters(body)
        return _asked({name: [*passed.get(name, []), *fields.get(name, [])] for name in passed | fields})
    if "query" in passed:
        raise HTTPException(400, "a query came in the address and another in the body: send one")
    return _asked(passed | {"query": [_text(body)]})


def form_of(results: Results) -> dict[str, str]:
    """The formats that the results of a query can have.

    Args:
        results: the engine's own results.

    Example:
        >>> from pyoxigraph import Store
        >>> list(form_of(Store().query("ASK {}")))
        ['json', 'xml', 'csv', 'tsv', 'html']
    """
    return ROW_FORMATS if isinstance(results, QuerySolutions | QueryBoolean) else TRIPLE_FORMATS


def written(results: Results, name: str) -> bytes:
    """The results of a query in a format, written by the engine.

    Args:
        results: the engine's own results; they are read to their end.
        name: a short name of what :func:`form_of` offers, but not ``html``.

    Example:
        >>> from pyoxigraph import Store
        >>> written(Store().query("ASK {}"), "json")
        b'{"head":{},"boolean":true}'
    """
    if isinstance(results, QuerySolutions | QueryBoolean):
        return results.serialize(format=_ROWS[name]) or b""
    prefixes = guard.prefixes() if name in ("turtle", "rdfxml", "jsonld") else None
    return serialize(results, format=_TRIPLES[name], prefixes=prefixes) or b""


def _asked(passed: dict[str, list[str]]) -> Asked | None:
    queries = passed.get("query", [])
    if "update" in passed:
        if queries:
            raise HTTPException(400, "a query and an update came together: send a query")
        raise HTTPException(403, "updates are not taken here: this address answers queries")
    if len(queries) > 1:
        raise HTTPException(400, f"{len(queries)} queries came together: send one")
    if not queries:
        return None
    if len(queries[0].encode("utf-8")) > MAX_QUERY:
        raise _too_long()
    default, named = (_graphs(passed, name) for name in ("default-graph-uri", "named-graph-uri"))
    dataset = Dataset(default, named) if default or named else None
    return Asked(queries[0], dataset, passed.get("format", [""])[-1])


def _graphs(passed: dict[str, list[str]], name: str) -> list[NamedNode]:
    try:
        return [NamedNode(iri) for iri in passed.get(name, [])]
    except ValueError as error:
        raise HTTPException(400, f"{name} is no absolute IRI: {error}") from None


def _parameters(text: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(text.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise _not_utf8() from None


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 3 * MAX_QUERY:  # in a form each byte of a query can take three
            raise _too_long()
    return body


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8() from None


def _not_utf8() -> HTTPException:
    return HTTPException(400, "this is not UTF-8: encode the query as UTF-8, and with %XX in an address or a form")


def _too_long() -> HTTPException:
    return HTTPException(413, f"the query is too long: keep it under {MAX_QUERY} bytes")

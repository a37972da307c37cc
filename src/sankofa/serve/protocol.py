"""SPARQL 1.1 Protocol: what is asked or changed, of which graphs, and in which form the answer is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from pyoxigraph import NamedNode, Quad, QueryBoolean, QueryResultsFormat, Triple, serialize

from sankofa.serve.problems import Problem
from sankofa.store import Solutions, guard
from sankofa.store.dataset import Dataset
from sankofa.store.formats import FORMATS
from sankofa.store.turtle import prefixes_of

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
RDF_FORMATS = {name: FORMATS[name].media_type for name in ("turtle", "ntriples", "rdfxml", "jsonld", "trig", "nquads")}
TRIPLE_FORMATS = RDF_FORMATS | {"html": "text/html"}
#: Other names that clients use for the same formats of rows, and of triples.
ROWS_ALSO = {"application/json": "json", "application/xml": "xml", "text/xml": "xml"}
TRIPLES_ALSO = {
    "application/turtle": "turtle",
    "application/x-turtle": "turtle",
    "text/n3": "turtle",
    "text/rdf+n3": "turtle",
    "ttl": "turtle",
    "n3": "turtle",
    "text/plain": "ntriples",
    "nt": "ntriples",
    "application/xml": "rdfxml",
    "text/xml": "rdfxml",
    "xml": "rdfxml",
    "rdf": "rdfxml",
    "rdf+xml": "rdfxml",
    "application/json": "jsonld",
    "json": "jsonld",
    "json-ld": "jsonld",
    "nq": "nquads",
}
_ROWS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
_LOOKED_THROUGH = 1_000  # triples
_OF_A_QUERY = ("default-graph-uri", "named-graph-uri")
_OF_AN_UPDATE = ("using-graph-uri", "using-named-graph-uri")


@dataclass(frozen=True)
class Asked:
    """A query, or an update, and what came with it.

    Attributes:
        text: the text of the query or the update.
        dataset: the graphs it is asked of; None leaves that to the text.
        format: the value of ``?format=``, or "".
        update: whether it is an update.
    """

    text: str
    dataset: Dataset | None
    format: str
    update: bool = False


async def read(request: Request, *, longest_query: int, longest_update: int = 0) -> Asked | None:
    """What a request asks or changes, by any of the ways of the protocol; None when it has no query.

    Args:
        request: the request; its body is read here, and no further than a query may be long.
        longest_query: how many bytes a query may have.
        longest_update: how many bytes an update may have; 0 where none is taken.

    Raises:
        Problem: 400 for a request that is none of the protocol's, 403 for an update where none is taken, 413, 415.
    """
    passed = _parameters(request.scope["query_string"])
    if request.method in ("GET", "HEAD"):
        asked = _asked(passed, longest_query, longest_update)
        if asked and asked.update:
            raise Problem(400, "update-by-get", method=request.method)
        return asked
    media_type = media_type_of(request, (QUERY, FORM, UPDATE))
    if media_type == UPDATE and not longest_update:
        raise Problem(403, "reads-only")
    most = longest_query if media_type == QUERY else max(longest_query, longest_update)
    body = await body_of(request, most, form=media_type == FORM)
    if media_type == FORM:
        fields = _parameters(body)
        for name in ("query", "update"):
            if name in passed and name in fields:
                raise Problem(400, "in-address-and-body", name=name)
        both = {name: [*passed.get(name, []), *fields.get(name, [])] for name in passed | fields}
        return _asked(both, longest_query, longest_update)
    for name in ("query", "update"):
        if name in passed:
            raise Problem(400, "in-address-and-body", name=name)
    own = {"update" if media_type == UPDATE else "query": [text_of(body)]}
    return _asked(passed | own, longest_query, longest_update)


def media_type_of(request: Request, accepted: Sequence[str]) -> str:
    """What a request says its body is.

    Args:
        request: the request.
        accepted: the media types that are read.

    Raises:
        Problem: 415 for another media type, another encoding than UTF-8, or a compressed body.
    """
    content_type = Message()
    content_type["content-type"] = request.headers.get("content-type", "")
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not sent:
        raise Problem(415, "no-media-type", accepted=accepted)
    if sent not in accepted:
        raise Problem(415, "media-type", sent=sent, accepted=accepted)
    charset = str(content_type.get_param("charset", "utf-8")).lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "charset", charset=charset)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "compressed")
    return sent


async def body_of(request: Request, most: int, *, form: bool = False) -> bytes:
    """The body of a request, read no further than it may be long.

    Args:
        request: the request.
        most: how many bytes it may have.
        form: whether it is a form, where each byte can take three.

    Raises:
        Problem: 413, it is longer.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > (3 * most if form else most):
            raise Problem(413, "too-long", most=most)
    return bytes(body)


def form_of(results: Results) -> tuple[dict[str, str], dict[str, str]]:
    """The formats that the results of a query can have, and other names for them.

    Args:
        results: the engine's own results.

    Example:
        >>> from pyoxigraph import Store
        >>> list(form_of(Store().query("ASK {}"))[0])
        ['json', 'xml', 'csv', 'tsv', 'html']
    """
    rows = isinstance(results, Solutions | QueryBoolean)
    return (ROW_FORMATS, ROWS_ALSO) if rows else (TRIPLE_FORMATS, TRIPLES_ALSO)


def write(results: Results, name: str, out: IO[bytes]) -> None:
    """Write the results of a query in a format; the engine writes them one after the other, as it finds them.

    Args:
        results: the engine's own results; they are read to their end.
        name: a short name of what :func:`form_of` offers, but not ``html``.
        out: where to.

    Example:
        >>> from io import BytesIO
        >>> from pyoxigraph import Store
        >>> write(Store().query("ASK {}"), "json", out := BytesIO())
        >>> out.getvalue()
        b'{"head":{},"boolean":true}'
    """
    if isinstance(results, Solutions | QueryBoolean):
        results.serialize(out, format=_ROWS[name])
    else:
        triples, prefixes = _with_prefixes(results, name)
        serialize(triples, out, format=FORMATS[name].rdf, prefixes=prefixes)


def rdf(triples: Iterable[Triple] | Iterable[Quad], name: str) -> bytes:
    """Triples in a format, written by the engine.

    Args:
        triples: what to write; also quads.
        name: a short name of :data:`RDF_FORMATS`.

    Example:
        >>> rdf([], "ntriples")
        b''
    """
    triples, prefixes = _with_prefixes(triples, name)
    return serialize(triples, format=FORMATS[name].rdf, prefixes=prefixes) or b""


def _with_prefixes(said: Iterable[Any], name: str) -> tuple[Iterable[Any], dict[str, str] | None]:
    """What is to be written, and the prefixes that it uses; of very much all that we know, for they come first."""
    if name not in ("turtle", "trig", "rdfxml", "jsonld"):
        return said, None
    rest = iter(said)
    first = list(islice(rest, _LOOKED_THROUGH))
    if len(first) == _LOOKED_THROUGH:
        return chain(first, rest), guard.prefixes()
    return first, prefixes_of((term for each in first for term in each), guard.prefixes())


def _asked(passed: dict[str, list[str]], longest_query: int, longest_update: int) -> Asked | None:
    queries, updates = passed.get("query", []), passed.get("update", [])
    if queries and updates:
        raise Problem(400, "query-and-update")
    if updates and not longest_update:
        raise Problem(403, "reads-only")
    for name, texts, most in (("query", queries, longest_query), ("update", updates, longest_update)):
        if len(texts) > 1:
            raise Problem(400, "several", name=name, count=len(texts))
        if texts and len(texts[0].encode("utf-8")) > most:
            raise Problem(413, "too-long", most=most)
    if not (queries or updates):
        return None
    ours, others = (_OF_AN_UPDATE, _OF_A_QUERY) if updates else (_OF_A_QUERY, _OF_AN_UPDATE)
    for name in others:
        if name in passed:
            raise Problem(400, "using-of-a-query", name=name)
    default, named = (_graphs(passed, name) for name in ours)
    dataset = Dataset(default, named) if default or named else None
    # clients that cannot set headers send ?format=; SPARQLWrapper sends the same as output and results
    return Asked((queries or updates)[0], dataset, passed.get("format", [""])[-1], bool(updates))


def _graphs(passed: dict[str, list[str]], name: str) -> list[NamedNode]:
    return [iri(value, name) for value in passed.get(name, [])]


def iri(value: str, name: str) -> NamedNode:
    """An IRI that came with a request.

    Args:
        value: its text.
        name: the parameter it came as.

    Raises:
        Problem: 400, it is none.

    Example:
        >>> iri("https://example.org/g", "graph").value
        'https://example.org/g'
    """
    try:
        return NamedNode(value)
    except ValueError:
        raise Problem(400, "no-iri", value=value, name=name) from None


def _parameters(text: bytes) -> dict[str, list[str]]:
    """The fields of a form (WHATWG URL, 5.1), by name; in half the time of the library, which takes more than bytes."""
    found: dict[str, list[str]] = {}
    try:
        for pair in text.split(b"&"):
            name, _, value = pair.partition(b"=")
            if pair:
                found.setdefault(_decoded(name), []).append(_decoded(value))
    except UnicodeDecodeError:
        raise Problem(400, "not-utf8") from None
    return found


def _decoded(text: bytes) -> str:
    plain = text.replace(b"+", b" ")
    return (unquote_to_bytes(plain) if b"%" in plain else plain).decode("utf-8")


def text_of(body: bytes) -> str:
    """A body as text.

    Raises:
        Problem: 400, it is not UTF-8.

    Example:
        >>> text_of(b"ASK {}")
        'ASK {}'
    """
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(400, "not-utf8") from None

"""The store behind a SPARQL 1.1 endpoint: Fuseki, Virtuoso, GraphDB, Oxigraph …

A change and its entry of the log are one operation of one update request, which does nothing when somebody else has
taken the same number before. Whether a request is carried out whole or not at all is the server's affair; so undo is
offered only where the caller says that the server has transactions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Triple

from sankofa.errors import Conflict, EndpointError, ParameterError, ReadOnly, StorageError, UnknownName, WrongUsage
from sankofa.store import guard
from sankofa.store.binding import Value, bind
from sankofa.store.changes import Change, Entry, net, refuse_conflict
from sankofa.store.contract import Results, Term
from sankofa.store.entry import in_normal_form, kept_forms
from sankofa.store.folder import checked_base
from sankofa.store.graphs import Graphs
from sankofa.store.known import starts_of_own_graphs
from sankofa.store.log import BrokenEntryError, read_change, read_entry, to_patch
from sankofa.store.shared import Shared
from sankofa.store.wire import Credentials, RefusedError, Wire

_NUMBER = NamedNode("http://purl.org/dc/terms/identifier")
_HEADER = NamedNode("http://purl.org/dc/terms/abstract")
_PATCH = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#value")
_STAMP = NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
_SUBJECTS = 100  # of one query
_Thing = TypeVar("_Thing")
#: What is understood, the best first.
_ROWS = "application/sparql-results+json"
_TRIPLES = "application/n-triples, text/turtle;q=0.9"
#: Virtuoso writes the label of a blank node as an address, which no label can be.
_NODE_ID = re.compile(rb'("bnode"\s*,\s*"value"\s*:\s*")nodeID://')
_TRIES = 5  # how often a change is made again when another writer was faster


class Remote(Shared):
    """A network's graph, or any dataset, behind a SPARQL endpoint.

    Args:
        address: the address that answers queries.
        update: the address that takes updates; without it the store is read-only.
        base: the network's base IRI; without it the endpoint's own dataset is asked as it is, and takes no changes.
        transactional: the server carries out an update request whole or not at all; undo is then offered.
        timeout: seconds to wait for an answer.
        credentials: who we are, to a server that asks.

    Raises:
        ParameterError: the base is no absolute IRI that ends with ``/``.

    Example:
        >>> Remote("http://localhost:7878/query").read_only
        True
    """

    def __init__(
        self,
        address: str,
        *,
        update: str | None = None,
        base: str | None = None,
        transactional: bool = False,
        timeout: int = 60,
        credentials: Credentials | None = None,
    ) -> None:
        """Remember the addresses; nothing is asked yet."""
        super().__init__(Graphs.of(checked_base(base)) if base else None)
        self.address = address
        self._update_address = update
        self._transactional = transactional
        self._wire = Wire(timeout=timeout, credentials=credentials)

    def close(self) -> None:
        """Nothing is held open between two requests."""

    # -- what it is

    @property
    def version(self) -> int:
        """The number of the last change, as the server knows it now."""
        if self._graphs is None:
            return 0
        pattern = f"SELECT (MAX(?n) AS ?last) {{ GRAPH {self._graphs.log} {{ ?change {_NUMBER} ?n }} }}"
        return max((int(str(row[0].value)) for row in self._rows(pattern) if row[0] is not None), default=0)

    @property
    def read_only(self) -> bool:
        """Whether changes are refused."""
        return self._update_address is None or self._graphs is None

    # -- reading

    def query(
        self,
        sparql: str,
        bindings: Mapping[str, Value] | None = None,
        *,
        federate: bool = False,
        base_iri: str | None = None,
    ) -> Results:
        """Ask a query. For a network, its default graph is the four graphs together, as in an embedded store.

        Args:
            sparql: the text of the query; the prefixes of ``ontology/prefixes.ttl`` need no declaration.
            bindings: terms for variables, by name without ``?``.
            federate: let ``SERVICE`` ask other servers; for your own queries only.
            base_iri: what relative IRIs in the query are resolved against.

        Raises:
            QueryError: it does not parse.
            ForbiddenQuery: it asks another server, or is an update.
            ParameterError: a value for a variable that the query has not.
            EndpointError: the server is down, refuses, or breaks off.
        """
        guard.refuse(sparql, federate=federate)
        text = guard.with_prefixes(bind(sparql, bindings or {}))
        if base_iri:
            text = f"BASE {NamedNode(base_iri)} {text}"
        words = guard.keywords(text)
        parameters: dict[str, list[str]] = {}
        if self._graphs is not None and "FROM" not in words:
            parameters["default-graph-uri"] = [graph.value for graph in self._graphs.queried]
            if "GRAPH" in words:
                parameters["named-graph-uri"] = self._named_graphs()
        return self._results(*self._ask(text, parameters, sparql))

    def quads(
        self,
        s: NamedNode | BlankNode | None = None,
        p: NamedNode | None = None,
        o: Term | None = None,
        g: NamedNode | BlankNode | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """The quads that match, of all graphs but the log."""
        pattern = " ".join(_or_variable(term, name) for term, name in ((s, "s"), (p, "p"), (o, "o")))
        named = f"GRAPH {g if isinstance(g, NamedNode) else '?g'} {{ {pattern} }}"
        if isinstance(g, DefaultGraph):
            where = pattern
        elif g is not None:
            where = named
        elif self._graphs is None:
            where = f"{{ {pattern} }} UNION {{ {named} }}"
        else:
            others = "".join(f" && !STRSTARTS(STR(?g), {Literal(start)})" for start in starts_of_own_graphs())
            where = f"{named} FILTER(?g NOT IN ({self._graphs.log}, {self._graphs.release}){others})"
        for row in self._rows(f"SELECT ?s ?p ?o ?g {{ {where} }}"):
            subject, predicate, value, graph = row
            yield Quad(
                s or subject,
                p or predicate,
                o if o is not None else value,
                g if g is not None else graph or DefaultGraph(),
            )

    # -- changing

    def apply(self, change: Change) -> Change:
        """Commit a change and its entry of the log in one update request.

        Args:
            change: quads out and in; with ``begun`` set, it must not meet another change since that version.

        Returns:
            The change as it really was, with its number; number 0 when there was nothing to change.

        Raises:
            Conflict: somebody else changed one of its records since it began.
            ReadOnly: no update address, no network, or a quad for a reserved graph.
            EndpointError: the server is down or refuses.
        """
        self._refuse_read_only()
        with self._writing:
            for _ in range(_TRIES):
                version = self.version
                real = net(change, self._present, self.graphs)
                if not real:
                    return replace(real, number=0)
                if change.begun is not None:
                    numbers = range(change.begun + 1, version + 1)
                    later = [self.change(number) for number in numbers]
                    entries = {entry.number: entry for entry in self.history()} if later else {}
                    refuse_conflict(real, ((entries[each.number], each) for each in later))
                real = replace(real, number=version + 1)
                if self._commit(real):
                    break
            else:
                raise Conflict("other writers were faster every time", where=self.address, hint="try again")
        return self._announce(real)

    def load_reserved(self, graph: NamedNode, triples: Iterable[Triple], *, stamp: str = "") -> None:
        """Replace the content of a reserved graph, in one update request.

        Raises:
            ParameterError: the graph is not a reserved one.
            ReadOnly: the store takes no changes.
            EndpointError: the server is down or refuses.
        """
        self._refuse_read_only()
        if graph not in self.graphs.reserved:
            raise ParameterError("this graph is not a reserved one", where=str(graph), hint="use apply() or load()")
        quads = in_normal_form((Quad(t.subject, t.predicate, t.object, graph) for t in triples), self.graphs)
        log = self.graphs.log
        quads.append(Quad(graph, _STAMP, Literal(stamp), log))
        blank = [quad for quad in quads if BlankNode in (type(quad.subject), type(quad.object))]
        into = [f"INSERT {{ {_rows(blank)} }} WHERE {{}}"] if blank else []  # Virtuoso takes no blank nodes as data
        into += [
            f"INSERT DATA {{ {_rows(part)} }}" for part in _parts([each for each in quads if each not in set(blank)])
        ]
        out = f"CLEAR SILENT GRAPH {graph} ; DELETE WHERE {{ GRAPH {log} {{ {graph} {_STAMP} ?old }} }}"
        self._send(" ;\n".join((out, *into)))

    def stamp(self, graph: NamedNode) -> str:
        """The stamp that a reserved graph was loaded with, "" when it never was."""
        rows = self._rows(f"SELECT ?stamp {{ GRAPH {self.graphs.log} {{ {graph} {_STAMP} ?stamp }} }}")
        return "".join(sorted(row[0].value for row in rows))

    def undo(self, number: int, *, who: str = "", when: str = "", why: str = "") -> Change:
        """Reverse a change by a new one.

        Raises:
            WrongUsage: nobody said that the server has transactions.
            UnknownName: there is no such change.
            Conflict: later changes touched the same records, or it is undone already.
            EndpointError: the server is down or refuses.
        """
        if not self._transactional:
            raise WrongUsage(
                "undo needs a server with transactions",
                where=self.address,
                hint="open it with transactional=True if it has",
            )
        return super().undo(number, who=who, when=when, why=why)

    def history(self, iri: str | None = None) -> list[Entry]:
        """The headers of all changes, oldest first, or of those that touch a record or a part of it.

        Raises:
            StorageError: an entry on the server was altered.
            EndpointError: the server is down or refuses.
        """
        touched = ""
        if iri is not None:
            marks = [f"\n{row} <{iri}{end}" for row in "AD" for end in (">", "#")] + [f" <{iri}> .\n"]
            tests = " || ".join(f"CONTAINS(?patch, {Literal(mark)})" for mark in marks)
            touched = f"?change {_PATCH} ?patch FILTER({tests})"
        where = f"?change {_NUMBER} ?n ; {_HEADER} ?head . {touched}"
        rows = self._rows(f"SELECT ?head {{ GRAPH {self.graphs.log} {{ {where} }} }} ORDER BY ?n")
        return [self._header(row[0].value) for row in rows]

    def change(self, number: int) -> Change:
        """One change with its quads.

        Raises:
            UnknownName: there is no such change.
            StorageError: its entry on the server was altered.
        """
        node = self._entry_node(number)
        rows = self._rows(f"SELECT ?patch {{ GRAPH {self.graphs.log} {{ {node} {_PATCH} ?patch }} }}")
        if not rows:
            raise UnknownName(f"there is no change {number}", hint=f"the last one is {self.version}")
        try:
            return read_change(rows[0][0].value.encode())
        except BrokenEntryError as error:
            raise StorageError(f"entry {number} of the log is broken: {error}", where=self.address) from None

    # -- inside

    def _entry_node(self, number: int) -> NamedNode:
        return NamedNode(f"{self.graphs.log.value}#{number}")

    def _header(self, text: str) -> Entry:
        try:
            return read_entry(text.encode(), whole=False)
        except BrokenEntryError as error:
            raise StorageError(f"an entry of the log is broken: {error}", where=self.address) from None

    def _refuse_read_only(self) -> None:
        if self._graphs is None:
            raise ReadOnly("this endpoint was opened without a network", where=self.address, hint="give base=…")
        if self._update_address is None:
            raise ReadOnly("no address for updates was given", where=self.address, hint="give update=…")

    def _commit(self, change: Change) -> bool:
        """Send a change with its entry; False when another writer has the number."""
        log, node = self.graphs.log, self._entry_node(change.number)
        heads = f"SELECT ?head {{ GRAPH {log} {{ %s {_HEADER} ?head }} }}"
        before = self._rows(heads % self._entry_node(change.number - 1))
        previous = self._header(before[0][0].value).id if before else ""
        patch = to_patch(change, previous).decode()
        head = patch.partition("TX .\n")[0]
        entry = [
            Quad(node, _NUMBER, Literal(change.number), log),
            Quad(node, _HEADER, Literal(head), log),
            Quad(node, _PATCH, Literal(patch), log),
        ]
        # the row of VALUES stands for nothing: in a WHERE without it Virtuoso forgets the FILTER
        free = f"WHERE {{ VALUES ?row {{ 1 }} FILTER NOT EXISTS {{ GRAPH {log} {{ {node} ?p ?o }} }} }}"
        first = f"INSERT {{ {_rows(entry)} }} {free}"
        mine = f"WHERE {{ GRAPH {log} {{ {node} {_HEADER} {Literal(head)} }} }}"
        out = [f"DELETE {{ {_rows(part)} }} {mine}" for part in _parts(change.removed)]
        into = [f"INSERT {{ {_rows(part)} }} {mine}" for part in _parts(change.added)]
        self._send(" ;\n".join((first, *out, *into)))
        stored = self._rows(heads % node)
        return [row[0].value for row in stored] == [head]

    def _present(self, quads: Iterable[Quad]) -> set[Quad]:
        found: set[Quad] = set()
        wanted = set(quads)
        subjects: dict[Any, dict[str, None]] = {}
        for quad in wanted:
            subjects.setdefault(quad.graph_name, {})[str(quad.subject)] = None
        for graph, names in subjects.items():
            for part in _parts(sorted(names), _SUBJECTS):  # in VALUES, Virtuoso finds no literal that has a language
                text = f"SELECT ?s ?p ?o {{ VALUES ?s {{ {' '.join(part)} }} GRAPH {graph} {{ ?s ?p ?o }} }}"
                found |= {Quad(s, p, o, graph) for s, p, o in self._rows(text)} & wanted
        return found

    def _named_graphs(self) -> list[str]:
        rows = self._rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
        ours = (self.graphs.log, self.graphs.release)
        found = (row[0].value for row in rows if isinstance(row[0], NamedNode) and row[0] not in ours)
        return sorted(graph for graph in found if not graph.startswith(starts_of_own_graphs()))

    def _rows(self, text: str) -> list[Any]:
        """The rows of one of our own SELECT queries, over the server's dataset as it is."""
        results = self._results(*self._ask(text, {}, text))
        return [tuple(row) for row in results] if isinstance(results, QuerySolutions) else []

    def _results(self, data: bytes, media_type: str, kind: str) -> Results:
        try:
            if kind in ("CONSTRUCT", "DESCRIBE"):
                scratch = pyoxigraph.Store()
                known = RdfFormat.from_media_type(media_type) or RdfFormat.TURTLE
                scratch.extend(pyoxigraph.parse(data, known, base_iri=self.address))
                return scratch.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
            as_json = pyoxigraph.QueryResultsFormat.JSON
            data = _NODE_ID.sub(rb"\1", data)
            checked = pyoxigraph.parse_query_results(data, as_json)
            if isinstance(checked, QuerySolutions):
                terms = {term for row in checked for term in row}  # an answer that breaks off must not look whole
                forms = kept_forms(term for term in terms if isinstance(term, Literal) and term.language is None)
                checked = pyoxigraph.parse_query_results(_with_forms(data, forms) if forms else data, as_json)
            if kind == "ASK" and isinstance(checked, QuerySolutions):  # Virtuoso 7 answers with one row, or with none
                word = b"true" if any(True for _ in checked) else b"false"
                checked = pyoxigraph.parse_query_results(b'{"head":{},"boolean":%s}' % word, as_json)
            return checked
        except (SyntaxError, ValueError) as error:
            raise EndpointError(
                f"its answer cannot be read ({error})",
                where=self.address,
                hint="the server may have stopped in the middle; ask for less, or raise its limits",
            ) from None

    def _ask(self, text: str, parameters: dict[str, list[str]], asked: str) -> tuple[bytes, str, str]:
        """Send a query; the bytes of the answer, its media type, and what sort of query it was."""
        first = guard.operation(text)
        kind = first.word if first is not None else ""
        accept = _TRIPLES if kind in ("CONSTRUCT", "DESCRIBE") else _ROWS
        try:
            data, media_type = self._wire.ask(self.address, text, accept, parameters)
        except RefusedError as error:
            if error.status == 400:
                _raise_if_unparsable(asked)
            raise
        return data, media_type, kind

    def _send(self, text: str) -> None:
        """Send an update."""
        self._wire.send("POST", str(self._update_address), (text.encode(),), "application/sparql-update")


def _raise_if_unparsable(query: str) -> None:
    """A server's own message about a query that does not parse is rarely as good as ours."""
    try:
        pyoxigraph.Store().query(query, prefixes=guard.prefixes(), base_iri="http://localhost/")
    except SyntaxError as error:
        raise guard.parse_error(error, query) from None


def _with_forms(data: bytes, forms: Mapping[Literal, Literal]) -> bytes:
    """Rows in JSON with numbers and dates in the form that our own stores keep: ``2.50`` and ``2.5`` are one value."""
    known = {(literal.datatype.value, literal.value): kept.value for literal, kept in forms.items()}
    answer = json.loads(data)
    for row in answer["results"]["bindings"]:
        for term in row.values():
            term["value"] = known.get((term.get("datatype"), term["value"]), term["value"])
    return json.dumps(answer).encode()


def _or_variable(term: object, name: str) -> str:
    if isinstance(term, BlankNode):
        raise ParameterError("a blank node has no name behind an endpoint", where=str(term))
    return f"?{name}" if term is None else str(term)


def _parts(them: Sequence[_Thing], most: int = 500) -> list[Sequence[_Thing]]:
    """Some at a time: a server may compile each operation of an update to a program, whose length is bounded."""
    return [them[start : start + most] for start in range(0, len(them), most)]


def _rows(quads: Iterable[Quad]) -> str:
    by_graph: dict[str, list[str]] = {}
    for quad in quads:
        by_graph.setdefault(str(quad.graph_name), []).append(str(quad.triple))
    joined = ((graph, " .\n".join(triples)) for graph, triples in by_graph.items())
    return "\n".join(f"GRAPH {graph} {{ {triples} }}" for graph, triples in joined)

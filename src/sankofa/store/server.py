"""A SPARQL 1.1 server as a place for whole graphs: what they hold, and how they get other content.

Content goes in through Graph Store Protocol, else through Update, in requests of a bounded size. What is there is read
by ordinary queries, for some subjects at a time: no server has to sort, or to answer with more rows than it likes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, Triple

from sankofa.errors import EndpointError
from sankofa.store.known import known_servers
from sankofa.store.remote import Remote
from sankofa.store.wire import LOGIN, TOKEN, Credentials, RefusedError, UnreachableError, Wire, checked_address

#: The most of one request: bytes through Graph Store Protocol; triples and bytes through Update.
_MOST_STORED = 16 << 20
_MOST_INSERTED, _MOST_TEXT = 500, 256 << 10
_N_TRIPLES, _UPDATE = "application/n-triples", "application/sparql-update"

#: Lines of N-Triples, each with its end.
Lines = Sequence[bytes]


class Way(ABC):
    """A way for the content of graphs into a server.

    Attributes:
        name: what it is called.
        address: where requests go.
    """

    name = ""

    def __init__(self, address: str, wire: Wire) -> None:
        """Send nothing yet."""
        self.address = address
        self._wire = wire

    @abstractmethod
    def replace(self, graph: NamedNode, lines: Lines) -> None:
        """Let a graph hold these triples and no other."""

    @abstractmethod
    def add(self, graph: NamedNode, lines: Lines) -> None:
        """Add triples to a graph."""

    @abstractmethod
    def correct(self, graph: NamedNode, removed: Lines, added: Lines) -> bool:
        """Take triples out and put others in; False where this way cannot take single triples out."""


class GraphStore(Way):
    """Graph Store Protocol: a graph is one document, or several, when it is large.

    Example:
        >>> GraphStore("http://localhost:7878/store", Wire()).name
        'Graph Store Protocol'
    """

    name = "Graph Store Protocol"

    def replace(self, graph: NamedNode, lines: Lines) -> None:
        """Let a graph hold these triples and no other.

        Raises:
            EndpointError: the server is down or refuses.
        """
        first, *rest = list(_parts(lines, _MOST_STORED)) or [[]]
        self._send("PUT", graph, first)
        for part in rest:
            self._send("POST", graph, part)

    def add(self, graph: NamedNode, lines: Lines) -> None:
        """Add triples to a graph.

        Raises:
            EndpointError: the server is down or refuses.
        """
        for part in _parts(lines, _MOST_STORED):
            self._send("POST", graph, part)

    def correct(self, graph: NamedNode, removed: Lines, added: Lines) -> bool:
        """Add what is lacking; the protocol takes out whole graphs only."""
        if removed:
            return False
        self.add(graph, added)
        return True

    def _send(self, method: str, graph: NamedNode, lines: Lines) -> None:
        sign = "&" if "?" in self.address else "?"
        address = f"{self.address}{sign}graph={quote(graph.value, safe='')}"
        self._wire.send(method, address, lines or (b"\n",), _N_TRIPLES)


class Updates(Way):
    """SPARQL Update: triples are inserted and deleted a few hundred at a time.

    Example:
        >>> Updates("http://localhost:7878/update", Wire()).name
        'SPARQL Update'
    """

    name = "SPARQL Update"

    def replace(self, graph: NamedNode, lines: Lines) -> None:
        """Let a graph hold these triples and no other.

        Raises:
            EndpointError: the server is down or refuses.
        """
        first, *rest = list(_parts(lines, _MOST_TEXT, _MOST_INSERTED)) or [[]]
        self._send([b"CLEAR SILENT GRAPH %s ;\n" % str(graph).encode(), *_data("INSERT", graph, first)])
        for part in rest:
            self._send(_data("INSERT", graph, part))

    def add(self, graph: NamedNode, lines: Lines) -> None:
        """Add triples to a graph.

        Raises:
            EndpointError: the server is down or refuses.
        """
        for part in _parts(lines, _MOST_TEXT, _MOST_INSERTED):
            self._send(_data("INSERT", graph, part))

    def correct(self, graph: NamedNode, removed: Lines, added: Lines) -> bool:
        """Take triples out and put others in; those with blank nodes cannot be named, and so not be taken out."""
        if any(is_blank(line) for line in removed):
            return False
        for part in _parts(removed, _MOST_TEXT, _MOST_INSERTED):
            self._send(_data("DELETE", graph, part))
        self.add(graph, added)
        return True

    def _send(self, parts: Sequence[bytes]) -> None:
        self._wire.send("POST", self.address, parts, _UPDATE)


class Server:
    """What a SPARQL server holds, and the ways in that it may have.

    Args:
        endpoint: its address, with or without the ending that takes queries.
        graph_store: the address that takes graphs by Graph Store Protocol, when it is known.
        update: the address that takes updates, when it is known.
        credentials: who we are, to a server that asks.
        timeout: seconds to wait for it to go on.

    Raises:
        WrongUsage: an address is none, or has a password in it.

    Example:
        >>> server = Server("http://localhost:3030/kg/sparql")
        >>> [way.address for way in server.ways()][:2]
        ['http://localhost:3030/kg/data', 'http://localhost:3030/kg/sparql-graph-crud-auth']
    """

    def __init__(
        self,
        endpoint: str,
        *,
        graph_store: str | None = None,
        update: str | None = None,
        credentials: Credentials | None = None,
        timeout: int = 60,
    ) -> None:
        """Ask nothing yet."""
        self.endpoint = checked_address(endpoint)
        named = ((GraphStore, graph_store), (Updates, update))
        self._named = [(kind, checked_address(address)) for kind, address in named if address is not None]
        self._credentials, self._timeout = credentials, timeout
        self._wire = Wire(timeout=timeout, credentials=credentials)
        self._asked: Remote | None = None

    # -- what it holds

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a SELECT over the server's dataset as it is.

        Raises:
            EndpointError: the server is down, refuses, or answers no queries.
        """
        found = self._queries.query(query)
        return [tuple(row) for row in found] if isinstance(found, QuerySolutions) else []

    def holds(self, query: str) -> bool:
        """The answer to an ASK.

        Raises:
            EndpointError: the server is down, refuses, or answers no queries.
        """
        found = self._queries.query(query)
        return isinstance(found, QueryBoolean) and bool(found)

    def size(self, graph: NamedNode) -> int:
        """How many triples a graph has.

        Raises:
            EndpointError: the server is down, refuses, or answers no queries.
        """
        ((count,),) = self.rows(f"SELECT (COUNT(*) AS ?n) {{ GRAPH {graph} {{ ?s ?p ?o }} }}")
        return int(getattr(count, "value", "0"))

    def said_of(self, graph: NamedNode, subjects: Iterable[str]) -> Iterator[Triple]:
        """The triples of a graph with one of these subjects.

        Args:
            graph: the graph.
            subjects: IRIs as N-Triples has them.

        Raises:
            EndpointError: the server is down, refuses, or answers no queries.
        """
        values = " ".join(subjects)
        return self._triples(f"VALUES ?s {{ {values} }} GRAPH {graph} {{ ?s ?p ?o }}")

    def blank(self, graph: NamedNode) -> Iterator[Triple]:
        """The triples of a graph that have a blank node.

        Raises:
            EndpointError: the server is down, refuses, or answers no queries.
        """
        return self._triples(f"GRAPH {graph} {{ ?s ?p ?o FILTER(isBlank(?s) || isBlank(?o)) }}")

    def _triples(self, where: str) -> Iterator[Triple]:
        return (Triple(*row) for row in self.rows(f"SELECT ?s ?p ?o {{ {where} }}"))  # type: ignore[arg-type]

    # -- ways in

    def ways(self) -> list[Way]:
        """The ways in: those that were named, else those that servers usually have; not all of them are there."""
        if self._named:
            return [kind(address, self._wire) for kind, address in self._named]
        found: dict[tuple[type[Way], str], None] = {}
        for kind, key in ((GraphStore, "graph-store"), (Updates, "update")):
            for server in known_servers():
                for stem in self._stems(server["query"]):
                    found |= {(kind, stem + ending): None for ending in server[key]}
        return [kind(address, self._wire) for kind, address in found]

    def way_in(self, graph: NamedNode, lines: Lines) -> Way:
        """The first way through which a graph really gets its content.

        Args:
            graph: a graph of ours.
            lines: its content from now on.

        Raises:
            EndpointError: there is none; the error says what was tried.
        """
        tried: list[str] = []
        subjects = sorted({subject_of(line) for line in lines})
        for way in (ways := self.ways()):
            try:
                way.replace(graph, lines)
            except RefusedError as error:
                if len(ways) == 1:
                    raise
                tried.append(f"{way.address} (HTTP {error.status})")
                continue
            except UnreachableError:
                if len(ways) == 1:
                    raise
                tried.append(f"{way.address} (breaks off)")
                continue
            if {line_of(triple) for triple in self.said_of(graph, subjects)} >= set(lines):
                return way
            tried.append(f"{way.address} (nothing arrives)")
        raise EndpointError(
            f"it takes no content of graphs; tried: {', '.join(tried)}",
            where=self.endpoint,
            hint=f"name the right address with --graph-store or --update; ${LOGIN} or ${TOKEN} may be needed",
        )

    def _stems(self, endings: Sequence[str]) -> list[str]:
        """What comes before the ending of our address; the address itself where it has no ending."""
        bare = self.endpoint.rstrip("/")
        cut = [bare.removesuffix(ending) for ending in endings if ending and bare.endswith(ending)]
        known = {ending for server in known_servers() for ending in server["query"] if ending}
        return cut or ([] if any(bare.endswith(ending) for ending in known) else [bare])

    @property
    def _queries(self) -> Remote:
        """What answers queries: the address itself, else one of the endings that it may lack."""
        if self._asked is None:
            self._asked = self._that_answers()
        return self._asked

    def _that_answers(self) -> Remote:
        endings = dict.fromkeys(ending for server in known_servers() for ending in server["query"] if ending)
        bare = self.endpoint.rstrip("/")
        more = [] if bare.endswith(tuple(endings)) else [bare + ending for ending in endings]
        first: EndpointError | None = None
        for address in (self.endpoint, *more):
            remote = Remote(address, timeout=self._timeout, credentials=self._credentials)
            try:
                if isinstance(remote.query("ASK {}"), QueryBoolean):
                    return remote
            except UnreachableError:
                raise
            except EndpointError as error:
                if isinstance(error, RefusedError) and error.status in (401, 403):
                    raise
                first = first or error
        raise first or EndpointError("it answers no queries", where=self.endpoint, hint="check the address")


def line_of(triple: Triple) -> bytes:
    """A triple as a line of N-Triples.

    Example:
        >>> line_of(Triple(NamedNode("http://a"), NamedNode("http://b"), NamedNode("http://c")))
        b'<http://a> <http://b> <http://c> .\\n'
    """
    return f"{triple.subject} {triple.predicate} {triple.object} .\n".encode()


def is_blank(line: bytes) -> bool:
    """Whether a line of N-Triples has a blank node.

    Example:
        >>> is_blank(b'<http://a> <http://b> " _:c" .\\n'), is_blank(b"<http://a> <http://b> _:c .\\n")
        (False, True)
    """
    return line.startswith(b"_:") or line.split(b" ", 2)[2].startswith(b"_:")


def subject_of(line: bytes) -> str:
    """The subject of a line of N-Triples.

    Example:
        >>> subject_of(b"<http://a> <http://b> <http://c> .\\n")
        '<http://a>'
    """
    return line.partition(b" ")[0].decode()


def _data(what: str, graph: NamedNode, lines: Lines) -> list[bytes]:
    """An operation of an update, in pieces: these triples of a graph, in or out."""
    if lines and is_blank(lines[0]):  # Virtuoso takes blank nodes only where an INSERT could have variables
        return [f"{what} {{ GRAPH {graph} {{\n".encode(), *lines, b"} } WHERE {}"]
    return [f"{what} DATA {{ GRAPH {graph} {{\n".encode(), *lines, b"} }"]


def _parts(lines: Lines, most_bytes: int, most_lines: int = 1 << 30) -> Iterator[list[bytes]]:
    """Lines in parts of a bounded size; those with blank nodes come first and together: they share their labels."""
    blank = [line for line in lines if is_blank(line)]
    part, size = blank, sum(map(len, blank))
    for line in lines:
        if is_blank(line):
            continue
        if part and (size + len(line) > most_bytes or len(part) >= most_lines):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line)
    if part:
        yield part

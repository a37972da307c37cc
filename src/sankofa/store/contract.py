"""What every store can do, wherever its triples live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Triple,
)

from sankofa.store.binding import Value
from sankofa.store.changes import Change, Entry
from sankofa.store.graphs import Graphs
from sankofa.store.lexical import Rows, Triples

Term = NamedNode | BlankNode | Literal
#: The rows of SELECT: the engine's own, or with literals as they were written.
Solutions = QuerySolutions | Rows
Results = Solutions | QueryTriples | Triples | QueryBoolean


class Store(Protocol):
    """A place for the triples of one network: in memory, in a folder, or behind a SPARQL endpoint."""

    @property
    def base(self) -> str | None:
        """The base IRI of the network, None for a plain graph."""

    @property
    def graphs(self) -> Graphs:
        """The names of the graphs; a plain graph has none (WrongUsage)."""

    @property
    def version(self) -> int:
        """The number of the last change."""

    def query(
        self,
        sparql: str,
        bindings: Mapping[str, Value] | None = None,
        *,
        federate: bool = False,
        base_iri: str | None = None,
    ) -> Results:
        """Ask a query, with values for its variables."""

    def quads(
        self,
        s: NamedNode | BlankNode | None = None,
        p: NamedNode | None = None,
        o: Term | None = None,
        g: NamedNode | BlankNode | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """The quads that match, of all graphs but the log."""

    def asserted(
        self, s: NamedNode | BlankNode | None = None, p: NamedNode | None = None, o: Term | None = None
    ) -> Iterator[Triple]:
        """The asserted triples that match."""

    def apply(self, change: Change) -> Change:
        """Commit a change; returns what it really changed, with its number."""

    def load(
        self,
        *files: Path | str,
        format: str | None = None,  # noqa: A002
        graph: NamedNode | None = None,
        base_iri: str | None = None,
        who: str = "",
        when: str = "",
        why: str = "",
    ) -> Change:
        """Add the triples of RDF files as one change."""

    def load_reserved(self, graph: NamedNode, triples: Iterable[Triple], *, stamp: str = "") -> None:
        """Replace the content of a reserved graph."""

    def stamp(self, graph: NamedNode) -> str:
        """The stamp that a reserved graph was loaded with, "" when it never was."""

    def undo(self, number: int, *, who: str = "", when: str = "", why: str = "") -> Change:
        """Reverse a change by a new one."""

    def history(self, iri: str | None = None) -> list[Entry]:
        """The headers of the changes, oldest first, or of those that touch a record."""

    def change(self, number: int) -> Change:
        """One change with its quads."""

    def dump(self, format: str = "nquads", *, all: bool = False, prefixes: Mapping[str, str] | None = None) -> bytes:  # noqa: A002
        """What was asserted, sorted."""

    def close(self) -> None:
        """Give back what the store holds."""

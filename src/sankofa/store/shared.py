"""What an embedded and a remote store do in the same way, by means of what each does in its own."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from sankofa.errors import Conflict, WrongUsage
from sankofa.store import guard
from sankofa.store.changes import Change, Entry, refuse_conflict, reversal
from sankofa.store.contract import Term
from sankofa.store.entry import leaving
from sankofa.store.formats import format_named, read_all, write
from sankofa.store.graphs import Graphs


class Shared(ABC):
    """The half of a store that does not depend on where its triples live."""

    def __init__(self, graphs: Graphs | None) -> None:
        """Start with the graphs of a network, or with none for a plain dataset."""
        self._graphs = graphs
        self._after: list[Callable[[Change], None]] = []
        self._writing = threading.RLock()

    def __enter__(self) -> Self:
        """Use the store in a ``with`` statement."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store at the end of the ``with`` statement."""
        self.close()

    @property
    def base(self) -> str | None:
        """The base IRI of the network, None for a plain dataset."""
        return self._graphs.base if self._graphs else None

    @property
    def graphs(self) -> Graphs:
        """The names of the network's graphs.

        Raises:
            WrongUsage: a plain dataset belongs to no network.
        """
        if self._graphs is None:
            raise WrongUsage("this dataset belongs to no network", hint="make a graph for one with `sankofa init`")
        return self._graphs

    def asserted(
        self, s: NamedNode | BlankNode | None = None, p: NamedNode | None = None, o: Term | None = None
    ) -> Iterator[Triple]:
        """The asserted triples that match; of a plain dataset, those of its default graph."""
        graph = DefaultGraph() if self._graphs is None else self._graphs.asserted
        return (quad.triple for quad in self.quads(s, p, o, graph))

    def dump(self, format: str = "nquads", *, all: bool = False, prefixes: Mapping[str, str] | None = None) -> bytes:  # noqa: A002
        """What was asserted as the default graph, people's own graphs by name; sorted: the same graph, the same bytes.

        Args:
            format: the name of the format; one without named graphs holds the default graph only.
            all: also ontology, vocabularies and inferences, by their names.
            prefixes: for Turtle, TriG, RDF/XML and JSON-LD; by default those of ``ontology/prefixes.ttl``.

        Raises:
            UnknownName: no format has that name.
        """
        merged = not format_named(format).named_graphs
        kept = leaving(self.quads(), self._graphs, everything=all, merged=merged)
        return write(kept, format, prefixes=guard.prefixes() if prefixes is None else prefixes)

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
        """Add the triples of RDF files as one change; when one file is broken, nothing is added.

        Args:
            files: paths of files, also gzipped.
            format: the name of their format; by default their extensions decide.
            graph: the graph for triples that are in no named graph; by default what is asserted.
            base_iri: what relative IRIs are resolved against; by default the network's base.
            who: who loads them.
            when: the date of the change.
            why: what for; by default the names of the files.

        Raises:
            UnreadableInput: a file is missing or broken, with line and column.
            ReadOnly: the graph takes no changes, or a file has triples for a reserved graph.
        """
        self._refuse_read_only()
        quads = read_all(files, format=format, base_iri=base_iri or self.base, graph=graph)
        names = ", ".join(Path(file).name for file in files)
        return self.apply(Change(added=tuple(quads), who=who, when=when, why=why or f"load {names}"))

    def undo(self, number: int, *, who: str = "", when: str = "", why: str = "") -> Change:
        """Reverse a change by a new one; what it put out comes back, what it put in goes.

        Args:
            number: the change to reverse.
            who: who reverses it.
            when: the date of the reversal.
            why: what for; by default it says which change it reverses.

        Raises:
            UnknownName: there is no such change.
            Conflict: later changes touched the same records (they are named), or it is undone already.
            ReadOnly: the graph takes no changes.
        """
        self._refuse_read_only()
        with self._writing:
            entries = self.history()
            later = reversal(number, entries)
            old = self.change(number)
            if not old:
                raise Conflict(f"change {number} has nothing left to undo: its records were withdrawn")
            refuse_conflict(old, ((entries[each - 1], self.change(each)) for each in later))
            why = why or f"undo change {number}" + (f": {old.why}" if old.why else "")
            begun = entries[-1].number
            return self.apply(
                Change(removed=old.added, added=old.removed, who=who, when=when, why=why, undoes=number, begun=begun)
            )

    def on_commit(self, notify: Callable[[Change], None]) -> None:
        """Have a function called with every change after it is committed."""
        self._after.append(notify)

    def _announce(self, change: Change) -> Change:
        for notify in self._after:
            notify(change)
        return change

    @abstractmethod
    def close(self) -> None:
        """Give back what the store holds."""

    @abstractmethod
    def quads(
        self,
        s: NamedNode | BlankNode | None = None,
        p: NamedNode | None = None,
        o: Term | None = None,
        g: NamedNode | BlankNode | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """The quads that match, of all graphs but the log."""

    @abstractmethod
    def apply(self, change: Change) -> Change:
        """Commit a change."""

    @abstractmethod
    def history(self, iri: str | None = None) -> list[Entry]:
        """The headers of the changes, oldest first."""

    @abstractmethod
    def change(self, number: int) -> Change:
        """One change with its quads."""

    @abstractmethod
    def _refuse_read_only(self) -> None:
        """Raise ReadOnly when the store takes no changes."""

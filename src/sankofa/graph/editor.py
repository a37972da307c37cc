"""Changes as people make them: records and fields in, one atomic change out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, Triple

from sankofa.errors import ParameterError, UnknownName
from sankofa.fields import Field, is_slug, record_iri
from sankofa.store import Change
from sankofa.terms import DCTERMS, SKF, STATUS, XSD

if TYPE_CHECKING:
    from sankofa.capture import Capture, Context
    from sankofa.graph import Graph

#: What a new record takes from the network's own record when it does not say it itself.
_DEFAULTS = {"licence": SKF.defaultLicence, "language": SKF.defaultLanguage}


class Editor:
    """One change in the making. Use :meth:`sankofa.Graph.change`.

    Nothing is written before the end of the ``with`` block; an error in the block drops the whole change.

    Attributes:
        done: the change as it was committed, None before.
    """

    def __init__(self, graph: Graph, why: str, *, agent: str = "", when: str = "") -> None:
        """Remember at which version the change began, so that it meets no other unseen."""
        self.done: Change | None = None
        self._graph = graph
        self._why, self._agent, self._when = why, agent, when
        self._begun = graph.store.version
        self._added: dict[Triple, None] = {}
        self._removed: dict[Triple, None] = {}

    @property
    def date(self) -> str:
        """The day of the change, which the dates of its records come from."""
        return (self._when or datetime.datetime.now(datetime.UTC).isoformat())[:10]

    def add(self, kind: str, slug: str | None = None, /, **values: object) -> str:
        """Add a record.

        Args:
            kind: its kind, such as ``"story"``.
            slug: the last part of its IRI (``slug=`` works too).
            **values: its fields by name, ``-`` written as ``_``: texts by language (``{"fr": "…"}``), other records by
                slug or IRI, entries of closed lists by name; several in a list. Without them a new record is a draft
                with the network's licence and language.

        Returns:
            The record's IRI.

        Raises:
            UnknownName: no such kind or field; the error names the nearest.
            ParameterError: a value does not fit its field, the slug is none, or there is such a record already.
        """
        given = {name.replace("_", "-"): value for name, value in values.items()}
        slug = str(given.pop("slug", slug or ""))
        if not is_slug(slug):
            raise ParameterError(
                f"'{slug}' cannot be the last part of a {kind}'s address",
                hint="use small letters a-z, digits and single hyphens, at most 80 characters",
            )
        iri = record_iri(self._base, self._graph.fields.kind(kind).name, slug)
        if self._graph.has(iri.value) or any(triple.subject == iri for triple in self._added):
            raise ParameterError("there is such a record already", where=iri.value, hint="use set() to change it")
        for name, predicate in _DEFAULTS.items():
            for triple in self._graph.store.asserted(NamedNode(self._graph.network), NamedNode(predicate)):
                given.setdefault(name, triple.object.value)  # type: ignore[union-attr]
        given.setdefault("status", STATUS.draft)
        given.setdefault("created", self.date)
        for triple in self._triples(iri, kind, given):
            self._added[triple] = None
        return iri.value

    def set(self, record: str, /, **values: object) -> None:
        """Replace the values of some fields of a record; None takes a field's values out.

        Args:
            record: the record's IRI.
            **values: the fields, as for :meth:`add`.

        Raises:
            UnknownName: there is no such record or field.
            ParameterError: a value does not fit its field.
        """
        kind = self._graph.kind_of(record)
        if kind is None:
            raise UnknownName("there is no such record", where=record, hint="use add() for a new one")
        iri = NamedNode(record)
        given = {name.replace("_", "-"): value for name, value in values.items()}
        new = self._triples(iri, kind.name, {name: value for name, value in given.items() if value is not None})
        predicates = {kind.field(name).predicate for name in given}
        if DCTERMS.modified not in predicates and "#" not in record:
            predicates.add(DCTERMS.modified)
            new += self._triples(iri, kind.name, {"modified": self.date})
        for predicate in predicates:
            for triple in self._graph.store.asserted(iri, NamedNode(predicate), None):
                self._removed[triple] = None
        for triple in new:
            if triple.predicate.value in predicates:
                self._added[triple] = None

    def remove(self, record: str, /) -> None:
        """Take a record and its parts out; what others say of it stays.

        Raises:
            UnknownName: there is no such record.
        """
        found = [
            triple
            for triple in self._graph.store.asserted()
            if isinstance(triple.subject, NamedNode)
            and (triple.subject.value == record or triple.subject.value.startswith(f"{record}#"))
        ]
        if not found:
            raise UnknownName("there is no such record", where=record)
        self.remove_triples(found)

    def add_triples(self, triples: Iterable[Triple]) -> None:
        """Add triples as they are."""
        self._added.update(dict.fromkeys(triples))

    def remove_triples(self, triples: Iterable[Triple]) -> None:
        """Take triples out."""
        self._removed.update(dict.fromkeys(triples))

    def __enter__(self) -> Editor:
        """Begin the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit the change, unless the block failed."""
        if error is not None:
            return
        graph = self._graph.store.graphs.asserted
        self.done = self._graph.store.apply(
            Change(
                removed=tuple(_quad(triple, graph) for triple in self._removed),
                added=tuple(_quad(triple, graph) for triple in self._added),
                who=self._agent,
                when=self._when,
                why=self._why,
                begun=self._begun,
            )
        )

    @property
    def _base(self) -> str:
        return self._graph.store.graphs.base  # raises where there is no network

    def _triples(self, iri: NamedNode, kind: str, values: dict[str, object]) -> list[Triple]:
        context = _context(self._graph)

        def lookup(field: Field, text: str) -> NamedNode | None:
            found, near = context.choice(field, text)
            if len(found) == 1:
                return found[0]
            if near:
                raise ParameterError(
                    f"'{text}' is not in the list of the field '{field.name}'", hint=f"did you mean '{near}'?"
                )
            return None

        return self._graph.fields.triples(iri, kind, values, base=self._base, lookup=lookup)


def capture(graph: Graph, files: Sequence[Path], *, dry_run: bool, agent: str, when: str) -> Capture:
    """Read spreadsheets into a graph as one change.

    Args:
        graph: the graph they go into.
        files: CSV files.
        dry_run: change nothing.
        agent: who captures.
        when: the date of the capture, "" for the network's own, else the day.

    Raises:
        UnreadableInput: a file is missing or no CSV.
    """
    from sankofa.capture import capture_files

    begun = graph.store.version
    found = capture_files(files, _context(graph, when))
    if not dry_run:
        into = graph.store.graphs.asserted
        graph.store.apply(
            Change(
                removed=tuple(_quad(triple, into) for triple in found.removed),
                added=tuple(_quad(triple, into) for triple in found.added),
                who=agent,
                when=when,
                why=f"capture {', '.join(file.name for file in files)}",
                begun=begun,
            )
        )
    return found


def _context(graph: Graph, when: str = "") -> Context:
    from dataclasses import replace

    from pyoxigraph import Literal

    from sankofa.capture import Context, read_defaults

    base, defaults = read_defaults(graph.store)
    if when or "created" not in defaults.values:
        day = when or datetime.datetime.now(datetime.UTC).date().isoformat()
        date = Literal(day[:10], datatype=NamedNode(XSD.date))
        defaults = replace(defaults, values={**defaults.values, "created": date})
    return Context(base, fields=graph.fields, known=graph.store, defaults=defaults)


def _quad(triple: Triple, graph: NamedNode) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)

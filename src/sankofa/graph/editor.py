"""Changes as people make them: records and fields in, one atomic change out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad, Triple

from sankofa.capture import Context, capture_files, read_defaults
from sankofa.errors import ParameterError, UnknownName
from sankofa.fields import Field, Kind, is_slug, record_iri
from sankofa.store import Change, record_of
from sankofa.terms import DCTERMS, RDF, SKF, STATUS, XSD

if TYPE_CHECKING:
    from sankofa.capture import Capture
    from sankofa.graph import Graph
    from sankofa.validation import Finding
    from sankofa.validation.fixes import Fix

#: What a new record takes from the network's own record when it does not say it itself.
_DEFAULTS = {"licence": SKF.defaultLicence, "language": SKF.defaultLanguage}
_TYPE = NamedNode(RDF.type)


class Editor:
    """One change in the making. Use :meth:`sankofa.Graph.change`.

    Nothing is written before the end of the ``with`` block; an error in the block drops the whole change. What the
    block has changed already counts for what follows in it.

    Attributes:
        done: the change as it was committed, None before.
    """

    def __init__(self, graph: Graph, why: str, *, agent: str = "", when: str = "") -> None:
        """Remember at which version the change began, so that it meets no other unseen."""
        self.done: Change | None = None
        self._graph = graph
        self._base = graph.store.graphs.base  # raises where there is no network
        self._why, self._agent, self._when = why, agent, when
        self._begun = graph.store.version
        self._added: dict[Triple, None] = {}
        self._removed: dict[Triple, None] = {}
        self._touched: dict[NamedNode, dict[Triple, None]] = {}

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

        Example:
            >>> import sankofa
            >>> with sankofa.open().change("an example", when="2026-11-23") as change:
            ...     change.add("theme", "water", title={"fr": "Eau"}).partition("/id/")[2]
            'theme/water'
        """
        given = {name.replace("_", "-"): value for name, value in values.items()}
        name = str(given.pop("slug", slug or ""))
        if not is_slug(name):
            raise ParameterError(
                f"'{name}' cannot be the last part of a {kind}'s address",
                hint="use small letters a-z, digits and single hyphens, at most 80 characters",
            )
        described = self._graph.fields.kind(kind)
        iri = record_iri(self._base, described.name, name)
        if any(True for _ in self._said(iri)):
            raise ParameterError("there is such a record already", where=iri.value, hint="use set() to change it")
        for default, term in self._defaults.items():
            given.setdefault(default, term)
        given.setdefault("status", STATUS.draft)
        given.setdefault("created", self.date)
        self.add_triples(self._triples(iri, described, given))
        if described.name == "type":
            self._context.learn_type(iri, self)
        return iri.value

    def set(self, record: str, /, **values: object) -> None:
        """Replace the values of some fields of a record or of a part of one; None takes a field's values out.

        Args:
            record: the IRI.
            **values: the fields, as for :meth:`add`.

        Raises:
            UnknownName: there is no such record or field.
            ParameterError: a value does not fit its field.

        Example:
            >>> import sankofa
            >>> kg = sankofa.open()
            >>> with kg.change("an example", when="2026-11-23") as change:
            ...     change.set(kg.records("city")[0], focus={"fr": "la mobilité"})
            >>> [triple.object.value for triple in change.done.added]
            ['2026-11-23', 'la mobilité']
        """
        iri = _named(record)
        kind = self._kind_of(iri)
        given = {name.replace("_", "-"): value for name, value in values.items()}
        predicates = {kind.field(name).predicate for name in given}
        new = self._triples(iri, kind, {name: value for name, value in given.items() if value is not None})
        for predicate in sorted(predicates):
            self.remove_triples(list(self._said(iri, NamedNode(predicate))))
        self.add_triples(triple for triple in new if triple.predicate.value in predicates)
        if DCTERMS.modified not in predicates:
            self._date(NamedNode(record_of(record)))

    def fix(self, fix: Fix) -> bool:
        """Replace one value by what it must be, and date the record.

        Args:
            fix: a certain correction, as a finding has it.

        Returns:
            Whether the value was still there.
        """
        subject, predicate = _named(fix.subject), NamedNode(fix.predicate)
        wrong = Triple(subject, predicate, fix.out)
        if wrong not in list(self._said(subject, predicate)):
            return False
        self.remove_triples([wrong])
        self.add_triples([Triple(subject, predicate, fix.into)])
        if fix.predicate != DCTERMS.modified:
            self._date(NamedNode(record_of(fix.subject)))
        return True

    def remove(self, record: str, /) -> None:
        """Take a record and its parts out; what others say of it stays.

        Raises:
            UnknownName: there is no such record.
        """
        _named(record)
        pending = {node.value for node in self._touched if record_of(node.value) == record}
        members = {*self._graph.members(record), *pending}
        found = [triple for member in sorted(members) for triple in self._said(NamedNode(member))]
        if not found:
            raise UnknownName("there is no such record", where=record, hint="kg.records() lists them")
        self.remove_triples(found)

    def add_triples(self, triples: Iterable[Triple]) -> None:
        """Add triples as they are."""
        for triple in triples:
            self._removed.pop(triple, None)
            self._added[triple] = None
            if isinstance(triple.subject, NamedNode):
                self._touched.setdefault(triple.subject, {})[triple] = None

    def remove_triples(self, triples: Iterable[Triple]) -> None:
        """Take triples out."""
        for triple in triples:
            self._removed[triple] = None
            self._added.pop(triple, None)
            if isinstance(triple.subject, NamedNode):
                self._touched.get(triple.subject, {}).pop(triple, None)

    def asserted(
        self, s: NamedNode | None, p: NamedNode | None = None, o: NamedNode | Literal | None = None, /
    ) -> Iterator[Triple]:
        """The triples that will be asserted after the change, None for whatever."""
        pending = list(self._touched.get(s, {}) if s is not None else self._added)
        for triple in self._graph.store.asserted(s, p, o):
            if triple not in self._removed and triple not in self._added:
                yield triple
        for triple in pending:
            if (p is None or triple.predicate == p) and (o is None or triple.object == o):
                yield triple

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

    # -- inside

    @cached_property
    def _context(self) -> Context:
        return context_of(self._graph)

    @cached_property
    def _defaults(self) -> dict[str, NamedNode]:
        network = NamedNode(self._graph.network)
        return {
            name: triple.object
            for name, predicate in _DEFAULTS.items()
            for triple in self._graph.store.asserted(network, NamedNode(predicate))
            if isinstance(triple.object, NamedNode)
        }

    def _date(self, record: NamedNode) -> None:
        """Say that a record was modified on the day of the change."""
        if any(True for _ in self._said(record)):
            modified = NamedNode(DCTERMS.modified)
            self.remove_triples(list(self._said(record, modified)))
            self.add_triples([Triple(record, modified, Literal(self.date, datatype=NamedNode(XSD.date)))])

    def _said(self, subject: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        return self.asserted(subject, predicate)

    def _kind_of(self, iri: NamedNode) -> Kind:
        types = [t.object.value for t in self._said(iri, _TYPE) if isinstance(t.object, NamedNode)]
        kind = self._graph.fields.kind_of(types)
        if kind is None:
            raise UnknownName("there is no such record", where=iri.value, hint="use add() for a new one")
        return kind

    def _triples(self, iri: NamedNode, kind: Kind, values: dict[str, object]) -> list[Triple]:
        def lookup(field: Field, text: str) -> NamedNode | None:
            found, near = self._context.choice(field, text)
            if len(found) == 1:
                return found[0]
            if near:
                raise ParameterError(
                    f"'{text}' is not in the list of the field '{field.name}'", hint=f"did you mean '{near}'?"
                )
            return None

        return self._graph.fields.triples(iri, kind.name, values, base=self._base, lookup=lookup)


def fix(graph: Graph, level: str, *, agent: str, when: str) -> tuple[Change, list[Finding]]:
    """Make the certain corrections that the findings of a graph have, as one change.

    Where two findings have different ones for one value, nothing is certain, and nothing is done.

    Args:
        graph: the graph.
        level: the level up to which findings count.
        agent: who does it.
        when: the date of the change.

    Returns:
        The change, and the findings whose corrections it makes.
    """
    proposed: dict[tuple[str, str, str], dict[str, Finding]] = {}
    for finding in graph.validate().at(level).findings:
        if finding.fix is not None:
            one = finding.fix
            proposed.setdefault((one.subject, one.predicate, str(one.out)), {})[str(one.into)] = finding
    certain = [next(iter(found.values())) for found in proposed.values() if len(found) == 1]
    editor = Editor(graph, f"{len(certain)} certain corrections", agent=agent, when=when)
    with editor:
        done = [finding for finding in certain if finding.fix and editor.fix(finding.fix)]
    return editor.done or Change(), done


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
        UnknownName: the name of a sheet is no kind of record, and no mapping describes it.
    """
    begun = graph.store.version
    found = capture_files(files, context_of(graph, when))
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
        graph.origins.remember(found.origins)
    return found


def context_of(graph: Graph, when: str = "") -> Context:
    """What sheets and changes stand on: the graph's base, its lists, its defaults.

    Args:
        graph: a network's graph.
        when: the date of new records, "" for the network's own, else the day.

    Raises:
        WrongUsage: the graph is no network's.
        NotAGraph: it does not describe its network.

    Example:
        >>> import sankofa
        >>> context_of(sankofa.open()).tag("French")
        'fr'
    """
    base, defaults = read_defaults(graph.store, graph.store.graphs.base)
    if when or "created" not in defaults.values:
        day = when or datetime.datetime.now(datetime.UTC).date().isoformat()
        date = Literal(day[:10], datatype=NamedNode(XSD.date))
        defaults = replace(defaults, values={**defaults.values, "created": date})
    return Context(base, fields=graph.fields, known=graph.store, defaults=defaults)


def _named(record: str) -> NamedNode:
    try:
        return NamedNode(record)
    except ValueError:
        raise UnknownName("there is no such record", where=record, hint="name it by its whole IRI") from None


def _quad(triple: Triple, graph: NamedNode) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)

"""The graph that :func:`sankofa.open` returns: everything Sankofa does, one line a method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, QuerySolutions, Triple

from sankofa import shipped
from sankofa.errors import UnknownName
from sankofa.fields import Fields, Kind, read_fields, text_in
from sankofa.graph.reading import term_of, triple_of
from sankofa.store import Embedded, Entry, record_of
from sankofa.terms import DCTERMS, RDF, RDFS, SKF, SKOS

if TYPE_CHECKING:
    import rdflib

    from sankofa.capture import Capture
    from sankofa.graph.editor import Editor
    from sankofa.questions import Answer, Catalogue
    from sankofa.reason import Explanation, Reasoning, Rules
    from sankofa.store import Change, Results, Store, Term
    from sankofa.table import Table
    from sankofa.validation import Completeness, Report

_TYPE = NamedNode(RDF.type)


class Graph:
    """A network's knowledge: records, what their words mean, what follows from them, and how they came about.

    A graph without a network (files as they are, the result of a CONSTRUCT) can be queried and dumped, nothing else.

    Args:
        over: the store that holds the triples. Use :func:`sankofa.open` rather than this class.

    Example:
        >>> import sankofa
        >>> with sankofa.open() as kg:
        ...     len(kg.query("SELECT ?city WHERE { ?city a skf:City }"))
        11
    """

    #: Where the title of a record stands.
    title_predicates = (DCTERMS.title, SKOS.prefLabel)

    def __init__(self, over: Store) -> None:
        """Keep the store; everything else is read when it is asked for."""
        self.store = over

    # -- what it is

    @property
    def base(self) -> str | None:
        """What the IRIs of the network's records begin with; None for a graph that is no network's."""
        return self.store.base

    @property
    def record_prefix(self) -> str:
        """What the IRI of every record begins with."""
        return f"{self.base}id/"

    @cached_property
    def fields(self) -> Fields:
        """The kinds of record and their fields, read from the shapes."""
        return read_fields()

    @cached_property
    def questions(self) -> Catalogue:
        """The questions that can be asked by name."""
        from sankofa.questions import catalogue

        return catalogue()

    def records(self, kind: str | None = None) -> list[str]:
        """The IRIs of the records, of one kind or of all, sorted.

        Raises:
            UnknownName: there is no such kind.

        Example:
            >>> import sankofa
            >>> len(sankofa.open().records("city"))
            11
        """
        kinds = [self.fields.kind(kind)] if kind else list(self.fields.kinds.values())
        found = {
            triple.subject.value
            for one in kinds
            for triple in self.store.asserted(None, _TYPE, NamedNode(one.iri))
            if isinstance(triple.subject, NamedNode) and "#" not in triple.subject.value
        }
        return sorted(found)

    def count_by_kind(self) -> Counter[str]:
        """How many records there are of each kind."""
        return Counter(kind.name for record in self.records() if (kind := self.kind_of(record)))

    def has(self, iri: str) -> bool:
        """Whether anything is said about this IRI."""
        return any(True for _ in self.store.asserted(NamedNode(iri), None, None))

    def kind_of(self, iri: str) -> Kind | None:
        """The kind of a record or of a part of one; None when it has none of ours."""
        types = (t.object.value for t in self.store.asserted(NamedNode(iri), _TYPE) if isinstance(t.object, NamedNode))
        return self.fields.kind_of(types)

    def referring_to(self, iri: str) -> list[str]:
        """The subjects that name a record, or a part of it, outside of itself; sorted."""
        names = {t.object.value for t in self.store.asserted(NamedNode(iri)) if isinstance(t.object, NamedNode)}
        parts = [NamedNode(iri), *(NamedNode(name) for name in sorted(names) if name.startswith(f"{iri}#"))]
        found = {
            str(t.subject.value)
            for part in parts
            for t in self.store.asserted(None, None, part)
            if isinstance(t.subject, NamedNode)
        }
        return sorted(subject for subject in found if record_of(subject) != iri)

    def label_of(self, iri: str, lang: str = "en") -> tuple[str, str]:
        """The best name of a thing for a reader, with its language; the IRI's last part where it has none.

        Example:
            >>> import sankofa
            >>> sankofa.open().label_of("https://w3id.org/sankofa/ontology#City", "fr")
            ('Ville', 'fr')
        """
        texts: dict[str, str] = {}
        for predicate in (*self.title_predicates, RDFS.label):
            for graph in self.store.graphs.queried if self.base else [None]:
                for quad in self.store.quads(NamedNode(iri), NamedNode(predicate), None, graph):
                    if isinstance(quad.object, Literal):
                        texts.setdefault(quad.object.language or "", quad.object.value)
            if texts:
                break
        if not texts:
            return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri, ""
        text = text_in(texts, lang)
        return text, next(language for language, other in texts.items() if other == text)

    def title(self, lang: str = "en") -> tuple[str, str]:
        """The network's name for a reader, with its language."""
        return self.label_of(self.network, lang)

    @cached_property
    def network(self) -> str:
        """The IRI of the network's own record.

        Raises:
            UnknownName: the graph has none.
        """
        for triple in self.store.asserted(None, NamedNode(SKF.base), None):
            if isinstance(triple.subject, NamedNode):
                return triple.subject.value
        raise UnknownName("the graph has no record of its network", hint="add one with its base (skf:base)")

    def __len__(self) -> int:
        """How many triples were asserted."""
        return sum(1 for _ in self.store.asserted())

    # -- asking

    def query(self, sparql: str, /, *, federate: bool = False, **bindings: object) -> Table | Graph | bool:
        """Ask a SPARQL query; inferences are brought up to date first.

        Args:
            sparql: the query; the prefixes of ``ontology/prefixes.ttl`` need no declaration.
            federate: let ``SERVICE`` ask other servers; for queries of your own only.
            **bindings: values for variables: terms, IRIs as text, texts, numbers, dates. Bound, never pasted.

        Returns:
            A table of rows for SELECT, a graph for CONSTRUCT and DESCRIBE, a bool for ASK.

        Raises:
            QueryError: it does not parse; with line, column and token.
            ForbiddenQuery: it asks another server, or is an update.
            ParameterError: a value for a variable that the query has not.

        Example:
            >>> import sankofa
            >>> sankofa.open().query("ASK { ?city a skf:City }")
            True
        """
        from sankofa.table import Table

        results = self.raw_query(sparql, {name: term_of(value) for name, value in bindings.items()}, federate=federate)
        if isinstance(results, QueryBoolean):
            return bool(results)
        if isinstance(results, QuerySolutions):
            return Table.of(results)
        return Graph(Embedded.plain(Quad(t.subject, t.predicate, t.object) for t in results))

    def raw_query(self, sparql: str, bindings: dict[str, Term] | None = None, *, federate: bool = False) -> Results:
        """The engine's own results of a query, to stream or serialise; inferences are brought up to date first."""
        if self.base:
            self.reason()
        return self.store.query(sparql, bindings, federate=federate)

    def answer(self, name: str, /, **parameters: object) -> Answer:
        """Answer a question of the catalogue: rows, the records behind each, and how complete these are.

        Args:
            name: the question's name.
            **parameters: its parameters; a record by its slug or IRI.

        Raises:
            UnknownName: no such question or parameter; the error names the nearest.
            ParameterError: a required parameter is missing, or a value does not fit.

        Example:
            >>> import sankofa
            >>> len(sankofa.open().answer("cities"))
            11
        """
        from sankofa.questions import answer

        question = self.questions[name]
        self.reason()
        return answer(self.store, self.fields, question, parameters)

    def validate(self, *, engine: str | None = None) -> Report:
        """Judge the graph by its shapes: what is wrong or missing, and how complete each record is.

        Args:
            engine: the engine that looks; by default the best there is.

        Raises:
            UnknownName: there is no such engine.

        Example:
            >>> import sankofa
            >>> sankofa.open().validate().checked > 400
            True
        """
        from sankofa.validation import validate_records

        return validate_records(
            (_spo(triple) for triple in self.store.asserted()),
            vocabularies=(_spo(q.triple) for q in self.store.quads(None, None, None, self.store.graphs.vocabularies)),
            fields=self.fields,
            engine=engine,
        )

    def completeness(self, by: str = "record") -> Completeness:
        """How complete the records are, one by one or rolled up.

        Args:
            by: record, city, kind, theme, phase or language.

        Raises:
            UnknownName: nothing is counted by that.
        """
        return self.validate().completeness(by)

    # -- what follows

    @cached_property
    def _rules(self) -> Rules:
        from sankofa.reason import compile_rules

        return compile_rules(
            (quad.triple for quad in self.store.quads(None, None, None, self.store.graphs.ontology)),
            shipped.rule_files(),
        )

    def reason(self) -> Reasoning:
        """Bring the inferences up to date; nothing is done when nothing has changed.

        Example:
            >>> import sankofa
            >>> sankofa.open().reason().inferred > 0
            True
        """
        from sankofa.reason import run

        return run(self.store, self._rules)

    def explain(self, triple: Triple | tuple[str, str, str]) -> Explanation:
        """Say why a triple holds: because somebody stated it, or by which steps it follows.

        Args:
            triple: the triple, or its three parts as text: IRIs, ``prefix:name``, or a literal as in Turtle.

        Raises:
            UnknownName: it does not hold.
            ParameterError: a part cannot be read.
        """
        from sankofa.reason import explain

        self.reason()
        return explain(self.store, self._rules, triple_of(triple) if isinstance(triple, tuple) else triple)

    # -- changing

    def change(self, why: str, *, agent: str = "", when: str = "") -> Editor:
        """Begin a change: a ``with`` block that is committed as one at its end, or not at all.

        Args:
            why: what the change is for, in a few words.
            agent: who makes it: a role or a name.
            when: its date (``2026-03-01``); without it the clock is asked once.

        Example:
            >>> import sankofa
            >>> kg = sankofa.open()
            >>> with kg.change("a first draft", agent="secretariat", when="2026-11-23") as change:
            ...     change.add("story", slug="a-draft", title={"fr": "Un récit"}, city="bamako")
            'https://w3id.org/aston/id/story/a-draft'
            >>> kg.history()[-1].who
            'secretariat'
        """
        from sankofa.graph.editor import Editor

        return Editor(self, why, agent=agent, when=when)

    def load(self, *files: Path | str, agent: str = "", when: str = "", why: str = "") -> Change:
        """Add the triples of RDF files as one change; when one file is broken, nothing is added.

        Args:
            *files: Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD, also gzipped.
            agent: who loads them.
            when: the date of the change.
            why: what for; by default the names of the files.

        Raises:
            UnreadableInput: a file is missing or broken, with line and column.
            ReadOnly: the graph takes no changes.
        """
        return self.store.load(*files, who=agent, when=when, why=why)

    def capture(self, *files: Path | str, dry_run: bool = False, agent: str = "", when: str = "") -> Capture:
        """Read spreadsheets as one change; what is refused is listed, the rest goes in.

        Args:
            *files: CSV files; a ``mapping.toml`` beside them says what their columns mean.
            dry_run: say what would go in, and change nothing.
            agent: who captures.
            when: the date of the capture; without it the network's own, else the day.

        Raises:
            UnreadableInput: a file is missing or no CSV.
        """
        from sankofa.graph.editor import capture

        return capture(self, [Path(file) for file in files], dry_run=dry_run, agent=agent, when=when)

    def history(self, iri: str | None = None) -> list[Entry]:
        """The headers of the changes, oldest first; of one record when its IRI is given."""
        return self.store.history(iri)

    def undo(self, number: int, *, agent: str = "", when: str = "") -> Change:
        """Take a change back by a new one.

        Raises:
            UnknownName: there is no such change.
            Conflict: later changes touched the same records; the error names them.
        """
        return self.store.undo(number, who=agent, when=when)

    # -- handing on

    def dump(self, target: Path | str | None = None, *, format: str | None = None, all: bool = False) -> bytes:  # noqa: A002
        """Write what was asserted, sorted: the same graph gives the same bytes.

        Args:
            target: a file to write; its name tells the format.
            format: nquads (the default), trig, turtle, ntriples, rdfxml or jsonld.
            all: ontology, vocabularies and inferences too.

        Raises:
            UnknownName: there is no such format.
            StorageError: the file cannot be written; an old one stays as it was.
        """
        from sankofa.store.disk import write_file
        from sankofa.store.formats import format_of

        name = format or (format_of(target).name if target is not None else "nquads")
        if all and self.base:
            self.reason()
        content = self.store.dump(name, all=all)
        if target is not None:
            write_file(Path(target), content)
        return content

    @cached_property
    def rdflib(self) -> rdflib.Dataset:
        """A read-only rdflib view of the same store; adding to it raises and names :meth:`change`."""
        from sankofa.graph.view import dataset

        return dataset(self)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> Graph:
        """Use the graph in a ``with`` statement."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it at the end."""
        self.close()


def _spo(triple: Triple) -> tuple[Any, NamedNode, Any]:
    return triple.subject, triple.predicate, triple.object

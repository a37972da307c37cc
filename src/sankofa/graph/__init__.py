"""The graph that :func:`sankofa.open` returns: everything Sankofa does, one line a method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from pyoxigraph import NamedNode, Quad, QueryBoolean, Triple

from sankofa.errors import ReadOnly
from sankofa.graph.closed import Closed
from sankofa.graph.handing import HandedOn
from sankofa.graph.inferences import Inferences, rules
from sankofa.graph.reading import term_of, triple_of
from sankofa.store import Embedded, Plain, Solutions

if TYPE_CHECKING:
    from sankofa.capture import Capture
    from sankofa.capture.places import Places
    from sankofa.graph.editor import Editor
    from sankofa.questions import Answer, Catalogue
    from sankofa.reason import Explanation, Reasoning
    from sankofa.store import Change, Entry, Results, Store, Value
    from sankofa.table import Table
    from sankofa.validation import Completeness, Finding, Report
    from sankofa.validation.live import Live
    from sankofa.validation.trend import Trend


class Graph(HandedOn):
    """A network's knowledge: records, what their words mean, what follows from them, and how they came about.

    A graph without a network (files as they are, the result of a CONSTRUCT) can be queried and dumped, nothing else.

    Args:
        over: the store that holds the triples. Use :func:`sankofa.open` rather than this class.
        read_only: refuse changes, whatever the store would take.

    Example:
        >>> import sankofa
        >>> with sankofa.open() as kg:
        ...     len(kg.query("SELECT ?city WHERE { ?city a skf:City }"))
        11
    """

    def __init__(self, over: Store, *, read_only: bool = False) -> None:
        """Keep the store; everything else is read when it is asked for."""
        super().__init__(over)
        self._read_only = read_only

    # -- asking

    @cached_property
    def questions(self) -> Catalogue:
        """The questions that can be asked by name."""
        from sankofa.questions import catalogue

        return catalogue()

    def query(
        self,
        sparql: str,
        values: Mapping[str, object] | None = None,
        /,
        *,
        federate: bool = False,
        **bindings: object,
    ) -> Table | Graph | bool:
        """Ask a SPARQL query; inferences are brought up to date first.

        Args:
            sparql: the query; the prefixes of ``ontology/prefixes.ttl`` need no declaration.
            values: values for variables by name; the same as the bindings, for names that Python does not allow.
            federate: let ``SERVICE`` ask other servers; for queries of your own only.
            **bindings: values for variables: terms, IRIs as text, texts, numbers, dates. Bound, never pasted.

        Returns:
            A table of rows for SELECT, a graph for CONSTRUCT and DESCRIBE, a bool for ASK.

        Raises:
            QueryError: it does not parse; with line, column and token.
            ForbiddenQuery: it asks another server, or is an update.
            ParameterError: a value for a variable that the query has not, or one that no term stands for.

        Example:
            >>> import sankofa
            >>> kg = sankofa.open()
            >>> kg.query("ASK { ?city a skf:City }")
            True
            >>> len(kg.query("SELECT ?name { ?city a skf:City ; dcterms:title ?name }", city=kg.records("city")[0])) > 0
            True
        """
        from sankofa.table import Table

        given = {name: term_of(value) for name, value in {**(values or {}), **bindings}.items()}
        results = self.raw_query(sparql, given, federate=federate)
        if isinstance(results, QueryBoolean):
            return bool(results)
        if isinstance(results, Solutions):
            return Table.of(results)
        return Graph(Plain.of(Quad(t.subject, t.predicate, t.object) for t in results))

    def raw_query(self, sparql: str, bindings: Mapping[str, Value] | None = None, *, federate: bool = False) -> Results:
        """The results of a query, to stream or serialise; inferences are brought up to date first.

        Args:
            sparql: the query.
            bindings: terms for variables, by name without ``?``.
            federate: let ``SERVICE`` ask other servers; for queries of your own only.

        Raises:
            QueryError: it does not parse; with line, column and token.
            ForbiddenQuery: it asks another server, or is an update.
            ParameterError: a value for a variable that the query has not.
        """
        return self.store_to_ask().query(sparql, bindings, federate=federate)

    def store_to_ask(self) -> Store:
        """The store that answers queries, its inferences brought up to date."""
        return self._inferences.store_to_ask()

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
        return answer(self.store_to_ask(), self.fields, question, parameters)

    def validate(self, *, shapes: Path | str | Iterable[Path | str] | None = None, engine: str | None = None) -> Report:
        """Judge the graph by its shapes: what is wrong or missing, and how complete each record is.

        Args:
            shapes: shape files of anybody's, instead of the network's own: the results are the standard's and nothing
                else.
            engine: the engine that looks; by default the best there is.

        Raises:
            UnreadableInput: a file is missing or broken, or the shapes are not well-formed.
            UnknownName: there is no such engine.

        Example:
            >>> import sankofa
            >>> sankofa.open().validate().checked > 400
            True
        """
        from sankofa.validation import validate_by, validate_records

        if shapes is None and engine in (None, "columns") and self.base and isinstance(self.store, Embedded):
            return self._live.report()
        asserted = (_spo(triple) for triple in self.store.asserted())
        if shapes is None:
            return validate_records(asserted, fields=self.fields, engine=engine, origins=self.origins.of)
        files = [shapes] if isinstance(shapes, Path | str) else list(shapes)
        vocabularies = self.store.graphs.vocabularies if self.base else None
        lists = (_spo(quad.triple) for quad in self.store.quads(None, None, None, vocabularies)) if self.base else ()
        tree = self.fields.class_tree if self.base else ()
        return validate_by([*asserted, *lists, *tree], files, engine=engine)

    @cached_property
    def _live(self) -> Live:
        """The standing report of this graph."""
        from sankofa.validation.live import Live

        return Live(cast("Embedded", self.store), self.fields, self.origins.of)

    @cached_property
    def origins(self) -> Places:
        """Where captured values came from: file, sheet, cell, line."""
        from sankofa.capture.places import Places
        from sankofa.store.folder import ORIGINS

        if not isinstance(self.store, Embedded):
            return Places()
        report = self.store.report_file
        places = Places(report.with_name(ORIGINS) if report else None, writes=not self._read_only)
        self.store.on_commit(places.note)
        return places

    def completeness(self, by: str = "record") -> Completeness:
        """How complete the records are, one by one or rolled up.

        Args:
            by: record, city, kind, theme, phase or language.

        Raises:
            UnknownName: nothing is counted by that.
        """
        return self.validate().completeness(by)

    def trend(self, since: int | str | date, by: str = "record") -> Trend:
        """How complete the records are beside how complete they were after an earlier change.

        What was asserted then is recovered from the log and judged by today's rules; withdrawn records count neither
        now nor then.

        Args:
            since: the number of a change, 0 for the beginning; or a date: then the changes of that day and later count.
            by: record, city, kind, theme, phase or language.

        Raises:
            UnknownName: there is no such change, or nothing is counted by that.
            ParameterError: it is neither the number of a change nor a date.
            CouldNotBeDone: the graph has no log of changes.

        Example:
            >>> import sankofa
            >>> kg = sankofa.open()
            >>> with kg.change("a first draft", agent="secretariat", when="2026-11-23") as change:
            ...     story = change.add("story", slug="a-draft", title={"fr": "Un récit"}, city="bamako")
            >>> bamako = kg.trend(0, by="city").rows[0]
            >>> bamako.then.records, bamako.now.records, bamako.change["records"]
            (28, 29, 1)
        """
        from sankofa.store.past import change_meant
        from sankofa.validation import trend

        number = change_meant(self.store, since)
        return trend.since(self.store, self.fields, self.completeness(by), number)

    # -- what follows

    def reason(self) -> Reasoning:
        """Bring the inferences up to date; nothing is done when nothing has changed.

        Raises:
            WrongUsage: the graph is no network's.

        Example:
            >>> import sankofa
            >>> sankofa.open().reason().inferred > 0
            True
        """
        return self._inferences.bring_up_to_date()

    def explain(self, triple: Triple | tuple[str, str, str]) -> Explanation:
        """Say why a triple holds: because somebody stated it, or by which steps it follows.

        Args:
            triple: the triple, or its three parts as text: IRIs, ``prefix:name``, or a literal as in Turtle.

        Raises:
            UnknownName: it does not hold.
            ParameterError: a part cannot be read.

        Example:
            >>> import sankofa
            >>> kg = sankofa.open()
            >>> kg.explain((kg.records("city")[0], "rdf:type", "schema:City")).asserted
            False
        """
        from sankofa.reason import explain

        wanted = triple_of(triple) if isinstance(triple, tuple) else triple
        return explain(self._inferences.local_store(), rules(), wanted)

    # -- changing

    def change(self, why: str, *, agent: str = "", when: str = "") -> Editor:
        """Begin a change: a ``with`` block that is committed as one at its end, or not at all.

        Args:
            why: what the change is for, in a few words.
            agent: who makes it: a role or a name.
            when: its date (``2026-03-01``); without it the clock is asked once.

        Raises:
            ReadOnly: the graph takes no changes.
            WrongUsage: the graph is no network's.

        Example:
            >>> import sankofa
            >>> kg = sankofa.open()
            >>> with kg.change("a first draft", agent="secretariat", when="2026-11-23") as change:
            ...     story = change.add("story", slug="a-draft", title={"fr": "Un récit"}, city="bamako")
            >>> story.removeprefix(kg.record_prefix), kg.history()[-1].who
            ('story/a-draft', 'secretariat')
        """
        from sankofa.graph.editor import Editor

        self._refuse_read_only()
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
        self._refuse_read_only()
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
            UnknownName: the name of a sheet is no kind of record, and no mapping describes it.
            ReadOnly: the graph takes no changes.
        """
        from sankofa.graph.editor import capture

        if not dry_run:
            self._refuse_read_only()
        return capture(self, [Path(file) for file in files], dry_run=dry_run, agent=agent, when=when)

    def fix(self, *, level: str = "exemplary", agent: str = "", when: str = "") -> tuple[Change, list[Finding]]:
        """Make the certain corrections that findings have, as one change; :meth:`undo` takes it back.

        Args:
            level: the level up to which findings count.
            agent: who does it.
            when: the date of the change; without it the clock is asked once.

        Returns:
            The change, and the findings whose corrections it makes; an empty change when nothing is certain.

        Raises:
            UnknownName: there is no such level.
            ReadOnly: the graph takes no changes.
            WrongUsage: the graph is no network's.

        Example:
            >>> import sankofa
            >>> change, corrected = sankofa.open().fix()
            >>> bool(change), corrected
            (False, [])
        """
        from sankofa.graph.editor import fix

        self._refuse_read_only()
        return fix(self, level, agent=agent, when=when)

    def history(self, iri: str | None = None) -> list[Entry]:
        """The headers of the changes, oldest first; of one record when its IRI is given."""
        return self.store.history(iri)

    def undo(self, number: int, *, agent: str = "", when: str = "") -> Change:
        """Take a change back by a new one.

        Args:
            number: the number of the change, as :meth:`history` has it.
            agent: who takes it back.
            when: the date; without it the clock is asked once.

        Raises:
            UnknownName: there is no such change.
            Conflict: later changes touched the same records; the error names them.
            ReadOnly: the graph takes no changes.
        """
        self._refuse_read_only()
        return self.store.undo(number, who=agent, when=when)

    def withdraw(self, iri: str, *, reason: str, agent: str = "", when: str = "") -> list[str]:
        """Take a record out of the graph, its history and every later release; this cannot be undone.

        Args:
            iri: the record.
            reason: what for; it is kept, so it must not repeat what is withdrawn.
            agent: who does it.
            when: the date; without it the clock is asked once.

        Returns:
            What is out of reach and may still have it, one place a line, with what to do.

        Raises:
            UnknownName: nothing is said about such a record.
            ReadOnly: the graph takes no changes.
        """
        from sankofa.graph.withdrawing import withdraw

        self._refuse_read_only()
        return withdraw(self, iri, reason=reason, agent=agent, when=when)

    def close(self) -> None:
        """Let go of the store; whatever is asked afterwards is an error."""
        if "_live" in self.__dict__:
            self._live.close()
        self.store.close()
        self.store = cast("Store", Closed())
        self._inferences = Inferences(self.store)

    def __enter__(self) -> Graph:
        """Use the graph in a ``with`` statement."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it at the end."""
        self.close()

    def _refuse_read_only(self) -> None:
        if self._read_only:
            raise ReadOnly("this graph was opened to read only", hint="open it without read_only=True")


def _spo(triple: Triple) -> tuple[Any, NamedNode, Any]:
    return triple.subject, triple.predicate, triple.object

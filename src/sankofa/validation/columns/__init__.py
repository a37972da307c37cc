"""The columns engine: data as columns in DuckDB, each constraint as set-at-a-time SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Thread

import pyoxigraph as ox

from sankofa.fields import Path, Texts
from sankofa.fields.files import Spo, Term, read_terms
from sankofa.fields.model import RDF
from sankofa.validation.columns.hits import Hit
from sankofa.validation.columns.judge import Judge
from sankofa.validation.columns.table import Table
from sankofa.validation.data import TITLES
from sankofa.validation.model import Constraint, Shape, Shapes
from sankofa.validation.results import RESULTS, Result, TooManyError, limited, most_results
from sankofa.validation.sources import Progress, unseen_progress
from sankofa.validation.sparql import Queries

__all__ = ["NAME", "Known", "Outcome", "Table", "judge"]

NAME = "columns"
_COUNTS = {"MinCount", "MaxCount", "QualifiedMinCount", "QualifiedMaxCount"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine found.

    Args:
        results: the standard's results.
        checked: the number of focus nodes.
        subjects: how many of them the data say something about.
        triples: the number of triples, as often as they were read.
        known: what must be known of the data to tell the results.
        at: for each result the shape that was aimed at a focus node, and that focus node.
        judge: what judged, to ask more of.
    """

    results: list[Result]
    checked: int
    subjects: int
    triples: int
    known: Known
    at: list[tuple[Shape, Term]]
    judge: Judge


def judge(
    table: Table,
    shapes: Shapes,
    triples: Sequence[Spo] = (),
    queries: Queries | None = None,
    progress: Progress = unseen_progress,
) -> Outcome:
    """Judge data by shapes.

    Args:
        table: the data.
        shapes: the shapes.
        triples: the triples of the shapes graph, for queries that look into it.
        queries: answers the constraints that are queries; by default over a store made of the data.
        progress: is told how many shapes are done.

    Example:
        >>> with Table() as table:
        ...     judge(table, Shapes((), {})).checked
        0
    """
    judging = Judge(table, shapes, triples, queries)
    halves = _halves(table, shapes) if table.is_small else [shapes.aimed]
    with table.beside() as other:
        half = _Half(Judge(other, shapes, triples, queries), halves[1]) if len(halves) > 1 else None
        try:
            found = [_hits(judging, halves[0], progress)]
        finally:
            if half:
                half.join()
        found += [half.found()] if half else []
    aims = [(shape, hit) for number, shape in enumerate(shapes.aimed) for hits in found for hit in hits[number]]
    results, counts, terms = _results(table, aims)
    at = [(shape, terms[hit.origin]) for shape, hit in aims]
    return Outcome(results, *judging.focus.checked(), table.triples, Known(table, counts), at, judging)


class _Half(Thread):
    """Some shapes judged in a thread of its own; an executor's modules take 5 ms to import."""

    def __init__(self, judging: Judge, aimed: Sequence[Shape]) -> None:
        super().__init__()
        self._asked = judging, aimed
        self._found: list[list[Hit]] = []
        self._raised: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._found = _hits(*self._asked)
        except BaseException as error:
            self._raised = error

    def found(self) -> list[list[Hit]]:
        """What it found, or what went wrong; once it has ended."""
        if self._raised is not None:
            raise self._raised
        return self._found


def _hits(judging: Judge, aimed: Sequence[Shape], progress: Progress = unseen_progress) -> list[list[Hit]]:
    """What is found by each of some shapes."""
    judging.look_ahead(aimed)
    found = []
    for number, shape in enumerate(aimed):
        progress("checking", number, len(aimed))
        with limited(shape.node):
            found.append(judging.hits(shape, judging.focus.nodes(shape)))
    return found


def _halves(table: Table, shapes: Shapes) -> list[Sequence[Shape]]:
    """All shapes with half of their constraints, and with the others: two threads judge small data sooner than one.

    One query over small data keeps one processor busy, however many there are. What is about one property stays
    together, so that neither thread works out what the other one knows; the more triples, the more work.
    """
    every = (constraint for shape in shapes.by.values() for constraint in shape.constraints)
    if any(constraint.query for constraint in every):  # the store that they are asked of would be made twice
        return [shapes.aimed]
    work: Counter[str] = Counter()
    for shape in shapes.aimed:
        for constraint in shape.constraints:
            iri = _property(shape, constraint)
            work[iri] += 1 + (table.count(iri) if iri else 0)
    done, place = [0, 0], dict[str, int]()
    for iri, much in work.most_common():
        place[iri] = done.index(min(done))
        done[place[iri]] += much
    return [
        [
            replace(shape, constraints=tuple(one for one in shape.constraints if place[_property(shape, one)] == half))
            for shape in shapes.aimed
        ]
        for half in range(2)
    ]


def _property(shape: Shape, constraint: Constraint) -> str:
    """The property that a constraint is about; "" when it is about none, or about several."""
    path = constraint.shapes[0].path if constraint.name == "Property" else shape.path
    return path.predicate if path is not None and path.form == "predicate" else ""


def _results(
    table: Table, aims: list[tuple[Shape, Hit]]
) -> tuple[list[Result], dict[tuple[Term, Path], int], dict[int, Term]]:
    """Hits as results, the counts that count constraints found, and the terms of their ids."""
    every: list[Hit] = []
    most = most_results(table.triples)
    for shape, aimed in aims:
        todo = [aimed]
        while todo:
            hit = todo.pop()
            every.append(hit)
            todo.extend(hit.details)
        if len(every) > most:
            with limited(shape.node):
                raise TooManyError(RESULTS, most)
    ids = {hit.focus for hit in every} | {hit.origin for _, hit in aims}
    ids |= {hit.value for hit in every if hit.value is not None and hit.constraint.name not in _COUNTS}
    terms = table.terms(ids)
    properties = table.properties() if any(hit.predicate is not None for hit in every) else {}
    counts: dict[tuple[Term, Path], int] = {}

    def result(hit: Hit) -> Result:
        if hit.asked is not None:
            return hit.asked
        focus, path, value = terms[hit.focus], hit.shape.path, None
        if hit.constraint.name in _COUNTS:
            if path is not None and hit.value is not None:
                counts[focus, path] = hit.value
        elif hit.value is not None:
            value = terms[hit.value]
        if hit.predicate is not None:
            path = Path("predicate", properties[hit.predicate])
        return Result(
            focus=focus,
            component=hit.constraint.component,
            shape=hit.shape.node,
            severity=hit.shape.severity,
            path=path,
            value=value,
            details=tuple(result(one) for one in hit.details),
        )

    return [result(hit) for _, hit in aims], counts, terms


class Known:
    """What is known of a few nodes of the data: their classes and titles, looked up together.

    Args:
        table: the data.
        counts: how many values paths lead to, where that was counted.
    """

    def __init__(self, table: Table, counts: dict[tuple[Term, Path], int]) -> None:
        """Look up nothing yet."""
        self._table = table
        self._counts = counts
        self._said: dict[Term, dict[str, list[Term]]] = {}

    def look_up(self, nodes: Iterable[Term]) -> None:
        """Look up classes and titles of many nodes at once.

        Args:
            nodes: the nodes; what is known already is not looked up again.
        """
        fresh = [node for node in dict.fromkeys(nodes) if node not in self._said and not isinstance(node, ox.Literal)]
        if not fresh or self._table.closed:  # sentences are told later, from what was looked up before
            return
        self._table.know(fresh)
        named: dict[int, Term] = {self._table.id(node): node for node in fresh}
        self._table.know_properties(names := (RDF + "type", *TITLES))
        wanted = {self._table.property(iri): iri for iri in names}
        self._table.sql.execute(
            f"""CREATE OR REPLACE TEMP TABLE known AS WITH asked AS (SELECT unnest($1::UBIGINT[]) AS id)
            SELECT id FROM asked UNION SELECT o FROM triple SEMI JOIN asked ON s = id
            WHERE p = {self._table.property(RDF + "type")}""",  # what a thing is, is told by the title of its class
            [list(named)],
        )
        rows = self._table.sql.execute(
            f"SELECT s, p, o, ot FROM triple SEMI JOIN known ON s = id WHERE p IN ({', '.join(map(str, wanted))})"
        ).fetchall()
        terms = read_terms([row[3] for row in rows])
        named.update((row[2], term) for row, term in zip(rows, terms, strict=True) if wanted[row[1]] == RDF + "type")
        self._said.update((node, dict[str, list[Term]]()) for node in named.values())
        for (subject, name, _, _), term in zip(rows, terms, strict=True):
            said = self._said[named[subject]].setdefault(wanted[name], [])
            if term not in said:
                said.append(term)

    def types(self, node: Term) -> list[str]:
        """The IRIs of a node's classes."""
        return [value.value for value in self._of(node).get(RDF + "type", ()) if isinstance(value, ox.NamedNode)]

    def titles(self, node: Term) -> Texts:
        """The titles of a node per language; none when it has none."""
        said = self._of(node)
        for predicate in TITLES if said else ():
            found = [one for one in said.get(predicate, ()) if isinstance(one, ox.Literal)]
            if found:
                return {one.language or "": one.value for one in sorted(found, key=str, reverse=True)}
        return {}

    def _of(self, node: Term) -> dict[str, list[Term]]:
        """What is known of a node: by property, its classes and titles."""
        if node not in self._said:
            self.look_up([node])
        return self._said.get(node, {})

    def count(self, node: Term, path: Path) -> int:
        """How many values a path leads to, where a count constraint found too few or too many."""
        return self._counts.get((node, path), 0)

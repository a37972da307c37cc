"""Each constraint as set-at-a-time SQL over the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyoxigraph as ox

from sankofa.fields.files import Spo, Term
from sankofa.fields.model import RDF
from sankofa.validation.columns.database import quoted
from sankofa.validation.columns.paths import Nodes, Paths, Texts, Values, predicates
from sankofa.validation.columns.table import Table, read_terms
from sankofa.validation.columns.texts import Test, kind_is, ordered, sorts_of, test_of
from sankofa.validation.model import Constraint, Shape, Shapes, Target
from sankofa.validation.results import Result
from sankofa.validation.sparql import Queries
from sankofa.validation.values import in_order

_TYPE = RDF + "type"
_NO_NODES = "(SELECT s AS f FROM nothing)"
#: How many properties are looked for together: the bits of an unsigned number.
_BITS = 64
#: What can be wrong where a path leads nowhere.
_OF_NOTHING = ("MinCount", "HasValue", "Equals", "QualifiedMinCount")


@dataclass(slots=True)
class Hit:
    """One result, its terms as ids.

    Args:
        shape: the shape; constraint: the constraint.
        focus: the focus node.
        value: the value, the count for counts, or None.
        predicate: for a closed shape, the property that it does not know, as the id of ``p``.
        details: the hits it rests on.
        asked: the result itself, where a query gave it.
        start: where ``sh:property`` led to its focus node from, when it did.
    """

    shape: Shape
    constraint: Constraint
    focus: int
    value: int | None = None
    predicate: int | None = None
    details: list[Hit] = field(default_factory=list)
    asked: Result | None = None
    start: int | None = None

    @property
    def origin(self) -> int:
        """The node that was judged."""
        return self.focus if self.start is None else self.start


class Judge:
    """Judges the triples of a table by shapes.

    Args:
        table: the data.
        shapes: the shapes.
        triples: the triples of the shapes graph, for queries that look into it.
        queries: answers the constraints that are queries; by default over a store made of the data.
    """

    def __init__(
        self, table: Table, shapes: Shapes, triples: Sequence[Spo] = (), queries: Queries | None = None
    ) -> None:
        """Work out the ids of all terms that the shapes name."""
        self._table = table
        self._shapes = shapes
        self._triples = triples
        self._queries = queries
        self.paths = Paths(table)
        self._below = _classes_below(table)
        self._focus: dict[tuple[Target, ...], Nodes] = {}
        self._every: tuple[str, int] | None = None
        self._instances: dict[str, tuple[str, int]] = {}
        self._failed: dict[tuple[Shape, str], str | None] = {}
        self._bad: dict[tuple[object, ...], str | None] = {}
        self._values: dict[str, tuple[str, int]] = {}
        self._tags: dict[Texts, str] = {}
        self._bits = {iri: 1 << bit for bit, iri in enumerate(_needed(shapes)[:_BITS])}
        self._present: dict[str, tuple[str, int]] = {}
        table.know_properties(_properties(shapes))
        self._classes = {number for (number,) in self._rows(f"SELECT DISTINCT o FROM {table.predicate(_TYPE)}")}
        table.know(
            term
            for shape in shapes.by.values()
            for terms in (
                *(constraint.terms for constraint in shape.constraints),
                tuple(target.term for target in shape.targets),
            )
            for term in terms
        )

    # -- what shapes are about

    def focus(self, shape: Shape) -> Nodes:
        """The focus nodes of a shape by its targets."""
        if shape.targets not in self._focus:
            self._focus[shape.targets] = self._targets(shape.targets)
        return self._focus[shape.targets]

    def _targets(self, targets: tuple[Target, ...]) -> Nodes:
        selects, texts = [], set()
        for target in targets:
            if target.form == "class":
                selects.append(f"SELECT f FROM {self._instances_of(target.term)[0]}")
                texts.add((_TYPE, "s"))
            elif target.form == "node":
                number = self._table.id(target.term)
                selects.append(f"SELECT {number}::UBIGINT AS f")
                texts.add((f"SELECT {number}::UBIGINT AS id, {quoted(str(target.term))} AS text", "="))
            else:
                column = "s" if target.form == "subjects-of" else "o"
                selects.append(f"SELECT DISTINCT {column} AS f FROM {self._table.predicate(target.term.value)}")
                texts.add((target.term.value, column))
        if len(targets) == 1 and targets[0].form == "class":
            table, count = self._instances_of(targets[0].term)
        else:
            table, count = self.paths.count(" UNION ".join(selects))
        return Nodes(table, frozenset(texts), count)

    def _instances_of(self, cls: Term) -> tuple[str, int]:
        """The table of the SHACL instances of a class, and how many there are."""
        if cls.value not in self._instances:
            classes = self._below(cls)
            self._table.know(classes)
            numbers = ", ".join(str(number) for one in classes if (number := self._table.id(one)) in self._classes)
            types = self._table.predicate(_TYPE)
            instances = f"SELECT DISTINCT s AS f FROM {types} WHERE o IN ({numbers})"
            self._instances[cls.value] = self.paths.count(instances) if numbers else (_NO_NODES, 0)
        return self._instances[cls.value]

    def checked(self) -> tuple[int, int]:
        """The number of focus nodes, and of those that the data say something about."""
        name, count = self._every_focus()
        if not count:
            return 0, 0
        said = f"SELECT count(*) FROM {name} SEMI JOIN triple ON s = f"
        return count, int(self._rows(said)[0][0])

    def without_part(self) -> list[str]:
        """The texts of the focus nodes that the data say something about and whose IRI has no fragment."""
        name, count = self._every_focus()
        said = f"SELECT any_value(st) FROM triple SEMI JOIN {name} AS n ON n.f = s WHERE "
        return [text for (text,) in self._rows(f"{said} NOT contains(st, '#') GROUP BY s")] if count else []

    def _every_focus(self) -> tuple[str, int]:
        if self._every is None:
            tables = dict.fromkeys(nodes.table for shape in self._shapes.aimed if (nodes := self.focus(shape)).count)
            union = " UNION ".join(f"SELECT f FROM {table}" for table in tables)
            self._every = self.paths.count(union) if tables else (_NO_NODES, 0)
        return self._every

    # -- results

    def hits(self, shape: Shape, nodes: Nodes) -> list[Hit]:
        """The results of some focus nodes under a shape.

        Args:
            shape: the shape.
            nodes: the focus nodes.
        """
        found: list[Hit] = []
        asked: list[tuple[Shape, Constraint, Values, str]] = []
        self._collect(shape, nodes, found, asked)
        # All in one query: what a query costs by itself is most of what small data cost.
        union = " UNION ALL ".join(f"SELECT {k} AS k, * FROM ({one[3]})" for k, one in enumerate(asked))
        own: dict[int, list[Hit]] = {}
        for k, focus, value, predicate in self._rows(union):
            own.setdefault(k, []).append(Hit(asked[k][0], asked[k][1], focus, value, predicate))
        for k, hits in own.items():
            if asked[k][1].name == "Node":
                self._detail(hits, asked[k][1], asked[k][2])
            found.extend(hits)
        return found

    def _collect(
        self, shape: Shape, nodes: Nodes, found: list[Hit], asked: list[tuple[Shape, Constraint, Values, str]]
    ) -> None:
        """Collect the queries for the results of some focus nodes, and the results that come another way."""
        if not nodes.count or not shape.constraints:
            return
        values = self.paths.values(shape.path, nodes)
        if sum(map(bool, map(_needs, shape.constraints))) > 1:
            self._look_for_all(nodes)
        for constraint in shape.constraints:
            if constraint.name == "Property" and values.itself:
                self._collect(constraint.shapes[0], nodes, found, asked)
            elif constraint.name == "Property":
                found.extend(self._of_property(constraint, values))
            elif constraint.query is not None:
                found.extend(self._asked(shape, constraint, nodes, values))
            elif (select := self._select(constraint, shape, nodes, values)) is not None:
                asked.append((shape, constraint, values, select))

    def _of_property(self, constraint: Constraint, values: Values) -> Iterator[Hit]:
        """The results of a property shape for the value nodes, as often as each is a value node."""
        below: dict[int, list[Hit]] = {}
        for hit in self.hits(constraint.shapes[0], self._reached(values)):
            below.setdefault(hit.origin, []).append(hit)
        if below:
            wanted = f"SELECT unnest([{', '.join(map(str, below))}]::UBIGINT[]) AS w"
            for f, v in self._rows(f"SELECT f, v FROM {values.table} AS r SEMI JOIN ({wanted}) AS b ON b.w = r.v"):
                yield from (replace(hit, start=f) for hit in below[v])

    def _asked(self, shape: Shape, constraint: Constraint, nodes: Nodes, values: Values) -> Iterator[Hit]:
        """The results of a constraint that is a query."""
        if self._queries is None:
            self._queries = Queries(self._table.store(), self._triples)
        pairs = self._rows(f"SELECT f, v FROM {values.table}")
        focus_nodes = self._rows(f"SELECT f FROM {nodes.table}")
        terms = self._table.terms({number for row in (*pairs, *focus_nodes) for number in row})
        by: dict[int, list[Term]] = {}
        for focus, value in pairs:
            by.setdefault(focus, []).append(terms[value])
        for (focus,) in focus_nodes:
            for result in self._queries.results(shape, constraint, terms[focus], by.get(focus, ())):
                yield Hit(shape, constraint, focus, asked=self._table.as_written(result))

    def _detail(self, hits: list[Hit], constraint: Constraint, values: Values) -> None:
        """Say on what the results of ``sh:node`` rest."""
        wanted = sorted({hit.value for hit in hits if hit.value is not None})
        name = self.paths.name()
        self._table.sql.execute(f"CREATE TEMP TABLE {name} AS SELECT unnest($1::UBIGINT[]) AS f", [wanted])
        below: dict[int, list[Hit]] = {}
        for hit in self.hits(constraint.shapes[0], Nodes(name, values.texts, len(wanted))):
            below.setdefault(hit.origin, []).append(hit)
        for hit in hits:
            hit.details = below.get(hit.value or 0, [])

    def _look_for_all(self, nodes: Nodes) -> None:
        """Find out together which of some focus nodes have which of the properties that shapes need one value of."""
        if not self._bits or nodes.table in self._present:
            return
        if not self._present:
            numbers = [self._table.property(iri) for iri in self._bits]
            self._table.sql.execute(
                """CREATE TEMP TABLE present AS SELECT s, bit_or(bit) AS m FROM triple JOIN
                (SELECT unnest($1::UBIGINT[]) AS wanted, unnest($2::UBIGINT[]) AS bit) ON p = wanted GROUP BY s""",
                [numbers, list(self._bits.values())],
            )
        name = self.paths.make(f"SELECT f, coalesce(m, 0) AS m FROM {nodes.table} LEFT JOIN present ON s = f")
        [[had]] = self._rows(f"SELECT bit_and(m) FROM {name}")
        self._present[nodes.table] = name, ~had

    # -- constraints: queries for (f, v, p)

    def _select(self, constraint: Constraint, shape: Shape, nodes: Nodes, values: Values) -> str | None:
        """The query for the results of one constraint; None when there is none for certain."""
        if values.none and constraint.name not in _OF_NOTHING and constraint.number >= 0:
            return None
        test = test_of(constraint, self._table.takes_pattern)
        if test is not None:
            bad = self._bad_values(test, values)
            return None if bad is None else _rows_of(values, f"SEMI JOIN {bad} AS b ON r.v = b.id")
        return getattr(self, f"_{constraint.name.lower()}")(constraint, nodes, values)  # type: ignore[no-any-return]

    def _mincount(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        if constraint.number <= 0:
            return None
        if constraint.number == 1 and values.iri in self._bits and nodes.table in self._present:
            table, lacked = self._present[nodes.table]
            bit = self._bits[values.iri]
            missing = f"SELECT f, 0::UBIGINT AS v, NULL AS p FROM {table} WHERE m & {bit}::UBIGINT = 0"
            return missing if lacked & bit else None
        if constraint.number == 1:
            there = values.predicate or values.table
            column = "s" if values.predicate else "f"
            missing = f"FROM {nodes.table} AS n ANTI JOIN {there} AS r ON r.{column} = n.f"
            return f"SELECT f, 0::UBIGINT AS v, NULL AS p {missing}"
        return _counted(nodes, values.table, f"< {constraint.number}")

    def _maxcount(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        if values.iri and self._table.extent(values.iri)[0] <= constraint.number:
            return None
        if values.predicate and constraint.number >= 0:
            many = f"SELECT s, count(*) AS c FROM {values.predicate} GROUP BY s HAVING count(*) > {constraint.number}"
            return f"SELECT f, c::UBIGINT AS v, NULL AS p FROM {nodes.table} AS n JOIN ({many}) AS r ON r.s = n.f"
        return _counted(nodes, values.table, f"> {constraint.number}")

    def _class(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        return _rows_of(values, f"ANTI JOIN {self._instances_of(constraint.terms[0])[0]} AS i ON i.f = r.v")

    def _nodekind(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        kind = constraint.terms[0].value.rpartition("#")[2]
        if values.iri and not self._table.extent(values.iri)[1] & ~sorts_of(kind):
            return None
        return _rows_of(values, f"WHERE NOT {kind_is('r.v', kind)}")

    def _in(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        numbers = ", ".join(f"{self._table.id(term)}::UBIGINT" for term in constraint.terms)
        if not numbers:
            return _rows_of(values, "")
        return _rows_of(values, f"ANTI JOIN (SELECT unnest([{numbers}]) AS i) AS l ON l.i = r.v")

    def _hasvalue(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        has = f"SELECT f FROM {values.table} WHERE v = {self._table.id(constraint.terms[0])}"
        return f"SELECT f, NULL::UBIGINT AS v, NULL AS p FROM {nodes.table} AS n ANTI JOIN ({has}) AS h USING (f)"

    def _uniquelang(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        if values.iri and self._table.extent(values.iri)[0] <= 1:
            return None
        if values.texts not in self._tags:
            self._tags[values.texts] = self.paths.make(
                f"SELECT id, lower(regexp_extract(any_value(text), '\"@([A-Za-z0-9-]+)$', 1)) AS tag "
                f"FROM ({self.paths.text(values.texts)}) WHERE (id & 3) = 2 AND NOT ends_with(text, '\"') "
                "AND NOT ends_with(text, '>') GROUP BY id"
            )
        return (
            f"SELECT f, NULL::UBIGINT AS v, NULL AS p FROM {values.table} AS r "
            f"JOIN {self._tags[values.texts]} AS t ON t.id = r.v "
            "WHERE tag <> '' GROUP BY f, tag HAVING count(*) > 1"
        )

    def _equals(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        other = self._table.predicate(constraint.terms[0].value)
        missing = f"SELECT f, o AS v, NULL AS p FROM {nodes.table} AS n JOIN {other} ON s = f"
        return (
            f"{_rows_of(values, f'ANTI JOIN {other} AS e ON e.s = r.f AND e.o = r.v')} UNION ALL "
            f"SELECT m.* FROM ({missing}) AS m ANTI JOIN {values.table} AS r ON r.f = m.f AND r.v = m.v"
        )

    def _disjoint(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        other = self._table.predicate(constraint.terms[0].value)
        return _rows_of(values, f"SEMI JOIN {other} AS e ON e.s = r.f AND e.o = r.v")

    def _lessthan(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        iri = constraint.terms[0].value
        mine, theirs = (
            f"(SELECT id, any_value(text) AS text FROM ({self.paths.text(texts)}) GROUP BY id)"
            for texts in (values.texts, frozenset({(iri, "o")}))
        )
        pairs = (
            f"SELECT r.f, r.v, e.o AS w, a.text AS x, b.text AS y FROM {values.table} AS r "
            f"JOIN {self._table.predicate(iri)} AS e ON e.s = r.f JOIN {mine} AS a ON a.id = r.v "
            f"JOIN {theirs} AS b ON b.id = e.o"
        )
        quick = ordered(constraint.name, "x", "y")
        name = self.paths.make(f"SELECT f, v, w, x, y, {quick} AS sure FROM ({pairs}) WHERE {quick} IS NOT true")
        asked = self._rows(f"SELECT v, w, any_value(x), any_value(y) FROM {name} WHERE sure IS NULL GROUP BY v, w")
        left, right = (read_terms([row[at] for row in asked]) for at in (2, 3))
        fine = [
            (v, w) for (v, w, _, _), x, y in zip(asked, left, right, strict=True) if in_order(constraint.name, x, y)
        ]
        for v, w in fine:
            self._table.sql.execute(f"DELETE FROM {name} WHERE v = {v} AND w = {w}")
        return f"SELECT f, v, NULL AS p FROM {name}"

    _lessthanorequals = _lessthan

    def _closed(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        known = ", ".join(str(self._table.property(term.value)) for term in constraint.terms)
        others = f"SELECT DISTINCT s, p, o FROM triple WHERE {f'p NOT IN ({known})' if known else 'true'}"
        return f"SELECT r.f, o AS v, p FROM {values.table} AS r JOIN ({others}) AS t ON t.s = r.v"

    def _missing(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        if constraint.error is not None and self._reached(values).count:
            raise constraint.error.with_traceback(None)
        return None

    def _not(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        failed = self.failed(constraint.shapes[0], self._reached(values))
        return _rows_of(values, f"ANTI JOIN {failed} AS x ON x.f = r.v" if failed else "")

    def _node(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        failed = self.failed(constraint.shapes[0], self._reached(values))
        return _rows_of(values, f"SEMI JOIN {failed} AS x ON x.f = r.v") if failed else None

    def _and(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        reached = self._reached(values)
        failed = [name for shape in constraint.shapes if (name := self.failed(shape, reached))]
        union = " UNION ".join(f"SELECT f FROM {name}" for name in failed)
        return _rows_of(values, f"SEMI JOIN ({union}) AS x ON x.f = r.v") if union else None

    def _or(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        reached = self._reached(values)
        joins = ""
        for number, shape in enumerate(constraint.shapes):
            failed = self.failed(shape, reached)
            if failed is None:
                return None
            joins += f" SEMI JOIN {failed} AS x{number} ON x{number}.f = r.v"
        return _rows_of(values, joins)

    def _xone(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        reached = self._reached(values)
        failed = [name for shape in constraint.shapes if (name := self.failed(shape, reached))]
        every = " UNION ALL ".join(f"SELECT f FROM {name}" for name in (*failed, f"{reached.table} WHERE false"))
        counts = f"SELECT f, count(*) AS c FROM ({every}) GROUP BY f"
        one = len(constraint.shapes) - 1
        return (
            f"SELECT r.f, r.v, NULL AS p FROM {values.table} AS r LEFT JOIN ({counts}) AS x ON x.f = r.v "
            f"WHERE coalesce(c, 0) <> {one}"
        )

    def _qualified(self, constraint: Constraint, values: Values) -> str:
        """The pairs whose value conforms to the qualified shape, and to none of its siblings."""
        reached = self._reached(values)
        failed = self.failed(constraint.shapes[0], reached)
        joins = f" ANTI JOIN {failed} AS x ON x.f = r.v" if failed else ""
        for number, sibling in enumerate(constraint.siblings):
            other = self.failed(sibling, reached)
            if other is None:
                return f"SELECT f, v FROM {values.table} WHERE false"
            joins += f" SEMI JOIN {other} AS y{number} ON y{number}.f = r.v"
        return f"SELECT r.f, r.v FROM {values.table} AS r{joins}"

    def _qualifiedmincount(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        return _counted(nodes, f"({self._qualified(constraint, values)})", f"< {constraint.number}")

    def _qualifiedmaxcount(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        return _counted(nodes, f"({self._qualified(constraint, values)})", f"> {constraint.number}")

    # -- what constraints rest on

    def failed(self, shape: Shape, nodes: Nodes) -> str | None:
        """The table of the nodes that do not conform to a shape; None when all do.

        Args:
            shape: the shape.
            nodes: the nodes.
        """
        key = (shape, nodes.table)
        if key not in self._failed:
            self._failed[key] = self._fail(shape, nodes)
        return self._failed[key]

    def _fail(self, shape: Shape, nodes: Nodes) -> str | None:
        if not nodes.count or not shape.constraints:
            return None
        values = self.paths.values(shape.path, nodes)
        selects = []
        for constraint in shape.constraints:
            if constraint.name == "Property":
                failed = self.failed(constraint.shapes[0], nodes if values.itself else self._reached(values))
                if failed:
                    selects.append(f"SELECT r.f FROM {values.table} AS r SEMI JOIN {failed} AS x ON x.f = r.v")
            elif constraint.query is not None:
                found = sorted({hit.focus for hit in self._asked(shape, constraint, nodes, values)})
                if found:
                    selects.append(f"SELECT unnest({found}::UBIGINT[]) AS f")
            elif (select := self._select(constraint, shape, nodes, values)) is not None:
                selects.append(f"SELECT f FROM ({select})")
        # Each node once: xone counts them.
        each = f"SELECT DISTINCT f FROM ({' UNION ALL '.join(selects)})"
        name, count = self.paths.count(each) if selects else (_NO_NODES, 0)
        return name if count else None

    def _reached(self, values: Values) -> Nodes:
        """The value nodes, each once."""
        if values.table not in self._values:
            reached = f"SELECT DISTINCT v AS f FROM {values.table}"
            self._values[values.table] = (_NO_NODES, 0) if values.none else self.paths.count(reached)
        table, count = self._values[values.table]
        return Nodes(table, values.texts, count)

    def _bad_values(self, test: Test, values: Values) -> str | None:
        """The table of the ids that do not pass a test; None when all do."""
        key = (*test.key, values.texts)
        if key not in self._bad:
            texts = self.paths.text(values.texts)
            told = f"SELECT id, text, {test.quick} AS sure FROM ({texts})"
            name, count = self.paths.count(
                f"SELECT id, any_value(text) AS text, any_value(sure) AS sure FROM ({told}) WHERE sure IS NOT true "
                "GROUP BY id"
            )
            asked = self._rows(f"SELECT id, text FROM {name} WHERE sure IS NULL") if count else []
            terms = read_terms([text for _, text in asked])
            fine = [number for (number, _), term in zip(asked, terms, strict=True) if test.exact(term)]
            if fine:
                self._table.sql.execute(f"DELETE FROM {name} WHERE id IN (SELECT unnest($1::UBIGINT[]))", [fine])
            self._bad[key] = name if count > len(fine) else None
        return self._bad[key]

    def _rows(self, select: str) -> list[Any]:
        return self._table.sql.execute(select).fetchall() if select else []


def _rows_of(values: Values, rest: str) -> str:
    return f"SELECT r.f, r.v, NULL AS p FROM {values.table} AS r {rest}"


def _counted(nodes: Nodes, pairs: str, wrong: str) -> str:
    """The focus nodes that have a wrong number of values, with that number."""
    counts = f"SELECT f, count(*) AS c FROM {pairs} AS v GROUP BY f"
    return (
        f"SELECT n.f, coalesce(c, 0)::UBIGINT AS v, NULL AS p FROM {nodes.table} AS n LEFT JOIN ({counts}) AS r "
        f"ON r.f = n.f WHERE coalesce(c, 0) {wrong}"
    )


def _properties(shapes: Shapes) -> Iterator[str]:
    """The properties that shapes name."""
    for shape in shapes.by.values():
        if shape.path is not None:
            yield from predicates(shape.path)
        yield from (target.term.value for target in shape.targets)
        for constraint in shape.constraints:
            yield from (term.value for term in constraint.terms if isinstance(term, ox.NamedNode))


def _needs(constraint: Constraint) -> str:
    """The property that a constraint ``sh:property`` needs a value of, if it is of that sort; else nothing."""
    inner = constraint.shapes[0] if constraint.name == "Property" else None
    if inner is None or inner.path is None or inner.path.form != "predicate":
        return ""
    return inner.path.predicate if any(one.name == "MinCount" and one.number == 1 for one in inner.constraints) else ""


def _needed(shapes: Shapes) -> list[str]:
    """The properties that some shape needs a value of."""
    every = (_needs(constraint) for shape in shapes.by.values() for constraint in shape.constraints)
    return sorted({iri for iri in every if iri})


def _classes_below(table: Table) -> Callable[[Term], list[Term]]:
    """A function from a class to it and all classes below it."""
    below: dict[Term, list[Term]] = {}
    for child, _, parent in table.class_tree():
        below.setdefault(parent, []).append(child)

    def closure(cls: Term) -> list[Term]:
        seen = {cls: None}
        todo = [cls]
        while todo:
            for child in below.get(todo.pop(), ()):
                if child not in seen:
                    seen[child] = None
                    todo.append(child)
        return list(seen)

    return closure

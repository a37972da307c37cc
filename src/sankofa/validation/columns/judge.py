"""Each constraint as set-at-a-time SQL over the columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyoxigraph as ox

from sankofa.fields.files import Spo, Term, read_terms
from sankofa.fields.model import RDF
from sankofa.validation.columns.focus import Focus
from sankofa.validation.columns.hits import Hit
from sankofa.validation.columns.paths import NO_NODES, TOGETHER, Nodes, Paths, Texts, Values, predicates
from sankofa.validation.columns.presence import Presence
from sankofa.validation.columns.table import Table
from sankofa.validation.columns.texts import Test, kind_is, ordered, sorts_of, test_of
from sankofa.validation.model import Constraint, Shape, Shapes
from sankofa.validation.results import COMPARED, RESULTS, TooManyError, most_results
from sankofa.validation.sparql import Queries
from sankofa.validation.values import in_order

_TYPE = RDF + "type"
# Language-tagged strings among the texts of terms, and their tags, which count without case.
_HAS_TAG = """starts_with(text, '"') AND NOT ends_with(text, '"') AND NOT ends_with(text, '>')"""
_TAG = """lower(split_part(text, '"@', -1))"""
#: What can be wrong where a path leads nowhere.
_OF_NOTHING = ("MinCount", "HasValue", "Equals", "QualifiedMinCount")


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
        self._failed: dict[tuple[Shape, str], str | None] = {}
        self._bad: dict[tuple[object, ...], str | None] = {}
        self._values: dict[str, tuple[str, int]] = {}
        self._tags: dict[str, tuple[str, int]] = {}
        self._presence = Presence(table, shapes)
        self._found: dict[tuple[Shape, str], dict[int, list[Hit]]] = {}
        self._made, self._most = 0, most_results(table.triples)
        table.know_properties(_properties(shapes))
        self.focus = Focus(table, self.paths, shapes)
        table.know(
            term
            for shape in shapes.by.values()
            for terms in (
                *(constraint.terms for constraint in shape.constraints),
                tuple(target.term for target in shape.targets),
            )
            for term in terms
        )

    def look_ahead(self, shapes: Sequence[Shape]) -> None:
        """Find out for some shapes together what they ask for most: what each needs a value of, which values pass.

        Args:
            shapes: shapes with targets.
        """
        aimed = [(shape, self.focus.nodes(shape)) for shape in shapes]
        self._presence.look(aimed)
        tests: dict[tuple[object, ...], tuple[Test, Texts]] = {}
        for shape, nodes in aimed:
            for inner in (one.shapes[0] for one in shape.constraints if one.name == "Property" and nodes.count):
                iri = inner.path.predicate if inner.path and inner.path.form == "predicate" else ""
                if iri and shape.path is None and self._table.holds(iri):
                    texts = frozenset({(iri, "o")})
                    for test in filter(None, (test_of(one, self._table.takes_pattern) for one in inner.constraints)):
                        tests[(*test.key, texts)] = test, texts
        asked = list(tests.items())
        for start in range(0, len(asked), TOGETHER):
            self._test(dict(asked[start : start + TOGETHER]))

    # -- results

    def hits(self, shape: Shape, nodes: Nodes) -> list[Hit]:
        """The results of some focus nodes under a shape.

        Args:
            shape: the shape.
            nodes: the focus nodes.
        """
        found: list[Hit] = []
        every: list[tuple[Shape, Constraint, Values, str]] = []
        self._collect(shape, nodes, found, every)
        for start in range(0, len(every), TOGETHER):
            # Many in one query: what a query costs by itself is most of what small data cost.
            asked = every[start : start + TOGETHER]
            union = " UNION ALL ".join(f"SELECT {k} AS k, * FROM ({one[3]})" for k, one in enumerate(asked))
            rows = self._table.sql.execute(union).fetchmany(self._most + 1 - self._made)
            self._tally(len(rows))
            own: dict[int, list[Hit]] = {}
            for k, focus, value, predicate in rows:
                own.setdefault(k, []).append(Hit(asked[k][0], asked[k][1], focus, value, predicate))
            for k, hits in own.items():
                if asked[k][1].name == "Node":
                    self._detail(hits, asked[k][1], asked[k][2])
                found.extend(hits)
        return found

    def _tally(self, count: int) -> None:
        """Count results, before they fill the memory."""
        self._made += count
        if self._made > self._most:
            raise TooManyError(RESULTS, self._most)

    def _under(self, shape: Shape, nodes: Nodes) -> dict[int, list[Hit]]:
        """The results under a shape that another one refers to, by the node that was judged; found once."""
        key = (shape, nodes.table)
        if key not in self._found:
            found: dict[int, list[Hit]] = {}
            for hit in self.hits(shape, nodes):
                found.setdefault(hit.origin, []).append(hit)
            self._found[key] = found
        return self._found[key]

    def _collect(
        self, shape: Shape, nodes: Nodes, found: list[Hit], asked: list[tuple[Shape, Constraint, Values, str]]
    ) -> None:
        """Collect the queries for the results of some focus nodes, and the results that come another way."""
        if not nodes.count or not shape.constraints:
            return
        values = self.paths.values(shape.path, nodes)
        self._presence.look([(shape, nodes)])
        for constraint in shape.constraints:
            if constraint.name == "Property" and values.itself:
                self._collect(constraint.shapes[0], nodes, found, asked)
            elif constraint.name == "Property":
                found.extend(self._of_property(constraint, values))
            elif constraint.query is not None:
                found.extend(self._asked(shape, constraint, nodes, values))
            elif constraint.name == "MinCount" and constraint.number == 1 and self._presence.knows(values.iri, nodes):
                lacking = self._presence.without(values.iri, nodes)
                self._tally(len(lacking))
                found.extend(Hit(shape, constraint, focus, 0) for focus in lacking)
            elif (select := self._select(constraint, shape, nodes, values)) is not None:
                asked.append((shape, constraint, values, select))

    def _of_property(self, constraint: Constraint, values: Values) -> Iterator[Hit]:
        """The results of a property shape for the value nodes, as often as each is a value node."""
        below = self._under(constraint.shapes[0], self._reached(values))
        if below:
            wanted = f"SELECT unnest([{', '.join(map(str, below))}]::UBIGINT[]) AS w"
            for f, v in self._rows(f"SELECT f, v FROM {values.table} AS r SEMI JOIN ({wanted}) AS b ON b.w = r.v"):
                self._tally(len(below[v]))
                yield from (replace(hit, start=f) for hit in below[v])

    def _asked(self, shape: Shape, constraint: Constraint, nodes: Nodes, values: Values) -> Iterator[Hit]:
        """The results of a constraint that is a query."""
        if self._queries is None:
            self._queries = Queries(self._table.write, self._triples)
        pairs = self._rows(f"SELECT f, v FROM {values.table}")
        focus_nodes = self._rows(f"SELECT f FROM {nodes.table}")
        terms = self._table.terms({number for row in (*pairs, *focus_nodes) for number in row})
        by: dict[int, list[Term]] = {}
        for focus, value in pairs:
            by.setdefault(focus, []).append(terms[value])
        asked = ((terms[focus], by.get(focus, ())) for (focus,) in focus_nodes)
        for result in self._queries.results(shape, constraint, asked):
            yield Hit(shape, constraint, self._table.id(result.focus), asked=self._table.as_written(result))

    def _detail(self, hits: list[Hit], constraint: Constraint, values: Values) -> None:
        """Say on what the results of ``sh:node`` rest."""
        wanted = {hit.value for hit in hits if hit.value is not None}
        below = self._under(constraint.shapes[0], Nodes(self.paths.table_of(wanted), values.texts, len(wanted)))
        for hit in hits:
            hit.details = below.get(hit.value or 0, [])

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
        return _rows_of(values, f"ANTI JOIN {self.focus.instances(constraint.terms[0])[0]} AS i ON i.f = r.v")

    def _nodekind(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        kind = constraint.terms[0].value.rpartition("#")[2]
        if values.iri and not self._table.extent(values.iri)[1] & ~sorts_of(kind):
            return None
        return _rows_of(values, where=f"WHERE NOT {kind_is('r.v', kind)}")

    def _in(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        numbers = [self._table.id(term) for term in constraint.terms]
        if not numbers:
            return _rows_of(values)
        written = ", ".join(f"{number}::UBIGINT" for number in numbers[:TOGETHER])
        among = self.paths.table_of(numbers) if len(numbers) > TOGETHER else f"(SELECT unnest([{written}]) AS f)"
        return _rows_of(values, f"ANTI JOIN {among} AS l ON l.f = r.v")

    def _hasvalue(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        has = f"SELECT f FROM {values.table} WHERE v = {self._table.id(constraint.terms[0])}"
        return f"SELECT f, NULL::UBIGINT AS v, NULL AS p FROM {nodes.table} AS n ANTI JOIN ({has}) AS h USING (f)"

    def _uniquelang(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        if values.iri and self._table.extent(values.iri)[0] <= 1:
            return None
        if values.predicate:
            # All subjects of the property at once: most often none has two.
            if values.iri not in self._tags:
                each = f"SELECT s AS f, o, {_TAG} AS tag FROM (SELECT s, o, ot AS text FROM triple WHERE p = "
                each += f"{self._table.property(values.iri)} AND {_HAS_TAG})"  # a triple may have been read twice
                two = f"SELECT f FROM ({each}) GROUP BY f, tag HAVING min(o) <> max(o)"
                self._tags[values.iri] = self.paths.count(two)
            name, count = self._tags[values.iri]
            twice = f"SELECT f, NULL::UBIGINT AS v, NULL AS p FROM {name} SEMI JOIN {nodes.table} AS n USING (f)"
            return twice if count else None
        texts = self.paths.text(values.texts)
        each = f"SELECT id, any_value({_TAG}) AS tag FROM ({texts}) WHERE {_HAS_TAG} GROUP BY id"
        return (
            f"SELECT f, NULL::UBIGINT AS v, NULL AS p FROM {values.table} AS r JOIN ({each}) AS t ON t.id = r.v "
            "GROUP BY f, tag HAVING count(*) > 1"
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
        other = self._table.predicate(iri)
        if not values.iri or self._table.extent(values.iri)[0] > 1:
            some = f"SELECT f, count(*) AS c FROM {values.table} GROUP BY f"
            others = f"SELECT s, count(*) AS d FROM {other} GROUP BY s"
            self.paths.bound(f"SELECT sum(c * d) FROM ({some}) JOIN ({others}) ON s = f", COMPARED)
        pairs = (
            f"SELECT r.f, r.v, e.o AS w, a.text AS x, b.text AS y FROM {values.table} AS r "
            f"JOIN {other} AS e ON e.s = r.f JOIN {mine} AS a ON a.id = r.v "
            f"JOIN {theirs} AS b ON b.id = e.o"
        )
        quick = ordered(constraint.name, "x", "y")
        name = self.paths.make(f"SELECT f, v, w, x, y, {quick} AS sure FROM ({pairs}) WHERE {quick} IS NOT true")
        asked = self._rows(f"SELECT v, w, any_value(x), any_value(y) FROM {name} WHERE sure IS NULL GROUP BY v, w")
        left, right = (read_terms([row[at] for row in asked]) for at in (2, 3))
        fine = [
            (v, w) for (v, w, _, _), x, y in zip(asked, left, right, strict=True) if in_order(constraint.name, x, y)
        ]
        if fine:
            pairs = "SELECT unnest($1::UBIGINT[]) AS v, unnest($2::UBIGINT[]) AS w"
            self._table.sql.execute(
                f"DELETE FROM {name} AS x USING ({pairs}) AS y WHERE x.v = y.v AND x.w = y.w",
                [*zip(*fine, strict=True)],
            )
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
        return _rows_of(values, f"SEMI JOIN ({self.paths.together(failed)}) AS x ON x.f = r.v") if failed else None

    def _or(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        fitting = self._fit_none(constraint.shapes, self._reached(values))
        return _rows_of(values, f"SEMI JOIN ({fitting}) AS x ON x.f = r.v") if fitting else None

    def _xone(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        reached = self._reached(values)
        failed = [name for shape in constraint.shapes if (name := self.failed(shape, reached))]
        every = self.paths.together([*failed, f"{reached.table} WHERE false"])
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
        if constraint.siblings:
            fitting = self._fit_none(constraint.siblings, reached)
            joins += f" SEMI JOIN ({fitting or NO_NODES}) AS y ON y.f = r.v"
        return f"SELECT r.f, r.v FROM {values.table} AS r{joins}"

    def _qualifiedmincount(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        return _counted(nodes, f"({self._qualified(constraint, values)})", f"< {constraint.number}")

    def _qualifiedmaxcount(self, constraint: Constraint, nodes: Nodes, values: Values) -> str | None:
        return _counted(nodes, f"({self._qualified(constraint, values)})", f"> {constraint.number}")

    # -- what constraints rest on

    def _fit_none(self, shapes: Sequence[Shape], nodes: Nodes) -> str | None:
        """The query for the nodes that conform to none of some shapes; None when there are none for certain."""
        failed = []
        for shape in shapes:
            name = self.failed(shape, nodes)
            if name is None:
                return None
            failed.append(name)
        if len(failed) < 2:
            return f"SELECT f FROM {failed[0] if failed else nodes.table}"
        return f"SELECT f FROM ({self.paths.together(failed)}) GROUP BY f HAVING count(*) = {len(failed)}"

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
                    selects.append(f"(SELECT r.f FROM {values.table} AS r SEMI JOIN {failed} AS x ON x.f = r.v)")
            elif constraint.query is not None:
                found = {hit.focus for hit in self._asked(shape, constraint, nodes, values)}
                if found:
                    selects.append(self.paths.table_of(found))
            elif (select := self._select(constraint, shape, nodes, values)) is not None:
                selects.append(f"({select})")
        # Each node once: who refers to the shape may count them.
        each = f"SELECT DISTINCT f FROM ({self.paths.together(selects)})"
        name, count = self.paths.count(each) if selects else (NO_NODES, 0)
        return name if count else None

    def _reached(self, values: Values) -> Nodes:
        """The value nodes, each once."""
        if values.table not in self._values:
            reached = f"SELECT DISTINCT v AS f FROM {values.table}"
            self._values[values.table] = (NO_NODES, 0) if values.none else self.paths.count(reached)
        table, count = self._values[values.table]
        return Nodes(table, values.texts, count)

    def _bad_values(self, test: Test, values: Values) -> str | None:
        """The table of the ids that do not pass a test; None when all do."""
        key = (*test.key, values.texts)
        if key not in self._bad:
            self._test({key: (test, values.texts)})
        return self._bad[key]

    def _test(self, tests: dict[tuple[object, ...], tuple[Test, Texts]]) -> None:
        """Find out which texts do not pass tests, of all tests in one query."""
        told = " UNION ALL ".join(
            f"SELECT {k} AS k, id, text, {test.quick} AS sure FROM ({self.paths.text(texts)}) WHERE sure IS NOT true"
            for k, (test, texts) in enumerate(tests.values())
        )
        each = f"SELECT k, id, any_value(text) AS text, any_value(sure) AS sure FROM ({told}) GROUP BY k, id"
        name, some = self.paths.count(each)
        per_test = f"SELECT k, count(*), list(row(id, text)) FILTER (sure IS NULL) FROM {name} GROUP BY k"
        found = {k: (count, unsure) for k, count, unsure in self._rows(per_test)} if some else {}
        for k, (key, (test, _)) in enumerate(tests.items()):
            count, unsure = found.get(k, (0, None))
            terms = read_terms([text for _, text in unsure or ()])
            fine = [number for (number, _), term in zip(unsure or (), terms, strict=True) if test.exact(term)]
            if fine:
                gone = f"DELETE FROM {name} WHERE k = {k} AND id IN (SELECT unnest($1::UBIGINT[]))"
                self._table.sql.execute(gone, [fine])
            self._bad[key] = f"(SELECT id FROM {name} WHERE k = {k})" if count > len(fine) else None

    def _rows(self, select: str) -> list[Any]:
        return self._table.sql.execute(select).fetchall() if select else []


def _rows_of(values: Values, joins: str = "", where: str = "") -> str:
    """The query for the pairs that some joins and conditions leave."""
    if values.predicate:  # few values are wrong: those first, then whose they are
        pairs = f"(SELECT s AS f, o AS v FROM {values.predicate}) AS r {joins}"
        return f"SELECT r.f, r.v, NULL AS p FROM {pairs} SEMI JOIN {values.nodes} AS n ON n.f = r.f {where}"
    return f"SELECT r.f, r.v, NULL AS p FROM {values.table} AS r {joins} {where}"


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
        yield from (target.term.value for target in shape.targets if isinstance(target.term, ox.NamedNode))
        for constraint in shape.constraints:
            yield from (term.value for term in constraint.terms if isinstance(term, ox.NamedNode))

"""Which nodes have which of the properties that shapes need a value of: found out for many properties together."""

from __future__ import annotations

from collections.abc import Iterable

from sankofa.validation.columns.paths import TOGETHER, Nodes
from sankofa.validation.columns.table import Table
from sankofa.validation.model import Constraint, Shape, Shapes
from sankofa.validation.results import most_results

#: How many properties are looked for together: the bits of an unsigned number.
_BITS = 64


class Presence:
    """Knows of some focus nodes which properties they have.

    Args:
        table: the data.
        shapes: the shapes, for the properties that they need a value of.
    """

    def __init__(self, table: Table, shapes: Shapes) -> None:
        """Look for nothing yet."""
        self._table = table
        every = (_needs(constraint) for shape in shapes.by.values() for constraint in shape.constraints)
        self._bits = {iri: 1 << bit for bit, iri in enumerate(sorted({iri for iri in every if iri})[:_BITS])}
        self._present: dict[str, tuple[int, list[tuple[int, int]]]] = {}

    def look(self, aimed: Iterable[tuple[Shape, Nodes]]) -> None:
        """Find out which focus nodes of some shapes have the properties that those need, where they need several.

        Args:
            aimed: the shapes, each with its focus nodes.
        """
        needed: dict[str, int] = {}
        for shape, nodes in aimed:
            needs = list(filter(None, map(_needs, shape.constraints)))
            if len(needs) > 1 and nodes.count and nodes.table not in self._present:
                needed.setdefault(nodes.table, sum({self._bits.get(iri, 0) for iri in needs}))
        tables = [table for table, bits in needed.items() if bits]
        for start in range(0, len(tables), TOGETHER):
            self._look({table: needed[table] for table in tables[start : start + TOGETHER]})

    def _look(self, needed: dict[str, int]) -> None:
        """Find out which nodes of some tables lack some of the properties that they need."""
        if not self._present:
            numbers = [self._table.property(iri) for iri in self._bits]
            self._table.sql.execute(
                """CREATE TEMP TABLE present AS SELECT s, bit_or(bit) AS m FROM triple JOIN
                (SELECT unnest($1::UBIGINT[]) AS wanted, unnest($2::UBIGINT[]) AS bit) ON p = wanted GROUP BY s""",
                [numbers, list(self._bits.values())],
            )
        # Only who lacks something: every one of them is a result.
        asked = " UNION ALL ".join(
            f"SELECT {k} AS k, f, {bits}::UBIGINT AS bits FROM {table}"
            for k, (table, bits) in enumerate(needed.items())
        )
        had = f"SELECT k, f, bits, coalesce(m, 0) AS had FROM ({asked}) LEFT JOIN present ON s = f"
        lacking = f"SELECT k, f, had FROM ({had}) WHERE had & bits <> bits"
        found: list[list[tuple[int, int]]] = [[] for _ in needed]
        for k, focus, had in self._table.sql.execute(lacking).fetchmany(most_results(self._table.triples) + 1):
            found[k].append((focus, had))
        self._present.update(zip(needed, zip(needed.values(), found, strict=True), strict=True))

    def knows(self, iri: str, nodes: Nodes) -> bool:
        """Whether it was found out which of some nodes have a property.

        Args:
            iri: the property.
            nodes: the nodes.
        """
        needed, _ = self._present.get(nodes.table, (0, []))
        return bool(needed & self._bits.get(iri, 0))

    def without(self, iri: str, nodes: Nodes) -> list[int]:
        """The nodes that lack a property.

        Args:
            iri: the property; `knows` has said that it was looked for.
            nodes: the nodes.
        """
        bit = self._bits[iri]
        return [focus for focus, had in self._present[nodes.table][1] if not had & bit]


def _needs(constraint: Constraint) -> str:
    """The property that a constraint ``sh:property`` needs a value of, if it is of that sort; else nothing."""
    inner = constraint.shapes[0] if constraint.name == "Property" else None
    if inner is None or inner.path is None or inner.path.form != "predicate":
        return ""
    return inner.path.predicate if any(one.name == "MinCount" and one.number == 1 for one in inner.constraints) else ""

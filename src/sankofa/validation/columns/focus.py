"""What shapes are about: their focus nodes in the columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sankofa.fields.files import Term
from sankofa.fields.model import RDF
from sankofa.validation.columns.database import quoted
from sankofa.validation.columns.paths import NO_NODES, Nodes, Paths
from sankofa.validation.columns.table import Table
from sankofa.validation.model import Shape, Shapes, Target

_TYPE = RDF + "type"


class Focus:
    """Finds the focus nodes of shapes, and the instances of classes.

    Args:
        table: the data.
        paths: where tables are kept.
        shapes: the shapes.
    """

    def __init__(self, table: Table, paths: Paths, shapes: Shapes) -> None:
        """Find nothing yet."""
        self._table = table
        self._paths = paths
        self._shapes = shapes
        self._below = _classes_below(table)
        self._focus: dict[tuple[Target, ...], Nodes] = {}
        self._every: tuple[str, int] | None = None
        self._instances: dict[Term, tuple[str, int]] = {}

    def nodes(self, shape: Shape) -> Nodes:
        """The focus nodes of a shape by its targets."""
        if shape.targets not in self._focus:
            self._focus[shape.targets] = self._targets(shape.targets)
        return self._focus[shape.targets]

    def _targets(self, targets: tuple[Target, ...]) -> Nodes:
        selects, texts = [], set()
        for target in targets:
            if target.form == "class":
                selects.append(self.instances(target.term)[0])
                texts.add((_TYPE, "s"))
            elif target.form == "node":
                number = self._table.id(target.term)
                selects.append(f"(SELECT {number}::UBIGINT AS f)")
                texts.add((f"SELECT {number}::UBIGINT AS id, {quoted(str(target.term))} AS text", "="))
            else:
                column = "s" if target.form == "subjects-of" else "o"
                selects.append(f"(SELECT {column} AS f FROM {self._table.predicate(target.term.value)})")
                texts.add((target.term.value, column))
        if len(targets) == 1 and targets[0].form == "class":
            table, count = self.instances(targets[0].term)
        else:
            table, count = self._paths.count(f"SELECT DISTINCT f FROM ({self._paths.together(selects)})")
        return Nodes(table, frozenset(texts), count)

    def instances(self, cls: Term) -> tuple[str, int]:
        """The table of the SHACL instances of a class that the shapes name, and how many there are."""
        if not self._instances:
            self._find_instances()
        return self._instances[cls]

    def _find_instances(self) -> None:
        """Find the instances of all classes together: what a query costs by itself is most of what small data cost."""
        asked = {target.term for shape in self._shapes.aimed for target in shape.targets if target.form == "class"}
        every = (constraint for shape in self._shapes.by.values() for constraint in shape.constraints)
        asked.update(constraint.terms[0] for constraint in every if constraint.name == "Class")
        below = {cls: self._below(cls) for cls in asked}
        self._table.know(one for classes in below.values() for one in classes)
        pairs = [(self._table.id(cls), self._table.id(one)) for cls, classes in below.items() for one in classes]
        self._table.sql.execute(
            f"""CREATE TEMP TABLE instance AS SELECT DISTINCT c, s AS f FROM triple
            JOIN (SELECT unnest($1::UBIGINT[]) AS c, unnest($2::UBIGINT[]) AS t) ON o = t
            WHERE p = {self._table.property(_TYPE)}""",
            [[cls for cls, _ in pairs], [one for _, one in pairs]],
        )
        counts = dict(self._rows("SELECT c, count(*) FROM instance GROUP BY c"))
        for cls in asked:
            number = self._table.id(cls)
            table = f"(SELECT f FROM instance WHERE c = {number})" if number in counts else NO_NODES
            self._instances[cls] = table, counts.get(number, 0)

    def checked(self) -> tuple[int, int]:
        """The number of focus nodes, and of those that the data say something about."""
        classes = {target.term for shape in self._shapes.aimed for target in shape.targets if target.form == "class"}
        if all(target.form == "class" for shape in self._shapes.aimed for target in shape.targets) and classes:
            # Whatever is an instance says of itself that it is.
            numbers = ", ".join(f"{self._table.id(cls)}::UBIGINT" for cls in classes)
            self.instances(next(iter(classes)))
            count = int(self._rows(f"SELECT count(DISTINCT f) FROM instance WHERE c IN ({numbers})")[0][0])
            return count, count
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
            tables = dict.fromkeys(nodes.table for shape in self._shapes.aimed if (nodes := self.nodes(shape)).count)
            union = f"SELECT DISTINCT f FROM ({self._paths.together(list(tables))})"
            self._every = self._paths.count(union) if tables else (NO_NODES, 0)
        return self._every

    def _rows(self, select: str) -> list[Any]:
        return list(self._table.sql.execute(select).fetchall())


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

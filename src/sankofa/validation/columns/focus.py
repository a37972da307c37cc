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
        self._instances: dict[str, tuple[str, int]] = {}
        self._classes = {number for (number,) in self._rows(f"SELECT DISTINCT o FROM {table.predicate(_TYPE)}")}

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
        """The table of the SHACL instances of a class, and how many there are."""
        if cls.value not in self._instances:
            classes = self._below(cls)
            self._table.know(classes)
            numbers = ", ".join(str(number) for one in classes if (number := self._table.id(one)) in self._classes)
            types = self._table.predicate(_TYPE)
            instances = f"SELECT DISTINCT s AS f FROM {types} WHERE o IN ({numbers})"
            self._instances[cls.value] = self._paths.count(instances) if numbers else (NO_NODES, 0)
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

"""What a change can touch: the nodes at which a shape may judge otherwise than before.

A shape judges a node by what its paths lead to and by what the shapes that it refers to say of that. So from each
changed triple the paths are followed backwards, through every shape that refers to another, to the nodes where judging
begins; and a change of classes, or of the tree of classes, touches whatever asks for one of those classes. The data are
walked as they were and as they are together, so nothing that a change has cut off is missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from sankofa.fields import Path
from sankofa.fields.files import Spo, Term
from sankofa.fields.model import RDF, RDFS
from sankofa.validation.columns.paths import predicates
from sankofa.validation.data import Steps, Walked
from sankofa.validation.joins import Joins, joins_of
from sankofa.validation.model import Constraint, Shape, Shapes
from sankofa.validation.sparql import with_prefixes

_TYPE, _SUB = RDF + "type", RDFS + "subClassOf"
_NOTHING: frozenset[Term] = frozenset()
_PAIRS = ("Equals", "Disjoint", "LessThan", "LessThanOrEquals")


class Reads:
    """Which properties each shape reads, so that a change is held against few of them.

    Args:
        shapes: the shapes.
    """

    def __init__(self, shapes: Shapes) -> None:
        """Read all shapes once."""
        self._of: dict[Shape, Set[str] | None] = {}
        self._joins: dict[Constraint, Joins] = {}
        self.aimed = shapes.aimed
        for shape in shapes.aimed:
            self.of(shape)
            self._targets(shape)

    def of(self, shape: Shape) -> Set[str] | None:
        """The IRIs of the properties that judging by a shape reads; None when it may read any.

        Args:
            shape: the shape.
        """
        if shape not in self._of:
            self._of[shape] = self._read(shape)
        return self._of[shape]

    def _read(self, shape: Shape) -> Set[str] | None:
        found: set[str] = predicates(shape.path) if shape.path else set()
        for constraint in shape.constraints:
            if constraint.name == "Closed":
                return None
            if constraint.query is not None:
                joins = self.joins(shape, constraint)
                if joins.reads is None:
                    return None
                found |= joins.reads
            elif constraint.name == "Class":
                found |= {_TYPE, _SUB}
            elif constraint.name in _PAIRS:
                found.add(constraint.terms[0].value)
            for inner in (*constraint.shapes, *constraint.siblings):
                more = self.of(inner)
                if more is None:
                    return None
                found |= more
        return found

    def joins(self, shape: Shape, constraint: Constraint) -> Joins:
        """How the query of a constraint hangs together around ``$this``.

        Args:
            shape: the shape.
            constraint: one of its constraints that is a query.
        """
        assert constraint.query is not None  # noqa: S101 - the caller's promise
        if constraint not in self._joins:
            self._joins[constraint] = joins_of(with_prefixes(constraint.query, shape.path), about="this")
        return self._joins[constraint]

    def _targets(self, shape: Shape) -> None:
        """A shape reads what its targets are found by, too."""
        found = self._of[shape]
        if found is None:
            return
        more = {target.term.value for target in shape.targets if target.form.endswith("-of")}
        if any(target.form == "class" for target in shape.targets):
            more |= {_TYPE, _SUB}
        self._of[shape] = found | more

    def may_read(self, shape: Shape, predicates: Set[str]) -> bool:
        """Whether judging by a shape can read one of some properties.

        Args:
            shape: the shape.
            predicates: the IRIs of the properties.
        """
        read = self.of(shape)
        return read is None or not read.isdisjoint(predicates)


class Touch:
    """Finds what one change can touch.

    Args:
        reads: what the shapes read.
        data: the data before and after the change together.
        changed: the triples that came or went.

    Attributes:
        predicates: the IRIs of their properties.
        subjects: their subjects, nodes: their subjects and values.
        classes: the nodes whose classes may be others, each with those classes.
        targets: the nodes that may be a focus node now, or may be none any more.
        declared: what may be declared as a term now, or no more.
    """

    def __init__(self, reads: Reads, data: Walked, changed: Iterable[Spo]) -> None:
        """Sort the triples by property, and find the nodes whose classes may be others."""
        self._reads = reads
        self._data = data
        self._changed: dict[str, list[tuple[Term, Term]]] = {}
        self.subjects: set[Term] = set()
        self._triples = tuple(changed)
        for subject, predicate, value in self._triples:
            self._changed.setdefault(predicate.value, []).append((subject, value))
            self.subjects.add(subject)
        self.predicates = self._changed.keys()
        self.nodes = self.subjects | {value for pairs in self._changed.values() for _, value in pairs}
        self.classes = self._classes()
        self.targets = {*self.classes}
        for target in (target for shape in reads.aimed for target in shape.targets):
            if target.form.endswith("-of"):
                at = 0 if target.form == "subjects-of" else 1
                self.targets.update(pair[at] for pair in self._changed.get(target.term.value, ()))
        self.declared = {subject for name in (_TYPE, _SUB) for subject, _ in self._changed.get(name, ())}
        self._touched: dict[Shape, Set[Term] | None] = {}

    def focus_nodes(self, shape: Shape) -> Set[Term] | None:
        """The nodes that a shape with targets may judge otherwise, or has or had no focus on; None for all.

        Args:
            shape: the shape.
        """
        at = self._at(shape)
        if at is None:
            return None
        found = set(at)
        for target in shape.targets:
            if target.form == "class":
                found.update(node for node, names in self.classes.items() if target.term in names)
            elif target.form == "subjects-of":
                found.update(subject for subject, _ in self._changed.get(target.term.value, ()))
            elif target.form == "objects-of":
                found.update(value for _, value in self._changed.get(target.term.value, ()))
        return found

    # -- classes

    def instances(self, name: Term) -> set[Term]:
        """The nodes that say that they are of a class.

        Args:
            name: the class.
        """
        return set(self._data.back(name, _TYPE))

    def _classes(self) -> dict[Term, Set[Term]]:
        """The nodes whose classes may be others, each with those classes."""
        found: dict[Term, set[Term]] = {}
        for subject, value in self._changed.get(_TYPE, ()):
            found.setdefault(subject, set()).update(self._along(value, above=True))
        for child, parent in self._changed.get(_SUB, ()):
            above = self._along(parent, above=True)
            for name in self._along(child, above=False):
                for node in self._data.back(name, _TYPE):
                    found.setdefault(node, set()).update(above)
        return dict(found)

    def _along(self, name: Term, *, above: bool) -> set[Term]:
        """A class and those above it, or below it."""
        seen, todo = {name}, [name]
        while todo:
            node = todo.pop()
            near = self._data.all(node, _SUB) if above else self._data.back(node, _SUB)
            more = set(near) - seen
            seen |= more
            todo.extend(more)
        return seen

    # -- shapes

    def _at(self, shape: Shape) -> Set[Term] | None:
        """The nodes at which judging by a shape may come to something else; None for any."""
        if shape not in self._touched:
            read = self._reads.may_read(shape, self.predicates)
            self._touched[shape] = self._find(shape) if read else _NOTHING
        return self._touched[shape]

    def _find(self, shape: Shape) -> Set[Term] | None:
        found = self._starts(shape.path) if shape.path else set()
        values: set[Term] = set()
        for constraint in shape.constraints:
            if constraint.name == "Class":
                values.update(node for node, names in self.classes.items() if constraint.terms[0] in names)
            elif constraint.name == "Closed":
                values |= self.subjects
            elif constraint.name in _PAIRS:
                found.update(subject for subject, _ in self._changed.get(constraint.terms[0].value, ()))
            elif constraint.query is not None:
                joins = self._reads.joins(shape, constraint)
                if joins.reads is None or not joins.reads.isdisjoint(self.predicates):
                    if not joins.local:
                        return None
                    found |= joins.touched(self._data, self._triples)
            for inner in (*constraint.shapes, *constraint.siblings):
                at = self._at(inner)
                if at is None:
                    return None
                values |= at
        return found | (self._back(values, shape.path) if shape.path else values)

    # -- paths

    def _starts(self, path: Path) -> set[Term]:
        """The nodes from which a path goes over a changed triple."""
        if path.form == "predicate":
            return {subject for subject, _ in self._changed.get(path.predicate, ())}
        if path.form == "inverse":
            return self._ends(path.parts[0])
        if path.form == "sequence":
            found: set[Term] = set()
            for part in reversed(path.parts):
                found = self._starts(part) | self._back(found, part)
            return found
        found = set().union(*map(self._starts, path.parts))
        return self._back(found, path) | found if path.form.endswith("-or-more") else found

    def _ends(self, path: Path) -> set[Term]:
        """The nodes to which a path goes over a changed triple."""
        if path.form == "predicate":
            return {value for _, value in self._changed.get(path.predicate, ())}
        if path.form == "inverse":
            return self._starts(path.parts[0])
        if path.form == "sequence":
            found: set[Term] = set()
            for part in path.parts:
                found = self._ends(part) | self._onwards(found, part)
            return found
        found = set().union(*map(self._ends, path.parts))
        return self._onwards(found, path) | found if path.form.endswith("-or-more") else found

    def _back(self, nodes: Iterable[Term], path: Path) -> set[Term]:
        return self._onwards(nodes, Path("inverse", parts=(path,)))

    def _onwards(self, nodes: Iterable[Term], path: Path) -> set[Term]:
        steps = Steps(self._data)
        return {value for node in nodes for value in steps.values(node, path)}

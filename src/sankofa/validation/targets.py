"""What shapes are about: their focus nodes, and which of them matter at all."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from sankofa.fields.files import Node, Spo, Term
from sankofa.fields.model import RDF, RDFS, SH
from sankofa.validation.data import Data

_TYPE = RDF + "type"
_SUB = RDFS + "subClassOf"
_CLASSES = {RDFS + "Class", "http://www.w3.org/2002/07/owl#Class"}
_SHAPES = {SH + "NodeShape", SH + "PropertyShape"}
#: The properties that say what a shape is about.
TARGETS = (SH + "targetNode", SH + "targetClass", SH + "targetSubjectsOf", SH + "targetObjectsOf")


class Targets:
    """The shapes of a graph and what they are about.

    Args:
        shapes: the triples of the shapes graph.
    """

    def __init__(self, shapes: Iterable[Spo]) -> None:
        """Index the shapes."""
        self._triples = tuple(shapes)
        self._shapes = Data(self._triples)
        self.aimed = [shape for shape in self._shapes.by if self._is_aimed(shape)]

    def _is_aimed(self, shape: Node) -> bool:
        return any(self._shapes.all(shape, target) for target in TARGETS) or is_class(shape, self._shapes)

    def relevant(self) -> list[Spo]:
        """The triples of the shapes that something targets or reaches, and what is no shape; the rest is not judged.

        Example:
            >>> Targets([]).relevant()
            []
        """
        around: dict[Term, list[Term]] = {}
        for subject, predicate, value in self._triples:
            if predicate.value == SH + "property":
                around.setdefault(value, []).append(subject)
        reached: set[Term] = set()
        todo: list[Term] = [*self.aimed, *(node for node in self._shapes.by if self._is_component(node))]
        while todo:
            node = todo.pop()
            if node in reached or isinstance(node, ox.Literal):
                continue
            reached.add(node)
            for values in self._shapes.by.get(node, {}).values():
                todo.extend(values)
            if self._shapes.all(node, SH + "qualifiedValueShapesDisjoint"):
                todo.extend(around.get(node, ()))  # there are the shapes that its values must not conform to
        return [triple for triple in self._triples if triple[0] in reached or not _is_of_shapes(triple)]

    def _is_component(self, node: Node) -> bool:
        types = set(self._shapes.types(node))
        return bool(_above(types, self._shapes) & {SH + "ConstraintComponent"})

    def focus_nodes(self, data: Data) -> set[Term]:
        """The focus nodes that the shapes have in some data.

        Args:
            data: the data.

        Example:
            >>> Targets([]).focus_nodes(Data([]))
            set()
        """
        classes: set[str] = set()
        subjects_of: set[str] = set()
        objects_of: set[str] = set()
        found: set[Term] = set()
        for shape in self.aimed:
            if any(value.value in ("true", "1") for value in self._shapes.all(shape, SH + "deactivated")):
                continue
            found.update(self._shapes.all(shape, SH + "targetNode"))
            classes.update(value.value for value in self._shapes.all(shape, SH + "targetClass"))
            subjects_of.update(value.value for value in self._shapes.all(shape, SH + "targetSubjectsOf"))
            objects_of.update(value.value for value in self._shapes.all(shape, SH + "targetObjectsOf"))
            if is_class(shape, self._shapes):
                classes.add(shape.value)
        classes |= _below(classes, data)
        for subject, said in data.by.items():
            if any(value.value in classes for value in said.get(_TYPE, ())) or not subjects_of.isdisjoint(said):
                found.add(subject)
            for predicate in objects_of.intersection(said):
                found.update(said[predicate])
        return found


def is_class(shape: Node, shapes: Data) -> bool:
    """Whether a shape is a class too, and so about its own instances.

    Args:
        shape: the shape.
        shapes: the shapes graph.

    Example:
        >>> is_class(ox.BlankNode("a"), Data([]))
        False
    """
    types = set(shapes.types(shape))
    return isinstance(shape, ox.NamedNode) and bool(types & _SHAPES) and bool(_above(types, shapes) & _CLASSES)


def _is_of_shapes(triple: Spo) -> bool:
    predicate, value = triple[1].value, triple[2]
    return predicate.startswith(SH) or (predicate == _TYPE and value.value in _SHAPES)


def _above(classes: set[str], data: Data) -> set[str]:
    """Classes with all above them."""
    seen = set(classes)
    todo = list(classes)
    while todo:
        for value in data.all(ox.NamedNode(todo.pop()), _SUB):
            if value.value not in seen:
                seen.add(value.value)
                todo.append(value.value)
    return seen


def _below(classes: set[str], data: Data) -> set[str]:
    """Classes below these."""
    children: dict[str, list[str]] = {}
    for subject, said in data.by.items():
        for parent in said.get(_SUB, ()):
            children.setdefault(parent.value, []).append(subject.value)
    seen: set[str] = set()
    todo = list(classes)
    while todo:
        for child in children.get(todo.pop(), ()):
            if child not in seen:
                seen.add(child)
                todo.append(child)
    return seen

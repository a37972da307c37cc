"""The engine that judges one node at a time, looking up in data that can be followed.

After a change it judges what the change can touch; and small data it has judged before a database has started.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Protocol

import pyoxigraph as ox

from sankofa.fields import Path
from sankofa.fields.files import Term
from sankofa.fields.model import RDF, RDFS
from sankofa.validation import values
from sankofa.validation.data import Data, Steps, Walked
from sankofa.validation.model import Constraint, Shape, Shapes, Target
from sankofa.validation.results import COMPARED, MOST_RESULTS, RESULTS, Result, TooManyError, limited

_TYPE, _SUB = RDF + "type", RDFS + "subClassOf"
_KINDS: dict[str, tuple[type, ...]] = {
    "IRI": (ox.NamedNode,),
    "BlankNode": (ox.BlankNode,),
    "Literal": (ox.Literal,),
    "BlankNodeOrIRI": (ox.BlankNode, ox.NamedNode),
    "BlankNodeOrLiteral": (ox.BlankNode, ox.Literal),
    "IRIOrLiteral": (ox.NamedNode, ox.Literal),
}


#: The name of the engine.
NAME = "nodes"
#: So many pairs of values are compared, or nodes and values that a path leads to found: some seconds' work.
_MOST_PAIRS = 5_000_000


class Asks(Protocol):
    """What answers constraints that are queries, as `sankofa.validation.sparql.Queries` does."""

    def results(
        self, shape: Shape, constraint: Constraint, asked: Iterable[tuple[Term, Iterable[Term]]]
    ) -> Iterator[Result]:
        """The results of some focus nodes, each given with its value nodes."""


class NodeJudge:
    """Judges single nodes by shapes.

    Args:
        data: the data; what was found out is kept, so a change in them needs a new judge.
        queries: answers the constraints that are queries.
    """

    def __init__(self, data: Walked, queries: Asks) -> None:
        """Find out nothing yet."""
        self._data = data
        self._queries = queries
        self._above: dict[Term, frozenset[Term]] = {}
        self._classes: dict[Term, frozenset[Term]] = {}
        self._conforming: dict[tuple[Shape, Term], bool] = {}
        self._steps = Steps(data, _MOST_PAIRS)
        self._idle: dict[Shape, bool] = {}
        self._members: dict[Constraint, frozenset[Term]] = {}
        self._compared = self._made = 0

    # -- what shapes are about

    def classes(self, node: Term) -> frozenset[Term]:
        """The classes that a node is an instance of, those above its own among them (SHACL, section 1.1).

        Args:
            node: the node.
        """
        if node not in self._classes:
            above = [self._classes_above(name) for name in self._data.all(node, _TYPE)]
            self._classes[node] = frozenset().union(*above)
        return self._classes[node]

    def _classes_above(self, name: Term) -> frozenset[Term]:
        if name not in self._above:
            seen, todo = {name}, [name]
            while todo:
                more = [one for one in self._data.all(todo.pop(), _SUB) if one not in seen]
                seen.update(more)
                todo.extend(more)
            self._above[name] = frozenset(seen)
        return self._above[name]

    def is_focus(self, shape: Shape, node: Term) -> bool:
        """Whether a node is a focus node of a shape by one of its targets.

        Args:
            shape: the shape.
            node: the node.
        """
        return any(self._is_target(target, node) for target in shape.targets)

    def _is_target(self, target: Target, node: Term) -> bool:
        if target.form == "class":
            return target.term in self.classes(node)
        if target.form == "node":
            return target.term == node
        if target.form == "subjects-of":
            return bool(self._data.all(node, target.term.value))
        return bool(self._data.back(node, target.term.value))

    def focus_nodes(self, shape: Shape, subjects: Iterable[Term]) -> Iterator[Term]:
        """The focus nodes of a shape, each once.

        Args:
            shape: the shape.
            subjects: the nodes about which the data say something.
        """
        found: dict[Term, None] = {}
        for node in subjects:
            for target in shape.targets:
                if target.form == "objects-of":
                    found.update(dict.fromkeys(self._data.all(node, target.term.value)))
                elif target.form != "node" and self._is_target(target, node):
                    found[node] = None
        found.update((target.term, None) for target in shape.targets if target.form == "node")
        yield from found

    # -- results

    def conforms(self, shape: Shape, node: Term) -> bool:
        """Whether a node conforms to a shape.

        Args:
            shape: the shape.
            node: the node.
        """
        key = (shape, node)
        if key not in self._conforming:
            self._conforming[key] = next(self._results(shape, node), None) is None
        return self._conforming[key]

    def results(self, shape: Shape, focus: Term) -> Iterator[Result]:
        """The results of a focus node under a shape.

        Args:
            shape: the shape.
            focus: the focus node.

        Raises:
            LimitReached: they are too many, or rest on too much.
        """
        with limited(shape.node):
            yield from self._results(shape, focus)

    def _results(self, shape: Shape, focus: Term) -> Iterator[Result]:
        if not shape.constraints:
            return
        found: Collection[Term] = (focus,) if shape.path is None else self._steps.values(focus, shape.path)
        for constraint in shape.constraints:
            if constraint.name == "Property":
                inner = constraint.shapes[0]
                for value in found:
                    if not self._is_idle(inner, value):
                        yield from self._results(inner, value)
            elif constraint.query is not None:
                yield from self._queries.results(shape, constraint, [(focus, found)])
            elif constraint.name == "Closed":
                for value in found:
                    yield from self._unknown(shape, constraint, focus, value)
            else:
                for wrong in _WRONG[constraint.name](self, constraint, focus, found):
                    self._tally()
                    node = constraint.shapes[0] if constraint.name == "Node" and wrong is not None else None
                    yield Result(
                        focus=focus,
                        component=constraint.component,
                        shape=shape.node,
                        severity=shape.severity,
                        path=shape.path,
                        value=wrong,
                        details=tuple(self._results(node, wrong)) if node and wrong is not None else (),
                    )

    def _is_idle(self, shape: Shape, focus: Term) -> bool:
        """Whether a shape finds no value to look at, and asks for none: so are most properties of most nodes."""
        path = shape.path
        if path is None or path.form != "predicate" or self._data.said(focus).get(path.predicate):
            return False
        if shape not in self._idle:
            self._idle[shape] = all(one.name in _OF_VALUES and one.number >= 0 for one in shape.constraints)
        return self._idle[shape]

    def _tally(self) -> None:
        self._made += 1
        if self._made > MOST_RESULTS:
            raise TooManyError(RESULTS, MOST_RESULTS)

    def _unknown(self, shape: Shape, constraint: Constraint, focus: Term, node: Term) -> Iterator[Result]:
        """The results of a closed shape: the values of properties that it does not know."""
        known = {term.value for term in constraint.terms}
        for name, said in self._data.said(node).items():
            if name not in known:
                for value in said:
                    self._tally()
                    path = Path("predicate", name)
                    yield Result(focus, constraint.component, shape.node, shape.severity, path, value)

    # -- constraints: the values that are wrong, None where it is no single value

    def _count(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        low = constraint.name == "MinCount"
        if len(found) < constraint.number if low else len(found) > constraint.number:
            yield None

    def _single(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        return (value for value in found if not values.conforms(constraint, value))

    def _class(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        return (value for value in found if constraint.terms[0] not in self.classes(value))

    def _node_kind(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        kinds = _KINDS[constraint.terms[0].value.rpartition("#")[2]]
        return (value for value in found if not isinstance(value, kinds))

    def _missing(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        if constraint.error is not None and found:
            raise constraint.error.with_traceback(None)
        yield from ()

    def _in(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        if constraint not in self._members:
            self._members[constraint] = frozenset(constraint.terms)
        return (value for value in found if value not in self._members[constraint])

    def _has_value(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        if constraint.terms[0] not in found:
            yield None

    def _unique_lang(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        tags = Counter(one.language.lower() for one in found if isinstance(one, ox.Literal) and one.language)
        yield from (None for count in tags.values() if count > 1)

    def _equals(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        other = dict.fromkeys(self._data.all(focus, constraint.terms[0].value))
        yield from (value for value in found if value not in other)
        yield from (value for value in other if value not in found)

    def _disjoint(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        other = set(self._data.all(focus, constraint.terms[0].value))
        return (value for value in found if value in other)

    def _less(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        others = self._data.all(focus, constraint.terms[0].value)
        self._compared += len(found) * len(others)
        if self._compared > _MOST_PAIRS:
            raise TooManyError(COMPARED, _MOST_PAIRS)
        for value in found:
            for other in others:
                if not values.in_order(constraint.name, value, other):
                    yield value

    def _logic(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        every = len(constraint.shapes)
        for value in found:
            fine = sum(self.conforms(shape, value) for shape in constraint.shapes)
            wanted = {"Not": fine == 0, "Or": fine > 0, "Xone": fine == 1}.get(constraint.name, fine == every)
            if not wanted:
                yield value

    def _qualified(self, constraint: Constraint, focus: Term, found: Collection[Term]) -> Iterator[Term | None]:
        count = sum(
            self.conforms(constraint.shapes[0], value)
            and not any(self.conforms(sibling, value) for sibling in constraint.siblings)
            for value in found
        )
        low = constraint.name == "QualifiedMinCount"
        if count < constraint.number if low else count > constraint.number:
            yield None


def judge(data: Data, shapes: Shapes) -> tuple[list[Result], set[Term]]:
    """Judge small data by shapes that ask no queries.

    Args:
        data: the data.
        shapes: the shapes.

    Returns:
        The results, and the focus nodes.

    Example:
        >>> judge(Data([]), Shapes((), {}))
        ([], set())
    """
    judging = NodeJudge(data, _NoQueries())
    results: list[Result] = []
    every: set[Term] = set()
    aims = _Aims(data, judging)
    for shape in shapes.aimed:
        for node in aims.focus_nodes(shape):
            every.add(node)
            results.extend(judging.results(shape, node))
    return results, every


class _Aims:
    """The focus nodes of any shape in data that are gone through once: a graph may have thousands of shapes."""

    def __init__(self, data: Data, judging: NodeJudge) -> None:
        self._data = data
        self._of_class: dict[Term, list[Term]] = {}
        self._with: dict[str, list[Term]] = {}
        for node, said in data.by.items():
            for name in judging.classes(node):
                self._of_class.setdefault(name, []).append(node)
            for predicate in said:
                self._with.setdefault(predicate, []).append(node)

    def focus_nodes(self, shape: Shape) -> Iterable[Term]:
        return dict.fromkeys(node for target in shape.targets for node in self._of(target))

    def _of(self, target: Target) -> Iterable[Term]:
        if target.form == "node":
            return (target.term,)
        if target.form == "class":
            return self._of_class.get(target.term, ())
        subjects = self._with.get(target.term.value, ())
        if target.form == "subjects-of":
            return subjects
        return (value for node in subjects for value in self._data.all(node, target.term.value))


class _NoQueries:
    """Stands for queries where shapes ask none."""

    def results(
        self, shape: Shape, constraint: Constraint, asked: Iterable[tuple[Term, Iterable[Term]]]
    ) -> Iterator[Result]:
        raise NotImplementedError


_WRONG: dict[str, Callable[[NodeJudge, Constraint, Term, Collection[Term]], Iterator[Term | None]]] = {
    "Missing": NodeJudge._missing,
    "Class": NodeJudge._class,
    "NodeKind": NodeJudge._node_kind,
    "MinCount": NodeJudge._count,
    "MaxCount": NodeJudge._count,
    "In": NodeJudge._in,
    "HasValue": NodeJudge._has_value,
    "UniqueLang": NodeJudge._unique_lang,
    "Equals": NodeJudge._equals,
    "Disjoint": NodeJudge._disjoint,
    "LessThan": NodeJudge._less,
    "LessThanOrEquals": NodeJudge._less,
    "QualifiedMinCount": NodeJudge._qualified,
    "QualifiedMaxCount": NodeJudge._qualified,
    **dict.fromkeys(("Not", "Node", "And", "Or", "Xone"), NodeJudge._logic),
    **dict.fromkeys(values.SINGLE, NodeJudge._single),
}
#: The constraints that nothing violates where there are no values.
_OF_VALUES = {*_WRONG, "Property", "Closed"} - {"MinCount", "HasValue", "QualifiedMinCount", "Equals"}

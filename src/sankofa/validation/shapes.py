"""From a shapes graph to `sankofa.validation.model`: read strictly, as the standard's syntax rules have it.

What is not well-formed among the shapes that something targets or reaches is an error that names the shape; what
nothing targets or reaches is not judged. A property shape that is only named, and described nowhere, is an error when
there is a node to be judged by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

import pyoxigraph as ox

from sankofa.errors import UnreadableInput
from sankofa.fields import Fields, Path, local_name
from sankofa.fields.files import Node, Spo, Term
from sankofa.fields.literals import LANG_STRING, STRING, XSD
from sankofa.fields.model import RDF, RDFS, SH
from sankofa.fields.reading import DIGITS, NESTED, Described, name_of
from sankofa.validation.model import CORE, Constraint, Shape, Shapes, Target
from sankofa.validation.sparql import Components
from sankofa.validation.values import is_pattern

_TYPE = RDF + "type"
_TRUE = ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))
_BOOLEANS = {f'"{text}"^^<{XSD}boolean>' for text in ("true", "false", "1", "0")}
#: So many ways lead from a shape through others: each is gone, and where each names two they double.
_WAYS = 100_000
_SHOWN = 80  # signs of a long text in an error
_OWL_CLASS = "http://www.w3.org/2002/07/owl#Class"
_TARGETS = {
    "targetClass": "class",
    "targetNode": "node",
    "targetSubjectsOf": "subjects-of",
    "targetObjectsOf": "objects-of",
}
#: What the standard says that the values of a parameter must be, and whether there may be many.
_IRI, _BOOLEAN, _INTEGER, _TEXT = "an IRI", "true or false", f"a whole number (of up to {DIGITS} digits)", "a text"
_LITERAL, _LIST, _SHAPE, _SHAPES, _ANY = "a literal", "a list", "a shape", "a list of shapes", "a term"
_PARAMETERS: dict[str, tuple[str, bool]] = {
    "class": (_IRI, True),
    "datatype": (_IRI, False),
    "nodeKind": (_IRI, False),
    "minCount": (_INTEGER, False),
    "maxCount": (_INTEGER, False),
    "minExclusive": (_LITERAL, False),
    "minInclusive": (_LITERAL, False),
    "maxExclusive": (_LITERAL, False),
    "maxInclusive": (_LITERAL, False),
    "minLength": (_INTEGER, False),
    "maxLength": (_INTEGER, False),
    "pattern": (_TEXT, True),
    "flags": (_TEXT, False),
    "languageIn": (_LIST, False),
    "uniqueLang": (_BOOLEAN, False),
    "equals": (_IRI, True),
    "disjoint": (_IRI, True),
    "lessThan": (_IRI, True),
    "lessThanOrEquals": (_IRI, True),
    "not": (_SHAPE, True),
    "and": (_SHAPES, True),
    "or": (_SHAPES, True),
    "xone": (_SHAPES, True),
    "node": (_SHAPE, True),
    "property": (_SHAPE, True),
    "qualifiedValueShape": (_SHAPE, True),
    "qualifiedValueShapesDisjoint": (_BOOLEAN, False),
    "qualifiedMinCount": (_INTEGER, False),
    "qualifiedMaxCount": (_INTEGER, False),
    "closed": (_BOOLEAN, False),
    "ignoredProperties": (_LIST, False),
    "hasValue": (_ANY, True),
    "in": (_LIST, False),
    "severity": (_IRI, False),
    "deactivated": (_BOOLEAN, False),
}
#: What only a property shape can ask.
_OF_PROPERTIES = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape")
#: What begins a look-around, which many an engine knows but not SPARQL's REGEX.
_AROUND = re.compile(r"\(\?<?[=!]")
_NODE_KINDS = {"BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"}


def read_shapes(triples: Iterable[Spo]) -> Shapes:
    """Read the shapes of a graph that something targets or reaches.

    Args:
        triples: the triples of the shapes graph.

    Raises:
        UnreadableInput: one of them is not well-formed; the error names it.
        ForbiddenQuery: a query in them would open a connection.

    Example:
        >>> read_shapes([]).aimed
        ()
    """
    return _Reader(Described(triples)).shapes()


@lru_cache(maxsize=8)
def shapes_of(fields: Fields) -> Shapes:
    """The shapes behind rules, read once.

    Args:
        fields: the rules.

    Raises:
        UnreadableInput: a shape is not well-formed; the error names it.
        ForbiddenQuery: a query in them would open a connection.

    Example:
        >>> from sankofa.fields import read_fields
        >>> shapes_of(read_fields()) is shapes_of(read_fields())
        True
    """
    return read_shapes(fields.shapes)


class _Reader:
    """Reads each shape once."""

    def __init__(self, described: Described) -> None:
        self._said = described
        self._components = Components(described)
        self._read: dict[Node, Shape] = {}
        self._open: list[Node] = []
        self._depth: dict[Node, int] = {}
        self._ways: dict[Node, int] = {}
        self._parents: dict[Node, list[Node]] = {}
        for subject, said in described.by.items():
            for child in said.get(SH + "property", ()):
                if not isinstance(child, ox.Literal):
                    self._parents.setdefault(child, []).append(subject)

    def shapes(self) -> Shapes:
        aimed = []
        for subject in list(self._said.by):
            targets = tuple(self._targets(subject))
            if targets and not self._is_off(subject):
                shape = replace(self._shape(subject), targets=targets)
                self._read[subject] = shape
                aimed.append(shape)
        return Shapes(tuple(aimed), dict(self._read))

    def _targets(self, node: Node) -> Iterator[Target]:
        said = self._said.by[node]
        for parameter, form in _TARGETS.items():
            for value in said.get(SH + parameter, ()):
                if form != "node" and not isinstance(value, ox.NamedNode):
                    raise self._wrong(node, f"sh:{parameter} must be an IRI")
                if isinstance(value, ox.BlankNode):
                    raise self._wrong(node, "sh:targetNode must be an IRI or a literal")
                yield Target(form, value)
        types = {value.value for value in said.get(_TYPE, ()) if isinstance(value, ox.NamedNode)}
        if types & {SH + "NodeShape", SH + "PropertyShape"} and isinstance(node, ox.NamedNode):
            above = self._above(types)
            if above & {RDFS + "Class", _OWL_CLASS}:
                yield Target("class", node)

    def _above(self, classes: set[str]) -> set[str]:
        seen, todo = set(classes), list(classes)
        while todo:
            for value in self._said.all(ox.NamedNode(todo.pop()), RDFS + "subClassOf"):
                if value.value not in seen and isinstance(value, ox.NamedNode):
                    seen.add(value.value)
                    todo.append(value.value)
        return seen

    def _is_off(self, node: Node) -> bool:
        return self._said.all(node, SH + "deactivated") == [_TRUE]

    def _shape(self, node: Term) -> Shape:
        """A shape by its node, with all it refers to."""
        if isinstance(node, ox.Literal):
            raise self._wrong(self._open[-1], f"a shape is due in it, where {_called(node)} stands")
        if node in self._read:
            return self._read[node]
        if node in self._open:
            ring = " → ".join(_called(one) for one in [*self._open[self._open.index(node) :], node])
            raise self._wrong(node, f"it refers to itself ({ring}); the standard leaves open what that means")
        if len(self._open) >= NESTED:
            raise self._too_deep(self._open[0])
        self._open.append(node)
        shape = self._make(node)
        self._open.pop()
        # What was read before may be deep already.
        self._depth[node] = 1 + max((self._depth[part.node] for part in shape.parts()), default=0)
        if self._depth[node] > NESTED:
            raise self._too_deep(node)
        named = (part for constraint in shape.constraints for part in constraint.shapes)
        self._ways[node] = 1 + sum(self._ways[part.node] for part in named)
        if self._ways[node] > _WAYS:
            raise self._wrong(node, f"there are more than {_WAYS:,} ways from it through shapes that name shapes")
        self._read[node] = shape
        return shape

    def _make(self, node: Node) -> Shape:
        said = self._said.by.get(node, {})
        self._check(node, said)
        paths = said.get(SH + "path", [])
        types = {value.value for value in said.get(_TYPE, ())}
        if len(paths) > 1:
            raise self._wrong(node, "it has two paths (sh:path); a property shape has one")
        if paths and SH + "NodeShape" in types:
            raise self._wrong(node, "it is a node shape and has a path (sh:path)")
        if not paths and SH + "PropertyShape" in types:
            raise self._wrong(node, "it is a property shape and has no path (sh:path)")
        if not paths:
            for parameter in _OF_PROPERTIES:
                if SH + parameter in said:
                    raise self._wrong(node, f"sh:{parameter} needs a path (sh:path)")
        severity = said.get(SH + "severity", [ox.NamedNode(SH + "Violation")])[0].value
        messages = tuple(one for one in said.get(SH + "message", ()) if isinstance(one, ox.Literal))
        path = self._path(node, paths[0]) if paths else None
        if self._is_off(node):
            return Shape(node, path, severity, (), messages=messages, deactivated=True)
        return Shape(node, path, severity, tuple(self._constraints(node, said)), messages=messages)

    def _check(self, node: Node, said: dict[str, list[Term]]) -> None:
        """Refuse values that no engine could judge by."""
        for parameter, (wanted, many) in _PARAMETERS.items():
            values = said.get(SH + parameter, [])
            if len(values) > 1 and not many:
                raise self._wrong(node, f"sh:{parameter} has {len(values)} values; it takes one")
            for value in values:
                if not self._fits(value, wanted):
                    raise self._wrong(node, f"sh:{parameter} must be {wanted}, not {_called(value)}")
        for message in said.get(SH + "message", ()):
            if not isinstance(message, ox.Literal) or message.datatype.value not in (STRING, LANG_STRING):
                raise self._wrong(node, "sh:message must be a text")
        if len(said.get(SH + "pattern", ())) > 1 and SH + "flags" in said:
            raise self._wrong(node, "sh:pattern has several values beside sh:flags; it takes one")
        for kind in said.get(SH + "nodeKind", ()):
            if kind.value.removeprefix(SH) not in _NODE_KINDS:
                raise self._wrong(node, f"sh:nodeKind must be one of {', '.join(sorted(_NODE_KINDS))}")

    def _fits(self, value: Term, wanted: str) -> bool:
        literal = isinstance(value, ox.Literal)
        if wanted == _IRI:
            return isinstance(value, ox.NamedNode)
        if wanted == _BOOLEAN:
            # "1" is a boolean too, but only the term `true` has an effect
            return str(value) in _BOOLEANS
        if wanted == _INTEGER:
            return isinstance(value, ox.Literal) and value.datatype.value == XSD + "integer" and _is_whole(value.value)
        if wanted == _TEXT:
            return isinstance(value, ox.Literal) and value.datatype.value == STRING
        if wanted in (_LIST, _SHAPES, _SHAPE):
            return not literal
        return literal if wanted == _LITERAL else True

    def _constraints(self, node: Node, said: dict[str, list[Term]]) -> Iterator[Constraint]:
        for name, parameter in CORE.items():
            for value in said.get(SH + parameter, ()):
                yield from self._constraint(node, said, name, value)
        paths = said.get(SH + "path", [])
        path = self._path(node, paths[0]) if paths else None
        yield from self._components.constraints(node, path, lambda what: self._wrong(node, what))

    def _constraint(self, node: Node, said: dict[str, list[Term]], name: str, value: Term) -> Iterator[Constraint]:
        component = f"{SH}{name}ConstraintComponent"
        if name == "Property" and not isinstance(value, ox.Literal) and value not in self._said.by:
            yield Constraint("Missing", component, error=self._missing(node, value))
        elif name in ("Not", "Node", "Property"):
            shape = self._shape(value)
            if name == "Property" and shape.path is None:
                named = _called(value) if isinstance(value, ox.NamedNode) else "a node"
                raise self._wrong(node, f"sh:property names {named}, which has no path (sh:path)")
            yield Constraint(name, component, shapes=(shape,))
        elif name in ("And", "Or", "Xone"):
            yield Constraint(name, component, shapes=tuple(self._shape(one) for one in self._members(node, value)))
        elif name in ("QualifiedMinCount", "QualifiedMaxCount"):
            yield from self._qualified(node, said, name, int(value.value))
        elif name in ("MinCount", "MaxCount", "MinLength", "MaxLength"):
            yield Constraint(name, component, terms=(value,), number=int(value.value))
        elif name in ("UniqueLang", "Closed"):
            if value == _TRUE:
                yield Constraint(name, component, terms=self._known(node, said) if name == "Closed" else ())
        elif name in ("In", "LanguageIn"):
            members = self._members(node, value)
            if name == "LanguageIn" and not all(self._fits(one, _TEXT) for one in members):
                raise self._wrong(node, "the members of sh:languageIn must be texts (without a language)")
            yield Constraint(name, component, terms=members)
        elif name == "Pattern":
            flags = "".join(one.value for one in said.get(SH + "flags", ()))
            if not is_pattern(value.value, flags):
                shown = _called(value) + (f" with the flags '{flags}'" if flags else "")
                around = _AROUND.search(value.value)
                why = f" (they cannot look around, as '{around[0]}' would)" if around else ""
                raise self._wrong(node, f"sh:pattern must be a regular expression of SPARQL, {shown} is none{why}")
            yield Constraint(name, component, terms=(value,), flags=flags)
        else:
            yield Constraint(name, component, terms=(value,))

    def _qualified(self, node: Node, said: dict[str, list[Term]], name: str, number: int) -> Iterator[Constraint]:
        for value in said.get(SH + "qualifiedValueShape", ()):
            siblings: tuple[Shape, ...] = ()
            if said.get(SH + "qualifiedValueShapesDisjoint") == [_TRUE]:
                # The values of sh:property/sh:qualifiedValueShape of every shape that has this one as sh:property.
                beside = [
                    other
                    for parent in self._parents.get(node, ())
                    for child in self._said.all(parent, SH + "property")
                    for other in self._said.all(child, SH + "qualifiedValueShape")
                    if other != value
                ]
                siblings = tuple(self._shape(other) for other in dict.fromkeys(beside))
            shape = self._shape(value)
            yield Constraint(name, f"{SH}{name}ConstraintComponent", number=number, shapes=(shape,), siblings=siblings)

    def _known(self, node: Node, said: dict[str, list[Term]]) -> tuple[Term, ...]:
        """The properties that a closed shape knows."""
        found: list[Term] = []
        for child in said.get(SH + "property", ()):
            found.extend(one for one in self._said.all(child, SH + "path") if isinstance(one, ox.NamedNode))
        for ignored in said.get(SH + "ignoredProperties", ()):
            members = self._members(node, ignored)
            if not all(isinstance(one, ox.NamedNode) for one in members):
                raise self._wrong(node, "the members of sh:ignoredProperties must be IRIs")
            found.extend(members)
        return tuple(dict.fromkeys(found))

    def _members(self, node: Node, head: Term) -> tuple[Term, ...]:
        """The members of a list that ends."""
        try:
            return self._said.listed(head)
        except ValueError as error:
            raise self._wrong(node, str(error)) from None

    def _path(self, shape: Node, node: Term) -> Path:
        """The property path that a node stands for."""
        try:
            return self._said.path(node)
        except ValueError as error:
            raise self._wrong(shape, str(error)) from None

    def _missing(self, node: Node, value: Node) -> UnreadableInput:
        """The error for a property shape of which nothing is said; it counts only where data come to it.

        Published shapes have such gaps where a file of theirs is not there, or was cut; they are refused where they
        would be judged by, and stop nobody else.
        """
        named = _called(value) if isinstance(value, ox.NamedNode) else "an empty node"
        return UnreadableInput(
            f"the shapes are not whole: sh:property names {named}, of which they say nothing",
            where=f"the shape {self._place(node)}",
            hint="name the file that describes it with --shapes too, or take it out of the shape",
        )

    def _wrong(self, node: Node, what: str) -> UnreadableInput:
        return UnreadableInput(
            f"the shapes are not well-formed: {what}",
            where=f"the shape {self._place(node)}",
            hint="correct the shape; the standard's section on the syntax of shapes says how",
        )

    def _too_deep(self, node: Node) -> UnreadableInput:
        return UnreadableInput(
            f"the shapes in it are nested more than {NESTED} deep",
            where=f"the shape {self._place(node)}",
            hint="say the same with fewer shapes in each other",
        )

    def _place(self, node: Node) -> str:
        """A shape as its author finds it: by its IRI, else by the shape around it."""
        around: dict[Term, Node] = {}
        for subject, said in self._said.by.items():
            around.update((value, subject) for many in said.values() for value in many if value not in around)
        seen: set[Node] = set()
        inside = ""
        while isinstance(node, ox.BlankNode) and node not in seen:
            seen.add(node)
            path = self._said.one(node, SH + "path")
            inside = inside or (f" (for {local_name(path.value)})" if isinstance(path, ox.NamedNode) else "")
            if node not in around:
                break
            node = around[node]
        return f"{_called(node)}{inside}"


def _called(node: Term) -> str:
    if isinstance(node, ox.Literal):
        return f"'{node.value}'" if len(node.value) <= _SHOWN else f"'{node.value[:_SHOWN]}…'"
    return name_of(node) if isinstance(node, ox.BlankNode) else f"<{node.value}>"


def _is_whole(text: str) -> bool:
    return len(text) <= DIGITS and re.fullmatch("[+-]?[0-9]+", text) is not None


__all__ = ["read_shapes", "shapes_of"]

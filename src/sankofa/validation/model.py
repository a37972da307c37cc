"""Shapes as the engines judge by them: targets, constraints, and the shapes that constraints refer to.

One model for every engine: the columns engine compiles it to SQL, the live engine walks it one focus node at a time.
`sankofa.validation.shapes` makes it from a shapes graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from sankofa.errors import SankofaError
from sankofa.fields import Path
from sankofa.fields.files import Node, Term

#: The constraint components of SHACL Core by the name that `Constraint.name` gives them, with the parameter of each.
CORE = {
    "Class": "class",
    "Datatype": "datatype",
    "NodeKind": "nodeKind",
    "MinCount": "minCount",
    "MaxCount": "maxCount",
    "MinExclusive": "minExclusive",
    "MinInclusive": "minInclusive",
    "MaxExclusive": "maxExclusive",
    "MaxInclusive": "maxInclusive",
    "MinLength": "minLength",
    "MaxLength": "maxLength",
    "Pattern": "pattern",
    "LanguageIn": "languageIn",
    "UniqueLang": "uniqueLang",
    "Equals": "equals",
    "Disjoint": "disjoint",
    "LessThan": "lessThan",
    "LessThanOrEquals": "lessThanOrEquals",
    "Not": "not",
    "And": "and",
    "Or": "or",
    "Xone": "xone",
    "Node": "node",
    "Property": "property",
    "QualifiedMinCount": "qualifiedMinCount",
    "QualifiedMaxCount": "qualifiedMaxCount",
    "Closed": "closed",
    "HasValue": "hasValue",
    "In": "in",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a shape is about.

    Args:
        form: class, node, subjects-of or objects-of.
        term: the class, the node or the property.
    """

    form: str
    term: Term


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A SPARQL query that judges: of a SPARQL-based constraint, or of a validator of a constraint component.

    Args:
        text: the text of the query as its author wrote it, without prefixes.
        form: select or ask.
        prefixes: the prefixes that it has through ``sh:prefixes``, imports of the named ontologies included.
        node: the constraint (``sh:sourceConstraint``) or the validator.
        bindings: the values of its parameters, by variable.
        messages: its own messages, with their holes (``{?value}``).
    """

    text: str
    form: str
    prefixes: Mapping[str, str]
    node: Node
    bindings: Mapping[str, Term] = field(default_factory=dict)
    messages: tuple[ox.Literal, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """One constraint of a shape: one component with one value of its parameters.

    Args:
        name: the component's name in `CORE`, else "SPARQL" (``sh:sparql``), "Custom" (a component with validators) or
            "Missing" (a property shape of which the graph says nothing).
        component: the IRI of the component.
        terms: what it asks: the class, the datatype, the node kind, the limit of a range, the pattern, the members of
            ``sh:in`` and ``sh:languageIn``, the value of ``sh:hasValue``, the property compared with; for ``sh:closed``
            the properties that are known.
        number: what it counts to: counts and lengths.
        flags: the flags of a pattern.
        shapes: the shapes it refers to: one for node, property, not and the qualified ones, the members of and, or,
            xone.
        siblings: for qualified value shapes that are disjoint, the shapes a value must not conform to as well.
        query: for SPARQL and Custom, the query.
        error: for Missing, what judging a node by it raises.
    """

    name: str
    component: str
    terms: tuple[Term, ...] = ()
    number: int = 0
    flags: str = ""
    shapes: tuple[Shape, ...] = ()
    siblings: tuple[Shape, ...] = ()
    query: Query | None = None
    error: SankofaError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One shape.

    Args:
        node: the shape in its graph.
        path: for a property shape, what it looks at; None for a node shape.
        severity: the IRI of its severity.
        constraints: what it asks; those of ``sh:property`` among them.
        targets: what it is about.
        messages: the author's messages.
        deactivated: whether it is switched off; everything conforms to it then.
    """

    node: Node
    path: Path | None
    severity: str
    constraints: tuple[Constraint, ...]
    targets: tuple[Target, ...] = ()
    messages: tuple[ox.Literal, ...] = ()
    deactivated: bool = False

    def parts(self) -> Iterator[Shape]:
        """The shapes that this one refers to.

        Example:
            >>> list(Shape(ox.BlankNode("a"), None, "http://www.w3.org/ns/shacl#Violation", ()).parts())
            []
        """
        for constraint in self.constraints:
            yield from constraint.shapes
            yield from constraint.siblings


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """The shapes of a graph that something targets or reaches.

    Args:
        aimed: those that have a target and are not switched off, in the order of the graph.
        by: all of them, by their node.
    """

    aimed: tuple[Shape, ...]
    by: Mapping[Node, Shape]

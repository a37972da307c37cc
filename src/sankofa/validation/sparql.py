"""SHACL-SPARQL: constraints and components that ask by a query."""

from __future__ import annotations

from collections.abc import Iterator

from sankofa.fields.files import Node
from sankofa.fields.reading import Described
from sankofa.validation.model import Constraint


def read_constraints(described: Described, node: Node) -> Iterator[Constraint]:
    """The SPARQL-based constraints of a shape."""
    yield from ()

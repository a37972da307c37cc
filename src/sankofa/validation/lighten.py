"""Shapes as the reference engine is quickest with, and which ask exactly the same.

pySHACL judges the property shapes of a node shape one focus node at a time, and looks through everything that is said
of a shape each time. Two things make no difference to the results but much to the time: what shapes say to people is
left out, and a property shape takes over the targets of the one node shape that it belongs to. Two more make it follow
the standard where it would not by itself: prefixes through imports, and "1" where only "true" counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pyoxigraph as ox

from sankofa.fields import Path
from sankofa.fields.files import Node, Spo
from sankofa.fields.model import RDF, RDFS, SH
from sankofa.validation.data import Data
from sankofa.validation.targets import TARGETS, Targets, is_class

_PROPERTY = SH + "property"
_TELLING = {SH + name for name in ("name", "description", "order", "group", "defaultValue")}
_KEPT = {RDF + "type", RDF + "first", RDF + "rest", RDFS + "subClassOf"}
_QUERIES = {SH + name for name in ("select", "ask", "parameter")}
_SWITCHES = {SH + name for name in ("uniqueLang", "closed", "qualifiedValueShapesDisjoint")}
_FALSE = ox.Literal("false", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean"))
_IMPORTS = Path("zero-or-more", parts=(Path("predicate", "http://www.w3.org/2002/07/owl#imports"),))


def lighten(shapes: Sequence[Spo]) -> list[Spo]:
    """Rewrite shapes so that they give the same results sooner.

    Args:
        shapes: the triples of the shapes.

    Example:
        >>> lighten([])
        []
    """
    shapes = [*map(_switched, shapes), *_imported_prefixes(shapes)]
    if any(predicate.value in _QUERIES for _, predicate, _ in shapes):
        # A query can read anything in its shapes graph, and a component of somebody's own any property of a shape.
        return shapes
    described = Data(shapes)
    lighter = [triple for triple in shapes if not _is_for_people(triple, described)]
    named = Counter(value for subject, _, value in lighter if value != subject)
    moved: set[tuple[Node, Node]] = set()
    added: list[Spo] = []
    for parent in Targets(lighter).aimed:
        # A shape that another asks for must go on asking for its properties itself; one that is closed must know them;
        # and the properties of a property shape are asked for where its path leads.
        if named[parent] or any(described.all(parent, SH + name) for name in ("deactivated", "closed", "path")):
            continue
        targets = _targets(parent, described)
        for child in described.all(parent, _PROPERTY):
            # Its own targets would mix with its parent's; the shapes beside it say what a qualified shape leaves out;
            # and what is no property shape must not be taken for a shape that asks nothing.
            bound = not described.all(child, SH + "path") or any(
                described.all(child, name) for name in (*TARGETS, SH + "qualifiedValueShape")
            )
            if isinstance(child, ox.Literal) or named[child] > 1 or bound:
                continue
            moved.add((parent, child))
            added.extend((child, predicate, value) for _, predicate, value in targets)
    kept = [one for one in lighter if not (one[1].value == _PROPERTY and (one[0], one[2]) in moved)]
    return [*kept, *added]


def _switched(triple: Spo) -> Spo:
    """A triple as it is, but where it switches a constraint on: only "true" does, and "1" is written "false"."""
    subject, predicate, value = triple
    return (subject, predicate, _FALSE) if predicate.value in _SWITCHES and value.value != "true" else triple


def _imported_prefixes(shapes: Sequence[Spo]) -> list[Spo]:
    """The prefixes that a query has through imports of what it names; nothing that is not here is looked up."""
    described = Data(shapes)
    found: list[Spo] = []
    for source in {value for _, predicate, value in shapes if predicate.value == SH + "prefixes"}:
        for one in described.values(source, _IMPORTS) - {source}:
            found.extend(
                (source, ox.NamedNode(SH + "declare"), value)
                for value in described.all(one, SH + "declare")
                if not isinstance(source, ox.Literal)
            )
    return sorted(found, key=str)


def _is_for_people(triple: Spo, described: Data) -> bool:
    """Whether a triple tells people about a shape, and asks nothing of the data."""
    subject, predicate = triple[0], triple[1].value
    if predicate in _TELLING:
        return True
    is_shape = any(name.startswith(SH) for name in described.by[subject])
    return is_shape and not predicate.startswith(SH) and predicate not in _KEPT


def _targets(shape: Node, described: Data) -> list[Spo]:
    """The targets of a shape, as triples; a shape that is a class targets its instances."""
    found: list[Spo] = [
        (shape, ox.NamedNode(target), value) for target in TARGETS for value in described.all(shape, target)
    ]
    if is_class(shape, described):
        found.append((shape, ox.NamedNode(SH + "targetClass"), shape))
    return found

"""How much a validation looked at, and which classes it looked past."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Protocol

import pyoxigraph as ox

from sankofa.fields import Fields
from sankofa.fields.files import Node, Term
from sankofa.fields.model import RDF, RDFS, SH
from sankofa.validation.report import Coverage

_TYPE, _SUB = RDF + "type", RDFS + "subClassOf"
#: Properties of "SHACL Advanced Features" and "SHACL JavaScript Extensions", both notes of a working group.
_ADVANCED = ("target", "rule", "expression", "js")
_OWL_IMPORTS = "http://www.w3.org/2002/07/owl#imports"
_OWL_CLASS = "http://www.w3.org/2002/07/owl#Class"


class Said(Protocol):
    """Data in which all that is said of a node can be looked up, and what is said with it as a value."""

    def said(self, node: Term) -> Mapping[str, Iterable[Term]]:
        """All that is said of a node: the values by property."""

    def back(self, node: Term, predicate: str) -> Iterable[Node]:
        """The nodes that have a node as a value of a property."""


def covered(fields: Fields, records: int, triples: int) -> Coverage:
    """Say how much a validation looked at.

    Args:
        fields: the rules it looked with.
        records: how many records, or subjects of other data, a rule is about.
        triples: how many triples the data have.

    Example:
        >>> from sankofa.fields import read_fields
        >>> covered(read_fields(), 0, 0).records
        0
    """
    rules, digest = _digest(fields)
    return Coverage(records, triples, rules, digest)


def named_elsewhere(fields: Fields, asked: Iterable[str] = ()) -> tuple[str, ...]:
    """The graphs that shapes import, or data ask to be judged by, and that are not here: nothing is ever fetched.

    Args:
        fields: the rules.
        asked: the graphs that the data name with ``sh:shapesGraph``.

    Example:
        >>> from sankofa.fields import read_fields
        >>> named_elsewhere(read_fields(), ["https://example.org/shapes"])
        ('https://example.org/shapes',)
    """
    here = {subject.value for subject, _, _ in fields.shapes}
    imported = (value.value for _, predicate, value in fields.shapes if predicate.value == _OWL_IMPORTS)
    return tuple(sorted({*imported, *asked} - here))


def beyond_the_standard(fields: Fields) -> dict[str, int]:
    """What shapes ask with SHACL's advanced features, which are no part of the standard: how often, by property.

    Args:
        fields: the rules.

    Example:
        >>> from sankofa.fields import read_fields
        >>> beyond_the_standard(read_fields())
        {}
    """
    used = Counter(predicate.value for _, predicate, _ in fields.shapes)
    return {name: used[SH + name] for name in _ADVANCED if used[SH + name]}


def nearest_targets(classes: Iterable[str], data: Said, fields: Fields, *, alike: float = 0.8) -> dict[str, str]:
    """For classes that no shape is about: the class of nearly the same name that shapes are about.

    Args:
        classes: the IRIs of the classes in the data.
        data: the data, with the class tree.
        fields: the rules.
        alike: how much alike two names must be, from 0 to 1.

    Example:
        >>> from sankofa.fields import read_fields
        >>> from sankofa.validation.data import Data
        >>> nearest_targets(["https://example.org/Storry"], Data([]), read_fields())
        {'https://example.org/Storry': 'https://w3id.org/sankofa/ontology#Story'}
    """
    import difflib

    targets = _target_classes(fields)
    names = {plain(last_of(iri)): iri for iri in sorted(targets, reverse=True)}
    found = {}
    for iri in sorted(set(classes)):
        if not targets.isdisjoint(above([iri], data)):
            continue
        near = difflib.get_close_matches(plain(last_of(iri)), sorted(names), n=1, cutoff=alike)
        if near:
            found[iri] = names[near[0]]
    return found


def _target_classes(fields: Fields) -> set[str]:
    """The classes that shapes are about, those that are shapes themselves among them."""
    targets = {value.value for _, predicate, value in fields.shapes if predicate.value == SH + "targetClass"}
    shapes, classes = (
        {
            subject.value
            for subject, predicate, value in fields.shapes
            if predicate.value == _TYPE and value.value in iris
        }
        for iris in ({SH + "NodeShape", SH + "PropertyShape"}, {RDFS + "Class", _OWL_CLASS})
    )
    return targets | (shapes & classes)


@lru_cache(maxsize=8)
def _digest(fields: Fields) -> tuple[int, str]:
    """How many rules there are, and a digest of the shapes they are written in."""
    from hashlib import sha256

    rules = sum(
        1
        for rule in fields.rules.values()
        if not rule.deactivated and any(name != "property" for name in rule.constraints)
    )
    lines = sorted(" ".join(map(str, triple)) for triple in fields.shapes)
    return rules, sha256("\n".join(lines).encode()).hexdigest()[:16]


def above(types: Iterable[str], data: Said) -> set[str]:
    """Classes with all above them.

    Args:
        types: the IRIs of the classes.
        data: the data, with the class tree.

    Example:
        >>> from sankofa.validation.data import Data
        >>> above(["http://example.org/A"], Data([]))
        {'http://example.org/A'}
    """
    seen = set(types)
    todo = list(seen)
    while todo:
        for value in data.said(ox.NamedNode(todo.pop())).get(_SUB, ()):
            if isinstance(value, ox.NamedNode) and value.value not in seen:
                seen.add(value.value)
                todo.append(value.value)
    return seen


def last_of(iri: str) -> str:
    """The name at the end of an IRI.

    Args:
        iri: the IRI.

    Example:
        >>> last_of("http://example.org/terms#birdCount")
        'birdCount'
    """
    return re.split(r"[#/:]", iri.rstrip("#/:"))[-1]


def plain(name: str) -> str:
    """A name without capitals and hyphens, to compare.

    Args:
        name: the name.

    Example:
        >>> plain("Bird-count")
        'birdcount'
    """
    return re.sub(r"[-_]", "", name).lower()

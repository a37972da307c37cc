"""Data in memory, by subject: what findings and completeness look things up in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import pyoxigraph as ox

from sankofa.fields import Path, Texts
from sankofa.fields.files import Node, Spo, Term
from sankofa.fields.model import DCTERMS, RDF, RDFS, SKOS

_TYPE = RDF + "type"
#: The properties that name a thing, the best first.
TITLES = (
    SKOS + "prefLabel",
    DCTERMS + "title",
    RDFS + "label",
    "https://schema.org/name",
    "http://schema.org/name",
    "http://xmlns.com/foaf/0.1/name",
)


class Lookup(Protocol):
    """What must be known of the data to tell a finding; any engine can offer it."""

    def types(self, node: Term) -> list[str]:
        """The IRIs of a node's classes."""

    def titles(self, node: Term) -> Texts:
        """The titles of a node per language; none when it has none."""

    def count(self, node: Term, path: Path) -> int:
        """How many values a path leads to."""


class Data:
    """Triples by subject and predicate.

    Args:
        triples: the triples, each once.
    """

    def __init__(self, triples: Iterable[Spo]) -> None:
        """Index the triples."""
        self.by: dict[Node, dict[str, list[Term]]] = {}
        by = self.by
        for subject, predicate, value in triples:
            said = by.get(subject)
            if said is None:
                said = by[subject] = {}
            name = predicate.value
            if name in said:
                said[name].append(value)
            else:
                said[name] = [value]
        self._back: dict[Term, dict[str, list[Node]]] | None = None

    def all(self, node: Term, predicate: str) -> list[Term]:
        """The values of a property."""
        said = None if isinstance(node, ox.Literal) else self.by.get(node)
        return said.get(predicate, []) if said else []

    def said(self, node: Term) -> Mapping[str, Sequence[Term]]:
        """All that is said of a node: the values by property."""
        return {} if isinstance(node, ox.Literal) else self.by.get(node, {})

    def back(self, node: Term, predicate: str) -> Sequence[Node]:
        """The nodes that have a node as a value of a property."""
        if self._back is None:
            self._back = {}
            for subject, said in self.by.items():
                for name, values in said.items():
                    for value in values:
                        self._back.setdefault(value, {}).setdefault(name, []).append(subject)
        return self._back.get(node, {}).get(predicate, [])

    def types(self, node: Term) -> list[str]:
        """The IRIs of a node's classes."""
        return [value.value for value in self.all(node, _TYPE)]

    def titles(self, node: Term) -> Texts:
        """The titles of a node per language; none when it has none."""
        for predicate in TITLES:
            found = [value for value in self.all(node, predicate) if isinstance(value, ox.Literal)]
            if found:
                return {value.language or "": value.value for value in sorted(found, key=str, reverse=True)}
        return {}

    def count(self, node: Term, path: Path) -> int:
        """How many values a path leads to."""
        if path.form == "predicate":
            return len(self.all(node, path.predicate))
        return len(self.values(node, path))

    def values(self, node: Term, path: Path) -> set[Term]:
        """The values a path leads to.

        Args:
            node: where it starts.
            path: the path.

        Example:
            >>> Data([]).values(ox.BlankNode("a"), Path("zero-or-one", parts=(Path("predicate", "http://a/p"),)))
            {<BlankNode value=a>}
        """
        if path.form == "predicate":
            return set(self.all(node, path.predicate))
        if path.form == "sequence":
            reached = {node}
            for part in path.parts:
                reached = {value for one in reached for value in self.values(one, part)}
            return reached
        if path.form == "alternative":
            return {value for part in path.parts for value in self.values(node, part)}
        inner = path.parts[0]
        if path.form == "inverse":
            return self._backwards(node, inner)
        if path.form == "zero-or-one":
            return {node, *self.values(node, inner)}
        seen: set[Term] = {node} if path.form == "zero-or-more" else set()
        todo = [node]
        while todo:
            for value in self.values(todo.pop(), inner):
                if value not in seen:
                    seen.add(value)
                    todo.append(value)
        return seen

    def _backwards(self, node: Term, path: Path) -> set[Term]:
        """The nodes from which a path leads to one."""
        if path.form == "predicate":
            return set(self.back(node, path.predicate))
        if path.form == "inverse":
            return self.values(node, path.parts[0])
        turned = tuple(Path("inverse", parts=(part,)) for part in path.parts)
        if path.form == "sequence":
            turned = turned[::-1]
        return self.values(node, Path(path.form, parts=turned))

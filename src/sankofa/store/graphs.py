"""The names of the graphs that one store holds, and the rule that says which record a subject belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import BlankNode, DefaultGraph, NamedNode

GraphName = NamedNode | BlankNode | DefaultGraph


@dataclass(frozen=True, slots=True)
class Graphs:
    """The named graphs of a network's store, all under the network's own base.

    Example:
        >>> Graphs.of("https://example.org/net/").asserted.value
        'https://example.org/net/graph/asserted'
    """

    base: str
    asserted: NamedNode
    vocabularies: NamedNode
    ontology: NamedNode
    inferred: NamedNode
    log: NamedNode
    release: NamedNode

    @classmethod
    def of(cls, base: str) -> Graphs:
        """Name the graphs of the network whose base IRI is ``base``."""
        names = ("asserted", "vocabularies", "ontology", "inferred", "log", "release")
        return cls(base, *(NamedNode(f"{base}graph/{name}") for name in names))

    @property
    def reserved(self) -> tuple[NamedNode, ...]:
        """The graphs that no change may touch: they are computed, or come with Sankofa."""
        return (self.ontology, self.vocabularies, self.inferred)

    @property
    def closed(self) -> tuple[NamedNode, ...]:
        """The graphs that no change from outside may touch: the reserved ones, and what tells of the graph itself."""
        return (*self.reserved, self.log, self.release)

    @property
    def queried(self) -> list[NamedNode]:
        """The graphs that together are the default graph of every query."""
        return [self.asserted, self.vocabularies, self.ontology, self.inferred]


def record_of(subject: str) -> str:
    """The record that a subject belongs to: its IRI without the fragment.

    Example:
        >>> record_of("https://example.org/net/id/story/bamako-e-tax#measure-1")
        'https://example.org/net/id/story/bamako-e-tax'
    """
    return subject.partition("#")[0]

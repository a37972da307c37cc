"""Graphs that a caller holds already, as triples: they are read through, and never changed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from sankofa.errors import UnreadableInput
from sankofa.fields.files import Spo

if TYPE_CHECKING:
    import rdflib

    #: A graph or dataset of pyoxigraph or rdflib.
    Held = ox.Store | ox.Dataset | rdflib.Graph


def is_held(one: object) -> bool:
    """Whether something is a graph in memory, and not the name of a file.

    Args:
        one: the thing.

    Example:
        >>> is_held(ox.Store()), is_held("data.ttl")
        (True, False)
    """
    # Nobody has a graph of rdflib who has not imported it.
    return isinstance(one, ox.Store | ox.Dataset | getattr(sys.modules.get("rdflib"), "Graph", ox.Store))


def triples_of(graph: Held) -> Iterator[Spo]:
    """The triples of a graph, those of the named graphs of a dataset too, with the blank nodes that it has.

    Args:
        graph: a graph or dataset of pyoxigraph or rdflib.

    Raises:
        UnreadableInput: it holds a triple about a triple, or what RDF has not.

    Example:
        >>> list(triples_of(ox.Store()))
        []
    """
    found: Iterable[tuple[Any, Any, Any]]
    if isinstance(graph, ox.Store | ox.Dataset):
        found = ((quad.subject, quad.predicate, quad.object) for quad in graph)
    else:
        found = (tuple(map(_term, one[:3])) for one in graph)  # type: ignore[misc]
    for subject, predicate, value in found:
        if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
            raise UnreadableInput("the graph holds a triple about a triple", hint="leave it out")
        yield subject, predicate, value


def _term(one: Any) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """A term of rdflib as it is written: its text is not read."""
    import rdflib

    try:
        if isinstance(one, rdflib.BNode):
            return ox.BlankNode(str(one))
        if isinstance(one, rdflib.Literal):
            if one.language:
                return ox.Literal(str(one), language=one.language)
            return ox.Literal(str(one), datatype=ox.NamedNode(str(one.datatype or rdflib.XSD.string)))
        if isinstance(one, rdflib.URIRef):
            return ox.NamedNode(str(one))
    except ValueError as error:
        raise UnreadableInput(f"the graph holds {one.n3()}, which is no term of RDF ({error})") from error
    raise UnreadableInput(f"the graph holds {one!r}, which is no term of RDF")

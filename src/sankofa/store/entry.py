"""What enters the store, made uniform: one normal form for text and numbers, no blank nodes, only writable graphs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from sankofa.errors import ReadOnly, UnreadableInput
from sankofa.store.graphs import Graphs
from sankofa.store.sentences import refusal
from sankofa.store.skolem import skolemise

_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = f"{_XSD}string"
_P = NamedNode("urn:p")


def entering(quads: Iterable[Quad], graphs: Graphs) -> list[Quad]:
    """Prepare quads from outside for a network's store.

    Text becomes NFC, numbers and dates get the one lexical form that the store keeps, blank nodes become IRIs, and
    the default graph becomes the graph of what is asserted. Doubles are dropped, the order is kept.

    Args:
        quads: what somebody wants to write.
        graphs: the graphs of the network.

    Raises:
        ReadOnly: a quad is for a reserved graph or the log.
        UnreadableInput: a quad holds a triple term (RDF 1.2).

    Example:
        >>> quad = Quad(NamedNode("http://a"), NamedNode("http://b"), Literal("e\\u0301", language="fr"))
        >>> entering([quad], Graphs.of("https://example.org/"))[0].object.value
        'é'
    """
    closed = graphs.closed
    quads = skolemise(quads, graphs.base)
    for quad in quads:
        if quad.graph_name in closed:
            values = {"asserted": graphs.asserted.value}
            raise refusal(ReadOnly, "closed-graph", values, where=str(quad.graph_name))
    return in_normal_form(quads, graphs)


def in_normal_form(quads: Iterable[Quad], graphs: Graphs) -> list[Quad]:
    """The same quads as the store would give them back, without doubles; the default graph is what is asserted.

    Raises:
        UnreadableInput: a quad holds a triple term (RDF 1.2).

    Example:
        >>> in_normal_form([], Graphs.of("https://example.org/"))
        []
    """
    typed: dict[Literal, None] = {}
    ready: dict[Quad, None] = {}
    for quad in quads:
        s, p, o, g = quad
        if isinstance(o, Triple) or isinstance(s, Triple):
            raise UnreadableInput("triples about triples (RDF 1.2) are not stored", where=str(quad))
        changed = isinstance(g, DefaultGraph)
        if type(o) is Literal:
            if o.language is None and o.datatype.value != _STRING and o.datatype.value.startswith(_XSD):
                typed[o] = None
            elif not o.value.isascii() and not unicodedata.is_normalized("NFC", o.value):
                o = _composed(o)
                changed = True
        ready[Quad(s, p, o, graphs.asserted if isinstance(g, DefaultGraph) else g) if changed else quad] = None
    forms = kept_forms(typed)
    if not forms:
        return list(ready)
    return list(dict.fromkeys(_with_form(quad, forms) for quad in ready))


def leaving(quads: Iterable[Quad], graphs: Graphs | None, *, everything: bool, merged: bool) -> Iterator[Quad]:
    """What of a store is written into a file: what is asserted as the default graph, people's own graphs by name.

    Args:
        quads: all quads of the store.
        graphs: the graphs of the network; None for a plain dataset, which is written as it is.
        everything: also ontology, vocabularies and inferences.
        merged: the file knows no named graphs: what is asked for becomes one graph, people's own graphs stay out.

    Example:
        >>> list(leaving([], None, everything=False, merged=False))
        []
    """
    for quad in quads:
        graph = quad.graph_name
        if graphs is None:
            yield quad
        elif graph == graphs.asserted or (merged and everything and graph in graphs.reserved):
            yield Quad(quad.subject, quad.predicate, quad.object)
        elif graph != graphs.log and (everything or graph not in graphs.reserved):
            yield quad


def kept_forms(literals: Iterable[Literal]) -> dict[Literal, Literal]:
    """The literals that the store keeps in another lexical form, with that form.

    The store keeps numbers, booleans and times as values: ``"01"^^xsd:integer`` reads back as ``"1"^^xsd:integer``.
    Asking the store itself is the only way to know all of its rules.

    Example:
        >>> one = Literal("01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
        >>> kept_forms([one])[one].value
        '1'
    """
    given = list(literals)
    if not given:
        return {}
    scratch = Store()
    scratch.extend(Quad(NamedNode(f"urn:n:{n}"), _P, literal) for n, literal in enumerate(given))
    forms = {}
    for quad in scratch:
        literal = given[int(str(quad.subject)[7:-1])]
        if literal != quad.object and isinstance(quad.object, Literal):
            forms[literal] = quad.object
    return forms


def _composed(literal: Literal) -> Literal:
    value = unicodedata.normalize("NFC", literal.value)
    if literal.language is not None:
        return Literal(value, language=literal.language, direction=literal.direction)
    return Literal(value, datatype=literal.datatype)


def _with_form(quad: Quad, forms: dict[Literal, Literal]) -> Quad:
    o = quad.object
    if isinstance(o, Literal) and o in forms:
        return Quad(quad.subject, quad.predicate, forms[o], quad.graph_name)
    return quad

"""Terms as SPARQL's JSON has them (SPARQL 1.1 Query Results JSON Format, 3.2.2; triples as SPARQL 1.2 has them)."""

from __future__ import annotations

from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from sankofa.terms import XSD


def cell(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, Any]:
    """A term in SPARQL's JSON.

    Example:
        >>> cell(Literal("eau", language="fr"))
        {'type': 'literal', 'value': 'eau', 'xml:lang': 'fr'}
    """
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: cell(part) for name, part in parts.items()}}
    found = {"type": "literal", "value": term.value}
    if term.language is None:
        return found if term.datatype.value == XSD.string else found | {"datatype": term.datatype.value}
    direction = {"its:dir": str(term.direction)} if term.direction is not None else {}
    return found | {"xml:lang": term.language} | direction

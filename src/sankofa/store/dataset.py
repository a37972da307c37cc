"""Which graphs a query asks: those its text names (``FROM``), or those the protocol names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pyoxigraph import NamedNode, RdfFormat, parse

from sankofa.store import guard
from sankofa.store.lexer import Token, tokens, unescaped


class Dataset(NamedTuple):
    """The graphs that together are a query's default graph, and those it can name.

    A graph that is not in the store is empty.
    """

    default: Sequence[NamedNode]
    named: Sequence[NamedNode]


def dataset_of(query: str, *, base_iri: str | None = None) -> Dataset | None:
    """The dataset that a query describes by ``FROM`` and ``FROM NAMED``, or None when it describes none.

    Args:
        query: the text of a query.
        base_iri: what relative IRIs in it are resolved against.

    Example:
        >>> dataset_of("PREFIX ex: <http://example.org/> ASK FROM ex:a { }").default
        [<NamedNode value=http://example.org/a>]
        >>> dataset_of("SELECT ?from { ?from a 'FROM' }") is None
        True
    """
    if "from" not in query.lower():
        return None
    text = unescaped(query)
    found = list(tokens(text))
    first = guard.operation(text)
    if first is None:
        return None
    declarations = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in guard.prefixes().items()) + text[: first.start]
    default: list[NamedNode] = []
    named: list[NamedNode] = []
    described = False
    for at, token in enumerate(found):
        if token.word != "FROM":
            continue
        described = True
        rest = found[at + 1 : at + 3]
        is_named = bool(rest) and rest[0].word == "NAMED"
        graph = next(iter(rest[1:] if is_named else rest), None)
        if (iri := resolved(graph, declarations, base_iri)) is not None:
            (named if is_named else default).append(iri)
    return Dataset(default, named) if described else None


def resolved(token: Token | None, declarations: str, base_iri: str | None) -> NamedNode | None:
    """The IRI that a term of the query stands for; None where the engine will say that there is none."""
    if token is None or token.sort not in ("iri", "name"):
        return None
    try:
        statement = f"{declarations}\n<urn:s> <urn:p> {token.text} ."
        quad = next(iter(parse(statement, RdfFormat.TURTLE, base_iri=base_iri)))
    except (SyntaxError, ValueError):
        return None
    return quad.object if isinstance(quad.object, NamedNode) else None

"""Terms as people write them in Python or on a command line."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pyoxigraph as ox

from sankofa.errors import ParameterError
from sankofa.store.guard import prefixes
from sankofa.terms import XSD

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def term_of(value: object) -> ox.NamedNode | ox.Literal:
    """The term that a Python value stands for.

    Args:
        value: a term, an absolute http(s) IRI or URN as text, any other text, a number, a bool, a date.

    Raises:
        ParameterError: no term stands for it.

    Example:
        >>> term_of("https://example.org/a"), term_of(3)
        (<NamedNode value=https://example.org/a>, <Literal value=3 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#integer>>)
    """
    if isinstance(value, ox.NamedNode | ox.Literal):
        return value
    if isinstance(value, str):
        return ox.NamedNode(value) if re.match(r"(https?://|urn:)\S+$", value) else ox.Literal(value)
    if isinstance(value, bool | int | float):
        return ox.Literal(value)
    for kind, datatype in (
        (datetime.datetime, XSD.dateTime),
        (datetime.date, XSD.date),
        (Decimal, XSD.decimal),
    ):
        if isinstance(value, kind):
            text = value.isoformat() if isinstance(value, datetime.date) else str(value)
            return ox.Literal(text, datatype=ox.NamedNode(datatype))
    raise ParameterError(
        f"a value of type {type(value).__name__} cannot stand in a query", hint="use text, a number, a date or a term"
    )


def triple_of(parts: tuple[str, str, str]) -> ox.Triple:
    """A triple from three texts: IRIs (with or without ``<>``), ``prefix:name``, or a literal as in Turtle.

    Raises:
        ParameterError: a part cannot be read.

    Example:
        >>> triple_of(("skf:City", "rdfs:label", '"City"@en')).object.language
        'en'
    """
    subject, predicate = (_iri(part) for part in parts[:2])
    text = parts[2]
    value: ox.NamedNode | ox.Literal
    if text.startswith('"'):
        value = _literal(text)
    elif _looks_like_iri(text):
        value = _iri(text)
    else:
        value = ox.Literal(text)
    return ox.Triple(subject, predicate, value)


def _literal(text: str) -> ox.Literal:
    header = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes().items())
    try:
        quad = next(iter(ox.parse(f"{header}<urn:s> <urn:p> {text} .", ox.RdfFormat.TURTLE)))
    except (SyntaxError, StopIteration):
        raise ParameterError(
            f"{text} is no literal", hint='write it as in Turtle: "text"@fr or "3"^^xsd:integer'
        ) from None
    if not isinstance(quad.object, ox.Literal):
        raise ParameterError(f"{text} is no literal", hint='write it as in Turtle: "text"@fr or "3"^^xsd:integer')
    return quad.object


def _looks_like_iri(text: str) -> bool:
    return text.startswith("<") or bool(_IRI.fullmatch(text))


def _iri(text: str) -> ox.NamedNode:
    bare = text.removeprefix("<").removesuffix(">")
    prefix, _, name = bare.partition(":")
    if not name.startswith("//") and prefix in prefixes():
        bare = prefixes()[prefix] + name
    try:
        return ox.NamedNode(bare)
    except ValueError:
        raise ParameterError(f"'{text}' is no IRI", hint="write it whole, or as prefix:name") from None

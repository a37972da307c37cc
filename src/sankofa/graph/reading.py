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
_WEB = re.compile(r"(?:https?://|urn:)\S+")
_AS_IN_TURTLE = 'write it as in Turtle: "text"@fr or "3"^^xsd:integer'


def term_of(value: object) -> ox.NamedNode | ox.Literal:
    """The term that a Python value stands for.

    Args:
        value: a term, an absolute http(s) IRI or URN as text, any other text, a number, a bool, a date.

    Raises:
        ParameterError: no term stands for it, or the text looks like an IRI and is none.

    Example:
        >>> term_of("https://example.org/a"), str(term_of(3))
        (<NamedNode value=https://example.org/a>, '"3"^^<http://www.w3.org/2001/XMLSchema#integer>')
    """
    if isinstance(value, ox.NamedNode | ox.Literal):
        return value
    if isinstance(value, str):
        return _iri(value) if _WEB.fullmatch(value) else ox.Literal(value)
    if isinstance(value, bool | int | float):
        return ox.Literal(value)
    for kind, datatype in (
        (datetime.datetime, XSD.dateTime),
        (datetime.date, XSD.date),
        (Decimal, XSD.decimal),
    ):
        if isinstance(value, kind):
            text = value.isoformat() if isinstance(value, datetime.date) else format(value, "f")
            return ox.Literal(text, datatype=ox.NamedNode(datatype))
    raise ParameterError(
        f"a value of type {type(value).__name__} cannot stand in a query", hint="use text, a number, a date or a term"
    )


def term_written(text: str) -> ox.NamedNode | ox.Literal:
    """The term that a text on a command line stands for.

    Args:
        text: an IRI (with or without ``<>``), ``prefix:name`` of a prefix of ours, a literal in quotes as in Turtle;
            anything else is itself.

    Raises:
        ParameterError: it looks like an IRI or a literal and is none.

    Example:
        >>> term_written("skf:City").value, term_written('"3"^^xsd:integer').datatype.value[-7:]
        ('https://w3id.org/sankofa/ontology#City', 'integer')
        >>> term_written("Bamako: a city").value
        'Bamako: a city'
    """
    if text.startswith('"'):
        return _literal(text)
    prefix, colon, name = text.partition(":")
    known = bool(colon) and prefix in prefixes() and re.fullmatch(r"[\w.-]+", name)
    return _iri(text) if text.startswith("<") or _WEB.fullmatch(text) or known else ox.Literal(text)


def triple_of(parts: tuple[str, str, str]) -> ox.Triple:
    """A triple from three texts: IRIs (with or without ``<>``), ``prefix:name``, or a literal as in Turtle.

    Raises:
        ParameterError: a part cannot be read.

    Example:
        >>> triple_of(("skf:City", "rdfs:label", '"City"@en')).object.language
        'en'
    """
    if len(parts) != 3:
        raise ParameterError("a triple has three parts", hint="name subject, predicate and object")
    subject, predicate = (_iri(part) for part in parts[:2])
    text = parts[2]
    value: ox.NamedNode | ox.Literal
    if text.startswith('"'):
        value = _literal(text)
    elif text.startswith("<") or _IRI.fullmatch(text):
        value = _iri(text)
    else:
        value = ox.Literal(text)
    return ox.Triple(subject, predicate, value)


def _literal(text: str) -> ox.Literal:
    header = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes().items())
    try:
        quads = list(ox.parse(f"{header}<urn:s> <urn:p> {text} .", ox.RdfFormat.TURTLE))
    except SyntaxError:
        quads = []
    if len(quads) != 1 or not isinstance(quads[0].object, ox.Literal):
        raise ParameterError(f"{text} is no literal", hint=_AS_IN_TURTLE)
    return quads[0].object


def _iri(text: str) -> ox.NamedNode:
    bare = text.removeprefix("<").removesuffix(">")
    prefix, _, name = bare.partition(":")
    if not name.startswith("//") and prefix in prefixes():
        bare = prefixes()[prefix] + name
    try:
        return ox.NamedNode(bare)
    except ValueError:
        raise ParameterError(f"'{text}' is no IRI", hint="write it whole, or as prefix:name") from None

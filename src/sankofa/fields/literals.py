"""Python values to RDF literals and back, by datatype.

A value is typed by what it is: ``date(2019, 3, 4)`` and ``"2019-03-04"`` are a date, ``"2019-03"`` a year and month,
where the field takes one. What a literal says is kept to the letter: a text that Python would write otherwise stays a
text on the way back.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
STRING = f"{XSD}string"

_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?"
_DAY = r"(\d{4}-\d\d-\d\d)"
# What a text must look like to be of a datatype; the first datatype of this order that a field takes wins.
_FORMS = {
    name: re.compile(form, re.ASCII)  # other digits than these are none in RDF
    for name, form in {
        "date": rf"{_DAY}{_ZONE}",
        "gYearMonth": rf"\d{{4}}-(?:0[1-9]|1[0-2]){_ZONE}",
        "gYear": rf"-?\d{{4}}{_ZONE}",
        "dateTime": rf"{_DAY}T{_CLOCK}{_ZONE}",
        "integer": r"[+-]?\d+",
        "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
        "double": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
        "boolean": r"true|false|1|0",
    }.items()
} | {"anyURI": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")}
_WORDS = {
    "date": "a date such as 2019-03-04",
    "gYearMonth": "a year and month such as 2019-03",
    "gYear": "a year such as 2019",
    "dateTime": "a date and time such as 2019-03-04T09:30:00Z",
    "integer": "a whole number",
    "decimal": "a number such as 12.5",
    "double": "a number such as 12.5",
    "boolean": "true or false",
    "anyURI": "a web address",
    "string": "a text",
    "langString": "a text in a named language",
}


def nfc(text: str) -> str:
    """Write a text with composed letters (NFC), the one form that is stored.

    Example:
        >>> len(nfc("e" + chr(0x301)))
        1
    """
    return unicodedata.normalize("NFC", text)


def expected(datatypes: Collection[str]) -> str:
    """Say in words what a field of these datatypes takes.

    Args:
        datatypes: IRIs of datatypes.

    Example:
        >>> expected([f"{XSD}gYear", f"{XSD}date"])
        'a date such as 2019-03-04 or a year such as 2019'
    """
    names = {iri.rpartition("#")[2] for iri in datatypes}
    words = [word for name, word in _WORDS.items() if name in names]
    words += sorted(names - _WORDS.keys())
    return " or ".join(dict.fromkeys(words)) or "a value"


def literal_of(value: object, datatypes: Collection[str]) -> ox.Literal | None:
    """Make the literal that a Python value is, in one of the datatypes; None when it fits none of them.

    Args:
        value: a text, number, date, truth value, or a literal, which is taken as it is.
        datatypes: IRIs of the datatypes to choose from; none means any.

    Example:
        >>> str(literal_of("2019-03", [f"{XSD}date", f"{XSD}gYearMonth"]))
        '"2019-03"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'
    """
    if isinstance(value, ox.Literal):
        return value
    names = {iri.removeprefix(XSD) for iri in datatypes}
    if isinstance(value, str):
        return _of_text(nfc(value), names)
    if isinstance(value, bool):
        return _typed("true" if value else "false", "boolean", names)
    if isinstance(value, int):
        year = str(value) if 1000 <= value <= 9999 and not names & {"integer", "decimal", "double"} else None
        return (
            _typed(str(value), "integer", names)
            or _number(Decimal(value), names)
            or (_typed(year, "gYear", names) if year else None)
        )
    if isinstance(value, float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        return _number(number, names)
    if isinstance(value, datetime.datetime):
        return _typed(value.isoformat(), "dateTime", names)
    if isinstance(value, datetime.date):
        return _typed(value.isoformat(), "date", names)
    return None


def value_of(literal: ox.Literal) -> object:
    """The Python value of a literal, when writing that value again gives the same literal; else its text.

    Args:
        literal: a literal without a language.

    Example:
        >>> value_of(ox.Literal("12.50", datatype=ox.NamedNode(f"{XSD}decimal")))
        Decimal('12.50')
        >>> value_of(ox.Literal("2019-03-04Z", datatype=ox.NamedNode(f"{XSD}date")))
        '2019-03-04Z'
    """
    text, name = literal.value, literal.datatype.value.removeprefix(XSD)
    result: object = text
    try:
        if name == "boolean" and text in ("true", "false"):
            result = text == "true"
        elif name == "integer" and str(int(text)) == text:
            result = int(text)
        elif name == "decimal" and _FORMS[name].fullmatch(text) and format(Decimal(text), "f") == text:
            result = Decimal(text)
        elif name == "date" and datetime.date.fromisoformat(text).isoformat() == text:
            result = datetime.date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        return text
    return result


def _typed(text: str, name: str, names: set[str]) -> ox.Literal | None:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + name)) if not names or name in names else None


def _number(number: Decimal, names: set[str]) -> ox.Literal | None:
    if not number.is_finite():
        return _typed({"Infinity": "INF", "-Infinity": "-INF"}.get(str(number), "NaN"), "double", names or {"double"})
    return _typed(format(number, "f"), "decimal", names) or _typed(str(number), "double", names)


def _of_text(text: str, names: set[str]) -> ox.Literal | None:
    """The literal of a text: of the first datatype whose form it has, a plain text where the field takes one."""
    if not names:
        return ox.Literal(text)
    for name, form in _FORMS.items():
        if name in names and (match := form.fullmatch(text.strip())):
            if name in ("date", "dateTime") and not _is_date(match.group(1)):
                continue
            return ox.Literal(text.strip(), datatype=ox.NamedNode(XSD + name))
    return ox.Literal(text) if "string" in names else None


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True

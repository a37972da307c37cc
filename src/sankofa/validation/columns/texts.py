"""What can be told of a term from its text in SQL, and what is left to the exact rules in Python.

Each test of a value has a quick side in SQL: it says of most texts for certain that they pass (or fail), and is silent
(NULL) about the rest. Of those, each distinct term is judged by `sankofa.validation.values`. So the quick side may know
little, but nothing wrong, and all engines share one exact rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sankofa.fields.files import Term
from sankofa.fields.literals import LANG_STRING, STRING, XSD
from sankofa.validation import values
from sankofa.validation.columns.database import quoted
from sankofa.validation.model import Constraint

_DAY = r"[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?"
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
#: Forms that are well-formed for certain, by datatype.
_WELL_FORMED = {
    f"{XSD}integer": r"[+-]?[0-9]+",
    f"{XSD}nonNegativeInteger": r"[0-9]+",
    f"{XSD}positiveInteger": r"[1-9][0-9]*",
    f"{XSD}int": r"[+-]?[0-9]{1,9}",
    f"{XSD}long": r"[+-]?[0-9]{1,18}",
    f"{XSD}decimal": _NUMBER,
    f"{XSD}double": _NUMBER + r"(?:[eE][+-]?[0-9]+)?",
    f"{XSD}float": _NUMBER + r"(?:[eE][+-]?[0-9]+)?",
    f"{XSD}boolean": r"true|false|0|1",
    f"{XSD}date": _DAY + _ZONE,
    f"{XSD}dateTime": _DAY + _TIME + _ZONE,
    f"{XSD}gYear": r"[1-9][0-9]{3}",
    f"{XSD}gYearMonth": r"[1-9][0-9]{3}-(?:0[1-9]|1[0-2])",
    f"{XSD}anyURI": r"[a-zA-Z][a-zA-Z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&()*+,;=-]*",
}
# Texts of these forms are well-formed, and compare as numbers, or as texts.
_COMPARED = {
    "number": (
        rf"^\"[+-]?[0-9]{{1,15}}(?:\"\^\^<{re.escape(XSD)}integer>|(?:\.[0-9]{{1,6}})?\"\^\^<{re.escape(XSD)}decimal>)$",
        'try_cast(regexp_extract({0}, \'^"([^"]*)"\', 1) AS DECIMAL(24, 6))',
    ),
    "date": (rf"^\"{_DAY}\"\^\^<{re.escape(XSD)}date>$", "{0}"),
    "dateTime": (
        rf"^\"{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z\"\^\^<{re.escape(XSD)}dateTime>$",
        "{0}",
    ),
}
_SIGNS = {
    "MinExclusive": ">",
    "MinInclusive": ">=",
    "MaxExclusive": "<",
    "MaxInclusive": "<=",
    "LessThan": "<",
    "LessThanOrEquals": "<=",
}
_KINDS = {
    "IRI": (0,),
    "BlankNode": (1,),
    "Literal": (2,),
    "BlankNodeOrIRI": (0, 1),
    "BlankNodeOrLiteral": (1, 2),
    "IRIOrLiteral": (0, 2),
}


#: Where the lexical form of a literal without escapes ends: before the second quote.
_END = "strpos(text[2:], '\"')"


@dataclass(frozen=True, slots=True)
class Test:
    """A test of single values.

    Args:
        quick: SQL over ``id`` and ``text``: true or false for certain, NULL for what it cannot tell.
        exact: the rule itself.
        key: what it asks, so that it is asked once.
    """

    quick: str
    exact: Callable[[Term], bool]
    key: tuple[object, ...]


def test_of(constraint: Constraint, takes_pattern: Callable[[str], bool]) -> Test | None:
    """The test of single values that a constraint is, or None when it is something else.

    Args:
        constraint: the constraint.
        takes_pattern: whether the database takes a regular expression.

    Example:
        >>> test_of(Constraint("MinCount", "…", number=1), lambda pattern: True) is None
        True
    """
    name = constraint.name
    make = _TESTS.get(name)
    if make is None:
        return None
    key = (name, constraint.terms, constraint.number, constraint.flags)
    quick = make(constraint) if name != "Pattern" or takes_pattern(constraint.terms[0].value) else "NULL"
    return Test(quick, lambda term: values.conforms(constraint, term), key)


def kind_is(column: str, kind: str) -> str:
    """Whether ids are of a kind of node, as SQL.

    Example:
        >>> kind_is("v", "Literal")
        '(v & 3) IN (2)'
    """
    return f"({column} & 3) IN ({', '.join(map(str, _KINDS[kind]))})"


def sorts_of(kind: str) -> int:
    """The sorts of terms that are of a kind of node, as a sum of 1 (IRIs), 2 (blank nodes) and 4 (literals).

    Example:
        >>> sorts_of("BlankNodeOrIRI")
        3
    """
    return sum(1 << number for number in _KINDS[kind])


def _datatype(constraint: Constraint) -> str:
    datatype = constraint.terms[0].value
    if datatype == STRING:
        return "ends_with(text, '\"')"
    if datatype == LANG_STRING:
        plain = "(id & 3) = 2 AND NOT ends_with(text, '\"') AND NOT ends_with(text, '>')"
        # with a base direction it is of another datatype
        return f"if(ends_with(text, '--ltr') OR ends_with(text, '--rtl'), NULL, {plain})"
    suffix = quoted(f'"^^<{datatype}>')
    form = _WELL_FORMED.get(datatype)
    certain = "NULL"
    if form:
        pattern = quoted(rf'"(?:{form})"\^\^<{re.escape(datatype)}>')
        certain = f"if(regexp_full_match(text, {pattern}), true, NULL)"
    return f"if(ends_with(text, {suffix}), {certain}, false)"


def _length(constraint: Constraint) -> str:
    fits = f"{'>=' if constraint.name == 'MinLength' else '<='} {constraint.number}"
    # Never more signs than bytes, two of which are quotes or brackets: that is known without reading the text.
    short = f"WHEN strlen(text) - 2 {fits} THEN true " if constraint.name == "MaxLength" else ""
    if constraint.name == "MinLength" and 0 < constraint.number <= 200:  # the first signs of a literal are enough
        short = f"WHEN regexp_matches(text, '^\"[^\"\\\\]{{{constraint.number}}}') THEN true "
    return (
        f"CASE WHEN (id & 3) = 1 THEN false {short}WHEN (id & 3) = 0 THEN length(text) - 2 {fits} "
        f"WHEN contains(text, '\\') THEN NULL ELSE {_END} - 1 {fits} END"
    )


def _pattern(constraint: Constraint) -> str:
    pattern, flags = constraint.terms[0].value, constraint.flags
    # Only what means the same to everybody: no class within a class, no escapes of letters, the flag i at most.
    if not pattern.isascii() or re.search(r"\\[A-Za-z0-9]|\[[^\]]*\[|\(\?|&&|--|~~", pattern) or set(flags) - {"i"}:
        return "NULL"
    lexical = f"if(ascii(text) = 60, text[2:-2], text[2:{_END}])"
    matches = f"regexp_matches({lexical}, {quoted(pattern)}, '{'i' if flags else 'c'}')"
    return (
        "CASE WHEN (id & 3) = 1 THEN false "
        f"WHEN contains(text, '\\') OR strlen(text) <> length(text) THEN NULL ELSE {matches} END"
    )


def _language(constraint: Constraint) -> str:
    tag = "regexp_extract(text, '\"@([A-Za-z0-9-]+)$', 1)"
    ranges = sorted({term.value.lower() for term in constraint.terms})
    if any(not re.fullmatch(r"[a-z0-9-]+", one) for one in ranges):
        return "if((id & 3) = 2, NULL, false)"
    fits = " OR ".join(f"tag = '{one}' OR starts_with(tag, '{one}-')" for one in ranges) or "false"
    return f"(SELECT {fits} FROM (SELECT {tag} AS tag))"


def _range(constraint: Constraint) -> str:
    limit = str(constraint.terms[0])
    for form, value in _COMPARED.values():
        if re.search(form, limit):
            other = quoted(limit)
            compared = f"{value.format('text')} {_SIGNS[constraint.name]} {value.format(other)}"
            return f"CASE WHEN (id & 3) <> 2 THEN false WHEN regexp_matches(text, {quoted(form)}) THEN {compared} END"
    return "if((id & 3) = 2, NULL, false)"


_TESTS: dict[str, Callable[[Constraint], str]] = {
    "Datatype": _datatype,
    "MinLength": _length,
    "MaxLength": _length,
    "Pattern": _pattern,
    "LanguageIn": _language,
    "MinExclusive": _range,
    "MinInclusive": _range,
    "MaxExclusive": _range,
    "MaxInclusive": _range,
}


def ordered(name: str, left: str, right: str) -> str:
    """Whether two texts are in order, for certain, as SQL; NULL for what it cannot tell.

    Args:
        name: LessThan or LessThanOrEquals.
        left: the column of the smaller.
        right: the column of the greater.
    """
    cases = []
    for form, value in _COMPARED.values():
        both = f"regexp_matches({left}, {quoted(form)}) AND regexp_matches({right}, {quoted(form)})"
        cases.append(f"WHEN {both} THEN {value.format(left)} {_SIGNS[name]} {value.format(right)}")
    return f"CASE {' '.join(cases)} END"

"""What single values must be, exactly: the rules of the standard that look at one value node alone."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from sankofa.fields.files import Term
from sankofa.fields.literals import LANG_STRING
from sankofa.validation import backreferences, literals
from sankofa.validation.model import Constraint

_STORE = ox.Store()


def conforms(constraint: Constraint, term: Term) -> bool:
    """Whether a value node conforms to a constraint that looks at it alone.

    Args:
        constraint: Datatype, MinLength, MaxLength, Pattern, LanguageIn or one of the ranges.
        term: the value node.
    """
    return _RULES[constraint.name](constraint, term)


def is_pattern(pattern: str, flags: str) -> bool:
    """Whether a text is a regular expression that SPARQL's REGEX takes.

    Args:
        pattern: the text.
        flags: its flags.

    Example:
        >>> is_pattern("^[A-Z]+$", "i"), is_pattern(r"(-?)1\\1", ""), is_pattern("(", "")
        (True, True, False)
    """
    found = backreferences.as_python(pattern, flags)
    if found is not None:
        return backreferences.is_well_formed(pattern, flags) and is_pattern(found[1], flags)
    written = ", ".join(str(ox.Literal(text)) for text in ("", pattern, flags))
    return bool(_STORE.query(f"ASK {{ BIND(REGEX({written}) AS ?r) FILTER(BOUND(?r)) }}"))


def in_order(name: str, left: Term, right: Term) -> bool:
    """Whether two terms are in order, exactly.

    Args:
        name: LessThan or LessThanOrEquals.
        left: the smaller.
        right: the greater.

    Example:
        >>> in_order("LessThan", ox.Literal(1), ox.Literal(2))
        True
    """
    order = literals.compare(left, right)
    return order is not None and (order < 0 or (order == 0 and name == "LessThanOrEquals"))


def _datatype(constraint: Constraint, term: Term) -> bool:
    wanted = constraint.terms[0].value
    return (
        isinstance(term, ox.Literal)
        and term.datatype.value == wanted
        and (wanted == LANG_STRING or literals.is_well_formed(term.value, wanted))
    )


def _length(constraint: Constraint, term: Term) -> bool:
    if isinstance(term, ox.BlankNode):
        return False
    length = len(term.value)
    return length >= constraint.number if constraint.name == "MinLength" else length <= constraint.number


def _pattern(constraint: Constraint, term: Term) -> bool:
    if isinstance(term, ox.BlankNode):
        return False
    if backreferences.as_python(constraint.terms[0].value, constraint.flags) is not None:
        return backreferences.matches(constraint.terms[0].value, constraint.flags, term.value)
    text, pattern, flags = (ox.Literal(one) for one in (term.value, constraint.terms[0].value, constraint.flags))
    found = _STORE.query(f"ASK {{ FILTER(REGEX({text}, {pattern}, {flags})) }}")
    return bool(found)


def _language(constraint: Constraint, term: Term) -> bool:
    if not isinstance(term, ox.Literal) or not term.language:
        return False
    tag = term.language.lower()
    ranges = [one.value.lower() for one in constraint.terms]
    return any(tag == one or tag.startswith(f"{one}-") or one == "*" for one in ranges)


def _range(constraint: Constraint, term: Term) -> bool:
    order = literals.compare(term, constraint.terms[0])
    if order is None:
        return False
    if constraint.name.startswith("Min"):
        return order > 0 or (order == 0 and constraint.name == "MinInclusive")
    return order < 0 or (order == 0 and constraint.name == "MaxInclusive")


_RULES: dict[str, Callable[[Constraint, Term], bool]] = {
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

#: The names of the constraints that look at one value alone, as `conforms` judges them.
SINGLE = tuple(_RULES)

"""Values for the variables of a query: bound as terms, never pasted as text.

Every use of a bound variable becomes the term itself, so that the engine, here or behind an endpoint, can use its
indexes. Where SPARQL wants a variable and nothing else, the same meaning is written in another way: a SELECT that
returns or groups by ``?city`` gets ``VALUES (?city) { (<…>) }`` at the head of its WHERE, ``BOUND(?city)`` becomes
``(true)``. (The engine's own substitutions know only variables that a SELECT returns.)
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from sankofa.errors import ParameterError
from sankofa.store.lexer import Token, tokens

#: What a value in a query can be. A blank node cannot: in a query it is a variable.
Value = NamedNode | Literal

_ENDS_A_LIST = {"HAVING", "ORDER", "GROUP", "LIMIT", "OFFSET", "VALUES"}


_DEFINES = "is computed by the query itself, so it cannot be given a value"


@dataclass(slots=True)
class _Select:
    """One SELECT: which of the bound variables it returns or groups by, and where its WHERE opens."""

    braces: int
    listed: set[str] = field(default_factory=set)
    where: int = -1


@dataclass(slots=True)
class _Place:
    """Where in the query we are: in a list of SELECT, GROUP BY or ORDER BY or not, and how many open brackets."""

    listing: bool = False
    brackets: int = 0


def variables(query: str) -> set[str]:
    """The names of the variables in a query, without ``?``.

    Example:
        >>> sorted(variables("SELECT ?city { ?city a $kind }"))
        ['city', 'kind']
    """
    return {token.text[1:] for token in tokens(query) if token.sort == "variable"}


def given_values(query: Sequence[Token]) -> set[int]:
    """Where in a query the variables stand that it gives values to by itself: after ``AS``, and at the head of VALUES.

    Args:
        query: its terminals.

    Example:
        >>> found = list(tokens("SELECT (1 AS ?a) ?d { VALUES (?b ?c) { (1 2) } ?s ?p ?d }"))
        >>> sorted(found[at].text for at in given_values(found))
        ['?a', '?b', '?c']
    """
    found: set[int] = set()
    heads = False  # whether what comes is named by VALUES
    before = ""
    for at, token in enumerate(query):
        if token.sort == "variable" and (heads or before == "AS"):
            found.add(at)
        heads = token.word == "VALUES" or (heads and token.text != "{")
        before = token.word
    return found


def bind(query: str, values: Mapping[str, Value]) -> str:
    """Write a query in which variables have values.

    Args:
        query: the text of a SPARQL query.
        values: a term for each variable, by its name without ``?``.

    Raises:
        ParameterError: the query has no such variable or computes it itself, or the value is no IRI or literal.

    Example:
        >>> bind("SELECT ?s { ?s ?p ?o }", {"o": Literal("x")})
        'SELECT ?s { ?s ?p "x" }'
        >>> bind("SELECT ?o { ?s ?p ?o FILTER(BOUND(?o)) }", {"o": Literal("x")})
        'SELECT ?o { VALUES (?o) { ("x") } ?s ?p "x" FILTER((true)) }'
    """
    if not values:
        return query
    known = variables(query)
    for name, value in values.items():
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"did you mean ?{near[0]}?" if near else f"its variables: {', '.join(sorted(known)) or 'none'}"
            raise ParameterError(f"the query has no variable ?{name}", hint=hint)
        if not isinstance(value, NamedNode | Literal):
            raise ParameterError(f"the value of ?{name} is neither an IRI nor a literal", where=repr(value))
    return _Binder(query, {name: str(value) for name, value in values.items()}).run()


class _Binder:
    """Goes through the terminals of one query and knows where in a SELECT, a GROUP BY or an ORDER BY it is."""

    def __init__(self, text: str, values: dict[str, str]) -> None:
        self._text = text
        self._values = values
        self._tokens = list(tokens(text))
        self._given = given_values(self._tokens)
        self._selects = self._read_selects()

    def run(self) -> str:
        """Write the query anew."""
        out: list[str] = []
        at = skip = 0
        place, outer = _Place(), list[_Place]()
        heads = {select.where: select.listed for select in self._selects if select.listed}
        closing: list[str] = []
        for index, token in enumerate(self._tokens):
            out.append(self._text[at : token.start])
            at = token.end
            if skip:
                skip -= 1
                continue
            written = token.text
            if token.text == "{":
                if not place.brackets:
                    place.listing = False
                outer.append(place)
                place = _Place()
                closing.append("}")
                if index in heads:
                    written = f"{{ {self._values_block(heads[index])}"
                    if self._tokens[index + 1 : index + 2] and self._tokens[index + 1].word == "SELECT":
                        # a sub-SELECT that is the whole WHERE needs brackets of its own beside the VALUES
                        written, closing[-1] = f"{written} {{", "} }"
            elif token.text == "}" and outer:
                place, written = outer.pop(), closing.pop()
            elif token.text in ("(", ")"):
                place.brackets += 1 if token.text == "(" else -1
            elif token.word in ("SELECT", "BY"):
                place.listing = True
            elif token.word in _ENDS_A_LIST:
                place.listing = False
            elif token.word == "BOUND" and self._is_bound_test(index):
                written, skip = "(true)", 3
            elif name := self._name(token):
                written = self._value(index, name, place)
            out.append(written)
        return "".join(out) + self._text[at:]

    def _value(self, index: int, name: str, place: _Place) -> str:
        if index in self._given:
            raise ParameterError(f"?{name} {_DEFINES}", hint="rename the variable in the query")
        return f"?{name}" if place.listing and not place.brackets else self._values[name]

    def _values_block(self, names: set[str]) -> str:
        ordered = sorted(names)
        variables = " ".join(f"?{name}" for name in ordered)
        return f"VALUES ({variables}) {{ ({' '.join(self._values[name] for name in ordered)}) }}"

    def _name(self, token: Token) -> str:
        return token.text[1:] if token.sort == "variable" and token.text[1:] in self._values else ""

    def _is_bound_test(self, index: int) -> bool:
        """BOUND ( ?v ) of a variable that has a value."""
        rest = self._tokens[index + 1 : index + 4]
        return len(rest) == 3 and (rest[0].text, rest[2].text) == ("(", ")") and bool(self._name(rest[1]))

    def _read_selects(self) -> list[_Select]:
        """The SELECTs, with the bound variables that they return or group by."""
        selects: list[_Select] = []
        inside: list[_Select] = []
        braces = brackets = 0
        listing = False
        for index, token in enumerate(self._tokens):
            if token.word == "SELECT":
                rest = [each.text.upper() for each in self._tokens[index + 1 : index + 3]]
                everything = "*" in rest[:1] or (rest[:1] in (["DISTINCT"], ["REDUCED"]) and rest[1:] == ["*"])
                inside.append(_Select(braces, set(self._values) if everything else set()))
                selects.append(inside[-1])
                listing = True
            elif token.word == "BY":
                listing = self._tokens[index - 1].word == "GROUP"
            elif not brackets and (token.word in _ENDS_A_LIST or token.text in ("{", "}")):
                listing = False
            elif listing and not brackets and inside and (name := self._name(token)):
                inside[-1].listed.add(name)
            if token.text == "{":
                if inside and inside[-1].where < 0 and inside[-1].braces == braces and not brackets:
                    inside[-1].where = index
                braces += 1
            elif token.text == "}":
                braces -= 1
                while inside and braces < inside[-1].braces:
                    inside.pop()
            elif token.text in ("(", ")"):
                brackets += 1 if token.text == "(" else -1
        return selects

"""SPARQL as text: its terminals, and values bound to its variables the same way on every engine.

Engines bind variables each in their own way (Oxigraph only those that the outermost SELECT projects, an endpoint none
at all), so a value is given as SPARQL itself gives one: a ``VALUES`` block at the head of every group that names the
variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from sankofa.errors import ParameterError, QueryError

#: The terminals of SPARQL 1.1 that can hide a brace or a variable, and those that can be one.
_TERMINAL = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>\#[^\n\r]*)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<string>\"\"\"(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"\"\"|'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
             |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-])
             (?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-])*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-]))?)?)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark>\^\^|&&|\|\||!=|<=|>=|.)
    """,
    re.VERBOSE | re.DOTALL,
)


_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "INSERT", "DELETE", "LOAD")


@dataclass(frozen=True)
class Token:
    """One terminal: its sort (iri, string, variable, language, number, name, word, mark), its text and its start."""

    sort: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The keyword in capitals, or "" when this is no keyword.

        Example:
            >>> next(tokens("select ?x")).word
            'SELECT'
        """
        return self.text.upper() if self.sort == "word" else ""


def tokens(text: str) -> Iterator[Token]:
    """The terminals of a query, without white space and comments.

    Args:
        text: a SPARQL query or update.

    Example:
        >>> [token.text for token in tokens("ASK { ?s a skf:City } # any")]
        ['ASK', '{', '?s', 'a', 'skf:City', '}']
    """
    for match in _TERMINAL.finditer(text):
        if match.lastgroup not in ("space", "comment"):
            yield Token(match.lastgroup or "mark", match.group(), match.start())


def place(text: str, offset: int) -> tuple[int, int]:
    """The line and the column, from 1, of an offset in a text.

    Example:
        >>> place("ASK\\n{ }", 6)
        (2, 3)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def check_query(file: Path, text: str, form: str) -> None:
    """See that a query file parses and is of a form.

    Args:
        file: where the text comes from, for the error.
        text: the query.
        form: SELECT or CONSTRUCT.

    Raises:
        QueryError: the query does not parse, or is of another form; the error names file, line and column.

    Example:
        >>> check_query(Path("labels.rq"), "SELECT ?label { ?record rdfs:label ?label }", "SELECT")
        Traceback (most recent call last):
        sankofa.errors.QueryError: labels.rq, line 1, column 26: the query does not parse: Prefix not found
    """
    first = next((token for token in tokens(text) if token.word in _FORMS), None)
    if first is None or first.word != form:
        line, column = place(text, first.start) if first else (None, None)
        token = first.text if first else ""
        raise QueryError(f"this is no {form} query", where=str(file), line=line, column=column, token=token)
    try:
        Store().query(text)
    except SyntaxError as error:
        found = re.match(r"error at (\d+):(\d+): (.*)", str(error), re.DOTALL)
        line, column, what = (int(found[1]), int(found[2]), found[3]) if found else (None, None, str(error))
        raise QueryError(f"the query does not parse: {what}", where=str(file), line=line, column=column) from None


def bind(text: str, values: Mapping[str, NamedNode | Literal]) -> str:
    """The query with values for some of its variables, for any engine; line numbers stay as they are.

    Args:
        text: a SELECT, ASK, CONSTRUCT or DESCRIBE query.
        values: variable name, without its question mark, to term.

    Raises:
        ParameterError: the query has no such variable, or assigns it itself.
        QueryError: the braces do not match.

    Example:
        >>> bind("SELECT ?s { ?s skf:city ?city }", {"city": NamedNode("https://w3id.org/aston/id/city/bamako")})
        'SELECT ?s { VALUES (?city) { (<https://w3id.org/aston/id/city/bamako>) } ?s skf:city ?city }'
    """
    if not values:
        return text
    found = list(tokens(text))
    named = {token.text[1:] for token in found if token.sort == "variable"}
    for name, value in values.items():
        if name not in named:
            raise ParameterError(f"the query has no variable '?{name}'", hint=_known(named))
        if isinstance(value, BlankNode):
            raise ParameterError(f"'{name}' takes an IRI or a literal, not a blank node")
    inserts: list[tuple[int, str]] = []
    for opening, used in _groups(text, found, set(values)):
        names = sorted(used)
        block = f" VALUES ({' '.join(f'?{name}' for name in names)}) {{ ({' '.join(str(values[n]) for n in names)}) }}"
        inserts.append((opening + 1, block))
    for offset, block in sorted(inserts, reverse=True):
        text = text[:offset] + block + text[offset:]
    return text


@dataclass
class _Group:
    """A pair of braces that is still open; a sub-SELECT's own braces take no block before its SELECT."""

    start: int
    takes_block: bool
    is_group: bool
    used: set[str] = field(default_factory=set)


def _known(names: set[str]) -> str:
    return f"its variables are {', '.join(f'?{name}' for name in sorted(names))}" if names else "it has none"


def _groups(text: str, found: list[Token], names: set[str]) -> list[tuple[int, set[str]]]:
    """Where each group graph pattern that uses one of the names opens, and which of them it or a group in it uses."""
    groups: list[tuple[int, set[str]]] = []
    open_groups: list[_Group] = []
    clause = ""  # the last keyword that decides what the next brace opens
    for index, token in enumerate(found):
        before = found[index - 1] if index else None
        if token.text == "{" and token.sort == "mark":
            is_data = clause in ("VALUES", "CONSTRUCT")
            after = found[index + 1].word if index + 1 < len(found) else ""
            open_groups.append(_Group(token.start, takes_block=after != "SELECT", is_group=not is_data))
            clause = ""
        elif token.text == "}" and token.sort == "mark":
            if not open_groups:
                line, column = place(text, token.start)
                raise QueryError("a brace closes that was never opened", line=line, column=column, token="}")  # noqa: S106
            closed = open_groups.pop()
            if closed.is_group and closed.used:
                if closed.takes_block:
                    groups.append((closed.start, closed.used))
                if open_groups:
                    open_groups[-1].used.update(closed.used)
        elif token.word in ("VALUES", "CONSTRUCT", "WHERE", "SELECT"):
            clause = token.word
        elif token.sort == "variable" and token.text[1:] in names:
            if before is not None and before.word == "AS":
                line, column = place(text, token.start)
                raise ParameterError(
                    f"the query computes '{token.text}' itself, so it takes no value from outside",
                    where=f"line {line}, column {column}",
                )
            if open_groups:
                open_groups[-1].used.add(token.text[1:])
    if open_groups:
        line, column = place(text, open_groups[-1].start)
        raise QueryError("this brace is never closed", line=line, column=column, token="{")  # noqa: S106
    return groups

"""The terminals of SPARQL 1.1: strings, IRIs, names, numbers, keywords; nothing of its grammar.

A keyword is a keyword only where it is not part of a string, an IRI, a comment, a variable or a prefixed name.
The standard has code-point escapes (``\\u0053ERVICE``) replaced before anything else, Oxigraph only inside strings and
IRIs; who must be sure reads the text both ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_U = f"{_BASE}_"
_CHARS = f"{_U}\\-0-9\u00b7\u0300-\u036f\u203f-\u2040"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
# no longer than 200 characters, so that a.a.a.a… is not read to its end again at every letter
_PREFIX = f"(?:[{_BASE}](?:[{_CHARS}.]{{0,200}}[{_CHARS}])?)?"
_LOCAL = f"(?:[{_U}:0-9]|{_PLX})(?:(?:[{_CHARS}.:]|{_PLX})*(?:[{_CHARS}:]|{_PLX}))?"

_TERMINAL = rf"""
    (?P<space>[\x20\t\r\n]+)
  | (?P<comment>\#[^\r\n]*)
  | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
  | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^"\\]|\\[\s\S]))*\"\"\"
             |'''(?:'{{0,2}}(?:[^'\\]|\\[\s\S]))*'''
             |"(?:[^"\\\r\n]|\\.)*"
             |'(?:[^'\\\r\n]|\\.)*')
  | (?P<variable>[?$](?:[{_U}0-9][{_U}0-9\u00b7\u0300-\u036f\u203f-\u2040]*))
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<blank>_:[{_U}0-9](?:[{_CHARS}.]*[{_CHARS}])?)
  | (?P<name>{_PREFIX}:(?:{_LOCAL})?)
  | (?P<number>(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign>\^\^|&&|\|\||!=|<=|>=|[\s\S])
"""
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@cache
def _terminal() -> re.Pattern[str]:
    """The expression for one terminal, compiled when the first query comes: that takes 20 ms."""
    return re.compile(_TERMINAL, re.VERBOSE)


class Token(NamedTuple):
    """One terminal: what sort it is, its text, where it starts."""

    sort: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The text in capitals if this is a keyword or a function's name, else ""."""
        return self.text.upper() if self.sort == "word" else ""

    @property
    def open_quote(self) -> bool:
        """Whether this is a quotation mark that is never closed on its line."""
        return self.sort == "sign" and self.text in ("'", '"')

    @property
    def end(self) -> int:
        """Where the text after this token starts."""
        return self.start + len(self.text)


def unescaped(query: str) -> str:
    """Replace code-point escapes by the characters that they name, as SPARQL does before anything else.

    Example:
        >>> unescaped("\\\\u0053ERVICE")
        'SERVICE'
    """

    def character(match: re.Match[str]) -> str:
        point = int(match[1] or match[2], 16)
        return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else match[0]

    return _ESCAPE.sub(character, query) if "\\" in query else query


def token_at(query: str, position: int) -> Token | None:
    """The one terminal that starts at a position; spaces and comments are terminals too."""
    match = _terminal().match(query, position)
    return Token(str(match.lastgroup), match[0], position) if match else None


def tokens(query: str) -> Iterator[Token]:
    """The terminals of a query without spaces and comments, up to a quotation mark that is never closed.

    What follows such a mark means nothing to any parser. Escapes are the caller's (``unescaped``).

    Example:
        >>> [token.sort for token in tokens("ASK { ?service ex:load 'x' } # SERVICE")]
        ['word', 'sign', 'variable', 'name', 'string', 'sign']
    """
    for match in _terminal().finditer(query):
        if match.lastgroup not in ("space", "comment"):
            token = Token(str(match.lastgroup), match[0], match.start())
            yield token
            if token.open_quote:
                return

"""What went wrong, told in the reader's language: sentences are data, in a file beside the code that says them.

Such a file has one table a case; each language has two sentences there, what is wrong and what to do next::

    [undeclared-prefix]
    en = ["the prefix '{prefix}:' is not declared", "add PREFIX {prefix}: <…> at the top of the query"]
    fr = …

The same words stand in braces in every language: they are the values of the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple, TypeVar

from sankofa.errors import QueryError, SankofaError

#: The languages of every sentence, the first for who asks for none of them.
LANGUAGES = ("en", "fr", "pt", "ar")

_OF_QUERIES = ("sankofa.store", "refusals.toml")
_Error = TypeVar("_Error", bound=SankofaError)


class Sentence(NamedTuple):
    """One thing that went wrong, before it is told in a language.

    Attributes:
        source: the package and the file that has the sentences.
        case: the name of the case.
        values: what stands for the words in braces.

    Example:
        >>> Sentence(("sankofa.store", "refusals.toml"), "undeclared-prefix", {"prefix": "ex"}).told("fr")[0]
        'le préfixe « ex: » n’est pas déclaré'
    """

    source: tuple[str, str]
    case: str
    values: Mapping[str, object] = {}

    def told(self, lang: str) -> tuple[str, str]:
        """What is wrong, and what to do next ("" where there is nothing to do), in a language."""
        texts = _texts(*self.source, self.case)
        what, hint = texts.get(lang) or texts[LANGUAGES[0]]
        values = {name: self._in_words(value, lang) for name, value in self.values.items()}
        return what.format(**values), hint.format(**values)

    def _in_words(self, value: object, lang: str) -> str:
        """A value as text; several are a choice."""
        if isinstance(value, str | int):
            return str(value)
        assert isinstance(value, list | tuple)  # noqa: S101 - values are ours
        return _texts(*_OF_QUERIES, "or").get(lang, ["or"])[0].join(map(str, value))


@cache
def catalogue(package: str, file: str) -> dict[str, dict[str, list[str]]]:
    """The sentences of a file: by case, then by language.

    Example:
        >>> "undeclared-prefix" in catalogue("sankofa.store", "refusals.toml")
        True
    """
    return _read(_file(package, file))


@cache
def _texts(package: str, file: str, case: str) -> dict[str, list[str]]:
    """The sentences of one case by language. Of a file only that table is read: all of it takes a command 6 ms."""
    text = _file(package, file)
    start = text.index(f"\n[{case}]\n")
    end = text.find("\n[", start + 1)
    return _read(text[start : None if end < 0 else end])[case]


@cache
def _file(package: str, file: str) -> str:
    from importlib.resources import files

    return (files(package) / file).read_text(encoding="utf-8")


def _read(text: str) -> dict[str, dict[str, list[str]]]:
    import tomllib  # hardly any command says a sentence, and every command would wait for the import

    return tomllib.loads(text)


def refusal(
    kind: type[_Error],
    case: str,
    values: Mapping[str, object] | None = None,
    *,
    where: str = "",
    line: int | None = None,
    column: int | None = None,
    token: str = "",
) -> _Error:
    """An error about a query, in English, that can be told in the other languages.

    Args:
        kind: its class.
        case: a case of ``refusals.toml``.
        values: what stands for the words in braces there.
        where: what it is about, for an error that is not about a place in a query.
        line: for an error about a place in a query.
        column: for an error about a place in a query.
        token: the text at that place.

    Example:
        >>> str(refusal(QueryError, "misplaced", {"token": "}"}, line=1, column=7, token="}"))
        "line 1, column 7: '}' cannot stand here"
    """
    sentence = Sentence(_OF_QUERIES, case, values or {})
    what, hint = sentence.told(LANGUAGES[0])
    if issubclass(kind, QueryError):
        error: _Error = kind(what, where=where, hint=hint, line=line, column=column, token=token)
    else:
        error = kind(what, where=where, hint=hint)
    error.sentence = sentence
    return error

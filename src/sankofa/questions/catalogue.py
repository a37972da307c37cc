"""The catalogue of questions: named, described, parameterised SPARQL queries, and how they are asked.

A question is one file, ``queries/questions/<name>.rq``: a header of comment lines, then a portable SELECT query::

    # title@en: Cities of the network              (also fr, pt, ar)
    # description@en: One row per city.            (also fr, pt, ar; a line that begins with "#   " goes on)
    # keywords: city, coverage
    # param: city iri:city optional                (name, type, then: required, optional, or default VALUE)
    # param-help@en city: The city to look at      (also fr, pt, ar)
    # param-example city: bamako                   (where no record of the kind can serve as one)
    # scope: story(theme, phase), theme            (kinds and fields whose gaps make an empty answer doubtful)
    # strategy: sharing                            (the part of the knowledge strategy it serves, if any)

A parameter is a variable of the query, which gets its value from outside; it stays unbound when it is optional and not
given. Its type is ``iri:<kind>`` (the slug or IRI of a record, or of a concept of a closed list such as ``iri:format``;
several kinds: ``iri:city|theme``), ``string``, ``integer``, ``date`` or ``lang``. Columns called ``?ground_…`` hold
IRIs, one or several with blanks between, of records that a row rests on; they are not shown as columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from sankofa import shipped
from sankofa.errors import ParameterError, UnknownName
from sankofa.header import LANGUAGES, Header, Labels
from sankofa.store.binding import variables
from sankofa.terms import SKF, XSD

if TYPE_CHECKING:
    from sankofa.table import Table

#: the parts of a knowledge strategy that a question can serve
STRATEGY_PARTS = ("calendar-roles-resources", "how-to-capture", "sharing", "what-to-capture")

#: the types of parameters besides ``iri:<kind>``
TYPES = ("date", "integer", "lang", "string")

_KEYS = {
    "title": "@text",
    "description": "@text",
    "keywords": "text",
    "param": "first",
    "param-help": "@name",
    "param-example": "name",
    "scope": "text",
    "strategy": "text",
}
_SCOPE = re.compile(r"\s*(?P<kind>[a-z-]+)\s*(?:\((?P<fields>[^()]*)\))?\s*(?:,|$)")
_LANG_HELP: Labels = {
    "en": "The language of the names in the answer",
    "fr": "La langue des noms dans la réponse",
    "pt": "A língua dos nomes na resposta",
    "ar": "لغة الأسماء في الإجابة",
}


@dataclass(frozen=True)
class Parameter:
    """One value that a question takes from outside.

    Args:
        name: the variable of the query, without its question mark.
        kind: ``iri:<kind>``, ``string``, ``integer``, ``date`` or ``lang``.
        required: True when the question makes no sense without it.
        default: the value it has when none is given, or None.
        help: one sentence in four languages.
        example: a value to try, or "".
    """

    name: str
    kind: str
    required: bool
    default: str | None
    help: Labels
    example: str = ""

    def to_dict(self) -> dict[str, object]:
        """The parameter as JSON writes it.

        Example:
            >>> Parameter("city", "iri:city", False, None, {"en": "The city"}).to_dict()["type"]
            'iri:city'
        """
        return {
            "name": self.name,
            "type": self.kind,
            "required": self.required,
            "default": self.default,
            "help": self.help,
            "example": self.example or None,
        }


@dataclass(frozen=True)
class Scope:
    """A kind, and those of its fields, whose gaps make an answer incomplete."""

    kind: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A named query with its title, description, parameters and scope, as the header of its file says."""

    name: str
    title: Labels
    description: Labels
    keywords: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    scope: tuple[Scope, ...]
    strategy: str | None
    text: str
    file: Path = field(compare=False)

    @classmethod
    def read(cls, file: Path) -> Question:
        """Read one question file.

        Args:
            file: a ``.rq`` file with a header as described in :mod:`sankofa.questions.catalogue`.

        Raises:
            UnreadableInput: the file or its header is not as described; the error names the line.
            QueryError: the query does not parse; the error names line and column.

        Example:
            >>> Question.read(shipped.root() / "queries/questions/cities.rq").title["en"]
            'Cities of the network'
        """
        try:
            about = file.stat()
        except OSError:
            return _question(file)  # which tells what is wrong
        return _known(file, about.st_mtime_ns, about.st_size)

    def to_dict(self) -> dict[str, object]:
        """The question as JSON writes it.

        Example:
            >>> sorted(catalogue()["cities"].to_dict())[:3]
            ['description', 'keywords', 'name']
        """
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "keywords": list(self.keywords),
            "parameters": [parameter.to_dict() for parameter in self.parameters],
            "scope": [{"kind": scope.kind, "fields": list(scope.fields)} for scope in self.scope],
            "strategy": self.strategy,
            "query": self.text,
        }


class Catalogue(Mapping[str, Question]):
    """All questions by name, sorted; an unknown name is an error that names the nearest one.

    Args:
        files: the question files; each is read when it is first asked for.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        """Keep the files sorted by name."""
        self._files = {file.stem: file for file in sorted(files, key=lambda file: file.stem)}
        self._questions: dict[str, Question] = {}

    def __getitem__(self, name: str) -> Question:
        """The question of that name.

        Raises:
            UnknownName: no question has that name.
        """
        if name not in self._files:
            raise UnknownName.among("question", name, list(self._files))
        if name not in self._questions:
            self._questions[name] = Question.read(self._files[name])
        return self._questions[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is a question of that name."""
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        """The names, sorted."""
        return iter(self._files)

    def __len__(self) -> int:
        """How many questions there are."""
        return len(self._files)

    def to_table(self, lang: str = "en") -> Table:
        """Name, title, description and parameters of every question, one row each.

        Args:
            lang: the language of title and description.

        Example:
            >>> catalogue().to_table("fr").columns
            ('name', 'title', 'description', 'parameters', 'keywords')
        """
        from sankofa.table import Table

        rows = [
            (
                Literal(question.name),
                Literal(question.title[lang], language=lang),
                Literal(question.description[lang], language=lang),
                Literal(", ".join(f"{p.name} ({p.kind})" for p in question.parameters)),
                Literal(", ".join(question.keywords)),
            )
            for question in self.values()
        ]
        return Table(("name", "title", "description", "parameters", "keywords"), [tuple(row) for row in rows])


def catalogue(files: Iterable[Path] | None = None) -> Catalogue:
    """Read questions from their files.

    Args:
        files: the question files; without it, those that come with Sankofa.

    Raises:
        UnreadableInput: a file is not as described above; the error names file and line.
        QueryError: a query does not parse; the error names file, line and column.

    Example:
        >>> "cities" in catalogue()
        True
    """
    if files is None:
        return Catalogue(shipped.question_files())
    found = Catalogue(files)
    list(found.values())  # they are somebody's own: what is wrong with them is told now
    return found


def class_of(kind: str) -> str:
    """The IRI of the class of a kind of record or of a closed list, or "" when there is no such kind.

    Args:
        kind: a kind as record IRIs write it, such as ``strategy-element``, or a list such as ``format``.

    Example:
        >>> class_of("theme-assignment")
        'https://w3id.org/sankofa/ontology#ThemeAssignment'
    """
    name: str = getattr(SKF, "".join(part.capitalize() for part in kind.split("-")), "")
    return name


def kinds_of(type_: str) -> list[str]:
    """The kinds that a parameter of a type ``iri:…`` takes; none for other types.

    Example:
        >>> kinds_of("iri:city|theme")
        ['city', 'theme']
    """
    return type_.removeprefix("iri:").split("|") if type_.startswith("iri:") else []


@lru_cache(maxsize=256)
def _known(file: Path, changed: int, size: int) -> Question:
    """A question that was read already, as long as its file is the same."""
    return _question(file)


def _question(file: Path) -> Question:
    header = Header(file, _KEYS)
    keywords = tuple(word.strip() for word in header.one("keywords").split(",") if word.strip())
    if not keywords:
        raise header.error("keywords", "the question has no keywords", "add a line '# keywords: city, theme'")
    strategy = header.one("strategy") or None
    if strategy is not None and strategy not in STRATEGY_PARTS:
        raise header.error("strategy", f"'{strategy}' is no part of a strategy", f"use {', '.join(STRATEGY_PARTS)}")
    header.check_query("SELECT")
    names = header.names("param")
    for key in ("param-help", "param-example"):
        for name in set(header.names(key)) - set(names):
            raise header.error(key, f"there is no parameter '{name}'", "add its '# param:' line", of=name)
    used = variables(header.text) if names else set()
    return Question(
        file.stem,
        header.texts("title"),
        header.texts("description"),
        keywords,
        tuple(_parameter(header, name, used) for name in names),
        _scope(header),
        strategy,
        header.text,
        file,
    )


def _parameter(header: Header, name: str, used: set[str]) -> Parameter:
    kind, _, rest = header.one("param", name).partition(" ")
    need, _, default = rest.strip().partition(" ")
    if kind not in TYPES and not (kind.startswith("iri:") and all(class_of(each) for each in kinds_of(kind))):
        hint = f"use iri:<kind>, {', '.join(TYPES)}"
        raise header.error("param", f"'{kind}' is no type of parameter", hint, of=name)
    if need not in ("required", "optional", "default") or bool(default.strip()) != (need == "default"):
        hint = f"write '# param: {name} {kind} optional' or '… default VALUE'"
        raise header.error("param", "a parameter is required, optional, or has a default", hint, of=name)
    if name not in used:
        hint = "use it, or take the parameter out"
        raise header.error("param", f"the query has no variable '?{name}'", hint, of=name)
    texts = _LANG_HELP if kind == "lang" and not header.has("param-help", name) else header.texts("param-help", name)
    example = header.one("param-example", name)
    parameter = Parameter(name, kind, need == "required", default.strip() or None, texts, example)
    for value in filter(None, (parameter.default, example)):
        if not kind.startswith("iri:"):
            try:
                literal(parameter, value)
            except ParameterError as error:
                raise header.error("param", error.what, error.hint, of=name) from None
    return parameter


def _scope(header: Header) -> tuple[Scope, ...]:
    text = header.one("scope")
    scopes, at = [], 0
    while at < len(text):
        match = _SCOPE.match(text, at)
        if match is None:
            raise header.error("scope", f"'{text[at:]}' is no scope", "write 'story(theme, phase), theme'")
        if not class_of(match["kind"]):
            raise header.error("scope", f"there is no kind '{match['kind']}'", "write a kind as in a record's IRI")
        names = tuple(name.strip() for name in (match["fields"] or "").split(",") if name.strip())
        scopes.append(Scope(match["kind"], names))
        at = match.end()
    return tuple(scopes)


def literal(parameter: Parameter, value: object) -> Literal:
    """The value of a parameter that takes no IRI, as a literal of its type.

    Args:
        parameter: a parameter of type string, integer, date or lang.
        value: what was given: text, a number, a date or a literal.

    Raises:
        ParameterError: the value is not of the parameter's type.

    Example:
        >>> literal(Parameter("since", "date", False, None, {}), "2021-10-31").value
        '2021-10-31'
    """
    if isinstance(value, Literal):
        value = value.value
    text = unicodedata.normalize("NFC", value.isoformat() if isinstance(value, date) else str(value).strip())
    expected = {
        "integer": "a whole number such as 12",
        "date": "a date such as 2021-10-31",
        "lang": "a language tag such as fr",
        "string": "a text",
    }[parameter.kind]
    refused = ParameterError(
        f"the parameter '{parameter.name}' takes {expected}, not '{text}'",
        hint=f"allowed: {', '.join(LANGUAGES)} or any other language tag" if parameter.kind == "lang" else "",
    )
    if parameter.kind == "integer":
        if not re.fullmatch(r"[+-]?\d+", text):
            raise refused
        return Literal(str(int(text)), datatype=NamedNode(XSD.integer))
    if parameter.kind == "date":
        try:
            return Literal(date.fromisoformat(text).isoformat(), datatype=NamedNode(XSD.date))
        except ValueError:
            raise refused from None
    if parameter.kind == "lang" and not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", text):
        raise refused
    if not text:
        raise refused
    return Literal(text.lower() if parameter.kind == "lang" else text)

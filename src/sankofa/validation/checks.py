"""Checks: what is wrong or odd across records, found by queries that must return no row.

A check is one file, ``queries/checks/<name>.rq``: a header of comment lines, then a SELECT query::

    # title@en: City silent for long                 (also fr, pt, ar)
    # message@en: Nothing of “{record}” is later …   (also fr, pt, ar; in braces a column, a parameter or {today})
    # advice@en: Ask the city what is new.           (also fr, pt, ar; a line that begins with "#   " goes on)
    # code: SKF-Q06                                  (leads to help; never used for anything else)
    # level: exemplary                               (the level that a row is in the way of)
    # kind: city                                     (what its records are)
    # param: months integer default 24               (name, type: date, integer or string, and value)
    # param-help@en months: After how many months …  (also fr, pt, ar)

Each row is a finding about ``?record``, a record or a part of one. ``?today`` is the month of the newest record that
the network published or changed, as text (2023-04): what a check compares dates with, never the clock. The query sees
what was asserted, the vocabularies and the class tree; inferences it never sees. Write ``MINUS``, not ``NOT EXISTS``:
the engine is a hundred times faster with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from sankofa import shipped
from sankofa.errors import UnreadableInput
from sankofa.fields import LEVELS
from sankofa.fields.files import Spo, Term
from sankofa.fields.literals import XSD
from sankofa.header import Header, Labels
from sankofa.store.binding import bind, variables
from sankofa.terms import DCTERMS, SKF
from sankofa.validation.joins import RECORD, Joins, joins_of

#: Asks a SELECT query of what was asserted, the vocabularies and the class tree.
Ask = Callable[[str], ox.QuerySolutions]

TODAY = "today"
_KEYS = {
    "title": "@text",
    "message": "@text",
    "advice": "@text",
    "code": "text",
    "level": "text",
    "kind": "text",
    "param": "first",
    "param-help": "@name",
}
_TYPES = {"date": r"\d{4}-\d\d-\d\d", "integer": r"[+-]?\d+", "string": r".+"}
_PARAMETER = re.compile(r"(?P<type>\w+)\s+default\s+(?P<value>.+)")
_DATE = re.compile(r"[0-9]{4}")
_HOLE = re.compile(r"\{(\w+)\}")
_NEWEST = f"""SELECT (MAX(SUBSTR(STR(?day), 1, 7)) AS ?{TODAY}) {{
  ?record <{SKF.status}> ?status ; <{DCTERMS.issued}>|<{DCTERMS.modified}> ?day
  FILTER(REGEX(STR(?day), "^[0-9]{{4}}"))
}}"""
_NEWEST_READS = frozenset((SKF.status, DCTERMS.issued, DCTERMS.modified))


@dataclass(frozen=True)
class Check:
    """A query whose rows are findings.

    Args:
        name: the name of its file.
        title: what it is called; message: the sentence of a row, with holes for its columns; advice: what to do.
        code: the code that leads to help.
        level: the level that a row is in the way of.
        kind: the name of the kind that its records are of.
        parameters: the values of its parameters; help: what each means.
        text: the query.
        joins: what the query reads and how that hangs together.
        asks_today: whether it compares with the month of the newest record.
    """

    name: str
    title: Labels
    message: Labels
    advice: Labels
    code: str
    level: str
    kind: str
    parameters: Mapping[str, ox.Literal]
    help: Mapping[str, Labels]
    text: str = field(repr=False)
    joins: Joins = field(repr=False)
    asks_today: bool = False

    @classmethod
    def read(cls, file: Path) -> Check:
        """Read one check file.

        Args:
            file: a ``.rq`` file as described in `sankofa.validation.checks`.

        Raises:
            UnreadableInput: the file or its header is not as described; the error names the line.
            QueryError: the query does not parse; the error names line and column.

        Example:
            >>> Check.read(shipped.check_files()[0]).code
            'SKF-Q06'
        """
        header = Header(file, _KEYS)
        header.check_query("SELECT")
        for key, pattern, hint in (
            ("code", r"SKF-[A-Z]\d\d", "write a code that no other check has, such as SKF-Q08"),
            ("level", "|".join(LEVELS), f"use {', '.join(LEVELS)}"),
            ("kind", r"[a-z]+(-[a-z]+)*", "write the kind of the records, such as story"),
        ):
            if not re.fullmatch(pattern, header.one(key)):
                raise header.error(key, f"'{header.one(key)}' is no {key}", hint)
        parameters = {name: _parameter(header, name) for name in header.names("param")}
        known = variables(header.text)
        if RECORD not in known:
            raise UnreadableInput(f"the query has no variable '?{RECORD}'", where=str(file), hint="select it")
        texts = {key: header.texts(key) for key in ("title", "message", "advice")}
        for lang, text in texts["message"].items():
            for hole in _HOLE.findall(text):
                if hole not in known:
                    raise header.error("message", f"'{{{hole}}}' ({lang}) is no variable of the query", "select it")
        return cls(
            file.stem,
            texts["title"],
            texts["message"],
            texts["advice"],
            header.one("code"),
            header.one("level"),
            header.one("kind"),
            parameters,
            {name: header.texts("param-help", name) for name in parameters},
            header.text,
            joins_of(header.text),
            TODAY in known,
        )

    def rows(self, ask: Ask, today: str, given: Mapping[str, ox.Literal] | None = None) -> list[dict[str, Term]]:
        """What it finds: for each row the values of its columns, the parameters and today.

        Args:
            ask: asks the query.
            today: the month of the newest record; without one a check that compares with it finds nothing.
            given: other values for its parameters.

        Example:
            >>> Check.read(shipped.check_files()[0]).rows(asked([]), "2023-04")
            []
        """
        mine = {name: value for name, value in (given or {}).items() if name in self.parameters}
        values: dict[str, ox.Literal] = {**self.parameters, **mine}
        if self.asks_today:
            if not today:
                return []
            values[TODAY] = ox.Literal(today)
        solutions = ask(_bound(self.text, tuple(values.items())))
        columns = [variable.value for variable in solutions.variables]
        found = []
        for solution in solutions:
            row = {name: term for name in columns if (term := cast("Term | None", solution[name])) is not None}
            found.append({**values, **row})
        return found

    def told(self, shown: Callable[[str, str], str]) -> Labels:
        """The sentence of a row in each language.

        Args:
            shown: what stands in a hole, in a language.

        Example:
            >>> Check.read(shipped.check_files()[0]).told(lambda hole, lang: hole)["en"][:30]
            'Nothing of “record” is dated l'
        """
        return {
            lang: _HOLE.sub(lambda hole, lang=lang: shown(hole[1], lang), text)  # type: ignore[misc]
            for lang, text in self.message.items()
        }


def checks(files: Iterable[Path] | None = None) -> tuple[Check, ...]:
    """Read checks from their files, sorted by name; those that come with Sankofa are read once.

    Args:
        files: the check files; without it, those that come with Sankofa.

    Raises:
        UnreadableInput: a file is not as described above, or two have the same code.
        QueryError: a query does not parse; the error names file, line and column.

    Example:
        >>> [check.name for check in checks()][:2]
        ['city-silent', 'effect-without-figure']
    """
    return _shipped() if files is None else _read(files)


@lru_cache(maxsize=1)
def _shipped() -> tuple[Check, ...]:
    return _read(shipped.check_files())


def _read(files: Iterable[Path]) -> tuple[Check, ...]:
    found: dict[str, Check] = {}
    for file in sorted(files, key=lambda file: file.stem):
        check = Check.read(file)
        other = found.setdefault(check.code, check)
        if other is not check:
            raise UnreadableInput(
                f"'{other.name}' has the code {check.code} already", where=str(file), hint="give it one of its own"
            )
    return tuple(sorted(found.values(), key=lambda check: check.name))


@lru_cache(maxsize=64)
def _bound(text: str, values: tuple[tuple[str, ox.Literal], ...]) -> str:
    """The query with its values: after every change it is asked with the same."""
    return bind(text, dict(values))


def _parameter(header: Header, name: str) -> ox.Literal:
    match = _PARAMETER.fullmatch(header.one("param", name))
    if match is None or match["type"] not in _TYPES:
        hint = f"write '# param: {name} integer default 24'; types: {', '.join(_TYPES)}"
        raise header.error("param", "a parameter has a type and a default", hint, of=name)
    if not re.fullmatch(_TYPES[match["type"]], match["value"]):
        raise header.error("param", f"'{match['value']}' is no {match['type']}", of=name)
    if name not in variables(header.text):
        raise header.error(
            "param", f"the query has no variable '?{name}'", "use it, or take the parameter out", of=name
        )
    return ox.Literal(match["value"], datatype=ox.NamedNode(XSD + match["type"]))


def month_of(date: Term) -> str:
    """The month of a date as text, the year of one that has no month, or "" of what is no date.

    Args:
        date: the date.

    Example:
        >>> month_of(ox.Literal("2021-03-14")), month_of(ox.Literal("last spring"))
        ('2021-03', '')
    """
    return date.value[:7] if isinstance(date, ox.Literal) and _DATE.match(date.value) else ""


def asked(triples: Iterable[Spo], among: Iterable[Check] | None = None) -> Ask:
    """Something to ask checks of: a store of the triples that they read, and no others.

    Args:
        triples: what was asserted, with the vocabularies and the class tree.
        among: the checks that will be asked; by default all that come with Sankofa.

    Example:
        >>> list(asked([])("SELECT ?s { ?s ?p ?o }"))
        []
    """
    reads = read_by(checks() if among is None else among)
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples if reads is None or triple[1].value in reads)
    return asking(store)


def asking(store: ox.Store) -> Ask:
    """A store as something to ask.

    Args:
        store: the store; its default graph is asked.

    Example:
        >>> list(asking(ox.Store())("SELECT ?s { ?s ?p ?o }"))
        []
    """
    return lambda text: cast(ox.QuerySolutions, store.query(text))


def read_by(among: Iterable[Check]) -> set[str] | None:
    """The IRIs of the properties that checks read, and the month of the newest record; None when they may read any.

    Args:
        among: the checks.

    Example:
        >>> sorted(read_by([]))[0]
        'http://purl.org/dc/terms/issued'
    """
    reads: set[str] = set(_NEWEST_READS)
    for check in among:
        if check.joins.reads is None:
            return None
        reads |= check.joins.reads
    return reads


def today_of(ask: Ask) -> str:
    """The month of the newest record that the network published or changed, or "" when no record says.

    Args:
        ask: asks the query.

    Example:
        >>> today_of(asked([]))
        ''
    """
    for solution in ask(_NEWEST):
        value = solution[TODAY]
        return value.value if isinstance(value, ox.Literal) else ""
    return ""

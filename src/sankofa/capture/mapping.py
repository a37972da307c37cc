"""How the columns of a sheet become fields: read from ``mapping.toml``, or from headings that are field names.

A mapping names kinds and fields, never addresses: what a field is (its property, range, languages) only the shapes say.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from dataclasses import field as member
from pathlib import Path
from typing import Any

from sankofa.errors import ParameterError, UnknownName, UnreadableInput

#: What the ids of sheets carry before the slug, by kind.
PREFIXES: dict[str, str] = {
    "event": "ev-",
    "experiment": "exp-",
    "measure": "out-",
    "question": "q-",
    "resource": "res-",
    "story": "story-",
    "strategy-element": "strat-",
}

READINGS = ("dates", "names", "period", "quantity")


@dataclass(frozen=True)
class Target:
    """One thing that a cell says: the value of a field of the row's record, or of a part of it.

    Args:
        field: the name of the field; "" when a reading fills several.
        part: the name of the part of the record that the field belongs to, "" for the record itself.
        language: the language tag of texts, "" when it stands in ``language_column`` or is the graph's default.
        language_column: the column of the same row that gives the language.
        bracketed: the language of texts that stand in brackets, "" when it is no other.
        many: the separator between several values, "" for one value.
        kinds: the kinds of record the value may name, where the shapes leave that open.
        reading: one of ``READINGS``, "" when the whole text is the value.
        keep: the field that keeps the text where the reading does not say it all.
        splits: what parts the names of a text of which only the known ones are linked (reading "names").
        iri: the address to make of the value, with {} where it goes.
        values: texts that stand for something else, such as a record.
        only: the texts the target is for; empty: all.
        skip: the texts the target is not for.
        inverse: the record that the cell names is the subject, the row's record is the value.
    """

    field: str = ""
    part: str = ""
    language: str = ""
    language_column: str = ""
    bracketed: str = ""
    many: str = ""
    kinds: tuple[str, ...] = ()
    reading: str = ""
    keep: str = ""
    splits: tuple[str, ...] = ()
    iri: str = ""
    values: ReadOnly[str, str] = member(default_factory=dict)
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    inverse: bool = False


@dataclass(frozen=True)
class Part:
    """A part of a record: its kind, the field that links to it, and what every such part says of itself."""

    name: str
    kind: str
    link: str
    constants: tuple[tuple[str, str, str], ...] = ()
    """Field, value, language ("" for what is no text)."""


@dataclass(frozen=True)
class SheetMapping:
    """One sheet: what its rows are and what its columns say."""

    kind: str
    id_column: str
    about: str
    columns: ReadOnly[str, tuple[Target, ...]]
    ignored: ReadOnly[str, str] = member(default_factory=dict)
    parts: ReadOnly[str, Part] = member(default_factory=dict)
    constants: tuple[tuple[str, str, str], ...] = ()
    """What every record of the sheet says: field, value, language."""


@dataclass(frozen=True)
class Mapping:
    """The mappings of all sheets of a folder."""

    sheets: ReadOnly[str, SheetMapping]
    prefixes: ReadOnly[str, str]


def read_mapping(path: Path) -> Mapping:
    """Read a ``mapping.toml``.

    Args:
        path: the file.

    Raises:
        UnreadableInput: when it is missing, not TOML, or says something no mapping can say.

    Example:
        >>> import sankofa.shipped
        >>> mapping = read_mapping(sankofa.shipped.default_graph_folder() / "sheets" / "mapping.toml")
        >>> mapping.sheets["stories"].kind
        'story'
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableInput("the mapping cannot be read", where=str(path), hint=error.strerror or "") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"the mapping is not TOML ({error})", where=str(path)) from error
    try:
        return _mapping(content)
    except (UnknownName, ParameterError) as error:
        raise UnreadableInput(error.what, where=str(path), hint=error.hint) from error


def _mapping(content: dict[str, Any]) -> Mapping:
    _only_keys("the mapping", content, ("prefixes", "sheets"))
    prefixes = {**PREFIXES, **_texts("prefixes", content.get("prefixes", {}))}
    sheets = {name: _sheet(name, table) for name, table in content.get("sheets", {}).items()}
    return Mapping(sheets, prefixes)


def _sheet(name: str, table: dict[str, Any]) -> SheetMapping:
    where = f"sheet {name}"
    _only_keys(where, table, ("kind", "id", "about", "columns", "parts", "fields", "ignored"))
    if not isinstance(table.get("kind"), str):
        raise ParameterError(f"{where} does not say of which kind its rows are", hint='write kind = "…"')
    parts = {part: _part(f"{where}, part {part}", part, given) for part, given in table.get("parts", {}).items()}
    columns = {}
    for heading, given in table.get("columns", {}).items():
        targets = given if isinstance(given, list) else [given]
        columns[heading] = tuple(_target(f"{where}, column {heading}", target, parts) for target in targets)
    return SheetMapping(
        kind=table["kind"],
        id_column=table.get("id", "id"),
        about=table.get("about", ""),
        columns=columns,
        ignored=_texts(f"{where}, ignored", table.get("ignored", {})),
        parts=parts,
        constants=_constants(f"{where}, fields", table.get("fields", {})),
    )


def _part(where: str, name: str, table: dict[str, Any]) -> Part:
    _only_keys(where, table, ("kind", "link", "fields"))
    constants = _constants(where, table.get("fields", {}))
    return Part(name, table["kind"], table.get("link", table["kind"]), constants)


def _constants(where: str, table: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    constants: list[tuple[str, str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            constants += [(name, text, language) for language, text in _texts(where, value).items()]
        else:
            constants.append((name, str(value), ""))
    return tuple(sorted(constants))


def _target(where: str, table: dict[str, Any], parts: dict[str, Part]) -> Target:
    names = {name: name for name in Target.__dataclass_fields__} | {"language-column": "language_column"}
    _only_keys(where, table, tuple(names))
    given: dict[str, Any] = {}
    for key, value in table.items():
        default = getattr(Target(), names[key])
        if isinstance(default, tuple) and isinstance(value, list):
            value = tuple(value)
        if key == "values":
            value = _texts(where, value)
        if not isinstance(value, type(default)):
            raise ParameterError(f"{where}: '{key}' cannot be {value!r}")
        given[names[key]] = value
    target = Target(**given)
    if target.reading and target.reading not in READINGS:
        raise UnknownName.among("reading", target.reading, list(READINGS))
    if target.part and target.part not in parts:
        raise UnknownName.among("part", target.part, sorted(parts))
    if not target.field and target.reading not in ("period", "quantity"):
        raise ParameterError(f"{where} names no field", hint='write field = "…"')
    return target


def _texts(where: str, table: Any) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise ParameterError(f"{where} must be a table of texts")
    return dict(table)


def _only_keys(where: str, table: Any, keys: tuple[str, ...]) -> None:
    if not isinstance(table, dict):
        raise ParameterError(f"{where} must be a table")
    for key in table:
        if key not in keys:
            near = UnknownName.among("key", key, list(keys))
            raise ParameterError(f"{where}: {near.what}", hint=near.hint)


_HEADING = re.compile(r"(?:(?P<part>[^.@]+)\.)?(?P<field>[^.@]+)(?:@(?P<language>.*))?")


@dataclass(frozen=True)
class Heading:
    """A heading that is a field's name: ``title``, ``title@fr``, ``lesson-2.description@fr``."""

    part: str
    field: str
    language: str | None


def parse_heading(text: str) -> Heading | None:
    """Take a heading apart; None when it can be none.

    Args:
        text: the heading.

    Example:
        >>> parse_heading("lesson-2.description@fr")
        Heading(part='lesson-2', field='description', language='fr')
    """
    match = _HEADING.fullmatch(text.strip())
    if match is None:
        return None
    language = match["language"]
    return Heading(
        (match["part"] or "").strip(), match["field"].strip(), None if language is None else language.strip()
    )

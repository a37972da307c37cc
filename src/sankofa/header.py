"""The header of a query file: its first comment lines, which say in four languages what it is called and means.

::

    # title@en: Cities of the network
    # param-help@en city: The city to look at
    # keywords: city, coverage

A line is ``# key: text``, ``# key@language: text``, ``# key name: text`` or ``# key@language name: text``; a line that
begins with ``#`` and two blanks or more goes on with the text of the line before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import Store

from sankofa.errors import QueryError, UnknownName, UnreadableInput
from sankofa.store.guard import operation, parse_error

#: a text by language
Labels = dict[str, str]

#: the languages that every title, description and help is written in
LANGUAGES = ("ar", "en", "fr", "pt")

_LINE = re.compile(r"#\s?(?P<key>[a-z-]+)(?:@(?P<lang>[a-z]{2}))?(?:\s+(?P<of>\w+))?\s*:\s*(?P<text>.*)")


class Header:
    """The header of one query file.

    Args:
        file: the file; its name without ending is the name of the query.
        keys: every key that may stand in it, with its form: ``"text"``, ``"name"`` (``# key name: text``),
            ``"first"`` (``# key: name text``), each with ``"@"`` before it where the text is in four languages.

    Raises:
        UnreadableInput: the file cannot be read, is not in NFC, or a line is not as above; the error names the line.

    Example:
        >>> from sankofa.shipped import question_files
        >>> file = next(file for file in question_files() if file.stem == "cities")
        >>> keys = {"title": "@text", "description": "@text", "keywords": "text", "param": "first", "scope": "text"}
        >>> Header(file, keys).texts("title")["pt"]
        'Cidades da rede'
    """

    def __init__(self, file: Path, keys: Mapping[str, str]) -> None:
        """Read the file's text and its header."""
        self.file = file
        self.keys = keys
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", file.stem):
            raise UnreadableInput(
                f"'{file.stem}' is no name for a query", where=str(file), hint="use a-z, 0-9 and hyphens"
            )
        try:
            self.text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableInput(f"the query file cannot be read ({error})", where=str(file)) from None
        if unicodedata.normalize("NFC", self.text) != self.text:
            raise UnreadableInput("the text is not in Unicode normal form C", where=str(file), hint="save it as NFC")
        self._entries: dict[tuple[str, str, str], str] = {}
        self._lines: dict[tuple[str, str], int] = {}
        last: tuple[str, str, str] | None = None
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                break
            if line.startswith("#  ") and last is not None:
                self._entries[last] = f"{self._entries[last]} {line[1:].strip()}".strip()
            elif line.strip("# \t"):
                last = self._entry(line.rstrip(), f"{file}, line {number}")
                self._lines.setdefault((last[0], last[2]), number)

    def _entry(self, line: str, where: str) -> tuple[str, str, str]:
        match = _LINE.fullmatch(line)
        if match is None:
            raise UnreadableInput(
                "this is no header line", where=where, hint="write '# key: text', e.g. '# title@en: Cities'"
            )
        key, lang, of, text = match["key"], match["lang"] or "", match["of"] or "", match["text"].strip()
        if key not in self.keys:
            error = UnknownName.among("header line", key, sorted(self.keys))
            raise UnreadableInput(error.what, where=where, hint=error.hint)
        form = self.keys[key]
        if form.startswith("@") and lang not in LANGUAGES:
            raise UnreadableInput(
                f"'{key}' needs its language", where=where, hint=f"write '{key}@en'; also {', '.join(LANGUAGES)}"
            )
        if lang and not form.startswith("@"):
            raise UnreadableInput(f"'{key}' has no language", where=where, hint=f"write '{key}' without '@{lang}'")
        if bool(of) != form.endswith("name"):
            what = "names no parameter" if of else "needs the name of its parameter"
            raise UnreadableInput(f"'{key}' {what}", where=where)
        if form == "first":
            of, _, text = text.partition(" ")
        if (key, lang, of) in self._entries:
            raise UnreadableInput(f"'{key}' stands twice", where=where, hint="keep one of the lines")
        self._entries[key, lang, of] = text.strip()
        return key, lang, of

    def names(self, key: str) -> list[str]:
        """The names that stand with a key, in the order of the file."""
        return list(dict.fromkeys(of for found, _, of in self._entries if found == key))

    def one(self, key: str, of: str = "") -> str:
        """The text of a key that has no language, or "" when it does not stand there."""
        return self._entries.get((key, "", of), "")

    def has(self, key: str, of: str = "") -> bool:
        """Whether the key stands in the header, in any language."""
        return (key, of) in self._lines

    def texts(self, key: str, of: str = "") -> Labels:
        """The text of a key in each of the four languages.

        Raises:
            UnreadableInput: a language is missing.
        """
        texts = {lang: self._entries.get((key, lang, of), "") for lang in LANGUAGES}
        for lang, text in texts.items():
            if not text:
                name = f"{key}@{lang}{' ' + of if of else ''}"
                raise self.error(key, f"'{name}' is missing", f"add a line '# {name}: …'", of=of)
        return texts

    def error(self, key: str, what: str, hint: str = "", *, of: str = "") -> UnreadableInput:
        """The error that names the line of a key."""
        line = self._lines.get((key, of))
        return UnreadableInput(what, where=f"{self.file}, line {line}" if line else str(self.file), hint=hint)

    def check_query(self, form: str) -> None:
        """See that the query below the header parses and is of a form.

        Args:
            form: SELECT or CONSTRUCT.

        Raises:
            QueryError: the query does not parse, or is of another form; the error names file, line and column.
        """
        first = operation(self.text)
        if first is None or first.word != form:
            raise QueryError(f"this is no {form} query", where=str(self.file), hint=f"write {form} below the header")
        try:
            Store().query(self.text)
        except SyntaxError as error:
            found = parse_error(error, self.text)
            raise QueryError(
                found.what,
                where=str(self.file),
                hint=found.hint,
                line=found.line,
                column=found.column,
                token=found.token,
            ) from None

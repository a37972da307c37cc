"""What validation found: results as the standard has them, findings as people read them, and the report of both.

Neither knows which engine looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from dataclasses import field as member
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from sankofa.errors import CouldNotBeDone, UnknownName
from sankofa.fields import LEVELS, Path, Texts, text_in
from sankofa.fields.files import Term
from sankofa.validation.results import SH, Result, report_triples
from sankofa.validation.words import colon, word

if TYPE_CHECKING:
    from sankofa.validation.completeness import Completeness, RecordState
    from sankofa.validation.fixes import Fix

#: The columns of the tabular forms; people read the first, machines the last.
COLUMNS = (
    "record", "title", "kind", "part", "field", "label", "value", "level", "code",
    "message", "author_message", "advice", "fix", "file", "sheet", "cell", "line",
    "focus", "path", "severity", "component", "rule",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from.

    Args:
        file: the file's name.
        sheet: the sheet's name, or "".
        cell: the cell as a spreadsheet names it (D7), or "".
        line: the line of a text file that the row begins at, or 0.
    """

    file: str
    sheet: str = ""
    cell: str = ""
    line: int = 0

    def __str__(self) -> str:
        """The place as people write it.

        Example:
            >>> str(Origin("bamako.xlsx", "Stories", "D7"))
            'bamako.xlsx, Stories!D7'
        """
        return self.text("en")

    def text(self, lang: str) -> str:
        """The place as people write it in a language: the line where no cell says more.

        Args:
            lang: the language.

        Example:
            >>> Origin("city.csv", line=9).text("fr")
            'city.csv, ligne 9'
        """
        place = f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell
        line = f"{word('line', lang)} {self.line}" if self.line and not self.cell else ""
        return ", ".join(part for part in (self.file, place, line) if part)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much a validation looked at.

    Args:
        records: how many records (of a network), or how many subjects, have a rule that is about them.
        triples: how many triples the data have.
        rules: how many rules (shapes) it looked with.
        digest: what tells the same rules from others.
    """

    records: int
    triples: int
    rules: int
    digest: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of validation as people read it.

    Args:
        record: the IRI of the record it is about, without a fragment (``_:name`` for what has no IRI).
        titles: the record's title, per language; kind: the name of its kind, or ""; kind_label: as people say it.
        part: the fragment that names a part of the record, or ""; part_label: the part, as people say it.
        field: the field's name, or "" when it is about the record as such; label: as people say it.
        value: the value, when there is one; shown: as people know it.
        level: the level it is in the way of.
        message: the sentence; author_message: the rule's own words, when it has any; advice: what to do.
        code: the code that leads to help.
        rule: the IRI of the rule.
        order: the field's place in the form.
        origin: where the value came from, when that is known.
        fix: the certain correction, when there is exactly one.
        result: what the standard's report says of it; None for what we look at beyond the standard.
        details: the findings this one rests on.
    """

    record: str
    level: str
    message: Texts
    titles: Texts = member(default_factory=dict)
    kind: str = ""
    kind_label: Texts = member(default_factory=dict)
    part: str = ""
    part_label: Texts = member(default_factory=dict)
    field: str = ""
    label: Texts = member(default_factory=dict)
    value: Term | None = None
    shown: Texts = member(default_factory=dict)
    author_message: Texts = member(default_factory=dict)
    advice: Texts = member(default_factory=dict)
    code: str = ""
    rule: str = ""
    order: float = 0
    origin: Origin | None = None
    fix: Fix | None = None
    result: Result | None = None
    details: tuple[Finding, ...] = ()

    @property
    def title(self) -> str:
        """The record's title in the first language there is."""
        return text_in(self.titles, "en")

    @property
    def focus(self) -> str:
        """The IRI that was looked at: the record, or a part of it."""
        return f"{self.record}#{self.part}" if self.part else self.record

    @property
    def component(self) -> str:
        """The IRI of the constraint component, or "" beyond the standard."""
        return self.result.component if self.result else ""

    @property
    def path(self) -> Path | None:
        """The property path that was looked at."""
        return self.result.path if self.result else None

    @property
    def help(self) -> str:
        """Where the help on its code is, below the address that the graph is served at; "" without a code.

        Example:
            >>> Finding("https://example.org/a", "draft", {}, code="SKF-C04").help
            '/help/SKF-C04'
        """
        return f"/help/{self.code}" if self.code else ""

    def as_result(self) -> Result:
        """What the standard's report says of it, with a message: the query's, the author's, or ours.

        Raises:
            ValueError: the finding is beyond the standard.

        Example:
            >>> Finding("https://example.org/a", "draft", {}).as_result()
            Traceback (most recent call last):
            ValueError: this finding is none of the standard's
        """
        if self.result is None:
            raise ValueError("this finding is none of the standard's")
        if self.result.messages:
            return self.result
        texts = self.author_message or self.message
        messages = tuple(ox.Literal(text, language=lang or "und") for lang, text in texts.items())
        return replace(self.result, messages=messages)

    def row(self, lang: str) -> dict[str, str]:
        """The finding as one row of a table.

        Args:
            lang: the language of its texts.

        Example:
            >>> Finding("https://example.org/a", "draft", {"en": "The title is missing."}).row("en")["message"]
            'The title is missing.'
        """
        origin = self.origin or Origin("")
        return {
            "record": self.record,
            "title": text_in(self.titles, lang),
            "kind": text_in(self.kind_label, lang) or self.kind,
            "part": text_in(self.part_label, lang) or self.part,
            "field": self.field,
            "label": text_in(self.label, lang),
            "value": self.value.value if self.value is not None else "",
            "level": self.level,
            "code": self.code,
            "message": text_in(self.message, lang),
            "author_message": text_in(self.author_message, lang),
            "advice": text_in(self.advice, lang),
            "fix": text_in(self.fix.told, lang) if self.fix else "",
            "file": origin.file,
            "sheet": origin.sheet,
            "cell": origin.cell,
            "line": str(origin.line or ""),
            "focus": self.focus,
            "path": str(self.path) if self.path else "",
            "severity": self.result.severity.removeprefix(SH) if self.result else "",
            "component": self.component.removeprefix(SH),
            "rule": self.rule,
        }

    def as_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The finding as JSON has it.

        Args:
            lang: the language of its texts; without it every language there is.

        Example:
            >>> Finding("https://example.org/a", "draft", {"en": "…"}).as_dict()["message"]
            {'en': '…'}
        """
        row: dict[str, Any] = self.row(lang or "en")
        if lang is None:
            row.update(
                title=dict(self.titles),
                kind=self.kind,
                kind_label=dict(self.kind_label),
                part=self.part,
                label=dict(self.label),
                shown=dict(self.shown),
                message=dict(self.message),
                author_message=dict(self.author_message),
                advice=dict(self.advice),
            )
        row["fix"] = self.fix.as_dict(lang) if self.fix else None
        return {**row, "help": self.help, "details": [detail.as_dict(lang) for detail in self.details]}


@dataclass(frozen=True)
class Report:
    """What one validation found.

    Args:
        findings: the findings that are shown and counted, sorted by record.
        checked: the number of focus nodes.
        engine: the name of the engine that looked.
        every: all findings, whatever level is shown; by default the findings.
        records: how complete each record is, when the data are a network's graph under its own shapes.
        coverage: how much was looked at, and with what.
        nearest: classes in the data that no shape is about, each with the class of nearly the same name that shapes are
            about; for shapes that somebody named.
        elsewhere: graphs that these shapes import, or the data name with ``sh:shapesGraph``, and that are not here.
        beyond: what these shapes ask that is no part of the standard, and so is not asked: how often, by property.
    """

    findings: tuple[Finding, ...]
    checked: int
    engine: str = ""
    every: tuple[Finding, ...] | None = None
    records: tuple[RecordState, ...] = ()
    coverage: Coverage | None = None
    nearest: Mapping[str, str] = member(default_factory=dict)
    elsewhere: tuple[str, ...] = ()
    beyond: Mapping[str, int] = member(default_factory=dict)

    @property
    def conforms(self) -> bool:
        """What the standard calls conforming: no result of any severity."""
        every = self.findings if self.every is None else self.every
        return all(finding.result is None for finding in every)

    @property
    def results(self) -> tuple[Result, ...]:
        """The standard's results, of all levels, with the messages of the report."""
        every = self.findings if self.every is None else self.every
        return tuple(finding.as_result() for finding in every if finding.result is not None)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings of each level are shown."""
        return {level: sum(finding.level == level for finding in self.findings) for level in LEVELS}

    def at(self, level: str) -> Report:
        """The same report, showing only what is in the way of a level.

        Args:
            level: draft, publishable or exemplary (everything).

        Raises:
            UnknownName: there is no such level.

        Example:
            >>> Report((Finding("https://example.org/a", "exemplary", {}),), 1).at("draft").findings
            ()
        """
        if level not in LEVELS:
            raise UnknownName.among("level", level, list(LEVELS))
        shown = LEVELS[: LEVELS.index(level) + 1]
        every = self.findings if self.every is None else self.every
        found = tuple(finding for finding in every if finding.level in shown)
        return replace(self, findings=found, every=every)

    def completeness(self, by: str = "record") -> Completeness:
        """How complete the records are, one by one or rolled up.

        Args:
            by: record, city, kind, theme, phase or language.

        Raises:
            UnknownName: nothing is counted by that.
            CouldNotBeDone: the data were not judged by the shapes of a network's records.

        Example:
            >>> from sankofa.validation.completeness import RecordState
            >>> state = RecordState("https://example.org/id/city/a", "city", {"en": "City"}, {"en": "A"})
            >>> Report((), 1, records=(state,)).completeness(by="city").rows[0].records
            1
        """
        from sankofa.validation.rollup import roll_up

        if not self.records and self.checked:
            raise CouldNotBeDone(
                "completeness is counted for a network's records under its own shapes",
                hint="validate a graph, or files without naming other shapes",
            )
        return roll_up(self.records, by)

    def to_graph(self) -> list[ox.Triple]:
        """The validation report as the standard writes it.

        Example:
            >>> len(Report((), 1).to_graph())
            2
        """
        return report_triples(self.results)

    def to_turtle(self) -> str:
        """The validation report as the standard writes it, in Turtle; the same findings give the same text.

        Example:
            >>> "sh:conforms true" in Report((), 1).to_turtle()
            True
        """
        from sankofa.store.formats import write

        return write(
            self.to_graph(), "turtle", prefixes={"sh": SH, "xsd": "http://www.w3.org/2001/XMLSchema#"}
        ).decode()

    def rows(self, lang: str = "en") -> list[dict[str, str]]:
        """The findings as rows.

        Args:
            lang: the language of their texts.

        Example:
            >>> Report((), 1).rows()
            []
        """
        return [finding.row(lang) for finding in self.findings]

    def to_csv(self, lang: str = "en") -> str:
        """The findings as CSV: one header line, one line a finding, nothing else.

        Args:
            lang: the language of their texts.

        Example:
            >>> Report((), 1).to_csv().count("\\n")
            1
        """
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.rows(lang):
            writer.writerow([" ".join(row[column].split()) for column in COLUMNS])
        return out.getvalue()

    def to_json(self, lang: str | None = None) -> str:
        """The findings as JSON.

        Args:
            lang: the language of their texts; without it every language there is.

        Example:
            >>> import json
            >>> json.loads(Report((), 1).to_json())["conforms"]
            True
        """
        import json

        content = {
            "conforms": self.conforms,
            "checked": self.checked,
            "coverage": asdict(self.coverage) if self.coverage else None,
            "engine": self.engine,
            "counts": self.counts,
            "findings": [finding.as_dict(lang) for finding in self.findings],
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    def to_frame(self, lang: str = "en") -> Any:
        """The findings as a data frame of pandas, or of polars where there is no pandas.

        Args:
            lang: the language of their texts.

        Raises:
            CouldNotBeDone: neither is installed.

        Example:
            >>> list(Report((), 1).to_frame().columns)[:2]
            ['record', 'title']
        """
        columns = {column: [row[column] for row in self.rows(lang)] for column in COLUMNS}
        for name in ("pandas", "polars"):
            try:
                library = __import__(name)
            except ModuleNotFoundError:
                continue
            return library.DataFrame(columns)
        raise CouldNotBeDone("a data frame needs pandas or polars", hint="pip install pandas")

    def to_xlsx(self, path: File | str | None = None, *, lang: str = "en") -> bytes:
        """The findings as a workbook; the same findings give the same bytes.

        Args:
            path: the file to write, if any.
            lang: the language of its texts.

        Raises:
            LimitReached: there are more findings than a workbook can hold.
            StorageError: the file cannot be written.

        Example:
            >>> Report((), 1).to_xlsx()[:2]
            b'PK'
        """
        from sankofa.store.disk import write_file
        from sankofa.validation.workbook import workbook

        data = workbook(self, lang)
        if path is not None:
            write_file(File(path), data)
        return data

    def to_text(self, lang: str = "en", *, most: int | None = None) -> str:
        """The findings by record, as a person reads them: no address, no code word of the machinery.

        Args:
            lang: the language.
            most: how many findings to tell; the numbers at the end are those of all.

        Example:
            >>> print(Report((), 0).to_text(), end="")
            Nothing was checked: no rule is about anything in these data.
        """
        from sankofa.validation.telling import findings_text

        lines = findings_text(self.findings[:most], lang)
        if most is not None and len(self.findings) > most:
            lines.extend((f"… {word('more', lang).format(count=len(self.findings) - most)}", ""))
        if not self.checked:
            return "\n".join([*lines, word("nothing-checked", lang)]) + "\n"
        seen = self.coverage
        totals: dict[str, object] = {"checked": self.checked}
        if self.findings:
            counts = ", ".join(f"{word(level, lang)} {count}" for level, count in self.counts.items() if count)
            records = len({finding.record for finding in self.findings})
            totals = {"findings": f"{len(self.findings)} ({counts})", "records": records, **totals}
        if seen and seen.records != self.checked:
            totals["checked"] = f"{self.checked} ({word('records', lang).lower()}{colon(lang)}{seen.records})"
        if seen:
            totals |= {"statements": seen.triples, "rules": seen.rules}
        told = " · ".join(f"{word(name, lang)}{colon(lang)}{total}" for name, total in totals.items())
        lines.append(told if self.findings else f"{word('no-finding', lang)} {told}")
        return "\n".join(lines) + "\n"

"""How complete records are: counted from the shapes alone, rolled up by city, kind, theme, phase or language.

Only what applies counts: the rules that ask for a value, of the record's own kind, up to the level in question. A part
of a record counts with its record. A record reaches a level when nothing needed for it is missing and no finding is in
its way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sankofa.fields import LEVELS, Texts, text_in
from sankofa.validation.telling import in_order, missing_text, numbers_text, row_text
from sankofa.validation.words import LANGUAGES, colon, percent, share, sign, word

if TYPE_CHECKING:
    import pyoxigraph as ox

#: What completeness can be rolled up by.
BY = ("record", "city", "kind", "theme", "phase", "language")


class Gap(NamedTuple):
    """What keeps a record from a level.

    Args:
        level: the level.
        kind: the name of the kind of thing (the record or a part of it).
        field: the name of the field.
        wrong: whether something is there that is wrong, rather than nothing.
    """

    level: str
    kind: str
    field: str
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class RecordState:
    """How complete one record is.

    Args:
        record: its IRI; kind: the name of its kind; kind_label and titles: as people say them.
        needed: how many fields each level needs, the lower levels' among them.
        filled: how many of those are filled in.
        gaps: what is missing or wrong.
        labels: how people call the fields of the gaps, by kind and field, and the kinds themselves, by kind and "".
        cities, themes, phases: the IRIs of those it belongs to, with their titles.
        languages: per language, how many of its texts are there in it.
        texts: how many of its fields hold a text in any language.
        language_names: what people call languages, by tag; language_iris: the IRIs of those that have one.
        kind_class: the IRI of the class that its kind is.
    """

    record: str
    kind: str
    kind_label: Texts
    titles: Texts
    needed: Mapping[str, int] = field(default_factory=dict)
    filled: Mapping[str, int] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    labels: Mapping[tuple[str, str], Texts] = field(default_factory=dict)
    cities: Mapping[str, Texts] = field(default_factory=dict)
    themes: Mapping[str, Texts] = field(default_factory=dict)
    phases: Mapping[str, Texts] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    texts: int = 0
    language_names: Mapping[str, Texts] = field(default_factory=dict)
    language_iris: Mapping[str, str] = field(default_factory=dict)
    kind_class: str = ""

    @property
    def level(self) -> str | None:
        """The highest level it reaches, or None when it is no usable draft yet.

        Example:
            >>> RecordState("r", "city", {}, {}, gaps=(Gap("exemplary", "city", "vision"),)).level
            'publishable'
        """
        return next((level for level in reversed(LEVELS) if self.reaches(level)), None)

    def reaches(self, level: str) -> bool:
        """Whether nothing is in the way of a level."""
        return not self.in_the_way(level)

    def in_the_way(self, level: str) -> tuple[Gap, ...]:
        """The gaps that keep it from a level."""
        below = LEVELS[: LEVELS.index(level) + 1]
        return tuple(gap for gap in self.gaps if gap.level in below)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: the same fields of some records of one kind, after which they all reach a level.

    Args:
        level: the level they reach.
        kind: the name of their kind; kind_label: as people say it.
        gaps: what to fill in or to correct in each of them; labels: as people call the fields.
        records: the IRIs of the records.
        before: how many records of the group reach the level now; after: how many then; total: of how many.
    """

    level: str
    kind: str
    kind_label: Texts
    gaps: tuple[Gap, ...]
    labels: tuple[Texts, ...]
    records: tuple[str, ...]
    before: int
    after: int
    total: int

    def text(self, lang: str) -> str:
        """The action in words.

        Args:
            lang: the language.

        Example:
            >>> Action("publishable", "story", {"en": "Story"}, (Gap("publishable", "story", "licence"),),
            ...        ({"en": "Licence"},), ("a", "b"), 1, 3, 4).text("en")
            'Story (2): fill in Licence → publishable 25% → 75%'
        """
        parts = []
        for wrong, name in ((False, "fill"), (True, "correct")):
            fields = [text_in(one, lang) for gap, one in zip(self.gaps, self.labels, strict=True) if gap.wrong is wrong]
            if fields:
                parts.append(f"{word(name, lang)} {sign('comma', lang).join(dict.fromkeys(fields))}")
        now, then = percent(self.before, self.total, lang), percent(self.after, self.total, lang)
        what = (
            f"{text_in(self.kind_label, lang)} ({len(self.records)}){colon(lang)}{sign('semicolon', lang).join(parts)}"
        )
        return sign("arrow", lang).join([what, f"{word(self.level, lang)} {now}", then])


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that records of a group lack.

    Args:
        kind: the name of the kind; kind_label: as people say it.
        field: the name of the field; label: as people call it.
        level: the level that needs it.
        count: how many times it is missing.
    """

    kind: str
    kind_label: Texts
    field: str
    label: Texts
    level: str
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """How complete one group of records is.

    Args:
        group: the IRI or name of the group; label: as people say it.
        records: how many records it has; kinds: how many of each kind, with its label.
        needed: how many fields their levels need altogether; filled: how many are filled in.
        reached: how many records reach each level.
        missing: what is missing, the most frequent first.
        actions: what raises it most, the cheapest first.
        about: the IRI of what the group is: of the record, city, theme, phase or language, of the kind's class, or "".
    """

    group: str
    label: Texts
    records: int
    needed: int
    filled: int
    reached: Mapping[str, int]
    kinds: tuple[tuple[str, Texts, int], ...] = ()
    missing: tuple[Missing, ...] = ()
    actions: tuple[Action, ...] = ()
    about: str = ""

    @property
    def share(self) -> float | None:
        """The share of the needed fields that are filled in, from 0 to 1 in ten-thousandths; None if none is needed.

        It is 1 only when all are there and 0 only when none is.

        Example:
            >>> Row("mali", {"fr": "Mali"}, 1, 3, 2, {}).share
            0.6667
        """
        return share(self.filled, self.needed)

    def as_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The row as JSON has it.

        Args:
            lang: the language of its texts; without it every language there is.

        Example:
            >>> Row("mali", {"fr": "Mali"}, 1, 2, 1, {}).as_dict("fr")["label"]
            'Mali'
        """

        def said(texts: Texts) -> Any:
            return dict(texts) if lang is None else text_in(texts, lang)

        return {
            "group": self.group,
            "label": said(self.label),
            "records": self.records,
            "needed": self.needed,
            "filled": self.filled,
            "share": self.share,
            "reached": dict(self.reached),
            "kinds": {kind: count for kind, _, count in self.kinds},
            "missing": [
                {"kind": one.kind, "field": one.field, "label": said(one.label), "level": one.level, "count": one.count}
                for one in self.missing
            ],
            "actions": [said({tag: action.text(tag) for tag in LANGUAGES}) for action in self.actions],
        }


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete records are, by group.

    Args:
        by: what they are grouped by.
        rows: one row a group.
        total: all records together.
        base: what the IRIs of the records begin with before ``id/``, or "" where they have no such beginning in common.

    Example:
        >>> Completeness("city", (), Row("", {}, 0, 0, 0, {})).to_text()
        'There is no record yet.\\n'
    """

    by: str
    rows: tuple[Row, ...]
    total: Row
    base: str = ""

    def to_graph(self, base: str | None = None) -> list[ox.Triple]:
        """The numbers as data, in the W3C's Data Quality Vocabulary; the same numbers give the same triples.

        Each number is a ``dqv:QualityMeasurement`` with its share (``dqv:value``), numerator and denominator. A record,
        a city, a theme and a phase are measured under their own IRIs; a kind, a language and what belongs to no group
        are parts of the dataset that are described beside.

        Args:
            base: what the IRIs of the measurements begin with; by default what those of the records begin with.

        Raises:
            ParameterError: the records have no such beginning in common, and none is given.

        Example:
            >>> row = Row("city", {"en": "City"}, 1, 3, 2, {"draft": 1, "publishable": 1, "exemplary": 0})
            >>> measured = Completeness("kind", (row,), row).to_graph("https://example.org/")
            >>> "https://example.org/quality/kind#fields/city" in {triple.subject.value for triple in measured}
            True
        """
        from sankofa.validation.quality import measurements

        return measurements(self, base or self.base)

    def to_turtle(self, base: str | None = None) -> str:
        """The numbers as data, in Turtle; the same numbers give the same text.

        Args:
            base: what the IRIs of the measurements begin with; by default what those of the records begin with.

        Raises:
            ParameterError: the records have no such beginning in common, and none is given.

        Example:
            >>> none = Completeness("city", (), Row("", {}, 0, 0, 0, {}))
            >>> "dqv:QualityMeasurementDataset" in none.to_turtle("https://example.org/")
            True
        """
        from sankofa.store.formats import write
        from sankofa.store.guard import prefixes

        return write(self.to_graph(base), "turtle", prefixes=prefixes()).decode()

    def table(self, lang: str = "en") -> tuple[list[str], list[list[str]]]:
        """The heading and the lines of a table.

        Args:
            lang: the language.

        Example:
            >>> Completeness("city", (), Row("", {}, 0, 0, 0, {})).table()[0][:2]
            ['City', 'Records']
        """
        languages = self.by == "language"
        heading = [word(self.by, lang), word("records", lang), word("filled", lang), word("needed", lang), "%"]
        if not languages:
            heading += [word(level, lang) for level in LEVELS] + [word("missing", lang)]
        lines = []
        for row in in_order(self.rows, self.by, lang):
            line = [text_in(row.label, lang), str(row.records), str(row.filled), str(row.needed)]
            line.append(percent(row.filled, row.needed, lang))
            if not languages:
                line += [str(row.reached.get(level, 0)) for level in LEVELS] + [missing_text(row, lang)]
            lines.append(line)
        return heading, lines

    def to_text(self, lang: str = "en") -> str:
        """What is there and what is missing in each group, and at the end how far all records together are.

        Args:
            lang: the language.

        Example:
            >>> row = Row("mali", {"fr": "Mali"}, 1, 3, 2, {"publishable": 1})
            >>> Completeness("city", (row,), row).to_text()
            'Mali: publishable 1 of 1 (100%); Fields filled in: 2 of 3 (67%)\\n'
        """
        if not self.total.records:
            return word("no-record", lang) + "\n"
        lines = [row_text(row, self.by, lang) for row in in_order(self.rows, self.by, lang)]
        if self.by != "language" and len(self.rows) > 1:
            lines.append(f"{word('all-records', lang)}{colon(lang)}{numbers_text(self.total, 'network', lang)}\n")
        return "".join(lines)

    def to_csv(self, lang: str = "en") -> str:
        """The table as CSV: one header line, one line a group.

        Args:
            lang: the language of labels.

        Example:
            >>> Completeness("kind", (), Row("", {}, 0, 0, 0, {})).to_csv().split(",")[0]
            'group'
        """
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["group", "label", "records", "needed", "filled", "share", *LEVELS, "missing"])
        for row in in_order(self.rows, self.by, lang):
            label = " ".join(text_in(row.label, lang).split())
            reached = [row.reached.get(level, 0) for level in LEVELS]
            counts = [row.records, row.needed, row.filled, row.share, *reached]
            writer.writerow([row.group, label, *counts, missing_text(row, lang)])
        return out.getvalue()

    def to_json(self, lang: str | None = None) -> str:
        """The rows as JSON.

        Args:
            lang: the language of their texts; without it every language there is.

        Example:
            >>> json.loads(Completeness("kind", (), Row("", {}, 0, 0, 0, {})).to_json())["by"]
            'kind'
        """
        rows = [row.as_dict(lang) for row in in_order(self.rows, self.by, lang or "en")]
        content = {"by": self.by, "total": self.total.as_dict(lang), "rows": rows}
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

"""Completeness since a change: what the numbers are now, what they were then, and what lies between.

What was asserted then is recovered from the log and judged like today's graph, by today's rules: a difference comes
from the data alone. A withdrawn record is no longer in the log, so it counts neither now nor then.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sankofa.fields import LEVELS, Fields, Texts, text_in
from sankofa.fields.files import Spo
from sankofa.store import Entry, Store
from sankofa.store.past import asserted_after
from sankofa.validation.completeness import Completeness, Row
from sankofa.validation.telling import called, counted, in_order, standing
from sankofa.validation.words import colon, sign, signed, word

#: The numbers of a row.
NUMBERS = ("records", "needed", "filled", "share", *LEVELS)


def since(store: Store, fields: Fields, now: Completeness, number: int) -> Trend:
    """What the numbers are beside what they were after a change.

    Args:
        store: the graph.
        fields: the kinds and rules that it is judged by.
        now: the numbers now.
        number: the number of the change; 0 for the beginning.

    Raises:
        StorageError: the log cannot be read.
    """
    from sankofa.validation import validate_records

    asserted = cast("list[Spo]", asserted_after(store, number))
    then = validate_records(asserted, fields=fields).completeness(now.by)
    entry = next((entry for entry in store.history() if entry.number == number), None)
    return compare(now, then, number, entry)


@dataclass(frozen=True, slots=True)
class Moved:
    """A group, now and then.

    Args:
        group: its IRI or name; label: as people say it.
        now: its numbers now, None when it is no longer there; then: what they were, None when it was not there.
    """

    group: str
    label: Texts
    now: Row | None
    then: Row | None

    @property
    def row(self) -> Row:
        """Its numbers now, or the last ones there were."""
        row = self.now or self.then
        assert row is not None  # noqa: S101 - it is there now or was there then
        return row

    @property
    def state(self) -> str:
        """``came``, ``went``, ``changed`` or ``same``.

        Example:
            >>> Moved("mali", {}, Row("mali", {}, 1, 3, 2, {}), None).state
            'came'
        """
        if self.now is None or self.then is None:
            return "went" if self.now is None else "came"
        return "same" if numbers(self.now) == numbers(self.then) else "changed"

    @property
    def change(self) -> dict[str, float | None]:
        """What lies between the numbers; where a group was not there, it had nothing.

        Example:
            >>> now, then = Row("mali", {}, 2, 4, 3, {}), Row("mali", {}, 1, 4, 1, {})
            >>> moved = Moved("mali", {}, now, then).change
            >>> moved["records"], moved["filled"], moved["share"]
            (1, 2, 0.5)
        """
        now, then = numbers(self.now), numbers(self.then)
        return {name: _between(now[name], then[name], None if name == "share" else 0) for name in NUMBERS}

    def as_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The group as JSON has it.

        Args:
            lang: the language of its texts; without it every language there is.

        Example:
            >>> Moved("mali", {"fr": "Mali"}, None, Row("mali", {}, 1, 3, 2, {})).as_dict("fr")["state"]
            'went'
        """
        return {
            "group": self.group,
            "label": dict(self.label) if lang is None else text_in(self.label, lang),
            "state": self.state,
            "now": numbers(self.now) if self.now else None,
            "then": numbers(self.then) if self.then else None,
            "change": self.change,
        }


@dataclass(frozen=True, slots=True)
class Trend:
    """How complete records are, and how complete they were.

    Args:
        by: what they are grouped by.
        number: the number of the change after which they are compared; 0 for the beginning.
        entry: the header of that change, None for the beginning.
        rows: one a group that is there now or was there then.
        total: all records together.
    """

    by: str
    number: int
    entry: Entry | None
    rows: tuple[Moved, ...]
    total: Moved

    def to_text(self, lang: str = "en") -> str:
        """What moved, in words; groups without a change are counted in the last line.

        Args:
            lang: the language.

        Example:
            >>> row = Row("mali", {"fr": "Mali"}, 1, 3, 2, {"publishable": 1})
            >>> moved = Moved("mali", {"fr": "Mali"}, row, None)
            >>> print(Trend("city", 0, None, (moved,), moved).to_text(), end="")
            Since the beginning:
            Mali: was not there then; publishable 1 of 1 (100%); Fields filled in: 2 of 3 (67%)
        """
        lines = [f"{self._since(lang)}{colon(lang)}".rstrip()]
        lines += [_moved_text(row, self.by, lang) for row in self._in_order(lang) if row.state != "same"]
        same = sum(row.state == "same" for row in self.rows)
        if same or not self.rows:
            lines.append(word("unchanged", lang).format(count=same, all=len(self.rows)))
        return "\n".join(lines) + "\n"

    def to_csv(self, lang: str = "en") -> str:
        """The numbers as CSV: one header line, one line a group; each number then, now, and the difference.

        Args:
            lang: the language of labels.

        Example:
            >>> nothing = Moved("", {}, Row("", {}, 0, 0, 0, {}), Row("", {}, 0, 0, 0, {}))
            >>> Trend("city", 0, None, (), nothing).to_csv().split(",")[:5]
            ['group', 'label', 'state', 'records_then', 'records_now']
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        ways = ("then", "now", "change")
        writer.writerow(["group", "label", "state", *(f"{name}_{way}" for name in NUMBERS for way in ways)])
        for row in self._in_order(lang):
            said = dict(zip(ways, (numbers(row.then), numbers(row.now), row.change), strict=True))
            label = " ".join(text_in(row.label, lang).split())
            writer.writerow([row.group, label, row.state, *(said[way][name] for name in NUMBERS for way in ways)])
        return out.getvalue()

    def to_json(self, lang: str | None = None) -> str:
        """The numbers as JSON.

        Args:
            lang: the language of texts; without it every language there is.

        Example:
            >>> nothing = Moved("", {}, Row("", {}, 0, 0, 0, {}), Row("", {}, 0, 0, 0, {}))
            >>> json.loads(Trend("city", 0, None, (), nothing).to_json())["since"]["change"]
            0
        """
        said = {name: getattr(self.entry, name, "") for name in ("when", "who", "why")}
        content = {
            "by": self.by,
            "since": {"change": self.number, **said},
            "total": self.total.as_dict(lang),
            "rows": [row.as_dict(lang) for row in self._in_order(lang or "en")],
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    def _in_order(self, lang: str) -> list[Moved]:
        by_group = {row.group: row for row in self.rows}
        return [by_group[row.group] for row in in_order((row.row for row in self.rows), self.by, lang)]

    def _since(self, lang: str) -> str:
        if self.entry is None:
            return word("since-start", lang)
        told = sign("comma", lang).join(text for text in (self.entry.when, self.entry.who, self.entry.why) if text)
        return f"{word('since', lang).format(number=self.number)} ({told})"


def compare(now: Completeness, then: Completeness, number: int, entry: Entry | None = None) -> Trend:
    """Put the numbers of now beside those of then.

    Args:
        now: the numbers now.
        then: what they were, counted in the same way.
        number: the number of the change after which they were so; 0 for the beginning.
        entry: the header of that change.

    Example:
        >>> row = Row("mali", {"fr": "Mali"}, 1, 3, 2, {})
        >>> compare(Completeness("city", (row,), row), Completeness("city", (), row), 0).rows[0].state
        'came'
    """
    before = {row.group: row for row in then.rows}
    there = {row.group for row in now.rows}
    rows = [Moved(row.group, row.label, row, before.get(row.group)) for row in now.rows]
    rows += [Moved(row.group, row.label, None, row) for row in then.rows if row.group not in there]
    by_group = {row.group: row for row in rows}
    ordered = tuple(by_group[row.group] for row in in_order((row.row for row in rows), now.by, "en"))
    return Trend(now.by, number, entry, ordered, Moved("", now.total.label, now.total, then.total))


def numbers(row: Row | None) -> dict[str, float | None]:
    """The numbers of a row by name; none of a group that is not there.

    Args:
        row: the row.

    Example:
        >>> numbers(Row("mali", {}, 1, 4, 1, {"draft": 1}))["draft"]
        1
    """
    if row is None:
        return dict.fromkeys(NUMBERS)
    reached: Mapping[str, int | None] = {level: row.reached.get(level) for level in LEVELS}
    return {"records": row.records, "needed": row.needed, "filled": row.filled, "share": row.share, **reached}


def _between(now: float | None, then: float | None, nothing: float | None) -> float | None:
    if now is None and then is None:
        return None
    now, then = (nothing if number is None else number for number in (now, then))
    return None if now is None or then is None else round(now - then, 4)


def _moved_text(row: Moved, by: str, lang: str) -> str:
    """A group in one line: how far it was, how far it is, the difference."""
    parts = []
    if row.state in ("came", "went"):
        parts.append(word(row.state, lang))
    both = [one for one in (row.then, row.now) if one is not None]
    if by == "record":
        parts.append(sign("arrow", lang).join(dict.fromkeys(standing(one, by, lang) for one in both)))
    elif by != "language":
        ready = [counted(one.reached.get("publishable", 0), one.records, lang) for one in both]
        parts.append(f"{word('publishable', lang)} {sign('arrow', lang).join(dict.fromkeys(ready))}")
        parts[-1] += _difference(row, "publishable", lang) if len(both) > 1 else ""
    filled = sign("arrow", lang).join(dict.fromkeys(counted(one.filled, one.needed, lang) for one in both))
    filled += _difference(row, "filled", lang) if len(both) > 1 else ""
    what = f"{word('texts', lang).lower()} " if by == "language" else f"{word('filled', lang)}{colon(lang)}"
    parts.append(f"{what}{filled}")
    return f"{called(row.row, by, lang)}{colon(lang)}{sign('semicolon', lang).join(parts)}"


def _difference(row: Moved, name: str, lang: str) -> str:
    difference = row.change[name]
    return f"{sign('comma', lang)}{signed(int(difference), lang)}" if difference else ""

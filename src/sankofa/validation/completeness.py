"""How complete records are: counted from the shapes alone, rolled up by city, kind, theme, phase or language.

Only what applies counts: the rules that ask for a value, of the record's own kind, up to the level in question. A part
of a record counts with its record. A record reaches a level when nothing needed for it is missing and no finding is in
its way.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sankofa.errors import UnknownName
from sankofa.fields import LEVELS, Texts, text_in
from sankofa.validation.words import LANGUAGES, colon, percent, word, words

#: What completeness can be rolled up by.
BY = ("record", "city", "kind", "theme", "phase", "language")
_ACTIONS_SHOWN = 3


@dataclass(frozen=True, slots=True, order=True)
class Gap:
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
        texts: how many of its fields hold a text in any language; language_names: what people call languages.
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

    @property
    def level(self) -> str | None:
        """The highest level it reaches, or None when it is no usable draft yet.

        Example:
            >>> RecordState("r", "city", {}, {}, gaps=(Gap("exemplary", "city", "vision"),)).level
            'publishable'
        """
        reached = None
        for level in LEVELS:
            if any(gap.level == level for gap in self.gaps):
                break
            reached = level
        return reached

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
                parts.append(f"{word(name, lang)} {', '.join(dict.fromkeys(fields))}")
        now, then = percent(self.before, self.total, lang), percent(self.after, self.total, lang)
        kind = text_in(self.kind_label, lang)
        return f"{kind} ({len(self.records)}){colon(lang)}{'; '.join(parts)} → {word(self.level, lang)} {now} → {then}"


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

    @property
    def share(self) -> float:
        """The share of the needed fields that are filled in, from 0 to 1."""
        return self.filled / self.needed if self.needed else 1.0

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
            "share": round(self.share, 4),
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
    """

    by: str
    rows: tuple[Row, ...]
    total: Row

    def table(self, lang: str = "en") -> tuple[list[str], list[list[str]]]:
        """The heading and the lines of a table.

        Args:
            lang: the language.

        Example:
            >>> roll_up([], "city").table()[0][:2]
            ['City', 'Records']
        """
        languages = self.by == "language"
        first = word(
            "group" if self.by not in ("record", "city", "kind", "theme", "phase", "language") else self.by, lang
        )
        heading = [first, word("records", lang), word("filled", lang), word("needed", lang), "%"]
        if not languages:
            heading += [word(level, lang) for level in LEVELS] + [word("missing", lang)]
        lines = []
        for row in self.rows:
            line = [text_in(row.label, lang), str(row.records), str(row.filled), str(row.needed)]
            line.append(percent(row.filled, row.needed, lang))
            if not languages:
                line += [str(row.reached.get(level, 0)) for level in LEVELS] + [missing_text(row, lang)]
            lines.append(line)
        return heading, lines

    def to_text(self, lang: str = "en") -> str:
        """What is there and what is missing in each group, in words.

        Args:
            lang: the language.

        Example:
            >>> roll_up([], "city").to_text()
            ''
        """
        return "".join(_row_text(row, self.by, lang) for row in self.rows)

    def to_csv(self, lang: str = "en") -> str:
        """The table as CSV: one header line, one line a group.

        Args:
            lang: the language of labels.

        Example:
            >>> roll_up([], "kind").to_csv().split(",")[0]
            'group'
        """
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["group", "label", "records", "needed", "filled", "share", *LEVELS, "missing"])
        for row in self.rows:
            label = " ".join(text_in(row.label, lang).split())
            reached = [row.reached.get(level, 0) for level in LEVELS]
            counts = [row.records, row.needed, row.filled, round(row.share, 4), *reached]
            writer.writerow([row.group, label, *counts, missing_text(row, lang)])
        return out.getvalue()

    def to_json(self, lang: str | None = None) -> str:
        """The rows as JSON.

        Args:
            lang: the language of their texts; without it every language there is.

        Example:
            >>> json.loads(roll_up([], "kind").to_json())["by"]
            'kind'
        """
        content = {"by": self.by, "total": self.total.as_dict(lang), "rows": [row.as_dict(lang) for row in self.rows]}
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def missing_text(row: Row, lang: str, limit: int = 6) -> str:
    """What is missing in a group, in words.

    Args:
        row: the group.
        lang: the language.
        limit: how many fields to name.

    Example:
        >>> lacking = Missing("city", {"en": "City"}, "vision", {"en": "Vision"}, "exemplary", 1)
        >>> missing_text(Row("g", {}, 1, 2, 1, {}, missing=(lacking,)), "en")
        'City: Vision (1)'
    """
    shown = row.missing[:limit]
    kinds = list(dict.fromkeys(one.kind for one in shown))
    parts = []
    for kind in kinds:
        fields = [f"{text_in(one.label, lang)} ({one.count})" for one in shown if one.kind == kind]
        label = next(text_in(one.kind_label, lang) for one in shown if one.kind == kind)
        parts.append(f"{label}{colon(lang)}{', '.join(fields)}")
    if len(row.missing) > limit:
        parts.append(word("more", lang).format(count=len(row.missing) - limit))
    return "; ".join(parts)


def _row_text(row: Row, by: str, lang: str) -> str:
    """A group in a few lines: how far it is, what is there, what is missing, what to do next."""
    counts = f"{word('of', lang).format(some=row.filled, all=row.needed)} ({percent(row.filled, row.needed, lang)})"
    name = text_in(row.label, lang)
    if by == "language":
        return f"{name}{colon(lang)}{counts}\n"
    if by == "record":
        reached = [level for level in LEVELS if row.reached.get(level)]
        standing = word(reached[-1] if reached else "unusable", lang)
    else:
        ready = row.reached.get("publishable", 0)
        share = percent(ready, row.records, lang)
        standing = f"{word('publishable', lang)} {word('of', lang).format(some=ready, all=row.records)} ({share})"
    lines = [f"{name}{colon(lang)}{standing}; {word('filled', lang)}{colon(lang)}{counts}"]
    if row.kinds and by != "record":
        there = ", ".join(f"{text_in(label, lang)} ({count})" for _, label, count in row.kinds)
        lines.append(f"  {word('there', lang)}{colon(lang)}{there}")
    if row.missing:
        lines.append(f"  {word('missing', lang)}{colon(lang)}{missing_text(row, lang)}")
    if row.actions and by != "record":
        lines.append(f"  {word('next', lang)}{colon(lang)}".rstrip(" "))
        lines.extend(f"    {action.text(lang)}" for action in row.actions)
    return "\n".join(lines) + "\n"


def roll_up(states: Iterable[RecordState], by: str = "record") -> Completeness:
    """Count the states of records by group.

    Args:
        states: how complete each record is.
        by: record, city, kind, theme, phase or language.

    Raises:
        UnknownName: nothing is counted by that.

    Example:
        >>> state = RecordState("https://example.org/id/city/a", "city", {"en": "City"}, {"en": "A"})
        >>> roll_up([state], "kind").rows[0].label
        {'en': 'City'}
    """
    every = sorted(states, key=lambda state: state.record)
    if by not in BY:
        raise UnknownName.among("way to count completeness", by, list(BY))
    total = _row("", words("network"), every)
    if by == "language":
        return Completeness(by, _languages(every), total)
    groups: dict[str, list[RecordState]] = defaultdict(list)
    labels: dict[str, Texts] = {}
    for state in every:
        for group, label in _groups_of(state, by):
            groups[group].append(state)
            labels[group] = label
    # The records that belong to no group stand last.
    order = sorted(groups, key=lambda group: (group in ("", "network"), text_in(labels[group], "en"), group))
    return Completeness(by, tuple(_row(group, labels[group], groups[group]) for group in order), total)


def _groups_of(state: RecordState, by: str) -> list[tuple[str, Texts]]:
    if by == "record":
        return [(state.record, state.titles)]
    if by == "kind":
        return [(state.kind, state.kind_label)]
    found = {"city": state.cities, "theme": state.themes, "phase": state.phases}[by]
    if found:
        return list(found.items())
    if by == "city":
        return [("network", words("network"))]
    names, without = words(by), words("none")
    return [("", {lang: f"{without[lang]} {names[lang].lower()}" for lang in names})]


def _languages(states: Sequence[RecordState]) -> tuple[Row, ...]:
    """Per language, in how many of the fields with a text there is one in it."""
    texts = sum(state.texts for state in states)
    holders = sum(1 for state in states if state.texts)
    names = {tag: texts for state in states[:1] for tag, texts in state.language_names.items()}
    counts: Counter[str] = Counter(dict.fromkeys(LANGUAGES, 0))
    for state in states:
        counts.update(state.languages)
    return tuple(
        Row(tag, names.get(tag, {"": tag}), holders, texts, count, {})
        for tag, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _row(group: str, label: Texts, states: Sequence[RecordState]) -> Row:
    kinds: Counter[str] = Counter(state.kind for state in states)
    kind_labels = {state.kind: state.kind_label for state in states}
    missing: Counter[Gap] = Counter()
    labels: dict[tuple[str, str], Texts] = {}
    for state in states:
        missing.update(gap for gap in state.gaps if not gap.wrong)
        labels.update(state.labels)
    ordered = sorted(missing.items(), key=lambda item: (-item[1], LEVELS.index(item[0].level), item[0]))
    return Row(
        group=group,
        label=label,
        records=len(states),
        needed=sum(state.needed.get("exemplary", 0) for state in states),
        filled=sum(state.filled.get("exemplary", 0) for state in states),
        reached={level: sum(state.reaches(level) for state in states) for level in LEVELS},
        kinds=tuple((kind, kind_labels[kind], count) for kind, count in sorted(kinds.items())),
        missing=tuple(
            Missing(gap.kind, labels[gap.kind, ""], gap.field, labels[gap.kind, gap.field], gap.level, count)
            for gap, count in ordered
        ),
        actions=_actions(states, labels),
    )


def _actions(states: Sequence[RecordState], labels: Mapping[tuple[str, str], Texts]) -> tuple[Action, ...]:
    """The things to do that bring most records on for the least work: to publishable, then to exemplary.

    Records that lack exactly the same are brought on together; the fewer fields each needs, the cheaper.
    """
    goals = [level for level in ("publishable", "exemplary") if not all(state.reaches(level) for state in states)]
    if not goals:
        return ()
    level = goals[0]
    together: dict[tuple[str, tuple[Gap, ...]], list[RecordState]] = defaultdict(list)
    for state in states:
        if gaps := tuple(sorted(set(state.in_the_way(level)))):
            together[state.kind, gaps].append(state)
    before = sum(state.reaches(level) for state in states)

    def cost(item: tuple[tuple[str, tuple[Gap, ...]], list[RecordState]]) -> tuple[Any, ...]:
        (kind, gaps), found = item
        return len(gaps), -len(found), kind, gaps

    return tuple(
        Action(
            level=level,
            kind=kind,
            kind_label=found[0].kind_label,
            gaps=gaps,
            labels=tuple(_action_label(gap, kind, labels) for gap in gaps),
            records=tuple(state.record for state in found),
            before=before,
            after=before + len(found),
            total=len(states),
        )
        for (kind, gaps), found in sorted(together.items(), key=cost)[:_ACTIONS_SHOWN]
    )


def _action_label(gap: Gap, kind: str, labels: Mapping[tuple[str, str], Texts]) -> Texts:
    """What people call a field; one of a part is named with the part."""
    field, owner = labels[gap.kind, gap.field], labels[gap.kind, ""]
    if gap.kind == kind:
        return field
    return {lang: f"{text_in(owner, lang)}{colon(lang)}{text_in(field, lang)}" for lang in LANGUAGES}

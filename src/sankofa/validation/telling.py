"""Findings and completeness in words: what is wrong, how far a group is, what is there and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sankofa.fields import LEVELS, text_in
from sankofa.validation.words import alphabetical, colon, isolated, percent, quoted, sign, word

if TYPE_CHECKING:
    from sankofa.validation.completeness import Row
    from sankofa.validation.report import Finding


def missing_text(row: Row, lang: str, limit: int = 6) -> str:
    """What is missing in a group, in words.

    Args:
        row: the group.
        lang: the language.
        limit: how many fields to name.

    Example:
        >>> from sankofa.validation.completeness import Missing, Row
        >>> lacking = Missing("city", {"en": "City"}, "vision", {"en": "Vision"}, "exemplary", 1)
        >>> missing_text(Row("g", {}, 2, 2, 1, {}, missing=(lacking,)), "en")
        'City: Vision (1)'
        >>> missing_text(Row("g", {}, 1, 2, 1, {}, missing=(lacking,)), "en")
        'City: Vision'
    """
    shown = row.missing[:limit]
    counts = row.records > 1 or any(one.count > 1 for one in shown)
    kinds = list(dict.fromkeys(one.kind for one in shown))
    parts = []
    for kind in kinds:
        here = [one for one in shown if one.kind == kind]
        fields = [text_in(one.label, lang) + (f" ({one.count})" if counts else "") for one in here]
        label = next(text_in(one.kind_label, lang) for one in shown if one.kind == kind)
        parts.append(f"{label}{colon(lang)}{sign('comma', lang).join(fields)}")
    if len(row.missing) > limit:
        parts.append(word("more", lang).format(count=len(row.missing) - limit))
    return sign("semicolon", lang).join(parts)


def counted(some: int, every: int, lang: str) -> str:
    """How many of how many, in words.

    Args:
        some: how many.
        every: of how many.
        lang: the language.

    Example:
        >>> counted(1, 4, "pt")
        '1 de 4 (25%)'
    """
    return f"{word('of', lang).format(some=some, all=every)} ({percent(some, every, lang)})"


def standing(row: Row, by: str, lang: str) -> str:
    """The level that a record reaches, or how many records of a group are publishable.

    Args:
        row: the record or the group.
        by: what it is grouped by.
        lang: the language.

    Example:
        >>> from sankofa.validation.completeness import Row
        >>> standing(Row("g", {}, 4, 9, 8, {"draft": 3, "publishable": 1}), "city", "en")
        'publishable 1 of 4 (25%)'
    """
    if by != "record":
        return f"{word('publishable', lang)} {counted(row.reached.get('publishable', 0), row.records, lang)}"
    reached = [level for level in LEVELS if row.reached.get(level)]
    return word(reached[-1] if reached else "unusable", lang)


def called(row: Row, by: str, lang: str) -> str:
    """What a group is called at the beginning of a line; a record is told with its kind.

    Args:
        row: the record or the group.
        by: what it is grouped by.
        lang: the language.

    Example:
        >>> from sankofa.validation.completeness import Row
        >>> called(Row("fr", {"fr": "français"}, 1, 3, 2, {}), "language", "fr")
        'Français'
    """
    name = text_in(row.label, lang)
    if by == "record" and row.kinds:
        return f"{text_in(row.kinds[0][1], lang)} {quoted(name, lang)}"
    return isolated(name[:1].upper() + name[1:] if by == "language" else name, lang)


def in_order(rows: Iterable[Row], by: str, lang: str) -> list[Row]:
    """The groups as a reader looks for them: by name, records by kind first; last what belongs to no group.

    Args:
        rows: the groups; languages stay in the order of their numbers.
        by: what they are grouped by.
        lang: the reader's language.

    Example:
        >>> from sankofa.validation.completeness import Row
        >>> rows = [Row("a", {"fr": "Ville"}, 1, 1, 1, {}), Row("b", {"fr": "Événement"}, 1, 1, 1, {})]
        >>> [row.group for row in in_order(rows, "kind", "fr")]
        ['b', 'a']
    """

    def place(row: Row) -> tuple[bool, str, str, str]:
        none = not row.about and by in ("city", "theme", "phase")
        kind = alphabetical(text_in(row.kinds[0][1], lang)) if by == "record" and row.kinds else ""
        return none, kind, alphabetical(text_in(row.label, lang)), row.group

    return list(rows) if by == "language" else sorted(rows, key=place)


def numbers_text(row: Row, by: str, lang: str) -> str:
    """How far a record or a group is: its level, and how many of its fields are filled in.

    Args:
        row: the record or the group.
        by: what it is grouped by.
        lang: the language.

    Example:
        >>> from sankofa.validation.completeness import Row
        >>> numbers_text(Row("a", {}, 1, 4, 3, {"draft": 1}), "record", "en")
        'draft; Fields filled in: 3 of 4 (75%)'
    """
    filled = f"{word('filled', lang)}{colon(lang)}{counted(row.filled, row.needed, lang)}"
    return f"{standing(row, by, lang)}{sign('semicolon', lang)}{filled}"


def row_text(row: Row, by: str, lang: str) -> str:
    """A group in a few lines: how far it is, what is there, what is missing, what to do next.

    Args:
        row: the record or the group.
        by: what it is grouped by.
        lang: the language.

    Example:
        >>> from sankofa.validation.completeness import Row
        >>> row_text(Row("fr", {"fr": "français"}, 1, 3, 2, {}), "language", "fr")
        'Français\\xa0: textes 2 sur 3 (67\\xa0%)\\n'
    """
    name = called(row, by, lang)
    if by == "language":
        return f"{name}{colon(lang)}{word('texts', lang).lower()} {counted(row.filled, row.needed, lang)}\n"
    lines = [f"{name}{colon(lang)}{numbers_text(row, by, lang)}"]
    if row.kinds and by not in ("record", "kind"):
        kinds = sorted(
            ((text_in(label, lang), count) for _, label, count in row.kinds), key=lambda one: alphabetical(one[0])
        )
        there = sign("comma", lang).join(f"{label} ({count})" for label, count in kinds)
        lines.append(f"  {word('there', lang)}{colon(lang)}{there}")
    if row.missing:
        lines.append(f"  {word('missing', lang)}{colon(lang)}{missing_text(row, lang)}")
    if row.actions and by != "record":
        lines.append(f"  {word('next', lang)}{colon(lang)}".rstrip(" "))
        lines.extend(f"    {action.text(lang)}" for action in row.actions)
    return "\n".join(lines) + "\n"


def findings_text(findings: Sequence[Finding], lang: str) -> list[str]:
    """Findings by record, in lines.

    Args:
        findings: the findings, sorted by record.
        lang: the language.

    Example:
        >>> findings_text([], "en")
        []
    """
    return [line for group in _by_record(findings) for line in _record_text(group, lang)]


def correction_text(finding: Finding, lang: str) -> str:
    """The certain correction of a finding in one line, with the record that it is in.

    Args:
        finding: the finding.
        lang: the language.

    Example:
        >>> from sankofa.validation.report import Finding
        >>> correction_text(Finding("http://example.org/a", "draft", {}, titles={"en": "A"}), "en")
        'Record “A”: '
    """
    told = text_in(finding.fix.told, lang) if finding.fix else ""
    return f"{_heading(finding, lang)}{colon(lang)}{told}"


def _heading(finding: Finding, lang: str) -> str:
    kind = text_in(finding.kind_label, lang) or word("record", lang)
    return f"{isolated(kind, lang)} {quoted(text_in(finding.titles, lang), lang)}"


def _by_record(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    group: list[Finding] = []
    for finding in findings:
        if group and finding.record != group[0].record:
            yield group
            group = []
        group.append(finding)
    if group:
        yield group


def _record_text(group: list[Finding], lang: str) -> list[str]:
    """A record's findings: a heading, then for each what is wrong, at which level, where, what to do."""
    lines = [_heading(group[0], lang)]
    advised = ""
    for finding in group:
        about = f"{text_in(finding.part_label, lang)}{colon(lang)}" if finding.part else ""
        place = f"{isolated(finding.origin.text(lang), lang)}{colon(lang)}" if finding.origin else ""
        sentences = [text_in(finding.message, lang), isolated(text_in(finding.author_message, lang), lang)]
        texts = [text for text in dict.fromkeys(sentences) if text]
        lines.append(
            f"  [{word(finding.level, lang)}] {place}{about}{' '.join(texts)} ({isolated(finding.code, lang)})"
        )
        advice = text_in(finding.advice, lang)
        if advice and advice != advised:
            lines.append(f"      {advice}")
            advised = advice
        if finding.fix:
            lines.append(f"      {word('fix', lang)}{colon(lang)}{text_in(finding.fix.told, lang)}")
    return [*lines, ""]

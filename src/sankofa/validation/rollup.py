"""From the state of each record to numbers by city, kind, theme, phase or language."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sankofa.errors import UnknownName
from sankofa.fields import LEVELS, Texts, text_in
from sankofa.validation.completeness import BY, Action, Completeness, Gap, Missing, RecordState, Row
from sankofa.validation.telling import in_order
from sankofa.validation.words import LANGUAGES, colon, words

_ACTIONS_SHOWN = 3


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
    total = _row("", "", words("network"), every)
    beginnings = {state.record.partition("/id/")[0] for state in every if "/id/" in state.record}
    base = f"{min(beginnings)}/" if len(beginnings) == 1 else ""
    if by == "language":
        return Completeness(by, _languages(every), total, base)
    groups: dict[str, list[RecordState]] = defaultdict(list)
    told: dict[str, tuple[str, Texts]] = {}
    none = _without(by)
    for state in every:
        for group, iri, label in _groups_of(state, by) or (none,):
            groups[group].append(state)
            told[group] = iri, label
    rows = (_row(group, *told[group], members) for group, members in groups.items())
    return Completeness(by, tuple(in_order(rows, by, "en")), total, base)


def _groups_of(state: RecordState, by: str) -> Sequence[tuple[str, str, Texts]]:
    """The groups of a record: the name of each, its IRI, and what people call it."""
    if by == "record":
        return ((state.record, state.record, state.titles),)
    if by == "kind":
        return ((state.kind, state.kind_class, state.kind_label),)
    found = {"city": state.cities, "theme": state.themes, "phase": state.phases}[by]
    return [(iri, iri, titles) for iri, titles in found.items()]


def _without(by: str) -> tuple[str, str, Texts]:
    """The group of the records that belong to none; what is about no city is the network's."""
    if by == "city":
        return "network", "", words("network")
    return "", "", words(f"without-{by}") if by in ("theme", "phase") else {}


def _languages(states: Sequence[RecordState]) -> tuple[Row, ...]:
    """Per language, in how many of the fields with a text there is one in it."""
    texts = sum(state.texts for state in states)
    holders = sum(1 for state in states if state.texts)
    names = states[0].language_names if states else {}
    iris = states[0].language_iris if states else {}
    counts: Counter[str] = Counter(dict.fromkeys(LANGUAGES, 0))
    for state in states:
        counts.update(state.languages)
    return tuple(
        Row(
            tag,
            names.get(tag) or (words("und") if tag == "und" else {"": tag}),
            holders,
            texts,
            count,
            {},
            about=iris.get(tag, ""),
        )
        for tag, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _row(group: str, about: str, label: Texts, states: Sequence[RecordState]) -> Row:
    # Many records lack exactly the same: what they lack is looked at once.
    alike: dict[tuple[str, tuple[Gap, ...]], list[RecordState]] = defaultdict(list)
    needed = filled = 0
    for state in states:
        alike[state.kind, state.gaps].append(state)
        needed += state.needed.get("exemplary", 0)
        filled += state.filled.get("exemplary", 0)
    kinds: Counter[str] = Counter()
    missing: Counter[Gap] = Counter()
    reached = dict.fromkeys(LEVELS, 0)
    labels: dict[tuple[str, str], Texts] = {}
    kind_labels: dict[str, Texts] = {}
    for (kind, gaps), found in alike.items():
        kinds[kind] += len(found)
        for gap in gaps:
            if not gap.wrong:
                missing[gap] += len(found)
        for level in LEVELS:
            reached[level] += len(found) if found[0].reaches(level) else 0
        labels.update(found[-1].labels)
        kind_labels[kind] = found[-1].kind_label
    ordered = sorted(missing.items(), key=lambda item: (-item[1], LEVELS.index(item[0].level), item[0]))
    return Row(
        group=group,
        label=label,
        records=len(states),
        needed=needed,
        filled=filled,
        reached=reached,
        kinds=tuple((kind, kind_labels[kind], count) for kind, count in sorted(kinds.items())),
        missing=tuple(
            Missing(gap.kind, labels[gap.kind, ""], gap.field, labels[gap.kind, gap.field], gap.level, count)
            for gap, count in ordered
        ),
        actions=_actions(alike.values(), reached, labels, len(states)),
        about=about,
    )


def _actions(
    alike: Collection[list[RecordState]],
    reached: Mapping[str, int],
    labels: Mapping[tuple[str, str], Texts],
    total: int,
) -> tuple[Action, ...]:
    """The things to do that bring most records on for the least work: to publishable, then to exemplary.

    Records that lack exactly the same are brought on together; the fewer fields each needs, the cheaper.
    """
    level = next((level for level in ("publishable", "exemplary") if reached[level] < total), None)
    if level is None:
        return ()
    together: dict[tuple[str, tuple[Gap, ...]], list[RecordState]] = defaultdict(list)
    for states in alike:
        if gaps := tuple(sorted(set(states[0].in_the_way(level)))):
            together[states[0].kind, gaps] += states
    before = reached[level]

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
            records=tuple(sorted(state.record for state in found)),
            before=before,
            after=before + len(found),
            total=total,
        )
        for (kind, gaps), found in sorted(together.items(), key=cost)[:_ACTIONS_SHOWN]
    )


def _action_label(gap: Gap, kind: str, labels: Mapping[tuple[str, str], Texts]) -> Texts:
    """What people call a field; one of a part is named with the part."""
    field, owner = labels[gap.kind, gap.field], labels[gap.kind, ""]
    if gap.kind == kind:
        return field
    return {lang: f"{text_in(owner, lang)}{colon(lang)}{text_in(field, lang)}" for lang in LANGUAGES}

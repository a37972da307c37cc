"""From data and findings to the state of each record: what its levels need, what is there, what it belongs to.

The state of a record follows from its own triples and those of its parts, from the titles of what it refers to, and
from the findings about it. So after a change only the records that it touches need to be judged again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import pyoxigraph as ox

from sankofa.fields import LEVELS, Fields, Kind, Path, Texts, local_name
from sankofa.fields.files import Node, Term
from sankofa.fields.literals import LANG_STRING
from sankofa.fields.model import RDF, SKOS
from sankofa.terms import SKF
from sankofa.validation.completeness import Gap, RecordState
from sankofa.validation.data import Data, Lookup
from sankofa.validation.report import Finding

_MIN_COUNT = "MinCountConstraintComponent"
_RECORD = SKF.Record


class Known(Lookup, Protocol):
    """What must be known of the data to say how complete a record is."""

    def all(self, node: Term, predicate: str) -> Sequence[Term]:
        """The values of a property."""


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages that texts are in, as the vocabularies have them.

    Args:
        names: what people call each, by tag.
        iris: its IRI, by tag.
    """

    names: Mapping[str, Texts] = field(default_factory=dict)
    iris: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Data) -> Languages:
        """The languages that are described in some data.

        Args:
            data: the data.

        Example:
            >>> Languages.of(Data([])).names
            {}
        """
        language = ox.NamedNode(SKF.Language)
        known = {
            notation.value: node
            for node, said in data.by.items()
            if language in said.get(RDF + "type", ())
            for notation in said.get(SKOS + "notation", ())
        }
        names = {tag: data.titles(node) for tag, node in known.items()}
        return cls(names, {tag: node.value for tag, node in known.items() if isinstance(node, ox.NamedNode)})


def assess(
    data: Data,
    fields: Fields,
    findings: Iterable[Finding] = (),
    *,
    records: Collection[str] | None = None,
    languages: Languages | None = None,
) -> tuple[RecordState, ...]:
    """Say of each record how complete it is.

    Args:
        data: what was asserted, with the titles of what it refers to.
        fields: the kinds and their rules.
        findings: what validation found; what is wrong is in the way of a level just as what is missing.
        records: the IRIs of the records to judge; by default all that are in the data.
        languages: the languages that texts are in; by default those that the data describe.

    Example:
        >>> from sankofa.fields import read_fields
        >>> assess(Data([]), read_fields())
        ()
    """
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.record].append(finding)
    subjects: defaultdict[str, list[Node]] = defaultdict(list)
    for subject in data.by:
        if isinstance(subject, ox.NamedNode):
            record = subject.value.partition("#")[0]
            if records is None or record in records:
                subjects[record].append(subject)
    known = Languages.of(data) if languages is None else languages
    title = lru_cache(maxsize=None)(lambda iri: _title(data, iri))  # the same few hundred things, over and over
    states = (
        record_state(record, subjects[record], data, fields, found.get(record, ()), languages=known, title=title)
        for record in sorted(subjects)
    )
    return tuple(state for state in states if state is not None)


def record_state(
    record: str,
    subjects: Iterable[Node],
    data: Known,
    fields: Fields,
    findings: Iterable[Finding] = (),
    *,
    languages: Languages,
    title: Callable[[str], Texts] | None = None,
) -> RecordState | None:
    """Say of one record how complete it is.

    Args:
        record: its IRI.
        subjects: the record and its parts, in any order: what is described under its IRI and fragments of it.
        data: the triples of these, and the titles of what they refer to; a rule whose path leads further needs more.
        fields: the kinds and their rules.
        findings: what validation found in it.
        languages: the languages that texts are in.
        title: says what people call a thing; by default as the data do.

    Returns:
        Its state; None when there is no record of a known kind under that IRI.

    Example:
        >>> from sankofa.fields import read_fields
        >>> city = ox.NamedNode("https://example.org/id/city/bamako")
        >>> data = Data([(city, ox.NamedNode(RDF + "type"), ox.NamedNode(SKF.City))])
        >>> record_state(city.value, [city], data, read_fields(), languages=Languages()).filled["exemplary"]
        0
    """
    members = [
        (node, kind)
        for node in sorted(subjects, key=lambda node: node.value)
        if (kind := fields.kind_of(data.types(node))) is not None
    ]
    # A part whose record is not there is no record; validation says what is wrong with it.
    if not members or members[0][0].value != record:
        return None
    needed, filled = dict.fromkeys(LEVELS, 0), dict.fromkeys(LEVELS, 0)
    gaps: list[Gap] = []
    labels: dict[tuple[str, str], Texts] = {}
    tags: dict[str, int] = {}
    texts = 0
    for node, kind in members:
        as_record = kind.always_record or _RECORD in data.types(node)
        for need in _needs(fields)[kind.name, as_record]:
            there = data.count(node, need.path) >= need.least
            for level in need.levels:
                needed[level] += 1
                filled[level] += there
            if not there:
                gaps.append(need.gap)
                labels[kind.name, need.gap.field], labels[kind.name, ""] = need.label, kind.label
        for predicate in _text_fields(fields)[kind.name]:
            values = {value.language for value in data.all(node, predicate) if isinstance(value, ox.Literal)}
            present = {tag.partition("-")[0] for tag in values if tag}
            texts += bool(present)
            for tag in present:
                tags[tag] = tags.get(tag, 0) + 1
    for gap, label in _wrong(findings):
        gaps.append(gap)
        labels.setdefault((gap.kind, gap.field), label)
        labels[gap.kind, ""] = fields.kinds[gap.kind].label
    node, kind = members[0]
    called = title or (lambda iri: _title(data, iri))

    def belongs(name: str, predicate: str) -> Mapping[str, Texts]:
        """What it is about: itself when it is one of those, else what it says."""
        said = {value.value for value in data.all(node, predicate) if isinstance(value, ox.NamedNode)}
        return {iri: called(iri) for iri in ([record] if kind.name == name else sorted(said))}

    return RecordState(
        record=record,
        kind=kind.name,
        kind_label=kind.label,
        titles=called(record),
        needed=needed,
        filled=filled,
        gaps=tuple(sorted(gaps)),
        labels=labels,
        cities=belongs("city", SKF.city),
        themes=belongs("theme", SKF.theme),
        phases=belongs("phase", SKF.phase),
        languages=tags,
        texts=texts,
        language_names=languages.names,
        language_iris=languages.iris,
        kind_class=kind.iri,
    )


@dataclass(frozen=True, slots=True)
class _Need:
    """A rule that asks for a value: where, how many, for which levels, and the gap when there are fewer."""

    path: Path
    least: int
    levels: tuple[str, ...]
    gap: Gap
    label: Texts


@lru_cache(maxsize=8)
def _needs(fields: Fields) -> Mapping[tuple[str, bool], tuple[_Need, ...]]:
    """What each kind needs, as a record and as a part of one."""
    return {
        (kind.name, as_record): tuple(_needs_of(fields, kind, as_record))
        for kind in fields.kinds.values()
        for as_record in (True, False)
    }


def _needs_of(fields: Fields, kind: Kind, as_record: bool) -> Iterable[_Need]:
    names = {field.predicate: field.name for field in (kind.fields if as_record else kind.part_fields)}
    for iri in dict.fromkeys(rule.iri for rule in (kind.rules if as_record else kind.part_rules)):
        rule = fields.rules[iri]
        if rule.min >= 1 and rule.path is not None:
            name = names.get(rule.path.predicate) or local_name(iri).partition("-")[2]
            levels = LEVELS[LEVELS.index(rule.level) :]
            yield _Need(rule.path, rule.min, levels, Gap(rule.level, kind.name, name), rule.label or {"": name})


@lru_cache(maxsize=8)
def _text_fields(fields: Fields) -> Mapping[str, frozenset[str]]:
    """The properties of each kind that hold texts in languages."""
    return {
        kind.name: frozenset(field.predicate for field in kind.fields if LANG_STRING in field.datatypes)
        for kind in fields.kinds.values()
    }


def _wrong(findings: Iterable[Finding]) -> list[tuple[Gap, Texts]]:
    """What is wrong, each once, in order.

    What is missing is counted from the rules, so that it is counted once whatever an engine says.
    """
    found = {
        (Gap(one.level, one.kind, one.field or "record", wrong=True), tuple(sorted(one.label.items())))
        for one in findings
        if not one.component.endswith(_MIN_COUNT)
    }
    return [(gap, dict(label)) for gap, label in sorted(found)]


def _title(data: Lookup, iri: str) -> Texts:
    return data.titles(ox.NamedNode(iri)) or {"": local_name(iri).replace("-", " ")}

"""From data and findings to the state of each record: what its levels need, what is there, what it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from sankofa.fields import LEVELS, Fields, Kind, Rule, Texts, local_name
from sankofa.fields.files import Node
from sankofa.fields.literals import LANG_STRING
from sankofa.fields.model import RDF, SKOS
from sankofa.terms import SKF
from sankofa.validation.completeness import Gap, RecordState
from sankofa.validation.data import Data
from sankofa.validation.report import Finding

_MIN_COUNT = "MinCountConstraintComponent"
_RECORD = SKF.Record


def assess(data: Data, fields: Fields, findings: Iterable[Finding] = ()) -> tuple[RecordState, ...]:
    """Say of each record how complete it is.

    Args:
        data: what was asserted, with the titles of what it refers to.
        fields: the kinds and their rules.
        findings: what validation found; what is wrong is in the way of a level just as what is missing.

    Example:
        >>> from sankofa.fields import read_fields
        >>> assess(Data([]), read_fields())
        ()
    """
    wrong: dict[str, set[tuple[Gap, tuple[tuple[str, str], ...]]]] = {}
    for finding in findings:
        # What is missing is counted from the rules below, so that it is counted once whatever an engine says.
        if not finding.component.endswith(_MIN_COUNT):
            gap = Gap(finding.level, finding.kind, finding.field or "record", wrong=True)
            wrong.setdefault(finding.record, set()).add((gap, tuple(sorted(finding.label.items()))))
    assessment = _Assessment(data, fields)
    members: dict[str, list[tuple[Node, Kind]]] = {}
    for subject in data.by:
        if isinstance(subject, ox.NamedNode) and (kind := fields.kind_of(data.types(subject))) is not None:
            members.setdefault(subject.value.partition("#")[0], []).append((subject, kind))
    states = []
    for record in sorted(members):
        found = sorted(members[record], key=lambda member: member[0].value)
        # A part whose record is not there is no record; validation says what is wrong with it.
        if found[0][0].value == record:
            states.append(assessment.state(record, found, wrong.get(record, set())))
    return tuple(states)


class _Assessment:
    """Counts what records need."""

    def __init__(self, data: Data, fields: Fields) -> None:
        self._data = data
        self._fields = fields
        self._needs: dict[tuple[str, bool], tuple[tuple[Rule, str], ...]] = {}
        self._texts: dict[str, frozenset[str]] = {
            kind.name: frozenset(field.predicate for field in kind.fields if LANG_STRING in field.datatypes)
            for kind in fields.kinds.values()
        }
        self._titles: dict[str, Texts] = {}
        known = {
            notation.value: node
            for node, said in data.by.items()
            if ox.NamedNode(SKF.Language) in said.get(RDF + "type", ())
            for notation in said.get(SKOS + "notation", ())
        }
        self._languages = {tag: data.titles(node) for tag, node in known.items()}
        self._language_iris = {tag: node.value for tag, node in known.items() if isinstance(node, ox.NamedNode)}

    def state(
        self, record: str, members: list[tuple[Node, Kind]], wrong: set[tuple[Gap, tuple[tuple[str, str], ...]]]
    ) -> RecordState:
        """The state of a record with its parts, which come after it."""
        needed, filled = dict.fromkeys(LEVELS, 0), dict.fromkeys(LEVELS, 0)
        gaps: list[Gap] = []
        labels: dict[tuple[str, str], Texts] = {}
        languages: dict[str, int] = {}
        texts = 0
        for node, kind in members:
            as_record = kind.always_record or _RECORD in self._data.types(node)
            for rule, name in self._needs_of(kind, as_record):
                assert rule.path is not None  # noqa: S101 - _needs_of leaves out the rules without one
                there = self._data.count(node, rule.path) >= rule.min
                for level in LEVELS[LEVELS.index(rule.level) :]:
                    needed[level] += 1
                    filled[level] += there
                if not there:
                    gaps.append(Gap(rule.level, kind.name, name))
                    labels[kind.name, name], labels[kind.name, ""] = rule.label or {"": name}, kind.label
            for predicate in self._texts[kind.name]:
                tags = {value.language for value in self._data.all(node, predicate) if isinstance(value, ox.Literal)}
                present = {tag for tag in tags if tag}
                texts += bool(present)
                for tag in {tag.partition("-")[0] for tag in present}:
                    languages[tag] = languages.get(tag, 0) + 1
        for gap, label in wrong:
            gaps.append(gap)
            labels.setdefault((gap.kind, gap.field), dict(label))
            labels[gap.kind, ""] = self._fields.kinds[gap.kind].label
        node, kind = members[0]
        return RecordState(
            record=record,
            kind=kind.name,
            kind_label=kind.label,
            titles=self._title(record),
            needed=needed,
            filled=filled,
            gaps=tuple(sorted(gaps)),
            labels=labels,
            cities=self._belongs(node, kind, "city", SKF.city),
            themes=self._belongs(node, kind, "theme", SKF.theme),
            phases=self._belongs(node, kind, "phase", SKF.phase),
            languages=languages,
            texts=texts,
            language_names=self._languages,
            language_iris=self._language_iris,
            kind_class=kind.iri,
        )

    def _needs_of(self, kind: Kind, as_record: bool) -> tuple[tuple[Rule, str], ...]:
        """The rules that ask for something, each with the name of what it asks for."""
        key = (kind.name, as_record)
        if key not in self._needs:
            rules = kind.rules if as_record else kind.part_rules
            fields = {field.predicate: field.name for field in (kind.fields if as_record else kind.part_fields)}
            found = []
            for rule in dict.fromkeys(rule.iri for rule in rules):
                one = self._fields.rules[rule]
                if one.min >= 1 and one.path is not None:
                    found.append((one, fields.get(one.path.predicate) or local_name(one.iri).partition("-")[2]))
            self._needs[key] = tuple(found)
        return self._needs[key]

    def _belongs(self, node: Node, kind: Kind, name: str, predicate: str) -> Mapping[str, Texts]:
        """What a record is about: itself when it is one of those, else what it says."""
        if kind.name == name:
            return {node.value: self._title(node.value)}
        found = {value.value for value in self._data.all(node, predicate) if isinstance(value, ox.NamedNode)}
        return {iri: self._title(iri) for iri in sorted(found)}

    def _title(self, iri: str) -> Texts:
        if iri not in self._titles:
            slug = local_name(iri).replace("-", " ")
            self._titles[iri] = self._data.titles(ox.NamedNode(iri)) or {"": slug}
        return self._titles[iri]

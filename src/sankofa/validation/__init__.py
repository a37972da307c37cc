"""Validation: what is wrong or missing in data, judged by shapes, told in words that people understand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from sankofa.errors import UnknownName
from sankofa.fields import Fields, read_fields, read_rules
from sankofa.fields.files import Spo
from sankofa.fields.model import TYPE
from sankofa.validation import columns, reference
from sankofa.validation.assess import assess
from sankofa.validation.beyond import crossed, unseen
from sankofa.validation.completeness import Action, Completeness, Missing, RecordState, Row
from sankofa.validation.data import Data
from sankofa.validation.describe import Describer, Origins, place
from sankofa.validation.messages import messages
from sankofa.validation.model import Shapes
from sankofa.validation.report import Coverage, Finding, Origin, Report
from sankofa.validation.results import Result
from sankofa.validation.shapes import read_shapes
from sankofa.validation.sources import Files, Source, Together, Triples, source_of
from sankofa.validation.sources import vocabularies as shipped_vocabularies
from sankofa.validation.targets import Targets
from sankofa.validation.unseen import covered, nearest_targets

__all__ = [
    "Action",
    "Completeness",
    "Coverage",
    "Finding",
    "Missing",
    "Origin",
    "Origins",
    "RecordState",
    "Report",
    "Result",
    "Row",
    "validate_by",
    "validate_files",
    "validate_records",
]

_ENGINES = (columns.NAME, reference.NAME)
_BEST = columns.NAME


def validate_files(
    data: Sequence[Path | str], shapes: Sequence[Path | str] | None = None, *, engine: str | None = None
) -> Report:
    """Judge RDF files by shapes.

    With shapes named, the results are the standard's and nothing else. Without, the files are judged as the records of
    a network: with the vocabularies and the class tree that we ship, by the shapes that we ship.

    Args:
        data: the files to judge; the triples of their named graphs count too.
        shapes: the shape files; by default the shapes of a network's records.
        engine: the name of the engine; by default the best there is.

    Raises:
        UnreadableInput: a file is missing or broken, or the shapes are not well-formed.
        ForbiddenQuery: a query in the shapes would open a connection.
        UnknownName: there is no such engine.

    Example:
        >>> from sankofa.shipped import shape_files
        >>> validate_files([], shape_files()).checked
        0
    """
    _named(engine)  # an unknown one is told before any file is read
    source = Files(tuple(Path(file) for file in data))
    return validate_records(source, engine=engine) if shapes is None else validate_by(source, shapes, engine=engine)


def validate_by(data: Source | Iterable[Spo], shapes: Sequence[Path | str], *, engine: str | None = None) -> Report:
    """Judge triples by shape files, whoever wrote them: the results are the standard's and nothing else.

    Args:
        data: the triples to judge.
        shapes: the shape files.
        engine: the name of the engine; by default the best there is.

    Raises:
        UnreadableInput: a file is missing or broken, or the shapes are not well-formed.
        ForbiddenQuery: a query in the shapes would open a connection.
        UnknownName: there is no such engine.

    Example:
        >>> from sankofa.shipped import shape_files
        >>> validate_by([], shape_files()).checked
        0
    """
    name = _named(engine)
    rules = read_rules([Path(file) for file in shapes])
    source = source_of(data)
    if name == columns.NAME:
        with columns.Table() as table:
            source.fill(table)
            outcome = columns.judge(table, _shapes_of(rules), rules.shapes)
            outcome.known.look_up(Describer.asks_about(outcome.results))
            findings = Describer(rules, messages(), outcome.known).findings(outcome.results)
            checked, classes, tree = outcome.checked, set(table.classes()), Data(table.class_tree())
            coverage = covered(rules, outcome.subjects, outcome.triples)
    else:
        tree = Data(source.triples)
        findings = Describer(rules, messages(), tree).findings(reference.results(source.triples, rules))
        focus_nodes = Targets(rules.shapes).focus_nodes(tree)
        checked = len(focus_nodes)
        classes = {value.value for said in tree.by.values() for value in said.get(TYPE.value, ())}
        coverage = covered(rules, len(focus_nodes & tree.by.keys()), len(source.triples))
    nearest = nearest_targets(classes, tree, rules, alike=0.8 if checked else 0.6)
    return Report(findings, checked, name, coverage=coverage, nearest=nearest)


def validate_records(
    asserted: Source | Iterable[Spo],
    *,
    vocabularies: Iterable[Spo] | None = None,
    fields: Fields | None = None,
    engine: str | None = None,
    origins: Origins | None = None,
) -> Report:
    """Judge a network's records by its shapes: what was asserted, with vocabularies and class tree, no inferences.

    Args:
        asserted: the triples that people asserted.
        vocabularies: the triples of the closed lists; by default those that we ship.
        fields: the kinds and rules; by default those that we ship.
        engine: the name of the engine; by default the best there is.
        origins: says where a value came from (file, sheet, cell).

    Raises:
        UnreadableInput: the shapes are not well-formed.
        UnknownName: there is no such engine.

    Example:
        >>> validate_records([]).checked
        0
    """
    name = _named(engine)
    described = fields or read_fields()
    lists = shipped_vocabularies() if vocabularies is None else tuple(vocabularies)
    own = source_of(asserted)
    source = Together((own, Triples((*lists, *described.class_tree))))
    looked_up = Data(source.triples)
    focus_nodes = Targets(described.shapes).focus_nodes(looked_up)
    if name == columns.NAME:
        with columns.Table() as table:
            source.fill(table)
            results: Sequence[Result] = columns.judge(table, _shapes_of(described), described.shapes).results
    else:
        results = reference.results(source.triples, described)
    describer = Describer(described, messages(), looked_up, origins)
    findings = describer.findings(results)
    subjects = dict.fromkeys(subject for subject, _, _ in own.triples)
    unknown = unseen(described, looked_up, subjects, describer)
    records = [subject for subject in subjects if subject in focus_nodes and "#" not in subject.value]
    return Report(
        tuple(sorted([*findings, *unknown, *crossed(source.triples, describer)], key=place)),
        len(focus_nodes),
        name,
        # What a check finds lies between records: no field of this one is missing for it.
        records=assess(looked_up, described, [*findings, *unknown]),
        coverage=covered(described, len(records), len(own.triples)),
    )


def _named(engine: str | None) -> str:
    if (engine or _BEST) not in _ENGINES:
        raise UnknownName.among("engine", engine or _BEST, list(_ENGINES))
    return engine or _BEST


@lru_cache(maxsize=8)
def _shapes_of(fields: Fields) -> Shapes:
    return read_shapes(fields.shapes)

"""Validation: what is wrong or missing in data, judged by shapes, told in words that people understand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from sankofa import shipped
from sankofa.errors import UnknownName
from sankofa.fields import Fields, read_fields, read_rules
from sankofa.fields.files import Spo, read_triples
from sankofa.fields.model import TYPE
from sankofa.validation import reference
from sankofa.validation.assess import assess
from sankofa.validation.beyond import crossed, unseen
from sankofa.validation.completeness import Action, Completeness, Missing, RecordState, Row
from sankofa.validation.data import Data
from sankofa.validation.describe import Describer, Origins, place
from sankofa.validation.messages import messages
from sankofa.validation.report import Coverage, Finding, Origin, Report
from sankofa.validation.results import Result
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

_Engine = Callable[[Iterable[Spo], Fields], list[Result]]
_ENGINES: Mapping[str, _Engine] = {reference.NAME: reference.results}
_BEST = reference.NAME


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
    _engine(engine)  # an unknown one is told before any file is read
    triples = read_triples([Path(file) for file in data], prefix="d")
    return validate_records(triples, engine=engine) if shapes is None else validate_by(triples, shapes, engine=engine)


def validate_by(data: Iterable[Spo], shapes: Sequence[Path | str], *, engine: str | None = None) -> Report:
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
    judge = _engine(engine)
    triples = _distinct(data)
    rules = read_rules([Path(file) for file in shapes])
    looked_up = Data(triples)
    findings = Describer(rules, messages(), looked_up).findings(judge(triples, rules))
    focus_nodes = Targets(rules.shapes).focus_nodes(looked_up)
    classes = {value.value for said in looked_up.by.values() for value in said.get(TYPE.value, ())}
    return Report(
        findings,
        len(focus_nodes),
        engine or _BEST,
        coverage=covered(rules, focus_nodes, looked_up.by, len(triples)),
        nearest=nearest_targets(classes, looked_up, rules, alike=0.8 if focus_nodes else 0.6),
    )


def validate_records(
    asserted: Iterable[Spo],
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
    judge = _engine(engine)
    described = fields or read_fields()
    own = _distinct(asserted)
    lists = _vocabularies() if vocabularies is None else tuple(vocabularies)
    triples = _distinct([*own, *lists, *described.class_tree])
    looked_up = Data(triples)
    focus_nodes = Targets(described.shapes).focus_nodes(looked_up)
    describer = Describer(described, messages(), looked_up, origins)
    findings = describer.findings(judge(triples, described))
    subjects = dict.fromkeys(subject for subject, _, _ in own)
    unknown = unseen(described, looked_up, subjects, describer)
    return Report(
        tuple(sorted([*findings, *unknown, *crossed(triples, describer)], key=place)),
        len(focus_nodes),
        engine or _BEST,
        # What a check finds lies between records: no field of this one is missing for it.
        records=assess(looked_up, described, [*findings, *unknown]),
        coverage=covered(described, focus_nodes, subjects, len(own)),
    )


def _engine(name: str | None) -> _Engine:
    if (name or _BEST) not in _ENGINES:
        raise UnknownName.among("engine", name or _BEST, list(_ENGINES))
    return _ENGINES[name or _BEST]


def _distinct(triples: Iterable[Spo]) -> list[Spo]:
    """Each triple once, in the order of the first."""
    return list(dict.fromkeys(triples))


@lru_cache(maxsize=1)
def _vocabularies() -> tuple[Spo, ...]:
    return tuple(read_triples(shipped.vocabulary_files(), prefix="v"))

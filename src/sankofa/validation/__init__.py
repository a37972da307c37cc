"""Validation: what is wrong or missing in data, judged by shapes, told in words that people understand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sankofa.errors import UnknownName
from sankofa.fields import Fields, read_fields, read_rules, rules_in
from sankofa.fields.files import Spo, Term
from sankofa.fields.model import SH, TYPE
from sankofa.validation.describe import Describer, Origins, place
from sankofa.validation.messages import messages
from sankofa.validation.report import Coverage, Finding, Origin, Report
from sankofa.validation.results import Result
from sankofa.validation.shapes import shapes_of
from sankofa.validation.sources import Files, Progress, Source, Together, Triples, source_of, unseen_progress
from sankofa.validation.sources import vocabularies as shipped_vocabularies

if TYPE_CHECKING:
    from sankofa.validation.completeness import Action, Completeness, Missing, RecordState, Row
    from sankofa.validation.data import Data
    from sankofa.validation.given import Held

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

#: The engines that can be named, and the one that is taken for small data.
_COLUMNS, _REFERENCE = _ENGINES = ("columns", "pyshacl")
_NODES = "nodes"
_SHAPES_GRAPH = SH + "shapesGraph"
_BEST = _COLUMNS


def __getattr__(name: str) -> Any:
    """What counting completeness needs is read when it is asked for."""
    if name in __all__:
        return getattr(import_module(f"{__name__}.completeness"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def validate_files(
    data: Sequence[Path | str | Held],
    shapes: Sequence[Path | str | Held] | None = None,
    *,
    engine: str | None = None,
    progress: Progress = unseen_progress,
) -> Report:
    """Judge RDF files, or graphs in memory, by shapes.

    With shapes named, the results are the standard's and nothing else. Without, the files are judged as the records of
    a network: with the vocabularies and the class tree that we ship, by the shapes that we ship.

    Args:
        data: the files or graphs to judge; the triples of their named graphs count too.
        shapes: the files or graphs with the shapes; by default the shapes of a network's records.
        engine: the name of the engine; by default the best there is.
        progress: is told how far it is.

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
    files, held = _apart(data)
    source: Source = Files(files)
    if held:
        source = Together((*((source,) if files else ()), *map(Triples, held)))
    if shapes is None:
        return validate_records(source, engine=engine, progress=progress)
    return validate_by(source, shapes, engine=engine, progress=progress)


def validate_by(
    data: Source | Iterable[Spo],
    shapes: Sequence[Path | str | Held],
    *,
    engine: str | None = None,
    progress: Progress = unseen_progress,
) -> Report:
    """Judge triples by shapes, whoever wrote them: the results are the standard's and nothing else.

    Args:
        data: the triples to judge.
        shapes: the files or graphs with the shapes.
        engine: the name of the engine; by default the best there is.
        progress: is told how far it is.

    Raises:
        UnreadableInput: a file is missing or broken, or the shapes are not well-formed.
        ForbiddenQuery: a query in the shapes would open a connection.
        UnknownName: there is no such engine.

    Example:
        >>> from sankofa.shipped import shape_files
        >>> validate_by([], shape_files()).checked
        0
    """
    from sankofa.validation.coverage import beyond_the_standard, covered, named_elsewhere, nearest_targets
    from sankofa.validation.data import Data

    _named(engine)
    files, held = _apart(shapes)
    rules = read_rules(files)
    if held:
        rules = rules_in([*rules.shapes, *(triple for graph in held for triple in graph)])
    source = source_of(data)
    name = _engine_for(engine, source, rules)
    if name == _COLUMNS:
        from sankofa.validation import columns

        with columns.Table() as table:
            source.fill(table, progress)
            outcome = columns.judge(table, shapes_of(rules), rules.shapes, progress=progress)
            outcome.known.look_up(Describer.asks_about(outcome.results, rules))
            findings = Describer(rules, messages(), outcome.known).findings(outcome.results)
            checked, tree = outcome.checked, Data(table.class_tree())
            classes, asked = table.named_by(TYPE.value, _SHAPES_GRAPH)
            coverage = covered(rules, outcome.subjects, outcome.triples)
    else:
        tree = Data(source.triples)
        results, focus_nodes = _by_walking(name, tree, source, rules)
        findings = Describer(rules, messages(), tree).findings(results)
        checked = len(focus_nodes)
        classes = {name for subject in tree.by for name in tree.types(subject)}
        asked = {value.value for said in tree.by.values() for value in said.get(_SHAPES_GRAPH, ())}
        coverage = covered(rules, len(focus_nodes & tree.by.keys()), len(source.triples))
    nearest = nearest_targets(classes, tree, rules, alike=0.8 if checked else 0.6)
    return Report(
        findings,
        checked,
        name,
        coverage=coverage,
        nearest=nearest,
        elsewhere=named_elsewhere(rules, asked),
        beyond=beyond_the_standard(rules),
    )


def validate_records(
    asserted: Source | Iterable[Spo],
    *,
    vocabularies: Iterable[Spo] | None = None,
    fields: Fields | None = None,
    engine: str | None = None,
    origins: Origins | None = None,
    progress: Progress = unseen_progress,
) -> Report:
    """Judge a network's records by its shapes: what was asserted, with vocabularies and class tree, no inferences.

    Args:
        asserted: the triples that people asserted.
        vocabularies: the triples of the closed lists; by default those that we ship.
        fields: the kinds and rules; by default those that we ship.
        engine: the name of the engine; by default the best there is.
        origins: says where a value came from (file, sheet, cell).
        progress: is told how far it is.

    Raises:
        UnreadableInput: the shapes are not well-formed.
        UnknownName: there is no such engine.

    Example:
        >>> validate_records([]).checked
        0
    """
    from sankofa.validation.assess import assess
    from sankofa.validation.beyond import crossed, unseen
    from sankofa.validation.coverage import covered
    from sankofa.validation.data import Data

    _named(engine)
    described = fields or read_fields()
    lists = shipped_vocabularies() if vocabularies is None else tuple(vocabularies)
    own = source_of(asserted)
    source = Together((own, Triples((*lists, *described.class_tree))))
    name = _engine_for(engine, source, described)
    looked_up = Data(source.triples)
    if name == _COLUMNS:
        from sankofa.validation import columns
        from sankofa.validation.targets import Targets

        focus_nodes: Set[Term] = Targets(described.shapes).focus_nodes(looked_up)
        with columns.Table() as table:
            source.fill(table, progress)
            outcome = columns.judge(table, shapes_of(described), described.shapes, progress=progress)
            results: Sequence[Result] = outcome.results
    else:
        results, focus_nodes = _by_walking(name, looked_up, source, described)
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


def _apart(given: Iterable[Path | str | Held]) -> tuple[tuple[Path, ...], list[list[Spo]]]:
    """The files among what was given, and the triples of each graph."""
    from sankofa.validation.given import is_held, triples_of

    given = list(given)
    held = [one for one in given if is_held(one)]
    files = tuple(Path(cast("str", one)) for one in given if not is_held(one))
    return files, [list(triples_of(cast("Held", one))) for one in held]


def _named(engine: str | None) -> str:
    if (engine or _BEST) not in _ENGINES:
        raise UnknownName.among("engine", engine or _BEST, list(_ENGINES))
    return engine or _BEST


def _engine_for(engine: str | None, source: Source, fields: Fields) -> str:
    """The engine that was named; else columns, but for small data the one that starts at once."""
    if engine is None and source.is_small():
        asked = (constraint.query for shape in shapes_of(fields).by.values() for constraint in shape.constraints)
        if not any(asked):
            return _NODES
    return _named(engine)


def _by_walking(name: str, data: Data, source: Source, fields: Fields) -> tuple[Sequence[Result], Set[Term]]:
    """Results and focus nodes from an engine that has all data in memory."""
    if name == _NODES:
        from sankofa.validation import nodes

        return nodes.judge(data, shapes_of(fields))
    from sankofa.validation import reference
    from sankofa.validation.targets import Targets

    return reference.results(source.triples, fields), Targets(fields.shapes).focus_nodes(data)

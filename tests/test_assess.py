"""The state of a record: from its own triples alone, the same alone as among all, and only of what applies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sankofa
from sankofa import shipped
from sankofa.fields import Fields, Texts, read_fields
from sankofa.fields import Path as PropertyPath
from sankofa.fields.files import Node, Spo, Term, read_triples
from sankofa.validation import Finding, RecordState, validate_records
from sankofa.validation.assess import Languages, assess, record_state
from sankofa.validation.data import TITLES, Data

FIELDS = read_fields()
LISTS = (*read_triples(shipped.vocabulary_files(), prefix="v"), *FIELDS.class_tree)
LANGUAGES = Languages.of(Data(LISTS))


@pytest.fixture(scope="module")
def own() -> list[Spo]:
    """What the graph we ship asserts, with mistakes: a title gone, a wrong licence, a part of no known kind."""
    with sankofa.open(read_only=True) as kg:
        triples: list[Spo] = [(t.subject, t.predicate, t.object) for t in kg.store.asserted()]  # type: ignore[misc]
        bamako = f"{kg.record_prefix}city/bamako"
    licence = ox.NamedNode("http://purl.org/dc/terms/license")
    kept = [one for one in triples if not (one[0].value == bamako and one[1].value.endswith("/title"))]
    part = ox.NamedNode(f"{bamako}#odd")
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    return [*kept, (ox.NamedNode(bamako), licence, ox.Literal("mine")), (part, kind, ox.NamedNode("urn:odd"))]


@pytest.fixture(scope="module")
def findings(own: list[Spo]) -> tuple[Finding, ...]:
    return validate_records(own, fields=FIELDS).findings


@pytest.fixture(scope="module")
def full(own: list[Spo], findings: tuple[Finding, ...]) -> dict[str, RecordState]:
    states = assess(Data([*own, *LISTS]), FIELDS, findings)
    assert any(gap.wrong for state in states for gap in state.gaps)
    return {state.record: state for state in states}


class Only:
    """Data that answer for a record and its parts, say the titles of what these refer to, and nothing else."""

    def __init__(self, data: Data, subjects: Iterable[Node]) -> None:
        self._data, self._subjects = data, set(subjects)
        self._named = {value for one in self._subjects for values in data.said(one).values() for value in values}

    def types(self, node: Term) -> list[str]:
        assert node in self._subjects
        return self._data.types(node)

    def all(self, node: Term, predicate: str) -> Sequence[Term]:
        assert node in self._subjects
        return self._data.all(node, predicate)

    def count(self, node: Term, path: PropertyPath) -> int:
        assert node in self._subjects
        return self._data.count(node, path)

    def titles(self, node: Term) -> Texts:
        assert node in self._subjects | self._named
        return self._data.titles(node)


def test_a_record_is_judged_by_its_own_triples(
    own: list[Spo], findings: tuple[Finding, ...], full: dict[str, RecordState]
) -> None:
    data = Data([*own, *LISTS])
    subjects: dict[str, list[Node]] = {}
    for subject in data.by:
        if isinstance(subject, ox.NamedNode):
            subjects.setdefault(subject.value.partition("#")[0], []).append(subject)
    for record, nodes in subjects.items():
        said = [finding for finding in findings if finding.record == record]
        state = record_state(record, nodes[::-1], Only(data, nodes), FIELDS, said, languages=LANGUAGES)
        assert state == full.get(record)


@settings(max_examples=60, deadline=None)
@given(chosen=st.data())
def test_some_records_alone_are_as_complete_as_among_all(
    chosen: st.DataObject, own: list[Spo], findings: tuple[Finding, ...], full: dict[str, RecordState]
) -> None:
    records = chosen.draw(st.sets(st.sampled_from(sorted(full)), max_size=40))
    mine = [one for one in own if one[0].value.partition("#")[0] in records]
    named = {value for _, _, value in mine}
    titles = [one for one in (*own, *LISTS) if one[0] in named and one[1].value in TITLES]
    slice_ = Data(dict.fromkeys([*mine, *titles]))
    found = assess(slice_, FIELDS, findings, records=records, languages=LANGUAGES)
    assert {state.record: state for state in found} == {record: full[record] for record in records}


def test_all_of_the_data_can_be_asked_for_some_records(
    own: list[Spo], findings: tuple[Finding, ...], full: dict[str, RecordState]
) -> None:
    data = Data([*own, *LISTS])
    asked = [*sorted(full)[:3], "https://example.org/id/city/nowhere"]
    assert [state.record for state in assess(data, FIELDS, findings, records=set(asked))] == asked[:3]
    assert assess(data, FIELDS, findings, records=()) == ()


# -- what applies

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skf: <https://w3id.org/sankofa/ontology#> .
@prefix shape: <https://w3id.org/sankofa/shapes#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@base <https://example.org/id/> .
"""
TREE = """
skf:Record rdfs:subClassOf skf:Entity . skf:City rdfs:subClassOf skf:Record . skf:Story rdfs:subClassOf skf:Record .
skf:Measure rdfs:subClassOf skf:Entity .
"""
SHAPES = """
shape:Record a sh:NodeShape ; sh:targetClass skf:Record ; sh:property shape:Record-status .
shape:Record-status sh:path skf:status ; sh:minCount 1 .
shape:Entity a sh:NodeShape ; sh:targetClass skf:Entity .
shape:City a sh:NodeShape ; sh:targetClass skf:City ; sh:property shape:City-title .
shape:City-title sh:path dcterms:title ; sh:minCount 1 .
shape:Story a sh:NodeShape ; sh:targetClass skf:Story ; sh:property shape:Story-title , shape:Story-theme .
shape:Story-title sh:path dcterms:title ; sh:minCount 1 .
shape:Story-theme sh:path skf:theme ; sh:minCount 2 ; sh:severity sh:Info .
shape:Measure a sh:NodeShape ; sh:targetClass skf:Measure ; sh:property shape:Measure-unit .
shape:Measure-unit sh:path skf:unit ; sh:minCount 1 ; sh:severity sh:Warning .
"""


def counted(tmp_path: Path, data: str, shapes: str = "") -> dict[str, RecordState]:
    """The states of records under some more rules."""
    (tmp_path / "shapes.ttl").write_text(PREFIXES + SHAPES + shapes, encoding="utf-8")
    (tmp_path / "tree.ttl").write_text(PREFIXES + TREE, encoding="utf-8")
    fields: Fields = read_fields([tmp_path / "shapes.ttl"], ontology=[tmp_path / "tree.ttl"])
    triples = [
        (quad.subject, quad.predicate, quad.object)
        for quad in ox.parse((PREFIXES + data).encode(), format=ox.RdfFormat.TURTLE)
    ]
    report = validate_records(triples, fields=fields, vocabularies=[])  # type: ignore[arg-type]
    return {state.record.removeprefix("https://example.org/id/"): state for state in report.records}


def needs(state: RecordState) -> tuple[dict[str, int], dict[str, int]]:
    return dict(state.needed), dict(state.filled)


CITY = '<city/a> a skf:City ; dcterms:title "A"@en ; skf:status <s> .'
#: A city needs a title and a status, both at the level draft, and so at the levels above it.
OF_CITY = {"draft": 2, "publishable": 2, "exemplary": 2}


def test_the_rules_of_another_kind_do_not_count(tmp_path: Path) -> None:
    # neither the theme that a story needs, nor the unit that a measure needs
    assert needs(counted(tmp_path, CITY)["city/a"]) == (OF_CITY, OF_CITY)


def test_what_a_part_needs_counts_only_where_there_is_such_a_part(tmp_path: Path) -> None:
    part = "<city/a#measure-1> a skf:Measure . <city/a#measure-2> a skf:Measure ; skf:unit <u> ."
    state = counted(tmp_path, CITY + part)["city/a"]
    assert needs(state) == (
        {"draft": 2, "publishable": 4, "exemplary": 4}, {"draft": 2, "publishable": 3, "exemplary": 3}
    )  # fmt: skip
    assert [(gap.kind, gap.field) for gap in state.gaps] == [("measure", "unit")]
    # the status that a record needs is not asked of a part
    alone = counted(tmp_path, "<measure/m> a skf:Measure , skf:Record ; skf:unit <u> .")["measure/m"]
    assert needs(alone) == (
        {"draft": 1, "publishable": 2, "exemplary": 2}, {"draft": 0, "publishable": 1, "exemplary": 1}
    )  # fmt: skip


def test_a_part_without_its_record_is_no_record(tmp_path: Path) -> None:
    assert list(counted(tmp_path, f"{CITY} <city/b#measure-1> a skf:Measure .")) == ["city/a"]


@pytest.mark.parametrize(
    "more",
    [
        # switched off
        "shape:City sh:property shape:City-vision . shape:City-vision sh:path skf:vision ; sh:minCount 1 ; "
        "sh:deactivated true .",
        # asks for nothing
        "shape:City sh:property shape:City-vision . shape:City-vision sh:path skf:vision ; sh:minCount 0 .",
        "shape:City sh:property shape:City-vision . shape:City-vision sh:path skf:vision ; sh:maxCount 1 .",
        # belongs to no kind
        "shape:Free sh:path skf:vision ; sh:minCount 1 .",
    ],
)
def test_what_asks_for_nothing_does_not_count(more: str, tmp_path: Path) -> None:
    assert needs(counted(tmp_path, CITY, more)["city/a"]) == (OF_CITY, OF_CITY)


def test_a_kind_whose_shape_is_switched_off_needs_nothing_of_its_own(tmp_path: Path) -> None:
    status = {"draft": 1, "publishable": 1, "exemplary": 1}
    assert needs(counted(tmp_path, CITY, "shape:City sh:deactivated true .")["city/a"]) == (status, status)


def test_fewer_values_than_are_asked_for_do_not_fill_a_field(tmp_path: Path) -> None:
    story = '<story/a> a skf:Story ; dcterms:title "A"@en ; skf:status <s> ; skf:theme <theme/x>'
    for more, filled in ((" .", 2), (" , <theme/y> .", 3)):
        state = counted(tmp_path, story + more)["story/a"]
        assert needs(state) == (
            {"draft": 2, "publishable": 2, "exemplary": 3}, {"draft": 2, "publishable": 2, "exemplary": filled}
        )  # fmt: skip

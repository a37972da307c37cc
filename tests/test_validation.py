"""Findings and reports: the reference engine behind them, the words in them, what they never do."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

import sankofa
from sankofa import shipped
from sankofa.errors import CouldNotBeDone, ForbiddenQuery, UnknownName, UnreadableInput
from sankofa.fields import read_fields
from sankofa.fields.files import Spo, Term
from sankofa.validation import Finding, Origin, Report, reference, validate_records
from sankofa.validation.messages import messages, plural
from sankofa.validation.words import LANGUAGES

EX = "https://example.org/"
ID = f"{EX}id/"
PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <https://example.org/> .
@prefix id: <https://example.org/id/> .
@prefix skf: <https://w3id.org/sankofa/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(text: str) -> list[Spo]:
    """Triples written as Turtle."""
    found: list[Spo] = []
    for quad in ox.parse((PREFIXES + text).encode(), format=ox.RdfFormat.TURTLE, base_iri=EX):
        assert not isinstance(quad.subject, ox.Triple)
        assert not isinstance(quad.object, ox.Triple)
        found.append((quad.subject, quad.predicate, quad.object))
    return found


@pytest.fixture
def judge(tmp_path: Path):
    """Judge data by shapes, both written as Turtle, through files as a user does."""

    def run(data: str, shapes: str, **more: str) -> Report:
        (tmp_path / "data.ttl").write_text(PREFIXES + data, encoding="utf-8")
        (tmp_path / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
        return sankofa.validate(tmp_path / "data.ttl", shapes=tmp_path / "shapes.ttl", **more)

    return run


NAME = "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property ex:S-name . ex:S-name sh:path ex:name ; "


# --- records under their own shapes ---------------------------------------------------------------------------------

STORY = """
<id/story/a> a skf:Story ; dcterms:title "Un récit"@fr ; skf:city <id/city/bamako> .
<id/city/bamako> a skf:City ; dcterms:title "Bamako"@fr .
<id/story/a#lesson-1> a skf:Lesson .
<id/story/a> skf:lesson <id/story/a#lesson-1> .
"""


def test_a_missing_field_is_told_with_its_name_in_four_languages() -> None:
    report = validate_records(triples(STORY))
    status = next(one for one in report.findings if one.record == f"{ID}story/a" and one.field == "status")
    assert (status.level, status.kind, status.title, status.code) == ("draft", "story", "Un récit", "SKF-C04")
    assert status.label == {"en": "Status", "fr": "Statut", "pt": "Estado", "ar": "الحالة"}
    assert status.message["fr"].replace("\u00a0", " ") == "« Statut » n’est pas rempli."
    assert set(status.message) == set(status.advice) == set(LANGUAGES)
    assert status.rule == "https://w3id.org/sankofa/shapes#Record-status"
    assert status.component == "http://www.w3.org/ns/shacl#MinCountConstraintComponent"
    assert status.value is None
    assert report.checked == 3


def test_a_part_is_told_with_its_record() -> None:
    report = validate_records(triples(STORY))
    lesson = next(one for one in report.findings if one.part)
    assert (lesson.record, lesson.part, lesson.field) == (f"{ID}story/a", "lesson-1", "description")
    assert lesson.focus == f"{ID}story/a#lesson-1"
    assert lesson.part_label["en"] == "Lesson “lesson 1”"
    assert (lesson.kind, lesson.title) == ("story", "Un récit")


def test_a_wrong_value_is_shown_by_its_title() -> None:
    report = validate_records(
        triples(STORY + "<id/story/a> skf:theme <id/city/bamako> ; dcterms:issued 'last spring' .")
    )
    theme = next(one for one in report.findings if one.field == "theme" and one.record.endswith("story/a"))
    assert theme.message["en"] == "“Theme” must name a record of the kind “Theme”; “Bamako” is not one."
    issued = next(one for one in report.findings if one.field == "issued" and one.value is not None)
    assert "last spring" in issued.message["pt"]
    assert issued.code == "SKF-C02"


def test_origins_are_kept() -> None:
    def origins(subject: str, predicate: str, value: Term | None) -> Origin | None:
        return Origin("bamako.xlsx", "Stories", "D7") if predicate.endswith("status") else None

    report = validate_records(triples(STORY), origins=origins)
    status = next(one for one in report.findings if one.field == "status")
    assert str(status.origin) == "bamako.xlsx, Stories!D7"
    assert "bamako.xlsx, Stories!D7: “Status” is missing." in report.to_text()
    assert not any(one.origin for one in report.findings if one.field != "status")


def test_the_order_of_the_data_changes_nothing() -> None:
    data = triples(STORY)
    first = validate_records(data)
    random.Random(7).shuffle(data)
    again = validate_records(data)
    assert (again.to_csv(), again.to_turtle(), again.to_json()) == (first.to_csv(), first.to_turtle(), first.to_json())


# --- every rule we ship, in every language --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broken() -> list[Spo]:
    """What breaks each rule that we ship, with the exemplary records that it refers to."""
    found: dict[Spo, None] = {}
    for file in sorted((Path(__file__).parent / "shapes").rglob("*.ttl")):
        for number, quad in enumerate(
            ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=EX, rename_blank_nodes=True)
        ):
            assert number >= 0
            found[quad.subject, quad.predicate, quad.object] = None  # type: ignore[index]
    return list(found)


@pytest.fixture(scope="module")
def report(broken: list[Spo]) -> Report:
    return validate_records(broken)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_of_the_machinery_is_in_what_a_steward_reads(report: Report, lang: str) -> None:
    typed = {finding.value.value for finding in report.findings if isinstance(finding.value, ox.Literal)}
    assert len(report.findings) > 300
    for line in report.to_text(lang).splitlines():
        for text in typed:
            line = line.replace(text, "")  # what a steward wrote is shown as it is
        assert not re.search(r"https?:|\w:\w|\b(minCount|node|literal|datatype|IRI|URI|SHACL|triple)\b|[{}]", line), (
            line
        )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_finding_has_its_sentence_in_every_language(report: Report, lang: str) -> None:
    for finding in report.findings:
        assert finding.message[lang]
        assert finding.advice[lang]
        assert finding.label.get(lang) or "" in finding.label
        assert re.fullmatch(r"SKF-[CQU]\d\d", finding.code)


def test_what_is_quicker_gives_the_same_results(broken: list[Spo], monkeypatch: pytest.MonkeyPatch) -> None:
    some = broken[::3]
    quick = reference.results(some, read_fields())
    monkeypatch.setattr(reference, "lighten", lambda shapes: list(shapes))
    reference._shapes_graph.cache_clear()
    try:
        slow = reference.results(some, read_fields())
    finally:
        reference._shapes_graph.cache_clear()
    assert sorted(map(repr, quick)) == sorted(map(repr, slow))


# --- any data under any shapes --------------------------------------------------------------------------------------


def test_the_report_is_the_standards(judge) -> None:
    report = judge("ex:a a ex:T . ex:b a ex:T ; ex:name 'B' .", NAME + "sh:minCount 1 ; sh:message 'Name it.'@en .")
    assert not report.conforms
    assert report.checked == 2
    store = ox.Store()
    store.load(report.to_turtle().encode(), format=ox.RdfFormat.TURTLE)
    rows = store.query(
        """PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT * WHERE {
        ?r a sh:ValidationReport ; sh:conforms false ; sh:result ?x . ?x a sh:ValidationResult ; sh:focusNode ?f ;
        sh:resultPath ?p ; sh:resultSeverity sh:Violation ; sh:sourceShape ?s ; sh:resultMessage ?m ;
        sh:sourceConstraintComponent sh:MinCountConstraintComponent }"""
    )
    assert [[str(row[name]) for name in "fpsm"] for row in rows] == [  # type: ignore[union-attr]
        [f"<{EX}a>", f"<{EX}name>", f"<{EX}S-name>", '"Name it."@en']
    ]


def test_the_authors_message_stands_beside_ours(judge) -> None:
    finding = judge(
        "ex:a a ex:T .", NAME + "sh:minCount 1 ; sh:name 'Name'@en ; sh:message 'Nommez-le.'@fr ."
    ).findings[0]
    assert finding.message["en"] == "“Name” is missing."
    assert finding.author_message == {"fr": "Nommez-le."}
    assert "« Name » n’est pas rempli. Nommez-le." in Report((finding,), 1).to_text("fr").replace("\u00a0", " ")


def test_without_an_author_the_report_carries_our_sentences(judge) -> None:
    result = judge("ex:a a ex:T .", NAME + "sh:minCount 1 .").results[0]
    assert {message.language for message in result.messages} == set(LANGUAGES)


def test_any_result_of_any_severity_is_not_conforming(judge) -> None:
    report = judge("ex:a a ex:T .", NAME + "sh:minCount 1 ; sh:severity sh:Info .")
    assert not report.conforms
    assert report.counts == {"draft": 0, "publishable": 0, "exemplary": 1}
    assert report.at("draft").findings == ()
    assert not report.at("draft").conforms
    assert "sh:Info" in report.at("draft").to_turtle()


@pytest.mark.parametrize(
    "value",
    ['"2019-03-04Z"^^xsd:date', '"2019-03-04T10:00:00Z"^^xsd:dateTime', '"007"^^xsd:integer', '"1.50"^^xsd:decimal',
     '"TRUE"^^xsd:boolean', '"x"@fr-sn', '"  a  b "', '"1e3"^^xsd:double'],
)  # fmt: skip
def test_a_value_is_reported_as_it_is_written(judge, value: str) -> None:
    found = judge(f"ex:a a ex:T ; ex:name {value} .", NAME + "sh:in ( 'other' ) .").findings[0].value
    assert (ox.Literal("x"), found) == (ox.Literal("x"), triples(f"ex:a ex:name {value} .")[0][2])


def test_what_a_result_rests_on_is_told_with_it(judge) -> None:
    report = judge(
        "ex:a a ex:T ; ex:name ex:b .",
        NAME + "sh:node ex:N . ex:N a sh:NodeShape ; sh:property ex:N-p . ex:N-p sh:path ex:p ; sh:minCount 1 .",
    )
    assert [detail.rule for detail in report.findings[0].details] == [f"{EX}N-p"]
    assert "sh:detail" in report.to_turtle()


def test_nothing_but_the_shapes_decides(judge) -> None:
    """No inference, no imports, no rules, no shape that nothing targets or that is switched off."""
    data = "ex:a a ex:U ; ex:name 1 ."
    assert judge(data, NAME + "sh:maxCount 0 . ex:U rdfs:subClassOf ex:T .").checked == 0
    assert judge(data + "ex:U rdfs:subClassOf ex:T .", NAME + "sh:maxCount 0 .").counts["draft"] == 1
    assert judge(data, "ex:S a sh:NodeShape ; sh:property ex:P . ex:P sh:path ex:name ; sh:maxCount 0 .").checked == 0
    assert judge(data, "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:deactivated true ; sh:class ex:V .").checked == 0
    assert judge(data, "ex:S sh:targetNode ex:a ; sh:class ex:U . ex:broken a sh:PropertyShape .").conforms
    assert judge(data, "<> <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:9/x> .").conforms


def test_nothing_checked_is_said(judge) -> None:
    report = judge("ex:a a ex:T .", "ex:S a sh:NodeShape ; sh:targetClass ex:Other ; sh:class ex:X .")
    assert (report.checked, report.conforms, report.findings) == (0, True, ())
    assert report.to_text().startswith("Nothing was checked")
    assert report.to_text("ar").startswith("لم يُفحص شيء")


@pytest.mark.parametrize(
    "shapes",
    [
        "ex:S a sh:PropertyShape ; sh:targetNode ex:a ; sh:minCount 1 .",
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:minLength 'long' .",
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:pattern '(' .",
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql ex:Q . ex:Q sh:select 'SELECT nonsense' .",
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property 'a text' .",
    ],
)
def test_shapes_that_are_not_well_formed_are_unreadable(judge, shapes: str) -> None:
    with pytest.raises(UnreadableInput, match="shapes"):
        judge("ex:a a ex:T ; ex:name 'x' .", shapes)


def test_unreadable_data_say_where(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("this is no Turtle", encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"data\.ttl, line 1"):
        sankofa.validate(tmp_path / "data.ttl", shapes=shipped.shape_files()[0])
    with pytest.raises(UnreadableInput, match="no such file"):
        sankofa.validate(tmp_path / "missing.ttl")


def test_a_query_in_shapes_opens_no_connection_and_no_file(judge, tmp_path: Path) -> None:
    query = (
        "ex:S sh:targetNode ex:a ; sh:sparql ex:Q . ex:Q sh:message 'bad' ; "
        "sh:select '''SELECT $this {} WHERE {{ {} }}''' ."
    )
    with pytest.raises(ForbiddenQuery, match="SERVICE"):
        judge("ex:a a ex:T .", query.format("", "SERVICE <http://127.0.0.1:9/> { $this ?p ?o }"))
    (tmp_path / "secret.ttl").write_text("<https://example.org/a> <https://example.org/p> 1 .", encoding="utf-8")
    opened = query.format(f"FROM <{(tmp_path / 'secret.ttl').as_uri()}>", "$this <https://example.org/p> ?value")
    assert judge("ex:a a ex:T .", opened).findings == ()


def test_an_unknown_engine_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="pyshacl"):
        sankofa.validate(engine="fast")


# --- side effects ---------------------------------------------------------------------------------------------------


def test_nothing_is_left_behind(judge) -> None:
    import rdflib
    from rdflib.plugins import sparql

    before = (rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS)
    validate_records(triples(STORY))
    shapes = reference._shapes_graph(read_fields()).graph
    size = len(shapes)
    validate_records(triples(STORY))
    assert reference._shapes_graph(read_fields()).graph is shapes
    assert len(shapes) == size
    assert before == (rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS)
    with pytest.raises(UnreadableInput):
        judge("ex:a a ex:T .", "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:pattern '(' .")
    assert before == (rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS)


# --- forms of the report --------------------------------------------------------------------------------------------


@pytest.fixture
def nasty(judge) -> Report:
    return judge("ex:a a ex:T ; ex:name '''=1+1,\n\"two\"''' .", NAME + "sh:in ( 'x' ) ; sh:message '''a\nb''' .")


def test_csv_is_one_line_a_finding(nasty: Report) -> None:
    text = nasty.to_csv()
    assert text.count("\n") == 2
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["record"], row["value"], row["level"]) == (f"{EX}a", '=1+1, "two"', "draft")
    assert row["component"] == "InConstraintComponent"


def test_json_has_every_language_or_one(nasty: Report) -> None:
    every = json.loads(nasty.to_json())
    assert (every["conforms"], every["checked"], every["counts"]["draft"]) == (False, 1, 1)
    assert set(every["findings"][0]["message"]) == set(LANGUAGES)
    assert json.loads(nasty.to_json("fr"))["findings"][0]["message"].endswith("choix de «\u00a0name\u00a0»\u00a0: x.")


def test_frame_and_workbook(nasty: Report, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    assert list(nasty.to_frame()["field"]) == ["name"]
    data = nasty.to_xlsx(tmp_path / "report.xlsx", lang="ar")
    assert (tmp_path / "report.xlsx").read_bytes() == data == nasty.to_xlsx(lang="ar")
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.sheet_view.rightToLeft
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert any("=1+1" in str(cell.value) for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


def test_completeness_needs_records(nasty: Report) -> None:
    with pytest.raises(CouldNotBeDone, match="own shapes"):
        nasty.completeness(by="city")
    with pytest.raises(UnknownName, match="level"):
        nasty.at("perfect")


def test_findings_beyond_the_standard_do_not_enter_its_report() -> None:
    report = Report((Finding(f"{EX}a", "draft", {"en": "Nobody looked at this."}),), 3)
    assert report.conforms
    assert "sh:result" not in report.to_turtle()
    assert "Nobody looked" in report.to_text()


def test_plural_forms() -> None:
    assert [plural(number, "ar") for number in (0, 1, 2, 3, 11, 100, 103)] == [
        "zero", "one", "two", "few", "many", "other", "few"
    ]  # fmt: skip
    assert [plural(number, lang) for lang in ("en", "fr", "pt") for number in (0, 1, 2)] == [
        "other", "one", "other", "one", "one", "other", "one", "one", "other"
    ]  # fmt: skip


COMPONENTS = ("Class", "Datatype", "NodeKind", "MinCount", "MaxCount", "Pattern", "Closed", "HasValue", "In", "Xone")


@pytest.mark.parametrize("component", COMPONENTS)
@pytest.mark.parametrize("number", [None, 0, 1, 2, 7, 11, 100])
def test_no_hole_is_left_in_a_sentence(component: str, number: int | None) -> None:
    holes = dict.fromkeys(("field", "value", "limit", "count", "kind", "record"), "§")
    told = messages().tell(f"http://www.w3.org/ns/shacl#{component}ConstraintComponent", "", number, lambda lang: holes)
    assert all(text and "{" not in text for text in told.message.values())


def test_a_foreign_component_is_told_too(judge) -> None:
    report = judge(
        "ex:a a ex:T ; ex:name 'x' .",
        "ex:S sh:targetClass ex:T ; sh:sparql ex:Q . ex:Q sh:message 'Bad {?value}' ; "
        "sh:select 'SELECT $this ?value WHERE { $this <https://example.org/name> ?value }' .",
    )
    assert report.findings[0].author_message == {"": "Bad x"}
    assert report.findings[0].message["en"]


def test_long_work_says_how_far_it_is(tmp_path: Path) -> None:
    file = tmp_path / "data.nt"
    file.write_text("<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n" * 2, encoding="utf-8")
    told: list[tuple[str, int, int]] = []
    report = sankofa.validation.validate_files(
        [file, file], engine="columns", progress=lambda what, done, of: told.append((what, done, of))
    )
    assert report.coverage is not None
    assert told[:2] == [("reading", 0, 2), ("reading", 1, 2)]
    shapes = [done for what, done, of in told if what == "checking"]
    assert shapes == list(range(told[-1][2]))
    assert len(shapes) > 10

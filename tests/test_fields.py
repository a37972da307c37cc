"""Kinds, fields and rules as the shapes describe them, and values there and back."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sankofa.errors import ParameterError, UnknownName, UnreadableInput
from sankofa.fields import Field, Fields, is_slug, kind_name, read_fields, read_rules, record_iri, text_in

SKF = "https://w3id.org/sankofa/ontology#"
BASE = "https://example.org/net/"
PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skf: <https://w3id.org/sankofa/ontology#> .
@prefix shape: <https://w3id.org/sankofa/shapes#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = (
    PREFIXES
    + """
shape:Record a sh:NodeShape ; sh:targetClass skf:Record ; sh:property shape:Record-status , shape:Record-note .
shape:Record-status a sh:PropertyShape ; sh:path skf:status ; sh:minCount 1 ; sh:severity sh:Violation ;
    sh:name "Status"@en ; sh:order 510 .
shape:Record-note a sh:PropertyShape ; sh:path skos:note ; sh:datatype rdf:langString ; sh:order 520 .
shape:Entity a sh:NodeShape ; sh:targetClass skf:Entity ; sh:property shape:Entity-title , shape:Entity-start ,
    shape:Entity-status , shape:Entity-city , shape:Entity-unused , shape:Entity-value , shape:Entity-tells .
shape:Entity-title a sh:PropertyShape ; sh:path dcterms:title ; sh:datatype rdf:langString ; sh:uniqueLang true ;
    sh:name "Title"@en , "Titre"@fr ; sh:description "Any title."@en ; sh:order 1010 .
shape:Entity-start a sh:PropertyShape ; sh:path skf:start ; sh:or ( shape:Date shape:Month shape:Year ) ;
    sh:maxCount 1 ; sh:order 1020 .
shape:Entity-status a sh:PropertyShape ; sh:path skf:status ; sh:class skf:Status ; sh:maxCount 1 ; sh:order 1030 .
shape:Entity-city a sh:PropertyShape ; sh:path skf:city ; sh:class skf:City ; sh:order 1040 .
shape:Entity-unused a sh:PropertyShape ; sh:path skf:unused ; sh:order 1050 .
shape:Entity-value a sh:PropertyShape ; sh:path skf:value ; sh:datatype xsd:decimal ; sh:maxCount 1 ; sh:order 1060 .
shape:Entity-tells a sh:PropertyShape ; sh:path skf:tells ; sh:class skf:Entity ; sh:order 1070 .
shape:Date a sh:NodeShape ; sh:datatype xsd:date .
shape:Month a sh:NodeShape ; sh:datatype xsd:gYearMonth .
shape:Year a sh:NodeShape ; sh:datatype xsd:gYear .
shape:City a sh:NodeShape ; sh:targetClass skf:City ; rdfs:label "City"@en , "Ville"@fr ;
    sh:property shape:City-title , shape:City-measure .
shape:City-title a sh:PropertyShape ; sh:path dcterms:title ; sh:minCount 1 ; sh:severity sh:Violation ;
    sh:name "Name"@en , "Nom"@fr , "Nome"@pt ; skos:example "Bamako"@en ; sh:order 10 .
shape:City-measure a sh:PropertyShape ; sh:path skf:measure ; sh:class skf:Measure ; sh:minCount 1 ;
    sh:severity sh:Info ; sh:order 20 .
shape:Measure a sh:NodeShape ; sh:targetClass skf:Measure ;
    sh:property shape:Measure-number , shape:Measure-value , shape:Measure-start , shape:Measure-city ,
        shape:Measure-city-one , shape:Measure-checked , shape:Measure-off .
shape:Measure-number a sh:PropertyShape ; sh:path [ sh:alternativePath ( skf:value skf:maximum ) ] ; sh:minCount 1 ;
    sh:severity sh:Warning ; sh:order 5 .
shape:Measure-value a sh:PropertyShape ; sh:path skf:value ; sh:maxCount 1 ; sh:order 10 .
shape:Measure-start a sh:PropertyShape ; sh:path skf:start ; sh:maxCount 1 ; sh:order 20 .
shape:Measure-city a sh:PropertyShape ; sh:path skf:city ; sh:maxCount 9 ; sh:order 30 .
shape:Measure-city-one a sh:PropertyShape ; sh:path skf:city ; sh:minCount 1 ; sh:severity sh:Info ; sh:order 40 .
shape:Measure-checked a sh:PropertyShape ; sh:path skf:checked ; sh:datatype xsd:boolean ; sh:order 50 .
shape:Measure-off a sh:PropertyShape ; sh:path skf:off ; sh:deactivated true ; sh:order 60 .
shape:StrategyElement a sh:NodeShape ; sh:targetClass skf:StrategyElement ;
    sh:property shape:StrategyElement-title , shape:StrategyElement-tells .
shape:StrategyElement-title a sh:PropertyShape ; sh:path dcterms:title ; sh:minCount 1 ; sh:order 10 .
shape:StrategyElement-tells a sh:PropertyShape ; sh:path skf:tells ; sh:minCount 1 ; sh:severity sh:Info ; sh:order 20 .
"""
)
TREE = (
    PREFIXES
    + """
skf:Record rdfs:subClassOf skf:Entity .
skf:City rdfs:subClassOf skf:Record .
skf:StrategyElement rdfs:subClassOf skf:Record .
skf:Measure rdfs:subClassOf skf:Entity ; rdfs:label "Measure"@en .
"""
)


@pytest.fixture(scope="module")
def fields(tmp_path_factory: pytest.TempPathFactory) -> Fields:
    folder = tmp_path_factory.mktemp("shapes")
    (folder / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    (folder / "tree.ttl").write_text(TREE, encoding="utf-8")
    return read_fields([folder / "shapes.ttl"], ontology=[folder / "tree.ttl"])


def names(fields: tuple[Field, ...]) -> list[str]:
    return [field.name for field in fields]


def test_kinds_are_the_classes_with_a_shape_of_their_own(fields: Fields) -> None:
    assert list(fields.kinds) == ["city", "measure", "strategy-element"]
    assert fields.kind("city").label == {"en": "City", "fr": "Ville"}
    assert fields.kind("measure").label == {"en": "Measure"}
    assert fields.kind_of([SKF + "Entity", SKF + "Measure"]) is fields.kind("measure")
    assert kind_name(SKF + "ThemeAssignment") == "theme-assignment"


def test_an_unknown_kind_or_field_names_the_nearest(fields: Fields) -> None:
    with pytest.raises(UnknownName, match="did you mean 'city'"):
        fields.kind("citty")
    with pytest.raises(UnknownName, match="did you mean 'title'"):
        fields.kind("city").field("titel")


def test_a_field_is_the_kinds_own_rule_with_the_rule_for_everybody(fields: Fields) -> None:
    title = fields.kind("city").field("title")
    assert (title.level, title.min, title.max, title.is_text, title.unique_lang) == ("draft", 1, None, True, True)
    assert title.label == {"en": "Name", "fr": "Nom", "pt": "Nome"}
    assert title.help == {"en": "Any title."}
    assert title.example == "Bamako"
    assert [rule.iri.rpartition("#")[2] for rule in title.rules] == ["City-title", "Entity-title"]
    status = fields.kind("city").field("status")
    assert (status.level, status.max, status.choices) == ("draft", 1, (SKF + "Status",))


def test_fields_are_in_the_order_of_the_form_and_rules_for_everybody_add_none(fields: Fields) -> None:
    assert names(fields.kind("city").fields) == ["title", "measure", "status", "note"]


def test_what_can_be_a_part_has_the_needs_of_a_record_only_as_a_record(fields: Fields) -> None:
    measure = fields.kind("measure")
    assert not measure.always_record
    assert names(measure.part_fields) == ["value", "start", "city", "checked"]
    assert names(measure.fields) == ["value", "start", "city", "checked", "status", "note"]
    assert fields.kind("city").part_fields == ()


def test_two_rules_for_one_property_are_one_field(fields: Fields) -> None:
    city = fields.kind("measure").field("city")
    assert (city.level, city.min, city.max) == ("exemplary", 1, 9)
    assert city.kinds == ("city",)
    assert city.choices == ()


def test_a_longer_path_is_a_rule_and_no_field(fields: Fields) -> None:
    rule = fields.rule("https://w3id.org/sankofa/shapes#Measure-number")
    assert rule in fields.kind("measure").rules
    assert str(rule.path) == f"<{SKF}value>|<{SKF}maximum>"
    assert rule.level == "publishable"


def test_a_choice_of_datatypes_is_read_through_the_shapes_it_names(fields: Fields) -> None:
    start = fields.kind("measure").field("start")
    assert [iri.rpartition("#")[2] for iri in start.datatypes] == ["date", "gYearMonth", "gYear"]


def test_a_rule_that_is_switched_off_is_no_field(fields: Fields) -> None:
    assert fields.rule("https://w3id.org/sankofa/shapes#Measure-off").deactivated
    assert "off" not in names(fields.kind("measure").fields)


def test_the_same_files_are_read_once_and_changed_files_again(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(SHAPES, encoding="utf-8")
    first = read_fields([file])
    assert read_fields([file]) is first
    file.write_text(SHAPES.replace('"Ville"@fr', '"Commune"@fr'), encoding="utf-8")
    assert read_fields([file]).kind("city").label["fr"] == "Commune"


def test_two_properties_of_one_name_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(
        PREFIXES
        + """shape:A a sh:NodeShape ; sh:targetClass skf:A ; sh:property shape:A-one , shape:B-one .
        shape:A-one sh:path skf:one ; sh:order 1 . shape:B-one sh:path skf:two ; sh:order 2 .""",
        encoding="utf-8",
    )
    with pytest.raises(UnreadableInput, match="two properties of a are called 'one'"):
        read_fields([file])
    assert len(read_rules([file]).rules) == 3


@pytest.mark.parametrize("name", ["missing.ttl", "broken.ttl", "shapes.docx"])
def test_unreadable_shapes_say_where(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.ttl").write_text("shape:A a .", encoding="utf-8")
    (tmp_path / "shapes.docx").write_text("", encoding="utf-8")
    with pytest.raises(UnreadableInput, match=name):
        read_fields([tmp_path / name])


# --- values -----------------------------------------------------------------------------------------------------------


def one(fields: Fields, kind: str, field: str, value: object, **more: object) -> list[str]:
    made = fields.triples(f"{BASE}id/{kind}/x", kind, {field: value}, base=BASE, **more)  # type: ignore[arg-type]
    return [str(triple.object) for triple in made if triple.predicate.value.rpartition("#")[2] not in ("type",)]


def test_values_become_typed_triples(fields: Fields) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert one(fields, "city", "title", {"fr": "Bamako", "ar": ["باماكو"], "pt": None}) == [
        '"Bamako"@fr',
        '"باماكو"@ar',
    ]
    assert one(fields, "city", "title", "Bamako", lang="fr") == ['"Bamako"@fr']
    assert one(fields, "measure", "start", "2019-03") == [f'"2019-03"^^<{xsd}gYearMonth>']
    assert one(fields, "measure", "start", 2019) == [f'"2019"^^<{xsd}gYear>']
    assert one(fields, "measure", "start", datetime.date(2019, 3, 4)) == [f'"2019-03-04"^^<{xsd}date>']
    assert one(fields, "measure", "value", Decimal("12.50")) == [f'"12.50"^^<{xsd}decimal>']
    assert one(fields, "measure", "value", 0.1) == [f'"0.1"^^<{xsd}decimal>']
    assert one(fields, "measure", "value", 5) == [f'"5"^^<{xsd}decimal>']
    assert one(fields, "measure", "checked", True) == [f'"true"^^<{xsd}boolean>']
    assert one(fields, "city", "measure", ["#area", "cost"]) == [f"<{BASE}id/city/x#area>", f"<{BASE}id/measure/cost>"]
    assert one(fields, "measure", "city", f"{BASE}id/city/bamako") == [f"<{BASE}id/city/bamako>"]
    assert one(fields, "strategy-element", "tells", "city/bamako") == [f"<{BASE}id/city/bamako>"]
    assert one(fields, "city", "status", None) == []


def test_a_closed_list_is_asked_what_a_text_names(fields: Fields) -> None:
    draft = ox.NamedNode("https://example.org/draft")

    def lookup(field: Field, text: str) -> ox.NamedNode | None:
        return draft if (field.name, text) == ("status", "Brouillon") else None

    assert one(fields, "city", "status", "Brouillon", lookup=lookup) == [str(draft)]
    with pytest.raises(ParameterError, match=r"status.*city.*Brouillard.*list 'Status'"):
        one(fields, "city", "status", "Brouillard", lookup=lookup)


@pytest.mark.parametrize(
    ("kind", "field", "value", "expected"),
    [
        ("city", "title", "Bamako", 'as {"fr": "…"}'),
        ("city", "title", {"not a tag": "Bamako"}, "BCP 47"),
        ("measure", "start", "2019-13", "a year such as 2019"),
        ("measure", "start", "2019-02-30", "a date such as"),
        ("measure", "value", "twelve", "a number"),
        ("measure", "value", True, "a number"),
        ("measure", "value", {"fr": "12"}, "a number"),
        ("measure", "city", "Bamako", "slug or IRI of a record of kind city"),
        ("measure", "city", "measure/bamako", "of kind city"),
        ("measure", "city", 12, "slug or IRI"),
        ("strategy-element", "tells", "bamako", "kind/slug"),
        ("measure", "city", "http://[broken", "slug or IRI"),
    ],
)
def test_a_wrong_value_names_kind_field_value_and_what_is_expected(
    fields: Fields, kind: str, field: str, value: object, expected: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        one(fields, kind, field, value)
    assert field in str(caught.value)
    assert kind in str(caught.value)
    assert expected in str(caught.value)


def test_the_class_of_a_record_is_said(fields: Fields) -> None:
    def classes(iri: str, kind: str) -> list[str]:
        return [triple.object.value.rpartition("#")[2] for triple in fields.triples(iri, kind, {}, base=BASE)]

    assert classes(f"{BASE}id/city/x", "city") == ["City"]
    assert classes(f"{BASE}id/measure/x", "measure") == ["Measure", "Record"]
    assert classes(f"{BASE}id/city/x#area", "measure") == ["Measure"]


def test_values_are_read_back_as_they_were_given(fields: Fields) -> None:
    given_values: dict[str, object] = {
        "value": Decimal("12.50"),
        "start": "2019-03",
        "city": [f"{BASE}id/city/bamako", f"{BASE}id/city/kumasi"],
        "checked": [True],
        "note": {"fr": "a", "en": ["b", "c"]},
    }
    made = fields.triples(f"{BASE}id/measure/x", "measure", given_values, base=BASE)
    assert fields.values(made) == given_values
    assert list(fields.values(made)) == ["value", "start", "city", "checked", "note"]
    strange = ox.Triple(made[0].subject, ox.NamedNode("https://example.org/p"), ox.Literal("x"))
    assert fields.values([*made, strange])["https://example.org/p"] == ["x"]


@settings(max_examples=60, deadline=None)
@given(
    start=st.one_of(st.dates().filter(lambda day: day.year > 999), st.from_regex(r"\A[12][0-9]{3}-0[1-9]\Z")),
    value=st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    note=st.dictionaries(st.sampled_from(["fr", "ar", "und"]), st.text(min_size=1), max_size=3),
)
def test_there_and_back_gives_the_same_triples(
    fields: Fields, start: object, value: Decimal, note: dict[str, str]
) -> None:
    made = fields.triples(f"{BASE}id/measure/x", "measure", {"start": start, "value": value, "note": note}, base=BASE)
    again = fields.triples(f"{BASE}id/measure/x", "measure", fields.values(made), base=BASE)
    assert set(again) == set(made)


def test_slugs_and_addresses() -> None:
    assert is_slug("bamako-e-tax")
    assert not any(is_slug(text) for text in ("", "Bamako", "a--b", "-a", "é", "a" * 81, "a_b"))
    assert record_iri(BASE, "city", "bamako").value == f"{BASE}id/city/bamako"
    with pytest.raises(ParameterError):
        record_iri(BASE, "city", "../secret")


def test_the_nearest_language() -> None:
    assert text_in({"en": "a", "fr": "b"}, "fr-SN") == "b"
    assert text_in({"sw": "c"}, "fr") == "c"
    assert text_in({}, "fr") == ""

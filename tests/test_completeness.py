"""How complete records are, counted by hand on a small network of two cities."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from sankofa.errors import UnknownName
from sankofa.fields import Fields, read_fields
from sankofa.fields.files import Spo
from sankofa.validation import Completeness, RecordState, Report, Row, validate_records
from sankofa.validation.assess import assess
from sankofa.validation.completeness import BY
from sankofa.validation.data import Data
from sankofa.validation.rollup import roll_up
from sankofa.validation.words import colon

ID = "https://example.org/id/"
PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skf: <https://w3id.org/sankofa/ontology#> .
@prefix shape: <https://w3id.org/sankofa/shapes#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
# A city needs a title (draft) and a country (exemplary); a story a title (draft), a licence and a format
# (publishable) and an audience or a channel (exemplary); a measure a unit (publishable); a record a status (draft).
SHAPES = """
shape:Record a sh:NodeShape ; sh:targetClass skf:Record ; sh:property shape:Record-status .
shape:Record-status sh:path skf:status ; sh:minCount 1 ; sh:severity sh:Violation ; sh:name "Status"@en ; sh:order 90 .
shape:Entity a sh:NodeShape ; sh:targetClass skf:Entity ; sh:property shape:Entity-title , shape:Entity-licence .
shape:Entity-title sh:path dcterms:title ; sh:datatype rdf:langString ; sh:order 1001 .
shape:Entity-licence sh:path dcterms:license ; sh:nodeKind sh:IRI ; sh:order 1002 .
shape:City a sh:NodeShape ; sh:targetClass skf:City ; rdfs:label "City"@en , "Ville"@fr ;
    sh:property shape:City-title , shape:City-country .
shape:City-title sh:path dcterms:title ; sh:minCount 1 ; sh:severity sh:Violation ; sh:name "Name"@en ; sh:order 1 .
shape:City-country sh:path skf:country ; sh:minCount 1 ; sh:severity sh:Info ; sh:name "Country"@en ; sh:order 2 .
shape:Story a sh:NodeShape ; sh:targetClass skf:Story ; rdfs:label "Story"@en , "Récit"@fr ;
    sh:property shape:Story-title , shape:Story-licence , shape:Story-format , shape:Story-reach , shape:Story-city ,
        shape:Story-theme .
shape:Story-title sh:path dcterms:title ; sh:minCount 1 ; sh:severity sh:Violation ; sh:name "Title"@en ; sh:order 1 .
shape:Story-licence sh:path dcterms:license ; sh:minCount 1 ; sh:severity sh:Warning ;
    sh:name "Licence"@en , "Licence"@fr ; sh:order 2 .
shape:Story-format sh:path dcterms:format ; sh:minCount 1 ; sh:severity sh:Warning ;
    sh:name "Format"@en , "Format"@fr ; sh:order 3 .
shape:Story-reach sh:path [ sh:alternativePath ( skf:audience skf:channel ) ] ; sh:minCount 1 ; sh:severity sh:Info ;
    sh:name "Audience or channel"@en ; sh:order 4 .
shape:Story-city sh:path skf:city ; sh:nodeKind sh:IRI ; sh:name "City"@en ; sh:order 5 .
shape:Story-theme sh:path skf:theme ; sh:nodeKind sh:IRI ; sh:name "Theme"@en ; sh:order 6 .
shape:Measure a sh:NodeShape ; sh:targetClass skf:Measure ; rdfs:label "Measure"@en , "Mesure"@fr ;
    sh:property shape:Measure-unit .
shape:Measure-unit sh:path skf:unit ; sh:minCount 1 ; sh:severity sh:Warning ; sh:name "Unit"@en , "Unité"@fr ;
    sh:order 1 .
"""
TREE = """
skf:Record rdfs:subClassOf skf:Entity . skf:City rdfs:subClassOf skf:Record . skf:Story rdfs:subClassOf skf:Record .
skf:Measure rdfs:subClassOf skf:Entity .
"""
DATA = """
<city/bamako> a skf:City ; dcterms:title "Bamako"@fr ; skf:status <s> ; skf:country <ml> .
<city/kumasi> a skf:City ; dcterms:title "Kumasi"@en ; skf:status <s> .
<theme/tax> dcterms:title "Tax"@en .
<story/a> a skf:Story ; dcterms:title "A"@en , "A"@fr ; skf:status <s> ; skf:city <city/bamako> ;
    dcterms:license <by> ; dcterms:format <article> ; skf:audience <all> ; skf:theme <theme/tax> .
<story/b> a skf:Story ; dcterms:title "B"@en ; skf:status <s> ; skf:city <city/bamako> , <city/kumasi> ;
    dcterms:license <by> .
<story/c> a skf:Story ; dcterms:title "C"@en ; skf:status <s> ; skf:city <city/kumasi> ; dcterms:license <by> .
<story/d> a skf:Story ; dcterms:title "D"@ar ; skf:status <s> ; dcterms:license "wrong" ; dcterms:format <article> .
<story/e> a skf:Story ; skf:status <s> ; skf:city <city/kumasi> .
<story/b#measure-1> a skf:Measure .
<measure/m> a skf:Measure , skf:Record ; skf:unit <people> .
"""


def triples(text: str) -> list[Spo]:
    parsed = ox.parse((PREFIXES + text).encode(), format=ox.RdfFormat.TURTLE, base_iri=ID)
    return [(quad.subject, quad.predicate, quad.object) for quad in parsed]  # type: ignore[misc]


@pytest.fixture(scope="module")
def fields(tmp_path_factory: pytest.TempPathFactory) -> Fields:
    folder: Path = tmp_path_factory.mktemp("shapes")
    (folder / "shapes.ttl").write_text(PREFIXES + SHAPES, encoding="utf-8")
    (folder / "tree.ttl").write_text(PREFIXES + TREE, encoding="utf-8")
    return read_fields([folder / "shapes.ttl"], ontology=[folder / "tree.ttl"])


@pytest.fixture(scope="module")
def report(fields: Fields) -> Report:
    return validate_records(triples(DATA), fields=fields, vocabularies=[])


def row(completeness: Completeness, group: str) -> Row:
    return next(one for one in completeness.rows if one.group == group)


def test_each_record_counts_what_its_levels_need(report: Report) -> None:
    states = {state.record.removeprefix(ID): state for state in report.records}
    assert sorted(states) == [
        "city/bamako", "city/kumasi", "measure/m", "story/a", "story/b", "story/c", "story/d", "story/e"
    ]  # fmt: skip
    assert states["story/a"].needed == {"draft": 2, "publishable": 4, "exemplary": 5}
    assert states["story/a"].filled == {"draft": 2, "publishable": 4, "exemplary": 5}
    # The measure is a part: it needs a unit, and no status of its own.
    assert states["story/b"].needed == {"draft": 2, "publishable": 5, "exemplary": 6}
    assert states["story/b"].filled == {"draft": 2, "publishable": 3, "exemplary": 3}
    # The stand-alone measure is a record: it needs a status.
    assert states["measure/m"].needed == {"draft": 1, "publishable": 2, "exemplary": 2}


def test_the_level_a_record_reaches(report: Report) -> None:
    assert {state.record.removeprefix(ID): state.level for state in report.records} == {
        "city/bamako": "exemplary",
        "city/kumasi": "publishable",
        "measure/m": None,
        "story/a": "exemplary",
        "story/b": "draft",
        "story/c": "draft",
        "story/d": None,  # all it needs is there, but its licence is wrong
        "story/e": None,
    }


def test_missing_is_the_same_with_and_without_an_engine(report: Report, fields: Fields) -> None:
    alone = assess(Data([*triples(DATA), *fields.class_tree]), fields)
    for one, other in zip(alone, report.records, strict=True):
        assert (one.needed, one.filled) == (other.needed, other.filled)
        assert one.gaps == tuple(gap for gap in other.gaps if not gap.wrong)


def test_a_record_about_two_cities_counts_in_both(report: Report) -> None:
    by_city = report.completeness(by="city")
    assert [one.group.removeprefix(ID) for one in by_city.rows] == ["city/bamako", "city/kumasi", "network"]
    bamako, kumasi, network = by_city.rows
    assert (bamako.records, kumasi.records, network.records) == (3, 4, 2)
    assert bamako.reached == {"draft": 3, "publishable": 2, "exemplary": 2}
    assert kumasi.reached == {"draft": 3, "publishable": 1, "exemplary": 0}
    assert (bamako.filled, bamako.needed) == (3 + 5 + 3, 3 + 5 + 6)
    assert by_city.total.records == 8


def test_what_is_missing_is_named_and_counted(report: Report) -> None:
    kumasi = row(report.completeness(by="city"), f"{ID}city/kumasi")
    assert [(one.kind, one.field, one.level, one.count) for one in kumasi.missing] == [
        ("story", "format", "publishable", 3),
        ("story", "reach", "exemplary", 3),
        ("story", "title", "draft", 1),
        ("measure", "unit", "publishable", 1),
        ("story", "licence", "publishable", 1),
        ("city", "country", "exemplary", 1),
    ]


def test_the_cheapest_actions_come_first(report: Report) -> None:
    actions = row(report.completeness(by="kind"), "story").actions
    assert [action.text("en") for action in actions] == [
        "Story (1): correct Licence → publishable 20% → 40%",
        "Story (1): fill in Format → publishable 20% → 40%",
        "Story (1): fill in Measure: Unit, Format → publishable 20% → 40%",
    ]
    assert actions[1].records == (f"{ID}story/c",)
    assert actions[1].text("fr") == "Récit (1)\u00a0: remplir Format → publiable 20\u00a0% → 40\u00a0%"


def test_records_without_a_theme_stand_last(report: Report) -> None:
    by_theme = report.completeness(by="theme")
    assert [(one.group, one.records) for one in by_theme.rows] == [(f"{ID}theme/tax", 1), ("", 7)]
    assert by_theme.rows[1].label["fr"] == "Sans thème"


def test_languages_are_counted_over_the_texts_there_are(report: Report) -> None:
    rows = {one.group: (one.filled, one.needed) for one in report.completeness(by="language").rows}
    assert rows == {"en": (4, 6), "fr": (2, 6), "ar": (1, 6), "pt": (0, 6)}


def test_in_words(report: Report) -> None:
    text = report.completeness(by="city").to_text("en")
    assert "Kumasi: publishable 1 of 4 (25%); Fields filled in: 9 of 19 (47%)" in text
    assert "There: City (1), Story (3)" in text
    assert "Missing: " in text
    record = report.completeness(by="record").to_text("en")
    assert "Story “B”: draft; Fields filled in: 3 of 6 (50%)\n  Missing: " in record
    assert "Story “D”: not yet a usable draft; Fields filled in: 4 of 5 (80%)" in record
    for lang in ("fr", "pt", "ar"):
        assert "{" not in report.completeness(by="city").to_text(lang)


def test_all_records_together_stand_last(report: Report, fields: Fields) -> None:
    by_city = report.completeness(by="city").to_text("en").splitlines()
    # eight records, though one of them counts in two cities
    assert by_city[-1] == "All records: publishable 3 of 8 (38%); Fields filled in: 22 of 34 (65%)"
    assert "All records" not in report.completeness(by="language").to_text("en")
    empty = validate_records([], fields=fields, vocabularies=[]).completeness(by="city")
    assert empty.to_text("fr") == "Il n’y a pas encore de fiche.\n"


def test_groups_stand_in_the_reader_s_order() -> None:
    kinds = {"city": {"fr": "Ville", "en": "City"}, "event": {"fr": "Événement", "en": "Event"}}
    themes = {"urn:eau": {"fr": "Eau", "en": "Water"}, "urn:impot": {"fr": "Impôt", "en": "Tax"}}
    states = [
        RecordState("https://example.org/id/city/a", "city", kinds["city"], {"": "« A »"}, themes=themes),
        RecordState("https://example.org/id/event/z", "event", kinds["event"], {"": "Z"}),
        RecordState("https://example.org/id/event/b", "event", kinds["event"], {"": "“b”"}),
    ]

    def shown(by: str, lang: str) -> list[str]:
        return [line.partition(colon(lang))[0] for line in roll_up(states, by).to_text(lang).splitlines()[:-1]]

    assert [line for line in shown("kind", "fr") if line[0] != " "] == ["Événement", "Ville"]
    assert [line for line in shown("kind", "en") if line[0] != " "] == ["City", "Event"]
    # what has no theme stands last whatever the language
    assert [line for line in shown("theme", "fr") if line[0] != " "] == ["Eau", "Impôt", "Sans thème"]
    assert [line for line in shown("theme", "en") if line[0] != " "] == ["Tax", "Water", "Without a theme"]
    assert shown("record", "en") == ["City “« A »”", "Event ““b””", "Event “Z”"]


@pytest.mark.parametrize("lang", ["en", "fr", "pt", "ar"])
def test_a_language_s_own_signs(report: Report, lang: str) -> None:
    for by in BY:
        text = report.completeness(by=by).to_text(lang)
        assert "{" not in text
        if lang == "ar":  # the comma, the semicolon and the arrow of a text from right to left
            assert not re.search(r"[,;→]", text)
        if lang == "fr":
            assert not re.search(r"[^\u202f];|[^\u00a0]:|\d%", text)


def test_tables(report: Report) -> None:
    by_kind = report.completeness(by="kind")
    heading, lines = by_kind.table("fr")
    assert heading[:5] == ["Type de fiche", "Fiches", "Champs remplis", "Champs nécessaires", "%"]
    assert [line[0] for line in lines] == ["Mesure", "Récit", "Ville"]
    rows = list(csv.DictReader(io.StringIO(by_kind.to_csv())))
    assert [one["group"] for one in rows] == ["city", "measure", "story"]
    assert rows[2]["publishable"] == "1"
    content = json.loads(by_kind.to_json())
    assert content["rows"][0]["reached"] == {"draft": 2, "publishable": 2, "exemplary": 1}
    assert [one["label"] for one in json.loads(by_kind.to_json("fr"))["rows"]] == ["Mesure", "Récit", "Ville"]


def test_an_unknown_way_to_count_is_named(report: Report) -> None:
    with pytest.raises(UnknownName, match="did you mean 'city'"):
        report.completeness(by="citty")


def test_an_empty_graph_has_nothing_to_count(fields: Fields) -> None:
    empty = validate_records([], fields=fields, vocabularies=[])
    assert empty.completeness(by="city").rows == ()
    assert empty.completeness(by="kind").total.share is None

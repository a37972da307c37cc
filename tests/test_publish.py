"""The gate: what may be seen from outside, what stays behind and why, and which references are cut."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest

import sankofa
from sankofa.graph import Graph
from sankofa.graph.opening import in_memory
from sankofa.publish.gate import Gate, LeftOut, digest_of, gate, tombstone

BASE = "https://example.org/net/"
PREFIXES = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skf: <https://w3id.org/sankofa/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix status: <https://w3id.org/sankofa/vocabulary/status/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://example.org/net/id/> .
"""
MALI = "<http://publications.europa.eu/resource/authority/country/MLI>"
LICENCE = "dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;"


def record(iri: str, *, status: str = "status:published", licence: str = LICENCE, says: str) -> str:
    return f"""<{iri}> {says} ; skf:status {status} ; {licence}
        dcterms:source <https://example.org/source> ; dcterms:created "2026-01-01"^^xsd:date ;
        dcterms:language <http://publications.europa.eu/resource/authority/language/ENG> .
    """


def theme(name: str, more: str = "") -> str:
    return f"""a skf:Theme, skos:Concept ; skos:prefLabel "{name}"@en ; skos:definition "About {name}."@en ;
        dcterms:type <type/domain> {more}"""


SMALL = PREFIXES + "".join(
    (
        record("type/domain", says='a skf:Type, skos:Concept ; skos:prefLabel "Domain"@en ; skf:appliesTo skf:Theme'),
        record("theme/tax", says=theme("Tax", "; skos:note 'seen'@en")),
        record("theme/draft", status="status:draft", says=theme("Draft")),
        record("theme/no-licence", licence="", says=theme("No licence")),
        record("theme/withdrawn", status="status:withdrawn", says=theme("Withdrawn")),
        record("theme/returned", status="status:returned", says=theme("Returned")),
        record("theme/twice", status="status:published, status:draft", says=theme("Twice")),
        record(
            "city/bamako",
            says=f"""a skf:City ; dcterms:title "Bamako"@fr ; skf:country {MALI} ;
                skf:theme <theme/tax>, <theme/draft>, <theme/no-licence>, <theme/withdrawn>""",
        ),
        record(
            "city/ghana",
            says=f"""a skf:City ; dcterms:title "A broken part"@en ; skf:country {MALI} ; skf:theme <theme/tax> ;
                skf:measure <city/ghana#population>""",
        ),
        "<city/ghana#population> a skf:Measure ; skf:value 'many' .",
        "<https://example.org/elsewhere> dcterms:title 'no record, judged by nobody'@en .",
    )
)


def graph_of(turtle: str) -> Graph:
    return in_memory(BASE, (quad.triple for quad in ox.parse(turtle, ox.RdfFormat.TURTLE)))


@pytest.fixture(scope="module")
def small() -> tuple[Graph, Gate]:
    graph = graph_of(SMALL)
    return graph, gate(graph)


def left(verdict: Gate, name: str) -> LeftOut:
    return next(out for out in verdict.left_out if out.record == f"{BASE}id/{name}")


def test_what_is_published_and_complete_passes(small: tuple[Graph, Gate]) -> None:
    passed = {record.removeprefix(f"{BASE}id/") for record in small[1].passed}
    assert passed == {"type/domain", "theme/tax", "city/bamako"}


@pytest.mark.parametrize("status", ["draft", "withdrawn", "returned"])
def test_what_is_not_published_stays_behind(small: tuple[Graph, Gate], status: str) -> None:
    out = left(small[1], f"theme/{status}")
    assert (out.status, out.title) == (status, status.capitalize())
    assert out.reason == f"its status is {status}"


def test_what_misses_its_licence_stays_behind_with_the_finding(small: tuple[Graph, Gate]) -> None:
    out = left(small[1], "theme/no-licence")
    assert [finding.field for finding in out.findings] == ["licence"]
    assert (out.lacks, out.reason) == (("licence",), "it has no licence")


def person(consent: str) -> Gate:
    says = f'a skf:Person ; {consent} dcterms:title "Awa Example"@en'
    return gate(graph_of(PREFIXES + record("person/awa", says=says)))


@pytest.mark.parametrize("consent", ["", "skf:consent false ;", "skf:consent true, false ;"])
def test_nobody_is_named_without_recorded_consent(consent: str) -> None:
    verdict = person(consent)
    assert left(verdict, "person/awa").reason == "no consent of the person is recorded"
    assert (verdict.passed, verdict.content) == (frozenset(), ())


def test_who_agreed_is_named() -> None:
    assert person("skf:consent true ;").passed == {f"{BASE}id/person/awa"}


def test_a_person_who_is_a_part_keeps_the_record_back() -> None:
    part = "<theme/tax#awa> a skf:Person ; dcterms:title 'Awa Example'@en ."
    verdict = gate(graph_of(SMALL + part))
    assert left(verdict, "theme/tax").lacks == ("consent",)
    assert b"Awa" not in b"".join(verdict.content)


def test_a_reference_to_what_was_withdrawn_leads_to_its_tombstone(small: tuple[Graph, Gate]) -> None:
    (redirected,) = small[1].redirected
    assert redirected.object == ox.NamedNode(f"{BASE}id/theme/withdrawn")
    address = tombstone(BASE, digest_of(redirected.object.value))
    lines = [line.decode() for line in small[1].content if address.encode() in line]
    assert lines == [
        f"<{BASE}id/city/bamako> <https://w3id.org/sankofa/ontology#theme> <{address}> .\n",
        f"<{address}> <http://www.w3.org/ns/adms#status> <https://w3id.org/sankofa/vocabulary/status/withdrawn> .\n",
    ]


def test_two_statuses_are_not_published(small: tuple[Graph, Gate]) -> None:
    assert left(small[1], "theme/twice").status == "draft and published"


def test_a_record_whose_part_is_wrong_stays_behind(small: tuple[Graph, Gate]) -> None:
    assert left(small[1], "city/ghana").findings


def test_references_to_what_stays_behind_are_cut_and_listed(small: tuple[Graph, Gate]) -> None:
    cut = {(t.subject.value, t.object.value) for t in small[1].cut}
    names = ("theme/draft", "theme/no-licence")
    assert cut == {(f"{BASE}id/city/bamako", f"{BASE}id/{name}") for name in names}


def test_what_is_released_names_nothing_left_out(small: tuple[Graph, Gate]) -> None:
    graph, verdict = small
    text = b"".join(verdict.content).decode()
    for out in verdict.left_out:
        assert f"<{out.record}" not in text
    assert "elsewhere" not in text
    of_passed = [t for t in graph.store.asserted() if t.subject.value.partition("#")[0] in verdict.passed]
    tombstones = 1
    assert len(verdict.content) == len(of_passed) - len(verdict.cut) + tombstones


def test_the_summary_says_what_was_decided(small: tuple[Graph, Gate]) -> None:
    summary = small[1].summary()
    assert summary.startswith("3 records may be seen from outside; 6 left out, ")
    assert summary.endswith("2 references to what is left out cut")
    assert gate(graph_of(PREFIXES)).summary().startswith("no record may be seen")


def test_the_same_graph_gives_the_same_verdict() -> None:
    assert gate(graph_of(SMALL)) == gate(graph_of(SMALL))


def test_all_records_of_the_shipped_graph_pass() -> None:
    with sankofa.open() as graph:
        verdict = gate(graph)
        assert verdict.left_out == ()
        assert verdict.cut == ()
        assert verdict.passed == frozenset(graph.records())
        kinds = Counter(record.removeprefix(graph.record_prefix).split("/")[0] for record in verdict.passed)
        assert kinds == graph.count_by_kind()
        assert kinds["city"] == 11
        assert len(verdict.content) == len(graph)

"""Certain corrections: proposed where a value can be one thing only, made on demand, taken back as any change."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

import sankofa
from command import run
from sankofa.errors import ReadOnly
from sankofa.graph import Graph
from sankofa.store import Change
from sankofa.terms import DCTERMS, SKF, XSD
from sankofa.validation import Finding, validate_files
from sankofa.validation.words import LANGUAGES
from test_findings import FIELD, MACHINERY, Case, found_by

PARTIAL = "sh:or ([ sh:datatype xsd:date ] [ sh:datatype xsd:gYearMonth ] [ sh:datatype xsd:gYear ])"
CHOICE = 'sh:in ("dry season" "Été" "other")'
# fmt: off
CASES = [
    # what the rule asks, what is there, what it must be
    ("sh:datatype xsd:date", '"25/03/2021"', '"2021-03-25"^^xsd:date'),
    ("sh:datatype xsd:date", '"2021/3/5"', '"2021-03-05"^^xsd:date'),
    ("sh:datatype xsd:date", '"2021-3-5"', '"2021-03-05"^^xsd:date'),
    ("sh:datatype xsd:date", '"5 mars 2021"@fr', '"2021-03-05"^^xsd:date'),
    ("sh:datatype xsd:date", '" 2021-03-05 "^^xsd:date', '"2021-03-05"^^xsd:date'),
    ("sh:datatype xsd:date", '"2021-03-05"', '"2021-03-05"^^xsd:date'),
    (PARTIAL, '"March 2021"', '"2021-03"^^xsd:gYearMonth'),
    (PARTIAL, "2021", '"2021"^^xsd:gYear'),
    ("sh:datatype xsd:decimal", '"12,5"', '"12.5"^^xsd:decimal'),
    ("sh:datatype xsd:decimal", '"48 347 588"', '"48347588"^^xsd:decimal'),
    ("sh:datatype xsd:integer", '"11 "', '"11"^^xsd:integer'),
    ("sh:datatype xsd:boolean", '"Oui"@fr', '"true"^^xsd:boolean'),
    ("sh:datatype xsd:anyURI", '"https://example.org/a"', '"https://example.org/a"^^xsd:anyURI'),
    ("sh:datatype xsd:string", '"ML"@fr', '"ML"'),
    ("sh:nodeKind sh:IRI", '"https://example.org/a"', "<https://example.org/a>"),
    ('sh:pattern "^[A-Z]{2}$"', '"ML "', '"ML"'),
    (CHOICE, '"Dry  Season "', '"dry season"'),
    (CHOICE, '"ete"', '"Été"'),
    ('sh:languageIn ("fr" "en")', '"un récit"@fra', '"un récit"@fr'),
    ('sh:languageIn ("fr" "en")', '"a story"@english', '"a story"@en'),
    # two readings, or none: people must look
    ("sh:datatype xsd:date", '"12/03/2021"', ""),
    ("sh:datatype xsd:date", '"March 2021"', ""),
    ("sh:datatype xsd:date", '"last spring"', ""),
    ("sh:datatype xsd:date", '"31/02/2021"', ""),
    ("sh:datatype xsd:decimal", '"1,234"', ""),
    ("sh:datatype xsd:decimal", '"about 12"', ""),
    ("sh:datatype xsd:integer", '"12,5"', ""),
    ("sh:datatype xsd:integer", '"1,234"', ""),
    ("sh:datatype rdf:langString", '"un récit"', ""),
    ("sh:datatype xsd:anyURI", '"www.example.org"', ""),
    ('sh:datatype xsd:date ; sh:minInclusive "2022-01-01"^^xsd:date', '"25/03/2021"^^xsd:date', ""),
    ('sh:pattern "^[A-Z]{2}$"', '"ml"', ""),
    (CHOICE, '"winter"', ""),
    ('sh:in ("a" "A")', '"a "', ""),
    ('sh:languageIn ("fr" "en")', '"um relato"@pt', ""),
    ("sh:not [ sh:hasValue 1 ]", "1", ""),
]
# fmt: on


def term(text: str) -> ox.NamedNode | ox.Literal:
    (quad,) = ox.parse(f"@prefix xsd: <{XSD.ns}> . <x:s> <x:p> {text} .", ox.RdfFormat.TURTLE)
    assert isinstance(quad.object, ox.NamedNode | ox.Literal)
    return quad.object


@pytest.mark.parametrize("engine", ["columns", "nodes"])
@pytest.mark.parametrize(("asks", "there", "must_be"), CASES)
def test_a_correction_is_proposed_where_it_is_certain(
    asks: str, there: str, must_be: str, engine: str, tmp_path: Path
) -> None:
    case = Case(asks, f"ex:opening {there}")
    if ";" in asks:
        found = validate_files([case.write(tmp_path)[1]], [tmp_path / "shapes.ttl"], engine="columns").findings
        assert found
        assert all(finding.fix is None for finding in found)
        return
    fix = found_by(engine, *case.write(tmp_path)).fix
    if not must_be:
        assert fix is None
        return
    assert fix is not None
    assert (fix.subject, fix.predicate) == ("https://example.org/b", "https://example.org/opening")
    assert fix.into == term(must_be)
    for lang in LANGUAGES:
        told = fix.told[lang]
        assert FIELD[lang] in told
        words = told.replace(fix.out.value, "").replace(fix.into.value, "")
        assert not MACHINERY.search(words), told
        assert (lang == "ar") or "\u2068" not in told


# -- in a graph --------------------------------------------------------------------------------------------------


WRONG = """
@prefix skf: <https://w3id.org/sankofa/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://example.org/net/id/city/bamako> a skf:City ; dcterms:title "Bamako"@fr ; skf:country "Côte d’ivoire"@fr .
<https://example.org/net/id/city/segou> a skf:City ; dcterms:title "Ségou"@fr ; skf:country "MALI" .
<https://example.org/net/id/story/one> a skf:Story ; dcterms:title "Un récit"@fr ; skf:city "SEGOU"@fr ;
    dcterms:issued "25/03/2021" .
<https://example.org/net/id/story/two> a skf:Story ; dcterms:title "Deux"@fr ; skf:city "Kumasi"@en ;
    dcterms:issued "12/03/2021" .
"""
NET = "https://example.org/net/"


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Graph]:
    (tmp_path / "wrong.ttl").write_text(WRONG, encoding="utf-8")
    with own(tmp_path) as made:
        yield made


def own(folder: Path) -> Graph:
    """A graph of one's own with some values written wrongly."""
    run("init", folder / "own", "--base", NET, "--title", "Net", "--lang", "fr", "--date", "2026-11-23")
    run("--kg", folder / "own", "load", folder / "wrong.ttl", "--date", "2026-11-24")
    return sankofa.open(folder / "own")


def fixed(findings: tuple[Finding, ...]) -> dict[str, str]:
    """What each value that can be corrected must be."""
    return {one.fix.out.value: str(one.fix.into) for one in findings if one.fix is not None}


def test_a_name_is_the_thing_that_alone_is_called_so(graph: Graph) -> None:
    found = fixed(graph.validate().findings)
    assert found["SEGOU"] == f"<{NET}id/city/segou>"
    assert found["MALI"] == "<http://publications.europa.eu/resource/authority/country/MLI>"
    assert found["25/03/2021"] == f'"2021-03-25"^^<{XSD.date}>'
    assert "12/03/2021" not in found, "the twelfth of March, or the third of December"
    assert "Kumasi" not in found, "there is no such city here"
    with graph.change("another city of that name") as change:
        change.add("city", "segou-2", title={"fr": "Segou"})
    assert "SEGOU" not in fixed(graph.validate().findings)


def test_corrections_are_one_change_that_can_be_taken_back(graph: Graph) -> None:
    before = graph.dump()
    wrong = graph.validate()
    change, corrected = graph.fix(agent="secretariat", when="2026-11-25")
    assert (change.who, change.when) == ("secretariat", "2026-11-25")
    assert graph.history()[-1].number == change.number
    there = {str(finding.fix.into) for finding in corrected if finding.fix}
    assert {str(quad.object) for quad in change.added} == there | {f'"2026-11-25"^^<{XSD.date}>'}
    story = ox.NamedNode(f"{NET}id/story/one")
    (city,) = graph.store.asserted(story, ox.NamedNode(SKF.city))
    assert city.object == ox.NamedNode(f"{NET}id/city/segou")
    (day,) = graph.store.asserted(story, ox.NamedNode(DCTERMS.modified))
    assert day.object == ox.Literal("2026-11-25", datatype=ox.NamedNode(XSD.date))
    assert len(graph.validate().findings) < len(wrong.findings)
    assert not any(finding.fix for finding in graph.validate().findings)
    assert graph.fix()[1] == []
    graph.undo(change.number)
    assert graph.dump() == before


def test_two_corrections_of_one_value_are_none(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    report = graph.validate()
    (first,) = [one for one in report.findings if one.fix and one.fix.out.value == "25/03/2021"]
    assert first.fix is not None
    other = replace(first, fix=replace(first.fix, into=ox.Literal("2021")))
    monkeypatch.setattr(graph, "validate", lambda: replace(report, findings=(first, other), every=None))
    assert graph.fix() == (Change(), [])


def test_a_correction_up_to_a_level_leaves_the_rest(graph: Graph) -> None:
    levels = {one.level for one in graph.validate().findings if one.fix}
    assert "draft" in levels
    _, corrected = graph.fix(level="draft")
    assert {one.level for one in corrected} == {"draft"}


def test_a_graph_that_takes_no_changes_takes_no_corrections(tmp_path: Path, graph: Graph) -> None:
    with sankofa.open(tmp_path / "own", read_only=True) as reading, pytest.raises(ReadOnly):
        reading.fix()


# -- on the command line -----------------------------------------------------------------------------------------


def test_validate_proposes_and_corrects_on_demand(tmp_path: Path) -> None:
    (tmp_path / "wrong.ttl").write_text(WRONG, encoding="utf-8")
    own(tmp_path).close()
    folder = tmp_path / "own"
    before = run("--kg", folder, "dump").stdout
    proposed = run("--kg", folder, "validate", "--lang", "fr", code=1).stdout
    told = "Dans «\u00a0Ville\u00a0», écrire «\u00a0Ségou\u00a0» au lieu de «\u00a0SEGOU\u00a0»."
    assert f"Correction certaine\u00a0: {told}" in proposed
    (row, *_) = (
        row
        for row in csv.DictReader(io.StringIO(run("--kg", folder, "validate", "--format", "csv", code=1).stdout))
        if row["value"] == "SEGOU"
    )
    assert row["fix"] == "In “City”, write “Ségou” instead of “SEGOU”."
    as_json = json.loads(run("--kg", folder, "validate", "--format", "json", code=1).stdout)
    (fix, *_) = (one["fix"] for one in as_json["findings"] if one["value"] == "SEGOU")
    assert (fix["out"], fix["into"]) == ('"SEGOU"@fr', f"<{NET}id/city/segou>")
    assert run("--kg", folder, "dump").stdout == before, "nothing is corrected unasked"

    done = run("--kg", folder, "validate", "--fix", "--lang", "fr", "--date", "2026-11-25", code=1)
    assert f"Récit «\u00a0Un récit\u00a0»\u00a0: {told}" in done.stderr
    assert "modification 3\u00a0: " in done.stderr
    assert "«\u00a0sankofa undo 3\u00a0» l’annule" in done.stderr
    assert "SEGOU" not in done.stdout
    assert "12/03/2021" in done.stdout
    again = run("--kg", folder, "validate", "--fix", code=1)
    assert "there is no correction that is certain" in again.stderr
    run("--kg", folder, "undo", 3)
    assert run("--kg", folder, "dump").stdout == before


def test_only_a_graph_of_one_s_own_is_corrected(tmp_path: Path) -> None:
    shapes, data = Case("sh:datatype xsd:date", "ex:opening 1").write(tmp_path)
    before = data.read_bytes()
    said = run("validate", data, "--fix", code=2).stderr
    assert "only a graph's own records can be corrected" in said
    assert "sankofa load" in said
    assert "can be corrected" in run("validate", "--shapes", shapes, "--fix", code=2).stderr
    said = run("validate", "--fix", code=2).stderr
    assert "the graph we ship is read-only" in said
    assert "sankofa init" in said
    assert data.read_bytes() == before

"""The closed lists: whole, in four languages, and wide enough for every word the sheets use."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from sankofa import shipped

LANGUAGES = ("en", "fr", "pt", "ar")
VOCABULARY = "https://w3id.org/sankofa/vocabulary/"
SKF = "https://w3id.org/sankofa/ontology#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
M49 = VOCABULARY + "country/m49"

FILES = {file.stem: file for file in shipped.vocabulary_files()}
CLASSES = {
    "assignment-status": "AssignmentStatus",
    "audience": "Audience",
    "channel": "Channel",
    "country": "Country",
    "format": "Format",
    "language": "Language",
    "level": "Level",
    "licence": "Licence",
    "metric": "Metric",
    "nature": "Nature",
    "scope": "Scope",
    "status": "Status",
    "strategy-part": "StrategyPart",
    "unit": "Unit",
}
#: The cells that must name a member of a closed list: sheet, column, scheme.
CLOSED = [
    ("cities", "country_en", "country"),
    ("cities", "country_fr", "country"),
    ("cities", "iso3166_1", "country"),
    ("cities", "official_languages", "language"),
    ("indicators", "unit", "unit"),
    ("measures", "nature", "nature"),
    ("measures", "scope", "scope"),
    ("measures", "unit", "unit"),
    ("organisations", "country_iso", "country"),
    ("outcomes", "nature", "nature"),
    ("outcomes", "scope", "scope"),
    ("outcomes", "unit", "unit"),
    ("resources", "language", "language"),
    ("stories", "format", "format"),
    ("stories", "language", "language"),
    ("strategy", "element", "strategy-part"),
    ("strategy", "element_fr", "strategy-part"),
    ("strategy", "unit", "unit"),
    ("theme-assignments", "assignment", "assignment-status"),
]
#: The cells that must name a type of the network: sheet, column, first part of the type's id, what it applies to.
TYPED = [
    ("events", "kind", "event", "Event"),
    ("experiments", "experiment_type", "experiment", "Experiment"),
    ("methods", "kind", "method", "Method"),
    ("organisations", "kind", "organisation", "Organisation"),
    ("phases", "kind", "phase", "Phase"),
    ("questions", "asked_by", "asked-by", "askedBy"),
    ("questions", "level", "question", "Question"),
    ("resources", "kind", "resource", "Resource"),
    ("roles", "level", "role", "Role"),
    ("stories", "kind", "story", "Story"),
    ("strategy", "kind", "strategy-element", "StrategyElement"),
    ("themes", "kind", "theme", "Theme"),
    ("themes", "origin", "origin", "origin"),
]
#: The cells of our own sheets that name records: sheet, column, the sheet that holds them.
REFERENCES = [
    ("measures", "city_ids", "cities"),
    ("measures", "phase_id", "phases"),
    ("memberships", "city_id", "cities"),
    ("memberships", "organisation_id", "organisations"),
    ("memberships", "role_ids", "roles"),
    ("theme-assignments", "city_id", "cities"),
    ("theme-assignments", "theme_id", "themes"),
    ("tools", "organisation_ids", "organisations"),
]
OWN_SHEETS = ("indicators", "measures", "memberships", "theme-assignments", "tools", "types")
#: The figures inside the record of a city, and the cells they come from.
CITY_FIGURES = {
    "area": "area_km2",
    "density": "density_per_km2",
    "internet-access": "internet_access_rate",
    "local-budget": "local_budget_as_published",
    "population": "population",
    "smartphone-penetration": "smartphone_penetration",
}


@cache
def triples(scheme: str) -> tuple[Triple, ...]:
    return tuple(quad.triple for quad in parse(path=str(FILES[scheme]), format=RdfFormat.TURTLE))


@cache
def concepts(scheme: str) -> dict[str, dict[str, list[NamedNode | Literal]]]:
    """Subject -> predicate -> objects, of every concept of a scheme."""
    found: dict[str, dict[str, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples(scheme):
        found[triple.subject.value][triple.predicate.value].append(triple.object)
    return {
        subject: dict(properties)
        for subject, properties in found.items()
        if NamedNode(SKOS + "Concept") in properties[RDF_TYPE]
    }


@cache
def names(scheme: str) -> dict[str, set[str]]:
    """Every label and notation of a scheme -> the concepts it names."""
    found: dict[str, set[str]] = defaultdict(set)
    for subject, properties in concepts(scheme).items():
        for predicate in ("prefLabel", "altLabel", "notation"):
            for value in properties.get(SKOS + predicate, ()):
                found[value.value].add(subject)
    return dict(found)


@cache
def rows(sheet: str) -> list[dict[str, str]]:
    path = shipped.default_graph_folder() / "sheets" / f"{sheet}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def cells(sheet: str, column: str) -> list[str]:
    return [part for row in rows(sheet) for part in row[column].split("|") if part]


def texts(scheme: str, *predicates: str) -> list[Literal]:
    return [
        triple.object
        for triple in triples(scheme)
        if isinstance(triple.object, Literal) and triple.predicate.value in predicates
    ]


def test_the_lists_are_those_of_the_model() -> None:
    assert sorted(FILES) == sorted(CLASSES)


@pytest.mark.parametrize("scheme", CLASSES)
def test_a_file_holds_the_scheme_it_is_named_after(scheme: str) -> None:
    schemes = {
        triple.subject.value
        for triple in triples(scheme)
        if triple.predicate.value == RDF_TYPE and triple.object == NamedNode(SKOS + "ConceptScheme")
    }
    assert schemes == {VOCABULARY + scheme}
    header = defaultdict(list)
    for triple in triples(scheme):
        if triple.subject.value == VOCABULARY + scheme:
            header[triple.predicate.value].append(triple.object)
    for predicate in (DCTERMS + "title", DCTERMS + "description"):
        assert sorted(value.language for value in header[predicate]) == sorted(LANGUAGES)
    assert header[DCTERMS + "license"] == [NamedNode("https://creativecommons.org/licenses/by/4.0/")]
    assert header[DCTERMS + "creator"] == [NamedNode("https://w3id.org/sankofa")]
    assert len(header["http://www.w3.org/2002/07/owl#versionInfo"]) == 1
    assert len(header["http://www.w3.org/2000/01/rdf-schema#isDefinedBy"]) == 1


@pytest.mark.parametrize("scheme", CLASSES)
def test_every_concept_is_a_member_in_four_languages(scheme: str) -> None:
    assert concepts(scheme)
    for subject, properties in concepts(scheme).items():
        assert set(properties[RDF_TYPE]) == {NamedNode(SKF + CLASSES[scheme]), NamedNode(SKOS + "Concept")}, subject
        assert properties[SKOS + "inScheme"] == [NamedNode(VOCABULARY + scheme)], subject
        assert properties[SKOS + "topConceptOf"] == [NamedNode(VOCABULARY + scheme)], subject
        assert sorted(label.language for label in properties[SKOS + "prefLabel"]) == sorted(LANGUAGES), subject
        defined = sorted(text.language for text in properties.get(SKOS + "definition", ()))
        assert defined in ([], sorted(LANGUAGES)), subject
        assert {label.language for label in properties.get(SKOS + "altLabel", ())} <= set(LANGUAGES), subject


@pytest.mark.parametrize("scheme", sorted(set(CLASSES) - {"country", "language", "licence", "unit"}))
def test_concepts_of_our_own_are_named_in_the_scheme_and_defined(scheme: str) -> None:
    for subject, properties in concepts(scheme).items():
        assert re.fullmatch(re.escape(f"{VOCABULARY}{scheme}/") + r"[a-z0-9]+(-[a-z0-9]+)*", subject)
        assert len(properties[SKOS + "definition"]) == len(LANGUAGES), subject


@pytest.mark.parametrize("scheme", CLASSES)
def test_preferred_and_other_labels_are_disjoint(scheme: str) -> None:
    for subject, properties in concepts(scheme).items():
        others = properties.get(SKOS + "altLabel", [])
        assert not set(properties[SKOS + "prefLabel"]) & set(others), subject
        assert len(set(others)) == len(others), subject


@pytest.mark.parametrize("scheme", CLASSES)
def test_a_name_leads_to_one_concept(scheme: str) -> None:
    folded: dict[str, set[str]] = defaultdict(set)
    for text, subjects in names(scheme).items():
        folded[text.casefold()] |= subjects
    assert {text: subjects for text, subjects in folded.items() if len(subjects) > 1} == {}


@pytest.mark.parametrize("scheme", CLASSES)
def test_texts_are_clean(scheme: str) -> None:
    for triple in triples(scheme):
        assert isinstance(triple.subject, NamedNode)
        assert isinstance(triple.object, NamedNode | Literal)
        if isinstance(triple.object, Literal):
            text = triple.object.value
            assert text == text.strip() == unicodedata.normalize("NFC", text)
    prose = texts(scheme, DCTERMS + "title", DCTERMS + "description", SKOS + "prefLabel", SKOS + "definition")
    for literal in prose:
        if literal.language == "fr":
            assert not re.search(r"'|[^\u202f][;?!]|[^\u00a0]:|«[^\u00a0]|[^\u00a0]»", literal.value), literal.value
        if literal.language == "ar":
            assert re.search(r"[\u0600-\u06ff]", literal.value), literal.value


@pytest.mark.parametrize("scheme", CLASSES)
def test_terms_stand_in_order(scheme: str) -> None:
    order = list(dict.fromkeys(triple.subject.value for triple in triples(scheme)))
    members = [subject for subject in order if subject in concepts(scheme)]
    assert order[0] == VOCABULARY + scheme
    assert members == sorted(members)
    assert FILES[scheme].read_bytes().endswith(b" .\n")


def test_countries_carry_their_codes() -> None:
    authority = "http://publications.europa.eu/resource/authority/country/"
    codes = Counter()
    for subject, properties in concepts("country").items():
        assert re.fullmatch(re.escape(authority) + "[A-Z]{3}", subject)
        plain = [code.value for code in properties[SKOS + "notation"] if code.datatype.value != M49]
        m49 = [code.value for code in properties[SKOS + "notation"] if code.datatype.value == M49]
        assert len(plain) == 1
        assert re.fullmatch("[A-Z]{2}", plain[0])
        assert all(re.fullmatch("[0-9]{3}", code) for code in m49)
        codes[len(m49)] += 1
    # All of ISO 3166-1 and the European Union; the United Nations give the Union and Taiwan no code.
    assert codes == {1: 248, 0: 2}
    assert names("country")["ML"] == names("country")["466"] == {authority + "MLI"}
    assert names("country")["EU"] == {authority + "EUR"}


def test_languages_carry_their_tags() -> None:
    authority = "http://publications.europa.eu/resource/authority/language/"
    for subject, properties in concepts("language").items():
        assert re.fullmatch(re.escape(authority) + "[A-Z]{3}", subject)
        assert [bool(re.fullmatch("[a-z]{2,3}", tag.value)) for tag in properties[SKOS + "notation"]] == [True]
    codes = {"ar": "ARA", "en": "ENG", "fr": "FRA", "pt": "POR", "rw": "KIN", "sw": "SWA", "zgh": "ZGH"}
    assert {tag: names("language")[tag] for tag in codes} == {tag: {authority + codes[tag]} for tag in codes}


def test_licences_are_named_by_their_own_address() -> None:
    for subject, properties in concepts("licence").items():
        assert subject.startswith(("https://creativecommons.org/", "https://opendatacommons.org/licenses/"))
        assert len(properties[SKOS + "notation"]) == 1


@pytest.mark.parametrize(("sheet", "column", "scheme"), CLOSED)
def test_every_text_of_the_sheets_leads_to_one_concept(sheet: str, column: str, scheme: str) -> None:
    used = set(cells(sheet, column))
    assert used
    assert {text: len(names(scheme).get(text, ())) for text in used} == dict.fromkeys(used, 1)


@pytest.mark.parametrize(("sheet", "column", "prefix", "applies_to"), TYPED)
def test_every_kind_of_the_sheets_is_a_type(sheet: str, column: str, prefix: str, applies_to: str) -> None:
    types = Counter(row["label_en"] for row in rows("types") if row["applies_to"] == applies_to)
    assert types == dict.fromkeys(set(cells(sheet, column)), 1)
    assert all(row["id"].startswith(f"{prefix}-") for row in rows("types") if row["applies_to"] == applies_to)


def test_types_are_told_in_every_language() -> None:
    assert {row["applies_to"] for row in rows("types")} == {applies_to for *_, applies_to in TYPED}
    for row in rows("types"):
        assert all(row[f"label_{language}"] for language in LANGUAGES), row["id"]
        assert row["definition_en"], row["id"]
        assert row["definition_fr"], row["id"]


@pytest.mark.parametrize("sheet", OWN_SHEETS)
def test_rows_of_our_own_sheets_have_an_id_and_a_source(sheet: str) -> None:
    ids = [row["id"] for row in rows(sheet)]
    assert len(set(ids)) == len(ids)
    for row in rows(sheet):
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", row["id"]), row["id"]
        assert len(row["id"]) <= 80
        sources = (row["url"] if sheet == "measures" else row["source_url"]).split("|")
        assert all(source == "seed" or re.fullmatch(r"https?://\S+", source) for source in sources), row["id"]
        assert len(set(sources)) == len(sources), row["id"]
        assert all(cell == cell.strip() == unicodedata.normalize("NFC", cell) for cell in row.values()), row["id"]


@pytest.mark.parametrize(("sheet", "column", "target"), REFERENCES)
def test_ids_of_our_own_sheets_resolve(sheet: str, column: str, target: str) -> None:
    assert set(cells(sheet, column)) <= {row["id"] for row in rows(target)}


def test_every_measure_belongs_to_one_indicator() -> None:
    outcomes = {row["id"] for row in rows("outcomes")}
    prose = {row["id"] for row in rows("measures")}
    figures = {f"{row['id']}#{part}" for row in rows("cities") for part, column in CITY_FIGURES.items() if row[column]}
    assert not prose & {name.removeprefix("out-") for name in outcomes}
    grouped = Counter(cells("indicators", "measure_ids"))
    assert grouped == dict.fromkeys(outcomes | prose | figures, 1)


def test_cities_have_adopted_the_themes_of_their_sheet() -> None:
    adopted = {(row["city_id"], row["theme_id"]) for row in rows("theme-assignments") if row["assignment"] == "adopted"}
    assert adopted == {(row["id"], theme) for row in rows("cities") for theme in row["theme_ids"].split("|")}


def test_every_city_is_a_member_through_a_body_of_its_own_country() -> None:
    members = {row["city_id"] for row in rows("memberships")}
    assert members == {row["id"] for row in rows("cities")} | {""}
    countries = {row["id"]: row["country_iso"] for row in rows("organisations")}
    for row in rows("memberships"):
        for city in rows("cities"):
            if city["id"] == row["city_id"]:
                assert countries[row["organisation_id"]] == city["iso3166_1"], row["id"]


def test_the_network_names_known_terms() -> None:
    path: Path = shipped.default_graph_folder() / "network.ttl"
    values = defaultdict(list)
    network = None
    for quad in parse(path=str(path), format=RdfFormat.TURTLE):
        if quad.predicate.value == RDF_TYPE and quad.object == NamedNode(SKF + "Network"):
            network = quad.subject
        if quad.subject == network:
            values[quad.predicate.value].append(quad.object)
    assert network is not None
    [base] = values[SKF + "base"]
    assert network.value.startswith(base.value)
    assert values[SKF + "defaultStatus"][0].value in concepts("status")
    assert values[SKF + "defaultLicence"][0].value in concepts("licence")
    for predicate in (SKF + "defaultLanguage", SKF + "workingLanguage", DCTERMS + "language"):
        assert {language.value for language in values[predicate]} <= set(concepts("language"))
    organisations = {f"{base.value}id/organisation/{row['id']}" for row in rows("organisations")}
    for predicate in ("funder", "manager", "embodiedBy"):
        assert {organisation.value for organisation in values[SKF + predicate]} <= organisations
    assert sorted(title.language for title in values[DCTERMS + "title"]) == sorted(LANGUAGES)

"""The sentences people read for each kind of finding: complete, alike in four languages, in plain words."""

from __future__ import annotations

import re
import unicodedata

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from sankofa.shipped import messages_file

SKOS = "http://www.w3.org/2004/02/skos/core#"
SH = "http://www.w3.org/ns/shacl#"
LEVEL = "https://w3id.org/sankofa/ontology#level"
MESSAGES = "https://w3id.org/sankofa/messages#"
LANGUAGES = {"ar", "en", "fr", "pt"}

# https://www.w3.org/TR/shacl/#core-components, without sh:property: its results are those of the shape it names.
# fmt: off
COMPONENTS = (
    "Class", "Datatype", "NodeKind", "MinCount", "MaxCount", "MinExclusive", "MinInclusive", "MaxExclusive",
    "MaxInclusive", "MinLength", "MaxLength", "Pattern", "LanguageIn", "UniqueLang", "Equals", "Disjoint",
    "LessThan", "LessThanOrEquals", "Not", "And", "Or", "Xone", "Node", "QualifiedMinCount",
    "QualifiedMaxCount", "Closed", "HasValue", "In",
)
# fmt: on
NUMBERED = ("MinCount", "MaxCount", "MinLength", "MaxLength", "QualifiedMinCount", "QualifiedMaxCount")
EXPECTED_TYPES = (
    "date",
    "decimal",
    "integer",
    "boolean",
    "text-with-language",
    "partial-date",
    "address",
    "text",
    "other",
)
#: What is said beyond the standard, with the level that each is in the way of.
BEYOND = {
    "UnknownClass": "publishable",
    "UnknownProperty": "publishable",
    "UnseenRecord": "publishable",
    "UnseenProperty": "exemplary",
}
PLACEHOLDERS = {"field", "value", "limit", "count", "record", "kind"}
# The machinery's own words, in each language; whole words, so that "nota" or "denote" pass.
MACHINERY = re.compile(
    r"\b(iris?|uris?|urls?|shacl|rdf|sparql|skos|nodes?|n[œo]e?uds?|nós?|literals?|littéral|literal|literais|datatypes?|"
    r"mincount|maxcount|xsd|triples?|graphs?|shapes?|predicates?|prédicats?|constraints?|contraintes?)\b|عقدة|مثلث|\w:\w",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def store() -> Store:
    loaded = Store()
    loaded.load(path=str(messages_file()), format=RdfFormat.TURTLE)
    return loaded


def texts(store: Store, concept: NamedNode, name: str) -> dict[str, str]:
    """The texts of one property of a concept, by language; one at most in each."""
    found: dict[str, str] = {}
    for quad in store.quads_for_pattern(concept, NamedNode(SKOS + name), None):
        assert isinstance(quad.object, Literal)
        language = quad.object.language
        assert language is not None
        assert language not in found, f"{concept} has two texts in {language}"
        found[language] = quad.object.value
    return found


def concepts(store: Store) -> list[NamedNode]:
    found = {quad.subject for quad in store.quads_for_pattern(None, NamedNode(SKOS + "inScheme"), None)}
    return sorted((node for node in found if isinstance(node, NamedNode)), key=str)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{([^{}]*)\}", text))


@pytest.mark.parametrize("component", COMPONENTS)
def test_each_component_has_a_sentence_in_each_language(store: Store, component: str) -> None:
    match = NamedNode(f"{SH}{component}ConstraintComponent")
    found = [quad.subject for quad in store.quads_for_pattern(None, NamedNode(SKOS + "exactMatch"), match)]
    assert found == [NamedNode(MESSAGES + component)]
    for name in ("prefLabel", "definition", "scopeNote"):
        assert set(texts(store, found[0], name)) == LANGUAGES, name


def test_no_component_is_invented(store: Store) -> None:
    found = {str(quad.object.value) for quad in store.quads_for_pattern(None, NamedNode(SKOS + "exactMatch"), None)}
    assert found == {f"{SH}{component}ConstraintComponent" for component in COMPONENTS}


def test_codes_are_unique(store: Store) -> None:
    codes = [quad.object.value for quad in store.quads_for_pattern(None, NamedNode(SKOS + "notation"), None)]
    assert len(codes) == len(set(codes)) == len(COMPONENTS) + 1 + len(BEYOND)
    assert all(re.fullmatch(r"SKF-[CU]\d\d", code) for code in codes)


@pytest.mark.parametrize("name", BEYOND)
def test_what_is_beyond_the_standard_has_a_sentence_in_each_language_and_a_level(store: Store, name: str) -> None:
    concept = NamedNode(MESSAGES + name)
    for text in ("prefLabel", "definition", "scopeNote"):
        assert set(texts(store, concept, text)) == LANGUAGES
    (level,) = [quad.object for quad in store.quads_for_pattern(concept, NamedNode(LEVEL), None)]
    assert level == NamedNode(f"https://w3id.org/sankofa/vocabulary/level/{BEYOND[name]}")


@pytest.mark.parametrize("component", NUMBERED)
def test_a_shown_number_has_the_plural_forms_of_each_language(store: Store, component: str) -> None:
    for category in ("one", "other"):
        assert set(texts(store, NamedNode(f"{MESSAGES}{component}-{category}"), "definition")) == LANGUAGES
    for category in ("two", "few", "many"):
        assert "ar" in texts(store, NamedNode(f"{MESSAGES}{component}-{category}"), "definition")


@pytest.mark.parametrize("expected", EXPECTED_TYPES)
def test_each_expected_type_has_its_sentence(store: Store, expected: str) -> None:
    concept = NamedNode(f"{MESSAGES}Datatype-{expected}")
    assert set(texts(store, concept, "definition")) == set(texts(store, concept, "prefLabel")) == LANGUAGES


def test_a_concept_says_the_same_in_each_language_it_speaks(store: Store) -> None:
    assert len(concepts(store)) > len(COMPONENTS)
    for concept in concepts(store):
        for name in ("definition", "scopeNote"):
            by_language = {language: placeholders(text) for language, text in texts(store, concept, name).items()}
            assert len({frozenset(found) for found in by_language.values()}) <= 1, (concept, by_language)
            assert set().union(*by_language.values()) <= PLACEHOLDERS, (concept, by_language)


def test_a_form_of_one_language_only_is_a_plural_form(store: Store) -> None:
    for concept in concepts(store):
        spoken = set(texts(store, concept, "definition"))
        if spoken and spoken != LANGUAGES:
            assert spoken == {"ar"}
            assert concept.value.rsplit("-", 1)[1] in {"two", "few", "many"}


@pytest.mark.parametrize("component", ["MinCount", "QualifiedMinCount", "HasValue"])
def test_what_is_missing_has_advice_of_its_own_at_each_level(store: Store, component: str) -> None:
    advice = {}
    for level in ("draft", "publishable", "exemplary"):
        advice[level] = texts(store, NamedNode(f"{MESSAGES}{component}-{level}"), "scopeNote")
        assert set(advice[level]) == LANGUAGES
    for language in LANGUAGES:
        assert len({advice[level][language] for level in advice}) == 3
    told = {level: advice[level]["en"] for level in advice}
    assert [level for level in told if "leave the record as a draft" in told[level]] == ["publishable"]


def test_the_words_are_those_of_people(store: Store) -> None:
    for concept in concepts(store):
        for name in ("prefLabel", "definition", "scopeNote"):
            for language, text in texts(store, concept, name).items():
                assert not MACHINERY.search(text), f"{concept.value} ({language}): {text}"
                assert unicodedata.is_normalized("NFC", text)
                assert text == text.strip()
                if name != "prefLabel":
                    assert text.endswith("."), text


def test_a_narrower_sentence_has_its_general_one(store: Store) -> None:
    for concept in concepts(store):
        local = concept.value.removeprefix(MESSAGES)
        broader = [quad.object for quad in store.quads_for_pattern(concept, NamedNode(SKOS + "broader"), None)]
        assert broader == ([NamedNode(MESSAGES + local.split("-")[0])] if "-" in local else [])

"""The shapes: each rule can fail, each kind can be described without fault, and all are written the same way.

A rule is a named property shape that a node shape names. Add one and this file asks for its failing example,
``tests/shapes/<rule>.ttl``: the smallest data that breaks it. The first thing typed in the file is the one the rule
must complain about; a line ``# focus: <…>`` names another. ``tests/shapes/valid/<kind>.ttl`` holds a record of each
kind with which nothing is wrong at any level: ``<{kind}/example>``, so that the others may point to it, and its type is
``<type/{kind}>``. Everything is judged in one run.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, parse

from sankofa.shipped import ontology_files, shape_files, vocabulary_files

FOLDER = Path(__file__).parent / "shapes"
EXAMPLES = {path.stem: path for path in sorted(FOLDER.glob("*.ttl"))}
VALID = {path.stem: path for path in sorted((FOLDER / "valid").glob("*.ttl"))}

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SH = "http://www.w3.org/ns/shacl#"
SKF = "https://w3id.org/sankofa/ontology#"
SHAPE = "https://w3id.org/sankofa/shapes#"
LEVEL = "https://w3id.org/sankofa/vocabulary/level/"
TYPE = NamedNode(RDF + "type")
PATH = NamedNode(SH + "path")
PROPERTY = NamedNode(SH + "property")
TARGET = NamedNode(SH + "targetClass")
SUBCLASS = NamedNode(RDFS + "subClassOf")
EXAMPLE = NamedNode("http://www.w3.org/2004/02/skos/core#example")
LANGUAGES = {"ar", "en", "fr", "pt"}
SEVERITIES = {"draft": "Violation", "publishable": "Warning", "exemplary": "Info"}
COMMON = ("Record", "Entity")  # the node shapes of record.ttl that are no kind
# What SHACL Core offers and our readers of shapes know; SPARQL constraints, rules and targets are none of it.
# fmt: off
CORE = {
    "NodeShape", "PropertyShape", "Violation", "Warning", "Info", "IRI", "Literal", "BlankNodeOrIRI", "targetClass",
    "property", "path", "inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath",
    "severity", "name", "description", "message", "order", "class", "datatype", "nodeKind", "minCount", "maxCount",
    "minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "minLength", "maxLength", "pattern", "flags",
    "languageIn", "uniqueLang", "equals", "disjoint", "lessThan", "lessThanOrEquals", "or", "and", "not", "xone",
    "node", "in", "hasValue",
}
# fmt: on
# The machinery's own words, which a steward never reads; whole words, so that "nota" or "denote" pass.
MACHINERY = re.compile(
    r"\b(iris?|uris?|shacl|rdf|owl|sparql|skos|nodes?|n[œo]e?uds?|nós?|literals?|littéral|literal|literais|datatypes?|"
    r"mincount|maxcount|xsd|triples?|predicates?|prédicats?)\b|عقدة|ثلاثية|\w:\w",
    re.IGNORECASE,
)


def kebab(name: str) -> str:
    """The kind of a class: ``StrategyElement`` is ``strategy-element``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def local(iri: str) -> str:
    return iri.removeprefix(SHAPE)


def load() -> tuple[Store, dict[str, str]]:
    """All shapes, and the file each named shape stands in."""
    store, home = Store(), {}
    for path in shape_files():
        for triple in parse(path=str(path), format=RdfFormat.TURTLE):
            store.add(Quad(triple.subject, triple.predicate, triple.object))
            if isinstance(triple.subject, NamedNode):
                home[triple.subject.value] = path.stem
    return store, home


SHAPES, HOME = load()


def objects(subject: NamedNode, predicate: NamedNode) -> list[NamedNode | Literal | BlankNode]:
    return [quad.object for quad in SHAPES.quads_for_pattern(subject, predicate, None)]


def node_shapes() -> dict[str, list[str]]:
    """The rules each node shape with a target names."""
    return {
        local(quad.subject.value): sorted(local(rule.value) for rule in objects(quad.subject, PROPERTY))
        for quad in SHAPES.quads_for_pattern(None, TARGET, None)
    }


NODE_SHAPES = node_shapes()
RULES = sorted({rule for rules in NODE_SHAPES.values() for rule in rules})
KINDS = sorted(name for name in NODE_SHAPES if name not in COMMON)


def ontology_triples() -> Iterator[tuple[NamedNode, NamedNode, NamedNode]]:
    for path in ontology_files():
        if path.exists():
            for triple in parse(path=str(path), format=RdfFormat.TURTLE):
                yield triple.subject, triple.predicate, triple.object


def ontology_kinds() -> set[str]:
    """The classes below skf:Entity, without skf:Record."""
    below = defaultdict(set)
    for subject, predicate, value in ontology_triples():
        if predicate == SUBCLASS and isinstance(value, NamedNode):
            below[value.value].add(subject.value)
    found, ahead = set(), [SKF + "Entity"]
    while ahead:
        for name in below[ahead.pop()] - found:
            found.add(name)
            ahead.append(name)
    return {name.removeprefix(SKF) for name in found if name.startswith(SKF)} - {"Record"}


def focus_of(path: Path) -> str:
    """The thing an example is about: the one its comment names, else the first that is given a class."""
    named = re.search(r"^# focus: <([^>]+)>$", path.read_text(encoding="utf-8"), re.MULTILINE)
    if named:
        return named[1]
    triples = parse(path=str(path), format=RdfFormat.TURTLE)
    return next(triple.subject.value for triple in triples if triple.predicate == TYPE)


def subjects_of(path: Path) -> set[str]:
    return {triple.subject.value for triple in parse(path=str(path), format=RdfFormat.TURTLE)}


@pytest.fixture(scope="module")
def results() -> dict[str, list[str]]:
    """What one run over all examples says: the rules broken, by focus."""
    import pyshacl
    import rdflib

    data = rdflib.Graph()
    for path in [*EXAMPLES.values(), *VALID.values()]:
        data.parse(path, format="turtle")
    known = [triple for triple in ontology_triples() if triple[1] == SUBCLASS]
    for path in vocabulary_files():
        quads = parse(path=str(path), format=RdfFormat.TURTLE)
        known += [(quad.subject, TYPE, quad.object) for quad in quads if quad.predicate == TYPE]
    for triple in known:
        if all(isinstance(term, NamedNode) for term in triple):
            data.add(tuple(rdflib.URIRef(term.value) for term in triple))
    rules = rdflib.Graph()
    for path in shape_files():
        rules.parse(path, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=rules, inference="none", advanced=False, do_owl_imports=False)
    found: dict[str, list[str]] = defaultdict(list)
    for result in report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult):
        focus, rule = report.value(result, rdflib.SH.focusNode), report.value(result, rdflib.SH.sourceShape)
        found[str(focus)].append(local(str(rule)))
    return found


# Each rule can fail, and nothing fails where nothing is wrong.


def test_each_rule_has_a_failing_example_and_no_example_is_a_stray() -> None:
    assert sorted(EXAMPLES) == RULES


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule in EXAMPLES])
def test_a_rule_finds_the_fault_of_its_example(rule: str, results: dict[str, list[str]]) -> None:
    focus = focus_of(EXAMPLES[rule])
    assert rule in results.get(focus, []), f"{focus} breaks {results.get(focus)}"


def test_each_example_is_about_things_of_its_own() -> None:
    owners = Counter(subject for path in [*EXAMPLES.values(), *VALID.values()] for subject in subjects_of(path))
    assert [subject for subject, files in owners.items() if files > 1] == []


def test_each_kind_has_a_valid_example_and_no_example_is_a_stray() -> None:
    assert sorted(VALID) == sorted(kebab(kind) for kind in KINDS)


@pytest.mark.parametrize("kind", sorted(VALID))
def test_a_valid_record_is_exemplary(kind: str, results: dict[str, list[str]]) -> None:
    assert {subject: results[subject] for subject in subjects_of(VALID[kind]) if subject in results} == {}


@pytest.mark.parametrize("kind", sorted(VALID))
def test_a_valid_example_is_of_its_kind(kind: str) -> None:
    triples = list(parse(path=str(VALID[kind]), format=RdfFormat.TURTLE))
    assert any(triple.predicate == TYPE and kebab(triple.object.value.removeprefix(SKF)) == kind for triple in triples)


# All are written the same way.


def test_the_shapes_are_well_formed_by_the_shapes_of_the_standard() -> None:
    import pyshacl
    import rdflib

    rules = rdflib.Graph()
    for path in shape_files():
        rules.parse(path, format="turtle")
    conforms, _, text = pyshacl.validate(rdflib.Graph(), shacl_graph=rules, meta_shacl=True)
    assert conforms, text


def test_the_kinds_of_the_shapes_are_those_of_the_ontology() -> None:
    assert set(KINDS) == ontology_kinds()


def test_each_kind_has_one_node_shape_in_a_file_of_its_name() -> None:
    for name in NODE_SHAPES:
        assert objects(NamedNode(SHAPE + name), TARGET) == [NamedNode(SKF + name)]
        assert HOME[SHAPE + name] == ("record" if name in COMMON else kebab(name))
    assert sorted(path.stem for path in shape_files()) == sorted(["record", *(kebab(kind) for kind in KINDS)])


def test_a_rule_belongs_to_one_node_shape_and_stands_in_its_file() -> None:
    for name, rules in NODE_SHAPES.items():
        for rule in rules:
            assert re.fullmatch(rf"{name}-[a-z]+(-[a-z]+)*", rule), rule
            assert HOME[SHAPE + rule] == HOME[SHAPE + name]
    typed = SHAPES.quads_for_pattern(None, TYPE, NamedNode(SH + "PropertyShape"))
    assert sorted(local(quad.subject.value) for quad in typed) == RULES


def test_the_path_a_kind_uses_has_one_common_rule_for_its_values() -> None:
    paths = {rule: objects(NamedNode(SHAPE + rule), PATH)[0] for rule in RULES}
    common = {path for rule, path in paths.items() if rule.startswith("Entity-")}
    assert [rule for rule, path in paths.items() if isinstance(path, NamedNode) and path not in common] == []


def test_a_type_is_chosen_from_the_list_of_its_kind() -> None:
    endings = ("-type", "-origin", "-asked-by")
    fields = [rule for rule in RULES if rule.endswith(endings) and not rule.startswith("Entity-")]
    assert [rule for rule in fields if f"{rule}-fits" not in RULES] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_level_name_help_and_example(rule: str) -> None:
    iri = NamedNode(SHAPE + rule)
    (level,) = objects(iri, NamedNode(SKF + "level"))
    (severity,) = objects(iri, NamedNode(SH + "severity"))
    assert severity.value == SH + SEVERITIES[level.value.removeprefix(LEVEL)]
    assert len(objects(iri, NamedNode(SH + "order"))) == 1
    for name in ("name", "description", "message"):
        texts = objects(iri, NamedNode(SH + name))
        if name == "message" and not texts:
            continue
        assert sorted(text.language or "" for text in texts) == sorted(LANGUAGES), f"{rule} {name}"
        for text in texts:
            assert not MACHINERY.search(text.value), text.value
    languages = [text.language for text in objects(iri, EXAMPLE)]
    assert languages, f"{rule} has no example"
    assert set(languages) in (LANGUAGES, {None}), f"{rule}: examples in words are in four languages, codes in none"


def test_the_order_of_the_rules_of_a_node_shape_is_a_line() -> None:
    for name, rules in NODE_SHAPES.items():
        places = Counter(objects(NamedNode(SHAPE + rule), NamedNode(SH + "order"))[0].value for rule in rules)
        assert [place for place, rules_there in places.items() if rules_there > 1] == [], name


def test_labels_of_node_shapes_are_in_four_languages() -> None:
    for quad in SHAPES.quads_for_pattern(None, TYPE, NamedNode(SH + "NodeShape")):
        labels = objects(quad.subject, NamedNode(RDFS + "label"))
        assert {label.language for label in labels} == LANGUAGES, quad.subject


def test_nothing_is_nameless_but_the_cells_of_lists_and_paths() -> None:
    operators = ("alternativePath", "inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
    allowed = {RDF + "first", RDF + "rest", *(SH + operator for operator in operators)}
    nameless = {quad.predicate.value for quad in SHAPES if isinstance(quad.subject, BlankNode)}
    assert nameless <= allowed


def test_only_the_core_of_the_standard_and_terms_of_the_ontology_are_used() -> None:
    terms = {subject.value for subject, _, _ in ontology_triples() if isinstance(subject, NamedNode)}
    for quad in SHAPES:
        for term in (quad.predicate, quad.object):
            if isinstance(term, NamedNode) and term.value.startswith(SH):
                assert term.value.removeprefix(SH) in CORE, term
            if isinstance(term, NamedNode) and term.value.startswith(SKF):
                assert term.value in terms, term


def test_texts_are_composed() -> None:
    for path in [*shape_files(), *EXAMPLES.values(), *VALID.values()]:
        assert unicodedata.is_normalized("NFC", path.read_text(encoding="utf-8")), path

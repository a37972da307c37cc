"""Validation of anybody's data by anybody's shapes: many shapes, graphs in memory, threads, what shapes lean on.

Published shapes on published data are compared on demand, by ``benchmarks/validate/corpora.py``.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

import sankofa
from command import run
from engines import bag, by_columns, by_default, by_nodes, by_pyshacl
from many_shapes import many_shapes
from mistakes import Case, explain
from sankofa.errors import UnreadableInput
from sankofa.validation import backreferences, validate_by
from sankofa.validation.shapes import read_shapes
from strategies import Pair, lines

ENGINES = ("columns", "pyshacl")
pytestmark = pytest.mark.usefixtures("rdflib_is_quiet")
PREFIXES = """
@prefix : <http://example.org/> .
@prefix ex: <http://example.org/terms#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def written(folder: Path, name: str, turtle: str) -> Path:
    file = folder / name
    file.write_text(PREFIXES + turtle, encoding="utf-8")
    return file


# -- many shapes


@pytest.fixture(scope="module")
def many() -> Pair:
    return many_shapes(130, 100)


def test_many_shapes_are_many_and_the_same_each_time(many: Pair) -> None:
    assert len(read_shapes(many.shapes).by) > 1000
    assert many_shapes(130, 100) == many
    assert many_shapes(130, 100, seed=2) != many


def test_engines_agree_on_many_shapes(many: Pair) -> None:
    ours = bag(by_columns(many))
    assert bag(by_nodes(many)) == ours
    assert bag(by_default(many)) == ours
    left, explained = explain(Case(many, read_shapes(many.shapes)), ours, bag(by_pyshacl(many)))
    assert left == []
    assert ours.total() > 500
    # a range or an order of numbers and days, which SPARQL does not compare
    assert explained.total() < 0.02 * ours.total()


# -- graphs that the caller holds


DATA = ":a a :T ; :size '1'^^xsd:integer ; :part [ :size '7'^^xsd:int ] , 'x'@EN , 'y' . :b a :T ; :size 'none' ."
SHAPES = """
:S a sh:NodeShape ; sh:targetClass :T ; sh:property [ sh:path :size ; sh:datatype xsd:integer ; sh:maxInclusive 0 ] ,
    [ sh:path :part ; sh:nodeKind sh:IRI ] .
"""
LIBRARIES = {
    "rdflib": lambda text: rdflib.Graph().parse(data=text),
    "rdflib's dataset": lambda text: rdflib.Dataset().parse(data=text),
    "store": lambda text: _store(text),
    "dataset": lambda text: ox.Dataset(ox.parse(text, ox.RdfFormat.TURTLE)),
}


def _store(text: str) -> ox.Store:
    store = ox.Store()
    store.load(text, ox.RdfFormat.TURTLE)
    return store


def _content(graph: object) -> set[str]:
    if isinstance(graph, rdflib.Dataset):
        return {str(quad) for quad in graph.quads()}
    return {str(one) for one in graph}  # type: ignore[attr-defined]


@pytest.mark.parametrize("engine", [None, *ENGINES])
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_graph_in_memory_is_judged_and_never_changed(
    library: str, engine: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    data, shapes = (LIBRARIES[library](PREFIXES + text) for text in (DATA, SHAPES))
    before = _content(data), _content(shapes)
    report = sankofa.validate(data, shapes=shapes, engine=engine)
    assert (_content(data), _content(shapes)) == before
    files = written(tmp_path, "data.ttl", DATA), written(tmp_path, "shapes.ttl", SHAPES)
    wanted = sankofa.validate(files[0], shapes=files[1], engine=engine)
    assert len(report.results) == 6
    assert sorted(str(one.value) for one in report.results if not isinstance(one.value, ox.BlankNode)) == sorted(
        str(one.value) for one in wanted.results if not isinstance(one.value, ox.BlankNode)
    )
    assert {one.focus for one in report.results} == {one.focus for one in wanted.results}


def test_graphs_and_files_go_together(tmp_path: Path) -> None:
    file = written(tmp_path, "data.ttl", ":c a :T ; :size 5 .")
    store, more = _store(PREFIXES + DATA), written(tmp_path, "more.ttl", ":R sh:targetNode :c ; sh:class :Other .")
    report = sankofa.validate(file, store, shapes=[_store(PREFIXES + SHAPES), more])
    assert report.checked == 3
    assert {str(one.shape).rpartition("/")[2] for one in report.results if one.focus.value.endswith("/c")} > {"R>"}


def test_triples_in_memory_are_left_as_they_are(many: Pair, tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.nt"
    shapes.write_text(lines(many.shapes), encoding="utf-8")
    data = list(many.data)
    validate_by(data, [shapes])
    assert data == list(many.data)
    assert shapes.read_text(encoding="utf-8") == lines(many.shapes)


def test_a_graph_of_rdflib_with_what_is_no_rdf_is_refused() -> None:
    graph = rdflib.Graph()
    graph.add((rdflib.URIRef("http://example.org/a"), rdflib.RDF.type, rdflib.Variable("x")))
    with pytest.raises(UnreadableInput, match="no term of RDF"):
        sankofa.validate(graph, shapes=rdflib.Graph())


# -- threads


@pytest.mark.parametrize("engine", [None, *ENGINES])
def test_threads_judge_different_data_by_different_shapes(engine: str | None, tmp_path: Path) -> None:
    pairs = [many_shapes(2 + number % 3, 5 + number, seed=number) for number in range(8)]
    shapes = [tmp_path / f"{number}.nt" for number in range(8)]
    for file, one in zip(shapes, pairs, strict=True):
        file.write_text(lines(one.shapes), encoding="utf-8")

    def report(number: int) -> str:
        return validate_by(pairs[number].data, [shapes[number]], engine=engine).to_csv()

    alone = [report(number) for number in range(8)]
    assert len(set(alone)) == 8
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(report, range(8))) == alone


# -- what shapes lean on

CASES = {
    # lists: the end, a list of one, members that are lists, a list with labels of its own
    "lists": (
        ":a :p 1 . :b :p 2 . :c :p :x . :x :q 1 .",
        """:S sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:in :L ] .
        :L rdf:first 1 ; rdf:rest :M . :M rdf:first 3 ; rdf:rest () .
        :T sh:targetNode :c ; sh:property [ sh:path (:p :q) ; sh:in () ] .
        :U sh:targetNode :c ; sh:or ( [ sh:path :p ; sh:in (1) ]
            [ sh:path (:p [ sh:alternativePath (:q :r) ]) ; sh:hasValue 1 ] ) .""",
        {("b", "In"), ("c", "In")},
        3,
    ),
    "a component with parameters": (
        ":a :p 'Haus'@de . :b :p 'house'@en . :c :p 1 .",
        """:Language a sh:ConstraintComponent ;
            sh:parameter [ sh:path ex:lang ] , [ sh:path ex:least ; sh:optional true ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:message "not in {$lang}" ;
                sh:ask "ASK { FILTER (isLiteral($value) && langMatches(lang($value), $lang)) }" ] .
        :S sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; ex:lang "de" ] .""",
        {("b", "Language"), ("c", "Language")},
        2,
    ),
    "a component that is a subclass, with a validator for each sort of shape": (
        ":a :p 1 , 2 . :b :p 2 .",
        """:Kind rdfs:subClassOf sh:ConstraintComponent .
        :Only a :Kind ; sh:parameter [ sh:path ex:only ] ;
            sh:nodeValidator [ sh:select
                "SELECT $this WHERE { $this <http://example.org/p> ?o FILTER (?o != $only) }" ] ;
            sh:propertyValidator [ sh:select
                "SELECT $this ?value WHERE { $this $PATH ?value FILTER (?value != $only) }" ] .
        :S sh:targetSubjectsOf :p ; ex:only 2 ; sh:property [ sh:path :p ; ex:only 1 ] .""",
        {("a", "Only"), ("b", "Only")},
        3,
    ),
    "prefixes through imports that are in the file": (
        ":a ex:size 3 . :b ex:size 1 .",
        """:one owl:imports :two . :two owl:imports :three , <http://127.0.0.1:9/never-fetched> .
        :three a owl:Ontology ; sh:declare [ sh:prefix "t" ; sh:namespace "http://example.org/terms#"^^xsd:anyURI ] .
        :unused sh:declare [ sh:prefix "t" ; sh:namespace "http://example.org/other#"^^xsd:anyURI ] .
        :S sh:targetSubjectsOf ex:size ; sh:sparql [ sh:prefixes :one ;
            sh:select "SELECT $this ?value WHERE { $this t:size ?value FILTER (?value > 2) }" ] .""",
        {("a", "SPARQL")},
        1,
    ),
    "a prefix that no query needs may be declared anyhow": (
        ":a ex:size 3 .",
        """:one sh:declare [ sh:prefix "here" ; sh:namespace "./"^^xsd:anyURI ] ,
            [ sh:prefix "t" ; sh:namespace "http://example.org/terms#"^^xsd:anyURI ] .
        :S sh:targetSubjectsOf ex:size ; sh:sparql [ sh:prefixes :one ;
            sh:select "SELECT $this WHERE { $this t:size 3 }" ] .""",
        {("a", "SPARQL")},
        1,
    ),
}


@pytest.mark.parametrize("engine", [None, *ENGINES])
@pytest.mark.parametrize("case", CASES)
def test_what_shapes_lean_on(case: str, engine: str | None, tmp_path: Path) -> None:
    data, shapes, wanted, count = CASES[case]
    report = sankofa.validate(
        written(tmp_path, "data.ttl", data), shapes=written(tmp_path, "shapes.ttl", shapes), engine=engine
    )
    found = {
        (one.focus.value[-1], one.component.rpartition("#")[2].removesuffix("ConstraintComponent").rpartition("/")[2])
        for one in report.results
    }
    assert found == wanted
    assert len(report.results) == count


def test_a_query_finds_the_shapes_in_their_graph(tmp_path: Path) -> None:
    """``sh:shapesGraph`` names graphs that are never fetched, but told; ``$shapesGraph`` is the one that judges."""
    data = written(tmp_path, "data.ttl", ":data sh:shapesGraph <http://127.0.0.1:9/shapes> . :a :p 1 . :b :p 2 .")
    shapes = written(
        tmp_path,
        "shapes.ttl",
        """:S sh:targetSubjectsOf :p ; ex:wanted 2 ; sh:sparql [ sh:select '''
            SELECT $this ?value WHERE { $this <http://example.org/p> ?value
                GRAPH $shapesGraph { $currentShape <http://example.org/terms#wanted> ?w }
                FILTER (?value != ?w) }''' ] .""",
    )
    more = written(tmp_path, "more.ttl", ":more owl:imports :S , <http://127.0.0.1:9/more> .")
    for engine in (None, "columns"):
        report = sankofa.validate(data, shapes=[shapes, more], engine=engine)
        assert [(one.focus.value[-1], str(one.value)[1]) for one in report.results] == [("a", "1")]
        assert report.elsewhere == ("http://127.0.0.1:9/more", "http://127.0.0.1:9/shapes")
    done = run("validate", data, "--shapes", shapes, more, code=1)
    assert (
        "not judged by <http://127.0.0.1:9/more>, <http://127.0.0.1:9/shapes>: not here, and never fetched"
        in done.stderr
    )


def test_what_is_no_part_of_the_standard_is_not_asked_and_said(tmp_path: Path) -> None:
    data = written(tmp_path, "data.ttl", ":a a :T .")
    shapes = written(
        tmp_path,
        "shapes.ttl",
        """:S sh:targetClass :T ; sh:nodeKind sh:IRI ; sh:rule [ sh:subject sh:this ; sh:predicate :p ; sh:object 1 ] .
        :T sh:targetClass :T ; sh:not [ sh:path :p ; sh:minCount 1 ] .
        :U sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this a ?c }" ] ; sh:nodeKind sh:Literal .""",
    )
    for engine in (None, *ENGINES):
        report = sankofa.validate(data, shapes=shapes, engine=engine)
        assert (report.conforms, report.beyond) == (True, {"target": 1, "rule": 1})
    said = run("validate", data, "--shapes", shapes).stderr
    assert "not asked: sh:target (1), sh:rule (1): SHACL's advanced features" in said


# -- shapes with faults


def test_a_part_that_is_missing_stops_only_what_comes_to_it(tmp_path: Path) -> None:
    shapes = written(
        tmp_path,
        "shapes.ttl",
        """:S sh:targetClass :T ; sh:property [ sh:path :p ; sh:minCount 1 ] .
        :U sh:targetClass :V ; sh:property :nowhere , [ sh:path :q ; sh:node [ sh:property [] ] ] .""",
    )
    fine = written(tmp_path, "fine.ttl", ":a a :T .")
    for engine in (None, *ENGINES):
        assert len(sankofa.validate(fine, shapes=shapes, engine=engine).results) == 1
        with pytest.raises(UnreadableInput, match="nowhere"):
            sankofa.validate(written(tmp_path, "data.ttl", ":a a :V ."), shapes=shapes, engine=engine)
    inner = written(
        tmp_path, "inner.ttl", ":U sh:targetClass :V ; sh:property [ sh:path :q ; sh:node [ sh:property [] ] ] ."
    )
    for engine in (None, "columns"):
        assert sankofa.validate(written(tmp_path, "data.ttl", ":a a :V ."), shapes=inner, engine=engine).conforms
        with pytest.raises(UnreadableInput, match=r"/U> .*an empty node, of which they say nothing"):
            sankofa.validate(written(tmp_path, "data.ttl", ":a a :V ; :q 1 ."), shapes=inner, engine=engine)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT $this WHERE { $this t:p 1 }", "uses the prefix 't:', which no sh:prefixes of the query declares"),
        ("SELECT $this WHERE { $this here:p 1 }", r"prefix 'here' of its query is declared with '\./'"),
        (
            "SELECT $this WHERE { $this ?p ?o ",
            r"its query does not parse \(line 1, column 33: the query ends too early",
        ),
    ],
)
def test_a_query_that_cannot_be_read_says_why_in_one_line(query: str, told: str, tmp_path: Path) -> None:
    shapes = written(
        tmp_path,
        "shapes.ttl",
        f""":S sh:targetNode :a ; sh:sparql [ sh:prefixes :o ; sh:select "{query}" ] .
        :o sh:declare [ sh:prefix "here" ; sh:namespace "./"^^xsd:anyURI ] .""",
    )
    done = run("validate", written(tmp_path, "data.ttl", ":a a :T ."), "--shapes", shapes, code=2)
    assert "<http://example.org/S>" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    with pytest.raises(UnreadableInput, match=told):
        sankofa.validate(shapes, shapes=shapes)


def test_a_pattern_that_looks_around_is_refused_and_says_so(tmp_path: Path) -> None:
    shapes = written(
        tmp_path, "shapes.ttl", r":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern '\\d(?!:)' ] ."
    )
    with pytest.raises(UnreadableInput, match=r"cannot look around, as '\(\?!' would"):
        sankofa.validate(shapes, shapes=shapes)


def test_a_pattern_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backreferences, "LONGEST", 0.5)
    shapes = written(
        tmp_path, "shapes.ttl", ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern '^(a*)*\\\\1b$' ] ."
    )
    done = run("validate", written(tmp_path, "data.ttl", f":a :p '{'a' * 40}' ."), "--shapes", shapes, code=3)
    assert "takes more than" in done.stderr
    assert sankofa.validate(written(tmp_path, "data.ttl", ":a :p 'aab' ."), shapes=shapes).conforms


def test_behind_the_data_several_files_of_shapes_stand_in_a_row(tmp_path: Path) -> None:
    data = written(tmp_path, "data.ttl", ":a a :T .")
    first = written(tmp_path, "1.ttl", ":S sh:targetClass :T ; sh:property [ sh:path :p ; sh:minCount 1 ] .")
    second = written(tmp_path, "2.ttl", ":R sh:targetClass :T ; sh:class :U .")
    for words in (
        (data, "--shapes", first, second, "--format", "csv"),
        (data, "--lang", "fr", "--shapes", first, "--shapes", second, "--format", "csv"),
        ("--format", "csv", "--shapes", first, "--shapes", second, data),
    ):
        assert run("validate", *words, code=1).stdout.count("\n") == 3, words

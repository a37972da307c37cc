"""Validation of bad input: a clear error that names the shape, or the file, the line and the column; never a hang."""

from __future__ import annotations

import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

import sankofa
from command import on_a_terminal, process
from sankofa.errors import LimitReached, SankofaError, UnreadableInput

PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DATA = PREFIXES + 'ex:a a ex:C ; ex:p 1, 2 ; ex:q "x" .'
#: None: the engine that small data are given to.
ENGINES = (None, "columns")


def shape(asked: str) -> str:
    """A node shape that asks something."""
    return f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {asked} ."


def values(asked: str) -> str:
    """A shape that asks something of the values of a property."""
    return shape(f"sh:property [ sh:path ex:p ; {asked} ]")


def path(written: str) -> str:
    """A shape with a path."""
    return shape(f"sh:property [ sh:path {written} ; sh:minCount 9 ]")


def select(text: str, more: str = "") -> str:
    """A shape with a query."""
    return shape(f'sh:sparql [ sh:select "{text}" {more} ]')


def chain(length: int, parameter: str, before: str = "") -> str:
    """Shapes that stand in each other."""
    links = "".join(f"ex:N{n} {before} {parameter} ex:N{n + 1} . " for n in range(length))
    return shape(f"{parameter} ex:N0") + links + f"ex:N{length} {before} sh:minLength 1 ."


@pytest.fixture
def judged(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Judges data by shapes, both given as text."""

    def judge(shapes: str, data: str | bytes = DATA, *, engine: str | None = None, name: str = "data.ttl"):  # type: ignore[no-untyped-def]
        (tmp_path / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        return sankofa.validate(tmp_path / name, shapes=tmp_path / "shapes.ttl", engine=engine)

    return judge


# -- shapes that are not well-formed: each with what is said of it

ILL_FORMED = {
    "no path": (shape("sh:property [ sh:minCount 1 ]"), "sh:minCount needs a path"),
    "no path, typed": (shape("sh:property [ a sh:PropertyShape ]"), "is a property shape and has no path"),
    "no path, nothing asked": (shape("sh:property [ ]"), "sh:property names an empty node, of which they say nothing"),
    "two paths": (shape("sh:property [ sh:path ex:p, ex:q ]"), "two paths"),
    "a node shape with a path": (shape("sh:path ex:p"), "is a node shape and has a path"),
    "a text for a shape": (shape('sh:node "x"'), "sh:node must be a shape, not 'x'"),
    "a text for a property shape": (shape('sh:property "x"'), "sh:property must be a shape, not 'x'"),
    "a text among shapes": (shape('sh:or ( [ sh:class ex:D ] "x" )'), "a shape is due in it, where 'x' stands"),
    "a text for a list of shapes": (shape('sh:and "x"'), "sh:and must be a list of shapes, not 'x'"),
    "itself": (shape("sh:node ex:S"), "refers to itself"),
    "itself, by a property": (
        shape("sh:property ex:P") + "ex:P sh:path ex:p ; sh:node ex:S .",
        "refers to itself .*S> → .*P> → .*S>",
    ),
    "itself, by a negation": (shape("sh:not ex:N") + "ex:N sh:not ex:S .", "refers to itself"),
    "nested too deep": (chain(65, "sh:not"), "nested more than 64 deep"),
    "nested far too deep": (chain(5000, "sh:node"), "nested more than 64 deep"),
    "properties nested too deep": (chain(65, "sh:property", "sh:path ex:p ;"), "nested more than 64 deep"),
    "nested too deep, read from within": (
        "".join(f"ex:M{n} a sh:NodeShape ; sh:targetClass ex:C ; sh:not ex:M{n - 1} . " for n in range(1, 300)),
        "nested more than 64 deep",
    ),
    "lists nested too deep": (shape("sh:or ( [ " * 400 + "sh:class ex:D" + " ] )" * 400), "nested more than 64 deep"),
    "path: a text": (path('"x"'), r"its path .* has a text where a property or a path is due"),
    "path: nothing": (path("[]"), "its path .* is neither a property nor"),
    "path: two forms": (path("[ sh:inversePath ex:p ; sh:zeroOrMorePath ex:q ]"), "its path .* is neither"),
    "path: a ring": (path("_:a") + "_:a sh:inversePath _:b . _:b sh:inversePath _:a .", "its path .* back to itself"),
    "path: a list of itself": (path("_:a") + "_:a rdf:first ex:p ; rdf:rest _:a .", "a list in it leads back"),
    "path: a member that is itself": (
        path("_:a") + "_:a rdf:first _:a ; rdf:rest ( ex:p ) .",
        "its path .* leads back to itself",
    ),
    "path: one member": (path("( ex:p )"), "a sequence path has at least two members"),
    "path: one alternative": (path("[ sh:alternativePath ( ex:p ) ]"), "an alternative path has at least two"),
    "path: a text for alternatives": (path('[ sh:alternativePath "x" ]'), "a list in it is broken"),
    "path: too deep": (path("[ sh:inversePath " * 400 + "ex:p" + " ]" * 400), "its path .* nested more than 64 deep"),
    "path: too deep, by lists": (path("( ex:p " * 400 + "ex:p" + " ) " * 400), "its path .* nested more than 64"),
    "path: grows with each step": (
        path("_:p0")
        + "".join(f"_:p{n} sh:alternativePath ( _:p{n + 1} _:p{n + 1} ) . " for n in range(40))
        + "_:p40 sh:inversePath ex:p .",
        "its path .* names more than 1000 properties",
    ),
    "list: a loop": (shape("sh:in _:l") + "_:l rdf:first 1 ; rdf:rest _:l .", "a list in it leads back to itself"),
    "list: two rests": (shape("sh:in _:l") + "_:l rdf:first 1 ; rdf:rest (), ( 2 ) .", "a list in it is broken"),
    "list: no rest": (shape("sh:in _:l") + "_:l rdf:first 1 .", "a list in it is broken"),
    "list: no first": (shape("sh:in _:l") + "_:l rdf:rest () .", "a list in it is broken"),
    "list: a text": (shape('sh:in "a"'), "sh:in must be a list, not 'a'"),
    "list: a text at its end": (shape("sh:or _:l") + '_:l rdf:first [] ; rdf:rest "a" .', "a list in it is broken"),
    "list: no list": (shape("sh:in ex:nowhere"), "a list in it is broken"),
    "languages: an IRI": (values("sh:languageIn ( ex:fr )"), "the members of sh:languageIn must be texts"),
    "languages: a number": (values("sh:languageIn ( 1 )"), "the members of sh:languageIn must be texts"),
    "ignored: a property": (shape("sh:closed true ; sh:ignoredProperties ex:p"), "a list in it is broken"),
    "ignored: texts": (shape('sh:closed true ; sh:ignoredProperties ( "p" )'), "ignoredProperties must be IRIs"),
    "count: a text": (values('sh:minCount "abc"'), "sh:minCount must be a whole number .*, not 'abc'"),
    "count: a broken number": (values('sh:minCount "-+1"^^xsd:integer'), "sh:minCount must be a whole number"),
    "count: a decimal": (values("sh:maxCount 1.5"), "sh:maxCount must be a whole number .*, not '1.5'"),
    "count: two": (values("sh:minCount 1, 2"), "sh:minCount has 2 values; it takes one"),
    "count: five thousand digits": (values(f"sh:minCount {'9' * 5000}"), "sh:minCount must be a whole number"),
    "length: a text": (values('sh:minLength "abc"'), "sh:minLength must be a whole number"),
    "datatype: two": (values("sh:datatype xsd:integer, xsd:string"), "sh:datatype has 2 values; it takes one"),
    "datatype: a text": (values('sh:datatype "integer"'), "sh:datatype must be an IRI, not 'integer'"),
    "node kind: unknown": (values("sh:nodeKind sh:Foo"), "sh:nodeKind must be one of BlankNode"),
    "node kind: two": (values("sh:nodeKind sh:IRI, sh:Literal"), "sh:nodeKind has 2 values; it takes one"),
    "class: a text": (values('sh:class "C"'), "sh:class must be an IRI, not 'C'"),
    "property compared with: a text": (values('sh:equals "p"'), "sh:equals must be an IRI, not 'p'"),
    "switch: a word": (values('sh:uniqueLang "yes"'), "sh:uniqueLang must be true or false, not 'yes'"),
    "switched off: a word": (values('sh:deactivated "maybe"'), "sh:deactivated must be true or false, not 'maybe'"),
    "switched off: no truth value": (values('sh:deactivated "maybe"^^xsd:boolean'), "sh:deactivated must be true"),
    "severity: a text": (values('sh:severity "bad"'), "sh:severity must be an IRI, not 'bad'"),
    "message: an IRI": (values("sh:message ex:M"), "sh:message must be a text"),
    "message: a number": (values("sh:message 3"), "sh:message must be a text"),
    "target: a text": ('ex:S sh:targetClass "C" .', "sh:targetClass must be an IRI"),
    "target: a blank node": ("ex:S sh:targetNode [] .", "sh:targetNode must be an IRI or a literal"),
    "pattern: broken": (values('sh:pattern "("'), r"sh:pattern must be a regular expression of SPARQL, '\(' is none"),
    "pattern: unknown flags": (values('sh:pattern "a" ; sh:flags "zz"'), "'a' with the flags 'zz' is none"),
    "pattern: repeated too often": (values('sh:pattern "a{100000}"'), r"'a\{100000\}' is none"),
    "pattern: repeated repeats": (values('sh:pattern "((a{1000}){1000}){1000}"'), "is none"),
    "pattern: nested too deep": (values(f'sh:pattern "{"(" * 5000}{")" * 5000}"'), r"'\({80}…' is none"),
    "query: a text": (shape('sh:sparql "SELECT"'), "sh:sparql must be a constraint, not a text"),
    "query: none": (shape("sh:sparql [ ]"), "must have one sh:select with a text"),
    "query: two": (select("SELECT $this {}", '; sh:select "SELECT ?this { }"'), "must have one sh:select"),
    "query: does not parse": (select("SELECT nonsense"), "does not parse .line 1, column 8: 'nonsense' cannot"),
    "query: another form": (select("ASK { $this ?p ?o }"), "the query in its sh:select must be of the form SELECT"),
    "query: gives triples": (select("CONSTRUCT { $this ?p ?o } { $this ?p ?o }"), "must be of the form SELECT"),
    "query: without this": (select("SELECT ?x { ?x ?p ?o }"), r"its query does not return \?this"),
    "query: asks a server": (
        select("SELECT $this { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }"),
        r"the query asks another server \(SERVICE\)",
    ),
    "query: a prefix nobody declares": (
        select("SELECT $this { $this exx:p ?o }", "; sh:prefixes ex:nowhere"),
        "uses the prefix 'exx:', which no sh:prefixes of the query declares",
    ),
    "query: a text for prefixes": (select("SELECT $this {}", '; sh:prefixes "ex"'), "sh:prefixes must name"),
    "query: a prefix without a namespace": (
        select("SELECT $this {}", "; sh:prefixes ex:o") + 'ex:o sh:declare [ sh:prefix "e" ] .',
        "a prefix that .* declares lacks its name or its namespace",
    ),
    "query: a prefix of no IRI": (
        select("SELECT $this { $this a e:C }", "; sh:prefixes ex:o")
        + 'ex:o sh:declare [ sh:prefix "e" ; sh:namespace "a b" ] .',
        "is declared with 'a b', which is no whole IRI",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("shapes", "said"), ILL_FORMED.values(), ids=ILL_FORMED)
def test_shapes_that_are_not_well_formed_are_named(judged, shapes: str, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SankofaError) as caught:
        judged(shapes)
    assert caught.value.exit_code == 2
    assert re.search(said, str(caught.value)), str(caught.value)
    assert re.match(r"the shape (<http://example\.org/|_:)", caught.value.where)
    assert caught.value.hint
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("name", list(ILL_FORMED)[::6])
def test_a_shape_that_is_not_well_formed_ends_the_command_with_2(name: str, tmp_path: Path) -> None:
    shapes, said = ILL_FORMED[name]
    (tmp_path / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    done = process("validate", tmp_path / "data.ttl", "--shapes", tmp_path / "shapes.ttl", timeout=30)
    assert done.returncode == 2
    assert not done.stdout
    assert done.stderr.startswith(b"sankofa: the shape ")
    assert re.search(said, done.stderr.decode())
    assert b"Traceback" not in done.stderr


#: What looks odd and is well-formed: the number of results.
ODD = {
    "fewer than none": (values("sh:minCount -1"), 0),
    "more than less than none": (values("sh:maxCount -1"), 1),
    "more than there can be": (values(f"sh:minCount {10**30}"), 1),
    "fewer than there can be": (values(f"sh:maxCount {10**30}"), 0),
    "longer than can be": (values(f"sh:minLength {10**30}"), 2),
    "shorter than can be": (values(f"sh:maxLength {10**30}"), 0),
    "a qualified count of many": (
        values(f"sh:qualifiedValueShape [ sh:nodeKind sh:Literal ] ; sh:qualifiedMinCount {10**30}"),
        1,
    ),
    "a severity of their own": (values("sh:severity ex:Odd ; sh:class ex:D"), 2),
    "a term that SHACL does not have": (values("sh:minCout 3"), 0),
    "nothing to choose from": (values("sh:in ()"), 2),
    "a shape of which nothing is said": (shape("sh:node ex:Nowhere"), 0),
    "a text as a class beside": (shape('a "C" ; sh:class ex:D'), 1),
    "an ill-formed path that nothing reaches": (shape("sh:class ex:C") + "ex:Z sh:path [] .", 0),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("shapes", "results"), ODD.values(), ids=ODD)
def test_what_is_only_odd_is_judged(judged, shapes: str, results: int, engine: str | None) -> None:  # type: ignore[no-untyped-def]
    assert len(judged(shapes, engine=engine).results) == results


#: Shapes that only a limit of theirs keeps in bounds, and that are judged: shapes, data, results.
NINES = "9" * 5000
LARGE = {
    "shapes in shapes": (chain(61, "sh:not"), DATA, 0),
    "nodes in nodes": (chain(61, "sh:node"), DATA.replace("ex:a", "_:a"), 1),
    "shapes that name two, and those two": (
        shape("sh:or ( ex:N0 ex:M0 )")
        + "".join(f"ex:{one}{n} sh:or ( ex:N{n + 1} ex:M{n + 1} ) . " for n in range(14) for one in "NM")
        + "ex:N14 sh:class ex:D . ex:M14 sh:class ex:E .",
        DATA,
        1,
    ),
    "paths in paths": (path("[ sh:zeroOrMorePath " * 60 + "ex:p" + " ]" * 60), DATA, 1),
    "a choice of many": (values(f"sh:or ( {' '.join(f'[ sh:hasValue {n + 5} ]' for n in range(1200))} )"), DATA, 2),
    "one of tens of thousands": (values(f"sh:in ( {' '.join(str(n + 5) for n in range(30000))} )"), DATA, 2),
    "hundreds of properties": (
        shape("".join(f"sh:property [ sh:path ex:p{n} ; sh:minCount 1 ] ; " for n in range(500))),
        DATA,
        500,
    ),
    "a pattern that backtracks": (
        values('sh:pattern "^(a+)+$"'),
        PREFIXES + f'ex:a a ex:C ; ex:p "{"a" * 50_000}b", "{"a" * 50_000}" .',
        1,
    ),
    "a pattern that repeats what repeats": (
        values('sh:pattern "^(([a-z])+.)+[A-Z]([a-z])+$"'),
        PREFIXES + f'ex:a a ex:C ; ex:p "{"a" * 50_000}" .',
        1,
    ),
    "numbers of thousands of digits": (
        values(f"sh:minInclusive {NINES} ; sh:hasValue {NINES} ; sh:datatype xsd:integer"),
        PREFIXES + f"ex:a a ex:C ; ex:p 1, {NINES}, {NINES}1 .",
        1,
    ),
    "a year of thousands of digits": (
        values('sh:minInclusive "2020-01-01"^^xsd:date'),
        PREFIXES + f'ex:a a ex:C ; ex:p "{NINES}-02-01"^^xsd:date, "2021-01-01"^^xsd:date .',
        1,
    ),
    "texts and blank nodes for classes": (
        shape("sh:class ex:D"),
        PREFIXES + 'ex:a a ex:C, "C", _:b . _:b a 3 . ex:C rdf:type "x" .',
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("shapes", "data", "results"), LARGE.values(), ids=LARGE)
def test_what_is_large_is_judged_soon(judged, shapes: str, data: str, results: int, engine: str | None) -> None:  # type: ignore[no-untyped-def]
    report = judged(shapes, data, engine=engine)
    assert len(report.results) == results
    assert report.to_text()
    assert report.to_json()


NEXT = "<http://example.org/next>"
RING = "".join(f"<http://example.org/n{n}> {NEXT} <http://example.org/n{(n + 1) % 10_000}> .\n" for n in range(10_000))
HUB = "".join(f"<http://example.org/n{n}> {NEXT} <http://example.org/h> .\n" for n in range(20_000))
PAIRS = "".join(f'<http://example.org/a> <http://example.org/{p}> "{n}" .\n' for p in "pq" for n in range(10_000))
EVERY = "ex:S sh:targetSubjectsOf ex:next ; sh:property [ sh:path {} ; sh:maxCount 5 ] ."
#: What comes to far too much: it ends, with the shape named.
TOO_MUCH = {
    "around a ring, from everywhere": (EVERY.format("[ sh:zeroOrMorePath ex:next ]"), RING, "a path in it leads to"),
    "by a hub, from everywhere": (EVERY.format("( ex:next [ sh:inversePath ex:next ] )"), HUB, "a path in it leads to"),
    "all values with all others": ("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:lessThan ex:q ] .", PAIRS,
                                   "pairs of values to compare"),
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("shapes", "data", "said"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_comes_to_too_much_is_refused(judged, shapes: str, data: str, said: str, engine: str | None) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(LimitReached) as caught:
        judged(shapes, data, engine=engine, name="data.nt")
    assert re.match(rf"the shape <http://example\.org/S>: it comes to more than [0-9,]+ .*{said}", str(caught.value))
    assert caught.value.exit_code == 3


def test_what_comes_to_too_much_ends_the_command_with_3_and_nothing_among_the_data(tmp_path: Path) -> None:
    shapes, data, said = TOO_MUCH["around a ring, from everywhere"]
    (tmp_path / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    (tmp_path / "data.nt").write_text(data, encoding="utf-8")
    done = process("validate", tmp_path / "data.nt", "--shapes", tmp_path / "shapes.ttl", "--engine", "columns")
    assert done.returncode == 3
    assert not done.stdout  # the database would like to show how far it is after two seconds
    assert re.match(rf"sankofa: the shape <http://example\.org/S>: .*{said}", done.stderr.decode())
    assert done.stderr.count(b"\n") == 1


#: Queries that never end, or take all memory there is.
ENDLESS = {
    "all with all": (
        "SELECT $this { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(STR(?a), STR(?d), STR(?g)) = '') }",
        "0.5 seconds",
    ),
    "rings of rings": ("SELECT $this { ?a (ex:next/ex:next)* ?b . ?c (ex:next*)* ?d FILTER(?b = 1) }", "0.5 seconds"),
    "for each, without data": (
        "SELECT $this {" + "{{BIND(1 AS ?a)} UNION {BIND(2 AS ?b)}}" * 40 + "} ORDER BY ?a", "0.5 seconds"),
    "kept to be sorted": (
        "SELECT $this ?x { ?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?a), STR(?d)) AS ?x) } ORDER BY ?x", "more memory"),
    "results without end": ("SELECT $this ?value { ?value ex:next ?c . ?d ex:next ?f . }", "5,000 results"),
    "texts without end": (
        "SELECT $this (REPLACE(STR(?a), '.', '" + "y" * 500_000 + "') AS ?text) { ?a ?b ?c }", "100,000,000 signs"),
}  # fmt: skip
ASKED = 'ex:S sh:targetNode ex:n0 ; sh:sparql [ sh:prefixes ex: ; sh:select "{}" ] . ex: sh:declare [ {} ] .'
DECLARED = 'sh:prefix "ex" ; sh:namespace "http://example.org/"'


@pytest.mark.parametrize(("query", "said"), ENDLESS.values(), ids=ENDLESS)
def test_a_query_without_end_is_stopped(judged, query: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("SANKOFA_CONSTRAINT_SECONDS", "0.5" if "seconds" in said else "60")
    monkeypatch.setenv("SANKOFA_MEMORY", "200MB" if "memory" in said else "2GB")
    monkeypatch.setattr("sankofa.validation.sparql.MOST_RESULTS", 5000)
    with pytest.raises(LimitReached) as caught:
        judged(ASKED.format(query, DECLARED), RING, name="data.nt")
    assert re.match(rf"the shape <http://example\.org/S>: .*{said}", str(caught.value)), str(caught.value)
    # what comes after it is judged as if nothing had been
    fine = ASKED.format("SELECT $this { $this ex:next ?v }", DECLARED)
    assert len(judged(fine, RING, name="data.nt").results) == 1


def test_threads_do_not_stop_each_other(judged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("SANKOFA_CONSTRAINT_SECONDS", "1")
    fine = tmp_path / "fine.ttl"
    fine.write_text(PREFIXES + ASKED.format("SELECT $this { $this ex:next ?v }", DECLARED), encoding="utf-8")
    with ThreadPoolExecutor() as threads:
        endless = threads.submit(judged, ASKED.format(ENDLESS["all with all"][0], DECLARED), RING, name="data.nt")
        while not (tmp_path / "data.nt").is_file():
            sleep(0.01)
        others = [threads.submit(sankofa.validate, tmp_path / "data.nt", shapes=fine) for _ in range(3)]
        assert [len(one.result().results) for one in others] == [1, 1, 1]
        assert isinstance(endless.exception(), LimitReached)


def test_a_query_without_end_ends_the_command_with_3_and_nothing_among_the_data(tmp_path: Path) -> None:
    query = ENDLESS["all with all"][0]
    (tmp_path / "shapes.ttl").write_text(PREFIXES + ASKED.format(query, DECLARED), encoding="utf-8")
    (tmp_path / "data.nt").write_text(RING, encoding="utf-8")
    command = ("validate", tmp_path / "data.nt", "--shapes", tmp_path / "shapes.ttl")
    done = process(*command, env={"SANKOFA_CONSTRAINT_SECONDS": "0.5"})
    assert (done.returncode, done.stdout) == (3, b"")
    assert re.fullmatch(
        r"sankofa: the shape <http://example\.org/S>: its query takes more than 0\.5 seconds, for all nodes together: "
        r"make it simpler, or allow more with SANKOFA_CONSTRAINT_SECONDS \(as 2\)\n",
        done.stderr.decode(),
    )
    wrong = process(*command, env={"SANKOFA_CONSTRAINT_SECONDS": "soon"})
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert "SANKOFA_CONSTRAINT_SECONDS is 'soon', which is no number of seconds" in wrong.stderr.decode()


def test_a_graph_stops_a_query_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANKOFA_CONSTRAINT_SECONDS", "0.5")
    shapes = tmp_path / "shapes.ttl"
    query = ENDLESS["all with all"][0]
    shapes.write_text(PREFIXES + ASKED.format(query, DECLARED).replace("ex:n0", "ex:a"), encoding="utf-8")
    with sankofa.init(tmp_path / "graph", base="https://example.org/", title="A network") as kg:
        with pytest.raises(LimitReached, match=r"the shape <http://example\.org/S>: its query takes more than 0\.5"):
            kg.validate(shapes=shapes)
        assert kg.validate().checked


@pytest.mark.parametrize("engine", ENGINES)
def test_a_ring_is_gone_around_once(judged, engine: str | None) -> None:  # type: ignore[no-untyped-def]
    shapes = EVERY.replace("sh:targetSubjectsOf ex:next", "sh:targetNode ex:n0").format("[ sh:zeroOrMorePath ex:next ]")
    [finding] = judged(shapes, RING, engine=engine, name="data.nt").findings
    assert "10000" in finding.message["en"].replace(",", "")


def test_a_hundred_thousand_values_of_one_thing_are_judged(judged) -> None:  # type: ignore[no-untyped-def]
    data = "".join(f'<http://example.org/a> <http://example.org/p> "{n}" .\n' for n in range(100_000))
    asked = "sh:maxCount 5 ; sh:uniqueLang true ; sh:datatype xsd:string ; sh:disjoint ex:q ; sh:equals ex:p"
    report = judged(f"ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; {asked} ] .", data, name="data.nt")
    assert (report.engine, len(report.results)) == ("columns", 1)


# -- data: whatever the file, nothing is lost and nothing is guessed

ONES = "".join(f'<http://example.org/n{n}> <http://example.org/p> "{n}" .\n' for n in range(5))
LAST = '<http://example.org/last> <http://example.org/p> "{}" .'
FULL = ONES + LAST.format("x" * 9_000_000)
#: Files that are read, each with the number of its triples.
READ: dict[str, tuple[str, bytes, int]] = {
    "nothing": ("a.nt", b"", 0),
    "no last line end": ("a.nt", (ONES + LAST).encode(), 6),
    "a last line of 9 MB": ("a.nt", FULL.encode(), 6),
    "a last line of 9 MB, ended": ("a.nt", (FULL + "\n").encode(), 6),
    "a line of 9 MB within": ("a.nt", (FULL + "\n" + ONES.replace("/n", "/m")).encode(), 11),
    "a last line of 9 MB, gzipped": ("a.nt.gz", gzip.compress(FULL.encode()), 6),
    "a text of 9 MB in Turtle": ("a.ttl", FULL.encode(), 6),
    "a line of 9 MB in a graph": ("a.nq", FULL.replace(" .", " <http://example.org/g> .").encode(), 6),
    "gzipped, though its name does not say so": ("a.nt", gzip.compress(ONES.encode()), 5),
    "not gzipped, though its name says so": ("a.nt.gz", ONES.encode(), 5),
    "a byte order mark": ("a.nt", b"\xef\xbb\xbf" + ONES.encode(), 5),
    "line ends of all sorts": ("a.nt", ONES.replace("\n", "\r\n", 2).replace("\n", "\n\n \t\r", 3).encode(), 5),
    "control characters in a text": ("a.nt", (ONES + LAST.format("a\0b\x01c\x7f")).encode(), 6),
    "a name with signs that mean many files": ("a*[b]?.nt", ONES.encode(), 5),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "content", "triples"), READ.values(), ids=READ)
def test_nothing_in_a_file_is_lost(judged, name: str, content: bytes, triples: int, engine: str | None) -> None:  # type: ignore[no-untyped-def]
    report = judged("ex:S sh:targetSubjectsOf ex:p ; sh:nodeKind sh:BlankNode .", content, engine=engine, name=name)
    assert report.coverage.triples == triples
    assert len(report.results) == triples


#: Files that are not read, each with what is said: the file, and where there is one the line and the column.
UNREAD: dict[str, tuple[str, bytes, str]] = {
    "a line without a value": ("a.nt", (ONES + "<http://example.org/a> <http://example.org/p> .\n").encode(),
                               r"a\.nt, line 6, column 47: .*correct the N-Triples there"),
    "the same far down": ("a.nt", (ONES * 20_000 + "<http://example.org/a> <http://example.org/p> .\n").encode(),
                          r"a\.nt, line 100001, column 47: "),
    "cut in a text": ("a.nt", (ONES + LAST.format("x")[:-4]).encode(), r"a\.nt, line 6, column "),
    "cut in a sign": ("a.nt", (ONES + LAST.format("é")).encode()[:-4], r"a\.nt, line 6, column "),
    "cut in an address": ("a.nq", (ONES + LAST[:40]).encode(), r"a\.nq, line 6, column "),
    "Turtle that breaks off": ("a.ttl", b"@prefix ex: <http://example.org/> .\nex:a ex:p (1 2", r"a\.ttl, line 2, c"),
    "TriG that breaks off": ("a.trig", b"<http://example.org/g> { <http://example.org/a> ", r"a\.trig, line 1, col"),
    "XML that breaks off": ("a.rdf", b'<?xml version="1.0"?>\n<rdf:RDF', r"a\.rdf"),
    "JSON that breaks off": ("a.jsonld", b'{"@id": "http://example.org/a",\n', r"a\.jsonld, line 2"),
    "UTF-16": ("a.nt", ONES.encode("utf-16"), r"a\.nt, line 1, column 1: .*UTF-8"),
    "Latin-1": ("a.nt", (ONES + LAST.format("é")).encode("latin-1"), r"a\.nt, line 6, column .*UTF-8"),
    "NUL bytes at the end": ("a.nt", ONES.encode() + b"\0\0\0", r"a\.nt, line 6, column 1"),
    "a spreadsheet": ("a.nt", b"id,name\n1,Bamako\n", r"a\.nt, line 1, column 1"),
    "a page": ("a.ttl", b"<!DOCTYPE html>\n<html></html>", r"a\.ttl, line 1"),
    "another extension": ("a.csv", b"id,name\n1,Bamako\n", r"a\.csv: its extension does not tell the RDF format"),
    "gzipped and cut": ("a.nt.gz", gzip.compress(ONES.encode())[:-9], r"a\.nt\.gz: the gzipped file is broken"),
    "gzipped and changed": ("a.nt.gz", gzip.compress(ONES.encode())[:12] + b"????", r"a\.nt\.gz: the gzipped file is"),
    "gzipped by itself ten thousand times": ("a.nt.gz", gzip.compress(b"#" * 120_000_000),
                                             r"a\.nt\.gz: it unpacks to more than 300 times its size"),
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "content", "said"), UNREAD.values(), ids=UNREAD)
def test_a_broken_file_is_told_with_its_place(judged, name: str, content: bytes, said: str, engine: str | None) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UnreadableInput) as caught:
        judged(shape("sh:class ex:D"), content, engine=engine, name=name)
    assert re.search(said, str(caught.value)), str(caught.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_text_that_no_parser_takes_is_a_limit(judged, engine: str | None) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(LimitReached, match=r"a\.nt: it has a text or an address of more than 16 MB"):
        judged(shape("sh:class ex:D"), ONES + LAST.format("x" * 17_000_000), engine=engine, name="a.nt")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_that_is_none_is_told(tmp_path: Path, engine: str | None) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(PREFIXES + shape("sh:class ex:D"), encoding="utf-8")
    (tmp_path / "folder.nt").mkdir()
    for name, said in (("nowhere.nt", "there is no such file"), ("folder.nt", "this is a folder, not a file")):
        with pytest.raises(UnreadableInput, match=rf"{name}: {said}"):
            sankofa.validate(tmp_path / name, shapes=shapes, engine=engine)
        with pytest.raises(UnreadableInput, match=name):
            sankofa.validate(shapes, shapes=tmp_path / name, engine=engine)


def test_a_terminal_shows_the_first_of_many_findings_and_how_many_there_are(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(PREFIXES + "ex:S sh:targetSubjectsOf ex:p ; sh:class ex:C .", encoding="utf-8")
    lines = (f'<http://example.org/n{n}> <http://example.org/p> "{n}" .\n' for n in range(1500))
    (tmp_path / "data.nt").write_text("".join(lines), encoding="utf-8")
    command = ("validate", tmp_path / "data.nt", "--shapes", tmp_path / "shapes.ttl")
    shown = on_a_terminal(*command, talk=False)
    assert shown.returncode == 1
    assert shown.stdout.count(b"[") == 1000
    assert "… and 500 more" in shown.stdout.decode()
    assert b"1500 (" in shown.stdout.splitlines()[-1]
    assert b"the first 1000 findings are shown; '--format csv > FILE' writes them all" in shown.stderr
    whole = process(*command)
    assert whole.stdout.count(b"[") == 1500

"""Validation of bad input: a clear error that names the shape, or the file, the line and the column; never a hang."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sankofa
from command import process
from sankofa.errors import SankofaError

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

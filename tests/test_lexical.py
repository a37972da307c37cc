"""Literals are answered in the form in which they were written, by every way to a dataset of no network."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import cast

import pyoxigraph as ox
import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QueryResultsFormat, Triple

import sankofa
from sankofa.graph.opening import plain
from sankofa.store import Plain
from sankofa.store.lexical import LexicalForms, Rows, Triples, _InJson, _Writer
from serving import running

XSD = "http://www.w3.org/2001/XMLSchema#"
DCAT = "http://www.w3.org/ns/dcat#"
A, P, Q = NamedNode("urn:a"), NamedNode("urn:p"), NamedNode("urn:q")
FORMATS = (QueryResultsFormat.JSON, QueryResultsFormat.XML, QueryResultsFormat.TSV)
#: Forms that engines keep by value, and some that they keep as they are.
WRITTEN = [
    ("-3", "negativeInteger"),
    ("5", "nonNegativeInteger"),
    ("6", "positiveInteger"),
    ("-7", "nonPositiveInteger"),
    ("8", "long"),
    ("9", "int"),
    ("10", "short"),
    ("11", "byte"),
    ("12", "unsignedLong"),
    ("13", "unsignedInt"),
    ("14", "unsignedShort"),
    ("15", "unsignedByte"),
    ("+016", "integer"),
    ("17.50", "decimal"),
    ("-0.0", "decimal"),
    ("1.80E1", "double"),
    ("1.9e1", "float"),
    ("1", "boolean"),
    ("2020-01-02T03:04:05.600Z", "dateTime"),
    ("2021-01-02T03:04:05+00:00", "dateTimeStamp"),
    ("2022-01-02+00:00", "date"),
    ("03:04:05.60", "time"),
    ("P1Y0M", "duration"),
    ("P0Y2M", "yearMonthDuration"),
    ("P0DT3H", "dayTimeDuration"),
    ("2023+00:00", "gYear"),
    ("0FB8", "hexBinary"),
    ("not a number", "integer"),
    ("99999999999999999999999999", "integer"),
]


def typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=NamedNode(XSD + datatype))


def each(literals: list[Literal]) -> list[Quad]:
    return [Quad(NamedNode(f"urn:s{at}"), P, literal) for at, literal in enumerate(literals)]


def written(results: object, form: QueryResultsFormat) -> bytes:
    return cast("Rows", results).serialize(format=form) or b""


def read(results: object, form: QueryResultsFormat) -> list[tuple[object, ...]]:
    found = ox.parse_query_results(written(results, form), form)
    assert isinstance(found, ox.QuerySolutions)
    return sorted((tuple(row) for row in found), key=str)


def of(quads: list[Quad], names: str) -> list[tuple[object, ...]]:
    parts = {"s": "subject", "p": "predicate", "o": "object"}
    return sorted((tuple(getattr(quad, parts[name]) for name in names) for quad in quads), key=str)


def test_every_form_comes_back() -> None:
    quads = each([typed(*form) for form in WRITTEN])
    store = Plain.of(quads)
    assert set(store.quads()) == set(quads)
    assert set(store.asserted()) == {quad.triple for quad in quads}
    text = "SELECT ?s ?o { ?s ?p ?o }"
    assert sorted(map(tuple, cast("Rows", store.query(text))), key=str) == of(quads, "so")
    for form in FORMATS:
        assert read(store.query(text), form) == of(quads, "so")
    lines = written(store.query("SELECT ?o { ?s ?p ?o }"), QueryResultsFormat.CSV).decode().split("\r\n")
    assert sorted(lines[1:-1]) == sorted(value for value, _ in WRITTEN)


def test_the_table_has_what_the_engine_would_change() -> None:
    """The cases above are worth something only where there is something to put back."""
    store = ox.Store()
    store.extend(each([typed(*form) for form in WRITTEN]))
    kept = {quad.object for quad in store}
    assert sum(typed(*form) not in kept for form in WRITTEN) > 20


def test_rows_are_written_as_the_engine_writes_them() -> None:
    quads = [
        *each([typed("07", "byte"), Literal('a "b"} \\ \n,{'), Literal("é", language="fr")]),
        Quad(BlankNode("x"), Q, Triple(A, P, typed("5", "integer"))),
        Quad(BlankNode("x"), Q, Literal("a", language="ar", direction=ox.BaseDirection.RTL)),
        Quad(A, Q, Literal('"o":{"type":"literal","value":"7","datatype":"' + XSD + 'integer"}')),
    ]
    store = Plain.of(quads)
    assert isinstance(store.query("SELECT ?s ?o ?no { ?s ?p ?o }"), Rows)
    for form in FORMATS:
        if form == QueryResultsFormat.TSV:  # the engine does not read its own triple terms there
            continue
        ours = read(store.query("SELECT ?s ?p ?o { ?s ?p ?o }"), form)
        assert ours == of(quads, "spo")


def test_what_is_said_of_triples_comes_back_too() -> None:
    """A triple that is a term has literals of its own, which count where the data write a value in several ways."""
    inner = Triple(A, P, typed("07", "byte"))
    quads = [Quad(A, Q, inner), *each([typed("7", "integer"), typed("08", "byte")])]
    store = Plain.of(quads)
    assert set(store.quads()) == set(quads)
    assert of(quads, "o") == read(store.query("SELECT ?o { ?s ?p ?o }"), FORMATS[0])
    assert read(store.query("SELECT ?o { ?s ?p <<( ?a ?b ?o )>> }"), FORMATS[0]) == [(typed("7", "integer"),)]
    alone = Plain.of([Quad(A, Q, inner)])
    assert read(alone.query("SELECT ?o { ?s ?p <<( ?a ?b ?o )>> }"), FORMATS[0]) == [(typed("07", "byte"),)]


def test_what_a_query_computes_keeps_the_type_of_the_computation() -> None:
    store = Plain.of(each([typed("-3", "negativeInteger"), typed("4.50", "decimal")]))
    for text in (
        "SELECT (-1 - 2 AS ?x) (4.5 AS ?y) { }",
        "SELECT ?x ?y { BIND(-3 AS ?x) BIND(4.5 AS ?y) }",
        "SELECT * { VALUES (?x ?y) { (-3 4.5) } }",
        "SELECT ?x ?y { { SELECT (SUM(?o) AS ?x) { ?s ?p ?o FILTER(?o < 0) } } VALUES ?y { 4.5 } }",
        "SELECT (?o + 0 as ?x) (4.5 as ?y) { ?s ?p ?o FILTER(?o < 0) }",
    ):
        for form in FORMATS:
            assert read(store.query(text), form) == [(typed("-3", "integer"), typed("4.5", "decimal"))], text
    [row] = cast("Rows", store.query("SELECT ?o ?x { ?s ?p ?o FILTER(?o < 0) BIND(?o + 0 AS ?x) }"))
    assert tuple(row) == (typed("-3", "negativeInteger"), typed("-3", "integer"))
    assert read(store.query("SELECT ?o { ?s ?p ?o }", {"o": typed("-3", "integer")}), FORMATS[0]) == [
        (typed("-3", "integer"),)
    ]


def test_numbers_still_compare_by_value() -> None:
    store = Plain.of(each([typed("007", "byte"), typed("8.0", "decimal"), typed("9", "integer")]))
    assert bool(store.query("ASK { ?s ?p 7 }"))
    rows = read(store.query("SELECT ?o { ?s ?p ?o FILTER(?o < 8.5) } ORDER BY DESC(?o)"), FORMATS[0])
    assert {value for (value,) in rows} == {typed("007", "byte"), typed("8.0", "decimal")}


def test_where_the_data_write_a_value_in_two_ways_rows_keep_the_engines_and_triples_their_own() -> None:
    g = NamedNode("urn:g")
    quads = [
        *each([typed("01", "integer"), typed("1", "integer"), typed("2", "byte"), typed("2", "short")]),
        Quad(A, P, typed("1", "byte")),
        Quad(A, P, typed("1", "short")),
        Quad(A, P, typed("3", "byte"), g),
        Quad(A, P, typed("3", "integer")),
    ]
    store = Plain.of(quads)
    assert set(store.quads()) == set(quads)
    assert {value for (value,) in read(store.query("SELECT ?o { ?s ?p ?o }"), FORMATS[0])} == {
        typed(value, "integer") for value in "123"
    }
    described = set(cast("list[Triple]", store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")))
    assert described == {quad.triple for quad in quads if quad.graph_name == DefaultGraph()} | {
        Triple(A, P, typed("3", "byte"))  # a triple is in an answer, not in a graph
    }


def test_triples_that_are_made_copy_what_was_written_unless_something_is_computed() -> None:
    store = Plain.of(each([typed("-3", "negativeInteger")]))

    def objects(text: str) -> set[object]:
        return {triple.object for triple in cast("list[Triple]", store.query(text))}

    copied, own = {typed("-3", "negativeInteger")}, {typed("-3", "integer")}
    assert objects("CONSTRUCT { ?s urn:new ?o } { ?s ?p ?o }".replace("urn:new", "<urn:new>")) == copied
    made = cast("Triples", store.query("CONSTRUCT WHERE { ?s ?p ?o }"))
    assert (
        made.serialize(format=ox.RdfFormat.N_TRIPLES)
        == f"<urn:s0> <urn:p> {typed('-3', 'negativeInteger')} .\n".encode()
    )
    assert next(cast("Triples", store.query("DESCRIBE <urn:s0>"))).object == typed("-3", "negativeInteger")
    assert objects("CONSTRUCT WHERE { ?s ?p ?o }") == objects("DESCRIBE <urn:s0>") == copied
    assert objects("CONSTRUCT { ?s <urn:new> -3 } WHERE { ?s ?p ?o }") == own
    assert objects('CONSTRUCT { ?s <urn:new> "-3"^^xsd:integer } WHERE { ?s ?p ?o }') == own
    assert objects("CONSTRUCT { ?s <urn:new> ?x } WHERE { ?s ?p ?o BIND(-3 AS ?x) }") == own


def test_a_dataset_that_needs_none_of_it_is_asked_past_it() -> None:
    store = Plain.of(each([typed("1", "integer"), Literal("x"), Literal("y", language="fr"), typed("2.5", "decimal")]))
    assert not store._forms
    assert isinstance(store.query("SELECT * { ?s ?p ?o }"), ox.QuerySolutions)
    odd = Plain.of(each([typed("01", "integer")]))
    assert isinstance(odd.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"), ox.QuerySolutions)


@pytest.mark.parametrize("seed", range(30))
def test_json_by_text_is_json_by_terms(seed: int) -> None:
    """Rows as JSON are changed as text; everything else goes by terms. Both say the same, wherever parts are cut."""
    chance = random.Random(seed)
    signs = 'a"}{,:\\\n7-.é\u2028'
    literals: list[Literal] = []
    for _ in range(60):
        value, datatype = chance.choice(WRITTEN)
        literals.append(typed(value, datatype))
        literals.append(Literal("".join(chance.choices(signs, k=chance.randrange(12)))))
        literals.append(Literal(value, datatype=NamedNode("urn:d")))
    store = Plain.of([Quad(NamedNode(f"urn:{chance.randrange(40)}"), P, each) for each in literals])
    text = "SELECT ?o ?p ?s { ?s ?p ?o }"
    by_terms = sorted(map(str, cast("Rows", store.query(text))))
    by_text = ox.parse_query_results(written(store.query(text), QueryResultsFormat.JSON), QueryResultsFormat.JSON)
    assert sorted(map(str, cast("ox.QuerySolutions", by_text))) == by_terms

    raw = cast("ox.QuerySolutions", store.raw.query(text)).serialize(format=QueryResultsFormat.JSON) or b""
    in_json, outs = _InJson(store._forms._values), []
    for longest in (1, 40, 10**6):
        writer = _Writer(out := io.BytesIO(), {"o"}, in_json)
        at = 0
        while at < len(raw):
            size = chance.randrange(1, longest + 1)
            writer.write(raw[at : at + size])
            at += size
        writer.end()
        outs.append(out.getvalue())
    assert len(set(outs)) == 1


def test_rows_come_one_after_the_other() -> None:
    """A row is there before the last one was found."""
    store = Plain.of(each([typed("07", "byte"), *(Literal(str(at)) for at in range(2_000))]))
    rows = cast("Rows", store.query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))
    assert len(next(rows)) == 9
    assert [variable.value for variable in rows.variables] == list("abcdefghi")


def test_nothing_is_remembered_of_nothing() -> None:
    assert not LexicalForms()
    assert list(LexicalForms().quads([])) == []


def test_over_http_in_every_format(tmp_path: Path) -> None:
    """What DCAT wants as xsd:nonNegativeInteger is that in every format."""
    file = tmp_path / "catalogue.ttl"
    file.write_text(f'<urn:file> <{DCAT}byteSize> "0042"^^<{XSD}nonNegativeInteger> .', encoding="utf-8")
    size = typed("0042", "nonNegativeInteger")
    assert [each["o"] for each in cast("sankofa.Table", plain(file).query("SELECT ?o { ?s ?p ?o }"))] == [size]
    rows = "SELECT ?o { ?s ?p ?o }"
    with running(tmp_path, "serve", file.name, "--port", "0") as server:
        for name, form in (("json", FORMATS[0]), ("xml", FORMATS[1])):
            found = ox.parse_query_results(server.ask(rows, format=name).content, form)
            assert [row["o"] for row in cast("ox.QuerySolutions", found)] == [size]
        assert server.ask(rows, format="tsv").text == f"?o\n{size}\n"
        assert server.ask(rows, format="csv").text == "o\r\n0042\r\n"
        assert "0042" in server.ask(rows, format="html").text
        graph = server.http.get("/graphs", params={"default": "", "format": "turtle"})
        made = server.ask("CONSTRUCT WHERE { ?s ?p ?o }", format="turtle")
        for answer in (graph, made):
            assert [quad.object for quad in ox.parse(answer.content, format=ox.RdfFormat.TURTLE)] == [size]

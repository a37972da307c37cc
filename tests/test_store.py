"""The contract of every store: in memory, in a folder, behind an endpoint."""

from __future__ import annotations

import itertools
import random
import socket
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples, Triple

import servers
from sankofa.errors import (
    Conflict,
    CouldNotBeDone,
    EndpointError,
    ForbiddenQuery,
    ParameterError,
    QueryError,
    ReadOnly,
    UnknownName,
    UnreadableInput,
    WrongUsage,
)
from sankofa.store import Change, Embedded, Plain, Remote, Store, open_store
from sankofa.store.past import asserted_after, change_meant
from servers import Running

BASE = "https://example.org/net/"
S = f"{BASE}id/story/"
TITLE = NamedNode("http://purl.org/dc/terms/title")
SKF = "https://w3id.org/sankofa/ontology#"
THEME = NamedNode(f"{SKF}theme")
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
XSD = "http://www.w3.org/2001/XMLSchema#"


def title(slug: str, text: str, language: str = "en") -> Quad:
    return Quad(NamedNode(S + slug), TITLE, Literal(text, language=language))


def theme(slug: str, name: str) -> Quad:
    return Quad(NamedNode(S + slug), THEME, NamedNode(f"{BASE}id/theme/{name}"))


@pytest.fixture(params=servers.NAMES)
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A real SPARQL server on the loopback address, with nothing in it."""
    with servers.server(request.param) as running:
        running.clear()
        yield running


@pytest.fixture(params=["memory", "folder", *servers.NAMES])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield Embedded.memory(BASE)
    elif request.param == "folder":
        with Embedded.create(tmp_path / "kg", base=BASE) as made:
            yield made
    else:
        with servers.server(request.param) as running:
            running.clear()
            with running.remote(BASE) as made:
                yield made


def select(store: Store, query: str, **values: NamedNode | Literal) -> list[tuple[str, ...]]:
    results = store.query(query, values)
    assert isinstance(results, QuerySolutions)
    return [tuple(str(term) for term in row) for row in results]


# -- the past


def test_every_earlier_state_is_recovered_from_the_log(store: Store) -> None:
    draw = random.Random(7)
    people = NamedNode(f"{BASE}graph/people")
    one = Literal("01", datatype=NamedNode(f"{XSD}integer"))  # kept in another form
    pool = [
        *(title(slug, text) for slug in "abc" for text in ("A", "B", "Cafe\u0301")),
        *(theme(slug, name) for slug in "abc" for name in ("tax", "water")),
        Quad(NamedNode(S + "a#measure-1"), NamedNode(f"{SKF}value"), one),
        Quad(NamedNode(S + "a"), TITLE, Literal("elsewhere"), people),
    ]
    states = [set(store.asserted())]
    for day in range(1, 31):
        out, into = (tuple(draw.sample(pool, draw.randrange(5))) for _ in range(2))
        done = store.apply(Change(removed=out, added=into, when=f"2026-03-{day:02}"))
        if done:
            states.append(set(store.asserted()))
    undone = store.undo(store.version)
    states.append(set(store.asserted()))
    assert undone.number == store.version == len(states) - 1 > 20
    for number, state in enumerate(states):
        found = asserted_after(store, number)
        assert {Triple(*one) for one in found} == state
        assert len(found) == len(state)


def test_a_change_is_meant_by_its_number_or_by_a_day(store: Store) -> None:
    days = ["2026-03-01", "2026-03-05T09:30:00Z", "2019-01-01", "2026-03-09"]  # the third was dated back
    for text, when in zip("abcd", days, strict=True):
        store.apply(Change(added=(title(text, text),), when=when))
    asked = ("0", "4", 2, "2026-02-28", "2026-03-02", "2026-03-05", "2026-03-06", date(2026, 3, 9), "2030-01-01")
    assert [change_meant(store, since) for since in asked] == [0, 4, 2, 0, 1, 1, 3, 3, 4]
    for wrong in ("5", 5, -1, "-1"):
        with pytest.raises(UnknownName, match="the last one is 4"):
            change_meant(store, wrong)
    for wrong in ("yesterday", "2026-13-01", ""):
        with pytest.raises(ParameterError, match="neither the number of a change nor a date"):
            change_meant(store, wrong)


def test_without_a_log_there_is_no_past(store: Store) -> None:
    for since in (0, "2026-03-01"):
        with pytest.raises(CouldNotBeDone, match="no change of this graph is logged"):
            change_meant(store, since)
    with pytest.raises(WrongUsage, match="belongs to no network"):
        change_meant(Plain.of(), 0)


def test_a_withdrawn_record_has_no_past(tmp_path: Path) -> None:
    with Embedded.create(tmp_path / "kg", base=BASE) as store:
        store.apply(Change(added=(title("a", "secret"), title("b", "stays"))))
        store.apply(Change(removed=(title("b", "stays"),), added=(theme("a", "tax"), title("b", "changed"))))
        store.withdraw(S + "a")
        store.apply(Change(added=(title("a", "another of that name"),)))
        past = [{str(value) for _, _, value in asserted_after(store, number)} for number in range(5)]
        assert past == [set(), {'"stays"@en'}, {'"changed"@en'}, {'"changed"@en'}, {
            '"changed"@en', '"another of that name"@en'
        }]  # fmt: skip


# -- changes


def test_a_change_gets_a_number_and_is_seen(store: Store) -> None:
    assert store.version == 0
    done = store.apply(Change(added=(title("a", "One"),), who="Awa", when="2026-03-01", why="first"))
    assert (done.number, store.version, len(done.added)) == (1, 1, 1)
    assert [str(triple.object) for triple in store.asserted(NamedNode(S + "a"), TITLE)] == ['"One"@en']
    assert [(entry.number, entry.who, entry.when, entry.why) for entry in store.history()] == [
        (1, "Awa", "2026-03-01", "first")
    ]
    assert store.change(1).added == done.added


def test_only_the_net_effect_counts(store: Store) -> None:
    store.apply(Change(added=(title("a", "One"), title("a", "Un", "fr"))))
    done = store.apply(
        Change(
            removed=(title("a", "One"), title("a", "never there"), title("a", "Un", "fr")),
            added=(title("a", "Un", "fr"), title("a", "Two"), title("a", "Two")),
        )
    )
    assert [str(quad.object) for quad in done.removed] == ['"One"@en']
    assert [str(quad.object) for quad in done.added] == ['"Two"@en']


def test_a_change_of_nothing_gets_no_number(store: Store) -> None:
    store.apply(Change(added=(title("a", "One"),)))
    assert store.apply(Change(added=(title("a", "One"),), removed=(title("b", "x"),))).number == 0
    assert store.version == 1
    assert len(store.history()) == 1


def test_text_enters_in_nfc_and_numbers_in_the_form_that_is_kept(store: Store) -> None:
    number = Literal("007", datatype=NamedNode(f"{XSD}integer"))
    store.apply(Change(added=(title("a", "Cafe\u0301"), Quad(NamedNode(S + "a"), THEME, number))))
    assert sorted(str(triple.object) for triple in store.asserted()) == [
        '"7"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"Café"@en',
    ]
    assert store.apply(Change(added=(title("a", "Caf\u00e9"), Quad(NamedNode(S + "a"), THEME, number)))).number == 0


def test_a_conflict_names_record_author_date_and_values(store: Store) -> None:
    store.apply(Change(added=(title("a", "One"), title("b", "Other")), when="2026-03-01"))
    begun = store.version
    store.apply(
        Change(removed=(title("a", "One"),), added=(title("a", "Two"),), who="Awa", when="2026-03-02", begun=begun)
    )
    with pytest.raises(Conflict) as caught:
        store.apply(Change(removed=(title("a", "One"),), added=(title("a", "Three"),), begun=begun))
    for part in (S + "a", "Awa", "2026-03-02", "'Three' here", "'Two' there"):
        assert part in str(caught.value)
    part = Quad(NamedNode(S + "a#measure-1"), TITLE, Literal("m", language="en"))
    with pytest.raises(Conflict):  # a part belongs to its record
        store.apply(Change(added=(part,), begun=begun))
    assert store.apply(Change(added=(title("b", "More"),), begun=begun)).number == 3
    assert store.apply(Change(added=(part,), begun=store.version)).number == 4


def test_reserved_graphs_and_the_log_take_no_changes(store: Store) -> None:
    for graph in (*store.graphs.reserved, store.graphs.log):
        with pytest.raises(ReadOnly, match="graph"):
            store.apply(Change(added=(Quad(NamedNode(S + "a"), TITLE, Literal("x"), graph),)))
        with pytest.raises(ReadOnly):
            store.apply(Change(removed=(Quad(NamedNode(S + "a"), TITLE, Literal("x"), graph),)))
    assert store.version == 0


def test_a_date_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(ParameterError, match="yesterday"):
        store.apply(Change(added=(title("a", "x"),), when="yesterday"))


def test_listeners_hear_of_every_change(store: Store) -> None:
    heard: list[int] = []
    assert isinstance(store, Embedded | Remote)
    store.on_commit(lambda change: heard.append(change.number))
    store.apply(Change(added=(title("a", "x"),)))
    store.apply(Change(added=(title("a", "x"),)))
    store.undo(1)
    assert heard == [1, 2]


# -- undo and history


def test_undo_restores_the_bytes_and_undo_of_undo_as_well(store: Store) -> None:
    store.apply(Change(added=(title("a", "One"), theme("a", "tax"))))
    before = store.dump()
    store.apply(Change(removed=(title("a", "One"),), added=(title("a", "Two"),)))
    after = store.dump()
    assert store.undo(2, when="2026-03-05").undoes == 2
    assert store.dump() == before
    store.undo(3)
    assert store.dump() == after
    store.undo(4)
    assert store.dump() == before
    assert [entry.undoes for entry in store.history()] == [None, None, 2, 3, 4]


def test_undo_is_refused_when_later_changes_touched_the_record(store: Store) -> None:
    store.apply(Change(added=(title("a", "One"), title("b", "One"))))
    store.apply(Change(added=(theme("a", "tax"),), who="Awa", when="2026-03-02"))
    with pytest.raises(Conflict, match="change 2 by Awa on 2026-03-02"):
        store.undo(1)
    store.undo(2)  # what is undone stands in nobody's way
    store.undo(1)
    assert store.dump() == b""
    with pytest.raises(Conflict, match="already undone by change 4"):
        store.undo(1)
    with pytest.raises(UnknownName, match="no change 9"):
        store.undo(9)


def test_history_of_a_record_counts_its_parts_and_no_namesakes(store: Store) -> None:
    store.apply(Change(added=(title("a", "One"),)))
    store.apply(Change(added=(Quad(NamedNode(S + "a#lesson"), TITLE, Literal("x", language="en")),)))
    store.apply(Change(added=(title("a-b", "Other"), theme("c", "tax"))))
    assert [entry.number for entry in store.history(S + "a")] == [1, 2]
    assert [entry.number for entry in store.history(S + "c")] == [3]
    assert [entry.number for entry in store.history(f"{BASE}id/theme/tax")] == []
    own = NamedNode("https://example.org/own")
    store.apply(Change(added=(Quad(NamedNode("https://elsewhere.org/x"), TITLE, Literal("x"), own),)))
    assert [entry.number for entry in store.history(own.value)] == [4]


# -- queries


def test_a_query_sees_the_four_graphs_together_and_apart(store: Store) -> None:
    subject = NamedNode(S + "a")
    store.apply(Change(added=(title("a", "One"),)))
    for number, graph in enumerate(store.graphs.reserved):
        store.load_reserved(graph, [Triple(subject, TITLE, Literal(str(number)))])
    assert select(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [(f'"4"^^<{XSD}integer>',)]
    graphs = select(store, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
    assert graphs == [(str(graph),) for graph in sorted(store.graphs.queried, key=str)]
    inferred = store.graphs.inferred
    assert select(store, f"SELECT ?o {{ GRAPH {inferred} {{ ?s ?p ?o }} }}") == [('"2"',)]
    assert select(store, f"SELECT ?o FROM {inferred} {{ ?s ?p ?o }}") == [('"2"',)]
    assert select(store, "SELECT ?o FROM <http://nowhere.example/> { ?s ?p ?o }") == []
    assert select(store, "SELECT ?o { GRAPH <http://nowhere.example/> { ?s ?p ?o } }") == []


def test_prefixes_of_ours_need_no_declaration(store: Store) -> None:
    store.apply(Change(added=(title("a", "One"),)))
    assert select(store, "SELECT ?t { ?s dcterms:title ?t }") == [('"One"@en',)]
    assert select(store, "PREFIX dcterms: <http://other/> SELECT ?t { ?s dcterms:title ?t }") == []


def test_forms_of_queries(store: Store) -> None:
    store.apply(Change(added=(title("a", "One"),)))
    asked = store.query("ASK { ?s dcterms:title ?t }")
    assert isinstance(asked, QueryBoolean)
    assert bool(asked)
    made = store.query("CONSTRUCT { ?t_ a ?s } WHERE { ?t_ dcterms:title ?t BIND(skf:Story AS ?s) }")
    assert isinstance(made, QueryTriples)
    assert [str(triple) for triple in made] == [f"<{S}a> {TYPE} <https://w3id.org/sankofa/ontology#Story>"]
    assert len(list(store.query(f"DESCRIBE <{S}a>"))) == 1  # type: ignore[arg-type]
    assert select(store, "SELECT * { ?s dcterms:title ?t }")[0][0] in (f"<{S}a>", '"One"@en')


VALUES = [
    ("SELECT ?s { ?s skf:theme ?v }", ["a"]),
    ("SELECT ?s ?v { ?s skf:theme ?v }", ["a tax"]),
    ("SELECT * { ?s skf:theme ?v }", ["a tax"]),
    ("SELECT ?s { ?s dcterms:title ?t FILTER EXISTS { ?s skf:theme ?v } }", ["a"]),
    ("SELECT ?s { ?s dcterms:title ?t MINUS { ?s skf:theme ?v } }", ["b", "c"]),
    ("SELECT ?s ?v { ?s dcterms:title ?t OPTIONAL { ?s skf:theme ?v } }", ["a tax", "b tax", "c tax"]),
    ("SELECT ?s { { SELECT ?s { ?s skf:theme ?v } } }", ["a"]),
    ("SELECT ?s ?v { SELECT ?s ?v { ?s skf:theme ?v } }", ["a tax"]),
    ("SELECT ?s ?v { { SELECT ?s ?v { ?s skf:theme ?v } } ?s dcterms:title ?t }", ["a tax"]),
    ("SELECT ?s { ?s skf:theme ?x FILTER(?x = ?v) }", ["a"]),
    ("SELECT ?s { ?s skf:theme ?x FILTER(!BOUND(?v) || ?x = ?v) }", ["a"]),
    ("SELECT ?v (COUNT(?s) AS ?n) { ?s skf:theme ?v } GROUP BY ?v", ["1 tax"]),
    ("SELECT ?s (COUNT(?v) AS ?n) { ?s skf:theme ?v } GROUP BY ?s", ["1 a"]),
    ("SELECT ?s { { ?s skf:theme ?v } UNION { ?s skf:theme ?v . ?s dcterms:title ?x } } ORDER BY ?v", ["a", "a"]),
    ("SELECT ?s (EXISTS { ?s skf:theme ?v } AS ?e) ?v { ?s skf:theme ?x }", ["a tax true", "b false tax"]),
    ("SELECT DISTINCT ?v { ?s dcterms:title ?t }", ["tax"]),
    ("SELECT ?s { ?s skf:theme ?x } ORDER BY DESC(?v) ?v LIMIT 0", []),
]


@pytest.mark.parametrize(("query", "expected"), VALUES)
def test_values_are_bound_wherever_the_variable_stands(store: Store, query: str, expected: list[str]) -> None:
    store.apply(
        Change(added=(title("a", "A"), title("b", "B"), title("c", "C"), theme("a", "tax"), theme("b", "waste")))
    )
    rows = select(store, query, v=NamedNode(f"{BASE}id/theme/tax"))
    assert sorted(" ".join(sorted(short(term) for term in row)) for row in rows) == sorted(expected)


def short(term: str) -> str:
    """The lexical form of a literal, the last part of an IRI."""
    return term.split('"')[1] if term.startswith('"') else term.strip("<>").rpartition("/")[2]


def test_values_are_terms_and_never_text(store: Store) -> None:
    evil = Literal('" } ; DROP ALL # \\ \n \u2028 {', language="en")
    store.apply(Change(added=(Quad(NamedNode(S + "a"), TITLE, evil),)))
    assert select(store, "SELECT ?s { ?s dcterms:title ?t }", t=evil) == [(f"<{S}a>",)]
    assert select(store, "SELECT ?s { ?s dcterms:title ?t }", t=Literal(evil.value)) == []
    assert bool(store.query("CONSTRUCT WHERE { ?s dcterms:title ?t }", {"t": evil}))


def test_values_that_cannot_be_bound(store: Store) -> None:
    with pytest.raises(ParameterError, match=r"\?city.*did you mean \?cities"):
        store.query("SELECT ?cities { ?cities ?p ?o }", {"city": NamedNode(S)})
    with pytest.raises(ParameterError, match="computed by the query"):
        store.query("SELECT ?x { BIND(1 AS ?x) }", {"x": NamedNode(S)})
    with pytest.raises(ParameterError, match="computed by the query"):
        store.query("SELECT ?x { VALUES (?y ?x) { (1 2) } }", {"x": NamedNode(S)})
    with pytest.raises(ParameterError, match="neither an IRI nor a literal"):
        store.query("SELECT ?x { ?x ?y ?z }", {"x": BlankNode("x")})  # type: ignore[dict-item]
    with pytest.raises(QueryError, match="line 1, column 24"):
        store.query("SELECT ?x { ?x ?y ?z } LIMT 1", {"x": NamedNode(S)})


def test_queries_that_do_not_parse_or_go_elsewhere(store: Store) -> None:
    with pytest.raises(QueryError, match=r"line 2, column 4: the prefix 'fof:' is not declared: did you mean 'foaf:'"):
        store.query("SELECT * {\n?s fof:name ?o }")
    with pytest.raises(ForbiddenQuery, match="SERVICE"):
        store.query("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    with pytest.raises(ForbiddenQuery, match="update"):
        store.query("DELETE WHERE { ?s ?p ?o }")


# -- reserved graphs


def test_a_reserved_graph_is_replaced_and_keeps_its_stamp(store: Store) -> None:
    inferred = store.graphs.inferred
    assert store.stamp(inferred) == ""
    triples = [Triple(NamedNode(S + "a"), TYPE, NamedNode(f"{S}{n}")) for n in range(3)]
    store.load_reserved(inferred, triples, stamp="one")
    store.load_reserved(inferred, triples[1:], stamp="two")
    assert {quad.triple for quad in store.quads(g=inferred)} == set(triples[1:])
    assert store.stamp(inferred) == "two"
    assert (store.version, store.dump()) == (0, b"")
    with pytest.raises(ParameterError, match="not a reserved one"):
        store.load_reserved(store.graphs.asserted, [])


# -- files


def test_load_is_one_change_and_adds_nothing_twice(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text(
        f"@prefix s: <{S}> . s:a <http://p> [ <http://q> 'x', 'y' ] , [ <http://q> [] ] ; <rel> <http://o> .",
        encoding="utf-8",
    )
    done = store.load(file, who="Awa", when="2026-03-01")
    assert (done.number, len(done.added), done.why) == (1, 6, "load data.ttl")
    assert not any(isinstance(term, BlankNode) for quad in store.quads() for term in quad)
    assert f"<{BASE}rel>" in store.dump().decode()
    assert store.load(file).number == 0
    other = tmp_path / "other.ttl"
    other.write_text(file.read_text() + " s:b s:c [ <http://q> 'z' ] .")
    assert len(store.load(other).added) == 2


def test_nothing_is_half_loaded(store: Store, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.nt", tmp_path / "bad.nt"
    good.write_text("<http://a> <http://b> <http://c> .\n")
    bad.write_text("<http://a> <http://b> <http://d> .\n<http://a> <http://b> .\n")
    with pytest.raises(UnreadableInput, match=r"bad\.nt, line 2, column 23"):
        store.load(good, bad)
    assert (store.version, store.dump()) == (0, b"")


def test_named_graphs_come_and_go_with_their_names(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "data.nq"
    own = "https://example.org/own"
    file.write_text(
        f"<http://a> <http://b> <http://c> <{own}> .\n<http://a> <http://b> <http://d> .\n"
        f"<http://a> <http://b> <http://e> {store.graphs.asserted} .\n"
    )
    store.load(file)
    lines = store.dump().decode().splitlines()
    assert lines == [
        f"<http://a> <http://b> <http://c> <{own}> .",
        "<http://a> <http://b> <http://d> .",
        "<http://a> <http://b> <http://e> .",
    ]
    assert store.dump("ntriples").decode().splitlines() == lines[1:]
    store.load_reserved(store.graphs.ontology, [Triple(NamedNode("http://x"), TITLE, Literal("o"))])
    assert len(store.dump("nquads", all=True).splitlines()) == 4
    assert len(store.dump("ntriples", all=True).splitlines()) == 3
    file.write_text(f"<http://a> <http://b> <http://c> {store.graphs.ontology} .\n")
    with pytest.raises(ReadOnly):
        store.load(file)
    graph = NamedNode("https://example.org/more")
    turtle = tmp_path / "one.ttl"
    turtle.write_text("<http://a> <http://b> 1 .")
    assert store.load(turtle, graph=graph).added[0].graph_name == graph


@pytest.mark.parametrize("format", ["nquads", "trig", "turtle", "ntriples", "rdfxml", "jsonld"])
def test_what_is_dumped_loads_again(store: Store, tmp_path: Path, format: str) -> None:  # noqa: A002
    store.apply(Change(added=(title("a", 'One "two"\n\\ three'), title("a", "مرحبا", "ar"), theme("a", "tax"))))
    file = tmp_path / "dump"
    file.write_bytes(store.dump(format))
    copy = Embedded.memory(BASE)
    copy.load(file, format=format)
    assert copy.dump() == store.dump()


def test_quads_match_patterns(store: Store) -> None:
    store.apply(Change(added=(title("a", "One"), title("b", "Two"), theme("a", "tax"))))
    assert {quad.predicate for quad in store.quads(NamedNode(S + "a"))} == {TITLE, THEME}
    assert [quad.object for quad in store.quads(p=TITLE, o=Literal("Two", language="en"))] == [
        Literal("Two", language="en")
    ]
    assert len(list(store.quads(g=store.graphs.asserted))) == 3
    assert list(store.quads(NamedNode("http://nothing"))) == []


# -- what only one of them does


def test_plain_keeps_a_dataset_as_it_is() -> None:
    graph = BlankNode("g")
    quads = [Quad(BlankNode("x"), TITLE, BlankNode("y"), graph), Quad(NamedNode("http://s"), TITLE, Literal("d"))]
    plain = Plain.of(quads)
    assert set(plain.quads()) == set(quads)
    assert (plain.base, plain.version, plain.read_only) == (None, 0, True)
    assert select(plain, "SELECT ?o { ?s ?p ?o }") == [('"d"',)]
    assert len(select(plain, "SELECT ?o { GRAPH ?g { ?s ?p ?o } }")) == 1
    assert [str(triple.object) for triple in plain.asserted()] == ['"d"']
    for forbidden in (lambda: plain.apply(Change()), lambda: plain.load("x.ttl"), lambda: plain.undo(1)):
        with pytest.raises(ReadOnly, match="init"):
            forbidden()
    with pytest.raises(WrongUsage):
        _ = plain.graphs
    assert plain.dump() == Plain.of(reversed(quads)).dump()


def test_memory_starts_with_what_it_is_given() -> None:
    store = Embedded.memory(BASE, [title("a", "Cafe\u0301")])
    assert (store.version, store.history()) == (0, [])
    assert store.dump().decode() == f'<{S}a> <http://purl.org/dc/terms/title> "Café"@en .\n'


@pytest.mark.parametrize("base", ["", "no iri", "https://example.org", "https://example.org/#", "relative/"])
def test_a_base_is_an_absolute_iri_that_ends_with_a_slash(base: str) -> None:
    with pytest.raises(ParameterError):
        Embedded.memory(base)


def test_withdrawal_takes_a_record_out_of_graph_and_log(tmp_path: Path) -> None:
    stores: list[Callable[[], Embedded]] = [
        lambda: Embedded.memory(BASE),
        lambda: Embedded.create(tmp_path / "kg", base=BASE),
    ]
    for make in stores:
        with make() as store:
            part = Quad(NamedNode(S + "a#lesson"), TITLE, Literal("secret part", language="en"))
            store.apply(Change(added=(title("a", "secret"), part, title("b", "stays")), who="Awa", why="first"))
            store.apply(Change(added=(theme("a", "tax"),), who="Awa"))
            begun = store.version
            done = store.withdraw(S + "a", who="Oumar", when="2026-03-01", why="asked for by the city")
            assert len(done.removed) == 3
            assert b"secret" not in store.dump()
            assert all(b"secret" not in store._log.bytes_of(number) for number in (1, 2, 3))
            store.verify()
            assert [entry.who for entry in store.history()] == ["Awa", "Awa", "Oumar"]
            assert [entry.number for entry in store.history(S + "a")] == [3]
            with pytest.raises(Conflict, match="withdrew"):
                store.undo(3)
            with pytest.raises(Conflict, match="nothing left"):
                store.undo(2)
            with pytest.raises(Conflict, match="withdrawn by change 3 by Oumar"):
                store.apply(Change(added=(title("a", "again"),), begun=begun))
            with pytest.raises(UnknownName):
                store.withdraw(S + "a")
    with Embedded.open(tmp_path / "kg") as again:
        assert again.version == 3
        again.verify()


def test_open_store_knows_what_an_address_means(tmp_path: Path) -> None:
    assert open_store().base is None
    assert open_store(base=BASE).base == BASE
    Embedded.create(tmp_path / "kg", base=BASE).close()
    with open_store(tmp_path / "kg") as store:  # type: ignore[attr-defined]
        assert isinstance(store, Embedded)
        assert not store.read_only
    assert open_store(tmp_path / "kg", read_only=True).base == BASE
    assert isinstance(open_store("http://127.0.0.1:1/sparql"), Remote)


# -- the endpoint


def test_an_endpoint_without_a_network_is_asked_as_it_is(server: Running) -> None:
    raw = server.remote()
    raw._send(
        'DROP ALL ; INSERT DATA { <http://a> <http://b> "default" . GRAPH <http://g> { <http://a> <http://b> 1 } }'
    )
    assert select(raw, "SELECT ?o { ?s ?p ?o }") == [('"default"',)]
    assert len(list(raw.quads())) == 2
    assert [triple.object for triple in raw.asserted()] == [Literal("default")]
    assert (raw.base, raw.version, raw.read_only) == (None, 0, True)
    with pytest.raises(ReadOnly, match="without a network"):
        raw.apply(Change(added=(title("a", "x"),)))


def test_an_endpoint_offers_undo_only_with_transactions(server: Running) -> None:
    store = server.remote(BASE, transactional=False)
    store.apply(Change(added=(title("a", "x"),)))
    with pytest.raises(WrongUsage, match="transactional=True"):
        store.undo(1)
    reader = Remote(server.query, base=BASE)
    assert reader.version == 1
    with pytest.raises(ReadOnly, match="update"):
        reader.apply(Change(added=(title("b", "x"),)))


def test_two_writers_of_one_endpoint_never_take_the_same_number(server: Running) -> None:
    one, two = (server.remote(BASE) for _ in range(2))
    taken = itertools.count()
    plain_commit = one._commit

    def late(change: Change) -> bool:
        if next(taken) == 0:  # the other writer is faster, between our look at the version and our request
            two.apply(Change(added=(title("b", "faster"),)))
        return plain_commit(change)

    one._commit = late  # type: ignore[method-assign]
    assert one.apply(Change(added=(title("a", "slower"),))).number == 2
    assert [entry.number for entry in one.history()] == [1, 2]
    assert len(list(one.asserted())) == 2


def test_a_large_change_of_an_endpoint(server: Running) -> None:
    store = server.remote(BASE)
    store.apply(Change(added=tuple(title(f"s-{n}", f"Story {n}") for n in range(3000))))
    assert len(list(store.asserted())) == 3000
    store.undo(1)
    assert store.dump() == b""


def test_an_endpoint_that_is_down() -> None:
    address = f"http://127.0.0.1:{servers.free_port()}/sparql"
    store = Remote(address, base=BASE, update=address)
    calls: list[Callable[[], object]] = [
        lambda: store.query("ASK {}"),
        lambda: store.version,
        lambda: store.apply(Change(added=(title("a", "x"),))),
        lambda: list(store.quads()),
    ]
    for call in calls:
        with pytest.raises(EndpointError) as caught:
            call()
        assert address in str(caught.value)
        assert "is the server running" in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "503"),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\nno memory", "no memory"),
        (b"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", "HTTP 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "cannot be read"),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"head":', "cannot be reached"),
        (b'HTTP/1.1 200 OK\r\n\r\n{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri",', "cannot be read"),
        (b"", "cannot be reached"),
    ],
)
def test_an_endpoint_that_answers_wrongly(answer: bytes, expected: str) -> None:
    with one_answer(answer) as address:
        with pytest.raises(EndpointError) as caught:
            Remote(address, timeout=5).query("SELECT ?s { ?s ?p ?o }")
        assert expected in str(caught.value)
        assert address in str(caught.value)


def test_an_endpoint_that_is_slow() -> None:
    with one_answer(None) as address, pytest.raises(EndpointError, match="no answer within 1 seconds"):
        Remote(address, timeout=1).query("ASK {}")


def test_an_endpoint_says_400_to_a_query_that_we_cannot_parse_either() -> None:
    no = b"HTTP/1.1 400 No\r\nContent-Length: 5\r\n\r\nnope!"
    with one_answer(no) as address, pytest.raises(QueryError, match="line 1, column 21"):
        Remote(address).query("SELECT * { ?s ?p ?o ?x }")
    with one_answer(no) as address, pytest.raises(EndpointError, match="HTTP 400: nope!"):
        Remote(address).query("SELECT * { ?s ?p ?o }")


class one_answer:  # noqa: N801
    """A server on the loopback address that gives one answer, or none."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer

    def __enter__(self) -> str:
        import threading

        self._socket = socket.create_server(("127.0.0.1", 0))
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/sparql"

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection:
            connection.recv(65536)
            if self._answer is None:
                self._done.wait(10)
            else:
                connection.sendall(self._answer)
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(5)
                while connection.recv(65536):  # what is left unread would make the close a reset
                    pass

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(10)
        self._socket.close()

"""Updates of a network's graph: the same as the engine makes them, where its default graph is what is asserted."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from sankofa.errors import ForbiddenQuery, ParameterError, QueryError, ReadOnly
from sankofa.store import Embedded
from sankofa.store.dataset import Dataset
from sankofa.store.skolem import unskolemised
from sankofa.store.update import change_of

BASE = "https://example.org/net/"
ADDRESS = "http://localhost/sparql"
START = """
PREFIX : <urn:>
INSERT DATA {
  :a :p :b, :c ; :q "one", "two"@fr, 3 . :b :p :c . :c :p :a
  GRAPH :g { :a :p :x . :x :q "}" }
  GRAPH :h { :y :p :a }
}
"""

#: Each is carried out by the engine alone and by us, on the same data.
SAME = [
    "",
    "# nothing; but a comment",
    "PREFIX : <urn:>",
    "INSERT DATA { <urn:n> <urn:p> 1 }",
    "INSERT DATA { <rel> <urn:p> <> } ;",
    "INSERT DATA { <urn:n> <urn:p> 'a ; } WHERE { DROP ALL' . }",
    'INSERT DATA { <urn:n> <urn:p> """\n} ; CLEAR ALL ; {\n""" }',
    "INSERT DATA { GRAPH <urn:g> { <urn:n> <urn:p> 1 } <urn:n> <urn:p> 2 GRAPH <urn:k> { <urn:n> <urn:p> 3 } }",
    "INSERT DATA { _:x <urn:p> _:x . <urn:n> <urn:q> [ <urn:p> ( 1 2 ) ] }",
    "DELETE DATA { <urn:a> <urn:p> <urn:b> . GRAPH <urn:h> { <urn:y> <urn:p> <urn:a> } }",
    "DELETE DATA { <urn:none> <urn:p> <urn:b> }",
    "DELETE WHERE { <urn:a> ?p ?o }",
    "DELETE WHERE { GRAPH <urn:g> { ?s <urn:p> ?o } }",
    "DELETE WHERE { ?s <urn:p> ?o . GRAPH <urn:g> { ?s <urn:p> ?x } }",
    "DELETE { ?s <urn:p> ?o } WHERE { ?s <urn:p> ?o }",
    "DELETE { ?s <urn:p> ?o } INSERT { ?o <urn:p> ?s } WHERE { ?s <urn:p> ?o }",
    "INSERT { ?o <urn:r> ?s } WHERE { ?s <urn:p> ?o FILTER NOT EXISTS { ?o <urn:q> ?x } }",
    "INSERT { GRAPH <urn:k> { ?s <urn:p> ?o } } WHERE { ?s <urn:p> ?o }",
    "INSERT { GRAPH ?g { ?s <urn:seen> true } ?s <urn:in> ?g } WHERE { GRAPH ?g { ?s ?p ?o ; <urn:p> <urn:x> } }",
    "DELETE { ?s ?p 3 } WHERE { ?s ?p ?o . ?o ?q ?x }",
    "DELETE { <urn:a> <urn:p> ?o } WHERE { ?o <urn:p> <urn:a> }",
    "INSERT { ?s <urn:r> _:new } WHERE { ?s <urn:q> ?o FILTER(ISNUMERIC(?o)) }",
    "INSERT { ?s <urn:n> ?n } WHERE { { SELECT ?s (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?s } }",
    "WITH <urn:g> DELETE { ?s ?p ?o } INSERT { ?o <urn:r> ?s } WHERE { ?s ?p ?o FILTER(ISIRI(?o)) }",
    "WITH <urn:g> INSERT { ?s <urn:r> 1 } USING <urn:h> WHERE { ?s ?p ?o }",
    "INSERT { ?s <urn:r> 1 } USING <urn:h> USING <urn:g> WHERE { ?s ?p ?o }",
    "INSERT { ?s <urn:r> ?g } USING NAMED <urn:h> WHERE { GRAPH ?g { ?s ?p ?o } }",
    "CLEAR DEFAULT",
    "CLEAR NAMED",
    "CLEAR ALL",
    "CLEAR GRAPH <urn:g>",
    "CLEAR SILENT GRAPH <urn:none>",
    "DROP DEFAULT",
    "DROP SILENT NAMED",
    "DROP ALL",
    "DROP GRAPH <urn:h>",
    "CREATE GRAPH <urn:k>",
    "CREATE SILENT GRAPH <urn:g>",
    "ADD DEFAULT TO <urn:g>",
    "ADD <urn:g> TO DEFAULT",
    "COPY GRAPH <urn:g> TO GRAPH <urn:k>",
    "COPY SILENT DEFAULT TO <urn:g>",
    "MOVE <urn:g> TO DEFAULT",
    "MOVE DEFAULT TO GRAPH <urn:k>",
    "INSERT DATA { <urn:n> <urn:p> 1 } ; CLEAR ALL ; INSERT DATA { <urn:n> <urn:p> 2 } ; COPY DEFAULT TO <urn:k>",
    "INSERT { ?s <urn:depth> 1 } WHERE { ?s <urn:p> ?o } ; INSERT { ?s <urn:depth> 2 } WHERE { ?s <urn:depth> 1 }",
    "insert data { <urn:n> <urn:p> 1 } ; delete where { ?s ?p 1 } ; with <urn:g> delete {?s ?p ?o} where {?s ?p ?o}",
    "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o<STR(?s)+(?o>1)) } ; INSERT { ?s ?p 1 } WHERE { ?s <urn:p> ?o }",
    "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o<'two'||?o>1) }",
]


def network() -> Embedded:
    store = Embedded.memory(BASE)
    store.apply(change_of(store, START, base_iri=ADDRESS))
    return store


def named(quads: list[ox.Quad], default: ox.NamedNode) -> set[str]:
    """The quads as text, with the default graph by its name and blank nodes by what is said about them."""
    moved = ox.Dataset(
        ox.Quad(quad.subject, quad.predicate, quad.object, default)
        if isinstance(quad.graph_name, ox.DefaultGraph)
        else quad
        for quad in quads
    )
    moved.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in moved}


@pytest.mark.parametrize("update", SAME)
def test_an_update_does_what_the_engine_does(update: str) -> None:
    ours = network()
    change = change_of(ours, update, base_iri=ADDRESS)
    before = {quad for quad in ours.raw if quad.graph_name != ours.graphs.log}
    ours.apply(change)
    theirs = ox.Store()
    theirs.update(START)
    theirs.update(update, base_iri=ADDRESS)
    found = list(unskolemised(ours.quads(), BASE))
    assert named(found, ours.graphs.asserted) == named(list(theirs), ours.graphs.asserted)
    if change:
        ours.undo(ours.version)
        assert set(ours.quads()) == before


def test_each_operation_has_the_declarations_before_it() -> None:
    store = network()
    first, second = (
        "PREFIX a: <urn:> INSERT DATA { a:a a:b <c> }",
        "PREFIX a: <urn:x:> BASE <urn:y> INSERT DATA { a:a a:b <c> }",
    )
    change = change_of(store, f"BASE <http://example.org/> {first} ;\n{second} ; INSERT DATA {{ a:d a:b <c> }} ;")
    assert {(quad.subject.value, quad.object.value) for quad in change.added} == {  # type: ignore[union-attr]
        ("urn:a", "http://example.org/c"),
        ("urn:x:a", "urn:c"),
        ("urn:x:d", "urn:c"),
    }


@pytest.mark.parametrize(
    ("update", "line", "column"),
    [
        ("CLEAR ALL ;\n PREFIX a: <urn:>\n CLEAR NOTHING", 3, 8),
        ("CLEAR ALL ;\n INSERT DATA { <urn:a> <urn:b> } ;\n CLEAR NOTHING", 2, 32),
        ("CLEAR ALL\nCLEAR ALL", 2, 1),
        ("CLEAR ALL ;\n ; CLEAR ALL", 2, 2),
        ("; CLEAR ALL", 1, 1),
    ],
)
def test_a_mistake_is_told_where_it_stands(update: str, line: int, column: int) -> None:
    with pytest.raises(QueryError) as caught:
        change_of(network(), update)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_in_the_graphs_by_name_there_is_what_was_asserted() -> None:
    store = network()
    store.apply(change_of(store, "DELETE WHERE { GRAPH ?g { ?s <urn:p> ?o } }"))
    assert not list(store.quads(None, ox.NamedNode("urn:p"), None, None))


def test_a_pattern_sees_what_a_query_sees_and_only_what_is_asserted_goes() -> None:
    store = network()
    triple = ox.Triple(ox.NamedNode("urn:t"), ox.NamedNode("urn:p"), ox.NamedNode("urn:b"))
    store.load_reserved(store.graphs.ontology, [triple])
    change = change_of(store, "DELETE { ?s <urn:p> ?o } INSERT { ?s <urn:seen> ?o } WHERE { ?s <urn:p> ?o }")
    assert ox.Quad(triple.subject, ox.NamedNode("urn:seen"), triple.object, store.graphs.asserted) in change.added
    store.apply(change)
    assert list(store.quads(None, None, None, store.graphs.ontology))


def test_the_graphs_of_the_protocol() -> None:
    store = network()
    one, two = ox.NamedNode("urn:g"), ox.NamedNode("urn:h")
    for using, expected in (
        (Dataset([one], []), {"urn:a", "urn:x"}),
        (Dataset([one, two], []), {"urn:a", "urn:x", "urn:y"}),
        (Dataset([], [one]), set()),
        (Dataset([ox.NamedNode("urn:none")], []), set()),
    ):
        change = change_of(store, "INSERT { ?s <urn:r> 1 } WHERE { ?s ?p ?o }", using=using)
        assert {quad.subject.value for quad in change.added} == expected  # type: ignore[union-attr]
    change = change_of(store, "DELETE WHERE { ?s ?p ?o }", using=Dataset([one], []))
    assert not change.removed  # matched in one graph, taken out of what is asserted, where it is not
    for update in (
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "INSERT { ?s ?p 1 } USING <urn:g> WHERE { ?s ?p ?o }",
    ):
        with pytest.raises(ParameterError, match="the update names its graphs"):
            change_of(store, update, using=Dataset([one], []))


@pytest.mark.parametrize(
    ("update", "error", "says"),
    [
        ("INSERT DATA { <urn:a> <urn:b> ?x }", QueryError, "line 1, column"),
        ("INSERT DATA { <urn:a> <urn:b> 1 } ; CLEAR NOTHING", QueryError, "'NOTHING' cannot stand here"),
        ("INSERT DATA { fof:a <urn:b> 1 }", QueryError, "the prefix 'fof:' is not declared"),
        ("SELECT * { ?s ?p ?o }", QueryError, "'SELECT' cannot stand here"),
        ("DROP GRAPH <urn:none>", QueryError, "does not exist: write DROP SILENT"),
        ("CREATE GRAPH <urn:g>", QueryError, "already exists: write CREATE SILENT"),
        ("LOAD <http://127.0.0.1:1/>", ForbiddenQuery, "loads from an address"),
        (
            "INSERT { ?s ?p 1 } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
            ForbiddenQuery,
            "asks another server",
        ),
        (f"INSERT DATA {{ GRAPH <{BASE}graph/inferred> {{ }} }}", ReadOnly, "takes no changes"),
        (f"WITH <{BASE}graph/log> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}", ReadOnly, "takes no changes"),
        (f"CLEAR ALL ; DROP GRAPH <{BASE}graph/ontology>", ReadOnly, "takes no changes"),
        (f"MOVE <{BASE}graph/ontology> TO <urn:k>", ReadOnly, "takes no changes"),
    ],
)
def test_what_no_update_may_do(update: str, error: type[Exception], says: str) -> None:
    store = network()
    before = set(store.raw)
    with pytest.raises(error, match=says):
        change_of(store, update)
    assert set(store.raw) == before

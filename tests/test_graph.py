"""The object that sankofa.open() returns: asking, changing, reading only, behind an endpoint, as rdflib sees it."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sankofa
import servers
from sankofa.errors import (
    Conflict,
    EndpointError,
    ForbiddenQuery,
    NotAGraph,
    ParameterError,
    QueryError,
    ReadOnly,
    StorageError,
    UnknownName,
    UnreadableInput,
    WrongUsage,
)
from sankofa.graph import Graph
from sankofa.graph.making import init
from sankofa.graph.opening import in_memory, plain
from sankofa.graph.reading import term_of, term_written, triple_of
from sankofa.store import Embedded
from sankofa.table import Table
from sankofa.terms import DCTERMS, RDF, SKF, SKOS, XSD

BASE = "https://example.org/net/"
LABELS = "SELECT ?label { ?theme a skf:Theme ; rdfs:label ?label } ORDER BY ?label"


@pytest.fixture(scope="module")
def kg() -> Iterator[Graph]:
    """The graph we ship; nobody changes it."""
    with sankofa.open(read_only=True) as opened:
        yield opened


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Graph]:
    with init(tmp_path / "kg", base=BASE, title="Own", lang="fr", licence="CC-BY-4.0", when="2026-11-23") as made:
        yield made


def said(graph: Graph, subject: str, predicate: str) -> list[str]:
    found = graph.store.asserted(ox.NamedNode(subject), ox.NamedNode(predicate))
    return sorted(triple.object.value for triple in found if not isinstance(triple.object, ox.Triple))


# -- asking --------------------------------------------------------------------------------------------------------


def test_a_query_answers_with_what_its_form_says(kg: Graph) -> None:
    rows = kg.query("SELECT ?city { ?city a skf:City }")
    assert isinstance(rows, Table)
    assert len(rows) == 11
    assert kg.query("ASK { ?city a skf:City }") is True
    assert kg.query("ASK { ?city a skf:Nothing }") is False
    made = kg.query("CONSTRUCT { ?city a skf:City } WHERE { ?city a skf:City }")
    assert isinstance(made, Graph)
    assert len(made) == 11
    described = kg.query("DESCRIBE skf:City")
    assert isinstance(described, Graph)
    assert described.base is None
    assert described.query("ASK { skf:City a owl:Class }") is True


def test_values_are_bound_and_never_pasted(kg: Graph) -> None:
    city = kg.records("city")[0]
    names = kg.query("SELECT ?name { ?city dcterms:title ?name }", city=city)
    assert isinstance(names, Table)
    assert names.rows
    assert kg.query("ASK { ?city a ?kind }", {"kind": ox.NamedNode(SKF.City)}, city=city) is True
    evil = "x' } ; DROP ALL #"
    assert kg.query("SELECT ?x { BIND(?y AS ?x) }", y=evil).value(0, "x") == evil  # type: ignore[union-attr]
    assert kg.query("SELECT ?federate { }", {"federate": "yes"}).value(0, "federate") == "yes"  # type: ignore[union-attr]
    with pytest.raises(ParameterError, match=r"no variable \?citty"):
        kg.query("ASK { ?city a skf:City }", citty=city)


def test_a_query_of_somebody_else_opens_nothing(kg: Graph) -> None:
    with pytest.raises(ForbiddenQuery):
        kg.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    with pytest.raises(ForbiddenQuery):
        kg.query("DROP ALL")
    with pytest.raises(QueryError) as caught:
        kg.query("SELECT ?x\nWHERE { ?x }")
    assert (caught.value.line, caught.value.column, caught.value.token) == (2, 12, "}")


def test_the_parts_of_the_graph_have_names(kg: Graph) -> None:
    count = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    parts = {name: f"{kg.base}graph/{name}" for name in ("asserted", "vocabularies", "ontology", "inferred")}
    counts = {name: kg.query(count, g=iri).value(0, "n") for name, iri in parts.items()}  # type: ignore[union-attr]
    assert counts["asserted"] == len(kg)
    assert all(counts.values())
    together = kg.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert sum(counts.values()) >= together.value(0, "n") > max(counts.values())  # type: ignore[union-attr]
    assert kg.query(count, g=f"{kg.base}graph/log").value(0, "n") == 0  # type: ignore[union-attr]


def test_inferences_are_there_before_the_first_query_after_a_change() -> None:
    graph = in_memory(BASE)
    assert len(graph.query(LABELS)) == 0  # type: ignore[arg-type]
    with graph.change("a theme", when="2026-11-23") as change:
        iri = ox.NamedNode(f"{BASE}id/theme/water")
        change.add_triples(
            [
                ox.Triple(iri, ox.NamedNode(RDF.type), ox.NamedNode(SKF.Theme)),
                ox.Triple(iri, ox.NamedNode(SKOS.prefLabel), ox.Literal("Eau", language="fr")),
            ]
        )
    assert len(graph.query(LABELS)) == 1  # type: ignore[arg-type]
    graph.undo(1)
    assert len(graph.query(LABELS)) == 0  # type: ignore[arg-type]


def test_a_closed_graph_does_not_answer_with_nothing(tmp_path: Path) -> None:
    graph = sankofa.open()
    graph.close()
    graph.close()
    for ask in (lambda: graph.query("ASK {}"), lambda: graph.records(), lambda: graph.dump(), lambda: len(graph)):
        with pytest.raises(WrongUsage, match="this graph is closed"):
            ask()


@pytest.mark.parametrize(
    ("value", "term"),
    [
        ("text", ox.Literal("text")),
        ("https://example.org/a", ox.NamedNode("https://example.org/a")),
        ("urn:isbn:1", ox.NamedNode("urn:isbn:1")),
        ("https://example.org/a b", ox.Literal("https://example.org/a b")),
        (3, ox.Literal(3)),
        (True, ox.Literal(True)),
        (Decimal("1.50"), ox.Literal("1.50", datatype=ox.NamedNode(XSD.decimal))),
        (Decimal("1E+3"), ox.Literal("1000", datatype=ox.NamedNode(XSD.decimal))),
        (datetime.date(2026, 3, 1), ox.Literal("2026-03-01", datatype=ox.NamedNode(XSD.date))),
        (
            datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC),
            ox.Literal("2026-03-01T12:00:00+00:00", datatype=ox.NamedNode(XSD.dateTime)),
        ),
        (ox.Literal("x", language="fr"), ox.Literal("x", language="fr")),
    ],
    ids=str,
)
def test_python_values_are_terms(value: object, term: object) -> None:
    assert term_of(value) == term


def test_what_is_no_term_is_refused() -> None:
    for value in (None, object(), ["a"], ox.BlankNode("x")):
        with pytest.raises(ParameterError, match="cannot stand in a query"):
            term_of(value)
    with pytest.raises(ParameterError, match="is no IRI"):
        term_of("https://example.org/{a}")


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_a_term_or_told(text: str) -> None:
    for read in (term_written, lambda each: triple_of(("skf:a", "skf:b", each))):
        try:
            read(text)
        except ParameterError as error:
            assert error.hint


def test_a_literal_ends_where_it_ends() -> None:
    with pytest.raises(ParameterError, match="is no literal"):
        term_written('"a" . <urn:x> <urn:y> "b"')


# -- what is there -------------------------------------------------------------------------------------------------


def test_records_are_counted_by_kind(kg: Graph) -> None:
    counts = kg.count_by_kind()
    assert sum(counts.values()) == len(kg.records())
    assert all(len(kg.records(kind)) == count for kind, count in counts.items())
    assert all("#" not in iri for iri in kg.records())
    with pytest.raises(UnknownName, match="did you mean 'city'"):
        kg.records("citty")


def test_a_record_knows_its_parts_and_who_names_it(kg: Graph) -> None:
    city = f"{kg.base}id/city/bamako"
    assert f"{city}#population" in kg.members(city)
    assert kg.members(f"{kg.base}id/city/nowhere") == []
    named = kg.referring_to(city)
    assert any("/id/story/" in iri for iri in named)
    assert not any(iri.startswith(city) for iri in named)
    kind = kg.kind_of(f"{city}#population")
    assert kind is not None
    assert kind.name == "measure"
    assert kg.kind_of("http://example.org/x") is None


def test_things_are_called_by_their_names(kg: Graph) -> None:
    assert kg.label_of(f"{kg.base}id/city/benguerir", "fr") == ("Benguérir", "fr")
    assert kg.label_of(SKF.City, "fr") == ("Ville", "fr")
    assert kg.label_of("http://example.org/a/thing#") == ("thing", "")
    assert kg.label_of("http://publications.europa.eu/resource/authority/country/MLI", "ar")[1] == "ar"


def test_a_graph_without_its_network_says_so() -> None:
    with pytest.raises(UnknownName, match="no record of its network"):
        in_memory(BASE).title()
    with pytest.raises(UnknownName, match="no record of its network"), in_memory(BASE).change("x") as change:
        change.add("theme", "water", title={"fr": "Eau"})


def test_files_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "a.trig"
    file.write_text("_:x <http://example.org/p> 1 . <http://example.org/g> { _:x <http://example.org/p> 2 }")
    graph = plain(file)
    assert graph.base is None
    assert len(graph) == 1
    assert graph.query("ASK { ?s <http://example.org/p> 1 FILTER(ISBLANK(?s)) }") is True
    assert graph.query("ASK { GRAPH <http://example.org/g> { ?s <http://example.org/p> 2 } }") is True
    assert graph.dump(all=True).count(b"\n") == 2
    for wrong in (graph.reason, lambda: graph.change("x"), lambda: graph.record_prefix):
        with pytest.raises(WrongUsage, match="no network"):
            wrong()
    with pytest.raises(ReadOnly):
        graph.load(file)


# -- changing ------------------------------------------------------------------------------------------------------


def test_a_new_record_is_a_draft_with_what_its_network_says(own: Graph) -> None:
    with own.change("a theme", agent="secretariat", when="2026-11-24") as change:
        iri = change.add("theme", slug="water", title={"fr": "Eau", "en": "Water"})
    assert change.done is not None
    assert change.done.number == 2
    assert said(own, iri, SKF.status)[0].endswith("/draft")
    assert said(own, iri, DCTERMS.license) == ["https://creativecommons.org/licenses/by/4.0/"]
    assert said(own, iri, DCTERMS.language)[0].endswith("/FRA")
    assert said(own, iri, DCTERMS.created) == ["2026-11-24"]
    entry = own.history(iri)[-1]
    assert (entry.who, entry.why, entry.when) == ("secretariat", "a theme", "2026-11-24")


def test_what_a_block_did_counts_for_what_follows_in_it(own: Graph) -> None:
    with own.change("all at once", when="2026-11-24") as change:
        kind = change.add("type", "interview-story", title={"en": "Interview"}, applies_to=SKF.Story)
        theme = change.add("theme", "water", title={"fr": "Eau"})
        story = change.add("story", "one", title={"fr": "Un"}, theme=["water"], type="Interview")
        change.set(theme, definition={"fr": "H2O"})
        change.set(story, theme=None)
        with pytest.raises(ParameterError, match="such a record already"):
            change.add("theme", "water", title={"fr": "Encore"})
        change.remove(theme)
        change.add("theme", "water", title={"fr": "Encore"})
    assert said(own, theme, SKOS.prefLabel) == ["Encore"]
    assert said(own, theme, SKOS.definition) == []
    assert said(own, story, SKF.theme) == []
    assert said(own, story, DCTERMS.type) == [kind]


def test_set_replaces_a_field_and_dates_the_record(own: Graph) -> None:
    with own.change("first", when="2026-11-24") as change:
        iri = change.add("theme", "water", title={"fr": "Eau"}, definition={"fr": "H2O", "en": "H2O"})
    with own.change("second", when="2026-11-25") as change:
        change.set(iri, definition={"fr": "De l'eau"})
    assert said(own, iri, SKOS.definition) == ["De l'eau"]
    assert said(own, iri, DCTERMS.modified) == ["2026-11-25"]
    with own.change("third", when="2026-11-26") as change:
        change.set(iri, definition=None)
    assert said(own, iri, SKOS.definition) == []
    assert said(own, iri, DCTERMS.modified) == ["2026-11-26"]
    own.undo(4)
    own.undo(3)
    assert said(own, iri, SKOS.definition) == ["H2O", "H2O"]
    assert said(own, iri, DCTERMS.modified) == []


def test_triples_that_come_and_go_come_to_nothing(own: Graph) -> None:
    there = next(own.store.asserted())
    new = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c"))
    with own.change("nothing", when="2026-11-24") as change:
        change.add_triples([new, there])
        change.remove_triples([new])
        assert new not in list(change.asserted(None))
        assert list(change.asserted(None)).count(there) == 1
    assert change.done is not None
    assert not change.done
    with own.change("out", when="2026-11-24") as change:
        change.add_triples([there])
        change.remove_triples([there])
    assert change.done is not None
    assert [quad.triple for quad in change.done.removed] == [there]


def test_a_record_goes_with_its_parts_and_nothing_else() -> None:
    with sankofa.open() as graph:
        city = f"{graph.base}id/city/bamako"
        members, named = graph.members(city), graph.referring_to(city)
        before = graph.dump()
        with graph.change("out", when="2026-11-24") as change:
            change.remove(city)
        assert not any(graph.has(member) for member in members)
        assert graph.referring_to(city) == [iri for iri in named if not iri.startswith(f"{city}#")]
        graph.undo(1)
        assert graph.dump() == before
        with pytest.raises(UnknownName, match="no such record"), graph.change("x") as change:
            change.remove(f"{graph.base}id/city/nowhere")


@pytest.mark.parametrize(
    ("kind", "slug", "values", "error", "match"),
    [
        ("theem", "a", {}, UnknownName, "did you mean 'theme'"),
        ("theme", "A b", {}, ParameterError, "small letters"),
        ("theme", "", {}, ParameterError, "small letters"),
        ("theme", "a", {"titel": {"fr": "x"}}, UnknownName, "did you mean 'title'"),
        ("theme", "a", {"title": 3}, ParameterError, "title"),
        ("theme", "a", {"title": {"no tag": "x"}}, ParameterError, "no language tag"),
        ("story", "a", {"format": "interveiw"}, ParameterError, "did you mean 'interview'"),
        ("event", "a", {"start": "someday"}, ParameterError, "a date such as"),
        ("city", "a", {"latitude": "north"}, ParameterError, "latitude"),
    ],
)
def test_a_wrong_value_drops_the_whole_change(
    own: Graph, kind: str, slug: str, values: dict[str, object], error: type[Exception], match: str
) -> None:
    before, version = own.dump(), own.store.version
    with pytest.raises(error, match=match), own.change("x") as change:
        change.add("theme", "good", title={"fr": "Bon"})
        change.add(kind, slug, **values)
    assert own.dump() == before
    assert own.store.version == version


def test_an_error_in_the_block_drops_the_change(own: Graph) -> None:
    before = own.dump()
    with pytest.raises(ZeroDivisionError), own.change("x") as change:
        change.add("theme", "water", title={"fr": "Eau"})
        raise ZeroDivisionError
    assert change.done is None
    assert own.dump() == before


def test_two_changes_of_one_record_meet(own: Graph) -> None:
    with own.change("first", when="2026-11-24") as change:
        iri = change.add("theme", "water", title={"fr": "Eau"})
    mine = own.change("mine", agent="me", when="2026-11-24")
    with own.change("theirs", agent="them", when="2026-11-24") as theirs:
        theirs.set(iri, title={"fr": "De l'eau"})
    with pytest.raises(Conflict, match="them"), mine:
        mine.set(iri, title={"fr": "L'eau"})
    assert said(own, iri, SKOS.prefLabel) == ["De l'eau"]


def test_a_thousand_records_in_one_change_take_seconds(own: Graph) -> None:
    began = time.perf_counter()
    with own.change("many", when="2026-11-24") as change:
        for number in range(1000):
            change.add("theme", f"t-{number}", title={"fr": f"Thème {number}"})
    assert time.perf_counter() - began < 30
    assert len(own.records("theme")) == 1000


def test_a_capture_beside_its_mapping(own: Graph, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "stories.csv").write_text("id,nom\nwater,Eau\n", encoding="utf-8")
    (tmp_path / "in" / "mapping.toml").write_text(
        '[sheets.stories]\nkind = "story"\n[sheets.stories.columns]\nnom = { field = "title", language = "fr" }\n',
        encoding="utf-8",
    )
    captured = own.capture(tmp_path / "in" / "stories.csv", when="2026-11-24", agent="secretariat")
    assert captured.accepted
    assert said(own, f"{BASE}id/story/water", DCTERMS.title) == ["Eau"]
    assert own.history()[-1].why == "capture stories.csv"


# -- reading only --------------------------------------------------------------------------------------------------


def test_a_graph_opened_to_read_takes_no_changes(own: Graph, tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    sheet = tmp_path / "themes.csv"
    sheet.write_text("id,title@fr\nwater,Eau\n", encoding="utf-8")
    for source in (tmp_path / "kg", None):
        with sankofa.open(source, read_only=True) as graph:
            before = graph.dump()
            for change in (
                lambda graph=graph: graph.load(file),
                lambda graph=graph: graph.change("x"),
                lambda graph=graph: graph.capture(sheet),
                lambda graph=graph: graph.undo(1),
            ):
                with pytest.raises(ReadOnly):
                    change()
            assert graph.capture(sheet, dry_run=True).count("imported") == 2
            assert graph.dump() == before


def test_readers_see_what_follows_while_somebody_writes(own: Graph, tmp_path: Path) -> None:
    with own.change("a theme", when="2026-11-24") as change:
        change.add("theme", "water", title={"fr": "Eau"})
    with sankofa.open(tmp_path / "kg", read_only=True) as reader:
        assert len(reader.query(LABELS)) == 1  # type: ignore[arg-type]
        assert [entry.number for entry in reader.history()] == [1, 2]
        assert reader.label_of(SKF.City, "fr") == ("Ville", "fr")
        assert reader.explain((f"{BASE}id/theme/water", "rdfs:label", '"Eau"@fr')).asserted is False
        own.undo(2)
        assert len(reader.query(LABELS)) == 1  # type: ignore[arg-type]
    assert sorted(file.name for file in (tmp_path / "kg").iterdir()) == ["lock", "log", "sankofa.toml", "store"]


def test_the_graph_we_ship_is_a_copy_each_time() -> None:
    with sankofa.open() as one, sankofa.open() as other:
        before = other.dump()
        with one.change("x", when="2026-11-24") as change:
            change.remove(one.records("city")[0])
        assert other.dump() == before
        assert one.dump() != before


@pytest.mark.parametrize(
    ("source", "error", "match"),
    [
        ("nowhere", NotAGraph, "no such folder"),
        (".", NotAGraph, "holds no graph"),
        ("notes.txt", NotAGraph, "this is a file"),
    ],
)
def test_what_is_no_graph_is_told(source: str, error: type[Exception], match: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(error, match=match):
        sankofa.open(tmp_path / source)
    with pytest.raises(ParameterError, match="only an endpoint"):
        sankofa.open(tmp_path, update="http://127.0.0.1:9/update")


# -- handing on ----------------------------------------------------------------------------------------------------


def test_a_dump_says_by_its_name_what_it_is(kg: Graph, tmp_path: Path) -> None:
    for name in ("a.ttl", "a.nt.gz", "A.RDF"):
        kg.dump(tmp_path / name)
        assert len(plain(tmp_path / name)) == len(kg)
    assert (tmp_path / "a.nt.gz").read_bytes()[:2] == b"\x1f\x8b"
    with pytest.raises(UnreadableInput, match="extension"):
        kg.dump(tmp_path / "a.txt")
    assert kg.dump(tmp_path / "a.txt", format="ntriples") == kg.dump(format="ntriples")
    with pytest.raises(UnknownName, match="did you mean 'turtle'"):
        kg.dump(format="turtel")
    with pytest.raises(StorageError, match="the folder is gone"):
        kg.dump(tmp_path / "nowhere" / "a.ttl")


def test_rdflib_sees_the_same_graph_and_cannot_write() -> None:
    import rdflib

    with sankofa.open() as graph:
        view = graph.rdflib
        assert isinstance(view, rdflib.Dataset)
        cities = "SELECT ?city { ?city a <https://w3id.org/sankofa/ontology#City> }"
        assert len(list(view.query(cities))) == 11
        city = rdflib.URIRef(f"{graph.base}id/city/bamako")
        assert rdflib.Literal("Bamako", lang="fr") in set(view.objects(city, rdflib.DCTERMS.title))
        assert (None, None, None) in view.graph(rdflib.URIRef(f"{graph.base}graph/inferred"))
        assert not list(view.graph(rdflib.URIRef(f"{graph.base}graph/log")))
        assert rdflib.URIRef(f"{graph.base}graph/log") not in {each.identifier for each in view.graphs()}
        with pytest.raises(ReadOnly, match=r"kg\.change"):
            view.add((city, rdflib.RDF.type, city))
        with pytest.raises(ReadOnly, match=r"kg\.change"):
            view.remove((city, None, None))
        for update in ("DROP ALL", "INSERT DATA { <urn:a> <urn:b> <urn:c> }"):
            with pytest.raises((ReadOnly, ForbiddenQuery)):
                view.update(update)
        with pytest.raises(ForbiddenQuery):
            view.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
        with graph.change("a city", when="2026-11-24") as change:
            change.add("city", "paris", title={"fr": "Paris"})
        assert len(list(view.query(cities))) == 12
        assert list(view.query(f"SELECT ?l {{ <{graph.base}id/city/paris> {rdflib.RDFS.label.n3()} ?l }}"))


def test_shapes_of_somebody_else_judge_the_graph(kg: Graph, tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix skf: <https://w3id.org/sankofa/ontology#> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "<urn:s> a sh:NodeShape ; sh:targetClass skf:City ; sh:property <urn:p> , <urn:q> .\n"
        "<urn:p> sh:path skf:country ; sh:class skos:Concept .\n"  # the lists are seen, and the class tree
        "<urn:q> sh:path skf:nowhere ; sh:minCount 1 .\n",
        encoding="utf-8",
    )
    report = kg.validate(shapes=shapes)
    assert report.checked == 11
    assert {finding.rule for finding in report.findings} == {"urn:q"}
    assert kg.validate(shapes=[str(shapes)]).checked == 11


# -- behind an endpoint --------------------------------------------------------------------------------------------


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The address of a real SPARQL server with nothing in it."""
    with servers.server("oxigraph") as running:
        running.clear()
        yield running.address


def test_an_endpoint_takes_a_network_and_says_what_follows(endpoint: str, own: Graph, tmp_path: Path) -> None:
    file = tmp_path / "own.ttl"
    own.dump(file)
    with pytest.raises(ParameterError, match="name its base"):
        sankofa.open(f"{endpoint}/query", update=f"{endpoint}/update")
    with sankofa.open(f"{endpoint}/query", update=f"{endpoint}/update", base=BASE) as remote:
        remote.load(file, when="2026-11-24")
        with remote.change("a theme", when="2026-11-24", agent="secretariat") as change:
            iri = change.add("theme", "water", title={"fr": "Eau"})
        assert len(remote.query(LABELS)) == 1  # type: ignore[arg-type]
        assert remote.reason().inferred > 0
        assert remote.members(iri) == [iri]
        assert remote.history(iri)[-1].who == "secretariat"
    # who comes later is told the base by the endpoint itself
    with sankofa.open(f"{endpoint}/query") as reader:
        assert reader.base == BASE
        assert reader.title("fr") == ("Own", "fr")
        assert len(reader.query(LABELS)) == 1  # type: ignore[arg-type]
        assert len(reader.answer("cities")) == 0
        assert reader.validate().checked == 2
        assert reader.count_by_kind()["theme"] == 1
        assert reader.explain((iri, "rdfs:label", '"Eau"@fr')).asserted is False
        assert len(reader) == len(own) + 6
        with pytest.raises(WrongUsage, match="on this machine"):
            _ = reader.rdflib
        with pytest.raises(ReadOnly):
            reader.load(file)
    with sankofa.open(f"{endpoint}/query", update=f"{endpoint}/update", read_only=True) as reader:  # noqa: SIM117
        with pytest.raises(ReadOnly):
            reader.change("x")


def test_an_endpoint_of_anybody_answers_as_it_is(endpoint: str) -> None:
    servers.Running("oxigraph", endpoint).send("INSERT DATA { <urn:a> <urn:b> 1 }")
    with sankofa.open(f"{endpoint}/query") as remote:
        assert remote.base is None
        assert remote.query("ASK { <urn:a> ?p 1 }") is True
        assert len(remote) == 1
        with pytest.raises(WrongUsage, match="no network"):
            remote.reason()


def test_a_graph_can_be_copied_from_an_endpoint(endpoint: str, own: Graph, tmp_path: Path) -> None:
    file = tmp_path / "own.ttl"
    own.dump(file)
    with sankofa.open(f"{endpoint}/query", update=f"{endpoint}/update", base=BASE) as remote:
        remote.load(file)
    with init(tmp_path / "two", base=BASE, title="Own", lang="fr", source=f"{endpoint}/query") as copy:
        assert copy.records() == own.records()
    servers.Running("oxigraph", endpoint).send("DROP ALL")
    with pytest.raises(NotAGraph, match="no network's graph to copy"):
        init(tmp_path / "three", base=BASE, title="Own", source=f"{endpoint}/query")
    assert not (tmp_path / "three").exists()


def test_an_endpoint_that_is_down_is_told_at_once() -> None:
    with pytest.raises(EndpointError, match="cannot be reached"):
        sankofa.open("http://127.0.0.1:9/query")


# -- what it rests on ----------------------------------------------------------------------------------------------


def test_a_store_with_an_old_ontology_gets_the_shipped_one(tmp_path: Path) -> None:
    with init(tmp_path / "kg", base=BASE, title="Own") as graph:
        graph.store.load_reserved(graph.store.graphs.ontology, [], stamp="an older one")
    for read_only in (True, False):
        with sankofa.open(tmp_path / "kg", read_only=read_only) as graph:
            assert graph.query("ASK { skf:City a owl:Class }") is True


def test_memory_takes_triples_from_the_start(kg: Graph) -> None:
    graph = in_memory(str(kg.base), kg.store.asserted())
    assert graph.dump() == kg.dump()
    assert graph.history() == []
    assert graph.dump(all=True) == kg.dump(all=True)
    assert isinstance(graph.store, Embedded)
    with pytest.raises(ParameterError):
        in_memory("https://example.org/net")

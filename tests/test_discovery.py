"""Linked data over HTTP: things, documents in every format, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

import sankofa
from sankofa import shipped as shipped_files
from sankofa.graph import Graph
from sankofa.publish import glossary
from sankofa.publish.documents import DATA_FORMATS, record_document
from sankofa.publish.layout import HELP_LANGUAGES
from sankofa.publish.pages import Pages
from sankofa.serve.discovery import DOCUMENT_FORMATS
from sankofa.terms import DCTERMS, FOAF, SKF, SKOS, VOID
from serving import Server, running
from test_pages import check

TYPES = {each.name: each.media_type for each in DATA_FORMATS.values()}
ENDINGS = {each.name: each.extensions[0] for each in DATA_FORMATS.values()}
RDFLIB = {"turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("shipped"), "serve", "--port", "0") as found:
        yield found


@pytest.fixture(scope="module")
def shipped() -> Graph:
    graph = sankofa.open()
    graph.reason()
    return graph


def triples(content: bytes, name: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(content, DATA_FORMATS[name].rdf)}


def links(headers: object) -> dict[str, list[tuple[str, str]]]:
    """The links of a header by their relation: address and type."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in str(headers).split(", "):
        address, *parameters = each.split("; ")
        said = dict(parameter.split("=", 1) for parameter in parameters)
        address = address.removeprefix("<").removesuffix(">")
        found.setdefault(said["rel"].strip('"'), []).append((address, said.get("type", "").strip('"')))
    return found


def same_in_each_format(server: Server, path: str) -> rdflib.Graph:
    """Ask for a document by ``Accept`` and by ``?format=``; every format has the same triples."""
    graphs = {}
    for name, media_type in TYPES.items():
        response = server.http.get(path, headers={"Accept": media_type})
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].partition(";")[0] == media_type
        assert "Accept" in response.headers["vary"]
        assert server.http.get(path, params={"format": name}).content == response.content
        assert server.http.get(f"{path}{ENDINGS[name]}").content == response.content
        graphs[name] = rdflib.Graph().parse(data=response.content, format=RDFLIB[name])
        assert len(graphs[name])
    first = graphs["ntriples"]
    for name, graph in graphs.items():
        assert isomorphic(graph, first), name
    return first


# -- documents


@pytest.mark.parametrize("path", ["city/bamako", "story/bamako-e-tax", "theme/tax-collection", "network/aston"])
def test_a_document_says_the_same_in_each_format(server: Server, path: str) -> None:
    graph = same_in_each_format(server, f"/doc/{path}")
    topic = rdflib.URIRef(f"https://w3id.org/aston/id/{path}")
    (document,) = graph.subjects(rdflib.URIRef(FOAF.primaryTopic), topic)
    assert str(document) == f"https://w3id.org/aston/doc/{path}"
    assert (document, rdflib.URIRef(VOID.inDataset), None) in graph
    assert "127.0.0.1" not in graph.serialize(format="nt")


def test_a_document_holds_the_record_its_parts_and_the_names_of_what_stands_around_it(shipped: Graph) -> None:
    iri = f"{shipped.record_prefix}city/bamako"
    found = set(record_document(shipped, iri))
    assert f"{iri}#area" in shipped.members(iri)
    for member in shipped.members(iri):
        assert set(shipped.store.asserted(ox.NamedNode(member))) <= found
    for predicate in (DCTERMS.title, SKOS.prefLabel):  # records have the one, themes and concepts the other
        named = {triple.subject.value for triple in found if triple.predicate.value == predicate}
        assert len(named) > 5
    assert {triple.subject.value for triple in found} >= set(shipped.referring_to(iri))
    theme = ox.NamedNode(f"{shipped.record_prefix}theme/tax-collection")
    described = {triple.predicate.value for triple in found if triple.subject == theme}
    assert described == {SKOS.prefLabel, SKF.city}  # its name, and that it names the city; no more


def test_every_record_has_its_document(shipped: Graph) -> None:
    for iri in shipped.records():
        found = record_document(shipped, iri)
        assert sum(triple.subject.value == iri for triple in found) > 1
        assert all(ox.parse(ox.serialize(found, format=each.rdf) or b"", each.rdf) for each in DATA_FORMATS.values())


@pytest.mark.parametrize("path", ["/doc/city/bamako", "/doc/story/bamako-e-tax"])
@pytest.mark.parametrize("name", DOCUMENT_FORMATS)
def test_each_format_leads_to_the_others(server: Server, path: str, name: str) -> None:
    response = server.http.get(path, params={"lang": "fr"}, headers={"Accept": DOCUMENT_FORMATS[name]})
    assert response.headers["access-control-allow-origin"] == "*"
    found = links(response.headers["link"])
    assert found["canonical"] == [(f"{path}?lang=fr" if name == "html" else path, "")]
    assert {media_type for _, media_type in found["alternate"]} == set(DOCUMENT_FORMATS.values()) - {
        DOCUMENT_FORMATS[name]
    }
    for address, media_type in found["alternate"]:
        other = server.http.get(address)
        assert other.status_code == 200
        assert other.headers["content-type"].partition(";")[0] == media_type
    if name == "html":
        page = check(response.text, "fr")
        assert {"rel": "canonical", "href": f"{path}?lang=fr"} in page.all("link")
        shown = {str(link["href"]): str(link["type"]) for link in page.all("link") if "type" in link}
        assert shown == {f"{path}{ENDINGS[each]}": TYPES[each] for each in TYPES}


@pytest.mark.parametrize("name", DOCUMENT_FORMATS)
def test_a_thing_leads_to_the_document_in_the_format_asked_for(server: Server, name: str) -> None:
    ending = ENDINGS.get(name, "")
    for given in ({"headers": {"Accept": DOCUMENT_FORMATS[name]}}, {"params": {"format": name}}):
        response = server.http.get("/id/city/bamako", **given)
        assert (response.status_code, response.headers["location"]) == (303, f"/doc/city/bamako{ending}")
        assert "Accept" in response.headers["vary"]
        document = server.http.get(response.headers["location"])
        assert document.headers["content-type"].partition(";")[0] == DOCUMENT_FORMATS[name]
    kept = server.http.get("/id/city/bamako", params={"format": name, "lang": "fr"})
    assert kept.headers["location"] == f"/doc/city/bamako{ending}?lang=fr"


@pytest.mark.parametrize("name", DOCUMENT_FORMATS)
def test_what_is_not_there_is_404_in_each_format(server: Server, name: str) -> None:
    ending = ENDINGS.get(name, "")
    for path in ("/id/city/nowhere", "/doc/city/nowhere", f"/doc/city/nowhere{ending}", "/doc/city/bamako.csv"):
        assert server.http.get(path, headers={"Accept": DOCUMENT_FORMATS[name]}).status_code == 404
    assert server.http.get("/doc/city/bamako", headers={"Accept": "image/png"}).status_code == 406
    assert server.http.get("/doc/city/bamako", params={"format": "csv"}).status_code == 406
    assert server.http.get("/id/city/bamako", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_page_for_what_is_gone(shipped: Graph, lang: str) -> None:
    page = check(Pages(shipped).problem(lang, 410, ""), lang)
    assert page.words != check(Pages(shipped).problem(lang, 404, ""), lang).words
    assert ("retiré" if lang == "fr" else "withdrawn") in page.words


# -- what explains our words

ONTOLOGY = "https://w3id.org/sankofa/ontology"
WORDS = [
    "/ontology",
    "/ontology/0.1.0",
    "/vocabulary/level",
    "/vocabulary/country",
    "/vocabulary/level/draft",
    "/shapes",
]


def as_files(*files: Path) -> rdflib.Graph:
    graph = rdflib.Graph()
    for file in files:
        graph.parse(file, format="turtle")
    return graph


@pytest.mark.parametrize("path", WORDS)
def test_words_are_explained_the_same_in_each_format(server: Server, path: str) -> None:
    graph = same_in_each_format(server, path)
    files = {
        "/ontology": [shipped_files.ontology_file()],
        "/ontology/0.1.0": [shipped_files.ontology_file()],
        "/shapes": shipped_files.shape_files(),
    }
    name = path.removeprefix("/vocabulary/")
    of_a_list = [file for file in shipped_files.vocabulary_files() if file.stem == name]
    if whole := files.get(path, of_a_list):
        assert isomorphic(graph, as_files(*whole))
    else:
        concept = rdflib.URIRef(f"https://w3id.org/sankofa{path}")
        assert set(graph.predicates(concept)) >= {rdflib.SKOS.prefLabel, rdflib.SKOS.inScheme}
        assert set(graph.subjects()) == {concept, rdflib.URIRef("https://w3id.org/sankofa/vocabulary/level")}


def test_every_vocabulary_and_concept_has_its_document(server: Server) -> None:
    for file in shipped_files.vocabulary_files():
        scheme = f"https://w3id.org/sankofa/vocabulary/{file.stem}"
        for subject in set(as_files(file).subjects()):
            if str(subject).startswith(scheme):
                path = str(subject).removeprefix("https://w3id.org/sankofa")
                response = server.http.get(path, headers={"Accept": "text/turtle"})
                assert response.status_code == 200, path
                assert subject in set(rdflib.Graph().parse(data=response.content, format="turtle").subjects())


def test_the_ontology_answers_clients_of_ontologies(server: Server) -> None:
    owl = "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
    response = server.http.get("/ontology", headers={"Accept": owl})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/rdf+xml")
    assert server.http.get("/ontology", headers={"Accept": "*/*"}).headers["content-type"].startswith("text/html")
    said = rdflib.Graph().parse(data=response.content, format="xml")
    (version,) = said.objects(rdflib.URIRef(ONTOLOGY), rdflib.OWL.versionIRI)
    same = server.http.get(str(version).removeprefix("https://w3id.org/sankofa"), headers={"Accept": owl})
    assert same.content == response.content


def test_versions_that_are_not_there_are_told_with_those_that_are(server: Server) -> None:
    for path in ("/ontology/9.9.9", "/ontology/9.9.9.ttl", "/ontology/latest"):
        response = server.http.get(path, headers={"Accept": "text/turtle"})
        assert response.status_code == 404
        assert glossary.versions()[0] in response.json()["hint"]
    for path in ("/vocabulary/levels", "/vocabulary/level/drafts", "/vocabulary", "/ontology.csv", "/shapes/city"):
        assert server.http.get(path).status_code == 404
    assert "level" in server.http.get("/vocabulary/levels").json()["hint"]


def test_each_version_of_the_ontology_is_kept_under_its_number() -> None:
    for file in shipped_files.ontology_version_files():
        assert str(as_files(file).value(rdflib.URIRef(ONTOLOGY), rdflib.OWL.versionInfo)) == file.stem
    newest = as_files(shipped_files.ontology_file()).value(rdflib.URIRef(ONTOLOGY), rdflib.OWL.versionInfo)
    assert glossary.versions()[0] == str(newest)
    assert glossary.versions()[1:] == [file.stem for file in reversed(shipped_files.ontology_version_files())]


@pytest.mark.parametrize("lang", HELP_LANGUAGES)
@pytest.mark.parametrize("path", WORDS)
def test_words_have_their_pages(server: Server, path: str, lang: str) -> None:
    response = server.http.get(path, params={"lang": lang}, headers={"Accept": "text/html"})
    assert response.headers["content-language"] == lang
    assert "default-src 'none'" in response.headers["content-security-policy"]
    page = check(response.text, lang)
    assert page.all("html")[0].get("dir") == ("rtl" if lang == "ar" else None)
    assert {str(link["hreflang"]) for link in page.all("link") if "hreflang" in link} == set(HELP_LANGUAGES)
    ids = {str(attributes["id"]) for _, attributes in page.elements if "id" in attributes}
    assert {href[1:] for a in page.all("a") if (href := str(a["href"])).startswith("#")} <= ids
    for address in {str(a["href"]) for a in page.all("a") if str(a["href"]).startswith("/")}:
        if address.startswith(("/ontology", "/vocabulary", "/shapes")):
            assert server.http.get(address, headers={"Accept": "text/html"}).status_code == 200, address


@pytest.mark.parametrize("lang", HELP_LANGUAGES)
def test_every_term_and_field_stands_on_a_page_with_what_it_means(shipped: Graph, lang: str) -> None:
    page = check(Pages(shipped).ontology(lang), lang)
    ids = {attributes.get("id") for _, attributes in page.elements}
    graph = as_files(shipped_files.ontology_file())
    for term in {term for term in graph.subjects() if str(term).startswith(f"{ONTOLOGY}#")}:
        assert str(term).removeprefix(f"{ONTOLOGY}#") in ids
        for predicate in (rdflib.RDFS.label, rdflib.SKOS.definition):
            texts = [text for text in graph.objects(term, predicate) if text.language == lang]
            assert texts
            assert all(str(text) in page.words for text in texts)
    rules = check(Pages(shipped).shapes(lang), lang)
    for kind in shipped.fields.kinds.values():
        for field in kind.fields or kind.part_fields:
            assert field.label[lang] in rules.words
            assert field.help[lang] in rules.words
    assert {attributes.get("id") for _, attributes in rules.elements} >= {"City", "City-title"}


def test_pages_lead_to_the_words_they_use(server: Server) -> None:
    page = check(server.http.get("/doc/city/bamako?lang=fr", headers={"Accept": "text/html"}).text, "fr")
    leading = {str(a["href"]) for a in page.all("a")}
    words = {address for address in leading if address.startswith(("/vocabulary/", "/ontology"))}
    assert "/vocabulary/status/published?lang=fr" in words
    for address in words:
        assert server.http.get(address, headers={"Accept": "text/html"}).status_code == 200
    home = check(server.http.get("/?lang=fr", headers={"Accept": "text/html"}).text, "fr")
    assert "/ontology?lang=fr" in {str(a["href"]) for a in home.all("a")}

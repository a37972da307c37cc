"""Linked data over HTTP: things, documents in every format, and the way from one to the next."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

import sankofa
from sankofa import shipped as shipped_files
from sankofa.graph import Graph
from sankofa.graph.opening import in_memory
from sankofa.publish import glossary
from sankofa.publish.documents import DATA_FORMATS, parts_of_records, record_document
from sankofa.publish.layout import LANGUAGES
from sankofa.publish.pages import Pages
from sankofa.serve import discovery
from sankofa.serve.app import application
from sankofa.serve.discovery import DOCUMENT_FORMATS
from sankofa.terms import DCTERMS, FOAF, SKF, SKOS, VOID
from serving import Server, new_graph, running
from test_pages import check

TYPES = {each.name: each.media_type for each in DATA_FORMATS.values()}
ENDINGS = {each.name: each.extensions[0] for each in DATA_FORMATS.values()}
RDFLIB = {"turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}


@pytest.fixture(scope="module")
def shipped() -> Graph:
    graph = sankofa.open()
    graph.reason()
    return graph


class Client:
    """Asks a site in this process; for what no command sets."""

    def __init__(self, graph: Graph, address: str = "http://example.org/", *, public_url: str | None = None) -> None:
        self._transport = httpx.ASGITransport(application(graph, public_url=public_url))
        self._address = address

    def get(self, path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url=self._address) as client:
                return await client.get(path)

        return asyncio.run(ask())


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
        assert shown.pop("/feed.atom?lang=fr") == "application/atom+xml"  # of the whole site
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


def test_parts_read_once_are_the_parts_of_each_record(shipped: Graph) -> None:
    parts = parts_of_records(shipped)
    for iri in shipped.records():
        assert [iri, *parts.get(iri, ())] == shipped.members(iri)
        assert set(record_document(shipped, iri, parts)) == set(record_document(shipped, iri))


def test_what_rdf_xml_cannot_say_is_offered_in_other_formats() -> None:
    city = "https://example.org/net/id/city/a"
    odd = ox.Triple(ox.NamedNode(city), ox.NamedNode("https://example.org/terms/1"), ox.Literal("odd"))
    client = Client(in_memory("https://example.org/net/", [odd]))
    refused = client.get("/doc/city/a.rdf")
    assert refused.status_code == 406
    assert "turtle" in refused.json()["detail"]
    assert "odd" in client.get("/doc/city/a.ttl").text


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


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", WORDS)
def test_words_have_their_pages(server: Server, path: str, lang: str) -> None:
    response = server.http.get(path, params={"lang": lang}, headers={"Accept": "text/html"})
    assert response.headers["content-language"] == lang
    assert "default-src 'none'" in response.headers["content-security-policy"]
    page = check(response.text, lang)
    assert page.all("html")[0].get("dir") == ("rtl" if lang == "ar" else None)
    assert {str(link["hreflang"]) for link in page.all("link") if "hreflang" in link} == set(LANGUAGES)
    ids = {str(attributes["id"]) for _, attributes in page.elements if "id" in attributes}
    assert {href[1:] for a in page.all("a") if (href := str(a["href"])).startswith("#")} <= ids
    for address in {str(a["href"]) for a in page.all("a") if str(a["href"]).startswith("/")}:
        if address.startswith(("/ontology", "/vocabulary", "/shapes")):
            assert server.http.get(address, headers={"Accept": "text/html"}).status_code == 200, address


@pytest.mark.parametrize("lang", LANGUAGES)
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


# -- what describes all there is


def in_data(server: Server, path: str) -> rdflib.Graph:
    """Ask for what only programs read, in each format; it is the same in each."""
    graphs = []
    for name, media_type in TYPES.items():
        response = server.http.get(path, headers={"Accept": media_type})
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].partition(";")[0] == media_type
        assert server.http.get(path, params={"format": name}).content == response.content
        graphs.append(rdflib.Graph().parse(data=response.content, format=RDFLIB[name]))
    assert server.http.get(path).headers["content-type"].startswith("text/turtle")
    assert server.http.get(path, headers={"Accept": "image/png"}).status_code == 406
    assert all(isomorphic(graph, graphs[0]) for graph in graphs)
    return graphs[0]


def test_the_dataset_is_described_as_it_is_counted(server: Server, shipped: Graph) -> None:
    graph = in_data(server, "/.well-known/void")
    dataset = rdflib.URIRef(f"{shipped.base}dataset")
    assert (rdflib.URIRef(f"{shipped.base}.well-known/void"), rdflib.FOAF.primaryTopic, dataset) in graph
    (endpoint,) = graph.objects(dataset, rdflib.VOID.sparqlEndpoint)
    assert str(endpoint) == f"{server.address}sparql"

    def count(query: str) -> int:
        return int(server.ask(query, format="csv").text.split()[-1])

    def says(name: str) -> int:
        (value,) = graph.objects(dataset, rdflib.VOID[name])
        return int(value)

    assert says("triples") == count("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    for name, variable in (("distinctSubjects", "s"), ("distinctObjects", "o"), ("properties", "p")):
        assert says(name) == count(f"SELECT (COUNT(DISTINCT ?{variable}) AS ?n) {{ ?s ?p ?o }}")
    assert says("classes") == count("SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }")
    assert says("entities") == len(shipped.records())
    parts = {
        graph.value(part, rdflib.VOID["class"]): part for part in graph.objects(dataset, rdflib.VOID.classPartition)
    }
    city = parts[rdflib.URIRef(SKF.City)]
    assert int(str(graph.value(city, rdflib.VOID.entities))) == len(shipped.records("city"))
    properties = list(graph.objects(dataset, rdflib.VOID.propertyPartition))
    assert len(properties) == says("properties")
    assert sum(int(str(graph.value(part, rdflib.VOID.triples))) for part in properties) == says("triples")
    assert {str(name) for name in graph.objects(dataset, rdflib.VOID.subset)} == {
        each.value for each in shipped.store.graphs.queried
    }
    assert rdflib.URIRef(SKF.ns) in set(graph.objects(dataset, rdflib.VOID.vocabulary))
    titles = {text.language for text in graph.objects(dataset, rdflib.DCTERMS.title)}
    assert titles == {"en", "fr", "pt", "ar"}
    examples = [str(iri).removeprefix(str(shipped.base)) for iri in graph.objects(dataset, rdflib.VOID.exampleResource)]
    assert len(examples) > 10
    for path in examples:
        assert server.http.get(f"/{path}", headers={"Accept": "text/turtle"}, follow_redirects=True).status_code == 200
    there = server.http.get("/dataset")
    assert (there.status_code, there.headers["location"]) == (303, "/.well-known/void")


def test_the_endpoint_and_the_dataset_say_the_same_sizes(server: Server) -> None:
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    service = rdflib.Graph().parse(data=server.http.get("/sparql?format=turtle").content, format="turtle")
    void = rdflib.Graph().parse(data=server.http.get("/.well-known/void").content, format="turtle")
    for named in service.subjects(rdflib.RDF.type, sd.NamedGraph):
        size = service.value(service.value(named, sd.graph), rdflib.VOID.triples)
        assert void.value(service.value(named, sd.name), rdflib.VOID.triples) == size


def test_every_question_is_an_example_that_can_be_sent(server: Server, shipped: Graph) -> None:
    graph = in_data(server, "/.well-known/sparql-examples")
    sh, schema = rdflib.SH, rdflib.Namespace("https://schema.org/")
    found = {str(each).rpartition("/")[2]: each for each in graph.subjects(rdflib.RDF.type, sh.SPARQLExecutable)}
    assert set(found) == set(shipped.questions)
    for name, example in found.items():
        assert (example, rdflib.RDF.type, sh.SPARQLSelectExecutable) in graph
        assert str(graph.value(example, schema.target)) == f"{server.address}sparql"
        comments = {str(text.language): str(text) for text in graph.objects(example, rdflib.RDFS.comment)}
        assert set(comments) == {"en", "fr", "pt", "ar"}
        assert all(shipped.questions[name].title[lang] in text for lang, text in comments.items())
        assert {str(each) for each in graph.objects(example, schema.keywords)} == set(shipped.questions[name].keywords)
        query = str(graph.value(example, sh.select))
        assert not query.startswith("#")
        answer = server.ask(query, format="csv")
        assert answer.status_code == 200, f"{name}: {answer.text}"
        required = {each.name for each in shipped.questions[name].parameters if each.required}
        if not required:
            expected = server.http.get(f"/questions/{name}.csv", params={"lang": "en"}).text
            assert answer.text.count("\n") == expected.count("\n"), name
    one = in_data(server, "/.well-known/sparql-examples/cities")
    assert set(one) == set(graph.triples((found["cities"], None, None)))
    assert server.http.get("/.well-known/sparql-examples/citys").status_code == 404


def test_examples_have_what_clients_look_for(server: Server) -> None:
    graph = rdflib.Graph().parse(data=server.http.get("/.well-known/sparql-examples").content, format="turtle")
    rows = graph.query("""
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT DISTINCT ?example ?comment ?query { ?example a sh:SPARQLExecutable ; rdfs:comment ?comment ;
            sh:select|sh:ask|sh:construct ?query . FILTER(lang(?comment) = "en") }""")
    assert len(rows) == len(sankofa.open().questions)


def may_fetch(robots: str, path: str) -> bool:
    """What RFC 9309 says: of the rules that match, the longest decides, and of equals the one that allows."""
    matching = [(0, True)]
    for line in robots.splitlines():
        head, _, rule = line.partition(": ")
        if head in ("Allow", "Disallow"):
            pattern = re.escape(rule).replace(r"\*", ".*").replace(r"\$", "$")
            if re.match(pattern, path):
                matching.append((len(rule), head == "Allow"))
    return max(matching)[1]


def test_crawlers_read_pages_and_ask_nothing(server: Server) -> None:
    robots = server.http.get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    for path in ("/", "/doc/city/bamako", "/doc/city/bamako.ttl", "/questions", "/ontology", "/.well-known/void"):
        assert may_fetch(robots.text, path), path
    for path in ("/doc/city/bamako?lang=fr", "/vocabulary/level?lang=ar"):
        assert may_fetch(robots.text, path), path
    for path in ("/sparql", "/sparql?query=ASK{}", "/graphs", "/graphs/asserted", "/questions/cities?city=bamako"):
        assert not may_fetch(robots.text, path), path
    assert not may_fetch(robots.text, "/questions/cities?lang=fr&city=bamako")
    assert f"Sitemap: {server.address}sitemap.xml" in robots.text.splitlines()


def test_the_sitemap_has_every_page_and_nothing_that_crawlers_may_not_fetch(server: Server, shipped: Graph) -> None:
    response = server.http.get("/sitemap.xml")
    assert response.headers["content-type"].startswith("application/xml")
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = ElementTree.fromstring(response.text)
    assert root.tag == f"{space}urlset"
    found = {str(url.findtext(f"{space}loc")): url.findtext(f"{space}lastmod") for url in root}
    assert all(address.startswith(server.address) for address in found)
    paths = {address.removeprefix(server.address.rstrip("/")): day for address, day in found.items()}
    records = {f"/doc/{iri.removeprefix(shipped.record_prefix)}" for iri in shipped.records()}
    assert records <= set(paths)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", paths["/doc/city/bamako"] or "")
    robots = server.http.get("/robots.txt").text
    others = sorted(set(paths) - records)
    assert {"/", "/questions", "/ontology", "/shapes", "/vocabulary/level", "/kinds/city"} <= set(others)
    for path in [*others, *sorted(records)[::20]]:
        assert may_fetch(robots, path)
        assert server.http.get(path, headers={"Accept": "text/html"}).status_code == 200, path
    assert server.http.get("/sitemap-1.xml").text == response.text
    assert server.http.get("/sitemap-2.xml").status_code == 404
    assert server.http.get("/sitemap-0.xml").status_code == 404


def test_many_pages_have_several_sitemaps(shipped: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "MOST_ADDRESSES", 300)
    addresses = [address for address, _ in Pages(shipped).addresses()]
    client = Client(shipped, public_url="https://data.example.org/")
    index = ElementTree.fromstring(client.get("/sitemap.xml").text)
    assert index.tag.endswith("sitemapindex")
    found: list[str] = []
    for each in filter(str.strip, index.itertext()):
        part = ElementTree.fromstring(client.get(each.removeprefix("https://data.example.org")).text)
        found += [url[0].text or "" for url in part]
        assert len(part) <= 300
    assert found == [f"https://data.example.org{address}" for address in addresses]


# -- a client that knows nothing but the address of the server


def test_from_the_first_page_alone_to_the_endpoint_the_ontology_and_a_document(server: Server) -> None:
    home = server.http.get("/", headers={"Accept": "text/html"})
    found = links(home.headers["link"])
    # the dataset, and the endpoint where it is asked
    void = rdflib.Graph()
    for address, media_type in found["describedby"]:
        response = server.http.get(address, headers={"Accept": media_type})
        assert response.status_code == 200
        void.parse(data=response.content, format="turtle")
    (endpoint,) = set(void.objects(None, rdflib.VOID.sparqlEndpoint))
    answer = server.http.get(
        str(endpoint), params={"query": "ASK { ?s ?p ?o }"}, headers={"Accept": "application/json"}
    )
    assert answer.json()["boolean"] is True
    # the endpoint's own description, and examples for it
    ((description, media_type),) = found["service-desc"]
    response = server.http.get(description)
    assert response.headers["content-type"].partition(";")[0] == media_type
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    service = rdflib.Graph().parse(data=response.content, format="turtle")
    assert set(service.objects(None, sd.endpoint)) == {endpoint}
    for address, media_type in found["service-doc"]:
        response = server.http.get(address)
        assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, media_type)
        if media_type == "text/turtle":
            examples = rdflib.Graph().parse(data=response.content, format="turtle")
            (query, *_) = sorted(examples.objects(None, rdflib.SH.select))
            assert server.http.get(str(endpoint), params={"query": str(query)}).status_code == 200
    # the ontology of the words that the dataset uses
    (ontology,) = set(void.subjects(rdflib.RDF.type, rdflib.OWL.Ontology))
    used = {str(each).rstrip("#/") for each in void.objects(None, rdflib.VOID.vocabulary)}
    assert str(ontology) in used
    # a document, by the links on the pages, and what it says in RDF
    page = check(home.text, "en")
    kinds = [str(a["href"]) for a in page.all("a") if str(a["href"]).startswith("/kinds/")]
    listed = check(server.http.get(kinds[0], headers={"Accept": "text/html"}).text, "en")
    documents = [str(a["href"]) for a in listed.all("a") if str(a["href"]).startswith("/doc/")]
    document = server.http.get(documents[0])
    (turtle,) = [to for to, media_type in links(document.headers["link"])["alternate"] if media_type == "text/turtle"]
    data = rdflib.Graph().parse(data=server.http.get(turtle).content, format="turtle")
    (topic,) = data.objects(None, rdflib.FOAF.primaryTopic)
    assert len(list(data.predicate_objects(topic))) > 1
    assert set(data.objects(None, rdflib.VOID.inDataset)) == set(void.subjects(rdflib.VOID.sparqlEndpoint, None))


@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_the_endpoint_leads_to_what_describes_it(server: Server, accept: str) -> None:
    found = links(server.http.get("/sparql", headers={"Accept": accept}).headers["link"])
    assert found == links(server.http.get("/").headers["link"])
    assert "/.well-known/void" in {address for address, _ in found["describedby"]}
    assert "link" not in server.ask("ASK {}").headers


def test_addresses_are_those_that_readers_use(shipped: Graph) -> None:
    client = Client(shipped, public_url="https://data.example.org/")
    found = links(client.get("/").headers["link"])
    assert all(to.startswith("https://data.example.org/") for each in found.values() for to, _ in each)
    found = links(client.get("/doc/city/bamako.nt").headers["link"])
    assert found["canonical"] == [("https://data.example.org/doc/city/bamako", "")]
    void = rdflib.Graph().parse(data=client.get("/.well-known/void").text, format="turtle")
    assert str(next(void.objects(None, rdflib.VOID.sparqlEndpoint))) == "https://data.example.org/sparql"
    assert "https://data.example.org/doc/city/bamako" in client.get("/sitemap.xml").text


# -- what is no network, what is new, what is private


def test_files_are_described_and_nothing_else_is_made_up(tmp_path: Path) -> None:
    (tmp_path / "a.trig").write_text(
        "PREFIX foaf: <http://xmlns.com/foaf/0.1/>\n"
        "<urn:a> a foaf:Person ; foaf:name 'A' . <urn:g> { <urn:b> a foaf:Agent }\n",
        encoding="utf-8",
    )
    with running(tmp_path, "serve", "a.trig", "--port", "0") as files:
        graph = in_data(files, "/.well-known/void")
        (dataset,) = graph.subjects(rdflib.VOID.sparqlEndpoint, rdflib.URIRef(f"{files.address}sparql"))
        assert int(str(graph.value(dataset, rdflib.VOID.triples))) == 2
        assert set(graph.objects(dataset, rdflib.VOID.subset)) == {rdflib.URIRef("urn:g")}
        assert set(graph.objects(dataset, rdflib.VOID.vocabulary)) >= {rdflib.URIRef(FOAF.ns)}
        assert "sankofa" not in graph.serialize(format="nt")
        robots = files.http.get("/robots.txt").text
        assert not may_fetch(robots, "/sparql")
        assert "Sitemap" not in robots
        for path in ("/ontology", "/shapes", "/vocabulary/level", "/sitemap.xml", "/.well-known/sparql-examples"):
            assert files.http.get(path).status_code == 404
        for path in ("/", "/sparql"):
            found = links(files.http.get(path).headers["link"])
            assert found["describedby"] == [("/.well-known/void", "text/turtle")]
            for to, media_type in (link for each in found.values() for link in each):
                assert files.http.get(to).headers["content-type"].partition(";")[0] == media_type


def test_a_network_with_nothing_to_show_is_described_as_empty() -> None:
    client = Client(in_memory("https://example.org/net/"))
    void = rdflib.Graph().parse(data=client.get("/.well-known/void").text, format="turtle")
    dataset = rdflib.URIRef("https://example.org/net/dataset")
    assert int(str(void.value(dataset, rdflib.VOID.entities))) == 0
    assert not list(void.objects(dataset, rdflib.VOID.exampleResource))
    examples = rdflib.Graph().parse(data=client.get("/.well-known/sparql-examples").text, format="turtle")
    assert 0 < len(set(examples.subjects())) < len(sankofa.open().questions)  # some need a record to ask about
    assert client.get("/sitemap.xml").status_code == 200


def test_the_private_side_keeps_crawlers_out(tmp_path: Path) -> None:
    folder = new_graph(tmp_path / "kg")
    with running(tmp_path, "serve", folder, "--steward", "--port", "0", SANKOFA_TOKEN="secret") as private:
        robots = private.http.get("/robots.txt")
        assert not may_fetch(robots.text, "/")
        assert "Sitemap" not in robots.text
        assert "access-control-allow-origin" not in private.http.get("/.well-known/void").headers

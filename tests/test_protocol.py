"""The protocols over HTTP, beyond what the W3C's suites ask: what is excluded, refused, told, written and logged."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

import sankofa
from sankofa.store.sentences import LANGUAGES
from serving import Server, command, environment, new_graph, running

SOURCE = Path(sankofa.__file__).parent
TOKEN = "what only stewards know"
BASE = "https://example.org/net/"
FILES = """
<urn:d> <urn:p> "default" ; <urn:q> _:b . _:b <urn:r> _:b .
<urn:one> { <urn:s> <urn:p> "one" }
<urn:two> { <urn:s> <urn:p> "two", [] }
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("files")
    (folder / "data.trig").write_text(FILES, encoding="utf-8")
    with running(folder, "serve", "data.trig", "--port", "0") as found:
        yield found


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("shipped"), "serve", "--port", "0") as found:
        yield found


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("private")
    graph = new_graph(folder / "graph")
    with running(folder, "serve", graph, "--steward", "--port", "0", SANKOFA_TOKEN=TOKEN) as found:
        yield found


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def turtle(**more: str) -> dict[str, str]:
    return {"Content-Type": "text/turtle", **bearer(), **more}


def found(response: httpx.Response) -> list[str]:
    """The values of ?x, sorted."""
    assert response.status_code == 200, response.text
    return sorted(row["x"]["value"] for row in response.json()["results"]["bindings"])


# -- datasets


IN_DEFAULT = "SELECT ?x %s { ?s <urn:p> ?x FILTER(ISLITERAL(?x)) }"
IN_NAMED = "SELECT ?x %s { GRAPH ?g { ?s <urn:p> ?x FILTER(ISLITERAL(?x)) } }"


@pytest.mark.parametrize(
    ("default", "named", "in_default", "in_named"),
    [
        ([], [], ["default"], ["one", "two"]),
        (["urn:one"], [], ["one"], []),
        (["urn:one", "urn:two"], [], ["one", "two"], []),
        ([], ["urn:two"], [], ["two"]),
        (["urn:one"], ["urn:two"], ["one"], ["two"]),
        (["urn:none"], [], [], []),
        ([], ["urn:none"], [], []),
        (["urn:none", "urn:one"], ["urn:none"], ["one"], []),
    ],
)
@pytest.mark.parametrize("way", ["parameters", "query", "both"])
def test_a_dataset_has_what_it_names_and_nothing_else(
    files: Server, way: str, default: list[str], named: list[str], in_default: list[str], in_named: list[str]
) -> None:
    passed: dict[str, list[str]] = {}
    clause = ""
    if way != "query":
        passed = {"default-graph-uri": default, "named-graph-uri": named}
    if way == "query":
        clause = " ".join([*(f"FROM <{each}>" for each in default), *(f"FROM NAMED <{each}>" for each in named)])
    elif way == "both" and (default or named):
        clause = "FROM <urn:two> FROM NAMED <urn:one>"  # the protocol counts more
    for query, expected in ((IN_DEFAULT, in_default), (IN_NAMED, in_named)):
        for response in (
            files.http.get("/sparql", params={"query": query % clause, **passed}),
            files.http.post("/sparql", data={"query": query % clause, **passed}),
        ):
            assert found(response) == expected


class Listening:
    """A server that answers nobody and remembers who came."""

    def __init__(self) -> None:
        self.came = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/data.ttl"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.came += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def elsewhere() -> Iterator[Listening]:
    server = Listening()
    httpx.Client(trust_env=False)
    with socket.create_connection(("127.0.0.1", int(server.address.split(":")[2].partition("/")[0]))):
        pass
    for _ in range(1000):
        if server.came:
            break
        threading.Event().wait(0.01)
    assert server.came == 1  # it would notice
    yield server
    server.close()


def test_a_graph_we_do_not_have_is_empty_and_never_fetched(
    files: Server, private: Server, elsewhere: Listening
) -> None:
    address = elsewhere.address
    for server in (files, private):
        for query, passed in (
            (f"ASK FROM <{address}> {{ ?s ?p ?o }}", {}),
            (f"ASK FROM NAMED <{address}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", {}),
            (f"ASK {{ GRAPH <{address}> {{ ?s ?p ?o }} }}", {}),
            ("ASK { ?s ?p ?o }", {"default-graph-uri": address}),
            ("ASK { GRAPH ?g { ?s ?p ?o } }", {"named-graph-uri": address}),
            ("ASK FROM <file:///etc/passwd> { ?s ?p ?o }", {}),
        ):
            assert server.ask(query, **passed).json()["boolean"] is False, query
        assert server.http.get("/graphs", params={"graph": address}).status_code == 404
    update = "INSERT { <urn:a> <urn:b> ?o } WHERE { %s }"
    for text, passed, status in (
        (update % "?s ?p ?o", {"using-graph-uri": address}, 200),
        (update % f"GRAPH <{address}> {{ ?s ?p ?o }}", {}, 200),
        (update % f"SERVICE <{address}> {{ ?s ?p ?o }}", {}, 403),
        (f"LOAD <{address}>", {}, 403),
        (f"LOAD SILENT <{address}> INTO GRAPH <urn:a>", {}, 403),
        (f"CLEAR SILENT DEFAULT; L\\u004FAD <{address}>", {}, 403),
    ):
        response = private.http.post("/sparql", data={"update": text, **passed}, headers=bearer())
        assert response.status_code == status, response.text
        if status == 200:
            assert response.json()["added"] == 0
    context = f'{{"@context": "{address}", "@id": "urn:a", "urn:b": 1}}'
    sent = {"Content-Type": "application/ld+json", **bearer()}
    assert private.http.put("/graphs?graph=urn:x", content=context, headers=sent).status_code == 400
    document = f'<!DOCTYPE a [<!ENTITY b SYSTEM "{address}">]><a>&b;</a>'
    sent = {"Content-Type": "application/rdf+xml", **bearer()}
    assert private.http.put("/graphs?graph=urn:x", content=document, headers=sent).status_code == 400
    assert elsewhere.came == 1


# -- what is asked, in which form


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("trig", "application/trig"),
        ("nquads", "application/n-quads"),
        ("xml", "application/rdf+xml"),
        ("json", "application/ld+json"),
        ("n3", "text/turtle; charset=utf-8"),
        ("rdf+xml", "application/rdf+xml"),
        ("application/n-quads", "application/n-quads"),
    ],
)
def test_triples_in_the_formats_that_clients_name(files: Server, name: str, media_type: str) -> None:
    response = files.ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", format=name)
    assert response.headers["content-type"] == media_type
    rdf = ox.RdfFormat.from_media_type(media_type)
    assert rdf
    assert len(list(ox.parse(response.content, format=rdf))) == 3


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/turtle; charset=utf-8"),
        ("*/*", "text/turtle; charset=utf-8"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/json;q=0.5, application/n-triples", "application/n-triples"),
        ("text/html, */*;q=0.1", "text/html; charset=utf-8"),
    ],
)
def test_without_a_query_the_endpoint_describes_itself(files: Server, accept: str, media_type: str) -> None:
    response = files.http.get("/sparql", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == media_type


def test_the_description_says_what_there_is(files: Server, shipped: Server, private: Server) -> None:
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    for server, updates, union in ((files, False, False), (shipped, False, True), (private, True, True)):
        graph = rdflib.Graph().parse(data=server.http.get("/sparql").text, format="turtle")
        service = rdflib.URIRef(f"{server.address}sparql")
        assert (service, sd.endpoint, service) in graph
        assert ((service, sd.supportedLanguage, sd.SPARQL11Update) in graph) is updates
        assert ((service, sd.feature, sd.UnionDefaultGraph) in graph) is union
        counts = {}
        for named in graph.objects(None, sd.namedGraph):
            size = graph.value(graph.value(named, sd.graph), void.triples)
            counts[str(graph.value(named, sd.name))] = int(size)
        for name, size in counts.items():
            assert int(found(server.ask(f"SELECT (COUNT(*) AS ?x) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"))[0]) == size
        assert not [name for name in counts if name.endswith("/log")]
        assert counts


def test_head_tells_what_get_tells(files: Server) -> None:
    for path in ("/sparql", "/graphs?default", "/graphs?graph=urn:one", "/graphs?graph=urn:no", "/graphs"):
        got, head = files.http.get(path), files.http.head(path)
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert {name for name in got.headers if got.headers[name] != head.headers.get(name)} <= {"date"}


# -- graphs, read


def test_a_graph_as_it_is(files: Server) -> None:
    for path, size in (("?default", 3), ("?graph=urn:one", 1), ("?graph=urn%3Atwo", 2)):
        for media_type in ("text/turtle", "application/n-triples", "application/ld+json", "application/trig"):
            response = files.http.get(f"/graphs{path}", headers={"Accept": media_type})
            rdf = ox.RdfFormat.from_media_type(media_type)
            assert rdf
            quads = list(ox.parse(response.content, format=rdf))
            assert len(quads) == size
            assert {str(quad.graph_name) for quad in quads} == {"DEFAULT"}
    whole = list(ox.parse(files.http.get("/graphs").content, format=ox.RdfFormat.TRIG))
    assert len(whole) == 6
    assert len({quad.graph_name for quad in whole}) == 3
    for path, status in (
        ("/graphs?graph=urn:no", 404),
        ("/graphs?graph=no", 400),
        ("/graphs?graph=urn:one&default", 400),
        ("/graphs/anything", 404),
        ("/graphs?default&format=png", 406),
    ):
        response = files.http.get(path)
        assert response.status_code == status, path
        assert response.headers["content-type"] == "application/problem+json"


def test_the_graphs_of_a_network_by_name(shipped: Server) -> None:
    base = "https://w3id.org/aston/"
    for name in ("asserted", "ontology", "vocabularies", "inferred"):
        direct = shipped.http.get(f"/graphs/{name}", headers={"Accept": "application/n-triples"})
        indirect = shipped.http.get(
            "/graphs", params={"graph": f"{base}graph/{name}"}, headers={"Accept": "application/n-triples"}
        )
        assert direct.status_code == 200
        assert direct.text
        assert len(direct.text) == len(indirect.text)
    asserted = shipped.http.get("/graphs?default", headers={"Accept": "application/n-triples"}).text
    assert len(asserted.splitlines()) == shipped.http.get("/health").json()["triples"]
    assert shipped.http.get("/graphs", params={"graph": f"{base}graph/log"}).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/graphs?default", "/graphs?graph=urn:one", "/graphs/mine", "/graphs"])
def test_nothing_is_written_on_the_public_side(files: Server, shipped: Server, method: str, path: str) -> None:
    for server in (files, shipped):
        response = server.http.request(method, path, content="<urn:a> <urn:b> 1 .", headers=turtle())
        assert response.status_code == 405
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"
        assert response.json()["hint"] == "use GET, HEAD, OPTIONS"


def test_the_public_side_holds_no_way_to_write() -> None:
    code = "import sys, sankofa.serve.app; print(*sorted(name for name in sys.modules if name.startswith('sankofa.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "sankofa.serve.endpoint" in done.stdout.split()
    assert not {"sankofa.serve.steward", "sankofa.store.update"} & set(done.stdout.split())


# -- the private side


def test_who_has_no_token_changes_nothing(private: Server) -> None:
    update = {"Content-Type": "application/sparql-update"}
    for headers in ({}, bearer("another"), {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer"}):
        for response in (
            private.http.put("/graphs?graph=urn:x", content="", headers={"Content-Type": "text/turtle"} | headers),
            private.http.delete("/graphs?default", headers=headers),
            private.http.post("/sparql", content="CLEAR ALL", headers=update | headers),
            private.http.post("/sparql", data={"update": "CLEAR ALL"}, headers=headers),
        ):
            assert response.status_code == 401
            assert response.headers["www-authenticate"].startswith('Bearer realm="sankofa"')
            assert TOKEN not in response.text
    assert private.http.get("/health").json()["triples"] > 0


def test_a_page_of_another_site_reads_no_draft(private: Server) -> None:
    ask = {"query": "ASK {}"}
    assert private.http.get("/sparql", params=ask).status_code == 200
    assert not [name for name in private.http.get("/sparql", params=ask).headers if name.startswith("access-control")]
    assert not [name for name in private.http.options("/sparql").headers if name.startswith("access-control")]
    for headers, status in (
        ({"Host": "evil.example"}, 401),
        ({"Host": "evil.example", **bearer()}, 200),
        ({"Host": "localhost"}, 200),
    ):
        assert private.http.get("/sparql", params=ask, headers=headers).status_code == status


@pytest.mark.parametrize(
    "host", ["[", "a b", "<x>", "127.0.0.1@evil.example", "evil.example#127.0.0.1", "x" * 3000, "é"]
)
def test_a_host_that_is_none_breaks_nothing(shipped: Server, private: Server, host: str) -> None:
    for server in (shipped, private):
        for path in (
            "/sparql?query=ASK%7B%7D",
            "/sparql",
            "/graphs/x",
            "/graphs/",
            "/id/city/bamako",
            "/health/",
            "/no",
        ):
            for headers in ({}, bearer()):
                response = server.http.get(path, headers={"Host": host.encode(), **headers})
                assert response.status_code < 500, (path, response.text)
                if server is private and not headers:
                    assert response.status_code in (400, 401)
    assert shipped.ask("ASK {}").status_code == 200


def test_behind_another_server_reading_needs_the_token(tmp_path: Path) -> None:
    graph = new_graph(tmp_path / "graph")
    outside = ("serve", graph, "--steward", "--public-url", "https://kg.example.org", "--port", "0")
    process = subprocess.Popen(
        command(*outside), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    try:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().strip() == "https://kg.example.org/"
    finally:
        process.kill()
        said = process.communicate()[1]
    token = said.partition("the token of this server, until it ends: ")[2].split()[0]
    assert len(token) > 30
    assert "reading and changing need the token" in said


def test_what_takes_no_changes_has_no_private_side(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:b> 1 .", encoding="utf-8")
    for arguments in (("serve",), ("serve", str(tmp_path / "a.ttl")), ("serve", str(tmp_path))):
        done = subprocess.run(
            command(*arguments, "--steward", "--port", "0"),
            capture_output=True,
            text=True,
            env=environment(),
            check=False,
        )
        assert done.returncode == 2
        assert "sankofa init" in done.stderr
        assert "Traceback" not in done.stderr


STORY = f"""
@prefix skf: <https://w3id.org/sankofa/ontology#> . @prefix dcterms: <http://purl.org/dc/terms/> .
<{BASE}id/story/a> a skf:Story ; dcterms:title "Un récit"@fr .
"""


def test_a_write_is_one_logged_validated_change_that_can_be_undone(tmp_path: Path) -> None:
    graph = new_graph(tmp_path / "graph")
    with running(tmp_path, "serve", graph, "--steward", "--port", "0", SANKOFA_TOKEN=TOKEN) as server:
        posted = server.http.post(
            "/graphs?default", content=STORY.encode(), headers=turtle(**{"Accept-Language": "fr"})
        )
        assert posted.status_code == 200
        said = posted.json()
        assert (said["change"], said["added"], said["removed"]) == (2, 2, 0)
        assert posted.headers["content-language"] == "fr"
        assert said["levels"]["draft"] > 0
        assert {finding["record"] for finding in said["findings"]} == {f"{BASE}id/story/a"}
        updated = server.http.post(
            "/sparql",
            data={
                "update": 'DELETE { ?s dcterms:title ?t } INSERT { ?s dcterms:title "Autre"@fr } WHERE '
                "{ ?s a skf:Story ; dcterms:title ?t }"
            },
            headers=bearer(),
        )
        assert (updated.json()["change"], updated.json()["added"], updated.json()["removed"]) == (3, 1, 1)
        # the inferences follow
        assert server.ask("ASK { ?s a skf:Story, schema:CreativeWork }").json()["boolean"] is True
        nothing = server.http.post("/sparql", data={"update": "DELETE WHERE { ?s <urn:none> ?o }"}, headers=bearer())
        assert nothing.json()["change"] is None
        page = server.http.get("/doc/story/a?lang=fr")
        assert "Autre" in page.text
        assert "brouillons" in page.text
    with sankofa.open(graph) as kg:
        assert [(entry.who, entry.why) for entry in kg.history()][1:] == [
            ("steward", f"POST <{BASE}graph/asserted>"),
            ("steward", "SPARQL Update"),
        ]
        kg.undo(3)
        kg.undo(2)
        assert kg.count_by_kind()["story"] == 0


def test_put_post_patch_and_delete(private: Server) -> None:
    http, graph = private.http, "/graphs?graph=urn:g"
    made = http.put(graph, content="<urn:a> <urn:b> [ <urn:c> 1 ], <rel> .", headers=turtle())
    assert (made.status_code, made.headers["location"]) == (201, "urn:g")
    assert http.post(graph, content="<urn:a> <urn:d> 2 .", headers=turtle()).status_code == 200
    got = http.get(graph, headers={"Accept": "application/n-triples"}).text
    assert len(got.splitlines()) == 4
    assert "_:" in got
    assert "genid" not in got
    patch = {"Content-Type": "application/sparql-update", **bearer()}
    patched = http.patch(
        graph, content="DELETE { ?s <urn:d> ?o } INSERT { ?s <urn:e> ?o } WHERE { ?s <urn:d> ?o }", headers=patch
    )
    assert (patched.json()["added"], patched.json()["removed"]) == (1, 1)
    other = http.patch(graph, content="INSERT DATA { GRAPH <urn:other> { <urn:a> <urn:b> 1 } }", headers=patch)
    assert (other.status_code, "<urn:other>" in other.json()["detail"]) == (422, True)
    assert http.put(graph, content="<urn:a> <urn:b> 3 .", headers=turtle()).status_code == 200
    assert http.get(graph, headers={"Accept": "application/n-triples"}).text.count("\n") == 1
    assert http.delete(graph, headers=bearer()).status_code == 200
    assert http.delete(graph, headers=bearer()).status_code == 404
    assert http.get(graph).status_code == 404
    names = {http.post("/graphs", content="<> <urn:b> 1 .", headers=turtle()).headers["location"] for _ in range(2)}
    assert len(names) == 2
    for name in names:
        assert f"<{name}>" in http.get(name, headers={"Accept": "application/n-triples"}).text
        assert private.ask(f"ASK {{ GRAPH <{name}> {{ <{name}> <urn:b> 1 }} }}").json()["boolean"] is True


def test_files_of_a_form(private: Server) -> None:
    parts = [
        ("one", ("one.ttl", b"<urn:a> <urn:b> _:x .", "text/turtle")),
        ("two", ("two.nt", '_:x <urn:b> "é" .'.encode(), "application/octet-stream")),
    ]
    response = private.http.post("/graphs?graph=urn:form", files=parts, headers=bearer())
    assert response.json()["added"] == 2
    assert private.ask("ASK { GRAPH <urn:form> { ?s <urn:b> ?x . ?x <urn:b> ?o } }").json()["boolean"] is False
    for sent, status in (
        ([("a", ("a.png", b"x", "image/png"))], 400),
        ([("a", ("", b"x", "image/png"))], 415),
    ):
        assert private.http.post("/graphs?graph=urn:form", files=sent, headers=bearer()).status_code == status
    broken = {"Content-Type": "multipart/form-data", **bearer()}
    assert private.http.post("/graphs?graph=urn:form", content=b"x", headers=broken).status_code == 400


@pytest.mark.parametrize("name", ["ontology", "vocabularies", "inferred", "log"])
def test_reserved_graphs_are_out_of_reach(private: Server, name: str) -> None:
    graph = f"{BASE}graph/{name}"
    for method in ("PUT", "POST", "PATCH", "DELETE"):
        content_type = "application/sparql-update" if method == "PATCH" else "text/turtle"
        response = private.http.request(
            method, "/graphs", params={"graph": graph}, content="", headers={"Content-Type": content_type, **bearer()}
        )
        assert response.status_code == 403, method
    for update in (
        f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:a> <urn:b> 1 }} }}",
        f"INSERT DATA {{ GRAPH <{graph}> {{ }} }}",
        f"DELETE WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}",
        f"PREFIX g: <{BASE}graph/> WITH g:{name} DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        f"INSERT {{ GRAPH ?g {{ <urn:a> <urn:b> 1 }} }} WHERE {{ BIND(IRI('{graph}') AS ?g) }}",
        f"CLEAR GRAPH <{graph}>",
        f"DROP SILENT GRAPH <{graph}>",
        f"MOVE <{graph}> TO <urn:x>",
        f"COPY DEFAULT TO <{graph}>",
        f"BASE <{BASE}> ADD DEFAULT TO <graph/{name}>",
    ):
        response = private.http.post("/sparql", data={"update": update}, headers=bearer())
        assert response.status_code == 403, (update, response.text)
    before = private.ask("SELECT (COUNT(*) AS ?x) { GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?g), 'ontology')) }")
    assert private.http.post("/sparql", data={"update": "DROP ALL"}, headers=bearer()).status_code == 200
    assert int(found(before)[0]) > 1000
    assert found(
        private.ask("SELECT (COUNT(*) AS ?x) { GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?g), 'ontology')) }")
    ) == found(before)


def test_what_is_no_write_is_refused(private: Server) -> None:
    http = private.http
    for response, status in (
        (http.put("/graphs", content="", headers=turtle()), 400),
        (http.delete("/graphs", headers=bearer()), 400),
        (http.put("/graphs?graph=no", content="", headers=turtle()), 400),
        (http.put("/graphs?graph=urn:g", content="<a> <b>", headers=turtle()), 400),
        (http.put("/graphs?graph=urn:g", content="x", headers={"Content-Type": "text/csv", **bearer()}), 415),
        (http.put("/graphs?graph=urn:g", content=b"x", headers=bearer()), 415),
        (http.put("/graphs?graph=urn:g", content=b"\x1f\x8bx", headers=turtle()), 415),
        (http.put("/graphs?graph=urn:g", content=b"x", headers=turtle(**{"Content-Encoding": "gzip"})), 415),
        (
            http.put(
                "/graphs?graph=urn:g", content=b"x", headers={"Content-Type": "text/turtle; charset=utf-16", **bearer()}
            ),
            415,
        ),
        (
            http.put(
                "/graphs?graph=urn:g",
                content="<urn:g> { <urn:a> <urn:b> 1 }",
                headers={"Content-Type": "application/trig", **bearer()},
            ),
            400,
        ),
        (http.patch("/graphs?graph=urn:g", content="", headers=turtle()), 415),
        (http.post("/sparql", data={"update": "INSERT DATA { <urn:a> <urn:b> }"}, headers=bearer()), 400),
        (http.post("/sparql", data={"update": "DROP GRAPH <urn:none>"}, headers=bearer()), 400),
        (http.post("/sparql", data={"update": "CLEAR ALL", "query": "ASK {}"}, headers=bearer()), 400),
        (http.post("/sparql", data={"update": "CLEAR ALL", "default-graph-uri": "urn:g"}, headers=bearer()), 400),
        (http.get("/sparql?update=CLEAR%20ALL", headers=bearer()), 400),
    ):
        assert response.status_code == status, (response.request, response.text)
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["detail"]
    place = http.put("/graphs?graph=urn:g", content="<urn:a> <urn:b> 1 .\n<urn:a> <urn:b>", headers=turtle()).json()
    assert place["line"] == 2
    assert http.get("/graphs?graph=urn:g").status_code == 404


# -- errors in the reader's language


@pytest.mark.parametrize(
    ("lang", "what", "hint"),
    [
        ("en", "the prefix 'fof:' is not declared", "did you mean 'foaf:'?"),
        ("fr", "le préfixe « fof: » n’est pas déclaré", "vouliez-vous dire « foaf: » ?"),
        ("pt", "o prefixo «fof:» não está declarado", "queria dizer «foaf:»?"),
        ("ar", "السابقة «fof:» غير معرّفة", "هل تقصد «foaf:»؟"),
        ("sw", "the prefix 'fof:' is not declared", "did you mean 'foaf:'?"),
    ],
)
def test_an_error_is_told_in_the_readers_language(files: Server, lang: str, what: str, hint: str) -> None:
    query = {"query": "ASK {\n ?s fof:name ?o }"}
    for response in (
        files.http.get("/sparql", params=query, headers={"Accept-Language": f"{lang}, de;q=0.5"}),
        files.http.get("/sparql", params={**query, "lang": lang}),
    ):
        assert response.status_code == 400
        problem = response.json()
        assert (problem["line"], problem["column"], problem["token"]) == (2, 5, "fof:name")
        assert (problem["detail"], problem["hint"]) == (f"{what}: {hint}", hint)
        assert response.headers["content-language"] == (lang if lang in LANGUAGES else "en")


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.toml")), ids=lambda file: file.name)
def test_every_sentence_is_there_in_every_language(file: Path) -> None:
    if "templates" in file.parts or file.name == "servers.toml":
        return  # the words of pages, which test_pages.py looks at; a list of addresses, which has no sentences
    for case, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
        assert tuple(texts) == LANGUAGES, case
        for part in (0, 1):
            words = [sorted(name for _, name, _, _ in Formatter().parse(text[part]) if name) for text in texts.values()]
            assert words == [words[0]] * len(LANGUAGES), case
            assert len({bool(text[part].strip()) for text in texts.values()}) == 1, case


# -- clients that people have


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("method", ["GET", POST])
def test_sparqlwrapper(files: Server, method: str) -> None:
    def ask(query: str, return_format: str) -> object:
        client = SPARQLWrapper(f"{files.address}sparql")
        client.setMethod(method)
        client.setQuery(query)
        client.setReturnFormat(return_format)
        return client.queryAndConvert()

    rows = ask("SELECT ?x { ?s <urn:p> ?x }", JSON)
    assert isinstance(rows, dict)
    assert [row["x"]["value"] for row in rows["results"]["bindings"]] == ["default"]
    assert b"default" in ask("SELECT ?x { ?s <urn:p> ?x }", CSV)  # type: ignore[operator]
    assert ask("ASK {}", XML).getElementsByTagName("boolean")[0].firstChild.data == "true"  # type: ignore[attr-defined]
    assert len(ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", XML)) == 3  # type: ignore[arg-type]
    assert b"urn:d" in ask("DESCRIBE <urn:d>", TURTLE)  # type: ignore[operator]


def test_rdflibs_own_client(files: Server, private: Server) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{files.address}sparql"))
    assert [str(row.x) for row in graph.query("SELECT ?x { ?s <urn:p> ?x }")] == ["default"]
    assert (rdflib.URIRef("urn:d"), rdflib.URIRef("urn:p"), rdflib.Literal("default")) in graph


def test_turtle_declares_the_prefixes_that_it_uses(shipped: Server) -> None:
    """Of what is longer than can be looked through, all that are known: they stand before it."""
    short = shipped.ask("CONSTRUCT { ?s dcterms:title ?t } WHERE { ?s a skf:City ; dcterms:title ?t }", format="turtle")
    assert [line.split()[1] for line in short.text.splitlines() if line.startswith("@prefix")] == ["dcterms:"]
    long = shipped.ask("CONSTRUCT WHERE { ?s ?p ?o }", format="turtle").text
    assert long.count("@prefix") > 20
    for text in (short.text, long):
        assert list(ox.parse(text, format=ox.RdfFormat.TURTLE))

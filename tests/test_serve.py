"""The server, started as people start it and asked over HTTP on the loopback interface."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from sankofa.graph.opening import open_graph
from sankofa.serve.negotiate import preferred
from serving import PATIENCE, Server, command, environment, new_graph, running


@pytest.fixture(scope="module")
def base() -> str:
    return str(open_graph(read_only=True).base)


# -- starting and ending


def test_it_says_what_it_does_and_prints_the_address_once_it_answers(server: Server) -> None:
    assert server.address.startswith("http://127.0.0.1:")
    assert not server.address.endswith(":0/")
    health = server.http.get("/health")
    assert health.json()["status"] == "ok"
    assert health.json()["triples"] > 10_000
    said = server.said.read_text(encoding="utf-8").splitlines()
    with open_graph(read_only=True) as graph:
        assert f"{len(graph.records())} records may be seen from outside" in said


def refused(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, env=environment(), timeout=PATIENCE, check=False
    )
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr.strip().splitlines()[-1]


def test_a_port_that_is_taken_is_told_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, said = refused("serve", "--port", str(taken.getsockname()[1]))
    assert code == 3
    assert "in use" in said
    assert "--port" in said


def test_what_cannot_be_served_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.ttl").write_text("<a:a> <a:b> .\n", encoding="utf-8")
    for arguments, expected in (
        (("serve", str(tmp_path / "nothing.ttl")), "there is no such file or folder"),
        (("serve", str(tmp_path / "empty")), "this folder holds no graph"),
        (("--kg", str(tmp_path / "empty"), "serve"), "this folder holds no graph"),
        (("serve", str(tmp_path / "broken.ttl")), "line 1"),
        (("serve", str(tmp_path / "empty"), str(tmp_path / "broken.ttl")), "together with files"),
        (("serve", "--public-url", "example.org"), "no public address"),
    ):
        code, said = refused(*arguments, *(() if arguments[0] == "--kg" else ("--port", "0")))
        assert (code, expected in said) == (2, True), said


# -- the protocol


def test_the_three_ways_of_a_query(server: Server) -> None:
    query = "ASK { ?city a skf:City }"
    direct = {"Content-Type": "application/sparql-query; charset=utf-8"}
    for response in (
        server.ask(query),
        server.http.post("/sparql", data={"query": query}),
        server.http.post("/sparql", content=query.encode(), headers=direct),
    ):
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/sparql-results+json"
        assert response.json()["boolean"] is True
        assert response.headers["access-control-allow-origin"] == "*"
        assert "Accept" in response.headers["vary"]


ROWS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
}
TRIPLES = {
    "turtle": "text/turtle; charset=utf-8",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
}


@pytest.mark.parametrize("form", ["SELECT (11 AS ?n) {}", "ASK {}"])
@pytest.mark.parametrize("name", ROWS)
def test_results_in_every_format(server: Server, form: str, name: str) -> None:
    by_name = server.ask(form, format=name)
    media_type = ROWS[name].partition(";")[0]
    by_type = server.ask(form, format=media_type)
    by_accept = server.http.get("/sparql", params={"query": form}, headers={"Accept": media_type})
    assert by_name.content == by_type.content == by_accept.content
    assert by_accept.headers["content-type"] == by_name.headers["content-type"] == ROWS[name]
    if name in ("csv", "tsv"):
        head = "n" if name == "csv" else "?n"
        assert by_name.text.split() == (["true"] if form.startswith("ASK") else [head, "11"])
    else:
        results = ox.parse_query_results(by_name.content, format=getattr(ox.QueryResultsFormat, name.upper()))
        if isinstance(results, ox.QueryBoolean):
            assert bool(results)
        else:
            assert isinstance(results, ox.QuerySolutions)
            assert [solution["n"].value for solution in results] == ["11"]


@pytest.mark.parametrize("name", TRIPLES)
def test_triples_in_every_format(server: Server, base: str, name: str) -> None:
    for form in ("CONSTRUCT { ?s a skf:City } { ?s a skf:City }", f"DESCRIBE <{base}id/city/bamako>"):
        response = server.ask(form, format=name)
        assert response.headers["content-type"] == TRIPLES[name]
        accept = {"Accept": TRIPLES[name].partition(";")[0]}
        assert (
            server.http.get("/sparql", params={"query": form}, headers=accept).headers["content-type"]
            == (TRIPLES[name])
        )
        format_ = ox.RdfFormat.from_media_type(TRIPLES[name])
        assert format_ is not None
        triples = list(ox.parse(response.content, format=format_))
        assert len(triples) == 11 if form.startswith("CONSTRUCT") else len(triples) > 30


def test_a_format_that_is_not_there_is_406_with_those_that_are(server: Server) -> None:
    for response in (
        server.ask("ASK {}", format="turtle"),
        server.http.get("/sparql", params={"query": "ASK {}"}, headers={"Accept": "image/png"}),
    ):
        assert response.status_code == 406
        assert "json, xml, csv, tsv" in response.json()["detail"]


def test_quality_decides(server: Server) -> None:
    for accept, expected in (
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9, image/png", "application/sparql-results+xml"),
        ("*/*", "application/sparql-results+json"),
        ("text/*;q=0.8, text/csv;q=0", "text/tab-separated-values; charset=utf-8"),
        ("application/json", "application/sparql-results+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
    ):
        response = server.http.get("/sparql", params={"query": "SELECT ?x {}"}, headers={"Accept": accept})
        assert response.headers["content-type"] == expected, accept


def test_a_syntax_error_names_its_place(server: Server) -> None:
    response = server.ask("SELECT ?city\nWHERE { ?city a }")
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["line"], problem["column"], problem["token"]) == (2, 17, "}")
    assert (problem["title"], problem["status"]) == ("Bad Request", 400)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 403),
        ("ASK { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }", 403),
        ("LOAD <http://127.0.0.1:1/>", 403),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", 403),
        ("DELETE WHERE { ?s ?p ?o }", 403),
        ("CLEAR ALL", 403),
        ("SELECT * { ?s ?p ?o } ; DROP ALL", 400),
        ("", 400),
        ("ASK { <a b> ?p ?o }", 400),
        ("ASK {}" + " " * 100_001, 413),
    ],
)
def test_what_is_no_query_of_ours_is_refused(server: Server, query: str, status: int) -> None:
    direct = {"Content-Type": "application/sparql-query"}
    response = server.http.post("/sparql", content=query.encode(), headers=direct)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert "Traceback" not in response.text


def test_requests_that_the_protocol_does_not_know(server: Server) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    direct = {"Content-Type": "application/sparql-query"}
    update = {"Content-Type": "application/sparql-update"}
    for response, status in (
        (server.http.get("/sparql?query=ASK%7B%7D&query=ASK%7B%7D"), 400),
        (server.http.post("/sparql", content="query=ASK%7B%7D&query=ASK%7B%7D", headers=form), 400),
        (server.http.post("/sparql?query=ASK%7B%7D", content="query=ASK%7B%7D", headers=form), 400),
        (server.http.post("/sparql?query=ASK%7B%7D", content="ASK{}", headers=direct), 400),
        (server.http.get("/sparql?query=ASK%7B%7D&update=CLEAR%20ALL"), 400),
        (server.http.get("/sparql?update=CLEAR%20ALL"), 403),
        (server.http.post("/sparql", data={"update": "CLEAR ALL"}), 403),
        (server.http.post("/sparql", content="CLEAR ALL", headers=update), 403),
        (server.http.post("/sparql", content="ASK {}", headers={"Content-Type": "text/plain"}), 415),
        (server.http.post("/sparql", content="ASK {}"), 415),
        (server.http.get("/sparql?query=%FF"), 400),
        (server.http.post("/sparql", content=b"ASK { ?s ?p '\xff' }", headers=direct), 400),
        (server.http.post("/sparql", content=b"query=%FF", headers=form), 400),
        (server.http.get("/sparql", headers={"Accept": "application/sparql-results+json"}), 400),
        (server.http.post("/sparql", content="", headers=form), 400),
        (server.http.get("/sparql?query=ASK%7B%7D&default-graph-uri=no%20iri"), 400),
        (server.http.post("/sparql", content=b"query=" + b"a" * 400_000, headers=form), 413),
    ):
        assert response.status_code == status, (response.request, response.text)
        assert response.json()["detail"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_405_with_those_allowed(server: Server, method: str) -> None:
    response = server.http.request(method, "/sparql", content=b"x")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert server.http.request(method, "/questions").headers["allow"] == "GET, HEAD"


def test_head_and_options(server: Server) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/", "/questions/cities.csv", "/doc/city/bamako", "/nothing"):
        got, head = server.http.get(path), server.http.head(path)
        assert head.status_code == got.status_code
        assert head.content == b""
        different = {name for name in got.headers if got.headers[name] != head.headers.get(name)}
        assert different <= {"date"}
    options = server.http.options("/sparql")
    assert options.status_code == 204
    assert options.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS, POST"
    assert options.headers["access-control-allow-headers"] == "Accept, Content-Type"


def rows_in(server: Server, query: str, **passed: str | list[str]) -> int:
    response = server.http.get("/sparql", params={"query": query, "format": "csv", **passed})
    assert response.status_code == 200, response.text
    return int(response.text.split()[1])


def test_a_query_sees_the_four_graphs_and_the_dataset_it_names(server: Server, base: str) -> None:
    everything, inside = (
        "SELECT (COUNT(*) AS ?n) %s { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) %s { GRAPH ?g { ?s ?p ?o } }",
    )
    asserted = int(server.http.get("/health").json()["triples"])
    graph = f"{base}graph/asserted"
    assert rows_in(server, everything % "") > asserted
    assert rows_in(server, everything % f"FROM <{graph}>") == asserted
    assert rows_in(server, everything % "", **{"default-graph-uri": graph}) == asserted
    assert rows_in(server, inside % f"FROM NAMED <{graph}>") == asserted
    assert rows_in(server, inside % "", **{"named-graph-uri": graph}) == asserted
    assert rows_in(server, everything % "", **{"named-graph-uri": graph}) == 0
    two = [graph, f"{base}graph/ontology"]
    assert rows_in(server, everything % "", **{"default-graph-uri": two}) > asserted
    # the protocol counts more than the query
    other = f"FROM <{base}graph/inferred>"
    assert rows_in(server, everything % other, **{"default-graph-uri": graph}) == asserted
    names = server.ask("SELECT DISTINCT ?g { GRAPH ?g { } } ORDER BY ?g", format="csv").text.split()[1:]
    assert names == sorted(f"{base}graph/{name}" for name in ("asserted", "inferred", "ontology", "vocabularies"))


@pytest.mark.parametrize("name", ["log", "l\\u006fg"])
def test_no_query_reaches_the_log(server: Server, base: str, name: str) -> None:
    log = f"<{base}graph/{name}>"
    for query in (
        f"SELECT (COUNT(*) AS ?n) {{ GRAPH {log} {{ ?s ?p ?o }} }}",
        f"SELECT (COUNT(*) AS ?n) FROM {log} {{ ?s ?p ?o }}",
        f"SELECT (COUNT(*) AS ?n) FROM NAMED {log} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"BASE <{base}> SELECT (COUNT(*) AS ?n) FROM <graph/{name}> {{ ?s ?p ?o }}",
        f"PREFIX g: <{base}graph/> SELECT (COUNT(*) AS ?n) FROM g:log {{ ?s ?p ?o }}",
    ):
        assert rows_in(server, query) == 0, query
    query = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    plain_log = f"{base}graph/log"
    assert rows_in(server, query, **{"default-graph-uri": plain_log, "named-graph-uri": plain_log}) == 0


def test_relative_iris_are_relative_to_the_address(server: Server) -> None:
    assert server.ask("SELECT (<x> AS ?x) {}", format="csv").text.split()[1] == f"{server.address}x"


def test_a_page_for_people_who_query(server: Server) -> None:
    browser = {"Accept": "text/html", "Accept-Language": "fr"}
    assert "<textarea" in server.http.get("/sparql", headers=browser).text
    for query, expected in (
        ("SELECT ?x { BIND('<b>' AS ?x) }", "&lt;b&gt;"),
        ("ASK {}", '<pre tabindex="0">oui</pre>'),
        ("CONSTRUCT { ?s a skf:City } { ?s a skf:City }", "a skf:City ."),
    ):
        page = server.http.get("/sparql", params={"query": query}, headers=browser)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert expected in page.text
    wrong = server.http.get("/sparql", params={"query": "ASK <script>"}, headers=browser)
    assert wrong.status_code == 400
    assert '<html lang="fr">' in wrong.text
    assert "<script" not in wrong.text


# -- pages and questions


def test_things_lead_to_their_documents(server: Server) -> None:
    response = server.http.get("/id/city/bamako?lang=fr")
    assert (response.status_code, response.headers["location"]) == (303, "/doc/city/bamako?lang=fr")
    for path in ("/doc/city/bamako", "/doc/city/bamako.html"):
        page = server.http.get(path)
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in page.headers["content-security-policy"]
    refused = server.http.get("/doc/city/bamako", headers={"Accept": "image/png"})
    assert refused.status_code == 406


@pytest.mark.parametrize(
    ("asked", "accepted", "lang"),
    [
        ("", "", "en"),
        ("", "fr", "fr"),
        ("", "fr-BJ, en;q=0.8", "fr"),
        ("", "fr;q=0.3, en-GB;q=0.8", "en"),
        ("", "sw, pt;q=0.9", "pt"),
        ("ar", "", "ar"),
        ("", "sw, de;q=0.9", "en"),
        ("fr", "en", "fr"),
        ("en", "fr", "en"),
        ("xx", "fr", "fr"),
    ],
)
def test_the_language_asked_for_then_the_readers(server: Server, asked: str, accepted: str, lang: str) -> None:
    headers = {"Accept-Language": accepted}
    page = server.http.get("/doc/city/bamako", params={"lang": asked} if asked else {}, headers=headers)
    assert page.headers["content-language"] == lang
    assert f'<html lang="{lang}"' in page.text
    assert "Accept-Language" in page.headers["vary"]


@pytest.mark.parametrize(
    "path",
    [
        "/doc/city/nowhere",
        "/id/city/nowhere",
        "/doc/nothing/bamako",
        "/doc/city/a%20b",
        "/doc/city/%3Cscript%3E",
        "/doc/city/bamako%23area",
        "/kinds/storys",
        "/questions/citys",
        "/questions/citys.csv",
        "/nothing",
        "/../etc/passwd",
    ],
)
def test_what_is_not_there_is_told_as_each_reader_can_read_it(server: Server, path: str) -> None:
    machine = server.http.get(path)
    assert machine.status_code == 404
    assert machine.headers["content-type"] == "application/problem+json"
    assert machine.json()["title"] == "Not Found"
    person = server.http.get(path, headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert person.status_code == 404
    assert '<html lang="fr">' in person.text
    assert "Il n’y a rien de ce nom ici" in person.text
    assert "<script" not in person.text


def test_every_kind_and_record_has_its_page(server: Server) -> None:
    counted = server.ask("SELECT ?r { ?r a skf:City . GRAPH ?g { ?r dcterms:title ?t } } GROUP BY ?r", format="csv")
    cities = counted.text.split()[1:]
    assert len(cities) == 11
    listed = server.http.get("/kinds/city?lang=fr").text
    for iri in cities:
        path = "/doc" + iri.partition("/id")[2]
        assert f'href="{path}?lang=fr"' in listed
        assert iri in server.http.get(path).text


def test_questions_as_page_csv_and_json(server: Server) -> None:
    catalogue = server.http.get("/questions.json").json()
    assert {"cities", "lessons-on-a-theme"} <= {question["name"] for question in catalogue}
    assert server.http.get("/questions", headers={"Accept": "application/json"}).json() == catalogue
    csv = server.http.get("/questions/cities.csv?lang=fr")
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(csv.text.splitlines()) == 12
    assert server.http.get("/questions/cities?format=csv&lang=fr").text == csv.text
    assert server.http.get("/questions/cities?lang=fr", headers={"Accept": "text/csv"}).text == csv.text
    answer = server.http.get("/questions/cities.json?lang=fr").json()
    assert (len(answer["rows"]), answer["title"]) == (11, "Villes du réseau")
    page = server.http.get("/questions/cities.html?lang=fr")
    assert page.text.count("<tr>") == 12
    assert page.text == server.http.get("/questions/cities?lang=fr").text


def test_the_parameters_of_a_question(server: Server) -> None:
    form = server.http.get("/questions/lessons-on-a-theme")
    assert form.status_code == 200
    assert "<table" not in form.text
    answered = server.http.get("/questions/lessons-on-a-theme?theme=tax-collection")
    assert "<table" in answered.text
    for path, expected in (
        ("/questions/lessons-on-a-theme.json", "needs the parameter"),
        ("/questions/lessons-on-a-theme.json?theme=tax-colection", "did you mean 'tax-collection'"),
        ("/questions/coverage-city-theme.csv?citty=bamako", "did you mean 'city'"),
        ("/questions/records-not-touched-since.csv?since=yesterday", "a date such as"),
    ):
        response = server.http.get(path)
        assert response.status_code == 400, response.text
        assert expected in response.json()["detail"]
    assert server.http.get("/questions/cities?format=pdf").status_code == 406


# -- what is served


def test_files_are_served_exactly_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.trig").write_text("<urn:a> <urn:p> _:b . <urn:g> { <urn:s> <urn:p> 'named' }", encoding="utf-8")
    (tmp_path / "b.nt").write_text('_:b <urn:q> "the other b" .\n', encoding="utf-8")
    with running(tmp_path, "serve", "a.trig", "b.nt", "--port", "0") as files:
        home = files.http.get("/")
        assert (home.status_code, home.headers["location"]) == (303, "/sparql")
        assert files.http.get("/health").json()["triples"] == 2
        counted = files.ask(
            "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?b) AS ?bs) { ?s ?p ?o BIND(?s AS ?b) }", format="csv"
        )
        assert counted.text.split() == ["n,bs", "2,2"]
        apart = files.ask("ASK { <urn:a> <urn:p> ?b . ?b <urn:q> ?o }")
        assert apart.json()["boolean"] is False
        named = files.ask("SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }", format="csv")
        assert named.text.split() == ["g,o", "urn:g,named"]
        assert files.ask("ASK FROM <urn:g> { ?s ?p 'named' }").json()["boolean"] is True
        page = files.http.get("/sparql", headers={"Accept": "text/html"})
        assert "<textarea" in page.text
        assert "/questions" not in page.text
        assert files.http.get("/questions").status_code == 404
        missing = files.http.get("/doc/city/bamako", headers={"Accept": "text/html"})
        assert missing.status_code == 404
        assert "<h1>" in missing.text


def test_a_new_graph_is_served_empty_and_nothing_in_it_is_another_networks(tmp_path: Path) -> None:
    folder = new_graph(tmp_path / "kg")
    with running(tmp_path, "--kg", folder, "serve", "--port", "0") as empty:
        said = empty.said.read_text(encoding="utf-8")
        assert "no record may be seen from outside: what is served is empty; 1 left out" in said
        assert empty.http.get("/health").json() == {"status": "ok", "triples": 0}
        paths = ["/", "/questions", "/questions.json", "/kinds/city", "/questions/cities", "/sparql", "/doc/city/x"]
        for lang in ("en", "fr"):
            for path in paths:
                page = empty.http.get(path, params={"lang": lang}, headers={"Accept": "text/html, */*;q=0.1"})
                assert page.status_code == (404 if path == "/doc/city/x" else 200), path
                assert "aston" not in page.text.lower(), path
                assert "Un réseau" not in page.text  # its own record is a draft
        names = empty.ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", format="csv")
        assert names.text.split()[1:]
        assert all(name.startswith("https://example.org/net/graph/") for name in names.text.split()[1:])
        assert empty.ask("ASK { ?network a skf:Network }").json()["boolean"] is False
        rows = json.loads(empty.http.get("/questions/cities.json").text)["rows"]
        assert rows == []


def test_drafts_and_graphs_of_ones_own_are_not_served(tmp_path: Path) -> None:
    folder = new_graph(tmp_path / "kg")
    with open_graph(folder) as graph, graph.change("a draft", agent="tests", when="2026-01-01") as change:
        change.add("city", slug="secret", title={"fr": "Ville secrète"}, country="ML")
    (tmp_path / "own.nq").write_text('<urn:s> <urn:p> "secret" <urn:mine> .\n', encoding="utf-8")
    loaded = command("--kg", folder, "load", str(tmp_path / "own.nq"))
    subprocess.run(loaded, check=True, capture_output=True, env=environment(), timeout=PATIENCE)
    with running(tmp_path, "serve", folder, "--port", "0") as served:
        for pattern in ("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }"):
            query = f"ASK {{ {pattern} FILTER(CONTAINS(STR(?s), 'secret') || CONTAINS(STR(?o), 'secr')) }}"
            assert served.ask(query).json()["boolean"] is False
        assert served.http.get("/doc/city/secret").status_code == 404


def test_ctrl_c_ends_it_silently(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    with running(tmp_path, "serve", "a.nt", "--port", "0") as server:
        assert server.ask("ASK { ?s ?p ?o }").json()["boolean"] is True
        before = server.said.read_text(encoding="utf-8")
        server.process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        while server.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert server.process.returncode == 0
        assert server.said.read_text(encoding="utf-8") == before
        assert server.process.stdout is not None
        assert server.process.stdout.read() == ""


@pytest.mark.parametrize(
    ("header", "offered", "expected"),
    [
        ("", ["a/b"], "a/b"),
        ("*/*;q=0", ["a/b"], None),
        ("a/*;q=0.2, a/c;q=0.9", ["a/b", "a/c"], "a/c"),
        ("a/b;q=nonsense, a/c;q=0.1", ["a/b", "a/c"], "a/c"),
        ("A/B", ["a/b"], "a/b"),
        ("a/b; level=1; q=0.3, c/d;q=0.2", ["c/d", "a/b"], "a/b"),
        ("fr-CA", ["en", "fr"], "fr"),
        ("de", ["en", "fr"], None),
        ("de, *;q=0.1", ["en", "fr"], "en"),
        (",,", ["a/b"], "a/b"),
    ],
)
def test_negotiation(header: str, offered: list[str], expected: str | None) -> None:
    assert preferred(header, offered) == expected

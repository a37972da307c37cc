"""Partners' own clients, unchanged, against a server as people start it: what they get is what the graph says."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from pathlib import Path

import openpyxl
import pandas
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, SPARQLWrapper

import sankofa
import servers
from serving import Server, running

CLIENTS = Path(__file__).parent / "clients"
CITIES = "SELECT ?city { ?city a <https://w3id.org/sankofa/ontology#City> } ORDER BY ?city"
NAME = "<https://example.org/population>"


def cities() -> list[str]:
    return sorted(sankofa.open().records("city"))


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")
def test_sparqlwrapper(server: Server) -> None:
    client = SPARQLWrapper(f"{server.address}sparql")
    client.setQuery(CITIES)
    for method in ("GET", POST):
        client.setMethod(method)
        client.setReturnFormat(JSON)
        rows = client.queryAndConvert()["results"]["bindings"]  # type: ignore[index, call-overload]
        assert [row["city"]["value"] for row in rows] == cities()
    client.setReturnFormat(CSV)
    assert client.queryAndConvert().decode().split()[1:] == cities()  # type: ignore[union-attr]


def test_rdflibs_own_client(server: Server) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server.address}sparql"))
    assert [str(row.city) for row in graph.query(CITIES)] == cities()  # type: ignore[union-attr, attr-defined]
    kind = rdflib.URIRef("https://w3id.org/sankofa/ontology#City")
    assert {str(each) for each in graph.subjects(rdflib.RDF.type, kind)} == set(cities())


def test_jenas_own_client(server: Server) -> None:
    java, jar = servers.found("java"), servers.jar()
    if java is None or servers.found("javac") is None or not jar.is_file():
        pytest.skip(f"Jena is not here: {servers.ABOUT['fuseki']['get'].replace('Java 17', 'a JDK 17')}")
    asserted = server.http.get("/graphs/asserted", headers={"Accept": "application/n-triples"}).text
    graph = f"{sankofa.open().base}graph/asserted"
    done = subprocess.run(
        [java, "-XX:TieredStopAtLevel=1", "-cp", jar, CLIENTS / "Client.java", server.address, graph],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = [line.partition(" ")[::2] for line in done.stdout.splitlines()]
    assert [value for name, value in said if name == "row"] == cities()
    assert dict(said[-3:]) == {"ask": "true", "construct": str(len(cities())), "graph": str(asserted.count("\n"))}


def test_comunica_over_two_endpoints(server: Server, tmp_path: Path) -> None:
    node, folder = servers.found("node"), os.environ.get("SANKOFA_COMUNICA", "")
    if node is None or not Path(folder, "node_modules/@comunica/query-sparql").is_dir():
        pytest.skip(
            "Comunica is not here: install Node.js, then: npm install --no-package-lock --prefix FOLDER "
            "@comunica/query-sparql@4, and name that folder in SANKOFA_COMUNICA"
        )
    expected = {city: str(number) for number, city in enumerate(cities()[:4])}
    other = tmp_path / "figures.nt"
    other.write_text("".join(f'<{city}> {NAME} "{number}" .\n' for city, number in expected.items()))
    query = f"SELECT ?city ?number {{ ?city a <https://w3id.org/sankofa/ontology#City> ; {NAME} ?number }}"
    with running(tmp_path, "serve", str(other), "--port", "0") as figures:
        done = subprocess.run(
            [node, CLIENTS / "federate.mjs", folder, query, f"{server.address}sparql", f"{figures.address}sparql"],
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["city"]: row["number"] for row in rows} == expected
    assert len(rows) == len(expected)


# -- spreadsheets


def test_a_spreadsheet_imports_an_answer_from_the_web(server: Server) -> None:
    """What the web import of a spreadsheet goes by: the media type with its encoding, and one line of names."""
    address = f"{server.address}questions/cities.csv?lang=fr"
    answer = server.http.get(address, headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="cities.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8"))))
    expected = sankofa.open().answer("cities", lang="fr").table
    assert tuple(rows[0]) == expected.columns
    assert {len(row) for row in rows} == {len(expected.columns)}
    frame = pandas.read_csv(address)
    assert list(frame["city"]) == [row[0].value for row in expected.rows]  # type: ignore[union-attr]


def test_an_answer_is_a_workbook_too(server: Server) -> None:
    answer = server.http.get("/questions/city-figures.xlsx?lang=fr")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/vnd.openxmlformats-officedocument.spreadsheetml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="city-figures.xlsx"'
    expected = sankofa.open().answer("city-figures", lang="fr").table
    assert answer.content == expected.to_xlsx()
    header, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows()  # type: ignore[union-attr]
    assert tuple(cell.value for cell in header) == expected.columns
    assert len(rows) == len(expected)
    assert {cell.data_type for row in rows for cell in row} == {"n", "s"}  # numbers are numbers, and nothing a formula
    assert server.http.get("/questions/city-figures?format=xlsx&lang=fr").content == answer.content
    page = server.http.get("/questions/city-figures?lang=fr").text
    assert 'href="/questions/city-figures.xlsx?lang=fr"' in page

"""A document opens no other file and no connection, whatever contexts, imports, entities and schemas it names.

Each document is read by everything that reads documents here: as a file, as data to be judged, as shapes, as what a
server serves. It is refused, or it is read and what it names stays a name.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import sankofa
from sankofa.errors import UnreadableInput
from sankofa.store.formats import format_of
from security.conftest import Door, Watch
from serving import PATIENCE, Server, command, environment, new_graph, running

XML = """<?xml version="1.0"?>
{head}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/"
    xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{more}>
{body}
</rdf:RDF>"""
ENTITY = '<rdf:Description rdf:about="http://a"><e:p>&e;</e:p></rdf:Description>'
PLAIN = '<rdf:Description rdf:about="http://a"><e:p rdf:resource="{there}"/></rdf:Description>'
PREFIXES = """@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPE = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; {} . "


def xml(body: str, head: str = "", more: str = "") -> str:
    return XML.replace("{head}", head).replace("{body}", body).replace("{more}", more)


#: What cannot be read without looking there; refused. ``{there}`` is the place nobody should look at.
REFUSED = {
    "a context": ("a.jsonld", '{"@context": "{there}", "@id": "http://a", "p": 1}'),
    "a context among others": ("a.jsonld", '{"@context": [{"p": "http://p"}, "{there}"], "@id": "http://a", "p": 1}'),
    "a context within": ("a.jsonld", '{"@id": "http://a", "http://p": {"@context": "{there}", "q": 1}}'),
    "a context of a term": (
        "a.jsonld",
        '{"@context": {"@version": 1.1, "p": {"@id": "http://p", "@context": "{there}"}}, "p": {"q": 1}}',
    ),
    "a context of a type": (
        "a.jsonld",
        '{"@context": {"@version": 1.1, "T": {"@id": "http://T", "@context": "{there}"}}, "@type": "T", "q": 1}',
    ),
    "an import of a context": (
        "a.jsonld",
        '{"@context": {"@version": 1.1, "@import": "{there}", "p": "http://p"}, "@id": "http://a", "p": 1}',
    ),
    "an entity": ("a.rdf", xml(ENTITY, '<!DOCTYPE r [<!ENTITY e SYSTEM "{there}">]>\n')),
    "an entity with a public name": ("a.rdf", xml(ENTITY, '<!DOCTYPE r [<!ENTITY e PUBLIC "x" "{there}">]>\n')),
    "a parameter entity": ("a.rdf", xml("", '<!DOCTYPE r [<!ENTITY % e SYSTEM "{there}"> %e;]>\n')),
    "a document type": ("a.rdf", xml(PLAIN, '<!DOCTYPE r SYSTEM "{there}">\n')),
    "a document type after a comment": ("a.rdf", xml(PLAIN, '<!-- > --><?a <b> ?>\n<!DOCTYPE r SYSTEM "{there}">\n')),
}
#: What is read, and names what it names.
READ = {
    "XInclude": ("a.rdf", xml(ENTITY.replace("&e;", '<xi:include href="{there}"/>'))),
    "a style sheet": ("a.rdf", xml(PLAIN, '<?xml-stylesheet type="text/xsl" href="{there}"?>\n')),
    "a schema": ("a.rdf", xml(PLAIN, more=' xsi:schemaLocation="http://example.org/ {there}"')),
    "a base": ("a.rdf", xml(PLAIN, more=' xml:base="{there}"')),
    "a base of JSON-LD": ("a.jsonld", '{"@context": {"@base": "{there}", "@vocab": "{there}"}, "@id": "x", "p": 1}'),
    "a base of Turtle": ("a.ttl", "@base <{there}> . <> <#p> <#o> ."),
    "imports": ("a.ttl", PREFIXES + "<> a owl:Ontology ; owl:imports <{there}> ; owl:priorVersion <{there}> ."),
    "see also": ("a.ttl", PREFIXES + "ex:a a ex:C ; rdfs:seeAlso <{there}> ; rdfs:isDefinedBy <{there}> ."),
    "dumps": ("a.ttl", PREFIXES + "ex:a a void:Dataset ; void:dataDump <{there}> ; void:sparqlEndpoint <{there}> ."),
    "shapes of its own": ("a.ttl", PREFIXES + "<> sh:shapesGraph <{there}> ; sh:suggestedShapesGraph <{there}> ."),
    "a graph of that name": ("a.trig", "<{there}> { <{there}> <http://p> <{there}> }"),
}  # fmt: skip
#: Shapes that name it, and judge data by what they say themselves.
SHAPES = {
    "imports": "<> a owl:Ontology ; owl:imports <{there}> . " + SHAPE.format("sh:class ex:D"),
    "other shapes": "<> sh:shapesGraph <{there}> ; sh:entailment <{there}> . " + SHAPE.format("sh:class ex:D"),
    "a class there": SHAPE.format("sh:class <{there}>"),
    "a library": SHAPE.format(
        'sh:class ex:D ; sh:js [ sh:jsFunctionName "f" ; sh:jsLibrary [ sh:jsLibraryURL "{there}"^^xsd:anyURI ] ]'
    ),
}
#: Shapes whose queries name a graph: there is none of that name, if an engine takes such queries at all.
GRAPHS = {
    "a graph": SHAPE.format('sh:sparql [ sh:select "SELECT $this { GRAPH <{there}> { $this ?p ?o } }" ]'),
    "a dataset": SHAPE.format('sh:sparql [ sh:select "SELECT $this FROM <{there}> { ?s ?p $this }" ]'),
    "a named dataset": SHAPE.format(
        'sh:sparql [ sh:select "SELECT $this FROM NAMED <{there}> { GRAPH ?g { ?s ?p $this } }" ]'
    ),
}
#: Shapes that would have to look there.
SHAPES_REFUSED = {
    "a server": SHAPE.format('sh:sparql [ sh:select "SELECT $this { SERVICE <{there}> { $this ?p ?o } }" ]'),
    "a server, silently": SHAPE.format(
        'sh:sparql [ sh:select "SELECT $this { SERVICE SILENT <{there}> { $this ?p ?o } }" ]'
    ),
}
DATA = PREFIXES + "ex:a a ex:C . <> owl:imports <{there}> ; sh:shapesGraph <{there}> ."
PLACES = ["http", "file"]


@pytest.fixture(params=PLACES)
def there(request: pytest.FixtureRequest, door: Door, secret: Watch) -> Iterator[str]:
    """Where nobody should look; checked at the end of each test."""
    assert not secret.opened
    yield f"http://127.0.0.1:{door.port}/x.ttl" if request.param == "http" else secret.path.as_uri()
    assert door.came == []
    assert not secret.opened


def written(folder: Path, name: str, text: str, there: str) -> Path:
    file = folder / name
    file.write_text(text.replace("{there}", there), encoding="utf-8")
    return file


@pytest.mark.parametrize(("name", "text"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_without_it_is_refused(tmp_path: Path, there: str, name: str, text: str) -> None:
    file = written(tmp_path, name, text, there)
    with pytest.raises(UnreadableInput, match=r"never (fetched|read)"):
        sankofa.plain(file)
    for engine in (None, "columns", "pyshacl"):
        with pytest.raises(UnreadableInput):
            sankofa.validate(file, engine=engine)
        with pytest.raises(UnreadableInput):
            sankofa.validate(file, shapes=file, engine=engine)


@pytest.mark.parametrize(("name", "text"), READ.values(), ids=READ)
def test_what_it_names_stays_a_name(tmp_path: Path, there: str, name: str, text: str) -> None:
    file = written(tmp_path, name, text, there)
    try:
        read = sankofa.plain(file)
    except UnreadableInput:
        assert "XInclude" in text  # an element where RDF/XML has none
    else:
        assert 1 <= len(list(read.store.quads())) <= 3
    for engine in ("columns", "pyshacl"):
        try:
            sankofa.validate(file, engine=engine)
        except UnreadableInput:
            assert "XInclude" in text


@pytest.mark.parametrize("engine", [None, "columns", "pyshacl"])
@pytest.mark.parametrize("shapes", SHAPES.values(), ids=SHAPES)
def test_data_are_judged_by_what_the_shapes_say_themselves(
    tmp_path: Path, there: str, shapes: str, engine: str | None
) -> None:
    data = written(tmp_path, "data.ttl", DATA, there)
    asked = written(tmp_path, "shapes.ttl", PREFIXES + shapes, there)
    assert len(sankofa.validate(data, shapes=asked, engine=engine).results) == 1


@pytest.mark.parametrize("engine", [None, "columns", "pyshacl"])
@pytest.mark.parametrize("shapes", GRAPHS.values(), ids=GRAPHS)
def test_a_graph_that_shapes_ask_is_empty(tmp_path: Path, there: str, shapes: str, engine: str | None) -> None:
    data = written(tmp_path, "data.ttl", DATA, there)
    asked = written(tmp_path, "shapes.ttl", PREFIXES + shapes, there)
    try:
        assert not sankofa.validate(data, shapes=asked, engine=engine).results
    except UnreadableInput as error:
        assert (engine, "the shapes cannot be used" in error.what) == ("pyshacl", True)


@pytest.mark.parametrize("engine", [None, "columns", "pyshacl"])
@pytest.mark.parametrize("shapes", SHAPES_REFUSED.values(), ids=SHAPES_REFUSED)
def test_shapes_that_would_look_there_are_refused(tmp_path: Path, there: str, shapes: str, engine: str | None) -> None:
    data = written(tmp_path, "data.ttl", DATA, there)
    asked = written(tmp_path, "shapes.ttl", PREFIXES + shapes, there)
    with pytest.raises(sankofa.SankofaError, match="SERVICE"):
        sankofa.validate(data, shapes=asked, engine=engine)


# -- where documents come from outside

TOKEN = "what only stewards know"


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("private")
    with running(folder, "serve", new_graph(folder / "kg"), "--steward", "--port", "0", SANKOFA_TOKEN=TOKEN) as server:
        yield server


def test_what_is_sent_to_the_server_opens_nothing(private: Server, there: str) -> None:
    for name, text in [*REFUSED.values(), *READ.values()]:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": format_of(name).media_type}
        body = text.replace("{there}", there)
        answer = private.http.put("/graphs", params={"graph": "urn:g"}, content=body, headers=headers)
        allowed = {400} if (name, text) in REFUSED.values() else {200, 201, 400}
        assert answer.status_code in allowed, (text, answer.text)
        assert there not in answer.text or answer.status_code < 300


@pytest.mark.parametrize("name", ["a context", "an entity"])
def test_a_server_of_such_a_file_does_not_start(tmp_path: Path, there: str, name: str) -> None:
    file = written(tmp_path, *REFUSED[name], there)
    done = subprocess.run(
        command("serve", str(file), "--port", "0"),
        capture_output=True,
        check=False,
        env=environment(),
        timeout=PATIENCE,
    )
    assert (done.returncode, b"never" in done.stderr) == (2, True)


def test_a_graph_that_imports_is_loaded_judged_and_reasoned_with(tmp_path: Path, there: str) -> None:
    file = written(tmp_path, "a.ttl", READ["imports"][1], there)
    with sankofa.init(tmp_path / "kg", base="https://example.org/net/", title="Un réseau", lang="fr") as graph:
        graph.load(file)
        graph.reason()
        graph.validate()
        assert graph.query("ASK { ?ontology owl:imports ?other }")

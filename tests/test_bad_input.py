"""Bad input: one clear message (what, where, what to do), the right exit code, nothing half-written, no stack trace."""

from __future__ import annotations

import gzip
import http.server
import inspect
import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import sankofa
from command import process, run
from sankofa import errors

BASE = "https://example.org/net/"

FILES: dict[str, bytes] = {
    "broken.ttl": b"<http://example.org/a> <http://example.org/b> .\n",
    "broken.nt": b"<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n<a> .\n",
    "broken.nq": b'<http://example.org/a> <http://example.org/b> "x\n',
    "broken.trig": b"<http://example.org/g> { <http://example.org/a> }\n",
    "broken.rdf": b'<?xml version="1.0"?><rdf:RDF></rdf:RDF>',
    "broken.jsonld": b'{"@id": "http://example.org/a", ',
    "broken.ttl.gz": gzip.compress(b"<http://example.org/a> a <http://example.org/B> .", mtime=0)[:-12],
    "entity.rdf": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<rdf:RDF/>',
    "remote.jsonld": b'{"@context": "http://127.0.0.1:9/context", "@id": "http://example.org/a"}',
    "latin.ttl": "<http://example.org/a> <http://example.org/b> 'é' .".encode("latin-1"),
    "reserved.nq": f'<http://example.org/a> <http://example.org/b> "c" <{BASE}graph/inferred> .\n'.encode(),
    "picture.png": b"\x89PNG\r\n\x1a\n",
    "good.ttl": b"<http://example.org/a> <http://example.org/b> 'c' .\n",
    "typo.rq": b"SELECT ?city\nWHERE { ?city a skf:City\n  ?city dcterms:title ?name }\n",
    "unclosed.rq": b"SELECT * { ?s ?p ?o",
    "prefix.rq": b"SELECT * { ?s skoss:prefLabel ?o }",
    "service.rq": b"SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "update.rq": b"INSERT DATA { <http://example.org/a> <http://example.org/b> 1 }",
    "empty.rq": b"",
    "latin.rq": "SELECT ('é' AS ?x) {}".encode("latin-1"),
    "good.rq": b"SELECT ?name { ?city a skf:City ; dcterms:title ?name }",
    "stories.csv": b"id,title@fr\nwater,Eau\n",
    "latin/stories.csv": "id,title@fr\nwater,Été\n".encode("latin-1"),
    "unknown.csv": b"id,title@fr\nwater,Eau\n",
    "quote/stories.csv": b'id,title@fr\nwater,"Eau\n',
    "void/stories.csv": b"",
    "book/stories.csv": b"PK\x03\x04\x14\x00",
    "mapped/stories.csv": b"id,title\nwater,Eau\n",
    "mapped/mapping.toml": b"[sheets.stories\n",
    "unkind/stories.csv": b"id,title\nwater,Eau\n",
    "unkind/mapping.toml": b'[sheets.stories]\nkind = "storey"\n'
    b'[sheets.stories.columns]\ntitle = { field = "title" }\n',
    "shapes.ttl": b"@prefix sh: <http://www.w3.org/ns/shacl#> .\n<urn:s> a sh:NodeShape ; sh:property <urn:p> ;"
    b" sh:targetNode <urn:x> .\n<urn:p> sh:minCount 'many' .\n",
    "odd/sankofa.toml": b"format = 99\nbase = 'https://example.org/'\n",
    "torn/sankofa.toml": b"format = \n",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with bad files of every sort, and one good graph."""
    folder = tmp_path_factory.mktemp("bad")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    run("init", folder / "kg", "--base", BASE, "--title", "X", "--date", "2026-11-23")
    run("init", folder / "cut", "--base", BASE, "--title", "X", "--date", "2026-11-23")
    entry = folder / "cut" / "log" / "000001.patch"
    entry.write_bytes(entry.read_bytes()[:-40])
    run("init", folder / "gone", "--base", BASE, "--title", "X", "--date", "2026-11-23")
    (folder / "gone" / "log" / "000001.patch").unlink()
    return folder


KG = "--kg kg "
#: the command, its exit code, and what its message says: where, what, what to do
CALLS: list[tuple[str, int, str]] = [
    # RDF files
    (KG + "load broken.ttl", 2, r"broken\.ttl, line 1, column \d+: .*correct the Turtle there; nothing was read"),
    (KG + "load good.ttl broken.nt", 2, r"broken\.nt, line 2"),
    (KG + "load broken.nq", 2, r"broken\.nq, line 1"),
    (KG + "load broken.trig", 2, r"broken\.trig, line 1"),
    (KG + "load broken.rdf", 2, r"broken\.rdf"),
    (KG + "load broken.jsonld", 2, r"broken\.jsonld"),
    (KG + "load broken.ttl.gz", 2, r"broken\.ttl\.gz: the gzipped file is broken"),
    (KG + "load entity.rdf", 2, r"entity\.rdf, line 1: it has a document type declaration"),
    (KG + "load remote.jsonld", 2, r"remote\.jsonld.*never fetched"),
    (KG + "load latin.ttl", 2, r"latin\.ttl"),
    (KG + "load reserved.nq", 2, r"graph/inferred.*takes no changes"),
    (KG + "load picture.png", 2, r"picture\.png: its extension does not tell the RDF format"),
    (KG + "load nowhere.ttl", 2, r"nowhere\.ttl: there is no such file"),
    (KG + "load kg", 2, r"extension|folder"),
    (KG + "load", 2, r"Missing argument"),
    # sheets
    (KG + "capture unknown.csv", 2, r"'unknown'.*no kind of record"),
    (KG + "capture latin/stories.csv", 2, r"stories\.csv.*UTF-8"),
    (KG + "capture void/stories.csv", 2, r"stories\.csv"),
    (KG + "capture book/stories.csv", 2, r"stories\.csv"),
    (KG + "capture mapped/stories.csv", 2, r"mapping\.toml"),
    (KG + "capture unkind/stories.csv", 2, r"storey.*did you mean 'story'"),
    (KG + "capture nowhere.csv", 2, r"nowhere\.csv: the file cannot be read: No such file"),
    (KG + "capture stories.csv --date 5/6/2021", 2, r"'5/6/2021' is no date; write it like"),
    # queries
    ("query typo.rq", 2, r"typo\.rq, line 3, column 3: '\?city' cannot stand here"),
    ("query unclosed.rq", 2, r"unclosed\.rq, line 1, column \d+: the query ends too early"),
    ("query prefix.rq", 2, r"prefix\.rq, line 1, column 15: the prefix 'skoss:' is not declared: did you mean 'skos:'"),
    ("query service.rq", 2, r"service\.rq, line 1, column 12: the query asks another server"),
    ("query update.rq", 2, r"update\.rq, line 1, column 1: this is an update"),
    ("query empty.rq", 2, r"empty\.rq"),
    ("query latin.rq", 2, r"latin\.rq, byte 9: this is not UTF-8 text: save it as UTF-8"),
    ("query nowhere.rq", 2, r"nowhere\.rq: there is no such file"),
    ("query good.rq --param citty=x", 2, r"the query has no variable \?citty: did you mean \?city"),
    ("query good.rq --param city", 2, r"'city' has no '='"),
    ("query good.rq --param =x", 2, r"has no '='"),
    ("query good.rq --param city=a --param city=b", 2, r"'city' is given twice"),
    ("query good.rq --param city=<no|iri>", 2, r"'<no\|iri>' is no IRI"),
    ('query good.rq --param city="no', 2, r"is no literal: write it as in Turtle"),
    ("query good.rq --format turtle", 2, r"gives rows, not triples"),
    ("query good.rq --format docx", 2, r"'docx' is not one of"),
    # questions
    ("query citys", 2, r"no question 'citys': did you mean 'cities'\?"),
    ("query cities --param citty=x", 2, r"'citty'"),
    ("query city-figures --param city=bamaco", 2, r"did you mean 'bamako'\?"),
    ("query city-figures --param city=http://example.org/x", 2, r"takes the slug or IRI of a city"),
    ("query records-not-touched-since --param since=yesterday", 2, r"a date such as 2021-10-31, not 'yesterday'"),
    ("query records-not-touched-since", 2, r"the question needs the parameter 'since'"),
    # validation
    ("validate nowhere.ttl", 2, r"nowhere\.ttl"),
    ("validate broken.ttl", 2, r"broken\.ttl"),
    ("validate good.ttl --shapes shapes.ttl", 2, r"shapes\.ttl|shapes"),
    ("validate good.ttl --shapes nowhere.ttl", 2, r"nowhere\.ttl"),
    ("validate --engine pyshackle", 2, r"no engine 'pyshackle': did you mean 'pyshacl'\?"),
    ("validate good.ttl --engine fast", 2, r"no engine 'fast'"),
    ("validate --level perfect", 2, r"'perfect' is not one of"),
    ("status --by country", 2, r"'country' is not one of"),
    # graphs
    ("--kg nowhere status", 2, r"nowhere: there is no such folder: make a graph with 'sankofa init'"),
    ("--kg latin status", 2, r"latin: this folder holds no graph"),
    ("--kg good.ttl status", 2, r"good\.ttl: this is a file, not a graph"),
    ("--kg odd status", 2, r"odd: its sankofa\.toml is not of format 1"),
    ("--kg torn status", 2, r"torn: its sankofa\.toml cannot be read"),
    ("--kg cut load good.ttl", 3, r"cut.*log"),
    ("--kg gone load good.ttl", 3, r"gone.*log"),
    ("--kg http://127.0.0.1:9/sparql status", 3, r"http://127\.0\.0\.1:9/sparql: it cannot be reached .*is the server"),
    ("--kg http://127.0.0.1:9/sparql load good.ttl", 2, r"an endpoint takes no changes from the command line"),
    ("--kg http:// status", 2, r"http://.: this is no address of a server: it begins with http:// or https://"),
    # the rest
    (KG + "undo 7", 2, r"there is no change 7: the last one is 1"),
    (KG + "undo seven", 2, r"'seven' is not a valid integer"),
    (KG + "undo -- -1", 2, r"there is no change -1"),
    ("explain x y z", 2, r"'x' is no IRI: write it whole, or as prefix:name"),
    ("explain skf:City rdfs:label \"City", 2, r"is no literal"),
    ("explain skf:City rdfs:label nothing", 2, r"neither stated nor inferred"),
    (KG + "dump -o picture.png", 2, r"picture\.png: its extension does not tell the RDF format"),
    (KG + "dump -o nowhere/x.ttl", 3, r"nowhere/x\.ttl: the folder is gone"),
    (KG + "dump --format n3", 2, r"'n3' is not one of"),
    ("serve nowhere", 2, r"nowhere: there is no such file or folder"),
    ("serve broken.ttl --port 0", 2, r"broken\.ttl, line 1"),
    ("serve --port 70000", 2, r"70000 is not in the range"),
    ("lod x", 2, r"no command 'lod': did you mean"),
    ("--kgg x status", 2, r"No such option"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "code", "said"), CALLS, ids=[call for call, _, _ in CALLS])
def test_a_bad_call_is_told_in_one_message(
    call: str, code: int, said: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    before = {file: file.stat().st_mtime_ns for file in place.rglob("*") if file.is_file() and file.name != "lock"}
    dumped = run("--kg", "kg", "dump").stdout_bytes
    done = run(*call.split(" "), code=code)
    message = done.stderr
    assert re.search(said, message.replace("\n", " ")), message
    assert message.count("sankofa: ") + message.count("Error: ") == 1
    assert message.splitlines()[-1].startswith(("sankofa: ", "Error: "))
    assert not done.stdout
    left = [file for file in place.rglob("*") if file.is_file() and file not in before]
    assert not [file for file in left if file.name != "lock" and "store" not in file.parts], left
    assert run("--kg", "kg", "dump").stdout_bytes == dumped


def test_a_wrong_row_or_cell_refuses_no_more_than_itself(place: Path, tmp_path: Path) -> None:
    run("init", tmp_path / "kg", "--base", BASE, "--title", "X")
    done = run("--kg", tmp_path / "kg", "capture", place / "quote" / "stories.csv", code=None)
    assert done.exit_code in (1, 2)
    assert "stories.csv" in done.stdout + done.stderr


# -- as processes, where a stack trace would show --------------------------------------------------------------------


@pytest.mark.parametrize("number", range(0, len(CALLS), 9))
def test_no_stack_trace_is_seen(number: int, place: Path) -> None:
    call, code, said = CALLS[number]
    done = subprocess.run(
        [Path(sys.executable).with_name("sankofa"), *call.split(" ")],
        cwd=place,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert re.search(said, done.stderr.decode("utf-8").replace("\n", " "))


def test_an_argument_that_is_no_text_is_told(place: Path) -> None:
    for call in (b"query \xff", b"query - --param x=\xff", b"explain \xff a b", b"query cities --param lang=\xff"):
        done = subprocess.run(
            [os.fsencode(Path(sys.executable).with_name("sankofa")), *call.split(b" ")],
            input=b"SELECT ?x {}",
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 2, done.stderr
        assert b"Traceback" not in done.stderr


# -- the tree of errors ----------------------------------------------------------------------------------------------

EVERY = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, sankofa.SankofaError)]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_error_has_the_exit_code_of_its_side(kind: type[sankofa.SankofaError]) -> None:
    if issubclass(kind, sankofa.WrongUsage):
        assert kind.exit_code == 2
        assert 400 <= kind.http_status < 500
    else:
        assert kind.exit_code == 3
    error = kind("it failed", where="there", hint="do this")
    assert str(error) == "there: it failed: do this"
    assert (error.what, error.where, error.hint) == ("it failed", "there", "do this")


# -- a server that is down, or none -----------------------------------------------------------------------------------


class Nonsense(http.server.BaseHTTPRequestHandler):
    """Answers whatever is asked with what the server was given."""

    def do_POST(self) -> None:
        status, media_type, body = self.server.answer  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.mark.parametrize(
    "answer",
    [
        (500, "text/plain", b"out of order"),
        (404, "text/html", b"<h1>Not here</h1>"),
        (401, "text/plain", b"who are you"),
        (200, "text/html", b"<h1>Welcome</h1>"),
        (200, "application/sparql-results+json", b'{"head": {"vars": ["base"]}, "results": {"bindings": ['),
        (200, "application/sparql-results+json", b""),
    ],
    ids=["error", "missing", "closed", "page", "cut", "nothing"],
)
def test_a_server_that_makes_no_sense_is_told(answer: tuple[int, str, bytes]) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nonsense) as server:
        server.answer = answer  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/sparql"
        try:
            done = run("--kg", address, "query", "cities", code=3)
        finally:
            server.shutdown()
    assert address in done.stderr
    assert done.stderr.count("\n") == 1
    assert not done.stdout


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = process("serve", "--port", taken.getsockname()[1])
    assert done.returncode == 3
    assert b"choose another with --port" in done.stderr


# -- anything at all --------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXT, TEXT)
@example("http://[", "http://[")
@example("<", '"')
@example("skf:", "skf:a b")
@example("\x00", "\x00")
def test_no_text_breaks_a_command(place: Path, one: str, other: str) -> None:
    kg = place / "kg"
    for arguments in (
        ["query", f"x{one}"],
        ["query", place / "good.rq", "--param", f"name={one}"],
        ["query", "cities", "--param", f"lang={one}"],
        ["explain", "--", one, other, one],
        ["history", f"x{one}"],
    ):
        if "\x00" not in one + other or arguments[0] != "query":
            run(
                "--kg",
                kg,
                *("" if str(each).startswith("-") else each for each in arguments[:2]),
                *arguments[2:],
                code=None,
            )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.binary(max_size=200),
    st.sampled_from(["x.ttl", "x.nq", "x.rdf", "x.jsonld", "x.trig", "x.ttl.gz", "stories.csv"]),
)
def test_no_bytes_break_a_load(place: Path, content: bytes, name: str) -> None:
    file = place / "fuzz" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    run("validate", file, code=None)
    if name.endswith(".csv"):
        run("--kg", place / "kg", "capture", "--dry-run", file, code=None)

"""Names and addresses of people who did not agree, and secrets: in nothing that leaves, and in no log.

A name in a sentence cannot be told from another word, so what is looked for is what says that it is one: people,
whatever vocabulary says so, those who made something, and e-mail addresses.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import sankofa
from command import run
from sankofa.publish.documents import ENDINGS
from serving import Server, running
from test_publish import BASE, LICENCE, PREFIXES, gate, graph_of, record

#: No byte of these may be in what is given out; one of who agreed must be.
SECRET, AGREED = "zyzzyva", "quagga"
MAILBOX = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}")
VOCABULARIES = """
@prefix dc: <http://purl.org/dc/elements/1.1/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix schema: <https://schema.org/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
"""


def theme(name: str, more: str = "", beside: str = "") -> str:
    said = f'skos:prefLabel "{name}"@en ; skos:definition "About it."@en ; dcterms:type <type/domain> {more}'
    return record(f"theme/{name}", says=f"a skf:Theme, skos:Concept ; {said}") + beside


#: What names somebody who did not agree.
NAMING = {
    "person": record("person/one", says=f'a skf:Person ; dcterms:title "{SECRET}"@en'),
    "who-refused": record("person/two", says=f'a skf:Person ; skf:consent false ; dcterms:title "{SECRET}"@en'),
    "of-another-vocabulary": theme("three", f'; a foaf:Person ; skos:altLabel "{SECRET}"@en'),
    "of-schema.org": theme("four", f'; a schema:Person ; skos:altLabel "{SECRET}"@en'),
    "part": theme("five", "", f'<theme/five#a> a skf:Person ; dcterms:title "{SECRET}"@en .'),
    "loose-part": theme("six", "", f'<theme/six#a> a vcard:Individual ; vcard:fn "{SECRET}" .'),
    "maker": theme("seven", f'; dcterms:creator "{SECRET}"'),
    "helper": theme("eight", f'; dcterms:contributor "{SECRET}"'),
    "maker-elsewhere": theme("nine", f'; dc:creator "{SECRET}"'),
    "mailbox": theme("ten", f"; foaf:mbox <mailto:{SECRET}@example.org>"),
    "source": theme("eleven", f"; dcterms:source <mailto:{SECRET}@example.org>"),
    "sentence": theme("twelve", f'; skos:note "Write to a.{SECRET}+x@mail.example.org, please."@en'),
    "address": theme("thirteen", f"; dcterms:source <https://example.org/?to={SECRET}@example.org>"),
    "draft": record("theme/later", status="status:draft", says=f'a skf:Theme ; skos:prefLabel "{SECRET}"@en'),
}  # fmt: skip
#: What looks like it, or of which consent is recorded, or whose address is there to be written to.
NAMING_NOBODY = theme("tags", '; skos:note "www.example.org"@en, "a @b.example"@fr, "medium.com/@somebody.else"@pt')
AGREEING = record("person/who-agreed", says=f'a skf:Person ; skf:consent true ; dcterms:title "{AGREED}"@en')
AGREEING += theme("written", f'; skf:consent true ; skos:note "{AGREED}@example.org"@en ; dcterms:creator "{AGREED}"')
TYPE = record("type/domain", says='a skf:Type, skos:Concept ; skos:prefLabel "Domain"@en ; skf:appliesTo skf:Theme')


@pytest.mark.parametrize("case", NAMING)
def test_what_names_somebody_stays_behind(case: str) -> None:
    verdict = gate(graph_of(PREFIXES + VOCABULARIES + TYPE + NAMING[case]))
    assert verdict.passed == {f"{BASE}id/type/domain"}
    assert SECRET.encode() not in b"".join(verdict.content)
    (out,) = verdict.left_out
    assert case == "draft" or "consent" in out.reason


def test_what_names_nobody_or_who_agreed_passes() -> None:
    verdict = gate(graph_of(PREFIXES + VOCABULARIES + TYPE + NAMING_NOBODY + AGREEING))
    assert verdict.left_out == ()
    assert len(verdict.passed) == 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph with all of that, changed by somebody, and two releases of it; in the first somebody else had agreed."""
    folder = tmp_path_factory.mktemp("people")
    text = PREFIXES + VOCABULARIES + TYPE + NAMING_NOBODY + AGREEING + "".join(NAMING.values())
    text += theme("gone", f"; dcterms:contributor <person/gone>, <person/one>, <person/two> ; skos:note '{AGREED}'@en")
    text += record("person/gone", says=f'a skf:Person ; skf:consent true ; dcterms:title "{SECRET}"@en')
    (folder / "data.ttl").write_text(text, encoding="utf-8")
    run("init", folder / "kg", "--base", BASE, "--title", "Un réseau", "--lang", "fr")
    who = f"{SECRET} <{SECRET}@example.org>"
    run("--kg", folder / "kg", "load", folder / "data.ttl", "--agent", who)
    with sankofa.open(folder / "kg") as graph:
        with graph.change(f"as {SECRET} said", agent=who) as change:
            said = {"description": {"fr": "Ensemble."}, "source": "https://example.org/source"}
            change.set(graph.network, status="published", licence=re.findall("<(.*)>", LICENCE)[0], **said)
        graph.release(folder / "public")
        with graph.change("not any more", agent=who) as change:
            change.set(f"{BASE}id/person/gone", consent=False)
        graph.release(folder / "public")
    return folder


def test_no_file_of_a_release_names_them(folder: Path) -> None:
    release = folder / "public" / (folder / "public" / "current").read_text().strip()
    found = b""
    for file in release.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            found += file.name.encode() + (gzip.decompress(content) if file.suffix == ".gz" else content)
    assert SECRET.encode() not in found.lower()
    assert AGREED.encode() in found
    assert {each for each in MAILBOX.findall(found) if b"aston-network" not in each} == {b"quagga@example.org"}


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with running(folder, "serve", str(folder / "public"), "--port", "0") as found:
        yield found


def given_out(server: Server) -> Iterator[httpx.Response]:
    """Every address of the site, each document in every format, and what answers to words and queries."""
    site = server.http.get("/sitemap.xml").text
    paths = [httpx.URL(each).path for each in re.findall("<loc>([^<]*)</loc>", site)]
    paths += [path + ending for path in paths if path.startswith("/doc/") for ending in ENDINGS]
    paths += [path + ending for path in paths if path.startswith("/questions/") for ending in (".csv", ".json")]
    paths += [f"/dumps{ending}" for ending in ENDINGS]
    paths += ["/feed.atom", "/graphs", "/sparql", "/.well-known/void", "/.well-known/sparql-examples", "/health"]
    paths += [
        "/sitemap.xml",
        "/robots.txt",
        "/questions.json",
        "/search?q=theme",
        "/search?q=example",
        "/graphs?default",
    ]
    paths += [f"/graphs/{name}" for name in ("asserted", "inferred", "log", "vocabularies")]
    paths += [f"/graphs?graph={BASE}graph/log", f"/doc/person/one?x={'y' * 9}", "/doc/person/gone", "/id/person/gone"]
    for path in paths:
        yield server.http.get(path, headers={"Accept": "text/html, */*;q=0.1"})
    for text in ("SELECT * { ?s ?p ?o }", "SELECT * { GRAPH ?g { ?s ?p ?o } }", "CONSTRUCT WHERE { ?s ?p ?o }"):
        yield server.ask(text)


def test_nothing_that_is_served_names_them(server: Server) -> None:
    seen, addresses = "", 0
    for response in given_out(server):
        assert response.status_code < 500, response.url
        text = f"{response.headers} {response.text}"
        assert SECRET not in text.lower(), response.url
        seen, addresses = seen + text, addresses + 1
    assert addresses > 200
    assert AGREED in seen


def test_nor_does_it_say_whether_they_are_there(server: Server) -> None:
    """Who guesses a name is told what is told of any word that is not there."""
    for path in ("/doc/theme/{}", "/id/theme/{}", "/search?q={}"):
        known, other = (server.http.get(path.format(name)) for name in ("thirteen", "nineteen"))
        assert known.status_code == other.status_code
        assert known.text.replace("thirteen", "nineteen") == other.text


# -- logs


TOKEN, PASSWORD = "t0ken-zyzzyva-0123456789", "passw0rd-zyzzyva"


def test_the_public_log_holds_no_query_and_no_credentials(server: Server) -> None:
    long = f"SELECT * {{ ?s ?p '{'x' * 1_100}{SECRET}' }}"
    with_secrets = {"Authorization": f"Bearer {TOKEN}", "Cookie": f"session={PASSWORD}"}
    for text in (long, f"{long} }}", "SELECT * { SERVICE <urn:x> { ?s ?p ?o } }" + "#" * 2_000 + SECRET):
        for answer in (
            server.http.get("/sparql", params={"query": text}, headers=with_secrets),
            server.http.post("/sparql", data={"query": text}, headers=with_secrets),
            server.http.put(f"/graphs?graph=urn:{SECRET}", content=text, headers=with_secrets),
        ):
            assert answer.status_code in (200, 400, 403, 405)
            assert TOKEN not in f"{answer.text}{answer.headers}"
            assert PASSWORD not in f"{answer.text}{answer.headers}"
    said = server.said.read_text(encoding="utf-8")
    for secret in (SECRET, TOKEN, PASSWORD, "x" * 1_025):
        assert secret not in said
    assert max(map(len, said.splitlines()), default=0) <= 1_024


def test_the_private_side_keeps_its_token_to_itself(folder: Path, tmp_path: Path) -> None:
    started = running(tmp_path, "serve", str(folder / "kg"), "--steward", "--port", "0", SANKOFA_TOKEN=TOKEN)
    with started as server:
        update = f"INSERT DATA {{ <urn:a> <urn:b> '{'x' * 1_100}{PASSWORD}' }}"
        for token in (TOKEN, TOKEN[:-1], PASSWORD):
            for broken in ("", "}"):
                headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sparql-update"}
                answer = server.http.post("/sparql", content=update + broken, headers=headers)
                assert TOKEN not in f"{answer.text}{answer.headers}"
                assert answer.status_code < 500
        said = server.said.read_text(encoding="utf-8")
        for secret in (TOKEN, PASSWORD, "x" * 1_025):
            assert secret not in said


@pytest.mark.parametrize("command", [["query", "cities"], ["dump"], ["status"]])
def test_no_error_repeats_a_login(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither that of an address, nor that of the environment."""
    monkeypatch.setenv("SANKOFA_ENDPOINT_LOGIN", f"somebody:{PASSWORD}")
    for address in (f"http://somebody:{PASSWORD}@127.0.0.1:9/sparql", "http://127.0.0.1:9/sparql"):
        done = run("--kg", address, *command, code=None)
        assert done.exit_code in (2, 3)
        assert PASSWORD not in done.output + done.stderr

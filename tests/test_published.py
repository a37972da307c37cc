"""What a release has over HTTP beside its graph: its files, in whole and in parts."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import socket
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
import rdflib

import sankofa
from command import run
from sankofa.graph.newest import newest_release
from sankofa.graph.releasing import Release
from sankofa.publish.changes import CHANGES
from sankofa.publish.feed import MOST_ENTRIES, Feed, News, atom, news
from sankofa.publish.gate import digest_of
from sankofa.publish.index import words as words_of
from sankofa.publish.layout import LANGUAGES, count, words
from sankofa.publish.release import MANIFEST, Manifest
from sankofa.publish.values import Value
from sankofa.store.sentences import catalogue
from serving import Server, running
from test_discovery import may_fetch
from test_pages import Page, check
from test_withdraw import BASE, NETWORK, PERSON, WORD

BROWSER = {"Accept": "text/html"}
ALL = "/dumps/all.nq.gz"


@pytest.fixture(scope="module")
def release() -> Release:
    """What the server serves: the release of the graph we ship."""
    return newest_release(None)


def in_data(server: Server, path: str) -> rdflib.Graph:
    response = server.http.get(path, headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert response.status_code == 200, response.text
    return rdflib.Graph().parse(data=response.content, format="turtle")


# -- dumps


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_lists_the_files_with_their_sizes_and_digests(server: Server, release: Release, lang: str) -> None:
    response = server.http.get("/dumps", params={"lang": lang}, headers=BROWSER)
    assert response.headers["content-language"] == lang
    page = check(response.text, lang)
    assert release.about.name in page.words
    offered = sorted((release.folder / "dumps").iterdir())
    assert len(offered) == 5
    leading = {str(a["href"]) for a in page.all("a")}
    assert {f"/dumps/{file.name}" for file in offered} | {"/dumps/SHA256SUMS"} <= leading
    for file in offered:
        assert hashlib.sha256(file.read_bytes()).hexdigest() in page.words
    assert words(lang)["dump_asserted"] in page.words
    assert server.http.get("/dumps/", headers=BROWSER, follow_redirects=True).url.path == "/dumps"
    home = check(server.http.get("/", params={"lang": lang}, headers=BROWSER).text, lang)
    assert {"href": f"/dumps?lang={lang}"} in home.all("a")


def test_each_file_is_sent_as_it_is(server: Server, release: Release) -> None:
    for file in (release.folder / "dumps").iterdir():
        response = server.http.get(f"/dumps/{file.name}", headers={"Accept-Encoding": "gzip"})
        data, digest = file.read_bytes(), hashlib.sha256(file.read_bytes())
        assert response.status_code == 200
        assert response.content == data  # a client unpacks what has a Content-Encoding
        assert "content-encoding" not in response.headers
        assert response.headers["content-type"] == "application/gzip"
        assert response.headers["content-length"] == str(len(data))
        assert response.headers["accept-ranges"] == "bytes"
        assert response.headers["etag"] == f'"{digest.hexdigest()[:32]}"'
        assert response.headers["repr-digest"] == f"sha-256=:{b64encode(digest.digest()).decode()}:"
        head = server.http.head(f"/dumps/{file.name}")
        assert (head.status_code, head.content) == (200, b"")
        assert {name: value for name, value in head.headers.items() if name != "date"} == {
            name: value for name, value in response.headers.items() if name != "date"
        }


def test_the_list_of_digests_is_that_of_the_files_beside_it(server: Server, tmp_path: Path) -> None:
    sums = server.http.get("/dumps/SHA256SUMS")
    assert sums.headers["content-type"].startswith("text/plain")
    (tmp_path / "SHA256SUMS").write_bytes(sums.content)
    for name in ("all.nq.gz", "asserted.ttl.gz"):
        (tmp_path / name).write_bytes(server.http.get(f"/dumps/{name}").content)
    command = check_command(server)
    subprocess.run(command.split(), check=True, cwd=tmp_path, capture_output=True)
    (tmp_path / "all.nq.gz").write_bytes(gzip.compress(b""))
    assert subprocess.run(command.split(), check=False, cwd=tmp_path, capture_output=True).returncode == 1


def check_command(server: Server) -> str:
    """What the page says to type."""
    page = check(server.http.get("/dumps", headers=BROWSER).text, "en")
    return next(text for text, _ in page.text if text.startswith("sha256sum"))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=100-", 100, None), ("bytes=-7", -7, None), ("bytes=5-999999999999", 5, None)],
)
def test_a_part_of_a_file(server: Server, release: Release, asked: str, first: int, last: int | None) -> None:
    data = (release.folder / ALL[1:]).read_bytes()
    part = data[first : None if last is None else last + 1]
    tag = server.http.head(ALL).headers["etag"]
    for headers in ({"Range": asked}, {"Range": asked, "If-Range": tag}):
        response = server.http.get(ALL, headers=headers)
        assert (response.status_code, response.content) == (206, part)
        assert response.headers["content-length"] == str(len(part))
        start = first % len(data)
        assert response.headers["content-range"] == f"bytes {start}-{start + len(part) - 1}/{len(data)}"
        assert response.headers["etag"] == tag


def test_a_download_that_broke_off_goes_on_only_with_the_same_file(server: Server, release: Release) -> None:
    data = (release.folder / ALL[1:]).read_bytes()
    begun = server.http.get(ALL, headers={"Range": "bytes=0-4999"})
    tag = begun.headers["etag"]
    rest = server.http.get(ALL, headers={"Range": "bytes=5000-", "If-Range": tag})
    assert begun.content + rest.content == data
    for other in ('"of-another-release"', f"W/{tag}", "Mon, 01 Jan 2024 00:00:00 GMT"):
        again = server.http.get(ALL, headers={"Range": "bytes=5000-", "If-Range": other})
        assert (again.status_code, again.content) == (200, data)
    assert server.http.get(ALL, headers={"If-Match": '"of-another-release"'}).status_code == 412
    assert server.http.get(ALL, headers={"If-Match": f'"x", {tag}'}).status_code == 200
    for known in (tag, f'"x", W/{tag}', "*"):
        same = server.http.get(ALL, headers={"If-None-Match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0"])
def test_bytes_that_are_not_there(server: Server, release: Release, asked: str) -> None:
    size = (release.folder / ALL[1:]).stat().st_size
    response = server.http.get(ALL, headers={"Range": asked, "Accept-Language": "pt"})
    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{size}"
    assert str(size) in response.json()["detail"]
    assert response.headers["content-language"] == "pt"


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "bytes=9-3", "bytes=x", "lines=1-2", "bytes=" + "1" * 40 + "-", ""])
def test_ranges_that_are_not_taken_apart_give_the_whole(server: Server, release: Release, asked: str) -> None:
    response = server.http.get(ALL, headers={"Range": asked})
    assert (response.status_code, len(response.content)) == (200, (release.folder / ALL[1:]).stat().st_size)


def test_what_is_not_offered_is_not_there(server: Server) -> None:
    wrong = server.http.get("/dumps/all.nq")
    assert wrong.status_code == 404
    assert "all.nq.gz" in wrong.json()["hint"]
    for method in ("POST", "PUT", "DELETE"):
        refused = server.http.request(method, ALL)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


def test_a_file_goes_through_no_worker_and_no_memory(server: Server) -> None:
    """Who reads slowly holds no worker, and a thousand parts cost no query its time."""
    host, _, port = server.address.removeprefix("http://").rstrip("/").partition(":")
    with ExitStack() as readers:
        for _ in range(30):  # more than there are workers; none of them reads on
            connection = readers.enter_context(socket.create_connection((host, int(port)), timeout=20))
            connection.sendall(f"GET {ALL} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 200"
        assert server.ask("ASK {}").json()["boolean"] is True


# -- the catalogue


def test_the_catalogue_and_the_dataset_name_the_files_where_they_are_served(server: Server, release: Release) -> None:
    dcat = rdflib.DCAT
    graph = in_data(server, "/dumps")
    dataset = rdflib.URIRef(f"{release.about.base}dataset")
    files = set(graph.objects(dataset, dcat.distribution))
    assert len(files) == 5
    for file in files:
        assert set(graph.objects(file, dcat.downloadURL)) == {file}
        response = server.http.head(str(file))
        assert response.status_code == 200
        assert response.headers["content-length"] == str(graph.value(file, dcat.byteSize))
    assert set(graph.objects(dataset, rdflib.VOID.dataDump)) == files
    assert set(in_data(server, "/.well-known/void").objects(dataset, rdflib.VOID.dataDump)) == files
    for ending in (".ttl", ".jsonld", ".rdf", ".nt"):
        moved = server.http.get(f"/catalogue{ending}")
        assert (moved.status_code, moved.headers["location"]) == (303, f"/dumps{ending}")
    (catalogue,) = graph.subjects(rdflib.RDF.type, dcat.Catalog)
    assert str(catalogue) == f"{release.about.base}catalogue"
    assert in_data(server, "/catalogue").value(catalogue, dcat.dataset) == dataset


# -- every address that is named is there


def named_in_data(graph: rdflib.Graph, start: str) -> set[str]:
    """The addresses that a graph names and that begin with another."""
    return {str(term) for term in graph.all_nodes() if isinstance(term, rdflib.URIRef) and term.startswith(start)}


def named_on(page: Page) -> set[str]:
    """The addresses of this server that a page names: its links, its other languages and formats, its feed."""
    found = {str(element["href"]) for tag in ("a", "link") for element in page.all(tag)}
    found |= {str(form["action"]) for form in page.all("form")}
    return {each for each in found if each.startswith("/")}


def test_every_address_that_is_named_answers(server: Server, release: Release) -> None:
    base = release.about.base
    named = {
        "the catalogue": named_in_data(in_data(server, "/dumps"), server.address),
        "the dataset": named_in_data(in_data(server, "/.well-known/void"), server.address),
        "the feed": {
            str(link.get("href"))
            for page in range(1, 3)
            for link in feed_of(server, page=str(page)).iter(f"{ATOM}link")
            if link.get("rel") != "license"
        },
        "the sitemap": {
            str(address.text)
            for address in ElementTree.fromstring(server.http.get("/sitemap.xml").content).iter()
            if address.tag.endswith("}loc")
        },
        # what a release says of itself before anybody serves it, below the network's base
        "its own catalogue": {
            each.removeprefix(base)
            for each in named_in_data(rdflib.Graph().parse(release.folder / "catalogue.ttl"), base)
            if not each.startswith((f"{base}graph/", f"{base}.well-known/genid/"))
        },
    }
    for path in (
        "/",
        "/dumps",
        "/search?q=tax",
        "/questions",
        "/questions/cities",
        "/sparql",
        "/kinds/city",
        "/ontology",
        "/doc/city/bamako",
        "/vocabulary/level/draft",
        "/shapes",
        "/help",
        "/help/SKF-C04",
        "/doc/city/nowhere",
    ):
        for lang in LANGUAGES if path in ("/", "/dumps", "/search?q=tax") else ("pt",):
            response = server.http.get(
                path, params={"lang": lang} | dict(parse_qsl(urlsplit(path).query)), headers=BROWSER
            )
            named[f"{path} {lang}"] = named_on(check(response.text, lang))
            header = response.headers.get("link", "")
            named[f"the header of {path} {lang}"] = set(re.findall(r"<([^>]*)>", header))
    asked: dict[str, int] = {}
    for where, addresses in named.items():
        assert addresses or "header" in where, where
        paths = {each.removeprefix(server.address).removeprefix("/").partition("#")[0] for each in addresses}
        documents = sorted(path for path in paths if path.startswith("doc/"))
        for path in (*sorted(paths.difference(documents)), *documents[::25]):  # documents are alike
            if path not in asked:
                asked[path] = server.http.head(f"/{path}", follow_redirects=True).status_code
            assert asked[path] == 200, f"{where}: /{path}"
    assert {"dumps/all.nq.gz", "dumps/SHA256SUMS", "search", "feed.atom", "dumps.ttl", "catalogue"} <= set(asked)


def test_crawlers_are_told_what_is_new_and_where_not_to_go(server: Server) -> None:
    robots = server.http.get("/robots.txt").text
    for path in ("/dumps", "/dumps.ttl", "/feed.atom", "/dumps?lang=ar"):
        assert may_fetch(robots, path), path
    for path in ("/dumps/all.nq.gz", "/search", "/search?q=tax", "/search?lang=fr&q=tax", "/feed.atom?lang=fr&page=2"):
        assert not may_fetch(robots, path), path
    assert f"{server.address}dumps</loc>" in server.http.get("/sitemap.xml").text
    for path in ("/", "/sparql"):
        header = server.http.get(path, headers=BROWSER).headers["link"]
        for link in ('</dumps.ttl>; rel="describedby"', '</search>; rel="search"', '</feed.atom>; rel="alternate"'):
            assert link in header


# -- search


def found_by(server: Server, asked: str, **passed: str) -> dict[str, Any]:
    response = server.http.get("/search", params={"q": asked, "format": "json", **passed})
    assert response.headers["content-type"] == "application/json"
    told: dict[str, Any] = response.json()
    return told


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_search_shows_title_kind_and_the_words_marked(server: Server, lang: str) -> None:
    response = server.http.get("/search", params={"q": "BAMAKO", "lang": lang}, headers=BROWSER)
    page = check(response.text, lang)
    told = found_by(server, "bamako", lang=lang)
    assert told["total"] == len(told["records"]) > 10
    assert count(told["total"], "record", lang) in page.words
    first = told["records"][0]
    assert (first["record"].rpartition("/id/")[2], first["kind"]) == ("city/bamako", "city")
    assert server.http.get(first["document"]).status_code == 200
    listed = [str(a["href"]) for a in page.all("a") if str(a["href"]).startswith("/doc/")]
    assert listed == [f"/doc/{each['record'].partition('/id/')[2]}?lang={lang}" for each in told["records"]]
    assert len(page.all("mark")) >= len(told["records"])
    (field,) = [field for field in page.all("input") if field.get("name") == "q"]
    assert (field["value"], field["type"]) == ("BAMAKO", "search")
    other = next(lang for lang in LANGUAGES if lang != page.all("html")[0]["lang"])
    assert any(a["href"] == f"/search?lang={other}&q=BAMAKO" for a in page.all("a"))


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Mobilite ET transports", "theme/mobility-transport"),
        ("بَنزرت", None),
        ("مدينة", None),
        ("kumasi tax", None),
        ("benguer", "city/benguerir"),
    ],
)
def test_words_are_found_however_they_are_typed(server: Server, asked: str, first: str | None) -> None:
    told = found_by(server, asked)
    assert told["total"]
    if first:
        assert told["records"][0]["record"].endswith(f"/id/{first}")
    sought = words_of(asked)
    marked = [piece["text"] for each in told["records"] for piece in each["text"] if piece["found"]]
    assert marked
    assert all(any(word.startswith(each) for each in sought for word in words_of(text)) for text in marked)


def test_what_was_found_is_shown_in_pages_that_together_are_all_of_it(server: Server) -> None:
    told, seen = found_by(server, "ville"), list[str]()
    total, pages = told["total"], told["pages"]
    assert pages == -(-total // 20) > 1
    while True:
        seen += [each["record"] for each in told["records"]]
        if "next" not in told:
            break
        told = server.http.get(told["next"], headers={"Accept": "application/json"}).json()
    assert len(seen) == len(set(seen)) == total
    assert told["page"] == pages
    last = check(server.http.get("/search", params={"q": "ville", "page": str(pages)}, headers=BROWSER).text, "en")
    assert f"Page {pages} of {pages}" in last.words
    assert [a["rel"] for a in last.all("a") if "rel" in a] == ["prev"]
    assert found_by(server, "ville", page="9999")["page"] == pages


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_finds_nothing_is_told_what_to_do(server: Server, lang: str) -> None:
    for asked in ("", " ", "…!"):
        page = check(server.http.get("/search", params={"q": asked, "lang": lang}, headers=BROWSER).text, lang)
        assert words(lang)["search_how"] in page.words
    page = check(server.http.get("/search", params={"q": "xyzzy bamako", "lang": lang}, headers=BROWSER).text, lang)
    assert words(lang)["search_nothing"] in page.words
    (alone,) = [str(a["href"]) for a in page.all("a") if str(a["href"]).startswith("?lang=") and "q=" in str(a["href"])]
    assert alone == f"?lang={lang}&q=bamako"
    assert found_by(server, "xyzzy bamako")["records"] == []
    home = check(server.http.get("/", params={"lang": lang}, headers=BROWSER).text, lang)
    assert [form["action"] for form in home.all("form") if form.get("role") == "search"] == ["/search"]


def test_a_search_is_bounded(server: Server) -> None:
    for asked in ("x" * 201, "a b c d e f g h i j k"):
        refused = server.http.get("/search", params={"q": asked, "lang": "fr"})
        assert refused.status_code == 400
        assert "200 lettres" in refused.json()["detail"]
    for page in ("0", "-1", "x", "1e3", "٣", "9" * 40):
        assert server.http.get("/search", params={"q": "tax", "page": page}).status_code == 400
    assert server.http.get("/search", params={"q": "tax"}, headers={"Accept": "image/png"}).status_code == 406


def test_what_is_searched_for_never_runs(server: Server) -> None:
    for payload in ("<script>alert(1)</script>", '"><img src=x>', "' onfocus='x", "{{ 7*7 }}", "a\x00b", "\u202eevil"):
        response = server.http.get("/search", params={"q": payload}, headers=BROWSER)
        assert response.status_code == 200
        assert payload in [field.get("value") for field in check(response.text, "en").all("input")]
        assert "<script" not in response.text


# -- what is new, and what is gone

ATOM, TOMBSTONES = "{http://www.w3.org/2005/Atom}", "{http://purl.org/atompub/tombstones/1.0}"
GONE = ("/id/person/awa", "/doc/person/awa", "/doc/person/awa.html", "/doc/person/awa.ttl", "/doc/person/awa.jsonld")


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the third release of a small network: a person was in the first two, and was withdrawn."""
    folder = tmp_path_factory.mktemp("changed")
    (folder / "in.ttl").write_text(NETWORK, encoding="utf-8")
    run("init", folder / "kg", "--base", BASE, "--title", "Un réseau", "--lang", "fr", "--date", "2026-03-01")
    run("--kg", folder / "kg", "load", folder / "in.ttl", "--date", "2026-03-01")
    with sankofa.open(folder / "kg") as graph:
        graph.release(folder / "public")
        with graph.change("a note", when="2026-03-02") as change:
            change.set(PERSON, note={"en": f"{WORD} again"})
            change.set(f"{BASE}id/theme/tax", note={"en": "A note with <signs> & more"})
        graph.release(folder / "public")
        graph.withdraw(PERSON, reason="she asked for it", agent="secretariat", when="2026-04-01")
        graph.release(folder / "public")
    with running(folder, "serve", "public", "--port", "0") as found:
        yield found


def feed_of(server: Server, **passed: str) -> ElementTree.Element:
    """A feed that is valid: what RFC 4287 asks for, element by element."""
    response = server.http.get("/feed.atom", params=passed)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == "application/atom+xml"
    root = ElementTree.fromstring(response.content)
    assert root.tag == f"{ATOM}feed"
    assert response.headers["content-language"] == root.get("{http://www.w3.org/XML/1998/namespace}lang")
    for each in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"{ATOM}{name}")) == 1, name
        assert len(each.findall(f"{ATOM}published")) <= 1
        assert urlsplit(str(each.findtext(f"{ATOM}id"))).scheme
        assert str(each.findtext(f"{ATOM}title")).strip()
        for moment in (each.findtext(f"{ATOM}updated"), each.findtext(f"{ATOM}published") or "2026-01-01T00:00:00Z"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", str(moment))
        links = [(link.get("rel"), link.get("type")) for link in each.findall(f"{ATOM}link")]
        assert len(links) == len(set(links))
        assert ("alternate", "text/html") in links
    assert str(root.findtext(f"{ATOM}author/{ATOM}name")).strip()
    (own,) = [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert server.http.get(str(own)).content == response.content
    identifiers = [str(each.findtext(f"{ATOM}id")) for each in root.iter(f"{ATOM}entry")]
    assert len(identifiers) == len(set(identifiers))
    return root


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_feed_has_each_record_with_the_last_that_became_of_it(changed: Server, lang: str) -> None:
    root = feed_of(changed, lang=lang)
    said = {
        str(entry.find(f"{ATOM}link").get("href")).removeprefix(changed.address): (  # type: ignore[union-attr]
            entry.findtext(f"{ATOM}updated"),
            entry.findtext(f"{ATOM}published"),
            entry.findtext(f"{ATOM}summary"),
        )
        for entry in root.iter(f"{ATOM}entry")
    }
    first, second = "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"
    assert said["doc/theme/tax"][:2] == (second, first)
    assert said["doc/type/domain"][:2] == (first, first)
    assert said["doc/city/bamako"][1] == first
    kind = words(lang)["news_changed"].partition("{")[0]
    assert str(said["doc/theme/tax"][2]).startswith(kind)
    assert root.findtext(f"{ATOM}updated") == "2026-04-01T00:00:00Z"  # the day of the release, whatever day this is
    for path in said:
        assert changed.http.get(f"/{path}", headers=BROWSER).status_code == 200
    # a page says where the feed is
    page = check(changed.http.get("/", params={"lang": lang}, headers=BROWSER).text, lang)
    (address,) = [str(link["href"]) for link in page.all("link") if link.get("type") == "application/atom+xml"]
    assert address == f"/feed.atom?lang={lang}"


def test_what_is_gone_is_a_tombstone_that_names_nobody(changed: Server) -> None:
    root = feed_of(changed)
    (stone,) = root.iter(f"{TOMBSTONES}deleted-entry")
    # it takes back the entry that older feeds had, which says no more than a digest
    assert stone.attrib == {"ref": f"{BASE}feed.atom#{digest_of(PERSON)}", "when": "2026-04-01T00:00:00Z"}
    city = digest_of(f"{BASE}id/city/bamako")
    assert f"{BASE}feed.atom#{city}" in {entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")}


def test_a_feed_names_nothing_that_is_gone_whatever_older_releases_are_there(tmp_path: Path, changed: Server) -> None:
    public = tmp_path / "public"
    shutil.copytree(changed.said.parent / "public", public)
    third = newest_release(str(public))
    second = Manifest.read(public / third.about.previous)
    # the first two say that the person was added and changed, and nothing says that she was withdrawn
    assert PERSON not in {each.record for each in news(public / second.name, second, third.has)}
    shutil.rmtree(public / second.name)
    told = news(third.folder, third.about, third.has)
    assert [each.what for each in told] == ["changed", "withdrawn"]  # the city names a tombstone now


@pytest.mark.parametrize("lang", LANGUAGES)
def test_in_its_place_is_a_page_that_says_so(changed: Server, lang: str) -> None:
    for path in (*GONE, f"/withdrawn/{digest_of(PERSON)}"):
        gone = changed.http.get(path, params={"lang": lang}, headers=BROWSER)
        assert (gone.status_code, gone.headers["content-language"]) == (410, lang)
        page = check(gone.text, lang)
        assert words(lang)["problems"]["410"] in page.words
        assert catalogue("sankofa.store", "refusals.toml")["withdrawn"][lang][0] in page.words
        assert WORD not in gone.text
        told = changed.http.get(path, params={"lang": lang}, headers={"Accept": "text/turtle"})
        assert (told.status_code, told.headers["content-type"]) == (410, "application/problem+json")
        assert told.json()["status"] == 410
        head = changed.http.head(path, params={"lang": lang})
        assert (head.status_code, head.content) == (410, b"")


def test_no_byte_that_is_served_has_it(changed: Server) -> None:
    """From the first page, the feed, the sitemap and the catalogue to all that they lead to on this server."""
    seen = set[str]()
    waiting = ["/", "/feed.atom", "/sitemap.xml", "/dumps.ttl", "/search?q=" + WORD, "/graphs", "/search?q=awa"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(("/ontology", "/vocabulary", "/shapes", "/help", "/questions")):
            continue
        seen.add(path)
        response = changed.http.get(path, headers={"Accept": "text/html, */*;q=0.1"}, follow_redirects=True)
        data = response.content
        text = (gzip.decompress(data) if path.endswith(".gz") else data).decode()
        lowered = text.lower()
        if not path.startswith("/search"):  # what was typed stands in the field
            assert WORD not in lowered, path
            assert "person/awa" not in lowered, path
        assert response.status_code == 200, path
        for found in re.findall(rf"""(?:href="|<loc>|<|")({re.escape(changed.address)}[^"<>]*|/[^"<>]*)[">]""", text):
            leading = found.removeprefix(changed.address.rstrip("/")).partition("#")[0].replace("&amp;", "&")
            if leading.startswith(("/?", "/doc", "/kinds", "/dumps", "/feed.atom", "/search")):
                waiting.append(leading)
    assert {path for path in seen if path.startswith("/dumps/")} >= {ALL, "/dumps/SHA256SUMS"}
    assert any(path.startswith("/doc/city") for path in seen)
    assert found_by(changed, WORD)["total"] == found_by(changed, "awa")["total"] == 0


def test_a_feed_of_many_comes_in_pages(server: Server, release: Release) -> None:
    address, seen = "/feed.atom?lang=fr", list[str]()
    while address:
        root = feed_of(server, **dict(parse_qsl(urlsplit(address).query)))
        seen += [str(entry.find(f"{ATOM}link").get("href")) for entry in root.iter(f"{ATOM}entry")]  # type: ignore[union-attr]
        links = {link.get("rel"): str(link.get("href")) for link in root.findall(f"{ATOM}link")}
        address = links.get("next", "")
    prefix = release.record_prefix
    assert sorted(seen) == sorted(f"{server.address}doc/{iri.removeprefix(prefix)}" for iri in release.records())
    assert links["first"] == f"{server.address}feed.atom?lang=fr"
    assert server.http.get("/feed.atom", params={"page": "999"}).status_code == 404


def test_a_feed_that_leaves_records_out_says_so(tmp_path: Path, changed: Server) -> None:
    public = tmp_path / "public"
    shutil.copytree(changed.said.parent / "public", public)
    release = newest_release(str(public)).folder
    gone = {"withdrawn": [{"record": f"{BASE}id/theme/t{number}"} for number in range(MOST_ENTRIES)]}
    altered = json.loads((release / CHANGES).read_bytes()) | gone
    (release / CHANGES).write_text(json.dumps(altered), encoding="utf-8")
    about = json.loads((release / MANIFEST).read_bytes())
    content = (release / CHANGES).read_bytes()
    about["files"][CHANGES] |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    (release / MANIFEST).write_text(json.dumps(about), encoding="utf-8")
    with running(tmp_path, "serve", "public", "--port", "0") as found:
        pages = [feed_of(found, lang="fr", page=str(page)) for page in range(1, MOST_ENTRIES // 100 + 1)]
        assert (
            sum(len([*page.iter(f"{ATOM}entry"), *page.iter(f"{TOMBSTONES}deleted-entry")]) for page in pages) == 1000
        )
        for page in pages:
            assert page.findtext(f"{ATOM}subtitle") == words("fr")["news_first"]
            (more,) = [str(link.get("href")) for link in page.iter(f"{ATOM}link") if link.get("rel") == "related"]
        assert found.http.get(more).status_code == 200
        assert [link for link in pages[-1].iter(f"{ATOM}link") if link.get("rel") == "next"] == []
        assert found.http.get("/feed.atom", params={"page": "11"}).status_code == 404
    assert feed_of(changed).findtext(f"{ATOM}subtitle") == words("en")["news"]


def test_a_text_that_no_xml_may_have_is_left_out() -> None:
    odd = News("added", "00", "2026-03-01", f"{BASE}id/city/a", "city", {"en": "A\x00\x0b & <b>\ufffe"}, "2026-03-01")
    root = ElementTree.fromstring(atom(Feed(BASE, BASE, "en", Value("N")), [odd], str))
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "A & <b>"

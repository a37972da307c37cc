"""What a release has over HTTP beside its graph: its files, in whole and in parts."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import socket
import subprocess
from base64 import b64encode
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import rdflib

from sankofa.graph.newest import newest_release
from sankofa.graph.releasing import Release
from sankofa.publish.index import words as words_of
from sankofa.publish.layout import LANGUAGES, count, words
from serving import Server, running
from test_pages import check

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


#: Ways out of the folder that have worked somewhere.
WAYS_OUT = [
    "/dumps/../release.json",
    "/dumps/..%2frelease.json",
    "/dumps/..%5crelease.json",
    "/dumps/%2e%2e/release.json",
    "/dumps/%252e%252e%252frelease.json",
    "/dumps/....//release.json",
    "/dumps/all.nq.gz/../../release.json",
    "/dumps/./all.nq.gz/.",
    "/dumps//etc/passwd",
    "/dumps/%2fetc%2fpasswd",
    "/dumps/all.nq.gz%00.html",
    "/dumps/%00",
    "/dumps/..;/release.json",
    "/dumps/%c0%ae%c0%ae/release.json",
    "/dumps/C:%5cWindows%5cwin.ini",
    "/dumps/../index/words.tsv",
    "/dumps/../../left-out/",
    "/dumps/SHA256SUMS/../../SHA256SUMS",
    "/dumps/secret.nq.gz",
    "/dumps/link.nq.gz",
    "//dumps/../release.json",
]


@pytest.mark.parametrize("path", WAYS_OUT)
def test_nothing_but_the_dumps_is_reachable(server: Server, path: str) -> None:
    """The address goes over the wire as it is: a client library would tidy it up."""
    host, _, port = server.address.removeprefix("http://").rstrip("/").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1"))
        answer = b""
        while part := connection.recv(1 << 16):
            answer += part
    status = int(answer.split(b" ", 2)[1])
    assert status in (307, 400, 404), answer[:300]
    assert b"root:" not in answer
    assert b'"sha256"' not in answer


def test_a_file_beside_the_dumps_is_not_offered(release: Release, tmp_path: Path) -> None:
    """Only what the release names is sent, also when somebody puts more into its folder, and not when it is altered."""
    copy = tmp_path / release.about.name
    shutil.copytree(release.folder, copy)
    (copy / "dumps" / "secret.nq.gz").write_bytes(b"secret")
    (copy / "dumps" / "link.nq.gz").symlink_to("/etc/passwd")
    with ExitStack() as started:
        server = started.enter_context(running(tmp_path, "serve", str(copy), "--port", "0"))
        assert server.http.get("/dumps/secret.nq.gz").status_code == 404
        assert server.http.get("/dumps/link.nq.gz").status_code == 404
        (copy / "dumps" / "asserted.ttl.gz").write_bytes(b"shorter")
        (copy / "dumps" / "asserted.nt.gz").unlink()
        for name in ("asserted.ttl.gz", "asserted.nt.gz"):
            altered = server.http.get(f"/dumps/{name}")
            assert (altered.status_code, altered.headers["content-type"]) == (503, "application/problem+json")
            assert str(tmp_path) not in altered.text


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

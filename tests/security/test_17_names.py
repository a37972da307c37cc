"""Path tricks in ids, titles, names of graphs and entries of archives: no name from outside becomes the name of a file.

Files are named by us: by numbers, digests, kinds and questions. What a release says of its own files may come from
elsewhere, so it is read with suspicion. What somebody types as the place of a graph is theirs to choose.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from urllib.parse import quote

import pytest
from pyoxigraph import Literal

import sankofa
from command import run
from sankofa.errors import NotAGraph, ParameterError, SankofaError
from sankofa.graph.newest import newest_release
from sankofa.graph.shelf import open_to_serve
from sankofa.publish.release import MANIFEST, Manifest
from serving import Server, running
from test_publish import BASE, PREFIXES, record

NAMES = [
    "..", ".", "../../out", "..\\..\\out", "/etc/out", "//host/share", "\\\\host\\share", "C:\\out", "C:out", "CON",
    "con.txt", "nul", "NUL.nq.gz", "com1", "LPT9.json", "aux.", "name.", "name ", " name", "a:b", "a\x00b", "a\nb",
    "x" * 255, "é" * 200, ".hidden", "~root", "$HOME", "%2e%2e%2fout", "a\u2215b", "..;/out", "a/../../out", "-rf",
    "Name", "name", "NAME",
]  # fmt: skip
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)


def test_every_file_of_ours_has_a_name_for_any_system(tmp_path: Path) -> None:
    """Of a graph, its releases and its exports, whatever its records are called."""
    lines = [record("type/domain", says='a skf:Type, skos:Concept ; skos:prefLabel "D"@en ; skf:appliesTo skf:Theme')]
    for name in NAMES:
        text = Literal(name, language="en")
        said = (
            f"a skf:Theme, skos:Concept ; skos:prefLabel {text} ; skos:definition {text} ; dcterms:type <type/domain>"
        )
        lines += [record(f"theme/{quote(name, safe='')}", says=said)]
        lines += [f"<{BASE}id/theme/{quote(name)}> dcterms:title {text} ."]
    (tmp_path / "in.ttl").write_text(PREFIXES + "\n".join(lines), encoding="utf-8")
    with sankofa.open(_made(tmp_path / "kg", NAMES[2])) as graph:
        (tmp_path / "in.trig").write_text(
            "".join(f"<urn:{quote(name, safe='')}> {{ <urn:a> <urn:b> 1 }}\n" for name in NAMES), encoding="utf-8"
        )
        graph.load(tmp_path / "in.ttl")
        graph.release(tmp_path / "public")
        graph.dump(tmp_path / "out.nq.gz", all=True)
    run("--kg", tmp_path / "kg", "load", tmp_path / "in.trig", code=None)
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*")]
    assert {file.parts[0] for file in files} == {"in.ttl", "in.trig", "kg", "public", "out.nq.gz"}
    assert len({str(file).casefold() for file in files}) == len(files) > 50
    for file in files:
        assert len(str(file)) < 150
        for part in file.parts:
            assert re.fullmatch(r"[A-Za-z0-9._-]+", part), file
            assert not DEVICES.match(part), file
            assert not part.endswith("."), file
        assert not PureWindowsPath(file).is_absolute()


def _made(folder: Path, title: str) -> Path:
    run("init", folder, "--base", BASE, "--title", title, "--lang", "en")
    return folder


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_no_slug_is_a_path(name: str) -> None:
    """What a record, or a part of one, is to be called in Python."""
    if name in ("name", "nul", "com1"):
        return  # good ones: a slug is no name of a file
    with sankofa.open() as graph, graph.change("x", agent="x", when="2026-01-01") as change:
        with pytest.raises(SankofaError):
            change.add("theme", name, title={"en": "x"})
        change.remove(change.add("theme", "a-good-one", title={"en": name}))


def test_no_cell_is_a_path(tmp_path: Path) -> None:
    kg = _made(tmp_path / "kg", "X")
    before = {path.name for path in tmp_path.iterdir()}
    rows = "".join(f'"{name}","{name}"\r\n' for name in NAMES if "\x00" not in name)
    (tmp_path / "theme.csv").write_text(f"id,label@en\r\n{rows}", encoding="utf-8", newline="")
    run("--kg", kg, "capture", tmp_path / "theme.csv", code=None)
    assert {path.name for path in tmp_path.iterdir()} == before | {"theme.csv"}
    with sankofa.open(kg) as graph:
        slugs = [iri.rpartition("/")[2] for iri in graph.records("theme")]
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and len(slug) <= 80 for slug in slugs)


# -- what a release says of itself


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with newest_release(None) as found:
        place = tmp_path_factory.mktemp("a") / found.about.name
        shutil.copytree(found.folder, place)
    return place


def _altered(release: Path, to: Path, **values: object) -> Path:
    """A copy of a release that says something else of itself; what is in it is not needed."""
    about = json.loads((release / MANIFEST).read_bytes())
    to.mkdir()
    (to / MANIFEST).write_text(json.dumps(about | values), encoding="utf-8")
    return to


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_release_that_names_what_it_has_otherwise_is_none(release: Path, tmp_path: Path, name: str) -> None:
    """Its name goes into a cache, where old files are removed; its files are sent to who asks."""
    files = json.loads((release / MANIFEST).read_bytes())["files"]
    digest = next(iter(files.values()))
    named = [{"name": name}, {"previous": name}, {"name": f"../{release.name}"}]
    if not re.fullmatch("[A-Za-z]{4}", name):  # a good one
        named += [{"files": files | {f"dumps/{name}": digest}}, {"files": files | {name: digest}}]
    named += [{"files": files | {"Dumps/All.nq.gz": digest}}, {"files": files | {f"dumps/{name}/../../x": digest}}]
    for number, values in enumerate(named):
        altered = _altered(release, tmp_path / f"{number}", **values)
        with pytest.raises(NotAGraph, match="no release has"):
            Manifest.read(altered)
        with pytest.raises(NotAGraph, match="no release has"):
            open_to_serve(altered, most=1, cache=tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_nor_is_one_outside_current(release: Path, tmp_path: Path) -> None:
    for name in NAMES:
        if "\x00" not in name:
            (tmp_path / "current").write_text(name, encoding="utf-8")
            done = run("--kg", tmp_path, "status", code=None)
            assert done.exit_code == 2


def test_releases_of_ours_are_read(release: Path) -> None:
    """Else the tests above would pass for nothing."""
    assert Manifest.read(release).name == release.name


# -- archives


def _gzipped(name: str, content: bytes) -> bytes:
    """A gzipped file whose header says that it is called so (RFC 1952, 2.3)."""
    packed = gzip.compress(content)
    flags = struct.pack("B", packed[3] | 8)
    return (
        packed[:3] + flags + packed[4:10] + name.encode("latin-1", "replace").replace(b"\0", b"") + b"\0" + packed[10:]
    )


def test_no_archive_writes_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gzipped file is read under its own name, whatever is in its header; a workbook is not unpacked at all."""
    monkeypatch.chdir(tmp_path)
    kg = _made(tmp_path / "kg", "X")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for name in NAMES:
        (tmp_path / "data.nt.gz").write_bytes(_gzipped(name, b"<urn:a> <urn:b> <urn:c> .\n"))
        run("--kg", kg, "load", tmp_path / "data.nt.gz")
        run("validate", tmp_path / "data.nt.gz", code=None)
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        for name in sorted({each.replace("\0", "") for each in NAMES}):
            archive.writestr(name, "x")
    (tmp_path / "theme.xlsx").write_bytes(book.getvalue())
    run("--kg", kg, "capture", tmp_path / "theme.xlsx", code=2)
    assert {path.name for path in tmp_path.iterdir()} == {"kg", "data.nt.gz", "theme.xlsx"}


# -- places that people name, and addresses


def test_a_base_or_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError):
        sankofa.init(tmp_path / "kg", base="https://example.org/../ /", title="X")
    long = tmp_path / ("x" * 300)
    for command in (["init", long, "--base", BASE, "--title", "X"], ["--kg", long, "status"], ["release", long]):
        assert run(*command, code=None).exit_code in (2, 3)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def server(release: Path) -> Iterator[Server]:
    with running(release.parent, "serve", str(release), "--port", "0") as found:
        yield found


@pytest.mark.parametrize(
    "start", ["/doc/", "/doc/city/", "/id/city/", "/ontology/", "/vocabulary/", "/vocabulary/level/", "/questions/",
              "/help/", "/kinds/", "/dumps/", "/graphs/", "/withdrawn/", "/.well-known/sparql-examples/"],
)  # fmt: skip
def test_no_address_is_a_path(server: Server, start: str) -> None:
    for name in NAMES:
        for ending in ("", ".ttl"):
            escaped = quote(name, safe="").replace(".", "%2e")  # a client would leave the dots out
            answer = server.http.get(start + escaped + ending, headers={"Accept": "*/*"})
            assert answer.status_code in (307, 400, 404), (start, name, answer.status_code)
            assert "root:" not in answer.text

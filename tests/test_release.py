"""Releases: built by the command line, opened, served; the same bytes again, and nothing in them that is not public."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import sankofa
from command import killed, process, run
from sankofa.errors import HeldByAnother, NotAGraph, ReadOnly, StorageError, WrongUsage
from sankofa.graph import Graph
from sankofa.graph.newest import newest_release
from sankofa.graph.releasing import Release
from sankofa.publish.gate import digest_of, tombstone
from sankofa.publish.release import GRAPH, Manifest, current, releases
from sankofa.store.lock import Lock
from serving import PATIENCE, running
from test_publish import BASE, PREFIXES, record, theme

CANARY = "zyzzyva-canary"
CITY = f"{BASE}id/city/bamako"
MALI = "<http://publications.europa.eu/resource/authority/country/MLI>"
#: What may be seen, and beside it each sort of thing that may not, all with the same word in it.
NETWORK = PREFIXES + "".join(
    (
        record("type/domain", says='a skf:Type, skos:Concept ; skos:prefLabel "Domain"@en ; skf:appliesTo skf:Theme'),
        record("theme/tax", says=theme("Tax", "; skos:note 'Élan fiscal'@fr")),
        record(f"theme/{CANARY}", status="status:draft", says=theme(CANARY)),
        record("theme/withdrawn", status="status:withdrawn", says=theme(CANARY)),
        record(f"theme/{CANARY}-2", licence="", says=theme(CANARY)),
        record(f"person/{CANARY}", says=f'a skf:Person ; skf:consent false ; dcterms:title "{CANARY}"@en'),
        record(
            "city/bamako",
            says=f"""a skf:City ; dcterms:title "Bamako"@fr ; skf:country {MALI} ;
                dcterms:contributor <person/{CANARY}> ;
                skf:theme <theme/tax>, <theme/{CANARY}>, <theme/withdrawn>, <theme/{CANARY}-2>""",
        ),
        f"<https://example.org/elsewhere> dcterms:title '{CANARY}'@en .",
    )
)
NAMED = f'<https://example.org/a> <https://example.org/b> "{CANARY}" <https://example.org/own> .'


def made(folder: Path, turtle: str = NETWORK, *more: Path) -> Path:
    """A graph in a folder, its changes dated."""
    triples = folder.with_suffix(".ttl")
    triples.write_text(turtle, encoding="utf-8")
    dated = ("--date", "2026-03-01")
    run("init", folder, "--base", BASE, "--title", "Un réseau", "--lang", "fr", *dated)
    run("--kg", folder, "load", triples, *more, "--agent", CANARY, *dated)
    return folder


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("network")
    (place / "named.nq").write_text(NAMED, encoding="utf-8")
    return made(place / "kg", NETWORK, place / "named.nq")


@pytest.fixture(scope="module")
def built(network: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release, built by the command line."""
    out = tmp_path_factory.mktemp("out")
    done = process("--kg", network, "release", out)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.decode().strip())


@pytest.fixture(scope="module")
def opened(built: Path) -> Iterator[Graph]:
    with sankofa.open(built) as graph:
        yield graph


def copied(network: Path, target: Path) -> Path:
    """Another graph that is the same, and of which no release was built yet."""
    return Path(shutil.copytree(network, target, ignore=shutil.ignore_patterns("releases.jsonl")))


def content(folder: Path) -> dict[str, bytes]:
    """The bytes of each file, unpacked where it is gzipped."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return found | {name: gzip.decompress(data) for name, data in found.items() if name.endswith(".gz")}


# -- what it is


def test_it_says_where_it_is_what_passed_and_how_long_each_step_took(network: Path, tmp_path: Path) -> None:
    done = run("--kg", network, "release", tmp_path / "out")
    assert Path(done.stdout.strip()).parent == tmp_path / "out"
    assert "3 records may be seen from outside" in done.stderr
    for step in ("load", "validate", "reason", "answers", "dumps"):
        assert f"{step} " in done.stderr.splitlines()[-1]


def test_the_list_of_digests_is_whole(built: Path) -> None:
    listed = dict(line.split("  ")[::-1] for line in (built / "SHA256SUMS").read_text().splitlines())
    assert set(listed) | {"SHA256SUMS"} == {str(path.relative_to(built)) for path in built.rglob("*") if path.is_file()}
    assert subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=built, check=False).returncode == 0


def test_its_graph_is_four_graphs_sorted(built: Path, opened: Graph) -> None:
    lines = gzip.decompress((built / GRAPH).read_bytes()).splitlines(keepends=True)
    assert lines == sorted(lines)
    graphs = {
        quad.graph_name.value.removeprefix(f"{BASE}graph/") for quad in ox.parse(b"".join(lines), ox.RdfFormat.N_QUADS)
    }
    assert graphs == {"asserted", "vocabularies", "ontology", "inferred"}
    assert opened.query(f"ASK {{ GRAPH <{BASE}graph/inferred> {{ <{CITY}> a schema:City }} }}")
    assert sum(Manifest.read(built).triples.values()) == len(lines)


@pytest.mark.parametrize("ending", ["ttl", "nt", "rdf", "jsonld"])
def test_each_dump_holds_what_was_asserted(built: Path, opened: Graph, ending: str) -> None:
    data = gzip.decompress((built / "dumps" / f"asserted.{ending}.gz").read_bytes())
    read = ox.parse(data, ox.RdfFormat.from_extension(ending))
    assert {quad.triple for quad in read} == set(opened.store.asserted())


def test_nothing_that_is_not_public_is_in_any_byte(network: Path, built: Path) -> None:
    assert CANARY.encode() in b"".join(path.read_bytes() for path in (network / "log").iterdir())
    leaking = [name for name, data in content(built).items() if CANARY.encode() in data.lower()]
    assert leaking == []
    assert CANARY not in str(built)


def test_stewards_can_read_what_was_left_out_and_why(built: Path) -> None:
    told = json.loads((built.parent / "left-out" / f"{built.name}.json").read_bytes())
    reasons = {each["record"].removeprefix(f"{BASE}id/"): each["reason"] for each in told["left out"]}
    assert reasons[f"theme/{CANARY}"] == "its status is draft"
    assert reasons[f"theme/{CANARY}-2"] == "it has no licence"
    assert reasons[f"person/{CANARY}"] == "no consent of the person is recorded"
    assert (len(told["cut"]), len(told["redirected"])) == (3, 1)
    rows = (built.parent / "left-out" / f"{built.name}.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "what,record,title or property,reason or value"
    assert sum(row.startswith("cut,") for row in rows) == 3


# -- opening it


def test_a_release_takes_no_changes(opened: Graph) -> None:
    with pytest.raises(ReadOnly), opened.change("a draft") as change:
        change.add("theme", slug="new", title={"en": "New"})
    with pytest.raises(ReadOnly):
        opened.undo(1)
    with pytest.raises(WrongUsage):
        opened.release("anywhere")


def test_it_is_opened_by_its_folder_of_releases(built: Path, opened: Graph) -> None:
    with sankofa.open(built.parent) as graph:
        assert isinstance(graph, Release)
        assert graph.about == opened.about  # type: ignore[attr-defined]
        assert set(graph.store.asserted()) == set(opened.store.asserted())
    shown = run("--kg", built.parent, "query", "cities", "--format", "csv").stdout
    assert "Bamako" in shown
    assert run("--kg", built, "status").stdout


def test_answers_are_those_that_asking_gives(opened: Graph) -> None:
    asked = 0
    for name, question in opened.questions.items():
        if {each.name for each in question.parameters} <= {"lang"}:
            for lang in ("en", "fr", "pt", "ar"):
                given = {"lang": lang} if question.parameters else {}
                answer = opened.answer(name, **given)
                assert answer == Graph.answer(opened, name, **given)
                assert answer.to_json(lang).encode() == (opened.folder / f"answers/{name}.{lang}.json").read_bytes()  # type: ignore[attr-defined]
                asked += 1
    assert asked > 80


def test_an_answer_is_not_worked_out_again(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / built.name)
    with sankofa.open(tmp_path / built.name) as graph:
        (tmp_path / built.name / "answers" / "cities.fr.json").write_text("{}")
        assert len(graph.answer("cities", lang="en")) == 1
        with pytest.raises(StorageError, match="not as it was released"):
            graph.answer("cities", lang="fr")


@pytest.mark.parametrize(
    ("file", "damage", "error"),
    [
        (GRAPH, b"", StorageError),
        (GRAPH, None, StorageError),
        ("release.json", b"{}", NotAGraph),
        ("release.json", b'{"format": 99}', NotAGraph),
        ("release.json", b"[]", NotAGraph),
        ("release.json", b"\xff", NotAGraph),
    ],
)
def test_what_is_damaged_is_not_opened(
    built: Path, tmp_path: Path, file: str, damage: bytes | None, error: type[Exception]
) -> None:
    copy = tmp_path / built.name
    shutil.copytree(built, copy)
    if damage is None:
        (copy / file).unlink()
    else:
        (copy / file).write_bytes(damage)
    with pytest.raises(error, match=str(copy)):
        sankofa.open(copy)
    run("--kg", copy, "status", code=None)


def test_what_is_said_to_be_current_must_be_there(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / built.name)
    for name in ("../../etc", "2026-01-01-000000000000", "x" * 5000):
        (tmp_path / "current").write_text(name)
        with pytest.raises(NotAGraph, match="said to be the current release"):
            sankofa.open(tmp_path)
    (tmp_path / "current").write_text(f"{built.name}\n")
    sankofa.open(tmp_path).close()


# -- building again


def test_nothing_is_done_when_nothing_new_may_be_seen(network: Path, tmp_path: Path) -> None:
    kg = copied(network, tmp_path / "kg")
    first = run("--kg", kg, "release", tmp_path / "out").stdout
    with sankofa.open(kg) as graph, graph.change("another draft", when="2026-04-01") as change:
        change.add("theme", slug="later", title={"fr": "Plus tard"})
    again = run("--kg", kg, "release", tmp_path / "out")
    assert again.stdout == first
    assert "nothing to do" in again.stderr
    assert len(releases(tmp_path / "out")) == 1


def test_a_release_follows_another_and_can_be_rolled_back(network: Path, tmp_path: Path) -> None:
    kg, out = copied(network, tmp_path / "kg"), tmp_path / "out"
    first = Path(run("--kg", kg, "release", out).stdout.strip()).name
    more = tmp_path / "more.ttl"
    more.write_text(PREFIXES + record("theme/water", says=theme("Water")), encoding="utf-8")
    run("--kg", kg, "load", more, "--date", "2026-04-01")
    second = Path(run("--kg", kg, "release", out).stdout.strip()).name
    assert (second[:10], current(out)) == ("2026-04-01", second)
    assert Manifest.read(out / second).previous == first
    with sankofa.open(out / first) as older:
        assert not older.has(f"{BASE}id/theme/water")
    # rolled back as the how-to says; building again then brings the newer one back, it is there already
    (out / "current").write_text(f"{first}\n")
    with sankofa.open(out) as graph:
        assert not graph.has(f"{BASE}id/theme/water")
    assert run("--kg", kg, "release", out).stdout.strip() == str(out / second)
    assert releases(out) == sorted((first, second))


def test_an_empty_graph_is_released_empty(tmp_path: Path) -> None:
    kg = tmp_path / "kg"
    run("init", kg, "--base", BASE, "--title", "Un réseau", "--date", "2026-03-01")
    done = run("--kg", kg, "release", tmp_path / "out")
    assert "no record may be seen from outside" in done.stderr
    with sankofa.open(tmp_path / "out") as graph:
        assert (len(graph), graph.records()) == (0, [])


def test_a_control_character_leaves_one_format_out(network: Path, tmp_path: Path) -> None:
    turtle = PREFIXES + record("theme/odd", says=theme("Odd", "; skos:note 'a\\u0007b'@en"))
    kg = made(tmp_path / "kg", NETWORK + turtle)
    done = run("--kg", kg, "release", tmp_path / "out")
    assert "no dump in rdfxml" in done.stderr
    dumps = sorted(path.name for path in (Path(done.stdout.strip()) / "dumps").iterdir())
    assert dumps == ["all.nq.gz", "asserted.jsonld.gz", "asserted.nt.gz", "asserted.ttl.gz"]


# -- what can be in the way


def test_a_folder_that_is_something_else_is_refused(network: Path, built: Path, tmp_path: Path) -> None:
    assert "a graph's own folder" in run("--kg", network, "release", network, code=2).stderr
    assert "a release itself" in run("--kg", network, "release", built, code=2).stderr
    (tmp_path / "file").write_text("")
    run("--kg", network, "release", tmp_path / "file", code=3)
    assert not [path for path in network.iterdir() if path.name in ("current", "left-out")]


def test_one_build_at_a_time(network: Path, tmp_path: Path) -> None:
    lock = Lock(tmp_path / ".lock")
    with sankofa.open(network, read_only=True) as graph, pytest.raises(HeldByAnother, match="a release is being"):
        graph.release(tmp_path)
    lock.release()


#: Builds a release, and may be killed while it does.
BUILDING = """
out, kg = arguments
with sankofa.open(kg, read_only=True) as graph:
    graph.validate()
    from_now_on()
    graph.release(out)
"""


@pytest.mark.parametrize(
    ("owner", "name", "number", "complete"),
    [
        ("Path", "mkdir", 1, False),  # the folder of the build
        ("os", "fsync", 0, False),  # the first file
        ("os", "fsync", 60, False),  # an answer
        ("os", "fsync", 109, False),  # a dump
        ("Path", "rename", 0, False),
        ("Path", "replace", 0, True),  # the list of what was left out
        ("Path", "replace", 2, True),  # what is current
    ],
)
def test_a_build_that_is_killed_leaves_no_half_a_release(
    network: Path, built: Path, tmp_path: Path, owner: str, name: str, number: int, complete: bool
) -> None:
    out = tmp_path / "out"
    killed(BUILDING, out, network, owner=owner, name=name, number=number)
    assert current(out) == ""
    with pytest.raises(NotAGraph):
        sankofa.open(out)
    assert releases(out) == ([built.name] if complete else [])
    run("--kg", network, "release", out)
    assert current(out) == built.name
    assert content(out / built.name) == content(built)
    assert not list(out.glob(".building-*"))


# -- what is new in it


def test_the_first_release_adds_all_its_records(built: Path) -> None:
    told = json.loads((built / "changes.json").read_bytes())
    assert (told["release"], told["previous"], told["date"]) == (built.name, "", "2026-03-01")
    assert {each["record"].removeprefix(f"{BASE}id/") for each in told["added"]} == {
        "type/domain",
        "theme/tax",
        "city/bamako",
    }
    assert (told["changed"], told["withdrawn"]) == ([], [])


def test_it_says_what_was_added_changed_and_withdrawn(network: Path, tmp_path: Path) -> None:
    kg, out = copied(network, tmp_path / "kg"), tmp_path / "out"
    more = tmp_path / "more.ttl"
    more.write_text(PREFIXES + record("theme/water", says=theme("Water")) + record("theme/air", says=theme("Air")))
    run("--kg", kg, "load", more, "--date", "2026-04-01")
    run("--kg", kg, "release", out)
    with sankofa.open(kg) as graph:
        with graph.change("back to work", when="2026-05-01") as change:
            change.set(f"{BASE}id/theme/water", status="draft")
            change.set(f"{BASE}id/theme/air", status="withdrawn")
            change.set(CITY, note={"fr": "Capitale"})
            change.add(
                "theme",
                slug="land",
                title={"en": "Land", "fr": "Foncier"},
                definition={"en": "About land."},
                type=f"{BASE}id/type/domain",
                status="published",
                licence="https://creativecommons.org/licenses/by/4.0/",
                source="https://example.org/source",
                language="en",
            )
        done = graph.release(out)
    told = json.loads((done.folder / "changes.json").read_bytes())
    assert told["added"] == [
        {"record": f"{BASE}id/theme/land", "kind": "theme", "title": {"en": "Land", "fr": "Foncier"}}
    ]
    assert [each["record"] for each in told["changed"]] == [CITY]
    assert {each["record"] for each in told["withdrawn"]} == {
        f"{BASE}id/theme/water",
        tombstone(BASE, digest_of(f"{BASE}id/theme/air")),
    }
    assert not [name for name, data in content(done.folder).items() if b"theme/air" in data]


# -- serving it


def test_a_release_is_served_and_what_was_withdrawn_is_gone(built: Path, tmp_path: Path) -> None:
    with running(tmp_path, "serve", str(built.parent), "--port", "0") as server:
        assert "3 records may be seen from outside" in server.said.read_text(encoding="utf-8")
        assert server.http.get("/doc/city/bamako", headers={"Accept": "text/html"}).status_code == 200
        digest = digest_of(f"{BASE}id/theme/withdrawn")
        for path in (
            "/id/theme/withdrawn",
            "/doc/theme/withdrawn",
            "/doc/theme/withdrawn.html",
            f"/withdrawn/{digest}",
        ):
            gone = server.http.get(path, headers={"Accept": "text/html", "Accept-Language": "fr"})
            assert (gone.status_code, "cette fiche a été retirée" in gone.text) == (410, True), path
            assert CANARY not in gone.text
        for path in (f"/id/theme/{CANARY}", "/withdrawn/nothing", f"/withdrawn/{'0' * 32}"):
            assert server.http.get(path).status_code == 404
        for query in (f"CONSTRUCT {{ ?s ?p ?o }} {{ {pattern} }}" for pattern in ("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }")):
            assert CANARY not in server.ask(query).text
        assert server.http.post("/sparql", data={"update": "CLEAR ALL"}).status_code in (400, 403, 405)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_graph_is_served_from_its_newest_release(network: Path, cache: Path, tmp_path: Path) -> None:
    kg = copied(network, tmp_path / "kg")
    built = Path(run("--kg", kg, "release", tmp_path / "out").stdout.strip())
    with newest_release(str(kg)) as served:
        assert served.folder == built
    assert not cache.exists()
    # a graph that has moved on is released anew, where nobody asked for a release to be
    with sankofa.open(kg) as graph, graph.change("another draft", when="2026-04-01") as change:
        change.set(CITY, note={"fr": "Capitale"})
    with newest_release(str(kg)) as served:
        assert served.folder.is_relative_to(cache)
        assert served.query(f'ASK {{ <{CITY}> ?p "Capitale"@fr }}')
        first = served.folder
    said: list[str] = []
    with newest_release(str(kg), say=said.append) as served:
        assert (served.folder, "building a release" in said) == (first, False)
    assert current(tmp_path / "out") == built.name


def test_a_damaged_release_is_no_longer_the_newest(network: Path, cache: Path, tmp_path: Path) -> None:
    kg = copied(network, tmp_path / "kg")
    built = Path(run("--kg", kg, "release", tmp_path / "out").stdout.strip())
    (built / GRAPH).write_bytes(b"")
    with newest_release(str(kg)) as served:
        assert served.folder.is_relative_to(cache)
        assert served.has(CITY)


def test_what_is_damaged_in_the_cache_is_made_again(network: Path, cache: Path) -> None:
    copied(network, cache.parent / "kg")
    with newest_release(str(cache.parent / "kg")) as served:
        (served.folder / GRAPH).write_bytes(b"")
    with newest_release(str(cache.parent / "kg")) as served:
        assert served.has(CITY)


def test_where_there_is_no_place_for_a_cache_it_is_served_all_the_same(network: Path, cache: Path) -> None:
    copied(network, cache.parent / "kg")
    cache.write_text("a file is in the way")
    with newest_release(str(cache.parent / "kg")) as served:
        assert served.has(CITY)


# -- the guide

GUIDE = Path(__file__).parents[1] / "docs" / "how-to" / "releases.en.md"


@pytest.mark.skipif(shutil.which("bash") is None, reason="the examples need bash")
def test_the_commands_of_the_guide_do_what_it_says(network: Path, tmp_path: Path) -> None:
    copied(network, tmp_path / "villes")
    commands = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    build, check, serve, look, dump, restore, back = commands
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def shell(command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    first = Path(shell(build).strip()).name
    shell(check)
    env["BASE"] = BASE
    shell(dump)
    shell(restore)
    assert shell("sankofa --kg restored dump") == shell("sankofa --kg villes dump") != ""
    with sankofa.open(tmp_path / "villes") as graph, graph.change("more", when="2026-05-01") as change:
        change.set(CITY, note={"fr": "Capitale"})
    second = Path(shell(build).strip()).name
    assert current(tmp_path / "public") == second != first
    env["OLDER"] = first
    shell(back)
    with running(tmp_path, *serve.split()[1:], "--port", "0") as server:
        assert "Capitale" not in server.http.get("/doc/city/bamako").text
        (tmp_path / "public" / "current").write_text(f"{second}\n")
        env["SERVER"] = str(server.process.pid)
        shell(look)
        until = time.monotonic() + PATIENCE
        while "Capitale" not in server.http.get("/doc/city/bamako").text:
            assert time.monotonic() < until, server.said.read_text(encoding="utf-8")
            time.sleep(0.1)
    listed = {path.name for path in (tmp_path / "public" / first).iterdir()}
    told = GUIDE.read_text(encoding="utf-8")
    assert all(f"`{name}" in told or f"`{name}/" in told for name in listed), listed


def test_the_guide_s_way_to_withdraw(network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    copied(network, tmp_path / "villes")
    (program,) = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    program = program.replace("https://example.org/villes/id/person/awa", f"{BASE}id/theme/tax")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True
    )
    assert f"{CITY}: refers to it" in done.stdout
    with sankofa.open(tmp_path / "villes") as graph:
        assert not graph.has(f"{BASE}id/theme/tax")

"""A release on other people's servers: whole, read back, gone on with when it was stopped; nothing else is touched."""

from __future__ import annotations

import hashlib
import io
import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout, suppress
from importlib import resources
from pathlib import Path

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, Quad

import sankofa
import servers
from command import on_a_terminal, run
from sankofa.errors import EndpointError, WrongUsage
from sankofa.graph.newest import newest_release
from sankofa.publish.push import _compare, _silent, push
from sankofa.publish.release import Manifest
from sankofa.store import Change, Graphs
from sankofa.store.server import Server, is_blank
from sankofa.store.wire import LOGIN, TOKEN, Wire
from sankofa.terms import DCTERMS, SCHEMA, SKF, SKOS, VOID, XSD
from servers import Running
from serving import running

BASE = "https://example.org/net/"
WAYS = {"graph-store": "Graph Store Protocol", "update": "SPARQL Update"}
GUIDE = Path(__file__).parents[1] / "docs" / "how-to" / "servers.en.md"
OWN = "https://example.org/somebody-elses"


@pytest.fixture(params=servers.NAMES)
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    with servers.server(request.param) as running:
        running.clear()
        yield running


@pytest.fixture(params=["graph-store", "update"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


Small = tuple[Manifest, dict[NamedNode, list[bytes]]]


def lines(*triples: str) -> list[bytes]:
    return sorted(f"{triple} .\n".encode() for triple in triples)


def small(number: int) -> Small:
    """A release of a small network, and the one after it."""
    graphs = Graphs.of(BASE)
    theme, label, blank = f"<{BASE}id/theme/%s>", f"<{SKOS.prefLabel}>", "_:x <http://p> _:y"
    own = [
        f'{theme % slug} {label} "{slug} \\"x\\"\\n é ضريبة"@fr'
        for slug in ("tax", "waste", ["water", "health"][number])
    ]
    if number:
        own[1] = own[1].replace("waste ", "other ")
    day = f'{theme % "tax"} <{DCTERMS.created}> "2026-03-01"^^<{XSD.date}>'
    year = f'{theme % "tax"} <{DCTERMS.modified}> "2026"^^<{XSD.gYear}>'
    return Manifest(f"2026-03-0{number + 1}-0123456789ab", BASE, f"2026-03-0{number + 1}"), {
        graphs.asserted: lines(*own, day, year),
        graphs.vocabularies: lines(f'{theme % "none"} {label} "nothing"'),
        graphs.ontology: lines("<http://o> <http://p> _:x", blank, "_:y <http://p> _:x", '_:y <http://p> "y"'),
        graphs.inferred: lines(*(f"{theme % 'tax'} <http://follows> <http://o/{n}>" for n in range(1500 + number))),
    }


def pushed(one: Small, server: Running, way: str) -> dict[str, tuple[int, int]]:
    """Push; what was sent and taken out, by graph."""
    named = {"graph_store": server.graph_store} if way == "graph-store" else {"update": server.update}
    about, parts = one
    done = push(Server(server.query, credentials=server.credentials, **named), parts, about, lambda *_: None)
    assert (done.name, done.way in ("", WAYS[way])) == (about.name, True)
    return {each.graph.rpartition("/")[2]: (each.sent, each.removed) for each in done.graphs}


def held(server: Running, graphs: Iterable[str]) -> dict[str, int]:
    """How much the server has in some graphs, asked without any of the code that pushes."""
    found = {}
    for graph in graphs:
        query = {"query": f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"}
        answer = httpx.post(server.query, data=query, headers={"Accept": "text/csv"}, trust_env=False)
        found[graph] = int(answer.raise_for_status().text.split()[1].strip('"'))
    return found


def is_whole(server: Running, one: Small) -> bool:
    return held(server, (graph.value for graph in one[1])) == {graph.value: len(part) for graph, part in one[1].items()}


def state(server: Running, base: str) -> str:
    """What the server says of the release that it has: draft, published, or nothing."""
    graph = f"<{base}graph/release>"
    rows = server.remote()._rows(f"SELECT ?status {{ GRAPH {graph} {{ {graph} <{SKF.status}> ?status }} }}")
    return "".join(row[0].value.rpartition("/")[2] for row in rows)


def test_the_graph_we_ship_is_there_whole_and_opens_as_a_graph(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.log_in(monkeypatch)
    server.send(f"INSERT DATA {{ GRAPH <{OWN}> {{ <http://a> <http://b> 'kept' }} }}")
    release = newest_release(None)
    done = run("push", server.query)
    assert f"{release.about.name} is there, whole and read back: " in done.stderr
    assert f"by Graph Store Protocol to {server.graph_store}\n" in done.stderr
    again = run("push", server.query)
    assert "nothing to do" in again.stderr
    assert again.stdout == done.stdout
    told = [line.split("  ") for line in done.stdout.splitlines()]
    assert {graph: int(count) for _, count, graph in told} == release.about.triples
    assert held(server, release.about.triples) == release.about.triples
    said = f"GRAPH {release.store.graphs.release} {{ ?graph <{SCHEMA.sha256}> ?sha ; <{VOID.triples}> ?count }}"
    rows = server.remote()._rows(f"SELECT ?sha ?count ?graph {{ {said} }}")
    assert {tuple(term.value for term in row) for row in rows} == {tuple(line) for line in told}
    assert state(server, release.store.graphs.base) == "published"
    assert held(server, [OWN]) == {OWN: 1}
    for digest, _, graph in told:
        if not any(map(is_blank, release.store.lines(NamedNode(graph)))):  # type: ignore[attr-defined]
            assert hashlib.sha256(b"".join(release.store.lines(NamedNode(graph)))).hexdigest() == digest  # type: ignore[attr-defined]
    with sankofa.open(server.query) as kg:
        assert (kg.base, kg.records()) == (release.base, release.records())
        assert kg.answer("cities").to_csv() == release.answer("cities").to_csv()
        rows = kg.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").rows  # type: ignore[union-attr]
        assert {row[0].value for row in rows} >= {*release.about.triples}
        assert f"{release.base}graph/release" not in {row[0].value for row in rows}


def test_the_next_release_takes_the_place_of_the_one_before(server: Running, way: str) -> None:
    assert pushed(small(0), server, way) == {
        "asserted": (5, 0), "vocabularies": (1, 0), "ontology": (4, 0), "inferred": (1500, 0)
    }  # fmt: skip
    assert is_whole(server, small(0))
    done = pushed(small(1), server, way)
    assert is_whole(server, small(1))
    assert {done[name] for name in ("vocabularies", "ontology")} == {(0, 0)}
    assert done["inferred"] == (1, 0)
    pushed(small(0), server, "update" if way == "graph-store" else "graph-store")
    assert is_whole(server, small(0))
    assert state(server, BASE) == "published"


def test_only_what_is_missing_or_wrong_is_sent(server: Running, way: str) -> None:
    one = small(0)
    pushed(one, server, way)
    graph, tax = Graphs.of(BASE).asserted, f"<{BASE}id/theme/tax>"
    none = dict.fromkeys(("asserted", "vocabularies", "ontology", "inferred"), (0, 0))
    server.send(f"DELETE WHERE {{ GRAPH {graph} {{ {tax} <{SKOS.prefLabel}> ?any }} }}")
    assert pushed(one, server, way) == none | {"asserted": (1, 0)}
    server.send(f"INSERT DATA {{ GRAPH {graph} {{ {tax} <{SKOS.prefLabel}> 'Elsewhere'@en }} }}")
    assert pushed(one, server, way) == none | {"asserted": (5 if way == "graph-store" else 0, 1)}
    server.send(f"INSERT DATA {{ GRAPH {graph} {{ <http://stranger> <{SKOS.prefLabel}> 'x' }} }}")
    assert pushed(one, server, way) == none | {"asserted": (5, 1)}
    server.send(f"DELETE WHERE {{ GRAPH {Graphs.of(BASE).ontology} {{ ?s <http://p> 'y' }} }}")
    assert pushed(one, server, way)["ontology"][0] == 4
    server.send(f"DELETE WHERE {{ GRAPH {Graphs.of(BASE).release} {{ ?s ?p ?o }} }}")
    assert pushed(one, server, way) == none
    assert state(server, BASE) == "published"
    assert is_whole(server, one)


def test_a_push_that_is_stopped_anywhere_is_gone_on_with(
    server: Running, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed(small(0), server, way)
    send, seen = Wire.send, []
    for number in range(20):
        left = [number]

        def until(
            self: Wire, method: str, address: str, *rest: object, left: list[int] = left, **more: object
        ) -> object:
            if address != server.query:
                left[0] -= 1
                if left[0] < 0:
                    raise KeyboardInterrupt
            return send(self, method, address, *rest, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(Wire, "send", until)
        with suppress(KeyboardInterrupt):
            pushed(small(1), server, way)
        monkeypatch.undo()
        seen.append((state(server, BASE), is_whole(server, small(1))))
        if left[0] >= 0:
            break
    assert seen[0] == ("published", False)  # the one before
    assert seen[-1] == ("published", True)
    assert {said for said, _ in seen[1:-1]} == {"draft"}
    assert len(seen) >= 4


def test_blank_nodes_are_the_same_whoever_labelled_them(server: Running) -> None:
    graph = NamedNode(f"{OWN}/blank")
    given = lines(
        "_:a <http://p> _:b",
        "_:b <http://p> _:c",
        "_:c <http://p> _:a",
        '_:a <http://p> "a"',
        f"{graph} <http://p> _:c",
    )
    ours = Server(server.query, graph_store=server.graph_store, credentials=server.credentials)
    ours.ways()[0].replace(graph, given)
    assert not _compare(ours, graph, given, _silent)
    renamed = [line.replace(b"_:a", b"_:x").replace(b"_:c", b"_:a") for line in given]
    assert not _compare(ours, graph, sorted(renamed), _silent)
    assert _compare(ours, graph, [line.replace(b'"a"', b'"b"') for line in given], _silent)


def test_a_graph_that_people_change_is_not_pushed_over(server: Running) -> None:
    with server.remote(BASE) as store:
        store.apply(Change(added=(Quad(NamedNode(f"{BASE}id/theme/x"), NamedNode("http://p"), Literal("draft")),)))
    with pytest.raises(WrongUsage, match="which people change there"):
        pushed(small(0), server, "graph-store")
    assert held(server, [f"{BASE}graph/asserted"]) == {f"{BASE}graph/asserted": 1}


# -- which address, who may


@pytest.mark.parametrize(("endpoint", "query"), [("/", "/query"), ("", "/query"), ("/query", "/query")])
def test_what_an_address_lacks_is_found(endpoint: str, query: str) -> None:
    with servers.server("oxigraph") as server:
        server.clear()
        about, parts = small(0)
        done = push(Server(server.address + endpoint), parts, about, _silent)
        assert done.address == server.graph_store


def test_where_nothing_can_be_written_all_that_was_tried_is_named(tmp_path: Path) -> None:
    about, parts = small(0)
    with running(tmp_path, "serve", "--port", "0") as ours:
        with pytest.raises(EndpointError, match="takes no content of graphs; tried: ") as caught:
            push(Server(f"{ours.address}sparql"), parts, about, _silent)
        for part in ("/data (HTTP 404)", "/sparql (HTTP 403)", "--graph-store", LOGIN):
            assert part in str(caught.value)
        with pytest.raises(EndpointError, match="HTTP 405"):
            push(Server(f"{ours.address}sparql", graph_store=f"{ours.address}graphs"), parts, about, _silent)


def test_a_server_that_changes_what_it_is_sent_is_told_so() -> None:
    about, parts = small(0)
    changed = f"<{BASE}id/theme/tax> <http://p> <https://example.org/./a>"
    parts[Graphs.of(BASE).asserted] = lines(changed)
    with servers.server("fuseki") as server:
        server.clear()
        with pytest.raises(EndpointError) as caught:
            pushed((about, parts), server, "update")
        for part in ("1 triples are missing, 1 are not", f"not there: {changed}", "--graph-store keeps more"):
            assert part in str(caught.value)
        assert state(server, BASE) == "draft"
        pushed((about, parts), server, "graph-store")
        assert state(server, BASE) == "published"


def test_the_guide_is_true(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its commands, its query and its Python, with the address of a server that runs."""
    with servers.server("oxigraph") as server:
        server.clear()
        monkeypatch.chdir(tmp_path)
        run("release", "public")
        blocks = re.findall(r"```(\w+)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
        (first, named), (query,), (python,) = (
            [text for kind, text in blocks if kind == wanted] for wanted in ("sh", "sparql", "python")
        )
        whole = GUIDE.read_text(encoding="utf-8")
        assert not server.remote().query(query)
        here = {"http://localhost:7878": server.query, "https://data.example.org/sparql": server.query}
        here |= {
            "https://data.example.org/graphs": server.graph_store,
            "https://data.example.org/update": server.update,
        }
        told = set()
        for line in f"{first}{named}".splitlines():
            words = [here.get(word, word) for word in line.split()]
            assert words[0] == "sankofa"
            told.add(run(*words[1:]).stdout)
        assert len(told) == 1
        assert server.remote().query(query)
        shown = io.StringIO()
        with redirect_stdout(shown):
            exec(python.replace("http://localhost:7878/query", server.query), {})
        assert shown.getvalue().strip() == sankofa.open("public").answer("cities").to_csv().strip()
        in_words = re.search(r"`(sankofa\.open\(.*\)\.push\(.*\))`", whole)
        assert in_words is not None
        assert not eval(in_words[1].replace("http://localhost:7878", server.query), {"sankofa": sankofa}).way


def test_the_guide_names_what_there_is() -> None:
    whole = GUIDE.read_text(encoding="utf-8")
    known = tomllib.loads((resources.files("sankofa.store") / "servers.toml").read_text(encoding="utf-8"))["server"]
    for server in known:
        for name in re.findall(r"[A-Z][A-Za-z0-9]+", server["name"]):
            assert name in whole or name in ("Apache", "Jena", "RDF4J")
    assert all(name in whole for name in (LOGIN, TOKEN, "--graph-store", "--update"))


def test_a_graph_that_is_no_release_is_released_first(tmp_path: Path) -> None:
    folder = tmp_path / "kg"
    sankofa.init(folder, base=BASE, title="A network", lang="en", when="2026-03-01").close()
    with servers.server("oxigraph") as server:
        server.clear()
        for source in (folder, None):
            with sankofa.open(source) as kg:
                done = kg.push(server.query)
                assert done.way == WAYS["graph-store"]
                assert kg.push(server.query).way == ""
                assert state(server, str(kg.base)) == "published"
        shown = on_a_terminal("--kg", folder, "push", server.query)
        assert shown.returncode == 0, shown.stdout
        assert b"reading " in shown.stdout


def test_commands_that_cannot_push() -> None:
    nobody = f"http://127.0.0.1:{servers.free_port()}/sparql"
    assert "is the server running" in run("push", nobody, code=3).stderr
    assert "begins with http" in run("push", "ftp://example.org/", code=2).stderr
    refused = run("push", "http://awa:secret@127.0.0.1/sparql", code=2).stderr
    assert "secret" not in refused
    assert LOGIN in refused
    assert "--help" in run("push", code=2).stderr

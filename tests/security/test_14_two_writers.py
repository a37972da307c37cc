"""Two who write at once: no update is lost, and who comes second is told who was first, and when."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import sankofa
from sankofa.errors import Conflict
from sankofa.graph import Graph
from serving import PATIENCE, Server, environment, new_graph, running

BASE = "https://example.org/net/"
TAX, LAND = f"{BASE}id/theme/tax", f"{BASE}id/theme/land"
ROUNDS = 50
TOKEN = "what only stewards know"

SAID = r"the graph is being written by (another process that started this moment|.+ \(process \d+\) since \S+Z)"
NOTE = "SELECT (STR(?note) AS ?n) { ?theme skos:note ?note }"
#: Counts one up, so many times, whenever the other lets go of the graph; prints what it was told meanwhile.
COUNTING = """
import sys, time
import sankofa
from sankofa.errors import HeldByAnother
folder, rounds, name, theme, query = sys.argv[1:]
told = set()
for _ in range(int(rounds)):
    while True:
        try:
            with sankofa.open(folder) as graph:
                number = int(graph.query(query).values("n")[0])
                with graph.change("one more", agent=f"writer {name}", when="2026-03-02") as change:
                    change.set(theme, note={"en": str(number + 1)})
            break
        except HeldByAnother as error:
            told.add(error.what)
            time.sleep(0.002)
print("\\n".join(sorted(told)))
"""


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Graph]:
    with sankofa.init(tmp_path / "kg", base=BASE, title="A network", when="2026-03-01") as made:
        with made.change("two themes", when="2026-03-01") as change:
            change.add("theme", slug="tax", title={"en": "Tax"}, note={"en": "0"})
            change.add("theme", slug="land", title={"en": "Land"})
        yield made


def test_two_processes_count_to_fifty(graph: Graph, tmp_path: Path) -> None:
    graph.close()
    program = [sys.executable, "-c", COUNTING, str(tmp_path / "kg"), str(ROUNDS // 2)]
    writers = [
        subprocess.Popen([*program, name, TAX, NOTE], stdout=subprocess.PIPE, text=True, env=environment())
        for name in "ab"
    ]
    said = [writer.communicate(timeout=PATIENCE)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    with sankofa.open(tmp_path / "kg") as counted:
        assert counted.query(NOTE).values("n") == [str(ROUNDS)]  # type: ignore[union-attr]
        who = [entry.who for entry in counted.history(TAX)][1:]
        assert (who.count("writer a"), who.count("writer b")) == (ROUNDS // 2, ROUNDS // 2)
        counted.store.verify()  # type: ignore[attr-defined]
    told = [line for lines in said for line in lines.splitlines()]
    assert any(f"(process {writer.pid}) since 20" in line for writer in writers for line in told), told
    for line in told:
        assert re.fullmatch(SAID, line)


def test_who_comes_second_is_told_who_was_first_and_when(graph: Graph) -> None:
    for number in range(ROUNDS):
        day = f"2026-04-{number % 28 + 1:02}"
        first, second = (graph.change(f"round {number}", agent=who, when=day) for who in ("Awa", "Ben"))
        first.__enter__().set(TAX, note={"en": f"first {number}"})
        second.__enter__().set(TAX, note={"en": f"second {number}"})
        first.__exit__(None, None, None)
        with pytest.raises(Conflict) as caught:
            second.__exit__(None, None, None)
        assert f"by Awa on {day}" in caught.value.what
        assert f"'second {number}' here, 'first {number}' there" in caught.value.what
        assert (caught.value.where, caught.value.http_status) == (TAX, 409)
        assert graph.query(f"ASK {{ <{TAX}> skos:note 'first {number}'@en }}")
    assert [entry.who for entry in graph.history(TAX)][1:] == ["Awa"] * ROUNDS


def test_who_changes_other_records_stands_in_nobody_s_way(graph: Graph) -> None:
    for number in range(10):
        one, two = (graph.change("a note", agent=who, when="2026-04-01") for who in ("Awa", "Ben"))
        with one as first, two as second:
            first.set(TAX, note={"en": f"a{number}"})
            second.set(LAND, note={"en": f"b{number}"})
        assert graph.query(f"ASK {{ <{TAX}> skos:note 'a{number}'@en . <{LAND}> skos:note 'b{number}'@en }}")


# -- over HTTP


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("private")
    with running(folder, "serve", new_graph(folder / "kg"), "--steward", "--port", "0", SANKOFA_TOKEN=TOKEN) as server:
        yield server


def test_two_clients_count_to_twenty(private: Server) -> None:
    """An update sees what it changes: nobody comes between."""
    subject, predicate = f"<{BASE}id/theme/x>", "<http://www.w3.org/2004/02/skos/core#note>"

    def update(text: str) -> int:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return private.http.post("/sparql", data={"update": text}, headers=headers).status_code

    graph = f"GRAPH <{BASE}graph/asserted>"
    assert update(f"INSERT DATA {{ {graph} {{ {subject} {predicate} 0 }} }}") == 200
    more = f"""DELETE {{ {graph} {{ {subject} {predicate} ?n }} }} INSERT {{ {graph} {{ {subject} {predicate} ?m }} }}
        WHERE {{ {graph} {{ {subject} {predicate} ?n }} BIND(?n + 1 AS ?m) }}"""
    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(update, [more] * 20)) == {200}
    rows = private.ask(f"SELECT ?n {{ {subject} {predicate} ?n }}").json()["results"]["bindings"]
    assert [row["n"]["value"] for row in rows] == ["20"]

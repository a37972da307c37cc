"""Queries that would never end, or take all memory: they are stopped, and nobody else notices."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from serving import Server, running

LIMIT = 2.0
#: Machines are shared: what must take no time is given so much of it.
GRACE = 8.0
NODES = 300


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("queries")
    ring = "".join(f"<urn:n{at}> <urn:p> <urn:n{(at + 1) % NODES}> .\n" for at in range(NODES))
    texts = "".join(f'<urn:t{at}> <urn:text> "{"a" * 34}!{at}" .\n' for at in range(1_000))
    (folder / "ring.nt").write_text(ring + texts, encoding="utf-8")
    limits = {"SANKOFA_QUERY_SECONDS": str(LIMIT), "SANKOFA_WORKER_MEMORY": "200MB", "SANKOFA_SERVE_MEMORY": "800MB"}
    with running(folder, "serve", "ring.nt", "--port", "0", **limits) as server:
        yield server


CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
THREE = "?a <urn:text> ?x . ?b <urn:text> ?y . ?c <urn:text> ?z"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DOUBLED = "".join(f"BIND(CONCAT(?{a}, ?{a}) AS ?{b}) " for a, b in pairwise(LETTERS))  # to 335 MB
OPTIONS = "".join(f"OPTIONAL {{ ?a{n} ?b{n} ?c{n} " for n in range(8)) + "}" * 8
WORST = {
    "three joins without a shared variable": f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}",
    "a cross product in order": f"SELECT * {{ {CROSS} }} ORDER BY ?a ?d ?g LIMIT 5",
    "distinct rows of a cross product": f"SELECT DISTINCT * {{ {CROSS} }} OFFSET 100000000",
    "a path within a path, around a ring": "SELECT (COUNT(*) AS ?n) { ?a (<urn:p>*)* ?b . ?c (<urn:p>*)* ?d }",
    "a text that doubles": f'SELECT (STRLEN(?z) AS ?number) {{ BIND("0123456789" AS ?a) {DOUBLED} }}',
    "an order by chance": f"SELECT * {{ {CROSS} }} ORDER BY RAND() LIMIT 1",
    "options of options": f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c {OPTIONS} }}",
    "a regular expression for each pair": f"""SELECT (COUNT(*) AS ?n) {{ {THREE}
        FILTER REGEX(CONCAT(?x, ?y, ?z), "^(a+)+$") }}""",
}


@pytest.mark.parametrize("query", WORST.values(), ids=WORST)
def test_it_is_stopped_and_the_next_answer_is_right(small: Server, query: str) -> None:
    begun = time.monotonic()
    answer = small.ask(query)
    assert time.monotonic() - begun < LIMIT + GRACE
    if answer.status_code != 200:
        assert answer.status_code == 503
        assert answer.headers["retry-after"].isdigit()
        assert answer.headers["content-type"] == "application/problem+json"
    rows = small.ask("SELECT (COUNT(*) AS ?n) { ?s <urn:p> ?o }").json()["results"]["bindings"]
    assert rows[0]["n"]["value"] == str(NODES)


def test_a_path_within_a_path_is_as_long_as_the_ring(small: Server) -> None:
    rows = small.ask("SELECT (COUNT(*) AS ?n) { <urn:n0> (<urn:p>*)* ?b }").json()["results"]["bindings"]
    assert rows[0]["n"]["value"] == str(NODES)


def test_a_regular_expression_never_goes_back(small: Server) -> None:
    answer = small.ask('SELECT (COUNT(*) AS ?n) { ?s <urn:text> ?x FILTER REGEX(?x, "^(a+)+$") }')
    assert answer.json()["results"]["bindings"][0]["n"]["value"] == "0"


def test_many_values_are_answered(small: Server) -> None:
    values = " ".join(f"<urn:n{at % NODES}>" for at in range(1_000))
    answer = small.ask(f"SELECT (COUNT(*) AS ?n) {{ VALUES ?s {{ {values} }} ?s <urn:p> ?o }}")
    assert answer.json()["results"]["bindings"][0]["n"]["value"] == "1000"


def test_others_are_answered_meanwhile(small: Server) -> None:
    """Four of the worst at once; whoever asks something small is answered before they end."""
    stop = threading.Event()

    def attack(query: str) -> None:
        with httpx.Client(base_url=small.address, trust_env=False, timeout=60) as client:
            while not stop.is_set():
                client.get("/sparql", params={"query": query})

    attacks = [threading.Thread(target=attack, args=(query,)) for query in list(WORST.values())[:4]]
    for each in attacks:
        each.start()
    try:
        time.sleep(0.5)
        for number in range(20):
            begun = time.monotonic()
            answer = small.ask(f"ASK {{ FILTER({number} = {number}) }}")
            assert (answer.status_code, answer.json()["boolean"]) == (200, True)
            assert time.monotonic() - begun < LIMIT
    finally:
        stop.set()
        for each in attacks:
            each.join()


def test_memory_stays_what_it_was(small: Server) -> None:
    """What the queries took is given back: who takes requests has grown by nothing that counts."""
    for query in list(WORST.values())[:3]:
        small.ask(query)
    status = Path(f"/proc/{small.process.pid}/status")
    if not status.exists():
        pytest.skip("how much memory a process has is read from /proc, which is not here")
    taken = next(int(line.split()[1]) for line in status.read_text(encoding="ascii").splitlines() if "VmRSS" in line)
    assert taken < 200_000  # KB; without any data, and with the parser of nothing but HTTP


def test_a_worker_that_dies_is_one_503(small: Server) -> None:
    """Killed from outside in the middle of its work: a 503 that says when to come again, and the next answer."""
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(small.ask(WORST["three joins without a shared variable"])))
    asking.start()
    time.sleep(0.5)
    for worker in _busy(small.process.pid):
        os.kill(worker, 9)
    asking.join()
    assert answers[0].status_code == 503
    assert answers[0].headers["retry-after"].isdigit()
    assert small.ask("ASK {}").json()["boolean"] is True


def _busy(front: int) -> list[int]:
    """The workers of a front that have worked for a while: the children of its child."""
    if not Path(f"/proc/{front}").exists():
        pytest.skip("which processes a process has is read from /proc, which is not here")
    workers = [worker for keeper in _children(front) for worker in _children(keeper)]
    return [worker for worker in workers if _worked(worker) > 20]


def _children(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _worked(process: int) -> int:
    """For how many hundredths of a second a process has worked."""
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11])

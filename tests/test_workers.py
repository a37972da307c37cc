"""The public server: a front without data, and workers that share what was loaded once."""

from __future__ import annotations

import asyncio
import io
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import rdflib
from starlette.types import Receive, Scope, Send

from sankofa.errors import ParameterError
from sankofa.publish.layout import LANGUAGES, words
from sankofa.serve.limits import Limits
from sankofa.serve.workers import _answer
from serving import Server, running
from test_pages import check

COUNT = 3_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workers")
    lines = (f'<urn:s{at}> <urn:p> "{at}" .\n' for at in range(COUNT))
    (folder / "data.nt").write_text("".join(lines), encoding="utf-8")
    with running(folder, "serve", "data.nt", "--port", "0", SANKOFA_QUERY_SECONDS="20") as server:
        yield server


def test_an_answer_is_named_and_not_sent_twice(server: Server) -> None:
    first = server.ask("SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 3")
    tag = first.headers["etag"]
    assert tag.startswith('"')
    again = server.http.get(first.request.url, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert "Accept" in again.headers["vary"]
    head = server.http.head(first.request.url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(first.content)))
    assert head.headers["etag"] == tag


@pytest.mark.parametrize(
    "other",
    [
        {"headers": {"Accept": "text/csv"}},
        {"headers": {"Accept-Language": "fr"}},
        {"params": {"query": "ASK {}", "format": "xml"}},
        {"params": {"query": "ASK { }"}},
        {"params": {"query": "ASK {}", "default-graph-uri": "urn:g"}},
    ],
)
def test_another_answer_has_another_name(server: Server, other: dict[str, dict[str, str]]) -> None:
    mine = server.http.get("/sparql", params={"query": "ASK {}"})
    theirs = server.http.get("/sparql", **({"params": {"query": "ASK {}"}} | other))  # type: ignore[arg-type]
    assert mine.headers["etag"] != theirs.headers["etag"]


def test_the_same_data_give_the_same_names(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data.nt").write_bytes((server.said.parent / "data.nt").read_bytes())
    with running(tmp_path, "serve", "data.nt", "--port", "0") as other:
        host = {"Host": "data.example.org"}
        names = [each.http.get("/sparql?query=ASK{}", headers=host).headers["etag"] for each in (server, other)]
    assert names[0] == names[1]


def test_a_release_gives_its_answers_the_same_names_whenever_it_is_served(tmp_path: Path) -> None:
    names = []
    for _ in range(2):
        with running(tmp_path, "serve", "--port", "0") as server:
            names.append(server.http.get("/sparql?query=ASK{}", headers={"Host": "data.example.org"}).headers["etag"])
    assert names[0] == names[1]


@pytest.mark.parametrize("function", ["NOW()", "RAND()", "UUID()", "STRUUID()"])
def test_what_is_of_the_moment_is_asked_each_time(server: Server, function: str) -> None:
    answers = [server.ask(f"SELECT ({function} AS ?x) {{}}") for _ in range(2)]
    assert answers[0].content != answers[1].content
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert not any("etag" in answer.headers for answer in answers)


def test_an_error_is_not_kept(server: Server) -> None:
    answers = [server.ask("SELECT x {") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert not any("etag" in answer.headers for answer in answers)


def test_an_answer_that_was_told_ends_no_worker() -> None:
    """An application raises again what it has told as an error; the next request must not pay for that."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        if scope["path"] == "/told":
            await send({"type": "http.response.body", "body": b"told"})
        raise ValueError("unforeseen")

    out = io.BytesIO()
    asyncio.run(_answer(out, app, {"path": "/told"}, b""))
    assert out.getvalue().endswith(b"told")
    with pytest.raises(ValueError, match="unforeseen"):
        asyncio.run(_answer(io.BytesIO(), app, {"path": "/half"}, b""))


def test_an_answer_that_fails_half_way_is_none() -> None:
    """Its worker ends, and the front says that; an error must not follow on half of an answer."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/half":
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"told"})

    out = io.BytesIO()
    with pytest.raises(RuntimeError, match="part of it was sent"):
        asyncio.run(_answer(out, app, {"path": "/half"}, b""))
    assert out.getvalue().endswith(b"half")
    asyncio.run(_answer(out := io.BytesIO(), app, {"path": "/none-yet"}, b""))
    assert out.getvalue().count(b"[500") == 1
    assert b"[200" not in out.getvalue()


def test_a_large_answer_is_whole_and_takes_no_memory(server: Server) -> None:
    """Rows of 65 MB; the front, which passes them on, does not grow with them."""
    before = _most_memory(server.process.pid)
    query = "SELECT ?a ?b { { SELECT * { ?a <urn:p> ?x } LIMIT 1200 } ?b <urn:p> ?y }"
    size = lines = 0
    with server.http.stream("GET", "/sparql", params={"query": query}, headers={"Accept": "text/csv"}) as answer:
        assert answer.status_code == 200
        for part in answer.iter_bytes():
            size += len(part)
            lines += part.count(b"\n")
    assert lines == 1200 * COUNT + 1
    assert size == int(answer.headers["content-length"])
    assert size > 50_000_000
    assert _most_memory(server.process.pid) - before < size / 4


def _most_memory(process: int) -> int:
    """How many bytes a process has had at most."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        pytest.skip("how much memory a process has had is read from /proc, which is not here")
    return 1024 * next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def test_who_leaves_leaves_no_work_behind(server: Server) -> None:
    """Eight clients ask what takes long and go; eight more are answered at once."""
    long = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    for _ in range(8):
        with pytest.raises(httpx.ReadTimeout):
            server.http.get("/sparql", params={"query": long}, timeout=0.3)
    begun = time.monotonic()
    for number in range(8):
        assert server.ask(f"ASK {{ FILTER({number} < 8) }}").json()["boolean"] is True
    assert time.monotonic() - begun < 15


def test_many_at_once_are_all_answered_right(server: Server) -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        with httpx.Client(base_url=server.address, trust_env=False, timeout=60) as client:
            for turn in range(10):
                at = (number * 100 + turn) % COUNT
                query = f'SELECT ?s {{ ?s <urn:p> "{at}" }}'
                answer = client.get("/sparql", params={"query": query})
                if answer.status_code != 200 or f'urn:s{at}"' not in answer.text:
                    wrong.append((answer.status_code, answer.text[:200]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []


def test_what_many_ask_at_once_is_worked_out_once(server: Server) -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("how long processes have worked is read from /proc, which is not here")
    query = "SELECT (COUNT(*) AS ?n) { { SELECT ?c { ?a ?b ?c } LIMIT 1000 } ?d ?e ?f FILTER(?c < ?f) }"
    answers: list[tuple[int, str]] = []

    def ask(remark: str) -> None:
        with httpx.Client(base_url=server.address, trust_env=False, timeout=60) as client:
            answer = client.get("/sparql", params={"query": f"{query} #{remark}"})
            answers.append((answer.status_code, answer.text))

    before = _worked(server)
    ask("alone")
    alone = _worked(server) - before
    threads = [threading.Thread(target=ask, args=("together",)) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    assert _worked(server) - before - alone < 3 * alone


def test_who_waits_for_what_another_asked_is_answered_when_that_one_goes(server: Server) -> None:
    query = {"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c < ?f) } #gone"}
    statuses: list[int] = []

    def ask() -> None:
        with httpx.Client(base_url=server.address, trust_env=False, timeout=60) as client:
            statuses.append(client.get("/sparql", params=query).status_code)

    def leave() -> None:
        with pytest.raises(httpx.ReadTimeout):
            server.http.get("/sparql", params=query, timeout=0.5)

    first = threading.Thread(target=leave)
    first.start()
    time.sleep(0.1)
    threads = [threading.Thread(target=ask) for _ in range(3)]
    for each in threads:
        each.start()
    for each in (*threads, first):
        each.join()
    assert statuses == [200] * 3


def _worked(server: Server) -> float:
    """How long the workers of a server have worked, those that have ended too, in seconds."""
    front = server.process.pid
    (keeper,) = Path(f"/proc/{front}/task/{front}/children").read_text(encoding="ascii").split()
    workers = Path(f"/proc/{keeper}/task/{keeper}/children").read_text(encoding="ascii").split()

    def times(process: str) -> list[int]:
        return [int(each) for each in Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()[11:15]]

    return (sum(times(keeper)[2:]) + sum(sum(times(each)[:2]) for each in workers)) / os.sysconf("SC_CLK_TCK")


def test_a_body_that_is_far_too_long_is_refused(server: Server) -> None:
    answer = server.http.post(
        "/sparql", content=b"ASK {} #" + b"x" * 2_000_000, headers={"Content-Type": "application/sparql-query"}
    )
    assert answer.status_code == 413


def test_what_stops_a_server_stops_its_workers(tmp_path: Path) -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("which processes a process has is read from /proc, which is not here")
    (tmp_path / "data.nt").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    with running(tmp_path, "serve", "data.nt", "--port", "0") as server:
        server.ask("ASK {}")
        front = server.process.pid
        (keeper,) = Path(f"/proc/{front}/task/{front}/children").read_text(encoding="ascii").split()
        workers = Path(f"/proc/{keeper}/task/{keeper}/children").read_text(encoding="ascii").split()
        assert workers
    for _ in range(100):  # it was killed: nobody could say goodbye
        alive = [each for each in (keeper, *workers) if _lives(each)]
        if not alive:
            break
        time.sleep(0.1)
    assert alive == []


def _lives(process: str) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return False


# -- where there are no forks


def test_workers_that_load_for_themselves_have_the_same_limits(tmp_path: Path) -> None:
    (tmp_path / "data.nt").write_text("".join(f"<urn:s{at}> <urn:p> <urn:o> .\n" for at in range(COUNT)))
    limits = {"SANKOFA_NO_FORK": "1", "SANKOFA_QUERY_SECONDS": "1.5", "SANKOFA_WORKER_MEMORY": "300MB"}
    long = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    large = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c"
    with running(tmp_path, "serve", "data.nt", "--port", "0", **limits) as server:
        assert len(server.ask("SELECT * { ?s <urn:p> <urn:o> }").json()["results"]["bindings"]) == COUNT
        begun = time.monotonic()
        for query in (long, large):
            answer = server.ask(query)
            assert (answer.status_code, answer.headers["retry-after"].isdigit()) == (503, True)
        assert time.monotonic() - begun < 20
        assert server.ask("ASK { ?s <urn:p> <urn:o> }").json()["boolean"] is True
        if not Path("/proc/self/task").exists():
            pytest.skip("which processes a process has is read from /proc, which is not here")
        front = server.process.pid
        workers = Path(f"/proc/{front}/task/{front}/children").read_text(encoding="ascii").split()
        with pytest.raises(httpx.ReadTimeout):
            server.http.get("/sparql", params={"query": f"{long} #"}, timeout=0.3)
    # it was killed while one of them worked: that one ends by itself
    assert len(workers) >= 2
    deadline = time.monotonic() + 30
    while any(map(_lives, workers)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


# -- limits


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANKOFA_QUERY_SECONDS", "soon"),
        ("SANKOFA_QUERY_SECONDS", "0"),
        ("SANKOFA_WORKER_MEMORY", "much"),
        ("SANKOFA_SERVE_MEMORY", "0GB"),
        ("SANKOFA_IN_MEMORY", "all"),
    ],
)
def test_a_limit_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ParameterError, match=f"{name} is '{value}'"):
        Limits.of_the_environment()


def test_a_limit_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANKOFA_WORKER_MEMORY", "1.5gb")
    monkeypatch.setenv("SANKOFA_IN_MEMORY", "2.5M")
    assert Limits.of_the_environment().worker_memory == 1_500_000_000
    assert Limits.of_the_environment().in_memory == 2_500_000


def stated(server: Server) -> dict[str, tuple[str, str]]:
    """The limits in the service description: value and unit, by name."""
    told = server.http.get("/sparql", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=told.content, format="turtle")
    schema = rdflib.Namespace("https://schema.org/")
    found = {}
    for limit in graph.objects(rdflib.URIRef(f"{server.address}sparql"), schema.additionalProperty):
        assert (limit, rdflib.RDF.type, schema.PropertyValue) in graph
        names = {name.language: str(name) for name in graph.objects(limit, schema.name)}  # type: ignore[attr-defined]
        name = str(graph.value(limit, schema.propertyID))
        assert names == {lang: words(lang)["limits"][name] for lang in LANGUAGES}
        found[name] = (str(graph.value(limit, schema.maxValue)), str(graph.value(limit, schema.unitCode)))
    return found


def test_the_limits_are_told_as_they_are_set(server: Server) -> None:
    assert stated(server) == {
        "query-time": ("20", "SEC"),  # this server is started with it
        "query-memory": ("512000000", "AD"),
        "service-memory": ("2000000000", "AD"),
        "page-rows": ("10000", "C62"),
        "query-size": ("100000", "AD"),
        "answer-size": ("2000000000", "AD"),
        "client-parallel": ("4", "C62"),
        "client-time": ("30", "SEC"),
        "client-errors": ("60", "C62"),
    }
    for lang, amounts in {
        "en": ["20\xa0s", "512\xa0MB", "2\xa0GB", "10,000", "100\xa0kB"],
        "fr": ["20\xa0s", "512\xa0Mo", "2\xa0Go", "10\u202f000", "100\xa0ko"],
        "pt": ["20\xa0s", "512\xa0MB", "2\xa0GB", "10\u202f000", "100\xa0kB"],
        "ar": ["20\xa0ثانية", "512\xa0ميغابايت", "2\xa0غيغابايت", "10,000", "100\xa0كيلوبايت"],
    }.items():
        page = check(server.http.get("/sparql", params={"lang": lang}, headers={"Accept": "text/html"}).text, lang)
        shown = page.words.split("\n")
        names = ("query-time", "query-memory", "service-memory", "page-rows", "query-size")
        for name, amount in zip(names, amounts, strict=True):
            assert shown[shown.index(words(lang)["limits"][name]) + 1] == amount


def test_a_page_of_the_first_rows_says_so(server: Server) -> None:
    rows = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } LIMIT "
    browser = {"Accept": "text/html", "Accept-Language": "pt"}
    for most, is_cut in ((10_000, False), (10_001, True)):
        answer = server.http.get("/sparql", params={"query": f"{rows}{most}"}, headers=browser)
        assert answer.headers.get("answer-cut") == ("rows=10000" if is_cut else None)
        assert "Answer-Cut" in answer.headers["access-control-expose-headers"]
        assert (words("pt")["first_rows"] in answer.text) is is_cut
        assert answer.text.count("<tr>") == 10_001
    everything = server.ask(f"{rows}10001", format="csv")
    assert everything.text.count("\n") == 10_002
    assert "answer-cut" not in everything.headers


def test_health_answers_while_it_is_asked(server: Server) -> None:
    assert json.loads(server.http.get("/health").text) == {"status": "ok", "triples": COUNT}

"""The questions and validation behind other people's servers: the same answers as from our own store.

The contract of every store is in ``test_store.py``, pushing in ``test_push.py``. Where a server is known to answer in
another way, ``servers.toml`` says so and why, and then it must: what is no longer true there fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sankofa
import servers
from sankofa.errors import EndpointError, SankofaError
from sankofa.publish.push import push
from sankofa.publish.release import Manifest
from sankofa.store.server import Server, line_of
from servers import Running
from test_questions import CASES, FOLDER, graph, rows_of, split


@pytest.fixture(params=servers.NAMES)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A server that holds the graph we ship, with all that follows from it."""
    with servers.server(request.param) as running:
        running.clear()
        store = graph().store_to_ask()
        parts = {
            name: sorted(line_of(quad.triple) for quad in store.quads(None, None, None, name))
            for name in store.graphs.queried
        }
        running.log_in(monkeypatch)
        into = Server(running.query, graph_store=running.graph_store, credentials=running.credentials)
        push(into, parts, Manifest("all-of-it", store.graphs.base, ""), lambda *_: None)
        yield running


def test_questions_and_validation_have_the_same_answers_there(server: Running) -> None:
    other = set()
    with sankofa.open(server.query) as kg:
        for case in CASES:
            parameters, _, expected = split((FOLDER / f"{case}.csv").read_text(encoding="utf-8"))
            try:
                if rows_of(kg.answer(case.split("@")[0], **parameters).to_csv()) != rows_of(expected):
                    other.add(case)
            except SankofaError:
                other.add(case)
        assert other == set(server.about.get("questions", {}))
        assert told(kg) == told(graph())
        if server.name == "virtuoso":
            with pytest.raises(EndpointError, match="cut after 20000 rows"):
                kg.query("SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }")
    ours = sankofa.open()
    server.send(f"DELETE WHERE {{ GRAPH {ours.store.graphs.release} {{ ?s ?p ?o }} }}")
    with sankofa.open(server.query, update=server.update) as kg:
        for each in (ours, kg):
            with each.change("what becomes of the findings", agent="a test", when="2026-11-29") as change:
                change.add("story", "a-draft", title={"fr": "Un récit"}, city="bamako")
                change.set(each.records("city")[0], focus=None)
        assert told(kg) == told(ours) != told(graph())


def told(kg: sankofa.Graph) -> list[tuple[str, ...]]:
    """What validation finds, however it found it."""
    report = kg.validate()
    assert report.checked > 400
    return sorted((each.record, each.code, each.level, str(each.message)) for each in report.findings)


def test_what_is_known_to_differ_is_about_tests_and_reasons_that_there_are() -> None:
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    for about in servers.ABOUT.values():
        for each in about.get("difference", ()):
            assert each["why"]
            assert f"def {each['test'].partition('[')[0]}(" in tests
        assert set(about.get("questions", {})) <= set(CASES)
        assert set(about.get("questions", {}).values()) == set(about.get("reasons", {}))

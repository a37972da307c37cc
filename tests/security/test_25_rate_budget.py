"""What one client may ask for: 429 with ``Retry-After`` at the stated number, nothing for others, and an end of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sankofa.serve import fair_use
from sankofa.serve.fair_use import FairUse, RefusedError
from sankofa.serve.limits import Limits
from serving import Server, running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("shared")
    (folder / "data.nt").write_text(
        "".join(f"<urn:s{at}> <urn:p> <urn:o{at}> .\n" for at in range(3_000)), encoding="utf-8"
    )
    arguments = ("serve", "data.nt", "--port", "0", "--fair-use", "--trusted-proxy")
    with running(folder, *arguments, SANKOFA_QUERY_SECONDS="4") as server:
        yield server


def from_client(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": f"10.9.9.9, {address}"}


def test_one_client_asks_so_much_at_once_and_no_more(shared: Server) -> None:
    long = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    answers: list[int] = []

    def ask(number: int) -> None:
        with httpx.Client(base_url=shared.address, trust_env=False, timeout=60) as client:
            query = {"query": f"{long} #{number}"}
            answers.append(client.get("/sparql", params=query, headers=from_client("192.0.2.1")).status_code)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    time.sleep(1)
    other = shared.http.get("/sparql?query=ASK{}", headers=from_client("192.0.2.2"))
    for each in threads:
        each.join()
    assert sorted(answers) == [429, 429, 503, 503, 503, 503]
    assert other.status_code == 200


def test_one_client_makes_so_many_mistakes_and_no_more(shared: Server) -> None:
    statuses = []
    for _ in range(70):
        answer = shared.http.get("/sparql?query=SELECT", headers=from_client("2001:db8:1::5"))
        statuses.append(answer.status_code)
    assert statuses == [400] * 60 + [429] * 10
    assert 1 <= int(answer.headers["retry-after"]) <= 61
    assert answer.json()["title"] == "Too Many Requests"
    # one network of IPv6 is one client; another is not
    assert shared.http.get("/sparql?query=ASK{?a ?b 1}", headers=from_client("2001:db8:1::6")).status_code == 429
    assert shared.http.get("/sparql?query=ASK{?a ?b 1}", headers=from_client("2001:db8:2::5")).status_code == 200
    # an answer that is kept costs nothing, and is for everybody
    assert shared.http.get("/sparql?query=ASK{?a ?b 1}", headers=from_client("2001:db8:1::6")).status_code == 200


def test_who_the_client_is_counts_only_from_a_proxy_that_is_trusted(tmp_path: Path) -> None:
    (tmp_path / "data.nt").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    with running(tmp_path, "serve", "data.nt", "--port", "0", "--fair-use") as server:
        asked = [server.http.get("/sparql?query=SELECT", headers=from_client(f"192.0.2.{at}")) for at in range(61)]
    assert [answer.status_code for answer in asked] == [400] * 60 + [429]


def test_a_client_that_had_its_time_waits(shared: Server) -> None:
    long = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with httpx.Client(base_url=shared.address, trust_env=False, timeout=60) as client:

        def ask(number: int) -> int:
            query = {"query": f"{long} #{number}"}
            return client.get("/sparql", params=query, headers=from_client("192.0.2.7")).status_code

        for _ in range(2):
            threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
            for each in threads:
                each.start()
            for each in threads:
                each.join()
        answer = client.get("/sparql?query=ASK{?a ?b 2}", headers=from_client("192.0.2.7"))
    assert answer.status_code == 429
    assert "minute" in answer.json()["detail"]


def test_the_reader_s_language_is_spoken(shared: Server) -> None:
    for _ in range(61):
        shared.http.get("/sparql?query=SELECT", headers=from_client("192.0.2.9"))
    page = shared.http.get(
        "/sparql?query=ASK{}", headers=from_client("192.0.2.9") | {"Accept": "text/html", "Accept-Language": "fr"}
    )
    assert page.status_code == 429
    assert 'lang="fr"' in page.text
    passed = from_client("192.0.2.9") | {"Accept": "text/html", "Accept-Language": "ar, en"}
    page_in_address = shared.http.get("/sparql?query=ASK{?a ?b 3}&lang=fr", headers=passed)
    assert (page_in_address.status_code, 'lang="fr"' in page_in_address.text) == (429, True)
    problem = shared.http.get("/sparql?query=ASK{?a ?b 3}&lang=ar", headers=from_client("192.0.2.9"))
    assert (problem.status_code, problem.headers["content-language"]) == (429, "ar")
    assert shared.http.get("/sparql?query=ASK{?a ?b 3}", headers=passed).status_code == 429
    assert "Retry-After" in page.text


def test_clients_on_this_machine_are_not_counted_unless_asked_for(public: Server) -> None:
    assert {public.ask("SELECT").status_code for _ in range(70)} == {400}


def test_who_waited_as_long_as_was_said_is_answered(shared: Server) -> None:
    """Of what is worked on at the same time the next moment is soon; the server says when."""
    long = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    me = from_client("192.0.2.31")

    def ask(number: int) -> None:
        with httpx.Client(base_url=shared.address, trust_env=False, timeout=60) as client:
            client.get("/sparql", params={"query": f"{long} # wait {number}"}, headers=me)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    time.sleep(1)
    refused = shared.http.get("/sparql?query=ASK{?a ?b 31}", headers=me)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    for each in threads:
        each.join()
    time.sleep(int(refused.headers["retry-after"]))
    assert shared.http.get("/sparql?query=ASK{?a ?b 31}", headers=me).status_code == 200


@pytest.mark.parametrize("case", ["too-many-errors", "too-much-time"])
def test_a_budget_of_a_minute_is_there_again_when_that_was_said(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a moment later, and before it never: the clock is ours."""
    clock = [1_000.0]
    monkeypatch.setattr(fair_use.time, "monotonic", lambda: clock[0])
    limits = Limits()
    use = FairUse(limits)
    scope = {"client": ("192.0.2.40", 5)}
    for _ in range(limits.client_errors if case == "too-many-errors" else 3):
        with use.turn(scope, {}) as ended_with:
            clock[0] += 0.1 if case == "too-many-errors" else limits.client_seconds / 3
            ended_with(400 if case == "too-many-errors" else 200)
    with pytest.raises(RefusedError) as refused, use.turn(scope, {}):
        pass
    assert refused.value.case == case
    assert 1 <= refused.value.seconds <= 61
    with use.turn({"client": ("192.0.2.41", 5)}, {}):  # another client
        pass
    clock[0] += refused.value.seconds - 2
    with pytest.raises(RefusedError), use.turn(scope, {}):
        pass
    clock[0] += 2
    with use.turn(scope, {}):
        pass

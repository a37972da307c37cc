"""Every entry of the W3C's manifests, played against the real server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from .manifest import ROOT, Case, cases
from .playing import Servers, WrongAnswerError, play

#: What the server gets wrong, by suite and name, and why; each must go on failing, or leave this list.
KNOWN: dict[str, str] = {}

CASES = cases()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with Servers(tmp_path_factory.mktemp("conformance")) as found:
        yield found


@pytest.mark.skipif(not ROOT.is_dir(), reason=f"the W3C's suites are not at {ROOT}")
def test_every_entry_is_found() -> None:
    assert Counter(case.suite for case in CASES) == {
        "protocol": 34,
        "service-description": 3,
        "graph-store-protocol": 14,
        "csv-tsv-res": 6,
        "json-res": 4,
    }
    assert {f"{case.suite}/{case.name}" for case in CASES} >= KNOWN.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.suite}/{case.name}")
def test_the_server_answers_as_the_standard_says(case: Case, servers: Servers) -> None:
    reason = KNOWN.get(f"{case.suite}/{case.name}")
    if reason is None:
        play(case, servers)
        return
    with pytest.raises(WrongAnswerError):
        play(case, servers)

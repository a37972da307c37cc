"""The W3C's suites of protocols: so many tests, and the server passes all of them.

They are played in ``tests/conformance``, each against the real server; here stands how many there must be. Those of
queries are in ``tests/conformance/test_queries.py``: all but two, and rdflib passes no more.
"""

from __future__ import annotations

import pytest

from conformance.manifest import ROOT, cases
from conformance.test_conformance import KNOWN

#: The suites of the promise, and the number of their tests.
PROMISED = {
    ("protocol",): 34,
    ("service-description",): 3,
    ("graph-store-protocol",): 14,
    ("csv-tsv-res", "json-res"): 10,
}


@pytest.mark.skipif(not ROOT.is_dir(), reason=f"the W3C's suites are not at {ROOT}")
@pytest.mark.parametrize("suites", PROMISED, ids="+".join)
def test_all_tests_of_a_suite_are_played_and_passed(suites: tuple[str, ...]) -> None:
    played = [case for case in cases() if case.suite in suites]
    assert len(played) == PROMISED[suites]
    assert not [name for name in KNOWN if name.partition("/")[0] in suites]

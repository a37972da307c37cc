"""Eight threads that are the first in their process: no error, and the same answers as one alone.

Each program is a process of its own: what breaks when several threads do it first breaks once in the life of a process.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from serving import environment

START = """
import threading
from concurrent.futures import ThreadPoolExecutor

gate = threading.Barrier(8)

def together(work, times):
    \"\"\"What eight threads that begin at once get, each so many times.\"\"\"
    def run(number):
        gate.wait()
        return [work(number, turn) for turn in range(times)]
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, range(8)))
"""
ASKING = """
import sankofa

kg = sankofa.open()
CITIES = "SELECT ?city { ?city a <https://w3id.org/sankofa/ontology#City> FILTER(%d < 99) }"

def ask(number, turn):
    query = CITIES % (number + turn % 5)
    if turn % 3 == 0:
        return len(kg.query(query))
    if turn % 3 == 1:
        return len(list(kg.rdflib.query(query)))
    return len(kg.answer("cities"))

print({count for counts in together(ask, 60) for count in counts})
"""
OPENING = """
def open_and_ask(number, turn):
    import sankofa
    with sankofa.open() as kg:
        return len(kg.records("city"))

print({count for counts in together(open_and_ask, 1) for count in counts})
"""
VALIDATING = """
from pathlib import Path

PREFIXES = "PREFIX ex: <http://example.org/> PREFIX sh: <http://www.w3.org/ns/shacl#> "
DATA = PREFIXES + "ex:a a ex:C ; ex:p 1, 2 . ex:b a ex:D . ex:D a ex:Class ."
SHAPES = PREFIXES + '''ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:closed true ;
    sh:property [ sh:path ex:p ; sh:maxCount 1 ; sh:in ( 1 3 ) ], [ sh:path [ sh:inversePath ex:q ] ; sh:minCount 1 ] .
'''
ENGINES = [None]

def graph(text):
    import rdflib
    return rdflib.Graph().parse(data=text, format="turtle")

def validate(number, turn):
    import sankofa
    report = sankofa.validate(data, shapes=shapes, engine=ENGINES[(number + turn) % len(ENGINES)])
    return len(report.results), report.conforms

from rdflib.compare import to_canonical_graph
shapes, data = graph(SHAPES), graph(DATA)
before = [set(to_canonical_graph(one)) for one in (shapes, data)]
print({outcome for outcomes in together(validate, 20) for outcome in outcomes})
assert before == [set(to_canonical_graph(one)) for one in (shapes, data)], "the shapes or the data were changed"
"""
OURS = """
import sankofa
from sankofa import shipped

city = next(file for file in shipped.default_graph_folder().glob("graph/city.ttl"))

def validate(number, turn):
    return sankofa.validate(city).to_csv()

reports = {report for reports in together(validate, 1) for report in reports}
print(len(reports))
assert reports == {sankofa.validate(city).to_csv()}
"""


def cold(program: str) -> str:
    """What a program prints that nothing went before in its process."""
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", START + program],
        capture_output=True, text=True, check=False, timeout=120, env=environment(),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_sixty_queries_each_in_three_ways() -> None:
    assert cold(ASKING) == "{11}"


def test_eight_may_open_the_graph_at_once() -> None:
    assert cold(OPENING) == "{11}"


@pytest.mark.parametrize("engines", [[None], ["pyshacl"], ["columns", None, "pyshacl", None]], ids=str)
def test_twenty_validations_each_change_no_shape(engines: list[str | None]) -> None:
    assert cold(VALIDATING.replace("[None]", repr(engines))) == "{(4, False)}"


def test_ours_are_judged_alike_by_all() -> None:
    assert cold(OURS) == "1"

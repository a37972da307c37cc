"""What came out, in the W3C's vocabulary for test results (EARL)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyoxigraph as ox

import sankofa.store.formats as formats

from .manifest import Case

EARL = "http://www.w3.org/ns/earl#"
DOAP = "http://usefulinc.com/ns/doap#"
DCT = "http://purl.org/dc/terms/"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = {"earl": EARL, "doap": DOAP, "dct": DCT, "xsd": XSD}

_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_US = ox.NamedNode("https://w3id.org/sankofa")


def report(cases: Sequence[Case], failed: Mapping[str, str], *, date: str = "") -> str:
    """A report in Turtle: one assertion an entry; without a date the same results give the same bytes.

    Args:
        cases: what was played.
        failed: what went wrong, by the IRI of the entry.
        date: the date of the report, "" for none.
    """
    triples = [
        ox.Triple(_US, _TYPE, ox.NamedNode(DOAP + "Project")),
        ox.Triple(_US, _TYPE, ox.NamedNode(EARL + "Software")),
        ox.Triple(_US, _TYPE, ox.NamedNode(EARL + "TestSubject")),
        ox.Triple(_US, ox.NamedNode(DOAP + "name"), ox.Literal("Sankofa")),
        ox.Triple(_US, ox.NamedNode(DOAP + "programming-language"), ox.Literal("Python")),
    ]
    for case in cases:
        name = f"urn:sankofa:conformance:{case.suite}:{case.name}"
        assertion, result = ox.NamedNode(name), ox.NamedNode(f"{name}#result")
        triples += [
            ox.Triple(assertion, _TYPE, ox.NamedNode(EARL + "Assertion")),
            ox.Triple(assertion, ox.NamedNode(EARL + "assertedBy"), _US),
            ox.Triple(assertion, ox.NamedNode(EARL + "subject"), _US),
            ox.Triple(assertion, ox.NamedNode(EARL + "test"), ox.NamedNode(case.iri)),
            ox.Triple(assertion, ox.NamedNode(EARL + "mode"), ox.NamedNode(EARL + "automatic")),
            ox.Triple(assertion, ox.NamedNode(EARL + "result"), result),
            ox.Triple(result, _TYPE, ox.NamedNode(EARL + "TestResult")),
            ox.Triple(
                result,
                ox.NamedNode(EARL + "outcome"),
                ox.NamedNode(EARL + ("failed" if case.iri in failed else "passed")),
            ),
        ]
        if date:
            day = ox.Literal(date, datatype=ox.NamedNode(XSD + "date"))
            triples.append(ox.Triple(result, ox.NamedNode(DCT + "date"), day))
    return formats.write(triples, "turtle", prefixes=PREFIXES).decode("utf-8")

"""The SHACL test suite of the W3C, run with each engine as users run it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import pytest

import engines
import sankofa
from sankofa.errors import SankofaError
from sankofa.fields.files import Term, read_triples
from sankofa.fields.reading import Described
from sankofa.validation import Report
from sankofa.validation.results import Result
from strategies import Pair

SUITE = Path(os.environ.get("SANKOFA_SUITES", Path(__file__).parents[2] / "shared" / "suites")) / "w3c-shacl" / "tests"
SH = "http://www.w3.org/ns/shacl#"
SHT = "http://www.w3.org/ns/shacl-test#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"

#: What an engine gets wrong, and why; each must go on failing, or leave this list.
KNOWN: dict[str, dict[str, str]] = {
    "columns": {},
    "live": {},
    "pyshacl": {"sparql/pre-binding/shapesGraph-001": "a query cannot look into the shapes graph"},
}


def cases(manifest: Path) -> Iterator[Path]:
    """The cases of a manifest and of those it includes."""
    described = Described(read_triples([manifest], prefix="m"))
    for node in described.by:
        for value in described.all(node, MF + "include"):
            file = Path(unquote(value.value.removeprefix("file://")))
            if file.name == "manifest.ttl":
                yield from cases(file)
            else:
                yield file


def name(file: Path) -> str:
    return file.relative_to(SUITE).with_suffix("").as_posix()


CASES = sorted(cases(SUITE / "manifest.ttl")) if SUITE.is_dir() else []


def blank(term: Term | None) -> str:
    return "" if term is None else "_" if isinstance(term, ox.BlankNode) else str(term)


def expected(described: Described, node: Term) -> Iterator[tuple[str, ...]]:
    for result in described.all(node, SH + "result"):
        path = described.one(result, SH + "resultPath")
        yield (
            blank(described.one(result, SH + "focusNode")),
            str(described.path(path)) if path is not None else "",
            blank(described.one(result, SH + "value")),
            blank(described.one(result, SH + "resultSeverity")),
            blank(described.one(result, SH + "sourceConstraintComponent")),
            blank(described.one(result, SH + "sourceShape")),
        )


def said(result: Result) -> tuple[str, ...]:
    return (
        blank(result.focus),
        str(result.path) if result.path else "",
        blank(result.value),
        f"<{result.severity}>",
        f"<{result.component}>",
        blank(result.shape),
    )


def by_nodes(data: Path, shapes: Path) -> list[Result]:
    """The live engine, asked of every focus node: it has no command of its own."""
    return engines.by_nodes(Pair(tuple(read_triples([shapes], prefix="s")), tuple(read_triples([data], prefix="d"))))


def files_of(described: Described, action: Term) -> tuple[Path, Path]:
    def file(role: str) -> Path:
        address = described.one(action, SHT + role)
        assert address is not None
        return Path(unquote(address.value.removeprefix("file://")))

    return file("dataGraph"), file("shapesGraph")


def run(file: Path, engine: str | None = None) -> None:
    described = Described(read_triples([file], prefix="x"))
    case = next(one for one in described.by if described.all(one, MF + "action"))
    action, wanted = described.one(case, MF + "action"), described.one(case, MF + "result")
    assert action is not None
    assert wanted is not None
    data, shapes = files_of(described, action)
    if wanted.value == SHT + "Failure":
        with pytest.raises(SankofaError):
            by_nodes(data, shapes) if engine == "live" else sankofa.validate(data, shapes=shapes, engine=engine)
        return
    if engine == "live":
        assert Counter(map(said, by_nodes(data, shapes))) == Counter(expected(described, wanted))
        return
    report: Report = sankofa.validate(data, shapes=shapes, engine=engine)
    assert Counter(map(said, report.results)) == Counter(expected(described, wanted))
    assert str(report.conforms).lower() == getattr(described.one(wanted, SH + "conforms"), "value", "")


@pytest.mark.skipif(not CASES, reason="the W3C suites are not beside the project: name their folder in SANKOFA_SUITES")
def test_the_whole_suite_is_there() -> None:
    assert len(CASES) == 120
    assert {case for known in KNOWN.values() for case in known} <= {name(file) for file in CASES}


@pytest.mark.parametrize("engine", KNOWN)
@pytest.mark.parametrize("file", CASES, ids=name)
def test_w3c_case(file: Path, engine: str) -> None:
    if name(file) not in KNOWN[engine]:
        run(file, engine)
        return
    with pytest.raises((AssertionError, SankofaError)):
        run(file, engine)

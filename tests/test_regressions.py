"""Cases that an engine once got wrong, or that pySHACL still does, in the form of the W3C suite."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from engines import OURS, bag, by_pyshacl
from mistakes import MISTAKES, REFUSALS
from sankofa.errors import SankofaError
from sankofa.fields.files import read_triples
from sankofa.fields.reading import Described
from strategies import Pair
from test_validation_w3c import MF, SH, expected, run, said

pytestmark = pytest.mark.usefixtures("rdflib_is_quiet")
FILES = sorted((Path(__file__).parent / "regressions").glob("*.ttl"))
#: What the engine "pyshacl" gets wrong too.
KNOWN = {name for name, one in MISTAKES.items() if not one.corrected} | set(REFUSALS)


def name(file: Path) -> str:
    return file.stem


def test_each_known_mistake_has_a_case() -> None:
    assert set(MISTAKES) | set(REFUSALS) <= set(map(name, FILES))


@pytest.mark.parametrize("file", FILES, ids=name)
def test_by_default(file: Path) -> None:
    run(file)


@pytest.mark.parametrize("file", FILES, ids=name)
def test_with_pyshacl(file: Path) -> None:
    if name(file) not in KNOWN:
        run(file, "pyshacl")
        return
    with pytest.raises((AssertionError, SankofaError)):
        run(file, "pyshacl")


@pytest.mark.parametrize("engine", sorted(OURS))
@pytest.mark.parametrize("file", FILES, ids=name)
def test_each_engine(file: Path, engine: str) -> None:
    triples = tuple(read_triples([file], prefix="x"))
    described = Described(triples)
    case = next(one for one in described.by if described.all(one, MF + "action"))
    wanted = described.one(case, MF + "result")
    assert wanted is not None
    results = OURS[engine](Pair(triples, triples))
    assert Counter(map(said, results)) == Counter(expected(described, wanted))
    assert bool(results) is (getattr(described.one(wanted, SH + "conforms"), "value", "") == "false")


@pytest.mark.parametrize("mistake", sorted({*MISTAKES, *REFUSALS}))
def test_pyshacl_alone_goes_on_making_it(mistake: str) -> None:
    """What is no mistake any more must leave the list."""
    triples = tuple(read_triples([Path(__file__).parent / "regressions" / f"{mistake}.ttl"], prefix="x"))
    pair = Pair(triples, triples)
    right = bag(OURS["columns"](pair))
    if mistake in REFUSALS:
        with pytest.raises(Exception, match=r".") as caught:
            by_pyshacl(pair)
        assert REFUSALS[mistake].text in f"{caught.value!r} {getattr(caught.value, 'message', '')}"
    else:
        assert bag(by_pyshacl(pair)) != right

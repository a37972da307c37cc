"""Engines against each other on generated shapes and data: whatever differs is settled by the text of the standard.

A fixed share runs always, everything with ``SANKOFA_FULL=1``. The last run of all was on 2026-11-29: 4,000 seeded pairs
and those of hypothesis, columns, nodes and pySHACL 0.40.1, and no difference but by the mistakes that ``mistakes.py``
names.
"""

from __future__ import annotations

import gzip
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings

import sankofa
from engines import OURS, PEERS, Bag, bag, by_columns
from mistakes import REFUSALS, Case, explain
from sankofa.fields.files import Spo
from sankofa.validation.model import CORE, Shape
from sankofa.validation.results import Result
from sankofa.validation.shapes import read_shapes
from strategies import PATH_FORMS, Pair, lines, pair, pairs

pytestmark = pytest.mark.usefixtures("rdflib_is_quiet")
FULL = os.environ.get("SANKOFA_FULL") == "1"
#: How many pairs make a block, and how many blocks there are.
BLOCK, BLOCKS = 40, 100 if FULL else 4


def unexplained(case: Case, ours: Bag, judge: Callable[[Pair], list[Result]], rewritten: bool) -> tuple[str, set[str]]:
    """What a peer says that no known mistake of it explains, and the mistakes that explain the rest."""
    try:
        theirs = bag(judge(case.pair))
    except Exception as error:  # whatever pySHACL raises
        text = f"{type(error).__name__} {error} {getattr(error, 'message', '')}"
        names = {name for name, one in REFUSALS.items() if one.text in text and one.shows(case)}
        return ("" if names else text), names
    left, explained = explain(case, ours, theirs, rewritten=rewritten)
    return "\n".join(left), set(explained)


def disagreement(one: Pair, explained: Counter[str] | None = None) -> str:
    """What engines say otherwise on a pair, as text; "" when they agree."""
    case = Case(one, read_shapes(one.shapes))
    ours = {name: bag(judge(one)) for name, judge in OURS.items()}
    first = ours["columns"]
    for name, other in ours.items():
        if other != first:
            return f"columns, {name}: {sorted(first - other)} {sorted(other - first)}"
    for name, (judge, rewritten) in PEERS.items():
        text, names = unexplained(case, first, judge, rewritten)
        if explained is not None:
            explained.update(names or ["none"])
        if text:
            return f"{name}: {text}"
    return ""


def fails(one: Pair) -> bool:
    try:
        return bool(disagreement(one))
    except Exception:
        return True


def smaller(one: Pair, wrong: Callable[[Pair], bool]) -> Pair:
    """The pair with every triple left out without which it is still wrong."""

    def shortened(triples: tuple[Spo, ...], again: Callable[[tuple[Spo, ...]], bool]) -> tuple[Spo, ...]:
        size = len(triples)
        while size:
            at = 0
            while at < len(triples):
                rest = triples[:at] + triples[at + size :]
                if again(rest):
                    triples = rest
                else:
                    at += size
            size //= 2
        return triples

    data = shortened(one.data, lambda rest: wrong(Pair(one.shapes, rest)))
    return Pair(shortened(one.shapes, lambda rest: wrong(Pair(rest, data))), data)


def check(one: Pair, explained: Counter[str] | None = None) -> None:
    text = disagreement(one, explained)
    if text:
        small = smaller(one, lambda rest: _is_readable(rest) and fails(rest))
        pytest.fail(
            f"settle it by the text of the standard, and keep it as a regression:\n{disagreement(small)}\n{small}"
        )


def _is_readable(one: Pair) -> bool:
    try:
        read_shapes(one.shapes)
    except sankofa.SankofaError:
        return False
    return True


@pytest.mark.parametrize("block", range(BLOCKS))
def test_engines_agree(block: int) -> None:
    explained: Counter[str] = Counter()
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        check(pair(Random(seed)), explained)
    # the known mistakes must not swallow the test
    assert explained["none"] > 0.5 * BLOCK * len(PEERS)


@settings(
    max_examples=500 if FULL else 40,
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
@given(pairs())
def test_engines_agree_on_what_hypothesis_makes(one: Pair) -> None:
    assert not disagreement(one)


def test_the_pairs_hold_everything() -> None:
    """Each component has results and is conformed to, each path, target and sort of term occurs, shapes are nested."""
    results: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for seed in range(BLOCK * BLOCKS):
        one = pair(Random(seed))
        shapes = read_shapes(one.shapes)
        if FULL:
            results.update(result.component.rpartition("#")[2] for result in by_columns(one))
        held.update(target.form for shape in shapes.aimed for target in shape.targets)
        for shape in shapes.by.values():
            asked.update(constraint.name for constraint in shape.constraints)
            held.update(f"depth {depth}" for depth in [_depth(shape)])
            held.update(_forms(shape.path))
            held.update(["deactivated"] if shape.deactivated else [])
            held.update(["siblings"] if any(constraint.siblings for constraint in shape.constraints) else [])
        held.update(type(term).__name__ for triple in one.data for term in triple)
        held.update(["twice"] if len(set(one.data)) < len(one.data) else [])
    for name in CORE:
        assert asked[name] > 2, name
        assert not FULL or results[f"{name}ConstraintComponent"] > 9 or name == "Property", name
    wanted = ("class", "node", "subjects-of", "objects-of", *PATH_FORMS, "BlankNode", "Literal", "NamedNode")
    for name in (*wanted, "depth 3", "deactivated", "siblings", "twice"):
        assert held[name] > 1, name


def _depth(shape: Shape) -> int:
    return max((1 + _depth(part) for part in shape.parts()), default=0)


def _forms(path: object) -> Iterator[str]:
    from sankofa.fields import Path as Property

    if isinstance(path, Property):
        yield path.form
        for part in path.parts:
            yield from _forms(part)


@pytest.mark.parametrize("seed", range(200 if FULL else 12))
def test_files_of_any_format_give_the_same(tmp_path: Path, seed: int) -> None:
    """Triples in two files, some in both, in any format; blank nodes are those of their file."""
    choose = Random(seed)
    one = pair(choose)
    blank = tuple(triple for triple in one.data if any(isinstance(term, ox.BlankNode) for term in triple))
    rest = [triple for triple in one.data if triple not in blank]
    parts = (blank + tuple(choose.sample(rest, len(rest) // 2)), tuple(choose.sample(rest, len(rest))))
    files = [write(tmp_path / f"data{number}", part, choose) for number, part in enumerate(parts)]
    shapes = tmp_path / "shapes.nt"
    shapes.write_text(lines(one.shapes), encoding="utf-8")
    report = sankofa.validate(*files, shapes=shapes)
    assert unnamed(report.results) == unnamed(by_columns(one))


def write(file: Path, triples: tuple[Spo, ...], choose: Random) -> Path:
    name, format = choose.choice(  # noqa: A001
        [
            (".nt", ox.RdfFormat.N_TRIPLES),
            (".nq", ox.RdfFormat.N_QUADS),
            (".ttl", ox.RdfFormat.TURTLE),
            (".trig", ox.RdfFormat.TRIG),
            (".jsonld", ox.RdfFormat.JSON_LD),
        ]
    )
    content = ox.serialize((ox.Triple(*triple) for triple in triples), format=format) or b""
    zipped = choose.random() < 0.3
    file = file.with_name(file.name + name + (".gz" if zipped else ""))
    file.write_bytes(gzip.compress(content) if zipped else content)
    return file


def unnamed(results: Iterable[Result]) -> Counter[tuple[str, ...]]:
    return Counter(
        (*map(_unnamed, (one.focus, one.value, one.shape)), one.component, one.severity, str(one.path))
        for one in results
    )


def _unnamed(term: object) -> str:
    return "_" if isinstance(term, ox.BlankNode) else str(term)

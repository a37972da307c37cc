"""Live validation: after any change the standing report is what a full run would say.

A fixed share of the random changes runs always, all of them with ``SANKOFA_FULL=1``. The last run of all was on
2026-11-29: 2,400 changes of a network's graph, 6,000 of generated shapes and data.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest

import sankofa
from engines import bag, queries
from sankofa.fields import read_fields
from sankofa.fields.files import Spo, Term
from sankofa.graph import Graph
from sankofa.graph.opening import in_memory
from sankofa.store import Change
from sankofa.terms import DCTERMS, RDF, RDFS, SKF
from sankofa.validation import Report, live, validate_records
from sankofa.validation.data import Data, Joined, Without
from sankofa.validation.live.touch import Reads, Touch
from sankofa.validation.model import Shape
from sankofa.validation.nodes import NodeJudge
from sankofa.validation.results import Result
from sankofa.validation.shapes import read_shapes
from strategies import pair

FULL = os.environ.get("SANKOFA_FULL") == "1"
TYPE, SUB = ox.NamedNode(RDF.type), ox.NamedNode(RDFS.subClassOf)
BASE = "https://example.org/net/"


def full_run(kg: Graph) -> Report:
    """Everything judged anew, by the road that knows nothing of changes."""
    asserted = ((t.subject, t.predicate, t.object) for t in kg.store.asserted())
    return validate_records(asserted, fields=kg.fields, engine="columns")


def assert_same(standing: Report, full: Report) -> None:
    assert standing.checked == full.checked
    assert standing.coverage == full.coverage
    assert standing.counts == full.counts
    assert standing.conforms == full.conforms
    assert tuple(standing.findings) == full.findings
    assert tuple(standing.records) == full.records


# -- a network's graph ---------------------------------------------------------------------------------------------


def some_records(chance: Random, count: int) -> list[ox.Triple]:
    """The triples of a few of the records that we ship, in all their ways of referring to each other."""
    with sankofa.open() as kg:
        records = set(chance.sample(kg.records(), count)) | set(kg.records("city")[:3])
        return [t for t in kg.store.asserted() if str(t.subject.value).partition("#")[0] in records]


class Changes:
    """Random changes of a graph: what people do, and what nobody should."""

    def __init__(self, kg: Graph, chance: Random) -> None:
        self.kg = kg
        self.chance = chance
        self.done: Counter[str] = Counter()
        self.fields = read_fields()

    def triples(self) -> list[ox.Triple]:
        return sorted(self.kg.store.asserted(), key=str)

    def make(self) -> Change:
        name = self.chance.choice(["add", "remove", "value", "retype", "move", "hub", "axiom", "declare", "undo"])
        self.done[name] += 1
        come, gone = getattr(self, f"_{name}")(self.triples())
        graph = self.kg.store.graphs.asserted
        added, removed = (
            tuple(ox.Quad(t.subject, t.predicate, t.object, graph) for t in some) for some in (come, gone)
        )
        return Change(added=added, removed=removed, who="test", when="2026-01-01")

    def _add(self, triples: list[ox.Triple]) -> tuple[list[ox.Triple], list[ox.Triple]]:
        """A value of one thing for another, a second type, a date."""
        one, other = self.chance.choice(triples), self.chance.choice(triples)
        dates = [ox.Literal(text, datatype=ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{name}"))
                 for text, name in (("2031-05", "gYearMonth"), ("1999", "gYear"), ("soon", "date"))]  # fmt: skip
        value = self.chance.choice([other.object, *dates, ox.Literal("x", language="fr"), one.subject])
        return [ox.Triple(one.subject, other.predicate, value)], []

    def _remove(self, triples: list[ox.Triple]) -> tuple[list[ox.Triple], list[ox.Triple]]:
        return [], self.chance.sample(triples, self.chance.randint(1, 3))

    def _value(self, triples: list[ox.Triple]) -> tuple[list[ox.Triple], list[ox.Triple]]:
        one, other = self.chance.choice(triples), self.chance.choice(triples)
        return [ox.Triple(one.subject, one.predicate, other.object)], [one]

    def _retype(self, triples: list[ox.Triple]) -> tuple[list[ox.Triple], list[ox.Triple]]:
        types = [t for t in triples if t.predicate == TYPE]
        one = self.chance.choice(types)
        kinds = [ox.NamedNode(kind.iri) for kind in self.fields.kinds.values()]
        new = self.chance.choice([*kinds, ox.NamedNode(SKF.Record), ox.NamedNode(f"{BASE}Thing")])
        return [ox.Triple(one.subject, TYPE, new)], [one] if self.chance.random() < 0.7 else []

    def _move(self, triples: list[ox.Triple]) -> tuple[list[ox.Triple], list[ox.Triple]]:
        """A record gets another IRI; what refers to it does not follow."""
        old = self.chance.choice(triples).subject
        new = ox.NamedNode(f"{BASE}id/story/moved-{self.chance.randint(0, 5)}")
        gone = [t for t in triples if t.subject == old]
        return [ox.Triple(new, t.predicate, t.object) for t in gone], gone

    def _hub(self, triples: list[ox.Triple]) -> tuple[list[ox.Triple], list[ox.Triple]]:
        """The thing that most others refer to goes."""
        counts = Counter(t.object for t in triples if isinstance(t.object, ox.NamedNode))
        subjects = {t.subject for t in triples}
        hubs = [node for node, _ in counts.most_common() if node in subjects][:5]
        hub = self.chance.choice(hubs) if hubs else triples[0].subject
        return [], [t for t in triples if t.subject == hub]

    def _axiom(self, triples: list[ox.Triple]) -> tuple[list[ox.Triple], list[ox.Triple]]:
        """A class comes below another, or leaves it."""
        axioms = [t for t in triples if t.predicate == SUB]
        if axioms and self.chance.random() < 0.5:
            return [], [self.chance.choice(axioms)]
        kinds = [kind.iri for kind in self.fields.kinds.values()] + [f"{BASE}Thing"]
        child, parent = (ox.NamedNode(self.chance.choice(kinds)) for _ in range(2))
        return [ox.Triple(child, SUB, parent)], []

    def _declare(self, triples: list[ox.Triple]) -> tuple[list[ox.Triple], list[ox.Triple]]:
        """An unknown property is used, or somebody declares it."""
        term = ox.NamedNode(f"{BASE}terms/colour")
        declared = ox.Triple(term, TYPE, ox.NamedNode(f"{RDF.type.removesuffix('type')}Property"))
        if declared in triples:
            return [], [declared]
        if self.chance.random() < 0.4:
            return [declared], []
        return [ox.Triple(self.chance.choice(triples).subject, term, ox.Literal("blue"))], []

    def _undo(self, triples: list[ox.Triple]) -> tuple[list[ox.Triple], list[ox.Triple]]:
        """What the last change did is taken back."""
        if not self.kg.store.version:
            return self._add(triples)
        last = self.kg.store.change(self.kg.store.version)
        return [q.triple for q in last.removed], [q.triple for q in last.added]


@pytest.mark.parametrize("seed", range(60 if FULL else 3))
def test_after_every_change_the_standing_report_is_that_of_a_full_run(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed % 2:  # as a large graph is judged: by columns, and what the checks read stays in memory
        monkeypatch.setattr(live, "_FEW", 0)
    chance = Random(seed)
    kg = in_memory(BASE, some_records(chance, 25))
    changes = Changes(kg, chance)
    assert_same(kg.validate(), full_run(kg))
    narrow = 0
    for _ in range(40 if FULL else 25):
        for _ in range(chance.choice([1, 1, 1, 2, 3])):  # several changes may come before somebody asks
            kg.store.apply(changes.make())
        report = kg.validate()
        assert_same(report, full_run(kg))
        narrow += report.again is not None
    assert narrow > 15
    assert sum(changes.done.values()) >= 25


# -- any shapes ----------------------------------------------------------------------------------------------------


class Standing:
    """Results by shape and focus node, brought up to date after changes."""

    def __init__(self, shapes_triples: tuple[Spo, ...], triples: dict[Spo, None]) -> None:
        self.shapes = read_shapes(shapes_triples)
        self.triples = shapes_triples
        self.reads = Reads(self.shapes)
        self.found: dict[tuple[Shape, Term], list[Result]] = {}
        self.everything(triples)

    def judge(self, triples: dict[Spo, None], data: Data) -> NodeJudge:
        return NodeJudge(data, queries(triples, self.triples))

    def everything(self, triples: dict[Spo, None]) -> None:
        data = Data(triples)
        judge = self.judge(triples, data)
        self.found = {
            (shape, node): list(judge.results(shape, node))
            for shape in self.shapes.aimed
            for node in judge.focus_nodes(shape, data.by)
        }

    def after(self, triples: dict[Spo, None], came: set[Spo], went: set[Spo]) -> tuple[int, int]:
        """Judge again what a change can touch; how many nodes that was, and how many there are."""
        data = Data(triples)
        judge = self.judge(triples, data)
        touch = Touch(self.reads, Joined(data, Data(went)), (*came, *went))
        count = 0
        for shape in self.shapes.aimed:
            nodes = touch.focus_nodes(shape)
            if nodes is None:
                nodes = {node for one, node in self.found if one is shape} | set(judge.focus_nodes(shape, data.by))
            for node in nodes:
                count += 1
                self.found.pop((shape, node), None)
                if judge.is_focus(shape, node):
                    self.found[shape, node] = list(judge.results(shape, node))
        return count, len(self.found)

    def focus_nodes(self) -> set[tuple[str, Term]]:
        return {(str(shape.node), node) for shape, node in self.found}

    def results(self) -> list[Result]:
        return [result for results in self.found.values() for result in results]


@pytest.mark.parametrize("block", range(20 if FULL else 2))
def test_any_shapes_say_after_a_change_what_they_say_of_everything(block: int) -> None:
    touched = every = 0
    for seed in range(block * 30, block * 30 + 30):
        chance = Random(seed)
        one, other = pair(chance), pair(Random(seed + 100_000))
        triples = dict.fromkeys(one.data)
        spare = [*dict.fromkeys(other.data)]
        standing = Standing(one.shapes, triples)
        nodes = sorted({t for triple in (*one.data, *other.data) for t in (triple[0], triple[2])}, key=str)
        predicates = sorted({triple[1] for triple in (*one.data, *other.data)}, key=str)
        for _ in range(10):
            went = set(chance.sample(list(triples), min(len(triples), chance.randint(0, 3))))
            came = set(chance.sample(spare, min(len(spare), chance.randint(0, 2))))
            subjects = [node for node in nodes if not isinstance(node, ox.Literal)]
            came.add((chance.choice(subjects), chance.choice(predicates), chance.choice(nodes)))
            came -= triples.keys()
            went -= came
            for triple in went:
                del triples[triple]
            triples |= dict.fromkeys(came)
            again, there = standing.after(triples, came, went)
            touched, every = touched + again, every + there
            full = Standing(one.shapes, triples)
            assert bag(standing.results()) == bag(full.results()), seed
            assert standing.focus_nodes() == full.focus_nodes(), seed
    assert touched < every


def test_what_is_without_some_triples_is_what_the_others_say() -> None:
    chance = Random(7)
    triples = list(dict.fromkeys(pair(chance).data))
    gone = triples[::3]
    left = Data([triple for triple in triples if triple not in gone])
    view = Without(Data(triples), gone)
    for subject, predicate, value in triples:
        assert {k: list(v) for k, v in view.said(subject).items()} == {
            k: list(v) for k, v in left.said(subject).items()
        }
        assert list(view.back(value, predicate.value)) == list(left.back(value, predicate.value))


# -- the report as people hold it ----------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """The folder of a network's graph with a few records."""
    with sankofa.init(tmp_path / "kg", base=BASE, title="A network", lang="en", when="2026-01-01") as kg:
        graph = kg.store.graphs.asserted
        quads = tuple(ox.Quad(t.subject, t.predicate, t.object, graph) for t in some_records(Random(1), 20))
        kg.store.apply(Change(added=quads, who="test", when="2026-01-02"))
    yield tmp_path / "kg"


def retitle(kg: Graph, text: str) -> str:
    city = next(t.subject for t in kg.store.asserted(None, TYPE, ox.NamedNode(SKF.City)))
    title = ox.NamedNode(DCTERMS.title)
    graph = kg.store.graphs.asserted
    old = tuple(ox.Quad(t.subject, t.predicate, t.object, graph) for t in kg.store.asserted(city, title))
    new = ox.Quad(city, title, ox.Literal(text, language="en"), graph)
    kg.store.apply(Change(removed=old, added=(new,), who="test", when="2026-01-03"))
    return str(city.value)


def test_a_report_keeps_saying_what_was_so_when_it_was_made() -> None:
    kg = in_memory(BASE, some_records(Random(2), 20))
    before = kg.validate()
    expected = full_run(kg)
    city = retitle(kg, "Another name")
    after = kg.validate()
    assert_same(before, expected)
    assert_same(after, full_run(kg))
    titles = {finding.titles["en"] for finding in after.findings if finding.record == city}
    assert titles == {"Another name"}


def test_a_report_can_be_read_when_its_graph_is_closed(own: Path) -> None:
    with sankofa.open(own) as kg:
        report = kg.validate()
        expected = full_run(kg)
    assert_same(report, expected)


def test_what_a_change_touched_is_told(own: Path) -> None:
    with sankofa.open(own) as kg:
        first = kg.validate()
        assert first.again is None
        assert first.touched == first.findings
        with kg.change("a draft", agent="test") as change:
            story = change.add("story", slug="a-draft", title={"fr": "Un récit"}, city=kg.records("city")[0])
        report = kg.validate()
        assert report.again is not None
        assert 0 < report.again < 20
        assert story in {finding.record for finding in report.touched}
        assert len(report.touched) < len(report.findings)
        assert kg.validate().again == 0


def test_the_report_lasts_beside_the_graph(own: Path) -> None:
    with sankofa.open(own) as kg:
        kg.validate()
        retitle(kg, "Another name")
        report = kg.validate()
        expected = full_run(kg)
        assert kg.store.report_file is not None
        head = json.loads(kg.store.report_file.read_text(encoding="utf-8").splitlines()[0])
        assert head["change"] == kg.store.version - 1
        retitle(kg, "A third name")  # nobody asks before it is closed
    with sankofa.open(own) as kg:
        assert kg.validate().again is not None, "it was all judged anew"
        assert_same(kg.validate(), full_run(kg))
        assert report.counts == expected.counts
    with sankofa.open(own, read_only=True) as kg:
        assert kg.validate().again == 0
        assert_same(kg.validate(), full_run(kg))


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "other rules", "no text", "gone"])
def test_a_damaged_report_is_made_anew(own: Path, damage: str) -> None:
    with sankofa.open(own) as kg:
        kg.validate()
        retitle(kg, "Another name")
        kg.validate()
        expected = full_run(kg)
    file = own / "report.jsonl"
    data = file.read_bytes()
    damaged = {
        "cut": data[: len(data) // 2],
        "changed": data.replace(b"exemplary", b"publishable", 1).replace(b"Info", b"Warn"),
        "empty": b"",
        "other rules": data.replace(b'"rules": "', b'"rules": "x'),
        "no text": b"\xff\xfe\x00" + data,
        "gone": None,
    }[damage]
    file.unlink() if damaged is None else file.write_bytes(damaged)
    with sankofa.open(own) as kg:
        assert_same(kg.validate(), expected)
    with sankofa.open(own) as kg:
        assert kg.validate().again == 0
        assert_same(kg.validate(), expected)


def test_a_withdrawn_record_is_in_no_report(own: Path) -> None:
    with sankofa.open(own) as kg:
        record = next(finding.record for finding in kg.validate().findings)
        kg.store.withdraw(record, who="test", when="2026-02-01")
        assert not (own / "report.jsonl").exists()
        assert_same(kg.validate(), full_run(kg))
        assert record not in {finding.record for finding in kg.validate().findings}


def test_the_report_is_no_part_of_a_dump(own: Path) -> None:
    with sankofa.open(own) as kg:
        before = kg.dump(all=True)
        kg.validate()
        assert kg.dump(all=True) == before


@pytest.mark.parametrize("level", ["draft", "publishable", "exemplary"])
def test_what_is_told_of_some_levels_is_what_is_picked_out_of_all(own: Path, level: str) -> None:
    with sankofa.open(own) as kg:
        with kg.change("a record of each level", when="2026-02-01") as change:
            change.add("story", slug="empty", title={"fr": "Un récit"}, city="bamako", status="draft")
            change.add("city", slug="nowhere", title={"fr": "Nulle part"})
        report = kg.validate()
        told = report.at(level)
        picked = Report(tuple(report.findings), report.checked).at(level)
        assert told.findings == picked.findings
        assert (told.counts, told.results) == (picked.counts, picked.results)

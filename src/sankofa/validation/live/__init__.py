"""Live validation: after a change, only what it can touch is judged again.

The standing report of a graph holds what stands at each of its nodes: the standard's results, what no rule looked at,
what the checks found. After changes the touched nodes are found (`touch`), judged one at a time (`judge`), and their
entries replaced (`entries`). The report is kept in a file beside the graph (`journal`), up to a change and by certain
rules; whatever does not fit is judged anew by the columns engine.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast
from weakref import WeakValueDictionary

import pyoxigraph as ox

from sankofa import shipped
from sankofa.errors import WrongUsage
from sankofa.fields import LEVELS, Fields
from sankofa.fields.files import Node, Spo, Term, read_terms
from sankofa.store import Change, Embedded
from sankofa.validation import columns
from sankofa.validation.assess import assess
from sankofa.validation.checks import asking, checks, read_by
from sankofa.validation.columns.table import Table
from sankofa.validation.completeness import RecordState
from sankofa.validation.coverage import covered
from sankofa.validation.crossing import Crossing, told
from sankofa.validation.data import Data, Joined, Near, Stored, Walked, Without
from sankofa.validation.describe import Describer, Origins, place
from sankofa.validation.joins import RECORD
from sankofa.validation.live.entries import Coding, Entries, Entry
from sankofa.validation.live.journal import Head, Journal
from sankofa.validation.live.report import Later, StandingReport
from sankofa.validation.live.touch import Reads, Touch
from sankofa.validation.messages import messages
from sankofa.validation.model import Shape
from sankofa.validation.nodes import NodeJudge
from sankofa.validation.report import Finding
from sankofa.validation.results import Result
from sankofa.validation.shapes import shapes_of
from sankofa.validation.sources import vocabularies
from sankofa.validation.sparql import Queries
from sankofa.validation.unseen import Unseen

__all__ = ["Live"]

T = TypeVar("T")

#: What is touched beyond this many nodes, and beyond a share of them all, is quicker judged with everything.
_MANY, _SHARE = 2_000, 20
#: Up to this many triples, one node at a time is quicker than starting a database.
_FEW = 25_000
#: More changed triples than this are not followed back.
_LONG = 20_000
#: Of up to this many triples, what the checks read is asked in memory, 150 MB for a million triples in all.
_IN_MEMORY = 6_000_000


class Live:
    """The standing report of a network's graph.

    Args:
        store: the graph.
        fields: the kinds and rules that it is judged by.
        origins: says where values came from.
    """

    def __init__(self, store: Embedded, fields: Fields, origins: Origins | None = None) -> None:
        """Read the shapes; nothing is judged yet."""
        self._origins = origins
        self._store = store
        self._fields = fields
        self._shapes = shapes_of(fields)
        self._coding = Coding(self._shapes)
        self._reads = Reads(self._shapes)
        self._unseen = Unseen(fields, messages())
        self._lists = (*vocabularies(), *fields.class_tree)
        self._static = Data(dict.fromkeys(self._lists))
        self._rules = _digest(fields, self._lists)
        self._journal = Journal(store.report_file, writes=not store.read_only)
        self._entries = Entries()
        self._rows: dict[str, set[str]] = {}
        self._head: Head | None = None
        self._near: Near | None = None
        self._noted: dict[int, Change] = {}
        self._open: WeakValueDictionary[int, Later[Any]] = WeakValueDictionary()
        self._working = threading.RLock()
        store.on_commit(self._note)

    def report(self) -> StandingReport:
        """The standing report, brought up to date."""
        with self._working:
            again = self._bring_up_to_date()
            assert self._head is not None  # noqa: S101 - it is up to date
            head, entries, version = self._head, self._entries.copy(), self._head.change
            findings = self._later(lambda: self._tell(entries, version))
            touched = findings if again is None else self._later(lambda: self._tell(again, version))
            return StandingReport(
                cast("tuple[Finding, ...]", findings),
                head.checked,
                columns.NAME,
                records=cast("tuple[RecordState, ...]", self._later(lambda: self._assess(findings, version))),
                coverage=covered(self._fields, head.records, head.triples),
                levels={level: head.levels.get(level, 0) for level in LEVELS},
                standard=head.results,
                touched=touched,
                again=None if again is None else len(again),
                tell=lambda levels: self._tell(entries, version, levels),
            )

    def close(self) -> None:
        """Tell what was promised to be told, while the graph is still there."""
        for later in list(self._open.values()):
            later.now()

    def _later(self, make: Callable[[], Sequence[T]]) -> Later[T]:
        later = Later(make)
        self._open[id(later)] = later
        return later

    # -- bringing up to date

    def _note(self, change: Change) -> None:
        self._noted[change.number] = change
        if len(self._noted) > 1_000:
            self._noted.pop(min(self._noted))

    def _bring_up_to_date(self) -> list[tuple[str, str]] | None:
        """Follow the graph; the entries that were judged again, None when that was all of them."""
        if self._head is None and (kept := self._journal.read(self._rules)) is not None:
            self._head, found = kept
            self._take(found.items())
        version = self._store.version
        if self._head is not None and self._head.change == version:
            return []
        changed = self._changed_since(self._head.change, version) if self._head is not None else None
        again = None if changed is None else self._judge_again(*changed, version)
        if again is None:
            self._judge_all()
        return again

    def _take(self, found: Iterable[tuple[str, str]]) -> None:
        self._entries, self._rows = Entries(), {}
        for node, text in found:
            self._put(node, text, self._coding.read(text) if '"SKF-' in text else Entry())

    def _put(self, node: str, text: str, entry: Entry) -> None:
        self._entries[node] = text
        for code, _, _ in entry.rows:
            self._rows.setdefault(code, set()).add(node)

    def _changed_since(self, before: int, now: int) -> tuple[set[Spo], set[Spo]] | None:
        """The asserted triples that came and that went; None where the log does not tell, or tells too many."""
        came: set[Spo] = set()
        went: set[Spo] = set()
        if before > now:
            return None
        for number in range(before + 1, now + 1):
            change = self._noted.get(number) or self._store.change(number)
            if change.withdraws or len(change.added) + len(change.removed) > _LONG:
                return None
            out, into = (
                {_spo(quad) for quad in quads if quad.graph_name == self._store.graphs.asserted}
                for quads in (change.removed, change.added)
            )
            came, went = (came - out) | (into - went), (went - into) | (out - came)
        return came, went

    def _judge_all(self) -> None:
        """Judge everything: by columns, or one node at a time where there are few."""
        version = self._store.version
        view = Joined(Stored(self._store), self._static)
        few = sum(1 for _ in islice(self._store.asserted(), _FEW + 1)) <= _FEW
        judged = self._by_nodes(view) if few else self._by_columns(view)
        crossing = Crossing(asking(judged.near.store) if judged.near else self._ask)
        entries = {node: Entry(results=tuple(results)) for node, results in judged.found.items()}
        describer = Describer(self._fields, messages(), view)
        for finding in self._unseen.findings(view, judged.suspects, describer):
            _add_unseen(entries, finding)
        for check, rows in crossing.rows():
            for row in rows:
                node = str(row[RECORD])
                entry = entries.get(node, Entry())
                entries[node] = replace(entry, rows=(*entry.rows, (check.code, check.level, row)))
        self._entries, self._rows = Entries(), {}
        levels: Counter[str] = Counter()
        for node, entry in entries.items():
            self._put(node, self._coding.write(entry), entry)
            levels.update(entry.levels())
        self._head = Head(
            version,
            self._rules,
            crossing.today,
            judged.checked,
            judged.records,
            judged.triples,
            dict(sorted(levels.items())),
            sum(map(len, judged.found.values())),
        )
        self._near = None if self._store.read_only else judged.near
        self._journal.write(self._head, self._entries)

    def _by_columns(self, view: Walked) -> _Judged:
        found: dict[str, list[tuple[Shape, Result]]] = {}
        with Table() as table:
            table.load_store(self._store.raw, self._store.graphs.asserted)
            triples = table.triples
            table.load_spo(dict.fromkeys(self._lists))
            outcome = columns.judge(table, self._shapes, self._fields.shapes, self._queries())
            for (shape, focus), result in zip(outcome.at, outcome.results, strict=True):
                found.setdefault(str(focus), []).append((shape, result))
            own = outcome.judge.focus.without_part()
            records = len(own) - sum(not self._is_subject(term) for term in read_terms(own) if term in self._static.by)
            # In memory, and without what no check reads, the checks are answered several times as fast.
            near = Near(table.store(read_by(checks()))) if triples <= _IN_MEMORY else None
            return _Judged(found, outcome.checked, records, triples, self._suspects(table, view), near)

    def _by_nodes(self, view: Walked) -> _Judged:
        triples = 0
        own: dict[Node, None] = {}
        for triple in self._store.asserted():
            own[cast(Node, triple.subject)] = None
            triples += 1
        found: dict[str, list[tuple[Shape, Result]]] = {}
        judge = NodeJudge(view, self._queries())
        every: set[Term] = set()
        subjects = dict.fromkeys((*own, *self._static.by))
        for shape in self._reads.aimed:
            for node in judge.focus_nodes(shape, subjects):
                every.add(node)
                if results := [(shape, result) for result in judge.results(shape, node)]:
                    found.setdefault(str(node), []).extend(results)
        records = sum(node in own and "#" not in node.value for node in every)
        return _Judged(found, len(every), records, triples, list(own))

    def _suspects(self, table: Table, view: Walked) -> list[Node]:
        """The subjects about which something is unknown or unseen, or may be."""
        describer = Describer(self._fields, messages(), view)
        sorts = table.alike()
        if not self._unseen.by_sort:
            wanted = [sort for sort, _ in sorts]
        else:
            wanted = [sort for sort, node in sorts if self._unseen.findings(view, [cast(Node, node)], describer)]
        found = table.subjects(wanted)
        return [cast(Node, node) for node in found if node not in self._static.by or self._is_subject(node)]

    def _judge_again(self, came: set[Spo], went: set[Spo], version: int) -> list[tuple[str, str]] | None:
        """Judge what a change can touch; the entries that it comes to, or None when that is too much."""
        assert self._head is not None  # noqa: S101 - the caller's promise
        stored = Stored(self._store)
        gone = Data(went)
        after = Joined(stored, self._static)
        before = Joined(Without(stored, came), gone, self._static)
        touch = Touch(self._reads, Joined(stored, gone, self._static), (*came, *went))
        todo = self._touched(touch)
        if todo is None:
            return None
        judge, earlier = NodeJudge(after, self._queries()), NodeJudge(before, self._queries())
        entries: dict[str, Entry] = {}

        def entry_at(node: str) -> Entry:
            if node not in entries:
                entries[node] = self._coding.read(self._entries[node])
            return entries[node]

        for node, shapes in todo.items():
            old = entry_at(str(node))
            results = [one for one in old.results if one[0] not in shapes]
            for shape in shapes:
                if judge.is_focus(shape, node):
                    results += [(shape, result) for result in judge.results(shape, node)]
            entries[str(node)] = replace(old, results=tuple(results))
        looked = self._looked_at(touch)
        if looked is None:
            return None
        for node in looked:
            entries[str(node)] = replace(entry_at(str(node)), unseen=())
        describer = Describer(self._fields, messages(), after)
        there = [node for node in looked if stored.said(node)]
        for finding in self._unseen.findings(after, there, describer):
            _add_unseen(entries, finding)
        crossing = Crossing(self._ask, today=self._head.today)
        near, self._near = self._near, None  # what is stopped half-way must not be taken for what is there
        if near is not None:
            near.change(came, went, read_by(checks()))
        for recheck in crossing.after((*came, *went), Joined(near, self._static) if near else after):
            code = recheck.check.code
            seen = set(self._rows.get(code, ())) if recheck.seen is None else {str(node) for node in recheck.seen}
            for name in seen:
                kept = tuple(row for row in entry_at(name).rows if row[0] != code)
                entries[name] = replace(entries[name], rows=kept)
            for row in recheck.rows:
                name = str(row[RECORD])
                entries[name] = replace(entry_at(name), rows=(*entries[name].rows, (code, recheck.check.level, row)))
        head = self._head
        levels, results_count = Counter(head.levels), head.results
        again, changed = [], []
        for name, entry in entries.items():
            text, old_text = self._coding.write(entry), self._entries[name]
            if text != old_text:
                old = self._coding.read(old_text)
                levels.subtract(old.levels())
                levels.update(entry.levels())
                results_count += len(entry.results) - len(old.results)
                for code in {row[0] for row in old.rows} - {row[0] for row in entry.rows}:
                    self._rows[code].discard(name)
                self._put(name, text, entry)
                changed.append((name, text))
            again.append((name, text))
        checked, records = self._focus_change(touch, judge, earlier, stored, Joined(Without(stored, came), gone))
        self._head = replace(
            head,
            change=version,
            today=crossing.today,
            checked=head.checked + checked,
            records=head.records + records,
            triples=head.triples + len(came) - len(went),
            levels={level: count for level, count in sorted(levels.items()) if count},
            results=results_count,
        )
        self._near = near
        self._journal.append(self._head, changed, self._entries)
        return again

    def _touched(self, touch: Touch) -> dict[Term, list[Shape]] | None:
        """The nodes to judge again, each with the shapes to judge it by."""
        assert self._head is not None  # noqa: S101 - the caller's promise
        todo: dict[Term, list[Shape]] = {}
        for shape in self._reads.aimed:
            if self._reads.may_read(shape, touch.predicates):
                nodes = touch.focus_nodes(shape)
                if nodes is None:
                    return None
                for node in nodes:
                    todo.setdefault(node, []).append(shape)
        return None if len(todo) > max(_MANY, self._head.checked // _SHARE) else todo

    def _looked_at(self, touch: Touch) -> set[Node] | None:
        """The nodes of which something else may be unknown or unseen."""
        assert self._head is not None  # noqa: S101 - the caller's promise
        found = {node for node in (*touch.nodes, *touch.classes) if not isinstance(node, ox.Literal)}
        for name in touch.declared:
            found.update(cast("set[Node]", touch.instances(name)))
            if isinstance(name, ox.NamedNode):
                users = self._store.raw.quads_for_pattern(None, name, None, self._store.graphs.asserted)
                found.update(cast(Node, quad.subject) for quad in users)
        return None if len(found) > max(_MANY, self._head.checked // _SHARE) else found

    def _focus_change(
        self, touch: Touch, judge: NodeJudge, earlier: NodeJudge, stored: Walked, was: Walked
    ) -> tuple[int, int]:
        """By how much the numbers of focus nodes and of records among them have changed."""
        checked = records = 0
        for node in touch.targets | touch.subjects:
            before = any(earlier.is_focus(shape, node) for shape in self._reads.aimed)
            after = any(judge.is_focus(shape, node) for shape in self._reads.aimed)
            checked += after - before
            if not isinstance(node, ox.Literal) and "#" not in node.value:
                records += (after and bool(stored.said(node))) - (before and bool(was.said(node)))
        return checked, records

    # -- telling

    def _tell(
        self, entries: Iterable[tuple[str, str]], version: int, levels: Sequence[str] = LEVELS
    ) -> tuple[Finding, ...]:
        """The findings of some entries and of some levels, told from the graph as it was at a version."""
        view = self._view(version)
        describer = Describer(self._fields, messages(), view, self._origins)
        by_code = {check.code: check for check in checks()}
        results, nodes, found = [], [], []
        for node, text in entries:
            entry = self._coding.read(text, levels)
            results += [result for _, result in entry.results]
            if entry.unseen:
                nodes.append(node)
            found += [told(by_code[code], row, describer) for code, _, row in entry.rows]
        found += self._unseen.findings(view, [cast(Node, node) for node in read_terms(nodes)], describer)
        found = [finding for finding in found if finding.level in levels]  # a node can be unseen at several
        return tuple(sorted([*describer.findings(results), *found], key=place))

    def _assess(self, findings: Iterable[Finding], version: int) -> tuple[RecordState, ...]:
        """How complete the records were at a version."""
        came, went = self._since(version)
        asserted = {_spo(quad) for quad in self._store.quads(None, None, None, self._store.graphs.asserted)}
        data = Data(dict.fromkeys((*sorted((asserted - came) | went, key=str), *self._lists)))
        crossing = {check.code for check in checks()}
        return assess(data, self._fields, [finding for finding in findings if finding.code not in crossing])

    def _view(self, version: int) -> Walked:
        stored = Stored(self._store)
        came, went = self._since(version)
        return Joined(Without(stored, came), Data(went), self._static) if came or went else Joined(stored, self._static)

    def _since(self, version: int) -> tuple[set[Spo], set[Spo]]:
        changed = self._changed_since(version, self._store.version)
        if changed is None:
            raise WrongUsage(
                "the graph has changed too much since this report was made", hint="validate it again for a new one"
            )
        return changed

    # -- the graph

    def _is_subject(self, node: Term) -> bool:
        return not isinstance(node, ox.Literal) and any(True for _ in self._store.asserted(node))

    def _graphs(self) -> list[ox.NamedNode]:
        graphs = self._store.graphs
        return [graphs.asserted, graphs.vocabularies, graphs.ontology]

    def _queries(self) -> Queries:
        return Queries(self._write, self._fields.shapes)

    def _write(self, file: Path) -> None:
        """Write what shapes judge, as N-Triples."""
        with file.open("wb") as out:
            for graph in self._graphs():
                self._store.raw.dump(out, ox.RdfFormat.N_TRIPLES, from_graph=graph)

    def _ask(self, text: str) -> ox.QuerySolutions:
        return cast(ox.QuerySolutions, self._store.raw.query(text, default_graph=list(self._graphs())))


@dataclass(frozen=True, slots=True)
class _Judged:
    """What judging everything came to.

    Args:
        found: the results at each node, with the shape whose focus node it is.
        checked: the number of focus nodes, records: of records among them, triples: of triples.
        suspects: the subjects about which something may be unknown or unseen.
        near: what the checks read, in memory; None where it is too much, or where there is little.
    """

    found: dict[str, list[tuple[Shape, Result]]]
    checked: int
    records: int
    triples: int
    suspects: list[Node]
    near: Near | None = None


def _add_unseen(entries: dict[str, Entry], finding: Finding) -> None:
    node = finding.focus if finding.focus.startswith("_:") else f"<{finding.focus}>"
    entry = entries.get(node, Entry())
    entries[node] = replace(entry, unseen=(*entry.unseen, finding.level))


def _spo(quad: ox.Quad) -> Spo:
    return cast(Spo, (quad.subject, quad.predicate, quad.object))


@lru_cache(maxsize=4)
def _digest(fields: Fields, lists: tuple[Spo, ...]) -> str:
    """What tells these rules, lists and checks from others."""
    said = sha256(covered(fields, 0, 0).digest.encode())
    said.update(shipped.messages_file().read_bytes())  # the levels of what is unseen
    for triple in sorted(str(ox.Triple(*one)) for one in lists):
        said.update(triple.encode())
    for check in checks():
        said.update(f"{check.code} {check.level} {check.text}".encode())
    return said.hexdigest()[:32]

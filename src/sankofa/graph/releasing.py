"""Building a release of a graph, and opening one: what partners see, frozen."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, cast

from pyoxigraph import NamedNode, Quad

from sankofa import shipped
from sankofa.errors import CouldNotBeDone, WrongUsage
from sankofa.graph import Graph
from sankofa.graph.inferences import rules, shipped_graphs
from sankofa.header import LANGUAGES
from sankofa.publish import dumps
from sankofa.publish.catalogue import PREFIXES, catalogue
from sankofa.publish.changes import CHANGES, RECORDS, as_tsv, changes, digests, from_tsv
from sankofa.publish.gate import Gate, gate
from sankofa.publish.index import NAMES, WORDS, Index, index
from sankofa.publish.release import (
    GRAPH,
    LEFT_OUT,
    MANIFEST,
    Building,
    Manifest,
    as_json,
    clear,
    current,
    make_current,
    name_of,
    prepare,
)
from sankofa.publish.spread import beside
from sankofa.questions import answer
from sankofa.questions.parameters import bind_parameters
from sankofa.questions.recall import recalled
from sankofa.reason import refresh, settle
from sankofa.store import Graphs, record_of
from sankofa.store.disk import write_file
from sankofa.store.formats import FORMATS, write
from sankofa.store.frozen import Frozen
from sankofa.store.lock import Lock
from sankofa.store.skolem import canonical
from sankofa.terms import DCTERMS, SKF

if TYPE_CHECKING:
    from pyoxigraph import QuerySolutions

    from sankofa.fields import Fields
    from sankofa.questions import Answer, Question
    from sankofa.store import Value

#: What is told of long work: what is being done, how much of it is done, how much there is.
Progress = Callable[[str, int, int], None]

#: From so many triples on, the work is done by several processes.
_LARGE = 100_000


@dataclass(frozen=True)
class Released:
    """What building a release came to.

    Attributes:
        name: the release's name.
        folder: where it is.
        is_new: False when the current release holds exactly this already, so that nothing was to be done.
        verdict: what passed, what stayed behind, and why.
        seconds: how long each step took; of a large graph several are done beside each other, and come to more together
            than the whole.
        formats_left_out: the formats that cannot hold this graph.
    """

    name: str
    folder: Path
    is_new: bool
    verdict: Gate
    seconds: dict[str, float] = field(default_factory=dict)
    formats_left_out: tuple[str, ...] = ()


class Release(Graph):
    """A release: it answers as any graph does, and takes no changes.

    Args:
        store: its graph.
        folder: where its files are.
        about: what it says of itself.
    """

    def __init__(self, store: Frozen, folder: Path, about: Manifest) -> None:
        """Keep all three."""
        super().__init__(store, read_only=True)
        self.folder = folder
        self.about = about

    def answer(self, name: str, /, **parameters: object) -> Answer:
        """Answer a question; one that takes no parameter was answered when the release was built.

        Raises:
            UnknownName: no such question or parameter; the error names the nearest.
            ParameterError: a required parameter is missing, or a value does not fit.
            StorageError: the file of the answer is missing or altered.
        """
        question = self.questions[name]
        if _takes_none(question) and self.about.questions == _digest(shipped.question_files()):
            bound = bind_parameters(self.store, question, parameters)
            lang = bound["lang"].value if "lang" in bound else LANGUAGES[0]
            path = answer_file(name, lang)
            if path in self.about.files:
                text = self.about.checked(self.folder, path).decode()
                return recalled(self.store, self.fields, question, bound, text)
        return super().answer(name, **parameters)

    @cached_property
    def index(self) -> Index:
        """The words of its records, to search in.

        Raises:
            StorageError: its files are missing or altered.
        """
        for path in (WORDS, NAMES):
            self.about.checked(self.folder, path)
        return Index.open(self.folder)


def summary_of(release: Release) -> str:
    """What was decided when a release was built, for the person who serves it."""
    told = release.folder.parent / LEFT_OUT / f"{release.about.name}.json"
    try:
        return str(json.loads(told.read_bytes())["summary"])
    except (OSError, ValueError, KeyError):  # a release that was copied elsewhere has left it behind
        return Gate(frozenset(release.records()), ()).summary()


def is_release(folder: Path | str) -> bool:
    """Whether a folder is a release, or one of releases of which one is current.

    Example:
        >>> is_release(shipped.default_graph_folder())
        False
    """
    return Path(folder, MANIFEST).is_file() or bool(current(Path(folder)))


def open_release(folder: Path | str) -> Release:
    """Open a release, or the current one of a folder of releases, in memory.

    Raises:
        NotAGraph: there is no release there.
        StorageError: its graph is missing or altered.
    """
    path = Path(folder)
    path = path if (path / MANIFEST).is_file() else path / current(path)
    about = Manifest.read(path)
    store = Frozen.of(about.base, io.BytesIO(gzip.decompress(about.checked(path, GRAPH))))
    settle(store, rules())
    return Release(store, path, about)


def answer_file(question: str, lang: str) -> str:
    """Where a release keeps the answer to a question that takes no parameter.

    Example:
        >>> answer_file("cities", "fr")
        'answers/cities.fr.json'
    """
    return f"answers/{question}.{lang}.json"


def build(graph: Graph, out: Path | str, *, progress: Progress = lambda what, done, of: None) -> Released:
    """Build a release of a graph, and make it current; see :meth:`sankofa.Graph.release`."""
    if isinstance(graph, Release):
        raise WrongUsage("this is a release already", where=str(graph.folder), hint="copy its folder")
    folder = Path(out)
    steps = _Steps(progress)
    prepare(folder)
    lock = Lock(folder / ".lock", what="a release")
    try:
        clear(folder)
        with steps("validate"):
            verdict = gate(graph)
        previous = current(folder)
        before = Manifest.read(folder / previous) if previous else None
        content = _digest_of_content(graph, verdict)
        if before is not None and before.content == content:
            _tell_left_out(folder, previous, verdict)
            return Released(previous, folder / previous, False, verdict, steps.seconds)
        date = _date(graph, verdict)
        name = name_of(date, content, previous)
        formats: tuple[str, ...] = ()
        if not (folder / name / MANIFEST).is_file():
            about = Manifest(name, graph.store.graphs.base, date, previous, content, records=len(verdict.passed))
            formats = _build(folder, about, verdict, graph, steps)
        _tell_left_out(folder, name, verdict)
        make_current(folder, name)
        return Released(name, folder / name, True, verdict, steps.seconds, formats)
    finally:
        lock.release()


def _build(out: Path, about: Manifest, verdict: Gate, graph: Graph, steps: _Steps) -> tuple[str, ...]:
    """Write the release into its folder; the formats that cannot hold it.

    What needs only what passed is made beside the reasoning, and then all else beside each other.
    """
    apart = len(verdict.content) > _LARGE
    plain = [("changes", ""), ("index", ""), *(("dumps", name) for name in dumps.ASSERTED)]
    asked = [question.name for question in graph.questions.values() if _takes_none(question)]
    whole = [("dumps", GRAPH), *(("answers", name) for name in asked)]
    with (
        Building(out, about.name) as building,
        beside(lambda item: _of_passed(*item, out, about, verdict), plain, apart=apart, processes=1) as first,
    ):
        with steps("reason"):
            store = _public(about.base, verdict)
            graphs = store.graphs
            parts = {each: store.lines(each) for each in graphs.queried if each != graphs.asserted}
            parts[graphs.asserted] = list(verdict.content)
        public = _Counting(store)
        with beside(lambda item: _of_whole(*item, graph, public, parts), whole, apart=apart) as then:
            steps.write(building, whole, then)
        steps.write(building, plain, first)
        finished = replace(
            about,
            questions=_digest(shipped.question_files()),
            sankofa=version("sankofa"),
            triples={each.value: len(parts[each]) for each in graphs.queried},
            files=building.files,
        )
        with steps("catalogue"):
            said = catalogue(Graph(store, read_only=True), finished, about.base)
            for name in ("turtle", "jsonld"):
                path = f"catalogue{FORMATS[name].extensions[0]}"
                building.write(path, write(said, name, prefixes=PREFIXES))
        building.finish(finished)
    return tuple(name for name, path in dumps.ASSERTED.items() if path not in building.files)


def _of_passed(step: str, name: str, out: Path, about: Manifest, verdict: Gate) -> dict[str, bytes]:
    """Files of a release that are made of what passed the gate alone."""
    if step == "changes":
        return _changes(out, about, verdict)
    if step == "index":
        return dict(zip((WORDS, NAMES), index(verdict.content), strict=True))
    try:
        return {dumps.ASSERTED[name]: dumps.asserted(b"".join(verdict.content), name)}
    except CouldNotBeDone:
        return {}


def _of_whole(
    step: str, name: str, graph: Graph, public: _Counting, parts: Mapping[NamedNode, Iterable[bytes]]
) -> dict[str, bytes]:
    """Files of a release that need what follows, too."""
    if step == "dumps":
        return {name: dumps.packed(dumps.quads_of(parts))}
    found = _answers(public, graph.fields, graph.questions[name])
    return {answer_file(name, lang): text.encode() for lang, text in found}


def _changes(out: Path, about: Manifest, verdict: Gate) -> dict[str, bytes]:
    """Which records there are, and what became of them since the release before."""
    now, before = digests(verdict.content, about.base), dict[str, str]()
    if about.previous:
        older = out / about.previous
        before = from_tsv(Manifest.read(older).checked(older, RECORDS))
    found = changes(before, now, verdict.content, about.base, verdict.tombstones)
    head = {"release": about.name, "previous": about.previous, "date": about.date}
    return {RECORDS: as_tsv(now), CHANGES: as_json({**head, **found})}


def _public(base: str, verdict: Gate) -> Frozen:
    """What passed, with ontology and vocabularies, and what follows from these alone."""
    graphs = Graphs.of(base)
    known = [
        Quad(triple.subject, triple.predicate, triple.object, getattr(graphs, name))
        for name, triples, _ in shipped_graphs()
        for triple in triples
    ]
    lines = [f"{quad} .\n".encode() for quad in canonical(known)]
    store = Frozen.of(base, lines, asserted=verdict.content)
    refresh(store, rules())
    return store


def _answers(store: _Counting, fields: Fields, question: Question) -> list[tuple[str, str]]:
    """The answer to a question in each language."""
    if question.parameters:
        return [(lang, answer(store, fields, question, {"lang": lang}).to_json(lang)) for lang in LANGUAGES]
    found = answer(store, fields, question)
    return [(lang, found.to_json(lang)) for lang in LANGUAGES]


class _Counting:
    """A store that is asked each count once: many questions have one scope, and each is asked in four languages."""

    def __init__(self, store: Frozen) -> None:
        self._store = store
        self._known: dict[str, list[tuple[object, ...]]] = {}

    @property
    def base(self) -> str | None:
        """The base of the records' IRIs."""
        return self._store.base

    def query(self, sparql: str, bindings: Mapping[str, Value]) -> object:
        """The result of a query."""
        if bindings or not sparql.startswith("SELECT (COUNT("):
            return self._store.query(sparql, bindings)
        if sparql not in self._known:
            self._known[sparql] = [tuple(solution) for solution in cast("QuerySolutions", self._store.query(sparql))]
        return self._known[sparql]


def _takes_none(question: Question) -> bool:
    return all(parameter.kind == "lang" and parameter.name == "lang" for parameter in question.parameters)


def _date(graph: Graph, verdict: Gate) -> str:
    """The day of the last change; where no change is logged, the newest day that a released record names."""
    if history := graph.history():
        return history[-1].when[:10]
    marks = [f"> <{each}> ".encode() for each in (DCTERMS.modified, DCTERMS.created, SKF.captureDate)]
    days = (line.split(b'"')[1] for line in verdict.content if any(mark in line for mark in marks))
    return max((day.decode()[:10] for day in days if len(day) >= 10), default="")


def _digest_of_content(graph: Graph, verdict: Gate) -> str:
    """A digest of all that makes a release what it is, but for the release before it."""
    files = [*shipped.ontology_files(), *shipped.vocabulary_files(), *shipped.rule_files(), *shipped.shape_files()]
    known = f"{version('sankofa')} {_digest(files)} {_digest(shipped.question_files())} {graph.base}\n"
    return hashlib.sha256(known.encode() + b"".join(verdict.content)).hexdigest()


def _digest(files: list[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _tell_left_out(out: Path, name: str, verdict: Gate) -> None:
    """Write what did not pass, for stewards, outside of what is public."""
    (out / LEFT_OUT).mkdir(exist_ok=True)
    rows = [("left out", each.record, each.title, each.reason) for each in verdict.left_out]
    for what, triples in (("cut", verdict.cut), ("redirected", verdict.redirected)):
        for each in triples:
            record, value = (getattr(term, "value", "") for term in (each.subject, each.object))
            rows.append((what, record_of(record), each.predicate.value, value))
    table = io.StringIO()
    csv.writer(table).writerows([("what", "record", "title or property", "reason or value"), *rows])
    content = {
        "release": name,
        "summary": verdict.summary(),
        "left out": [
            {
                "record": each.record,
                "title": each.title,
                "status": each.status,
                "reason": each.reason,
                "findings": [{lang: finding.message.get(lang, "") for lang in LANGUAGES} for finding in each.findings],
            }
            for each in verdict.left_out
        ],
        "cut": [str(each) for each in verdict.cut],
        "redirected": [str(each) for each in verdict.redirected],
    }
    write_file(out / LEFT_OUT / f"{name}.json", as_json(content))
    write_file(out / LEFT_OUT / f"{name}.csv", table.getvalue().encode())


class _Steps:
    """Times the steps of a build, each where it is done, and tells which one it is at."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        self.progress(step, 0, 1)
        begun = perf_counter()
        yield
        self._add(step, perf_counter() - begun)

    def write(
        self,
        building: Building,
        items: Sequence[tuple[str, str]],
        made: Iterable[tuple[Mapping[str, bytes], float]],
    ) -> None:
        """Write the files that were made for each item, a step and a name."""
        for number, ((step, _), (files, seconds)) in enumerate(zip(items, made, strict=True)):
            self.progress(step, number, len(items))
            for path, data in files.items():
                building.write(path, data)
            self._add(step, seconds)

    def _add(self, step: str, seconds: float) -> None:
        self.seconds[step] = self.seconds.get(step, 0.0) + seconds

"""A release on somebody's SPARQL server: its four graphs, each under its own name, and what says that they are whole.

What the server holds already is compared with the release, triple by triple, so a second push sends only what is
missing, whether the first was stopped in the middle or carried an older release. In the graph ``{base}graph/release``
the server says what it has: *draft* from the first request on, *published* with counts and digests when all has been
read back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from sankofa.errors import EndpointError, WrongUsage
from sankofa.publish.release import Manifest
from sankofa.store.graphs import Graphs
from sankofa.store.server import Server, is_blank, line_of, subject_of
from sankofa.store.skolem import canonical
from sankofa.terms import DCTERMS, SCHEMA, SKF, STATUS, VOID, XSD

#: The most that is asked for at once: triples of ours, and subjects.
_MOST_TRIPLES, _MOST_SUBJECTS = 1_000, 100

Lines = Sequence[bytes]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PushedGraph:
    """A graph of a release, as a server has it.

    Attributes:
        graph: its name.
        triples: how many it has.
        sha256: the digest of its sorted lines of N-Triples.
        sent: how many triples were sent.
        removed: how many were taken out.
    """

    graph: str
    triples: int
    sha256: str
    sent: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Pushed:
    """What pushing a release came to.

    Attributes:
        name: the release's name.
        graphs: its graphs, as the server has them.
        way: how they got there, "" when all was there already.
        address: the address that they were sent to, or "".
    """

    name: str
    graphs: tuple[PushedGraph, ...]
    way: str = ""
    address: str = ""


@dataclass
class _Difference:
    """What is between a graph of ours and the server's, as lines of N-Triples; strange ones have no subject of ours."""

    missing: list[bytes] = field(default_factory=list)
    extra: list[bytes] = field(default_factory=list)
    strange: int = 0

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.strange)


def push(server: Server, parts: Mapping[NamedNode, Lines], about: Manifest, progress: Progress) -> Pushed:
    """Bring a release onto a server.

    Args:
        server: where to.
        parts: the sorted lines of N-Triples of each graph.
        about: what the release says of itself.
        progress: told what is being done, how much of it is done, and how much there is.

    Raises:
        WrongUsage: the server holds the network's own graph, with its changes.
        EndpointError: the server is down, refuses, or keeps something else than what is sent.
    """
    graphs = Graphs.of(about.base)
    if server.holds(f"ASK {{ GRAPH {graphs.log} {{ ?change <{DCTERMS.identifier}> ?number }} }}"):
        raise WrongUsage(
            "this server holds the network's own graph, which people change there",
            where=server.endpoint,
            hint="push to another dataset or server: a release would take its place",
        )
    ours = {graph: PushedGraph(graph.value, len(lines), _digest(lines)) for graph, lines in parts.items()}
    said = description(about, tuple(ours.values()))
    between = {graph: _compare(server, graph, lines, progress) for graph, lines in parts.items()}
    if not any(between.values()) and not _compare(server, graphs.release, said, _silent):
        return Pushed(about.name, tuple(ours.values()))
    way = server.way_in(graphs.release, description(about))
    for graph, found in between.items():
        if found:
            progress(f"sending {_short(graph)}", 0, 1)
            sent, removed = len(found.missing), len(found.extra)
            if found.strange or not way.correct(graph, found.extra, found.missing):
                sent, removed = len(parts[graph]), removed + found.strange
                way.replace(graph, parts[graph])
            if left := _compare(server, graph, parts[graph], progress):
                raise _not_as_sent(way.address, graph, left)
            ours[graph] = PushedGraph(graph.value, len(parts[graph]), ours[graph].sha256, sent, removed)
    way.replace(graphs.release, said)
    if left := _compare(server, graphs.release, said, _silent):
        raise _not_as_sent(way.address, graphs.release, left)
    return Pushed(about.name, tuple(ours.values()), way.name, way.address)


def description(about: Manifest, graphs: Sequence[PushedGraph] = ()) -> Lines:
    """What a server says of a release that was pushed to it, as sorted lines of N-Triples.

    Args:
        about: what the release says of itself.
        graphs: its graphs when all of them are there; without them it says that they are not yet.

    Example:
        >>> about = Manifest("2026-03-01-0123456789ab", "https://example.org/", "2026-03-01")
        >>> len(description(about)), b"status/draft" in b"".join(description(about))
        (2, True)
    """
    node = Graphs.of(about.base).release
    found = [
        _said(node, DCTERMS.identifier, Literal(about.name)),
        _said(node, SKF.status, NamedNode(STATUS.published if graphs else STATUS.draft)),
    ]
    if graphs and about.date:
        found.append(_said(node, DCTERMS.issued, Literal(about.date, datatype=NamedNode(XSD.date))))
    for each in graphs:
        graph = NamedNode(each.graph)
        found += (
            _said(node, DCTERMS.hasPart, graph),
            _said(graph, VOID.triples, Literal(each.triples)),
            _said(graph, SCHEMA.sha256, Literal(each.sha256)),
        )
    return sorted(map(line_of, found))


def _compare(server: Server, graph: NamedNode, lines: Lines, progress: Progress) -> _Difference:
    """What is between a graph of ours and the one of that name on a server, which is read some subjects at a time."""
    size = server.size(graph)
    if not size:
        return _Difference(missing=list(lines))
    found, known, done = _Difference(), 0, 0
    blank = [line for line in lines if is_blank(line)]
    if blank:
        with_blank = {line_of(triple) for triple in server.blank(graph)}
        known += len(with_blank)
        if _canonical(blank, graph) != _canonical(with_blank, graph):
            found.missing += blank
            found.extra += with_blank
    for subjects, expected in _batches(lines):
        progress(f"reading {_short(graph)}", done, len(lines))
        done += len(expected)
        there = {line_of(triple) for triple in server.said_of(graph, subjects)}
        there -= {line for line in there if blank and is_blank(line)}
        known += len(there)
        if there != expected:
            found.missing += sorted(expected - there)
            found.extra += sorted(there - expected)
    found.strange = size - known
    return found


def _batches(lines: Lines) -> Iterator[tuple[list[str], set[bytes]]]:
    """Sorted lines without blank nodes, by some subjects at a time."""
    subjects: list[str] = []
    batch: set[bytes] = set()
    for line in lines:
        if is_blank(line):
            continue
        subject = subject_of(line)
        if not subjects or subjects[-1] != subject:
            if len(batch) >= _MOST_TRIPLES or len(subjects) >= _MOST_SUBJECTS:
                yield subjects, batch
                subjects, batch = [], set()
            subjects.append(subject)
        batch.add(line)
    if batch:
        yield subjects, batch


def _canonical(lines: Iterable[bytes], graph: NamedNode) -> set[bytes]:
    """Lines with blank nodes, labelled by what these say and not by who wrote them."""
    read = parse(b"".join(sorted(lines)), RdfFormat.N_TRIPLES)
    return {line_of(quad.triple) for quad in canonical(Quad(q.subject, q.predicate, q.object, graph) for q in read)}


def _not_as_sent(address: str, graph: NamedNode, left: _Difference) -> EndpointError:
    """The error that says in what a server keeps something else than what was sent."""
    told = [f"{len(left.missing)} triples are missing, {len(left.extra) + left.strange} are not the release's"]
    for word, lines in (("not there", left.missing), ("there", left.extra)):
        told += [f"{word}: {line.decode().strip()}" for line in lines[:1]]
    return EndpointError(
        f"it does not keep <{graph.value}> as it was sent: {'; '.join(told)}",
        where=address,
        hint="push again; if the same is said again, this server changes what it is sent: try its other address "
        "(--graph-store keeps more than --update)",
    )


def _digest(lines: Lines) -> str:
    whole = hashlib.sha256()
    for line in lines:
        whole.update(line)
    return whole.hexdigest()


def _short(graph: NamedNode) -> str:
    return graph.value.rpartition("/")[2]


def _said(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Triple:
    return Triple(subject, NamedNode(predicate), value)


def _silent(what: str, done: int, of: int) -> None:
    """Tell nothing."""

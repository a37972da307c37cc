"""Withdrawing a record: out of the graph, its history and all that is made from now on; and what is out of reach."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from sankofa.errors import ParameterError, WrongUsage
from sankofa.graph import Graph
from sankofa.graph.newest import cache_of, known_releases
from sankofa.publish.changes import RECORDS
from sankofa.publish.release import LEFT_OUT, releases
from sankofa.store import Embedded, record_of

#: A title that is shorter is found in too many texts to say anything.
_SHORTEST = 4


def withdraw(graph: Graph, iri: str, *, reason: str, agent: str = "", when: str = "") -> list[str]:
    """Withdraw a record; see :meth:`sankofa.Graph.withdraw`."""
    store = graph.store
    if not isinstance(store, Embedded):
        raise WrongUsage(
            "a record is withdrawn where its graph is, not through an endpoint", hint="open the graph's own folder"
        )
    if record_of(iri) != iri:
        raise ParameterError("a part is not withdrawn without its record", where=iri, hint="remove it by a change")
    # read now what is needed later: a disk that fails must do so before anything is done
    titles, sheets, _ = _titles(graph, iri), _sheets(graph, iri), graph.history()
    folder = store.report_file.parent if store.report_file else None
    places = sorted({Path(known["release"]).parent for known in known_releases(folder)}) if folder else []
    try:
        store.withdraw(iri, who=agent, when=when, why=reason)
    finally:  # also where the disk failed half-way: a cache is made again
        if folder is not None:
            shutil.rmtree(cache_of(folder), ignore_errors=True)
    found = [f"{sheet}: the sheet that it was captured from" for sheet in sheets]
    found += _in_releases(places, iri)
    found += _still_named(graph, iri, titles)
    found.append(
        "copies that others have: dumps, pages and answers that were handed out, caches of search engines, backups"
    )
    return found


def _titles(graph: Graph, iri: str) -> set[str]:
    """What it is called, in every language."""
    said = (
        triple.object.value
        for predicate in graph.title_predicates
        for triple in graph.store.asserted(NamedNode(iri), NamedNode(predicate))
        if isinstance(triple.object, Literal)
    )
    return {text for text in said if len(text) >= _SHORTEST}


def _sheets(graph: Graph, iri: str) -> list[str]:
    """The files that values of a record were captured from."""
    found = set()
    for member in graph.members(iri):
        for triple in graph.store.asserted(NamedNode(member)):
            value = triple.object
            if isinstance(value, NamedNode | Literal):
                origin = graph.origins.of(member, triple.predicate.value, value)
                found.add(origin.file if origin else "")
    return sorted(found - {""})


def _in_releases(places: Iterable[Path], iri: str) -> Iterator[str]:
    """The releases that have it, and the lists for stewards that name it."""
    mark = iri.encode()
    for out in places:
        for name in releases(out):
            with suppress(OSError):
                if any(line.split(b"\t")[0] == mark for line in (out / name / RECORDS).read_bytes().splitlines()):
                    yield f"{out / name}: a release that has it; build a new one, then remove this folder"
        for told in sorted((out / LEFT_OUT).glob("*")):
            with suppress(OSError):
                if mark in told.read_bytes():
                    yield f"{told}: the list of what was left out names it; remove this file"


def _still_named(graph: Graph, iri: str, titles: set[str]) -> Iterator[str]:
    """What in the graph itself still speaks of it."""
    for subject in graph.referring_to(iri):
        yield f"{subject}: refers to it; a release names its tombstone instead"
    speaking = {
        record_of(triple.subject.value)
        for triple in graph.store.asserted()
        if isinstance(triple.object, Literal)
        and isinstance(triple.subject, NamedNode)
        and any(title in triple.object.value for title in titles)
    }
    yield from (f"{record}: a text of this record has its title" for record in sorted(speaking))
    for entry in graph.history():
        if any(title in f"{entry.why} {entry.who}" for title in titles):
            yield f"change {entry.number}: what is said of the change has its title"

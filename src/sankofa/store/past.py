"""The graph as it was after an earlier change, recovered from the log.

The log holds what each change really took out and put in, so walking it backwards from now gives exactly what was
asserted then. The triples of a withdrawn record are no longer in the log: its past is gone with it.
"""

from __future__ import annotations

from datetime import date, datetime

from pyoxigraph import NamedNode

from sankofa.errors import CouldNotBeDone, ParameterError, UnknownName
from sankofa.store.contract import Store

#: Subject, predicate and object of an asserted triple.
Asserted = tuple[object, NamedNode, object]


def change_meant(store: Store, since: int | str | date) -> int:
    """The number of the change that people mean: the state after it is what they compare with.

    Args:
        store: the graph.
        since: the number of a change; 0 for the beginning. Or a date (``2026-03-01``): what was there before the first
            change of that day or of a later one.

    Raises:
        UnknownName: there is no such change.
        ParameterError: it is neither a number nor a date.
        CouldNotBeDone: the graph has no log of changes.
        WrongUsage: the graph is no network's.

    Example:
        >>> from pyoxigraph import NamedNode, Quad
        >>> from sankofa.store import Change, open_store
        >>> store = open_store(base="https://example.org/")
        >>> a = NamedNode("https://example.org/id/city/a")
        >>> store.apply(Change(added=(Quad(a, a, a),), when="2026-03-01")).number
        1
        >>> change_meant(store, 1), change_meant(store, "2026-03-01"), change_meant(store, "2026-03-02")
        (1, 0, 1)
    """
    _ = store.graphs  # a plain graph says here that it is no network's
    last = store.version
    if not last:
        raise CouldNotBeDone(
            "no change of this graph is logged, so it has no earlier state to compare with",
            hint="compare in a graph's own folder, made by 'sankofa init', or behind an endpoint that holds its log",
        )
    if isinstance(since, str) and since.strip().removeprefix("-").isdecimal():
        since = int(since)
    if isinstance(since, int):
        if not 0 <= since <= last:
            raise UnknownName(f"there is no change {since}", hint=f"the last one is {last}")
        return since
    day = since.date() if isinstance(since, datetime) else since
    try:
        day = date.fromisoformat(day.strip()) if isinstance(day, str) else day
    except ValueError:
        raise ParameterError(
            f"'{since}' is neither the number of a change nor a date", hint="write it like 3 or 2026-03-01"
        ) from None
    later = (entry.number for entry in store.history() if datetime.fromisoformat(entry.when).date() >= day)
    return next(later, last + 1) - 1


def asserted_after(store: Store, number: int) -> list[Asserted]:
    """The triples that were asserted after a change, less those of records that were withdrawn since.

    Args:
        store: the graph.
        number: the number of the change; 0 for the beginning.

    Example:
        >>> from sankofa.store import open_store
        >>> asserted_after(open_store(base="https://example.org/"), 0)
        []
    """
    asserted = store.graphs.asserted
    then = dict.fromkeys((triple.subject, triple.predicate, triple.object) for triple in store.asserted())
    for later in range(store.version, number, -1):
        change = store.change(later)
        for quad in change.added:
            if quad.graph_name == asserted:
                then.pop((quad.subject, quad.predicate, quad.object), None)
        for quad in change.removed:
            if quad.graph_name == asserted:
                then[quad.subject, quad.predicate, quad.object] = None
    return list(then)

"""Where the triples live: here (in memory, in a folder) or behind any SPARQL 1.1 endpoint.

Example:
    >>> from sankofa.store import open_store
    >>> store = open_store(base="https://example.org/")
    >>> store.graphs.asserted.value
    'https://example.org/graph/asserted'
"""

from __future__ import annotations

from pathlib import Path

from sankofa.store.binding import Value
from sankofa.store.changes import Change, Entry
from sankofa.store.contract import Results, Store, Term
from sankofa.store.embedded import Embedded
from sankofa.store.graphs import Graphs, record_of

__all__ = ["Change", "Embedded", "Entry", "Graphs", "Results", "Store", "Term", "Value", "open_store", "record_of"]


def open_store(where: Path | str | None = None, *, base: str | None = None, read_only: bool = False) -> Store:
    """Open the store that an address means.

    Args:
        where: a folder; None for a new store in memory.
        base: the base IRI of a new network in memory; without it the store is a plain dataset.
        read_only: refuse changes, and open a folder that another process writes.

    Raises:
        NotAGraph: the folder holds no graph.
        HeldByAnother: another process writes the folder.

    Example:
        >>> open_store().base is None
        True
    """
    if where is None:
        return Embedded.memory(base) if base else Embedded.plain()
    return Embedded.open(where, read_only=read_only)

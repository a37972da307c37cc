"""Where the triples live: here (in memory, in a folder) or behind any SPARQL 1.1 endpoint.

Example:
    >>> from sankofa.store import open_store
    >>> store = open_store(base="https://example.org/")
    >>> store.graphs.asserted.value
    'https://example.org/graph/asserted'
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sankofa.store.binding import Value
    from sankofa.store.changes import Change, Entry
    from sankofa.store.contract import Results, Solutions, Store, Term
    from sankofa.store.embedded import Embedded
    from sankofa.store.graphs import Graphs, record_of
    from sankofa.store.plain import Plain
    from sankofa.store.remote import Remote

#: Where the names of this package come from; imported when asked for, because judging a file needs none of them.
_HOMES = {
    "binding": ("Value",),
    "changes": ("Change", "Entry"),
    "contract": ("Results", "Solutions", "Store", "Term"),
    "embedded": ("Embedded",),
    "graphs": ("Graphs", "record_of"),
    "plain": ("Plain",),
    "remote": ("Remote",),
}

__all__ = [
    "Change",
    "Embedded",
    "Entry",
    "Graphs",
    "Plain",
    "Remote",
    "Results",
    "Solutions",
    "Store",
    "Term",
    "Value",
    "open_store",
    "record_of",
]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def open_store(
    where: Path | str | None = None,
    *,
    base: str | None = None,
    read_only: bool = False,
    update: str | None = None,
    transactional: bool = False,
    timeout: int = 60,
) -> Store:
    """Open the store that an address means.

    Args:
        where: a folder, or the http(s) address of a SPARQL endpoint; None for a new store in memory.
        base: the base IRI of the network; a new store in memory without it is a plain dataset, and an endpoint
            without it is asked as it is.
        read_only: refuse changes, and open a folder that another process writes.
        update: an endpoint's address for updates.
        transactional: the endpoint's server has transactions; undo is then offered.
        timeout: seconds to wait for an endpoint.

    Raises:
        NotAGraph: the folder holds no graph.
        HeldByAnother: another process writes the folder.
        ParameterError: the base is no absolute IRI that ends with ``/``.

    Example:
        >>> open_store().base is None
        True
    """
    from sankofa.store.embedded import Embedded
    from sankofa.store.plain import Plain
    from sankofa.store.remote import Remote

    if where is None:
        return Embedded.memory(base) if base else Plain.of()
    if str(where).startswith(("http://", "https://")):
        address = None if read_only else update
        return Remote(str(where), update=address, base=base, transactional=transactional, timeout=timeout)
    return Embedded.open(where, read_only=read_only)

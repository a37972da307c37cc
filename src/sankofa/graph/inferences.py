"""Inferences kept up to date: in a store on this machine, and behind an endpoint that takes changes.

Who opens a folder to read has a copy of it in memory; what follows is worked out there, and nothing is written.
"""

from __future__ import annotations

import hashlib
import threading
from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import Triple

from sankofa import shipped
from sankofa.store import Embedded, Remote
from sankofa.store.formats import read

if TYPE_CHECKING:
    from sankofa.reason import Reasoning, Rules
    from sankofa.store import Store


class Inferences:
    """What follows from a store's content.

    Args:
        store: the store.
    """

    def __init__(self, store: Store) -> None:
        """Work nothing out yet."""
        self._store = store
        self._copy: Embedded | None = None
        self._copied = -1
        self._lock = threading.Lock()

    def store_to_ask(self) -> Store:
        """The store that answers queries, its inferences up to date.

        A plain graph has none; behind an endpoint that takes no changes they are as its server has them.
        """
        if self._store.base is None:
            return self._store
        if isinstance(self._store, Embedded):
            return self.local_store()
        if isinstance(self._store, Remote) and not self._store.read_only:
            self.bring_up_to_date()
        return self._store

    def local_store(self) -> Embedded:
        """A store on this machine whose inferences are up to date: the store itself, else a copy of what is remote.

        Raises:
            WrongUsage: the graph is no network's.
        """
        from sankofa.reason import refresh

        with self._lock:
            store = self._store
            if not isinstance(store, Embedded):
                version = store.version
                if self._copy is None or self._copied != version:
                    self._copy, self._copied = _copy_of(store), version
                store = self._copy
            refresh(store, rules())  # nothing is done when they are up to date
            return store

    def bring_up_to_date(self) -> Reasoning:
        """Bring the inferences up to date, where they can be written, and say what there is."""
        from sankofa.reason import run

        local = self.local_store()
        done = run(local, rules())
        if isinstance(self._store, Remote) and not self._store.read_only:
            inferred = self._store.graphs.inferred
            stamp = f"{self._store.version} {rules().digest} {' '.join(mark for _, _, mark in shipped_graphs())}"
            if self._store.stamp(inferred) != stamp:
                triples = (quad.triple for quad in local.quads(None, None, None, inferred))
                self._store.load_reserved(inferred, triples, stamp=stamp)
        return done


@cache
def rules() -> Rules:
    """The rules that the shipped ontology and rule files come to.

    Example:
        >>> rules().is_monotone in (True, False)
        True
    """
    from sankofa.reason import compile_rules

    return compile_rules(shipped_graphs()[0][1], shipped.rule_files())


@cache
def shipped_graphs() -> tuple[tuple[str, tuple[Triple, ...], str], ...]:
    """Ontology and vocabularies as shipped: the name of the graph, its triples, the digest of its files.

    Example:
        >>> [name for name, _, _ in shipped_graphs()]
        ['ontology', 'vocabularies']
    """
    found = []
    for graph, files in (("ontology", shipped.ontology_files()), ("vocabularies", shipped.vocabulary_files())):
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
        found.append((graph, tuple(quad.triple for file in files for quad in read(file)), digest))
    return tuple(found)


def bring(store: Store) -> None:
    """Bring ontology and vocabularies of a store to the shipped ones, where they differ.

    Raises:
        ReadOnly: an endpoint takes no changes.
        StorageError: the disk is full or gone.
    """
    for graph, triples, stamp in shipped_graphs():
        name = getattr(store.graphs, graph)
        if store.stamp(name) != stamp:
            store.load_reserved(name, triples, stamp=stamp)


def _copy_of(store: Store) -> Embedded:
    """What people wrote, with the shipped ontology and vocabularies, in memory."""
    graphs = store.graphs
    copy = Embedded.memory(graphs.base, (quad for quad in store.quads() if quad.graph_name not in graphs.reserved))
    bring(copy)
    return copy

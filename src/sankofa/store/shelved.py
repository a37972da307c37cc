"""A released graph that is too large for memory: in files of the engine that are made once, and read where they are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, RdfFormat

from sankofa.store.disk import storage_error
from sankofa.store.frozen import Frozen
from sankofa.store.graphs import Graphs
from sankofa.store.log import Log


class Shelved(Frozen):
    """A graph in a folder that :func:`shelve` made.

    Its files are opened with the first query, and by each process for itself: the engine has threads of its own, and a
    fork of a process has none of them.

    Args:
        base: the network's base IRI.
        folder: where its files are.

    Attributes:
        folder: where its files are.

    Example:
        >>> import tempfile
        >>> line = b"<http://a> <http://b> _:c <https://example.org/graph/ontology> .\\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     shelve([line], Path(folder))
        ...     store = Shelved("https://example.org/", Path(folder))
        ...     store.lines(store.graphs.ontology)
        [b'<http://a> <http://b> _:c .\\n']
    """

    def __init__(self, base: str, folder: Path) -> None:
        """Open nothing yet."""
        self.folder = folder
        self._opened: tuple[int, pyoxigraph.Store] | None = None
        super().__init__(pyoxigraph.Store(), Graphs.of(base), Log())
        self._shut = "it is released"
        self._is_merged = True

    @property
    def _raw(self) -> pyoxigraph.Store:
        """The engine, opened by this very process."""
        if self._opened is None or self._opened[0] != os.getpid():
            try:
                self._opened = (os.getpid(), pyoxigraph.Store.read_only(str(self.folder)))
            except (OSError, RuntimeError) as error:
                raise storage_error(error, self.folder) from error
        return self._opened[1]

    @_raw.setter
    def _raw(self, raw: pyoxigraph.Store) -> None:
        """Nothing: what is given when a store is made, or closed, has no content."""

    def _visible_graphs(self) -> list[NamedNode | BlankNode]:
        return list(self.graphs.queried)

    def _recorded_version(self) -> int:
        return 0

    def infer(self, update: str, *, stamp: str) -> None:
        """Take its inferences as they are; their stamp is not written."""
        if update:
            self._refuse_read_only()
        self._stamp = stamp


def shelve(lines: Iterable[bytes], folder: Path) -> None:
    """Make the files of a graph. The engine starts threads for this: let a process do it that is not forked afterwards.

    Args:
        lines: its quads, one a line of N-Quads; blank nodes keep their labels.
        folder: where to; it is made, or is empty.

    Raises:
        StorageError: the disk is full or gone.
        SyntaxError: a line is no quad.
    """
    sieve = _Sieve(iter(lines))
    try:
        raw = pyoxigraph.Store(str(folder))
        raw.bulk_load(input=cast("IO[bytes]", sieve), format=RdfFormat.N_QUADS)
        raw.extend(pyoxigraph.parse(b"".join(sieve.blank), RdfFormat.N_QUADS))
        raw.optimize()
        raw.flush()
    except OSError as error:
        raise storage_error(error, folder) from error


class _Sieve:
    """Lines as one file, without those that have a blank node: loading in bulk would invent new labels."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.blank: list[bytes] = []
        self._lines = lines
        self._waiting = bytearray()

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._waiting) < size:
            line = next(self._lines, None)
            if line is None:
                break
            if line.startswith(b"_:") or b" _:" in line:
                self.blank.append(line)
            else:
                self._waiting += line
        part = bytes(self._waiting[: size if size >= 0 else None])
        del self._waiting[: len(part)]
        return part

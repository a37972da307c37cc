"""What a graph hands on: files, releases, what other people's servers and programs see."""

from __future__ import annotations

import gzip
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sankofa.graph.inferences import Inferences
from sankofa.graph.records import Records

if TYPE_CHECKING:
    import rdflib

    from sankofa.graph import Graph
    from sankofa.graph.releasing import Progress, Released
    from sankofa.publish.push import Pushed
    from sankofa.store import Store


class HandedOn(Records):
    """A store as what others get of it.

    Args:
        over: the store that holds the triples.
    """

    def __init__(self, over: Store) -> None:
        """Keep the store; everything else is read when it is asked for."""
        super().__init__(over)
        self._inferences = Inferences(over)

    def dump(self, target: Path | str | None = None, *, format: str | None = None, all: bool = False) -> bytes:  # noqa: A002
        """Write what was asserted, sorted: the same graph gives the same bytes.

        Args:
            target: a file to write; its name tells the format, and by ``.gz`` that it is compressed.
            format: nquads (the default), trig, turtle, ntriples, rdfxml or jsonld.
            all: ontology, vocabularies and inferences too.

        Returns:
            The document, never compressed.

        Raises:
            UnknownName: there is no such format.
            UnreadableInput: the file's name tells no format, and none is named.
            StorageError: the file cannot be written; an old one stays as it was.
        """
        from sankofa.store.disk import write_file
        from sankofa.store.formats import format_of

        name = format or (format_of(target).name if target is not None else "nquads")
        store = self._inferences.local_store() if all and self.base else self.store
        content = store.dump(name, all=all)
        if target is not None:
            path = Path(target)
            write_file(path, gzip.compress(content, mtime=0) if path.suffix.lower() == ".gz" else content)
        return content

    def release(self, out: Path | str, *, progress: Progress | None = None) -> Released:
        """Build a release: what passed the gate, frozen, for partners; it becomes the current one in its folder.

        Args:
            out: the folder of releases; a new one is made.
            progress: called with the step, how much of it is done, and how much there is.

        Raises:
            WrongUsage: the folder is something else, or the graph is a release or no network's.
            HeldByAnother: another process builds a release there.
            StorageError: the disk is full or gone; the current release stays current.

        Example:
            >>> import sankofa, tempfile
            >>> with tempfile.TemporaryDirectory() as out:
            ...     sankofa.open().release(out).is_new, len(sankofa.open(out).answer("cities"))
            (True, 11)
        """
        from sankofa.graph.newest import release

        return release(cast("Graph", self), out, progress)

    def push(
        self,
        endpoint: str,
        *,
        graph_store: str | None = None,
        update: str | None = None,
        progress: Progress | None = None,
    ) -> Pushed:
        """Bring a release onto a SPARQL 1.1 server, and read back that it is whole; again, what is lacking is sent.

        A graph that is no release is released first, as ``sankofa serve`` does. Credentials come from the environment:
        ``SANKOFA_ENDPOINT_LOGIN`` (``name:password``) or ``SANKOFA_ENDPOINT_TOKEN``.

        Args:
            endpoint: the server's address, with or without the ending that takes queries.
            graph_store: where it takes graphs by Graph Store Protocol; without both, the usual addresses are tried.
            update: where it takes updates.
            progress: called with what is done, how much of it is done, and how much there is.

        Raises:
            WrongUsage: the address is none, or the server holds the network's own graph, with its changes.
            EndpointError: the server is down, refuses, or keeps something else than what is sent.
        """
        from sankofa.graph.pushing import push

        return push(cast("Graph", self), endpoint, graph_store=graph_store, update=update, progress=progress)

    @cached_property
    def rdflib(self) -> rdflib.Dataset:
        """A read-only rdflib view of the same store; adding to it raises and names :meth:`change`.

        Raises:
            WrongUsage: the graph is behind an endpoint, which rdflib can ask by itself.
        """
        from sankofa.graph.view import dataset

        return dataset(cast("Graph", self))

"""The store on this machine: pyoxigraph, in memory or in a folder, with a log of changes beside it.

What a folder holds is told in :mod:`sankofa.store.folder`. A change is first an entry of the log, synced to the disk;
then one transaction of the store, which also records the change's number. When a folder is opened, the two are
reconciled: the store follows the log. So a process can be killed at any moment, and the graph has the whole change or
nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from sankofa.errors import ParameterError, ReadOnly, StorageError, UnknownName, WrongUsage
from sankofa.store import guard
from sankofa.store.binding import Value, bind
from sankofa.store.changes import Change, Entry, net, refuse_conflict
from sankofa.store.contract import Results, Term
from sankofa.store.dataset import Dataset, dataset_of
from sankofa.store.disk import storage_error
from sankofa.store.entry import in_normal_form
from sankofa.store.folder import (
    FORGETTING,
    REPORT,
    SETTINGS,
    begin_to_forget,
    checked_base,
    clear_temporary,
    forget,
    going_on_later,
    open_engine,
    renewed_engine,
    settings_base,
    write_settings,
)
from sankofa.store.graphs import Graphs
from sankofa.store.lock import Lock
from sankofa.store.log import Log
from sankofa.store.shared import Shared

_VERSION = NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
#: From this many quads on, additions go past the engine's transaction log: several times faster, atomic as well.
_BULK = 20_000


class Embedded(Shared):
    """A network's graph in memory or in a folder.

    Use :meth:`memory`, :meth:`create` and :meth:`open` to make one.
    """

    def __init__(self, raw: pyoxigraph.Store, graphs: Graphs | None, log: Log, *, folder: Path | None = None) -> None:
        """Wrap an open store; the class methods are the usual way."""
        super().__init__(graphs)
        self._raw = raw
        self._log = log
        self._folder = folder
        #: Where the standing report of validation is kept; None for a graph in memory.
        self.report_file = folder / REPORT if folder else None
        self._lock: Lock | None = None
        self._shut = ""  # why no changes are taken
        self._is_merged = False  # whether there is no graph here but those that a query asks by default
        self._named = self._visible_graphs()
        self._version = self._recorded_version()

    # -- opening and closing

    @classmethod
    def memory(cls, base: str, quads: Iterable[Quad] = ()) -> Self:
        """A network's graph in memory.

        Args:
            base: the network's base IRI; it ends with ``/``.
            quads: what it holds from the start; that is no change and has no number.

        Raises:
            ParameterError: the base is no absolute IRI that ends with ``/``.
            ReadOnly: a quad is for a reserved graph.
        """
        store = cls(pyoxigraph.Store(), Graphs.of(checked_base(base)), Log())
        change = net(Change(added=tuple(quads)), store._present, store.graphs)
        store._raw.extend(change.added)
        store._named = store._visible_graphs()
        return store

    @classmethod
    def create(cls, folder: Path | str, *, base: str) -> Self:
        """Make a new, empty graph in a folder.

        Args:
            folder: the folder; it may exist, but hold no graph yet.
            base: the network's base IRI; it ends with ``/``.

        Raises:
            ParameterError: the base is no absolute IRI that ends with ``/``.
            WrongUsage: the folder holds a graph already.
            StorageError: the folder cannot be written.
        """
        path = Path(folder)
        checked_base(base)
        if (path / SETTINGS).exists():
            raise WrongUsage(
                "this folder holds a graph already", where=str(path), hint="open it, or name another folder"
            )
        try:
            (path / "log").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, path) from error
        write_settings(path, base)
        return cls.open(path)

    @classmethod
    def open(cls, folder: Path | str, *, read_only: bool = False) -> Self:
        """Open the graph in a folder.

        Args:
            folder: a folder made by :meth:`create`.
            read_only: take a copy in memory of what people wrote, also while another process writes; changes are
                refused, reserved graphs start empty.

        Raises:
            NotAGraph: the folder holds no graph.
            HeldByAnother: another process writes it.
            StorageError: the store or the log is damaged, or the disk fails.
        """
        path = Path(folder)
        graphs = Graphs.of(settings_base(path))
        if read_only:
            return cls._copied(path, graphs)
        lock = Lock(path / "lock")
        try:
            clear_temporary(path / "log")
            store = cls(open_engine(path / "store"), graphs, Log(path / "log"), folder=path)
            store._lock = lock
            store._reconcile()
        except BaseException:
            lock.release()
            raise
        return store

    @classmethod
    def _copied(cls, path: Path, graphs: Graphs) -> Self:
        """A copy in memory, made from the log: the engine's own files must not be read beside their writer."""
        store = cls(pyoxigraph.Store(), graphs, Log(path / "log"))
        store._shut = f"{path} was opened to read only"
        store.report_file = path / REPORT
        store._follow()
        return store

    def close(self) -> None:
        """Give back the lock and the engine's files; the store cannot be used any more."""
        with self._writing:
            self._shut = "it is closed"
            if self._lock is not None:
                with suppress(OSError):  # a full disk: the log holds every change, and the next opening replays it
                    self._raw.flush()
            self._raw = pyoxigraph.Store()
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    # -- what it is

    @property
    def version(self) -> int:
        """The number of the last change."""
        return self._version

    @property
    def raw(self) -> pyoxigraph.Store:
        """The engine itself, to read only: what is written past :meth:`apply` is in no log."""
        return self._raw

    @property
    def read_only(self) -> bool:
        """Whether changes are refused."""
        return bool(self._shut) or self._graphs is None

    # -- reading

    def query(
        self,
        sparql: str,
        bindings: Mapping[str, Value] | None = None,
        *,
        federate: bool = False,
        base_iri: str | None = None,
        dataset: Dataset | None = None,
    ) -> Results:
        """Ask a query. Its default graph is what was asserted, vocabularies, ontology and inferences together.

        Args:
            sparql: the text of the query; the prefixes of ``ontology/prefixes.ttl`` need no declaration.
            bindings: terms for variables, by name without ``?``.
            federate: let ``SERVICE`` ask other servers; for your own queries only.
            base_iri: what relative IRIs in the query are resolved against.
            dataset: the graphs to ask instead; it counts more than ``FROM`` in the query. The log is in none.

        Raises:
            QueryError: it does not parse; with line, column and token.
            ForbiddenQuery: it asks another server, or is an update.
            ParameterError: a value for a variable that the query has not.

        Example:
            >>> from pyoxigraph import Literal
            >>> store = Embedded.memory("https://example.org/")
            >>> solution = next(store.query("SELECT ?x { }", {"x": Literal("y")}))
            >>> solution["x"].value
            'y'
        """
        guard.refuse(sparql, federate=federate)
        text = bind(sparql, bindings or {})
        try:
            asked = dataset or dataset_of(text, base_iri=base_iri)
            if asked is None and self._graphs is None:
                return self._raw.query(text, prefixes=guard.prefixes_in(text), base_iri=base_iri)
            # always given to the engine, which would let FROM reach any graph: also the log
            log = self._graphs.log if self._graphs else None
            default, named = asked or Dataset(self.graphs.queried, ())
            merged = asked is None and self._is_merged
            return self._raw.query(
                text,
                prefixes=guard.prefixes_in(text),
                base_iri=base_iri,
                use_default_graph_as_union=merged,
                default_graph=None if merged else [graph for graph in default if graph != log],
                named_graphs=[graph for graph in named if graph != log] if asked else self._named,
            )
        except SyntaxError as error:
            raise guard.query_error(error, sparql, bound=bool(bindings)) from None

    def quads(
        self,
        s: NamedNode | BlankNode | None = None,
        p: NamedNode | None = None,
        o: Term | None = None,
        g: NamedNode | BlankNode | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """The quads that match, of all graphs but the log."""
        found = self._raw.quads_for_pattern(s, p, o, g)
        if self._graphs is None or g is not None:
            return iter(found)
        log = self._graphs.log
        return (quad for quad in found if quad.graph_name != log)

    # -- changing

    def apply(self, change: Change) -> Change:
        """Commit a change: all of it or nothing, durable when this returns.

        Args:
            change: quads out and in; with ``begun`` set, it must not meet another change since that version.

        Returns:
            The change as it really was, with its number; number 0 when there was nothing to change.

        Raises:
            Conflict: somebody else changed one of its records since it began.
            ReadOnly: the graph takes no changes, or a quad is for a reserved graph.
            StorageError: the disk is full or gone; nothing was changed.
        """
        with self._writing:
            self._refuse_read_only()
            real = net(change, self._present, self.graphs)
            if not real and real.withdraws is None:
                return replace(real, number=0)
            if change.begun is not None:
                numbers = range(change.begun + 1, self.version + 1)
                refuse_conflict(real, ((self._log.entry(number), self._log.read(number)) for number in numbers))
            real = replace(real, number=self.version + 1)
            self._log.append(real)
            try:
                self._transact(real)
            except (OSError, RuntimeError) as error:
                if self._recorded_version() != real.number:
                    self._log.take_back(real.number)
                    raise storage_error(error, self._folder or "memory") from error
        return self._announce(real)

    def load_reserved(self, graph: NamedNode, triples: Iterable[Triple], *, stamp: str = "") -> None:
        """Replace the content of a reserved graph; that is no change of the network's and in no log.

        Args:
            graph: ``graphs.ontology``, ``graphs.vocabularies`` or ``graphs.inferred``.
            triples: its whole new content.
            stamp: a word that says what the content was made from; :meth:`stamp` gives it back.

        Raises:
            ParameterError: the graph is not a reserved one.
            StorageError: the disk is full or gone; the graph is as it was.
        """
        graphs = self.graphs
        if graph not in graphs.reserved:
            raise ParameterError("this graph is not a reserved one", where=str(graph), hint="use apply() or load()")
        quads = [Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples]
        new = set(in_normal_form(quads, graphs))
        with self._writing:
            old = set(self._raw.quads_for_pattern(None, None, None, graph))
            stamps = self._raw.quads_for_pattern(graph, _VERSION, None, graphs.log)
            removed = [*(old - new), *stamps]
            added = [*(new - old), Quad(graph, _VERSION, Literal(stamp), graphs.log)]
            try:
                if any(isinstance(node, BlankNode) for quad in removed for node in (quad.subject, quad.object)):
                    # the lists of an ontology: a blank node has no name by which it could be taken out
                    rows = "".join(f"GRAPH {quad.graph_name} {{ {quad.triple} }}\n" for quad in (*new, added[-1]))
                    out = f"DELETE WHERE {{ GRAPH {graphs.log} {{ {graph} {_VERSION} ?stamp }} }}"
                    self._raw.update(f"CLEAR GRAPH {graph} ; {out} ; INSERT DATA {{ {rows} }}")
                else:
                    self._write(removed, added)
            except (OSError, RuntimeError) as error:
                raise storage_error(error, self._folder or "memory") from error

    def stamp(self, graph: NamedNode) -> str:
        """The stamp that a reserved graph was loaded with, "" when it never was."""
        stamps = self._raw.quads_for_pattern(graph, _VERSION, None, self.graphs.log)
        return "".join(sorted(str(getattr(quad.object, "value", "")) for quad in stamps))

    def infer(self, update: str, *, stamp: str) -> None:
        """Let the reasoner write inferences where they are computed; that is no change of the network's and in no log.

        Args:
            update: an update that writes to ``graphs.inferred`` and nowhere else; "" to set the stamp only.
            stamp: a word that says what the inferences are up to date with; :meth:`stamp` gives it back.

        Raises:
            WrongUsage: the dataset belongs to no network.
            StorageError: the disk is full or gone; the graph is as it was.
        """
        graphs = self.graphs
        parts = [update] if update else []
        parts.append(f"DELETE WHERE {{ GRAPH {graphs.log} {{ {graphs.inferred} {_VERSION} ?any }} }}")
        parts.append(f"INSERT DATA {{ GRAPH {graphs.log} {{ {graphs.inferred} {_VERSION} {Literal(stamp)} }} }}")
        with self._writing:
            try:
                self._raw.update(" ; ".join(parts))
            except (OSError, RuntimeError) as error:
                raise storage_error(error, self._folder or "memory") from error
            if graphs.inferred not in self._named:
                self._named = self._visible_graphs()

    def withdraw(self, record: str, *, who: str = "", when: str = "", why: str = "") -> Change:
        """Take a record and its parts out of the graph and their triples out of the log; this cannot be undone.

        The headers of the changes stay: who, when and why. Triples of other records that name it stay as well.

        Raises:
            UnknownName: nothing is said about such a record.
            ReadOnly: the graph takes no changes.
            StorageError: the disk fails; the record is there whole, or it is withdrawn, which the hint says then.
        """
        with self._writing:
            self._refuse_read_only()
            quads = self._quads_of(record)
            if not quads:
                raise UnknownName("nothing is said about this record", where=record)
            change = Change(removed=tuple(quads), who=who, when=when, why=why, withdraws=record)
            if self._folder is not None:
                begin_to_forget(self._folder)
            # the entry names the record and holds none of its triples; the store follows the name
            done = self.apply(replace(change, removed=()))
            with going_on_later():
                self._forget(record)
            return replace(done, removed=tuple(quads))

    def history(self, iri: str | None = None) -> list[Entry]:
        """The headers of all changes, oldest first, or of those that touch a record or a part of it."""
        return self._log.history(iri)

    def change(self, number: int) -> Change:
        """One change with its quads.

        Raises:
            UnknownName: there is no such change.
        """
        return self._log.read(number)

    def verify(self) -> None:
        """Read the whole log and check its chain and digests.

        Raises:
            StorageError: names the first entry that was altered.
        """
        self._log.verify()

    # -- inside

    def _refuse_read_only(self) -> None:
        if self._graphs is None:
            raise ReadOnly("files that belong to no network take no changes", hint="make a graph with `sankofa init`")
        if self._shut:
            raise ReadOnly(f"this graph takes no changes: {self._shut}")

    def _present(self, quads: Iterable[Quad]) -> set[Quad]:
        return {quad for quad in quads if quad in self._raw}

    def _quads_of(self, record: str) -> list[Quad]:
        """All quads whose subject is the record or a fragment of it, in the graphs that people write."""
        part = f"{record}#"
        found = list(self._raw.quads_for_pattern(NamedNode(record), None, None, None))
        for quad in self._raw.quads_for_pattern(None, None, None, None):
            if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(part):
                found.append(quad)
        return sorted((quad for quad in found if quad.graph_name not in self.graphs.closed), key=str)

    def _transact(self, change: Change) -> None:
        """Bring a change and its number into the store, in one transaction."""
        log = self.graphs.log
        removed = self._quads_of(change.withdraws) if change.withdraws else list(change.removed)
        numbers = list(self._raw.quads_for_pattern(log, _VERSION, None, log))
        self._write([*removed, *numbers], [*change.added, Quad(log, _VERSION, Literal(change.number), log)])
        self._version = change.number

    def _write(self, removed: list[Quad], added: list[Quad]) -> None:
        """One transaction of the engine."""
        new = {quad.graph_name for quad in added}
        log = self.graphs.log
        few = _BULK if removed or self._folder else 0
        if len(added) > few and all(quad.graph_name == log for quad in removed):
            # several numbers in the store mean the greatest; the old ones go with the next transaction
            (self._raw.extend if self._folder is None else self._raw.bulk_extend)(added)
        else:
            out = "".join(f"GRAPH {quad.graph_name} {{ {quad.triple} }}\n" for quad in removed)
            into = "".join(f"GRAPH {quad.graph_name} {{ {quad.triple} }}\n" for quad in added)
            self._raw.update(f"DELETE DATA {{ {out} }} ; INSERT DATA {{ {into} }}")
        if not new <= {*self._named, log}:
            self._named = self._visible_graphs()

    def _visible_graphs(self) -> list[NamedNode | BlankNode]:
        """The named graphs that a query can name, all but the log; kept, because listing them is slow in a folder."""
        log = self._graphs.log if self._graphs else None
        return [graph for graph in self._raw.named_graphs() if graph != log]

    def _recorded_version(self) -> int:
        if self._graphs is None:
            return 0
        log = self._graphs.log
        found = self._raw.quads_for_pattern(log, _VERSION, None, log)
        return max((int(getattr(quad.object, "value", 0)) for quad in found), default=0)

    def _reconcile(self) -> None:
        """Let the store follow the log after a crash."""
        last = self._log.last
        if self._version > last:
            raise StorageError(
                f"the store is at change {self._version}, the log ends with {last}",
                where=str(self._folder),
                hint="restore the folder's log from a backup",
            )
        self._follow()
        if self._log.last:
            # reading the last entry also tells whether it is whole; a withdrawal that was cut short goes on
            entry = self._log.entry(self._log.last)
            if entry.withdraws:
                self._forget(entry.withdraws, renew=(self._folder or Path()).joinpath(FORGETTING).exists())

    def _forget(self, record: str, *, renew: bool = True) -> None:
        """Take a record that the last change withdrew out of every file; the engine keeps each text it ever had."""
        self._log.empty(record, before=self._log.last)
        if self._folder is not None and renew:
            forget(self._folder, record)
            content = self._raw.dump(format=pyoxigraph.RdfFormat.N_QUADS) or b""
            self._raw = pyoxigraph.Store()  # lets go of the files
            self._raw, failed = renewed_engine(self._folder / "store", content)
            if failed is not None:
                self._shut = failed.what
                raise failed

    def _follow(self) -> None:
        """Bring into the store what the log has and the store has not."""
        last, read = self._log.last, dict[int, Change]()
        if last > self._version:
            try:
                read[last] = self._log.read(last)
            except StorageError:
                # an entry gets its name when it is whole; a disk that lost power may still have lost its end
                self._log.set_aside(last, rename=self._folder is not None)
                last -= 1
        for number in range(self._version + 1, last + 1):
            try:
                self._transact(read.pop(number) if number in read else self._log.read(number))
            except (OSError, RuntimeError) as error:
                raise storage_error(error, self._folder or "memory") from error

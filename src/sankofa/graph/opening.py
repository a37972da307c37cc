"""Ways to a graph: the one we ship, a folder, an endpoint, files as they are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Literal, Quad, QueryBoolean, QuerySolutions, Triple

from sankofa import shipped
from sankofa.capture import read_defaults
from sankofa.capture.names import Triples
from sankofa.errors import NotAGraph, ParameterError
from sankofa.graph import Graph
from sankofa.graph.inferences import bring
from sankofa.graph.releasing import is_release, open_release
from sankofa.store import Embedded, Graphs, Plain, Remote
from sankofa.store.formats import read, read_all
from sankofa.store.wire import Credentials
from sankofa.terms import SKF


def open_graph(
    source: str | Path | None = None, *, update: str | None = None, base: str | None = None, read_only: bool = False
) -> Graph:
    """Open a graph; see :func:`sankofa.open`."""
    if source is not None and str(source).startswith(("http://", "https://")):
        return _behind(str(source), update=None if read_only else update, base=base, read_only=read_only)
    if update is not None or base is not None:
        raise ParameterError(
            "only an endpoint has an address for updates or needs its base told",
            where=str(source or "the graph we ship"),
            hint="leave update= and base= out",
        )
    if source is None:
        return _from_files(shipped.default_graph_folder(), read_only=read_only)
    folder = Path(source)
    if is_own_folder(folder):
        store = Embedded.open(folder, read_only=read_only)
        try:
            bring(store)  # to read only it is a copy in memory, which starts without
        except BaseException:
            store.close()
            raise
        return Graph(store, read_only=read_only)
    if (folder / "network.ttl").is_file():
        return _from_files(folder, read_only=read_only)
    if is_release(folder):
        return open_release(folder)
    if not folder.exists():
        raise NotAGraph("there is no such folder", where=str(folder), hint="make a graph with 'sankofa init'")
    what = "this folder holds no graph" if folder.is_dir() else "this is a file, not a graph"
    raise NotAGraph(what, where=str(folder), hint="make one with 'sankofa init', then 'sankofa load' files into it")


def is_own_folder(folder: Path | str) -> bool:
    """Whether a folder is a graph's own, made by ``sankofa init``, where changes last.

    Example:
        >>> is_own_folder(shipped.default_graph_folder())
        False
    """
    return Path(folder, "sankofa.toml").is_file()


def in_memory(base: str, triples: Iterable[Triple] = ()) -> Graph:
    """A network's graph in memory, with the ontology and the vocabularies.

    Args:
        base: the network's base IRI; it ends with ``/``.
        triples: what it holds from the start.

    Raises:
        ParameterError: the base is no absolute IRI that ends with ``/``.

    Example:
        >>> len(in_memory("https://example.org/net/"))
        0
    """
    store = Embedded.memory(base, (Quad(t.subject, t.predicate, t.object) for t in triples))
    bring(store)
    return Graph(store)


def plain(*files: Path | str) -> Graph:
    """RDF files exactly as they are: their default and named graphs, blank nodes kept.

    Raises:
        UnreadableInput: a file is missing or broken, with line and column.

    Example:
        >>> len(plain(shipped.default_graph_folder() / "network.ttl")) > 0
        True
    """
    return Graph(Plain.of(read_all(files)))


def _from_files(folder: Path, *, read_only: bool) -> Graph:
    """A copy in memory of a folder with network.ttl and graph/*.ttl."""
    files = (folder / "network.ttl", *sorted((folder / "graph").glob("*.ttl")))
    quads = [quad for file in files for quad in read(file)]
    base, _ = read_defaults(Triples(quad.triple for quad in quads))
    store = Embedded.memory(base, quads)
    bring(store)
    return Graph(store, read_only=read_only)


def _behind(address: str, *, update: str | None, base: str | None, read_only: bool) -> Graph:
    """A network's graph behind an endpoint; without our graphs there, the endpoint's dataset as it is."""
    base = base or _base_behind(address)
    if base is None:
        if update is not None:
            raise ParameterError(
                "the endpoint does not say which network's graph it holds",
                where=address,
                hint="name its base: sankofa.open(address, update=…, base='https://example.org/net/')",
            )
        return Graph(Remote(address), read_only=read_only)
    credentials = Credentials.from_environment() if update else None
    store = Remote(address, update=update, base=base, credentials=credentials)
    if not store.read_only:
        bring(store)
    return Graph(store, read_only=read_only)


def _base_behind(address: str) -> str | None:
    """The base of the network whose graph is there, or None when there is none of ours, or several."""
    store = Remote(address)
    said = f"?network <{SKF.base}> ?base"
    found = store.query(f"SELECT DISTINCT ?base {{ {{ {said} }} UNION {{ GRAPH ?graph {{ {said} }} }} }}")
    bases = {row[0].value for row in found if isinstance(row[0], Literal)} if isinstance(found, QuerySolutions) else ()
    ours = []
    for base in sorted(bases):
        there = store.query(f"ASK {{ GRAPH {Graphs.of(base).asserted} {{ ?s ?p ?o }} }}")
        if isinstance(there, QueryBoolean) and there:
            ours.append(base)
    return ours[0] if len(ours) == 1 else None

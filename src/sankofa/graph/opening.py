"""Ways to a graph: the one we ship, a folder, an endpoint, files as they are, a new one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Triple

from sankofa import shipped
from sankofa.capture import Context, read_defaults
from sankofa.capture.identifiers import slug_of
from sankofa.capture.names import Triples
from sankofa.errors import HeldByAnother, NotAGraph, ParameterError, ReadOnly
from sankofa.fields import Fields, read_fields, record_iri
from sankofa.graph import Graph
from sankofa.store import Change, Embedded
from sankofa.store.formats import read
from sankofa.store.graphs import record_of


def open_graph(source: str | Path | None = None, *, update: str | None = None, read_only: bool = False) -> Graph:
    """Open a graph; see :func:`sankofa.open`."""
    if source is None:
        return _in_memory_from(shipped.default_graph_folder(), read_only=read_only)
    if str(source).startswith(("http://", "https://")):
        from sankofa.store.remote import Remote

        return Graph(Remote(str(source), update=update))
    folder = Path(source)
    if (folder / "sankofa.toml").is_file():
        return _in_folder(folder, read_only=read_only)
    if (folder / "network.ttl").is_file():
        return _in_memory_from(folder, read_only=read_only)
    if not folder.exists():
        raise NotAGraph("there is no such folder", where=str(folder), hint="make a graph with 'sankofa init'")
    what = "this folder holds no graph" if folder.is_dir() else "this is a file, not a graph"
    raise NotAGraph(what, where=str(folder), hint="make one with 'sankofa init', then 'sankofa load' files into it")


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
    _bring(store)
    return Graph(store)


def plain(*files: Path | str) -> Graph:
    """RDF files exactly as they are: their default and named graphs, blank nodes kept.

    Raises:
        UnreadableInput: a file is missing or broken, with line and column.
    """
    quads = [quad for number, file in enumerate(files) for quad in read(file, label=f"f{number}b")]
    return Graph(Embedded.plain(quads))


def init(
    folder: Path | str,
    *,
    base: str,
    title: str,
    lang: str = "en",
    licence: str | None = None,
    source: str | None = None,
    when: str = "",
) -> Graph:
    """Make a new graph for a network in a folder.

    Args:
        folder: the folder; it may exist, but hold no graph yet.
        base: the IRI that all records of the network begin with; it ends with ``/``.
        title: the network's name.
        lang: the language of the title, and of texts that say none.
        licence: the licence of what is captured: its IRI or name in the closed list.
        source: copy the records of another graph: ``"shipped"``, a folder or an endpoint; their IRIs move to this base.
        when: the date of the change; by default the day.

    Raises:
        ParameterError: the base, the language or the licence is none.
        NotAGraph: the source holds no graph.
        WrongUsage: the folder holds a graph already.
        StorageError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as place:
        ...     with init(place + "/kg", base="https://example.org/net/", title="A network") as kg:
        ...         kg.title()
        ('A network', 'en')
    """
    copied = _records_of(source) if source else None
    fields = read_fields()
    record = record_iri(base, "network", slug_of(title))
    triples = _network(record, base, title, lang, licence, fields, when or _today())
    if copied is not None:
        triples += _moved(copied, base, record, {triple.predicate for triple in triples})
        copied.close()
    store = Embedded.create(folder, base=base)
    _bring(store)
    graph = store.graphs.asserted
    quads = tuple(Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)
    why = "a new network" + (f" from {source}" if source else "")
    store.apply(Change(added=quads, who="sankofa init", when=when, why=why))
    return Graph(store)


def _records_of(source: str) -> Graph:
    return open_graph(None if source == "shipped" else source, read_only=True)


def _today() -> str:
    import datetime

    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _network(
    record: NamedNode, base: str, title: str, lang: str, licence: str | None, fields: Fields, day: str
) -> list[Triple]:
    """The network's own record: its name, its base, and what captured records take from it."""
    context = Context(base, fields=fields)
    tag = context.tag(lang)
    language = next(iter(context.choice(fields.kind("network").field("language"), lang)[0]), None)
    if language is None:
        raise ParameterError(f"'{lang}' is no language we know", hint="use a tag such as en, fr, pt or ar")
    values: dict[str, object] = {
        "title": {tag or lang: title},
        "base": base,
        "status": "draft",
        "language": language,
        "default-language": language,
        "default-status": "draft",
        "created": day,
    }
    if licence:
        found, near = context.choice(fields.kind("network").field("licence"), licence)
        if len(found) != 1:
            raise ParameterError(
                f"'{licence}' is no licence of the list", hint=f"did you mean '{near}'?" if near else ""
            )
        values |= {"licence": found[0], "default-licence": found[0]}
    return fields.triples(
        record,
        "network",
        values,
        base=base,
        lookup=lambda field, text: next(iter(context.choice(field, text)[0]), None),
    )


def _moved(source: Graph, base: str, network: NamedNode, said: set[NamedNode]) -> list[Triple]:
    """The records of a graph under another base; its network becomes ours, which already says some things itself."""
    old_base, old_network = str(source.base), source.network

    def move(node: object) -> object:
        if not isinstance(node, NamedNode) or not node.value.startswith(f"{old_base}id/"):
            return node
        if record_of(node.value) == old_network:
            return NamedNode(network.value + node.value.removeprefix(old_network))
        return NamedNode(base + node.value.removeprefix(old_base))

    moved = [Triple(move(t.subject), t.predicate, move(t.object)) for t in source.store.asserted()]  # type: ignore[arg-type]
    return [triple for triple in moved if triple.subject != network or triple.predicate not in said]


def _in_memory_from(folder: Path, *, read_only: bool) -> Graph:
    """A copy in memory of a folder with network.ttl and graph/*.ttl."""
    quads = [
        quad for file in (folder / "network.ttl", *sorted((folder / "graph").glob("*.ttl"))) for quad in read(file)
    ]
    base, _ = read_defaults(Triples(quad.triple for quad in quads))
    store = Embedded.memory(base, quads)
    _bring(store)
    return Graph(store)


def _in_folder(folder: Path, *, read_only: bool) -> Graph:
    """A graph in its own folder; a reader that finds the inferences behind brings them up to date, or copies."""
    if not read_only:
        store = Embedded.open(folder)
        _bring(store)
        return Graph(store)
    store = Embedded.open(folder, read_only=True)
    graph = Graph(store)
    try:
        graph.reason()  # writes nothing when the inferences are up to date
    except ReadOnly:
        graph.close()
    else:
        return graph
    try:
        with _in_folder(folder, read_only=False) as writer:
            writer.reason()
    except (HeldByAnother, ReadOnly):
        pass  # somebody else is writing, or the disk is read-only: a copy in memory answers instead
    else:
        return Graph(Embedded.open(folder, read_only=True))
    store = Embedded.open(folder, read_only=True)
    copy = Embedded.memory(str(store.base), (q for q in store.quads() if q.graph_name not in store.graphs.reserved))
    _bring(copy)
    store.close()
    return Graph(copy)


def _bring(store: Embedded) -> None:
    """Bring ontology and vocabularies of a store to the shipped ones, when they differ."""
    for graph, triples, stamp in _shipped():
        name = getattr(store.graphs, graph)
        if store.stamp(name) != stamp:
            store.load_reserved(name, triples, stamp=stamp)


@cache
def _shipped() -> tuple[tuple[str, tuple[Triple, ...], str], ...]:
    """Ontology and vocabularies as shipped, each with the digest of its files."""
    found = []
    for graph, files in (("ontology", shipped.ontology_files()), ("vocabularies", shipped.vocabulary_files())):
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
        found.append((graph, tuple(quad.triple for file in files for quad in read(file)), digest))
    return tuple(found)

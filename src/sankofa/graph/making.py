"""A new graph for a network, empty or with the records of another."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Triple

from sankofa.capture import Context
from sankofa.capture.identifiers import slug_of
from sankofa.errors import NotAGraph, ParameterError, WrongUsage
from sankofa.fields import Fields, read_fields, record_iri
from sankofa.graph import Graph
from sankofa.graph.inferences import bring
from sankofa.graph.opening import open_graph
from sankofa.store import Change, Embedded, record_of
from sankofa.terms import DCTERMS, RDF, SKF

#: What stands in the folder of a graph.
_OURS = ("sankofa.toml", "store", "log", "lock", "report.jsonl", "origins.jsonl", "releases.jsonl")
#: What the new network says itself, whatever the copied one says.
_OWN = {RDF.type, DCTERMS.title, SKF.base, SKF.defaultLanguage, SKF.defaultStatus}
#: What of the copied network is not the new one's: the day on which its sheets were captured.
_LEFT = {SKF.captureDate}


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
        source: copy the records of another graph: ``"shipped"``, a folder or an endpoint. Their IRIs move to this base;
            under the same base it is the same network, which keeps its IRI.
        when: the date of the change; by default the day.

    Raises:
        ParameterError: the base, the language or the licence is none.
        NotAGraph: the source holds no graph of a network.
        WrongUsage: the folder holds a graph already, or something else that is in the way.
        StorageError: the folder cannot be written; what was begun is removed.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as place:
        ...     with init(place + "/kg", base="https://example.org/net/", title="A network") as kg:
        ...         kg.title()
        ('A network', 'en')
    """
    path = Path(folder)
    _refuse_bad_base(base)
    _refuse_what_is_there(path)
    day = when or datetime.datetime.now(datetime.UTC).date().isoformat()
    triples = _content(base, title, lang, licence, source, day[:10])
    with _all_or_nothing(path):
        store = Embedded.create(path, base=base)
        try:
            bring(store)
            graph = store.graphs.asserted
            added = tuple(Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)
            why = "a new network" + (f" with the records of {source}" if source else "")
            store.apply(Change(added=added, who="sankofa init", when=when, why=why))
        except BaseException:
            store.close()
            raise
    return Graph(store)


def _refuse_bad_base(base: str) -> None:
    if not base.startswith(("http://", "https://")) or len(base.rstrip("/").partition("//")[2]) == 0:
        raise ParameterError(
            f"'{base}' is no address that records can begin with",
            hint="write one that is yours, like https://w3id.org/my-network/",
        )
    if not base.endswith("/") or any(sign in base for sign in "?#"):
        raise ParameterError(
            f"the base '{base}' does not end with '/'", hint=f"write {base.partition('?')[0].rstrip('/#')}/"
        )
    try:
        NamedNode(base)
    except ValueError:
        raise ParameterError(
            f"the base '{base}' has a sign that no address may have", hint="use letters, digits, '-', '.' and '/'"
        ) from None


def _refuse_what_is_there(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise WrongUsage("there is a file of that name", where=str(path), hint="name another folder")
    if (path / "sankofa.toml").exists() or (path / "network.ttl").exists():
        raise WrongUsage("this folder holds a graph already", where=str(path), hint="open it, or name another folder")
    if found := [name for name in _OURS if (path / name).exists()]:
        raise WrongUsage(
            f"this folder holds something called '{found[0]}', which would be in the way",
            where=str(path),
            hint="name another folder",
        )


@contextmanager
def _all_or_nothing(path: Path) -> Iterator[None]:
    """Remove what was made when it cannot be finished: a folder that is half a graph is worse than none."""
    made = path
    while not made.exists() and not made.parent.exists():
        made = made.parent
    is_new = not made.exists()
    try:
        yield
    except BaseException:
        if is_new:
            shutil.rmtree(made, ignore_errors=True)
        else:
            for name in _OURS:
                shutil.rmtree(path / name, ignore_errors=True)
                (path / name).unlink(missing_ok=True)
        raise


def _content(base: str, title: str, lang: str, licence: str | None, source: str | None, day: str) -> list[Triple]:
    """What the graph holds from the start: the network's own record, and the records of another graph."""
    fields = read_fields()
    if source is None:
        return _network(_name(base, title), base, title, lang, licence, fields, day)
    with open_graph(None if source == "shipped" else source, read_only=True) as other:
        if other.base is None:
            raise NotAGraph("there is no network's graph to copy", where=source, hint="name a graph's folder")
        # under the same base it is the same network
        record = NamedNode(other.network) if other.base == base else _name(base, title)
        own = _network(record, base, title, lang, licence, fields, day)
        return _with_records_of(other, own, base, record, {DCTERMS.license, SKF.defaultLicence} if licence else set())


def _name(base: str, title: str) -> NamedNode:
    """The IRI of the network's record, from its title, else (in another script) from its base."""
    for text in (title, base.rstrip("/").rpartition("/")[2], "network"):
        try:
            return record_iri(base, "network", slug_of(text))
        except ParameterError:
            continue
    raise ParameterError(f"no identifier can be made of '{title}'", hint="give the network a title")


def _network(
    record: NamedNode, base: str, title: str, lang: str, licence: str | None, fields: Fields, day: str
) -> list[Triple]:
    """The network's own record: its name, its base, and what captured records take from it."""
    context = Context(base, fields=fields)
    if not title.strip():
        raise ParameterError("a network needs a title", hint="give it with --title")
    language = _chosen(context, fields, "language", lang, "language", "a tag such as en, fr, pt or ar")
    values: dict[str, object] = {
        "title": {context.tag(lang): title.strip()},
        "base": base,
        "status": "draft",
        "language": language,
        "default-language": language,
        "default-status": "draft",
        "created": day,
    }
    if licence:
        found = _chosen(context, fields, "licence", licence, "licence", "an address or a name such as CC-BY-4.0")
        values |= {"licence": found, "default-licence": found}

    def lookup(field: object, text: str) -> NamedNode | None:
        return next(iter(context.choice(field, text)[0]), None)  # type: ignore[arg-type]

    return fields.triples(record, "network", values, base=base, lookup=lookup)


def _chosen(context: Context, fields: Fields, name: str, text: str, sort: str, wanted: str) -> NamedNode:
    """The one entry of a closed list that a text names, or the error that names the nearest."""
    found, near = context.choice(fields.kind("network").field(name), text)
    if len(found) == 1:
        return found[0]
    hint = f"did you mean '{near}'?" if near else f"write {wanted}"
    raise ParameterError(f"'{text}' is no {sort} of the list", hint=hint)


def _with_records_of(source: Graph, own: list[Triple], base: str, network: NamedNode, said: set[str]) -> list[Triple]:
    """The records of a graph under another base; its network becomes ours, which says some things itself."""
    old_base, old_network = str(source.base), source.network
    languages = {t.object.language for t in own if isinstance(t.object, Literal) and t.predicate.value == DCTERMS.title}
    roots = (f"{old_base}id/", f"{old_base}.well-known/genid/")

    def moved(node: NamedNode) -> NamedNode:
        if record_of(node.value) == old_network:
            return NamedNode(network.value + node.value.removeprefix(old_network))
        if node.value.startswith(roots):
            return NamedNode(base + node.value.removeprefix(old_base))
        return node

    copied: dict[Triple, None] = {}
    for triple in source.store.asserted():
        s, p, o = triple
        there = Triple(moved(s) if isinstance(s, NamedNode) else s, p, moved(o) if isinstance(o, NamedNode) else o)
        # the same network keeps its name in the other languages
        other_name = base == old_base and p.value == DCTERMS.title and getattr(o, "language", "") not in languages
        if there.subject != network or other_name or p.value not in (_OWN | _LEFT | said):
            copied[there] = None
    known = {triple.predicate for triple in copied if triple.subject == network}
    kept = [triple for triple in own if triple.predicate.value in _OWN | said or triple.predicate not in known]
    return [*kept, *copied]

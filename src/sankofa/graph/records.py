"""What is in a graph: its records, their kinds, what things are called."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from sankofa.errors import UnknownName
from sankofa.fields import Fields, Kind, read_fields, text_in
from sankofa.store import Solutions, Store, record_of
from sankofa.terms import DCTERMS, RDF, RDFS, SKF, SKOS

_TYPE = NamedNode(RDF.type)


class Records:
    """A store as the records it holds.

    Args:
        over: the store that holds the triples.
    """

    #: Where the title of a record stands.
    title_predicates = (DCTERMS.title, SKOS.prefLabel)

    def __init__(self, over: Store) -> None:
        """Keep the store; everything else is read when it is asked for."""
        self.store = over

    @property
    def base(self) -> str | None:
        """What the IRIs of the network's records begin with; None for a graph that is no network's."""
        return self.store.base

    @property
    def record_prefix(self) -> str:
        """What the IRI of every record begins with.

        Raises:
            WrongUsage: the graph is no network's.
        """
        return f"{self.store.graphs.base}id/"

    @cached_property
    def fields(self) -> Fields:
        """The kinds of record and their fields, read from the shapes."""
        return read_fields()

    def records(self, kind: str | None = None) -> list[str]:
        """The IRIs of the records, of one kind or of all, sorted.

        Raises:
            UnknownName: there is no such kind.

        Example:
            >>> import sankofa
            >>> len(sankofa.open().records("city"))
            11
        """
        return sorted(self._kinds([self.fields.kind(kind)] if kind else list(self.fields.kinds.values())))

    def count_by_kind(self) -> Counter[str]:
        """How many records there are of each kind.

        Example:
            >>> import sankofa
            >>> sankofa.open().count_by_kind()["city"]
            11
        """
        return Counter(self._kinds(list(self.fields.kinds.values())).values())

    def has(self, iri: str) -> bool:
        """Whether anything is said about this IRI."""
        return any(True for _ in self.store.asserted(NamedNode(iri), None, None))

    def kind_of(self, iri: str) -> Kind | None:
        """The kind of a record or of a part of one; None when it has none of ours."""
        types = (t.object.value for t in self.store.asserted(NamedNode(iri), _TYPE) if isinstance(t.object, NamedNode))
        return self.fields.kind_of(types)

    def members(self, record: str) -> list[str]:
        """The subjects that are a record: its IRI and the fragments of it about which something is said, sorted.

        Example:
            >>> import sankofa
            >>> kg = sankofa.open()
            >>> [part.partition("#")[2] for part in kg.members(kg.records("city")[0])][:2]
            ['', 'area']
        """
        graph = f"GRAPH {self.store.graphs.asserted}" if self.base else ""
        start = Literal(f"{record}#")
        text = f"SELECT DISTINCT ?s {{ {graph} {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), {start})) }} }}"
        parts = self.store.query(text)
        found = {record} if self.has(record) else set()
        if isinstance(parts, Solutions):
            found |= {row[0].value for row in parts if isinstance(row[0], NamedNode)}
        return sorted(found)

    def referring_to(self, iri: str) -> list[str]:
        """The subjects that name a record, or a part of it, outside of itself; sorted."""
        names = {t.object.value for t in self.store.asserted(NamedNode(iri)) if isinstance(t.object, NamedNode)}
        parts = [NamedNode(iri), *(NamedNode(name) for name in sorted(names) if name.startswith(f"{iri}#"))]
        found = {
            str(t.subject.value)
            for part in parts
            for t in self.store.asserted(None, None, part)
            if isinstance(t.subject, NamedNode)
        }
        return sorted(subject for subject in found if record_of(subject) != iri)

    def label_of(self, iri: str, lang: str = "en") -> tuple[str, str]:
        """The best name of a thing for a reader, with its language; the IRI's last part where it has none.

        Example:
            >>> import sankofa
            >>> sankofa.open().label_of("https://w3id.org/sankofa/ontology#City", "fr")
            ('Ville', 'fr')
        """
        texts: dict[str, str] = {}
        for predicate in (*self.title_predicates, RDFS.label):
            for graph in self.store.graphs.queried if self.base else [None]:
                for quad in self.store.quads(NamedNode(iri), NamedNode(predicate), None, graph):
                    if isinstance(quad.object, Literal):
                        tag = quad.object.language or ""
                        texts[tag] = min(quad.object.value, texts.get(tag, quad.object.value))
            if texts:
                break
        if not texts:
            return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri, ""
        text = text_in(texts, lang)
        return text, next(language for language in (lang, *sorted(texts)) if texts.get(language) == text)

    def title(self, lang: str = "en") -> tuple[str, str]:
        """The network's name for a reader, with its language."""
        return self.label_of(self.network, lang)

    @cached_property
    def network(self) -> str:
        """The IRI of the network's own record: the one that states the base of this graph.

        Raises:
            UnknownName: the graph has none.
        """
        found = {
            triple.subject.value
            for triple in self.store.asserted(None, NamedNode(SKF.base), None)
            if isinstance(triple.subject, NamedNode)
            and isinstance(triple.object, Literal)
            and self.base in (None, triple.object.value)
        }
        if not found:
            raise UnknownName("the graph has no record of its network", hint="add one with its base (skf:base)")
        return min(found)

    def __len__(self) -> int:
        """How many triples were asserted."""
        graph = f"GRAPH {self.store.graphs.asserted}" if self.base else ""
        counted = self.store.query(f"SELECT (COUNT(*) AS ?n) {{ {graph} {{ ?s ?p ?o }} }}")
        return int(next(counted)[0].value) if isinstance(counted, Solutions) else 0

    def _kinds(self, kinds: list[Kind]) -> dict[str, str]:
        """The records of some kinds, each with the name of its kind; a fragment is a part and no record."""
        return {
            triple.subject.value: kind.name
            for kind in reversed(kinds)  # the first of several kinds counts, as for kind_of()
            for triple in self.store.asserted(None, _TYPE, NamedNode(kind.iri))
            if isinstance(triple.subject, NamedNode) and "#" not in triple.subject.value
        }

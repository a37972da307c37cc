"""What the documents about a record hold, for programs: the record, what it names, what names it.

The IRIs in a document begin with the network's base and never with the name of the server that sends it: the same
document has the same triples wherever it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Triple

from sankofa.publish.void import dataset_of
from sankofa.questions.parameters import rows_of
from sankofa.store import record_of
from sankofa.store.formats import FORMATS
from sankofa.terms import FOAF, RDF, RDFS, VOID

if TYPE_CHECKING:
    from sankofa.graph import Graph

#: The formats of a document for programs, the first for who takes them all.
DATA_FORMATS = {name: FORMATS[name] for name in ("turtle", "jsonld", "rdfxml", "ntriples")}
#: What the address of a document in one of them ends with.
DATA_ENDINGS = tuple((each.extensions[0], each) for each in DATA_FORMATS.values())
#: The same for people too: names of formats by ending.
ENDINGS = {ending: each.name for ending, each in DATA_ENDINGS} | {".html": "html"}

_TYPE = NamedNode(RDF.type)


def parts_of_records(graph: Graph) -> dict[str, list[str]]:
    """The parts of every record that has some, sorted; for many documents, so that the graph is gone through once.

    Example:
        >>> import sankofa
        >>> graph = sankofa.open()
        >>> [part.partition("#")[2] for part in parts_of_records(graph)[graph.records("city")[0]]][:1]
        ['area']
    """
    found: dict[str, list[str]] = {}
    pattern = f"GRAPH {graph.store.graphs.asserted} {{ ?part ?p ?o FILTER(CONTAINS(STR(?part), '#')) }}"
    named = rows_of(graph.store, f"SELECT DISTINCT ?part {{ {pattern} }}")
    for part in sorted(part.value for (part,) in named if isinstance(part, NamedNode)):
        found.setdefault(record_of(part), []).append(part)
    return found


def record_document(graph: Graph, iri: str, parts: Mapping[str, Sequence[str]] | None = None) -> list[Triple]:
    """What the document about a record holds.

    Args:
        graph: a network's graph.
        iri: the IRI of a record in it.
        parts: what :func:`parts_of_records` gave; by default the parts of this one are looked for.

    Returns:
        What is asserted about the record and its parts, the names of what that names, the statements of other records
        that name it, with their names, and what the document is.

    Example:
        >>> import sankofa
        >>> graph = sankofa.open()
        >>> found = record_document(graph, graph.records("city")[0])
        >>> found[-2].predicate.value
        'http://xmlns.com/foaf/0.1/primaryTopic'
    """
    store = graph.store
    own = graph.members(iri) if parts is None else [iri, *parts.get(iri, ())]
    said = [triple for member in own for triple in store.asserted(NamedNode(member))]
    named = {triple.object.value for triple in said if isinstance(triple.object, NamedNode)} - set(own)
    referring = []
    for triple in (triple for member in own for triple in store.asserted(None, None, NamedNode(member))):
        if isinstance(triple.subject, NamedNode) and record_of(triple.subject.value) != iri:
            referring.append(triple)
            named |= {triple.subject.value, record_of(triple.subject.value)}
    document = NamedNode(f"{graph.base}doc/{iri.removeprefix(graph.record_prefix)}")
    return [
        *said,
        *referring,
        *_names(graph, named),
        Triple(document, _TYPE, NamedNode(FOAF.Document)),
        Triple(document, NamedNode(FOAF.primaryTopic), NamedNode(iri)),
        Triple(document, NamedNode(VOID.inDataset), dataset_of(str(graph.base))),
    ]


def _names(graph: Graph, iris: Iterable[str]) -> Iterator[Triple]:
    """What things are called: by the first of the properties of names that they have."""
    for iri in iris:
        for predicate in (*graph.title_predicates, RDFS.label):
            found = {
                quad.triple
                for name in graph.store.graphs.queried
                for quad in graph.store.quads(NamedNode(iri), NamedNode(predicate), None, name)
            }
            yield from found
            if found:
                break

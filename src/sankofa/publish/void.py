"""What a dataset is, in VoID: how much there is of what, in which words, and where to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from sankofa.errors import UnknownName
from sankofa.publish.service import sizes_of
from sankofa.questions.parameters import rows_of
from sankofa.store import guard
from sankofa.terms import DCTERMS, RDF, VOID

if TYPE_CHECKING:
    from sankofa.graph import Graph
    from sankofa.store import Embedded

_COUNTS = """
    SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects)
           (COUNT(DISTINCT ?p) AS ?properties) (COUNT(DISTINCT ?o) AS ?objects) { ?s ?p ?o }
"""
_COUNTED = (VOID.triples, VOID.distinctSubjects, VOID.properties, VOID.distinctObjects)
_CLASSES = (
    "SELECT ?class (COUNT(DISTINCT ?s) AS ?n) { ?s a ?class FILTER(isIRI(?class)) } GROUP BY ?class ORDER BY ?class"
)
_PROPERTIES = "SELECT ?property (COUNT(*) AS ?n) { ?s ?property ?o } GROUP BY ?property ORDER BY ?property"
#: The formats that documents are told in, as the W3C names them.
_FEATURES = ("JSON-LD", "N-Triples", "RDF_XML", "Turtle")


def description_of(base: str) -> str:
    """The IRI of the document that describes a network's dataset.

    Example:
        >>> description_of("https://example.org/net/")
        'https://example.org/net/.well-known/void'
    """
    return f"{base}.well-known/void"


def dataset_of(base: str) -> NamedNode:
    """The IRI of a network's dataset.

    Example:
        >>> dataset_of("https://example.org/net/").value
        'https://example.org/net/dataset'
    """
    return NamedNode(f"{base}dataset")


def dataset_description(graph: Graph, store: Embedded, dataset: NamedNode | BlankNode) -> list[Triple]:
    """Describe a dataset. Where it can be asked is not said here: who serves it knows its address.

    Args:
        graph: the dataset; also files that are no network's.
        store: the store that answers for it, its inferences up to date.
        dataset: what it is called.

    Example:
        >>> from sankofa.graph.opening import plain
        >>> graph = plain()
        >>> described = dataset_description(graph, graph.store, BlankNode("dataset"))
        >>> [triple.object.value for triple in described if triple.predicate.value == VOID.triples]
        ['0']
    """
    (sizes,), classes, properties = (rows_of(store, each) for each in (_COUNTS, _CLASSES, _PROPERTIES))
    used = [term.value for term, _ in (*classes, *properties)]
    said: list[tuple[str, Any]] = [
        (RDF.type, NamedNode(VOID.Dataset)),
        *zip(_COUNTED, sizes, strict=True),
        (VOID.classes, Literal(len(classes))),
        *((VOID.feature, NamedNode(f"http://www.w3.org/ns/formats/{name}")) for name in _FEATURES),
        *(
            (VOID.vocabulary, NamedNode(namespace))
            for namespace in guard.prefixes().values()
            if any(iri.startswith(namespace) for iri in used)
        ),
        *(_of_a_network(graph) if graph.base is not None else ()),
    ]
    found = [Triple(dataset, NamedNode(predicate), value) for predicate, value in said]
    parts = [
        *((VOID.classPartition, BlankNode(f"c{n}"), VOID.class_, VOID.entities, *row) for n, row in enumerate(classes)),
        *(
            (VOID.propertyPartition, BlankNode(f"p{n}"), VOID.property, VOID.triples, *row)
            for n, row in enumerate(properties)
        ),
    ]
    for belongs, part, names, counts, term, size in parts:
        found.append(Triple(dataset, NamedNode(belongs), part))
        found += [Triple(part, NamedNode(names), term), Triple(part, NamedNode(counts), size)]
    for name, size in sizes_of(store).named:
        found.append(Triple(dataset, NamedNode(VOID.subset), name))
        found.append(Triple(name, NamedNode(RDF.type), NamedNode(VOID.Dataset)))
        found.append(Triple(name, NamedNode(VOID.triples), size))
    return found


def _of_a_network(graph: Graph) -> list[tuple[str, Any]]:
    """What a network's dataset is called, where its records are, and one of each kind to begin with."""
    records = [found for kind in graph.fields.kinds if (found := graph.records(kind))]
    said: list[tuple[str, Any]] = [
        (VOID.uriSpace, Literal(graph.record_prefix)),
        (VOID.entities, Literal(len(graph.records()))),
        *((VOID.exampleResource, NamedNode(iri)) for iri in dict.fromkeys(found[0] for found in records)),
    ]
    try:
        network = NamedNode(graph.network)
    except UnknownName:  # its record may not be seen
        return said
    said.append((VOID.rootResource, network))
    return said + [
        (predicate, triple.object)
        for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.license)
        for triple in graph.store.asserted(network, NamedNode(predicate))
    ]

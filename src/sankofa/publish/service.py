"""What an endpoint says of itself: the SPARQL 1.1 Service Description, written from the graph that it serves.

A server tells it to who asks, and the catalogue of a release has it: one source for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple

from sankofa.terms import RDF, XSD

if TYPE_CHECKING:
    from sankofa.store import Embedded

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
#: The formats of rows and of triples, by the W3C's names.
_ROWS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_TRIPLES = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")
_TYPE = NamedNode(RDF.type)
#: Prefixes for the formats that have them.
PREFIXES = {"sd": _SD, "void": _VOID, "formats": _FORMATS, "xsd": XSD.date.removesuffix("date")}


def service_description(store: Embedded, endpoint: str, *, updates: bool) -> list[Triple]:
    """Describe an endpoint.

    Args:
        store: what it serves.
        endpoint: its address, which is also the name of the service.
        updates: whether it takes updates.

    Example:
        >>> from sankofa.store import Embedded
        >>> triples = service_description(Embedded.plain(), "http://localhost/sparql", updates=False)
        >>> [triple.object.value for triple in triples if triple.predicate.value == _SD + "endpoint"]
        ['http://localhost/sparql']
    """
    service, dataset, default = NamedNode(endpoint), BlankNode("dataset"), BlankNode("default")
    found = [
        Triple(service, _TYPE, _sd("Service")),
        Triple(service, _sd("endpoint"), service),
        Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        *(Triple(service, _sd("resultFormat"), _format(name)) for name in (*_ROWS, *_TRIPLES)),
        Triple(service, _sd("defaultDataset"), dataset),
        Triple(dataset, _TYPE, _sd("Dataset")),
        Triple(dataset, _sd("defaultGraph"), default),
    ]
    if updates:
        found.append(Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update")))
        found += [Triple(service, _sd("inputFormat"), _format(name)) for name in _TRIPLES]
    if store.base is not None:
        found.append(Triple(service, _sd("feature"), _sd("UnionDefaultGraph")))
    for size in _rows(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"):
        found += _graph(default, *size)
    sizes = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    for number, (graph, size) in enumerate(_rows(store, sizes)):
        if isinstance(graph, NamedNode):  # a name that is a blank node means nothing outside
            named, content = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
            found += [
                Triple(dataset, _sd("namedGraph"), named),
                Triple(named, _TYPE, _sd("NamedGraph")),
                Triple(named, _sd("name"), graph),
                Triple(named, _sd("graph"), content),
                *_graph(content, size),
            ]
    return found


def _rows(store: Embedded, query: str) -> list[list[Any]]:
    solutions = store.query(query)
    return [list(solution) for solution in solutions] if isinstance(solutions, QuerySolutions) else []


def _graph(node: BlankNode, triples: Literal) -> list[Triple]:
    return [Triple(node, _TYPE, _sd("Graph")), Triple(node, NamedNode(f"{_VOID}triples"), triples)]


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def _format(name: str) -> NamedNode:
    return NamedNode(_FORMATS + name)

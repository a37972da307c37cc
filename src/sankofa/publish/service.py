"""What an endpoint says of itself: the SPARQL 1.1 Service Description, written from the graph that it serves.

A server tells it to who asks, and the catalogue of a release has it: one source for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from sankofa.publish.layout import LANGUAGES, words
from sankofa.questions.parameters import rows_of
from sankofa.terms import RDF, SCHEMA, XSD

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
PREFIXES = {"sd": _SD, "void": _VOID, "formats": _FORMATS, "schema": SCHEMA.ns, "xsd": XSD.ns}


#: The units of limits, by their UN/CEFACT codes, which schema.org takes.
SECONDS, BYTES, COUNT = "SEC", "AD", "C62"


class Limit(NamedTuple):
    """What a service gives at most.

    Attributes:
        name: of what; the words of the pages have the same name.
        value: how much.
        unit: of which unit.
    """

    name: str
    value: float
    unit: str


class Sizes(NamedTuple):
    """How many triples there are.

    Attributes:
        default: in the default graph.
        named: in each named graph that has an IRI, sorted.
    """

    default: Literal
    named: list[tuple[NamedNode, Literal]]


def sizes_of(store: Embedded) -> Sizes:
    """Count the triples of a store.

    Example:
        >>> from sankofa.store import Plain
        >>> sizes_of(Plain.of()).default.value
        '0'
    """
    ((default,),) = rows_of(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    named = rows_of(store, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g")
    # a name that is a blank node means nothing outside
    return Sizes(default, [(graph, size) for graph, size in named if isinstance(graph, NamedNode)])


def service_description(
    store: Embedded, endpoint: str, *, updates: bool, sizes: Sizes | None = None, limits: Sequence[Limit] = ()
) -> list[Triple]:
    """Describe an endpoint.

    Args:
        store: what it serves.
        endpoint: its address, which is also the name of the service.
        updates: whether it takes updates.
        sizes: what :func:`sizes_of` counted; by default it is counted now.
        limits: what it gives at most. No vocabulary of services has words for that; schema.org's for any property do.

    Example:
        >>> from sankofa.store import Plain
        >>> triples = service_description(Plain.of(), "http://localhost/sparql", updates=False)
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
    for number, limit in enumerate(limits):
        found += _limit(service, BlankNode(f"limit{number}"), limit)
    sizes = sizes or sizes_of(store)
    found += _graph(default, sizes.default)
    for number, (graph, size) in enumerate(sizes.named):
        named, content = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        found += [
            Triple(dataset, _sd("namedGraph"), named),
            Triple(named, _TYPE, _sd("NamedGraph")),
            Triple(named, _sd("name"), graph),
            Triple(named, _sd("graph"), content),
            *_graph(content, size),
        ]
    return found


def _graph(node: BlankNode, triples: Literal) -> list[Triple]:
    return [Triple(node, _TYPE, _sd("Graph")), Triple(node, NamedNode(f"{_VOID}triples"), triples)]


def _limit(service: NamedNode, node: BlankNode, limit: Limit) -> list[Triple]:
    value = f"{limit.value:g}" if limit.value < 10**5 else f"{limit.value:.0f}"
    number = Literal(value, datatype=NamedNode(XSD.integer if value.isdigit() else XSD.decimal))
    return [
        Triple(service, NamedNode(SCHEMA.additionalProperty), node),
        Triple(node, _TYPE, NamedNode(SCHEMA.PropertyValue)),
        Triple(node, NamedNode(SCHEMA.propertyID), Literal(limit.name)),
        *(
            Triple(node, NamedNode(SCHEMA.name), Literal(words(lang)["limits"][limit.name], language=lang))
            for lang in LANGUAGES
        ),
        Triple(node, NamedNode(SCHEMA.maxValue), number),
        Triple(node, NamedNode(SCHEMA.unitCode), Literal(limit.unit)),
    ]


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def _format(name: str) -> NamedNode:
    return NamedNode(_FORMATS + name)

"""What a release says of itself to programs: DCAT 3, VoID and schema.org, with the endpoint's service description.

One set of triples says it all in these vocabularies at once, so that they cannot disagree. Addresses are below the root
of the site that serves the release: its network's base, or another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from pyoxigraph import Literal, NamedNode, Quad, Triple

from sankofa.publish import service
from sankofa.publish.dumps import Dump, dumps_of
from sankofa.publish.void import dataset_description, dataset_of
from sankofa.terms import DCAT, DCTERMS, RDF, SCHEMA, SKF, VOID, XSD

if TYPE_CHECKING:
    from sankofa.graph import Graph
    from sankofa.publish.release import Manifest
    from sankofa.store import Embedded

_SPDX = "http://spdx.org/rdf/terms#"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
#: Prefixes for the formats that have them.
PREFIXES = service.PREFIXES | {
    "dcat": DCAT.ns,
    "dcterms": DCTERMS.ns,
    "schema": SCHEMA.ns,
    "spdx": _SPDX,
}
#: What of the network's record is said of its data too: the property of the record, and those it is said by.
_OF_THE_NETWORK = {
    DCTERMS.title: (DCTERMS.title, SCHEMA.name),
    DCTERMS.description: (DCTERMS.description, SCHEMA.description),
    DCTERMS.license: (DCTERMS.license, SCHEMA.license),
    DCTERMS.language: (DCTERMS.language,),
    SKF.embodiedBy: (DCTERMS.publisher, SCHEMA.publisher),
}


def catalogue(
    graph: Graph,
    about: Manifest,
    root: str,
    *,
    served: str = "",
    described: Sequence[Triple] | None = None,
    sizes: service.Sizes | None = None,
) -> list[Triple]:
    """Describe a release.

    Args:
        graph: its graph, in memory.
        about: what it says of itself, with the files that are described.
        root: what the names of the dataset and of the catalogue begin with; it ends with ``/``.
        served: the address of the site that serves it, where that is another.
        described: what :func:`~sankofa.publish.void.dataset_description` said; by default it is read now.
        sizes: what :func:`~sankofa.publish.service.sizes_of` counted; by default it is counted now.

    Example:
        >>> from sankofa.publish.release import Manifest
        >>> from sankofa.graph.opening import in_memory
        >>> about = Manifest("2026-03-01-0123456789ab", "https://example.org/", "2026-03-01")
        >>> said = catalogue(in_memory(about.base), about, "https://data.example.org/")
        >>> sorted({triple.subject.value for triple in said if triple.object == NamedNode(DCAT.Dataset)})
        ['https://data.example.org/dataset']
    """
    written = _Written(graph, about, root, served or root)
    if described is None:
        described = dataset_description(graph, written.store, dataset_of(root))
    endpoint = service.service_description(written.store, f"{served or root}sparql", updates=False, sizes=sizes)
    return [*dict.fromkeys((*written.triples(), *described, *endpoint))]


class _Written:
    """One release: its names below one root, its files and its endpoint below one address."""

    def __init__(self, graph: Graph, about: Manifest, root: str, served: str) -> None:
        self._about, self._served = about, served
        self.store = store = cast("Embedded", graph.store)
        self._catalogue, self._dataset, self._endpoint = (
            NamedNode(f"{root}catalogue"),
            dataset_of(root),
            NamedNode(f"{served}sparql"),
        )
        self._network = next(
            (
                triple.subject
                for triple in store.asserted(None, NamedNode(RDF.type), NamedNode(SKF.Network))
                if isinstance(triple.subject, NamedNode)
            ),
            None,
        )

    def triples(self) -> Iterator[Triple]:
        """All that is said, but for the service description."""
        catalogue, dataset, endpoint = self._catalogue, self._dataset, self._endpoint
        yield from _typed(catalogue, DCAT.Catalog, SCHEMA.DataCatalog)
        yield from self._of_the_network(catalogue)
        yield _said(catalogue, DCAT.dataset, dataset)
        yield _said(catalogue, SCHEMA.dataset, dataset)
        yield _said(catalogue, DCAT.service, endpoint)
        yield from self._the_dataset()
        yield from _typed(endpoint, DCAT.DataService)
        yield from self._of_the_network(endpoint)
        yield _said(endpoint, DCAT.endpointURL, endpoint)
        yield _said(endpoint, DCAT.servesDataset, dataset)
        for dump in dumps_of(self._about):
            yield from self._dump(dump)

    def _the_dataset(self) -> Iterator[Triple]:
        dataset, about = self._dataset, self._about
        yield from _typed(dataset, DCAT.Dataset, SCHEMA.Dataset)
        yield from self._of_the_network(dataset)
        if self._network is not None:
            yield _said(dataset, DCTERMS.subject, self._network)
        yield _said(dataset, DCAT.landingPage, NamedNode(self._served))
        yield _said(dataset, DCTERMS.identifier, Literal(about.name))
        yield _said(dataset, DCAT.version, Literal(about.name))
        yield _said(dataset, SCHEMA.version, Literal(about.name))
        if about.date:
            day = _typed_text(about.date, "date")
            yield from (_said(dataset, each, day) for each in (DCTERMS.modified, SCHEMA.dateModified))
        yield _said(dataset, VOID.sparqlEndpoint, self._endpoint)

    def _dump(self, dump: Dump) -> Iterator[Triple]:
        """One file, with its size and its digest."""
        address = f"{self._served}{dump.path}"
        file, checksum = NamedNode(address), NamedNode(f"{address}#checksum")
        media_type = dump.format.media_type
        yield from (
            _said(self._dataset, each, file) for each in (DCAT.distribution, SCHEMA.distribution, VOID.dataDump)
        )
        yield from _typed(file, DCAT.Distribution, SCHEMA.DataDownload)
        yield _said(file, DCTERMS.title, Literal(dump.name))
        yield from (_said(file, each, file) for each in (DCAT.accessURL, DCAT.downloadURL, SCHEMA.contentUrl))
        yield _said(file, DCAT.mediaType, NamedNode(_MEDIA_TYPES + media_type))
        yield _said(file, DCAT.compressFormat, NamedNode(f"{_MEDIA_TYPES}application/gzip"))
        yield _said(file, SCHEMA.encodingFormat, Literal(media_type))
        yield _said(file, DCAT.byteSize, _typed_text(str(dump.size), "nonNegativeInteger"))
        yield _said(file, SCHEMA.contentSize, Literal(f"{dump.size} B"))
        yield _said(file, SCHEMA.sha256, Literal(dump.sha256))
        yield _said(file, f"{_SPDX}checksum", checksum)
        yield from _typed(checksum, f"{_SPDX}Checksum")
        yield _said(checksum, f"{_SPDX}algorithm", NamedNode(f"{_SPDX}checksumAlgorithm_sha256"))
        yield _said(checksum, f"{_SPDX}checksumValue", _typed_text(dump.sha256, "hexBinary"))
        for licence in self._values(DCTERMS.license):
            yield _said(file, DCTERMS.license, licence)

    def _of_the_network(self, node: NamedNode) -> Iterator[Triple]:
        """The title, description, licence and so on of the network; its base where it has no record that passed."""
        for predicate, names in _OF_THE_NETWORK.items():
            for value in self._values(predicate):
                yield from (_said(node, name, value) for name in names)

    def _values(self, predicate: str) -> list[NamedNode | Literal]:
        found = (
            [
                quad.object
                for quad in (self.store.quads(self._network, NamedNode(predicate), None, self.store.graphs.asserted))
                if isinstance(quad, Quad) and isinstance(quad.object, NamedNode | Literal)
            ]
            if self._network is not None
            else []
        )
        return found or ([Literal(self._about.base)] if predicate == DCTERMS.title else [])


def _typed(node: NamedNode, *classes: str) -> Iterator[Triple]:
    return (_said(node, RDF.type, NamedNode(each)) for each in classes)


def _typed_text(text: str, name: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD.ns + name))


def _said(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Triple:
    return Triple(subject, NamedNode(predicate), value)

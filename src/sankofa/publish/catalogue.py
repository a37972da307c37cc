"""What a release says of itself to programs: DCAT 3, VoID and schema.org, with the endpoint's service description.

One set of triples says it all in these vocabularies at once, so that they cannot disagree. Addresses are below the root
of the site that serves the release: its network's base, or another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad, Triple

from sankofa.publish import service
from sankofa.store.formats import format_of
from sankofa.terms import DCAT, DCTERMS, RDF, SCHEMA, SKF, VOID, XSD

if TYPE_CHECKING:
    from sankofa.publish.release import Manifest
    from sankofa.store import Embedded

_SPDX = "http://spdx.org/rdf/terms#"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_VOCABULARIES = (SKF.ns, DCTERMS.ns, "http://www.w3.org/2004/02/skos/core#", SCHEMA.ns)
#: Prefixes for the formats that have them.
PREFIXES = service.PREFIXES | {
    "dcat": DCAT.ns,
    "dcterms": DCTERMS.ns,
    "schema": SCHEMA.ns,
    "spdx": _SPDX,
    "void": VOID.ns,
    "xsd": XSD.ns,
}
#: What of the network's record is said of its data too: the property of the record, and those it is said by.
_OF_THE_NETWORK = {
    DCTERMS.title: (DCTERMS.title, SCHEMA.name),
    DCTERMS.description: (DCTERMS.description, SCHEMA.description),
    DCTERMS.license: (DCTERMS.license, SCHEMA.license),
    DCTERMS.language: (DCTERMS.language,),
    SKF.embodiedBy: (DCTERMS.publisher, SCHEMA.publisher),
}


def catalogue(store: Embedded, about: Manifest, root: str) -> list[Triple]:
    """Describe a release.

    Args:
        store: its graph.
        about: what it says of itself, with the files that are described.
        root: the address of the site that serves it; it ends with ``/``.

    Example:
        >>> from sankofa.publish.release import Manifest
        >>> from sankofa.store import Embedded
        >>> about = Manifest("2026-03-01-0123456789ab", "https://example.org/", "2026-03-01")
        >>> said = catalogue(Embedded.memory(about.base), about, "https://data.example.org/")
        >>> sorted({triple.subject.value for triple in said if triple.object == NamedNode(DCAT.Dataset)})
        ['https://data.example.org/dataset']
    """
    described = _Described(store, about, root)
    endpoint = service.service_description(store, f"{root}sparql", updates=False)
    return [*dict.fromkeys((*described.triples(), *endpoint))]


class _Described:
    """One release, below one root."""

    def __init__(self, store: Embedded, about: Manifest, root: str) -> None:
        self._store, self._about, self._root = store, about, root
        self._catalogue, self._dataset, self._endpoint = (
            NamedNode(f"{root}{name}") for name in ("catalogue", "dataset", "sparql")
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
        for path in self._about.files:
            if path.startswith("dumps/"):
                yield from self._dump(path)

    def _the_dataset(self) -> Iterator[Triple]:
        dataset, about = self._dataset, self._about
        yield from _typed(dataset, DCAT.Dataset, VOID.Dataset, SCHEMA.Dataset)
        yield from self._of_the_network(dataset)
        if self._network is not None:
            yield _said(dataset, DCTERMS.subject, self._network)
        yield _said(dataset, DCAT.landingPage, NamedNode(self._root))
        yield _said(dataset, DCTERMS.identifier, Literal(about.name))
        yield _said(dataset, DCAT.version, Literal(about.name))
        yield _said(dataset, SCHEMA.version, Literal(about.name))
        if about.date:
            day = _typed_text(about.date, "date")
            yield from (_said(dataset, each, day) for each in (DCTERMS.modified, SCHEMA.dateModified))
        yield _said(dataset, VOID.uriSpace, Literal(f"{about.base}id/"))
        yield _said(dataset, VOID.sparqlEndpoint, self._endpoint)
        yield _said(dataset, VOID.triples, Literal(sum(about.triples.values())))
        yield _said(dataset, VOID.entities, Literal(about.records))
        yield from (_said(dataset, VOID.vocabulary, NamedNode(each)) for each in _VOCABULARIES)
        yield from self._kinds()

    def _kinds(self) -> Iterator[Triple]:
        """How many things of each class of ours there are."""
        asserted = self._store.graphs.asserted
        counted = self._store.query(
            f"SELECT ?class (COUNT(DISTINCT ?thing) AS ?n) {{ GRAPH {asserted} {{ ?thing a ?class }} "
            f"FILTER(STRSTARTS(STR(?class), {Literal(SKF.ns)})) }} GROUP BY ?class"
        )
        for row in counted:  # type: ignore[union-attr]
            name = row["class"].value
            part = NamedNode(f"{self._root}dataset#{name.removeprefix(SKF.ns)}")
            yield _said(self._dataset, VOID.classPartition, part)
            yield _said(part, VOID.class_, NamedNode(name))
            yield _said(part, VOID.entities, row["n"])

    def _dump(self, path: str) -> Iterator[Triple]:
        """One file, with its size and its digest."""
        about = self._about.files[path]
        file, checksum = NamedNode(f"{self._root}{path}"), NamedNode(f"{self._root}{path}#checksum")
        media_type = format_of(path).media_type
        yield from (
            _said(self._dataset, each, file) for each in (DCAT.distribution, SCHEMA.distribution, VOID.dataDump)
        )
        yield from _typed(file, DCAT.Distribution, SCHEMA.DataDownload)
        yield _said(file, DCTERMS.title, Literal(path.rpartition("/")[2]))
        yield from (_said(file, each, file) for each in (DCAT.accessURL, DCAT.downloadURL, SCHEMA.contentUrl))
        yield _said(file, DCAT.mediaType, NamedNode(_MEDIA_TYPES + media_type))
        yield _said(file, DCAT.compressFormat, NamedNode(f"{_MEDIA_TYPES}application/gzip"))
        yield _said(file, SCHEMA.encodingFormat, Literal(media_type))
        yield _said(
            file, DCAT.byteSize, Literal(str(about["bytes"]), datatype=NamedNode(f"{XSD.ns}nonNegativeInteger"))
        )
        yield _said(file, SCHEMA.contentSize, Literal(f"{about['bytes']} B"))
        yield _said(file, SCHEMA.sha256, Literal(about["sha256"]))
        yield _said(file, f"{_SPDX}checksum", checksum)
        yield from _typed(checksum, f"{_SPDX}Checksum")
        yield _said(checksum, f"{_SPDX}algorithm", NamedNode(f"{_SPDX}checksumAlgorithm_sha256"))
        yield _said(checksum, f"{_SPDX}checksumValue", _typed_text(about["sha256"], "hexBinary"))
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
                for quad in (self._store.quads(self._network, NamedNode(predicate), None, self._store.graphs.asserted))
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

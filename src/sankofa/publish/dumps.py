"""The dumps of a release: the same graph in the formats that people ask for, sorted and gzipped without a date."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode, RdfFormat, parse

from sankofa.store.formats import FORMATS, write_in_order
from sankofa.store.guard import prefixes

#: The files that hold what people wrote, by the name of their format.
ASSERTED = {
    name: f"dumps/asserted{FORMATS[name].extensions[0]}.gz" for name in ("turtle", "ntriples", "rdfxml", "jsonld")
}


def quads_of(graphs: Mapping[NamedNode, Iterable[bytes]]) -> bytes:
    """Graphs as one sorted document of N-Quads.

    Args:
        graphs: the lines of N-Triples of each graph, by its name.

    Example:
        >>> quads_of({NamedNode("http://g"): [b"<http://a> <http://b> <http://c> .\\n"]})
        b'<http://a> <http://b> <http://c> <http://g> .\\n'
    """
    found = []
    for graph, lines in graphs.items():
        end = f" {graph} .\n".encode()
        found += [line[:-3] + end for line in lines]
    found.sort()
    return b"".join(found)


def asserted(text: bytes, name: str) -> bytes:
    """What people wrote, in a format that has no need of named graphs; gzipped.

    Args:
        text: its sorted lines of N-Triples.
        name: the name of the format.

    Raises:
        CouldNotBeDone: the format cannot hold the graph (control characters in RDF/XML).

    Example:
        >>> gzip.decompress(asserted(b"<http://a> <http://b> <http://c> .\\n", "turtle"))
        b'<http://a> <http://b> <http://c> .\\n'
    """
    if name == "ntriples":
        return packed(text)
    used = {short: namespace for short, namespace in prefixes().items() if f"<{namespace}".encode() in text}
    triples = (quad.triple for quad in parse(text, RdfFormat.N_TRIPLES))
    return packed(write_in_order(triples, name, prefixes=used))


def packed(data: bytes) -> bytes:
    """The data gzipped; no date in it, so that the same data give the same bytes.

    Example:
        >>> packed(b"a") == packed(b"a")
        True
    """
    return gzip.compress(data, 6, mtime=0)

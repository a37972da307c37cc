"""The dumps of a release: the same graph in the formats that people ask for, sorted and gzipped without a date."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, RdfFormat, parse

from sankofa.store.formats import FORMATS, Format, format_of, write_in_order
from sankofa.store.guard import prefixes

if TYPE_CHECKING:
    from sankofa.publish.release import Manifest

FOLDER = "dumps/"

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


@dataclass(frozen=True)
class Dump:
    """A dump of a release, as it is offered.

    Attributes:
        path: its file in the release, which is also the end of its address.
        name: the name of the file.
        format: what it is when it is unpacked.
        is_all: whether it has all that a query sees; the others have what people wrote.
        size: its size in bytes.
        sha256: its digest.
    """

    path: str
    name: str
    format: Format
    is_all: bool
    size: int
    sha256: str


def dumps_of(about: Manifest) -> list[Dump]:
    """The dumps of a release, that which has everything first.

    Args:
        about: what the release says of itself.

    Example:
        >>> from sankofa.publish.release import Manifest
        >>> about = Manifest("2026-03-01-0123456789ab", "https://example.org/", "2026-03-01")
        >>> dumps_of(about)
        []
    """
    found = [
        Dump(
            path,
            path.removeprefix(FOLDER),
            format_of(path),
            path not in ASSERTED.values(),
            file["bytes"],
            file["sha256"],
        )
        for path, file in about.files.items()
        if path.startswith(FOLDER)
    ]
    return sorted(found, key=lambda dump: (not dump.is_all, dump.size, dump.name))


def sums_of(dumps: Iterable[Dump]) -> str:
    """The digests of dumps as ``sha256sum --check`` reads them, in the folder where the files are.

    Example:
        >>> sums_of([Dump("dumps/a.nt.gz", "a.nt.gz", FORMATS["ntriples"], False, 3, "c0ffee")])
        'c0ffee  a.nt.gz\\n'
    """
    return "".join(f"{dump.sha256}  {dump.name}\n" for dump in sorted(dumps, key=lambda dump: dump.name))

"""RDF files in: the format is told by the name, nothing is fetched, and the same bytes give the same terms.

Blank nodes get names in the order in which they appear, so that what is said of them is the same in every run, and a
prefix per file, so that two files never share one by accident.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from sankofa.errors import UnreadableInput

#: A node that can stand as a subject.
Node = ox.NamedNode | ox.BlankNode
#: Any term of a triple; embedded triples (RDF 1.2) are refused on the way in.
Term = ox.NamedNode | ox.BlankNode | ox.Literal

#: The format of each file name extension that we read.
FORMATS: dict[str, ox.RdfFormat] = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
}


def read_triples(path: Path, *, prefix: str = "b") -> list[tuple[Node, ox.NamedNode, Term]]:
    """Read the triples of a file, of its default graph and of its named graphs alike.

    Args:
        path: the file; its name tells the format, ``.gz`` at the end is unpacked.
        prefix: the beginning of the names that blank nodes get.

    Raises:
        UnreadableInput: the file is missing, broken, of an unknown format, or holds triples about triples.

    Example:
        >>> from sankofa.shipped import shape_files
        >>> all(len(read_triples(file)) > 0 for file in shape_files())
        True
    """
    name = path.name.lower()
    packed = name.endswith(".gz")
    suffix = Path(name[:-3] if packed else name).suffix
    if suffix not in FORMATS:
        known = ", ".join(sorted(FORMATS))
        raise UnreadableInput("the name does not tell a format of RDF", where=str(path), hint=f"known: {known}")
    try:
        data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableInput(f"the file cannot be read ({reason})", where=str(path)) from error
    if FORMATS[suffix] is ox.RdfFormat.RDF_XML and b"<!DOCTYPE" in data:
        raise UnreadableInput(
            "the file declares a document type, which is not read because it can hide other files",
            where=str(path),
            hint="write it without <!DOCTYPE …>, or as Turtle",
        )
    rename = _renamer(prefix)
    try:
        quads = ox.parse(data, format=FORMATS[suffix], base_iri=path.resolve().as_uri())
        return [_triple(quad, rename, path) for quad in quads]
    except (SyntaxError, ValueError, OSError) as error:
        place = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        raise UnreadableInput(f"the file is broken: {text}", where=f"{path}{place}") from error


def read_all(paths: Iterable[Path], *, prefix: str = "b") -> Iterator[tuple[Node, ox.NamedNode, Term]]:
    """Read the triples of several files, one after the other; equal names of blank nodes stay apart.

    Args:
        paths: the files.
        prefix: the beginning of the names that blank nodes get.

    Raises:
        UnreadableInput: as `read_triples`.

    Example:
        >>> list(read_all([]))
        []
    """
    files = list(paths)
    for number, path in enumerate(files):
        yield from read_triples(path, prefix=f"{prefix}{number}x" if len(files) > 1 else prefix)


def _renamer(prefix: str) -> Callable[[Term], Term]:
    """Make the function that names blank nodes in the order of their first appearance."""
    names: dict[str, ox.BlankNode] = {}

    def rename(term: Term) -> Term:
        if not isinstance(term, ox.BlankNode):
            return term
        if term.value not in names:
            names[term.value] = ox.BlankNode(f"{prefix}{len(names)}")
        return names[term.value]

    return rename


def _triple(quad: ox.Quad, rename: Callable[[Term], Term], path: Path) -> tuple[Node, ox.NamedNode, Term]:
    """One triple of a file, in terms of RDF 1.1."""
    if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
        raise UnreadableInput("triples about triples are not read yet", where=str(path), hint="leave them out")
    subject = rename(quad.subject)
    assert not isinstance(subject, ox.Literal)  # noqa: S101 - a subject is no literal in any format we read
    return subject, quad.predicate, rename(quad.object)

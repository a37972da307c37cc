"""Reading and writing RDF files: six formats, each also gzipped, the same graph always as the same bytes.

Reading opens no socket and no other file: a document type declaration in RDF/XML and a remote context in
JSON-LD are refused. A file is read whole or not at all.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from sankofa.errors import CouldNotBeDone, LimitReached, UnknownName, UnreadableInput
from sankofa.store.disk import write_file
from sankofa.store.skolem import canonical
from sankofa.store.turtle import write_trig, write_turtle


@dataclass(frozen=True, slots=True)
class Format:
    """One RDF format: its name on the command line, its media type, the extensions of its files.

    Example:
        >>> format_named("turtle").media_type
        'text/turtle'
    """

    name: str
    label: str
    media_type: str
    extensions: tuple[str, ...]
    rdf: RdfFormat
    named_graphs: bool


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("nquads", "N-Quads", "application/n-quads", (".nq",), RdfFormat.N_QUADS, True),
        Format("trig", "TriG", "application/trig", (".trig",), RdfFormat.TRIG, True),
        Format("turtle", "Turtle", "text/turtle", (".ttl",), RdfFormat.TURTLE, False),
        Format("ntriples", "N-Triples", "application/n-triples", (".nt",), RdfFormat.N_TRIPLES, False),
        Format("rdfxml", "RDF/XML", "application/rdf+xml", (".rdf", ".xml", ".owl"), RdfFormat.RDF_XML, False),
        Format("jsonld", "JSON-LD", "application/ld+json", (".jsonld", ".json"), RdfFormat.JSON_LD, True),
    )
}

#: What a gzipped file begins with.
GZIP = b"\x1f\x8b"
#: A gzipped file that unpacks to more than so many bytes, and so many times its size, was made to do harm.
_HARMLESS, _DENSEST = 100_000_000, 300
_POSITION = re.compile(r"^Parser error at line \d+.*?: |\s*\(line \d+\)$|^error at \d+:\d+: ", re.DOTALL)
#: What a property ends with that can be an element of XML.
_XML_NAME = re.compile(r"[^\W\d][\w.-]*$")
_DOCUMENT_TYPE = re.compile(rb"<!doctype", re.IGNORECASE)
#: A piece of XML that every parser ends at the same place: text, comment, CDATA section, instruction, tag.
_PIECE = re.compile(
    rb"""[^<]++ | <!--(?!-?>)(?:(?!--).)*+--> | <!\[CDATA\[.*?\]\]> | <\?[^?>].*?\?>
       | </?[^<>!?/\s"'](?:[^<>"']++|"[^<"]*+"|'[^<']*+')*+>""",
    re.DOTALL | re.VERBOSE,
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def format_named(name: str) -> Format:
    """Find a format by its name.

    Raises:
        UnknownName: no format has that name; the error names the nearest one.

    Example:
        >>> format_named("jsonld").label
        'JSON-LD'
    """
    try:
        return FORMATS[name]
    except KeyError:
        raise UnknownName.among("RDF format", name, list(FORMATS)) from None


def format_of(path: Path | str) -> Format:
    """Tell the format of a file by its extension, with or without ``.gz``.

    Raises:
        UnreadableInput: the extension belongs to no RDF format.

    Example:
        >>> format_of("stories.ttl.gz").name
        'turtle'
    """
    name = str(path).lower().removesuffix(".gz")
    for each in FORMATS.values():
        if name.endswith(each.extensions):
            return each
    known = ", ".join(extension for each in FORMATS.values() for extension in each.extensions)
    raise UnreadableInput(
        "its extension does not tell the RDF format", where=str(path), hint=f"name the format, or use one of {known}"
    )


def read(
    source: Path | str | bytes,
    *,
    format: str | None = None,  # noqa: A002
    base_iri: str | None = None,
    name: str = "",
    label: str = "b",
) -> list[Quad]:
    """Read an RDF document whole.

    Blank nodes get labels by their order in the document, so that two readings are equal.

    Args:
        source: the path of a file, or the bytes of a document (then ``format`` is needed).
        format: the name of the format; by default the file's extension decides.
        base_iri: the IRI against which relative IRIs are resolved; by default the file's own address.
        name: what errors call the document; by default its path.
        label: what the labels of blank nodes start with; give each document its own when they are put together.

    Raises:
        UnreadableInput: the file is missing or broken, with the line and column where the parser gives them.
        LimitReached: a term in it is longer than the parser takes.

    Example:
        >>> len(read(b"<http://a> <http://b> 1 .", format="turtle"))
        1
    """
    if isinstance(source, bytes):
        data, name = source, name or "the document"
        if format is None:
            raise UnreadableInput("nothing tells its RDF format", where=name, hint=f"one of {', '.join(FORMATS)}")
        chosen = format_named(format)
    else:
        path = Path(source)
        name = name or str(path)
        chosen = format_named(format) if format else format_of(path)
        data = _bytes_of(path, name)
        base_iri = base_iri or path.absolute().as_uri()
    data = _gunzipped(data, name).removeprefix(b"\xef\xbb\xbf")
    if chosen.name == "rdfxml":
        _refuse_document_type(data, name)
    try:
        return _labelled_by_order(parse(data, chosen.rdf, base_iri=base_iri), label)
    except SyntaxError as error:
        raise _unreadable(error, chosen, name) from None
    except ValueError as error:
        raise UnreadableInput(str(error), where=name, hint=f"is it really {chosen.label}?") from None
    except MemoryError as error:
        if "buffer" not in str(error):
            raise
        raise LimitReached(
            "it has a text or an address of more than 16 MB, which the parser does not take",
            where=name,
            hint="keep that in a file of its own and name its address",
        ) from None


def read_all(
    files: Iterable[Path | str],
    *,
    format: str | None = None,  # noqa: A002
    base_iri: str | None = None,
    graph: NamedNode | None = None,
) -> list[Quad]:
    """Read several files as one dataset; their blank nodes stay apart.

    Args:
        files: paths of files.
        format: the name of their format; by default their extensions decide.
        base_iri: the IRI against which relative IRIs are resolved; by default each file's own address.
        graph: the graph for triples that are in no named graph; by default they stay in none.

    Raises:
        UnreadableInput: a file is missing or broken.

    Example:
        >>> read_all([])
        []
    """
    quads: list[Quad] = []
    for number, file in enumerate(files):
        for quad in read(file, format=format, base_iri=base_iri, label=f"f{number}b"):
            if graph is not None and isinstance(quad.graph_name, DefaultGraph):
                quads.append(Quad(quad.subject, quad.predicate, quad.object, graph))
            else:
                quads.append(quad)
    return quads


def write(
    quads: Iterable[Quad | Triple],
    format: str = "nquads",  # noqa: A002
    *,
    prefixes: Mapping[str, str] | None = None,
) -> bytes:
    """Write quads or triples, sorted: the same graph gives the same bytes.

    A format without named graphs holds the triples of the default graph only.

    Args:
        quads: what to write, in any order.
        format: the name of the format.
        prefixes: prefixes for the formats that have them; only those in use are declared.

    Raises:
        UnknownName: no format has that name.
        CouldNotBeDone: the format cannot express a triple (RDF/XML and control characters, or properties like ``…/1``).

    Example:
        >>> from pyoxigraph import NamedNode
        >>> write([Triple(NamedNode("http://a"), NamedNode("http://b"), NamedNode("http://c"))], "ntriples")
        b'<http://a> <http://b> <http://c> .\\n'
    """
    chosen = format_named(format)
    everything = canonical(q if isinstance(q, Quad) else Quad(q.subject, q.predicate, q.object) for q in quads)
    if not chosen.named_graphs:
        everything = [quad for quad in everything if isinstance(quad.graph_name, DefaultGraph)]
    if chosen.name in ("nquads", "ntriples"):
        return "".join(sorted({f"{quad} .\n" for quad in everything})).encode()
    used = dict(prefixes or {})
    if chosen.name == "turtle":
        return write_turtle([quad.triple for quad in everything], used).encode()
    if chosen.name == "trig":
        return write_trig(everything, used).encode()
    ordered = sorted(set(everything), key=lambda quad: (str(quad.graph_name), str(quad)))
    if chosen.name == "rdfxml":
        return _rdfxml([quad.triple for quad in ordered], used)
    return bytes(serialize(ordered, format=chosen.rdf, prefixes=used) or b"")


def write_in_order(triples: Iterable[Triple], format: str, *, prefixes: Mapping[str, str]) -> bytes:  # noqa: A002
    """Write triples as they come: for what is sorted already and has no blank nodes, several times faster.

    Args:
        triples: what to write.
        format: the name of the format.
        prefixes: prefixes for the formats that have them; all are declared.

    Raises:
        UnknownName: no format has that name.
        CouldNotBeDone: the format cannot express a triple (RDF/XML and control characters).

    Example:
        >>> write_in_order([], "ntriples", prefixes={})
        b''
    """
    chosen = format_named(format)
    if chosen.name == "rdfxml":
        return _rdfxml(triples, dict(prefixes))
    return bytes(serialize(triples, format=chosen.rdf, prefixes=dict(prefixes)) or b"")


def save(
    quads: Iterable[Quad | Triple],
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002
    prefixes: Mapping[str, str] | None = None,
) -> None:
    """Write a file, all of it or nothing: the old file stays until the new one is complete on the disk.

    Raises:
        UnreadableInput: the extension tells no format and none is named.
        StorageError: the disk is full, read-only or gone.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save([], Path(folder, "empty.nq"))
    """
    target = Path(path)
    data = write(quads, format or format_of(target).name, prefixes=prefixes)
    if target.name.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    write_file(target, data)


def _bytes_of(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableInput("there is no such file", where=name) from None
    except IsADirectoryError:
        raise UnreadableInput("this is a folder, not a file", where=name) from None
    except OSError as error:
        raise UnreadableInput(f"it cannot be read ({error.strerror})", where=name) from None


def _gunzipped(data: bytes, name: str) -> bytes:
    return b"".join(unpacked(io.BytesIO(data), len(data), name)) if data.startswith(GZIP) else data


def unpacked(file: BinaryIO, size: int, name: str) -> Iterator[bytes]:
    """The content of a gzipped file, piece by piece.

    Args:
        file: the file, open.
        size: how many bytes it has.
        name: what errors call it.

    Raises:
        UnreadableInput: it is broken, or made to fill the memory.

    Example:
        >>> packed = gzip.compress(b"<http://a> <http://b> 1 .")
        >>> next(unpacked(io.BytesIO(packed), len(packed), "a.ttl.gz"))
        b'<http://a> <http://b> 1 .'
    """
    done = 0
    try:
        with gzip.open(file) as stream:
            while piece := stream.read(1 << 20):
                done += len(piece)
                if done > max(_HARMLESS, _DENSEST * size):
                    raise UnreadableInput(
                        f"it unpacks to more than {_DENSEST} times its size, as no data do",
                        where=name,
                        hint="unpack it yourself if you trust it",
                    )
                yield piece
    except (EOFError, OSError, zlib.error) as error:
        raise UnreadableInput(
            f"the gzipped file is broken ({error})", where=name, hint="fetch or compress it again"
        ) from None


def _labelled_by_order(quads: Iterable[Quad], start: str) -> list[Quad]:
    """Name blank nodes b0, b1 … as they appear: the parser invents random labels for unnamed ones."""
    labels: dict[BlankNode, BlankNode] = {}

    def label(node: BlankNode) -> BlankNode:
        return labels.setdefault(node, BlankNode(f"{start}{len(labels)}"))

    result = []
    for quad in quads:
        s, p, o, g = quad
        blank = (type(s) is BlankNode, type(o) is BlankNode, type(g) is BlankNode)
        if any(blank):
            quad = Quad(
                label(s) if isinstance(s, BlankNode) else s,
                p,
                label(o) if isinstance(o, BlankNode) else o,
                label(g) if isinstance(g, BlankNode) else g,
            )
        result.append(quad)
    return result


def _unreadable(error: SyntaxError, chosen: Format, name: str) -> UnreadableInput:
    what = _POSITION.sub("", error.msg or str(error)).strip()
    place = [name]
    if error.lineno:
        place.append(f"line {error.lineno}")
        if error.offset:
            place.append(f"column {error.offset}")
    where = ", ".join(place)
    if "LoadDocumentCallback" in what:
        return UnreadableInput(
            "it names a remote @context, which is never fetched",
            where=where,
            hint="put the content of the context into the file",
        )
    hint = f"correct the {chosen.label} there; nothing was read"
    if "scheme" in what:
        hint = "write the IRI in full, or declare a base"
    unreadable = UnreadableInput(what.rstrip("."), where=where, hint=hint)
    unreadable.line, unreadable.column = error.lineno, error.offset
    return unreadable


def _refuse_document_type(data: bytes, name: str) -> None:
    """A document type declaration can name other files and grow without bound; the parser takes it anywhere.

    Where a comment or a text speaks of one it is none, as long as nobody can read the file in another way.
    """
    if not _DOCUMENT_TYPE.search(data):
        return
    at = 0
    while piece := _PIECE.match(data, at):
        at = piece.end()
    if found := _DOCUMENT_TYPE.search(data, at):
        line = data.count(b"\n", 0, found.start()) + 1
        raise UnreadableInput(
            "it has a document type declaration (<!DOCTYPE …>), which is never read",
            where=f"{name}, line {line}",
            hint="write the entities out and remove the declaration",
        )


def _rdfxml(triples: Iterable[Triple], prefixes: dict[str, str]) -> bytes:
    try:
        return bytes(serialize(_in_xml(triples), format=RdfFormat.RDF_XML, prefixes=prefixes) or b"")
    except (ValueError, OSError) as error:
        raise CouldNotBeDone(f"RDF/XML cannot hold this graph ({error})", hint="use another format") from None


def _in_xml(triples: Iterable[Triple]) -> Iterator[Triple]:
    for triple in triples:
        if _NOT_XML.search(str(getattr(triple.object, "value", ""))):
            raise CouldNotBeDone(
                "RDF/XML cannot hold a control character", where=str(triple.subject), hint="use another format"
            )
        if not _XML_NAME.search(triple.predicate.value):
            raise CouldNotBeDone(
                "RDF/XML cannot name a property that ends without a name",
                where=str(triple.predicate),
                hint="use another format",
            )
        yield triple

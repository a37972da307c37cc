"""A network's folder: its sheets into its graph files, with the account of every cell."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from sankofa.capture import Capture, Context, capture_files, read_defaults
from sankofa.capture.identifiers import kind_and_slug
from sankofa.capture.names import Triples
from sankofa.errors import NotAGraph, StorageError
from sankofa.fields.files import read_triples
from sankofa.store.guard import prefixes as our_prefixes
from sankofa.store.turtle import write_turtle

#: The file with the account of every cell.
REPORT = "capture-report.csv"
_COMMENT = "Made from the sheets by `python -m sankofa.capture`: change the sheets, not this file."


def read_folder(folder: Path) -> tuple[Capture, Context]:
    """Read the sheets of a network's folder, against its ``network.ttl``.

    Args:
        folder: the folder that holds ``network.ttl`` and ``sheets/``.

    Raises:
        NotAGraph: when it holds no ``network.ttl`` or no sheet.
        UnreadableInput: when a file in it cannot be read.

    Example:
        >>> import sankofa.shipped
        >>> capture, context = read_folder(sankofa.shipped.default_graph_folder())
        >>> capture.count("refused"), capture.records[0].value.startswith(context.base)
        (0, True)
    """
    network = folder / "network.ttl"
    sheets = sorted((folder / "sheets").glob("*.csv"))
    if not network.is_file() or not sheets:
        missing = "network.ttl" if not network.is_file() else "sheets/*.csv"
        raise NotAGraph(
            f"the folder holds no {missing}", where=str(folder), hint="name a folder with network.ttl and sheets/"
        )
    known = Triples(ox.Triple(*triple) for triple in read_triples([network], prefix="n"))
    base, defaults = read_defaults(known)
    context = Context(base, known=known, defaults=defaults)
    return capture_files(sheets, context), context


def files_of(triples: Iterable[ox.Triple], base: str) -> dict[str, str]:
    """The graph as files: one a kind, each record in the file of its kind, with its parts.

    Args:
        triples: the triples of records.
        base: the base of the network's data.

    Raises:
        NotAGraph: when a triple belongs to no record.

    Example:
        >>> files_of([], "https://example.org/")
        {}
    """
    kinds: dict[str, list[ox.Triple]] = {}
    for triple in triples:
        place = kind_and_slug(base, getattr(triple.subject, "value", ""))
        if place is None:
            raise NotAGraph("a triple belongs to no record", where=str(triple.subject))
        kinds.setdefault(place[0], []).append(triple)
    prefixes = dict(our_prefixes())
    prefixes |= {kind: f"{base}id/{kind}/" for kind in _kinds(triples, base) if kind not in prefixes}
    text = {kind: write_turtle(of_kind, prefixes) for kind, of_kind in sorted(kinds.items())}
    return {f"{kind}.ttl": f"# {_COMMENT}\n{body}" for kind, body in text.items()}


def _kinds(triples: Iterable[ox.Triple], base: str) -> set[str]:
    """Every kind that a triple speaks of."""
    terms = [term for triple in triples for term in (triple.subject, triple.object) if isinstance(term, ox.NamedNode)]
    return {place[0] for term in terms if (place := kind_and_slug(base, term.value))}


def build(folder: Path) -> Capture:
    """Write ``graph/*.ttl`` and the account of every cell from the sheets of a folder; the same sheets, the same bytes.

    Args:
        folder: the folder that holds ``network.ttl`` and ``sheets/``.

    Raises:
        NotAGraph: when it holds no ``network.ttl`` or no sheet.
        UnreadableInput: when a file in it cannot be read.
        StorageError: when a file cannot be written.
    """
    capture, context = read_folder(folder)
    files = files_of(capture.added, context.base)
    graph = folder / "graph"
    try:
        graph.mkdir(exist_ok=True)
        for name, text in files.items():
            (graph / name).write_text(text, encoding="utf-8", newline="\n")
        for old in graph.glob("*.ttl"):
            if old.name not in files:
                old.unlink()
        (folder / REPORT).write_text(capture.to_csv(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise StorageError("the graph cannot be written", where=str(graph), hint=error.strerror or "") from error
    return capture

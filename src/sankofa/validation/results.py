"""The standard's validation report: results, and the triples that say them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pyoxigraph as ox

from sankofa.errors import LimitReached
from sankofa.fields import Path
from sankofa.fields.files import Node, Term

SH = "http://www.w3.org/ns/shacl#"
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_FIRST = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#first")
_REST = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#rest")
_NIL = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#nil")
_PATHS = {
    "inverse": "inversePath",
    "alternative": "alternativePath",
    "zero-or-more": "zeroOrMorePath",
    "one-or-more": "oneOrMorePath",
    "zero-or-one": "zeroOrOnePath",
}
#: The setting that bounds the memory of one validation, as ``4GB``; by default half of the machine's.
MEMORY = "SANKOFA_MEMORY"
#: More results than this nobody reads, and one takes some kilobytes; but see `most_results`.
MOST_RESULTS = 2_000_000
#: So many pairs of values may be compared, or of nodes and the values that a path leads to be kept.
MOST_PAIRS = 10_000_000
#: What there may be too many of.
RESULTS = "results, those of the shapes before it included"
REACHED = "pairs of a node and a value that a path in it leads to"
COMPARED = "pairs of values to compare"


def most_results(triples: int) -> int:
    """How many results some data may have: as many as they have triples, where those are many.

    Data that are wrong all through have about so many; what comes to more is a shape that multiplies.

    Args:
        triples: the number of triples.

    Example:
        >>> most_results(100), most_results(5_000_000)
        (2000000, 5000000)
    """
    return max(MOST_RESULTS, triples)


class TooManyError(Exception):
    """Judging comes to more than a machine should be asked for; `limited` tells by which shape.

    Args:
        what: of what it comes to too many.
        most: how many there may be.
    """

    def __init__(self, what: str, most: int) -> None:
        """Keep what there are too many of."""
        super().__init__(f"it comes to more than {most:,} {what}")


@contextmanager
def limited(shape: Node) -> Iterator[None]:
    """Tell of a shape that it comes to too much, when judging by it does.

    Args:
        shape: the shape that is judged by.

    Raises:
        LimitReached: it came to too much.

    Example:
        >>> with limited(ox.NamedNode("http://example.org/S")):
        ...     raise TooManyError("results", 10)
        Traceback (most recent call last):
        sankofa.errors.LimitReached: the shape <http://example.org/S>: it comes to more than 10 results: ask less \
with it, or validate fewer triples at once
    """
    try:
        yield
    except TooManyError as error:
        raise LimitReached(
            str(error), where=f"the shape {shape}", hint="ask less with it, or validate fewer triples at once"
        ) from None


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result as the standard has it.

    Args:
        focus: the focus node.
        component: the IRI of the constraint component.
        shape: the source shape.
        severity: the IRI of the severity.
        path: the result path, when there is one.
        value: the value, when there is one.
        constraint: the source constraint of SHACL-SPARQL, when there is one.
        messages: the messages.
        details: the results this one rests on.
    """

    focus: Term
    component: str
    shape: Node
    severity: str
    path: Path | None = None
    value: Term | None = None
    constraint: Node | None = None
    messages: tuple[ox.Literal, ...] = ()
    details: tuple[Result, ...] = ()


def report_triples(results: Sequence[Result]) -> list[ox.Triple]:
    """The validation report as the standard writes it.

    Args:
        results: the results; none means that the data conform.

    Example:
        >>> len(report_triples([]))
        2
    """
    report = ox.BlankNode("report")
    boolean = ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
    conforms = ox.Literal("false" if results else "true", datatype=boolean)
    triples = [
        ox.Triple(report, _TYPE, ox.NamedNode(SH + "ValidationReport")),
        ox.Triple(report, ox.NamedNode(SH + "conforms"), conforms),
    ]
    names = (ox.BlankNode(f"result{number}") for number in range(10**9))
    for result in results:
        triples.extend(_result_triples(result, report, "result", names))
    return triples


def _result_triples(result: Result, owner: Node, link: str, names: Iterator[ox.BlankNode]) -> Iterable[ox.Triple]:
    """The triples of a result, of its path and of what it rests on."""
    node = next(names)

    def said(name: str, value: Term) -> ox.Triple:
        return ox.Triple(node, ox.NamedNode(SH + name), value)

    yield ox.Triple(owner, ox.NamedNode(SH + link), node)
    yield ox.Triple(node, _TYPE, ox.NamedNode(SH + "ValidationResult"))
    yield said("focusNode", result.focus)
    yield said("resultSeverity", ox.NamedNode(result.severity))
    yield said("sourceConstraintComponent", ox.NamedNode(result.component))
    yield said("sourceShape", result.shape)
    if result.value is not None:
        yield said("value", result.value)
    if result.constraint is not None:
        yield said("sourceConstraint", result.constraint)
    if result.path is not None:
        triples: list[ox.Triple] = []
        yield said("resultPath", _path_node(result.path, names, triples))
        yield from triples
    for message in result.messages:
        yield said("resultMessage", message)
    for detail in result.details:
        yield from _result_triples(detail, node, "detail", names)


def _path_node(path: Path, names: Iterator[ox.BlankNode], triples: list[ox.Triple]) -> Node:
    """The node that stands for a path, with the triples that say what it is."""
    if path.form == "predicate":
        return ox.NamedNode(path.predicate)
    parts = [_path_node(part, names, triples) for part in path.parts]
    if path.form == "sequence":
        return _list_node(parts, names, triples)
    node = next(names)
    inner = _list_node(parts, names, triples) if path.form == "alternative" else parts[0]
    triples.append(ox.Triple(node, ox.NamedNode(SH + _PATHS[path.form]), inner))
    return node


def _list_node(members: list[Node], names: Iterator[ox.BlankNode], triples: list[ox.Triple]) -> Node:
    rest: Node = _NIL
    for one in reversed(members):
        cell = next(names)
        triples.append(ox.Triple(cell, _FIRST, one))
        triples.append(ox.Triple(cell, _REST, rest))
        rest = cell
    return rest

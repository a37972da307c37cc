"""The reference engine: pySHACL, on plain graphs in memory, one validation at a time.

pySHACL switches settings of rdflib for the whole process and adds triples to the shapes it is given, so each run works
on copies, under a lock, and everything is put back afterwards. rdflib never parses nor normalises what we report:
literals go in as they are written and come out as they went in.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from sankofa.errors import CouldNotBeDone, SankofaError, UnreadableInput
from sankofa.fields import Fields, Path
from sankofa.fields.files import Node, Spo, Term
from sankofa.fields.model import LEVEL_OF, SH
from sankofa.fields.reading import name_of
from sankofa.store.guard import refuse
from sankofa.validation.lighten import lighten
from sankofa.validation.results import Result
from sankofa.validation.targets import Targets

if TYPE_CHECKING:
    import rdflib

NAME = "pyshacl"
_LOCK = threading.RLock()
_QUERIES = (SH + "select", SH + "ask", SH + "construct", SH + "update")
_DEEPEST = 60


def results(data: Iterable[Spo], fields: Fields) -> list[Result]:
    """Judge data by shapes.

    Args:
        data: the triples to judge, those of the class tree among them.
        fields: the shapes, as read.

    Raises:
        UnreadableInput: the shapes are not well-formed.
        ForbiddenQuery: a query in the shapes would open a connection.
        CouldNotBeDone: pySHACL gave up on them.

    Example:
        >>> from sankofa.fields import read_fields
        >>> results([], read_fields())
        []
    """
    with _LOCK, _settings():
        import pyshacl

        shapes = _shapes_graph(fields)
        graph, known = _graph(data)
        try:
            _, report, _ = pyshacl.validate(
                graph,
                shacl_graph=shapes.graph,
                advanced=False,
                inference="none",
                inplace=True,
                meta_shacl=False,
                js=False,
                max_validation_depth=_DEEPEST,
            )
        except Exception as error:  # pySHACL lets through whatever rdflib raises on shapes that are not well-formed
            raise _failure(error) from error
        if isinstance(report, Exception):
            raise _failure(report)
        return _read(report, known | shapes.known, fields)


class _Shapes:
    """A private copy of shapes as pySHACL takes them."""

    def __init__(self, fields: Fields) -> None:
        from rdflib import OWL, RDF, RDFS

        relevant = Targets(fields.shapes).relevant()
        for subject, predicate, value in relevant:
            if predicate.value in _QUERIES:
                try:
                    refuse(value.value)
                except SankofaError as error:
                    raise type(error)(error.what, where=f"the shape {name_of(subject)}", hint=error.hint) from error
        self.graph, self.known = _graph(lighten(relevant))
        # What pySHACL adds by itself: with it here from the start, the copy stays as it is.
        self.graph.add((OWL.Class, RDFS.subClassOf, RDFS.Class))
        self.graph.add((OWL.DatatypeProperty, RDFS.subClassOf, RDF.Property))


@lru_cache(maxsize=8)
def _shapes_graph(fields: Fields) -> _Shapes:
    return _Shapes(fields)


@contextmanager
def _settings() -> Iterator[None]:
    """Keep rdflib from reaching out while its queries run, and leave it as it was."""
    import rdflib
    from rdflib.plugins import sparql

    normalise, load = rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS
    _warm_up()
    try:
        sparql.SPARQL_LOAD_GRAPHS = False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS = normalise, load


@lru_cache(maxsize=1)
def _warm_up() -> None:
    """Parse one query alone: rdflib's parser breaks for good when its first parses happen in several threads."""
    from rdflib.plugins.sparql import prepareQuery

    prepareQuery("ASK { ?s ?p ?o }")
    # it tells on stderr what it raises as well, and we tell what it raises
    logging.getLogger("pyshacl-validate").disabled = True


def _graph(triples: Iterable[Spo]) -> tuple[rdflib.Graph, dict[Any, Term]]:
    """A plain graph of rdflib, and the term that each of its terms stands for."""
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    add = graph.store.add
    made: dict[Term, Any] = {}

    def term(one: Term) -> Any:
        found = made.get(one)
        if found is None:
            if isinstance(one, ox.NamedNode):
                found = rdflib.URIRef(one.value)
            elif isinstance(one, ox.BlankNode):
                found = rdflib.BNode(one.value)
            elif one.language:
                found = rdflib.Literal(one.value, lang=one.language, normalize=False)
            else:
                kind = rdflib.URIRef(one.datatype.value)
                plain = kind == rdflib.XSD.string
                found = rdflib.Literal(one.value, datatype=None if plain else kind, normalize=False)
            made[one] = found
        return found

    for subject, predicate, value in triples:
        add((term(subject), term(predicate), term(value)), graph)
    return graph, {other: one for one, other in made.items()}


def _failure(error: Exception) -> SankofaError:
    """What to say when pySHACL cannot judge by these shapes."""
    from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError, ValidationFailure

    text = " ".join(str(getattr(error, "message", "") or error).split())
    if isinstance(error, ShapeLoadError | ConstraintLoadError | ValidationFailure):
        link = getattr(error, "link", "")
        text += f" ({link})" if link else ""
        return UnreadableInput(f"the shapes are not well-formed: {text}", hint="correct the shapes")
    if isinstance(error, ReportableRuntimeError) and "too deep" in text:
        return CouldNotBeDone(f"the reference engine gave up: {text}", hint="check the shapes for endless nesting")
    kind = type(error).__name__
    return UnreadableInput(
        f"the shapes cannot be used: {text or kind}", hint="check them with the standard's own shapes"
    )


def _read(report: rdflib.Graph, known: dict[Any, Term], fields: Fields) -> list[Result]:
    """The results in a report of pySHACL."""
    said: dict[Any, dict[str, list[Any]]] = {}
    for subject, predicate, value in report:
        said.setdefault(subject, {}).setdefault(str(predicate), []).append(value)
    tops = [one for node in said.values() for one in node.get(SH + "result", [])]
    return [_result(one, said, known, fields) for one in tops]


def _result(node: Any, said: dict[Any, dict[str, list[Any]]], known: dict[Any, Term], fields: Fields) -> Result:
    import rdflib

    content = said[node]

    def first(name: str) -> Any:
        return next(iter(content.get(SH + name, [])), None)

    def term(one: Any) -> Term:
        return known[one] if one in known else _term(one)

    shape, value, constraint = first("sourceShape"), first("value"), first("sourceConstraint")
    rule = fields.rules.get(name_of(term(shape)))
    path_node = first("resultPath")
    path: Path | None = None
    if isinstance(path_node, rdflib.URIRef):  # of a closed shape too, where it is not the path of the shape
        path = Path("predicate", str(path_node))
    elif path_node is not None and rule is not None:
        path = rule.path
    # Of pySHACL's messages only those that somebody wrote count; its own are told better from the rule.
    own = (
        rule is not None
        and not rule.messages
        and constraint is None
        and str(first("sourceConstraintComponent")).startswith(SH)
    )
    messages = () if own else tuple(_text(one) for one in content.get(SH + "resultMessage", []))
    return Result(
        focus=term(first("focusNode")),
        component=str(first("sourceConstraintComponent")),
        shape=_node(term(shape)),
        severity=str(first("resultSeverity") or next(iter(LEVEL_OF))),
        path=path,
        value=term(value) if value is not None else None,
        constraint=_node(term(constraint)) if constraint is not None else None,
        messages=tuple(sorted(messages, key=str)),
        details=tuple(_result(one, said, known, fields) for one in content.get(SH + "detail", [])),
    )


def _node(term: Term) -> Node:
    assert not isinstance(term, ox.Literal)  # noqa: S101 - shapes and constraints are subjects
    return term


def _text(literal: Any) -> ox.Literal:
    return ox.Literal(str(literal), language=literal.language) if literal.language else ox.Literal(str(literal))


def _term(one: Any) -> Term:
    """A term that pySHACL made itself, as ours."""
    import rdflib

    if isinstance(one, rdflib.BNode):
        return ox.BlankNode(str(one))
    if isinstance(one, rdflib.Literal):
        if one.language or one.datatype is None:
            return _text(one)
        return ox.Literal(str(one), datatype=ox.NamedNode(str(one.datatype)))
    return ox.NamedNode(str(one))

"""The engines that judge, each on triples: what the differential test and the regressions compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from sankofa.fields import Fields
from sankofa.fields.files import Spo
from sankofa.fields.reading import Described, rules_of
from sankofa.validation import columns, nodes, reference
from sankofa.validation.data import Data
from sankofa.validation.nodes import NodeJudge
from sankofa.validation.results import Result
from sankofa.validation.shapes import read_shapes
from sankofa.validation.sparql import Queries
from strategies import Pair

#: How often each result is there: focus node, path, component, value, severity, source shape.
Bag = Counter[tuple[str, ...]]


def bag(results: Iterable[Result]) -> Bag:
    """Results as the standard compares them."""
    return Counter(
        (
            str(one.focus),
            str(one.path or ""),
            one.component,
            "" if one.value is None else str(one.value),
            one.severity,
            str(one.shape),
        )
        for one in results
    )


def by_columns(pair: Pair) -> list[Result]:
    """The columns engine."""
    with columns.Table() as table:
        table.load_spo(pair.data)
        return columns.judge(table, read_shapes(pair.shapes)).results


def queries(data: Iterable[Spo], shapes: Iterable[Spo]) -> Queries:
    """What asks the queries of shapes, of data in memory."""
    triples = [ox.Triple(*triple) for triple in data]
    return Queries(lambda file: ox.serialize(triples, str(file), format=ox.RdfFormat.N_TRIPLES), shapes)


def by_nodes(pair: Pair) -> list[Result]:
    """The live engine, asked of every focus node."""
    data = Data(dict.fromkeys(pair.data))
    judge = NodeJudge(data, queries(pair.data, pair.shapes))
    return [
        result
        for shape in read_shapes(pair.shapes).aimed
        for node in judge.focus_nodes(shape, data.by)
        for result in judge.results(shape, node)
    ]


def by_default(pair: Pair) -> list[Result]:
    """The engine for small data, or columns where shapes ask queries."""
    shapes = read_shapes(pair.shapes)
    if any(constraint.query for shape in shapes.by.values() for constraint in shape.constraints):
        return by_columns(pair)
    return nodes.judge(Data(dict.fromkeys(pair.data)), shapes)[0]


def by_reference(pair: Pair) -> list[Result]:
    """The engine "pyshacl": pySHACL with shapes rewritten for it."""
    return reference.results(dict.fromkeys(pair.data), _fields(pair.shapes))


def by_pyshacl(pair: Pair) -> list[Result]:
    """PySHACL alone, with the shapes as they are; only lexical forms are kept from rdflib."""
    import pyshacl

    with reference._LOCK, reference._settings():
        data, known = reference._graph(pair.data)
        shapes, others = reference._graph(pair.shapes)
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True, max_validation_depth=60)
        if isinstance(report, Exception):
            raise report
        return reference._read(report, known | others, _fields(pair.shapes))


#: The engines that are right, by name.
OURS: dict[str, Callable[[Pair], list[Result]]] = {"columns": by_columns, "live": by_nodes}
#: The engines that know other mistakes, with whether shapes are rewritten for them.
PEERS: dict[str, tuple[Callable[[Pair], list[Result]], bool]] = {
    "pyshacl": (by_reference, True),
    "pySHACL alone": (by_pyshacl, False),
}


def _fields(shapes: tuple[Spo, ...]) -> Fields:
    rules = rules_of(Described(shapes))
    return Fields(kinds={}, rules=rules, parents={}, names={}, shapes=shapes, class_tree=())

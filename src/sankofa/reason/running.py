"""The rules run by the store itself, set at a time, to a fixpoint.

Each statement is first asked whether anything new follows, and only then written: an update does not say how much it
added. What is asserted, in a vocabulary or in the ontology is never written again, so the inferred graph holds what is
new and nothing else. After small changes that only add, what follows from the additions is added, and nothing is run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from pyoxigraph import Literal, NamedNode, QuerySolutions, Triple, Variable

from sankofa.errors import LimitReached, UnknownName
from sankofa.reason.rulefile import Pattern
from sankofa.reason.rules import Rule, Rules, Statement, key_of
from sankofa.store.binding import Value
from sankofa.store.changes import Change
from sankofa.store.graphs import Graphs
from sankofa.terms import OWL, XSD

if TYPE_CHECKING:
    from sankofa.table import Table

#: how often one stratum may run before it is taken for one that never ends
MOST_ROUNDS = 1000

#: from so many added triples on, everything is run again
MOST_ADDED = 200


class Reasoned(Protocol):
    """What reasoning needs of a store: queries over all its graphs, its changes, and leave to write inferences."""

    @property
    def graphs(self) -> Graphs:
        """The names of the graphs."""

    @property
    def version(self) -> int:
        """The number of the last change."""

    def query(self, sparql: str, bindings: Mapping[str, Value] | None = None) -> object:
        """The result of a query over all graphs together."""

    def change(self, number: int) -> Change:
        """One change with its quads."""

    def infer(self, update: str, *, stamp: str) -> None:
        """Run an update on the inferred graph, and keep a word that says how far the inferences are."""

    def stamp(self, graph: NamedNode) -> str:
        """The word that was kept."""


@dataclass(frozen=True)
class Same:
    """Two things that must be one by an (inverse-)functional property; nothing is merged."""

    property: str
    one: str
    other: str


@dataclass(frozen=True)
class Reasoning:
    """What a run did.

    Args:
        inferred: how many triples the inferred graph holds now.
        statements: how many statements were run, and how many of these added something.
        same: the pairs that must be the same thing.
        warnings: what the ontology or the data say that nothing was made of.
    """

    inferred: int
    statements: int
    productive: int
    same: tuple[Same, ...]
    warnings: tuple[str, ...]

    def to_table(self) -> Table:
        """The same as a table of two columns, for the command line.

        Example:
            >>> Reasoning(2, 3, 1, (), ()).to_table().columns
            ('what', 'value')
        """
        from sankofa.table import Table

        integer = NamedNode(XSD.integer)
        rows = [
            (Literal("inferred triples"), Literal(str(self.inferred), datatype=integer)),
            (Literal("statements run"), Literal(str(self.statements), datatype=integer)),
            (Literal("statements that added something"), Literal(str(self.productive), datatype=integer)),
            *(
                (Literal(f"must be the same by {each.property}"), Literal(f"{each.one} {each.other}"))
                for each in self.same
            ),
            *((Literal("warning"), Literal(text)) for text in self.warnings),
        ]
        return Table(("what", "value"), [tuple(row) for row in rows])


def run(store: Reasoned, rules: Rules) -> Reasoning:
    """Bring the inferred graph up to date, and say what there is.

    Args:
        store: the store to reason over.
        rules: what :func:`sankofa.reason.compile_rules` made.

    Raises:
        LimitReached: rules feed each other without end.

    Example:
        >>> import sankofa
        >>> sankofa.open().reason().inferred > 0
        True
    """
    ran, productive = refresh(store, rules)
    return Reasoning(
        _count(store, f"GRAPH {store.graphs.inferred} {{ ?s ?p ?o }}"),
        ran,
        productive,
        tuple(_same(store, rules.same)),
        (*rules.unsupported, *_unsupported_data(store)),
    )


def refresh(store: Reasoned, rules: Rules) -> tuple[int, int]:
    """Bring the inferred graph up to date; costs nothing when neither data, ontology nor rules have changed.

    Args:
        store: the store to reason over.
        rules: what :func:`sankofa.reason.compile_rules` made.

    Returns:
        How many statements were run, and how many of them added something.

    Raises:
        LimitReached: rules feed each other without end.

    Example:
        >>> from sankofa.reason import compile_rules
        >>> from sankofa.store import Embedded
        >>> store, rules = Embedded.memory("https://example.org/"), compile_rules([])
        >>> refresh(store, rules), refresh(store, rules)
        ((0, 0), (0, 0))
    """
    graphs = store.graphs
    stamp = _stamp(store, rules)
    if store.stamp(graphs.inferred) == stamp:
        return 0, 0
    ran = productive = 0
    added = _added_since(store, rules, stamp)
    if added is None:
        _begin(store, rules)
        for stratum in rules.strata:
            for adds in _fixpoint(store, stratum):
                ran, productive = ran + 1, productive + adds
    else:
        _extend(store, rules, added)
    store.infer("", stamp=stamp)
    return ran, productive


def settle(store: Reasoned, rules: Rules) -> None:
    """Take the inferences that are there as they are, whatever made them: a release brings its own.

    Args:
        store: the store that holds them.
        rules: what :func:`sankofa.reason.compile_rules` made.

    Example:
        >>> from sankofa.reason import compile_rules
        >>> from sankofa.store import Embedded
        >>> store, rules = Embedded.memory("https://example.org/"), compile_rules([])
        >>> settle(store, rules)
        >>> refresh(store, rules)
        (0, 0)
    """
    store.infer("", stamp=_stamp(store, rules))


def _stamp(store: Reasoned, rules: Rules) -> str:
    """What the inferences depend on."""
    graphs = store.graphs
    return f"{store.version} {rules.digest} {store.stamp(graphs.ontology)} {store.stamp(graphs.vocabularies)}"


def _begin(store: Reasoned, rules: Rules) -> None:
    """Empty the inferred graph, but for what follows from the ontology alone."""
    graphs = store.graphs
    store.infer(f"CLEAR SILENT GRAPH {graphs.inferred}", stamp="")
    if rules.facts:
        facts = " ".join(f"({t.subject} {t.predicate} {t.object})" for t in sorted(rules.facts, key=str))
        data = " ".join(f"USING {graph}" for graph in graphs.queried)
        head = f"INSERT {{ GRAPH {graphs.inferred} {{ ?s ?p ?o }} }} {data}"
        store.infer(f"{head} WHERE {{ VALUES (?s ?p ?o) {{ {facts} }} FILTER NOT EXISTS {{ ?s ?p ?o }} }}", stamp="")


def _extend(store: Reasoned, rules: Rules, added: Sequence[Triple]) -> None:
    """Add what follows from a few more triples: by each rule that one of them can be part of."""
    stated = "".join(f"{triple} . " for triple in added)
    store.infer(f"DELETE DATA {{ GRAPH {store.graphs.inferred} {{ {stated}}} }}", stamp="")
    by_key: dict[str, list[tuple[Rule, Pattern]]] = {}
    for rule in rules.rules:
        for pattern in rule.body:
            by_key.setdefault(pattern.key, []).append((rule, pattern))
    waiting, known = list(added), set(added)
    while waiting:
        triple = waiting.pop(0)
        follows = set()
        for key in {key_of(triple), triple.predicate.value}:
            for rule, pattern in by_key.get(key, []):
                follows |= set(_consequences(store, rule, pattern, triple))
        for new in sorted(follows - known, key=str):
            known.add(new)
            if not store.query(f"ASK {{ {new} }}"):
                store.infer(f"INSERT DATA {{ GRAPH {store.graphs.inferred} {{ {new} }} }}", stamp="")
                waiting.append(new)


def _consequences(store: Reasoned, rule: Rule, pattern: Pattern, triple: Triple) -> Iterator[Triple]:
    """What a rule gives when one pattern of its body is a triple."""
    values = pattern.values(triple)
    subjects = {each.subject for each in rule.body}
    if values is None:
        return
    if any(isinstance(term, Literal) and Variable(name) in subjects for name, term in values.items()):
        return  # a literal is the subject of nothing
    names = dict.fromkeys(rule.head.variables())
    wanted = " ".join(f"?{name}" for name in names)
    text = f"{rule.prologue}SELECT DISTINCT {wanted} {{ {rule.where()} }}"
    for solution in cast(QuerySolutions, store.query(text, values)):
        yield rule.head.filled({name: solution[name] for name in names})


def _added_since(store: Reasoned, rules: Rules, stamp: str) -> list[Triple] | None:
    """What was asserted since the last run, or None when anything else happened or a rule excludes things."""
    before, _, rest = store.stamp(store.graphs.inferred).partition(" ")
    if not rules.is_monotone or not before.isdigit() or rest != stamp.partition(" ")[2]:
        return None
    added: list[Triple] = []
    for number in range(int(before) + 1, store.version + 1):
        try:
            change = store.change(number)
        except UnknownName:
            return None
        added += [quad.triple for quad in change.added if quad.graph_name == store.graphs.asserted]
        if change.removed or change.withdraws or len(added) > MOST_ADDED:
            return None
    return added


def _fixpoint(store: Reasoned, stratum: Sequence[Statement]) -> Iterator[bool]:
    """Run the statements of a stratum until none adds anything; say for each run whether it did."""
    graphs = store.graphs
    waiting = list(stratum)
    rounds = 0
    while waiting:
        statement = waiting.pop(0)
        adds = bool(store.query(statement.ask()))
        if adds:
            store.infer(statement.insert(graphs.inferred, graphs.queried), stamp="")
            waiting += [each for each in stratum if each not in waiting and each.is_fed_by(statement)]
        yield adds
        rounds += 1
        if rounds > MOST_ROUNDS * len(stratum):
            raise LimitReached(f"the rules for {statement.head} never come to an end", hint="see queries/rules")


def _same(store: Reasoned, queries: Mapping[str, str]) -> Iterator[Same]:
    for term, text in sorted(queries.items()):
        for solution in cast(QuerySolutions, store.query(text)):
            yield Same(term, solution["a"].value, solution["b"].value)


def _unsupported_data(store: Reasoned) -> Iterator[str]:
    if store.query(f"ASK {{ ?s <{OWL.ns}sameAs> ?o FILTER(?s != ?o) }}"):
        yield "owl:sameAs in the data is not followed: what is said of one is not said of the other"


def _count(store: Reasoned, pattern: str) -> int:
    [solution] = cast(QuerySolutions, store.query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"))
    return int(solution["n"].value)

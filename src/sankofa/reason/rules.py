"""Rules, and the statements of SPARQL that run them.

A rule has one triple pattern as its head and a few as its body. Rules with the same head run as one statement;
statements are ordered so that what one reads is complete before it runs, and only what truly feeds itself (a transitive
property, an inverse pair) runs to a fixpoint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from pyoxigraph import NamedNode, Triple, Variable

from sankofa.errors import UnreadableInput
from sankofa.header import Labels
from sankofa.reason.rulefile import Node, Pattern
from sankofa.terms import RDF

TYPE = NamedNode(RDF.type)
SUBJECT, OBJECT = Variable("s"), Variable("o")


@dataclass(frozen=True)
class Rule:
    """One thing that follows: the head, when the body and the condition hold.

    Args:
        name: the sort of axiom (``subclass``, ``inverse`` …), or the name of the rule file.
        head: the pattern that follows.
        body: the patterns it follows from.
        axioms: the triples of the ontology that say so; none for a rule file.
        condition: filters and exclusions, as SPARQL.
        prologue: the prefixes that the condition needs.
        excluded: the patterns that must not hold, for the order of statements.
        because: the sentence of a rule file by language, with variables in braces.
    """

    name: str
    head: Pattern
    body: tuple[Pattern, ...]
    axioms: tuple[Triple, ...] = ()
    condition: str = ""
    prologue: str = ""
    excluded: tuple[Pattern, ...] = ()
    because: Labels = field(default_factory=dict, compare=False)

    def where(self) -> str:
        """The body as the inside of a SPARQL group; what would make a literal the subject is left out.

        Example:
            >>> p, s, o = NamedNode("http://example.org/p"), Variable("s"), Variable("o")
            >>> Rule("symmetric", Pattern(s, p, o), (Pattern(o, p, s),)).where()
            '?o <http://example.org/p> ?s . FILTER(!isLiteral(?s))'
        """
        parts = [str(pattern) for pattern in self.body]
        subject = self.head.subject
        if isinstance(subject, Variable) and not any(pattern.subject == subject for pattern in self.body):
            parts.append(f"FILTER(!isLiteral({subject}))")
        return " ".join([*parts, self.condition]).strip()


@dataclass(frozen=True)
class Statement:
    """The rules that share a head, as one SPARQL statement.

    Args:
        name: what it derives, for reports.
        head: the shared pattern.
        where: the group that holds when the head follows and is not there yet.
        prologue: the prefixes that the group needs.
        reads: what it depends on; excludes: what must be complete before it runs.
    """

    name: str
    head: Pattern
    where: str
    prologue: str
    reads: frozenset[str]
    excludes: frozenset[str]

    def is_fed_by(self, other: Statement) -> bool:
        """Whether this reads what the other one writes; a class may be any class.

        Example:
            >>> head = Pattern(Variable("s"), NamedNode("http://example.org/p"), Variable("o"))
            >>> statement = Statement("transitive", head, str(head), "", frozenset([head.key]), frozenset())
            >>> statement.is_fed_by(statement)
            True
        """
        written = other.head.key
        types = {key for key in self.reads if key.startswith(RDF.type)}
        any_class = written.startswith(RDF.type) and RDF.type in {written, *types} and bool(types)
        return written in self.reads or any_class

    def ask(self) -> str:
        """The query that tells whether anything new follows."""
        return f"{self.prologue}ASK {{ {self.where} MINUS {{ {self.head} }} }}"

    def insert(self, into: NamedNode, using: Sequence[NamedNode]) -> str:
        """The update that writes what follows and is not there yet.

        Args:
            into: the graph to write to.
            using: the graphs that are read together.
        """
        data = " ".join(f"USING {graph}" for graph in using)
        return (
            f"{self.prologue}INSERT {{ GRAPH {into} {{ {self.head} }} }} {data} "
            f"WHERE {{ {self.where} MINUS {{ {self.head} }} }}"
        )


@dataclass(frozen=True)
class Rules:
    """All that follows from an ontology and rule files.

    Args:
        rules: every rule, hierarchies closed; the shortest reason first.
        facts: triples about classes and properties that follow from the ontology alone, each with the axioms behind it.
        strata: the statements in the order they run; those of one stratum feed each other.
        same: for each (inverse-)functional property, the query for pairs that must be the same.
        unsupported: one sentence for each construct of OWL that is not understood.
    """

    rules: tuple[Rule, ...]
    facts: Mapping[Triple, tuple[Triple, ...]]
    strata: tuple[tuple[Statement, ...], ...]
    same: Mapping[str, str]
    unsupported: tuple[str, ...]

    @property
    def is_monotone(self) -> bool:
        """Whether more data can never undo an inference: no rule excludes anything.

        Example:
            >>> Rules((), {}, (), {}, ()).is_monotone
            True
        """
        return not any(statement.excludes for stratum in self.strata for statement in stratum)

    @cached_property
    def digest(self) -> str:
        """A word that differs when the rules differ.

        Example:
            >>> len(Rules((), {}, (), {}, ()).digest)
            16
        """
        text = "".join(f"{statement.ask()}\n" for stratum in self.strata for statement in stratum)
        return hashlib.sha256(f"{text}{sorted(map(str, self.facts))}".encode()).hexdigest()[:16]


def key_of(triple: Triple) -> str:
    """What a statement that reads such a triple depends on, as :attr:`Pattern.key` writes it.

    Example:
        >>> p = NamedNode("http://example.org/p")
        >>> key_of(Triple(p, p, p))
        'http://example.org/p'
    """
    return Pattern(SUBJECT, triple.predicate, cast(Node, triple.object)).key


def statements(rules: Iterable[Rule]) -> list[Statement]:
    """One statement for each head, of the rules that rest on one axiom: the order of the statements does the rest."""
    groups: dict[tuple[str, str, bool], list[Rule]] = {}
    for rule in rules:
        if len(rule.axioms) <= 1:
            typing = rule.name in ("domain", "range")
            groups.setdefault((str(rule.head), rule.prologue, typing), []).append(rule)
    statements = []
    for (_, prologue, _), group in groups.items():
        bodies = list(dict.fromkeys(rule.where() for rule in group))
        where = bodies[0] if len(bodies) == 1 else " UNION ".join(f"{{ {body} }}" for body in bodies)
        names = sorted({rule.name for rule in group})
        statements.append(
            Statement(
                ", ".join(names),
                group[0].head,
                where,
                prologue,
                frozenset(pattern.key for rule in group for pattern in rule.body),
                frozenset(pattern.key for rule in group for pattern in rule.excluded),
            )
        )
    return statements


def strata(statements: list[Statement]) -> tuple[tuple[Statement, ...], ...]:
    """The statements in strata: each reads what its own and earlier strata write, and excludes what earlier ones do."""
    any_type = Pattern(SUBJECT, TYPE, OBJECT).key
    keys = {statement.head.key for statement in statements}.union(*(s.reads | s.excludes for s in statements))

    def key(name: str) -> str:
        # Once a rule reads or writes any class at all, classes cannot be told apart.
        return any_type if any_type in keys and name.startswith(any_type) else name

    feeds: dict[str, set[str]] = {key(name): set() for name in sorted(keys)}
    for statement in statements:
        for name in statement.reads | statement.excludes:
            feeds[key(name)].add(key(statement.head.key))
    order = _components(feeds)
    place = {name: at for at, component in enumerate(order) for name in component}
    strata: dict[int, list[Statement]] = {}
    for statement in statements:
        at = place[key(statement.head.key)]
        for name in statement.excludes:
            if place[key(name)] == at:
                raise UnreadableInput(
                    f"the rule '{statement.name}' excludes what depends on it ({name})",
                    hint="let it exclude only what people assert, or what follows without it",
                )
        strata.setdefault(at, []).append(statement)
    return tuple(tuple(strata[at]) for at in sorted(strata))


def _components(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """The strongly connected components of a graph, those that feed others first (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for following in sorted(edges[node]):
            if following not in index:
                visit(following)
                low[node] = min(low[node], low[following])
            elif following in stack:
                low[node] = min(low[node], index[following])
        if low[node] == index[node]:
            component: list[str] = []
            while not component or component[-1] != node:
                component.append(stack.pop())
            found.append(component)

    for node in edges:
        if node not in index:
            visit(node)
    return found[::-1]

"""The axioms of an ontology and the files of ``queries/rules``, compiled to rules.

The hierarchies of classes and properties are closed here, once, so that a statement of the data is looked at once,
whatever the height of the hierarchy.

Understood of OWL 2 RL and RDFS: subClassOf, equivalentClass, subPropertyOf, equivalentProperty, inverseOf,
SymmetricProperty, TransitiveProperty, propertyChainAxiom, domain, range. FunctionalProperty and
InverseFunctionalProperty tell which things must be the same; that is reported, never substituted. Whatever else an
ontology uses of OWL is named in ``Rules.unsupported``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from pyoxigraph import BlankNode, NamedNode, Triple, Variable

from sankofa.reason.rulefile import Pattern, RuleFile
from sankofa.reason.rules import OBJECT, SUBJECT, TYPE, Rule, Rules, statements, strata
from sankofa.terms import OWL, RDF, RDFS, XSD

_T = TypeVar("_T")
_M = Variable("m")

#: what everything is, so that nothing is learnt from it
_TRIVIAL = {OWL.Thing, RDFS.Resource, RDFS.Literal, OWL.Nothing}

#: terms of OWL and RDFS that say nothing from which a triple follows
_DESCRIPTIVE = {
    *(
        RDFS.ns + name
        for name in ("Class", "Datatype", "Literal", "Resource", "comment", "isDefinedBy", "label", "seeAlso")
    ),
    *(
        OWL.ns + name
        for name in ("AnnotationProperty", "Class", "DatatypeProperty", "NamedIndividual", "ObjectProperty")
    ),
    *(OWL.ns + name for name in ("DeprecatedClass", "DeprecatedProperty", "Ontology", "Thing", "deprecated")),
    *(
        OWL.ns + name
        for name in ("backwardCompatibleWith", "incompatibleWith", "priorVersion", "versionIRI", "versionInfo")
    ),
}

_UNDERSTOOD = {
    *(RDFS.ns + name for name in ("domain", "range", "subClassOf", "subPropertyOf")),
    *(OWL.ns + name for name in ("equivalentClass", "equivalentProperty", "inverseOf", "propertyChainAxiom")),
    *(OWL.ns + name for name in ("FunctionalProperty", "InverseFunctionalProperty")),
    *(OWL.ns + name for name in ("SymmetricProperty", "TransitiveProperty")),
}


def compile_rules(ontology: Iterable[Triple], files: Iterable[Path] = ()) -> Rules:
    """Compile the axioms of an ontology and rule files.

    Args:
        ontology: the triples of the ontology.
        files: CONSTRUCT queries as :mod:`sankofa.reason.rulefile` describes them.

    Raises:
        UnreadableInput: a rule file is not as described, or rules exclude what depends on them.
        QueryError: a rule file does not parse.

    Example:
        >>> a, b = NamedNode("http://example.org/a"), NamedNode("http://example.org/b")
        >>> rules = compile_rules([Triple(a, NamedNode(RDFS.subClassOf), b)])
        >>> str(rules.rules[0].head)
        '?s <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/b> .'
    """
    axioms = _Axioms(sorted(ontology, key=str))
    rules = [*axioms.classes(), *axioms.properties(), *axioms.typing(), *axioms.recursive()]
    for file in sorted(files):
        read = RuleFile.read(file)
        for head in read.heads:
            for branch in read.branches:
                rules.append(
                    Rule(
                        file.stem,
                        head,
                        branch.body,
                        condition=branch.condition,
                        prologue=read.prologue,
                        excluded=branch.excluded,
                        because=read.because,
                    )
                )
    return Rules(
        tuple(
            sorted(
                rules, key=lambda rule: (len(rule.axioms), len(rule.body), rule.name, str(rule.head), str(rule.body))
            )
        ),
        axioms.facts(),
        strata(statements(rules)),
        axioms.same(),
        axioms.unsupported(),
    )


class _Axioms:
    """The axioms of an ontology, by what they say."""

    def __init__(self, triples: list[Triple]) -> None:
        self.triples = triples
        self.by_predicate: dict[str, list[Triple]] = {}
        for triple in triples:
            self.by_predicate.setdefault(triple.predicate.value, []).append(triple)
        self.superclasses = self._closure(RDFS.subClassOf, OWL.equivalentClass)
        self.superproperties = self._closure(RDFS.subPropertyOf, OWL.equivalentProperty)

    def _named(self, predicate: str) -> list[tuple[NamedNode, NamedNode, Triple]]:
        """The axioms of that predicate between two named things."""
        return [
            (triple.subject, triple.object, triple)
            for triple in self.by_predicate.get(predicate, [])
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode)
        ]

    def _of_type(self, cls: str) -> list[tuple[NamedNode, Triple]]:
        return [(subject, triple) for subject, object_, triple in self._named(RDF.type) if object_.value == cls]

    def _closure(self, sub: str, equivalent: str) -> dict[NamedNode, dict[NamedNode, tuple[Triple, ...]]]:
        """For every term all terms above it, each with the shortest way of axioms to it."""
        above: dict[NamedNode, dict[NamedNode, Triple]] = {}
        for low, high, triple in self._named(sub):
            above.setdefault(low, {}).setdefault(high, triple)
        for one, other, triple in self._named(equivalent):
            above.setdefault(one, {}).setdefault(other, triple)
            above.setdefault(other, {}).setdefault(one, triple)
        return {term: _reach(term, above) for term in above}

    def classes(self) -> list[Rule]:
        return [
            Rule("subclass", Pattern(SUBJECT, TYPE, high), (Pattern(SUBJECT, TYPE, low),), way)
            for low, highs in self.superclasses.items()
            for high, way in highs.items()
            if high.value not in _TRIVIAL
        ]

    def properties(self) -> list[Rule]:
        """Sub-properties, inverses and symmetry: which way round a property says another one."""
        edges: dict[tuple[NamedNode, bool], dict[tuple[NamedNode, bool], Triple]] = {}

        def edge(low: NamedNode, high: NamedNode, same_way: bool, triple: Triple) -> None:
            for way in (True, False):
                edges.setdefault((low, way), {}).setdefault((high, way is same_way), triple)

        for low, high, triple in self._named(RDFS.subPropertyOf):
            edge(low, high, True, triple)
        for one, other, triple in self._named(OWL.equivalentProperty):
            edge(one, other, True, triple)
            edge(other, one, True, triple)
        for one, other, triple in self._named(OWL.inverseOf):
            edge(one, other, False, triple)
            edge(other, one, False, triple)
        for term, triple in self._of_type(OWL.SymmetricProperty):
            edge(term, term, False, triple)
        rules = []
        for low, forward in sorted(edges, key=str):
            if not forward:
                continue
            for (high, same_way), way in _reach((low, True), edges).items():
                name = "subproperty" if same_way else "symmetric" if low == high else "inverse"
                body = Pattern(SUBJECT, low, OBJECT) if same_way else Pattern(OBJECT, low, SUBJECT)
                rules.append(Rule(name, Pattern(SUBJECT, high, OBJECT), (body,), way))
        return rules

    def typing(self) -> list[Rule]:
        """Domains and ranges; a range of literals says nothing about a thing."""
        datatypes = {subject.value for subject, _ in self._of_type(RDFS.Datatype)} | _TRIVIAL | {RDF.langString}
        rules = []
        for name, predicate in (("domain", RDFS.domain), ("range", RDFS.range)):
            for term, cls, triple in self._named(predicate):
                if cls.value not in datatypes and not cls.value.startswith(XSD.ns):
                    body = Pattern(SUBJECT, term, OBJECT) if name == "domain" else Pattern(OBJECT, term, SUBJECT)
                    rules.append(Rule(name, Pattern(SUBJECT, TYPE, cls), (body,), (triple,)))
        return rules

    def recursive(self) -> list[Rule]:
        """Transitive properties and chains."""
        rules = [
            Rule(
                "transitive",
                Pattern(SUBJECT, term, OBJECT),
                (Pattern(SUBJECT, term, _M), Pattern(_M, term, OBJECT)),
                (triple,),
            )
            for term, triple in self._of_type(OWL.TransitiveProperty)
        ]
        for triple in self.by_predicate.get(OWL.propertyChainAxiom, []):
            members = self._members(triple.object)
            if isinstance(triple.subject, NamedNode) and members:
                nodes = [SUBJECT, *(Variable(f"m{at}") for at in range(1, len(members))), OBJECT]
                body = tuple(Pattern(nodes[at], member, nodes[at + 1]) for at, member in enumerate(members))
                rules.append(Rule("chain", Pattern(SUBJECT, triple.subject, OBJECT), body, (triple,)))
        return rules

    def _members(self, head: object) -> list[NamedNode]:
        """The members of an RDF list of named things; none when the list is anything else."""
        members: list[NamedNode] = []
        while isinstance(head, (NamedNode, BlankNode)) and head != NamedNode(RDF.nil):
            first = [t.object for t in self.by_predicate.get(RDF.first, []) if t.subject == head]
            rest = [t.object for t in self.by_predicate.get(RDF.rest, []) if t.subject == head]
            if (
                len(first) != 1
                or len(rest) != 1
                or not isinstance(first[0], NamedNode)
                or len(members) > len(self.triples)
            ):
                return []
            members.append(first[0])
            head = rest[0]
        return members

    def facts(self) -> dict[Triple, tuple[Triple, ...]]:
        """The hierarchies themselves, beyond what the ontology states."""
        stated = set(self.triples)
        found = {}
        for predicate, closure in ((RDFS.subClassOf, self.superclasses), (RDFS.subPropertyOf, self.superproperties)):
            for low, highs in closure.items():
                for high, way in highs.items():
                    triple = Triple(low, NamedNode(predicate), high)
                    if triple not in stated and high.value not in _TRIVIAL:
                        found[triple] = way
        return found

    def same(self) -> dict[str, str]:
        queries = {}
        for cls, pattern in (
            (OWL.FunctionalProperty, "?x {p} ?a, ?b ."),
            (OWL.InverseFunctionalProperty, "?a {p} ?x . ?b {p} ?x ."),
        ):
            for term, _ in self._of_type(cls):
                where = f"{pattern.format(p=term)} FILTER(isIRI(?a) && isIRI(?b) && STR(?a) < STR(?b))"
                queries[term.value] = f"SELECT DISTINCT ?a ?b {{ {where} }} ORDER BY ?a ?b"
        return queries

    def unsupported(self) -> tuple[str, ...]:
        """Every construct of OWL or RDFS that is not understood, or not in the form it is used in."""
        found: dict[str, Triple] = {}
        for triple in self.triples:
            terms = [triple.predicate.value]
            if triple.predicate == TYPE and isinstance(triple.object, NamedNode):
                terms.append(triple.object.value)
            for term in terms:
                foreign = term.startswith((OWL.ns, RDFS.ns)) and term not in _DESCRIPTIVE and term not in _UNDERSTOOD
                if foreign:
                    found.setdefault(term, triple)
            if triple.predicate.value in _UNDERSTOOD and BlankNode in (type(triple.subject), type(triple.object)):
                is_chain = triple.predicate.value == OWL.propertyChainAxiom and self._members(triple.object)
                if not is_chain:
                    found.setdefault(f"{triple.predicate.value} of an anonymous class or property", triple)
        return tuple(
            f"{_short(term)} is not understood, so nothing follows from it (used by {triple.subject})"
            for term, triple in sorted(found.items())
        )


def _reach(start: _T, edges: Mapping[_T, Mapping[_T, Triple]]) -> dict[_T, tuple[Triple, ...]]:
    """All that can be reached from a node, but itself, each with the shortest way there."""
    found: dict[_T, tuple[Triple, ...]] = {start: ()}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for following, triple in edges.get(node, {}).items():
            if following not in found:
                found[following] = (*found[node], triple)
                queue.append(following)
    del found[start]
    return found


def _short(iri: str) -> str:
    for prefix, namespace in (("owl", OWL.ns), ("rdfs", RDFS.ns)):
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri

"""From the triples of shapes to rules, fields and kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from sankofa.errors import UnreadableInput
from sankofa.fields.files import Node, Spo, Term
from sankofa.fields.model import (
    DCTERMS,
    LEVEL_OF,
    LEVELS,
    RDF,
    RDFS,
    SH,
    SKOS,
    Field,
    Kind,
    Path,
    Rule,
    Texts,
    kind_name,
    local_name,
)
from sankofa.terms import SKF

_ENTITY, _RECORD = SKF.Entity, SKF.Record
_NIL = ox.NamedNode(RDF + "nil")
_TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
_FORMS = {
    SH + "inversePath": "inverse",
    SH + "alternativePath": "alternative",
    SH + "zeroOrMorePath": "zero-or-more",
    SH + "oneOrMorePath": "one-or-more",
    SH + "zeroOrOnePath": "zero-or-one",
}
#: How deep paths and shapes may stand in each other, and how many properties a path may name: people write far fewer.
NESTED, LONGEST = 64, 1000
#: More digits than any number of a shape needs; Python reads no more than some thousands.
DIGITS = 1000
# What says something about a shape but is no parameter of a constraint.
_ABOUT = {
    "path",
    "severity",
    "name",
    "description",
    "message",
    "order",
    "group",
    "deactivated",
    "defaultValue",
    *_TARGETS,
}


class Described:
    """The triples by subject and predicate.

    Args:
        triples: what to look at.
    """

    def __init__(self, triples: Iterable[Spo]) -> None:
        """Index the triples; what is said twice is kept once."""
        self.by: dict[Node, dict[str, list[Term]]] = {}
        for subject, predicate, value in triples:
            values = self.by.setdefault(subject, {}).setdefault(predicate.value, [])
            if value not in values:
                values.append(value)

    def all(self, subject: Term, predicate: str) -> list[Term]:
        """The values of a property."""
        return [] if isinstance(subject, ox.Literal) else self.by.get(subject, {}).get(predicate, [])

    def one(self, subject: Term, predicate: str) -> Term | None:
        """The first value of a property, or None."""
        return next(iter(self.all(subject, predicate)), None)

    def texts(self, subject: Term, predicate: str) -> dict[str, str]:
        """The texts of a property by language."""
        return {
            value.language or "": value.value for value in self.all(subject, predicate) if isinstance(value, ox.Literal)
        }

    def members(self, head: Term) -> tuple[Term, ...]:
        """The members of a list; what is no list is its own only member."""
        found: list[Term] = []
        seen: set[Term] = set()
        if not self.all(head, RDF + "first"):
            return () if head == ox.NamedNode(RDF + "nil") else (head,)
        cell: Term | None = head
        while cell is not None and cell not in seen and self.all(cell, RDF + "first"):
            seen.add(cell)
            found.extend(self.all(cell, RDF + "first")[:1])
            cell = self.one(cell, RDF + "rest")
        return tuple(found)

    def listed(self, head: Term) -> tuple[Term, ...]:
        """The members of a list, read strictly.

        Raises:
            ValueError: it is broken, or never ends.
        """
        found: list[Term] = []
        seen: set[Term] = set()
        cell = head
        while cell != _NIL:
            if cell in seen:
                raise ValueError("a list in it leads back to itself")
            seen.add(cell)
            first, rest = self.all(cell, RDF + "first"), self.all(cell, RDF + "rest")
            if len(first) != 1 or len(rest) != 1:
                raise ValueError("a list in it is broken: each place has one rdf:first and one rdf:rest")
            found.append(first[0])
            cell = rest[0]
        return tuple(found)

    def path(self, node: Term) -> Path:
        """The property path that a node stands for, read strictly.

        Raises:
            ValueError: it is not well-formed, or larger than any engine should follow.
        """
        named = 0

        def read(node: Term, within: tuple[Term, ...]) -> Path:
            nonlocal named
            if isinstance(node, ox.NamedNode):
                named += 1
                if named > LONGEST:
                    raise ValueError(f"its path (sh:path) names more than {LONGEST} properties")
                return Path("predicate", node.value)
            if isinstance(node, ox.Literal):
                raise ValueError("its path (sh:path) has a text where a property or a path is due")
            if node in within:
                raise ValueError("its path (sh:path) leads back to itself")
            if len(within) == NESTED:
                raise ValueError(f"its path (sh:path) is nested more than {NESTED} deep")
            said = self.by.get(node, {})
            inside = (*within, node)
            if RDF + "first" in said:
                members = self.listed(node)
                if len(members) < 2:
                    raise ValueError("a sequence path has at least two members")
                return Path("sequence", parts=tuple([read(one, inside) for one in members]))
            forms = [name for name in _FORMS if name in said]
            if len(forms) != 1 or len(said[forms[0]]) != 1:
                raise ValueError("its path (sh:path) is neither a property nor one of the standard's paths")
            form, inner = _FORMS[forms[0]], said[forms[0]][0]
            if form != "alternative":
                return Path(form, parts=(read(inner, inside),))
            members = self.listed(inner)
            if len(members) < 2:
                raise ValueError("an alternative path has at least two members")
            return Path(form, parts=tuple([read(one, inside) for one in members]))

        return read(node, ())


def name_of(node: Term) -> str:
    """A node as a key: its IRI, or ``_:name``."""
    return f"_:{node.value}" if isinstance(node, ox.BlankNode) else node.value


def rules_of(described: Described) -> dict[str, Rule]:
    """Every shape as a rule, by its name."""
    shapes: dict[Node, None] = {}
    for subject, said in described.by.items():
        types = {value.value for value in said.get(RDF + "type", [])}
        if types & {SH + "NodeShape", SH + "PropertyShape"} or any(iri.startswith(SH) for iri in said):
            shapes[subject] = None
    return {name_of(shape): _rule(described, shape) for shape in shapes}


def _rule(described: Described, shape: Node) -> Rule:
    said = described.by[shape]
    try:  # what is not well-formed is told by who judges by the shape, if anybody does
        node = described.one(shape, SH + "path")
        path = described.path(node) if node is not None else None
    except ValueError:
        path = None
    severity = described.one(shape, SH + "severity")
    order = described.one(shape, SH + "order")
    constraints: dict[str, tuple[Term, ...]] = {}
    for predicate, values in said.items():
        local = predicate.removeprefix(SH)
        if predicate.startswith(SH) and local not in _ABOUT:
            constraints[local] = tuple(member for value in values for member in described.members(value))
    switched_off = described.one(shape, SH + "deactivated")
    return Rule(
        iri=name_of(shape),
        path=path,
        level=LEVEL_OF.get(severity.value if severity is not None else "", "draft"),
        min=_whole(constraints.get("minCount")) or 0,
        max=_whole(constraints.get("maxCount")),
        label=described.texts(shape, SH + "name"),
        help=described.texts(shape, SH + "description"),
        messages=described.texts(shape, SH + "message"),
        examples=tuple(described.all(shape, SKOS + "example")),
        sources=tuple(source.value for source in described.all(shape, DCTERMS + "source")),
        order=_number(order),
        constraints=constraints,
        deactivated=switched_off is not None and switched_off.value in ("true", "1"),
    )


def _whole(values: tuple[Term, ...] | None) -> int | None:
    if not values or not values[0].value.lstrip("+").isdecimal() or len(values[0].value) > DIGITS:
        return None
    return int(values[0].value)


def _number(value: Term | None) -> float:
    try:
        return float(value.value) if value is not None else 1e9
    except ValueError:
        return 1e9


def parents_of(triples: Iterable[Spo]) -> dict[str, tuple[str, ...]]:
    """The classes above each class, itself first, the rest sorted."""
    direct: dict[str, set[str]] = {}
    for subject, predicate, value in triples:
        if (
            predicate.value == RDFS + "subClassOf"
            and isinstance(value, ox.NamedNode)
            and isinstance(subject, ox.NamedNode)
        ):
            direct.setdefault(subject.value, set()).add(value.value)
    closure: dict[str, tuple[str, ...]] = {}
    for start in direct:
        seen: set[str] = set()
        todo = [start]
        while todo:
            for parent in direct.get(todo.pop(), ()):
                if parent not in seen and parent != start:
                    seen.add(parent)
                    todo.append(parent)
        closure[start] = (start, *sorted(seen))
    return closure


@dataclass(frozen=True, slots=True)
class _Shape:
    """A node shape with the class it is for and its property rules in order."""

    target: str
    rules: tuple[Rule, ...]


def kinds_of(
    described: Described,
    rules: Mapping[str, Rule],
    parents: Mapping[str, tuple[str, ...]],
    names: Mapping[str, Texts],
) -> dict[str, Kind]:
    """The kinds: the classes that a shape of their own is for, sorted by name.

    Raises:
        UnreadableInput: two properties of a kind have the same name.
    """
    shapes: dict[str, list[_Shape]] = {}
    own: dict[str, Node] = {}
    for subject in described.by:
        for target in described.all(subject, SH + "targetClass"):
            properties = [
                rules[name_of(one)] for one in described.all(subject, SH + "property") if name_of(one) in rules
            ]
            off = rules[name_of(subject)].deactivated  # a shape that is switched off asks nothing, nor do its rules
            active = sorted(
                (rule for rule in properties if not rule.deactivated and not off),
                key=lambda rule: (rule.order, rule.iri),
            )
            shapes.setdefault(target.value, []).append(_Shape(target.value, tuple(active)))
            own.setdefault(target.value, subject)
    described_classes = set(shapes) - {_ENTITY, _RECORD}
    kinds: dict[str, Kind] = {}
    kind_classes = {iri: kind_name(iri) for iri in described_classes}
    for iri in sorted(described_classes, key=kind_name):
        above = parents.get(iri, (iri,))
        # Without a class tree every kind is a record: the shapes alone say no more.
        always = _RECORD in above or len(above) == 1
        texts = (described.texts(own[iri], RDFS + "label"), described.texts(own[iri], RDFS + "comment"))
        label = {**names.get(iri, {}), **texts[0]} or {"en": kind_name(iri)}
        reading = _Reading(kind_name(iri), kind_classes, parents, rules, shapes)
        inherited = [one for one in above if one not in (iri, _ENTITY, _RECORD) and one in shapes]
        part_classes = [iri, *inherited, _ENTITY]
        record_classes = [iri, *inherited, _RECORD, _ENTITY]
        kinds[kind_name(iri)] = Kind(
            name=kind_name(iri),
            iri=iri,
            label=label,
            help=texts[1],
            always_record=always,
            fields=reading.fields(record_classes),
            part_fields=() if always else reading.fields(part_classes),
            rules=reading.rules_for(record_classes),
            part_rules=() if always else reading.rules_for(part_classes),
        )
    return kinds


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the fields of one kind."""

    kind: str
    kind_classes: Mapping[str, str]
    parents: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, Rule]
    shapes: Mapping[str, list[_Shape]]

    def rules_for(self, classes: list[str]) -> tuple[Rule, ...]:
        """The rules for these classes that ask for something, the kind's own first."""
        return tuple(rule for one in classes for shape in self.shapes.get(one, []) for rule in shape.rules)

    def fields(self, classes: list[str]) -> tuple[Field, ...]:
        """The fields of a kind: what its own rules (and those of all records) look at, with the rules for everybody."""
        asked: dict[str, list[Rule]] = {}
        for one in classes:
            for rule in self.rules_for([one]):
                if rule.path is None or rule.path.form != "predicate":
                    continue
                if one != _ENTITY or rule.path.predicate in asked:
                    asked.setdefault(rule.path.predicate, []).append(rule)
        found = [self._field(predicate, rules) for predicate, rules in asked.items()]
        names: dict[str, Field] = {}
        for field in found:
            if field.name in names:
                raise UnreadableInput(
                    f"two properties of {self.kind} are called '{field.name}'",
                    where=field.rules[0].iri,
                    hint="rename one of the two rules: a field's name is what follows the first hyphen",
                )
            names[field.name] = field
        return tuple(sorted(found, key=lambda field: (field.order, field.name)))

    def _field(self, predicate: str, rules: list[Rule]) -> Field:
        first = rules[0]
        needs = [rule.level for rule in rules if rule.min >= 1]
        maxima = [rule.max for rule in rules if rule.max is not None]
        datatypes = self._range(rules, "datatype")
        classes = self._range(rules, "class")
        named = {iri: name for iri, name in self.kind_classes.items() if iri in classes}
        kinds = list(named.values())
        lists = [
            iri for iri in classes if iri not in named and iri not in (_ENTITY, _RECORD) and iri.startswith(SKF.ns)
        ]
        return Field(
            kind=self.kind,
            name=local_name(first.iri).partition("-")[2] or kind_name(predicate),
            predicate=predicate,
            label=_merged(rules, lambda rule: rule.label) or {"en": kind_name(predicate)},
            help=_merged(rules, lambda rule: rule.help),
            examples=next((rule.examples for rule in rules if rule.examples), ()),
            level=min(needs, key=LEVELS.index) if needs else None,
            min=max(rule.min for rule in rules),
            max=min(maxima) if maxima else None,
            datatypes=datatypes,
            classes=classes,
            kinds=tuple(kinds),
            choices=tuple(lists),
            one_of=next((rule.constraints["in"] for rule in rules if "in" in rule.constraints), ()),
            node_kind=local_name(next(iter(self._range(rules, "nodeKind")), "")),
            unique_lang=any(_first(rule, "uniqueLang") == "true" for rule in rules),
            pattern=next((text for rule in rules if (text := _first(rule, "pattern"))), ""),
            order=first.order,
            rules=tuple(rules),
        )

    def _range(self, rules: list[Rule], parameter: str) -> tuple[str, ...]:
        """What the rules say of a value's datatype or class, themselves or in the shapes they offer a choice of."""
        for rule in rules:
            found = [term.value for term in rule.constraints.get(parameter, ())]
            for choice in (*rule.constraints.get("or", ()), *rule.constraints.get("xone", ())):
                inner = self.rules.get(name_of(choice))
                if inner is not None:
                    found.extend(self._range([inner], parameter))
            if found:
                return tuple(dict.fromkeys(found))
        return ()


def _first(rule: Rule, parameter: str) -> str:
    return next((term.value for term in rule.constraints.get(parameter, ())), "")


def _merged(rules: list[Rule], texts: Callable[[Rule], Texts]) -> Texts:
    """The texts of the kind's own rule; the common one fills the languages that it lacks."""
    merged: dict[str, str] = {}
    for rule in reversed(rules):
        merged.update(texts(rule))
    return merged

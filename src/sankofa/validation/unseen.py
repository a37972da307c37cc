"""What validation did not see: unknown kinds and fields, and what no rule looked at.

SHACL is silent about all of these: a misspelt property or class fits every shape. For a network's graph under its own
shapes each is a finding, with the nearest name that there is. Everything here is said of one node at a time, from what
is said of that node alone, so it can be said again for the nodes that a change touches.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import pyoxigraph as ox

from sankofa import terms
from sankofa.fields import Fields, Kind, Path, Texts, local_name, text_in
from sankofa.fields.files import Node, Term
from sankofa.fields.model import RDF, RDFS, SH
from sankofa.terms import SKF
from sankofa.validation.coverage import Said, above, last_of, plain
from sankofa.validation.describe import Describer, spaced
from sankofa.validation.messages import Messages, Told
from sankofa.validation.model import Shape
from sankofa.validation.report import Finding
from sankofa.validation.shapes import shapes_of
from sankofa.validation.words import isolated

_TYPE, _SUB = RDF + "type", RDFS + "subClassOf"
_OWL = "http://www.w3.org/2002/07/owl#"
#: What the classes and properties of an ontology are instances of: who declares a term describes no record.
_OF_TERMS = {
    RDFS + "Class",
    RDF + "Property",
    *(_OWL + name for name in ("Class", "Ontology", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
}
#: From this likeness on, a name may be another one misspelt; at half a likeness `mood` would be `method`.
_ALIKE = 0.7


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the classes of a node mean for it.

    Args:
        kinds: the kinds it is of.
        unknown: its classes that nobody knows.
        declares: whether it declares a term.
        targeted: whether a shape is about one of its classes.
        looked: the properties that those shapes look at.
    """

    kinds: tuple[Kind, ...]
    unknown: tuple[str, ...]
    declares: bool
    targeted: bool
    looked: frozenset[str]


@dataclass(slots=True)
class Unseen:
    """Finds what the shapes of a network leave unseen.

    Args:
        fields: the kinds and shapes.
        messages: the sentences.
    """

    fields: Fields
    messages: Messages
    _classes: dict[str, list[frozenset[str]]] = field(init=False, default_factory=dict)
    _others: list[tuple[str, Term, frozenset[str]]] = field(init=False, default_factory=list)
    _known: frozenset[str] = field(init=False, default=frozenset())
    _near: dict[tuple[str, str], tuple[Texts, str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Read which shape is about what, and which properties it looks at."""
        for shape in shapes_of(self.fields).aimed:
            looked = frozenset(_looked_at(shape))
            for target in shape.targets:
                if target.form == "class":
                    self._classes.setdefault(target.term.value, []).append(looked)
                else:
                    self._others.append((target.form, target.term, looked))
        self._known = _pinned() | _named_in(self.fields)

    @property
    def by_sort(self) -> bool:
        """Whether what it says of a node rests on no more than the classes and properties that the node has."""
        return all(form == "subjects-of" for form, _, _ in self._others)

    def findings(self, data: Said, subjects: Iterable[Node], describer: Describer) -> list[Finding]:
        """What is unknown or unseen of some nodes.

        Args:
            data: the data, with the class tree.
            subjects: the nodes: all that people said something about, or those that a change touches.
            describer: tells the findings.

        Example:
            >>> from sankofa.fields import read_fields
            >>> from sankofa.validation.data import Data
            >>> from sankofa.validation.messages import messages
            >>> node = ox.NamedNode("https://example.org/id/story/a")
            >>> data = Data([(node, ox.NamedNode("http://purl.org/dc/terms/titel"), ox.Literal("A"))])
            >>> describer = Describer(read_fields(), messages(), data)
            >>> [one.code for one in Unseen(read_fields(), messages()).findings(data, [node], describer)]
            ['SKF-U02', 'SKF-U03']
        """
        verdicts: dict[tuple[str, ...], _Verdict] = {}
        known: dict[str, bool] = {}
        found: list[Finding] = []
        for subject in subjects:
            said = data.said(subject)
            if not said:
                continue
            types = tuple(value.value for value in said.get(_TYPE, ()) if isinstance(value, ox.NamedNode))
            verdict = verdicts.get(types)
            if verdict is None:
                verdict = verdicts[types] = self._verdict(types, data)
            if verdict.targeted and not verdict.unknown and not self._others and said.keys() <= verdict.looked:
                continue  # nearly all nodes
            if not verdict.declares:
                found.extend(self._of(subject, said, verdict, data, known, describer))
        return found

    def _verdict(self, types: tuple[str, ...], data: Said) -> _Verdict:
        classes = above(types, data)
        kinds = tuple(kind for kind in self.fields.kinds.values() if kind.iri in types)
        targeting = [looked for name in classes for looked in self._classes.get(name, ())]
        looked = {_TYPE}
        for name in classes:
            # What is asked of everything says what a value looks like, not that a kind has such a field.
            if not kinds or name != SKF.Entity:
                looked.update(*self._classes.get(name, ()))
        for kind in kinds:
            looked.update(one.predicate for one in kind.fields)
        unknown = tuple(sorted(name for name in set(types) if not self._knows(name, data)))
        return _Verdict(kinds, unknown, bool(_OF_TERMS & set(types)), bool(targeting), frozenset(looked))

    def _knows(self, iri: str, data: Said) -> bool:
        """Whether a term is known: to our files, to the vocabularies they use, or because the data declare it."""
        if iri in self._known:
            return True
        said = data.said(ox.NamedNode(iri))
        return _SUB in said or any(value.value in _OF_TERMS for value in said.get(_TYPE, ()))

    def _of(
        self,
        subject: Node,
        said: Mapping[str, Iterable[Term]],
        verdict: _Verdict,
        data: Said,
        known: dict[str, bool],
        describer: Describer,
    ) -> Iterator[Finding]:
        """The findings about one node."""
        targeted, looked = verdict.targeted, verdict.looked
        for form, term, more in self._others:
            if self._is_target(form, term, subject, said, data):
                targeted, looked = True, looked | more
        for name in verdict.unknown:
            yield self._unknown_class(subject, name, describer)
        for predicate in sorted(said.keys() - looked):
            if predicate not in known:
                known[predicate] = self._knows(predicate, data)
            if not known[predicate] or targeted:
                value = min(said[predicate], key=str)
                yield self._property(subject, predicate, value, known[predicate], verdict.kinds, describer)
        if not targeted and not verdict.unknown:
            told = self._tell("UnseenRecord", {"record": describer.shown(subject)})
            yield describer.beyond(subject, told.level, told)

    @staticmethod
    def _is_target(form: str, term: Term, subject: Node, said: Mapping[str, Iterable[Term]], data: Said) -> bool:
        if form == "node":
            return subject == term
        return term.value in said if form == "subjects-of" else any(True for _ in data.back(subject, term.value))

    def _tell(self, name: str, holes: Mapping[str, Texts]) -> Told:
        return self.messages.tell(
            "", name, None, lambda lang: {hole: isolated(text_in(texts, lang), lang) for hole, texts in holes.items()}
        )

    def _unknown_class(self, subject: Node, iri: str, describer: Describer) -> Finding:
        called = {"": spaced(last_of(iri))}
        near, how = self._nearest("class", iri, (), describer)
        told = self._tell(f"UnknownClass{how}", {"value": called, "limit": near})
        value = ox.NamedNode(iri)
        return describer.beyond(subject, told.level, told, predicate=_TYPE, value=value, shown=called)

    def _property(
        self, subject: Node, iri: str, value: Term, known: bool, kinds: tuple[Kind, ...], describer: Describer
    ) -> Finding:
        label = self._label(iri, kinds, describer) if known else {"": spaced(last_of(iri))}
        holes: dict[str, Texts] = {"field": label, "value": describer.shown(value)}
        if known:
            name = "UnseenProperty"
            about = describer.about(subject)
            holes["kind"] = kinds[0].label if kinds else about.part_label or about.kind_label
        else:
            holes["limit"], how = self._nearest("property", iri, kinds, describer)
            name = f"UnknownProperty{how}"
        told = self._tell(name, holes)
        return describer.beyond(subject, told.level, told, name=last_of(iri), label=label, predicate=iri, value=value)

    def _nearest(self, sort: str, iri: str, kinds: tuple[Kind, ...], describer: Describer) -> tuple[Texts, str]:
        """What people call the known term of the nearest name, and the ending of the sentence that says so, if any."""
        wanted = plain(last_of(iri))
        key = (f"{sort} {' '.join(kind.name for kind in kinds)}", wanted)
        if key not in self._near:
            candidates = [{plain(name): term for term, name in self._names(sort)}]
            for kind in kinds:
                of_kind = {plain(local_name(one.predicate)): one.predicate for one in kind.fields}
                candidates.insert(0, {**of_kind, **{plain(one.name): one.predicate for one in kind.fields}})
            found: tuple[Texts, str] = ({}, "")
            for names in candidates:
                near = difflib.get_close_matches(wanted, sorted(names), n=1, cutoff=_ALIKE)
                if near and not found[1]:
                    found = self._label(names[near[0]], kinds, describer), "-same" if near[0] == wanted else "-near"
            self._near[key] = found
        return self._near[key]

    def _names(self, sort: str) -> Iterator[tuple[str, str]]:
        """The terms of our own with their names, the kinds and fields last: of two with one name they are meant."""
        for iri in sorted(self.fields.names):
            name = local_name(iri)
            if name[:1].isupper() == (sort == "class"):
                yield iri, name
        for kind in self.fields.kinds.values():
            if sort == "class":
                yield kind.iri, kind.name
            else:
                for one in kind.fields:
                    yield one.predicate, local_name(one.predicate)

    def _label(self, iri: str, kinds: tuple[Kind, ...], describer: Describer) -> Texts:
        for kind in (*kinds, *self.fields.kinds.values()):
            if kind.iri == iri:
                return kind.label
            if one := kind.field_at(iri):
                return one.label
        return describer.label_of(iri)


def _looked_at(shape: Shape) -> Iterator[str]:
    """The properties of a node that a shape looks at, itself or through the shapes it refers to."""
    seen, todo = {shape}, [shape]
    while todo:
        one = todo.pop()
        if one.deactivated:
            continue
        if one.path is not None:
            yield from _first_steps(one.path)
        for constraint in one.constraints:
            if constraint.name in ("Equals", "Disjoint", "LessThan", "LessThanOrEquals", "Closed"):
                yield from (term.value for term in constraint.terms)
            if one.path is None:
                fresh = [inner for inner in constraint.shapes if inner not in seen]
                seen.update(fresh)
                todo.extend(fresh)


def _first_steps(path: Path) -> Iterator[str]:
    if path.form == "predicate":
        yield path.predicate
    elif path.form == "sequence":
        for part in path.parts:
            yield from _first_steps(part)
            if part.form not in ("zero-or-one", "zero-or-more"):
                return
    elif path.form != "inverse":
        for part in path.parts:
            yield from _first_steps(part)


@lru_cache(maxsize=1)
def _pinned() -> frozenset[str]:
    """The terms of our ontology and those of other vocabularies that our files use or align with."""
    spaces = [value for value in vars(terms).values() if isinstance(value, type)]
    return frozenset(
        iri for space in spaces for iri in vars(space).values() if isinstance(iri, str) and iri.startswith("http")
    )


def _named_in(fields: Fields) -> set[str]:
    """The terms that the shapes and the class tree name."""
    named = {*fields.names, *fields.parents, *(iri for above in fields.parents.values() for iri in above)}
    for _, predicate, value in fields.shapes:
        if isinstance(value, ox.NamedNode) and predicate.value.startswith(SH):
            named.add(value.value)
    return named

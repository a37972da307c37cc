"""Certain corrections: what a value must be when there is exactly one thing that it can be.

A date in another notation, a number with a comma, a name where the thing of that name is due, a space too many. What
has two readings (12/03/2021), or none, is left to people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pyoxigraph as ox

from sankofa.fields import Fields, Texts, text_in
from sankofa.fields.files import Node, Term
from sankofa.fields.literals import STRING, XSD
from sankofa.fields.model import DCTERMS, RDF, RDFS, SKOS
from sankofa.fields.written import booleans_of, dates_of, decimal_literal, folded, numbers_of
from sankofa.terms import SKF
from sankofa.validation import values
from sankofa.validation.data import Data, Lookup, Walked, remembered
from sankofa.validation.model import Constraint, Shape
from sankofa.validation.results import Result
from sankofa.validation.shapes import shapes_of
from sankofa.validation.sources import vocabularies
from sankofa.validation.words import InEach, isolated, word

#: The constraints after which there may be one thing that the value can be.
_MENDED = ("Class", "Datatype", "NodeKind", "In", "Pattern", "LanguageIn", "Or", "Xone")
_NAMES = (SKOS + "prefLabel", SKOS + "altLabel", SKOS + "notation", DCTERMS + "title", DCTERMS + "alternative")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
#: Among more things than these a name is not looked for.
_MANY = 20_000


@dataclass(frozen=True, slots=True)
class Fix:
    """One value to be replaced by another.

    Args:
        subject: the IRI of what has the value; predicate: the IRI of the property.
        out: the value that is there; into: the one that it must be.
        told: the correction in words, per language.
    """

    subject: str
    predicate: str
    out: Term
    into: Term
    told: Texts

    def as_dict(self, lang: str | None = None) -> dict[str, object]:
        """The correction as JSON has it: in words, and the two values as N-Triples write them.

        Args:
            lang: the language of the words; without it every language there is.

        Example:
            >>> Fix("http://a/s", "http://a/p", ox.Literal("x "), ox.Literal("x"), {"en": "…"}).as_dict("en")["into"]
            '"x"'
        """
        told = dict(self.told) if lang is None else text_in(self.told, lang)
        return {"told": told, "out": str(self.out), "into": str(self.into)}


class Fixes:
    """Finds certain corrections.

    Args:
        fields: the kinds and rules.
        data: what is known of the data; names of records are looked for only where it can be followed.
    """

    def __init__(self, fields: Fields, data: Lookup) -> None:
        """Look for nothing yet."""
        self._fields = fields
        self._data = data if fields.kinds and isinstance(data, Walked) else None

    def of(self, result: Result, label: Texts, shown: Texts) -> Fix | None:
        """The certain correction of a result, if there is one.

        Args:
            result: one of the standard's results.
            label: what people call the field, shown: the value.

        Example:
            >>> from sankofa.fields import read_fields
            >>> from sankofa.validation.results import SH
            >>> node = ox.NamedNode("http://example.org/a")
            >>> one = Result(node, f"{SH}MinCountConstraintComponent", node, f"{SH}Info")
            >>> Fixes(read_fields(), Data([])).of(one, {}, {}) is None
            True
        """
        name = result.component.rpartition("#")[2].removesuffix("ConstraintComponent")
        path = result.path.predicate if result.path is not None and result.path.form == "predicate" else ""
        if name not in _MENDED or not path or result.value is None or not isinstance(result.focus, ox.NamedNode):
            return None
        into = self._found(result.shape, result.value)
        if into is None:
            return None
        return Fix(result.focus.value, path, result.value, into, self._told(label, shown, result.value, into))

    def _told(self, label: Texts, shown: Texts, out: Term, into: Term) -> Texts:
        named = into.value
        titles: Texts = {}
        if isinstance(into, ox.NamedNode):
            titles = self._fields.names.get(into.value) or (self._data.titles(into) if self._data else {})
        same = named == out.value
        relabelled = same and isinstance(into, ox.Literal) and isinstance(out, ox.Literal) and into.language
        sentence = "fix-language" if relabelled else "fix-as" if same else "fix-write"

        def said(lang: str) -> str:
            new = str(into.language) if relabelled and isinstance(into, ox.Literal) else text_in(titles, lang) or named
            holes = {"field": text_in(label, lang), "out": text_in(shown, lang), "into": new}
            return word(sentence, lang).format(**{hole: isolated(text, lang) for hole, text in holes.items()})

        return InEach(said)

    @cached_property
    def _shapes(self) -> dict[Node, Shape]:
        return dict(shapes_of(self._fields).by)

    @remembered
    def _found(self, node: Node, value: Term) -> Term | None:
        """The one thing that a value must be to keep a rule; None where there is none, or more than one."""
        shape = self._shapes.get(node)
        if shape is None or not isinstance(value, ox.Literal):
            return None
        found = [term for term in self._candidates(shape, value) if term != value and self._fits(shape, term)]
        return found[0] if found and all(term == found[0] for term in found) else None

    def _candidates(self, shape: Shape, value: ox.Literal) -> Iterator[Term]:
        """What a value may have been meant as."""
        text = " ".join(value.value.split())
        if text != value.value:
            same = {"language": value.language} if value.language else {"datatype": value.datatype}
            yield ox.Literal(text, **same)
        for one in _asked(shape):
            if one.name == "Datatype":
                yield from _read_as(one.terms[0].value, text)
            elif one.name == "In" and len(one.terms) <= _MANY:
                wanted = folded(text)
                yield from (term for term in one.terms if wanted in map(folded, self._called(term)))
            elif one.name == "LanguageIn" and value.language:
                tags = {term.value for term in one.terms if value.language.lower() in _also_called(term.value)}
                yield from (ox.Literal(value.value, language=tag) for tag in tags)
            elif one.name == "Class":
                yield from self._named(one.terms[0]).get(folded(text), ())
            elif one.name == "NodeKind" and one.terms[0].value.endswith("#IRI") and _ADDRESS.fullmatch(text):
                yield ox.NamedNode(text)

    @remembered
    def _fits(self, shape: Shape, term: Term) -> bool:
        """Whether a value keeps all that a rule asks of it alone."""
        return all(self._keeps(constraint, term) for constraint in shape.constraints)

    def _keeps(self, constraint: Constraint, term: Term) -> bool:
        name = constraint.name
        if name in values.SINGLE:
            return values.conforms(constraint, term)
        if name == "In":
            return term in constraint.terms
        if name == "NodeKind":
            wanted = constraint.terms[0].value.rpartition("#")[2]
            return ("IRI" if isinstance(term, ox.NamedNode) else "Literal") in wanted
        if name == "Class":
            return any(term in things for things in self._named(constraint.terms[0]).values())
        if name not in ("And", "Or", "Xone", "Node"):
            return True
        fitting = sum(self._fits(one, term) for one in constraint.shapes)
        return {"Or": fitting > 0, "Xone": fitting == 1}.get(name, fitting == len(constraint.shapes))

    def _called(self, term: Term) -> list[str]:
        """What people call a value of a list."""
        if isinstance(term, ox.Literal):
            return [term.value]
        names = [*self._fields.names.get(term.value, {}).values()]
        if self._data is not None:
            said = self._data.said(term)
            names += [name.value for one in _NAMES for name in said.get(one, ()) if isinstance(name, ox.Literal)]
        return names

    @remembered
    def _named(self, kind: Term) -> dict[str, set[Term]]:
        """The things of a class by their names."""
        found: dict[str, set[Term]] = {}
        if self._data is None:
            return found
        classes, todo = {kind}, [kind]
        while todo:
            below = [one for one in self._data.back(todo.pop(), RDFS + "subClassOf") if one not in classes]
            classes.update(below)
            todo.extend(below)
        things = [thing for one in classes for thing in self._data.back(one, RDF + "type")]
        for thing in things if len(things) <= _MANY else ():
            if isinstance(thing, ox.NamedNode):
                for name in (thing.value, *self._called(thing)):
                    found.setdefault(folded(name), set()).add(thing)
        return found


def _asked(shape: Shape) -> Iterator[Constraint]:
    """What a rule asks of a value, also where it offers a choice."""
    seen, todo = {shape}, [shape]
    while todo:
        for constraint in todo.pop(0).constraints:
            yield constraint
            if constraint.name in ("And", "Or", "Xone", "Node"):
                fresh = [one for one in constraint.shapes if one not in seen]
                seen.update(fresh)
                todo.extend(fresh)


def _read_as(datatype: str, text: str) -> Iterator[ox.Literal]:
    """What a text says as a value of a datatype, when it says one thing."""
    name = datatype.removeprefix(XSD)
    if name in ("date", "gYearMonth", "gYear"):
        if len(dates := dates_of(text)) == 1:
            yield dates[0].literal
    elif name in ("decimal", "integer", "nonNegativeInteger", "positiveInteger", "double", "float"):
        if len(numbers := numbers_of(text)) == 1:
            yield ox.Literal(decimal_literal(numbers[0]).value, datatype=ox.NamedNode(datatype))
    elif name == "boolean":
        if len(answers := booleans_of(text)) == 1:
            yield ox.Literal(str(answers[0]).lower(), datatype=ox.NamedNode(datatype))
    elif datatype == STRING or (name == "anyURI" and _ADDRESS.fullmatch(text)):
        yield ox.Literal(text, datatype=ox.NamedNode(datatype))


@lru_cache(maxsize=64)
def _also_called(tag: str) -> frozenset[str]:
    """What else a language tag is written as: the code of three letters, and the names of the language."""
    names: set[str] = set()
    for node, said in _lists().by.items():
        if tag in {one.value for one in said.get(SKOS + "notation", ())} and SKF.Language in _lists().types(node):
            names.update(one.value for one in said.get(SKOS + "prefLabel", ()))
            names.add(node.value.rpartition("/")[2])
    return frozenset(map(folded, names))


@lru_cache(maxsize=1)
def _lists() -> Data:
    return Data(vocabularies())

"""A record's values as Python has them, and as triples: there and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from sankofa.errors import ParameterError
from sankofa.fields.files import Term
from sankofa.fields.literals import LANG_STRING, STRING, literal_of, nfc, value_of
from sankofa.fields.model import TYPE, Field, Kind

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

#: Finds the concept or record that a text names in a field (a notation, a label, a slug), or None.
Lookup = Callable[[Field, str], ox.NamedNode | None]


def is_slug(text: str) -> bool:
    """Whether a text can be a slug: small letters, digits and single hyphens, at most 80.

    Example:
        >>> is_slug("e-tax"), is_slug("E-tax")
        (True, False)
    """
    return len(text) <= 80 and _SLUG.fullmatch(text) is not None


def record_iri(base: str, kind: str, slug: str) -> ox.NamedNode:
    """The IRI of a record.

    Args:
        base: the network's base.
        kind: the name of its kind.
        slug: its slug.

    Raises:
        ParameterError: the slug is none.

    Example:
        >>> record_iri("https://example.org/", "city", "bamako").value
        'https://example.org/id/city/bamako'
    """
    if not is_slug(slug):
        raise ParameterError(
            f"'{slug}' is no slug", hint="write at most 80 small letters a to z, digits and single hyphens"
        )
    return ox.NamedNode(f"{base}id/{kind}/{slug}")


@dataclass(frozen=True, slots=True)
class Writing:
    """What turns the values of one record into terms.

    Args:
        subject: the record, or a part of one.
        base: the network's base, for references by slug.
        kinds: the names of all kinds.
        lang: the language of texts that come without one.
        lookup: finds what a text names.
    """

    subject: ox.NamedNode
    base: str
    kinds: Collection[str]
    lang: str | None
    lookup: Lookup | None

    def terms(self, field: Field, value: object) -> list[Term]:
        """The terms that a value, a list of values or a text per language stands for.

        Args:
            field: the field it is for.
            value: the value or values; None is none.

        Raises:
            ParameterError: a value does not fit the field.
        """
        if value is None:
            return []
        if isinstance(value, Mapping):
            if not field.is_text:
                raise _wrong(field, value, field.expects())
            found = [(tag, one) for tag, one in value.items() if one is not None]
            return [
                _text(field, one, tag)
                for tag, texts in found
                for one in (texts if isinstance(texts, list | tuple) else [texts])
            ]
        if isinstance(value, list | tuple | set | frozenset):
            members = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            return [term for member in members for term in self.terms(field, member)]
        return [self._term(field, value)]

    def _term(self, field: Field, value: object) -> Term:
        if isinstance(value, ox.NamedNode | ox.Literal) and isinstance(value, ox.NamedNode) == field.is_reference:
            return value
        if field.is_reference:
            if not isinstance(value, str):
                raise _wrong(field, value, field.expects())
            return self._reference(field, nfc(value.strip()))
        if isinstance(value, str) and field.is_text:
            if self.lang is not None:
                return _text(field, value, self.lang)
            if STRING not in field.datatypes:
                raise _wrong(field, value, 'a text with its language, as {"fr": "…"}')
        made = literal_of(value, field.datatypes)
        if made is None:
            raise _wrong(field, value, field.expects())
        return made

    def _reference(self, field: Field, text: str) -> ox.NamedNode:
        """The thing that a text names: a part of the record, an IRI, a concept of a list, a record by its slug."""
        if text.startswith("#") or _ABSOLUTE.match(text):
            whole = self.subject.value.partition("#")[0] + text if text.startswith("#") else text
            try:
                return ox.NamedNode(whole)
            except ValueError as error:
                raise _wrong(field, text, field.expects()) from error
        if self.lookup is not None and (found := self.lookup(field, text)) is not None:
            return found
        named, _, slug = text.rpartition("/")
        if not named and len(field.kinds) == 1:
            named = field.kinds[0]
        if named in self.kinds and (not field.kinds or named in field.kinds) and is_slug(slug):
            return record_iri(self.base, named, slug)
        raise _wrong(field, text, field.expects())


def values_of(triples: Iterable[ox.Triple], kind: Kind | None) -> dict[str, object]:
    """The values of one subject by field name; see `Fields.values`."""
    fields = {one.predicate: one for one in kind.fields} if kind else {}
    found: dict[str, list[Term]] = {}
    for triple in triples:
        if triple.predicate != TYPE and not isinstance(triple.object, ox.Triple):
            found.setdefault(triple.predicate.value, []).append(triple.object)
    place = {predicate: number for number, predicate in enumerate(fields)}
    result: dict[str, object] = {}
    for predicate in sorted(found, key=lambda iri: (place.get(iri, len(place)), iri)):
        field = fields.get(predicate)
        name = field.name if field else predicate
        result[name] = _display(sorted(found[predicate], key=str), single=field is not None and field.max == 1)
    return result


def _display(terms: list[Term], *, single: bool) -> object:
    """Texts by language when all terms are texts in languages, else the values, one alone where one is allowed."""
    if all(isinstance(term, ox.Literal) and term.language for term in terms):
        texts: dict[str, object] = {}
        for term in terms:
            tag = str(getattr(term, "language", ""))
            had = texts.get(tag)
            if had is None:
                texts[tag] = term.value
            else:
                texts[tag] = [*had, term.value] if isinstance(had, list) else [had, term.value]
        return texts
    values = [value_of(term) if isinstance(term, ox.Literal) else term.value for term in terms]
    return values[0] if single and len(values) == 1 else values


def _text(field: Field, text: object, tag: str) -> ox.Literal:
    if not isinstance(text, str):
        raise _wrong(field, text, field.expects())
    if LANG_STRING not in field.datatypes:
        raise _wrong(field, text, field.expects())
    try:
        return ox.Literal(nfc(text), language=tag)
    except ValueError as error:
        raise ParameterError(
            f"'{tag}' is no language tag, in the field '{field.name}' of {field.kind}",
            hint="write it as fr, en, pt, ar or another tag of BCP 47; und when it is not known",
        ) from error


def _wrong(field: Field, value: object, wanted: str) -> ParameterError:
    shown = value.value if isinstance(value, ox.NamedNode | ox.Literal) else value
    return ParameterError(
        f"the field '{field.name}' of {field.kind} does not take '{shown}'", hint=f"it takes {wanted}"
    )

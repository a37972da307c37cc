"""The one reading of the shapes: kinds, their fields, and the rules behind them.

Capture, pages, messages and completeness all read a kind's fields here, so that what a form asks, what a finding says
and what is counted as missing are the same thing. A field is one property of a kind: the rules of the kind's own shape
for it, with those that the shapes of ``skf:Entity`` and ``skf:Record`` state once for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from functools import lru_cache
from pathlib import Path as File

import pyoxigraph as ox

from sankofa import shipped
from sankofa.errors import UnknownName, UnreadableInput
from sankofa.fields.conversion import Lookup, Writing, is_slug, record_iri, values_of
from sankofa.fields.files import Spo, read_triples
from sankofa.fields.model import LEVELS, RDFS, TYPE, Field, Kind, Path, Rule, Texts, kind_name, local_name, text_in
from sankofa.fields.reading import Described, kinds_of, parents_of, rules_of
from sankofa.terms import SKF

__all__ = [
    "LEVELS",
    "Field",
    "Fields",
    "Kind",
    "Lookup",
    "Path",
    "Rule",
    "Texts",
    "is_slug",
    "kind_name",
    "local_name",
    "read_fields",
    "read_rules",
    "record_iri",
    "rules_in",
    "text_in",
]


@dataclass(frozen=True, eq=False)
class Fields:
    """What a set of shapes says: its kinds and its rules.

    Args:
        kinds: the kinds by name, sorted.
        rules: every shape by IRI (or ``_:name``).
        parents: the classes above each class that has one, itself first.
        names: the names of classes per language.
        shapes: the triples of the shapes, as read.
        class_tree: the ``rdfs:subClassOf`` triples of the ontology.
    """

    kinds: Mapping[str, Kind]
    rules: Mapping[str, Rule]
    parents: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Texts]
    shapes: tuple[Spo, ...] = member(repr=False)
    class_tree: tuple[Spo, ...] = member(repr=False)

    def kind(self, name: str) -> Kind:
        """The kind of that name.

        Args:
            name: the kind's name.

        Raises:
            UnknownName: there is no such kind; the error names the nearest.

        Example:
            >>> read_fields().kind("story").iri
            'https://w3id.org/sankofa/ontology#Story'
        """
        if name not in self.kinds:
            raise UnknownName.among("kind", name, list(self.kinds))
        return self.kinds[name]

    def kind_of(self, types: Iterable[str]) -> Kind | None:
        """The kind that one of these classes is, or None.

        Args:
            types: IRIs of classes.

        Example:
            >>> read_fields().kind_of(["https://w3id.org/sankofa/ontology#City"]).name
            'city'
        """
        wanted = set(types)
        return next((kind for kind in self.kinds.values() if kind.iri in wanted), None)

    def rule(self, iri: str) -> Rule:
        """The rule (shape) of that IRI.

        Args:
            iri: the shape's IRI.

        Raises:
            UnknownName: no shape has it.

        Example:
            >>> read_fields().rule("https://w3id.org/sankofa/shapes#Story-title").level
            'draft'
        """
        if iri not in self.rules:
            raise UnknownName.among("rule", iri, list(self.rules))
        return self.rules[iri]

    def triples(
        self,
        iri: str | ox.NamedNode,
        kind: str,
        values: Mapping[str, object],
        *,
        base: str,
        lang: str | None = None,
        lookup: Lookup | None = None,
    ) -> list[ox.Triple]:
        """Turn Python values into the triples of a record, each typed as its field says.

        Args:
            iri: the record's IRI, or that of a part of it (``…#name``).
            kind: the name of its kind.
            values: a value, or several in a list, per field; a text in languages as ``{"fr": "…"}``; a thing by its
                IRI, slug, ``kind/slug`` or ``#part``.
            base: the network's base, for references by slug.
            lang: the language of texts that come without one.
            lookup: finds what a text names in a closed list.

        Raises:
            UnknownName: no such kind or field; the error names the nearest.
            ParameterError: a value does not fit its field; the error names both and what it takes.

        Example:
            >>> made = read_fields().triples(
            ...     "https://example.org/id/story/a", "story", {"title": {"fr": "Un récit"}, "city": "bamako"},
            ...     base="https://example.org/")
            >>> sorted(str(triple.object) for triple in made)[0]
            '"Un récit"@fr'
        """
        subject = iri if isinstance(iri, ox.NamedNode) else ox.NamedNode(iri)
        described = self.kind(kind)
        made = [ox.Triple(subject, TYPE, ox.NamedNode(described.iri))]
        if not described.always_record and "#" not in subject.value:
            made.append(ox.Triple(subject, TYPE, ox.NamedNode(SKF.Record)))
        writing = Writing(subject, base, self.kinds.keys(), lang, lookup)
        for name, value in values.items():
            field = described.field(name)
            predicate = ox.NamedNode(field.predicate)
            made.extend(ox.Triple(subject, predicate, term) for term in writing.terms(field, value))
        return list(dict.fromkeys(made))

    def values(self, triples: Iterable[ox.Triple], kind: str | None = None) -> dict[str, object]:
        """The values of a record by field name, for display and forms: the reverse of `triples`.

        Args:
            triples: the triples of one subject.
            kind: the name of its kind; else its class tells.

        Returns:
            Texts in languages as ``{"fr": "…"}`` (a list where a language has several), references as IRIs, the rest
            as Python values; a list where the field takes several; a property without a field under its IRI.

        Raises:
            UnknownName: no such kind.

        Example:
            >>> read_fields().values([])
            {}
        """
        every = list(triples)
        types = [one.object.value for one in every if one.predicate == TYPE and isinstance(one.object, ox.NamedNode)]
        return values_of(every, self.kind(kind) if kind else self.kind_of(types))


def read_fields(shapes: Sequence[File] | None = None, *, ontology: Sequence[File] | None = None) -> Fields:
    """Read kinds, fields and rules from shape files; the same files are read once.

    Args:
        shapes: the shape files; without them the shapes we ship.
        ontology: the files with the class tree; without them ours beside our shapes, none beside others.

    Raises:
        UnreadableInput: a file is missing or broken, or two properties of a kind have the same name.

    Example:
        >>> "city" in read_fields().kinds
        True
    """
    files = shipped.shape_files() if shapes is None else shapes
    trees = (shipped.ontology_files() if shapes is None else ()) if ontology is None else ontology
    return _read(tuple(_state(file) for file in files), tuple(_state(file) for file in trees), True)


def read_rules(shapes: Sequence[File]) -> Fields:
    """Read any shapes for their rules alone, without looking for kinds in them.

    Args:
        shapes: the shape files, whoever wrote them.

    Raises:
        UnreadableInput: a file is missing or broken.

    Example:
        >>> from sankofa.shipped import shape_files
        >>> read_rules(shape_files()).kinds
        {}
    """
    return _read(tuple(_state(file) for file in shapes), (), False)


def rules_in(shapes: Iterable[Spo]) -> Fields:
    """The rules of a shapes graph in memory.

    Args:
        shapes: its triples.

    Example:
        >>> rules_in([]).rules
        {}
    """
    return _said(tuple(shapes), (), False)


def _state(file: File) -> tuple[File, int, int]:
    """What tells whether a file is still the one that was read."""
    try:
        found = file.stat()
    except OSError as error:
        raise UnreadableInput(f"the file cannot be read ({error.strerror})", where=str(file)) from error
    return file, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[File, int, int], ...], trees: tuple[tuple[File, int, int], ...], kinds: bool) -> Fields:
    shapes = tuple(read_triples([file for file, _, _ in files], prefix="s"))
    return _said(shapes, tuple(read_triples([file for file, _, _ in trees], prefix="o")), kinds)


def _said(shapes: tuple[Spo, ...], tree: tuple[Spo, ...], kinds: bool) -> Fields:
    sub_class = ox.NamedNode(RDFS + "subClassOf")
    ontology = Described(tree)
    names = {
        subject.value: texts
        for subject in ontology.by
        if isinstance(subject, ox.NamedNode) and (texts := ontology.texts(subject, RDFS + "label"))
    }
    described = Described(shapes)
    rules = rules_of(described)
    parents = parents_of((*tree, *shapes))
    return Fields(
        kinds=kinds_of(described, rules, parents, names) if kinds else {},
        rules=rules,
        parents=parents,
        names=names,
        shapes=shapes,
        class_tree=tuple(triple for triple in tree if triple[1] == sub_class),
    )

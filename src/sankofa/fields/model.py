"""What shapes describe: paths, rules, fields, kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from sankofa.errors import UnknownName
from sankofa.fields.files import Term
from sankofa.fields.literals import LANG_STRING, expected

SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
TYPE = ox.NamedNode(RDF + "type")

#: The levels, from what a draft needs to what makes a record exemplary.
LEVELS = ("draft", "publishable", "exemplary")
#: The level that a severity stands for.
LEVEL_OF = {SH + "Violation": "draft", SH + "Warning": "publishable", SH + "Info": "exemplary"}

Texts = Mapping[str, str]


def text_in(texts: Texts, lang: str) -> str:
    """The text in a language, else in the nearest one there is, else "".

    Args:
        texts: a text per language tag.
        lang: the language tag wanted.

    Example:
        >>> text_in({"en": "Theme", "fr": "Thème"}, "fr-SN")
        'Thème'
    """
    for wanted in (lang, lang.partition("-")[0], "en", "fr", "pt", "ar", "und", ""):
        if wanted in texts:
            return texts[wanted]
    return texts[min(texts)] if texts else ""


@dataclass(frozen=True, slots=True)
class Path:
    """A property path: one predicate, or a form over other paths.

    Args:
        form: predicate, inverse, sequence, alternative, zero-or-more, one-or-more or zero-or-one.
        predicate: the IRI of a simple path, else "".
        parts: the paths that the form is over.
    """

    form: str
    predicate: str = ""
    parts: tuple[Path, ...] = ()

    def __str__(self) -> str:
        """Write the path as SPARQL writes it.

        Example:
            >>> str(Path("inverse", parts=(Path("predicate", "http://example.org/p"),)))
            '^<http://example.org/p>'
        """
        if self.form == "predicate":
            return f"<{self.predicate}>"
        inner = [str(part) if part.form == "predicate" else f"({part})" for part in self.parts]
        marks = {"zero-or-more": "*", "one-or-more": "+", "zero-or-one": "?"}
        if self.form in marks:
            return inner[0] + marks[self.form]
        return f"^{inner[0]}" if self.form == "inverse" else ("/" if self.form == "sequence" else "|").join(inner)


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape: what it looks at, what it asks, at which level, and how it is told.

    Args:
        iri: the shape's IRI, or ``_:name`` when it has none.
        path: what it looks at; None for a rule about a record as such.
        level: the level it is needed for, as its severity says.
        min: how many values it asks for at least.
        max: how many values it allows, or None.
        label: the name of what it looks at, a text per language.
        help: what to write there, a text per language.
        messages: the author's own messages, a text per language.
        examples: examples of a good value.
        sources: where the rule comes from.
        order: its place among the rules.
        constraints: the parameters of SHACL by their local name, lists as their members.
        deactivated: whether it is switched off.
    """

    iri: str
    path: Path | None
    level: str
    min: int
    max: int | None
    label: Texts
    help: Texts
    messages: Texts
    examples: tuple[Term, ...]
    sources: tuple[str, ...]
    order: float
    constraints: Mapping[str, tuple[Term, ...]]
    deactivated: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a kind, as its shapes describe it.

    Args:
        kind: the name of the kind.
        name: the name of the field.
        predicate: the property's IRI.
        label: its name, help: what to write, per language.
        examples: examples of a good value.
        level: the level that needs it, or None when no level does.
        min: how many values at least, max: at most (None: any number).
        datatypes: IRIs of the datatypes it takes.
        classes: IRIs of the classes it refers to; kinds: the names of those that are kinds of record.
        choices: IRIs of the closed lists (classes of concepts) it is chosen from.
        one_of: the values themselves, when the rule lists them.
        node_kind: "IRI", "Literal" … or "".
        unique_lang: whether one text a language is allowed.
        pattern: what a text must match, or "".
        order: its place in a form.
        rules: the rules behind it, the kind's own first.
    """

    kind: str
    name: str
    predicate: str
    label: Texts
    help: Texts
    examples: tuple[Term, ...]
    level: str | None
    min: int
    max: int | None
    datatypes: tuple[str, ...]
    classes: tuple[str, ...]
    kinds: tuple[str, ...]
    choices: tuple[str, ...]
    one_of: tuple[Term, ...]
    node_kind: str
    unique_lang: bool
    pattern: str
    order: float
    rules: tuple[Rule, ...]

    @property
    def path(self) -> Path:
        """The field's path, which is its property."""
        return Path("predicate", self.predicate)

    @property
    def example(self) -> str:
        """The first example as text, or ""."""
        return self.example_in("en")

    def example_in(self, lang: str) -> str:
        """An example in a language, else the nearest there is, or "".

        Args:
            lang: the language tag wanted.

        Example:
            >>> from sankofa.fields import read_fields
            >>> read_fields().kind("city").field("title").example_in("ar")
            'نواكشوط'
        """
        texts = [one for one in self.examples if isinstance(one, ox.Literal) and one.language]
        if texts:
            return text_in({str(one.language): one.value for one in reversed(texts)}, lang)
        return self.examples[0].value if self.examples else ""

    @property
    def is_text(self) -> bool:
        """Whether it holds texts in languages."""
        return LANG_STRING in self.datatypes

    @property
    def is_reference(self) -> bool:
        """Whether its values are things with an IRI, not literals."""
        return (
            bool(self.classes) or self.node_kind == "IRI" or any(isinstance(one, ox.NamedNode) for one in self.one_of)
        )

    def expects(self) -> str:
        """Say in words what it takes, for an error.

        Example:
            >>> from sankofa.fields import read_fields
            >>> read_fields().kind("measure").field("start").expects()
            'a date such as 2019-03-04 or a year and month such as 2019-03 or a year such as 2019'
        """
        if self.choices:
            names = " or ".join(local_name(choice) for choice in self.choices)
            return f"an entry of the list '{names}' by its identifier, code or label, or its IRI"
        if self.kinds:
            return f"the slug or IRI of a record of kind {' or '.join(self.kinds)}"
        if self.is_reference:
            return "an IRI, or kind/slug"
        return expected(self.datatypes)


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of records, as people say it.

    Args:
        name: its name in addresses and commands.
        iri: the IRI of its class.
        label: its name and help: what it is, per language.
        always_record: whether everything of it is a record; else it can be a part of one.
        fields: the fields of a record of this kind, in order.
        part_fields: the fields of a part of this kind, in order; none for what is always a record.
        rules: every rule that a record of this kind is judged by.
        part_rules: every rule that a part of this kind is judged by.
    """

    name: str
    iri: str
    label: Texts
    help: Texts
    always_record: bool
    fields: tuple[Field, ...]
    part_fields: tuple[Field, ...]
    rules: tuple[Rule, ...]
    part_rules: tuple[Rule, ...]

    def field(self, name: str) -> Field:
        """The field of that name.

        Args:
            name: the field's name.

        Raises:
            UnknownName: the kind has no such field; the error names the nearest.

        Example:
            >>> from sankofa.fields import read_fields
            >>> read_fields().kind("story").field("format").level
            'publishable'
        """
        for one in self.fields:
            if one.name == name:
                return one
        raise UnknownName.among(f"field of {self.name}", name, [one.name for one in self.fields])

    def field_at(self, predicate: str) -> Field | None:
        """The field of that property, or None.

        Example:
            >>> from sankofa.fields import read_fields
            >>> read_fields().kind("story").field_at("http://example.org/p") is None
            True
        """
        return next((one for one in self.fields if one.predicate == predicate), None)

    @property
    def title(self) -> Field | None:
        """The field that names a record of this kind, or None for parts that have no name."""
        return next((one for one in self.fields if one.name == "title"), None)


def local_name(iri: str) -> str:
    """The part of an IRI after the last # or /.

    Example:
        >>> local_name("https://example.org/a#b")
        'b'
    """
    return re.split(r"[#/]", iri)[-1]


def kind_name(class_iri: str) -> str:
    """The name of the kind that a class is: its local name in small letters with hyphens.

    Example:
        >>> kind_name("https://w3id.org/sankofa/ontology#StrategyElement")
        'strategy-element'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", local_name(class_iri)).lower()

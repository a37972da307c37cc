"""What our words mean, for programs and for people: the ontology and its versions, the vocabularies, the shapes.

What programs get is what stands in the files that come with Sankofa, and nothing else: whoever fetches the ontology
from one network's server has the same triples as from another's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from pyoxigraph import Literal, NamedNode, Triple

from sankofa import shipped
from sankofa.errors import UnknownName
from sankofa.fields import Fields, text_in
from sankofa.fields.files import Term, read_triples
from sankofa.fields.reading import Described
from sankofa.publish.layout import words
from sankofa.publish.values import Value, alphabetical, prefixed, safe_link, word_address
from sankofa.terms import DCTERMS, OWL, RDF, RDFS, SCHEMA, SKF, SKOS, VOC
from sankofa.validation.words import word

ONTOLOGY = SKF.ns.rstrip("#")


@dataclass(frozen=True)
class Entry:
    """One thing that is explained.

    Attributes:
        label: its name for people; code: its name in data.
        text: what it means.
        anchor: what leads to it on its page, or "".
        href: where it has a page of its own, or "".
        related: other things to know, each with what it is: its parents, what it is used with …
    """

    label: str
    code: str
    text: str
    anchor: str = ""
    href: str = ""
    related: tuple[tuple[str, tuple[Value, ...]], ...] = ()


@dataclass(frozen=True)
class Section:
    """Some entries under one head; the head's anchor is "" where nothing leads to it."""

    title: str
    entries: tuple[Entry, ...]
    text: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Sheet:
    """A page that explains: its title, what it is about, its sections.

    Attributes:
        title: its title; text: what it is about; iri: the IRI of that.
        sections: what it explains.
        links: other pages to go on to, under the head that they have.
        above: the page that this one belongs to, or None.
    """

    title: str
    text: str
    iri: str
    sections: tuple[Section, ...] = ()
    links: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    above: Value | None = None


# -- for programs


def ontology(version: str = "") -> list[Triple]:
    """The ontology, or one of its versions.

    Args:
        version: the number of a version; "" is the newest.

    Raises:
        UnknownName: there is no such version; the error names those there are.

    Example:
        >>> len(ontology()) == len(ontology(versions()[0]))
        True
    """
    if version and version not in _versions():
        raise UnknownName(f"there is no version '{version}' of the ontology", hint=f"known: {', '.join(versions())}")
    return _triples(_ontology(version or versions()[0]))


def versions() -> list[str]:
    """The versions of the ontology that there are, the newest first.

    Example:
        >>> versions()[-1]
        '0.1.0'
    """
    return list(_versions())


def vocabulary(scheme: str, concept: str = "") -> list[Triple]:
    """A vocabulary, or one concept of it with the names of what it names.

    Args:
        scheme: the name of the vocabulary.
        concept: the name of a concept whose IRI is below the vocabulary's, or "".

    Raises:
        UnknownName: there is no such vocabulary or concept; the error names the nearest.

    Example:
        >>> sorted({triple.subject.value.rpartition("/")[2] for triple in vocabulary("level", "draft")})
        ['draft', 'level']
    """
    found = _vocabulary(scheme)
    if not concept:
        return _triples(found)
    node = _concept(scheme, concept)
    own = [Triple(node, NamedNode(name), value) for name, values in found.by[node].items() for value in values]
    named = [triple.object for triple in own if triple.object in found.by]
    return own + [
        Triple(other, NamedNode(name), value)
        for other in dict.fromkeys(named)
        if isinstance(other, NamedNode)
        for name in (DCTERMS.title, SKOS.prefLabel)
        for value in found.all(other, name)
    ]


def shapes() -> list[Triple]:
    """The shapes of every kind of record.

    Example:
        >>> any(triple.object.value == SKF.City for triple in shapes() if isinstance(triple.object, NamedNode))
        True
    """
    return _triples(_shapes())


# -- for people


def ontology_sheet(lang: str, version: str = "") -> Sheet:
    """The page of the ontology: its classes and properties by name.

    Raises:
        UnknownName: there is no such version.

    Example:
        >>> ontology_sheet("fr").sections[0].entries[0].code
        'skf:Membership'
    """
    ontology(version)
    found, says = _ontology(version or versions()[0]), words(lang)
    about = NamedNode(ONTOLOGY)
    terms = [node for node in found.by if isinstance(node, NamedNode) and node.value.startswith(SKF.ns)]
    classes = [node for node in terms if found.one(node, RDF.type) == NamedNode(OWL.Class)]
    properties = [node for node in terms if node not in classes]

    def entry(node: NamedNode) -> Entry:
        related = (
            (says["kind_of"], (RDFS.subClassOf, RDFS.subPropertyOf)),
            (says["used_with"], (SCHEMA.domainIncludes, RDFS.domain)),
            (says["leads_to"], (SCHEMA.rangeIncludes, RDFS.range)),
            (says["example"], (SKOS.example,)),
        )
        return Entry(
            text_in(found.texts(node, RDFS.label), lang),
            prefixed(node.value),
            text_in(found.texts(node, SKOS.definition), lang),
            anchor=node.value.removeprefix(SKF.ns),
            related=tuple(
                (head, values)
                for head, predicates in related
                if (values := _values([each for name in predicates for each in found.all(node, name)], found, lang))
            ),
        )

    lists = [Value(_title_of(name, lang), href=f"/vocabulary/{name}?lang={lang}") for name in vocabularies()]
    return Sheet(
        f"{text_in(found.texts(about, DCTERMS.title), lang)} {text_in(found.texts(about, OWL.versionInfo), lang)}",
        text_in(found.texts(about, DCTERMS.abstract), lang),
        f"{ONTOLOGY}/{version}" if version else ONTOLOGY,
        tuple(
            Section(head, tuple(sorted(map(entry, nodes), key=lambda each: alphabetical(each.label))))
            for head, nodes in ((says["classes"], classes), (says["properties"], properties))
        ),
        (
            (says["vocabularies"], tuple(sorted(lists, key=alphabetical))),
            (says["rules"], (Value(says["shapes"], href=f"/shapes?lang={lang}"),)),
            (says["versions"], tuple(Value(each, href=f"/ontology/{each}?lang={lang}") for each in versions())),
        ),
    )


def vocabulary_sheet(lang: str, scheme: str) -> Sheet:
    """The page of a vocabulary: its concepts by name.

    Raises:
        UnknownName: there is no such vocabulary; the error names the nearest.

    Example:
        >>> [entry.label for entry in vocabulary_sheet("en", "level").sections[0].entries]
        ['draft', 'exemplary', 'publishable']
    """
    found = _vocabulary(scheme)
    entries = [
        Entry(
            text_in(found.texts(node, SKOS.prefLabel), lang),
            ", ".join(_notations(found, node)) or node.value.rpartition("/")[2],
            text_in(found.texts(node, SKOS.definition), lang),
            href=word_address(node.value, lang) or safe_link(node.value),
        )
        for node in found.by
        if isinstance(node, NamedNode) and found.one(node, SKOS.inScheme)
    ]
    return Sheet(
        _title_of(scheme, lang),
        text_in(found.texts(NamedNode(f"{VOC.ns}{scheme}"), DCTERMS.description), lang),
        f"{VOC.ns}{scheme}",
        (Section("", tuple(sorted(entries, key=lambda each: alphabetical(each.label)))),),
        above=Value(words(lang)["vocabularies"], href=f"/ontology?lang={lang}"),
    )


def concept_sheet(lang: str, scheme: str, concept: str) -> Sheet:
    """The page of one concept.

    Raises:
        UnknownName: there is no such vocabulary or concept; the error names the nearest.

    Example:
        >>> concept_sheet("fr", "level", "draft").title
        'brouillon'
    """
    found, node = _vocabulary(scheme), _concept(scheme, concept)
    names = [*found.all(node, SKOS.altLabel), *found.all(node, RDFS.comment)]
    mine = [each for each in names if isinstance(each, Literal) and each.language == lang]
    others = ((words(lang)["also_called"], _values(mine, found, lang)),) if mine else ()
    return Sheet(
        text_in(found.texts(node, SKOS.prefLabel) or found.texts(node, RDFS.label), lang),
        text_in(found.texts(node, SKOS.definition), lang),
        node.value,
        links=others,
        above=Value(_title_of(scheme, lang), href=f"/vocabulary/{scheme}?lang={lang}"),
    )


def shapes_sheet(lang: str, fields: Fields) -> Sheet:
    """The page of the shapes: the fields of each kind of record, and the level that needs each.

    Args:
        lang: the language.
        fields: the shapes, read.

    Example:
        >>> from sankofa.fields import read_fields
        >>> shapes_sheet("en", read_fields()).sections[0].title
        'Action plan'
    """
    says, anchors = words(lang), set[str]()

    def anchor(iri: str) -> str:
        """The name by which a shape's IRI leads here; what several kinds share is led to once."""
        name = iri.rpartition("#")[2]
        if not iri.startswith(f"{_SHAPES}#") or name in anchors:
            return ""
        anchors.add(name)
        return name

    sections = []
    for kind in fields.kinds.values():
        entries = tuple(
            Entry(
                text_in(each.label, lang),
                prefixed(each.predicate),
                text_in(each.help, lang),
                anchor=anchor(each.rules[0].iri) if each.rules else "",
                related=((word("level", lang), (Value(word(each.level, lang)),)),) if each.level else (),
            )
            for each in (kind.fields or kind.part_fields)
        )
        head = anchor(f"{_SHAPES}#{kind.iri.removeprefix(SKF.ns)}")
        sections.append(Section(text_in(kind.label, lang), entries, text_in(kind.help, lang), head))
    return Sheet(
        says["shapes"],
        says["shapes_what_for"],
        _SHAPES,
        tuple(sorted(sections, key=lambda each: alphabetical(each.title))),
        above=Value(words(lang)["rules"], href=f"/ontology?lang={lang}"),
    )


def vocabularies() -> list[str]:
    """The names of the vocabularies, sorted.

    Example:
        >>> vocabularies()[0]
        'assignment-status'
    """
    return [file.stem for file in shipped.vocabulary_files()]


# -- inside

_SHAPES = f"{ONTOLOGY.removesuffix('ontology')}shapes"


@cache
def _versions() -> Mapping[str, Described]:
    """What each version of the ontology says, the newest first."""
    files = [shipped.ontology_file(), *reversed(shipped.ontology_version_files())]
    read = [Described(read_triples([file], prefix="o")) for file in files]
    return {text_in(found.texts(NamedNode(ONTOLOGY), OWL.versionInfo), ""): found for found in read}


def _ontology(version: str) -> Described:
    return _versions()[version]


@cache
def _vocabulary(scheme: str) -> Described:
    if scheme not in vocabularies():
        raise UnknownName.among("vocabulary", scheme, vocabularies())
    (file,) = (file for file in shipped.vocabulary_files() if file.stem == scheme)
    return Described(read_triples([file], prefix="v"))


@cache
def _shapes() -> Described:
    return Described(read_triples(shipped.shape_files(), prefix="s"))


def _concept(scheme: str, concept: str) -> NamedNode:
    start = f"{VOC.ns}{scheme}/"
    known = {
        node.value.removeprefix(start): node
        for node in _vocabulary(scheme).by
        if isinstance(node, NamedNode) and node.value.startswith(start)
    }
    if concept not in known:
        raise UnknownName.among(f"concept of '{scheme}'", concept, list(known))
    return known[concept]


def _triples(found: Described) -> list[Triple]:
    return [
        Triple(subject, NamedNode(predicate), value)
        for subject, said in found.by.items()
        for predicate, values in said.items()
        for value in values
    ]


def _title_of(scheme: str, lang: str) -> str:
    return text_in(_vocabulary(scheme).texts(NamedNode(f"{VOC.ns}{scheme}"), DCTERMS.title), lang)


def _notations(found: Described, node: NamedNode) -> list[str]:
    return [value.value for value in found.all(node, SKOS.notation) if isinstance(value, Literal)]


def _values(terms: Iterable[Term], found: Described, lang: str) -> tuple[Value, ...]:
    """Terms as they are shown: texts in the language of the page, things by name and leading on."""
    values = []
    for term in terms:
        if isinstance(term, Literal):
            if term.language in (None, lang):
                values.append(Value(term.value))
        elif isinstance(term, NamedNode):
            own = term in found.by and term.value.startswith(SKF.ns)
            name = text_in(found.texts(term, RDFS.label), lang) if own else prefixed(term.value)
            href = f"#{term.value.removeprefix(SKF.ns)}" if own else safe_link(term.value)
            values.append(Value(name, href=href))
    return tuple(values)

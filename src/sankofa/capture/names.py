"""What a text names: a concept of a closed list by its label or code, a record by its id or title.

Only an exact name links. What is merely near is offered as a suggestion, never taken.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from sankofa import shipped
from sankofa.fields.written import folded

# Among more names than this, only those that differ by case and accents are offered: more would cost seconds a cell.
_MANY = 3000
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_LABELS = tuple(
    ox.NamedNode(iri)
    for iri in (
        f"{_SKOS}prefLabel",
        f"{_SKOS}altLabel",
        f"{_SKOS}hiddenLabel",
        f"{_SKOS}notation",
        "http://purl.org/dc/terms/title",
        "http://purl.org/dc/terms/alternative",
    )
)


class Asserted(Protocol):
    """What a graph already says: any store of ours, or a plain set of triples."""

    def asserted(
        self, s: ox.NamedNode | None, p: ox.NamedNode | None, o: ox.NamedNode | ox.Literal | None, /
    ) -> Iterable[ox.Triple]:
        """The asserted triples that match, None for whatever."""


class Triples:
    """A set of triples that answers like a store.

    Args:
        triples: what it says.
    """

    def __init__(self, triples: Iterable[ox.Triple] = ()) -> None:
        """Index the triples."""
        self._store = ox.Store()
        self._store.extend(ox.Quad(*triple) for triple in triples)

    def asserted(
        self, s: ox.NamedNode | None, p: ox.NamedNode | None, o: ox.NamedNode | ox.Literal | None, /
    ) -> Iterator[ox.Triple]:
        """The triples that match, None for whatever.

        Args:
            s: the subject.
            p: the predicate.
            o: the object.

        Example:
            >>> list(Triples().asserted(None, None, None))
            []
        """
        return (quad.triple for quad in self._store.quads_for_pattern(s, p, o))


def nearest(text: str, names: Iterable[str]) -> str:
    """The known name nearest to a text, "" when none is near: first but for case and accents, then by spelling.

    Args:
        text: what was written.
        names: what is known.

    Example:
        >>> nearest("Cote d'Ivoire", ["Côte d'Ivoire", "Mali"]), nearest("Malli", ["Mali"]), nearest("x", ["Mali"])
        ("Côte d'Ivoire", 'Mali', '')
    """
    by_fold: dict[str, str] = {}
    for name in sorted(names):
        by_fold.setdefault(folded(name), name)
    wanted = folded(text)
    if wanted in by_fold or len(by_fold) > _MANY:
        return by_fold.get(wanted, "")
    near = difflib.get_close_matches(wanted, list(by_fold), n=1, cutoff=0.6)
    return by_fold[near[0]] if near else ""


class Names:
    """An index of names: per class, which things a text names.

    Example:
        >>> names = Names()
        >>> names.add(ox.NamedNode("http://example.org/id/city/bamako"), ["http://example.org/City"], ["Bamako"])
        >>> [iri.value for iri in names.find(["http://example.org/City"], "Bamako")]
        ['http://example.org/id/city/bamako']
    """

    def __init__(self) -> None:
        """Start without any name."""
        # Sets that are replaced and never changed: copies share them.
        self._labels: dict[str, dict[str, frozenset[ox.NamedNode]]] = {}
        self._tails: dict[str, dict[str, frozenset[ox.NamedNode]]] = {}

    def add(self, iri: ox.NamedNode, classes: Iterable[str], labels: Iterable[str]) -> None:
        """Let labels, and the end of its address, name a thing of some classes.

        Args:
            iri: the thing.
            classes: the addresses of its classes, or whatever else parts one list from another.
            labels: its labels and codes.
        """
        tail = iri.value.rstrip("/").replace("#", "/").rpartition("/")[2]
        texts = [" ".join(unicodedata.normalize("NFC", label).split()) for label in labels]
        for cls in classes:
            for index, names in ((self._tails, [tail]), (self._labels, texts)):
                known = index.setdefault(cls, {})
                for name in names:
                    known[name] = known.get(name, frozenset()) | {iri}

    def find(self, classes: Iterable[str], text: str) -> tuple[ox.NamedNode, ...]:
        """The things of some classes that a text names: by label or code, else by the end of its address.

        Args:
            classes: the addresses of the classes.
            text: the name.
        """
        text = " ".join(text.split())
        classes = tuple(classes)
        for index in (self._labels, self._tails):
            found = {iri for cls in classes for iri in index.get(cls, {}).get(text, ())}
            if found:
                return tuple(sorted(found, key=lambda iri: iri.value))
        return ()

    def has(self, classes: Iterable[str], iri: ox.NamedNode) -> bool:
        """Say whether an address is that of a thing of some classes.

        Args:
            classes: the addresses of the classes.
            iri: the address.
        """
        tail = iri.value.rstrip("/").replace("#", "/").rpartition("/")[2]
        return any(iri in self._tails.get(cls, {}).get(tail, ()) for cls in classes)

    def near(self, classes: Iterable[str], text: str) -> str:
        """The name nearest to a text among some classes, or "".

        Args:
            classes: the addresses of the classes.
            text: what was written.
        """
        return nearest(text, {label for cls in classes for label in self._labels.get(cls, {})})

    def labels(self, cls: str) -> frozenset[str]:
        """Every label and code of a class.

        Args:
            cls: the address of the class.
        """
        return frozenset(self._labels.get(cls, {}))

    def copy(self) -> Names:
        """An index with the same names, to add to."""
        other = Names()
        other._labels = {cls: dict(names) for cls, names in self._labels.items()}
        other._tails = {cls: dict(names) for cls, names in self._tails.items()}
        return other


def names_of(triples: Asserted, classes: Iterable[str]) -> Names:
    """Index what a graph says about the names of things of some classes.

    Args:
        triples: the graph.
        classes: the addresses of the classes.

    Example:
        >>> names_of(Triples(), ["http://example.org/City"]).near(["http://example.org/City"], "Bamako")
        ''
    """
    names = Names()
    for cls in sorted(set(classes)):
        for triple in triples.asserted(None, _RDF_TYPE, ox.NamedNode(cls)):
            if isinstance(triple.subject, ox.NamedNode):
                names.add(triple.subject, [cls], labels_of(triples, triple.subject))
    return names


def labels_of(triples: Asserted, iri: ox.NamedNode) -> list[str]:
    """The labels, codes and titles of a thing, sorted.

    Args:
        triples: the graph.
        iri: the thing.
    """
    texts = {
        triple.object.value
        for label in _LABELS
        for triple in triples.asserted(iri, label, None)
        if isinstance(triple.object, ox.Literal)
    }
    return sorted(texts)


@lru_cache(maxsize=4)
def _read(files: tuple[Path, ...]) -> Triples:
    # All files in one store: their blank nodes never matter, a concept has none.
    return Triples(quad.triple for file in files for quad in ox.parse(path=str(file)))


def shared_lists(files: Iterable[Path] | None = None) -> Names:
    """Index the closed lists that any network shares.

    Args:
        files: the vocabulary files; without them those we ship.

    Example:
        >>> [iri.value for iri in shared_lists().find(["https://w3id.org/sankofa/ontology#Country"], "ML")]
        ['http://publications.europa.eu/resource/authority/country/MLI']
    """
    triples = _read(tuple(shipped.vocabulary_files() if files is None else files))
    types = (triple.object for triple in triples.asserted(None, _RDF_TYPE, None))
    classes = {cls.value for cls in types if isinstance(cls, ox.NamedNode)}
    return names_of(triples, (cls for cls in classes if not cls.startswith(_SKOS)))


def tag_of(language: ox.NamedNode) -> str:
    """The tag (BCP 47) of a language of the shared list, "" when it has none.

    Args:
        language: the language.

    Example:
        >>> tag_of(ox.NamedNode("http://publications.europa.eu/resource/authority/language/FRA"))
        'fr'
    """
    triples = _read(tuple(shipped.vocabulary_files()))
    tags = [
        triple.object.value
        for triple in triples.asserted(language, ox.NamedNode(f"{_SKOS}notation"), None)
        if isinstance(triple.object, ox.Literal)
    ]
    return min(tags, default="")

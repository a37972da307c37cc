"""What was found by its words: the best records first, each with the text that has the words and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from sankofa.publish.index import TEXTS, Index, words
from sankofa.publish.values import Reader, Value, text_for
from sankofa.terms import DCTERMS

if TYPE_CHECKING:
    from sankofa.graph import Graph

#: How long a search may be, in letters and in words.
MOST_LETTERS, MOST_WORDS = 200, 10
#: How many records are shown together, and how many of the best can be seen at all.
ON_A_PAGE, MOST_RECORDS = 20, 1_000
#: A word as it stands in a text, with its vowel signs.
_WRITTEN = re.compile(r"(?:\w|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed])+")
#: How much of a text is shown, and how much of that stands before the first word that was found, in letters.
_SHOWN, _BEFORE = 220, 70


@dataclass(frozen=True)
class Piece:
    """A piece of a text.

    Attributes:
        text: what it says.
        found: whether it is one of the words that were looked for.
    """

    text: str
    found: bool


@dataclass(frozen=True)
class Hit:
    """A record that was found.

    Attributes:
        iri: its IRI.
        title: what it is called, leading to its page.
        named: the same in pieces.
        kind: the name of its kind, "" when it has none.
        label: what people call that kind.
        text: the text of it that has the most of the words, in pieces.
        lang: the language of that text.
    """

    iri: str
    title: Value
    named: tuple[Piece, ...]
    kind: str
    label: str
    text: tuple[Piece, ...]
    lang: str


@dataclass(frozen=True)
class Search:
    """A search and what it found.

    Attributes:
        asked: what somebody typed.
        words: the words in it.
        page: which page of the records this is, from 1.
        pages: how many there are; with none found, 1.
        total: how many records were found.
        is_cut: whether there may be more than that.
        hits: those on this page.
        each: where nothing has all of several words, each of them with how many records have it.
    """

    asked: str
    words: tuple[str, ...]
    page: int = 1
    pages: int = 1
    total: int = 0
    is_cut: bool = False
    hits: tuple[Hit, ...] = ()
    each: tuple[tuple[str, int], ...] = ()


def search(graph: Graph, index: Index, asked: str, lang: str, page: int, parts: Mapping[str, Sequence[str]]) -> Search:
    """Search a release.

    Args:
        graph: the release.
        index: its index.
        asked: what somebody typed.
        lang: the language of the reader.
        page: which page of the records is wanted, from 1; beyond the last one it is the last one.
        parts: the parts of each record that has some.

    Example:
        >>> import sankofa
        >>> search(sankofa.open(), Index.read(b"", b""), "tax", "en", 1, {}).total
        0
    """
    sought = tuple(dict.fromkeys(words(asked)))
    if not sought:
        return Search(asked, ())
    found = index.find(asked, first=ON_A_PAGE * (page - 1), most=ON_A_PAGE)
    pages = max(1, -(-min(found.total, MOST_RECORDS) // ON_A_PAGE))
    if page > pages:
        return search(graph, index, asked, lang, pages, parts)
    each: tuple[tuple[str, int], ...] = ()
    if not found.total and len(sought) > 1:
        each = tuple((word, total) for word in _typed(asked) if (total := index.find(word, most=0).total))
    reader = Reader(graph, lang)
    hits = tuple(_hit(reader, iri, sought, parts.get(iri, ())) for iri in found.records)
    return Search(asked, sought, page, pages, found.total, found.is_cut, hits, each)


def pieces(text: str, sought: Sequence[str]) -> list[Piece]:
    """A text in pieces: the words that are looked for, and what stands between them.

    Args:
        text: the text.
        sought: the words, as :func:`sankofa.publish.index.words` gives them; the last may be the beginning of one.

    Example:
        >>> [piece.text for piece in pieces("L’impôt foncier à Kumasi", ["impot", "kum"]) if piece.found]
        ['impôt', 'Kumasi']
    """
    found, at = [], 0
    for match in _WRITTEN.finditer(text):
        if any(_matches(word, each, sought) for word in words(match[0]) for each in sought):
            found += [Piece(text[at : match.start()], False), Piece(match[0], True)]
            at = match.end()
    return [piece for piece in (*found, Piece(text[at:], False)) if piece.text]


def _matches(word: str, asked: str, sought: Sequence[str]) -> bool:
    return word == asked or (asked == sought[-1] and len(asked) > 1 and word.startswith(asked))


def _typed(asked: str) -> list[str]:
    """The words as they were typed, each once."""
    return list(dict.fromkeys(match[0] for match in _WRITTEN.finditer(asked)))


def _hit(reader: Reader, iri: str, sought: Sequence[str], parts: Sequence[str]) -> Hit:
    title, kind = reader.link(iri), reader.graph.kind_of(iri)
    best: tuple[tuple[int, bool, bool, int], str, str] = ((0, False, False, 0), "", "")
    for predicate, text, lang in _texts(reader.graph, [iri, *parts]):
        own = set(words(text))
        having = sum(any(_matches(word, each, sought) for word in own) for each in sought)
        is_description = predicate == DCTERMS.description
        if text != title.text and (having or is_description):
            best = max(best, ((having, lang == reader.lang, is_description, -len(text)), text, lang))
    _, text, lang = best
    name, label = (kind.name, text_for(kind.label, reader.lang)) if kind else ("", "")
    return Hit(iri, title, tuple(pieces(title.text, sought)), name, label, _shown(text, sought), lang)


def _texts(graph: Graph, members: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The texts of a record and its parts: the property of each, what it says, its language."""
    for member in members:
        for triple in graph.store.asserted(NamedNode(member)):
            value = triple.object
            if isinstance(value, Literal) and value.datatype.value in TEXTS:
                yield triple.predicate.value, value.value, value.language or ""


def _shown(text: str, sought: Sequence[str]) -> tuple[Piece, ...]:
    """The part of a text around the first of the words, in pieces."""
    text, first = " ".join(text.split()), 0
    for piece in pieces(text, sought):
        if piece.found:
            break
        first += len(piece.text)
    else:
        first = 0
    start = max(0, min(first - _BEFORE, len(text) - _SHOWN))
    if start:
        start = text.find(" ", start, first) + 1 or start
    end = start + _SHOWN
    if end < len(text):
        end = max(text.rfind(" ", first, end), first) if " " in text[first:end] else end
    return tuple(pieces(f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}", sought))

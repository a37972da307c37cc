"""The words of a release's records: a sorted text file in which a word, or the beginning of one, is found by halving.

A word is kept as people type it without care: small letters, no accents, no vowel signs. That holds for Latin, Greek
and Cyrillic letters, and for Arabic, whose forms of alef, ya and ta marbuta are one letter each here. ``words.tsv`` has
one word a line with the numbers of the records that have it, first and marked with ``*`` those that have it in their
title; ``records.tsv`` in the same folder has the records, one a line. It is no database, so that the same records give
the same bytes with every version of everything.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from sankofa.store import record_of
from sankofa.terms import DCTERMS, RDF, SKOS, XSD

WORDS, NAMES = "index/words.tsv", "index/records.tsv"
_TITLES = frozenset((DCTERMS.title, SKOS.prefLabel))
_TEXTS = frozenset((XSD.string, RDF.langString))
_WORD = re.compile(r"\w+")
#: Letters that are written in several ways and mean one.
_ONE_LETTER = str.maketrans(
    {"ى": "ي", "ة": "ه", "ـ": "", "ß": "ss", "œ": "oe", "æ": "ae", "ı": "i", "ø": "o", "ł": "l", "ς": "σ"}
    | {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)}
)


def folded(text: str) -> str:
    """A text as it is searched for: small letters, no accents.

    Example:
        >>> folded("Élan"), folded("ΩΜΈΓΑ"), folded("مَدِينَة"), folded("Город")
        ('elan', 'ωμεγα', 'مدينه', 'город')
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_ONE_LETTER)


def words(text: str) -> list[str]:
    """The words of a text, as they are searched for.

    Example:
        >>> words("L’impôt, à Bamako (٢٠١٩)")
        ['l', 'impot', 'a', 'bamako', '2019']
    """
    return _WORD.findall(folded(text))


def index(lines: Iterable[bytes]) -> tuple[bytes, bytes]:
    """The files of the index.

    Args:
        lines: what was asserted, as sorted lines of N-Triples.

    Returns:
        The content of ``words.tsv`` and of ``records.tsv``.

    Example:
        >>> line = '<https://example.org/id/city/a> <http://purl.org/dc/terms/title> "Été"@fr .\\n'
        >>> index([line.encode()])
        (b'ete\\t*0\\n', b'https://example.org/id/city/a\\n')
    """
    texts = b"".join(line for line in lines if b'> "' in line)
    found: dict[str, dict[int, bool]] = defaultdict(dict)
    numbers: dict[str, int] = {}
    for subject, predicate, value, _ in parse(texts, RdfFormat.N_TRIPLES):
        if isinstance(subject, NamedNode) and isinstance(value, Literal) and value.datatype.value in _TEXTS:
            record = record_of(subject.value)
            number = numbers.setdefault(record, len(numbers))
            in_title = predicate.value in _TITLES and record == subject.value
            for word in words(value.value):
                places = found[word]
                places[number] = in_title or places.get(number, False)
    rows = []
    for word in sorted(found):
        marked = sorted((not in_title, number) for number, in_title in found[word].items())
        rows.append(f"{word}\t{' '.join(f'{number}' if rest else f'*{number}' for rest, number in marked)}\n")
    return "".join(rows).encode(), "".join(f"{record}\n" for record in numbers).encode()


@dataclass(frozen=True)
class Index:
    """An index that can be searched.

    Args:
        rows: the lines of ``words.tsv``.
        records: the lines of ``records.tsv``.

    Example:
        >>> Index.read(b"ete\\t*0\\n", b"https://example.org/id/city/a\\n").search("Ét")
        ['https://example.org/id/city/a']
    """

    rows: list[str]
    records: list[str]

    @classmethod
    def read(cls, words_file: bytes, records_file: bytes) -> Index:
        """Read what :func:`index` wrote.

        Example:
            >>> Index.read(b"", b"").search("anything")
            []
        """
        return cls(words_file.decode().split("\n")[:-1], records_file.decode().split("\n")[:-1])

    def search(self, text: str, most: int = 100) -> list[str]:
        """The records that have all the words of a text; the last word may be the beginning of one.

        Args:
            text: what somebody typed.
            most: how many records are wanted.

        Returns:
            Their IRIs; first those that have more of the words in their title.

        Example:
            >>> Index.read(b"a\\t0 1\\nete\\t*0\\n", b"http://x/0\\nhttp://x/1\\n").search("ete a")
            ['http://x/0']
        """
        asked = words(text)
        scores: dict[int, int] | None = None
        for place, word in enumerate(asked):
            here = self._having(word, beginning=place == len(asked) - 1)
            scores = here if scores is None else {n: scores[n] + more for n, more in here.items() if n in scores}
        ranked = sorted((scores or {}).items(), key=lambda each: (-each[1], each[0]))
        return [self.records[number] for number, _ in ranked[:most]]

    def _having(self, word: str, *, beginning: bool) -> dict[int, int]:
        """The numbers of the records that have a word, each with what that counts: 3 for the title, more if whole."""
        found: dict[int, int] = {}
        at = bisect_left(self.rows, word)
        while at < len(self.rows) and self.rows[at].startswith(word if beginning else f"{word}\t"):
            own, _, places = self.rows[at].partition("\t")
            for place in places.split(" "):
                score = (3 if place.startswith("*") else 1) + (own == word)
                number = int(place.lstrip("*"))
                found[number] = max(score, found.get(number, 0))
            at += 1
        return found

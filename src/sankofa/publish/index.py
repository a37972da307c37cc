"""The words of a release's records: a sorted text file in which a word, or the beginning of one, is found by halving.

A word is kept as people type it without care: small letters, no accents, no vowel signs. That holds for Latin, Greek
and Cyrillic letters, and for Arabic, whose forms of alef, ya and ta marbuta are one letter each here, and whose article
is no part of a word. ``words.tsv`` has one word a line with the numbers of the records that have it, first and marked
with ``*`` those that have it in their title; ``records.tsv`` in the same folder has the records, one a line, those with
the shortest titles first. It is no database, so that the same records give the same bytes with every
version of everything; and it is read where it lies, so that its size is nobody's memory.
"""

from __future__ import annotations

import mmap
import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from pathlib import Path
from typing import Self

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from sankofa.store import record_of
from sankofa.terms import DCTERMS, RDF, SKOS, XSD

WORDS, NAMES = "index/words.tsv", "index/records.tsv"
_TITLES = frozenset((DCTERMS.title, SKOS.prefLabel))
#: The types of the values that are searched.
TEXTS = frozenset((XSD.string, RDF.langString))
_WORD = re.compile(r"\w+")
#: The article, with what may stand before it; a word of less than three letters is left as it is.
_ARTICLE = re.compile(r"(?:[وفبك]?ال|لل)(?=\w{3})")
#: How long a title that there is not counts.
_UNTITLED = 1_000_000
#: A beginning has at least so many letters, and stands for so many words, and for so many places of them, at most.
_SHORTEST, _MOST_WORDS, _MOST_PLACES = 2, 1_000, 200_000
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
        >>> words("L’impôt, à Bamako (٢٠١٩)"), words("المدينة")
        (['l', 'impot', 'a', 'bamako', '2019'], ['مدينه'])
    """
    return [_ARTICLE.sub("", word) if word[0] > "\u05ff" else word for word in _WORD.findall(folded(text))]


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
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    shortest: dict[str, int] = {}
    for subject, predicate, value, _ in parse(texts, RdfFormat.N_TRIPLES):
        if isinstance(subject, NamedNode) and isinstance(value, Literal) and value.datatype.value in TEXTS:
            record = record_of(subject.value)
            in_title = predicate.value in _TITLES and record == subject.value
            said = words(value.value)
            shortest[record] = min(shortest.get(record, _UNTITLED), len(said) if in_title else _UNTITLED)
            for word in said:
                places = found[word]
                places[record] = in_title or places.get(record, False)
    records = sorted(shortest, key=lambda record: (shortest[record], record))
    numbers = {record: number for number, record in enumerate(records)}
    rows = []
    for word in sorted(found):
        marked = sorted((not in_title, numbers[record]) for record, in_title in found[word].items())
        rows.append(f"{word}\t{' '.join(f'{number}' if rest else f'*{number}' for rest, number in marked)}\n")
    return "".join(rows).encode(), "".join(f"{record}\n" for record in records).encode()


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        total: how many records there are.
        records: the IRIs of those that were wanted, the best first.
        is_cut: whether a beginning stood for more words than were looked at, so that there may be more.
    """

    total: int
    records: list[str]
    is_cut: bool = False


class Index:
    """An index that can be searched.

    Args:
        words: the content of ``words.tsv``, in memory or where it lies.
        records: the content of ``records.tsv``.

    Example:
        >>> Index.read(b"ete\\t*0\\n", b"https://example.org/id/city/a\\n").search("Ét")
        ['https://example.org/id/city/a']
    """

    def __init__(self, words: bytes | mmap.mmap, records: bytes | mmap.mmap) -> None:
        """Look where each record stands; read no word yet."""
        self._words = words
        self._records = records
        self._starts = array("Q", [0])
        while (end := records.find(b"\n", self._starts[-1])) >= 0:
            self._starts.append(end + 1)

    @classmethod
    def read(cls, words_file: bytes, records_file: bytes) -> Self:
        """Read what :func:`index` wrote.

        Example:
            >>> Index.read(b"", b"").search("anything")
            []
        """
        return cls(words_file, records_file)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the index of the release in a folder: what is not asked for is not read.

        Raises:
            OSError: there is none.
        """
        return cls(*(_mapped(folder / name) for name in (WORDS, NAMES)))

    @property
    def records(self) -> list[str]:
        """All records that have a word."""
        return [self._record(number) for number in range(len(self._starts) - 1)]

    def search(self, text: str, most: int = 100) -> list[str]:
        """The records that have all the words of a text; the last word may be the beginning of one.

        Args:
            text: what somebody typed.
            most: how many records are wanted.

        Returns:
            Their IRIs; first those that have more of the words in their title, of these those with a short one.

        Example:
            >>> Index.read(b"a\\t0 1\\nete\\t*0\\n", b"http://x/0\\nhttp://x/1\\n").search("ete a")
            ['http://x/0']
        """
        return self.find(text, most=most).records

    def find(self, text: str, *, first: int = 0, most: int = 100) -> Found:
        """The records that have all the words of a text, how many there are, and some of them.

        Args:
            text: what somebody typed.
            first: how many of the best are passed over.
            most: how many are wanted.

        Example:
            >>> Index.read(b"a\\t0 1\\n", b"http://x/0\\nhttp://x/1\\n").find("a", first=1)
            Found(total=2, records=['http://x/1'], is_cut=False)
        """
        asked = list(dict.fromkeys(words(text)))
        scores: dict[int, int] | None = None
        is_cut = False
        for word in asked:
            here, cut = self._having(word, beginning=word == asked[-1] and len(word) >= _SHORTEST)
            is_cut = is_cut or cut
            scores = here if scores is None else {n: scores[n] + more for n, more in here.items() if n in scores}
        ranked = nsmallest(first + most, (scores or {}).items(), key=lambda each: (-each[1], each[0]))
        return Found(len(scores or ()), [self._record(number) for number, _ in ranked[first:]], is_cut)

    def _having(self, word: str, *, beginning: bool) -> tuple[dict[int, int], bool]:
        """The numbers of the records that have a word, each with what that counts: 3 for the title, more if whole."""
        found: dict[int, int] = {}
        sought = word.encode()
        looked_at = places = 0
        for line in _lines_from(self._words, sought):
            own, _, numbers = line.partition(b"\t")
            if not (own == sought or (beginning and own.startswith(sought))):
                break
            if looked_at >= _MOST_WORDS or places >= _MOST_PLACES:
                return found, True
            whole = own == sought
            for place in numbers.split(b" "):
                score = (3 if place.startswith(b"*") else 1) + whole
                number = int(place.lstrip(b"*"))
                found[number] = max(score, found.get(number, 0))
            looked_at, places = looked_at + 1, places + numbers.count(b" ") + 1
        return found, False

    def _record(self, number: int) -> str:
        return self._records[self._starts[number] : self._starts[number + 1] - 1].decode()


def _mapped(file: Path) -> bytes | mmap.mmap:
    with file.open("rb") as opened:
        if not file.stat().st_size:
            return b""
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)


def _lines_from(text: bytes | mmap.mmap, word: bytes) -> Iterator[bytes]:
    """The lines of a sorted text from the first whose word is not before this one; found by halving."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        start = text.rfind(b"\n", 0, middle) + 1
        if text[start : text.find(b"\t", start)] < word:
            low = text.find(b"\n", middle) + 1
        else:
            high = start
    while low < len(text):
        end = text.find(b"\n", low)
        yield text[low:end]
        low = end + 1

"""Where the triples to judge come from, and how each engine takes them soonest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from sankofa import shipped
from sankofa.fields.files import Spo, read_triples

if TYPE_CHECKING:
    from sankofa.validation.columns import Table


#: Up to this many bytes of RDF, or triples, data are small.
_SMALL_BYTES, _SMALL = 3_000_000, 25_000


#: Is told what is being done ("reading", "checking"), how far it is, and how much it is in all.
Progress = Callable[[str, int, int], None]


def unseen_progress(what: str, done: int, of: int) -> None:
    """Tell nobody how far something is.

    Args:
        what: what is being done.
        done: how far it is.
        of: how much it is in all.

    Example:
        >>> unseen_progress("reading", 1, 2)
    """


class Source(Protocol):
    """Some triples to judge."""

    def is_small(self) -> bool:
        """Whether reading the triples into memory is quicker than starting a database."""

    @property
    def triples(self) -> Sequence[Spo]:
        """The triples, each once."""

    def fill(self, table: Table, progress: Progress = unseen_progress) -> None:
        """Put them into columns."""


@dataclass(frozen=True)
class Files:
    """The triples of RDF files, those of their named graphs too.

    Args:
        paths: the files.
    """

    paths: tuple[Path, ...]

    def is_small(self) -> bool:
        """Whether reading the triples into memory is quicker than starting a database."""
        try:
            return sum(file.stat().st_size * (20 if file.suffix == ".gz" else 1) for file in self.paths) < _SMALL_BYTES
        except OSError:
            return False  # who reads it says what is wrong

    @cached_property
    def triples(self) -> Sequence[Spo]:
        """The triples, each once."""
        return _distinct(read_triples(self.paths, prefix="d"))

    def fill(self, table: Table, progress: Progress = unseen_progress) -> None:
        """Put them into columns."""
        for number, path in enumerate(self.paths):
            progress("reading", number, len(self.paths))
            table.load([path])


@dataclass(frozen=True)
class Triples:
    """Triples in memory.

    Args:
        given: the triples; the same may come twice.
    """

    given: Iterable[Spo]

    def is_small(self) -> bool:
        """Whether reading the triples into memory is quicker than starting a database."""
        return len(self.triples) < _SMALL

    @cached_property
    def triples(self) -> Sequence[Spo]:
        """The triples, each once."""
        return _distinct(self.given)

    def fill(self, table: Table, progress: Progress = unseen_progress) -> None:
        """Put them into columns."""
        table.load_spo(self.triples)


@dataclass(frozen=True)
class Together:
    """The triples of several sources.

    Args:
        parts: the sources.
    """

    parts: tuple[Source, ...]

    def is_small(self) -> bool:
        """Whether reading the triples into memory is quicker than starting a database."""
        return all(part.is_small() for part in self.parts)

    @cached_property
    def triples(self) -> Sequence[Spo]:
        """The triples, each once."""
        return _distinct(triple for part in self.parts for triple in part.triples)

    def fill(self, table: Table, progress: Progress = unseen_progress) -> None:
        """Put them into columns."""
        for part in self.parts:
            part.fill(table, progress)


def source_of(data: Source | Iterable[Spo]) -> Source:
    """Triples as a source.

    Args:
        data: a source, or triples.

    Example:
        >>> source_of([]).triples
        []
    """
    return data if isinstance(data, Files | Triples | Together) else Triples(cast("Iterable[Spo]", data))


def _distinct(triples: Iterable[Spo]) -> list[Spo]:
    """Each triple once, in the order of the first."""
    return list(dict.fromkeys(triples))


@lru_cache(maxsize=1)
def vocabularies() -> tuple[Spo, ...]:
    """The triples of the closed lists that we ship.

    Example:
        >>> len(vocabularies()) > 1000
        True
    """
    return tuple(read_triples(shipped.vocabulary_files(), prefix="v"))

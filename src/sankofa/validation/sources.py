"""Where the triples to judge come from, and how each engine takes them soonest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from sankofa import shipped
from sankofa.fields.files import Spo, read_triples

if TYPE_CHECKING:
    from sankofa.validation.columns import Table


class Source(Protocol):
    """Some triples to judge."""

    @property
    def triples(self) -> Sequence[Spo]:
        """The triples, each once."""

    def fill(self, table: Table) -> None:
        """Put them into columns."""


@dataclass(frozen=True)
class Files:
    """The triples of RDF files, those of their named graphs too.

    Args:
        paths: the files.
    """

    paths: tuple[Path, ...]

    @cached_property
    def triples(self) -> Sequence[Spo]:
        """The triples, each once."""
        return _distinct(read_triples(self.paths, prefix="d"))

    def fill(self, table: Table) -> None:
        """Put them into columns."""
        table.load(self.paths)


@dataclass(frozen=True)
class Triples:
    """Triples in memory.

    Args:
        given: the triples; the same may come twice.
    """

    given: Iterable[Spo]

    @cached_property
    def triples(self) -> Sequence[Spo]:
        """The triples, each once."""
        return _distinct(self.given)

    def fill(self, table: Table) -> None:
        """Put them into columns."""
        table.load_spo(self.triples)


@dataclass(frozen=True)
class Together:
    """The triples of several sources.

    Args:
        parts: the sources.
    """

    parts: tuple[Source, ...]

    @cached_property
    def triples(self) -> Sequence[Spo]:
        """The triples, each once."""
        return _distinct(triple for part in self.parts for triple in part.triples)

    def fill(self, table: Table) -> None:
        """Put them into columns."""
        for part in self.parts:
            part.fill(table)


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

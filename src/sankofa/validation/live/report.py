"""The report that stands: told when somebody reads it, from the graph as it was when the report was made."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar, overload

from sankofa.fields import LEVELS
from sankofa.validation.report import Finding, Report

T = TypeVar("T")


class Later(Sequence[T], Generic[T]):
    """A sequence that is made when it is first read.

    Args:
        make: makes its members.

    Example:
        >>> Later(lambda: [1, 2]) == (1, 2)
        True
    """

    def __init__(self, make: Callable[[], Sequence[T]]) -> None:
        """Make nothing yet."""
        self._make: Callable[[], Sequence[T]] | None = make
        self._made: tuple[T, ...] = ()
        self._making = threading.Lock()

    def now(self) -> tuple[T, ...]:
        """The members, made if they are not yet."""
        with self._making:
            if self._make is not None:
                self._made = tuple(self._make())
                self._make = None
        return self._made

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """A member, or some of them."""
        return self.now()[at]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.now())

    def __iter__(self) -> Iterator[T]:
        """The members."""
        return iter(self.now())

    def __eq__(self, other: object) -> bool:
        """Whether another sequence has the same members."""
        return isinstance(other, Sequence) and self.now() == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """As a tuple is written."""
        return repr(self.now())


@dataclass(frozen=True)
class StandingReport(Report):
    """A report of a graph that is brought up to date after changes.

    Args:
        levels: how many findings there are of each level.
        standard: how many of the standard's results there are.
        touched: the findings at the nodes that were judged again since the report before; all of them after a full run.
        again: how many nodes were judged again since then; None after a full run.
        tell: tells the findings of some levels and no others; without it all are told, and those are picked out.
    """

    levels: Mapping[str, int] = field(default_factory=dict)
    standard: int = 0
    touched: Sequence[Finding] = ()
    again: int | None = None
    tell: Callable[[Sequence[str]], tuple[Finding, ...]] | None = field(default=None, compare=False, repr=False)

    def at(self, level: str) -> Report:
        """The same report, showing only what is in the way of a level; nothing else of it is told.

        Args:
            level: draft, publishable or exemplary (everything).

        Raises:
            UnknownName: there is no such level.
        """
        if self.tell is None or self.every is not None or level not in LEVELS[:-1]:
            return super().at(level)
        return replace(self, findings=self.tell(LEVELS[: LEVELS.index(level) + 1]), every=self.findings)

    @property
    def conforms(self) -> bool:
        """What the standard calls conforming: no result of any severity."""
        return not self.standard

    @property
    def counts(self) -> dict[str, int]:
        """How many findings of each level are shown."""
        return dict(self.levels) if self.every is None else super().counts

"""What became of every cell, and the change that a capture is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyoxigraph as ox

from sankofa.capture.refusals import Place, Refusal
from sankofa.capture.sheet import Cell

Outcome = Literal["imported", "ignored", "refused"]

#: The columns of the accounting table.
COLUMNS = ("sheet", "column", "heading", "cells", "imported", "ignored", "refused", "cell", "value", "reason")


@dataclass(frozen=True)
class Account:
    """What became of one cell that was not empty.

    Args:
        cell: the cell.
        outcome: imported, ignored, or refused; refused also when only some of its values were.
        triples: the triples it gave.
        reason: why it was ignored or refused, "" when it was imported.
        refusals: what was refused in it.
    """

    cell: Cell
    outcome: Outcome
    triples: tuple[ox.Triple, ...] = ()
    reason: str = ""
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Capture:
    """The outcome of reading sheets: one change, and what became of every cell.

    Args:
        added: the triples that go in, sorted.
        removed: the triples that go out because the same cells no longer say them, sorted.
        records: the addresses of the records that the rows describe, in the order of the rows.
        accounts: what became of every cell, in the order of the cells.
        refusals: everything that was refused, in the order of the cells.
        remarks: what is worth knowing and is no refusal, such as empty rows.
        origins: the cell that each triple of the rows comes from; defaults come from the row's first cell.
    """

    added: tuple[ox.Triple, ...]
    removed: tuple[ox.Triple, ...]
    records: tuple[ox.NamedNode, ...]
    accounts: tuple[Account, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Refusal, ...] = ()
    origins: Mapping[ox.Triple, Place] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether every cell was imported or left out on purpose."""
        return not self.refusals

    def count(self, outcome: Outcome) -> int:
        """How many cells had an outcome.

        Args:
            outcome: imported, ignored or refused.

        Example:
            >>> Capture((), (), (), (), ()).count("imported")
            0
        """
        return sum(1 for account in self.accounts if account.outcome == outcome)

    def table(self, language: str = "en") -> list[tuple[str, ...]]:
        """The accounting as a table: a row per sheet and column, then a row per cell that was not imported.

        Args:
            language: the language of the reasons: fr, en, pt or ar.

        Example:
            >>> Capture((), (), (), (), ()).table()[0][:3]
            ('sheet', 'column', 'heading')
        """
        columns: dict[tuple[str, int, str], dict[str, int]] = {}
        cells: list[tuple[str, ...]] = []
        for account in self.accounts:
            place = account.cell.place
            key = (place.sheet, place.column, account.cell.heading)
            counts = columns.setdefault(key, {"imported": 0, "ignored": 0, "refused": 0})
            counts[account.outcome] += 1
            if account.outcome != "imported":
                reason = account.reason
                if account.refusals:
                    reason = " ".join(refusal.reason(language) for refusal in account.refusals)
                head = (place.sheet, place.letter, account.cell.heading, "1")
                tally = tuple("1" if account.outcome == name else "0" for name in counts)
                cells.append((*head, *tally, place.cell, account.cell.text, reason))
        rows = []
        for (sheet, column, heading), counts in sorted(columns.items()):
            letter = Place("", sheet, 1, column).letter
            numbers = [sum(counts.values()), *counts.values()]
            rows.append((sheet, letter, heading, *map(str, numbers), "", "", ""))
        return [COLUMNS, *rows, *cells]

    def to_csv(self, language: str = "en") -> str:
        """The accounting as CSV.

        Args:
            language: the language of the reasons.

        Example:
            >>> Capture((), (), (), (), ()).to_csv().startswith("sheet,column,heading,cells")
            True
        """
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerows(self.table(language))
        return file.getvalue()


def in_order(triples: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
    """Triples sorted by subject, predicate and object, each once.

    Args:
        triples: the triples.

    Example:
        >>> in_order([])
        ()
    """
    return tuple(sorted(set(triples), key=str))

"""What the checks find in a network's graph, and find anew after a change.

A check is asked again only for the records that a change can have touched: they are found by following the query's own
patterns back from the changed triples, and judged on the few triples that their rows rest on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pyoxigraph as ox

from sankofa.fields import text_in
from sankofa.fields.files import Node, Spo, Term
from sankofa.terms import DCTERMS, SKF
from sankofa.validation.checks import Ask, Check, asked, checks, month_of, today_of
from sankofa.validation.describe import Describer
from sankofa.validation.joins import RECORD, Linked
from sankofa.validation.messages import Told
from sankofa.validation.report import Finding
from sankofa.validation.words import isolated

_DATES = (DCTERMS.issued, DCTERMS.modified)
_NEWEST = (SKF.status, *_DATES)


@dataclass(frozen=True, slots=True)
class Recheck:
    """What a check says after a change.

    Args:
        check: the check.
        seen: the records that it looked at again, or None for everything; its earlier rows about those hold no more.
        rows: its rows about those.
    """

    check: Check
    seen: frozenset[Term] | None
    rows: tuple[Mapping[str, Term], ...]


class Crossing:
    """The checks of one graph, through its changes.

    Args:
        ask: asks a query of what was asserted, the vocabularies and the class tree, as they are when it is asked.
        among: the checks; by default those that come with Sankofa.
        given: values for parameters of theirs, instead of the defaults in their files.
        today: the month of the newest record, where that is known already.
    """

    def __init__(
        self,
        ask: Ask,
        among: Iterable[Check] | None = None,
        given: Mapping[str, ox.Literal] | None = None,
        *,
        today: str | None = None,
    ) -> None:
        """Find the month of the newest record, unless it is given."""
        self._ask = ask
        self._given = given or {}
        self._checks = checks() if among is None else tuple(among)
        self.today = today_of(ask) if today is None else today

    def findings(self, describer: Describer) -> list[Finding]:
        """All that the checks find.

        Args:
            describer: tells the findings.

        Example:
            >>> from sankofa.fields import read_fields
            >>> from sankofa.validation.data import Data
            >>> from sankofa.validation.messages import messages
            >>> Crossing(asked([])).findings(Describer(read_fields(), messages(), Data([])))
            []
        """
        return [told(check, row, describer) for check, rows in self.rows() for row in rows]

    def rows(self) -> list[tuple[Check, tuple[Mapping[str, Term], ...]]]:
        """All that the checks find, as rows.

        Example:
            >>> [rows for check, rows in Crossing(asked([])).rows() if rows]
            []
        """
        return [(check, _distinct(check.rows(self._ask, self.today, self._given))) for check in self._checks]

    def after(self, changed: Iterable[Spo], data: Linked) -> list[Recheck]:
        """What the checks find anew after a change; a check that it cannot have touched is not among them.

        Args:
            changed: the triples that came or went.
            data: the data after the change, with the vocabularies and the class tree.

        Example:
            >>> from sankofa.validation.data import Data
            >>> Crossing(asked([])).after([], Data([]))
            []
        """
        triples = list(changed)
        before = self.today
        self.today = self._today_after(triples, data)
        predicates = {predicate.value for _, predicate, _ in triples}
        found = []
        for check in self._checks:
            joins = check.joins
            if check.asks_today and self.today != before:
                again = True
            elif joins.reads is not None and joins.reads.isdisjoint(predicates):
                continue
            else:
                again = not joins.local
            if again:
                found.append(Recheck(check, None, _distinct(check.rows(self._ask, self.today, self._given))))
            elif records := joins.touched(data, triples):
                found.append(Recheck(check, frozenset(records), _distinct(self._rows_about(check, data, records))))
        return found

    def _rows_about(self, check: Check, data: Linked, records: set[Node]) -> list[dict[str, Term]]:
        """The rows of a check about some records, from the triples around them; from few of those where few will do."""

        def rows(about: set[Node], *, few: bool) -> list[dict[str, Term]]:
            part = asked(check.joins.around(data, about, few=few), [check])
            return [row for row in check.rows(part, self.today, self._given) if row[RECORD] in about]

        if check.joins.takes_away:
            records = {cast(Node, row[RECORD]) for row in rows(records, few=True)}
        return rows(records, few=False) if records else []

    def _today_after(self, changed: Sequence[Spo], data: Linked) -> str:
        """The month of the newest record after a change; the whole graph is asked only where the newest went."""
        subjects: dict[Node, set[Term]] = {}
        for subject, predicate, value in changed:
            if predicate.value in _NEWEST:
                subjects.setdefault(subject, set()).update([value] if predicate.value in _DATES else [])
        newest = ""
        dates: set[Term] = set()
        for subject, before in subjects.items():
            there = {value for date in _DATES for value in data.all(subject, date)}
            if any(True for _ in data.all(subject, SKF.status)):
                newest = max((newest, *map(month_of, there)))
            dates |= before | there
        if newest >= self.today:
            return newest
        lost = [value for value in dates if month_of(value) == self.today]
        return self.today if not lost or self._is_dated(lost) else today_of(self._ask)

    def _is_dated(self, dates: Iterable[Term]) -> bool:
        """Whether another record has one of these very dates, which is soon found out."""
        for date in dates:
            dated = " UNION ".join(f"{{ ?record <{one}> {date} ; <{SKF.status}> ?status }}" for one in _DATES)
            if any(True for _ in self._ask(f"SELECT ?record {{ {dated} }} LIMIT 1")):
                return True
        return False


def told(check: Check, row: Mapping[str, Term], describer: Describer) -> Finding:
    """A row of a check as a finding.

    Args:
        check: the check.
        row: the row.
        describer: tells the finding.

    Example:
        >>> from sankofa.fields import read_fields
        >>> from sankofa.validation.checks import checks
        >>> from sankofa.validation.data import Data
        >>> from sankofa.validation.messages import messages
        >>> row = {"record": ox.NamedNode("https://example.org/id/city/a")}
        >>> told(checks()[0], row, Describer(read_fields(), messages(), Data([]))).code
        'SKF-Q06'
    """

    def shown(hole: str, lang: str) -> str:
        return isolated(text_in(describer.shown(row.get(hole)), lang), lang)

    focus = row[RECORD]
    return describer.beyond(focus, check.level, Told(check.told(shown), check.advice, check.code))


def _distinct(rows: Iterable[Mapping[str, Term]]) -> tuple[Mapping[str, Term], ...]:
    """Each row once."""
    return tuple({tuple(sorted(row.items(), key=lambda cell: cell[0])): row for row in rows}.values())

"""A change: one atomic edit of a graph. What it comes to in the end, and whether it meets somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Quad

from sankofa.errors import Conflict, ParameterError, UnknownName
from sankofa.store.entry import entering
from sankofa.store.graphs import Graphs, record_of


@dataclass(frozen=True, slots=True)
class Change:
    """One atomic edit: who, when, why, quads out, quads in.

    Args:
        removed: the quads that go out; after a commit only those that were there.
        added: the quads that come in; after a commit only those that were not there.
        who: the person, role or tool that makes the change.
        when: an ISO date or dateTime; "" takes the clock once, for the header of the log entry only.
        why: what the change is for, in a few words.
        begun: the version of the graph the change was prepared on; None checks no conflict.
        number: given by the store; 0 for a change that is not committed, or that changed nothing.
        undoes: the number of the change that this one reverses.
        withdraws: the record whose content this change took out of the graph and of the log.

    Example:
        >>> Change(who="secretariat", why="first capture").number
        0
    """

    removed: tuple[Quad, ...] = ()
    added: tuple[Quad, ...] = ()
    who: str = ""
    when: str = ""
    why: str = ""
    begun: int | None = None
    number: int = 0
    undoes: int | None = None
    withdraws: str | None = None

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.removed or self.added)

    @property
    def records(self) -> set[str]:
        """The records whose triples it touches.

        Example:
            >>> Change().records
            set()
        """
        subjects = {quad.subject for quad in (*self.removed, *self.added)}
        return {record_of(subject.value) for subject in subjects if isinstance(subject, NamedNode)}


@dataclass(frozen=True, slots=True)
class Entry:
    """The header of a committed change: everything but its quads."""

    number: int
    who: str
    when: str
    why: str
    undoes: int | None = None
    withdraws: str | None = None
    id: str = ""
    previous: str = ""
    rows: str = ""

    @property
    def signature(self) -> str:
        """Who made the change and when, as one phrase for messages."""
        return f"change {self.number} by {self.who or 'somebody unnamed'} on {self.when}"


def net(change: Change, present: Callable[[Iterable[Quad]], set[Quad]], graphs: Graphs) -> Change:
    """Reduce a change to what it really changes: nothing out that is not there, nothing in that is.

    Args:
        change: what somebody wants.
        present: tells which of some quads the graph has.
        graphs: the graphs of the network.

    Raises:
        ReadOnly: it touches a reserved graph.
        ParameterError: its date is none.

    Example:
        >>> net(Change(when="2026-03-01"), set, Graphs.of("https://example.org/")).added
        ()
    """
    out = entering(change.removed, graphs) if change.removed else []
    into = entering(change.added, graphs) if change.added else []
    kept = set(into) if out else set()
    removed = present(quad for quad in out if quad not in kept)
    there = present(into)
    added = [quad for quad in into if quad not in there]
    when = change.when or datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    rows = (tuple(sorted(quads, key=str)) for quads in (removed, added))
    return replace(change, removed=next(rows), added=next(rows), when=dated(when))


def dated(when: str) -> str:
    """Check that a change's date is an ISO date or dateTime.

    Raises:
        ParameterError: it is neither.

    Example:
        >>> dated("2026-03-01")
        '2026-03-01'
    """
    try:
        datetime.fromisoformat(when)
    except ValueError:
        raise ParameterError(
            f"'{when}' is no date of a change", hint="write it as 2026-03-01 or 2026-03-01T09:30:00Z"
        ) from None
    return when


def refuse_conflict(change: Change, later: Iterable[tuple[Entry, Change]]) -> None:
    """Refuse a change that touches a record which others changed after it began.

    Args:
        change: the net change, about to be committed.
        later: the changes since it began, oldest first.

    Raises:
        Conflict: names the record, who changed it and when, and the values that differ.

    Example:
        >>> refuse_conflict(Change(), [])
    """
    ours = change.records
    for entry, theirs in later:
        if entry.withdraws in ours:
            raise Conflict(f"the record was withdrawn by {entry.signature}", where=str(entry.withdraws))
        both = sorted(ours & theirs.records)
        if both:
            differences = _differences(both[0], change, theirs)
            more = f" (and {len(both) - 1} more records)" if len(both) > 1 else ""
            raise Conflict(
                f"{entry.signature} changed the same record{more}{differences}",
                where=both[0],
                hint="look at the record as it is now and make the change again",
            )


def _differences(record: str, ours: Change, theirs: Change) -> str:
    """The values that both changes give to the same field, at most three."""

    def given(change: Change) -> dict[tuple[str, str], list[str]]:
        values: dict[tuple[str, str], list[str]] = {}
        for quad in change.added:
            subject = str(quad.subject)[1:-1]
            if record_of(subject) == record:
                values.setdefault((subject, quad.predicate.value), []).append(_shown(quad))
        return values

    mine, other = given(ours), given(theirs)
    texts = [
        f"{predicate.rpartition('#')[2].rpartition('/')[2]}: {', '.join(sorted(mine[key]))} here, "
        f"{', '.join(sorted(other[key]))} there"
        for key in sorted(mine.keys() & other.keys())
        if sorted(mine[key]) != sorted(other[key])
        for predicate in (key[1],)
    ]
    return f" ({'; '.join(texts[:3])})" if texts else ""


def _shown(quad: Quad) -> str:
    text = f"'{quad.object.value}'" if isinstance(quad.object, Literal) else str(quad.object)
    return text if len(text) <= 80 else f"{text[:76]}…{text[-1]}"


def reversal(number: int, entries: Sequence[Entry]) -> list[int]:
    """Which later changes still stand, so that change ``number`` can be undone on top of them.

    A change and its undo cancel each other; what they touched stands in nobody's way.

    Args:
        number: the change to undo.
        entries: the headers of all changes, oldest first.

    Raises:
        UnknownName: there is no such change.
        Conflict: it is undone already, or was emptied by a withdrawal.

    Example:
        >>> reversal(1, [Entry(1, "a", "2026-01-01", ""), Entry(2, "b", "2026-01-02", "")])
        [2]
    """
    known = {entry.number: entry for entry in entries}
    if number not in known:
        raise UnknownName(f"there is no change {number}", hint=f"the last one is {max(known, default=0)}")
    cancelled: dict[int, Entry] = {}
    for entry in reversed(entries):
        if entry.undoes is not None and entry.number not in cancelled:
            cancelled[entry.number] = cancelled[entry.undoes] = entry
    by = cancelled.get(number)
    if by is not None and by.number != number:
        raise Conflict(
            f"change {number} is already undone by {by.signature}", hint=f"undo change {by.number} to have it back"
        )
    if known[number].withdraws:
        raise Conflict(f"change {number} withdrew a record, which cannot be undone", where=str(known[number].withdraws))
    return [entry.number for entry in entries if entry.number > number and entry.number not in cancelled]

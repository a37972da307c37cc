"""The log of changes as RDF Patch: one entry a change, chained by digests, durable before anybody is told.

An entry looks like this (https://afs.github.io/rdf-delta/rdf-patch.html); ``prev`` is the ``id`` of the entry before
it, ``id`` is the SHA-256 of the other header lines, ``rows`` that of the lines between TX and TC::

    H id <urn:sha256:…> .
    H prev <urn:sha256:…> .
    H number 2 .
    H who "secretariat" .
    H when "2026-03-01" .
    H why "first capture" .
    H rows <urn:sha256:…> .
    TX .
    D <s> <p> <o> <g> .
    A <s> <p> <o> <g> .
    TC .

The chain goes over the headers, so the rows of a withdrawn record can be taken out and the chain still holds.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Literal, RdfFormat, parse

from sankofa.errors import StorageError, UnknownName
from sankofa.store.changes import Change, Entry
from sankofa.store.disk import storage_error, sync_folder, write_file

_NAME = re.compile(r"(\d{6,})\.patch")
_HEADER = re.compile(r'H (\w+) (?:<([^>]*)>|(\d+)|("(?:[^"\\]|\\.)*")) \.')
_START, _END = b"TX .\n", b"TC .\n"
_RESTORE = "restore the folder from a backup, or load the newest release into a new graph"


class BrokenEntryError(ValueError):
    """The bytes are no complete log entry."""


def to_patch(change: Change, previous: str) -> bytes:
    """Write one change as an entry of the log.

    Args:
        change: a net change with its number.
        previous: the ``id`` of the entry before it, "" for the first.

    Example:
        >>> print(to_patch(Change(number=1, who="a", when="2026-03-01"), "").decode().splitlines()[1])
        H number 1 .
    """
    rows = [f"D {quad} .\n" for quad in change.removed] + [f"A {quad} .\n" for quad in change.added]
    body = "".join(rows).encode()
    head = [f"H prev <{previous}> ."] if previous else []
    head.append(f"H number {change.number} .")
    head += [f"H {name} {Literal(value)} ." for name in ("who", "when", "why") if (value := getattr(change, name))]
    if change.undoes is not None:
        head.append(f"H undoes {change.undoes} .")
    if change.withdraws is not None:
        head.append(f"H withdraws <{change.withdraws}> .")
    head.append(f"H rows <{_digest(body)}> .")
    text = "\n".join(head)
    return f"H id <{_digest(text.encode())}> .\n{text}\n".encode() + _START + body + _END


def read_entry(data: bytes, *, whole: bool = True) -> Entry:
    """Read the header of an entry.

    Args:
        data: the bytes of the entry.
        whole: also check that the entry is complete and its header is what its ``id`` says.

    Raises:
        BrokenEntryError: the entry is cut off or was altered.

    Example:
        >>> read_entry(to_patch(Change(number=7, when="2026-03-01"), "")).number
        7
    """
    head, start, rest = data.partition(_START)
    first, _, signed = head.partition(b"\n")
    if whole and not (start and (rest == _END or rest.endswith(b"\n" + _END))):
        raise BrokenEntryError("it is cut off")
    try:
        lines = head.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise BrokenEntryError("it is no text") from None
    values: dict[str, str] = {}
    for line in lines:
        match = _HEADER.fullmatch(line)
        if not match:
            raise BrokenEntryError(f"'{line}' is no header")
        values[match[1]] = match[2] or match[3] or _text(match[4] or '""')
    if "number" not in values or "rows" not in values:
        raise BrokenEntryError("its header is not complete")
    if whole and first != f"H id <{_digest(signed.rstrip(bytes([10])))}> .".encode():
        raise BrokenEntryError("its header was altered")
    return Entry(
        number=int(values["number"]),
        who=values.get("who", ""),
        when=values.get("when", ""),
        why=values.get("why", ""),
        undoes=int(values["undoes"]) if "undoes" in values else None,
        withdraws=values.get("withdraws"),
        id=values.get("id", ""),
        previous=values.get("prev", ""),
        rows=values["rows"],
    )


def read_change(data: bytes) -> Change:
    """Read an entry with its quads.

    Raises:
        BrokenEntryError: the entry is cut off or was altered.

    Example:
        >>> read_change(to_patch(Change(number=1, when="2026-03-01"), "")).added
        ()
    """
    entry = read_entry(data)
    body = data.partition(_START)[2].removesuffix(_END)
    if b"\nD " in body or body.startswith(b"D "):
        rows = body.splitlines(keepends=True)
        removed = b"".join(row[2:] for row in rows if row.startswith(b"D "))
        added = b"".join(row[2:] for row in rows if row.startswith(b"A "))
    else:  # as most are, large ones above all: a row is one line, so this is a row's beginning wherever it stands
        removed, added = b"", (b"\n" + body).replace(b"\nA ", b"\n")[1:]
    try:
        return Change(
            removed=tuple(parse(removed, RdfFormat.N_QUADS)),
            added=tuple(parse(added, RdfFormat.N_QUADS)),
            who=entry.who,
            when=entry.when,
            why=entry.why,
            number=entry.number,
            undoes=entry.undoes,
            withdraws=entry.withdraws,
        )
    except SyntaxError as error:
        raise BrokenEntryError(f"a row does not parse ({error.msg})") from None


class Log:
    """All changes of one graph, in memory or in a folder.

    Args:
        folder: where the entries are, one file each; None keeps them in memory.

    Example:
        >>> log = Log()
        >>> log.append(Change(who="secretariat", when="2026-03-01", why="a test", number=1))
        >>> [entry.why for entry in log.history()]
        ['a test']
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Find the entries; none is read yet."""
        self._folder = folder
        self._memory: dict[int, bytes] = {}
        self._entries: dict[int, Entry] = {}
        if folder is not None:
            for path in folder.iterdir():
                if match := _NAME.fullmatch(path.name):
                    self._memory[int(match[1])] = b""
        numbers = sorted(self._memory)
        if numbers != list(range(1, len(numbers) + 1)):
            missing = next(n for n in range(1, max(numbers) + 1) if n not in self._memory)
            raise StorageError(f"change {missing} is missing from the log", where=str(folder), hint=_RESTORE)

    @property
    def last(self) -> int:
        """The number of the last change, 0 when there is none."""
        return len(self._memory)

    def path(self, number: int) -> Path:
        """The file of an entry; only for a log in a folder."""
        if self._folder is None:
            raise StorageError("this log is in memory and has no files")
        return self._folder / f"{number:06d}.patch"

    def bytes_of(self, number: int) -> bytes:
        """The entry as it is written.

        Raises:
            UnknownName: there is no such change.
            StorageError: the file cannot be read.
        """
        if number not in self._memory:
            raise UnknownName(f"there is no change {number}", hint=f"the last one is {self.last}")
        if self._folder is None:
            return self._memory[number]
        try:
            return self.path(number).read_bytes()
        except OSError as error:
            raise storage_error(error, self.path(number)) from error

    def read(self, number: int) -> Change:
        """One change with its quads.

        Raises:
            UnknownName: there is no such change.
            StorageError: its entry is broken.
        """
        with self._whole(number):
            return read_change(self.bytes_of(number))

    def entry(self, number: int) -> Entry:
        """The header of one change."""
        if number not in self._entries:
            with self._whole(number):
                self._entries[number] = read_entry(self.bytes_of(number))
        return self._entries[number]

    def history(self, iri: str | None = None) -> list[Entry]:
        """The headers of all changes, oldest first, or of those that touch a record or a fragment of it.

        Args:
            iri: the IRI of a record, or the name of a graph for all that was written into it.
        """
        numbers = range(1, self.last + 1)
        if iri is None:
            return [self.entry(number) for number in numbers]
        marks = [f"\n{row} <{iri}{end}".encode() for row in "AD" for end in (">", "#")]
        marks.append(f" <{iri}> .\n".encode())  # every row names its graph last; a withdrawn record ends its header
        found = []
        for number in numbers:
            data = self.bytes_of(number)
            if any(mark in data for mark in marks):
                found.append(self.entry(number))
        return found

    def append(self, change: Change) -> None:
        """Write the entry of the next change; in a folder it is durable when this returns.

        Raises:
            StorageError: the disk is full or gone; the log is as it was.
        """
        previous = self.entry(self.last).id if self.last else ""
        data = to_patch(change, previous)
        if self._folder is not None:
            try:
                write_file(self.path(change.number), data)
            except StorageError:
                # it may have its name already: nobody is told of the change, so the next opening must not find it
                with contextlib.suppress(OSError):
                    self.path(change.number).unlink(missing_ok=True)
                raise
        self._memory[change.number] = data if self._folder is None else b""
        self._entries[change.number] = read_entry(data)

    def take_back(self, number: int) -> None:
        """Remove the last entry, which the store could not follow."""
        if self._folder is not None:
            self.path(number).unlink(missing_ok=True)
            sync_folder(self._folder)
        self._memory.pop(number, None)
        self._entries.pop(number, None)

    def empty(self, record: str, *, before: int) -> None:
        """Take the rows of a record out of all entries before a number; headers and chain stay.

        Args:
            record: the IRI of the record; fragments of it go too.
            before: the number of the change that withdraws it.

        Raises:
            StorageError: the disk is full or gone; entries are emptied one by one, again on the next opening.
        """
        starts = tuple(f"{row} <{record}{end}".encode() for row in "AD" for end in (">", "#"))
        for number in range(1, before):
            data = self.bytes_of(number)
            if not any(b"\n" + start in data for start in starts):
                continue
            kept = b"".join(line for line in data.splitlines(keepends=True) if not line.startswith(starts))
            if self._folder is None:
                self._memory[number] = kept
            else:
                write_file(self.path(number), kept)

    def verify(self) -> None:
        """Read every entry and check the chain, the digests and the rows.

        Raises:
            StorageError: names the first entry that was altered.
        """
        withdrawn = max((n for n in range(1, self.last + 1) if self.entry(n).withdraws), default=0)
        previous = ""
        for number in range(1, self.last + 1):
            with self._whole(number):
                data = self.bytes_of(number)
                read_change(data)
                entry = read_entry(data)
                if entry.previous != previous or entry.number != number:
                    raise BrokenEntryError("it does not follow the entry before it")
                rows = data.partition(_START)[2].removesuffix(_END)
                if number > withdrawn and entry.rows != _digest(rows):
                    raise BrokenEntryError("its rows were altered")
                previous = entry.id

    def set_aside(self, number: int, *, rename: bool) -> None:
        """Let a broken last entry no longer count; renamed, its file is kept and out of the way."""
        if rename:
            self.path(number).replace(self.path(number).with_suffix(".broken"))
        self._memory.pop(number)

    @contextlib.contextmanager
    def _whole(self, number: int) -> Iterator[None]:
        try:
            yield
        except BrokenEntryError as error:
            where = str(self.path(number)) if self._folder is not None else f"change {number}"
            raise StorageError(f"the log entry is broken: {error}", where=where, hint=_RESTORE) from None


def _text(literal: str) -> str:
    quad = next(iter(parse(f"<urn:s> <urn:p> {literal} .", RdfFormat.N_TRIPLES)))
    return str(getattr(quad.object, "value", ""))


def _digest(data: bytes) -> str:
    return f"urn:sha256:{sha256(data).hexdigest()}"

"""The file of a standing report, beside the graph it is about.

Lines of text: a head (JSON) that says up to which change and by which rules the report holds, how many lines follow
and their checksum; then one line an entry, the node and what stands there. A later change appends a head with the
entries it changed, an empty one where nothing stands any more. What is torn or altered is not believed: the report is
made anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from zlib import crc32

from sankofa.errors import StorageError
from sankofa.store.disk import write_file

_FORMAT = 1
_SMALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Head:
    """What a standing report holds up to.

    Args:
        change: the number of the last change that it knows.
        rules: a digest of what it was judged by.
        today: the month of the newest record.
        checked: the number of focus nodes, records: of records, triples: of triples.
        levels: how many findings there are of each level, results: how many of the standard's.
    """

    change: int
    rules: str
    today: str
    checked: int
    records: int
    triples: int
    levels: dict[str, int]
    results: int


class Journal:
    """The file.

    Args:
        file: its path; None keeps nothing.
        writes: whether it may be written.
    """

    def __init__(self, file: Path | None, *, writes: bool) -> None:
        """Read nothing yet."""
        self._file = file
        self._writes = writes and file is not None
        self._base = self._more = 0

    def read(self, rules: str) -> tuple[Head, dict[str, str]] | None:
        """The last report that is whole and was judged by the same rules; None when there is none.

        Args:
            rules: the digest of the rules.
        """
        if self._file is None:
            return None
        try:
            data = self._file.read_bytes()
        except OSError:
            return None
        lines = data.split(b"\n")
        entries: dict[str, str] = {}
        found: Head | None = None
        at = 0
        while at < len(lines) - 1:
            try:
                said = json.loads(lines[at])
                count, check, form = said.pop("entries"), said.pop("check"), said.pop("format")
                head = Head(**said)
                body = lines[at + 1 : at + 1 + count]
                if form != _FORMAT or head.rules != rules or len(body) < count or crc32(b"\n".join(body)) != check:
                    break
                for line in body:
                    node, _, text = line.decode().partition("\t")
                    entries[node] = text
            except (ValueError, TypeError, KeyError, AttributeError):
                break
            found = head
            at += 1 + count
        whole = at >= len(lines) - 1
        self._base, self._more = (len(data), 0) if whole else (0, 0)
        return None if found is None else (found, {node: text for node, text in entries.items() if text})

    def write(self, head: Head, entries: Iterable[tuple[str, str]]) -> None:
        """Write the whole report anew.

        Args:
            head: what it holds up to.
            entries: the nodes with what stands there.
        """
        if self._writes and self._file is not None:
            block = _block(head, entries)
            with suppress(StorageError):  # without it the next opening judges everything: slower, not wrong
                write_file(self._file, block)
                self._base, self._more = len(block), 0

    def append(self, head: Head, changed: Iterable[tuple[str, str]], every: Iterable[tuple[str, str]]) -> None:
        """Add what a change made of some entries.

        Args:
            head: what the report holds up to now.
            changed: the nodes with what stands there now.
            every: all entries, for when so much was appended that the file is better written anew.
        """
        if not self._writes or self._file is None:
            return
        block = _block(head, changed)
        if not self._base or self._more + len(block) > max(_SMALL, self._base):
            self.write(head, every)
            return
        with suppress(OSError):
            with self._file.open("ab") as file:
                file.write(block)
            self._more += len(block)


def _block(head: Head, entries: Iterable[tuple[str, str]]) -> bytes:
    lines = sorted(f"{node}\t{text}" for node, text in entries)
    body = "\n".join(lines).encode()
    first = {"format": _FORMAT, **asdict(head), "entries": len(lines), "check": crc32(body)}
    return b"".join((json.dumps(first, ensure_ascii=False).encode(), b"\n", body, b"\n" if lines else b""))

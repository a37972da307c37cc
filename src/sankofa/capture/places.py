"""Where captured values came from, kept beside the graph: file, sheet, cell and line.

One line of JSON for each row that said something of a record or a part of one: its IRI, file, sheet, row and line, and
for each property the columns. Of the values themselves only a digest is kept, so that a value which was changed since
is not said to stand in the cell, and nothing of a withdrawn record is left here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from sankofa.capture.refusals import Place
from sankofa.errors import StorageError
from sankofa.fields.files import Term
from sankofa.store import Change
from sankofa.store.disk import write_file
from sankofa.validation.report import Origin

#: Of a row: its number and line, and by property the digests of the values with their columns.
_Row = tuple[int, int, dict[str, dict[str, int]]]


class Places:
    """Where captured values came from; a value that is missing, from the first cell of its row.

    Args:
        file: where that is kept; None keeps it as long as this object.
        writes: whether the file may be written.

    Example:
        >>> city, title = (ox.NamedNode(f"http://example.org/{name}") for name in ("city", "title"))
        >>> places = Places()
        >>> places.remember({ox.Triple(city, title, ox.Literal("Bamako")): Place("city.csv", "city.csv", 2, 3, 2)})
        >>> str(places.of(city.value, title.value, ox.Literal("Bamako")))
        'city.csv, C2'
        >>> places.of(city.value, title.value, ox.Literal("Segou")) is None
        True
    """

    def __init__(self, file: Path | None = None, *, writes: bool = False) -> None:
        """Read nothing yet."""
        self._file = file
        self._writes = writes
        self._rows: dict[str, dict[tuple[str, str], _Row]] | None = None

    def of(self, subject: str, predicate: str, value: Term | None) -> Origin | None:
        """Where a value came from; of a missing one the row that lacks it; None where nobody knows.

        Args:
            subject: the IRI of what has the value, predicate: the property, or "".
            value: the value, if there is one.
        """
        rows = self._known().get(subject) or self._known().get(subject.partition("#")[0], {})
        for (file, sheet), (row, line, cells) in reversed(rows.items()):
            columns = cells.get(predicate, {})
            column = min(columns.values(), default=0) if value is None else columns.get(_digest(value), 0)
            if column or value is None:
                return Origin(file, "" if sheet == file else sheet, Place(file, sheet, row, column or 1).cell, line)
        return None

    def remember(self, origins: Mapping[ox.Triple, Place]) -> None:
        """Keep where the values of a capture came from; what the same sheets said before is forgotten.

        Args:
            origins: the cell of each triple.
        """
        known = self._known()
        fresh: dict[tuple[str, str, str], _Row] = {}
        for triple, place in origins.items():
            if isinstance(triple.subject, ox.NamedNode) and not isinstance(triple.object, ox.Triple):
                key = (triple.subject.value, place.file, place.sheet)
                _, _, cells = fresh.setdefault(key, (place.row, place.line, {}))
                cells.setdefault(triple.predicate.value, {})[_digest(triple.object)] = place.column
        for (subject, file, sheet), row in fresh.items():
            of_subject = known.setdefault(subject, {})
            of_subject.pop((file, sheet), None)  # the newest stands last
            of_subject[file, sheet] = row
        if self._file is not None and self._writes and fresh:
            lines = [
                json.dumps([subject, file, sheet, *row], ensure_ascii=False, separators=(",", ":"))
                for subject, rows in sorted(known.items())
                for (file, sheet), row in rows.items()
            ]
            with suppress(StorageError):  # without it findings do not say their cell: poorer, not wrong
                write_file(self._file, "".join(f"{line}\n" for line in lines).encode())

    def note(self, change: Change) -> None:
        """Forget a record that was withdrawn.

        Args:
            change: a change of the graph.
        """
        if change.withdraws is not None:
            known = self._known()
            for subject in [one for one in known if one.partition("#")[0] == change.withdraws]:
                del known[subject]

    def _known(self) -> dict[str, dict[tuple[str, str], _Row]]:
        if self._rows is None:
            self._rows = {}
            for subject, file, sheet, *row in self._read():
                self._rows.setdefault(subject, {})[file, sheet] = (row[0], row[1], row[2])
        return self._rows

    def _read(self) -> list[list[Any]]:
        """The lines of the file; one that nobody can read tells nothing."""
        found = []
        with suppress(OSError, ValueError):
            for line in self._file.read_text(encoding="utf-8").splitlines() if self._file else ():
                said = json.loads(line)
                if isinstance(said, list) and len(said) == 6 and isinstance(said[5], dict):
                    found.append(said)
        return found


def _digest(value: Term | ox.Triple) -> str:
    return blake2b(str(value).encode(), digest_size=6).hexdigest()

"""Files of lines, as N-Triples and N-Quads are, for a database that reads no line of many megabytes."""

from __future__ import annotations

import mmap
from pathlib import Path

from sankofa.store.formats import GZIP, unpacked
from sankofa.validation.columns.database import quoted

#: A line may have so many bytes: twice as many the reader takes, and of what has more it may lose a line in silence.
LONGEST = 1 << 20
#: Bytes that are read at once: several threads share even a small file.
_BUFFER = 4 * LONGEST
_GLOB = frozenset("*?[")

# What a line looks like that needs no parser: one space between terms, no escapes, plain http(s) and urn IRIs in ASCII.
_SIGN = r"[A-Za-z0-9._~!$&''()*+,;=:/?@-]"
_IRI = rf"<(?:https?://[a-z0-9.-]*(?::[0-9]+)?/|urn:[a-z0-9]+:)(?:{_SIGN}|%[0-9A-Fa-f][0-9A-Fa-f])*(?:#{_SIGN}*)?>"
_NODE = rf"(?:{_IRI}|_:[A-Za-z0-9][A-Za-z0-9_]*)"
_LITERAL = rf'"[^"\\\x00-\x1f\x7f]*"(?:@[a-z]{{2,3}}(?:-[a-z]{{2}})?|\^\^{_IRI})?'
_TRIPLE = rf"^({_NODE}) ({_IRI}) ({_NODE}|{_LITERAL})"
#: The pattern of such a line, by format.
PLAIN_LINES = {"ntriples": rf"{_TRIPLE} \.$", "nquads": rf"{_TRIPLE}(?: {_NODE})? \.$"}


def lines_of(file: Path) -> str:
    """A file as a table of lines, for SQL.

    Args:
        file: the file; `is_of_short_lines` has said that its lines are read well.

    Example:
        >>> lines_of(Path("a.nt"))[:17]
        "read_csv('a.nt', "
    """
    return (
        f"read_csv({quoted(str(file))}, columns={{'line': 'VARCHAR'}}, delim='\x01', quote='', escape='', "
        f"header=false, auto_detect=false, compression='none', buffer_size={_BUFFER})"
    )


def is_of_short_lines(file: Path) -> bool:
    """Whether the database reads a file whole: no line is too long for it, and the name is not one of many files.

    Args:
        file: the file.

    Example:
        >>> is_of_short_lines(Path("data*.nt"))
        False
    """
    if not _GLOB.isdisjoint(str(file)):
        return False
    size = file.stat().st_size
    if size <= LONGEST:
        return True
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        # Where each half of the longest has a line end no line is longer; a look at the beginning of each is enough.
        half = LONGEST // 2
        return all(content.find(b"\n", start, start + half) >= 0 for start in range(0, size - half, half))


def plain(file: Path, target: Path) -> Path:
    """A file as it is, or unpacked where it is gzipped.

    Args:
        file: the file.
        target: what to unpack it into.

    Raises:
        UnreadableInput: it is a broken gzipped file.
    """
    with file.open("rb") as opened:
        if opened.read(2) != GZIP:
            return file
        opened.seek(0)
        with target.open("wb") as out:
            out.writelines(unpacked(opened, file.stat().st_size, str(file)))
        return target

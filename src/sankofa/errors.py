"""Everything that can keep Sankofa from answering, in one tree.

    SankofaError
    ├── WrongUsage            exit 2   400   what was asked makes no sense here
    │   ├── UnknownName       exit 2   404   no such question, kind, field, record, change …
    │   ├── Withdrawn         exit 2   410   a record that was taken back after it was published
    │   ├── ParameterError    exit 2   400   a parameter or field value of the wrong kind
    │   ├── QueryError        exit 2   400   the query does not parse (line, column, token)
    │   ├── ForbiddenQuery    exit 2   403   the query asks for what outside input may not do
    │   ├── UnreadableInput   exit 2   400   a file that is broken or of the wrong format
    │   ├── NotAGraph         exit 2   404   a folder or address that holds no graph
    │   └── ReadOnly          exit 2   403   this graph takes no changes
    └── CouldNotBeDone        exit 3   500   the question was right, the answer is not to be had
        ├── Conflict          exit 3   409   somebody else changed the same record
        ├── HeldByAnother     exit 3   409   another process holds the graph
        ├── EndpointError     exit 3   502   a remote endpoint is down or refuses
        ├── StorageError      exit 3   507   the disk is full, gone or read-only
        └── LimitReached      exit 3   503   a limit of time, rows or memory

Bad data is no exception: it is a finding in a report. An exception means that we could not answer.
"""

from __future__ import annotations

from typing import ClassVar, Protocol


class Told(Protocol):
    """What went wrong as a sentence that can be told in several languages."""

    @property
    def case(self) -> str:
        """The name of the case."""

    def told(self, lang: str) -> tuple[str, str]:
        """What is wrong and what to do next, in a language."""


class SankofaError(Exception):
    """The base of every error that Sankofa raises on purpose.

    Args:
        what: one sentence that says what failed, without its final full stop.
        where: the file, line, sheet, cell, record or address it failed at, or "".
        hint: what to do next, or "".

    Example:
        >>> str(UnknownName("no question is called 'citys'", hint="did you mean 'cities'?"))
        "no question is called 'citys': did you mean 'cities'?"
    """

    exit_code: ClassVar[int] = 3
    http_status: ClassVar[int] = 500
    #: The same in the reader's language, where it is written in several.
    sentence: Told | None = None

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        """Keep the three parts apart, so that each reader can show them in its own way."""
        self.what = what
        self.where = where
        self.hint = hint
        text = f"{where}: {what}" if where else what
        super().__init__(f"{text}: {hint}" if hint else text)


class WrongUsage(SankofaError):  # noqa: N818 - the names say what happened, as in the tree above
    """What was asked makes no sense here; asking again will not help until it is corrected."""

    exit_code = 2
    http_status = 400


class UnknownName(WrongUsage):
    """There is no question, kind, field, record, change or format of that name."""

    http_status = 404

    @classmethod
    def among(cls, sort: str, name: str, known: list[str]) -> UnknownName:
        """Build the error that names the nearest known name.

        Example:
            >>> str(UnknownName.among("kind", "storys", ["city", "story"]))
            "there is no kind 'storys': did you mean 'story'?"
        """
        import difflib

        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(known)[:12]) or 'none'}"
        return cls(f"there is no {sort} '{name}'", hint=hint)


class Withdrawn(UnknownName):
    """A record was taken back after it was published; nothing more is said of it."""

    http_status = 410


class ParameterError(WrongUsage):
    """A parameter or a field's value is missing or of the wrong kind."""


class QueryError(WrongUsage):
    """A SPARQL query or update does not parse.

    Args:
        what: what the parser says.
        line: the line of the error, from 1, or None when unknown.
        column: the column of the error, from 1, or None when unknown.
        token: the text at that place, or "".
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        line: int | None = None,
        column: int | None = None,
        token: str = "",
    ) -> None:
        """Add the place in the query to the three parts of every error."""
        self.line = line
        self.column = column
        self.token = token
        place = f"line {line}, column {column}" if line is not None else ""
        super().__init__(what, where=", ".join(part for part in (where, place) if part), hint=hint)


class ForbiddenQuery(QueryError):  # noqa: N818
    """The query asks for something that input from outside may not do (SERVICE, LOAD, an update)."""

    http_status = 403


class UnreadableInput(WrongUsage):
    """A file cannot be read: it is missing, broken, or not of the format its name promises."""

    #: Where in the file, counted from 1, as far as its reader says.
    line: int | None = None
    column: int | None = None


class NotAGraph(WrongUsage):
    """A folder or an address that holds no graph of ours."""

    http_status = 404


class ReadOnly(WrongUsage):
    """This graph takes no changes."""

    http_status = 403


class CouldNotBeDone(SankofaError):  # noqa: N818
    """What was asked is right, but it could not be done."""


class Conflict(CouldNotBeDone):
    """A record was changed by somebody else since this change began."""

    http_status = 409


class HeldByAnother(CouldNotBeDone):
    """Another process holds the graph; it names who, and since when."""

    http_status = 409


class EndpointError(CouldNotBeDone):
    """A remote SPARQL endpoint is down, slow, or refuses what was asked."""

    http_status = 502


class StorageError(CouldNotBeDone):
    """The disk is full, gone or read-only; the graph keeps its last good state."""

    http_status = 507


class LimitReached(CouldNotBeDone):
    """A limit of time, rows or memory was reached."""

    http_status = 503

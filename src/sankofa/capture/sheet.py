"""CSV in: rows of cells that know where they stand.

Everything that can be wrong with a file as a file is found here, before anybody asks what the cells mean: its encoding,
its separator, headings without name or twice the same, rows too long or too short, rows that are empty.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sankofa.capture.refusals import Place, Refusal
from sankofa.errors import LimitReached, UnreadableInput

_SEPARATORS = ",;\t"
#: A sheet with more than this was not written by people, and would take the memory of the machine.
MOST_BYTES, MOST_ROWS, MOST_CELLS = 20_000_000, 100_000, 1_000_000
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK\x03\x04": "a workbook (XLSX)", b"\xd0\xcf\x11\xe0": "XLS"}


@dataclass(frozen=True)
class Cell:
    """A cell with something in it: where it stands, under which heading, and its text (NFC, trimmed)."""

    place: Place
    heading: str
    text: str


@dataclass(frozen=True)
class Row:
    """A row that is not empty: its number as spreadsheets count, and its cells that are not empty."""

    place: Place
    cells: tuple[Cell, ...]

    def text(self, heading: str) -> str:
        """The text under a heading, or "" where the cell is empty.

        Args:
            heading: the heading of a column.
        """
        return next((cell.text for cell in self.cells if cell.heading == heading), "")


@dataclass(frozen=True)
class Sheet:
    """A sheet as read: its headings with their cells, its rows, and what was refused or left out on the way.

    Cells under a refused heading and rows of the wrong length are not among ``rows``; they are in ``lost``,
    each with the refusal that explains it.
    """

    name: str
    file: str
    headings: tuple[Cell, ...]
    rows: tuple[Row, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Refusal, ...]
    lost: tuple[tuple[Cell, Refusal], ...]


def clean(text: str) -> str:
    """The text of a cell as the graph keeps it: NFC, without spaces around it, lines ended in one way.

    Args:
        text: the text as read.

    Example:
        >>> clean("  Se\u0301me\u0301 \\r\\n")
        'Sémé'
    """
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip().strip("\ufeff").strip()


def control_character(text: str) -> str:
    """The name of the first character of a text that no page or file can show, or "".

    Args:
        text: the text of a cell.

    Example:
        >>> control_character("a\\x07b")
        'U+0007'
    """
    for letter in text:
        if letter not in "\n\t" and (unicodedata.category(letter) in ("Cc", "Cs") or ord(letter) & 0xFFFE == 0xFFFE):
            return f"U+{ord(letter):04X}"
    return ""


def read_csv(path: Path) -> Sheet:
    """Read a CSV file: UTF-8, with or without byte order mark, parted by comma, semicolon or tab.

    Args:
        path: the file.

    Raises:
        UnreadableInput: when the file is missing, not UTF-8, or not CSV.
        LimitReached: when it is larger than any sheet that people write.

    Example:
        >>> import sankofa.shipped
        >>> sheet = read_csv(sankofa.shipped.default_graph_folder() / "sheets" / "cities.csv")
        >>> sheet.rows[0].text("name_en"), str(sheet.rows[0].cells[1].place)
        ('Bamako', 'cities.csv B2')
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableInput(
            "the file cannot be read", where=str(path), hint=error.strerror or "check its name"
        ) from error
    return parse_csv(raw, path.name)


def parse_csv(raw: bytes, file: str) -> Sheet:
    """Read the bytes of a CSV file.

    Args:
        raw: the bytes.
        file: the name to give in messages; without its ending it is the sheet's name.

    Raises:
        UnreadableInput: when the bytes are not UTF-8 or not CSV.
        LimitReached: when there are too many of them, or of the rows or cells.

    Example:
        >>> [row.text("id") for row in parse_csv(b"id;name\\nbamako;Bamako\\n", "cities.csv").rows]
        ['bamako']
    """
    if len(raw) > MOST_BYTES:
        raise _too_large(f"{MOST_BYTES // 1_000_000} MB", file)
    text = _decoded(raw, file)
    first, _, rest = text.partition("\n")
    separator = ""
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == 5:
        separator, text = first.strip()[4], rest
    skipped = 1 if separator else 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text), strict=True)
    lines: list[list[str]] = []
    starts: list[int] = []
    try:
        starts.append(skipped + 1)
        cells = 0
        for line in reader:
            cells += len(line)
            if len(lines) > MOST_ROWS or cells > MOST_CELLS:
                raise _too_large(f"{MOST_ROWS:,} rows or {MOST_CELLS:,} cells", file)
            lines.append(line)
            starts.append(skipped + reader.line_num + 1)
    except csv.Error as error:
        raise UnreadableInput(
            f"the file is not CSV ({error})",
            where=f"{file}, line {reader.line_num + skipped}",
            hint="look for a quotation mark that is opened and never closed",
        ) from error
    return sheet_of(lines, file, first_row=1 + skipped, starts=starts)


def _too_large(most: str, file: str) -> LimitReached:
    return LimitReached(
        f"the sheet has more than {most}", where=file, hint="remove what is empty, or share it out among several files"
    )


def _decoded(raw: bytes, file: str) -> str:
    advice = "save it as 'CSV UTF-8' and try again"
    for mark, name in _MARKS.items():
        if raw.startswith(mark):
            raise UnreadableInput(f"the file is {name}, not CSV in UTF-8", where=file, hint=advice)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        head = raw[: error.start].rpartition(b"\n")[2][-12:]
        seen = (head + raw[error.start :].partition(b"\n")[0][:12]).decode("cp1252", "replace").strip()
        raise UnreadableInput(
            f"the file is not UTF-8 but another encoding, probably Windows-1252 (read so, it says '{seen}')",
            where=f"{file}, line {line}",
            hint=advice,
        ) from None
    if "\x00" in text:
        raise UnreadableInput("the file is not text: it holds NUL characters", where=file, hint=advice)
    return text


def _separator(text: str) -> str:
    """The separator that parts the first line most often, outside quotation marks."""
    counts = dict.fromkeys(_SEPARATORS, 0)
    quoted = False
    for letter in text:
        if letter == '"':
            quoted = not quoted
        elif letter == "\n" and not quoted:
            break
        elif letter in counts and not quoted:
            counts[letter] += 1
    return max(_SEPARATORS, key=lambda separator: counts[separator])


def sheet_of(
    lines: Sequence[Sequence[str]], file: str, *, sheet: str = "", first_row: int = 1, starts: Sequence[int] = ()
) -> Sheet:
    """Make a sheet of lines of text, the first of which holds the headings.

    Args:
        lines: the lines, each as the texts of its cells.
        file: the name of the file, for messages; without its ending it is the sheet's name when no other is given.
        sheet: the name of the sheet, where a file holds several.
        first_row: the number of the row with the headings.
        starts: of a text file, the line that each row begins at: a cell may hold several lines.

    Raises:
        UnreadableInput: when there is no line at all.

    Example:
        >>> [str(cell.place) for cell in sheet_of([["id"], ["a"]], "book.xlsx", sheet="Cities").rows[0].cells]
        ['book.xlsx Cities!A2']
    """
    if not lines:
        raise UnreadableInput("the file is empty", where=file, hint="its first row must hold the headings")
    corner = Place(file, sheet or file, first_row, 1)
    headings = [
        Cell(replace(corner, column=column), clean(text), clean(text)) for column, text in enumerate(lines[0], start=1)
    ]
    while headings and not headings[-1].text:
        headings.pop()
    bad = _bad_headings(headings)
    rows: list[Row] = []
    refusals: list[Refusal] = []
    remarks: list[Refusal] = []
    lost: list[tuple[Cell, Refusal]] = []
    for number, line in enumerate(lines[1:], start=first_row + 1):
        here = replace(corner, row=number, line=starts[number - first_row] if starts else 0)
        titles = [heading.text for heading in headings] + [""] * len(line)
        filled = [
            Cell(replace(here, column=column), titles[column - 1], text)
            for column, text in enumerate(map(clean, line), start=1)
            if text
        ]
        if not filled:
            remarks.append(Refusal(here, "empty-row", details={"row": str(number)}))
        elif len(line) < len(headings) or filled[-1].place.column > max(len(headings), len(lines[0])):
            counts = {"row": str(number), "count": str(len(line)), "expected": str(len(headings))}
            refusals.append(Refusal(here, "ragged-row", filled[0].text, filled[0].heading, details=counts))
            lost += [(cell, refusals[-1]) for cell in filled]
        else:
            kept = []
            for cell in filled:
                column = cell.place.column
                if not cell.heading:
                    bad.setdefault(column, Refusal(replace(corner, column=column), "no-heading"))
                if column in bad:
                    details = {"first": bad[column].place.cell}
                    lost.append((cell, Refusal(cell.place, "refused-column", cell.text, cell.heading, details=details)))
                else:
                    kept.append(cell)
            if kept:
                rows.append(Row(here, tuple(kept)))
    refusals += bad.values()
    if not rows and not refusals:
        remarks.append(Refusal(corner, "no-rows"))
    known = tuple(heading for heading in headings if heading.text and heading.place.column not in bad)
    name = sheet or file.rpartition(".")[0] or file
    return Sheet(name, file, known, tuple(rows), tuple(sorted(refusals)), tuple(sorted(remarks)), tuple(lost))


def _bad_headings(headings: Sequence[Cell]) -> dict[int, Refusal]:
    """The columns whose heading stands in an earlier column already, but for capitals."""
    firsts: dict[str, Cell] = {}
    bad: dict[int, Refusal] = {}
    for heading in headings:
        if heading.text:
            first = firsts.setdefault(heading.text.casefold(), heading)
            if first is not heading:
                details = {"first": first.place.letter}
                bad[heading.place.column] = Refusal(
                    heading.place, "duplicate-heading", heading.text, heading.text, details=details
                )
    return bad

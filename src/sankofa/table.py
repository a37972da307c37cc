"""A table: the rows that a SELECT query answers with, and the ways to hand them on.

CSV, TSV, JSON and XML are the formats of the SPARQL 1.1 standard, so any client reads them; the others are for people.
"""

from __future__ import annotations

import html
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from sankofa.errors import CouldNotBeDone, LimitReached, ParameterError, UnknownName
from sankofa.signs import shown
from sankofa.store.cells import cell

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from sankofa.store import Solutions

Term = NamedNode | BlankNode | Literal
#: What a cell is in Python.
Value = str | int | float | bool | Decimal | date | datetime | time | None

#: What a sheet of a workbook can hold.
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = f"{_XSD}string"
_INTEGERS = {
    f"{_XSD}{name}"
    for name in ("integer", "long", "int", "short", "byte", "negativeInteger", "nonPositiveInteger", "positiveInteger")
} | {f"{_XSD}{name}" for name in ("nonNegativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte")}
_DECIMAL, _DAY = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", r"\d{4}-\d\d-\d\d"
_CLOCK = r"\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"
#: What a value must look like, and how it is read then: Python alone would read more than RDF writes, as 1e999999999.
_READ: dict[str, tuple[str, Callable[[str], Value]]] = {
    **dict.fromkeys(_INTEGERS, (r"[+-]?\d+", int)),
    f"{_XSD}decimal": (_DECIMAL, Decimal),
    **dict.fromkeys((f"{_XSD}double", f"{_XSD}float"), (rf"{_DECIMAL}(?:[eE][+-]?\d+)?|[+-]?INF|NaN", float)),
    f"{_XSD}boolean": ("true|false|1|0", lambda text: text in ("true", "1")),
    f"{_XSD}date": (_DAY, date.fromisoformat),
    f"{_XSD}dateTime": (f"{_DAY}T{_CLOCK}", datetime.fromisoformat),
    f"{_XSD}time": (_CLOCK, time.fromisoformat),
}
_READERS = {datatype: (re.compile(form, re.ASCII), reader) for datatype, (form, reader) in _READ.items()}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of RDF terms under named columns.

    Args:
        columns: the names of the columns, as in the query, without ``?``.
        rows: one tuple a row, None where the query leaves a value out.

    Example:
        >>> table = Table(("city",), [(Literal("Bamako", language="fr"),)])
        >>> [row["city"].value for row in table]
        ['Bamako']
        >>> table.to_csv()
        'city\\r\\nBamako\\r\\n'
    """

    columns: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]

    @classmethod
    def of(cls, solutions: Solutions) -> Table:
        """Read all solutions of a query.

        Example:
            >>> from pyoxigraph import Store
            >>> Table.of(Store().query("SELECT (1 AS ?n) { }")).values("n")
            [1]
        """
        columns = tuple(variable.value for variable in solutions.variables)
        width = range(len(columns))
        return cls(columns, [tuple(_plain(solution[i]) for i in width) for solution in solutions])

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Term | None]]:
        """Each row as a dictionary from column to term."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def value(self, row: int, column: str | None = None) -> Any:
        """One cell as a Python value, or one row as a dictionary of them.

        Numbers, booleans, dates and times become Python's own; IRIs and text become strings; what a datatype does not
        allow stays the text it is.

        Raises:
            UnknownName: there is no such column.
            ParameterError: there is no such row.

        Example:
            >>> Table(("n",), [(Literal(3),)]).value(0)
            {'n': 3}
        """
        if not -len(self.rows) <= row < len(self.rows):
            raise ParameterError(f"there is no row {row}", hint=f"the table has {len(self.rows)} rows")
        if column is not None:
            return to_python(self.rows[row][self._place(column)])
        return {name: to_python(term) for name, term in zip(self.columns, self.rows[row], strict=True)}

    def values(self, column: str) -> list[Value]:
        """One column as Python values.

        Raises:
            UnknownName: there is no such column.
        """
        place = self._place(column)
        return [to_python(row[place]) for row in self.rows]

    # -- the formats of the SPARQL 1.1 standard

    def to_csv(self) -> str:
        """SPARQL 1.1 results as CSV: plain values, lines end with CR LF."""
        lines = [",".join(_csv(name) for name in self.columns)]
        lines += [",".join(_csv(_text(term)) for term in row) for row in self.rows]
        return "".join(f"{line}\r\n" for line in lines)

    def to_tsv(self) -> str:
        """SPARQL 1.1 results as TSV: terms as in Turtle, so that nothing is lost."""
        lines = ["\t".join(f"?{name}" for name in self.columns)]
        lines += ["\t".join(_tsv(term) for term in row) for row in self.rows]
        return "".join(f"{line}\n" for line in lines)

    def to_json(self) -> str:
        """SPARQL 1.1 results as JSON."""
        bindings = [
            {name: cell(term) for name, term in zip(self.columns, row, strict=True) if term is not None}
            for row in self.rows
        ]
        results = {"head": {"vars": list(self.columns)}, "results": {"bindings": bindings}}
        return json.dumps(results, ensure_ascii=False, separators=(",", ":"))

    def to_xml(self) -> str:
        """SPARQL 1.1 results as XML.

        Raises:
            CouldNotBeDone: a value has a control character, which XML cannot hold.
        """
        head = "".join(f"<variable name={quoteattr(name)}/>" for name in self.columns)
        rows = []
        for row in self.rows:
            cells = [
                f"<binding name={quoteattr(name)}>{_xml(term)}</binding>"
                for name, term in zip(self.columns, row, strict=True)
                if term is not None
            ]
            rows.append(f"<result>{''.join(cells)}</result>")
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
            f"<head>{head}</head><results>{''.join(rows)}</results></sparql>"
        )

    # -- for people

    def readable(self) -> Table:
        """The same rows for people: where ``x`` has a column ``xLabel``, the label stands under ``x`` and the IRI goes.

        Example:
            >>> iri, label = NamedNode("https://example.org/a"), Literal("A", language="en")
            >>> Table(("city", "cityLabel"), [(iri, label)]).readable().columns
            ('city',)
        """
        at = {name: place for place, name in enumerate(self.columns)}
        kept = [
            at.get(f"{name}Label", place)
            for name, place in at.items()
            if not (name.endswith("Label") and name.removesuffix("Label") in at)
        ]
        labelled = {place for name, place in at.items() if name.endswith("Label") and name.removesuffix("Label") in at}
        own = {place: at[self.columns[place].removesuffix("Label")] for place in labelled}
        rows = [tuple(row[own[p]] if p in own and row[p] is None else row[p] for p in kept) for row in self.rows]
        names = tuple(self.columns[place].removesuffix("Label") or self.columns[place] for place in kept)
        return Table(names, rows)

    def to_text(self, *, width: int | None = None) -> str:
        """Aligned columns for a terminal; without a width as wide as the values need."""
        from rich.console import Console

        widest = [max([len(name), *(len(_seen(row[i])) for row in self.rows)]) for i, name in enumerate(self.columns)]
        # a character takes at most two places
        wide = width or sum(2 * each + 2 for each in widest) + 2
        out = io.StringIO()
        Console(file=out, width=wide, no_color=True, force_terminal=False, highlight=False).print(self._rich())
        return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())

    def to_markdown(self) -> str:
        """A table in Markdown (GitHub's)."""

        def line(cells: Iterable[str]) -> str:
            return f"| {' | '.join(cells)} |\n"

        head = line(_markdown(name) for name in self.columns) + line("---" for _ in self.columns)
        return head + "".join(line(_markdown(_seen(term)) for term in row) for row in self.rows)

    def to_xlsx(self, path: Path | str | None = None) -> bytes:
        """A workbook with one sheet, written to a file when one is named. Text that looks like a formula stays text.

        Raises:
            LimitReached: there are more rows or columns than a workbook can hold.
            StorageError: the file cannot be written.
        """
        if len(self.rows) >= MOST_ROWS or len(self.columns) > MOST_COLUMNS:
            raise LimitReached(
                f"a workbook holds {MOST_ROWS:,} rows of {MOST_COLUMNS:,} columns, and this is more",
                hint="ask for less at once, or take CSV",
            )
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
        from openpyxl.styles import Font

        from sankofa.store.disk import write_file

        book = Workbook(write_only=True)
        book.properties.created = book.properties.modified = datetime(2000, 1, 1)  # the same bytes, no clock
        sheet = book.create_sheet("answer")
        sheet.freeze_panes = "A2"

        def cell(value: Value, *, head: bool = False) -> Any:
            if isinstance(value, str):
                value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)[:32767]  # the most that a cell can hold
            if isinstance(value, (datetime, time)) and value.tzinfo is not None:
                value = value.isoformat()  # workbooks know no time zones
            if isinstance(value, float) and not math.isfinite(value):
                value = str(value)
            if isinstance(value, date) and not 1900 < value.year < 9999:
                value = value.isoformat()  # nor days before the first of theirs, or after the last
            if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
                value = _number(value)
            made: Any = WriteOnlyCell(sheet)
            made.value = value
            if isinstance(value, str):
                made.data_type = "s"
                made.quotePrefix = value[:1] in ("=", "+", "-", "@")
            if head:
                made.font = Font(bold=True)
            return made

        sheet.append([cell(name, head=True) for name in self.columns])
        for row in self.rows:
            sheet.append([cell(to_python(term)) for term in row])
        out = io.BytesIO()
        book.save(out)
        content = _undated(out)
        if path is not None:
            write_file(Path(path), content)
        return content

    def to_frame(self) -> Any:
        """A data frame of pandas, or of polars where pandas is not installed.

        Raises:
            CouldNotBeDone: neither is installed.
        """
        columns = {name: self.values(name) for name in self.columns}
        try:
            import pandas  # type: ignore[import-untyped,unused-ignore]
        except ImportError:
            try:
                import polars  # type: ignore[import-not-found,unused-ignore]
            except ImportError:
                raise CouldNotBeDone(
                    "a data frame needs pandas or polars, and neither is installed", hint="pip install pandas"
                ) from None
            return polars.DataFrame(columns, strict=False)
        return pandas.DataFrame(columns, columns=list(self.columns))

    def _repr_html_(self) -> str:
        """The table in a notebook: at most 100 rows, IRIs as links."""
        head = "".join(f"<th>{html.escape(shown(name))}</th>" for name in self.columns)
        body = "".join(f"<tr>{''.join(_html(term) for term in row)}</tr>" for row in self.rows[:100])
        more = f"<p>… {len(self.rows) - 100} more rows</p>" if len(self.rows) > 100 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    def _rich(self) -> RichTable:
        from rich import box
        from rich.table import Table as Rich
        from rich.text import Text

        table = Rich(box=box.SIMPLE_HEAD, pad_edge=False)
        for place, name in enumerate(self.columns):
            numbers = all(isinstance(to_python(row[place]), (int, float, Decimal)) for row in self.rows)
            table.add_column(Text(name), justify="right" if numbers and self.rows else "left", overflow="fold")
        for row in self.rows:
            table.add_row(*(Text(_seen(term)) for term in row))
        return table

    def _place(self, column: str) -> int:
        name = column.removeprefix("?")
        if name not in self.columns:
            raise UnknownName.among("column", name, list(self.columns))
        return self.columns.index(name)


def to_python(term: Term | None) -> Value:
    """A term as a Python value.

    Example:
        >>> to_python(Literal("2026-03-01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#date")))
        datetime.date(2026, 3, 1)
    """
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return term.value
    if isinstance(term, BlankNode):
        return str(term)
    known = _READERS.get(term.datatype.value)
    if known is None or not known[0].fullmatch(term.value):
        return term.value  # an ill-formed value is shown as it was written
    try:
        return known[1](term.value.replace("INF", "inf") if known[1] is float else term.value)
    except (ValueError, ArithmeticError):
        return term.value


def _plain(term: Term | Triple | None) -> Term | None:
    if isinstance(term, Triple):
        raise CouldNotBeDone("a row holds a triple (RDF 1.2), which the formats of SPARQL 1.1 do not know")
    return term


def _text(term: Term | None) -> str:
    if term is None:
        return ""
    return str(term) if isinstance(term, BlankNode) else term.value


def _seen(term: Term | None) -> str:
    return shown(_text(term))


_SAVED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def _undated(book: io.BytesIO) -> bytes:
    """A workbook that does not tell when it was saved and packed, so that the same rows give the same bytes."""
    out = io.BytesIO()
    with ZipFile(book) as packed, ZipFile(out, "w", ZIP_DEFLATED) as again:
        for name in packed.namelist():
            part = packed.read(name)
            if name == "docProps/core.xml":  # openpyxl writes the time of saving, whatever it is told
                part = _SAVED.sub(rb"\g<1>2000-01-01T00:00:00Z", part)
            again.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return out.getvalue()


def _number(value: int | Decimal) -> int | float | str:
    """A number as a cell can hold it: of fifteen digits; a longer one stays as it is written."""
    written = format(value, "f") if isinstance(value, Decimal) else str(value)
    if len(written.lstrip("+-").replace(".", "").strip("0")) > 15 or len(written) > 300:
        return written
    return int(value) if value == int(value) else float(value)


def _csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in '",\r\n') else text


def _tsv(term: Term | None) -> str:
    return "" if term is None else str(term).replace("\t", "\\t")


def _xml(term: Term) -> str:
    if _NOT_XML.search(term.value):
        raise CouldNotBeDone("XML cannot hold a control character", where=str(term), hint="use JSON or TSV")
    text = escape(term.value, {"\r": "&#13;"})
    if isinstance(term, NamedNode):
        return f"<uri>{text}</uri>"
    if isinstance(term, BlankNode):
        return f"<bnode>{text}</bnode>"
    if term.language is not None:
        return f"<literal xml:lang={quoteattr(term.language)}>{text}</literal>"
    if term.datatype.value == _STRING:
        return f"<literal>{text}</literal>"
    return f"<literal datatype={quoteattr(term.datatype.value)}>{text}</literal>"


def _markdown(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return re.sub(r"\r\n|[\r\n]", "<br>", text)


def _html(term: Term | None) -> str:
    text = html.escape(_seen(term))
    if isinstance(term, NamedNode) and term.value.startswith(("http://", "https://")):
        return f'<td><a href="{html.escape(term.value)}">{text}</a></td>'
    language = f' lang="{html.escape(term.language)}"' if isinstance(term, Literal) and term.language else ""
    direction = ' dir="rtl"' if _RIGHT_TO_LEFT.search(text) else ""
    return f"<td{language}{direction}>{text}</td>"

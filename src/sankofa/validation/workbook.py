"""A report as a workbook that opens in any spreadsheet program."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import TYPE_CHECKING

from sankofa.errors import LimitReached
from sankofa.fields import text_in
from sankofa.table import MOST_ROWS
from sankofa.validation.words import is_rtl, word

if TYPE_CHECKING:
    from sankofa.validation.report import Report

# A workbook carries dates; these make the same report the same bytes.
_EPOCH = datetime.datetime(1980, 1, 1)
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>[^<]*</dcterms:modified>")
_COLUMNS = ("record", "kind", "field", "value", "level", "message", "author", "advice", "fix", "place", "code")
_WIDTHS = (36, 16, 20, 28, 14, 60, 40, 50, 40, 24, 10)


def workbook(report: Report, lang: str) -> bytes:
    """The findings of a report, one a row, with headings in the reader's language.

    Args:
        report: the report.
        lang: the language.

    Raises:
        LimitReached: there are more findings than a workbook can hold.

    Example:
        >>> from sankofa.validation.report import Report
        >>> workbook(Report((), 1), "ar")[:2]
        b'PK'
    """
    if len(report.findings) >= MOST_ROWS:
        raise LimitReached(
            f"a workbook holds {MOST_ROWS:,} rows, and there are more findings", hint="ask for a level, or take CSV"
        )
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.properties.created = _EPOCH
    sheet = book.worksheets[0]
    sheet.title = word("findings", lang)[:31]
    sheet.sheet_view.rightToLeft = is_rtl(lang)
    sheet.freeze_panes = "A2"
    lines = [[word(column, lang) for column in _COLUMNS]]
    for finding in report.findings:
        row = finding.row(lang)
        lines.append(
            [
                row["title"],
                row["part"] or row["kind"],
                row["label"],
                text_in(finding.shown, lang) or row["value"],
                word(finding.level, lang),
                row["message"],
                row["author_message"],
                row["advice"],
                row["fix"],
                finding.origin.text(lang) if finding.origin else "",
                finding.code,
            ]
        )
    for number, line in enumerate(lines, start=1):
        cells = []
        for place, text in enumerate(line, start=1):
            cell = Cell(sheet, row=number, column=place)
            # As text, whatever it begins with: a formula from somebody's data must not run.
            if text:
                cell.value = "".join(sign for sign in text if sign >= " " or sign in "\t\n")
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    raw = io.BytesIO()
    book.save(raw)
    return _timeless(raw.getvalue())


def _timeless(data: bytes) -> bytes:
    """The same archive without the time at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            content = _MODIFIED.sub(b"", source.read(name)) if name == "docProps/core.xml" else source.read(name)
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()

"""Text that spreadsheet programs would run: neutral in what is made for them, exact in what is made for machines."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from pyoxigraph import Literal, NamedNode

import sankofa
from command import run
from sankofa.capture.sheet import clean
from sankofa.table import Table
from sankofa.validation import Report

LEADS = ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\t=", "\ufeff=", "＝", "＋", "－", "＠", "|", "%", "'=", '"=']
TAILS = ["1+1", 'HYPERLINK("http://127.0.0.1/?"&A1,"x")', "cmd|' /C calc'!A0", "SUM(1,2)*cmd|' /C calc'!A0"]
TEXTS = [lead + tail for lead in LEADS for tail in TAILS]
#: A line end alone is a line end however it is written: XML, which workbooks are made of, has but one.
XML_ENDS = re.compile(r"\r\n?")


def formulas(book: bytes) -> int:
    """How many formulas, links and names of programs are in a workbook, as its bytes say."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert sheets
    return sum(len(re.findall(r"<f[ >/]|<hyperlink|ddeLink|t=\"(?:str|e)\"", sheet)) for sheet in sheets)


def test_formulas_are_seen() -> None:
    """Else the tests below would see none either."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0]["A1"] = "=1+1"
    book.save(out)
    assert formulas(out.getvalue()) == 1


def test_an_answer_as_a_workbook_is_text() -> None:
    rows = [(Literal(text), Literal(text, language="fr"), NamedNode("http://e/=1+1")) for text in TEXTS]
    made = Table(("=1+1", "@a", "c"), rows).to_xlsx()
    assert formulas(made) == 0
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    read = [str(row[0].value) for row in sheet.iter_rows(min_row=2)]
    assert read == [XML_ENDS.sub("\n", text) for text in TEXTS]


def test_an_answer_as_csv_is_what_the_standard_says() -> None:
    table = Table(("text",), [(Literal(text),) for text in TEXTS])
    assert [row[0] for row in csv.reader(io.StringIO(table.to_csv(), newline=""))][1:] == TEXTS
    assert [line.split("\n")[0] for line in table.to_tsv().splitlines()[1:]] == [
        str(Literal(text)).replace("\t", "\\t") for text in TEXTS
    ]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Findings of data that are full of them: as values, and as titles of records."""
    folder = tmp_path_factory.mktemp("formulas")
    triples = []
    for number, text in enumerate(TEXTS):
        record = f"<https://example.org/net/id/story/s-{number}>"
        triples += [
            f"{record} a skf:Story ; dcterms:title {Literal(text, language='fr')} ; skf:status {Literal(text)} .",
        ]
    prefixes = "PREFIX skf: <https://w3id.org/sankofa/ontology#> PREFIX dcterms: <http://purl.org/dc/terms/>\n"
    (folder / "data.ttl").write_text(prefixes + "\n".join(triples), encoding="utf-8")
    return sankofa.validate(folder / "data.ttl")


@pytest.mark.parametrize("lang", ["en", "fr", "pt", "ar"])
def test_a_report_as_a_workbook_is_text(report: Report, lang: str) -> None:
    made = report.to_xlsx(lang=lang)
    assert formulas(made) == 0
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sum(str(cell.value).startswith("=") for cell in cells) >= len(TAILS)


def test_what_a_sheet_says_is_kept_as_text(tmp_path: Path) -> None:
    """A cell that looks like a formula is what somebody wrote: it goes in unread, and comes out in quotation marks."""
    run("init", tmp_path / "kg", "--base", "https://example.org/net/", "--title", "X")
    with (tmp_path / "stories.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "title@fr"], *([f"s-{n}", text] for n, text in enumerate(TEXTS))])
    run("--kg", tmp_path / "kg", "capture", tmp_path / "stories.csv", code=None)
    query = "SELECT ?title { ?s a skf:Story ; dcterms:title ?title } ORDER BY ?s"
    (tmp_path / "titles.rq").write_text(query, encoding="utf-8")
    made = run("--kg", tmp_path / "kg", "query", tmp_path / "titles.rq", "--format", "xlsx").stdout_bytes
    assert formulas(made) == 0
    written = {str(row[0].value) for row in openpyxl.load_workbook(io.BytesIO(made)).worksheets[0].iter_rows(min_row=2)}
    assert written == {clean(text) for text in TEXTS}

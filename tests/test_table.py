"""Tables: the formats of the SPARQL 1.1 standard to the letter, and the ones for people."""

from __future__ import annotations

import builtins
import csv
import io
import xml.etree.ElementTree as ElementTree
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from time import sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    parse_query_results,
)

from sankofa.errors import CouldNotBeDone, ParameterError, StorageError, UnknownName
from sankofa.table import Table, Term, to_python

XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + name))


ODD = 'a "b", \\c\n\r\td <e> & é مرحبا \U0001f600'
ROWS: list[tuple[Term | None, ...]] = [
    (NamedNode("http://example.org/é"), Literal(ODD), typed("5", "integer")),
    (BlankNode("b0"), Literal(ODD, language="ar"), typed("2.50", "decimal")),
    (None, Literal(""), None),
    (None, None, None),
]
TABLE = Table(("s", "text", "n"), ROWS)


def parsed(text: str, format: QueryResultsFormat) -> list[tuple[Term | None, ...]]:  # noqa: A002
    solutions = parse_query_results(text.encode(), format)
    assert isinstance(solutions, QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [tuple(row[name] for name in names) for row in solutions]


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
def test_results_are_read_back_by_a_standard_parser(name: str) -> None:
    text = getattr(TABLE, f"to_{name}")()
    assert parsed(text, getattr(QueryResultsFormat, name.upper())) == ROWS


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "xml"])
def test_results_mean_what_the_engine_writes(name: str) -> None:
    query = f"SELECT * {{ VALUES (?s ?text ?n) {{ {' '.join(_row(row) for row in ROWS[:1] + ROWS[2:])} }} }}"
    solutions = Store().query(query)
    assert isinstance(solutions, QuerySolutions)
    format = getattr(QueryResultsFormat, name.upper())  # noqa: A001
    theirs = solutions.serialize(format=format).decode()  # type: ignore[union-attr]
    again = Store().query(query)
    assert isinstance(again, QuerySolutions)
    table = Table.of(again)
    ours = getattr(table, f"to_{name}")()
    if name == "csv":
        assert ours == theirs
    else:
        assert parsed(ours, format) == parsed(theirs, format)


def _row(row: tuple[Term | None, ...]) -> str:
    return f"({' '.join('UNDEF' if term is None else str(term) for term in row)})"


LITERALS = st.text(alphabet=st.characters(codec="utf-8"), max_size=12).map(Literal)
TERMS = st.one_of(
    st.none(),
    LITERALS,
    st.builds(lambda text: Literal(text, language="fr"), st.text(st.characters(codec="utf-8"), max_size=8)),
    st.integers().map(Literal),
    st.just(NamedNode("http://example.org/x")),
    st.just(BlankNode("b1")),
)


@settings(deadline=None)
@given(st.lists(st.tuples(TERMS, TERMS), max_size=5))
def test_any_text_survives_json_and_tsv(rows: list[tuple[Term | None, ...]]) -> None:
    table = Table(("a", "b"), rows)
    assert parsed(table.to_json(), QueryResultsFormat.JSON) == rows
    assert parsed(table.to_tsv(), QueryResultsFormat.TSV) == rows
    read = list(csv.reader(io.StringIO(table.to_csv(), newline="")))
    assert read[1:] == [
        ["" if term is None else str(term) if isinstance(term, BlankNode) else term.value for term in row]
        for row in rows
    ]


def test_csv_is_as_the_standard_says() -> None:
    assert TABLE.to_csv().split("\r\n")[0] == "s,text,n"
    assert 'http://example.org/é,"a ""b"", \\c\n\r\td <e> & é مرحبا \U0001f600",5\r\n' in TABLE.to_csv()
    assert TABLE.to_csv().endswith("\r\n,,\r\n")
    assert Table((), [(), ()]).to_csv() == "\r\n\r\n\r\n"
    assert Table(("a",), [(BlankNode("b0"),)]).to_csv() == "a\r\n_:b0\r\n"


def test_xml_is_well_formed_and_refuses_what_it_cannot_hold() -> None:
    root = ElementTree.fromstring(TABLE.to_xml())
    namespace = "{http://www.w3.org/2005/sparql-results#}"
    assert [each.get("name") for each in root.iter(f"{namespace}variable")] == ["s", "text", "n"]
    assert root.findtext(f".//{namespace}literal") == ODD
    with pytest.raises(CouldNotBeDone, match="control character"):
        Table(("a",), [(Literal("\x01"),)]).to_xml()


def test_empty_tables_have_their_head() -> None:
    empty = Table(("a", "b"), [])
    assert empty.to_json() == '{"head":{"vars":["a","b"]},"results":{"bindings":[]}}'
    assert empty.to_csv() == "a,b\r\n"
    assert empty.to_tsv() == "?a\t?b\n"
    assert empty.to_markdown() == "| a | b |\n| --- | --- |\n"
    assert empty.to_text().split() == ["a", "b", *empty.to_text().split()[2:]]
    assert (len(empty), list(empty)) == (0, [])


def test_rows_and_columns() -> None:
    assert [row["n"] for row in TABLE] == [ROWS[0][2], ROWS[1][2], None, None]
    assert TABLE.values("?n") == [5, Decimal("2.50"), None, None]
    assert TABLE.value(0, "n") == 5
    assert TABLE.value(-1) == {"s": None, "text": None, "n": None}
    with pytest.raises(UnknownName, match="did you mean 'text'"):
        TABLE.values("texd")
    with pytest.raises(ParameterError, match="4 rows"):
        TABLE.value(4)


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (typed("5", "nonNegativeInteger"), 5),
        (typed("5.10", "decimal"), Decimal("5.10")),
        (typed("1e3", "double"), 1000.0),
        (typed("-INF", "double"), float("-inf")),
        (typed("true", "boolean"), True),
        (typed("0", "boolean"), False),
        (typed("2026-03-01", "date"), date(2026, 3, 1)),
        (typed("2026-03", "gYearMonth"), "2026-03"),
        (typed("2026-03-01T10:00:00Z", "dateTime"), datetime.fromisoformat("2026-03-01T10:00:00+00:00")),
        (typed("10:00:00", "time"), time(10)),
        (typed("2026-02-30", "date"), "2026-02-30"),
        (typed("many", "integer"), "many"),
        (typed("1_000", "integer"), "1_000"),
        (typed("١٢", "integer"), "١٢"),
        (typed("1e999999999", "decimal"), "1e999999999"),
        (typed("20260301", "date"), "20260301"),
        (typed("yes", "boolean"), "yes"),
        (Literal("x", language="fr"), "x"),
        (NamedNode("http://x"), "http://x"),
        (BlankNode("b"), "_:b"),
        (None, None),
    ],
)
def test_terms_become_python_values(term: Term | None, value: object) -> None:
    assert to_python(term) == value
    assert type(to_python(term)) is type(value)


def test_text_is_aligned_whatever_the_script() -> None:
    table = Table(
        ("city", "n"), [(Literal("Bamako"), Literal(1)), (Literal("نيامي"), Literal(22)), (Literal("e\u0301"), None)]
    )
    lines = table.to_text().splitlines()
    assert any("Bamako" in line and line.endswith(" 1") for line in lines)
    long = Table(("text",), [(Literal("word " * 60 + "end"),)])
    assert max(len(line) for line in long.to_text(width=40).splitlines()) <= 40
    assert "end" in long.to_text(width=40)
    assert len(long.to_text().strip().splitlines()[-1]) > 300
    assert "[bold]" in Table(("m",), [(Literal("[bold]x[/bold]"),)]).to_text()


def test_markdown_keeps_one_row_a_line() -> None:
    table = Table(("a|b",), [(Literal("x | y\nz <script>"),)])
    assert table.to_markdown() == "| a\\|b |\n| --- |\n| x \\| y<br>z &lt;script> |\n"


def test_html_escapes_and_links_and_knows_direction() -> None:
    shown = TABLE._repr_html_()
    assert '<a href="http://example.org/é">' in shown
    assert "&lt;e&gt;" in shown
    assert 'lang="ar" dir="rtl"' in shown
    assert "… 5 more rows" in Table(("n",), [(Literal(1),)] * 105)._repr_html_()
    assert "href" not in Table(("n",), [(NamedNode("javascript:alert(1)"),)])._repr_html_()


def test_a_workbook_keeps_formulas_as_text(tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "a.xlsx"
    formula = Literal("=HYPERLINK(A1)")
    rows: list[tuple[Term | None, ...]] = [
        (formula, Literal(5), typed("2.5", "decimal"), typed("2026-03-01", "date")),
        (
            Literal("-1+1"),
            typed("NaN", "double"),
            typed("2026-03-01T10:00:00Z", "dateTime"),
            Literal("\x01é" + "x" * 40000),
        ),
    ]
    Table(("=a", "b", "c", "d"), rows).to_xlsx(path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == ["=a", "b", "c", "d"]
    assert cells[1] == ["=HYPERLINK(A1)", 5, 2.5, datetime(2026, 3, 1)]
    assert cells[2][:3] == ["-1+1", "nan", "2026-03-01T10:00:00+00:00"]
    assert str(cells[2][3]).startswith("\ufffdé")
    assert {cell.data_type for cell in sheet[1]} == {"s"}
    assert sheet["A2"].data_type == "s"
    with pytest.raises(StorageError):
        TABLE.to_xlsx(tmp_path / "no" / "folder.xlsx")


@pytest.mark.parametrize(
    ("term", "held"),
    [
        (typed("123456789012345", "integer"), 123456789012345),
        (typed("1234567890123456", "integer"), "1234567890123456"),
        (typed("0.1234567890123456", "decimal"), "0.1234567890123456"),
        (typed("9" * 5000, "decimal"), "9" * 5000),
        (typed("1" + "0" * 5000, "decimal"), "1" + "0" * 5000),
        (typed("1e999999999", "decimal"), "1e999999999"),
        (typed("1899-12-30", "date"), "1899-12-30"),
        (typed("9999-12-31T23:59:59.9999", "dateTime"), "9999-12-31T23:59:59.999900"),
    ],
)
def test_what_no_cell_can_hold_as_a_number_or_a_date_stays_as_it_is_written(term: Term, held: object) -> None:
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(Table(("a",), [(term,)]).to_xlsx())).active
    assert sheet is not None
    assert sheet["A2"].value == held


def test_a_workbook_has_no_clock(tmp_path: Path) -> None:
    one, two = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    TABLE.to_xlsx(one)
    sleep(2.1)  # in a workbook time goes by two seconds
    TABLE.to_xlsx(two)
    assert one.read_bytes() == two.read_bytes()


def test_a_frame_of_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    pandas = pytest.importorskip("pandas")
    frame = TABLE.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == ["s", "text", "n"]
    assert len(Table((), []).to_frame()) == 0
    real = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name in ("pandas", "polars"):
            raise ImportError(name)
        return real(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CouldNotBeDone, match="pip install pandas"):
        TABLE.to_frame()


def test_a_row_with_a_triple_is_refused() -> None:
    solutions = Store().query("SELECT (TRIPLE(<http://a>, <http://b>, 1) AS ?t) { }")
    assert isinstance(solutions, QuerySolutions)
    with pytest.raises(CouldNotBeDone, match=r"RDF 1\.2"):
        Table.of(solutions)

"""Workbooks and sheets that were made to do harm.

No workbook is opened here, by nobody: sheets come as CSV. So each of these is refused by its first bytes, with advice.
What CSV can do instead, which is to be large, is bounded.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import sankofa
from command import PROGRAM, run
from sankofa.capture import sheet
from sankofa.errors import LimitReached, SankofaError
from sankofa.table import MOST_COLUMNS, MOST_ROWS, Table
from sankofa.validation import Report
from serving import environment

SOURCE = Path(sankofa.__file__).parent
BASE = "https://example.org/net/"
SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<?xml version="1.0"?>{}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
ROWS = "<sheetData>{}</sheetData></worksheet>"
ENTITIES = "<!DOCTYPE x [" + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 or "lol"}">' for n in range(1, 9)) + "]>"
COLUMNS = "".join(f'<col min="{n}" max="{n}" style="1"/>' for n in range(1, 16_385))


def book(content: str, **others: bytes) -> bytes:
    """A workbook of one sheet, and whatever else is in its archive."""
    from openpyxl import Workbook

    made, out = io.BytesIO(), io.BytesIO()
    Workbook().save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, content if name == SHEET else source.read(name))
        for name, data in others.items():
            target.writestr(name, data)
    return out.getvalue()


NOTHING = HEAD.format("") + ROWS.format("")
BOOKS: dict[str, Callable[[], bytes]] = {
    "a bomb": lambda: book(NOTHING + " " * 60_000_000),
    "too many rows": lambda: book(HEAD.format("") + ROWS.format("<row><c><v>1</v></c></row>" * 100_001)),
    "an entity": lambda: book(
        HEAD.format('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>') + ROWS.format("&e;")
    ),
    "entities that grow": lambda: book(HEAD.format(ENTITIES) + ROWS.format("&e8;")),
    "a link to another workbook": lambda: book(NOTHING, **{"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
    "a macro": lambda: book(NOTHING, **{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 100}),
    "formats for all columns": lambda: book(NOTHING.replace("<sheetData>", f"<cols>{COLUMNS}</cols><sheetData>")),
    "names that leave the folder": lambda: book(NOTHING, **{"../../outside": b"x", "/etc/x": b"x"}),
    "an older workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 10_000,
}
SHEETS: dict[str, Callable[[], str]] = {
    "more bytes": lambda: "id,title@fr\n" + "x" * 30_000_000,
    "more rows": lambda: "id,title@fr\n" + "a,b\n" * 100_001,
    "more empty rows": lambda: "id,title@fr\n" + "\n" * 100_001,
    "more columns": lambda: ",".join(f"c{n}" for n in range(16_384)) + "\n" + ("," * 16_383 + "\n") * 70,
    "more cells": lambda: "id,title@fr\n" + ("a" + ",b" * 99 + "\n") * 10_001,
    "a cell without end": lambda: 'id,title@fr\na,"' + "x" * 10_000_000,
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    run("init", folder / "kg", "--base", BASE, "--title", "X")
    return folder


@pytest.mark.parametrize("name", ["stories.xlsx", "stories.csv"])
@pytest.mark.parametrize("content", BOOKS.values(), ids=BOOKS)
def test_a_workbook_is_refused_at_once(place: Path, content: Callable[[], bytes], name: str) -> None:
    (place / name).write_bytes(content())
    begun = time.process_time()
    done = run("--kg", place / "kg", "capture", place / name, code=2)
    assert time.process_time() - begun < 1
    assert "save it as 'CSV UTF-8'" in done.stderr
    assert name in done.stderr
    for command in (["--kg", place / "kg", "load"], ["validate"]):
        assert "its extension does not tell the RDF format" in run(*command, place / name, code=2).stderr
    assert b"id/story" not in run("--kg", place / "kg", "dump").stdout_bytes


@pytest.mark.parametrize("content", SHEETS.values(), ids=SHEETS)
def test_a_sheet_larger_than_people_write_is_refused_at_once(place: Path, content: Callable[[], str]) -> None:
    file = place / "stories.csv"
    file.write_text(content(), encoding="utf-8")
    begun = time.process_time()
    with pytest.raises(SankofaError) as caught:
        sheet.read_csv(file)
    assert time.process_time() - begun < 1
    assert "stories.csv" in caught.value.where
    assert isinstance(caught.value, LimitReached) == ("the file is not CSV" not in caught.value.what)


def test_a_sheet_of_the_largest_size_is_read() -> None:
    read = sheet.parse_csv(b"id,title@fr\n" + b"a,b\n" * sheet.MOST_ROWS, "stories.csv")
    assert len(read.rows) == sheet.MOST_ROWS


#: Runs a command and tells how much memory it has had at most: a large process cannot tell that of its children.
MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize("content", [BOOKS["a bomb"], SHEETS["more bytes"], SHEETS["more cells"]])
def test_a_process_that_refuses_one_takes_little_memory(place: Path, content: Callable[[], str | bytes]) -> None:
    pytest.importorskip("resource", reason="this system does not tell what a process took")
    made = content()
    (place / "stories.csv").write_bytes(made if isinstance(made, bytes) else made.encode())
    command = [sys.executable, "-c", MEASURED, PROGRAM, "--kg", place / "kg", "capture", place / "stories.csv"]
    done = subprocess.run(command, capture_output=True, check=True, env=environment(), timeout=60)
    code, taken = map(int, done.stdout.split())
    assert code in (2, 3)
    assert 10_000 < taken < 200_000  # KB


# -- what we write


def test_nobody_here_opens_a_workbook() -> None:
    """Should that change, what opens one has to hold the bounds of this list's number, and this module to try it."""
    for file in SOURCE.rglob("*.py"):
        names = {
            alias.name
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert not names & {"load_workbook", "reader", "docx", "xlrd", "pandas.read_excel"}, file
        if "zipfile" in names:  # the one that takes the clock out of the archive that it has just made
            assert file.relative_to(SOURCE).as_posix() == "validation/workbook.py"


@pytest.mark.parametrize("made", [Table(("a",), []).to_xlsx(), Report((), 1).to_xlsx()], ids=["an answer", "a report"])
def test_a_workbook_of_ours_has_nothing_but_a_sheet(made: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = set(archive.namelist())
    parts = {
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/app.xml",
        "docProps/core.xml",
        "xl/_rels/workbook.xml.rels",
    }
    assert names - parts <= {
        "xl/sharedStrings.xml", "xl/styles.xml", "xl/theme/theme1.xml", "xl/workbook.xml", SHEET
    }  # fmt: skip


def test_a_workbook_holds_what_a_workbook_can_hold() -> None:
    row = (None,)
    with pytest.raises(LimitReached, match="take CSV"):
        Table(("a",), [row] * MOST_ROWS).to_xlsx()
    with pytest.raises(LimitReached, match="take CSV"):
        Table(tuple(f"c{n}" for n in range(MOST_COLUMNS + 1)), []).to_xlsx()

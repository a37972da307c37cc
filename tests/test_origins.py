"""Where a finding came from: file, sheet, cell and line, as long as the value is the one that was captured."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

import sankofa
from command import run
from sankofa.capture.sheet import parse_csv
from sankofa.graph import Graph
from sankofa.validation import Finding, Origin
from sankofa.validation.words import LANGUAGES

NET = "https://example.org/net/"
#: A latitude that is none, in the row below one whose description has two lines; and a theme is missing.
CITY = """id,title@fr,country,description@fr,latitude
segou,Ségou,Mali,"Un guichet
pour les taxes",13.4
mopti,Mopti,Mali,Au bord du fleuve,144.5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "city.csv").write_text(CITY, encoding="utf-8")
    run("init", tmp_path / "own", "--base", NET, "--title", "Net", "--lang", "fr", "--date", "2026-11-23")
    return tmp_path / "own"


def at(graph: Graph, slug: str, field: str) -> list[Finding]:
    found = graph.validate().findings
    return [one for one in found if one.record == f"{NET}id/city/{slug}" and one.field == field]


@pytest.fixture
def graph(folder: Path) -> Iterator[Graph]:
    with sankofa.open(folder) as opened:
        opened.capture(folder.parent / "city.csv", when="2026-11-24")
        yield opened


def test_a_value_is_found_in_its_cell_and_line(graph: Graph) -> None:
    (wrong,) = at(graph, "mopti", "latitude")
    assert wrong.code == "SKF-C09"
    assert wrong.origin == Origin("city.csv", "", "E3", 4)
    (row,) = (row for row in csv.DictReader(io.StringIO(graph.validate().to_csv())) if row["code"] == "SKF-C09")
    assert (row["file"], row["sheet"], row["cell"], row["line"]) == ("city.csv", "", "E3", "4")
    for lang in LANGUAGES:
        assert "city.csv, E3" in graph.validate().to_text(lang)
    assert wrong.as_dict()["line"] == "4"


def test_what_is_missing_is_found_in_its_row(graph: Graph) -> None:
    (missing,) = at(graph, "mopti", "theme")
    assert missing.origin == Origin("city.csv", "", "A3", 4)
    (missing,) = at(graph, "segou", "theme")
    assert missing.origin == Origin("city.csv", "", "A2", 2)


def test_each_process_knows_where_a_value_came_from(folder: Path) -> None:
    run("--kg", folder, "capture", folder.parent / "city.csv", "--date", "2026-11-24")
    shown = run("--kg", folder, "validate", "--lang", "ar", code=1).stdout
    assert "\u2068city.csv, E3\u2069: " in shown
    with sankofa.open(folder, read_only=True) as reading:
        (wrong,) = at(reading, "mopti", "latitude")
        assert wrong.origin == Origin("city.csv", "", "E3", 4)
        by_pyshacl = reading.validate(engine="pyshacl").findings
        assert [one.origin for one in by_pyshacl if one.code == "SKF-C09"] == [wrong.origin]


def test_a_value_that_was_changed_since_stands_in_no_cell(graph: Graph) -> None:
    with graph.change("another mistake", when="2026-11-25") as change:
        change.set(f"{NET}id/city/mopti", latitude=200)
    (wrong,) = at(graph, "mopti", "latitude")
    assert wrong.origin is None


def test_the_newest_sheet_is_the_one_that_is_named(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "city.csv").write_text("id,latitude\nmopti,145.5\n", encoding="utf-8")
    graph.capture(tmp_path / "city.csv", when="2026-11-25")
    (wrong,) = at(graph, "mopti", "latitude")
    assert wrong.origin == Origin("city.csv", "", "B2", 2)


def test_a_dry_run_is_forgotten(folder: Path) -> None:
    with sankofa.open(folder) as graph:
        graph.capture(folder.parent / "city.csv", dry_run=True)
    assert not (folder / "origins.jsonl").exists()


def test_a_withdrawn_record_is_forgotten(graph: Graph, folder: Path) -> None:
    assert "mopti" in (folder / "origins.jsonl").read_text(encoding="utf-8")
    graph.store.withdraw(f"{NET}id/city/mopti", who="test", when="2026-11-25")
    assert "mopti" not in (folder / "origins.jsonl").read_text(encoding="utf-8")
    assert "segou" in (folder / "origins.jsonl").read_text(encoding="utf-8")
    assert graph.origins.of(f"{NET}id/city/mopti", "", None) is None
    assert graph.origins.of(f"{NET}id/city/segou", "", None) is not None


@pytest.mark.parametrize("damage", ["", "{", "[1, 2]\n", "\udcff"])
def test_a_damaged_file_of_origins_only_costs_the_cells(damage: str, folder: Path) -> None:
    run("--kg", folder, "capture", folder.parent / "city.csv", "--date", "2026-11-24")
    (folder / "origins.jsonl").write_bytes(damage.encode("utf-8", "surrogateescape"))
    with sankofa.open(folder) as graph:
        (wrong,) = at(graph, "mopti", "latitude")
        assert wrong.origin is None


def test_a_sheet_may_begin_below_its_separator() -> None:
    sheet = parse_csv(b'sep=;\nid;name\n"a\n";A\nb;B\n', "city.csv")
    assert [(row.place.row, row.place.line) for row in sheet.rows] == [(3, 3), (4, 5)]


def test_a_place_is_told_in_the_reader_s_language() -> None:
    assert Origin("city.csv", line=9).text("fr") == "city.csv, ligne 9"
    assert (
        Origin("book.xlsx", "Villes", "D7", 9).text("ar")
        == str(Origin("book.xlsx", "Villes", "D7"))
        == ("book.xlsx, Villes!D7")
    )

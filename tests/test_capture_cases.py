"""Sheets and what becomes of them: each folder of ``tests/capture/`` holds a sheet and what is expected of it."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sankofa.capture import Capture, Context, capture_files, capture_sheets, read_csv, read_defaults, read_mapping
from sankofa.capture.names import Triples, nearest
from sankofa.capture.refusals import LANGUAGES, SENTENCES, Place, Refusal, column_letters
from sankofa.capture.sheet import clean, parse_csv, sheet_of
from sankofa.errors import UnknownName, UnreadableInput

CASES = Path(__file__).parent / "capture"


def context() -> Context:
    known = Triples(quad.triple for quad in ox.parse(path=str(CASES / "known.ttl")))
    base, defaults = read_defaults(known)
    return Context(base, known=known, defaults=defaults)


def capture_of(raw: bytes, file: str, mapping: Path | None = None) -> Capture:
    described = read_mapping(mapping) if mapping else None
    return capture_sheets([(parse_csv(raw, file), described)], context())


def outcome(capture: Capture, triples: bool) -> dict[str, Any]:
    """What a case expects, as JSON says it."""
    found: dict[str, Any] = {
        "cells": {name: capture.count(name) for name in ("imported", "ignored", "refused")},
        "records": [record.value for record in capture.records],
        "refusals": [[refusal.place.cell, refusal.code, refusal.message()] for refusal in capture.refusals],
        "remarks": [remark.message() for remark in capture.remarks],
    }
    if triples:
        found["added"] = [f"{triple} ." for triple in capture.added]
        found["removed"] = [f"{triple} ." for triple in capture.removed]
    return found


@pytest.mark.parametrize("case", sorted(path.parent.name for path in CASES.glob("*/sheet.csv")))
def test_a_sheet_gives_what_is_expected(case: str) -> None:
    folder = CASES / case
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    mapping = folder / "mapping.toml"
    capture = capture_of(
        (folder / "sheet.csv").read_bytes(), expected.pop("file"), mapping if mapping.is_file() else None
    )
    assert outcome(capture, "added" in expected) == expected


@pytest.mark.parametrize("case", sorted(path.parent.name for path in CASES.glob("*/sheet.csv")))
def test_every_cell_of_a_sheet_is_accounted_for_once(case: str) -> None:
    folder = CASES / case
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    mapping = folder / "mapping.toml"
    capture = capture_of((folder / "sheet.csv").read_bytes(), expected["file"], mapping if mapping.is_file() else None)
    places = [account.cell.place for account in capture.accounts]
    assert len(places) == len(set(places))
    for account in capture.accounts:
        assert account.triples if account.outcome == "imported" else account.reason
    assert all(refusal.place.file == expected["file"] for refusal in capture.refusals)
    assert capture.accepted == (not capture.refusals)


def test_the_same_sheet_parted_and_marked_in_other_ways_says_the_same() -> None:
    text = 'id,title@fr,city\r\nun,Sèmè-Podji,bamako\r\ndeux,"Une, deux\r\nlignes",bamako\r\n'
    plain = capture_of(text.encode(), "stories.csv")
    assert plain.count("imported") == 6
    tabs = 'id\ttitle@fr\tcity\nun\tSe\u0300me\u0300-Podji\tbamako\ndeux\t"Une, deux\nlignes"\tbamako'
    semicolons = tabs.replace("\t", ";")
    for other in (text.encode("utf-8-sig"), tabs.encode(), semicolons.encode(), ("sep=;\n" + semicolons).encode()):
        assert capture_of(other, "stories.csv").added == plain.added


def test_rows_are_counted_as_spreadsheets_count_them() -> None:
    text = 'id,title@fr,city\nun,"deux\nlignes",bamako\ndeux,x,nulle-part\n'
    (refusal,) = capture_of(text.encode(), "stories.csv").refusals
    assert refusal.place.cell == "C3"
    (refusal,) = capture_of(("sep=,\n" + text).encode(), "stories.csv").refusals
    assert refusal.place.cell == "C4"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("id,title@fr\na,Sémé\n".encode("cp1252"), "Windows-1252.*Sémé"),
        ("id,title\na,b\n".encode("utf-16"), "UTF-16"),
        (b"id,title\na,b\x00\n", "NUL"),
        (b"PK\x03\x04rest", "workbook"),
        (b'id,title\na,"never closed\n', "never closed"),
        (b'id,title\na,"b"c\n', "CSV"),
        (b"", "empty"),
    ],
)
def test_a_file_that_is_no_csv_in_utf8_is_refused_with_its_name(raw: bytes, says: str) -> None:
    with pytest.raises(UnreadableInput, match=says) as caught:
        parse_csv(raw, "stories.csv")
    assert "stories.csv" in str(caught.value)
    assert caught.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"nowhere\.csv"):
        read_csv(tmp_path / "nowhere.csv")


def test_a_sheet_of_no_kind_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="story"):
        capture_of(b"id,title\na,b\n", "storys.csv".replace("storys", "stori"))


def test_files_are_read_with_the_mapping_beside_them(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(
        '[sheets.plays]\nkind = "story"\n[sheets.plays.columns]\nname = { field = "title", language = "fr" }\n'
    )
    (tmp_path / "plays.csv").write_text("id,name\nstory-un,Le récit\n", encoding="utf-8")
    capture = capture_files([tmp_path / "plays.csv"], context())
    assert [record.value for record in capture.records] == ["https://example.org/id/story/un"]
    assert capture.accepted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[sheets.plays\n", "not TOML"),
        ("[sheet.plays]\n", "no key 'sheet': did you mean 'sheets'|sheets"),
        ("[sheets.plays]\nid = 'id'\n", "of which kind"),
        ("[sheets.plays]\nkind = 'story'\n[sheets.plays.columns]\na = { feld = 'title' }\n", "field"),
        ("[sheets.plays]\nkind = 'story'\n[sheets.plays.columns]\na = { language = 'fr' }\n", "names no field"),
        ("[sheets.plays]\nkind = 'story'\n[sheets.plays.columns]\na = { field = 'title', part = 'x' }\n", "part"),
        ("[sheets.plays]\nkind = 'story'\n[sheets.plays.columns]\na = { field = 'title', reading = 'x' }\n", "reading"),
        ("[sheets.plays]\nkind = 'story'\n[sheets.plays.columns]\na = { field = 1 }\n", "cannot be 1"),
        ("[sheets.plays]\nkind = 'story'\n[sheets.plays.columns]\na = 1\n", "must be a table"),
    ],
)
def test_a_broken_mapping_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInput, match=says):
        read_mapping(path)


@pytest.mark.parametrize(
    "column",
    [
        "{ field = 'titel' }",
        "{ field = 'city', inverse = true, kinds = ['storry'] }",
        "{ field = 'title', keep = 'x' }",
    ],
)
def test_a_mapping_that_names_what_does_not_exist_is_refused(tmp_path: Path, column: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(f"[sheets.plays]\nkind = 'story'\n[sheets.plays.columns]\na = {column}\n", encoding="utf-8")
    with pytest.raises(UnknownName):
        capture_of(b"id,a\nx,y\n", "plays.csv", path)


def test_every_sentence_is_there_in_four_languages_with_the_same_gaps() -> None:
    def gaps(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for code, sentences in SENTENCES.items():
        assert set(sentences) == set(LANGUAGES), code
        asked = {language: gaps(text) for language, text in sentences.items()}
        assert len({frozenset(one) for one in asked.values()}) == 1, (code, asked)
        for text in sentences.values():
            assert "http://www.w3.org" not in text and "skf:" not in text


def test_a_refusal_speaks_the_language_asked_for() -> None:
    place = Place("fiches.xlsx", "Récits", 7, 4)
    refusal = Refusal(place, "unknown-choice", "artcle", "format", "Un récit", {"near": "article"})
    assert refusal.message("fr") == (
        "fiches.xlsx Récits!D7 (Un récit): « artcle » n'est pas dans la liste de « format ». "
        "Choisissez une valeur de la liste. Vouliez-vous dire « article » ?"
    )
    assert refusal.message("de") == refusal.message("en")


def test_columns_are_lettered_as_in_spreadsheets() -> None:
    assert [column_letters(number) for number in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]


def test_suggestions_do_not_cost_a_long_list() -> None:
    many = [f"name-{number}" for number in range(5000)]
    assert nearest("NAME-17", many) == "name-17"
    assert nearest("nam-17", many) == ""


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    try:
        sheet = parse_csv(raw, "stories.csv")
    except UnreadableInput as error:
        assert error.where.startswith("stories.csv")
        return
    assert all(cell.text for row in sheet.rows for cell in row.cells)


HEADINGS = [
    "id",
    "kind",
    "title",
    "title@fr",
    "city",
    "theme",
    "issued",
    "source",
    "lesson.description@fr",
    "",
    "x",
    "type",
]
TEXTS = st.sampled_from(
    [
        "",
        " ",
        "un",
        "deux",
        "story",
        "Un récit",
        "bamako",
        "mobility|tax-collection",
        "2021-06",
        "05/06/2021",
        "|",
        "x\x01",
    ]
) | st.text(max_size=12)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=6), st.lists(st.lists(TEXTS, max_size=7), max_size=5))
def test_whatever_stands_in_a_sheet_every_cell_is_accounted_for(headings: list[str], lines: list[list[str]]) -> None:
    capture = capture_sheets([(sheet_of([headings, *lines], "stories.csv"), None)], context())
    there = {
        (row, column)
        for row, line in enumerate(lines, start=2)
        for column, text in enumerate(line, start=1)
        if clean(text)
    }
    assert [(account.cell.place.row, account.cell.place.column) for account in capture.accounts] == sorted(there)
    for account in capture.accounts:
        assert account.triples if account.outcome == "imported" else account.reason
    assert {triple for account in capture.accounts for triple in account.triples} <= set(capture.origins)
    for language in LANGUAGES:
        assert capture.table(language)
        assert all(refusal.message(language) for refusal in (*capture.refusals, *capture.remarks))

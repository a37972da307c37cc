"""The graph files that the sheets make: the same bytes every time, nothing twice, each record in one file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from sankofa import shipped
from sankofa.capture import Context, capture_sheets, read_csv, read_defaults, read_mapping
from sankofa.capture.__main__ import main
from sankofa.capture.build import REPORT, files_of, read_folder
from sankofa.capture.identifiers import kind_and_slug
from sankofa.capture.names import Triples
from sankofa.capture.sheet import parse_csv
from sankofa.errors import NotAGraph
from sankofa.store.guard import prefixes
from sankofa.store.turtle import write_turtle

FOLDER = shipped.default_graph_folder()
SHEETS = sorted((FOLDER / "sheets").glob("*.csv"))


def contents(folder: Path) -> dict[str, bytes]:
    files = [*(folder / "graph").glob("*.ttl"), folder / REPORT]
    return {file.name: file.read_bytes() for file in files}


def copy_sources(to: Path) -> None:
    shutil.copytree(FOLDER / "sheets", to / "sheets")
    shutil.copy(FOLDER / "network.ttl", to)


def test_two_hash_seeds_give_the_committed_bytes(tmp_path: Path) -> None:
    for seed in ("0", "4711"):
        folder = tmp_path / seed
        folder.mkdir()
        copy_sources(folder)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Pacific/Kiritimati"}
        done = subprocess.run(
            [sys.executable, "-m", "sankofa.capture", str(folder)], env=environment, capture_output=True, text=True
        )
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert contents(folder) == contents(FOLDER)


def known_graph() -> Triples:
    files = [FOLDER / "network.ttl", *sorted((FOLDER / "graph").glob("*.ttl"))]
    return Triples(quad.triple for file in files for quad in ox.parse(path=str(file)))


def test_reading_the_same_sheets_again_changes_nothing() -> None:
    known = known_graph()
    base, defaults = read_defaults(known)
    mapping = read_mapping(FOLDER / "sheets" / "mapping.toml")
    capture = capture_sheets(
        [(read_csv(path), mapping) for path in SHEETS], Context(base, known=known, defaults=defaults)
    )
    assert (capture.added, capture.removed, capture.refusals) == ((), (), ())


def test_one_changed_cell_changes_the_triples_of_that_cell() -> None:
    known = known_graph()
    base, defaults = read_defaults(known)
    mapping = read_mapping(FOLDER / "sheets" / "mapping.toml")
    text = (FOLDER / "sheets" / "stories.csv").read_bytes().decode()
    changed = text.replace("Local forms of organisation are a source of method.", "Look at home first.", 1)
    sheet = parse_csv(changed.encode(), "stories.csv")
    capture = capture_sheets([(sheet, mapping)], Context(base, known=known, defaults=defaults))
    assert [triple.object for triple in capture.added] == [ox.Literal("Look at home first.", language="en")]
    assert [triple.object.value for triple in capture.removed if isinstance(triple.object, ox.Literal)] == [
        "Local forms of organisation are a source of method."
    ]
    assert len(capture.removed) == 1
    (added,) = capture.added
    assert str(capture.origins[added]) == f"stories.csv {capture.origins[added].cell}"
    assert capture.origins[added].letter == "L"


def test_an_emptied_part_goes_out_whole() -> None:
    known = known_graph()
    base, defaults = read_defaults(known)
    mapping = read_mapping(FOLDER / "sheets" / "mapping.toml")
    text = (FOLDER / "sheets" / "stories.csv").read_bytes().decode()
    changed = text.replace("Local forms of organisation are a source of method.", "", 1)
    capture = capture_sheets(
        [(parse_csv(changed.encode(), "stories.csv"), mapping)], Context(base, known=known, defaults=defaults)
    )
    part = ox.NamedNode("https://w3id.org/aston/id/story/village#lesson")
    assert not capture.added
    assert {triple for triple in capture.removed if part not in (triple.subject, triple.object)} == set()
    assert len(capture.removed) == 3


def test_the_order_of_the_sheets_does_not_matter() -> None:
    known = Triples(quad.triple for quad in ox.parse(path=str(FOLDER / "network.ttl")))
    base, defaults = read_defaults(known)
    mapping = read_mapping(FOLDER / "sheets" / "mapping.toml")
    captures = [
        capture_sheets([(read_csv(path), mapping) for path in order], Context(base, known=known, defaults=defaults))
        for order in (SHEETS, SHEETS[::-1])
    ]
    assert captures[0].added == captures[1].added


def test_every_triple_of_a_cell_knows_its_cell_and_every_other_its_row() -> None:
    capture, _ = read_folder(FOLDER)
    assert set(capture.origins) >= set(capture.added)
    for account in capture.accounts:
        assert account.outcome == "imported", account
        assert account.triples
    assert len(capture.accounts) == capture.count("imported") > 3919


def test_each_record_stands_in_the_file_of_its_kind_with_its_parts() -> None:
    for file in (FOLDER / "graph").glob("*.ttl"):
        for quad in ox.parse(path=str(file)):
            assert isinstance(quad.subject, ox.NamedNode)
            place = kind_and_slug("https://w3id.org/aston/", quad.subject.value)
            assert place and place[0] == file.stem


def test_the_files_say_exactly_what_was_captured() -> None:
    capture, context = read_folder(FOLDER)
    files = files_of(capture.added, context.base)
    read = {quad.triple for text in files.values() for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    assert read == set(capture.added)


@pytest.mark.parametrize(
    "term",
    [
        ox.Literal('quote " backslash \\ newline \n tab \t', language="en"),
        ox.Literal("حكاية", language="ar"),
        ox.Literal("plain"),
        ox.Literal("-8.00", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
        ox.Literal("x", datatype=ox.NamedNode("https://example.org/type")),
        ox.NamedNode("https://w3id.org/aston/id/city/bamako#population"),
        ox.NamedNode("https://schema.org/"),
        ox.NamedNode("https://schema.org/a-"),
        ox.NamedNode("https://schema.org/a/b?c=(d)"),
    ],
)
def test_turtle_is_read_back_as_it_was(term: ox.NamedNode | ox.Literal) -> None:
    triple = ox.Triple(ox.NamedNode("https://example.org/a"), ox.NamedNode("https://schema.org/about"), term)
    text = write_turtle([triple], prefixes())
    assert [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)] == [triple]


def test_a_kind_without_rows_leaves_no_file(tmp_path: Path) -> None:
    copy_sources(tmp_path)
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "person.ttl").write_text("", encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    assert not (tmp_path / "graph" / "person.ttl").exists()


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["--help"]) == 0
    assert main([str(tmp_path)]) == 2
    assert "network.ttl" in capsys.readouterr().err
    copy_sources(tmp_path)
    cities = tmp_path / "sheets" / "cities.csv"
    cities.write_text(cities.read_text(encoding="utf-8").replace("12.64", "north"), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert "cities.csv I2 (Bamako): 'north' is no number" in capsys.readouterr().err


def test_a_folder_must_say_its_base() -> None:
    with pytest.raises(NotAGraph, match="0 networks"):
        read_defaults(Triples())

"""The threat model is complete: every number of the field's list, every test of an attack, every way in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sankofa.cli import main
from sankofa.graph.newest import newest_release
from sankofa.serve.app import application

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
#: The numbers of the field's list of promises.
NUMBERS = range(1, 26)


def table(head: str) -> list[list[str]]:
    """The rows of the table that begins with this head."""
    lines = TEXT[TEXT.index(f"| {head} |") :].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


ROWS = table("surface")


def files(row: list[str]) -> list[Path]:
    named = re.findall(r"`(test_[^`]*\.py|tests/[^`]*)`", row[3])
    return [ROOT / (name if name.startswith("tests/") else f"tests/security/{name}") for name in named]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_each_row_says_who_holds_it(row: list[str]) -> None:
    assert len(row) == 4
    assert all(row)
    assert files(row)
    for file in files(row):
        assert file.exists(), file


def test_each_number_has_a_row_and_none_another() -> None:
    found: set[int] = set()
    for row in ROWS:
        for numbers in re.findall(r"(?:^|; )((?:\d+(?:, | to |: ))+)", row[3]):
            found |= {int(number) for number in re.findall(r"\d+", numbers)}
        numbered = {int(number) for file in files(row) for number in re.findall(r"_(\d\d)(?=_)", file.name)}
        assert all(re.search(rf"\b{number}\b", row[3]) for number in numbered), row[0]
    assert found == set(NUMBERS)


def test_each_test_of_an_attack_has_a_row() -> None:
    named = {file for row in ROWS for file in files(row)}
    assert set((ROOT / "tests" / "security").glob("test_*.py")) <= named


def test_each_way_in_has_a_row() -> None:
    """Every command, and every address of the public server, by its first part."""
    ways = {way.strip("`"): surfaces.split("; ") for row in table("way in") for way in row[0].split(", ")
            for surfaces in [row[1]]}  # fmt: skip
    assert {each for surfaces in ways.values() for each in surfaces} <= {row[0] for row in ROWS}
    with newest_release(None) as release:
        paths = {str(getattr(route, "path", "")) for route in application(release).routes}
    first = {
        re.sub(r"[-.{].*", "", path[1:].partition("/")[0]) if path[1:2] != "." else ".well-known" for path in paths
    }
    assert {way for way in ways if way.startswith("/")} == {f"/{each}" for each in first}
    assert {way for way in ways if not way.startswith("/")} == set(main.commands)

"""Completeness since a change: the same in Python and on the command line, in words, tables and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import sankofa
from command import run
from sankofa.errors import CouldNotBeDone, UnknownName
from sankofa.graph import Graph
from sankofa.graph.making import init
from sankofa.graph.opening import in_memory
from sankofa.validation import Completeness, Row
from sankofa.validation.completeness import BY
from sankofa.validation.trend import NUMBERS, Moved, compare, numbers

BASE = "https://example.org/net/"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of two cities, changed four times."""
    where = tmp_path_factory.mktemp("trend") / "kg"
    with init(where, base=BASE, title="Own", lang="fr", licence="CC-BY-4.0", when="2026-01-01") as kg:
        with kg.change("two cities", agent="secretariat", when="2026-02-01") as change:
            change.add("city", "mopti", title={"fr": "Mopti"}, country="Mali")
            change.add("city", "segou", title={"fr": "Ségou"}, country="Mali")
        with kg.change("a story", agent="secretariat", when="2026-03-01") as change:
            change.add("story", "marche", title={"fr": "Le marché"}, city="segou")
        with kg.change("better", agent="secretariat", when="2026-04-01") as change:
            change.set(f"{BASE}id/city/segou", description={"fr": "Un guichet pour les taxes", "en": "One desk"})
            change.add("city", "gao", title={"fr": "Gao"}, country="Mali")
        with kg.change("Mopti leaves", agent="secretariat", when="2026-05-01") as change:
            change.remove(f"{BASE}id/city/mopti")
    return where


@pytest.fixture(scope="module")
def kg(folder: Path) -> Iterator[Graph]:
    with sankofa.open(folder, read_only=True) as opened:
        yield opened


def moved(kg: Graph, since: int | str, by: str = "city") -> dict[str, Moved]:
    return {row.group.removeprefix(f"{BASE}id/city/"): row for row in kg.trend(since, by=by).rows}


def test_groups_come_and_go_and_change(kg: Graph) -> None:
    assert [entry.number for entry in kg.history()] == [1, 2, 3, 4, 5]
    rows = moved(kg, 2)
    assert {group: row.state for group, row in rows.items()} == {
        "segou": "changed", "gao": "came", "mopti": "went", "network": "same"
    }  # fmt: skip
    segou = rows["segou"]
    assert segou.then is not None
    assert segou.now is not None
    assert (segou.then.records, segou.now.records) == (1, 2)
    assert segou.change["filled"] == segou.now.filled - segou.then.filled > 1
    assert segou.now.share is not None
    assert segou.then.share is not None
    assert segou.change["share"] == round(segou.now.share - segou.then.share, 4)
    assert rows["gao"].then is None
    assert rows["gao"].change["records"] == 1
    assert rows["gao"].change["share"] is None
    assert rows["mopti"].now is None
    assert rows["mopti"].change["records"] == -1
    assert rows["mopti"].label == {"fr": "Mopti"}


def test_then_is_what_was_counted_then(folder: Path, tmp_path: Path) -> None:
    """Ask of a graph after each change, and ask it later of that time: every number is the same."""
    with init(tmp_path / "kg", base=BASE, title="Own", lang="fr", when="2026-01-01") as kg:
        counted = [{by: kg.completeness(by) for by in BY}]
        assert kg.store.version == 1
        with sankofa.open(folder, read_only=True) as other:
            for entry in other.history()[1:]:
                kg.store.apply(other.store.change(entry.number))
                counted.append({by: kg.completeness(by) for by in BY})
        for number, then in enumerate(counted, start=1):
            for by in BY:
                trend = kg.trend(number, by=by)
                assert [(row.then.group, numbers(row.then)) for row in trend.rows if row.then] != []
                before = {row.group: numbers(row) for row in then[by].rows}
                assert {row.group: numbers(row.then) for row in trend.rows if row.then} == before
                assert numbers(trend.total.then) == numbers(then[by].total)
                assert {row.group: row.now for row in trend.rows if row.now} == {
                    row.group: row for row in counted[-1][by].rows
                }
                if number == len(counted):
                    assert {row.state for row in trend.rows} == {"same"}


@pytest.mark.parametrize("by", BY)
def test_python_and_command_line_say_the_same(by: str, kg: Graph, folder: Path) -> None:
    trend = kg.trend(3, by=by)
    content = json.loads(run("--kg", folder, "status", "--since", "3", "--by", by, "--format", "json").stdout)
    assert content["since"] == {"change": 3, "when": "2026-03-01", "who": "secretariat", "why": "a story"}
    assert content["total"] == trend.total.as_dict("en")
    table = list(
        csv.DictReader(
            io.StringIO(run("--kg", folder, "status", "--since", "2026-04-01", "--by", by, "--format", "csv").stdout)
        )
    )
    assert len(trend.rows) == len(content["rows"]) == len(table) > 0
    for row, in_json, in_csv in zip(trend.rows, content["rows"], table, strict=True):
        assert in_json == row.as_dict("en")
        assert (in_csv["group"], in_csv["state"]) == (row.group, row.state)
        for way, said in (("then", numbers(row.then)), ("now", numbers(row.now)), ("change", row.change)):
            for name in NUMBERS:
                text = in_csv[f"{name}_{way}"]
                assert (float(text) if text else None) == said[name]


def test_in_words(folder: Path) -> None:
    text = run("--kg", folder, "status", "--since", "2").stdout
    assert text.splitlines()[0] == "Since change 2 (2026-02-01, secretariat, two cities):"
    assert "\nSégou: publishable 0 of 1 (0%) → 0 of 2 (0%); Fields filled in: " in text
    assert "\nGao: was not there then; publishable 0 of 1 (0%); Fields filled in: " in text
    assert "\nMopti: is no longer there; " in text
    assert text.endswith("\nWithout change: 1 of 4\n")
    # the beginning: there was nothing, not even the network's own record
    start = run("--kg", folder, "status", "--since", "0").stdout
    assert start.startswith("Since the beginning:\n")
    assert start.count("was not there then") == len(start.splitlines()) - 1
    # nothing since
    assert run("--kg", folder, "status", "--since", "2027-01-01").stdout.endswith("\nWithout change: 3 of 3\n")
    by_record = run("--kg", folder, "status", "--since", "2", "--by", "record").stdout
    assert "\nCity “Ségou”: draft; Fields filled in: " in by_record


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("fr", ["Depuis la modification 2", "n’y figurait pas alors", "n’y figure plus", " → ", "\u202f; ", "Sans"]),
        ("pt", ["Desde a alteração 2", "não constava então", "já não consta", " → ", "Sem alteração: 1 de 4"]),
        ("ar", ["منذ التغيير 2", "لم يكن موجودًا حينها", "لم يعد موجودًا", " ← ", "؛ ", "\u200e+"]),
    ],
)
def test_in_the_reader_s_language(lang: str, words: list[str], folder: Path) -> None:
    for by in BY:
        text = run("--kg", folder, "status", "--since", "2", "--by", by, "--lang", lang).stdout
        assert "http" not in text
        assert "None" not in text
        if lang == "ar":
            assert "→" not in text
        if by == "city":
            assert [word for word in words if word not in text] == []


def test_what_cannot_be_compared_is_said(folder: Path) -> None:
    assert "the last one is 5" in run("--kg", folder, "status", "--since", "6", code=2).stderr
    assert "neither" in run("--kg", folder, "status", "--since", "spring", code=2).stderr
    assert "no change of this graph is logged" in run("status", "--since", "1", code=3).stderr
    assert "RDF" in run("--kg", folder, "status", "--since", "1", "--format", "turtle", code=2).stderr
    with pytest.raises(CouldNotBeDone):
        in_memory(BASE).trend(0)
    with sankofa.open(folder, read_only=True) as kg, pytest.raises(UnknownName):
        kg.trend(1, by="colour")


def test_a_share_of_nothing_has_no_difference() -> None:
    none, some = Row("a", {}, 1, 0, 0, {"draft": 1}), Row("a", {}, 1, 2, 1, {"draft": 1})
    trend = compare(Completeness("kind", (some,), some), Completeness("kind", (none,), none), 1)
    assert trend.rows[0].change["share"] is None
    assert trend.rows[0].change["filled"] == 1
    assert "–" in trend.to_text("en")

"""Every cell of the sheets is in the graph, or in the account with a reason.

Nothing here uses the mapping: the sheets are read with the csv module, the graph from its files, and the text of each
cell is looked for in what the graph says of the row's record.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph as ox
import pytest

from sankofa import shipped

FOLDER = shipped.default_graph_folder()
BASE = "https://w3id.org/aston/id/"
#: The thirteen sheets as given: the kind of their rows, and what their ids carry before the slug.
GIVEN = {
    "cities": ("city", ""),
    "events": ("event", "ev-"),
    "experiments": ("experiment", "exp-"),
    "methods": ("method", ""),
    "organisations": ("organisation", ""),
    "outcomes": ("measure", "out-"),
    "phases": ("phase", ""),
    "questions": ("question", "q-"),
    "resources": ("resource", "res-"),
    "roles": ("role", ""),
    "stories": ("story", "story-"),
    "strategy": ("strategy-element", "strat-"),
    "themes": ("theme", ""),
}
PREFIXES = dict(GIVEN.values())
#: What the sheets call the document that everything started from.
SEED = f"{BASE}resource/call-for-tenders"
LABELS = [
    ox.NamedNode(iri)
    for iri in (
        "http://www.w3.org/2004/02/skos/core#prefLabel",
        "http://www.w3.org/2004/02/skos/core#altLabel",
        "http://www.w3.org/2004/02/skos/core#notation",
    )
]
#: Columns whose values are chosen from a list: each must lead to an entry that carries the very text as a label.
CHOSEN = {
    "cities": ["country_fr", "country_en", "iso3166_1", "official_languages"],
    "events": ["kind"],
    "experiments": ["experiment_type"],
    "methods": ["kind"],
    "organisations": ["kind", "country_iso"],
    "outcomes": ["unit", "scope", "nature"],
    "phases": ["kind"],
    "questions": ["asked_by", "level"],
    "resources": ["kind", "language"],
    "roles": ["level"],
    "stories": ["kind", "language", "format"],
    "strategy": ["element", "element_fr", "kind", "unit"],
    "themes": ["kind", "origin"],
}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / "sheets" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def graph() -> ox.Store:
    store = ox.Store()
    for file in [FOLDER / "network.ttl", *(FOLDER / "graph").glob("*.ttl"), *shipped.vocabulary_files()]:
        store.bulk_load(path=str(file))
    return store


@pytest.fixture(scope="module")
def reported() -> set[tuple[str, str]]:
    """Sheet and cell of everything that the account explains."""
    with (FOLDER / "capture-report.csv").open(encoding="utf-8", newline="") as file:
        return {(row["sheet"], row["cell"]) for row in csv.DictReader(file) if row["cell"] and row["reason"]}


class Said:
    """What a graph says of one record: its literals, those of its parts, what they link to, and who links to it."""

    def __init__(self, graph: ox.Store, record: str) -> None:
        subject = ox.NamedNode(record)
        own = list(graph.quads_for_pattern(subject, None, None))
        parts = [
            quad.object
            for quad in own
            if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(f"{record}#")
        ]
        own += [quad for part in parts for quad in graph.quads_for_pattern(part, None, None)]
        self.found = bool(own)
        self.literals = {quad.object.value for quad in own if isinstance(quad.object, ox.Literal)}
        linked = {quad.object for quad in own if isinstance(quad.object, ox.NamedNode)}
        linked |= {quad.subject for node in (subject, *parts) for quad in graph.quads_for_pattern(None, None, node)}
        self.iris = {node.value for node in linked} | {record}
        self.labels = {
            quad.object.value
            for node in linked
            for label in LABELS
            for quad in graph.quads_for_pattern(node, label, None)
        }
        self.numbers = set()
        for literal in self.literals:
            try:
                self.numbers.add(Decimal(literal))
            except InvalidOperation:
                continue

    def has(self, text: str) -> bool:
        """Whether a text is there: as a literal, a label, an address or its end, or a number of the same value."""
        if text == "seed":
            return SEED in self.iris
        if text in self.literals or text in self.labels or text in self.iris:
            return True
        for iri in self.iris:
            if iri.rstrip("/").rpartition("/")[2] == text:
                return True
            kind, _, slug = iri.removeprefix(BASE).partition("/")
            if iri.startswith(BASE) and f"{PREFIXES.get(kind, '')}{slug}" == text:
                return True
        try:
            return Decimal(text) in self.numbers
        except InvalidOperation:
            return False


def record_of(name: str, row: dict[str, str]) -> str:
    kind, prefix = GIVEN[name]
    return f"{BASE}{kind}/{row['id'].removeprefix(prefix)}"


def cells(name: str) -> Iterator[tuple[str, str, str, str]]:
    """The record, the cell (as spreadsheets name it), the heading and the text of each cell that is not empty."""
    for number, row in enumerate(rows(name), start=2):
        for column, (heading, text) in enumerate(row.items()):
            assert column < 52
            letter = chr(65 + column) if column < 26 else "A" + chr(39 + column)
            if text.strip():
                yield record_of(name, row), f"{letter}{number}", heading, unicodedata.normalize("NFC", text.strip())


def test_the_sheets_are_the_thirteen_with_their_387_rows() -> None:
    assert sum(len(rows(name)) for name in GIVEN) == 387
    assert {file.stem for file in (FOLDER / "sheets").glob("*.csv")} >= set(GIVEN)


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_no_cell_is_lost(name: str, graph: ox.Store, reported: set[tuple[str, str]]) -> None:
    known: dict[str, Said] = {}
    lost = []
    for record, cell, heading, text in cells(name):
        said = known.setdefault(record, Said(graph, record))
        # A text may hold the separator only in columns of several values: then each value must be found.
        there = said.has(text) or all(said.has(piece.strip()) for piece in text.split("|"))
        if not there and (f"{name}.csv", cell) not in reported:
            lost.append(f"{name}.csv {cell} ({heading}): {text}")
    assert not lost


def test_the_account_counts_the_cells_there_are() -> None:
    with (FOLDER / "capture-report.csv").open(encoding="utf-8", newline="") as file:
        account = [row for row in csv.DictReader(file) if not row["cell"]]
    counted = Counter({(row["sheet"], row["heading"]): int(row["cells"]) for row in account})
    there: Counter[tuple[str, str]] = Counter()
    for sheet in (FOLDER / "sheets").glob("*.csv"):
        for row in rows(sheet.stem):
            there.update((sheet.name, heading) for heading, text in row.items() if text.strip())
    assert counted == there
    assert sum(there[name] for name in there if Path(name[0]).stem in GIVEN) == 3919
    for row in account:
        assert int(row["cells"]) == int(row["imported"]) + int(row["ignored"]) + int(row["refused"]), row


def test_every_row_is_a_record_of_its_kind(graph: ox.Store) -> None:
    records = [(name, record_of(name, row)) for name in GIVEN for row in rows(name)]
    assert len({record for _, record in records}) == 387
    types = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    for name, record in records:
        classes = {quad.object.value for quad in graph.quads_for_pattern(ox.NamedNode(record), types, None)}
        local = GIVEN[name][0].title().replace("-", "")
        assert f"https://w3id.org/sankofa/ontology#{local}" in classes, record


@pytest.mark.parametrize("name", sorted(CHOSEN))
def test_chosen_values_link_to_an_entry_that_carries_the_text(name: str, graph: ox.Store) -> None:
    missing = []
    for record, cell, heading, text in cells(name):
        if heading in CHOSEN[name]:
            said = Said(graph, record)
            pieces = text.split("|") if heading in ("origin", "language", "official_languages") else [text]
            missing += [f"{cell}: {piece}" for piece in pieces if piece not in said.labels]
    assert not missing


def test_only_names_of_organisations_have_no_language(graph: ox.Store) -> None:
    und = Counter(
        quad.predicate.value.rpartition("/")[2]
        for quad in graph.quads_for_pattern(None, None, None)
        if isinstance(quad.object, ox.Literal) and quad.object.language == "und"
    )
    names = [row for row in rows("organisations") if row["name"]]
    others = [row for row in rows("organisations") if row["name_other"]]
    assert und == {"title": len(names), "alternative": len(others)} == {"title": 39, "alternative": 21}


def test_the_graph_has_no_blank_node_and_only_composed_letters(graph: ox.Store) -> None:
    for quad in graph:
        assert isinstance(quad.subject, ox.NamedNode)
        assert not isinstance(quad.object, ox.BlankNode)
        if isinstance(quad.object, ox.Literal):
            assert unicodedata.is_normalized("NFC", quad.object.value)
            assert quad.object.value == quad.object.value.strip() != ""

"""Backup and restore: a copy of the folder has everything; a dump has what was asserted, and goes into a new graph."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

import sankofa
from command import run
from test_publish import BASE, SMALL

DAY = "2026-03-01"


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph with three changes, one of them taken back, and a release of it."""
    folder = tmp_path_factory.mktemp("backup")
    (folder / "in.ttl").write_text(SMALL, encoding="utf-8")
    run("init", folder / "kg", "--base", BASE, "--title", "Un réseau", "--lang", "fr", "--date", DAY)
    run("--kg", folder / "kg", "load", folder / "in.ttl", "--date", DAY)
    with sankofa.open(folder / "kg") as graph, graph.change("a draft", agent="secretariat", when=DAY) as change:
        change.add("theme", slug="later", title={"fr": "Plus tard"})
    run("--kg", folder / "kg", "undo", "3", "--date", DAY)
    run("--kg", folder / "kg", "release", folder / "public")
    return folder / "kg"


def digests(public: Path) -> str:
    return (public / (public / "current").read_text().strip() / "SHA256SUMS").read_text()


def test_a_copy_of_the_folder_has_the_graph_its_log_and_its_releases(kg: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(kg, tmp_path / "copy"))
    assert run("--kg", copy, "dump").stdout_bytes == run("--kg", kg, "dump").stdout_bytes
    assert (
        run("--kg", copy, "history", "--format", "csv").stdout == run("--kg", kg, "history", "--format", "csv").stdout
    )
    run("--kg", copy, "release", tmp_path / "public")
    assert digests(tmp_path / "public") == digests(kg.parent / "public")
    run("--kg", copy, "undo", "4")  # what was taken back can be brought back, as in the graph itself
    with sankofa.open(copy) as graph:
        assert graph.has(f"{BASE}id/theme/later")


@pytest.mark.parametrize("format_", ["nquads", "trig", "turtle", "ntriples", "rdfxml", "jsonld"])
def test_a_dump_goes_into_a_new_graph(kg: Path, tmp_path: Path, format_: str) -> None:
    """As the guide says it; the graph is isomorphic, the dump has the same bytes, and so have those of a release."""
    ending = {"nquads": "nq", "trig": "trig", "turtle": "ttl", "ntriples": "nt", "rdfxml": "rdf", "jsonld": "jsonld"}
    file = tmp_path / f"backup.{ending[format_]}.gz"
    run("--kg", kg, "dump", "-o", file)
    run("init", tmp_path / "new", "--base", BASE, "--title", "Restored")
    run("--kg", tmp_path / "new", "undo", "1")
    run("--kg", tmp_path / "new", "load", file, "--date", DAY)
    one, other = (run("--kg", each, "dump").stdout_bytes for each in (kg, tmp_path / "new"))
    assert one == other
    sets = [Dataset(parse(text, RdfFormat.N_QUADS)) for text in (one, other)]
    for each in sets:
        each.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    assert sets[0] == sets[1]
    assert len(sets[0]) > 50
    if format_ != "nquads":
        return  # the same bytes were released once
    run("--kg", tmp_path / "new", "release", tmp_path / "public")
    ours, theirs = (
        {line for line in digests(each).splitlines() if "dumps/" in line or "answers/" in line or "index/" in line}
        for each in (kg.parent / "public", tmp_path / "public")
    )
    assert ours == theirs


def test_a_dump_that_lost_its_end_is_refused_whole(kg: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.nq.gz"
    run("--kg", kg, "dump", "-o", file)
    file.write_bytes(file.read_bytes()[:-20])
    run("init", tmp_path / "new", "--base", BASE, "--title", "Restored")
    before = run("--kg", tmp_path / "new", "dump").stdout_bytes
    run("--kg", tmp_path / "new", "load", file, code=2)
    assert run("--kg", tmp_path / "new", "dump").stdout_bytes == before

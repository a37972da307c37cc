"""Withdrawing a record is one act: no byte of it is left where we can reach, and where we cannot is said."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

import sankofa
from command import killed, run
from sankofa.errors import Conflict, ParameterError, ReadOnly, UnknownName, Withdrawn, WrongUsage
from sankofa.graph import Graph
from sankofa.graph.newest import newest_release
from sankofa.publish.gate import digest_of, tombstone
from sankofa.publish.pages import Pages
from test_publish import BASE, PREFIXES, record, theme

WORD = "zyzzyva"
PERSON = f"{BASE}id/person/awa"
CITY = f"{BASE}id/city/bamako"
MALI = "<http://publications.europa.eu/resource/authority/country/MLI>"
NETWORK = PREFIXES + "".join(
    (
        record("type/domain", says='a skf:Type, skos:Concept ; skos:prefLabel "Domain"@en ; skf:appliesTo skf:Theme'),
        record("theme/tax", says=theme("Tax")),
        record("person/awa", says=f'a skf:Person ; skf:consent true ; dcterms:title "{WORD} Example"@en'),
        record(
            "city/bamako",
            says=f"""a skf:City ; dcterms:title "Bamako"@fr ; skf:country {MALI} ; skf:theme <theme/tax> ;
                dcterms:contributor <person/awa>""",
        ),
    )
)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A graph in a folder that was changed, validated and served."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "in.ttl").write_text(NETWORK, encoding="utf-8")
    run("init", tmp_path / "kg", "--base", BASE, "--title", "Un réseau", "--lang", "fr", "--date", "2026-03-01")
    run("--kg", tmp_path / "kg", "load", tmp_path / "in.ttl", "--date", "2026-03-01")
    (tmp_path / "in.ttl").unlink()
    with sankofa.open(tmp_path / "kg") as graph:
        with graph.change("a note", when="2026-03-02") as change:
            change.set(PERSON, note={"en": f"{WORD} again"})
        graph.validate()
    return tmp_path / "kg"


def speaking(folder: Path, word: str = WORD) -> list[str]:
    """The files that have the word in any byte, unpacked where they are gzipped."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            if word.encode() in data.lower():
                found.append(str(path.relative_to(folder)))
    return found


def test_no_byte_of_it_is_left(own: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with sankofa.open(own) as graph:
        older = graph.release(out).folder
    with newest_release(str(own)) as served:
        assert served.folder == older
    with sankofa.open(own) as graph, graph.change("a draft", when="2026-03-03") as change:
        change.add("theme", slug="later", title={"fr": "Plus tard"})
    with newest_release(str(own)) as served:
        cached = served.folder
    assert any(name.startswith("store/") for name in speaking(own))
    assert speaking(out)
    assert speaking(cached)

    with sankofa.open(own) as graph:
        unreached = graph.withdraw(PERSON, reason="she asked for it", agent="secretariat", when="2026-04-01")
        assert speaking(own) == []
        assert not graph.has(PERSON)
        assert [entry.why for entry in graph.history(PERSON)] == ["she asked for it"]
        assert len(graph.history()) == 5
        assert not cached.exists()
        newer = graph.release(out).folder
        assert speaking(newer) == speaking(newer, "person/awa") == []
        assert graph.validate().checked > 0
    assert speaking(own) == []
    with sankofa.open(own) as graph:  # and again in the next process
        assert graph.has(CITY)
        assert graph.store.verify() is None  # type: ignore[attr-defined]

    assert [line.partition(":")[0] for line in unreached if str(tmp_path) in line] == [str(older)]
    assert any(line.startswith(f"{CITY}: refers to it") for line in unreached)
    assert unreached[-1].startswith("copies that others have")


def test_its_place_says_that_it_was_withdrawn(own: Path, tmp_path: Path) -> None:
    with sankofa.open(own) as graph:
        graph.withdraw(PERSON, reason="she asked for it", when="2026-04-01")
        graph.release(tmp_path / "out")
    address = tombstone(BASE, digest_of(PERSON))
    with sankofa.open(tmp_path / "out") as release:
        assert release.query(f"ASK {{ <{CITY}> dcterms:contributor <{address}> }}")
        with pytest.raises(Withdrawn) as told:
            Pages(release).record("person", "awa", "fr")
        assert told.value.http_status == 410
        with pytest.raises(UnknownName) as unknown:
            Pages(release).record("person", "nobody", "fr")
        assert unknown.value.http_status == 404


def test_it_cannot_be_undone(own: Path) -> None:
    with sankofa.open(own) as graph:
        graph.withdraw(PERSON, reason="she asked for it", when="2026-04-01")
        for number in (3, graph.store.version):
            with pytest.raises(Conflict, match=r"withdrawn|withdrew|nothing left"):
                graph.undo(number)


def test_where_else_it_may_be_is_said(own: Path) -> None:
    with sankofa.open(own) as graph:
        with graph.change(f"a word on {WORD} Example", when="2026-03-03") as change:
            change.set(f"{BASE}id/theme/tax", note={"en": f"As {WORD} Example told us."})
        unreached = graph.withdraw(PERSON, reason="she asked for it", when="2026-04-01")
    assert any(line.startswith(f"{BASE}id/theme/tax: a text of this record") for line in unreached)
    assert any(line.startswith("change 4:") for line in unreached)


def test_the_sheet_it_was_captured_from_is_named(own: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "theme.csv"
    sheet.write_text("id,title,definition\nland,Foncier,Les sols\n", encoding="utf-8")
    with sankofa.open(own) as graph:
        captured = graph.capture(sheet, when="2026-03-03")
        assert captured.records, captured.refusals
        (land,) = (iri for iri in graph.records("theme") if iri.endswith("/land"))
        assert any("theme.csv: the sheet" in line for line in graph.withdraw(land, reason="wrong", when="2026-04-01"))


def test_what_cannot_be_withdrawn(own: Path) -> None:
    with sankofa.open(own) as graph:
        with pytest.raises(UnknownName):
            graph.withdraw(f"{BASE}id/person/nobody", reason="asked for")
        with pytest.raises(ParameterError, match="part"):
            graph.withdraw(f"{PERSON}#part", reason="asked for")
    with sankofa.open(own, read_only=True) as graph, pytest.raises(ReadOnly):
        graph.withdraw(PERSON, reason="asked for")
    with pytest.raises(WrongUsage):
        Graph(sankofa.plain().store).withdraw(PERSON, reason="asked for")


#: Withdraws a record, and may be killed while it does.
WITHDRAWING = """
kg, iri = arguments
graph = sankofa.open(kg)
from_now_on()
graph.withdraw(iri, reason="she asked for it", when="2026-04-01")
"""


@pytest.mark.parametrize(
    ("owner", "name", "number"),
    [
        ("os", "fsync", 0),  # the entry of the log
        ("os", "fsync", 2),  # an entry that is emptied
        ("Path", "rename", 0),  # the old files of the engine
        ("Path", "rename", 1),  # the new ones
        ("shutil", "rmtree", 0),  # the old ones are removed
    ],
)
def test_killed_on_the_way_it_is_there_whole_or_gone_whole(own: Path, owner: str, name: str, number: int) -> None:
    before = shutil.copytree(own, own.with_name("before"))
    killed(WITHDRAWING, own, PERSON, owner=owner, name=name, number=number)
    with sankofa.open(own) as graph, sankofa.open(before) as old:
        if graph.has(PERSON):
            assert number == 0
            assert graph.dump() == old.dump()
        else:
            old.store.withdraw(PERSON, when="2026-04-01")  # type: ignore[attr-defined]
            assert graph.dump() == old.dump()
            assert speaking(own) == []
    assert not list(own.glob(".store*"))

"""The same graph is the same bytes: whatever the order it came in, the process's seed, its language and its time zone.

Five processes make a graph out of the same triples, each in another order, and of a sheet, and write all that can be
made of it. Nothing of it may differ, not the findings either, which name their cells. Of a language that the system
has not, its encoding is what counts.
"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox

from serving import environment
from test_publish import PREFIXES, record, theme

BASE = "https://example.org/net/"
BLANKS = " ".join(f"<urn:s{n % 7}> <urn:p{n % 3}> [ <urn:q> {n % 5}, [] ] ." for n in range(60))
NETWORK = (
    PREFIXES
    + record("type/domain", says='a skf:Type, skos:Concept ; skos:prefLabel "Domain"@en ; skf:appliesTo skf:Theme')
    + record("theme/tax", says=theme("Tax", "; skos:note 'Élan fiscal'@fr, 'ضريبة'@ar, 'ıİ'@tr"))
    + record("theme/draft", status="status:draft", says=theme("Draft"))
    + BLANKS
)
SHEET = ["water,Eau,Water", "air,Air,Air", "land,Foncier,Land", "école,École,School"]
#: Makes a graph, and of it whatever can be made.
MAKING = """
import sys
from pathlib import Path
import sankofa
from sankofa.store.formats import FORMATS

made = Path("made")
made.mkdir()
with sankofa.init("kg", base=sys.argv[1], title="Un réseau", lang="fr", when="2026-03-01") as graph:
    graph.load("in.nt", when="2026-03-01")
    graph.capture("themes.csv", when="2026-03-02")
    for name in FORMATS:
        (made / f"dump.{name}").write_bytes(graph.dump(format=name))
    (made / "all.trig").write_bytes(graph.dump(format="trig", all=True))
    report = graph.validate()
    (made / "report.csv").write_bytes(report.to_csv().encode())
    (made / "report.json").write_bytes(report.to_json().encode())
    (made / "report.xlsx").write_bytes(report.to_xlsx(lang="ar"))
    (made / "completeness.txt").write_bytes(repr(report.completeness(by="kind").rows).encode())
    rows = graph.query("SELECT ?s ?label { ?s skos:prefLabel|dcterms:title ?label } ORDER BY ?s ?label")
    (made / "rows.xlsx").write_bytes(rows.to_xlsx())
    graph.release("out")
"""
#: Seed of the hashes, locale, time zone, and what else decides how Python reads and writes text.
PLACES = [
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "7", "LC_ALL": "tr_TR.ISO-8859-9", "TZ": "Pacific/Kiritimati", "PYTHONUTF8": "0"},
    {"PYTHONHASHSEED": "4711", "LC_ALL": "C.UTF-8", "TZ": "America/St_Johns"},
    {"PYTHONHASHSEED": "2026", "LC_ALL": "C", "TZ": "UTC", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


def made_in(place: Path, number: int) -> dict[str, bytes]:
    """Every file that a process of its own makes, of triples in an order of its own."""
    dice = random.Random(number)
    triples = [f"{quad} .\n" for quad in ox.parse(NETWORK, ox.RdfFormat.TURTLE)]
    dice.shuffle(triples)
    place.mkdir()
    (place / "making.py").write_text(MAKING, encoding="utf-8")
    (place / "in.nt").write_text("".join(triples), encoding="utf-8")
    (place / "themes.csv").write_text("\n".join(["id,title@fr,title@en", *SHEET]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "making.py", BASE],
        cwd=place,
        env=environment(**PLACES[number]),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    folders = [place / "made", place / "out", place / "kg" / "log"]
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_the_same_graph_is_the_same_bytes(tmp_path: Path) -> None:
    first, *others = (made_in(tmp_path / str(number), number) for number in range(len(PLACES)))
    assert len(first) > 100
    for other in others:
        assert [name for name in first.keys() | other.keys() if first.get(name) != other.get(name)] == []

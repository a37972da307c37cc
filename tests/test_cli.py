"""The command line: every command, every format, every exit code, and what stands on stdout and stderr."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyoxigraph as ox
import pytest

import sankofa
from command import PROGRAM, on_a_terminal, process, run
from sankofa import shipped
from sankofa.cli import main
from sankofa.cli.streams import ROWS, TRIPLES, write_result
from sankofa.errors import ParameterError, WrongUsage

BASE = "https://example.org/net/"
QUESTIONS = [file.stem for file in shipped.question_files()]
COMMANDS = [
    "init", "capture", "load", "validate", "help", "status", "questions", "query",
    "reason", "explain", "history", "undo", "dump", "serve",
]  # fmt: skip
STORY = f"""
@prefix skf: <https://w3id.org/sankofa/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
<{BASE}id/story/one> a skf:Story ; dcterms:title "Un récit"@fr , "قصة"@ar .
"""


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph in a folder with all that we ship; nobody changes it."""
    folder = tmp_path_factory.mktemp("graphs") / "mine"
    run("init", folder, "--base", BASE, "--title", "Mine", "--from", "shipped", "--date", "2026-11-23")
    return folder


@pytest.fixture(scope="module")
def graph(mine: Path) -> Iterator[sankofa.Graph]:
    with sankofa.open(mine, read_only=True) as opened:
        yield opened


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A new, empty graph."""
    folder = tmp_path / "own"
    run("init", folder, "--base", BASE, "--title", "Own", "--lang", "fr", "--date", "2026-11-23")
    return folder


@pytest.fixture
def story(tmp_path: Path) -> Path:
    file = tmp_path / "story.ttl"
    file.write_text(STORY, encoding="utf-8")
    return file


# -- help ----------------------------------------------------------------------------------------------------------


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = "import sys, sankofa, sankofa.cli; print(*sorted(name.partition('.')[0] for name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stdout
    heavy = {"rdflib", "pyshacl", "openpyxl", "starlette", "rich", "pyoxigraph", "jinja2", "uvicorn", "SPARQLWrapper"}
    assert not heavy & set(loaded.split())


def test_the_commands_are_listed_in_the_order_of_the_work() -> None:
    listed = re.findall(r"^  (\w+)  +\S", run("--help").stdout.partition("Commands:")[2], re.MULTILINE)
    assert [name for name in listed if name in COMMANDS] == COMMANDS


@pytest.mark.parametrize("name", list(main.commands))
def test_every_command_and_option_says_what_it_does(name: str) -> None:
    command = main.commands[name]
    assert command.help
    assert command.short_help
    assert command.short_help.endswith(".")
    assert not re.search(r"\w\.\.\.$", run("--help").stdout, re.MULTILINE)  # cut off
    for parameter in command.params:
        assert parameter.param_type_name == "argument" or getattr(parameter, "help", ""), parameter.name
    shown = run(name, "-h")
    assert shown.stdout.startswith("Usage: ")
    assert not shown.stderr


def test_the_version_is_the_package_s() -> None:
    from importlib.metadata import version

    assert run("--version").stdout.split()[-1] == version("sankofa")


def test_a_mistyped_command_is_told_the_nearest() -> None:
    assert "did you mean 'validate'?" in run("valdate", code=2).stderr


# -- questions -----------------------------------------------------------------------------------------------------


def needed(name: str, graph: sankofa.Graph) -> dict[str, str]:
    """The parameters a question cannot do without, as its own error proposes them."""
    given: dict[str, str] = {}
    for _ in range(5):
        try:
            graph.answer(name, **given)
        except ParameterError as error:
            parameter, _, value = error.hint.removeprefix("for example ").partition("=")
            given[parameter] = value
        else:
            return given
    raise AssertionError(given)


def rows_in(content: bytes, format_: str) -> int:
    """How many rows an answer has, read as its format says."""
    text = content.decode("utf-8") if format_ != "xlsx" else ""
    if format_ == "csv":
        return len(list(csv.reader(io.StringIO(text, newline="")))) - 1
    if format_ == "tsv":
        return len(text.splitlines()) - 1
    if format_ == "json":
        return len(json.loads(text)["results"]["bindings"])
    if format_ == "xml":
        return len(ET.fromstring(text).findall(".//{*}result"))
    if format_ == "md":
        return len(text.splitlines()) - 2
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return sheet.max_row - 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_answered_in_every_format(
    name: str, mine: Path, graph: sankofa.Graph, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    given = needed(name, graph)
    answer = graph.answer(name, **given)
    for format_ in ROWS:
        capfdbinary.readouterr()
        write_result(answer.table, format_)
        written = capfdbinary.readouterr().out
        if format_ == "table":
            assert written.decode("utf-8").strip()
        else:
            assert rows_in(written, format_) == len(answer)
    for format_ in TRIPLES:
        with pytest.raises(WrongUsage, match="rows, not triples"):
            write_result(answer.table, format_)
    # and whole, as people type it, in one format after the other
    format_ = ROWS[QUESTIONS.index(name) % len(ROWS)]
    parameters = [text for key, value in given.items() for text in ("--param", f"{key}={value}")]
    done = run("--kg", mine, "query", name, *parameters, "--format", format_)
    assert done.stdout_bytes
    assert "row" in done.stderr.lower()
    if format_ not in ("table", "xlsx"):
        assert rows_in(done.stdout_bytes, format_) == len(answer)


def test_a_question_is_answered_in_the_reader_s_language(mine: Path) -> None:
    done = run("--kg", mine, "query", "cities", "--lang", "fr", "--format", "csv")
    assert "Maroc" in done.stdout
    assert "lignes" in done.stderr


def test_a_question_takes_records_by_slug_and_by_address(mine: Path) -> None:
    rows = {
        run("--kg", mine, "query", "city-figures", "--param", f"city={city}", "--format", "csv").stdout
        for city in ("bamako", f"{BASE}id/city/bamako")
    }
    assert len(rows) == 1
    assert len(rows.pop().splitlines()) > 2


@pytest.mark.parametrize("format_", ROWS)
def test_the_catalogue_is_listed_in_every_format(format_: str) -> None:
    done = run("questions", "--format", format_, "--lang", "fr")
    assert done.stdout_bytes
    if format_ not in ("table", "xlsx"):
        assert rows_in(done.stdout_bytes, format_) == len(QUESTIONS)
        assert "Villes du réseau" in done.stdout


# -- queries of one's own --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", [*ROWS, None])
def test_ask_answers_in_every_format(format_: str | None) -> None:
    asked = ["query", "-"] + (["--format", format_] if format_ else [])
    for text, value in (("ASK { ?city a skf:City }", True), ("ASK { ?city a skf:Nothing }", False)):
        done = run(*asked, stdin=text)
        if format_ == "json":
            assert json.loads(done.stdout) == {"head": {}, "boolean": value}
        elif format_ == "xml":
            assert ET.fromstring(done.stdout).findtext("{*}boolean") == str(value).lower()
        elif format_ == "xlsx":
            sheet = openpyxl.load_workbook(io.BytesIO(done.stdout_bytes)).active
            assert sheet is not None
            assert sheet["A2"].value is value
        else:
            assert done.stdout == f"{str(value).lower()}\n"


@pytest.mark.parametrize("format_", [*TRIPLES, None])
def test_construct_answers_in_every_format_of_triples(format_: str | None) -> None:
    text = "CONSTRUCT { ?city dcterms:title ?name } { ?city a skf:City ; dcterms:title ?name }"
    done = run("query", "-", *(["--format", format_] if format_ else []), stdin=text)
    rdf = {"ntriples": ox.RdfFormat.N_TRIPLES, "jsonld": ox.RdfFormat.JSON_LD}.get(format_ or "", ox.RdfFormat.TURTLE)
    assert len({quad.subject for quad in ox.parse(done.stdout_bytes, rdf)}) == 11
    assert run("query", "-", "--format", format_ or "turtle", stdin=text).stdout_bytes == done.stdout_bytes


def test_rows_are_no_triples_and_triples_no_rows() -> None:
    assert "triples, not rows" in run("query", "-", "--format", "csv", stdin="DESCRIBE skf:City", code=2).stderr
    assert "rows, not triples" in run("query", "-", "--format", "turtle", stdin="SELECT * {}", code=2).stderr
    assert "true or false" in run("query", "-", "--format", "jsonld", stdin="ASK {}", code=2).stderr


def test_a_query_in_a_file_takes_values_for_its_variables(tmp_path: Path) -> None:
    file = tmp_path / "cities.rq"
    file.write_text("\ufeffSELECT ?name { ?city a ?kind ; dcterms:title ?name }", encoding="utf-8")
    bamako = next(iri for iri in sankofa.open().records("city") if iri.endswith("/bamako"))
    for city in (bamako, f"<{bamako}>"):
        done = run("query", file, "--param", f"city={city}", "--param", "kind=skf:City", "--format", "csv")
        assert done.stdout.splitlines() == ["name", "Bamako", "Bamako"]
    for text in ('name="Bamako"@fr', '?name="Bamako"@fr'):
        done = run("query", file, "--param", text, "--param", "kind=skf:City", "--format", "csv")
        assert len(done.stdout.splitlines()) == 2
    done = run("query", file, "--param", "name=Bamako", "--format", "csv")  # no language: another literal
    assert len(done.stdout.splitlines()) == 1


def test_a_value_with_an_equals_sign_is_whole() -> None:
    done = run("query", "-", "--param", "x=a=b", "--format", "csv", stdin="SELECT (?x AS ?y) {}")
    assert done.stdout.splitlines() == ["y", "a=b"]


def test_no_parameter_can_open_a_connection() -> None:
    query = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } BIND(?federate AS ?x) }"
    assert "SERVICE" in run("query", "-", "--param", "federate=1", stdin=query, code=2).stderr


def test_a_query_sees_what_follows_from_a_change(own: Path, story: Path) -> None:
    run("--kg", own, "load", story)
    label = "SELECT ?label { ?story a skf:Story ; rdfs:label ?label } ORDER BY ?label"
    assert run("--kg", own, "query", "-", "--format", "csv", stdin=label).stdout.splitlines()[1:] == ["Un récit", "قصة"]


# -- what is checked -------------------------------------------------------------------------------------------------


def test_validate_says_0_when_nothing_is_wrong_and_1_when_something_is(own: Path, story: Path, tmp_path: Path) -> None:
    assert run("validate", "--level", "draft").stderr.endswith("0 findings up to level draft\n")
    done = run("validate", story, "--level", "draft", code=1)
    assert "Status" in done.stdout
    assert "1 findings" in done.stderr or "findings" in done.stderr
    run("--kg", own, "validate", "--level", "draft")
    run("--kg", own, "load", story)
    assert "Un récit" in run("--kg", own, "validate", "--level", "draft", "--lang", "fr", code=1).stdout


def test_nothing_checked_is_not_valid(tmp_path: Path) -> None:
    file = tmp_path / "other.ttl"
    file.write_text("<http://example.org/a> a <http://example.org/B> .", encoding="utf-8")
    for format_ in ("table", "csv", "json", "turtle"):
        done = run("validate", file, "--format", format_, code=1)
        assert "nothing was checked" in done.stderr
    assert "sh:conforms true" in done.stdout  # what the standard says of it


@pytest.mark.parametrize("lang", ["en", "fr", "pt", "ar"])
def test_the_csv_of_a_report_is_one_header_and_one_line_a_result(lang: str) -> None:
    done = run("validate", "--format", "csv", "--lang", lang, code=1)
    count = int(re.findall(r"\d+", done.stderr)[-1])  # in every language the last number that is told
    lines = done.stdout.splitlines()
    assert len(lines) == count + 1
    assert len(list(csv.reader(io.StringIO(done.stdout)))) == count + 1
    assert sum(line.startswith("record,") for line in lines) == 1


def test_a_report_has_the_same_findings_in_every_format() -> None:
    count = len(list(csv.reader(io.StringIO(run("validate", "--format", "csv", code=1).stdout)))) - 1
    report = json.loads(run("validate", "--format", "json", code=1).stdout)
    assert len(report["findings"]) == count
    turtle = run("validate", "--format", "turtle", code=1).stdout
    results = list(ox.parse(turtle.encode(), ox.RdfFormat.TURTLE))
    beyond = sum(not finding["severity"] for finding in report["findings"])
    assert 0 < beyond < count
    assert sum(quad.predicate.value.endswith("#resultSeverity") for quad in results) >= count - beyond
    book = openpyxl.load_workbook(io.BytesIO(run("validate", "--format", "xlsx", code=1).stdout_bytes))
    assert book.worksheets[0].max_row > count


def test_files_and_the_graph_are_judged_by_anybody_s_shapes(story: Path, tmp_path: Path, mine: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix skf: <https://w3id.org/sankofa/ontology#> .\n"
        "<urn:s> a sh:NodeShape ; sh:targetClass skf:City ; sh:property <urn:p> .\n"
        "<urn:p> sh:path skf:nowhere ; sh:minCount 1 .\n",
        encoding="utf-8",
    )
    assert "nothing was checked" in run("validate", story, "--shapes", shapes, code=1).stderr
    done = run("--kg", mine, "validate", "--shapes", shapes, "--format", "csv", code=1)
    assert done.stderr.startswith("11 things checked")
    assert len(done.stdout.splitlines()) == 12
    assert run("validate", "--shapes", shapes, "--engine", "pyshacl", code=1).stderr.startswith("11 things checked")


def test_what_a_command_came_to_is_told_in_the_readers_language(own: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "themes.csv"
    sheet.write_text("id,title@fr\nwater,Eau\n", encoding="utf-8")
    said = {
        "en": ("things checked by", "nothing was checked", "dry run", "nothing was changed"),
        "fr": ("Éléments vérifiés\u00a0: ", "rien n’a été vérifié", "essai", "rien n’a été modifié"),
        "pt": ("Elementos verificados: ", "nada foi verificado", "ensaio", "nada foi alterado"),
        "ar": ("العناصر المفحوصة: ", "لم يُفحص شيء", "تجربة", "لم يتغير شيء"),
    }
    (tmp_path / "none.nt").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    for lang, (checked, nothing, dry, unchanged) in said.items():
        judged = run("--kg", own, "validate", "--lang", lang, code=None).stderr
        assert judged.count(checked) == judged.count("\n") == 1
        assert nothing in run("validate", tmp_path / "none.nt", "--lang", lang, code=1).stderr
        assert dry in run("--kg", own, "capture", sheet, "--dry-run", "--lang", lang).stderr
        assert unchanged in run("--kg", own, "validate", "--fix", "--lang", lang, code=None).stderr


@pytest.mark.parametrize("by", ["city", "kind", "theme", "phase", "language", "record"])
def test_status_says_what_is_there_and_what_is_missing(by: str, mine: Path) -> None:
    report = json.loads(run("--kg", mine, "status", "--by", by, "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(run("--kg", mine, "status", "--by", by, "--format", "csv").stdout)))
    assert [row["group"] for row in rows] == [row["group"] for row in report["rows"]]
    assert report["by"] == by
    if by == "city":
        cities = [row for row in report["rows"] if "/id/city/" in row["group"]]
        assert len(cities) == 11
        assert all(row["kinds"]["city"] == 1 and row["missing"] for row in cities)


@pytest.mark.parametrize(
    ("lang", "word"), [("en", "Missing"), ("fr", "Il manque"), ("pt", "Em falta"), ("ar", "الناقص")]
)
def test_status_speaks_the_reader_s_language(lang: str, word: str, mine: Path) -> None:
    text = run("--kg", mine, "status", "--lang", lang).stdout
    assert text.startswith(("Bamako", "\u2068Bamako\u2069"))
    assert word in text
    assert "http" not in text


# -- files in and out ------------------------------------------------------------------------------------------------

FORMATS = {"nquads": "nq", "trig": "trig", "turtle": "ttl", "ntriples": "nt", "rdfxml": "rdf", "jsonld": "jsonld"}


@pytest.mark.parametrize("gz", ["", ".gz"])
@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_dumped_can_be_loaded_and_is_the_same(format_: str, gz: str, mine: Path, tmp_path: Path) -> None:
    file = tmp_path / f"all.{FORMATS[format_]}{gz}"
    assert not run("--kg", mine, "dump", "-o", file).stdout
    if gz:
        assert file.read_bytes()[:2] == b"\x1f\x8b"
    else:
        assert file.read_bytes() == run("--kg", mine, "dump", "--format", format_).stdout_bytes
    fresh = tmp_path / "fresh"
    run("init", fresh, "--base", BASE, "--title", "Mine", "--date", "2026-11-23")
    assert "change 2" in run("--kg", fresh, "load", file).stderr
    assert "nothing new" in run("--kg", fresh, "load", file).stderr
    expected = set(run("--kg", mine, "dump").stdout.splitlines())
    found = set(run("--kg", fresh, "dump").stdout.splitlines())
    network = f"<{BASE}id/network/mine> "
    assert {line for line in found ^ expected if not line.startswith(network)} == set()


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_of_each_format_gives_the_same_dump(format_: str, own: Path, story: Path, tmp_path: Path) -> None:
    quads = list(ox.parse(path=str(story)))
    extra = ox.Quad(
        ox.NamedNode(f"{BASE}id/story/one"), ox.NamedNode("http://purl.org/dc/terms/relation"), ox.BlankNode()
    )
    file = tmp_path / f"story.{FORMATS[format_]}"
    rdf = ox.RdfFormat.from_extension(FORMATS[format_])
    assert rdf is not None
    file.write_bytes(ox.serialize([*quads, extra], format=rdf) or b"")
    before = run("--kg", own, "dump").stdout
    assert "4 triples added" in run("--kg", own, "load", file).stderr
    assert "nothing new" in run("--kg", own, "load", file).stderr
    lines = sorted(set(run("--kg", own, "dump").stdout.splitlines()) - set(before.splitlines()))
    assert len(lines) == 4
    assert sum(f"<{BASE}.well-known/genid/" in line for line in lines) == 1
    assert not any("_:" in line for line in lines)
    if format_ != "nquads":
        other = tmp_path / "other.nq"
        other.write_bytes(ox.serialize([*quads, extra], format=ox.RdfFormat.N_QUADS) or b"")
        assert "nothing new" in run("--kg", own, "load", other).stderr


def test_a_dump_of_all_has_what_follows_too(mine: Path) -> None:
    names = {line.rpartition(" <")[2] for line in run("--kg", mine, "dump", "--all").stdout.splitlines()}
    assert {f"{BASE}graph/{name}> ." for name in ("ontology", "vocabularies", "inferred")} <= names
    assert "graph/" not in "".join(line.rpartition(" <")[2] for line in run("--kg", mine, "dump").stdout.splitlines())


def test_a_graph_of_one_s_own_keeps_its_name(own: Path, tmp_path: Path) -> None:
    file = tmp_path / "named.trig"
    file.write_text("<http://example.org/g> { <http://example.org/a> <http://example.org/b> 1 }", encoding="utf-8")
    run("--kg", own, "load", file)
    assert "<http://example.org/g> ." in run("--kg", own, "dump").stdout
    assert "<http://example.org/a>" not in run("--kg", own, "dump", "--format", "ntriples").stdout


# -- capture ---------------------------------------------------------------------------------------------------------


def test_a_sheet_goes_in_and_refused_cells_are_listed(own: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "stories.csv"
    sheet.write_text(
        "id,title@fr,title@en,format,issued,url\n"
        "water,Eau,Water,interview,2021-06-05,https://example.org/water\n"
        "light,Lumière,Light,interveiw,soon,no address\n",
        encoding="utf-8",
    )
    before = run("--kg", own, "dump").stdout
    dry = run("--kg", own, "capture", sheet, "--dry-run", code=1)
    assert "dry run" in dry.stderr
    assert run("--kg", own, "dump").stdout == before
    done = run("--kg", own, "capture", sheet, "--date", "2026-11-23", "--agent", "secrétariat", code=1)
    assert done.stdout == dry.stdout
    cells = re.findall(r"^stories\.csv (\w+) \(", done.stdout, re.MULTILINE)
    assert cells == ["D3", "E3", "F3"]
    assert "Did you mean 'interview'?" in done.stdout
    assert done.stderr == "change 2: 2 records, 9 cells imported, 0 ignored, 3 refused\n"
    after = run("--kg", own, "dump").stdout
    assert '"Lumière"@fr' in after
    assert "interveiw" not in after
    assert f'<{BASE}id/story/light> <http://purl.org/dc/terms/created> "2026-11-23"' in after
    french = run("--kg", own, "capture", sheet, "--lang", "fr", code=1)
    assert "Vouliez-vous dire" in french.stdout
    assert "rien de nouveau" in french.stderr
    assert run("--kg", own, "history", "--format", "csv").stdout.splitlines()[1].startswith("2,2026-11-23,secrétariat,")


def test_a_sheet_without_a_fault_exits_0_and_may_be_corrected(own: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "themes.csv"
    for title in ("Eau", "L'eau"):
        sheet.write_text(f"id,title@fr\nwater,{title}\n", encoding="utf-8")
        assert "1 records, 2 cells imported, 0 ignored, 0 refused" in run("--kg", own, "capture", sheet).stderr
    dumped = run("--kg", own, "dump").stdout
    assert '"L\'eau"@fr' in dumped
    assert '"Eau"@fr' not in dumped


def test_our_own_sheets_can_be_captured_again(tmp_path: Path) -> None:
    base = sankofa.open().base
    run("init", tmp_path / "same", "--base", base, "--title", "Same", "--from", "shipped")
    sheets = sorted((shipped.default_graph_folder() / "sheets").glob("*.csv"))
    done = run("--kg", tmp_path / "same", "capture", *sheets, "--dry-run")
    assert "0 refused" in done.stderr
    assert not done.stdout


def test_a_dry_run_needs_no_graph_of_one_s_own(tmp_path: Path) -> None:
    sheet = tmp_path / "themes.csv"
    sheet.write_text("id,title@fr\nwater,Eau\n", encoding="utf-8")
    assert "2 cells imported" in run("capture", "--dry-run", sheet).stderr


# -- history and undo ------------------------------------------------------------------------------------------------


def test_a_change_can_be_taken_back_and_that_as_well(own: Path, story: Path) -> None:
    empty = run("--kg", own, "dump").stdout_bytes
    run("--kg", own, "load", story, "--date", "2026-11-24", "--agent", "steward")
    full = run("--kg", own, "dump").stdout_bytes
    assert run("--kg", own, "undo", "2").stderr == "change 3 takes change 2 back: 3 triples out, 0 in\n"
    assert run("--kg", own, "dump").stdout_bytes == empty
    run("--kg", own, "undo", "3")
    assert run("--kg", own, "dump").stdout_bytes == full
    rows = list(csv.DictReader(io.StringIO(run("--kg", own, "history", "--format", "csv").stdout)))
    assert [row["change"] for row in rows] == ["4", "3", "2", "1"]
    assert rows[2] == {"change": "2", "when": "2026-11-24", "who": "steward", "why": "load story.ttl"}
    one = run("--kg", own, "history", f"{BASE}id/story/one", "--format", "csv").stdout
    assert [row.split(",")[0] for row in one.splitlines()] == ["change", "4", "3", "2"]
    assert "no change touches" in run("--kg", own, "history", f"{BASE}id/story/two").stderr
    assert "already undone" in run("--kg", own, "undo", "3", code=3).stderr
    assert "the last one is 4" in run("--kg", own, "undo", "9", code=2).stderr


def test_the_graph_we_ship_has_no_history() -> None:
    assert "there is no change yet" in run("history").stderr


HOLD = "import sankofa, sys; kg = sankofa.open(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


def test_one_process_writes_while_others_read(own: Path, story: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, own], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        before = sorted((file.name, file.stat().st_mtime_ns) for file in (own / "log").iterdir())
        for command in (["load", story], ["undo", "1"], ["capture", story], ["reason"]):
            refused = run("--kg", own, *command, code=None)
            assert refused.exit_code == 3, refused.stderr
            assert f"process {holder.pid}" in refused.stderr
            assert "since 20" in refused.stderr
        assert before == sorted((file.name, file.stat().st_mtime_ns) for file in (own / "log").iterdir())
        for command in (["dump"], ["query", "cities"], ["history"], ["status"], ["questions"]):
            run("--kg", own, *command)
        run("--kg", own, "validate", "--level", "draft")
        run("init", own.with_name("copy"), "--base", "https://example.org/copy/", "--title", "Copy", "--from", own)
        holder.communicate("")
    assert "change 2" in run("--kg", own, "load", story).stderr


# -- what follows ------------------------------------------------------------------------------------------------------


def test_what_follows_is_counted_and_explained(mine: Path) -> None:
    counts = [run("--kg", mine, "reason").stdout for _ in range(2)]
    assert int(re.search(r"inferred triples +(\d+)", counts[0])[1]) > 1000  # type: ignore[index]
    assert re.search(r"statements run +0\n", counts[1])  # they are kept
    city = f"{BASE}id/city/bamako"
    why = run("--kg", mine, "explain", city, "rdf:type", "schema:City").stdout
    assert "“Bamako” is of type" in why
    assert (
        "cela est affirmé" in run("--kg", mine, "explain", f"<{city}>", "rdf:type", "skf:City", "--lang", "fr").stdout
    )
    assert "stated" in run("--kg", mine, "explain", city, "dcterms:title", '"Bamako"@fr').stdout
    assert "neither stated nor inferred" in run("--kg", mine, "explain", city, "rdf:type", "skf:Tool", code=2).stderr


# -- the edges ---------------------------------------------------------------------------------------------------------


def test_the_graph_can_be_named_in_the_environment(own: Path) -> None:
    named = process("dump", env={"SANKOFA_KG": str(own)})
    assert named.stdout == run("--kg", own, "dump").stdout_bytes
    assert process("query", "cities", "--format", "csv", env={"SANKOFA_KG": ""}).stdout.count(b"\n") == 12


@pytest.mark.parametrize(
    "command", [["load", "{story}"], ["capture", "{story}"], ["undo", "1"]], ids=lambda command: command[0]
)
def test_the_graph_we_ship_is_never_written(command: list[str], story: Path) -> None:
    arguments = [each.format(story=story) for each in command]
    for kg in ([], ["--kg", str(shipped.default_graph_folder())]):
        refused = run(*kg, *arguments, code=2)
        assert "read-only" in refused.stderr
        assert "sankofa init" in refused.stderr


def test_a_reader_that_has_seen_enough_is_no_error(mine: Path) -> None:
    with subprocess.Popen([PROGRAM, "--kg", mine, "dump"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
        assert writer.stdout
        assert writer.stderr
        writer.stdout.readline()
        writer.stdout.close()
        assert writer.stderr.read() == b""
    assert writer.returncode == 0


def test_the_output_is_utf_8_wherever_it_goes(mine: Path) -> None:
    plain = process("--kg", mine, "query", "cities", "--lang", "ar", env={"PYTHONIOENCODING": "ascii"})
    assert plain.returncode == 0, plain.stderr
    assert "المغرب" in plain.stdout.decode("utf-8")


def test_nothing_moves_on_stderr_where_it_is_no_terminal(own: Path, story: Path) -> None:
    for command in (["load", story], ["validate"], ["dump"], ["query", "cities"]):
        assert b"\x1b" not in process("--kg", own, *command).stderr


def test_a_terminal_sees_progress_and_no_binary(own: Path) -> None:
    for command, code in ((["validate", "--level", "draft"], 0), (["query", "cities", "--format", "xlsx"], 2)):
        shown = on_a_terminal("--kg", own, *command)
        assert shown.returncode == code, shown.stdout
        assert b"\x1b" in shown.stdout
        assert b"PK\x03\x04" not in shown.stdout


def test_serve_tells_its_address_once_it_answers_and_ends_quietly(own: Path) -> None:
    import signal
    import urllib.request

    with subprocess.Popen(
        [PROGRAM, "--kg", own, "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:")
            ask = urllib.request.Request(f"{address}sparql?query=ASK%7B%7D", headers={"Accept": "application/json"})
            with urllib.request.urlopen(ask, timeout=10) as response:
                assert json.load(response)["boolean"] is True
        finally:
            server.send_signal(signal.SIGINT)
            for _ in range(100):
                if server.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                server.kill()
    assert server.returncode == 0
    assert "Traceback" not in (server.stderr.read() if server.stderr and not server.stderr.closed else "")

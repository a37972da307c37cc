"""Checks across records: each finds what it should and nothing else, on two engines, and after every change.

Each ``queries/checks/<name>.rq`` has data of its own in ``tests/checks/<name>.ttl``, some that breaks it beside some
that does not, and what it finds there in ``<name>.csv``: the record, and the sentence in English. More cases, with
other parameters, are ``<name>@<case>.csv``, which begin with lines ``# key=value``.

    python tests/test_checks.py --write [NAME …]     write what is found now into the CSV files; then read them
"""

from __future__ import annotations

import csv
import io
import random
import re
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

import sankofa
from sankofa import shipped
from sankofa.errors import QueryError, UnreadableInput
from sankofa.fields import Fields, read_fields
from sankofa.fields.files import Node, Spo, Term, read_triples
from sankofa.header import LANGUAGES
from sankofa.store.binding import bind
from sankofa.validation import Finding
from sankofa.validation import joins as joining
from sankofa.validation.checks import Check, asked, checks, today_of
from sankofa.validation.crossing import Crossing, told
from sankofa.validation.data import Data
from sankofa.validation.describe import Describer, place
from sankofa.validation.joins import joins_of
from sankofa.validation.messages import messages

FOLDER = Path(__file__).parent / "checks"
FILES = {file.stem: file for file in shipped.check_files()}
CASES = sorted(file.stem for file in FOLDER.glob("*.csv"))
ALL = checks()
EX = "https://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def fields() -> Fields:
    return read_fields()


def data_of(name: str) -> list[Spo]:
    return list(read_triples([FOLDER / f"{name}.ttl"], prefix="d"))


def describer(data: Data) -> Describer:
    return Describer(read_fields(), messages(), data)


def found(case: str) -> list[list[str]]:
    """What a check finds in its data."""
    name = case.partition("@")[0]
    check = Check.read(FILES[name])
    triples = [*data_of(name), *read_fields().class_tree]
    findings = Crossing(asked(triples, [check]), [check], parameters(case)).findings(describer(Data(triples)))
    return [["record", "message"], *([one.focus, one.message["en"]] for one in sorted(findings, key=place))]


def parameters(case: str) -> dict[str, ox.Literal]:
    file = FOLDER / f"{case}.csv"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    pairs = [line.lstrip("# ").partition("=") for line in lines if line.startswith("#")]
    return {key: ox.Literal(int(value)) for key, _, value in pairs}


# -- what is found -------------------------------------------------------------------------------------------------


def test_every_check_has_a_case_in_which_it_finds_something() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.ttl")) == sorted(FILES)
    assert {case.partition("@")[0] for case in CASES} == set(FILES)
    assert not [file.name for file in FOLDER.iterdir() if file.suffix not in (".ttl", ".csv")]


@pytest.mark.parametrize("case", CASES)
def test_a_check_finds_what_it_should(case: str) -> None:
    text = (FOLDER / f"{case}.csv").read_text(encoding="utf-8")
    expected = list(csv.reader(line for line in io.StringIO(text) if not line.startswith("#")))
    assert found(case) == expected
    assert len(expected) > 1


@pytest.mark.parametrize("name", FILES)
def test_what_a_check_is_about_is_of_its_kind(name: str, fields: Fields) -> None:
    check = Check.read(FILES[name])
    data = Data(data_of(name))
    for row in check.rows(asked(data_of(name), [check]), today_of(asked(data_of(name), [check]))):
        kind = fields.kind_of(data.types(row["record"]))
        assert kind is not None
        assert kind.name == check.kind


@pytest.mark.parametrize("name", FILES)
def test_two_engines_find_the_same(name: str) -> None:
    import rdflib

    check = Check.read(FILES[name])
    graph = rdflib.Graph().parse(FOLDER / f"{name}.ttl")
    ask = asked(data_of(name), [check])
    values = {**check.parameters, **({"today": ox.Literal(today_of(ask))} if check.asks_today else {})}
    text = bind(check.text, values)
    solutions = ask(text)
    columns = [variable.value for variable in solutions.variables]
    ours = sorted([_plain(row[column]) for column in columns] for row in solutions)
    theirs = sorted([str(row[column]) for column in columns] for row in graph.query(text))
    assert ours == theirs
    assert ours


def _plain(term: object) -> str:
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return term.value


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_a_check_speaks_four_languages_without_a_word_of_the_machinery(check: Check) -> None:
    from test_messages import MACHINERY

    assert re.fullmatch(r"SKF-Q\d\d", check.code)
    for texts in (check.title, check.message, check.advice, *check.help.values()):
        assert set(texts) == set(LANGUAGES)
        for text in texts.values():
            assert not MACHINERY.search(text), text
    assert {frozenset(re.findall(r"\{(\w+)\}", text)) for text in check.message.values()}.__len__() == 1


def test_the_months_of_the_newest_record_are_records_months() -> None:
    assert today_of(asked(data_of("city-silent"))) == "2023-04"
    assert today_of(asked(data_of("translation-behind"))) == ""
    assert Check.read(FILES["city-silent"]).rows(asked(data_of("city-silent")), "") == []


def test_the_graph_we_ship_has_the_findings_of_the_checks_and_they_are_none_of_the_standards() -> None:
    report = sankofa.open().validate()
    crossed = [finding for finding in report.findings if finding.code.startswith("SKF-Q")]
    assert {finding.code for finding in crossed} == {"SKF-Q01", "SKF-Q05", "SKF-Q06"}
    assert all(finding.level == "exemplary" and finding.result is None for finding in crossed)
    assert len(report.results) == len(report.findings) - len(crossed)
    assert "SKF-Q" not in report.to_turtle()
    for finding in crossed:
        for lang in LANGUAGES:
            line = f"{finding.message[lang]} {finding.advice[lang]}"
            assert not re.search(r"https?:|\w:\w|[{}]", line.replace(finding.title, "")), line


# -- after a change ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_a_check_is_asked_again_only_where_a_change_matters(check: Check) -> None:
    assert check.joins.local
    assert check.joins.reads
    data = Data(data_of(check.name))
    elsewhere = (ox.NamedNode(f"{EX}id/story/a"), ox.NamedNode("http://purl.org/dc/terms/title"), ox.Literal("x"))
    assert Crossing(asked(data_of(check.name))).after([elsewhere], data) == []


def vocabulary() -> tuple[list[Node], list[ox.NamedNode], list[Term]]:
    """What random data are made of: few things, so that they meet."""
    nodes: list[Node] = [ox.NamedNode(f"{EX}id/{kind}/{n}") for kind in ("story", "city", "event") for n in range(3)]
    nodes += [ox.NamedNode(f"{EX}id/story/0#{part}") for part in ("lesson", "measure")]
    read = set().union(*(check.joins.reads or () for check in ALL))
    predicates = [ox.NamedNode(iri) for iri in sorted(read)] + [
        ox.NamedNode("https://w3id.org/sankofa/ontology#status")
    ]
    classes = ("Story", "City", "Event", "Experiment", "Lesson", "Measure", "Method")
    values: list[Term] = [ox.NamedNode(f"https://w3id.org/sankofa/ontology#{name}") for name in classes]
    values += [ox.NamedNode("https://w3id.org/sankofa/vocabulary/nature/result"), ox.NamedNode(f"{EX}page")]
    values += [
        ox.Literal(text, datatype=ox.NamedNode(XSD + name))
        for text, name in (
            ("2019", "gYear"),
            ("2020-05", "gYearMonth"),
            ("2021-05-06", "date"),
            ("2023-04", "gYearMonth"),
            ("x", "string"),
        )
    ]
    return nodes, predicates, values


def random_triple(chance: random.Random) -> Spo:
    nodes, predicates, values = vocabulary()
    predicate = chance.choice(predicates)
    wanted: list[Term]
    if predicate.value.endswith("#type"):
        wanted = values[:7]
    elif predicate.value.endswith(("issued", "modified", "created", "Date")):
        wanted = values[-5:]
    elif predicate.value.endswith("nature"):
        wanted = values[7:8]
    else:
        wanted = [*nodes, values[8]]
    return chance.choice(nodes), predicate, chance.choice(wanted)


@pytest.mark.parametrize("seed", range(12))
def test_after_every_change_the_standing_findings_are_those_of_a_full_run(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(joining, "_FEW", 1 + seed % 3)  # so that it matters also where there are few nodes
    triples = dict.fromkeys(random_triple(chance) for _ in range(120))
    crossing = Crossing(lambda text: asked(triples)(text))
    standing = [(check, row) for check, rows in crossing.rows() for row in rows]
    narrow = 0
    for _ in range(60):
        gone = chance.sample(sorted(triples, key=str), chance.randint(0, 4))
        come = [random_triple(chance) for _ in range(chance.randint(0, 4))]
        changed = [triple for triple in gone if triple not in come] + [one for one in come if one not in triples]
        for triple in gone:
            del triples[triple]
        triples |= dict.fromkeys(come)
        data = Data(triples)
        for again in crossing.after(changed, data):
            standing = [
                (check, row)
                for check, row in standing
                if check is not again.check or (again.seen is not None and row["record"] not in again.seen)
            ] + [(again.check, row) for row in again.rows]
            narrow += again.seen is not None
        full = Crossing(asked(triples)).findings(describer(data))
        assert crossing.today == today_of(asked(triples))
        assert keys([told(check, row, describer(data)) for check, row in standing]) == keys(full)
    assert narrow > 20


def keys(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return sorted((one.code, one.focus, one.message["en"]) for one in findings)


@pytest.mark.parametrize(
    ("query", "local", "reads"),
    [
        ("SELECT ?record { ?record <a:p> ?v . OPTIONAL { ?v <a:q> 5 ; <a:r> 'x'@en, true } }", True, "pqr"),
        ("SELECT ?record { ?record ^<a:p>/(<a:q>|^<a:r>) ?v MINUS { ?w <a:s> ?v FILTER(?w > 3) } }", True, "pqrs"),
        ("SELECT ?record { ?record <a:p> 'a'^^<a:d> FILTER NOT EXISTS { ?record <a:q> _:b } }", True, "pq"),
        ("SELECT ?record { ?record <a:p> ?v FILTER(?v > 1 && EXISTS { ?v <a:q> ?w }) } ORDER BY STR(?v)", True, "pq"),
        ("SELECT ?record (COUNT(?v) AS ?n) { ?record <a:p> ?v } GROUP BY ?record HAVING(COUNT(?v) > 1)", True, "p"),
        ("SELECT ?record { { SELECT (?a AS ?record) { ?a <a:p> ?v } } UNION { ?record <a:q> ?v } }", True, "pq"),
        ("SELECT * { VALUES ?v { 1 2 } ?record <a:p> ?v BIND(STR(?v) AS ?text) }", True, "p"),
        # What is asked of everything cannot be asked of some.
        ("SELECT ?record { ?record <a:p> ?v . ?other <a:q> ?w }", False, "pq"),
        ("SELECT ?record { ?record <a:p> ?v { SELECT (MAX(?w) AS ?most) { ?x <a:q> ?w } } }", False, "pq"),
        ("SELECT ?record { ?record <a:p> ?v { SELECT (MAX(?v) AS ?most) { ?record <a:p> ?v } } }", False, "p"),
        ("SELECT ?record { ?record <a:p> ?v { SELECT ?x { ?record <a:q> ?x } } }", False, "pq"),
        ("SELECT ?record { ?record <a:p> ?v BIND(IRI(STR(?v)) AS ?w) ?w <a:q> ?x }", False, "pq"),
        ("SELECT ?record { ?record <a:p> ?v } LIMIT 3", False, "p"),
        # What is not read here may read anything.
        ("SELECT ?record { ?record ?p ?v }", False, None),
        ("SELECT ?record { ?record <a:p>+ ?v }", False, None),
        ("SELECT ?record { ?record <a:p> [ <a:q> ?v ] }", False, None),
        ("SELECT ?record { GRAPH ?g { ?record <a:p> ?v } }", False, None),
    ],
)  # fmt: skip
def test_the_parts_of_a_query(query: str, local: bool, reads: str | None) -> None:
    ox.Store().query(query)
    joins = joins_of(query)
    assert joins.local is local
    assert joins.reads == (None if reads is None else {f"a:{name}" for name in reads})


@pytest.mark.parametrize(
    ("query", "taking"),
    [
        ("SELECT ?record { ?record <a:p> ?v MINUS { ?w <a:q> ?record ; <a:r> ?x FILTER(?x > 3) } }", "qr"),
        ("SELECT ?record { ?record <a:p> ?v MINUS { VALUES ?x { 1 } ?w <a:q>/^<a:r> ?record . ?w <a:s> ?x } }", "qrs"),
        # More of these can also mean more rows, or others.
        ("SELECT ?record { ?record <a:p> ?v MINUS { ?w <a:q> ?record MINUS { ?w <a:r> ?x } } }", ""),
        ("SELECT ?record { ?record <a:p> ?v MINUS { ?w <a:q> ?record OPTIONAL { ?w <a:r> ?x } } }", ""),
        ("SELECT ?record { ?record <a:p> ?v MINUS { ?w <a:q> ?record FILTER NOT EXISTS { ?w <a:r> ?x } } }", ""),
        ("SELECT ?record { ?record <a:p> ?v OPTIONAL { ?record <a:q> ?w MINUS { ?x <a:r> ?w } } }", ""),
        ("SELECT ?record { { ?record <a:p> ?v MINUS { ?w <a:q> ?v } } UNION { ?record <a:r> ?v } }", ""),
        ("SELECT ?record (COUNT(?v) AS ?n) { ?record <a:p> ?v MINUS { ?w <a:q> ?v } } GROUP BY ?record", ""),
        ("SELECT ?record { ?record <a:p> ?v } ORDER BY ?v", ""),
        # What is asked elsewhere of the same nodes is reached by way of them.
        ("SELECT ?record { ?record <a:p> ?v MINUS { ?w <a:q> ?record } FILTER EXISTS { ?w <a:r> ?v } }", "q"),
        ("SELECT ?record { ?record <a:p> ?v MINUS { ?w <a:q> ?record } FILTER EXISTS { ?w <a:r> ?x } }", ""),
    ],
)  # fmt: skip
def test_what_only_takes_rows_away(query: str, taking: str) -> None:
    ox.Store().query(query)
    assert {link.predicate for link in joins_of(query).links if link.takes_away} == {f"a:{name}" for name in taking}


def test_of_what_takes_a_row_away_little_is_looked_at() -> None:
    joins = joins_of("SELECT ?record { ?record <a:p> ?v MINUS { ?user <a:q> ?record ; <a:r> ?kind } }")
    record, p, q, r = (ox.NamedNode(f"a:{name}") for name in ("record", "p", "q", "r"))
    users = [ox.NamedNode(f"a:user{number}") for number in range(500)]
    data = Data([(record, p, r), *((user, q, record) for user in users), *((user, r, p) for user in users)])
    assert len(joins.around(data, [record])) == 1_001
    assert len(joins.around(data, [record], few=True)) < 40


@pytest.mark.parametrize("file", shipped.question_files(), ids=lambda file: file.stem)
def test_the_properties_that_a_query_reads_are_those_it_names(file: Path) -> None:
    """Our own queries are a good hundred examples of what can be written."""
    text = file.read_text(encoding="utf-8")
    reads = joins_of(text).reads
    if reads is None:
        return
    prefixes = dict(re.findall(r"(?m)^PREFIX ([\w-]+): <([^>]+)>", text))
    body = re.sub(r"(?m)^(#|PREFIX).*$", "", text)
    named = {prefixes[prefix] + name for prefix, name in re.findall(r"([\w-]+):(\w+)", body) if prefix in prefixes}
    assert {iri for iri in reads if not iri.endswith("#type")} <= named
    properties = {iri for iri in named if re.search(r"ontology#[a-z]\w+$", iri)}
    values = {
        iri for iri in properties if re.search(rf"(!=|=|IN \(.*|VALUES .*)\s*\w+:{re.split('[#/]', iri)[-1]}\b", body)
    }
    assert properties - values <= reads


# -- files ---------------------------------------------------------------------------------------------------------

TEXTS = "".join(f"# {key}@{lang}: {key} {{record}}\n" for key in ("title", "message", "advice") for lang in LANGUAGES)
HELP = "".join(f"# param-help@{lang} n: how many\n" for lang in LANGUAGES)
GOOD = f"{TEXTS}# code: SKF-Q99\n# level: draft\n# kind: story\n# param: n integer default 3\n{HELP}"
QUERY = "SELECT ?record { ?record a ?kind FILTER(?n > 2) }"


def check_file(folder: Path, header: str = GOOD, query: str = QUERY, name: str = "a-check") -> Path:
    file = folder / f"{name}.rq"
    file.write_text(f"{header}\n{query}", encoding="utf-8")
    return file


def test_a_check_file_is_read(tmp_path: Path) -> None:
    check = Check.read(check_file(tmp_path))
    assert (check.name, check.code, check.level, check.kind) == ("a-check", "SKF-Q99", "draft", "story")
    assert check.parameters == {"n": ox.Literal(3)}
    assert check.help["n"]["pt"] == "how many"
    assert not check.asks_today


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("# code: SKF-Q99\n", "", "no code"),
        ("SKF-Q99", "Q9", "no code"),
        ("level: draft", "level: high", "no level"),
        ("kind: story", "kind: A Story", "no kind"),
        ("# message@ar: message {record}\n", "", "message@ar"),
        ("message@fr: message {record}", "message@fr: message {city}", "no variable of the query"),
        ("n integer default 3", "n integer", "a type and a default"),
        ("n integer default 3", "n float default 3", "a type and a default"),
        ("n integer default 3", "n integer default many", "no integer"),
        ("n integer default 3", "m integer default 3", "no variable"),
        ("# param-help@en n: how many\n", "", "param-help@en"),
        ("# title@en: title {record}\n", "# titel@en: title\n", "did you mean 'title'"),
    ],
)
def test_a_bad_header_is_refused_with_its_file(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(UnreadableInput) as caught:
        Check.read(check_file(tmp_path, GOOD.replace(old, new)))
    assert says in str(caught.value)
    assert "a-check.rq" in caught.value.where


def test_a_bad_query_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="no SELECT"):
        Check.read(check_file(tmp_path, query="ASK { ?record a ?kind FILTER(?n > 2) }"))
    with pytest.raises(QueryError, match="line"):
        Check.read(check_file(tmp_path, query="SELECT ?record { ?record a }"))
    with pytest.raises(UnreadableInput, match=r"\?record"):
        Check.read(check_file(tmp_path, query="SELECT ?r { ?r a ?kind FILTER(?n > 2) }"))


def test_two_checks_have_two_codes(tmp_path: Path) -> None:
    files = [check_file(tmp_path), check_file(tmp_path, name="another")]
    with pytest.raises(UnreadableInput, match="SKF-Q99 already"):
        checks(files)


# -- writing -------------------------------------------------------------------------------------------------------


def write(case: str) -> None:
    file = FOLDER / f"{case}.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(found(case))
    file.write_text("".join(line for line in lines if line.startswith("#")) + out.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] != ["--write"]:
        sys.exit(__doc__)
    for each in sys.argv[2:] or sorted({*CASES, *FILES}):
        write(each)

"""Completeness as data: the same numbers in Python, on the command line and in the Data Quality Vocabulary."""

from __future__ import annotations

import csv
import io
import json

import pyoxigraph as ox
import pytest

import sankofa
from command import run
from sankofa.errors import ParameterError
from sankofa.fields import LEVELS
from sankofa.store.formats import read
from sankofa.terms import DCTERMS, DQV, METRIC, RDFS, SKF, SKOS, XSD
from sankofa.validation import Completeness, RecordState, Report, Row
from sankofa.validation.completeness import BY, Gap
from sankofa.validation.rollup import roll_up

BASE = "https://example.org/net/"
MEASURED = """
PREFIX dqv: <http://www.w3.org/ns/dqv#>
PREFIX skf: <https://w3id.org/sankofa/ontology#>
SELECT ?metric ?on ?value ?some ?every {
  ?one a dqv:QualityMeasurement ; dqv:isMeasurementOf ?metric ; dqv:computedOn ?on ; dqv:value ?value ;
    skf:numerator ?some ; skf:denominator ?every
}
"""
#: The constraints of the RDF Data Cube Recommendation (section 11.1) that are about data sets such as these.
CUBE = {
    "IC-1": "?obs qb:dataSet ?one, ?other FILTER(?one != ?other)",
    "IC-1, none": "?obs a dqv:QualityMeasurement FILTER NOT EXISTS { ?obs qb:dataSet ?set }",
    "IC-2": "?set a dqv:QualityMeasurementDataset FILTER NOT EXISTS { ?set qb:structure ?structure }",
    "IC-3": "?dsd a qb:DataStructureDefinition FILTER NOT EXISTS { ?dsd qb:component/qb:measure ?measure }",
    "IC-11": """?obs qb:dataSet/qb:structure/qb:component/qb:dimension ?dim FILTER NOT EXISTS { ?obs ?dim ?value }""",
    "IC-12": """?one qb:dataSet ?set ; dqv:computedOn ?on ; dqv:isMeasurementOf ?metric .
                ?other qb:dataSet ?set ; dqv:computedOn ?on ; dqv:isMeasurementOf ?metric FILTER(?one != ?other)""",
    "IC-13": """?obs qb:dataSet/qb:structure/qb:component ?part . ?part qb:componentRequired true ; qb:attribute ?said
                FILTER NOT EXISTS { ?obs ?said ?value }""",
    "IC-14": "?obs qb:dataSet/qb:structure/qb:component/qb:measure ?m FILTER NOT EXISTS { ?obs ?m ?value }",
}


@pytest.fixture(scope="module")
def report() -> Report:
    """What validation says of the graph we ship."""
    with sankofa.open(read_only=True) as opened:
        return opened.validate()


def loaded(triples: list[ox.Triple]) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return store


def ask(store: ox.Store, pattern: str) -> bool:
    prefixes = "PREFIX qb: <http://purl.org/linked-data/cube#> PREFIX dqv: <http://www.w3.org/ns/dqv#>"
    return bool(store.query(f"{prefixes} ASK {{ {pattern} }}"))


def state(record: str, **said: object) -> RecordState:
    counts = dict.fromkeys(LEVELS, 2)
    labels = {("story", ""): {"en": "Story"}, ("story", "theme"): {"en": "Theme"}}
    told = {"needed": counts, "filled": counts, "labels": labels, **said}
    return RecordState(record, "story", {"en": "Story"}, {"en": record}, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("by", BY)
def test_python_command_line_and_graph_say_the_same_numbers(by: str, report: Report) -> None:
    with sankofa.open(read_only=True) as kg:
        counted, base = kg.completeness(by=by), kg.base
    assert counted.rows
    assert counted == report.completeness(by=by)

    # what each way says: group -> (records, needed, filled, share, records that reach each level)
    in_python = {
        row.group: (row.records, row.needed, row.filled, row.share, *(row.reached.get(level, 0) for level in LEVELS))
        for row in counted.rows
    }
    content = json.loads(run("status", "--by", by, "--format", "json").stdout)
    in_json = {
        row["group"]: (
            *(row[name] for name in ("records", "needed", "filled", "share")),
            *(row["reached"].get(level, 0) for level in LEVELS),
        )
        for row in content["rows"]
    }
    table = csv.DictReader(io.StringIO(run("status", "--by", by, "--format", "csv").stdout))
    in_csv = {
        row["group"]: (
            *(int(row[name]) for name in ("records", "needed", "filled")),
            float(row["share"]),
            *(int(row[level]) for level in LEVELS),
        )
        for row in table
    }
    assert in_json == in_csv == in_python

    # and the graph, read from the command line's own bytes
    written = run("status", "--by", by, "--format", "turtle").stdout_bytes
    assert written == counted.to_turtle(base).encode()
    store = ox.Store()
    store.extend(read(written, format="turtle"))
    said = {
        (row["metric"].value.removeprefix(METRIC.ns), row["on"].value): (
            float(row["value"].value), int(row["some"].value), int(row["every"].value)
        )
        for row in store.query(MEASURED)
    }  # fmt: skip
    document = f"{base}quality/{by}"
    expected = {}
    for row in (*counted.rows, counted.total):
        if row is counted.total:
            on = f"{base}graph/asserted"
        elif by in ("kind", "language") or not row.group.startswith("http"):
            on = f"{document}#part/{row.group or 'none'}"
        else:
            on = row.group
        start = "record-" if by == "record" and row is not counted.total else ""
        if by == "language" and row is not counted.total:
            expected["texts", on] = (row.share, row.filled, row.needed)
            continue
        expected[f"{start}fields", on] = (row.share, row.filled, row.needed)
        for level in LEVELS:
            some = row.reached[level]
            assert row.records < 10_000  # so that a share rounds neither up to everything nor down to nothing
            expected[f"{start}{level}", on] = (round(some / row.records, 4), some, row.records)
    assert said == expected


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("constraint", sorted(CUBE))
def test_the_measurements_are_a_well_formed_cube(constraint: str, by: str, report: Report) -> None:
    store = loaded(report.completeness(by=by).to_graph())
    assert ask(store, "?one a dqv:QualityMeasurement")
    assert not ask(store, CUBE[constraint])


@pytest.mark.parametrize("by", BY)
def test_what_is_measured_is_told_and_nothing_is_nameless(by: str, report: Report) -> None:
    triples = report.completeness(by=by).to_graph()
    assert not [t for t in triples if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)]
    store = loaded(triples)
    named = f"{{ ?on <{RDFS.label}> ?name }} UNION {{ ?on <{DCTERMS.title}> ?name }}"
    assert not ask(store, f"?one dqv:computedOn ?on FILTER NOT EXISTS {{ {named} }}")
    for lang in ("en", "fr", "pt", "ar"):
        told = f"?metric <{SKOS.prefLabel}> ?label ; <{SKOS.definition}> ?text"
        same = f'FILTER(LANG(?label) = "{lang}" && LANG(?text) = "{lang}")'
        assert not ask(
            store,
            f"?one dqv:isMeasurementOf ?metric FILTER NOT EXISTS {{ {told} {same} . ?metric a dqv:Metric ; "
            f"dqv:expectedDataType <{XSD.decimal}> ; dqv:inDimension ?dimension . ?dimension a dqv:Dimension }}",
        )


def test_a_kind_and_a_language_are_described_as_parts_of_the_dataset(report: Report) -> None:
    kinds = report.completeness(by="kind").to_turtle()
    assert "void:class skf:Story" in kinds
    assert '"Fiches\u00a0: Récit"@fr' in kinds
    languages = report.completeness(by="language").to_turtle()
    assert "dcterms:language language:FRA" in languages
    assert '"النصوص: الفرنسية"@ar' in languages


def test_the_graph_itself_knows_the_metrics() -> None:
    found = sankofa.open().query(
        "SELECT ?label { ?metric a <http://www.w3.org/ns/dqv#Metric> ; skos:prefLabel ?label }"
    )
    assert len(found) == 4 * 9  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "start"), [("ntriples", "<"), ("jsonld", "[")])
def test_other_formats_hold_the_same_triples(name: str, start: str, report: Report) -> None:
    done = run("status", "--by", "theme", "--format", name)
    assert done.stdout.startswith(start)
    assert not done.stderr
    triples = {quad.triple for quad in read(done.stdout_bytes, format=name)}
    assert triples == set(report.completeness(by="theme").to_graph())


def test_the_same_numbers_give_the_same_triples() -> None:
    states = [state(f"{BASE}id/story/{name}", themes={"urn:theme:x": {"en": "X"}}) for name in "abc"]
    assert roll_up(states, "theme").to_turtle() == roll_up(reversed(states), "theme").to_turtle()


def test_a_group_from_elsewhere_and_one_without_a_name_keep_apart() -> None:
    states = [
        state(f"{BASE}id/story/a", themes={f"{BASE}id/theme/none": {"en": "None"}}),
        state(f"{BASE}id/story/b", themes={"https://elsewhere.example/none": {"en": "None"}}),
        state(f"{BASE}id/story/c"),
    ]
    triples = roll_up(states, "theme").to_graph()
    on = {t.object.value for t in triples if t.predicate.value == DQV.computedOn}  # type: ignore[union-attr]
    assert on == {
        f"{BASE}id/theme/none", "https://elsewhere.example/none", f"{BASE}quality/theme#part/none",
        f"{BASE}graph/asserted",
    }  # fmt: skip
    names = {t.subject.value for t in triples if t.object == ox.NamedNode(METRIC.draft)}  # type: ignore[union-attr]
    assert names == {
        f"{BASE}quality/theme#draft", f"{BASE}quality/theme#draft/none", f"{BASE}quality/theme#draft/theme/none",
        f"{BASE}quality/theme#draft/https%3A%2F%2Felsewhere.example%2Fnone",
    }  # fmt: skip


def test_of_nothing_there_is_no_share() -> None:
    row = Row("story", {"en": "Story"}, 0, 0, 0, {})
    nothing = Completeness("kind", (row,), row)
    assert row.share is None
    assert json.loads(nothing.to_json())["rows"][0]["share"] is None
    assert next(csv.DictReader(io.StringIO(nothing.to_csv())))["share"] == ""
    assert not [t for t in nothing.to_graph(BASE) if t.predicate.value == DQV.value]


def test_almost_everything_is_not_everything() -> None:
    states = [state(f"{BASE}id/story/{n}") for n in range(30_000)]
    states.append(state(f"{BASE}id/story/x", gaps=(Gap("exemplary", "story", "theme", wrong=True),)))
    triples = roll_up(states, "city").to_graph()
    said = {(t.subject.value, t.predicate.value): t.object for t in triples}  # type: ignore[union-attr]
    last = f"{BASE}quality/city#exemplary"
    assert said[last, DQV.value] == ox.Literal("0.9999", datatype=ox.NamedNode(XSD.decimal))
    assert said[last, SKF.numerator] == ox.Literal(30_000)
    assert said[last, SKF.denominator] == ox.Literal(30_001)


def test_records_of_two_networks_need_a_base_to_be_told() -> None:
    counted = roll_up([state("https://a.example/id/story/a"), state("https://b.example/id/story/a")], "record")
    with pytest.raises(ParameterError, match="name it"):
        counted.to_graph()
    assert f"{BASE}quality/record" in counted.to_turtle(BASE)

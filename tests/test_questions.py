"""Questions: their files are read strictly, their answers are as expected, on two engines, with their ground.

Each ``queries/questions/<name>.rq`` has its expected rows in ``tests/questions/<name>.csv``, and may have more of them,
with other parameters, in ``tests/questions/<name>@<case>.csv``. A file begins with comment lines, if any:
``# key=value`` for a parameter, ``# empty: reason`` where no row is right. Then comes the answer as CSV, in order.

    python tests/test_questions.py --write NAME [KEY=VALUE …]     write tests/questions/NAME.csv, then read it
    python tests/test_questions.py --write NAME@CASE KEY=VALUE …  the same for another case
    python tests/test_questions.py --write                        write all again, and what is missing
"""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode

import sankofa
from sankofa import shipped
from sankofa.errors import ParameterError, QueryError, SankofaError, UnknownName, UnreadableInput
from sankofa.header import LANGUAGES
from sankofa.questions import Answer, Question, answer, catalogue
from sankofa.store.binding import bind

FOLDER = Path(__file__).parent / "questions"
QUESTIONS = [file.stem for file in shipped.question_files()]
CASES = sorted(file.stem for file in FOLDER.glob("*.csv"))

#: how much of the graph rdflib is asked about (records of each kind), and for how many seconds at most: what takes
#: longer is asked about less. It takes minutes for the whole graph, so that is done on demand only
SIZES = [(None, 600.0)] if os.environ.get("SANKOFA_WHOLE") == "1" else [(2, 2.0), (1, 20.0)]


@cache
def graph() -> sankofa.Graph:
    """The graph we ship, opened once."""
    return sankofa.open()


def split(text: str) -> tuple[dict[str, str], str, str]:
    """The parameters, the reason for being empty, and the rows of an expected file."""
    parameters, reason = {}, ""
    lines = text.splitlines(keepends=True)
    while lines and lines[0].startswith("#"):
        line = lines.pop(0).lstrip("# ").strip()
        if line.startswith("empty:"):
            reason = line.removeprefix("empty:").strip()
        elif "=" in line:
            key, _, value = line.partition("=")
            parameters[key.strip()] = value.strip()
    return parameters, reason, "".join(lines)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.replace("\r\n", "\n"))))


# -- the answers -----------------------------------------------------------------------------------------------


def test_every_question_has_its_expected_rows() -> None:
    missing = sorted(set(QUESTIONS) - set(CASES))
    assert not missing, f"write tests/questions/<name>.csv (python tests/test_questions.py --write <name>): {missing}"


def test_every_expected_file_belongs_to_a_question() -> None:
    stray = [
        file.name for file in FOLDER.iterdir() if file.suffix != ".csv" or file.stem.split("@")[0] not in QUESTIONS
    ]
    assert not stray


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_as_expected(case: str) -> None:
    parameters, reason, expected = split((FOLDER / f"{case}.csv").read_text(encoding="utf-8"))
    found = graph().answer(case.split("@")[0], **parameters)
    assert rows_of(found.to_csv()) == rows_of(expected)
    assert bool(len(found)) != bool(reason), "a file says '# empty: reason' when, and only when, no row is right"


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_row_stands_on_records(name: str) -> None:
    found = graph().answer(name, **_case(name))
    assert len(found.ground) == len(found)
    for row, ground in zip(found.table.rows, found.ground, strict=True):
        # a row that counts nothing rests on the concept it is about
        told = ground or any(isinstance(cell, NamedNode) for cell in row)
        assert told, f"no record behind {row}: add a column ?ground_… to the query"
        assert all(each.title and graph().has(each.iri) for each in ground)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_answer_can_be_read_in_four_languages(name: str) -> None:
    found = graph().answer(name, **_case(name))
    assert len({found.reading(lang) for lang in LANGUAGES}) == len(LANGUAGES)
    for lang in LANGUAGES:
        assert json.loads(found.to_json(lang))["title"] == found.question.title[lang]


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_same_question_gives_the_same_rows(name: str) -> None:
    again = sankofa.open().answer(name, **_case(name)) if name == QUESTIONS[0] else graph().answer(name, **_case(name))
    assert again.to_csv() == graph().answer(name, **_case(name)).to_csv()
    assert "ORDER BY" in graph().questions[name].text or len(again) <= 1, "rows come in any order: add ORDER BY"


def _case(name: str) -> dict[str, str]:
    """The parameters that the question is tested with."""
    file = FOLDER / f"{name}.csv"
    given = split(file.read_text(encoding="utf-8"))[0] if file.exists() else {}
    for parameter in graph().questions[name].parameters:
        if parameter.required and parameter.name not in given and parameter.example:
            given[parameter.name] = parameter.example
    return given


# -- two engines -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_parses_on_both_engines_with_nothing_bound(name: str) -> None:
    from rdflib.plugins.sparql import prepareQuery

    text = graph().questions[name].text
    prepareQuery(text)
    ox.Store().query(text)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_the_same_rows_in_rdflib(name: str) -> None:
    parameters = graph().answer(name, **_case(name)).parameters
    text = bind(graph().questions[name].text, dict(parameters))
    for most, seconds in SIZES:
        theirs, ours = both_engines(most)
        solutions = ours.query(text)
        columns = [variable.value for variable in solutions.variables]
        expected = Counter(_comparable(columns, [_spoken(term) for term in row]) for row in solutions)
        with suppress(TimeoutError), at_most(seconds):
            rows = Counter(_comparable(columns, [row[column] for column in columns]) for row in theirs.query(text))
            assert rows == expected
            return
    pytest.fail(f"rdflib takes more than {seconds} s for a small part of the graph: ask in another way")


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stop what takes longer; rdflib itself has no limit of time."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@cache
def both_engines(most: int | None) -> tuple[rdflib.Graph, ox.Store]:
    """What a query sees, in both engines; or a part of it: some records of each kind and whatever these name."""
    graph().reason()
    store = graph().store_to_ask()
    triples = [quad.triple for name in store.graphs.queried for quad in store.quads(g=name)]
    if most is not None:
        triples = part_of(triples, most)
    theirs, ours = rdflib.Graph(), ox.Store()
    for triple in triples:
        theirs.add((_spoken(triple.subject), _spoken(triple.predicate), _spoken(triple.object)))
        ours.add(ox.Quad(*triple))
    return theirs, ours


def part_of(triples: list[ox.Triple], most: int) -> list[ox.Triple]:
    prefix = graph().record_prefix
    cities = sorted(graph().records(kind="city"))[1:most]
    kept = {iri for kind in graph().fields.kinds for iri in sorted(graph().records(kind=kind))[:most]} | set(cities)
    kept |= {t.subject.value for t in triples if getattr(t.object, "value", "") in cities and "#" not in str(t.subject)}
    named = {getattr(t.object, "value", "") for t in triples if str(t.subject)[1:-1].partition("#")[0] in kept}
    kept |= {iri.partition("#")[0] for iri in named if iri.startswith(prefix)}
    named |= {getattr(t.object, "value", "") for t in triples if str(t.subject)[1:-1].partition("#")[0] in kept}
    return [
        triple
        for triple in triples
        if (iri := str(triple.subject)[1:-1]).partition("#")[0] in kept or (not iri.startswith(prefix) and iri in named)
    ]


def _spoken(term: object) -> object:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, Literal):
        plain = term.language or term.datatype.value.endswith("XMLSchema#string")
        datatype = None if plain else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, lang=term.language, datatype=datatype)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    return None


def _comparable(columns: list[str], row: list[object]) -> tuple[str, ...]:
    """A row as text: numbers by their value, and what was concatenated in any order for its ground sorted."""
    cells = []
    for column, term in zip(columns, row, strict=True):
        if isinstance(term, rdflib.Literal) and type(term.value) in (int, float, Decimal):
            cells.append(str(Decimal(str(term.value)).normalize()))
        elif column.startswith("ground_") and term is not None:
            cells.append(" ".join(sorted(str(term).split())))
        else:
            cells.append("" if term is None else term.n3())  # type: ignore[attr-defined]
    return tuple(cells)


# -- files -----------------------------------------------------------------------------------------------------

HEADER = "".join(f"# {key}@{lang}: {key} in {lang}\n" for key in ("title", "description") for lang in LANGUAGES)
HELP = "".join(f"# param-help@{lang} city: the city\n" for lang in LANGUAGES)
GOOD = f"{HEADER}# keywords: city\n# param: city iri:city optional\n{HELP}# scope: story(theme, phase), theme\n"
QUERY = "PREFIX skf: <https://w3id.org/sankofa/ontology#>\nSELECT ?city { ?city a skf:City } ORDER BY ?city\n"


def question(folder: Path, header: str = GOOD, query: str = QUERY, name: str = "a-question") -> Question:
    file = folder / f"{name}.rq"
    file.write_text(f"{header}\n{query}", encoding="utf-8")
    return Question.read(file)


def test_a_question_file_is_read(tmp_path: Path) -> None:
    header = GOOD.replace("description in en", "description in en\n#   that goes on") + "# strategy: sharing\n"
    read = question(tmp_path, header)
    assert read.description["en"] == "description in en that goes on"
    assert read.strategy == "sharing"
    assert [(scope.kind, scope.fields) for scope in read.scope] == [("story", ("theme", "phase")), ("theme", ())]
    [parameter] = read.parameters
    assert (parameter.name, parameter.kind, parameter.required, parameter.default) == ("city", "iri:city", False, None)
    assert json.loads(json.dumps(read.to_dict()))["parameters"][0]["help"]["pt"] == "the city"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("# title@ar: title in ar\n", "", "title@ar"),
        ("# keywords: city\n", "", "keywords"),
        ("# keywords: city\n", "# keyword: city\n", "did you mean 'keywords'"),
        ("# keywords: city\n", "# keywords@en: city\n", "no language"),
        ("# title@ar: title in ar\n", "# title: a title\n", "needs its language"),
        ("# keywords: city\n", "# keywords: city\n# keywords: theme\n", "twice"),
        ("# keywords: city\n", "# keywords: city\n# nothing to say\n", "no header line"),
        ("# param: city iri:city optional", "# param: city iri:town optional", "no type of parameter"),
        ("# param: city iri:city optional", "# param: city text optional", "no type of parameter"),
        ("# param: city iri:city optional", "# param: city iri:city", "required, optional"),
        ("# param: city iri:city optional", "# param: city integer default many", "whole number"),
        ("# param: city iri:city optional", "# param: theme iri:theme optional", "no parameter 'city'"),
        ("# param-help@pt city: the city\n", "", "param-help@pt city"),
        ("story(theme, phase), theme", "storys(theme)", "no kind 'storys'"),
        ("story(theme, phase), theme", "story(theme", "no scope"),
        ("# keywords: city\n", "# keywords: city\n# strategy: dancing\n", "no part of a strategy"),
    ],
)
def test_a_bad_header_is_refused_with_file_and_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(UnreadableInput) as caught:
        question(tmp_path, GOOD.replace(old, new))
    assert says in str(caught.value)
    assert "a-question.rq" in caught.value.where
    if "line" not in caught.value.where:
        assert "missing" in caught.value.what or "no keywords" in caught.value.what


def test_a_parameter_that_the_query_does_not_use_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"no variable '\?city'"):
        question(tmp_path, query="SELECT ?s { ?s ?p ?o } ORDER BY ?s")


def test_a_bad_query_is_refused_with_file_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(QueryError) as caught:
        question(tmp_path, query="SELECT ?city {\n ?city a }")
    assert caught.value.line == GOOD.count("\n") + 3
    assert caught.value.column
    assert "a-question.rq" in caught.value.where
    with pytest.raises(QueryError, match="no SELECT query"):
        question(tmp_path, query="ASK { ?city a ?kind }")
    with pytest.raises(UnreadableInput, match="no name"):
        question(tmp_path, name="A_Question")
    with pytest.raises(UnreadableInput, match="normal form"):
        question(tmp_path, GOOD.replace("title in en", "cafe\u0301"))


def test_the_catalogue_is_sorted_and_names_the_nearest(tmp_path: Path) -> None:
    assert list(catalogue()) == sorted(QUESTIONS)
    with pytest.raises(UnknownName, match="did you mean 'cities'"):
        catalogue()["citys"]
    question(tmp_path)
    assert list(catalogue(tmp_path.glob("*.rq"))) == ["a-question"]
    assert len(catalogue().to_table("ar")) == len(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_scope_of_a_question_names_fields_that_there_are(name: str) -> None:
    for scope in catalogue()[name].scope:
        kind = graph().fields.kind(scope.kind)
        assert all(kind.field(field) for field in scope.fields)


# -- parameters ------------------------------------------------------------------------------------------------


def ask(tmp_path: Path, parameters: dict[str, object], *, param: str = "city iri:city optional") -> Answer:
    name, kind, *_ = param.split(" ")
    helps = HELP.replace(" city:", f" {name}:") if kind != "lang" else ""
    header = (
        f"{HEADER}# keywords: city\n# param: {param}\n{helps}# scope: city(theme), story(theme), organisation(city)\n"
    )
    query = QUERY.replace("a skf:City", f"a skf:City . FILTER(!BOUND(?{name}) || ?{name} = ?{name})")
    return answer(graph().store_to_ask(), graph().fields, question(tmp_path, header, query), parameters)


def first_city() -> str:
    return min(graph().records(kind="city"))


def test_a_record_is_named_by_its_slug_or_its_iri(tmp_path: Path) -> None:
    iri = first_city()
    slug = iri.rsplit("/", 1)[-1]
    for value in (slug, slug.upper(), iri, NamedNode(iri), f" {slug} "):
        found = ask(tmp_path, {"city": value})
        assert found.parameters["city"] == NamedNode(iri)
        assert [row[0] for row in found.table.rows] == [NamedNode(iri)]
    assert len(ask(tmp_path, {"city": None})) > 1
    assert len(ask(tmp_path, {"city": ""})) > 1


def test_a_concept_of_a_closed_list_is_named_by_its_code(tmp_path: Path) -> None:
    found = ask(tmp_path, {"language": "fr"}, param="language iri:language optional")
    assert found.parameters["language"].value.endswith("/FRA")
    found = ask(tmp_path, {"format": "video"}, param="format iri:format optional")
    assert found.parameters["format"].value.endswith("/vocabulary/format/video")


def test_a_wrong_record_is_refused_with_the_nearest(tmp_path: Path) -> None:
    slug = first_city().rsplit("/", 1)[-1]
    with pytest.raises(ParameterError) as caught:
        ask(tmp_path, {"city": f"{slug}x"})
    assert f"did you mean '{slug}'" in caught.value.hint
    assert "allowed:" in caught.value.hint
    assert "'city'" in caught.value.what
    assert "a-question" in caught.value.where
    theme = min(graph().records(kind="theme"))
    for wrong in (theme, "https://example.org/nowhere", "<x> . ?s ?p", 'x"y'):
        with pytest.raises(ParameterError):
            ask(tmp_path, {"city": wrong})


@pytest.mark.parametrize(
    ("kind", "good", "stored", "bad"),
    [
        ("integer", "012", "12", "12.5"),
        ("integer", 12, "12", "many"),
        ("date", "2021-10-31", "2021-10-31", "31/10/2021"),
        ("date", "2020-02-29", "2020-02-29", "2021-02-29"),
        ("lang", "FR", "fr", "français"),
        ("string", " a “text” ", "a “text”", "   "),
    ],
)
def test_a_value_has_the_type_of_its_parameter(tmp_path: Path, kind: str, good: object, stored: str, bad: str) -> None:
    found = ask(tmp_path, {"value": good}, param=f"value {kind} required")
    assert found.parameters["value"].value == stored
    with pytest.raises(ParameterError, match="'value' takes"):
        ask(tmp_path, {"value": bad}, param=f"value {kind} required")


def test_a_missing_parameter_is_named_with_an_example(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="needs the parameter 'city'") as caught:
        ask(tmp_path, {}, param="city iri:city required")
    assert caught.value.hint.startswith("for example city=")


def test_a_default_is_used_when_nothing_is_given(tmp_path: Path) -> None:
    assert ask(tmp_path, {}, param="lang lang default pt").parameters["lang"] == Literal("pt")
    assert ask(tmp_path, {"lang": "ar"}, param="lang lang default pt").parameters["lang"] == Literal("ar")


def test_an_unknown_parameter_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'city'"):
        ask(tmp_path, {"ctiy": "x"})


def test_a_value_never_becomes_part_of_the_query(tmp_path: Path) -> None:
    text = '" } SELECT * { ?s ?p ?o } #\n'
    assert ask(tmp_path, {"value": text}, param="value string required").parameters["value"].value == text.strip()


def test_values_reach_nested_selects_and_groups() -> None:
    text = (
        "SELECT ?city ?n { { SELECT ?city (COUNT(?s) AS ?n) { ?s <http://x/city> ?city } GROUP BY ?city } "
        "OPTIONAL { SELECT DISTINCT ?city { ?city a <http://x/City> } } } ORDER BY ?city"
    )
    store = ox.Store()
    for at, city in enumerate("aabbb"):
        store.add(ox.Quad(NamedNode(f"http://x/s{at}"), NamedNode("http://x/city"), NamedNode(f"http://x/{city}")))
    [row] = store.query(bind(text, {"city": NamedNode("http://x/b")}))
    assert (row["city"].value, row["n"].value) == ("http://x/b", "3")


# -- ground and coverage ---------------------------------------------------------------------------------------


def small(tmp_path: Path, query: str, scope: str = "story(theme)") -> Answer:
    header = f"{HEADER}# keywords: city\n# scope: {scope}\n"
    return answer(graph().store_to_ask(), graph().fields, question(tmp_path, header, query))


def test_hidden_columns_are_ground_and_no_columns(tmp_path: Path) -> None:
    found = small(
        tmp_path,
        "PREFIX skf: <https://w3id.org/sankofa/ontology#>\n"
        'SELECT (COUNT(?city) AS ?n) (GROUP_CONCAT(STR(?city); separator=" ") AS ?ground_cities) { ?city a skf:City }',
    )
    assert found.table.columns == ("n",)
    [ground] = found.ground
    assert [each.iri for each in ground] == sorted(graph().records(kind="city"))
    assert found.records() == ground
    assert all(each.name("fr") and each.title for each in ground)


def test_a_part_stands_for_its_record(tmp_path: Path) -> None:
    found = small(
        tmp_path,
        "PREFIX skf: <https://w3id.org/sankofa/ontology#>\n"
        "SELECT ?lesson { ?story skf:lesson ?lesson FILTER(CONTAINS(STR(?lesson), '#')) } ORDER BY ?lesson LIMIT 1",
    )
    [[ground]] = found.ground
    assert found.table.rows[0][0].value.startswith(f"{ground.iri}#")


def test_coverage_counts_what_is_filled(tmp_path: Path) -> None:
    found = small(tmp_path, QUERY, "story(theme, title)")
    [coverage] = found.coverage
    stories = list(graph().records(kind="story"))
    assert coverage.total == len(stories)
    filled = {field.name: field.filled for field in coverage.fields}
    assert filled["title"] == len(stories)
    with_theme = {
        triple.subject.value
        for triple in graph().store_to_ask().asserted(p=NamedNode("https://w3id.org/sankofa/ontology#theme"))
        if triple.subject.value in stories
    }
    assert filled["theme"] == len(with_theme)


def test_a_parameter_narrows_the_scope(tmp_path: Path) -> None:
    narrow, wide = ask(tmp_path, {"city": first_city()}), ask(tmp_path, {})
    assert [each.kind for each in narrow.coverage] == ["city", "story", "organisation"]
    assert narrow.coverage[0].total == 1
    assert narrow.coverage[1].total < wide.coverage[1].total, "only the stories of that city"
    assert narrow.coverage[2].total == wide.coverage[2].total, "the city is what is counted"


def test_none_is_told_apart_from_not_filled_in_yet(tmp_path: Path) -> None:
    none = "SELECT ?x { ?x a <http://example.org/Nothing> } ORDER BY ?x"
    doubt = small(tmp_path, none, "story(theme)").reading("en")
    story = graph().fields.kind("story").label["en"]
    assert doubt.startswith("No row. Kind '")
    assert f"'{story}'" in doubt
    assert doubt.endswith("the answer may be incomplete.")
    sure = small(tmp_path, none, "story(title)").reading("en")
    assert sure == "No row. Nothing is left to fill in for this question, so there is none."
    empty = small(tmp_path, none, "local-group(city)").reading("en")
    assert empty.startswith("No row. There is no record of kind")
    assert small(tmp_path, QUERY, "story(title)").reading("en") == f"{len(small(tmp_path, QUERY))} rows."


def test_an_answer_in_every_form(tmp_path: Path) -> None:
    found = small(tmp_path, QUERY)
    assert rows_of(found.to_csv())[0] == ["city"]
    assert found.to_markdown("fr").startswith("## title in fr\n")
    assert found.to_text("pt").startswith("title in pt\n")
    assert "<table" in found._repr_html_()
    content = json.loads(found.to_json("en"))
    assert content["rows"][0]["city"]["type"] == "uri"
    assert content["ground"][0][0]["iri"] == content["rows"][0]["city"]["value"]
    assert content["coverage"][0]["kind"] == "story"


# -- writing ---------------------------------------------------------------------------------------------------


def write(case: str, given: dict[str, str]) -> None:
    """Write the expected rows of a question as they are now, keeping the comments of the file there is."""
    file = FOLDER / f"{case}.csv"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    parameters = {**split(text)[0], **given}
    comments = [line for line in text.splitlines() if line.startswith("#") and "=" not in line]
    comments = [*(f"# {key}={value}" for key, value in sorted(parameters.items())), *comments]
    found = graph().answer(case.split("@")[0], **parameters)
    if not len(found) and not any("empty:" in comment for comment in comments):
        comments.append("# empty: ")
        print(f"{file.name}: no row; say why behind '# empty:'", file=sys.stderr)  # noqa: T201
    head = "".join(f"{comment}\n" for comment in comments)
    FOLDER.mkdir(exist_ok=True)
    file.write_text(head + found.to_csv().replace("\r\n", "\n"), encoding="utf-8")
    print(f"{file}: {len(found)} rows")  # noqa: T201


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if not arguments or arguments[0] != "--write":
        sys.exit(__doc__)
    try:
        began = time.perf_counter()
        names = [argument for argument in arguments[1:] if "=" not in argument]
        values = dict(argument.split("=", 1) for argument in arguments[1:] if "=" in argument)
        for name in names or sorted({*CASES, *QUESTIONS}):
            write(name, values)
    except SankofaError as error:
        sys.exit(f"{error}")

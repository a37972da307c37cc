"""The guard: no query opens a connection, and none is refused for a word in a string."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, Store

from sankofa.errors import ForbiddenQuery, QueryError
from sankofa.store import guard
from sankofa.store.lexer import tokens, unescaped

# a port that the engine refuses to connect to, with an OSError, before any socket is opened
DEAD = "http://127.0.0.1:1/"
PREFIXES = {"ex": DEAD, "": DEAD, "service": DEAD, "load": DEAD}
NOT_ANSWERED = ("not allowed for HTTP", "service name is unbound")


def engine_goes_out(text: str, *, update: bool = False) -> bool:
    """Whether the engine itself would ask another server for this text."""
    store = Store()
    store.add(Quad(NamedNode(f"{DEAD}s"), NamedNode(f"{DEAD}p"), NamedNode(f"{DEAD}o")))
    try:
        if update:
            store.update(text, prefixes=PREFIXES)
        else:
            list(store.query(text, prefixes=PREFIXES))  # type: ignore[arg-type]
    except (OSError, RuntimeError) as error:
        return any(part in str(error) for part in NOT_ANSWERED)
    except (SyntaxError, TypeError):
        return False
    return False


def is_refused(text: str, *, update: bool = False) -> bool:
    try:
        guard.refuse(text, update=update)
    except ForbiddenQuery:
        return True
    return False


ATTACKS = [
    f"SELECT * {{ SERVICE <{DEAD}> {{ ?s ?p ?o }} }}",
    f"SELECT * {{ sErViCe SILENT <{DEAD}> {{ ?s ?p ?o }} }}",
    f"SELECT*{{SERVICE<{DEAD}>{{?s ?p ?o}}}}",
    "SELECT * { SERVICEex:x { ?s ?p ?o } }",
    "SELECT * { SERVICESILENTex:x{ ?s ?p ?o } }",
    "SELECT * { service:foo { ?s ?p ?o } }",
    "SELECT * { service:foo # x {\n { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o . SERVICE ?s { ?s ?p ?o } }",
    f"SELECT * {{ ?s ?p trueSERVICE<{DEAD}>{{ ?a ?b ?c }} }}",
    "SELECT * { ?s ?p trueSERVICEex:a{ ?a ?b ?c } }",
    f"SELECT * {{ ?s ?p 1SERVICE<{DEAD}>{{ ?a ?b ?c }} }}",
    f"SELECT * {{ ?s ?p ?o.SERVICE<{DEAD}>{{ ?a ?b ?c }} }}",
    f"SELECT * {{ \\u0053ERVICE <{DEAD}> {{ ?s ?p ?o }} }}",
    f"SELECT * {{ \\U00000053ERVIC\\u0045 <{DEAD}> {{ ?s ?p ?o }} }}",
    f"SELECT * {{ # \\u000A SERVICE <{DEAD}> {{ ?s ?p ?o }} }}",
    f'SELECT * {{ ?s ?p ?o FILTER("a\\u0022 #" != "") SERVICE <{DEAD}> {{ ?a ?b ?c }} }}',
    f'SELECT * {{ ?s ?p ?o FILTER("a\\u005C" != "") SERVICE <{DEAD}> {{ ?a ?b ?c }} FILTER("" != "") }}',
    f"SELECT * {{ ?s ?p ?o FILTER(?s<'x>')SERVICE<{DEAD}>{{ ?s ?p 'z' }} }}",
    f"SELECT * {{ ?s ?p ?o FILTER(?s<'x>'||'y'='z')SERVICE<{DEAD}>{{ ?a ?b 'z' }} }}",
    f"SELECT * {{ ?s ?p ?o FILTER(?s<?b#>'''\n)SERVICE<{DEAD}>{{ ?a ?b ?c }} }}#'''",
    f"SELECT * {{ ?s ?p ?o FILTER(STRLEN('a')<?b#>'''\n)SERVICE<{DEAD}>{{ ?a ?b ?c }} }}#'''",
    f"SELECT (EXISTS {{ SERVICE <{DEAD}> {{ ?s ?p ?o }} }} AS ?x) {{ }}",
    f"CONSTRUCT WHERE {{ {{ SELECT * {{ SERVICE <{DEAD}> {{ ?s ?p ?o }} }} }} }}",
    f"PREFIX service: <{DEAD}> SELECT * {{ service: {{ ?s ?p ?o }} }}",
    f"SELECT * {{ ?s ?p 'it\\'s' SERVICE <{DEAD}> {{ ?s ?p ?o }} }}",
    f'SELECT * {{ ?s ?p "" SERVICE <{DEAD}> {{ ?s ?p "" }} }}',
]

HARMLESS = [
    "SELECT ?service { ?service ex:service 'SERVICE <x> { }' }",
    'SELECT * { ?s ?p """ " SERVICE <x> { } """ }',
    "SELECT * { ?s <http://example.org/service> <urn:x:SERVICE> }",
    "SELECT * { ?s <service> ?o } # SERVICE <x> { }",
    "SELECT * { ?s services:of [] ; service:x service:y . GRAPH service:g { } }",
    "SELECT * FROM service:g { ?s ?p ?o }",
    "SELECT * { VALUES (?a ?b) { (<urn:service> <urn:load>) } ?s ?p 'a service',\"don't load\" }",
    "SELECT * { ?s ?p ?load FILTER(?load < 5 && ?load > 3) FILTER(load:f(?load)) }",
    "SELECT * { ?s ?p 'x'@service }",
    "DESCRIBE load:x",
    "SELECT (load:fn(?x) AS ?y) { _:service ?p ?x }",
    "SELECT * { ?s ?p 'a\\'SERVICE' , \"\\\"SERVICE\" , '\\\\' }",
]

UPDATE_ATTACKS = [
    f"LOAD <{DEAD}>",
    f"LOAD SILENT <{DEAD}> INTO GRAPH ex:g",
    f"LOAD<{DEAD}>",
    "LOADex:x",
    "LOADSILENTex:x",
    "load:x",
    "CREATE GRAPH ex:g ; LOADex:x",
    "PREFIX a: <http://a> load:x",
    f"INSERT DATA {{ }} ; \\u004CO\\u0041D <{DEAD}>",
    f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{DEAD}> {{ ?s ?p ?o }} }}",
]


@pytest.mark.parametrize("query", ATTACKS)
def test_attacks_are_refused(query: str) -> None:
    with pytest.raises(ForbiddenQuery) as caught:
        guard.refuse(query)
    assert caught.value.http_status == 403
    assert caught.value.line is not None
    guard.refuse(query, federate=True)


@pytest.mark.parametrize("update", UPDATE_ATTACKS)
def test_updates_that_load_are_refused(update: str) -> None:
    with pytest.raises(ForbiddenQuery, match=r"LOAD|SERVICE"):
        guard.refuse(update, update=True)


@pytest.mark.parametrize("query", HARMLESS)
def test_words_that_only_look_like_keywords_pass(query: str) -> None:
    guard.refuse(query)


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { ex:load a 'LOAD' }",
        "WITH load:g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "CLEAR GRAPH load:g ; COPY load:a TO load:b ; INSERT { } USING NAMED load:x WHERE { ?load ?p ?o }",
        "PREFIX load: <http://a/> INSERT DATA { load:a load:b load:c }",
    ],
)
def test_updates_without_load_pass(update: str) -> None:
    guard.refuse(update, update=True)
    with pytest.raises(ForbiddenQuery, match="this is an update"):
        guard.refuse(update)


def test_the_place_of_the_keyword_is_named() -> None:
    with pytest.raises(ForbiddenQuery) as caught:
        guard.refuse(f"SELECT * {{\n  ?s ?p ?o .\n  SERVICE <{DEAD}> {{ }} }}")
    assert (caught.value.line, caught.value.column, caught.value.token) == (3, 3, "SERVICE")


# -- properties

FRAGMENTS = [
    *(
        "SERVICE",
        "service",
        "SERVICEex:a",
        "service:a",
        "SERVICE:a",
        "trueSERVICE",
        "SILENT",
        f"<{DEAD}>",
        "{ ?s ?p ?o }",
    ),
    *(
        " ",
        "\n",
        "{",
        "}",
        "(",
        ")",
        "[]",
        "'",
        '"',
        "'''",
        '"""',
        "\\",
        "#",
        "<",
        ">",
        ".",
        ";",
        ",",
        "-",
        "/",
        "*",
        "=",
    ),
    *(
        "?s",
        "$p",
        "ex:o",
        "ex:service",
        "_:b",
        "'a'",
        '"b"',
        "1",
        "1.5",
        "true",
        "a",
        "@en",
        "^^",
        "||",
        "&&",
        "!",
        "\u00e9",
    ),
    *("FILTER", "FILTER(", "BIND(1 AS ?z)", "OPTIONAL", "GRAPH ?g", "VALUES ?s", "UNDEF", "EXISTS", "LOAD", "SELECT"),
    *("<urn:x'y>", "<urn:x#y>", "'x>'", "?a<'x>'", "?a<?b#>", "?s ?p ?o"),
    *("\\u0053ERVICE", "\\u0022", "\\u005C", "\\u000A"),
]


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=14),
    st.sampled_from(FRAGMENTS),
    st.lists(st.sampled_from(FRAGMENTS), max_size=8),
)
@example(["?s ?p ?o", " ", "FILTER(", "?a<'x>'", ")"], "SERVICE", [f"<{DEAD}>", "{ ?s ?p ?o }"])
def test_what_the_guard_lets_through_the_engine_never_sends(before: list[str], middle: str, after: list[str]) -> None:
    for query in (
        f"SELECT * {{ {''.join(before)}{middle}{''.join(after)} }}",
        f"SELECT * {{ ?s ?p ?o {''.join(before)} SERVICE <{DEAD}> {{ ?s ?p ?o }} {''.join(after)} }}",
        f"SELECT * {{ ?s ?p ?o FILTER(?s {''.join(before)} )SERVICE<{DEAD}>{{ ?a ?b ?c }} {''.join(after)} }}",
    ):
        if engine_goes_out(query):
            assert is_refused(query), query


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "LOAD",
                "load:",
                "ex:a",
                f"<{DEAD}>",
                ";",
                " ",
                "SILENT",
                "INSERT DATA {}",
                "#",
                "\n",
                "CREATE SILENT GRAPH",
                "PREFIX",
                "BASE",
            ]
        ),
        max_size=8,
    )
)
def test_updates_that_the_guard_lets_through_load_nothing(parts: list[str]) -> None:
    update = "".join(parts)
    if engine_goes_out(update, update=True):
        assert is_refused(update, update=True), update


TEXT = st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("'\"\\#<>{}?: \n")), max_size=30)


def quoted(text: str, mark: str) -> str:
    text = text.replace("\\", "\\\\").replace(mark[0], "\\" + mark[0])
    return mark + (text if len(mark) == 3 else text.replace("\n", "\\n").replace("\r", "\\r")) + mark


@settings(deadline=None)
@given(TEXT, st.sampled_from(["'", '"', "'''", '"""']), st.sampled_from(["SERVICE <x> { }", "LOAD <x>", ""]))
def test_no_string_is_taken_for_a_keyword(text: str, mark: str, word: str) -> None:
    text = re.sub("service|load", "x", text, flags=re.IGNORECASE)
    string = quoted(text.replace("\\u", "").replace("\\U", "") + word, mark)
    query = f"SELECT ?x {{ ?x ?y {string} }}"
    if "\\u" not in query and "\\U" not in query:
        guard.refuse(query)
    assert [token.text for token in tokens(query) if token.sort == "string"] == [string]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_every_text_is_lexed_without_loss(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert not token.open_quote or token == list(tokens(text))[-1]
        between = text[end : token.start]
        assert re.fullmatch(r"([\x20\t\r\n]|#[^\r\n]*)*", between), between
        end = token.end
        assert token.text
    guard._forbidden(text)


@settings(deadline=None)
@given(st.text(max_size=100))
def test_any_text_gives_an_error_with_a_place_or_parses(text: str) -> None:
    try:
        Store().query(text, prefixes=guard.prefixes())
    except SyntaxError as error:
        ours = guard.parse_error(error, text)
        assert ours.what
        if ours.line is not None and ours.column is not None:
            lines = text.split("\n")
            assert 1 <= ours.line <= len(lines)
            assert 1 <= ours.column <= len(lines[ours.line - 1]) + 1
            if ours.token:
                assert text.split("\n", ours.line - 1)[-1][ours.column - 1 :].startswith(ours.token)


BUSY = [
    "a.",
    '\\"',
    "'\\'",
    '"\\"',
    "(?a<'x>' ",
    "ex:a.",
    "<",
    "((",
    "?a<?b#>",
    "SERVICE.",
    '"""\\',
    "a",
    "(<urn:a> <urn:b>)",
]


@pytest.mark.parametrize("part", BUSY)
@pytest.mark.parametrize("start", ["", '"', "'''", "FILTER(", "(" * 10_000])
def test_no_text_keeps_the_guard_busy(start: str, part: str) -> None:
    text = f"SELECT * {{ ?s ?p ?load {start}{part * 10_000}"
    began = time.process_time()  # of this process alone: others may keep the machine busy
    with contextlib.suppress(ForbiddenQuery, QueryError):
        guard.refuse(text)
    guard.keywords(text)
    assert time.process_time() - began < 5


def test_escapes_are_replaced_once_and_only_where_they_are_whole() -> None:
    assert unescaped("\\u005Cu0041 \\u12 \\uD800 \\U0001F600 \\UFFFFFFFF") == "\\u0041 \\u12 \\uD800 😀 \\UFFFFFFFF"


# -- messages


@pytest.mark.parametrize(
    ("query", "line", "column", "token", "message"),
    [
        ("SELECT * { ?s fof:name ?o }", 1, 15, "fof:name", "the prefix 'fof:' is not declared: did you mean 'foaf:'?"),
        ("SELECT * {\n?s zzzz:name ?o }", 2, 4, "zzzz:name", "add PREFIX zzzz: <…>"),
        ("SELCT * { ?s ?p ?o }", 1, 1, "SELCT", "'SELCT' cannot stand here"),
        ("SELECT * { ?s ?p", 1, 17, "", "the query ends too early"),
        ("", 1, 1, "", "the query ends too early"),
        ("SELECT * {\n  ?x ?y , }", 2, 9, ",", "',' cannot stand here"),
        ("SELECT * WHERE {?s ?p ?o} LIMT 5", 1, 27, "LIMT", "expected HAVING or OFFSET or VALUES"),
        ("SELECT * { ?s a skf:Story . FILTR(?s) }", 1, 29, "FILTR", "cannot stand here"),
        ('SELECT * { ?s ?p "é" ; ; , ?z }', 1, 26, ",", "cannot stand here"),
        ("ASK { ?s <a b> ?o }", 1, 10, "<", "this is no IRI"),
        ("ASK { ?s ?p 'it's' }", 1, 18, "'", "never closed"),
        ("SELECT ?x {?x ?y ?z} GROUP BY ?y", 1, 33, "", "The SELECT contains a variable that is unbound"),
        ("SELECT * { ?s rdfs:label ?l FILTER(LANG(?l) == 'fr') }", 1, 46, "=", "cannot stand here"),
    ],
)
def test_an_error_names_line_column_token_and_what_to_do(
    query: str, line: int, column: int, token: str, message: str
) -> None:
    with pytest.raises(SyntaxError) as engine:
        Store().query(query, prefixes=guard.prefixes())
    error = guard.parse_error(engine.value, query)
    assert isinstance(error, QueryError)
    assert message in str(error)
    assert (error.line, error.column, error.token) == (line, column, token)


def test_prefixes_are_declared_for_engines_that_do_not_know_ours() -> None:
    assert guard.with_prefixes("ASK {}") == "ASK {}"
    assert guard.with_prefixes("PREFIX skos: <x> ASK { ?s a skos:Concept }").startswith("PREFIX skos: <x>")
    text = guard.with_prefixes("ASK { ?s a skos:Concept ; rdfs:label 'owl:Thing' }")
    assert text.count("PREFIX") == 2

"""Everything that reads something from outside, given ten thousand things that are nearly right.

Whatever it is given it answers, or refuses with an error that its documentation names, in a second and with little
memory. What was read is written, and read again as the same. ``SANKOFA_FUZZ=1000000`` gives each a million.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from sankofa import shipped
from sankofa.capture import Context, capture_sheets, read_defaults, read_mapping
from sankofa.capture.names import Triples, shared_lists
from sankofa.capture.sheet import parse_csv
from sankofa.errors import (
    CouldNotBeDone,
    ForbiddenQuery,
    LimitReached,
    ParameterError,
    QueryError,
    UnknownName,
    UnreadableInput,
)
from sankofa.fields import read_fields
from sankofa.fields.literals import LANG_STRING, XSD, literal_of, value_of
from sankofa.fields.written import Quantities, booleans_of, dates_in, dates_of, decimal_literal, numbers_of, period_of
from sankofa.serve.negotiate import format_asked, preferred
from sankofa.serve.problems import Problem
from sankofa.store import guard
from sankofa.store.binding import bind
from sankofa.store.formats import FORMATS, read, write
from sankofa.table import Table, to_python
from sankofa.validation.literals import compare, is_well_formed
from security.mutation import mutated

TESTS = Path(__file__).parents[1]
CASES = int(os.environ.get("SANKOFA_FUZZ", "10000"))
BLOCKS = 4
SECOND, MEMORY = 1.0, 256_000_000
#: How often what was read is written and read again.
OFTEN = 5


@dataclass(frozen=True)
class Reader:
    """Something that reads: what is it given, what means something to it, what it may raise."""

    read: Callable[[bytes, random.Random], None]
    seeds: Sequence[bytes]
    words: Sequence[bytes]
    raises: tuple[type[Exception], ...] = ()


# -- RDF

GRAPH = """@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:a a ex:C ; ex:p "é \\"q\\" \\\\ \\n"@fr, 'x'^^ex:d, 5, 5.0, 5e0, true, "2021-02-30"^^xsd:date ;
    ex:q [ ex:r ( 1 "two" [] _:b ) ], _:b . _:b ex:p '''long
text''' .
"""
QUADS = b"""<http://example.org/a> <http://example.org/p> "x\\u00E9"@fr <http://example.org/g> .
_:b <http://example.org/p> "5"^^<http://www.w3.org/2001/XMLSchema#integer> . # end
<urn:a> <urn:b> _:b _:g .
"""
LINKED = b"""{"@context": {"@vocab": "http://example.org/", "t": {"@id": "title", "@container": "@language"},
 "x": {"@type": "@id"}}, "@graph": [{"@id": "a", "@type": "C", "t": {"fr": "\\u00e9", "en": ["b"]},
 "x": ["b", {"@id": "_:c"}], "n": [1, 1.5, true, null], "l": {"@list": [1, {"@value": "x", "@type": "d"}]},
 "@reverse": {"p": {"@id": "z"}}}]}"""


def documents(name: str) -> list[bytes]:
    """Documents of a format: one that has everything, and pieces of the graph we ship."""
    in_xml = [quad.triple for quad in read(GRAPH.encode(), format="turtle")]
    found = [
        {
            "turtle": GRAPH.encode(),
            "trig": GRAPH.encode() + b"GRAPH ex:g { ex:a ex:p [] } ex:h { }",
            "ntriples": QUADS.replace(b" <http://example.org/g> .", b" .").replace(b" _:g .", b" ."),
            "nquads": QUADS,
            "jsonld": LINKED,
        }.get(name)
        or write(in_xml, "rdfxml")
    ]
    folder = shipped.default_graph_folder()
    triples = [q.triple for file in (folder / "network.ttl", folder / "graph" / "city.ttl") for q in read(file)]
    for at in range(0, 40, 10):
        some = [*triples[at : at + 10], *(ox.Quad(*triple, ox.NamedNode("http://g")) for triple in triples[-2:])]
        found.append(write(some, name, prefixes=guard.prefixes())[:2_500])
    return found


WORDS = {
    name: text.split()
    for name, text in {
        "turtle": b"""a [ ] ( ) . , ; @prefix PREFIX BASE <> _:b ex:a true 1.5e3 @fr ^^ <<( )>> {| |} <a> "x" '''""",
        "trig": b"GRAPH { } [ ] ( ) . ; a @base @prefix ex: _:b <g> <<( )>> @en--ltr 1 'x'",
        "ntriples": b"""<http://a> _:b "x" @fr ^^<http://d> . # <<( )>> \\u0041 @en--rtl""",
        "nquads": b"""<http://a> _:b "x" @fr ^^<http://d> . # <<( )>> \\u0041 <g>""",
        "rdfxml": b"""<rdf:Bag> </rdf:Bag> rdf:about="a" rdf:ID="x" rdf:nodeID="b" rdf:resource="c" xml:lang="fr" &amp;
            rdf:parseType="Literal" rdf:parseType="Collection" rdf:parseType="Resource" <rdf:li> xml:base="http://b/"
            <![CDATA[ ]]> <!-- --> <?x ?> &#0; &#xD800; xmlns="" <!DOCTYPE rdf:datatype="d" rdf:bagID="x" """,
        "jsonld": b"""@id @type @value @list @set @graph @context @vocab @base @language @reverse @index @included
            @nest @container @json @none @direction @import @propagate @protected @version { } [ ] " : , null true
            1e400 "@id":""",
    }.items()
}


def reads_rdf(name: str) -> Callable[[bytes, random.Random], None]:
    def reads(document: bytes, dice: random.Random) -> None:
        quads = read(document, format=name, base_iri="http://base/")
        if quads and not dice.randrange(OFTEN):
            other = dice.choice(["nquads", name])
            try:
                written = write(quads, other)
            except CouldNotBeDone:
                assert other == "rdfxml" or "RDF 1.2" in str(sys.exc_info()[1])
                return
            again = read(written, format=other)
            assert write(again, other) == written

    return reads


# -- sheets

SHEETS = TESTS / "capture"
NAMES = ("stories.csv", "cities.csv", "measures.csv", "themes.csv")
_known = Triples(quad.triple for quad in ox.parse(path=str(SHEETS / "known.ttl")))
_base, _defaults = read_defaults(_known)
_fields, _lists = read_fields(), shared_lists()
_mapping = read_mapping(SHEETS / "mapping" / "mapping.toml")


def reads_a_sheet(document: bytes, dice: random.Random) -> None:
    sheet = parse_csv(document, dice.choice(NAMES))
    found = capture_sheets(
        [(sheet, dice.choice([None, _mapping]))],
        Context(_base, fields=_fields, known=_known, defaults=_defaults, lists=_lists),
    )
    places = [account.cell.place for account in found.accounts]
    assert len(places) == len(set(places))
    assert len(places) >= sum(len(row.cells) for row in sheet.rows)
    for account in found.accounts:
        assert account.triples if account.outcome == "imported" else account.reason


# -- queries

QUERIES = [
    b"PREFIX ex: <http://e/> SELECT ?s (COUNT(DISTINCT ?o) AS ?n) { ?s ex:p/ex:q* ?o . OPTIONAL { ?s a ex:C } "
    b"FILTER(?o < 5 && REGEX(STR(?s), \"^a\", 'i')) } GROUP BY ?s HAVING(?n > 1) ORDER BY DESC(?n) LIMIT 10",
    b"ASK { GRAPH ?g { ?s ?p 'service'@en } MINUS { ?s !(<a>|^<b>) [] } VALUES (?a ?b) { (1 UNDEF) } }",
    b"CONSTRUCT { ?s ?p ?o } FROM <urn:g> { { SELECT * { ?s ?p ?o } } UNION { BIND(IF(BOUND(?x), 1, 'a') AS ?y) } }",
    b"DESCRIBE <http://e/a> # comment\n",
    b"SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
    b"LOAD <http://127.0.0.1:1/> INTO GRAPH <urn:g> ; INSERT DATA { <a> <b> 1 } ; DELETE WHERE { ?s ?p ?o }",
]
KEYWORDS = b"""SELECT ASK CONSTRUCT DESCRIBE WHERE { } ( ) [ ] . ; , ?x $y SERVICE LOAD FROM NAMED GRAPH OPTIONAL UNION
    MINUS FILTER BIND VALUES UNDEF EXISTS NOT IN AS GROUP BY HAVING ORDER LIMIT OFFSET DISTINCT REDUCED PREFIX BASE
    SILENT a * + / | ^ ! = != < > <= >= && || - 'x' \"\"\" # \\u0053 _:b <a> ex:a true 1.5 @fr ^^ INSERT DELETE DATA
    WITH USING CLEAR DROP ALL COPY TO <<( )>> TRIPLE(""".split()
_store = ox.Store()
_store.add(ox.Quad(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/p"), ox.Literal(1)))


def reads_a_query(document: bytes, dice: random.Random) -> None:
    text = document.decode("utf-8", "replace")
    update = not dice.randrange(4)
    guard.refuse(text, update=update)
    if dice.randrange(2):
        text = bind(text, {"s": ox.NamedNode("http://e/a"), "x": ox.Literal("'\"\\\n", language="fr")})
    try:
        (_store.update if update else _store.query)(text, prefixes=guard.prefixes(), base_iri="http://base/")
    except SyntaxError as error:
        told = guard.parse_error(error, text, update=update)
        assert told.what
        raise told from None


# -- headers

HEADERS = [
    b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    b"application/sparql-results+json;q=1.0, text/csv;charset=utf-8;q=0.5, text/turtle;level=1",
    b"fr-BJ, fr;q=0.9, pt-BR;q=0.8, ar;q=0.7, *;q=0.5",
    b"*/*", b"", b'text/*;q="0.5"', b"application/ld+json;profile=\"http://a;b,c\"",
]  # fmt: skip
RANGES = b"text/turtle */* text/* ;q= q=0 q=1 q=nan q=inf q=-1 q=0.0001 , ; = * / en fr-FR application/json".split()
OFFERED = {"json": "application/json", "csv": "text/csv", "turtle": "text/turtle", "html": "text/html"}


def reads_a_header(document: bytes, dice: random.Random) -> None:
    text = document.decode("latin-1")
    for offered in (list(OFFERED.values()), ["en", "fr", "pt", "ar"]):
        assert preferred(text, offered) in (*offered, None)
    name = text[:20] if dice.randrange(2) else ""
    assert format_asked(name, text, OFFERED, {"application/ld+json": "json"}) in OFFERED


# -- dates, numbers, literals

VALUES = [
    text.strip().encode()
    for text in [
        "2021-06-05 ",
        " 05/06/2021 ",
        " 5 juin 2021 ",
        " 1er août 2019 ",
        " June 2021 ",
        " 5 de junho de 2021 ",
        " 5 يونيو 2021\n        ",
        " ٢٠٢١-٠٦-٠٥ ",
        " 2019-09 to 2020-06 ",
        " 2019–2020 ",
        " depuis 2018 ",
        " jusqu’à 2020-01-01 ",
        " 1 234 567,89 ",
        " 1,234 ",
        " -12.5\n        ",
        " 12,5 % ",
        " up to EUR 50 000 ",
        " 40-60 % ",
        " 48 347 588 550 FCFA ",
        " 2,5 milhões ",
        " oui ",
        " não ",
        " true ",
        " 1 ",
        " 0 ",
        " -0.0\n        ",
        " 1e400 ",
        " NaN ",
        " INF ",
        " 2021-02-30 ",
        " 24:00:00 ",
        " --02-29 ",
        " -0001 ",
        " P1Y2M3DT4H5M6.7S ",
        " fr-BJ ",
        " a@b.example\n        ",
        " 2021-06-05T12:00:00.123+14:00 ",
        " 0000-00-00 ",
        " http://a/b c ",
        " deadbeef ",
        " QUJD",
    ]
]
SIGNS = """- / . , : T Z +14:00 st er º de to à % EUR FCFA million milliard ٣ e E + INF NaN P D 0 00 9999
    −""".encode().split()
DATATYPES = [LANG_STRING] + [
    f"{XSD}{name}"
    for name in [
        "string",
        "boolean",
        "decimal",
        "integer",
        "double",
        "float",
        "date",
        "dateTime",
        "dateTimeStamp",
        "time",
        "gYear",
        "gYearMonth",
        "gMonth",
        "gDay",
        "gMonthDay",
        "duration",
        "yearMonthDuration",
        "dayTimeDuration",
        "hexBinary",
        "base64Binary",
        "normalizedString",
        "token",
        "language",
        "Name",
        "NCName",
        "NMTOKEN",
        "byte",
        "unsignedLong",
        "positiveInteger",
        "anyURI",
        "unknown",
    ]
]
FIELDS = [
    (),
    [f"{XSD}date", f"{XSD}gYearMonth", f"{XSD}gYear"],
    [f"{XSD}integer", f"{XSD}dateTime"],
    [f"{XSD}decimal", f"{XSD}string"],
    [f"{XSD}double", f"{XSD}boolean"],
]
_quantities = Quantities({"%", "EUR", "FCFA", "people", "EUR/day"})


def reads_a_value(document: bytes, dice: random.Random) -> None:
    text = document.decode("utf-8", "replace")
    for date in (*dates_of(text), *dates_in(text)):
        assert is_well_formed(date.literal.value, date.literal.datatype.value)
    period_of(text)
    for number in numbers_of(text):
        assert is_well_formed(decimal_literal(number).value, f"{XSD}decimal")
    booleans_of(text)
    _quantities.first(text, dice.choice(["fr", "en", "pt", "ar", "sw"]))
    made = literal_of(text, dice.choice(FIELDS))
    if made is not None:
        assert is_well_formed(made.value, made.datatype.value)
        assert literal_of(value_of(made), [made.datatype.value]) == made
    kinds = dice.sample(DATATYPES, 2)
    one, other = (
        ox.Literal(text, language="fr") if kind == LANG_STRING else ox.Literal(text, datatype=ox.NamedNode(kind))
        for kind in kinds
    )
    to_python(one)
    if not dice.randrange(20):
        Table(("a",), [(one,), (other,)]).to_xlsx()
    value_of(other)
    is_well_formed(text, kinds[0])
    seed = ox.Literal(dice.choice(VALUES).decode(), datatype=ox.NamedNode(kinds[1]))
    first, second = compare(other, seed), compare(seed, other)
    assert (first is None) == (second is None)
    assert first is None or first == -second  # type: ignore[operator]


# -- all of them

RDF_ERRORS = (UnreadableInput, LimitReached)
MAKERS: dict[str, Callable[[], Reader]] = {
    **{
        name: (lambda name=name: Reader(reads_rdf(name), documents(name), WORDS[name], RDF_ERRORS))  # type: ignore[misc]
        for name in FORMATS
    },
    "sheet": lambda: Reader(
        reads_a_sheet,
        [file.read_bytes()[:2_000] for file in sorted(SHEETS.glob("*/sheet.csv"))],
        [b"\t", b"\n", *b', ; " id title@fr kind bamako # sep=; 2021-06-05 | ='.split()],
        (UnreadableInput, LimitReached, UnknownName),
    ),
    "query": lambda: Reader(
        reads_a_query,
        [*QUERIES, *(file.read_bytes()[:2_000] for file in shipped.question_files()[:8])],
        KEYWORDS,
        (QueryError, ForbiddenQuery, ParameterError),
    ),
    "header": lambda: Reader(reads_a_header, HEADERS, RANGES, (Problem,)),
    "value": lambda: Reader(reads_a_value, VALUES, SIGNS),
}  # fmt: skip


@pytest.fixture
def little_memory() -> Iterator[None]:
    """No more memory than a little over what the process has: what takes more fails."""
    resource = pytest.importorskip("resource", reason="this system bounds no memory")
    status = Path("/proc/self/statm")
    if not status.exists():
        pytest.skip("how much memory a process has is read from /proc, which is not here")
    before = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(status.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("block", range(BLOCKS))
@pytest.mark.parametrize("name", MAKERS)
def test_whatever_it_is_given_it_reads_or_refuses(name: str, block: int, little_memory: None) -> None:
    reader = MAKERS[name]()
    read_well = 0
    for case in range(block, CASES, BLOCKS):
        dice = random.Random(f"{name}-{case}")
        document = mutated(dice, reader.seeds, reader.words)
        begun = time.process_time()
        try:
            reader.read(document, dice)
            read_well += 1
        except reader.raises:
            pass
        except Exception as error:
            raise AssertionError(f"{name}, case {case}: {document!r}") from error
        assert time.process_time() - begun < SECOND, f"{name}, case {case}: {document!r}"
    assert read_well > CASES // BLOCKS // 50, "hardly anything is right: these documents try little"

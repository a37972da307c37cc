"""The columns engine: RDF files as columns, and nothing lost on the way."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

import sankofa
from sankofa.errors import LimitReached, ParameterError, UnreadableInput
from sankofa.fields.files import Spo, read_terms
from sankofa.validation.columns import Table

A, B = "<https://example.org/a>", "<https://example.org/b>"

#: Lines of N-Triples that are easy to read wrongly.
LINES = [
    f"{A} {B} {A} .",
    f'{A} {B} "plain" .',
    f'{A} {B} "with a . dot and <brackets>" .',
    f'{A} {B} "" .',
    f'{A} {B} "français"@fr .',
    f'{A} {B} "upper"@FR-sn .',
    f'{A} {B} "long tag"@zh-hant-tw .',
    f'{A} {B} "12"^^<http://www.w3.org/2001/XMLSchema#integer> .',
    f'{A} {B} "string"^^<http://www.w3.org/2001/XMLSchema#string> .',
    f'{A} {B} "same" .',
    f'{A} {B} "same"^^<http://www.w3.org/2001/XMLSchema#string> .',
    f'{A} {B} "say \\"hello\\"" .',
    f'{A} {B} "back\\\\slash\\n and \\t and \\u00e9 and \\U0001F600" .',
    f'{A} {B} "\\u0061bc" .',
    f'{A} {B} "abc" .',
    f'{A} {B} "\tа tab\u200f and a mark" .',
    f"{A}\t{B}   {A}\t.",
    f"{A} {B} {A} . # a remark",
    "# nothing but a remark",
    "",
    "   ",
    f'_:x {B} "blank" .',
    f"_:x {B} _:y.1 .",
    f"_:y.1 {B} _:x .",
    f"<urn:isbn:123> {B} <http://example.org:8080/path?q=1#frag> .",
    f"<https://example.org/caf%C3%A9> {B} <https://example.org/café> .",
    f"<mailto:a@example.org> {B} <tel:+22300000000> .",
    f'<http://example.org/{"é" * 300}> {B} "{"x" * 5000}" .',
]


def oxigraph(text: str, format: ox.RdfFormat = ox.RdfFormat.N_TRIPLES) -> list[Spo]:  # noqa: A002
    return [
        (quad.subject, quad.predicate, quad.object)  # type: ignore[misc]
        for quad in ox.parse(text, format)
    ]


def rows(table: Table) -> list[str]:
    """What the table holds, as Oxigraph writes it; the ids are those of the texts."""
    found = table.sql.execute(
        """SELECT s, p, o, st, ot, (s & 3) = CASE st[1] WHEN '<' THEN 0 WHEN '_' THEN 1 ELSE 2 END AND
        (o & 3) = CASE ot[1] WHEN '<' THEN 0 WHEN '_' THEN 1 ELSE 2 END FROM triple"""
    ).fetchall()
    properties = table.properties()
    assert all(row[5] for row in found)
    texts = {number: text for s, _, o, st, ot, _ in found for number, text in ((s, st), (o, ot))}
    assert len(set(texts.values())) == len(texts)
    return sorted({f"{st} <{properties[p]}> {ot}" for _, p, _, st, ot, _ in found})


def written(triples: Iterable[Spo], blank: str = "") -> list[str]:
    def text(term: object) -> str:
        return f"_:{blank}{term.value}" if isinstance(term, ox.BlankNode) else str(term)

    return sorted({" ".join(map(text, triple)) for triple in triples})


def put(folder: Path, name: str, lines: Iterable[str], end: str = "\n") -> Path:
    file = folder / name
    file.write_bytes((end.join(lines) + end).encode())
    return file


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["a.nt", "a.nt.gz", "a.nq"])
def test_every_line_is_read_as_oxigraph_reads_it(tmp_path: Path, name: str, end: str) -> None:
    file = put(tmp_path, name, LINES, end)
    if name.endswith(".gz"):
        file.write_bytes(gzip.compress(file.read_bytes()))
    with Table() as table:
        table.load([file])
        assert rows(table) == written(oxigraph("\n".join(LINES)), "f0")


@pytest.mark.parametrize("line", LINES)
def test_each_line_alone(tmp_path: Path, line: str) -> None:
    file = put(tmp_path, "a.nt", [line])
    with Table() as table:
        table.load([file])
        assert rows(table) == written(oxigraph(line), "f0")


def test_quads_are_read_by_their_triples(tmp_path: Path) -> None:
    graphs = [f"{A} ", "_:g ", "", "<urn:x:y> "]
    lines = [line[: line.rindex(".")] + graph + "." for line in LINES if line.endswith(" .") for graph in graphs]
    file = put(tmp_path, "a.nq", lines)
    with Table() as table:
        table.load([file])
        assert rows(table) == written(oxigraph("\n".join(lines), ox.RdfFormat.N_QUADS), "f0")


def test_a_file_without_the_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text(f"{A} {B} 'x' .\n".replace("'", '"') + f"{A} {B} {B} .", encoding="utf-8")
    with Table() as table:
        table.load([tmp_path / "a.nt"])
        assert table.triples == 2


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    files = [put(tmp_path, name, [f"_:x {B} {A} ."]) for name in ("a.nt", "b.nt")]
    turtle = tmp_path / "c.ttl"
    turtle.write_text(f"_:x {B} {A} .", encoding="utf-8")
    with Table() as table:
        table.load([*files, turtle])
        assert len(rows(table)) == 3


@pytest.mark.parametrize("name", ["a.ttl", "a.trig", "a.rdf", "a.jsonld"])
def test_other_formats_hold_the_same(tmp_path: Path, name: str) -> None:
    triples = [one for one in oxigraph("\n".join(LINES)) if "\t" not in str(one[2])]
    file = tmp_path / name
    file.write_bytes(
        ox.serialize((ox.Triple(*one) for one in triples), format=ox.RdfFormat.from_extension(file.suffix[1:])) or b""
    )
    with Table() as table:
        table.load([file])
        assert len(rows(table)) == len(written(triples))
        assert {row for row in rows(table) if "_:" not in row} == {row for row in written(triples) if "_:" not in row}


def test_triples_in_memory_are_the_same(tmp_path: Path) -> None:
    triples = oxigraph("\n".join(LINES))
    with Table() as table:
        table.load_spo(triples)
        assert rows(table) == written(triples)


def test_a_very_long_text(tmp_path: Path) -> None:
    line = f'{A} {B} "{"x" * 3_000_000}" .'
    for name in ("a.nt", "a.nq"):
        with Table() as table:
            table.load([put(tmp_path, name, [line, f"{B} {B} {A} ."])])
            assert table.triples == 2
            assert table.sql.execute("SELECT max(length(ot)) FROM triple").fetchall() == [(3_000_002,)]


def test_generated_lines(tmp_path: Path) -> None:
    """Terms of all sorts, many thousand of them, some of which the quick road does not take."""
    choose = random.Random(5)
    signs = "ab é ع\U0001f600\"\\\n\t\r<>^@.#'\u00a0\u0085\u2028\x07\x7f{}|`"
    terms = [ox.Literal("".join(choose.choice(signs) for _ in range(choose.randrange(12)))) for _ in range(2000)] + [
        ox.Literal("x" * (number % 20), language=choose.choice(["fr", "ar", "en-gb"])) for number in range(50)
    ]
    triples = [(ox.NamedNode(f"https://example.org/{number}"), ox.NamedNode("https://example.org/p"), term)
               for number, term in enumerate(terms)]  # fmt: skip
    file = tmp_path / "a.nt"
    file.write_bytes(ox.serialize((ox.Triple(*one) for one in triples), format=ox.RdfFormat.N_TRIPLES) or b"")
    with Table() as table:
        table.load([file])
        assert rows(table) == written(triples)
        found = table.sql.execute("SELECT ot FROM triple").fetchall()
        assert {str(term) for term in read_terms([text for (text,) in found])} == {str(term) for term in terms}


@pytest.mark.parametrize(
    ("name", "lines", "where"),
    [
        ("a.nt", [f"{A} {B} {A} .", f"{A} {B} .", f"{A} {B} {B} ."], "line 2"),
        ("a.nt", [f"{A} {B} {A} ."] * 50 + [f'{A} {B} "open .'], "line 51"),
        ("a.nt", [f"{A} {B} <relative> ."], "line 1"),
        ("a.nt", [f'{A} {B} "\\q" .'], "line 1"),
        ("a.nt", [f'{A} "literal" {B} .'], "line 1"),
        ("a.nt", [f"{A} {B} <https://example.org/a b> ."], "line 1"),
        ("a.nq", [f"{A} {B} {A} {B} {A} ."], "line 1"),
        ("a.nt", [f"{A} {B} {A} {B} ."], "line 1"),
    ],
)
def test_what_does_not_parse_says_where(tmp_path: Path, name: str, lines: list[str], where: str) -> None:
    with Table() as table, pytest.raises(UnreadableInput, match=rf"{name}, {where}"):
        table.load([put(tmp_path, name, lines)])


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_bytes(f'{A} {B} "'.encode() + b'\xff\xfe" .\n')
    with Table() as table, pytest.raises(UnreadableInput, match=r"a\.nt"):
        table.load([tmp_path / "a.nt"])
    with Table() as table, pytest.raises(UnreadableInput, match="no such file"):
        table.load([tmp_path / "missing.nt"])


def test_a_bound_of_memory_that_makes_no_sense() -> None:
    with pytest.raises(ParameterError, match="SANKOFA_MEMORY"):
        Table("plenty")


def test_a_database_that_is_used_again_knows_nothing_of_before(tmp_path: Path) -> None:
    first, second = (put(tmp_path, name, [f"{node} {B} {node} ."]) for name, node in (("a.nt", A), ("b.nt", B)))
    with Table("60MB") as table:
        table.load([first])
        table.predicate(B[1:-1])
        database = table._database
    with Table("70MB") as again, Table() as beside:
        assert again._database is database
        assert beside._database is not database
        assert again.sql.execute("SELECT current_setting('memory_limit')").fetchall()[0][0].startswith("66")  # MiB
        assert again.sql.execute("SELECT current_setting('threads')").fetchall() == [(os.cpu_count(),)]
        assert again.triples == 0
        again.load([second])
        beside.load([first])
        assert (rows(again), rows(beside)) == ([f"{B} {B} {B}"], [f"{A} {B} {A}"])


def test_memory_is_bounded(tmp_path: Path) -> None:
    """With hardly any memory and no disk, the error says what to do; with a disk it works on."""
    file = put(tmp_path, "a.nt", (f"<https://example.org/{number}> {B} {A} ." for number in range(200_000)))
    with Table("30MB") as table:
        table.load([file])
        assert table.triples == 200_000
    with pytest.raises(LimitReached, match="SANKOFA_MEMORY"), Table("20MB") as table:
        table.sql.execute("SET max_temp_directory_size = '1MB'")
        table.load([file])


def test_memory_that_ends_while_judging_is_told_too() -> None:
    with pytest.raises(LimitReached, match="SANKOFA_MEMORY"), Table("30MB") as table:
        table.sql.execute("SET max_temp_directory_size = '1MB'")
        table.sql.execute("CREATE TABLE large AS SELECT range AS n, repeat('x', 50) || range AS t FROM range(2000000)")


def test_a_name_that_is_a_pattern_names_one_file(tmp_path: Path) -> None:
    put(tmp_path, "ab.nt", [f"{B} {B} {B} ."])
    for name in ("a*.nt", "a[b].nt", "a?.nt"):
        with Table() as table:
            table.load([put(tmp_path, name, [f"{A} {B} {A} ."])])
            assert rows(table) == [f"{A} {B} {A}"]


def test_a_value_cannot_become_part_of_a_query(tmp_path: Path) -> None:
    """A text with the mark of another variable in it, and a value that would close it."""
    (tmp_path / "shapes.ttl").write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
        ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:wanted ] ;
          sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER(STR($this) != '' && $value = $wanted) }" ] .
        ex:S a sh:PropertyShape ; sh:targetObjectsOf ex:p ; sh:path [ sh:zeroOrOnePath ex:q ] ; ex:wanted "x" .""",
        encoding="utf-8",
    )
    texts = ["<urn:x-sankofa:value>", '") } #', "<urn:x-sankofa:this>"]
    lines = [f"{A} <https://example.org/p> {ox.Literal(text)} ." for text in texts]
    report = sankofa.validate(put(tmp_path, "a.nt", lines), shapes=tmp_path / "shapes.ttl")
    assert sorted(str(one.value) for one in report.results) == sorted(str(ox.Literal(text)) for text in texts)


def test_a_foreign_label_is_kept_from_sql(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> .
        <https://example.org/it's> a sh:NodeShape ; sh:targetNode <https://example.org/o'b> ;
          sh:property [ sh:path <https://example.org/p'q> ; sh:in ( "it's" "'; DROP TABLE triple; --" ) ] .""",
        encoding="utf-8",
    )
    data = put(tmp_path, "a.nt", ["<https://example.org/o'b> <https://example.org/p'q> \"it's\" ."])
    assert sankofa.validate(data, shapes=shapes).conforms
    data = put(tmp_path, "a.nt", ["<https://example.org/o'b> <https://example.org/p'q> \"its\" ."])
    assert len(sankofa.validate(data, shapes=shapes).results) == 1

"""Reading and writing RDF files: six formats, all or nothing, the same graph as the same bytes; blank nodes."""

from __future__ import annotations

import errno
import gzip
import os
import random
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, Triple

from sankofa.errors import CouldNotBeDone, StorageError, UnknownName, UnreadableInput
from sankofa.store import disk
from sankofa.store.formats import FORMATS, format_of, read, read_all, save, write
from sankofa.store.skolem import canonical, skolemise

XSD = "http://www.w3.org/2001/XMLSchema#"
P = NamedNode("http://example.org/p")
Q = NamedNode("http://example.org/q")
PREFIXES = {"ex": "http://example.org/", "xsd": XSD, "unused": "http://unused.example/"}


def node(name: str) -> NamedNode:
    return NamedNode(f"http://example.org/{name}")


TRIPLES = [
    Triple(node("b"), P, Literal("plain")),
    Triple(node("a"), NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), node("Thing")),
    Triple(node("a"), P, Literal('é "q" \\ \n\t\r مرحبا', language="ar")),
    Triple(node("a"), P, Literal("5", datatype=NamedNode(f"{XSD}integer"))),
    Triple(node("a"), P, Literal("05", datatype=NamedNode(f"{XSD}int"))),
    Triple(node("a"), P, Literal("5.", datatype=NamedNode(f"{XSD}decimal"))),
    Triple(node("a"), P, Literal("5.0", datatype=NamedNode(f"{XSD}decimal"))),
    Triple(node("a"), P, Literal("true", datatype=NamedNode(f"{XSD}boolean"))),
    Triple(node("a"), P, Literal("5e0", datatype=NamedNode(f"{XSD}double"))),
    Triple(node("a"), Q, NamedNode("http://example.org/with/slash")),
    Triple(node("a"), Q, NamedNode("http://example.org/")),
    Triple(node("a"), Q, NamedNode("http://example.org/dot.")),
    Triple(node("a"), Q, NamedNode("urn:x:y")),
]
QUADS = [Quad(t.subject, t.predicate, t.object) for t in TRIPLES]


# -- reading


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_reads_what_it_wrote(tmp_path: Path, name: str, zipped: bool) -> None:
    path = tmp_path / f"data{FORMATS[name].extensions[0]}{'.gz' if zipped else ''}"
    save(QUADS, path, prefixes=PREFIXES)
    assert path.read_bytes().startswith(b"\x1f\x8b") is zipped
    again = read(path)
    if name == "jsonld":  # JSON has its own numbers; the literals are the same for all others
        assert len(again) == len(QUADS)
    else:
        assert set(again) == set(QUADS)
    before = path.read_bytes()
    save(list(reversed(QUADS)) + QUADS[:3], path, prefixes=PREFIXES)
    assert path.read_bytes() == before


def test_turtle_is_sorted_and_readable() -> None:
    assert write(TRIPLES, "turtle", prefixes=PREFIXES).decode() == (
        "@prefix ex: <http://example.org/> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "\n"
        "ex:a a ex:Thing ;\n"
        "    ex:p\n"
        '        "05"^^xsd:int,\n'
        "        5,\n"
        '        "5."^^xsd:decimal,\n'
        "        5.0,\n"
        '        "5e0"^^xsd:double,\n'
        "        true,\n"
        '        "é \\"q\\" \\\\ \\n\\t\\r مرحبا"@ar ;\n'
        "    ex:q\n"
        "        <http://example.org/>,\n"
        "        <http://example.org/dot.>,\n"
        "        <http://example.org/with/slash>,\n"
        "        <urn:x:y> .\n"
        "\n"
        'ex:b ex:p "plain" .\n'
    )


def test_trig_has_the_default_graph_first() -> None:
    quads = [Quad(node("s"), P, Literal("named"), node("g")), Quad(node("s"), P, Literal("default"))]
    assert write(quads, "trig", prefixes=PREFIXES).decode() == (
        '@prefix ex: <http://example.org/> .\n\nex:s ex:p "default" .\n\nex:g {\n    ex:s ex:p "named" .\n}\n'
    )
    assert write(quads, "turtle").decode() == '<http://example.org/s> <http://example.org/p> "default" .\n'
    assert write([], "trig") == write([], "turtle") == b""


def test_formats_are_told_by_extension() -> None:
    assert format_of("A/B.TTL.GZ").name == "turtle"
    assert format_of(Path("x.owl")).name == "rdfxml"
    with pytest.raises(UnreadableInput, match=r"x\.csv.*\.nq"):
        format_of("x.csv")
    with pytest.raises(UnknownName, match="turtle"):
        write([], "turtel")


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("a.ttl", "<http://a> <http://b> .", "line 1, column 23"),
        ("a.nt", "<http://a> <http://b> <http://c> .\n<http://a> <b> <http://c> .\n", "line 2, column 12"),
        ("a.nq", "<http://a> <http://b> <http://c>", "line 1"),
        ("a.trig", "<http://g> { <http://a> ", "line 1"),
        ("a.jsonld", '{"@id":', "line 1"),
        ("a.rdf", "<rdf", "a.rdf"),
        ("a.rdf", "<a><b></a>", "a.rdf"),
        ("a.ttl", '<http://a> <http://b> "\xff" .', "line 1"),
    ],
)
def test_a_broken_file_is_named_with_its_place(tmp_path: Path, name: str, text: str, where: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UnreadableInput) as caught:
        read(path)
    assert where in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 2


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no such file"):
        read(tmp_path / "none.ttl")
    with pytest.raises(UnreadableInput, match="folder"):
        read(tmp_path, format="turtle")
    broken = tmp_path / "x.ttl.gz"
    broken.write_bytes(gzip.compress(b"<http://a> <http://b> <http://c> ." * 50)[:-12])
    with pytest.raises(UnreadableInput, match="gzipped"):
        read(broken)
    with pytest.raises(UnreadableInput, match="nothing tells"):
        read(b"")


def test_a_byte_order_mark_and_the_files_own_address(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_bytes(b"\xef\xbb\xbf<> <p> <http://o> .")
    assert read(path)[0].subject == NamedNode(path.as_uri())
    assert read(path, base_iri="http://base/x/")[0].predicate == NamedNode("http://base/x/p")


@pytest.mark.parametrize("context", ["http://127.0.0.1:{port}/c.jsonld", "file:///etc/passwd", "c.jsonld"])
def test_a_remote_context_is_never_fetched(tmp_path: Path, context: str) -> None:
    (tmp_path / "c.jsonld").write_text('{"@context": {"p": "http://p"}}')
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        path = tmp_path / "a.jsonld"
        path.write_text(f'{{"@context": "{context.format(port=listener.getsockname()[1])}", "p": "x"}}')
        with pytest.raises(UnreadableInput, match="@context, which is never fetched"):
            read(path)
        with pytest.raises(TimeoutError):
            listener.accept()


# -- writing


def test_rdfxml_cannot_hold_control_characters() -> None:
    with pytest.raises(CouldNotBeDone, match="control character"):
        write([Triple(node("a"), P, Literal("\x01"))], "rdfxml")


def test_rdfxml_cannot_name_every_property() -> None:
    for name in ("http://example.org/1", "http://example.org/a#"):
        with pytest.raises(CouldNotBeDone, match="ends without a name"):
            write([Triple(node("a"), NamedNode(name), Literal("x"))], "rdfxml")
    for name in ("http://example.org/2a", "http://example.org/été"):
        assert read(write([Triple(node("a"), NamedNode(name), Literal("x"))], "rdfxml"), format="rdfxml")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_disk_that_fails_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, step: str
) -> None:
    path = tmp_path / "a.nt"
    save(QUADS[:1], path)
    before = path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        if step == "fsync":
            patch.setattr(disk.os, "fsync", fail)
        elif step == "replace":
            patch.setattr(Path, "replace", fail)
        else:
            patch.setattr(Path, "open", fail)
        with pytest.raises(StorageError, match=r"full|read-only|quota") as caught:
            save(QUADS, path)
    assert caught.value.exit_code == 3
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.nt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_really_full_disk_is_a_storage_error() -> None:
    with pytest.raises(OSError, match="space") as caught, Path("/dev/full").open("wb", buffering=0) as full:
        full.write(b"x")
    assert "the disk is full" in str(disk.storage_error(caught.value, "/dev/full"))


# -- blank nodes


def graph(*edges: tuple[str, str, str]) -> list[Quad]:
    """Quads from names: ``_x`` is a blank node, anything else an IRI."""

    def term(name: str) -> NamedNode | BlankNode:
        return BlankNode(name[1:]) if name.startswith("_") else node(name)

    return [Quad(term(s), node(p), term(o)) for s, p, o in edges]


def relabelled(quads: list[Quad], seed: int) -> list[Quad]:
    names: dict[BlankNode, BlankNode] = {}
    dice = random.Random(seed)

    def new(term: object) -> object:
        if isinstance(term, BlankNode):
            return names.setdefault(term, BlankNode(f"r{dice.getrandbits(64):x}"))
        return term

    result = [Quad(new(q.subject), q.predicate, new(q.object), new(q.graph_name)) for q in quads]  # type: ignore[arg-type]
    dice.shuffle(result)
    return result


GRAPHS = {
    "list": graph(
        ("a", "p", "_1"), ("_1", "first", "x"), ("_1", "rest", "_2"), ("_2", "first", "x"), ("_2", "rest", "nil")
    ),
    "cycle": graph(*[(f"_{n}", "p", f"_{(n + 1) % 6}") for n in range(6)]),
    "clique": graph(*[(f"_{n}", "p", f"_{m}") for n in range(6) for m in range(6) if n != m]),
    "twins": graph(("a", "p", "_1"), ("_1", "q", "x"), ("a", "p", "_2"), ("_2", "q", "x")),
    "chain": graph(*[(f"_{n}", "p", f"_{n + 1}") for n in range(40)]),
    "self": graph(("_1", "p", "_1"), ("_2", "p", "_2"), ("_2", "q", "_1")),
    "two cycles": graph(
        *[(f"_{n}", "p", f"_{(n + 1) % 3}") for n in range(3)], *[(f"_x{n}", "p", f"_x{(n + 1) % 4}") for n in range(4)]
    ),
}


@pytest.mark.parametrize("name", sorted(GRAPHS))
def test_labels_depend_on_what_is_said_alone(name: str) -> None:
    quads = GRAPHS[name]
    first = set(skolemise(quads, "http://n/"))
    assert len(first) == len(quads)
    for seed in range(10):
        assert set(skolemise(relabelled(quads, seed), "http://n/")) == first
    assert not any(isinstance(term, BlankNode) for quad in first for term in quad)


@pytest.mark.parametrize("name", sorted(GRAPHS))
def test_canonical_labels_keep_the_graph(name: str) -> None:
    ours, before = Dataset(canonical(GRAPHS[name])), Dataset(GRAPHS[name])
    ours.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    before.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    assert ours == before


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["_1", "_2", "_3", "_4", "_5", "a"]),
            st.sampled_from(["p", "q"]),
            st.sampled_from(["_1", "_2", "_3", "_4", "_5", "a"]),
        ),
        max_size=10,
        unique=True,
    ),
    st.integers(0, 1000),
)
def test_any_small_graph_keeps_its_labels(edges: list[tuple[str, str, str]], seed: int) -> None:
    quads = graph(*edges)
    ours, before = Dataset(canonical(quads)), Dataset(quads)
    ours.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    before.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    assert ours == before
    assert set(canonical(relabelled(quads, seed))) == set(canonical(quads))


def test_a_change_elsewhere_changes_no_label() -> None:
    alone = set(skolemise(GRAPHS["list"], "http://n/"))
    beside = set(skolemise([*graph(("_other", "p", "_third")), *GRAPHS["list"]], "http://n/"))
    assert alone < beside


def test_long_chains_and_hubs_take_no_time() -> None:
    chain = graph(*[(f"_{n}", "p", f"_{n + 1}") for n in range(5000)])
    hub = graph(*[("_hub", "p", f"_{n}") for n in range(3000)])
    for quads in (chain, hub):
        assert len(set(skolemise(quads, "http://n/"))) == len(quads)


def test_files_keep_their_blank_nodes_apart(tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text("_:x <http://p> _:y .\n")
    quads = read_all([tmp_path / "a.nt", tmp_path / "b.nt"])
    assert len({quad.subject for quad in quads}) == 2
    assert [str(quad.subject) for quad in read(tmp_path / "a.nt")] == ["_:b0"]

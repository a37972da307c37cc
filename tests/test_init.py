"""New graphs: empty ones that know no other network, copies that are whole, and nothing left when it fails."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

import sankofa
from command import PROGRAM, run
from sankofa import shipped
from sankofa.graph.making import init as init_graph
from sankofa.terms import DCTERMS, ORG, SKF

BASE = "https://example.org/net/"
DATE = ("--date", "2026-11-23")


@contextmanager
def serving(*arguments: object) -> Iterator[str]:
    """A server of ours on a free port, while it is needed."""
    command = [PROGRAM, *map(str, arguments), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as server:
        giving_up = threading.Timer(60, server.kill)
        giving_up.start()
        try:
            assert server.stdout
            address = server.stdout.readline().strip()
            assert address, "the server ended before it answered"
            yield address
        finally:
            giving_up.cancel()
            server.terminate()


def read(address: str, accept: str = "text/html") -> str:
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": accept}), timeout=30) as response:
        return str(response.read().decode("utf-8"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "other"
    run("init", folder, "--base", BASE, "--title", "Réseau d’à côté", "--lang", "fr", *DATE)
    return folder


# -- a network of its own ------------------------------------------------------------------------------------------


@cache
def names_of_the_shipped_network() -> set[str]:
    """What would betray it: its base, its name, its cities."""
    with sankofa.open() as kg:
        cities = {iri.rpartition("/")[2] for iri in kg.records("city")}
        return {"aston", str(kg.base).lower(), *cities}


def traces(text: str) -> list[str]:
    return sorted(name for name in names_of_the_shipped_network() if re.search(rf"\b{name}\b", text.lower()))


def test_a_new_graph_holds_its_network_and_nothing_else(empty: Path) -> None:
    text = run("--kg", empty, "dump").stdout
    subjects = {line.split(" ")[0] for line in text.splitlines()}
    assert subjects == {f"<{BASE}id/network/reseau-d-a-cote>"}
    assert '"Réseau d’à côté"@fr' in text
    assert not traces(text)


@pytest.mark.parametrize("lang", ["en", "fr", "pt", "ar"])
def test_it_is_judged_without_a_word_of_another_network(empty: Path, lang: str) -> None:
    run("--kg", empty, "validate", "--level", "draft", "--lang", lang)
    for arguments in (["validate"], ["validate", "--format", "json"], ["status"], ["status", "--format", "json"]):
        done = run("--kg", empty, *arguments, "--lang", lang, code=None)
        assert done.stdout
        assert not traces(done.stdout + done.stderr), arguments


def test_its_questions_are_answered_without_a_word_of_another_network(empty: Path) -> None:
    with sankofa.open(empty, read_only=True) as kg:
        assert not traces(run("--kg", empty, "questions", "--format", "csv").stdout)
        for name, question in kg.questions.items():
            if any(parameter.required for parameter in question.parameters):
                with pytest.raises(sankofa.WrongUsage) as refused:
                    kg.answer(name)
                assert not traces(str(refused.value)), name
            else:
                for lang in ("en", "fr"):
                    answer = kg.answer(name)
                    assert not traces(answer.to_json(lang)), name


def test_it_is_served_without_a_word_of_another_network(empty: Path) -> None:
    with serving("--kg", empty, "serve") as address:
        for path in ("", "questions", "questions/cities", "questions/cities.json"):
            for lang in ("en", "fr"):
                assert not traces(read(f"{address}{path}?lang={lang}")), path
        catalogue = json.loads(read(f"{address}questions.json"))
        for question in catalogue:  # an example, and only that, may name a record of ours
            question["query"] = re.sub("# param-example .*", "", question["query"])
            for parameter in question["parameters"]:
                del parameter["example"]
        assert not traces(json.dumps(catalogue, ensure_ascii=False))
        rows = json.loads(read(f"{address}sparql?query=SELECT%20%2A%20%7B%3Fs%20a%20skf%3ACity%7D", "application/json"))
        assert rows["results"]["bindings"] == []


def test_it_can_be_filled_and_asked(empty: Path, tmp_path: Path) -> None:
    run("init", tmp_path / "kg", "--base", BASE, "--title", "Réseau", "--lang", "fr", "--licence", "CC-BY-4.0", *DATE)
    sheet = tmp_path / "cities.csv"
    sheet.write_text("id,title,country\nparakou,Parakou,BJ\nnatitingou,Natitingou,Bénin\n", encoding="utf-8")
    run("--kg", tmp_path / "kg", "capture", sheet)
    rows = run("--kg", tmp_path / "kg", "query", "cities", "--lang", "fr", "--format", "csv").stdout
    assert [line.split(",")[:2] for line in rows.splitlines()[1:]] == [
        [f"{BASE}id/city/natitingou", "Natitingou"],
        [f"{BASE}id/city/parakou", "Parakou"],
    ]
    dumped = run("--kg", tmp_path / "kg", "dump").stdout
    assert dumped.count("<https://creativecommons.org/licenses/by/4.0/>") == 4  # the network's, its default, two cities


@pytest.mark.parametrize(
    ("title", "lang", "slug"),
    [
        ("Cities & Towns", "en", "cities-towns"),
        ("شبكة المدن", "ar", "net"),
        ("Rede de Cidades", "pt", "rede-de-cidades"),
        ("x" * 200, "fr", "x" * 80),
    ],
)
def test_a_network_of_any_name_gets_an_address(title: str, lang: str, slug: str, tmp_path: Path) -> None:
    with init_graph(tmp_path / "kg", base=BASE, title=title, lang=lang) as kg:
        assert kg.network == f"{BASE}id/network/{slug}"
        assert kg.title(lang) == (title, lang)


def test_the_same_command_gives_the_same_graph(tmp_path: Path) -> None:
    made = set()
    for name in ("one", "two"):
        run("init", tmp_path / name, "--base", BASE, "--title", "Same", "--from", "shipped", *DATE)
        log = b"".join(file.read_bytes() for file in sorted((tmp_path / name / "log").iterdir()))
        made.add((run("--kg", tmp_path / name, "dump").stdout_bytes, log))
    assert len(made) == 1


# -- the records of another ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["same", "other"])
def copy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that we ship, under the base it has or under another."""
    with sankofa.open() as kg:
        base = str(kg.base) if request.param == "same" else BASE
    folder = tmp_path_factory.mktemp("copies") / request.param
    run("init", folder, "--base", base, "--title", "Mon réseau", "--lang", "fr", "--from", "shipped", *DATE)
    return folder


def test_a_copy_has_every_record(copy: Path) -> None:
    with sankofa.open() as shipped_graph, sankofa.open(copy, read_only=True) as kg:
        assert kg.count_by_kind() == shipped_graph.count_by_kind()
        network = {kg.network: shipped_graph.network}
        moved = {network.get(iri, iri.replace(str(kg.base), str(shipped_graph.base), 1)) for iri in kg.records()}
        assert moved == set(shipped_graph.records())
        assert kg.title("fr") == ("Mon réseau", "fr")
        for _, predicate, target in (("", SKF.base, kg.base), ("", SKF.defaultStatus, None)):
            stated = [t.object.value for t in kg.store.asserted(ox.NamedNode(kg.network), ox.NamedNode(predicate))]
            assert len(stated) == 1
            assert target in (None, stated[0])


def test_nothing_in_a_copy_names_a_record_of_the_old_base(copy: Path) -> None:
    with sankofa.open() as shipped_graph, sankofa.open(copy, read_only=True) as kg:
        known = set(kg.records())
        for triple in kg.store.asserted():
            for node in (triple.subject, triple.object):
                if isinstance(node, ox.NamedNode) and node.value.startswith(kg.record_prefix):
                    assert node.value.partition("#")[0] in known, triple
                if isinstance(node, ox.NamedNode) and kg.base != shipped_graph.base:
                    assert not node.value.startswith(str(shipped_graph.base)), triple
        members = list(kg.store.asserted(None, ox.NamedNode(ORG.organization)))
        assert members
        assert {triple.object.value for triple in members} == {kg.network}  # type: ignore[union-attr]


def test_the_same_network_keeps_its_address_and_its_other_names(copy: Path) -> None:
    with sankofa.open() as shipped_graph, sankofa.open(copy, read_only=True) as kg:
        if kg.base == shipped_graph.base:
            assert kg.network == shipped_graph.network
            assert kg.title("en") == shipped_graph.title("en")
        else:
            assert kg.title("en") == ("Mon réseau", "fr")
        days = list(kg.store.asserted(ox.NamedNode(kg.network), ox.NamedNode(SKF.captureDate)))
        assert not days  # what is captured from now on has its own day
        for predicate in (DCTERMS.created, SKF.status, DCTERMS.license):
            assert len(list(kg.store.asserted(ox.NamedNode(kg.network), ox.NamedNode(predicate)))) == 1


def test_a_copy_conforms_as_its_source_does(copy: Path) -> None:
    with sankofa.open() as shipped_graph, sankofa.open(copy, read_only=True) as kg:
        ours, theirs = kg.validate(), shipped_graph.validate()
        assert ours.counts == theirs.counts
        assert ours.checked == theirs.checked
    run("--kg", copy, "validate", "--level", "draft")


def test_a_copy_answers_every_question_as_its_source_does(copy: Path) -> None:
    with sankofa.open() as shipped_graph, sankofa.open(copy, read_only=True) as kg:
        for name, question in kg.questions.items():
            if not any(parameter.required for parameter in question.parameters):
                assert len(kg.answer(name)) == len(shipped_graph.answer(name)), name


def test_a_copy_can_be_served(copy: Path) -> None:
    with serving("--kg", copy, "serve") as address:
        assert "Mon réseau" in read(f"{address}?lang=fr")
        assert "Bamako" in read(f"{address}doc/city/bamako?lang=fr")


def test_a_licence_that_is_named_replaces_the_copied_one(tmp_path: Path) -> None:
    licence = "https://creativecommons.org/licenses/by-sa/4.0/"
    run("init", tmp_path / "kg", "--base", BASE, "--title", "X", "--from", "shipped", "--licence", "CC-BY-SA-4.0")
    with sankofa.open(tmp_path / "kg", read_only=True) as kg:
        for predicate in (DCTERMS.license, SKF.defaultLicence):
            stated = kg.store.asserted(ox.NamedNode(kg.network), ox.NamedNode(predicate))
            assert [triple.object for triple in stated] == [ox.NamedNode(licence)]


def test_nodes_that_were_given_an_address_move_as_well(tmp_path: Path) -> None:
    file = tmp_path / "blank.ttl"
    file.write_text(f"<{BASE}id/city/a> <http://example.org/p> [ <http://example.org/q> 1 ] .", encoding="utf-8")
    run("init", tmp_path / "one", "--base", BASE, "--title", "One")
    run("--kg", tmp_path / "one", "load", file)
    run("init", tmp_path / "two", "--base", "https://example.org/two/", "--title", "Two", "--from", tmp_path / "one")
    assert BASE not in run("--kg", tmp_path / "two", "dump").stdout


def test_the_folder_of_our_files_can_be_copied_as_well(tmp_path: Path) -> None:
    folder = shipped.default_graph_folder()
    done = run("init", tmp_path / "kg", "--base", BASE, "--title", "X", "--from", folder)
    assert str(len(sankofa.open().records())) in done.stderr


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--base", "https://example.org/net"], "write https://example.org/net/"),
        (["--base", "https://example.org/net#"], "write https://example.org/net/"),
        (["--base", "https://example.org/?net/"], "does not end with '/'"),
        (["--base", "example.org/net/"], "like https://w3id.org/my-network/"),
        (["--base", "https://exa mple.org/"], "a sign that no address may have"),
        (["--base", "urn:net:"], "no address that records can begin with"),
        (["--base", ""], "no address that records can begin with"),
        (["--base", "https:///"], "no address that records can begin with"),
        (["--lang", "frensh"], "did you mean 'French'"),
        (["--lang", "q!"], "a tag such as en"),
        (["--licence", "CC-BY-4.1"], "did you mean 'CC-BY-4.0'?"),
        (["--licence", "https://example.org/licence"], "no licence of the list"),
        (["--title", " "], "needs a title"),
        (["--from", "nowhere"], "no such folder"),
        (["--from", "{tmp}"], "holds no graph"),
        (["--date", "tomorrow"], "write it like 2026-03-01"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_refused_and_nothing_is_made(options: list[str], said: str, tmp_path: Path) -> None:
    given = {"--base": BASE, "--title": "X"} | {
        name: value.format(tmp=tmp_path) for name, value in zip(options[::2], options[1::2], strict=True)
    }
    folder = tmp_path / "new" / "kg"
    done = run("init", folder, *(part for pair in given.items() for part in pair), code=2)
    assert said in done.stderr
    assert not folder.parent.exists()


@pytest.mark.parametrize("name", ["sankofa.toml", "network.ttl", "store", "log", "lock"])
def test_a_folder_that_holds_something_of_the_kind_is_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    assert "holds" in run("init", tmp_path, "--base", BASE, "--title", "X", code=2).stderr
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "kg").write_text("mine", encoding="utf-8")
    assert "there is a file of that name" in run("init", tmp_path / "kg", "--base", BASE, "--title", "X", code=2).stderr


def test_a_graph_is_never_made_twice(empty: Path) -> None:
    before = run("--kg", empty, "dump").stdout_bytes
    assert "holds a graph already" in run("init", empty, "--base", BASE, "--title", "X", code=2).stderr
    assert run("--kg", empty, "dump").stdout_bytes == before


def test_other_things_in_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    run("init", tmp_path, "--base", BASE, "--title", "X")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="a small disk can be made by root on Linux only")
@pytest.mark.parametrize("size", ["8k", "64k", "400k", "2m"])
def test_a_disk_that_fills_up_leaves_no_half_of_a_graph(size: str, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"this machine lets nobody mount: {mounted.stderr.decode().strip()}")
    try:
        (disk / "notes.txt").write_text("mine", encoding="utf-8")
        for folder in (disk / "a" / "kg", disk):
            done = run("init", folder, "--base", BASE, "--title", "X", "--from", "shipped", code=3)
            assert "the disk is full" in done.stderr
            assert [file.name for file in disk.iterdir()] == ["notes.txt"]
    finally:
        subprocess.run(["umount", disk], check=True)

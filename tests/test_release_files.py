"""What is in a release beside its graph: the catalogue, and the index of words."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path

import pyoxigraph as ox
import pytest

import sankofa
from sankofa.graph.releasing import Release
from sankofa.publish.catalogue import catalogue
from sankofa.publish.index import Index, index, words
from sankofa.publish.service import service_description
from sankofa.publish.void import dataset_description, dataset_of
from sankofa.terms import DCAT, DCTERMS, RDF, SCHEMA, SKF, VOID

TITLE = "<http://purl.org/dc/terms/title>"
NOTE = "<http://www.w3.org/2004/02/skos/core#note>"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Release:
    out = tmp_path_factory.mktemp("out")
    with sankofa.open() as graph:
        graph.release(out)
    opened = sankofa.open(out)
    assert isinstance(opened, Release)
    return opened


# -- the catalogue


def values(store: ox.Store, subject: str, predicate: str) -> set[str]:
    found = store.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(predicate), None)
    return {getattr(quad.object, "value", "") for quad in found}


@pytest.fixture(scope="module")
def described(shipped: Release) -> ox.Store:
    store = ox.Store()
    store.load(path=str(shipped.folder / "catalogue.ttl"), format=ox.RdfFormat.TURTLE)
    return store


def test_both_files_say_the_same(shipped: Release) -> None:
    found = []
    for name, format_ in (("catalogue.ttl", ox.RdfFormat.TURTLE), ("catalogue.jsonld", ox.RdfFormat.JSON_LD)):
        dataset = ox.Dataset(ox.parse(path=str(shipped.folder / name), format=format_))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        found.append(dataset)
    assert found[0] == found[1]


def test_each_dump_is_described_as_it_is(shipped: Release, described: ox.Store) -> None:
    root = shipped.about.base
    files = sorted((shipped.folder / "dumps").iterdir())
    described_files = values(described, f"{root}dataset", DCAT.distribution)
    assert described_files == {f"{root}dumps/{file.name}" for file in files}
    assert described_files == values(described, f"{root}dataset", VOID.dataDump)
    for file in files:
        address = f"{root}dumps/{file.name}"
        data = file.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        assert values(described, address, DCAT.byteSize) == {str(len(data))}
        assert values(described, address, SCHEMA.sha256) == {digest}
        assert values(described, f"{address}#checksum", "http://spdx.org/rdf/terms#checksumValue") == {digest}
        (media_type,) = values(described, address, SCHEMA.encodingFormat)
        assert values(described, address, DCAT.mediaType) == {
            f"https://www.iana.org/assignments/media-types/{media_type}"
        }


def test_the_dataset_has_what_readers_of_each_vocabulary_look_for(shipped: Release, described: ox.Store) -> None:
    dataset = f"{shipped.about.base}dataset"
    assert values(described, dataset, RDF.type) == {DCAT.Dataset, VOID.Dataset, SCHEMA.Dataset}
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS.language, DCTERMS.publisher):
        assert values(described, dataset, predicate)
    assert values(described, dataset, DCAT.version) == {shipped.folder.name}
    assert values(described, dataset, VOID.entities) == {str(len(shipped.records()))}
    of_cities = f"?part <{VOID.class_}> <{SKF.City}> ; <{VOID.entities}> ?n"
    rows = described.query(f"SELECT ?n {{ <{dataset}> <{VOID.classPartition}> ?part . {of_cities} }}")
    assert [row["n"].value for row in rows] == ["11"]  # type: ignore[union-attr]


def test_the_service_is_described_from_one_source(shipped: Release) -> None:
    """What the release says of the endpoint and the dataset is what a server tells of them, wherever it is."""
    root = "https://data.example.org/"
    told = set(service_description(shipped.store, f"{root}sparql", updates=False))  # type: ignore[arg-type]
    told |= set(dataset_description(shipped, shipped.store, dataset_of(root)))  # type: ignore[arg-type]
    assert told <= set(catalogue(shipped, shipped.about, root))


# -- the index


def having(*texts: str) -> Index:
    """An index of records that have these titles."""
    lines = [f'<https://example.org/id/theme/{n}> {TITLE} "{text}"@und .\n' for n, text in enumerate(texts)]
    return Index.read(*index(line.encode() for line in lines))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Fiscalité locale à Bizerte", "FISCALITE LOCALE A BIZERTE"),
        ("São Paulo: gestão", "sao gestao"),
        ("Œuvre sociale", "oeuvre"),
        ("Straße", "strasse"),
        ("مدينة بنقرير", "مدينه بنقرير"),
        ("المَدِينَةُ الذَكِيَّة", "المدينة الذكية"),
        ("إدارة الأراضي", "ادارة الاراضي"),
        ("عام ٢٠١٩", "2019"),
        ("Αθήνα, δήμος", "ΑΘΗΝΑ ΔΗΜΟΣ"),
        ("Йошкар-Ола", "иошкар ола"),
        ("Bamako", "bam"),
    ],
)
def test_a_word_is_found_without_its_accents(text: str, asked: str) -> None:
    assert having("other", text).search(asked) == ["https://example.org/id/theme/1"]


def test_all_words_are_needed_and_only_the_last_may_be_a_beginning() -> None:
    found = having("tax on land", "tax on water", "taxation")
    assert [iri[-1] for iri in found.search("tax wat")] == ["1"]
    assert [iri[-1] for iri in found.search("ta water")] == []
    assert [iri[-1] for iri in found.search("tax")] == ["0", "1", "2"]
    assert found.search("") == found.search(" …") == found.search("nothing") == []


def test_a_word_in_the_title_counts_more() -> None:
    lines = [
        f'<https://example.org/id/theme/a> {NOTE} "About water"@en .\n',
        f'<https://example.org/id/theme/b#part> {TITLE} "Water"@en .\n',
        f'<https://example.org/id/theme/c> {TITLE} "Water"@en .\n',
        '<https://example.org/id/theme/c> <http://example.org/n> "7"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
    ]
    found = Index.read(*index(line.encode() for line in lines))
    assert [iri[-1] for iri in found.search("water")] == ["c", "a", "b"]
    assert found.search("7") == []


def test_of_equal_records_the_one_with_the_shortest_title_comes_first() -> None:
    found = having("the tax on land in the city", "land tax", "about the land tax")
    assert [iri[-1] for iri in found.search("land tax")] == ["1", "2", "0"]


def test_the_article_is_no_part_of_a_word() -> None:
    found = having("المدينة", "مدينة", "بالمدينة", "للمدينة", "ولاية", "الى")
    assert {iri[-1] for iri in found.search("مدينة")} == {iri[-1] for iri in found.search("المدينة")} == set("0123")
    assert [iri[-1] for iri in found.search("ولاية")] == ["4"]


def test_halving_finds_what_going_through_all_finds() -> None:
    chosen = random.Random(7)
    texts = [" ".join("".join(chosen.choices("abé", k=chosen.randint(1, 4))) for _ in range(5)) for _ in range(300)]
    found = having(*texts)
    for asked in ("a", "b", "aa", "ba", "bébé", "e a", "ab b", "aaaa aaab", "bbbb", "c", "éab a"):
        *whole, last = words(asked)
        expected = {
            n
            for n, text in enumerate(texts)
            if set(whole) <= (own := set(words(text)))
            and (last in own or (len(last) > 1 and any(word.startswith(last) for word in own)))
        }
        assert {int(iri.rpartition("/")[2]) for iri in found.search(asked, most=300)} == expected, asked
        assert found.find(asked, most=0).total == len(expected)
        parts = [found.find(asked, first=first, most=7).records for first in range(0, 300, 7)]
        assert [iri for part in parts for iri in part] == found.search(asked, most=300)


def test_a_beginning_of_too_many_words_says_that_there_may_be_more() -> None:
    found = having(*(f"ab{n}" for n in range(1_500)), "other")
    assert found.find("ab").is_cut
    assert found.find("ab").total == 1_000
    assert not found.find("ab1").is_cut


def test_people_find_what_they_look_for(shipped: Release) -> None:
    base = shipped.about.base
    assert shipped.index.search("benguerir")[0] == f"{base}id/city/benguerir"
    assert f"{base}id/indicator/cities-at-bizerte-week" in shipped.index.search("بَنزرت")
    assert len(shipped.index.search("a", most=5)) == 5


def test_every_record_with_a_text_is_in_the_index(shipped: Release) -> None:
    assert set(shipped.index.records) <= set(shipped.records())
    assert len(shipped.index.records) > 600


def test_the_answers_of_a_release_are_json(shipped: Release) -> None:
    files = sorted(Path(shipped.folder, "answers").iterdir())
    assert len(files) > 100
    for file in files:
        assert json.loads(file.read_bytes())["question"] == file.name.split(".")[0]

"""Each result as people read it: every constraint component, in four languages, by both engines.

One case is one shape with data that break it in one place. Whatever engine looks, the finding has the real value and
the limit, the author's own words, what to do and a code that leads to help; and none of the machinery's words.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from command import run
from engines import by_nodes
from sankofa.fields import read_rules, text_in
from sankofa.fields.files import read_triples
from sankofa.validation import Finding, Report, validate_files
from sankofa.validation.data import Data
from sankofa.validation.describe import Describer
from sankofa.validation.messages import messages
from sankofa.validation.words import LANGUAGES, isolated
from strategies import Pair

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <https://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
#: What the rule's field is called, what the other one is, and the author's own words, in each language.
FIELD = {"en": "Opening", "fr": "Ouverture", "pt": "Abertura", "ar": "الافتتاح"}
OTHER = {"en": "Closing", "fr": "Fermeture", "pt": "Fecho", "ar": "الإغلاق"}
AUTHOR = {"en": "Ask the town hall.", "fr": "Demandez à la mairie.", "pt": "Pergunte à câmara.", "ar": "اسأل البلدية."}
# What nobody should have to read; whole words, so that "nota" or "denote" pass.
MACHINERY = re.compile(
    r"https?:|example\.org|\w:\w|_:|[<>{}^\\]|\b(iris?|uris?|shacl|rdf|sparql|nodes?|n[œo]e?uds?|nós?|literals?|"
    r"littéral|literais|datatypes?|xsd|triples?|triplets?|triplos?|shapes?|predicates?|prédicats?|constraints?|"
    r"contraintes?|components?|violations?|xone|focus|(min|max)(count|length|inclusive|exclusive))\b|عقدة|مثلث",
    re.IGNORECASE,
)
#: https://www.w3.org/TR/shacl/#core-components, without sh:property: its results are those of the shape it names.
CORE = 28


def in_turtle(texts: dict[str, str]) -> str:
    return ", ".join(f'"{text}"@{lang}' for lang, text in texts.items())


@dataclass(frozen=True)
class Case:
    """One way to break one rule.

    Args:
        asks: what the rule says beside its path, name and message.
        said: what the data say of the city, beside its class and title.
        value: what was found, as a steward knows it; "" where the standard names no value.
        limit: what the rule asks for, as a steward knows it; "" where it is no number, list or name.
        shapes: what else the shapes need; data: what else the data need.
        of_record: whether the rule is about the record, not about one of its fields.
    """

    asks: str
    said: str
    value: str = ""
    limit: str | dict[str, str] = ""
    shapes: str = ""
    data: str = ""
    of_record: bool = False

    def write(self, folder: Path) -> tuple[Path, Path]:
        """The shapes and the data as files."""
        told = f"sh:message {in_turtle(AUTHOR)} ; {self.asks} . {self.shapes}"
        rule = f"sh:property ex:rule . ex:rule sh:path ex:opening ; sh:name {in_turtle(FIELD)} ; {told}"
        files = folder / "shapes.ttl", folder / "data.ttl"
        for file, text in zip(
            files,
            (
                f"ex:CityShape a sh:NodeShape ; sh:targetClass ex:City ; {told if self.of_record else rule}",
                f'ex:b a ex:City ; rdfs:label "Bamako" ; {self.said} . {self.data}',
            ),
            strict=True,
        ):
            file.write_text(PREFIXES + text, encoding="utf-8")
        return files


# fmt: off
CLOSING = f"ex:later sh:path ex:closing ; sh:name {in_turtle(OTHER)} ."
COURT = 'ex:court a ex:CourtHouse ; rdfs:label "Palais de justice" .'
EVEN = """ex:Even a sh:ConstraintComponent ; sh:parameter [ sh:path ex:divisor ] ; sh:validator [
    a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER(FLOOR($value / $divisor) * $divisor = $value) }" ] ."""
CASES = {
    "Class": Case("sh:class ex:FishMarket", "ex:opening ex:court", "Palais de justice", "fish market", data=COURT),
    "Datatype": Case("sh:datatype xsd:date", 'ex:opening "last spring"', "last spring"),
    "NodeKind": Case("sh:nodeKind sh:IRI", 'ex:opening "last spring"', "last spring"),
    "MinCount": Case("sh:minCount 3", "ex:opening 1, 2", limit="3"),
    "MaxCount": Case("sh:maxCount 3", "ex:opening 1, 2, 7, 8", limit="3"),
    "MinExclusive": Case("sh:minExclusive 10", "ex:opening 10", "10", "10"),
    "MinInclusive": Case("sh:minInclusive 2.5", "ex:opening -7", "-7", "2.5"),
    "MaxExclusive": Case("sh:maxExclusive 100", "ex:opening 2021", "2021", "100"),
    "MaxInclusive": Case("sh:maxInclusive 100", "ex:opening 101", "101", "100"),
    "MinLength": Case("sh:minLength 12", 'ex:opening "Dakar"', "Dakar", "12"),
    "MaxLength": Case("sh:maxLength 4", 'ex:opening "Dakar"', "Dakar", "4"),
    "Pattern": Case('sh:pattern "^[0-9]{4}$" ; skos:example "2021"', 'ex:opening "soon"', "soon", "2021"),
    "LanguageIn": Case('sh:languageIn ("fr" "pt")', 'ex:opening "soon"@en', "soon", "fr"),
    "UniqueLang": Case("sh:uniqueLang true", 'ex:opening "tôt"@fr, "bientôt"@fr, "soon"@en'),
    "Equals": Case("sh:equals ex:closing", "ex:opening 1 ; ex:closing 1, 2021", "2021", OTHER, CLOSING),
    "Disjoint": Case("sh:disjoint ex:closing", "ex:opening 2021 ; ex:closing 2021", "2021", OTHER, CLOSING),
    "LessThan": Case("sh:lessThan ex:closing", "ex:opening 2021 ; ex:closing 2020", "2021", OTHER, CLOSING),
    "LessThanOrEquals": Case(
        "sh:lessThanOrEquals ex:closing", "ex:opening 2021 ; ex:closing 2020", "2021", OTHER, CLOSING
    ),
    "Not": Case("sh:not [ sh:hasValue 2021 ]", "ex:opening 2021", "2021"),
    "And": Case("sh:and ([ sh:minInclusive 1 ] [ sh:maxInclusive 9 ])", "ex:opening 2021", "2021"),
    "Or": Case("sh:or ([ sh:hasValue 1 ] [ sh:hasValue 9 ])", "ex:opening 2021", "2021"),
    "Xone": Case("sh:xone ([ sh:minInclusive 1 ] [ sh:minInclusive 9 ])", "ex:opening 2021", "2021"),
    "Node": Case("sh:node [ sh:property [ sh:path ex:judge ; sh:minCount 1 ] ]", "ex:opening ex:court",
                 "Palais de justice", data=COURT),
    "QualifiedMinCount": Case(
        "sh:qualifiedValueShape [ sh:minInclusive 9 ] ; sh:qualifiedMinCount 3", "ex:opening 10, 11", limit="3"
    ),
    "QualifiedMaxCount": Case(
        "sh:qualifiedValueShape [ sh:minInclusive 9 ] ; sh:qualifiedMaxCount 3", "ex:opening 10, 11, 12, 13", limit="3"
    ),
    "Closed": Case(
        "sh:closed true ; sh:ignoredProperties (rdf:type rdfs:label)", "ex:birdCount 7", "7", of_record=True
    ),
    "HasValue": Case("sh:hasValue 2021", "ex:opening 7", limit="2021"),
    "In": Case('sh:in ("dry season" "rainy season")', 'ex:opening "winter"', "winter", "rainy season"),
    "SPARQL": Case('sh:sparql [ sh:select "SELECT $this ?value { $this $PATH ?value FILTER(?value > 9) }" ]',
                   "ex:opening 2021", "2021"),
    "Even": Case("ex:divisor 2", "ex:opening 2021", "2021", shapes=EVEN),
}
# fmt: on


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    return {name: case.write(tmp_path_factory.mktemp(name)) for name, case in CASES.items()}


@cache
def found_by(engine: str, shapes: Path, data: Path) -> Finding:
    """The one finding of a case, by one engine."""
    if engine == "columns":
        findings = validate_files([data], [shapes], engine=engine).findings
    else:
        rules, triples = read_rules([shapes]), tuple(read_triples([data], prefix="d"))
        results = by_nodes(Pair(rules.shapes, triples))
        findings = Describer(rules, messages(), Data(triples)).findings(results)
    assert len(findings) == 1, findings
    return findings[0]


def bare(text: str) -> str:
    """A text without the marks that keep it in order."""
    return re.sub("[\u2068\u2069]", "", text)


def test_every_component_of_the_standard_has_its_case() -> None:
    assert len(CASES) == CORE + 2


@pytest.mark.parametrize("engine", ["columns", "nodes"])
@pytest.mark.parametrize("name", CASES)
def test_a_result_is_told_in_words(name: str, engine: str, files: dict[str, tuple[Path, Path]]) -> None:
    case, finding = CASES[name], found_by(engine, *files[name])
    assert (finding.title, finding.level) == ("Bamako", "draft")
    assert finding.component.endswith(f"{name}ConstraintComponent") or name == "Even"
    assert re.fullmatch(r"SKF-C\d\d", finding.code)
    assert finding.author_message == AUTHOR
    for lang in LANGUAGES:
        sentence, advice = bare(finding.message[lang]), finding.advice[lang]
        label = text_in(finding.label, lang)
        assert label == ("bird count" if case.of_record else FIELD[lang])
        limit = case.limit[lang] if isinstance(case.limit, dict) else case.limit
        for text in (label, case.value, limit):
            assert text in sentence, (text, sentence)
        assert text_in(finding.shown, lang) == case.value
        assert advice.endswith(".")
        for text in (sentence, advice, label, text_in(finding.kind_label, lang), text_in(finding.titles, lang)):
            assert not MACHINERY.search(text), text
            assert not re.search(r"[a-z][A-Z]", text), text


@pytest.mark.parametrize("name", CASES)
def test_both_engines_tell_the_same(name: str, files: dict[str, tuple[Path, Path]]) -> None:
    by_columns, one_by_one = (found_by(engine, *files[name]) for engine in ("columns", "nodes"))
    assert by_columns.row("fr") == one_by_one.row("fr")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_the_terminal_shows_nothing_of_the_machinery(name: str, lang: str, files: dict[str, tuple[Path, Path]]) -> None:
    shapes, data = files[name]
    shown = run("validate", data, "--shapes", shapes, "--lang", lang, code=1).stdout
    finding = found_by("columns", shapes, data)
    for text in ("Bamako", finding.message[lang], AUTHOR[lang], finding.advice[lang], finding.code):
        assert text in shown
    without_code = shown.replace(finding.code, "")
    assert not MACHINERY.search(without_code), without_code
    assert not re.search(r"[a-z][A-Z]", without_code), without_code


# -- both directions of reading ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_what_runs_the_other_way_is_set_apart(name: str, files: dict[str, tuple[Path, Path]]) -> None:
    case, finding = CASES[name], found_by("nodes", *files[name])
    for lang in LANGUAGES:
        sentence = finding.message[lang]
        assert sentence.count("\u2068") == sentence.count("\u2069")
        if lang != "ar":
            assert "\u2068" not in sentence, "plain Latin in a Latin sentence needs nothing"
        elif case.value:
            assert f"\u2068{case.value}\u2069" in sentence
        outside = re.sub("\u2068[^\u2068\u2069]*\u2069", "", sentence) if lang == "ar" else ""
        assert not [one for one in outside if unicodedata.bidirectional(one) in ("L", "EN", "AN")], sentence


def test_an_arabic_title_in_a_latin_sentence_is_set_apart(tmp_path: Path) -> None:
    shapes, data = Case('sh:pattern "^[0-9]+$"', 'ex:opening "نواكشوط"').write(tmp_path)
    data.write_text(data.read_text("utf-8").replace('"Bamako"', '"نواكشوط"'), encoding="utf-8")
    report = validate_files([data], [shapes])
    assert report.findings[0].message["fr"].startswith("«\u00a0\u2068نواكشوط\u2069\u00a0»")
    assert "City “\u2068نواكشوط\u2069”" in report.to_text("en").title()
    assert "«نواكشوط»" in report.to_text("ar")


def test_marks_in_a_value_do_not_turn_the_sentence(tmp_path: Path) -> None:
    shapes, data = Case('sh:pattern "^[0-9]+$"', 'ex:opening "a\u202eb\u2069c"').write(tmp_path)
    (finding,) = validate_files([data], [shapes]).findings
    assert "“abc”" in finding.message["en"]
    assert "«\u2068abc\u2069»" in finding.message["ar"]
    assert finding.value is not None
    assert finding.value.value == "a\u202eb\u2069c"


@pytest.mark.parametrize(
    ("text", "set_apart"),
    [("2021-11-30", True), ("-7", True), ("12.5 FCFA", True), ("مدينة", False), ("–", False), ("", False)],
)
def test_figures_are_set_apart_in_arabic(text: str, set_apart: bool) -> None:
    assert isolated(text, "ar") == (f"\u2068{text}\u2069" if set_apart else text)
    assert isolated(text, "pt") == (f"\u2068{text}\u2069" if text == "مدينة" else text)


def test_rows_and_json_have_bare_values_beside_the_sentence(files: dict[str, tuple[Path, Path]]) -> None:
    report = Report((found_by("nodes", *files["In"]),), 1)
    (row,) = csv.DictReader(io.StringIO(report.to_csv("ar")))
    assert (row["title"], row["value"], row["label"]) == ("Bamako", "winter", "الافتتاح")
    assert "\u2068winter\u2069" in row["message"]
    (told,) = json.loads(report.to_json("ar"))["findings"]
    assert (told["title"], told["value"], told["message"]) == ("Bamako", "winter", row["message"])


# -- what to do --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["MinCount", "QualifiedMinCount", "HasValue"])
def test_what_is_missing_is_advised_by_its_level(name: str, tmp_path: Path) -> None:
    advice = {}
    for level, severity in (("draft", "Violation"), ("publishable", "Warning"), ("exemplary", "Info")):
        case = Case(f"{CASES[name].asks} ; sh:severity sh:{severity}", CASES[name].said)
        shapes, data = case.write(tmp_path)
        (finding,) = validate_files([data], [shapes]).findings
        assert finding.level == level
        advice[level] = finding.advice
    for lang in LANGUAGES:
        assert len({advice[level][lang] for level in advice}) == 3
    assert [level for level in advice if "leave the record as a draft" in advice[level]["en"]] == ["publishable"]


def test_a_long_list_is_shown_in_part(tmp_path: Path) -> None:
    choices = " ".join(f'"choice {number}"' for number in range(20))
    shapes, data = Case(f"sh:in ({choices})", 'ex:opening "x"').write(tmp_path)
    (finding,) = validate_files([data], [shapes]).findings
    assert finding.message["en"].endswith("choice 10, choice 11, ….")

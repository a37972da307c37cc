"""Help on the codes of findings: each code that can come out, in four languages, in words and on pages."""

from __future__ import annotations

import asyncio
import re
import unicodedata

import httpx
import pyoxigraph as ox
import pytest

import sankofa
from command import run
from sankofa import shipped
from sankofa.errors import UnknownName
from sankofa.publish.layout import LANGUAGES
from sankofa.publish.pages import Pages
from sankofa.serve import prepare
from sankofa.serve.app import application
from sankofa.validation import Finding
from sankofa.validation.help import help_on, helps
from test_findings import MACHINERY
from test_pages import Page

NOTATION = ox.NamedNode("http://www.w3.org/2004/02/skos/core#notation")


def codes_in(text: str) -> set[str]:
    return set(re.findall(r"SKF-[A-Z]\d\d", text))


#: Every code that a finding can have: of a sentence, or of a check.
CODES = codes_in("".join(file.read_text("utf-8") for file in [shipped.messages_file(), *shipped.check_files()]))


def test_every_code_that_can_come_out_has_help_and_no_other() -> None:
    store = ox.Store()
    store.load(path=str(shipped.help_file()), format=ox.RdfFormat.TURTLE)
    described = [quad.object.value for quad in store.quads_for_pattern(None, NOTATION, None)]
    assert sorted(described) == sorted(CODES) == list(helps())
    for quad in store.quads_for_pattern(None, NOTATION, None):
        assert str(quad.subject) == f"<https://w3id.org/sankofa/help#{quad.object.value}>"


@pytest.mark.parametrize("code", sorted(CODES))
def test_help_says_what_it_means_shows_an_example_and_what_to_do(code: str) -> None:
    found = help_on(code)
    texts = [found.title, found.meaning, found.example, found.advice, *(text for case in found.cases for text in case)]
    for text in texts:
        assert set(text) >= set(LANGUAGES)
        for lang in LANGUAGES:
            assert text[lang].strip() == text[lang] != ""
            assert unicodedata.is_normalized("NFC", text[lang])
            assert not MACHINERY.search(text[lang].replace("https://", "")), text[lang]
            assert lang != "fr" or not re.search("[^\u00a0][;:!?»%]|«[^\u00a0]", text[lang].replace("https:", ""))
    for lang in LANGUAGES:
        assert found.meaning[lang].endswith(".")
        assert found.example[lang].endswith(".")
        assert found.advice[lang].endswith(".")


def test_the_levels_of_what_is_missing_have_their_own_advice() -> None:
    assert [name["en"] for name, _ in help_on("SKF-C04").cases] == ["draft", "publishable", "exemplary"]
    assert "Not a full date" in [name["en"] for name, _ in help_on("SKF-C02").cases]


def test_a_date_in_an_arabic_text_keeps_its_order() -> None:
    for code in CODES:
        for line in help_on(code).to_text("ar").splitlines():
            outside = re.sub("\u2068[^\u2069]*\u2069", "", line)
            assert not re.search(r"\d{4}-\d\d|https:|-\d|[A-Z]{3}-", outside), line


# -- on the command line -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_on_the_command_line(lang: str) -> None:
    shown = run("help", "SKF-C28", "--lang", lang).stdout
    found = help_on("SKF-C28")
    for text in (found.title, found.meaning, found.example, found.advice):
        assert text[lang] in shown
    listed = run("help", "--lang", lang).stdout
    assert codes_in(listed) == CODES
    assert found.title[lang] in listed


def test_a_code_may_be_written_short() -> None:
    assert help_on("c04") == help_on("SKF-C04") == help_on(" skf-c04 ")
    assert run("help", "q01").stdout == run("help", "SKF-Q01").stdout


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'SKF-"):
        help_on("SKF-C99")
    said = run("help", "SKF-CO4", code=2).stderr
    assert re.search("there is no code 'SKF-CO4': did you mean 'SKF-C.4'", said), said


def test_a_finding_points_to_its_help() -> None:
    finding = Finding("https://example.org/a", "draft", {}, code="SKF-C04")
    assert finding.help == finding.as_dict()["help"] == "/help/SKF-C04"
    assert Finding("https://example.org/a", "draft", {}).help == ""


# -- on pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_of_help(lang: str) -> None:
    pages = Pages(sankofa.open())
    listed = Page(pages.help(lang))
    assert {text for text, _ in listed.text if text in CODES} == CODES
    addresses = {str(a["href"]) for a in listed.all("a")}
    assert {f"/help/{code}?lang={lang}" for code in CODES} <= addresses
    for code in sorted(CODES):
        page = Page(pages.help_on(code, lang))
        (html,) = page.all("html")
        assert html == ({"lang": "ar", "dir": "rtl"} if lang == "ar" else {"lang": lang})
        found = help_on(code)
        for text in (found.title, found.meaning, found.example, found.advice):
            assert text[lang] in page.words
        tags = {tag for tag, _ in page.elements}
        assert not tags & {"script", "img", "iframe", "font"}
        alternates = {link["hreflang"] for link in page.all("link") if link["rel"] == "alternate"}
        assert alternates == set(LANGUAGES)


def test_help_is_served_in_the_reader_s_language() -> None:
    transport = httpx.ASGITransport(application(prepare(())))

    async def get(address: str, accepted: str = "") -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://example.org") as client:
            return await client.get(address, headers={"Accept-Language": accepted})

    page = asyncio.run(get("/help/SKF-C04", "ar, en;q=0.5"))
    assert (page.status_code, page.headers["content-language"]) == (200, "ar")
    assert 'dir="rtl"' in page.text
    page = asyncio.run(get("/help?lang=pt", "ar"))
    assert (page.status_code, page.headers["content-language"]) == (200, "pt")
    assert "Accept-Language" in page.headers["vary"]
    assert "script" not in page.headers["content-security-policy"]
    lost = asyncio.run(get("/help/SKF-C44"))
    assert (lost.status_code, lost.json()["title"]) == (404, "Not Found")
    assert "did you mean 'SKF-" in lost.json()["detail"]

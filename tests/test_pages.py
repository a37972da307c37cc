"""The pages: everything asserted is on them, in the reader's language, valid, small, and nothing in them runs."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest

import sankofa
from sankofa.graph import Graph
from sankofa.graph.newest import newest_release
from sankofa.graph.opening import in_memory
from sankofa.publish.layout import LANGUAGES, content_security_policy, count, style, words
from sankofa.publish.pages import Pages
from sankofa.publish.values import Reader, number, prefixed, safe_link, short_address

BASE = "https://example.org/net/"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """A strict reading of a page: each element closed where it was opened, each id and attribute once."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[tuple[str, str]] = []
        self.langs: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.langs.append(dict(attrs).get("lang") or (self.langs[-1] if self.langs else ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag
        self.langs.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1] != "style":
            self.text.append((data.strip(), self.langs[-1]))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self) -> str:
        return "\n".join(text for text, _ in self.text)

    def lang_of(self, text: str) -> str:
        return next(lang for found, lang in self.text if found == text)


def check(html: str, lang: str) -> Page:
    """What holds of every page."""
    page = Page(html)
    assert html.startswith("<!doctype html>\n")
    assert page.all("html") == [{"lang": "ar", "dir": "rtl"} if lang == "ar" else {"lang": lang}]
    assert [len(page.all(tag)) for tag in ("head", "title", "body", "main", "h1")] == [1] * 5
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["for"] for attributes in page.all("label")} <= set(ids)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "video", "audio", "base", "font"}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    for _, attributes in page.elements:
        assert "style" not in attributes
        assert "src" not in attributes
        href = attributes.get("href")
        assert href is None or re.match(r"/|#|\?|https?://|mailto:", href), href
    for link in page.all("link"):
        assert link["rel"] in ("canonical", "alternate")  # neither is fetched
    assert "url(" not in style()
    assert "@import" not in style()
    assert len(gzip.compress(html.encode())) < 50_000
    return page


def graph_of(turtle: str) -> Graph:
    prefixes = """
        @prefix dcterms: <http://purl.org/dc/terms/> . @prefix skf: <https://w3id.org/sankofa/ontology#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        @prefix foaf: <http://xmlns.com/foaf/0.1/> . @base <https://example.org/net/id/> ."""
    quads = ox.parse(prefixes + turtle, ox.RdfFormat.TURTLE)
    return in_memory(BASE, (quad.triple for quad in quads))


@pytest.fixture(scope="module")
def shipped() -> Graph:
    graph = sankofa.open()
    graph.reason()
    return graph


@pytest.fixture(scope="module")
def released() -> Graph:
    """The same as it is served: most answers are there already."""
    return newest_release(None)


@pytest.fixture(scope="module")
def small() -> Graph:
    return graph_of("""
        <network/net> a skf:Network ; dcterms:title "Le réseau"@fr ; skf:base "https://example.org/net/"^^xsd:anyURI ;
            dcterms:description "Apprendre ensemble."@fr, "Learning together."@en .
        <city/ville> a skf:City ; dcterms:title "Ville & Cie"@fr, "Town & Co"@en, "المدينة"@ar ;
            dcterms:description "Dit en français seulement."@fr ;
            skf:theme <theme/tax> ; skf:measure <city/ville#population> ;
            dcterms:source <https://www.example.org/a/page/>, <mailto:someone@example.org> ;
            <https://example.com/terms/unheardOf> "not in any form", <https://example.com/thing> .
        <city/ville#population> a skf:Measure ; dcterms:title "Population"@fr, "Population"@en ;
            skf:value 3007122 ; skf:asCaptured "3 007 122"@en .
        <theme/tax> a skf:Theme, skos:Concept ; skos:prefLabel "Impôt"@fr, "Tax"@en .
        <story/one> a skf:Story ; dcterms:title "Un récit"@fr ; skf:city <city/ville> ;
            skf:lesson <story/one#lesson> .
        <story/one#lesson> a skf:Lesson ; dcterms:description "Appris."@fr ; skf:evidence <city/ville#population> .
        """)


def test_the_words_have_the_same_keys_in_every_language() -> None:
    def keys(table: dict[str, object], above: str = "") -> set[str]:
        found = set()
        for key, value in table.items():
            found |= keys(value, f"{above}{key}.") if isinstance(value, dict) else {above + key}
        return found

    for lang in LANGUAGES:
        assert keys(words(lang)) == keys(words("en"))
        assert all(words(lang)["nouns"][noun] for noun in ("record", "row", "question"))
    assert count(0, "row", "fr") == "0 ligne"
    assert count(0, "row", "en") == "0 rows"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_the_shipped_graph_is_well_made(shipped: Graph, lang: str) -> None:
    pages = Pages(shipped)
    check(pages.home(lang), lang)
    check(pages.questions(lang), lang)
    check(pages.sparql(lang), lang)
    check(pages.problem(lang, 404, "there is no such page"), lang)
    for kind, number_of in shipped.count_by_kind().items():
        page = check(pages.kind(kind, lang), lang)
        assert count(number_of, "record", lang) in page.words
        for iri in shipped.records(kind)[:3]:
            check(pages.record(kind, iri.rpartition("/")[2], lang), lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_question_has_its_page(released: Graph, lang: str) -> None:
    pages = Pages(released)
    for name, question in released.questions.items():
        lacking = pages.lacks_a_value(name, {})
        given = {"lang": lang} if any(each.name == "lang" for each in question.parameters) else {}
        answer = None if lacking else released.answer(name, **given)
        page = Page(pages.question(name, answer, given, lang))
        assert page.all("html") == [{"lang": "ar", "dir": "rtl"} if lang == "ar" else {"lang": lang}]
        assert question.title[lang] in page.words
        assert bool(page.all("table")) == bool(answer is not None and len(answer))
        named = {attributes.get("name") for tag in ("select", "input") for attributes in page.all(tag)}
        assert {each.name for each in question.parameters if each.name != "lang"} <= named


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_shows_everything_asserted(shipped: Graph, lang: str) -> None:
    for kind, slug in (("city", "bamako"), ("story", "bamako-e-tax"), ("theme", "tax-collection")):
        iri = f"{shipped.record_prefix}{kind}/{slug}"
        html = Pages(shipped).record(kind, slug, lang)
        page = Page(html)
        links = {attributes["href"] for attributes in page.all("a")}
        values = {attributes["value"] for attributes in page.all("data")}
        for subject in shipped.members(iri):
            for triple in shipped.store.asserted(ox.NamedNode(subject)):
                if isinstance(triple.object, ox.Literal):
                    assert triple.object.value in page.words or triple.object.value in values, triple
                elif triple.object.value.startswith(f"{iri}#"):
                    assert {"class": "part", "id": triple.object.value.partition("#")[2]} in page.all("div")
                elif not triple.predicate.value.endswith("#type"):
                    link = Reader(shipped, lang).link(triple.object.value)
                    assert link.href in links or link.text in page.words, triple


def test_what_no_form_knows_is_shown_too(small: Graph) -> None:
    page = check(Pages(small).record("city", "ville", "fr"), "fr")
    assert "not in any form" in page.words
    assert "unheardOf" in page.words
    assert {"href": "https://example.com/thing"} in page.all("a")


def test_texts_say_their_language_only_where_it_is_another(small: Graph) -> None:
    french = check(Pages(small).record("city", "ville", "fr"), "fr")
    assert "(français)" not in french.words
    assert french.lang_of("Dit en français seulement.") == "fr"
    assert french.lang_of("Town & Co") == "en"
    assert french.lang_of("المدينة") == "ar"
    english = check(Pages(small).record("city", "ville", "en"), "en")
    assert "(French)" in english.words
    assert english.lang_of("Dit en français seulement.") == "fr"
    assert english.lang_of("Town & Co") == "en"


def test_parts_stand_in_their_record_and_figures_as_people_write_them(small: Graph) -> None:
    page = check(Pages(small).record("city", "ville", "en"), "en")
    assert {"class": "part", "id": "population"} in page.all("div")
    assert {"value": "3007122"} in page.all("data")
    assert "3,007,122" in page.words
    assert "3\u202f007\u202f122" in Page(Pages(small).record("city", "ville", "fr")).words


def test_links_lead_to_records_by_their_title(small: Graph) -> None:
    pages = Pages(small)
    city = check(pages.record("city", "ville", "fr"), "fr")
    hrefs = {attributes["href"] for attributes in city.all("a")}
    assert {"/doc/theme/tax?lang=fr", "/doc/story/one?lang=fr"} <= hrefs
    assert {"https://www.example.org/a/page/", "mailto:someone@example.org"} <= hrefs
    assert {"Impôt", "Un récit", "example.org/a/page", "someone@example.org"} <= set(city.words.split("\n"))
    story = check(pages.record("story", "one", "fr"), "fr")
    assert {"href": "/doc/city/ville?lang=fr#population"} in story.all("a")
    assert "Ville & Cie – Population" in story.words


def test_each_page_names_itself_and_its_translations(small: Graph) -> None:
    html = Pages(small, origin="https://data.example.org/").record("city", "ville", "fr")
    links = {attributes["rel"]: attributes["href"] for attributes in check(html, "fr").all("link")}
    assert links["canonical"] == "https://data.example.org/doc/city/ville?lang=fr"
    languages = {a["hreflang"] for a in Page(html).all("link") if "hreflang" in a}
    assert languages == set(LANGUAGES)


PAYLOADS = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "<svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</option></select><iframe src=javascript:alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "<!--><script>alert(1)</script>-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a href='javascript:alert(1)'>x</a>",
    "\u2028<math><mi xlink:href=javascript:alert(1)>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_write_never_runs(payload: str) -> None:
    text = str(ox.Literal(payload, language="fr"))
    graph = graph_of(f"""
        <network/net> a skf:Network ; dcterms:title {text} ; skf:base "https://example.org/net/"^^xsd:anyURI ;
            dcterms:description {text} .
        <theme/bad> a skf:Theme, skos:Concept ; skos:prefLabel {text} ; skos:definition {text} ; skos:note {text} ;
            <https://example.com/unknown> {ox.Literal(payload)} .
        <city/bad> a skf:City ; dcterms:title {text} ; skf:theme <theme/bad> .""")
    pages = Pages(graph)
    asked = f"SELECT ({ox.Literal(payload)} AS ?x) {{}}"
    results = graph.store.query(asked)
    assert isinstance(results, ox.QuerySolutions)
    answer = graph.answer("coverage-city-theme", lang="fr")
    for html in (
        pages.home("fr"),
        pages.kind("city", "fr"),
        pages.record("theme", "bad", "fr"),
        pages.problem("fr", 400, payload),
        pages.sparql("fr", payload),
        pages.rows("fr", asked, results).html,
        pages.text("fr", payload, payload),
        pages.question("coverage-city-theme", answer, {"city": payload, "theme": "bad"}, "fr"),
        pages.question("lessons-on-a-theme", None, {"theme": payload}, "fr"),
    ):
        page = check(html, "fr")
        assert payload.strip().split("\u2028")[-1] in "\n".join(
            [page.words, *(str(value) for _, attributes in page.elements for value in attributes.values())]
        )


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<b>x</b>".replace("<", "%3C").replace(">", "%3E"),
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://example.org/x",
        "urn:isbn:1",
    ],
)
def test_links_lead_to_the_web_or_to_a_mailbox_only(address: str) -> None:
    graph = graph_of(f"""<city/bad> a skf:City ; dcterms:title "X"@fr ; dcterms:source <{address}> ;
        foaf:page "{address}"^^xsd:anyURI .""")
    page = check(Pages(graph).record("city", "bad", "fr"), "fr")
    assert address not in {attributes["href"] for attributes in page.all("a")}
    assert address in page.words
    assert safe_link(address) == ""


def test_the_policy_allows_the_style_and_no_script() -> None:
    policy = content_security_policy()
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "script-src" not in policy


def test_columns_have_heads_in_the_readers_language(shipped: Graph) -> None:
    def heads(name: str, lang: str) -> list[str]:
        answer = shipped.answer(name, lang=lang)
        return re.findall(r'<th scope="col">([^<]*)</th>', Pages(shipped).question(name, answer, {}, lang))

    assert heads("coverage-city-theme", "fr")[:4] == ["Ville", "Thème", "Y travaille", "Récits"]
    assert heads("cities", "en")[:3] == ["City", "Country", "Local lead"]
    page = Page(Pages(shipped).question("cities", shipped.answer("cities", lang="fr"), {}, "fr"))
    assert page.words.split("\n").count("Bamako") == 1


def test_a_form_lists_records_and_the_members_of_closed_lists(shipped: Graph) -> None:
    page = Page(Pages(shipped).question("coverage-city-theme", None, {"city": "kumasi"}, "fr"))
    values = [option["value"] for option in page.all("option")]
    assert {iri.rpartition("/")[2] for iri in shipped.records("city")} <= set(values)
    assert [option["value"] for option in page.all("option") if "selected" in option] == ["kumasi"]


def test_a_long_result_is_shown_in_part(shipped: Graph) -> None:
    asked = "SELECT * { ?s ?p ?o } LIMIT 10500"
    results = shipped.store.query(asked)
    assert isinstance(results, ox.QuerySolutions)
    shown = Pages(shipped).rows("en", asked, results)
    page = Page(shown.html)
    assert shown.is_cut
    assert len(page.all("tr")) == 10_001
    assert words("en")["first_rows"] in page.words


def test_a_network_that_may_not_be_seen_is_called_by_its_base() -> None:
    page = check(Pages(in_memory(BASE)).home("en"), "en")
    assert BASE in page.words
    assert words("en")["empty"] in page.words


def test_small_things_read_well() -> None:
    assert number("1234.5", "en") == "1234.5"
    assert number("-12000.25", "fr") == "-12\u202f000,25"
    assert number("INF", "en") == "INF"
    assert prefixed("http://www.w3.org/2004/02/skos/core#prefLabel") == "skos:prefLabel"
    assert len(short_address("https://example.org/" + "a" * 200)) < 75

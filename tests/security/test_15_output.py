"""Titles that run, or that read as something else: through everything that shows them to people, nothing of them acts.

One part reads what is served as a parser does: no payload makes an element, an attribute or a link that leads to a
script, and no page may run one. The other part opens the pages in a browser that is told to leave the policy of the
page aside, so that what holds is the escaping alone.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import httpx
import openpyxl
import pytest
from pyoxigraph import Literal

import sankofa
from browser import Browser, browser
from command import run
from sankofa.publish.layout import LANGUAGES, content_security_policy
from sankofa.table import Table
from security.conftest import Door
from serving import Server, running
from test_publish import LICENCE, MALI, PREFIXES, record

_SORTS: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("payloads.toml").read_text(encoding="utf-8"),
)
#: What a page has where a payload may stand beside what it has there with a word that harms nobody.
HARMLESS = "Bamako"
STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
#: Attributes that are handed on and not shown.
HANDED_ON = {"value", "href", "hreflang"}
LEADING = {"href", "src", "action", "formaction", "poster", "srcset", "data", "xlink:href", "background", "cite"}
BROWSER = {"Accept": "text/html"}


def payloads(door: int) -> list[str]:
    """All of them; what knocks knocks at this door."""
    return [each.replace("{door}", f"http://127.0.0.1:{door}/") for sort in _SORTS.values() for each in sort]


class Shown(NamedTuple):
    """What is served, with the payloads that are in it, by the number of their record."""

    server: Server
    payloads: list[str]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, door: Door) -> Iterator[Shown]:
    """A network that is called like an attack, and in it a theme and a city for each."""
    folder, found = tmp_path_factory.mktemp("output"), payloads(door.port)
    run("init", folder / "kg", "--base", "https://example.org/net/", "--title", found[0], "--lang", "fr")
    lines = [
        record(
            "type/domain", says=f"a skf:Type, skos:Concept ; skos:prefLabel {_said(found[1])} ; skf:appliesTo skf:Theme"
        )
    ]
    for number, text in enumerate([HARMLESS, *found]):
        said = f"""skos:prefLabel {_said(text)}, {_said(text, "ar")} ; skos:definition {_said(text)} ;
            skos:altLabel {_said(text, "en")} ; skos:note {_said(text)} ; dcterms:type <type/domain>"""
        lines.append(record(f"theme/t-{number}", says=f"a skf:Theme, skos:Concept ; {said}"))
        about = f"a skf:City ; dcterms:title {_said(text)} ; skf:country {MALI} ; skf:theme <theme/t-{number}>"
        leads = f" ; foaf:page <{text}> ; dcterms:source <{text}>" if _is_iri(text) else ""
        lines.append(record(f"city/c-{number}", says=f"{about}{leads}"))
    prefixes = f"{PREFIXES} @prefix foaf: <http://xmlns.com/foaf/0.1/> ."
    (folder / "data.ttl").write_text(prefixes + "".join(lines), encoding="utf-8")
    run("--kg", folder / "kg", "load", folder / "data.ttl")
    with sankofa.open(folder / "kg") as graph, graph.change("as it is", agent="\x1b[2Jnobody") as change:
        said = {"description": {"fr": found[2]}, "source": "https://example.org/source"}
        change.set(graph.network, status="published", licence=re.findall("<(.*)>", LICENCE)[0], **said)
    told = run("--kg", folder / "kg", "release", folder / "public").stderr
    assert f"{2 * len(found) + 4} records may be seen" in told, told
    with running(folder, "serve", str(folder / "public"), "--port", "0") as server:
        yield Shown(server, found)


def _said(text: str, lang: str = "fr") -> str:
    return str(Literal(text, language=lang))


def _is_iri(text: str) -> bool:
    return (
        not re.search(r'[\x00-\x20<>"{}|^`\\]|%(?![0-9a-fA-F]{2})', text) and re.match("[A-Za-z]+:", text) is not None
    )


class Page(HTMLParser):
    """The elements of a page with the names of their attributes; where they lead; what is seen."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[tuple[str, tuple[str, ...]]] = set()
        self.leads: set[str] = set()
        self.seen: list[str] = []
        self._in = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # what a text is decides whether it has a language, and whether it is long
        self.elements.add((tag, tuple(sorted({name for name, _ in attrs} - {"lang", "dir", "class"}))))
        self.leads |= {value or "" for name, value in attrs if name in LEADING}
        self.seen += [value or "" for name, value in attrs if name not in HANDED_ON]
        self._in = tag

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in != "textarea":  # who corrects a query sends back what is there
            self.seen.append(data)


def addresses(number: int, text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every sort of page that shows a text: one in which it is data, and those that repeat what was asked."""
    quoted = str(Literal(text))
    name = httpx.URL("http://x/", params={"a": text}).query.decode()[2:].replace("+", "%20")
    yield f"/doc/theme/t-{number}", {}
    yield f"/doc/city/c-{number}", {}
    yield "/search", {"q": text}
    yield "/sparql", {"query": f"SELECT ({quoted} AS ?x) ({_said(text)} AS ?y) {{}}"}
    yield "/sparql", {"query": f"CONSTRUCT {{ <urn:a> <urn:b> {quoted} }} {{}}"}
    yield "/sparql", {"query": text}
    yield f"/doc/theme/{name}", {}
    yield f"/{name}", {}
    yield f"/questions/{name}", {}
    yield f"/kinds/{name}", {}
    yield f"/vocabulary/level/{name}", {}
    yield f"/help/{name}", {}
    yield "/questions/lessons-on-a-theme", {"theme": text}
    yield "/questions/themes", {text: text}
    yield "/graphs", {"graph": text}
    yield "/feed.atom", {"page": text}
    yield "/", {"lang": text}


#: Pages of all the data at once.
WHOLE = [
    "/", "/kinds/theme", "/kinds/city", "/questions/themes", "/questions/cities", "/questions/coverage-city-theme",
    "/questions/translations-missing", "/questions/lessons-on-a-theme", "/questions", "/dumps", "/doc/type/domain",
    "/sparql?query=SELECT%20*%20%7B%20%3Fs%20skos%3AprefLabel%7Cdcterms%3Atitle%20%3Ftext%20%7D",
]  # fmt: skip


def pages(shown: Shown, number: int) -> Iterator[httpx.Response]:
    """Those of one payload; in two of three it is repeated, so that each of them has more than forty."""
    text = [HARMLESS, *shown.payloads][number]
    for at, (path, params) in enumerate(addresses(number, text)):
        if number and at > 4 and (number + at) % 3 == 0:
            continue
        language = LANGUAGES[(number + at) % len(LANGUAGES)]
        headers = BROWSER | {"Accept-Language": language}
        yield shown.server.http.get(path, params=params or None, headers=headers)


@pytest.fixture(scope="module")
def usual(shown: Shown) -> set[tuple[str, tuple[str, ...]]]:
    """The elements that pages have for a harmless word."""
    found = set()
    for response in pages(shown, 0):
        found |= Page(response.text).elements
    for path in ("/sparql", "/search?q=console", "/search?q=console&page=2", "/search?q=console+zebra"):
        found |= Page(shown.server.http.get(path, headers=BROWSER).text).elements
    return found


def test_there_are_enough(shown: Shown) -> None:
    assert len(set(shown.payloads)) == len(shown.payloads) >= 3 * 40 // 2
    assert all(len(sort) >= 4 for sort in _SORTS.values())


def test_what_the_parser_looks_for_is_found(usual: set[tuple[str, tuple[str, ...]]]) -> None:
    """Else the tests below could not fail."""
    attacked = Page("<p>\u202e<a href=\"javascript:1\" onclick='x'>a</a><script>1</script>")
    assert {("script", ()), ("a", ("href", "onclick"))} <= attacked.elements - usual
    assert not all(map(_is_safe, attacked.leads))
    assert STEERING.search("".join(attacked.seen))


def _is_safe(address: str) -> bool:
    return re.match(r"(?:/(?!/)|\?|#|https?://|mailto:)", address) is not None or not address


def _check(response: httpx.Response, usual: set[tuple[str, tuple[str, ...]]] | None) -> None:
    if not response.headers["content-type"].startswith("text/html"):
        assert response.headers["x-content-type-options"] == "nosniff"
        return
    assert response.headers["content-security-policy"] == content_security_policy()
    page = Page(response.text)
    assert usual is None or page.elements <= usual, response.url
    assert not {element for element, _ in page.elements} & {"script", "img", "svg", "iframe", "base", "object", "math"}
    assert all(map(_is_safe, page.leads)), (response.url, page.leads)
    steering = [text for text in page.seen if STEERING.search(text)]
    assert not steering, (response.url, steering)


def test_no_payload_makes_an_element_a_link_or_a_turn(shown: Shown, usual: set[tuple[str, tuple[str, ...]]]) -> None:
    statuses = set()
    for number in range(1, len(shown.payloads) + 1):
        for response in pages(shown, number):
            assert response.status_code < 500, response.url
            statuses.add(response.status_code)
            _check(response, usual)
    assert {200, 400, 404} <= statuses


def test_nor_in_the_pages_of_all(shown: Shown) -> None:
    for path in WHOLE:
        response = shown.server.http.get(path, headers=BROWSER)
        assert response.status_code == 200, path
        _check(response, None)
    for path in ("/kinds/theme", "/questions/themes"):
        assert "report [U+202E]fdp.exe" in shown.server.http.get(path, headers=BROWSER).text


def test_programs_get_what_was_written(shown: Shown) -> None:
    """What is made for programs is exact, in a type that no browser takes for a page."""
    http = shown.server.http
    query = "SELECT ?text { ?s a skf:Theme ; skos:prefLabel ?text FILTER(lang(?text) = 'fr') }"
    for form, accept in (("csv", "text/csv"), ("json", "application/sparql-results+json")):
        response = http.get("/sparql", params={"query": query}, headers={"Accept": accept})
        assert response.headers["content-type"].startswith(accept)
        _check(response, None)
        if form == "csv":
            read = {row[0] for row in csv.reader(io.StringIO(response.text, newline=""))}
        else:
            read = {row["text"]["value"] for row in response.json()["results"]["bindings"]}
        assert set(shown.payloads) <= read
    for path in ("/questions/themes.csv", "/questions/themes.json", "/doc/theme/t-1.jsonld", "/doc/theme/t-1.ttl"):
        _check(http.get(path), None)


def test_a_workbook_holds_text_alone(shown: Shown) -> None:
    response = shown.server.http.get("/questions/themes.xlsx", params={"lang": "fr"})
    assert "attachment" in response.headers["content-disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert "</style><script>console.log('ran')</script>" in {cell.value for cell in cells}


def test_the_feed_is_what_it_should_be(shown: Shown) -> None:
    pages, seen, tags = 1, "", set()
    while pages:
        response = shown.server.http.get("/feed.atom", params={"lang": "fr", "page": pages})
        assert response.headers["x-content-type-options"] == "nosniff"
        feed = ElementTree.fromstring(response.content)
        tags |= {each.tag.rpartition("}")[2] for each in feed.iter()}
        seen += "".join(feed.itertext())
        assert all(_is_safe(each.get("href", "")) for each in feed.iter())
        assert {each.get("type", "text") for each in feed.iter() if each.tag.endswith(("title", "summary"))} == {"text"}
        pages = pages + 1 if 'rel="next"' in response.text else 0
    assert tags == {
        "feed", "id", "title", "subtitle", "updated", "author", "name", "link", "entry", "published", "category",
        "summary",
    }  # fmt: skip
    assert not STEERING.search(seen)
    assert "report [U+202E]fdp.exe" in seen


def test_problems_for_programs_are_json(shown: Shown) -> None:
    for text in shown.payloads:
        response = shown.server.http.get("/sparql", params={"query": text}, headers={"Accept": "application/json"})
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == response.status_code in (400, 403)


def test_a_notebook_shows_text(door: Door) -> None:
    rows = [(Literal(text, language="fr"), Literal(text)) for text in payloads(door.port)]
    page = Page(Table((rows[0][1].value, "b"), rows)._repr_html_())
    assert {tag for tag, _ in page.elements} == {"table", "thead", "tr", "th", "tbody", "td"}
    assert not page.leads
    assert not STEERING.search("".join(page.seen))


# -- terminals


MOVING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory, door: Door) -> Path:
    """The same as drafts with much that is wrong, so that there is much to say about them."""
    folder = tmp_path_factory.mktemp("drafts")
    run("init", folder / "kg", "--base", "https://example.org/net/", "--title", "\x1b[31mX", "--lang", "fr")
    lines = [
        f"<city/c-{number}> a skf:City ; dcterms:title {_said(text)} ; skf:country {Literal(text)} ; "
        f"skf:status {Literal(text)} ; dcterms:created {Literal(text)} ."
        for number, text in enumerate(payloads(door.port))
    ]
    (folder / "data.ttl").write_text(PREFIXES + "\n".join(lines), encoding="utf-8")
    run("--kg", folder / "kg", "load", folder / "data.ttl")
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["validate"],
        ["validate", "--lang", "ar"],
        ["status", "--by", "record"],
        ["status", "--by", "city", "--lang", "fr"],
        ["history"],
        ["query", "cities"],
        ["query", "cities", "--format", "md"],
        ["query", "\x1b[2J"],
        ["query", "cities", "--param", "\x1b[2J=\x1b[2J"],
        ["explain", "\x1b[2J", "a", "b"],
        ["help", "\x1b[2J"],
    ],
    ids=" ".join,
)
def test_nothing_moves_a_terminal(drafts: Path, command: list[str]) -> None:
    done = run("--kg", drafts / "kg", *command, code=None)
    for said in (done.stdout, done.stderr):
        assert not MOVING.search(said), repr(MOVING.search(said))
    assert done.stdout or done.stderr


def test_nor_does_what_is_refused(tmp_path: Path) -> None:
    sheet = tmp_path / "city.csv"
    sheet.write_text("id,title@fr,country\nc-1,\x1b[2Jx,\x1b]0;x\x07\nc-2,y,\u009b31m\n", encoding="utf-8")
    run("init", tmp_path / "kg", "--base", "https://example.org/net/", "--title", "X", "--lang", "fr")
    done = run("--kg", tmp_path / "kg", "capture", sheet, code=None)
    for said in (done.stdout, done.stderr):
        assert not MOVING.search(said)
    assert "U+001B" in done.stdout


# -- a browser


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as found:
        found.ask("Page.setBypassCSP", enabled=True)
        yield found


def test_what_runs_is_seen(chromium: Browser, shown: Shown) -> None:
    """Else the test below would see nothing either."""
    kinds = (_SORTS[name] for name in ("script", "attribute", "svg"))
    for text in (sort[0] for sort in kinds):
        chromium.show(f'<!doctype html><title>x</title><p title="{text}">{text}')
        assert chromium.ran(), text
        assert chromium.value(_ACTING), text
    chromium.show("<!doctype html><title>x</title><img src=http://127.0.0.1:9/>")
    assert chromium.fetched()


def test_nothing_runs_in_a_browser(chromium: Browser, shown: Shown, door: Door) -> None:
    """Every page of all, and of each payload one of those that are its own, each sort of them in turn."""
    door.came.clear()
    start = shown.server.address.rstrip("/")
    opened = [httpx.URL(start + path) for path in WHOLE]
    for number, text in enumerate(shown.payloads, start=1):
        own = list(addresses(number, text))
        path, params = own[number % len(own)]
        opened.append(httpx.URL(start + path, params=params or None))
    for address in opened:
        chromium.open(str(address))
        assert chromium.value(_ACTING) == [], address
        assert chromium.ran() == [], address
        assert {httpx.URL(each).path for each in chromium.fetched()} <= {address.path, "/favicon.ico"}, address
    assert door.came == []


#: What of a page could act, when whatever waited for its turn has had it.
_ACTING = """new Promise(done => setTimeout(() => done([...document.querySelectorAll("*")].filter(one =>
    one.matches("script, img, svg, math, iframe, base, object, embed, video, template")
    || /^(javascript|data|vbscript):/.test(one.href) || [...one.attributes].some(each => each.name.startsWith("on"))
).map(one => one.outerHTML)), 0))"""

"""How a client that knows nothing finds its way.

The first page leads to what describes all there is, things lead to documents, documents to their other formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from pyoxigraph import BlankNode, NamedNode, Triple
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sankofa.errors import CouldNotBeDone
from sankofa.publish import glossary
from sankofa.publish.documents import DATA_FORMATS, ENDINGS, parts_of_records, record_document
from sankofa.publish.layout import LANGUAGES
from sankofa.publish.void import dataset_description, dataset_of, description_of
from sankofa.questions.examples import EXECUTABLE, examples
from sankofa.serve.endpoint import Endpoint, language_of
from sankofa.serve.negotiate import format_asked
from sankofa.serve.problems import Problem
from sankofa.serve.protocol import TRIPLES_ALSO
from sankofa.store import guard
from sankofa.store.formats import write
from sankofa.terms import FOAF, RDF, SCHEMA, VOID

if TYPE_CHECKING:
    from starlette.requests import Request

    from sankofa.serve.files import File

_DATA_TYPES = {each.name: each.media_type for each in DATA_FORMATS.values()}
#: The formats of a document by name; people come first.
DOCUMENT_FORMATS = {"html": "text/html"} | _DATA_TYPES
#: How many addresses one list of them may have.
MOST_ADDRESSES = 50_000
_ENDING_OF = {name: ending for ending, name in ENDINGS.items()}


class Discovery(Endpoint):
    """The addresses of things, of the documents about them, and of what describes all of them.

    Args:
        graph: what is served; for a network, what passed the gate, with its inferences.
        public_url: the address readers use, or None for the request's own.
    """

    #: The files that are sent as they lie on the disk, by their path.
    files: Mapping[str, File] = {}
    #: What crawlers may not fetch, as robots.txt says it.
    closed_to_crawlers: tuple[str, ...] = ("/sparql", "/graphs", "/*?")

    def discovery_routes(self) -> list[Route]:
        """The addresses that lead from one thing to the next; of what is no network's, fewer."""
        everywhere = [Route("/.well-known/void", self.void), Route("/robots.txt", self.robots)]
        if self.graph.base is None:
            return everywhere
        return [
            *everywhere,
            Route("/dataset", self.dataset),
            Route("/.well-known/sparql-examples", self.examples),
            Route("/.well-known/sparql-examples/{name}", self.examples),
            Route("/sitemap.xml", self.sitemap),
            Route("/sitemap-{number:int}.xml", self.sitemap),
            Route("/id/{kind}/{slug}", self.thing),
            Route("/doc/{kind}/{slug}", self.document),
            *(Route(f"/ontology{ending}", self.ontology) for ending in ("", *ENDINGS)),
            Route("/ontology/{version}", self.ontology),
            Route("/vocabulary/{scheme}", self.vocabulary),
            Route("/vocabulary/{scheme}/{concept}", self.vocabulary),
            *(Route(f"/shapes{ending}", self.shapes) for ending in ("", *ENDINGS)),
        ]

    def thing(self, request: Request) -> Response:
        """A thing is no document: 303 to the document about it, in the format asked for."""
        kind, slug = request.path_params["kind"], request.path_params["slug"]
        self.pages.iri_of(kind, slug)
        asked = format_asked(
            request.query_params.get("format", ""),
            request.headers.get("accept", ""),
            DOCUMENT_FORMATS,
            TRIPLES_ALSO,
        )
        ending = "" if asked == "html" else _ENDING_OF[asked]
        passed = request.scope["query_string"].decode("latin-1")
        query = "&".join(part for part in passed.split("&") if part and not part.startswith("format="))
        address = f"/doc/{kind}/{slug}{ending}{f'?{query}' if query else ''}"
        return RedirectResponse(address, status_code=303, headers=self.headers)

    def document(self, request: Request) -> Response:
        """The document about one record."""
        kind, slug = request.path_params["kind"], _named(request, "slug")
        iri = self.pages.iri_of(kind, slug)

        def triples() -> list[Triple]:
            return record_document(self.graph, iri, self._parts())

        return self.represented(request, lambda lang: self.pages.record(kind, slug, lang), triples)

    def ontology(self, request: Request) -> Response:
        """The ontology, in its newest version or in one that is named."""
        version = _named(request, "version")
        found = glossary.ontology(version)
        return self.represented(request, lambda lang: self.pages.ontology(lang, version), lambda: found)

    def vocabulary(self, request: Request) -> Response:
        """A vocabulary, or one concept of it."""
        names = _named(request, "scheme"), _named(request, "concept")
        found = glossary.vocabulary(*names)
        return self.represented(request, lambda lang: self.pages.vocabulary(lang, *names), lambda: found)

    def shapes(self, request: Request) -> Response:
        """What each kind of record needs."""
        return self.represented(request, self.pages.shapes, glossary.shapes)

    # -- what describes all there is

    def void(self, request: Request) -> Response:
        """The dataset in VoID."""
        base, dataset = self.graph.base, self._dataset()
        here = NamedNode(self.address(request, ".well-known/void") if base is None else description_of(base))
        home = NamedNode(self.address(request, ""))
        return self._described_in_data(
            request,
            [
                *self._void(),
                Triple(here, NamedNode(RDF.type), NamedNode(VOID.DatasetDescription)),
                Triple(here, NamedNode(FOAF.primaryTopic), dataset),
                Triple(dataset, NamedNode(VOID.sparqlEndpoint), NamedNode(self.address(request, "sparql"))),
                *([Triple(dataset, NamedNode(FOAF.homepage), home)] if base is not None else []),
                *(
                    Triple(dataset, NamedNode(VOID.dataDump), NamedNode(f"{home.value}{path[1:]}"))
                    for path in self.files
                ),
            ],
        )

    def dataset(self, request: Request) -> Response:
        """The dataset is no document: 303 to its description."""
        return RedirectResponse("/.well-known/void", status_code=303, headers=self.headers)

    def examples(self, request: Request) -> Response:
        """The questions of the catalogue as examples for SPARQL clients, or one of them."""
        found = self._examples()
        if name := request.path_params.get("name"):
            example = NamedNode(f"{self._start_of_examples()}{self.graph.questions[name].name}")
            found = [triple for triple in found if triple.subject == example]
        endpoint = NamedNode(self.address(request, "sparql"))
        targets = [
            Triple(triple.subject, NamedNode(SCHEMA.target), endpoint)
            for triple in found
            if triple.object == EXECUTABLE
        ]
        return self._described_in_data(request, [*found, *targets])

    def robots(self, request: Request) -> Response:
        """What crawlers may fetch: the pages, each in its languages; no query, no whole graph; of drafts nothing."""
        lines = ["User-agent: *", *(f"Disallow: {each}" for each in self.closed_to_crawlers)]
        if self.takes_updates:
            lines[1:] = ["Disallow: /"]
        elif self.graph.base is not None:
            lines += [f"Allow: /*?lang={lang}$" for lang in LANGUAGES]
            lines += ["", f"Sitemap: {self.address(request, 'sitemap.xml')}"]
        return Response("\n".join([*lines, ""]), headers=self.headers, media_type="text/plain")

    def sitemap(self, request: Request) -> Response:
        """Every page by its address; in several files, and a list of them, where there are too many for one."""
        pages, start = self._addresses(), self.address(request, "").rstrip("/")
        number = request.path_params.get("number")
        files = range(1, -(-len(pages) // MOST_ADDRESSES) + 1)
        if number is None and len(files) > 1:
            content = sitemap([(f"{start}/sitemap-{each}.xml", "") for each in files], of_sitemaps=True)
        elif number is None or number in files:
            first = MOST_ADDRESSES * ((number or 1) - 1)
            content = sitemap([(f"{start}{path}", day) for path, day in pages[first : first + MOST_ADDRESSES]])
        else:
            raise HTTPException(404)
        return Response(content, headers=self.headers, media_type="application/xml")

    def leads(self) -> list[tuple[str, str, str]]:
        """What describes all there is: each path with its relation to it and its format."""
        links = [("/.well-known/void", "describedby", "text/turtle")]
        if self.graph.base is not None:
            links.append(("/ontology", "describedby", "text/turtle"))
            links.append(("/.well-known/sparql-examples", "service-doc", "text/turtle"))
        links.append(("/sparql?format=html", "service-doc", "text/html"))
        links.append(("/sparql?format=turtle", "service-desc", "text/turtle"))
        return links

    def leading_on(self) -> dict[str, str]:
        """The header that leads from the first page, and from the endpoint, to what describes them."""
        start = self.pages.origin
        return {"Link": ", ".join(f'<{start}{path}>; rel="{rel}"; type="{form}"' for path, rel, form in self.leads())}

    def _without_a_query(self, request: Request) -> Response:
        response = super()._without_a_query(request)
        response.headers.update(self.leading_on())
        return response

    # -- what takes a while to read

    def read_ahead(self) -> None:
        """Read now what takes a while, for all who will ask."""
        super().read_ahead()
        self._void()
        if self.graph.base is not None:
            self._examples()
            self._addresses()
            self._parts()

    def _void(self) -> list[Triple]:
        return self.once("void", lambda: dataset_description(self.graph, self.store, self._dataset()))

    def _dataset(self) -> NamedNode | BlankNode:
        base = self.graph.base
        return BlankNode("dataset") if base is None else dataset_of(base)

    def _examples(self) -> list[Triple]:
        start, questions = self._start_of_examples(), self.graph.questions
        return self.once("examples", lambda: examples(self.store, questions.values(), start))

    def _start_of_examples(self) -> str:
        return f"{self.graph.base}.well-known/sparql-examples/"

    def _addresses(self) -> list[tuple[str, str]]:
        return self.once("addresses", self.pages.addresses)

    def _parts(self) -> dict[str, list[str]]:
        return self.once("parts", lambda: parts_of_records(self.graph))

    def _described_in_data(self, request: Request, triples: Iterable[Triple]) -> Response:
        """A description, which only programs read."""
        accept, asked = request.headers.get("accept", ""), request.query_params.get("format", "")
        name = format_asked(asked, accept, _DATA_TYPES, TRIPLES_ALSO)
        return Response(_written(triples, name), headers=self.headers, media_type=_DATA_TYPES[name])

    # -- how documents are told

    def represented(
        self,
        request: Request,
        page: Callable[[str], str],
        triples: Callable[[], Iterable[Triple]],
    ) -> Response:
        """A document in the format that its address, ``?format=`` or ``Accept`` asks for.

        Args:
            request: the request; its path is the address of the document, with or without an ending.
            page: makes the page for people, in a language.
            triples: gives what programs read; each format says the same.
        """
        path, asked = without_ending(request.scope["path"])
        asked = asked or request.query_params.get("format", "")
        name = format_asked(asked, request.headers.get("accept", ""), DOCUMENT_FORMATS, TRIPLES_ALSO)
        if name == "html":
            language = language_of(request)
            links = {"Link": self._links(path, name, f"?lang={language}")}
            return self.html(page(language), request, headers=links)
        links = {"Link": self._links(path, name)}
        return Response(_written(triples(), name), headers=self.headers | links, media_type=DOCUMENT_FORMATS[name])

    def _links(self, path: str, name: str, query: str = "") -> str:
        """Where the same is in other formats, which address is its own, and what describes it all."""
        start = self.pages.origin
        links = [f'<{start}{path}{query}>; rel="canonical"']
        links += [
            f'<{start}{path}{_ENDING_OF[other]}>; rel="alternate"; type="{media_type}"'
            for other, media_type in DOCUMENT_FORMATS.items()
            if other != name
        ]
        return ", ".join([*links, f'<{start}/.well-known/void>; rel="describedby"'])


def _written(triples: Iterable[Triple], name: str) -> bytes:
    """Triples in a format; not every triple can be told in RDF/XML.

    Raises:
        Problem: 406, with the formats that hold these triples.
    """
    try:
        return write(triples, name, prefixes=guard.prefixes())
    except CouldNotBeDone:
        raise Problem(406, "no-such-format", offered=", ".join(each for each in _DATA_TYPES if each != name)) from None


def _named(request: Request, part: str) -> str:
    """A part of the address without the ending that asks for a format, "" where it has none."""
    return without_ending(request.path_params.get(part, ""))[0]


def without_ending(path: str) -> tuple[str, str]:
    """A name or an address, and the format that its ending asks for, "" for none.

    Example:
        >>> without_ending("/doc/city/bamako.ttl"), without_ending("/ontology/0.1.0")
        (('/doc/city/bamako', 'turtle'), ('/ontology/0.1.0', ''))
    """
    stem, dot, ending = path.rpartition(".")
    name = ENDINGS.get(f"{dot}{ending}", "")
    return (stem, name) if name else (path, "")


def sitemap(addresses: Iterable[tuple[str, str]], *, of_sitemaps: bool = False) -> str:
    """A list of addresses as crawlers read it (https://www.sitemaps.org/protocol.html).

    Args:
        addresses: each with the day it was last changed, or "".
        of_sitemaps: whether they are those of other such lists.

    Example:
        >>> sitemap([("https://example.org/", "2026-01-31")]).splitlines()[2]
        '<url><loc>https://example.org/</loc><lastmod>2026-01-31</lastmod></url>'
    """
    outer, inner = ("sitemapindex", "sitemap") if of_sitemaps else ("urlset", "url")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for address, day in addresses:
        changed = f"<lastmod>{day}</lastmod>" if day else ""
        lines.append(f"<{inner}><loc>{escape(address)}</loc>{changed}</{inner}>")
    return "\n".join([*lines, f"</{outer}>", ""])

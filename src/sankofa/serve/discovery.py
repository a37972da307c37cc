"""How a client that knows nothing finds its way: things lead to documents, documents to their other formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sankofa.publish import glossary
from sankofa.publish.documents import DATA_FORMATS, ENDINGS, record_document
from sankofa.publish.layout import HELP_LANGUAGES, LANGUAGES
from sankofa.serve.endpoint import Endpoint, language_of
from sankofa.serve.negotiate import format_asked
from sankofa.serve.protocol import TRIPLES_ALSO
from sankofa.store import guard
from sankofa.store.formats import write

if TYPE_CHECKING:
    from pyoxigraph import Triple
    from starlette.requests import Request

#: The formats of a document by name; people come first.
DOCUMENT_FORMATS = {"html": "text/html"} | {each.name: each.media_type for each in DATA_FORMATS.values()}
_ENDING_OF = {name: ending for ending, name in ENDINGS.items()}


class Discovery(Endpoint):
    """The addresses of things, and of the documents about them."""

    def discovery_routes(self) -> list[Route]:
        """The addresses that lead from one thing to the next; of what is no network's, fewer."""
        if self.graph.base is None:
            return []
        return [
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
        return self.represented(
            request, lambda lang: self.pages.record(kind, slug, lang), lambda: record_document(self.graph, iri)
        )

    def ontology(self, request: Request) -> Response:
        """The ontology, in its newest version or in one that is named."""
        version = _named(request, "version")
        found = glossary.ontology(version)
        return self.represented(request, lambda lang: self.pages.ontology(lang, version), lambda: found, HELP_LANGUAGES)

    def vocabulary(self, request: Request) -> Response:
        """A vocabulary, or one concept of it."""
        names = _named(request, "scheme"), _named(request, "concept")
        found = glossary.vocabulary(*names)
        return self.represented(
            request, lambda lang: self.pages.vocabulary(lang, *names), lambda: found, HELP_LANGUAGES
        )

    def shapes(self, request: Request) -> Response:
        """What each kind of record needs."""
        return self.represented(request, self.pages.shapes, glossary.shapes, HELP_LANGUAGES)

    # -- how documents are told

    def represented(
        self,
        request: Request,
        page: Callable[[str], str],
        triples: Callable[[], Iterable[Triple]],
        languages: tuple[str, ...] = LANGUAGES,
    ) -> Response:
        """A document in the format that its address, ``?format=`` or ``Accept`` asks for.

        Args:
            request: the request; its path is the address of the document, with or without an ending.
            page: makes the page for people, in a language.
            triples: gives what programs read; each format says the same.
            languages: the languages of the page.
        """
        path, asked = without_ending(request.scope["path"])
        asked = asked or request.query_params.get("format", "")
        name = format_asked(asked, request.headers.get("accept", ""), DOCUMENT_FORMATS, TRIPLES_ALSO)
        if name == "html":
            language = language_of(request, languages)
            links = {"Link": self._links(path, name, f"?lang={language}")}
            return self.html(page(language), request, headers=links, language=language)
        content = write(triples(), name, prefixes=guard.prefixes())
        links = {"Link": self._links(path, name)}
        return Response(content, headers=self.headers | links, media_type=DOCUMENT_FORMATS[name])

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

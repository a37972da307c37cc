"""What only a release has over HTTP: its files, the catalogue that lists them, the search in its words, what is new."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sankofa.errors import UnknownName
from sankofa.graph.releasing import Release
from sankofa.publish.catalogue import catalogue
from sankofa.publish.documents import ENDINGS
from sankofa.publish.dumps import dumps_of, sums_of
from sankofa.publish.feed import MEDIA_TYPE as ATOM
from sankofa.publish.feed import News, news, pages_of
from sankofa.publish.index import words
from sankofa.publish.search import MOST_LETTERS, MOST_RECORDS, MOST_WORDS, ON_A_PAGE, Search, search
from sankofa.serve.discovery import Discovery
from sankofa.serve.endpoint import language_of
from sankofa.serve.files import File, Sending
from sankofa.serve.negotiate import format_asked
from sankofa.serve.problems import Problem

if TYPE_CHECKING:
    from pyoxigraph import Triple
    from starlette.requests import Request

    from sankofa.graph import Graph
    from sankofa.serve.limits import Limits

#: The list of the digests of all dumps, by its name beside them.
SUMS = "SHA256SUMS"
#: What readers of feeds, and browsers, say that they take.
_FEED_ALSO = {"application/xml": "atom", "text/xml": "atom", "application/rss+xml": "atom", "text/html": "atom"}


class Published(Discovery):
    """The addresses of what a release has beside its graph. Another graph has none of them.

    Args:
        graph: what is served; for a network, what passed the gate, with its inferences.
        public_url: the address readers use, or None for the request's own.
        limits: what a request may take; None where one process answers all.
    """

    def __init__(self, graph: Graph, *, public_url: str | None = None, limits: Limits | None = None) -> None:
        """Know which files there are."""
        super().__init__(graph, public_url=public_url, limits=limits)
        self.release = graph if isinstance(graph, Release) else None
        self.pages.release = self.release.about if self.release is not None else None
        if self.release is not None:
            self.closed_to_crawlers = (*self.closed_to_crawlers, "/search", "/dumps/")
            folder = self.release.folder.absolute()
            self.files = {
                f"/{dump.path}": File(str(folder / dump.path), dump.size, dump.sha256, "application/gzip")
                for dump in dumps_of(self.release.about)
            }

    def published_routes(self) -> list[Route]:
        """The addresses of what a release has."""
        if (release := self.release) is None:
            return []
        return [
            *(Route(f"/dumps{ending}", partial(self.dumps, release)) for ending in ("", *ENDINGS)),
            *(Route(f"/catalogue{ending}", self.catalogue) for ending in ("", *ENDINGS)),
            Route("/dumps/{name}", partial(self.dump, release)),
            Route("/search", partial(self.search, release)),
            Route("/feed.atom", partial(self.feed, release)),
        ]

    def dumps(self, release: Release, request: Request) -> Response:
        """The files of the release: a list for people, the catalogue for programs."""
        return self.represented(request, self.pages.dumps, lambda: self._catalogue(release, request))

    def catalogue(self, request: Request) -> Response:
        """The catalogue is described where its files are listed."""
        address = request.scope["path"].replace("/catalogue", "/dumps", 1)
        query = request.scope["query_string"].decode("latin-1")
        return RedirectResponse(f"{address}?{query}" if query else address, status_code=303, headers=self.headers)

    def dump(self, release: Release, request: Request) -> Response:
        """One file, or the list of their digests.

        Raises:
            UnknownName: there is no such file; the error names the nearest.
        """
        name = request.path_params["name"]
        offered = dumps_of(release.about)
        if name == SUMS:
            return Response(sums_of(offered), headers=self.headers, media_type="text/plain")
        if found := self.files.get(f"/dumps/{name}"):
            return Sending(found)
        raise UnknownName.among("dump", name, [each.name for each in offered])

    def search(self, release: Release, request: Request) -> Response:
        """The records that have all the words of a text.

        Raises:
            Problem: 400, there are too many words, or the page has no number.
        """
        offered = {"html": "text/html", "json": "application/json"}
        wanted = format_asked(request.query_params.get("format", ""), request.headers.get("accept", ""), offered)
        asked, page = request.query_params.get("q", ""), _page(request)
        if len(asked) > MOST_LETTERS or len(words(asked)) > MOST_WORDS:
            raise Problem(400, "long-search", letters=MOST_LETTERS, words=MOST_WORDS)
        language = language_of(request)
        found = search(release, release.index, asked, language, page, self._parts())
        if wanted == "html":
            return self.html(self.pages.search(language, found), request)
        return JSONResponse(self._told(request, found, language), headers=self.headers)

    def feed(self, release: Release, request: Request) -> Response:
        """What is new, as an Atom feed."""
        format_asked("", request.headers.get("accept", ""), {"atom": ATOM}, _FEED_ALSO)
        found, page, language = self._news(release), _page(request), language_of(request)
        if page > pages_of(found):
            raise HTTPException(404)
        text = self.pages.feed(language, found, self.address(request, ""), page)
        return Response(text, headers=self.headers | {"Content-Language": language}, media_type=ATOM)

    def leads(self) -> list[tuple[str, str, str]]:
        """What describes all there is, and the ways into a release."""
        if self.release is None:
            return super().leads()
        return [
            *super().leads(),
            ("/dumps.ttl", "describedby", "text/turtle"),
            ("/search", "search", "text/html"),
            ("/feed.atom", "alternate", ATOM),
        ]

    def read_ahead(self) -> None:
        """Read now what takes a while, for all who will ask."""
        super().read_ahead()
        if self.release is not None:
            self._news(self.release)

    def know(self, read: dict[str, Any]) -> None:
        """Take over what was read ahead; the index of words is beside the graph."""
        super().know(read)
        if self.release is not None:
            _ = self.release.index

    def _news(self, release: Release) -> list[News]:
        return self.once("news", lambda: news(release.folder, release.about, release.has))

    def _told(self, request: Request, found: Search, language: str) -> dict[str, Any]:
        """What was found, for programs."""
        prefix = self.graph.record_prefix

        def address(page: int) -> str:
            return self.address(request, f"search?{urlencode({'q': found.asked, 'lang': language, 'page': page})}")

        told = {
            "query": found.asked,
            "total": found.total,
            "more": found.is_cut,
            "page": found.page,
            "pages": found.pages,
            "records": [
                {
                    "record": hit.iri,
                    "document": self.address(request, f"doc/{hit.iri.removeprefix(prefix)}"),
                    "kind": hit.kind,
                    "title": hit.title.text,
                    "titleLanguage": hit.title.lang,
                    "text": [{"text": piece.text, "found": piece.found} for piece in hit.text],
                    "textLanguage": hit.lang,
                }
                for hit in found.hits
            ],
        }
        return told | ({"next": address(found.page + 1)} if found.page < found.pages else {})

    def _catalogue(self, release: Release, request: Request) -> list[Triple]:
        return catalogue(
            release,
            release.about,
            release.about.base,
            served=self.address(request, ""),
            described=self._void(),
            sizes=self._sizes(),
        )


def _page(request: Request) -> int:
    """The page that is asked for.

    Raises:
        Problem: 400, it is no number.
    """
    value = request.query_params.get("page", "") or "1"
    if not (value.isascii() and value.isdigit() and 0 < len(value) < 10 and int(value)):
        raise Problem(400, "no-number", name="page", value=value[:40])
    return min(int(value), -(-MOST_RECORDS // ON_A_PAGE))

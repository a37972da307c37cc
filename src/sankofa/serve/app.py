"""The public side over HTTP: read-only, from a graph that holds nothing but what passed the gate."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sankofa.errors import ParameterError, SankofaError, UnknownName
from sankofa.publish.pages import LANGUAGES, Pages
from sankofa.serve.negotiate import preferred

if TYPE_CHECKING:
    from sankofa.graph import Graph

#: name for ?format=, media type; the first of each is what a client without a wish gets.
ROW_FORMATS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
BOOLEAN_FORMATS = {"json": ROW_FORMATS["json"], "xml": ROW_FORMATS["xml"]}
TRIPLE_FORMATS = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
#: other names that clients use for the same formats
ALSO = {"application/json": "json", "application/xml": "xml", "text/xml": "xml", "application/turtle": "turtle"}
READ_ONLY = {"Access-Control-Allow-Origin": "*", "Vary": "Accept, Accept-Language"}
MAX_QUERY = 100_000  # characters; longer queries get 413


class Site:
    """The handlers of one graph.

    Args:
        graph: what is served; for a network, what passed the gate.
        public_url: the address readers use, or None for the request's own.
    """

    def __init__(self, graph: Graph, *, public_url: str | None = None) -> None:
        """Prepare the pages; the graph is only read from now on."""
        self.graph = graph
        self.public_url = public_url
        self.pages = Pages(graph) if graph.base else None

    def routes(self) -> list[Route]:
        """Every address this site answers; the pages only where there is a network."""
        routes = [
            Route("/sparql", self._guarded(self.sparql), methods=["GET", "POST", "OPTIONS"]),
            Route("/health", self._guarded(self.health)),
        ]
        if self.pages is None:
            return routes
        return [
            *routes,
            Route("/", self._guarded(self.home)),
            Route("/kinds/{kind}", self._guarded(self.kind)),
            Route("/id/{kind}/{slug}", self._guarded(self.thing)),
            Route("/doc/{kind}/{slug}", self._guarded(self.document)),
            Route("/questions", self._guarded(self.questions)),
            Route("/questions.json", self._guarded(self.questions)),
            Route("/questions/{name}", self._guarded(self.question)),
        ]

    # -- pages ---------------------------------------------------------------------------------------------

    async def home(self, request: Request) -> Response:
        """The first page: what there is, by kind."""
        assert self.pages is not None  # noqa: S101 - the route exists only with pages
        return _html(self.pages.home(_language(request)), request)

    async def kind(self, request: Request) -> Response:
        """All records of a kind."""
        assert self.pages is not None  # noqa: S101
        return _html(self.pages.kind(request.path_params["kind"], _language(request)), request)

    async def thing(self, request: Request) -> Response:
        """A thing is no document: 303 to the document about it."""
        path = f"/doc/{request.path_params['kind']}/{request.path_params['slug']}"
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(path + query, status_code=303, headers=READ_ONLY)

    async def document(self, request: Request) -> Response:
        """The page about one record."""
        assert self.pages is not None  # noqa: S101
        kind, slug = request.path_params["kind"], request.path_params["slug"].removesuffix(".html")
        page = await run_in_threadpool(self.pages.record, kind, slug, _language(request))
        return _html(page, request)

    async def questions(self, request: Request) -> Response:
        """The catalogue of questions."""
        assert self.pages is not None  # noqa: S101
        wants_json = request.url.path.endswith(".json")
        if wants_json or _wants(request, ["text/html", "application/json"]) == "application/json":
            return JSONResponse([question.to_dict() for question in self.graph.questions.values()], headers=READ_ONLY)
        return _html(self.pages.questions(_language(request)), request)

    async def question(self, request: Request) -> Response:
        """One question's answer, as a page, as rows, or with its ground as JSON."""
        assert self.pages is not None  # noqa: S101
        name, language = request.path_params["name"], _language(request)
        for ending in ("html", "csv", "json"):
            if name.endswith(f".{ending}"):
                name, wanted = name.removesuffix(f".{ending}"), ending
                break
        else:
            wanted = request.query_params.get("format") or {
                "text/html": "html",
                "text/csv": "csv",
                "application/json": "json",
            }.get(_wants(request, ["text/html", "text/csv", "application/json"]), "html")
        given = {key: value for key, value in request.query_params.items() if key != "format" and value != ""}
        given.setdefault("lang", language)
        parameters = {parameter.name for parameter in self.graph.questions[name].parameters}
        if "lang" not in parameters:
            del given["lang"]
        if wanted == "html" and self.pages.lacks_a_value(name, given):
            return _html(self.pages.question(name, None, given, language), request)
        answer = await run_in_threadpool(lambda: self.graph.answer(name, **given))
        if wanted == "csv":
            return Response(answer.table.to_csv(), media_type="text/csv; charset=utf-8", headers=READ_ONLY)
        if wanted == "json":
            return Response(answer.to_json(language), media_type="application/json", headers=READ_ONLY)
        if wanted != "html":
            raise UnknownName.among("format", wanted, ["html", "csv", "json"])
        return _html(self.pages.question(name, answer, given, language), request)

    # -- machines ------------------------------------------------------------------------------------------

    async def health(self, request: Request) -> Response:
        """Whether it answers, and how much there is."""
        return JSONResponse({"status": "ok", "triples": len(self.graph)}, headers=READ_ONLY)

    async def sparql(self, request: Request) -> Response:
        """SPARQL 1.1 Protocol, the query operation: GET, POST form, POST direct."""
        if request.method == "OPTIONS":
            allow = {
                "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
                "Access-Control-Allow-Headers": "Accept, Content-Type",
            }
            return Response(status_code=204, headers=READ_ONLY | allow)
        query = await _query_of(request)
        if query is None:
            if self.pages is not None and _wants(request, ["text/plain", "text/html"]) == "text/html":
                return _html(self.pages.sparql(_language(request)), request)
            raise ParameterError("no query was sent", hint="send it as ?query=…, or as the body of a POST")
        form = request.query_params.get("format", "")
        accept = request.headers.get("accept", "")

        def run() -> tuple[bytes, str]:
            results = self.graph.raw_query(query)
            offered = {"bool": BOOLEAN_FORMATS, "rows": ROW_FORMATS, "triples": TRIPLE_FORMATS}[results.form]
            name = _format(form, accept, offered)
            return results.serialize(name), offered[name]

        body, media_type = await run_in_threadpool(run)
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        return Response(body, headers=READ_ONLY | {"Content-Type": media_type + charset})

    @staticmethod
    def _guarded(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Tell our own errors as they are, with their status; nothing else ever reaches a reader in detail."""

        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except SankofaError as error:
                return problem(request, error.http_status, error)

        return guarded


def application(graph: Graph, *, public_url: str | None = None) -> Starlette:
    """The ASGI application that serves a graph read-only.

    Args:
        graph: what is served; pass what :func:`sankofa.publish.release.released` gave for a network.
        public_url: the address readers use, when another server stands in front.

    Example:
        >>> import sankofa
        >>> app = application(sankofa.open())  # doctest: +SKIP
    """

    async def http_error(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        texts = {404: "there is no such page", 405: "this address does not take that method"}
        plain = SankofaError(texts.get(status, "this could not be answered"), hint="start from / or ask /sparql")
        response = problem(request, status, plain)
        response.headers.update(headers)
        return response

    site = Site(graph, public_url=public_url)
    return Starlette(routes=site.routes(), exception_handlers={HTTPException: http_error, 500: http_error})


def problem(request: Request, status: int, error: SankofaError) -> Response:
    """An error as problem+json (RFC 9457), or as plain words for a browser."""
    content: dict[str, object] = {"type": "about:blank", "title": error.what, "status": status}
    if error.hint:
        content["detail"] = error.hint
    for name in ("line", "column", "token"):
        if value := getattr(error, name, None):
            content[name] = value
    if _wants(request, ["application/problem+json", "text/html"]) == "text/html":
        return Response(f"{error}\n", status_code=status, media_type="text/plain", headers=READ_ONLY)
    body = json.dumps(content, ensure_ascii=False)
    return Response(body, status_code=status, media_type="application/problem+json", headers=READ_ONLY)


async def _query_of(request: Request) -> str | None:
    """The query of a request, by the three ways of the protocol; None when there is none."""
    if request.method == "GET":
        values = request.query_params.getlist("query")
        if "update" in request.query_params:
            raise _Refused(405, "updates are not taken here", "query with GET or POST")
    else:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await request.body()
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            raise ParameterError("the query is not UTF-8", hint="encode it as UTF-8") from None
        if media_type == "application/sparql-query":
            values = [text]
        elif media_type == "application/x-www-form-urlencoded":
            form = parse_qs(text, keep_blank_values=True)
            if "update" in form:
                raise _Refused(403, "updates are not taken here", "query with GET or POST")
            values = form.get("query", [])
        else:
            raise _Refused(
                415,
                f"a query is not sent as '{media_type or 'nothing'}'",
                "use application/sparql-query or application/x-www-form-urlencoded",
            )
    if len(values) > 1:
        raise ParameterError("more than one query was sent", hint="send one")
    if values and len(values[0]) > MAX_QUERY:
        raise _Refused(413, "the query is too long", f"keep it under {MAX_QUERY} characters, or take a dump")
    return values[0] if values else None


class _Refused(SankofaError):  # noqa: N818
    """A request that the protocol answers with a status of its own."""

    def __init__(self, status: int, what: str, hint: str) -> None:
        self.http_status = status  # type: ignore[misc]
        super().__init__(what, hint=hint)


def _format(name: str, accept: str, offered: dict[str, str]) -> str:
    """The format asked for by ?format= or by Accept, or 406 with what there is."""
    if name:
        name = ALSO.get(name, name)
        if name in offered:
            return name
        by_type = {media_type: key for key, media_type in offered.items()}
        if name in by_type:
            return by_type[name]
    else:
        also = {media_type: key for media_type, key in ALSO.items() if key in offered}
        names = {media_type: key for key, media_type in offered.items()} | also
        if found := preferred(accept, list(names)):
            return names[found]
        if preferred(accept, ["text/html"]):  # a browser that asks for a page gets what it can show
            return next(iter(offered))
    raise _Refused(406, "there is no such format here", f"choose among {', '.join(offered)}")


def _wants(request: Request, offered: list[str]) -> str:
    return preferred(request.headers.get("accept", ""), offered) or offered[0]


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return preferred(request.headers.get("accept-language", ""), LANGUAGES) or LANGUAGES[0]


def _html(page: str, request: Request) -> Response:
    return Response(
        page,
        media_type="text/html; charset=utf-8",
        headers=READ_ONLY | {"Content-Language": _language(request), "Content-Security-Policy": CSP},
    )


CSP = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; form-action 'self'; base-uri 'none'"

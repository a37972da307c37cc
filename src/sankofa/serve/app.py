"""The public side over HTTP: read-only, from a graph that holds nothing but what passed the gate."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sankofa.errors import ForbiddenQuery, ParameterError, QueryError, SankofaError, UnknownName
from sankofa.publish.layout import HELP_LANGUAGES, LANGUAGES, content_security_policy, words
from sankofa.publish.pages import Pages
from sankofa.serve import protocol
from sankofa.serve.negotiate import format_asked, preferred

if TYPE_CHECKING:
    from starlette.requests import Request

    from sankofa.graph import Graph
    from sankofa.store import Embedded

QUESTION_FORMATS = {"html": "text/html", "csv": "text/csv", "json": "application/json"}
#: What each answer says of itself: anybody may read it from a page of theirs; it depends on what was asked for.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Vary": "Accept, Accept-Language",
    "X-Content-Type-Options": "nosniff",
}


class Site:
    """The handlers of one graph.

    Args:
        graph: what is served; for a network, what passed the gate, with its inferences.
        public_url: the address readers use, or None for the request's own.
    """

    def __init__(self, graph: Graph, *, public_url: str | None = None) -> None:
        """Read what each page needs now, so that the first reader does not wait for it."""
        self.graph = graph
        self.store = cast("Embedded", graph.store)  # prepare() brings whatever it opens into memory
        self.public_url = public_url
        self.pages = Pages(graph, origin=public_url or "")
        self.triples = len(graph)
        self.pages.sparql(LANGUAGES[0])
        if graph.base:
            self.pages.questions(LANGUAGES[0])

    def routes(self) -> list[Route]:
        """Every address this site answers; the pages only where there is a network."""
        routes = [
            Route("/sparql", self.sparql, methods=["GET", "POST", "OPTIONS"]),
            Route("/health", self.health),
            Route("/help", self.help),
            Route("/help/{code}", self.help),
        ]
        if self.graph.base is None:
            return [*routes, Route("/", self.to_sparql)]
        return [
            *routes,
            Route("/", self.home),
            Route("/kinds/{kind}", self.kind),
            Route("/id/{kind}/{slug}", self.thing),
            Route("/doc/{kind}/{slug}", self.document),
            Route("/questions", self.questions),
            Route("/questions.json", self.questions),
            Route("/questions/{name}", self.question),
        ]

    # -- pages

    def home(self, request: Request) -> Response:
        """The first page: what there is, by kind."""
        return _html(self.pages.home(_language(request)), request)

    def to_sparql(self, request: Request) -> Response:
        """Files that are no network's have no pages: the way to ask them."""
        return RedirectResponse("/sparql", status_code=303, headers=HEADERS)

    def kind(self, request: Request) -> Response:
        """All records of a kind."""
        return _html(self.pages.kind(request.path_params["kind"], _language(request)), request)

    def thing(self, request: Request) -> Response:
        """A thing is no document: 303 to the document about it."""
        kind, slug = request.path_params["kind"], request.path_params["slug"]
        self.pages.iri_of(kind, slug)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/doc/{kind}/{slug}{query}", status_code=303, headers=HEADERS)

    def document(self, request: Request) -> Response:
        """The page about one record."""
        slug = request.path_params["slug"]
        if not slug.endswith(".html"):
            format_asked("", request.headers.get("accept", ""), {"html": "text/html"})
        page = self.pages.record(request.path_params["kind"], slug.removesuffix(".html"), _language(request))
        return _html(page, request)

    def questions(self, request: Request) -> Response:
        """The catalogue of questions, as a page or as JSON."""
        offered = {name: QUESTION_FORMATS[name] for name in ("html", "json")}
        name = "json" if request.url.path.endswith(".json") else request.query_params.get("format", "")
        if format_asked(name, request.headers.get("accept", ""), offered) == "json":
            return JSONResponse([question.to_dict() for question in self.graph.questions.values()], headers=HEADERS)
        return _html(self.pages.questions(_language(request)), request)

    def question(self, request: Request) -> Response:
        """One question's answer: as a page, as rows, or as JSON with the records behind each row."""
        name, _, ending = request.path_params["name"].partition(".")
        language = _language(request)
        question = self.graph.questions[name]
        known = {parameter.name for parameter in question.parameters}
        given = {key: value for key, value in request.query_params.items() if value != ""}
        asked = ending or ("" if "format" in known else given.pop("format", ""))
        wanted = format_asked(asked, request.headers.get("accept", ""), QUESTION_FORMATS)
        given["lang"] = language if wanted == "html" else given.get("lang", language)
        if "lang" not in known:
            del given["lang"]
        for key in given.keys() - known:
            error = UnknownName.among("parameter", key, sorted(known))
            raise ParameterError(error.what, where=f"question '{name}'", hint=error.hint)
        if wanted == "html" and self.pages.lacks_a_value(name, given):
            return _html(self.pages.question(name, None, given, language), request)
        answer = self.graph.answer(name, **given)
        if wanted == "html":
            return _html(self.pages.question(name, answer, given, language), request)
        text = answer.to_csv() if wanted == "csv" else answer.to_json(language)
        file = {"Content-Disposition": f'inline; filename="{name}.{wanted}"'}
        return Response(text, headers=HEADERS | file, media_type=QUESTION_FORMATS[wanted])

    def help(self, request: Request) -> Response:
        """What the codes of findings mean, or one of them."""
        format_asked("", request.headers.get("accept", ""), {"html": "text/html"})
        language = _language(request, HELP_LANGUAGES)
        code = request.path_params.get("code", "")
        page = self.pages.help_on(code, language) if code else self.pages.help(language)
        return _html(page, request, language=language)

    # -- machines

    def health(self, request: Request) -> Response:
        """Whether it answers, and how much there is."""
        return JSONResponse({"status": "ok", "triples": self.triples}, headers=HEADERS)

    async def sparql(self, request: Request) -> Response:
        """The query operation of the SPARQL 1.1 Protocol."""
        if request.method == "OPTIONS":
            return Response(
                status_code=204,
                headers=HEADERS
                | {
                    "Allow": "GET, HEAD, OPTIONS, POST",
                    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS, POST",
                    "Access-Control-Allow-Headers": "Accept, Content-Type",
                },
            )
        asked = await protocol.read(request)
        if asked is not None:
            return await run_in_threadpool(self._answer, request, asked)
        if preferred(request.headers.get("accept", ""), ["application/problem+json", "text/html"]) == "text/html":
            return await run_in_threadpool(lambda: _html(self.pages.sparql(_language(request)), request))
        raise HTTPException(400, "no query was sent: send it as ?query=…, or as the body of a POST")

    def _answer(self, request: Request, asked: protocol.Asked) -> Response:
        base = f"{self.public_url}sparql" if self.public_url else str(request.url.replace(query=""))
        try:
            NamedNode(base)
        except ValueError:
            raise HTTPException(400, "the Host header names no host") from None
        results = self.store.query(asked.query, base_iri=base, dataset=asked.dataset)
        offered = protocol.form_of(results)
        name = format_asked(asked.format, request.headers.get("accept", ""), offered, protocol.ALSO)
        if name != "html":
            return Response(protocol.written(results, name), headers=HEADERS, media_type=offered[name])
        language = _language(request)
        if isinstance(results, QuerySolutions):
            page = self.pages.rows(language, asked.query, results)
        elif isinstance(results, QueryBoolean):
            page = self.pages.text(language, asked.query, words(language)["yes" if results else "no"])
        else:
            triples = protocol.written(results, "turtle").decode("utf-8")
            page = self.pages.text(language, asked.query, triples)
        return _html(page, request)

    # -- errors

    def refused(self, request: Request, error: Exception) -> Response:
        """Tell an error as problem+json (RFC 9457), or as a page to who asks for one; no more than its own words."""
        status, detail, headers = 500, "this could not be answered", dict(HEADERS)
        more: dict[str, object] = {}
        if isinstance(error, SankofaError):
            status, detail = error.http_status, str(error)
            if isinstance(error, ForbiddenQuery):  # its hint is for who asks from Python or the command line
                detail = f"{error.where}: {error.what}"
        elif isinstance(error, HTTPException):
            status, detail = error.status_code, error.detail
            if allowed := (error.headers or {}).get("Allow"):
                headers["Allow"] = ", ".join(sorted(method.strip() for method in allowed.split(",")))
                detail = f"{request.method} is not taken at this address: use {headers['Allow']}"
            elif detail == HTTPStatus(status).phrase:
                detail = f"there is no page '{request.url.path}': start from / or ask /sparql"
        if isinstance(error, QueryError):
            more = {key: value for key in ("line", "column", "token") if (value := getattr(error, key))}
        if preferred(request.headers.get("accept", ""), ["application/problem+json", "text/html"]) == "text/html":
            return _html(self.pages.problem(_language(request), status, detail), request, status, headers)
        content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail} | more
        body = json.dumps(content, ensure_ascii=False)
        return Response(body, status_code=status, media_type="application/problem+json", headers=headers)


def application(graph: Graph, *, public_url: str | None = None) -> Starlette:
    """The ASGI application that serves a graph read-only.

    Args:
        graph: what is served; pass what :func:`sankofa.serve.prepare` gave.
        public_url: the address readers use, when another server stands in front; it ends with ``/``.

    Example:
        >>> from sankofa.graph.opening import plain
        >>> [route.path for route in application(plain()).routes]
        ['/sparql', '/health', '/help', '/help/{code}', '/']
    """
    site = Site(graph, public_url=public_url)
    errors = {kind: partial(site.refused) for kind in (SankofaError, HTTPException, 500)}
    return Starlette(routes=site.routes(), exception_handlers=errors)


def _language(request: Request, among: tuple[str, ...] = LANGUAGES) -> str:
    asked = request.query_params.get("lang", "")
    if asked in among:
        return asked
    return preferred(request.headers.get("accept-language", ""), among) or among[0]


def _html(
    page: str, request: Request, status: int = 200, headers: dict[str, str] | None = None, *, language: str = ""
) -> Response:
    own = {"Content-Language": language or _language(request), "Content-Security-Policy": content_security_policy()}
    return Response(page, status_code=status, media_type="text/html", headers=(headers or HEADERS) | own)

"""The public side over HTTP: read-only, from a graph that holds nothing but what passed the gate."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sankofa.errors import ParameterError, SankofaError, UnknownName
from sankofa.publish.layout import LANGUAGES, compile_templates
from sankofa.serve.endpoint import language_of
from sankofa.serve.negotiate import format_asked
from sankofa.serve.problems import Problem
from sankofa.serve.published import Published
from sankofa.store.shelved import Shelved

if TYPE_CHECKING:
    from starlette.middleware import Middleware
    from starlette.types import Receive, Scope, Send

    from sankofa.graph import Graph
    from sankofa.serve.limits import Limits

#: What the front says by itself, with its status.
FRONT = {
    "too-slow": 503,
    "too-large": 503,
    "ended": 503,
    "busy": 503,
    "too-long-an-answer": 503,
    "too-many-at-once": 429,
    "too-much-time": 429,
    "too-many-errors": 429,
}
QUESTION_FORMATS = {
    "html": "text/html",
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Site(Published):
    """The handlers of one graph: what programs ask, and the pages.

    Args:
        graph: what is served; for a network, what passed the gate, with its inferences.
        public_url: the address readers use, or None for the request's own.
        limits: what a request may take; None where one process answers all.
    """

    def __init__(self, graph: Graph, *, public_url: str | None = None, limits: Limits | None = None) -> None:
        """Read what each page needs now, so that the first reader does not wait for it."""
        super().__init__(graph, public_url=public_url, limits=limits)
        if isinstance(graph.store, Shelved):
            compile_templates()
            _ = list(graph.questions.values()), graph.fields
            return  # what is in its files is read by who answers
        self.pages.sparql(LANGUAGES[0])
        if graph.base:
            self.pages.questions(LANGUAGES[0])

    def routes(self) -> list[Route]:
        """Every address this site answers; the pages only where there is a network."""
        routes = [
            *self.endpoint_routes(),
            *self.discovery_routes(),
            Route("/health", self.health),
            Route("/help", self.help),
            Route("/help/{code}", self.help),
        ]
        if self.graph.base is None:
            return [*routes, Route("/", self.to_sparql)]
        return [
            *routes,
            *self.published_routes(),
            Route("/", self.home),
            Route("/kinds/{kind}", self.kind),
            Route("/withdrawn/{digest}", self.tombstone),
            Route("/questions", self.questions),
            Route("/questions.json", self.questions),
            Route("/questions/{name}", self.question),
        ]

    # -- pages

    def home(self, request: Request) -> Response:
        """The first page: what there is, by kind."""
        return self.html(self.pages.home(language_of(request)), request, headers=self.leading_on())

    def to_sparql(self, request: Request) -> Response:
        """Files that are no network's have no pages: the way to ask them."""
        return RedirectResponse("/sparql", status_code=303, headers=self.headers | self.leading_on())

    def kind(self, request: Request) -> Response:
        """All records of a kind."""
        return self.html(self.pages.kind(request.path_params["kind"], language_of(request)), request)

    def tombstone(self, request: Request) -> Response:
        """What a reference to a withdrawn record leads to."""
        self.pages.refuse_withdrawn(request.path_params["digest"])
        raise HTTPException(404)

    def questions(self, request: Request) -> Response:
        """The catalogue of questions, as a page or as JSON."""
        offered = {name: QUESTION_FORMATS[name] for name in ("html", "json")}
        name = "json" if request.scope["path"].endswith(".json") else request.query_params.get("format", "")
        if format_asked(name, request.headers.get("accept", ""), offered) == "json":
            return JSONResponse(
                [question.to_dict() for question in self.graph.questions.values()], headers=self.headers
            )
        return self.html(self.pages.questions(language_of(request)), request)

    def question(self, request: Request) -> Response:
        """One question's answer: as a page, as rows, or as JSON with the records behind each row."""
        name, _, ending = request.path_params["name"].partition(".")
        language = language_of(request)
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
            return self.html(self.pages.question(name, None, given, language), request)
        answer = self.graph.answer(name, **given)
        if wanted == "html":
            page, headers = self.pages.question(name, answer, given, language), self.cut(self.pages.is_cut(answer))
            return self.html(page, request, headers=headers)
        content: str | bytes
        if wanted == "xlsx":
            content = answer.table.to_xlsx()
        else:
            content = answer.to_csv() if wanted == "csv" else answer.to_json(language)
        shown = "attachment" if wanted == "xlsx" else "inline"
        file = {"Content-Disposition": f'{shown}; filename="{name}.{wanted}"'}
        return Response(content, headers=self.headers | file, media_type=QUESTION_FORMATS[wanted])

    def help(self, request: Request) -> Response:
        """What the codes of findings mean, or one of them."""
        format_asked("", request.headers.get("accept", ""), {"html": "text/html"})
        language = language_of(request)
        code = request.path_params.get("code", "")
        page = self.pages.help_on(code, language) if code else self.pages.help(language)
        return self.html(page, request)

    # -- machines

    def health(self, request: Request) -> Response:
        """Whether it answers, and how much there is."""
        triples = self.once("triples", lambda: len(self.graph))
        return JSONResponse({"status": "ok", "triples": triples}, headers=self.headers)


def application(graph: Graph, *, public_url: str | None = None) -> Starlette:
    """The ASGI application that serves a graph read-only.

    Args:
        graph: what is served; pass what :func:`sankofa.serve.prepare` gave.
        public_url: the address readers use, when another server stands in front; it ends with ``/``.

    Example:
        >>> from sankofa.graph.opening import plain
        >>> [route.path for route in application(plain()).routes][:5]
        ['/sparql', '/graphs', '/graphs/{name:path}', '/.well-known/void', '/robots.txt']
    """
    return as_application(Site(graph, public_url=public_url))


def as_application(site: Site, *, middleware: Sequence[Middleware] = ()) -> Starlette:
    """A site as an ASGI application; whatever it raises is told as a problem.

    Args:
        site: what is served.
        middleware: what stands before it.

    Example:
        >>> from sankofa.graph.opening import plain
        >>> len(as_application(Site(plain())).routes)
        9
    """
    errors = {kind: partial(site.refused) for kind in (SankofaError, HTTPException, 500)}
    kind = Starlette if middleware else partial(_QueriesFirst, site)
    return kind(routes=site.routes(), exception_handlers=errors, middleware=middleware)


class _QueriesFirst(Starlette):
    """Takes queries, which are asked most, past all routes: those take a fifth of the time of a short answer."""

    def __init__(self, site: Site, **others: Any) -> None:
        super().__init__(**others)
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/sparql" or scope["method"] not in ("GET", "POST"):
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._site.sparql(request)
            await response(scope, receive, send)
        except Exception as error:
            await self._site.refused(request, error)(scope, receive, send)
            if not isinstance(error, SankofaError | HTTPException):
                raise


def told_by_the_front(site: Site, limits: Limits) -> dict[str, Any]:
    """What a server says and sends without any worker.

    What it says when none can answer: by case, then as page or as JSON, then by language. What it sends: under
    ``files``, by path.

    Args:
        site: what is served.
        limits: what a request may take.

    Returns:
        For each sentence the status, the headers and the body; the files.

    Example:
        >>> from sankofa.graph.opening import plain
        >>> from sankofa.serve.limits import Limits
        >>> told_by_the_front(Site(plain()), Limits())["too-slow"]["json"]["en"][0]
        503
    """
    values: dict[str, Any] = {"seconds": f"{limits.seconds:g}", "size": f"{limits.worker_memory / 10**6:g} MB"}
    told: dict[str, Any] = {"files": dict(site.files)}
    for case, status in FRONT.items():
        for form, accept in (("json", "application/problem+json"), ("html", "text/html")):
            for lang in LANGUAGES:
                headers = [(b"accept", accept.encode()), (b"accept-language", lang.encode())]
                request = Request(
                    {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
                )
                answer = site.refused(request, Problem(status, case, **values))
                pairs = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in answer.raw_headers]
                told.setdefault(case, {}).setdefault(form, {})[lang] = (status, pairs, bytes(answer.body).decode())
    return told

"""The private side over HTTP: the graph that stewards work in, and the only way to change it from outside.

It shows drafts. Who has the token reads and writes; who has not may read on the same machine, as long as the server
listens there alone, and no page of another site may (there is no ``Access-Control-Allow-Origin`` here). The public
side never imports this module.
"""

from __future__ import annotations

import hmac
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any, cast

from pyoxigraph import DefaultGraph, NamedNode, Quad
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sankofa.errors import ReadOnly
from sankofa.fields.model import LEVELS
from sankofa.serve import protocol
from sankofa.serve.app import Site, as_application
from sankofa.serve.endpoint import language_of
from sankofa.serve.problems import Problem
from sankofa.store.changes import Change
from sankofa.store.formats import FORMATS, format_of, read
from sankofa.store.sentences import refusal
from sankofa.store.update import change_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sankofa.graph import Graph
    from sankofa.store import Embedded

MAX_UPLOAD = 50_000_000  # bytes; more goes in with `sankofa load`
_PARTS = "multipart/form-data"
_MOST_FINDINGS = 100
_WHO = "steward"
#: What a request calls this server when it is meant for this machine; a page of another site cannot say it.
_THIS_MACHINE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?", re.IGNORECASE)
_MEDIA_TYPES = {each.media_type: each.name for each in FORMATS.values()}
_MEDIA_TYPES |= {other: name for other, name in protocol.TRIPLES_ALSO.items() if "/" in other}


class PrivateSite(Site):
    """The handlers of the graph that stewards work in.

    Args:
        graph: a network's graph that takes changes.
        token: what who writes must send.
        public_url: the address readers use, or None for the request's own.
        open_to_readers: whether who is on the same machine may read without the token.
    """

    takes_updates = True
    graph_methods = ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
    headers = {  # noqa: RUF012 - never changed
        "Cache-Control": "no-store",
        "Vary": "Accept, Accept-Language, Authorization",
        "X-Content-Type-Options": "nosniff",
    }

    def __init__(self, graph: Graph, token: str, *, public_url: str | None = None, open_to_readers: bool) -> None:
        """Judge the graph now, so that the first change need not wait for it."""
        super().__init__(graph, public_url=public_url)
        self.pages.drafts = True
        self._token = token.encode()
        self._open = open_to_readers
        self._writing = threading.Lock()
        self._last_name = 0
        graph.validate()

    @property
    def store(self) -> Embedded:
        """The store that answers, its inferences up to date."""
        return cast("Embedded", self.graph.store_to_ask())

    # -- who may

    def may_read(self, request: Request) -> bool:
        """Whether a request may read: it has the token, or it comes from this machine and is meant for it."""
        return self._has_token(request) or (
            self._open and bool(_THIS_MACHINE.fullmatch(request.headers.get("host", "")))
        )

    def _has_token(self, request: Request) -> bool:
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), self._token)

    def _refuse_without_token(self, request: Request) -> None:
        if not self._has_token(request):
            raise no_token(request)

    # -- changing

    async def sparql(self, request: Request) -> Response:
        """The SPARQL 1.1 Protocol; updates with the token."""
        most = self.limits.query
        longest = MAX_UPLOAD if self._has_token(request) else most
        asked = None
        if request.method != "OPTIONS":
            asked = await protocol.read(request, longest_query=most, longest_update=longest)
        if asked is None:
            return await super().sparql(request)
        if not asked.update:
            return self.answering(request, asked)
        self._refuse_without_token(request)

        def update() -> Change:
            base = self.address(request, "sparql")
            return change_of(self.store, asked.text, base_iri=base, using=asked.dataset)

        return await run_in_threadpool(self._commit, request, update, "SPARQL Update")

    async def graphs(self, request: Request) -> Response:
        """The Graph Store Protocol; its writing half with the token."""
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return await super().graphs(request)
        self._refuse_without_token(request)
        graph = cast("NamedNode | None", self.graph_meant(request))  # a network's graphs all have names
        self._refuse_closed(graph)
        if graph is None:
            if request.method != "POST":
                raise Problem(400, "which-graph")
            graph = self._new_name(request)
        if request.method == "DELETE":
            return await run_in_threadpool(self._delete, request, graph)
        accepted = [protocol.UPDATE] if request.method == "PATCH" else list(_MEDIA_TYPES)
        if request.method == "POST":
            accepted.append(_PARTS)
        media_type = protocol.media_type_of(request, accepted)
        body = await protocol.body_of(request, MAX_UPLOAD)
        if request.method == "PATCH":
            return await run_in_threadpool(self._patch, request, graph, body)
        return await run_in_threadpool(self._write, request, graph, media_type, body)

    def _write(self, request: Request, graph: NamedNode, media_type: str, body: bytes) -> Response:
        """PUT replaces the content of a graph, POST adds to it; without a name it makes a new one."""
        name = _MEDIA_TYPES.get(media_type)
        if name is None:
            added = _from_parts(request.headers["content-type"], body, graph)
        else:
            added = _triples(body, name, graph)
        with self._writing:
            before = self.quads_in(graph)
            change = Change(removed=tuple(before) if request.method == "PUT" else (), added=tuple(added))
            new = bool(added) and not before and not self.is_always_there(graph)
            headers = {"Location": graph.value} if new else {}
            why = f"{request.method} {graph}"
            return self._commit_locked(request, lambda: change, why, status=201 if new else 200, headers=headers)

    def _delete(self, request: Request, graph: NamedNode) -> Response:
        with self._writing:
            removed = self.quads_in(graph)
            if not removed and not self.is_always_there(graph):
                raise Problem(404, "no-such-graph", graph=graph.value)
            return self._commit_locked(request, lambda: Change(removed=tuple(removed)), f"DELETE {graph}")

    def _patch(self, request: Request, graph: NamedNode, body: bytes) -> Response:
        """PATCH is an update whose default graph is the one that is named."""

        def update() -> Change:
            change = change_of(self.store, protocol.text_of(body), base_iri=graph.value, default=graph)
            others = {quad.graph_name for quad in (*change.removed, *change.added)} - {graph, DefaultGraph()}
            if others:
                raise Problem(422, "other-graph", graph=min(str(other)[1:-1] for other in others))
            return change

        return self._commit(request, update, f"PATCH {graph}")

    def _commit(self, request: Request, make: Callable[[], Change], why: str) -> Response:
        with self._writing:
            return self._commit_locked(request, make, why)

    def _commit_locked(
        self,
        request: Request,
        make: Callable[[], Change],
        why: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Make one logged change, have it validated, and say what it came to."""
        done = self.graph.store.apply(replace(make(), who=_WHO, why=why))
        language = language_of(request)
        content: dict[str, Any] = {
            "change": done.number or None,
            "added": len(done.added),
            "removed": len(done.removed),
            **self._findings(done, language),
        }
        own = {"Content-Language": language} | (headers or {})
        return JSONResponse(content, status_code=status, headers=self.headers | own)

    def _findings(self, done: Change, language: str) -> dict[str, Any]:
        """What validation says of the records that a change touches, as far as it is about the network's records."""
        asserted = self.graph.store.graphs.asserted
        if not any(quad.graph_name == asserted for quad in (*done.removed, *done.added)):
            return {"findings": []}
        report = self.graph.validate()
        found = [finding for finding in getattr(report, "touched", ()) if finding.record in done.records]
        levels = {level: sum(finding.level == level for finding in found) for level in LEVELS}
        return {"levels": levels, "findings": [finding.as_dict(language) for finding in found[:_MOST_FINDINGS]]}

    def _new_name(self, request: Request) -> NamedNode:
        """A name for a new graph: the number of the change that makes it, or the next that nobody has."""
        with self._writing:
            self._last_name = max(self._last_name, self.store.version) + 1
            while self.quads_in(name := protocol.iri(self.address(request, f"graphs/{self._last_name}"), "graph")):
                self._last_name += 1
            return name

    def _refuse_closed(self, graph: NamedNode | None) -> None:
        graphs = self.graph.store.graphs
        if graph in graphs.closed:
            raise refusal(ReadOnly, "closed-graph", {"asserted": graphs.asserted.value}, where=str(graph))


class _ReadersAtTheDoor:
    """Lets through to the site only who may read; who may write is decided where something is written."""

    def __init__(self, app: ASGIApp, site: PrivateSite) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._site.may_read(request := Request(scope)):
            await self._site.refused(request, no_token(request))(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def private_application(graph: Graph, token: str, *, public_url: str | None, open_to_readers: bool) -> Starlette:
    """The ASGI application of the private side.

    Args:
        graph: a network's graph that takes changes.
        token: what who writes must send, as ``Authorization: Bearer …``.
        public_url: the address readers use, when another server stands in front; it ends with ``/``.
        open_to_readers: whether who is on the same machine may read without the token.

    Example:
        >>> from sankofa.graph.opening import in_memory
        >>> graph = in_memory("https://example.org/net/")
        >>> app = private_application(graph, "a secret", public_url=None, open_to_readers=True)
        >>> sorted(app.routes[1].methods)
        ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
    """
    site = PrivateSite(graph, token, public_url=public_url, open_to_readers=open_to_readers)
    return as_application(site, middleware=[Middleware(_ReadersAtTheDoor, site)])


def no_token(request: Request) -> Problem:
    """The answer to who sends no token, or another one."""
    wrong = ', error="invalid_token"' if "authorization" in request.headers else ""
    return Problem(401, "token", {"WWW-Authenticate": f'Bearer realm="sankofa"{wrong}'})


def _triples(body: bytes, name: str, graph: NamedNode, label: str = "b") -> list[Quad]:
    """The triples of one document, for one graph."""
    if body.startswith(b"\x1f\x8b"):
        raise Problem(415, "compressed")
    quads = read(body, format=name, base_iri=graph.value, name="the body", label=label)
    if any(not isinstance(quad.graph_name, DefaultGraph) for quad in quads):
        raise Problem(400, "graphs-inside")
    return [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads]


def _from_parts(content_type: str, body: bytes, graph: NamedNode) -> list[Quad]:
    """The triples of several documents that came as the files of a form."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise Problem(400, "broken-parts")
    quads: list[Quad] = []
    for number, part in enumerate(message.iter_parts()):
        content = part.get_payload(decode=True)
        name = _MEDIA_TYPES.get(part.get_content_type()) if "content-type" in part else None
        if name is None and part.get_filename():
            name = format_of(str(part.get_filename())).name  # many clients know no media type for .ttl
        if name is None or not isinstance(content, bytes):
            raise Problem(415, "media-type", sent=part.get_content_type(), accepted=list(_MEDIA_TYPES))
        quads += _triples(content, name, graph, label=f"p{number}b")
    return quads

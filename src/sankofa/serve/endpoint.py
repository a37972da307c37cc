"""What programs ask: the SPARQL Protocol and the reading half of the Graph Store Protocol, over one store."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar, cast
from urllib.parse import unquote

from anyio import from_thread
from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryBoolean
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL
from starlette.responses import Response
from starlette.routing import Route

from sankofa.errors import SankofaError
from sankofa.publish.layout import LANGUAGES, content_security_policy, words
from sankofa.publish.pages import Pages
from sankofa.publish.service import PREFIXES, Sizes, service_description, sizes_of
from sankofa.serve import protocol
from sankofa.serve.limits import Limits
from sankofa.serve.negotiate import format_asked, preferred
from sankofa.serve.problems import MEDIA_TYPE, Problem, allowed_by, as_json, in_one_line, problem
from sankofa.serve.workers import ALONE
from sankofa.store import Solutions, guard
from sankofa.store.entry import leaving
from sankofa.store.formats import write
from sankofa.store.skolem import unskolemised

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from starlette.requests import Request
    from starlette.types import Message, Receive, Scope, Send

    from sankofa.graph import Graph
    from sankofa.store import Embedded, Results
    from sankofa.store.dataset import Dataset

Read = TypeVar("Read")
#: As ASGI has them.
Headers = list[tuple[bytes, bytes]]

_PART = 1 << 16  # bytes that are sent together
#: What asks for something else each time; functions whose answers are not kept.
_OF_THE_MOMENT = {"NOW", "RAND", "UUID", "STRUUID"}
_MAY_BE_OF_THE_MOMENT = ("now", "rand", "uuid")
#: Formats that hold a whole dataset, the first for who asks for none.
DATASET_FORMATS = {name: protocol.RDF_FORMATS[name] for name in ("trig", "nquads", "jsonld")}


class Writing(NamedTuple):
    """An answer whose body is written piece by piece, as it comes out of the engine.

    Attributes:
        write: writes the body.
        headers: its headers.
    """

    write: Callable[[IO[bytes]], None]
    headers: Headers


class Answering(Response):
    """An answer that is worked out, and written, in one thread: an engine's results stay in the thread they are of.

    Args:
        make: works out the answer.
    """

    def __init__(self, make: Callable[[], Response | Writing]) -> None:
        """Work out nothing yet; it has no headers and no body of its own."""
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Work it out and send it."""
        if alone := scope.get("extensions", {}).get(ALONE):
            made = self._write(alone)
        else:

            def from_a_thread(message: Message) -> None:
                from_thread.run(cast("Callable[[Message], Coroutine[Any, Any, None]]", send), message)

            made = await run_in_threadpool(self._write, from_a_thread)
        if made:
            await made(scope, receive, send)

    def _write(self, send: Callable[[Message], None]) -> Response | None:
        made = self._make()
        if not isinstance(made, Writing):
            return made
        out = _Sending(send, made.headers)
        made.write(cast("IO[bytes]", out))
        out.end()
        return None


class _Sending:
    """Sends what is written to it, in parts; the head of the answer goes before the first of them.

    What goes wrong before a part is full can still be told as what it is.
    """

    def __init__(self, send: Callable[[Message], None], head: Headers) -> None:
        self._send = send
        self._head: Headers | None = head
        self._part = bytearray()

    def write(self, content: bytes) -> int:
        self._part += content
        if len(self._part) >= _PART:
            self._pass_on(more=True)
        return len(content)

    def flush(self) -> None:
        """Nothing: the parts are large enough as they are."""

    def end(self) -> None:
        self._pass_on(more=False)

    def _pass_on(self, *, more: bool) -> None:
        if (head := self._head) is not None:
            self._head = None
            self._send({"type": "http.response.start", "status": 200, "headers": head})
        self._send({"type": "http.response.body", "body": bytes(self._part), "more_body": more})
        self._part.clear()


class Endpoint:
    """The addresses that programs use, read-only.

    Args:
        graph: what is served; for a network, what passed the gate, with its inferences.
        public_url: the address readers use, or None for the request's own.
        limits: what a request may take; None where one process answers all.
    """

    #: Whether updates are taken, and which methods the addresses of graphs take.
    takes_updates = False
    graph_methods: tuple[str, ...] = ("GET", "HEAD", "OPTIONS")
    #: What each answer says of itself: anybody may read it from a page of theirs; it depends on what was asked for.
    headers = {  # noqa: RUF012 - never changed
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Answer-Cut, Content-Language, ETag, Link, Location, Retry-After",
        "Vary": "Accept, Accept-Language",
        "X-Content-Type-Options": "nosniff",
    }

    def __init__(self, graph: Graph, *, public_url: str | None = None, limits: Limits | None = None) -> None:
        """Keep what is served."""
        self.graph = graph
        self.public_url = public_url
        self.limits = limits or Limits()
        self.stated = self.limits.stated(alone=limits is None)
        self.pages = Pages(graph, origin=public_url or "")
        self.pages.limits = self.stated
        self.pages.most_rows = self.limits.rows
        self._kept: dict[str, tuple[int, Any]] = {}
        self._heads: dict[tuple[str, bool], Headers] = {}

    def read_ahead(self) -> None:
        """Read now what takes a while to find in the graph, for all who will ask."""
        self._sizes()

    @property
    def known(self) -> dict[str, Any]:
        """What was read of the graph, and is kept: another process can know it too (:meth:`know`)."""
        return self._kept

    def know(self, read: dict[str, Any]) -> None:
        """Take over what was read ahead, and read what is beside the graph."""
        self._kept = read

    def once(self, name: str, read: Callable[[], Read]) -> Read:
        """What takes a while to read, kept until the graph changes; no request's own address is in it.

        Args:
            name: what it is kept as.
            read: reads it.
        """
        version = self.store.version
        if name not in self._kept or self._kept[name][0] != version:
            self._kept[name] = (version, read())
        return cast("Read", self._kept[name][1])

    @property
    def store(self) -> Embedded:
        """The store that answers."""
        return cast("Embedded", self.graph.store)  # prepare() brings whatever it opens into memory

    def endpoint_routes(self) -> list[Route]:
        """The addresses that programs use."""
        queries = ["GET", "POST", "OPTIONS"]
        return [
            Route("/sparql", self.sparql, methods=queries),
            Route("/graphs", self.graphs, methods=list(self.graph_methods)),
            Route("/graphs/{name:path}", self.graphs, methods=list(self.graph_methods)),
        ]

    # -- the protocols

    async def sparql(self, request: Request) -> Response:
        """The SPARQL 1.1 Protocol; without a query, what this endpoint is."""
        if request.method == "OPTIONS":
            return self._options("GET", "HEAD", "OPTIONS", "POST")
        asked = await protocol.read(request, longest_query=self.limits.query)
        if asked is None:
            return await run_in_threadpool(self._without_a_query, request)
        return self.answering(request, asked)

    async def graphs(self, request: Request) -> Response:
        """The Graph Store Protocol: the content of a graph, or of all of them."""
        if request.method == "OPTIONS":
            return self._options(*self.graph_methods)
        return await run_in_threadpool(self._content, request)

    def evaluate(self, query: str, *, base_iri: str, dataset: Dataset | None) -> Results:
        """Ask a query. Every query that comes over HTTP is evaluated here and nowhere else.

        Args:
            query: its text; the guard sees it first.
            base_iri: what relative IRIs in it are resolved against.
            dataset: the graphs that the protocol names, None where it names none.

        Raises:
            QueryError: it does not parse.
            ForbiddenQuery: it asks another server, or is an update.
        """
        return self.store.query(query, base_iri=base_iri, dataset=dataset)

    # -- queries

    def answering(self, request: Request, asked: protocol.Asked) -> Answering:
        """The answer to a query, worked out when it is sent."""
        return Answering(partial(self.answer, request, asked))

    def answer(self, request: Request, asked: protocol.Asked) -> Response | Writing:
        """The results of a query, in the format asked for."""
        results = self.evaluate(asked.text, base_iri=self.address(request, "sparql"), dataset=asked.dataset)
        offered, also = protocol.form_of(results)
        name = format_asked(asked.format, request.headers.get("accept", ""), offered, also)
        if name != "html":
            head = self._head_of(offered[name], passing=_is_of_the_moment(asked.text))
            return Writing(partial(protocol.write, results, name), head)
        language = language_of(request)
        if isinstance(results, Solutions):
            page, is_cut = self.pages.rows(language, asked.text, results)
            return self.html(page, request, headers=self.cut(is_cut))
        if isinstance(results, QueryBoolean):
            page = self.pages.text(language, asked.text, words(language)["yes" if results else "no"])
        else:
            page = self.pages.text(language, asked.text, protocol.rdf(results, "turtle").decode("utf-8"))
        return self.html(page, request)

    def _head_of(self, media_type: str, *, passing: bool) -> Headers:
        """The headers of an answer; the same for all that are written as it is."""
        if (kept := self._heads.get((media_type, passing))) is None:
            own = self.headers | ({"Cache-Control": "no-store"} if passing else {})
            head = Response(headers=own, media_type=media_type)
            del head.headers["content-length"]
            kept = self._heads[media_type, passing] = head.raw_headers
        return kept

    def _without_a_query(self, request: Request) -> Response:
        """The form for a query to people, the service description to programs."""
        accept, asked = request.headers.get("accept", ""), request.query_params.get("format", "")
        if request.method == "POST":
            raise Problem(400, "no-query")
        offered = protocol.TRIPLE_FORMATS
        try:
            name = format_asked(asked, accept, offered, protocol.TRIPLES_ALSO)
        except Problem:
            raise Problem(400, "no-query") from None  # whoever wants rows forgot the query
        if name == "html":
            return self.html(self.pages.sparql(language_of(request)), request)
        endpoint, sizes = self.address(request, "sparql"), self._sizes()
        triples = service_description(self.store, endpoint, updates=self.takes_updates, sizes=sizes, limits=self.stated)
        return Response(write(triples, name, prefixes=PREFIXES), headers=self.headers, media_type=offered[name])

    def _sizes(self) -> Sizes:
        return self.once("sizes", lambda: sizes_of(self.store))

    # -- graphs

    def graph_meant(self, request: Request) -> NamedNode | DefaultGraph | None:
        """The graph that a request is about; None where it names none and so means them all.

        On a network's graph ``?default`` is what was asserted, and ``/graphs/asserted``, ``/graphs/ontology`` … are
        its four graphs; elsewhere an address below ``/graphs/`` is itself the name of a graph.

        Raises:
            Problem: 400, it names several, or by no IRI.
        """
        if name := request.path_params.get("name"):
            store = self.store
            if store.base is not None:
                known = {graph.value.rpartition("/")[2]: graph for graph in store.graphs.queried}
                if name in known:
                    return known[name]
            return protocol.iri(self.address(request, request.scope["raw_path"].decode("latin-1")[1:]), "graph")
        text = request.scope["query_string"].decode("latin-1")
        parts = [part.partition("=") for part in text.split("&") if part]
        # a plus sign is itself here: an IRI can have one, and never a space
        named = [unquote(value, errors="replace") for key, _, value in parts if key == "graph"]
        default = any(key == "default" for key, _, _ in parts)
        if len(named) + default > 1:
            raise Problem(400, "several", name="graph", count=len(named) + default)
        if named:
            return protocol.iri(named[0], "graph")
        if not default:
            return None
        store = self.store
        return store.graphs.asserted if store.base is not None else DefaultGraph()

    def quads_in(self, graph: NamedNode | DefaultGraph) -> list[Quad]:
        """The content of a graph; of the log, nothing."""
        store = self.store
        if store.base is not None and graph == store.graphs.log:
            return []
        return list(store.quads(None, None, None, graph))

    def _content(self, request: Request) -> Response:
        graph = self.graph_meant(request)
        accept, asked = request.headers.get("accept", ""), request.query_params.get("format", "")
        offered = DATASET_FORMATS if graph is None else protocol.RDF_FORMATS
        name = format_asked(asked, accept, offered, protocol.TRIPLES_ALSO)
        store = self.store
        quads: Iterable[Quad]
        if graph is None:
            quads = leaving(store.quads(), store.graphs if store.base else None, everything=True, merged=False)
        else:
            quads = self.quads_in(graph)
            if not quads and not self.is_always_there(graph):
                raise Problem(404, "no-such-graph", graph=getattr(graph, "value", ""))
        if store.base is not None:
            quads = unskolemised(quads, store.base)
        written = protocol.rdf(quads, name) if graph is None else protocol.rdf((quad.triple for quad in quads), name)
        return Response(written, headers=self.headers, media_type=offered[name])

    def is_always_there(self, graph: NamedNode | DefaultGraph) -> bool:
        """Whether a graph is there also when it is empty."""
        store = self.store
        return isinstance(graph, DefaultGraph) or (store.base is not None and graph in store.graphs.queried)

    # -- answers

    def cut(self, is_cut: bool) -> dict[str, str]:
        """What a page says to programs when it shows only the first of the rows."""
        return {"Answer-Cut": f"rows={self.limits.rows}"} if is_cut else {}

    def address(self, request: Request, path: str) -> str:
        """An address of this server, as its readers write it.

        Raises:
            Problem: 400, the request does not say how the server is called.
        """
        scope = request.scope
        start = self.public_url or _start(scope["scheme"], request.headers.get("host"), scope.get("server"))
        return _address(start, path)

    def html(self, page: str, request: Request, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        """A page, with what it may do."""
        own = {"Content-Language": language_of(request)}
        own["Content-Security-Policy"] = content_security_policy()
        return Response(
            page, status_code=status, media_type="text/html", headers={**self.headers, **own} | (headers or {})
        )

    def refused(self, request: Request, error: Exception) -> Response:
        """Tell an error as problem+json (RFC 9457), or as a page to who asks for one; no more than its own words."""
        as_page = preferred(request.headers.get("accept", ""), [MEDIA_TYPE, "text/html"]) == "text/html"
        language = language_of(request)
        status, content = problem(error, method=request.method, path=request.scope["path"], lang=language)
        headers = dict(getattr(error, "headers", None) or {})
        if allowed := allowed_by(error):
            headers["Allow"] = allowed
        if as_page:
            told = language if getattr(error, "sentence", None) or not isinstance(error, SankofaError) else LANGUAGES[0]
            page = self.pages.problem(language, status, in_one_line(content), told=told)
            return self.html(page, request, status, headers)
        headers = {**self.headers, "Content-Language": language} | headers
        return Response(as_json(content), status_code=status, media_type=MEDIA_TYPE, headers=headers)

    def _options(self, *methods: str) -> Response:
        allowed = ", ".join(sorted(methods))
        own = {
            "Allow": allowed,
            "Access-Control-Allow-Methods": allowed,
            "Access-Control-Allow-Headers": "Accept, Content-Type",
            "Access-Control-Max-Age": "86400",
        }
        crossing = "Access-Control-Allow-Origin" in self.headers
        kept = {name: value for name, value in own.items() if crossing or name == "Allow"}
        return Response(status_code=204, headers=self.headers | kept)


@lru_cache(maxsize=100)
def _start(scheme: str, host: str | None, server: tuple[str, int] | None) -> str:
    """The address of the server that a request was sent to, by what it says; many say the same."""
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    named = {"scheme": scheme, "server": server, "path": "/", "query_string": b"", "headers": headers}
    return str(URL(scope=named))


@lru_cache(maxsize=100)
def _address(start: str, path: str) -> str:
    try:
        return NamedNode(f"{start}{path}").value
    except ValueError:
        raise Problem(400, "no-host") from None


def _is_of_the_moment(query: str) -> bool:
    """Whether a query asks for something else each time."""
    lower = query.lower()
    return any(name in lower for name in _MAY_BE_OF_THE_MOMENT) and bool(guard.keywords(query) & _OF_THE_MOMENT)


def language_of(request: Request) -> str:
    """The language that a reader wants: of the address, else of the browser, else the first there is.

    Example:
        >>> from starlette.requests import Request
        >>> language_of(Request({"type": "http", "query_string": b"lang=fr", "headers": []}))
        'fr'
    """
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return preferred(request.headers.get("accept-language", ""), LANGUAGES) or LANGUAGES[0]

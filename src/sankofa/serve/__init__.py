"""A graph over HTTP, ``sankofa serve``: read-only for the public, or the private side for stewards."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sankofa.errors import CouldNotBeDone, NotAGraph, ParameterError, ReadOnly, UnreadableInput
from sankofa.serve.fair_use import FairUse
from sankofa.serve.limits import Limits

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp

    from sankofa.graph import Graph
    from sankofa.serve.workers import Loaded


def run(
    sources: Sequence[str],
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    public_url: str | None = None,
    steward: bool = False,
    fair_use: bool = False,
    trusted_proxy: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until interrupted; the address is printed on stdout once it answers.

    The public side is a front without data and workers that share what was loaded once, each bounded in time and
    memory (`limits`). The private side is one process, for who has the token.

    Args:
        sources: nothing for the graph we ship; a release, a folder of releases or a graph's folder; or RDF files,
            served exactly as they are.
        host: the address to listen on.
        port: the port; 0 takes any free one.
        public_url: the address readers use, when another server stands in front.
        steward: serve the private side of the one folder that is named: drafts are seen, and who has the token in
            ``$SANKOFA_TOKEN`` can change the graph.
        fair_use: what one client may ask for holds for clients on this machine too.
        trusted_proxy: another server stands in front, and its ``X-Forwarded-For`` says who the client is.
        say: where progress is told.

    Raises:
        NotAGraph: a folder that holds no graph.
        UnreadableInput: a file that cannot be read.
        ParameterError: the public address is none.
        ReadOnly: the private side of what takes no changes.
        HeldByAnother: another process changes the folder.
        CouldNotBeDone: the port is taken or not allowed.

    Example:
        >>> run((), port=8000)  # doctest: +SKIP
        http://127.0.0.1:8000/
    """
    if public_url is not None:
        public_url = _origin(public_url)
    listening = _listen(host, port)
    address = public_url or f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
    with listening, ExitStack() as closing:
        if steward:
            private = _private(closing.enter_context(_to_change(sources)), host, public_url, say)
            _listen_to(private, listening, address)
        else:
            limits = Limits.of_the_environment()
            use = FairUse(limits, loopback=fair_use, proxy=trusted_proxy)
            _listen_for_the_public(sources, public_url, limits, use, listening, address, say)


def _listen_to(
    app: ASGIApp, listening: socket.socket, address: str, opening: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Answer until interrupted; with something to open first, answer when it is open."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            if opening is not None and not await self._opened(opening):
                return
            await super().startup(sockets)
            if not self.should_exit:
                print(address, flush=True)  # noqa: T201 - the one thing on stdout: scripts wait for it

        async def _opened(self, opening: Callable[[], Awaitable[None]]) -> bool:
            """Open; not to its end when that is interrupted."""
            task = asyncio.ensure_future(opening())
            while not task.done() and not self.should_exit:
                await asyncio.wait({task}, timeout=0.1)
            if not task.done():
                task.cancel()
                return False
            await task
            return True

    # Who the client behind a proxy is, is for fair use to say, and only when it is told that there is a proxy.
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, proxy_headers=False)
    # Ctrl-C is how serving ends
    with suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listening])


def _listen_for_the_public(
    sources: Sequence[str],
    public_url: str | None,
    limits: Limits,
    use: FairUse,
    listening: socket.socket,
    address: str,
    say: Callable[[str], None],
) -> None:
    """The public side: workers that have what may be seen, and the front before them."""
    from sankofa.serve.editions import Editions
    from sankofa.serve.front import Front
    from sankofa.serve.keeper import keeper

    load = partial(load_for_the_public, tuple(sources), public_url, limits)
    editions = Editions(lambda: keeper().open(load, limits, say), partial(_mark, tuple(sources)), limits, say)
    _listen_to(Front(editions, limits, use), listening, address, editions.open)


def load_for_the_public(
    sources: Sequence[str], public_url: str | None, limits: Limits, say: Callable[[str], None]
) -> Loaded:
    """Load what the public side serves; this runs in the keeper.

    Args:
        sources: as for :func:`run`.
        public_url: the address readers use, when another server stands in front.
        limits: what a request may take.
        say: where progress is told.

    Raises:
        SankofaError: it cannot be opened.

    Example:
        >>> from sankofa import shipped
        >>> file = shipped.default_graph_folder() / "network.ttl"
        >>> load_for_the_public([str(file)], None, Limits(), print).told["busy"]["json"]["fr"][0]
        loading
        503
    """
    from sankofa.serve.ahead import read_ahead
    from sankofa.serve.app import Site, as_application
    from sankofa.serve.workers import Loaded

    graph = prepare(sources, say=say, in_memory=limits.in_memory)
    site = Site(graph, public_url=public_url, limits=limits)
    told = read_ahead(site, limits)
    return Loaded(as_application(site), _identity(sources, graph), told)


def _mark(sources: Sequence[str]) -> bytes:
    """What changes when another release is to be served: of releases which is current, of a graph which it has."""
    from sankofa.publish.release import CURRENT
    from sankofa.store.folder import RELEASES

    found = b""
    for name in (CURRENT, RELEASES) if len(sources) == 1 else ():
        with suppress(OSError):
            found += Path(sources[0], name).read_bytes()
    return found


def _identity(sources: Sequence[str], graph: Graph) -> str:
    """Names what is served: a release by its name, files by their content."""
    from importlib.metadata import version

    from sankofa.graph.releasing import Release
    from sankofa.store.shelved import Shelved

    # Another version may write the same otherwise; on disk rows are found in another order than in memory.
    how = (version("sankofa"), version("pyoxigraph"), "disk" * isinstance(graph.store, Shelved))
    digest = hashlib.sha256(" ".join(how).encode())
    if isinstance(graph, Release):
        digest.update(graph.about.name.encode())
        return digest.hexdigest()
    for source in sources:
        with Path(source).open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def prepare(
    sources: Sequence[str], *, say: Callable[[str], None] = lambda _: None, in_memory: int | None = None
) -> Graph:
    """Open what is to be served: files as they are, of a graph only its newest release.

    Args:
        sources: as for :func:`run`.
        say: where progress is told.
        in_memory: a release with more triples than these is read from disk; None for any number.

    Returns:
        The release, or the files as they are.

    Raises:
        NotAGraph: a folder that holds no graph.
        UnreadableInput: a file that cannot be read.
        StorageError: a release is damaged, or the user's cache cannot be written.
    """
    from sankofa.graph.newest import newest_release
    from sankofa.graph.opening import plain

    paths = [Path(source) for source in sources]
    if len(paths) > 1 or (paths and paths[0].is_file()):
        folders = [str(path) for path in paths if path.is_dir()]
        if folders:
            raise NotAGraph("a folder cannot be served together with files", where=folders[0], hint="name one of them")
        say("loading")
        return plain(*paths)
    if paths and not paths[0].exists() and not sources[0].startswith(("http://", "https://")):
        raise UnreadableInput("there is no such file or folder", where=sources[0], hint="check the name")
    return newest_release(sources[0] if sources else None, say=say, in_memory=in_memory)


def _to_change(sources: Sequence[str]) -> Graph:
    """Open the one graph whose private side is served."""
    import sankofa
    from sankofa.graph.opening import is_own_folder

    if len(sources) != 1 or not is_own_folder(sources[0]):
        raise ReadOnly(
            "only a graph's own folder takes changes",
            where=", ".join(sources) or "the graph we ship",
            hint="make one with 'sankofa init DIR --base IRI --title TEXT', then 'sankofa serve DIR --steward'",
        )
    return sankofa.open(sources[0])


def _private(graph: Graph, host: str, public_url: str | None, say: Callable[[str], None]) -> Starlette:
    """The private side. Readers need no token on this machine, as long as nobody else can get here."""
    from sankofa.serve.steward import private_application

    token = os.environ.get("SANKOFA_TOKEN", "").strip()
    if not token:
        token = secrets.token_urlsafe(32)
        say(f"the token of this server, until it ends: {token}")
    alone = host in ("127.0.0.1", "localhost", "::1") and public_url is None
    say(
        "drafts can be read on this machine; changes need the token" if alone else "reading and changing need the token"
    )
    say("checking")
    return private_application(graph, token, public_url=public_url, open_to_readers=alone)


def _origin(address: str) -> str:
    if not re.fullmatch(r"https?://[^/?#\s]+/?", address):
        raise ParameterError(f"'{address}' is no public address", hint="write it as https://data.example.org/")
    return f"{address.rstrip('/')}/"


def _listen(host: str, port: int) -> socket.socket:
    """Take the port at once, so that a taken one is told before anything long begins."""
    # The protocol is named: without it the event loop does not turn off Nagle's algorithm, and answers wait 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise CouldNotBeDone(
            f"cannot listen on {host}, port {port}: {error.strerror}",
            hint="choose another with --port, or 0 for any free one",
        ) from None
    return listening

"""Pushing the release of a graph onto a SPARQL server."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, cast

from sankofa.graph.newest import newest_release
from sankofa.graph.releasing import Release, build, open_release
from sankofa.publish.push import Pushed
from sankofa.publish.push import push as push_parts
from sankofa.store import Embedded
from sankofa.store.server import Server
from sankofa.store.wire import Credentials

if TYPE_CHECKING:
    from sankofa.graph import Graph
    from sankofa.graph.releasing import Progress
    from sankofa.store.frozen import Frozen


def push(
    graph: Graph, endpoint: str, *, graph_store: str | None, update: str | None, progress: Progress | None
) -> Pushed:
    """Bring the release of a graph onto a server; see :meth:`sankofa.Graph.push`."""
    server = Server(endpoint, graph_store=graph_store, update=update, credentials=Credentials.from_environment())
    tell = progress or (lambda what, done, of: None)
    if isinstance(graph, Release):
        return _push(graph, server, tell)
    if isinstance(graph.store, Embedded) and graph.store.report_file is not None:
        return _push(newest_release(str(graph.store.report_file.parent)), server, tell)
    with tempfile.TemporaryDirectory() as out:  # a graph in memory has no place where its releases are kept
        return _push(open_release(build(graph, out).folder), server, tell)


def _push(release: Release, server: Server, progress: Progress) -> Pushed:
    store = cast("Frozen", release.store)
    return push_parts(server, {graph: store.lines(graph) for graph in store.graphs.queried}, release.about, progress)

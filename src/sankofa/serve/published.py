"""What only a release has over HTTP: its files, and the catalogue that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sankofa.errors import UnknownName
from sankofa.graph.releasing import Release
from sankofa.publish.catalogue import catalogue
from sankofa.publish.documents import ENDINGS
from sankofa.publish.dumps import dumps_of, sums_of
from sankofa.serve.discovery import Discovery
from sankofa.serve.files import File, Sending

if TYPE_CHECKING:
    from pyoxigraph import Triple
    from starlette.requests import Request

    from sankofa.graph import Graph

#: The list of the digests of all dumps, by its name beside them.
SUMS = "SHA256SUMS"


class Published(Discovery):
    """The addresses of what a release has beside its graph. Another graph has none of them.

    Args:
        graph: what is served; for a network, what passed the gate, with its inferences.
        public_url: the address readers use, or None for the request's own.
    """

    def __init__(self, graph: Graph, *, public_url: str | None = None) -> None:
        """Know which files there are."""
        super().__init__(graph, public_url=public_url)
        self.release = graph if isinstance(graph, Release) else None
        self.pages.release = self.release.about if self.release else None
        if self.release:
            folder = self.release.folder.absolute()
            self.files = {
                f"/{dump.path}": File(str(folder / dump.path), dump.size, dump.sha256, "application/gzip")
                for dump in dumps_of(self.release.about)
            }

    def published_routes(self) -> list[Route]:
        """The addresses of what a release has."""
        if self.release is None:
            return []
        return [
            *(Route(f"/dumps{ending}", self.dumps) for ending in ("", *ENDINGS)),
            *(Route(f"/catalogue{ending}", self.catalogue) for ending in ("", *ENDINGS)),
            Route("/dumps/{name}", self.dump),
        ]

    def dumps(self, request: Request) -> Response:
        """The files of the release: a list for people, the catalogue for programs."""
        return self.represented(request, self.pages.dumps, lambda: self._catalogue(request))

    def catalogue(self, request: Request) -> Response:
        """The catalogue is described where its files are listed."""
        address = request.scope["path"].replace("/catalogue", "/dumps", 1)
        query = request.scope["query_string"].decode("latin-1")
        return RedirectResponse(f"{address}?{query}" if query else address, status_code=303, headers=self.headers)

    def dump(self, request: Request) -> Response:
        """One file, or the list of their digests.

        Raises:
            UnknownName: there is no such file; the error names the nearest.
        """
        name = request.path_params["name"]
        assert self.release is not None  # noqa: S101 - else there is no such address
        offered = dumps_of(self.release.about)
        if name == SUMS:
            return Response(sums_of(offered), headers=self.headers, media_type="text/plain")
        if found := self.files.get(f"/dumps/{name}"):
            return Sending(found)
        raise UnknownName.among("dump", name, [each.name for each in offered])

    def _catalogue(self, request: Request) -> list[Triple]:
        assert self.release is not None  # noqa: S101 - else there is no such address
        return catalogue(
            self.release,
            self.release.about,
            self.release.about.base,
            served=self.address(request, ""),
            described=self._void(),
            sizes=self._sizes(),
        )

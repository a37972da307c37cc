"""The commands that let partners see: a release, a server of it, a copy on somebody else's."""

from __future__ import annotations

from pathlib import Path

import click

from sankofa.cli.commands import Command
from sankofa.cli.streams import progressing, say, tell_push, tell_release, working


@click.command(cls=Command, short_help="Build a release for partners.")
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.pass_context
def release(ctx: click.Context, out: Path) -> None:
    """Build a release: what may be seen from outside, frozen, in the folder of releases OUT; prints where it is.

    It is current from then on: 'sankofa serve OUT' serves it, 'sankofa serve OUT/NAME' an older one.
    """
    from time import perf_counter

    from sankofa.cli import open_graph

    begun = perf_counter()
    with working("loading"):
        graph = open_graph(ctx)
    loaded = perf_counter() - begun
    with progressing() as progress:
        done = graph.release(out, progress=progress)
    tell_release(done, loaded)


@click.command(cls=Command, short_help="Serve a graph over HTTP.")
@click.argument("sources", nargs=-1, metavar="[RELEASE|DIR|FILE…]")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@click.option("--public-url", metavar="URL", help="The address that readers use, when another server stands in front.")
@click.option("--steward", is_flag=True, help="The private side: drafts, and changes with the token in $SANKOFA_TOKEN.")
@click.option("--fair-use", is_flag=True, help="What one client may ask for holds for this machine's own, too.")
@click.option("--trusted-proxy", is_flag=True, help="X-Forwarded-For, which a server in front sends, says who asks.")
@click.pass_context
def serve(
    ctx: click.Context,
    sources: tuple[str, ...],
    host: str,
    port: int,
    public_url: str | None,
    steward: bool,
    fair_use: bool,
    trusted_proxy: bool,
) -> None:
    """Serve a graph read-only: /sparql, /graphs, /questions, a page per record; prints its address once it answers.

    A query is stopped after 10 seconds ($SANKOFA_QUERY_SECONDS), or when it takes 512 MB ($SANKOFA_WORKER_MEMORY).
    With --steward it serves the graph itself: drafts are seen, and who sends the token can change it.
    """
    from sankofa.serve import run

    named = sources or ((ctx.obj,) if ctx.obj else ())
    run(
        named,
        host=host,
        port=port,
        public_url=public_url,
        steward=steward,
        fair_use=fair_use,
        trusted_proxy=trusted_proxy,
        say=say,
    )


@click.command(cls=Command, short_help="Bring a release onto a SPARQL server.")
@click.argument("endpoint", metavar="ENDPOINT")
@click.option("--graph-store", metavar="URL", help="Where the server takes graphs by Graph Store Protocol.")
@click.option("--update", metavar="URL", help="Where the server takes SPARQL Update.")
@click.pass_context
def push(ctx: click.Context, endpoint: str, graph_store: str | None, update: str | None) -> None:
    """Bring a release onto a SPARQL server, and read back that it is whole; run it again after an interruption.

    What goes there is the release that --kg names, or the newest one of the graph, as 'sankofa serve' has it. Without
    --graph-store and --update the addresses that servers usually have are tried. Credentials are read from
    $SANKOFA_ENDPOINT_LOGIN (name:password) or $SANKOFA_ENDPOINT_TOKEN. Prints its graphs with their digests.
    """
    from sankofa.graph.newest import newest_release

    with newest_release(ctx.obj, say=say) as release, progressing() as progress:
        done = release.push(endpoint, graph_store=graph_store, update=update, progress=progress)
    tell_push(done)
